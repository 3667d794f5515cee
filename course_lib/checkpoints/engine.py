"""Judging a function: the stages of a check, first one that speaks.

    not started -> crashed -> timed out -> changed its input -> wrong form -> wrong values -> passed
                                                                     \\__________/
              explained by: a misconception, data of the notebook, a probe, two misconceptions, else the smallest
                            counterexample

Where a function is wrong only because of another exercise's function that it calls, that is said instead.

Only the reference decides between right and wrong; the bank of misconceptions only explains what is wrong already, so
it can never fail correct code.
"""

from __future__ import annotations

import ast
import itertools
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from course_lib.checkpoints import sandbox
from course_lib.checkpoints.callees import NAME as CALLS_A_WRONG_ONE
from course_lib.checkpoints.callees import wrong_callees
from course_lib.checkpoints.card import Status, Verdict
from course_lib.checkpoints.changes import Change, only_rounded, told, told_besides
from course_lib.checkpoints.crash import call, crash_text, usual_reason
from course_lib.checkpoints.exercise import Case, Exercise, Function, Setup, find, name_of
from course_lib.checkpoints.explain import Explanation, evidence, explain
from course_lib.checkpoints.sandbox import LIMIT, Observation, Run, source_of
from course_lib.checkpoints.strays import strays
from course_lib.checkpoints.trial import Trial, trial_of, trial_under_the_four_names
from course_lib.checkpoints.values import MisfitError, describe, is_loose, listed, plain

Runner = Callable[[Function, Sequence[Case], Setup], Run]


def judge(function: Function, run: Runner = sandbox.run) -> Verdict:
    """Judge a learner's function; the exercise is found by the function's name. Shows nothing and records nothing.

    `run` tries the function on cases, somewhere, and tells what it did: the judgement is made here, of that.
    Raises TypeError for what cannot be called, LookupError (with the nearest names) if no exercise has this name.
    """
    if not callable(function):
        raise TypeError(
            f"The function itself is wanted, as in check(softmax), not {_what(function)}. "
            "Leave out the parentheses behind its name."
        )
    exercise = find(name_of(function))
    trial = trial_of(exercise)
    sandbox.judged = exercise.name
    try:
        with sandbox.quiet():
            found = verdict(trial, function, run(function, trial.cases, exercise.setup))
            if exercise.any_names and found.status in ("crashed", "wrong values"):
                four = _with_the_four_names(exercise, function, run)
                if four.passed or (found.status == "crashed" and four.status != "crashed"):
                    return four
            if found.status in ("crashed", "changed its input", "wrong form", "wrong values"):
                return _of_what_it_calls(trial, function, found.status, run) or found
            return found
    finally:
        sandbox.judged = ""


def _with_the_four_names(exercise: Exercise, function: Function, run: Runner) -> Verdict:
    """The verdict when all parameters are W1, b1, W2 and b2."""
    trial = trial_under_the_four_names(exercise)
    found = verdict(trial, function, run(function, trial.cases, exercise.setup))
    if found.passed:
        return Verdict(exercise.name, "passed", _PASSED + _FOUR_NAMES, four_names=True)
    return found


def _of_what_it_calls(trial: Trial, function: Function, status: Status, run: Runner) -> Verdict | None:
    """The verdict on a function that is wrong only because of another one that it calls."""
    exercise = trial.exercise

    def passes(other: Function) -> bool:
        return verdict(trial, other, run(other, trial.cases, exercise.setup)).passed

    if not (names := wrong_callees(exercise, function, passes)):
        return None
    calls = listed([f"`{name}`" for name in names])
    checks = " and ".join(f"`check({name})`" for name in names)
    text = _NOT_HERE.format(name=exercise.name, calls=calls, checks=checks, says="says" if len(names) == 1 else "say")
    return Verdict(exercise.name, status, text, (CALLS_A_WRONG_ONE,))


_NOT_HERE = (
    "**The mistake is not in `{name}`.** It calls your own {calls}; with the course's in its place, your `{name}` is "
    "right. {checks} {says} what is wrong there. Mend that, run its cell, then run this cell again."
)


def _what(value: object) -> str:
    try:
        return describe(np.asarray(value) if isinstance(value, list) else plain(value))
    except Exception:
        return f"an object of type {type(value).__name__}"


