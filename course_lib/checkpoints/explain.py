"""Why a result is wrong: a misconception, two of them, something a probe finds, and the numbers that show it."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Exercise, Misconception
from course_lib.checkpoints.probes import Finding, Part, probe, swapped, transposed
from course_lib.checkpoints.sandbox import Observation
from course_lib.checkpoints.trial import Leaves, Trial
from course_lib.checkpoints.values import MisfitError, close, describe, show


@dataclass(frozen=True)
class Explanation:
    """The names of the mistakes, what the learner reads, the section that helps, the case that shows them, and whether
    a result has the wanted form in spite of them."""

    names: tuple[str, ...]
    text: str
    see: str = ""
    index: int | None = None
    well_formed: bool = False


def explain(trial: Trial, observations: Sequence[Observation]) -> Explanation | None:
    """The simplest explanation that fits every case: one misconception, one thing a probe finds, then two at once."""
    if len(observations) < len(trial.cases):
        return None
    for mistakes in _single(trial.exercise):
        if _does_the_same(trial, mistakes, observations):
            return _from_bank(trial, mistakes)
    found = _by_probes(trial, observations)
    if found and len(found.names) == 1:
        return found
    for mistakes in _pairs(trial.exercise):
        if _does_the_same(trial, mistakes, observations):
            return _from_bank(trial, mistakes)
    return found if trial.facts else _from_bank(trial, _one_mistake_for_each_part(trial, observations)) or found


# ---- the bank -------------------------------------------------------------------------------------------------------


def _single(exercise: Exercise) -> Iterator[tuple[Misconception, ...]]:
    yield from ((each,) for each in exercise.misconceptions)


def _pairs(exercise: Exercise) -> Iterator[tuple[Misconception, ...]]:
    """Each pair of which the first is a twist, which can be made on top of the second."""
    yield from (pair for pair in itertools.permutations(exercise.misconceptions, 2) if pair[0].is_twist)


@functools.cache
def _mistaken(trial: Trial, mistakes: tuple[Misconception, ...], index: int) -> Observation:
    """What the reference does with a case when these mistakes are made in it."""
    function = trial.exercise.reference
    for mistake in reversed(mistakes):
        function = mistake.made_in(function)
    return trial.observe(function, index)


def _does_the_same(trial: Trial, mistakes: tuple[Misconception, ...], seen: Sequence[Observation]) -> bool:
    """Equal results or exceptions of one kind in every case, and at least one that tells: a wrong result, or exceptions
    that say the same."""
    if len(mistakes) > 1 and _always_the_same(seen):
        return False  # whatever always says 0 would fit some pair
    telling = False
    for index, yours in enumerate(seen):
        theirs = _mistaken(trial, mistakes, index)
        if theirs.crash or yours.crash:
            if not (theirs.crash and yours.crash and theirs.crash.kind == yours.crash.kind):
                return False
            telling = telling or theirs.crash.message == yours.crash.message
        elif theirs.misfit or yours.misfit:
            if theirs.misfit != yours.misfit:
                return False
            telling = True
        elif not trial.same(yours.value, theirs.value):
            return False
        else:
            telling = telling or not trial.same(yours.value, trial.wanted[index])
    return telling


def _always_the_same(seen: Sequence[Observation]) -> bool:
    """One and the same number in every case and every place."""
    values = [each.value for each in seen]
    if not all(isinstance(value, (float, np.ndarray)) and np.size(value) for value in values):
        return False
    first = np.ravel(values[0])[0]
    return all(bool(np.all(value == first)) for value in values)


def _one_mistake_for_each_part(trial: Trial, observations: Sequence[Observation]) -> tuple[Misconception, ...]:
    """Two mistakes in two parts of the result, say one in dW and one in db: each wrong part explained on its own."""
    try:
        values = [
            trial.leaves(trial.fit(each.value, wanted)) for each, wanted in zip(observations, trial.wanted, strict=True)
        ]
    except MisfitError:
        return ()
    targets = [trial.leaves(wanted) for wanted in trial.wanted]
    wrong = dict.fromkeys(
        part for value, target in zip(values, targets, strict=True) for part in target
        if not close(value[part], target[part])
    )  # fmt: skip
    found: dict[str, Misconception] = {}
    for part in wrong:
        known = (each for each in trial.exercise.misconceptions if _explains(trial, each, part, values, set(wrong)))
        mistake = next(known, None)
        if mistake is None:
            return ()
        found[mistake.name] = mistake
    return tuple(found.values())


def _explains(trial: Trial, mistake: Misconception, part: str, values: Sequence[Leaves], wrong: set[str]) -> bool:
    """Whether the mistake does to this part what was done to it, and nothing to the parts that are right."""
    for index, (value, wanted) in enumerate(zip(values, trial.wanted, strict=True)):
        try:
            known = trial.leaves(trial.fit(_mistaken(trial, (mistake,), index).value, wanted))
        except MisfitError:
            return False
        if not all(close(known[each], value[each]) for each in known if each == part or each not in wrong):
            return False
    return True


def _from_bank(trial: Trial, mistakes: tuple[Misconception, ...]) -> Explanation | None:
    """The first of two mistakes is explained in full, with a case in which it shows; the second is only named."""
    if not mistakes:
        return None
    names, text = tuple(each.name for each in mistakes), mistakes[0].says
    if len(mistakes) > 1:
        listed = "\n\n".join(f"{number}. {name}" for number, name in enumerate(names, start=1))
        text = f"**Two things at once.** Mend the first, then check again.\n\n{listed}\n\n{text}"
    index = _first_shown(trial, mistakes[0])
    well_formed = index is not None and trial.fits(_mistaken(trial, mistakes[:1], index).value, trial.wanted[index])
    return Explanation(names, text, mistakes[0].see, index, well_formed)


def _first_shown(trial: Trial, mistake: Misconception) -> int | None:
    """The first case in which this mistake gives a wrong result."""
    for index, wanted in enumerate(trial.wanted):
        known = _mistaken(trial, (mistake,), index)
        if known.crash is None and not trial.same(known.value, wanted):
            return index
    return None


# ---- the probes -----------------------------------------------------------------------------------------------------


def _by_probes(trial: Trial, observations: Sequence[Observation]) -> Explanation | None:
    """A finding for every part that is wrong somewhere; told only if all of them are explained."""
    if any(each.crash or each.misfit for each in observations) or trial.facts:
        return None
    try:
        fitted = [trial.fit(each.value, wanted) for each, wanted in zip(observations, trial.wanted, strict=True)]
    except MisfitError:
        finding = _mixed_up(trial, observations)
        return Explanation(finding.names, finding.says) if finding else None
    wrong = {name for index, value in enumerate(fitted) for name in trial.differing(value, trial.wanted[index])}
    findings = [
        finding
        for name in trial.leaves(trial.wanted[0])
        if name in wrong and (finding := probe(name, _parts(trial, fitted, name)))
    ]
    if not findings or len(findings) < len(wrong):
        finding = _mixed_up(trial, observations)
        return Explanation(finding.names, finding.says) if finding else None
    names = dict.fromkeys(name for finding in findings for name in finding.names)
    return Explanation(tuple(names), "\n\n".join(dict.fromkeys(finding.says for finding in findings)))


def _parts(trial: Trial, fitted: Sequence[Any], name: str) -> list[Part]:
    parts = []
    for case, wanted, value in zip(trial.cases, trial.wanted, fitted, strict=True):
        others = trial.leaves(wanted)
        arguments = dict(zip(trial.exercise.parameters, case, strict=False))
        arrays = {key: argument for key, argument in arguments.items() if isinstance(argument, np.ndarray)}
        parts.append(Part(trial.leaves(value)[name], others.pop(name), arrays, others, trial.exercise.sizes(*case)))
    return parts


def _mixed_up(trial: Trial, observations: Sequence[Observation]) -> Finding | None:
    """Rows for columns, or one output for another: found although the shapes are wrong."""
    names = trial.exercise.returns if isinstance(trial.wanted[0], tuple) else ()
    wanted = [value if names else (value,) for value in trial.wanted]
    try:
        got = [_real_arrays(each.value if names else (each.value,), max(1, len(names))) for each in observations]
        targets = [_real_arrays(value, len(value)) for value in wanted]
    except (TypeError, ValueError):  # no numbers, ragged, or another count
        return None
    if names:
        return swapped(names, got, targets)
    parts = [Part(mine, target, {}, {}, {}) for (mine,), (target,) in zip(got, targets, strict=True)]
    return transposed("result", parts)


def _real_arrays(values: Any, count: int) -> tuple[np.ndarray, ...]:
    if not isinstance(values, (tuple, list)) or len(values) != count:
        raise ValueError
    arrays = tuple(np.asarray(value) for value in values)
    if any(array.dtype.kind not in "fiub" for array in arrays):
        raise TypeError
    return arrays


# ---- the evidence ---------------------------------------------------------------------------------------------------


def evidence(trial: Trial, observations: Sequence[Observation], index: int) -> str:
    """A case in numbers: what came in, what is wanted, what came out."""
    names, case = trial.exercise.parameters, trial.cases[index]
    lines = [_shown(name, argument) for name, argument in zip(names, case, strict=False)]
    if observations[index].misfit:
        return "\n".join(lines)
    got, wanted = observations[index].value, trial.wanted[index]
    try:
        fitted = trial.fit(got, wanted)
    except MisfitError:
        parts = trial.exercise.returns
        return "\n".join([*lines, f"wanted: {_brief(wanted, parts)}", f"yours:  {_brief(got, parts)}"])
    got_leaves, wanted_leaves = trial.leaves(fitted), trial.leaves(wanted)
    for name in trial.differing(fitted, wanted):
        label = f" {name}" if name else ""
        lines += _difference(label, got_leaves[name], wanted_leaves[name])
    return "\n".join(lines)


def _shown(name: str, argument: Any) -> str:
    """ "X = [[1.0, 2.0]]"; of a function its own words, which mostly begin with its name: "f(x) = sum of x**3"."""
    words = show(argument)
    if not callable(argument):
        return f"{name} = {words}"
    return words if words.startswith(name) else f"{name}: {words}"


def _brief(value: Any, names: tuple[str, ...] = ()) -> str:
    """A value in one line; the parts of a tuple by their names."""
    if isinstance(value, (tuple, list)) and len(value) == len(names) > 1:
        return ", ".join(f"{name} = {_brief(part)}" for name, part in zip(names, value, strict=True))
    if isinstance(value, (tuple, list)) and any(isinstance(part, (np.ndarray, dict)) for part in value):
        return "(" + ", ".join(_brief(part) for part in value) + ")"
    if isinstance(value, np.ndarray) and 0 < value.ndim and value.size <= 12:
        return f"{show(value)}, shape {value.shape}"
    return show(value) if isinstance(value, (np.ndarray, float, int, dict)) else describe(value)


def _difference(label: str, got: np.ndarray, wanted: np.ndarray) -> list[str]:
    if wanted.dtype == bool and wanted.ndim == 0:
        return [f"{'does not hold' if wanted else 'should not hold'}:{label}"]
    if wanted.size <= 12:
        return [f"wanted{label}: {_or_about_0(wanted)}", f"yours{label}:  {_or_about_0(got)}"]
    place = next(i for i in np.ndindex(wanted.shape) if not close(got[i], wanted[i]))
    where = ", ".join(str(i) for i in place)
    return [
        f"wanted{label}[{where}]: {_or_about_0(wanted[place])}",
        f"yours{label}[{where}]:  {_or_about_0(got[place])}",
    ]


def _or_about_0(value: Any) -> str:
    """A result in print; a single number that counts as 0 here, but is none, is "about 0"."""
    if np.ndim(value) == 0 and value != 0 and close(np.asarray(value), np.asarray(0.0)):
        return "about 0"
    return show(value)
