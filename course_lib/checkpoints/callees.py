"""A function that would be right, if another exercise that it calls were.

    def relu(Z): return np.abs(Z)                   wrong
    def mlp_forward(X, params): ... relu(Z1) ...    right: with the course's relu in its place it passes

Whose mistake it is, is tried, not guessed: the same code runs again with the course's functions for the learner's own.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType

from course_lib.checkpoints.exercise import Exercise, Function, exercises
from course_lib.checkpoints.learner import globals_in_body

NAME = "calls a function that is not right yet"


def wrong_callees(exercise: Exercise, function: Function, passes: Callable[[Function], bool]) -> list[str]:
    """The exercises whose functions, defined in the same notebook, make `function` wrong; [] if it is wrong itself."""
    if not isinstance(function, FunctionType):
        return []
    own = function.__globals__
    called = [
        name
        for name in sorted(globals_in_body(function.__code__))
        if name in exercises()
        and name != exercise.name
        and isinstance(own.get(name), FunctionType)
        and own[name].__globals__ is own
    ]
    if not called or not passes(_with_the_courses(function, called)):
        return []
    if len(called) == 1:
        return called
    return [
        name for name in called if not passes(_with_the_courses(function, [each for each in called if each != name]))
    ]


def _with_the_courses(function: FunctionType, names: list[str]) -> Function:
    """The same code, in which these names mean the course's functions."""
    own = {**function.__globals__, **{name: exercises()[name].reference for name in names}}
    copy = FunctionType(function.__code__, own, function.__name__, function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy
