"""Grading a class: many notebooks in, a table of points and a report out.

    notebook.ipynb --submissions.py--> its statements --slices.py--> the source of one exercise, and what it needs
                                                                          |  rules.py: nothing that could cheat
    scores.csv, checkpoints.csv, report.html <--report.py-- Grade <--judging.py-- judged as `check` does

A submission is never run in the process that judges it. Of a notebook only the definition of each exercise and what it
refers to is taken, as text, and run in a child process with a limit of time and memory; what comes back are arrays,
and the judgement is made of these. So what else a notebook does has no part in it: print "passed", replace `check`,
loop for ever, end the process. A definition that reaches for the course's own solutions, for files or for Python's
inner workings is not run at all (rules.py), or stopped (guard.py): a teacher has to look at it.

classes.py grades many of them on several processes or machines.
"""

from course_lib.grading.classes import grade_class
from course_lib.grading.judging import Answer, Grade, grade
from course_lib.grading.submissions import Submission, SubmissionError, find_submissions

__all__ = ["Answer", "Grade", "Submission", "SubmissionError", "find_submissions", "grade", "grade_class"]
