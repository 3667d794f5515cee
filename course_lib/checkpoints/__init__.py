"""Checkpoints: feedback that names the mistake.

check(softmax)       judge, show a card, and remember the result judge(softmax)       the same verdict as a value;
shows nothing by itself and remembers nothing hint(softmax)        the next hint of the ladder progress()
the whole course at a glance mine.softmax         your own softmax once it has passed, the course's until then

exercise.py   what an exercise is               sandbox.py  runs the learner's function safely nbNN_*.py     the
exercises of a notebook       engine.py   the stages of a judgement values.py     results, compared
explain.py, probes.py   why a result is wrong card.py       how an answer looks               record.py, learner.py
what the learner has done
"""

from course_lib.checkpoints.engine import judge
from course_lib.checkpoints.learner import mine
from course_lib.checkpoints.show import check, hint, progress

__all__ = ["check", "hint", "judge", "mine", "progress"]
