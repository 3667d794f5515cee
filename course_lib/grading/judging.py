"""One submission judged: a Grade, with an Answer for each exercise of its notebook."""

from __future__ import annotations

import ast
import linecache
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from course_lib.checkpoints import sandbox, strays
from course_lib.checkpoints.engine import judge
from course_lib.checkpoints.exercise import Exercise, Function, notebooks
from course_lib.checkpoints.exercise import Notebook as Lesson
from course_lib.checkpoints.values import listed
from course_lib.grading.rules import violations
from course_lib.grading.slices import Notebook, Statement, read
from course_lib.grading.submissions import Submission, SubmissionError

MISSING, LOOK = "missing", "to look at"  # the statuses that `check` does not have


@dataclass(frozen=True)
class Answer:
    """What became of one exercise. `status` is that of `check`, or "missing" or "to look at"."""

    exercise: str
    status: str
    points: int
    out_of: int
    misconceptions: tuple[str, ...] = ()
    message: str = ""


@dataclass(frozen=True)
class Grade:
    """A row of the class: a submission, the notebook of the course that it is, its answers, and what is to be said."""

    student: str
    file: str
    notebook: str = ""
    answers: tuple[Answer, ...] = ()
    trouble: str = ""

    @property
    def points(self) -> int:
        return sum(answer.points for answer in self.answers)

    @property
    def out_of(self) -> int:
        return sum(answer.out_of for answer in self.answers)

    def count(self, status: str) -> int:
        return sum(answer.status == status for answer in self.answers)


def grade(submission: Submission) -> Grade:
    """Judge every exercise of a submission. Whatever it holds, there is a Grade."""
    if submission.trouble:
        return Grade(submission.student, submission.file, trouble=f"It could not be read: {submission.trouble}.")
    try:
        notebook = read(submission.text)
        lesson = _lesson(notebook, submission.file)
    except SubmissionError as error:
        return Grade(submission.student, submission.file, trouble=str(error))
    with _one_at_a_time:
        answers = tuple(_answer(exercise, notebook) for exercise in lesson.exercises)
    cells = len(notebook.unreadable)
    trouble = f"{cells} of its cells {'is' if cells == 1 else 'are'} no Python." if cells else ""
    return Grade(submission.student, submission.file, lesson.name, answers, trouble)


_one_at_a_time = threading.Lock()  # `judge` turns off what is printed in the whole process, which may have threads


def _lesson(notebook: Notebook, file: str) -> Lesson:
    """Which notebook of the course this is: that with the most of its exercises; the name of the file settles a tie.

    Raises SubmissionError if it is none.
    """
    known = notebook.names | set(notebook.checked)

    def likeness(lesson: Lesson) -> tuple[int, bool]:
        return sum(exercise.name in known for exercise in lesson.exercises), lesson.name in file

    lesson = max(notebooks(), key=likeness)
    if likeness(lesson) == (0, False):
        raise SubmissionError("This is none of the course's notebooks: no exercise of the course is in it.")
    return lesson


def _answer(exercise: Exercise, notebook: Notebook) -> Answer:
    def answer(status: str, message: str = "", misconceptions: Sequence[str] = ()) -> Answer:
        points = exercise.points if status == "passed" else 0
        return Answer(exercise.name, status, points, exercise.points, tuple(misconceptions), message)

    statements = notebook.slice(exercise.name)
    if not statements:
        for source, error in notebook.unreadable:
            if f"def {exercise.name}(" in source:
                return answer("crashed", f"Its cell is no Python. {error}")
        return answer(MISSING, "The notebook does not define it.")
    if found := violations(statements):
        return answer(LOOK, f"It was not run, because it uses {listed(f'`{each}`' for each in found)}.")
    verdict = judge(Submitted(exercise.name, statements), sandbox.run_apart)
    misconceptions = verdict.misconceptions
    if not misconceptions and verdict.status not in ("passed", "not started") and _uses_data(exercise.name, statements):
        misconceptions = (strays.NAME,)
    return answer(verdict.status, verdict.text, misconceptions)


def _uses_data(name: str, statements: Sequence[Statement]) -> bool:
    """Whether the definition of `name` refers to something that the notebook has computed."""
    needs = {needed for each in statements if name in each.binds for needed in each.needs} - {name}
    return any(
        each.binds & needs and isinstance(each.node, ast.Assign) and not isinstance(each.node.value, ast.Constant)
        for each in statements
    )


class Submitted:
    """A function that is still text. The first call runs the text, and comes only in a child process."""

    def __init__(self, name: str, statements: Sequence[Statement]) -> None:
        self.__name__ = name
        self._source = "\n\n".join(each.source for each in statements) + "\n"

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        if not hasattr(self, "__wrapped__"):
            self.__wrapped__ = self._run_the_text()  # where the sandbox looks for the line of a crash
        return self.__wrapped__(*arguments, **keywords)

    def _run_the_text(self) -> Function:
        os.environ["COURSE_PROGRESS"] = os.devnull  # `mine` lends the course's functions, not those of the teacher
        sandbox.judged = self.__name__
        filename = f"<{self.__name__}>"
        linecache.cache[filename] = (len(self._source), None, self._source.splitlines(keepends=True), filename)
        namespace: dict[str, Any] = {"__name__": "submission"}
        exec(compile(self._source, filename, "exec"), namespace)
        function: Function = namespace[self.__name__]
        return function