def verdict(trial: Trial, function: Function, result: Run) -> Verdict:
    """What the observations of one run mean. Stages in order; the first that speaks decides."""
    name, observations = trial.exercise.name, result.observations
    if _not_started(function, result):
        return Verdict(name, "not started", _not_started_text(name, function))
    returned = list(itertools.takewhile(lambda each: each.crash is None, observations))
    fault = _first_fault(trial, returned)
    if len(returned) < len(observations) and fault is None:
        return _crashed(trial, function, observations, len(returned))
    if result.died:
        return Verdict(name, "crashed", _DIED.format(call=call(trial, len(observations))))
    if result.timed_out:
        return Verdict(name, "timed out", _TIMED_OUT.format(limit=LIMIT, call=call(trial, len(observations))))
    changed = [change for each in observations for change in each.changed]
    if changed:
        return _changed_input(trial, observations, changed, fault)
    if fault:
        return _faulty(trial, function, observations, fault)
    if all(each.unused for each in observations):  # in some cases, as with a single batch, chance may play no part
        return Verdict(name, "wrong values", _NO_RANDOMNESS, (DRAWS_NOTHING,))
    loose = any(is_loose(each.value, wanted) for each, wanted in zip(observations, trial.wanted, strict=True))
    known = _LOOSE_IN_PLACE if trial.exercise.changes else _LOOSE
    return Verdict(name, "passed", _PASSED + (known if loose else _note(trial, observations)), loose=loose)


_PASSED = "**Passed.**"
DRAWS_NOTHING = "draws nothing from rng"
_NO_RANDOMNESS = (
    "**The numbers can be right, but nothing is drawn from `rng`.** With a generator or a seed of its own, a function "
    "gives the same numbers at every call, or numbers that nobody can repeat. Draw from the `rng` that you are given."
)
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
    crashes = [each.crash for each in result.observations]
    if not result.observations:
        return False
    if all(crash and crash.kind == "NotImplementedError" and not crash.inner_function for crash in crashes):
        return True
    return _body_is_empty(function)


def _body(function: Function) -> list[ast.stmt] | None:
    """The statements of the function without its docstring; None if the source is not to be had."""
    try:
        tree = ast.parse(textwrap.dedent(source_of(function)))
    except (ValueError, SyntaxError):
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


def _crashed(trial: Trial, function: Function, observations: Sequence[Observation], index: int) -> Verdict:
    """What is known of the mistake first, then the learner's line and the error."""
    crash = observations[index].crash
    assert crash is not None
    found = _explained(trial, function, observations)
    reason = "" if found and found.see else usual_reason(trial, index, crash, source_of(function))
    text = crash_text(trial, index, crash, reason)
    if found is None:
        return Verdict(trial.exercise.name, "crashed", text)
    return Verdict(trial.exercise.name, "crashed", f"{found.text}\n\n{text}", found.names, see=found.see)


# ---- changed its input ----------------------------------------------------------------------------------------------

CHANGES_INPUT = "changes its input"


def _changed_input(
    trial: Trial, observations: Sequence[Observation], changed: Sequence[Change], fault: Fault | None
) -> Verdict:
    found = explain(trial, observations) if fault else None
    names = (CHANGES_INPUT, *(found.names if found else ()))
    if found and only_rounded(changed):  # the smaller mistake of the two, and mostly a part of the other
        message = f"{found.text}\n\n{told_besides(changed)}"
        return Verdict(trial.exercise.name, "changed its input", message, names, see=found.see)
    message = told(changed, right=fault is None, instead=trial.exercise.instead)
    return Verdict(trial.exercise.name, "changed its input", message, names)


def _explained(trial: Trial, function: Function, observations: Sequence[Observation]) -> Explanation | None:
    """What is known by name; else what comes from the notebook; else what a probe says of the numbers."""
    found = explain(trial, observations)
    return found if found and found.see else strays(trial, function) or found


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
    for index, (each, wanted) in enumerate(zip(observations, trial.wanted, strict=False)):
        try:
            if each.misfit:
                raise MisfitError(each.misfit)
            fitted.append(trial.fit(each.value, wanted))
        except MisfitError as misfit:
            headline = "" if str(misfit).startswith("**") else "**The result has another form than wanted.** "
            return Fault(index, "wrong form", f"{headline}{misfit}")
    for index, value in enumerate(fitted):
        if not all(np.isfinite(array).all() for array in trial.leaves(value).values()):
            return Fault(index, "wrong values", _RIGHT_THEN_NAN if index else _NAN)
    for index, value in enumerate(fitted):
        if differing := trial.differing(value, trial.wanted[index]):
            return Fault(index, "wrong values", _unexplained(trial, index, differing))
    return None


