"""Hunting and mending bugs, for notebook 3.

    hunt(gradient_check)     the learner's own gradient checker judges a line-up of backprops, right and broken
    suspect(7)               the code of one of them
    clinic(Patient)          a network with five mistakes, examined after each change that the learner makes

The hunt                                              The clinic
    networks.py      losses, and when to look at them     patient.py       the network as the lesson prints it
    suspects.py      what a suspect is                    symptoms.py      what the learner reads
    suspects_*.py    the suspects                         examinations.py  what is done with the patient
    lineup.py        shuffled and numbered                diagnose.py      what came of it
    flaws.py         why a checker misjudges              chart.py         the card
    board.py         the card                         answer.py  crashes and endless loops, for both
"""

from course_lib.bugs.board import hunt
from course_lib.bugs.chart import clinic
from course_lib.bugs.lineup import suspect

__all__ = ["clinic", "hunt", "suspect"]
