"""Judging a function: the stages of a check, first one that speaks.

    not started -> crashed -> timed out -> changed its input -> wrong form -> wrong values -> passed
                                                                     \\__________/
              explained by: a misconception, a probe, two misconceptions, else the smallest counterexample

Only the reference decides between right and wrong; the bank of misconceptions only explains what is wrong already, so
it can never fail correct code.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_lib.checkpoints.card import Status, Verdict
from course_lib.checkpoints.exercise import Function, find
from course_lib.checkpoints.explain import evidence, explain
from course_lib.checkpoints.sandbox import LIMIT, Crash, Observation, Run, run
from course_lib.checkpoints.trial import Trial, trial_of
from course_lib.checkpoints.values import MisfitError, describe, plain, show


def judge(function: Function) -> Verdict:
    """Judge a learner's function; the exercise is found by the function's name. Shows nothing and records nothing.

    Raises TypeError for what cannot be called, LookupError (with the nearest names) if no exercise has this name.
    """
    if not callable(function):
        what = "None" if function is None else describe(plain(function) if np.shape(function) else function)
        raise TypeError(
            f"The function itself is wanted, as in check(softmax), not {what}. Leave out the parentheses behind its "
            f"name."
        )
    exercise = find(getattr(function, "__name__", type(function).__name__))
    trial = trial_of(exercise)
    return verdict(trial, function, run(function, trial.cases, exercise.parameters))


def verdict(trial: Trial, function: Function, result: Run) -> Verdict:
    """What the observations of one run mean. Stages in order; the first that speaks decides."""
    name, observations = trial.exercise.name, result.observations
    if _not_started(function, result):
        return Verdict(name, "not started", _not_started_text(name, function))
    for index, each in enumerate(observations):
        if each.crash:
            found = explain(trial, observations)
            return Verdict(name, "crashed", _crash_text(trial, index, each.crash), found.names if found else ())
    if result.died:
        return Verdict(name, "crashed", _DIED.format(call=_call(trial, len(observations))))
    if result.timed_out:
        return Verdict(name, "timed out", _TIMED_OUT.format(limit=LIMIT, call=_call(trial, len(observations))))
    fault = _first_fault(trial, observations)
    changed = {argument for each in observations for argument in each.changed}
    if changed:
        return _changed_input(
            trial, observations, [each for each in trial.exercise.parameters if each in changed], fault
        )
    if fault:
        return _faulty(trial, observations, fault)
    return Verdict(name, "passed", _PASSED + _note(trial, observations))


_PASSED = "**Passed.**"
_TIMED_OUT = (
    "**It did not come to an end.** After {limit:.0f} seconds it was stopped, while it was called with {call}. "
    "Look for a loop whose end is never reached."
)
_DIED = (
    "**It ended the whole process** when it was called with {call}. That happens when Python itself is told to stop, "
    "or when far more memory is asked for than there is."
)


# ---- not started ----------------------------------------------------------------------------------------------------


def _not_started(function: Function, result: Run) -> bool:
    """Every call stopped at the function's own `raise NotImplementedError`, or there is no body at all."""
    if _body_is_empty(function):
        return True
    return bool(result.observations) and all(
        each.crash is not None and each.crash.kind == "NotImplementedError" and each.crash.in_own_code
        for each in result.observations
    )


