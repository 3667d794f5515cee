"""Checkpoints: feedback that names the mistake.

    check(softmax)       judge, show a card, and remember the result
    judge(softmax)       the same verdict as a value; shows nothing and remembers nothing
    hint(softmax)        the next hint of the ladder
    progress()           the whole course at a glance
    mine.softmax         your own softmax once it has passed, the course's until then

    nbNN_topic/          the exercises of a notebook: cases (from cases.py), hints, known mistakes
    exercise.py          what an exercise is; trial.py one made ready: its cases and the reference's answers
    sandbox.py           runs the learner's function safely; changes.py what it did to its arguments
    engine.py            the stages of a judgement
    values.py            results, compared
    explain.py           why a result is wrong; probes.py what is found without knowing the exercise
    crash.py             what is said of a crash; strays.py, names.py of names that another notebook has otherwise
    callees.py           whether the mistake is in another exercise's function that it calls
    card.py              how an answer looks
    show.py              check, hint and progress
    record.py            what the learner has done; learner.py what of it `mine` can use
"""

from course_lib.checkpoints.engine import judge
from course_lib.checkpoints.learner import mine
from course_lib.checkpoints.show import check, hint, progress

__all__ = ["check", "hint", "judge", "mine", "progress"]
