"""An exercise made ready for judging: its cases, the reference's answers, and how close an answer must be to them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Case, Exercise, Function
from course_lib.checkpoints.names import under_the_four
from course_lib.checkpoints.sandbox import Observation, observe, quiet
from course_lib.checkpoints.values import MisfitError, close, fit, leaves

Leaves = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Trial:
    """An exercise with its cases made and the reference's answers known."""

    exercise: Exercise
    cases: tuple[Case, ...]
    wanted: tuple[Any, ...]

    @functools.cached_property
    def facts(self) -> bool:
        """Whether facts, True or False, are compared and not numbers alone."""
        return any(part.dtype == bool for part in self.leaves(self.wanted[0]).values())

    def leaves(self, value: Any) -> Leaves:
        """The arrays in a fitted value by name."""
        return dict(leaves(value, self.exercise.returns))

    def fit(self, value: Any, like: Any) -> Any:
        """`value` in the form of `like`. Raises MisfitError."""
        return fit(value, like, names=self.exercise.returns)

    def differing(self, value: Any, reference: Any) -> list[str]:
        """The names of the parts in which a fitted value is not close to the reference."""
        got, wanted = self.leaves(value), self.leaves(reference)
        return [name for name in wanted if not close(got[name], wanted[name])]

    def fits(self, value: Any, like: Any) -> bool:
        """Whether a raw value has the form of `like`."""
        try:
            self.fit(value, like)
        except MisfitError:
            return False
        return True

    def same(self, value: Any, reference: Any) -> bool:
        """Whether a raw value has the reference's form and numbers."""
        return self.fits(value, reference) and not self.differing(self.fit(value, reference), reference)

    def observe(self, function: Function, index: int) -> Observation:
        """What the course's own code does with a case: no time limit, no child."""
        with quiet():
            return observe(function, self.cases[index], self.exercise.setup)


@functools.cache
def trial_of(exercise: Exercise) -> Trial:
    """Made once for each exercise and kept."""
    return _trial(exercise, tuple(exercise.cases()))


@functools.cache
def trial_under_the_four_names(exercise: Exercise) -> Trial:
    """The same with the parameters that the course promises."""
    return _trial(exercise, tuple(map(under_the_four, exercise.cases())))


def _trial(exercise: Exercise, cases: tuple[Case, ...]) -> Trial:
    with quiet():
        wanted = tuple(observe(exercise.reference, case, exercise.setup).value for case in cases)
    return Trial(exercise, cases, wanted)