def _body(function: Function) -> list[ast.stmt] | None:
    """The statements of the function without its docstring; None if the source is not to be had."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError, IndentationError):
        return None
    definition = tree.body[0] if tree.body else None
    if not isinstance(definition, ast.FunctionDef):
        return None
    has_docstring = ast.get_docstring(definition) is not None
    return definition.body[1:] if has_docstring else definition.body


def _body_is_empty(function: Function) -> bool:
    body = _body(function)
    return body is not None and all(
        isinstance(statement, ast.Pass)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        for statement in body
    )


def _not_started_text(name: str, function: Function) -> str:
    body = _body(function)
    if body is not None and sum(not isinstance(statement, (ast.Pass, ast.Expr)) for statement in body) > 1:
        return (
            f"**The line `raise NotImplementedError` still stands in `{name}`** and ends it before your own lines "
            "can answer. Take that line away, run its cell, then run this cell again."
        )
    return f"**Not started.** Write the body of `{name}`, run its cell, then run this cell again. Stuck? `hint({name})`"


# ---- crashed --------------------------------------------------------------------------------------------------------


def _call(trial: Trial, index: int) -> str:
    """What the function was called with in a case: "Z of shape (3, 5), float64"."""
    described = []
    for name, argument in zip(trial.exercise.parameters, trial.cases[index], strict=True):
        if isinstance(argument, np.ndarray):
            described.append(f"`{name}` of shape {argument.shape}, {argument.dtype}")
        elif isinstance(argument, dict):
            shapes = ", ".join(f"{key} {np.shape(value)}" for key, value in argument.items())
            described.append(f"`{name}` with {shapes}")
        elif callable(argument):
            described.append(f"`{name}`: {show(argument)}")
        elif isinstance(argument, (int, float)):
            described.append(f"`{name}` = {argument}")
        else:
            described.append(f"`{name}`, a {type(argument).__name__}")
    return "; ".join(described)


def _crash_text(trial: Trial, index: int, crash: Crash) -> str:
    error = f"{crash.kind}: {crash.message}" if crash.message else crash.kind
    called = f"It was called with {_call(trial, index)}."
    if crash.kind == "NotImplementedError" and crash.line and not crash.in_own_code:
        return (
            "**It stopped in a function that is not written yet.** One of your lines calls it:\n\n"
            f"```\n{crash.line}\n```\n\n"
            "Write that function first, or take the course's meanwhile: `mine` has every function of the course."
        )
    if crash.line:
        return (
            f"**It stopped at line {crash.line_number} of your `{crash.function}`.**\n\n"
            f"```\n{crash.line}\n{error}\n```\n\n{called}"
        )
    if crash.kind == "TypeError" and "argument" in crash.message:
        return (
            f"**It could not be called.** The course calls `{trial.exercise.signature}`: these parameters, in this "
            f"order."
            f"\n\n```\n{error}\n```"
        )
    return f"**It stopped with an error.**\n\n```\n{error}\n```\n\n{called}"


# ---- changed its input ----------------------------------------------------------------------------------------------

CHANGES_INPUT = "changes its input"


def _changed_input(
    trial: Trial, observations: Sequence[Observation], changed: Sequence[str], fault: Fault | None
) -> Verdict:
    what = " and ".join(f"`{name}`" for name in changed)
    names: tuple[str, ...] = ()
    if fault is None:
        message = f"**Right values, but you changed the caller's {what}.** "
    else:
        message = f"**You changed the caller's {what}.** The values are not right yet either, but mend this first. "
        found = explain(trial, observations)
        names = found.names if found else ()
    message += (
        "An operation such as `-=`, `*=`, `out=` or an assignment to some of its elements writes into the array that "
        "you "
        "were given, and whoever called you still needs it. Make a new array instead."
    )
    return Verdict(trial.exercise.name, "changed its input", message, (CHANGES_INPUT, *names))


# ---- wrong form and wrong values ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """The first thing that is wrong with the results: in which case, at which stage, and a text if nothing explains
    it."""

    index: int
    status: Status
    unexplained: str


def _first_fault(trial: Trial, observations: Sequence[Observation]) -> Fault | None:
    """Shapes and dtypes of all cases first, then nan and infinity, then the numbers."""
    fitted = []
    for index, (each, wanted) in enumerate(zip(observations, trial.wanted, strict=True)):
        try:
            fitted.append(trial.fit(each.value, wanted))
        except MisfitError as misfit:
            return Fault(index, "wrong form", f"**The result has another form than wanted.** {misfit}")
    for index, value in enumerate(fitted):
        if not all(np.isfinite(array).all() for array in trial.leaves(value).values()):
            return Fault(index, "wrong form", _RIGHT_THEN_NAN if index else _NAN)
    for index, value in enumerate(fitted):
        if trial.differing(value, trial.wanted[index]):
            return Fault(index, "wrong values", _UNKNOWN)
    return None


_NAN = (
    "**There is nan or infinity in the result.** A number grew too large for the computer on its way, "
    "or 0 was divided by 0."
)
_RIGHT_THEN_NAN = (
    "**Numbers at first, then nan or infinity.** In the case below a number grew too large for the computer on its "
    "way, "
    "or 0 was divided by 0."
)
_UNKNOWN = (
    "**Not right yet, and not a mistake that is known by name.** Work this small case through by hand, line by line, "
    "and compare."
)


def _faulty(trial: Trial, observations: Sequence[Observation], fault: Fault) -> Verdict:
    found = explain(trial, observations)
    shown = evidence(trial, observations, fault.index)
    if found is None:
        return Verdict(trial.exercise.name, fault.status, fault.unexplained, evidence=shown)
    return Verdict(trial.exercise.name, fault.status, found.text, found.names, shown, found.see)


def _note(trial: Trial, observations: Sequence[Observation]) -> str:
    """What is worth knowing about a right answer: float64 out of float32, or an overflow that did no harm."""
    for each, wanted in zip(observations, trial.wanted, strict=True):
        if each.warned:
            return _WARNED.format(warning=each.warned)
        if isinstance(each.value, np.ndarray) and each.value.ndim and isinstance(wanted, np.ndarray):
            if wanted.dtype == np.float32 and each.value.dtype == np.float64:
                return _SLOWER
    return ""


_WARNED = (
    " One thing to know: NumPy warned of “{warning}” on the way. The numbers came out right all the same; "
    "there is a form of the formula that never gets there."
)
_SLOWER = (
    " One thing to know: float32 came in and float64 goes out. That is right, only slower; "
    "`np.zeros_like` and `np.empty_like` keep the dtype."
)
