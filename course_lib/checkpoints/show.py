"""What a learner calls in a notebook: check, hint and progress. Each shows one card."""

from __future__ import annotations

import dataclasses
import os
from typing import Any

from IPython import display as ipython

from course_lib.checkpoints import record
from course_lib.checkpoints.card import Card, Verdict
from course_lib.checkpoints.engine import judge
from course_lib.checkpoints.exercise import (
    Exercise,
    Function,
    Notebook,
    exercises,
    find,
    name_of,
    notebook_of,
    notebooks,
)
from course_lib.checkpoints.learner import mine, portable_source, rebuild, with_arrays


class NotPassedError(AssertionError):
    """Raised by `check` under nbgrader, which takes a cell that ends well for a cell that has earned its points."""


def _show(card: Card) -> None:
    ipython.display(card)  # type: ignore[no-untyped-call]


def check(function: Function) -> None:
    """Judge `function`, show the card, and remember the result."""
    try:
        if _is_the_courses_own(function):
            card = _lent(function)
        else:
            verdict = judge(function)
            card = _with_note(verdict.card, _remember(verdict, function))
    except (TypeError, LookupError) as error:
        card = Card("notice", "check", f"**Nothing was checked.** {error.args[0]}")
    _show(card)
    if os.environ.get("NBGRADER_EXECUTION") and card.kind != "passed":
        raise NotPassedError(card.text)


def _is_the_courses_own(function: Any) -> bool:
    return any(exercise.reference is function for exercise in exercises().values())


def _lent(function: Function) -> Card:
    return Card(
        "notice",
        f"{function.__name__}: not yours",
        f"**This is the course's own `{function.__name__}`**, lent to you. Write yours in the cell above and check "
        f"that one.",
    )


def _remember(verdict: Verdict, function: Function) -> str:
    """Add the result to the progress file. Returns a note for the learner, mostly empty."""
    event: dict[str, Any] = {
        "event": "check",
        "exercise": verdict.exercise,
        "status": verdict.status,
        "misconceptions": list(verdict.misconceptions),
    }
    note = ""
    if verdict.four_names:
        event["source"] = None
    elif verdict.passed:
        mine.keep(verdict.exercise, with_arrays(function) if verdict.loose else function)
        event["source"] = _source_that_passes(function, verdict.exercise)
        event["loose"] = verdict.loose
        if event["source"] is None:
            note = _LAMBDA if getattr(function, "__name__", "") == "<lambda>" else _TIED_TO_THE_NOTEBOOK
    return record.append(event) or note


_TIED_TO_THE_NOTEBOOK = (
    "It uses something of this notebook that cannot be carried along, so other notebooks go on with the course's own; "
    "here `mine` is yours."
)
_LAMBDA = (
    "Write it with `def`: a lambda cannot be carried along, so other notebooks go on with the course's own; here "
    "`mine` is yours."
)


def _source_that_passes(function: Function, name: str) -> str | None:
    """The source for other notebooks, if what is made of it passes as well."""
    source = portable_source(function)
    copy = rebuild(source, name) if source else None
    return source if copy and judge(copy).passed else None


def _with_note(card: Card, note: str) -> Card:
    return dataclasses.replace(card, message=f"{card.message}\n\n{note}") if note else card


def hint(function: Function) -> None:
    """Show the next hint for the exercise; after the last one, where the solution is."""
    try:
        exercise = find(name_of(function))
    except LookupError as error:
        _show(Card("notice", "hint", f"**There is no hint for this.** {error.args[0]}"))
        return
    given = len(record.history().of(exercise.name, "hint"))
    _show(_hint_card(exercise, given))
    if given < len(exercise.hints):
        record.append({"event": "hint", "exercise": exercise.name})


def _hint_card(exercise: Exercise, given: int) -> Card:
    if given >= len(exercise.hints):
        solution = f"solutions/{notebook_of(exercise).name}.ipynb"
        everything = "\n\n".join(exercise.hints)
        return Card(
            "hint",
            f"{exercise.name}: all hints",
            f"{everything}\n\n**That was the last hint.** The solution is in `{solution}`. "
            "Read it, close it, and write it again from memory.",
        )
    return Card("hint", f"{exercise.name}: hint {given + 1} of {len(exercise.hints)}", exercise.hints[given])


def progress() -> None:
    """Show what has passed, what was tried, and what is open, in the whole course."""
    found = record.history()
    lines = [_notebook_line(notebook, found) for notebook in notebooks()]
    done = sum(found.passed(name) for name in exercises())
    message = "\n\n".join(
        [f"**{done} of {len(exercises())} exercises passed (✓).**", *lines, *([found.damage] if found.damage else [])]
    )
    _show(Card("passed" if done == len(exercises()) else "notice", "your progress", message))


def _notebook_line(notebook: Notebook, found: record.History) -> str:
    return f"**{notebook.name[:2]} {notebook.title}**: " + ", ".join(
        _exercise_state(exercise.name, found) for exercise in notebook.exercises
    )


def _exercise_state(name: str, found: record.History) -> str:
    if found.passed(name):
        return f"✓\u00a0`{name}`"  # the line is not broken between them
    tries = sum(event["status"] != "not started" for event in found.of(name, "check"))
    if tries:
        return f"`{name}` (1 try)" if tries == 1 else f"`{name}` ({tries} tries)"
    return f"`{name}`"