def _unexplained(trial: Trial, index: int, differing: Sequence[str]) -> str:
    wanted = trial.leaves(trial.wanted[index])
    if any(wanted[name].dtype == bool for name in differing):
        return _UNKNOWN_FACTS
    return _BY_HAND if all(_is_plain(argument) for argument in trial.cases[index]) else _UNKNOWN


def _is_plain(argument: object) -> bool:
    """Whether it is shown in full, in numbers that one can reckon with on paper."""
    if isinstance(argument, dict):
        return all(_is_plain(value) for value in argument.values())
    if isinstance(argument, (np.ndarray, float)):
        return np.size(argument) <= 12 and np.array_equal(argument, np.round(argument, 2))
    return not isinstance(argument, np.random.Generator)


_NAN = (
    "**There is nan or infinity in the result.** A number grew too large for the computer on its way, "
    "or 0 was divided by 0."
)
_RIGHT_THEN_NAN = (
    "**Numbers at first, then nan or infinity.** In the case below a number grew too large for the computer on its "
    "way, or 0 was divided by 0."
)
_BY_HAND = (
    "**Not right yet, and not a mistake that is known by name.** Work this small case through by hand, line by line, "
    "and compare."
)
_UNKNOWN = (
    "**Not right yet, and not a mistake that is known by name.** Below is a case in which it shows: what came in, what "
    "is wanted, and what yours gives."
)
_UNKNOWN_FACTS = (
    "**Something does not hold that should**, and it is not a mistake that is known by name. Below is what is wanted, "
    "and what yours does."
)


def _faulty(trial: Trial, function: Function, observations: Sequence[Observation], fault: Fault) -> Verdict:
    found = _explained(trial, function, observations)
    if found is None:
        shown = evidence(trial, observations, fault.index)
        return Verdict(trial.exercise.name, fault.status, fault.unexplained, evidence=shown)
    index = fault.index if found.index is None else found.index
    if trial.same(observations[index].value, trial.wanted[index]):  # here the second of two mistakes undoes the first
        index = fault.index
    shown = evidence(trial, observations, index)
    status: Status = "wrong values" if found.well_formed else fault.status
    return Verdict(trial.exercise.name, status, found.text, found.names, shown, found.see)


def _note(trial: Trial, observations: Sequence[Observation]) -> str:
    """What is worth knowing about right arrays: float64 out of float32, or an overflow that did no harm."""
    for each, wanted in zip(observations, trial.wanted, strict=True):
        if each.warned:
            return _WARNED.format(warning=each.warned)
        if isinstance(each.value, np.ndarray) and each.value.ndim and isinstance(wanted, np.ndarray):
            if wanted.dtype == np.float32 and each.value.dtype == np.float64:
                return _SLOWER
    return ""


_WARNED = (
    " One thing to know: NumPy warned of “{warning}” on the way. The numbers came out right all the same, "
    "but there is a form of the formula that never gets there. (`np.where` works out both of its branches everywhere.)"
)
_FOUR_NAMES = (
    " One thing to know: it counts on the names W1, b1, W2 and b2. Later cells have other parameters, too, so there "
    "`mine` lends you the course's own. A loop over the names in `params` serves every network."
)
_LOOSE = (
    " One thing to know: you return a list or an iterator. The numbers are right; `mine` hands them on as an array, "
    "because later cells count on arrays. `np.array(...)` does the same."
)
_LOOSE_IN_PLACE = (
    " One thing to know: you leave lists where arrays were. The numbers are right, but later cells count on arrays; "
    "`np.array(...)` makes one of a list."
)
_SLOWER = (
    " One thing to know: float32 came in and float64 goes out. That is right, only slower; "
    "`np.zeros_like` and `np.empty_like` keep the dtype."
)
