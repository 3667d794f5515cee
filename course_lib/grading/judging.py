"""One submission judged: a Grade, with an Answer for each exercise of its notebook."""

from __future__ import annotations
import __future__

import ast
import linecache
import re
import sys
import threading
import types
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from course_lib.checkpoints import sandbox, strays
from course_lib.checkpoints.engine import judge
from course_lib.checkpoints.exercise import Case, Exercise, Function, Setup, notebooks
from course_lib.checkpoints.exercise import Notebook as Lesson
from course_lib.checkpoints.values import listed
from course_lib.grading.guard import WITHHELD, Guard
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
    code: str = ""  # what was judged: the definition, and what it needs


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
    notes = []
    if cells := len(notebook.unreadable):
        notes.append(f"{cells} of its cells {'is' if cells == 1 else 'are'} no Python.")
    done = notebook.checked & notebook.defined
    if others := [each.name for each in notebooks() if each is not lesson and done & {e.name for e in each.exercises}]:
        notes.append(f"Exercises of {listed(others)} are in it, too, and are not graded.")
    return Grade(submission.student, submission.file, lesson.name, answers, " ".join(notes))


_one_at_a_time = threading.Lock()  # `judge` turns off what is printed in the whole process, which may have threads


def _lesson(notebook: Notebook, file: str) -> Lesson:
    """Which notebook of the course this is: the one that its file is called after, if it has any exercise of that, else
    the one with the most of its exercises checked, or defined.

    Raises SubmissionError if it is none.
    """

    def likeness(lesson: Lesson) -> tuple[bool | int, ...]:
        names = {exercise.name for exercise in lesson.exercises}
        found = [len(names & each) for each in (notebook.checked, notebook.defined, notebook.names)]
        return lesson.name in file and any(found), *found, lesson.name in file

    lesson = max(notebooks(), key=likeness)
    if not any(likeness(lesson)):
        raise SubmissionError("This is none of the course's notebooks: no exercise of the course is in it.")
    return lesson


def _answer(exercise: Exercise, notebook: Notebook) -> Answer:
    """The best that one of the slices gives; if none passes, what the likeliest gives."""
    slices = notebook.slices(exercise.name)
    if not slices:
        for source, error in notebook.unreadable:
            if f"def {exercise.name}(" in source:
                return _of(exercise, "crashed", f"Its cell is no Python. {error}")
        return _of(exercise, MISSING, "The notebook does not define it.")
    answers = [_judged(exercise, slices[0])]
    for statements in slices[1:]:
        if answers[0].status not in ("passed", LOOK, "timed out") and not violations(statements):
            answers.append(_judged(exercise, statements))
    return next((each for each in answers if each.status == "passed"), answers[0])


def _of(exercise: Exercise, status: str, message: str = "", misconceptions: Sequence[str] = ()) -> Answer:
    points = exercise.points if status == "passed" else 0
    return Answer(exercise.name, status, points, exercise.points, tuple(misconceptions), _cut(message))


def _cut(text: str) -> str:
    """What a report can hold: a learner's code, names and errors may be of any length, and in any alphabet."""
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) < 4000 else f"{text[:4000]} ..."


def _judged(exercise: Exercise, statements: Sequence[Statement]) -> Answer:
    code = "\n".join(each.source for each in statements)
    return replace(_verdict(exercise, statements), code=_cut(code))


def _verdict(exercise: Exercise, statements: Sequence[Statement]) -> Answer:
    if found := violations(statements):
        return _of(exercise, LOOK, f"It was not run, because it uses {listed(f'`{each}`' for each in found)}.")

    def run(function: Function, cases: Sequence[Case], setup: Setup) -> sandbox.Run:
        guarded = replace(setup, experiment=Guard(exercise, setup.experiment))
        return sandbox.run_apart(function, cases, guarded)

    verdict = judge(Submitted(exercise.name, statements), run)
    if stopped := re.search(f"{WITHHELD}: ([^`\n]*)", verdict.message):
        return _of(exercise, LOOK, f"It was stopped, because of this: {stopped[1]}.")
    misconceptions = verdict.misconceptions
    if not misconceptions and verdict.status not in ("passed", "not started") and _uses_data(exercise.name, statements):
        misconceptions = (strays.NAME,)
    return _of(exercise, verdict.status, verdict.text, misconceptions)


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
        self._sources = [each.source for each in statements]

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        if not hasattr(self, "__wrapped__"):
            self.__wrapped__ = self._run_the_text()  # where the sandbox looks for the line of a crash
        return self.__wrapped__(*arguments, **keywords)

    def _run_the_text(self) -> Function:
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module  # where dataclasses look for their module
        vars(module)["display"] = lambda *things, **how: None
        for number, source in enumerate(self._sources):
            filename = f"<{self.__name__} {number}>"
            linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
            exec(compile(source, filename, "exec", ANNOTATIONS_AS_TEXT, dont_inherit=True), vars(module))
        function: Function = vars(module)[self.__name__]
        return function


ANNOTATIONS_AS_TEXT = __future__.annotations.compiler_flag  # they need not mean anything here
