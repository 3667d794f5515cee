"""What a function takes from its notebook although the course hands it over: `X` instead of `cache["X"]`.

    X, N = ..., 4                      in a cell above
    def mlp_backward(dlogits, params, cache):
        return {"W1": X.T @ ... / N}   works in the notebook, with the notebook's numbers alone

Told only of a function that is wrong already and whose mistake is not known by name.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Function
from course_lib.checkpoints.explain import Explanation
from course_lib.checkpoints.learner import globals_in_body
from course_lib.checkpoints.sandbox import code_of
from course_lib.checkpoints.trial import Trial
from course_lib.checkpoints.values import listed

NAME = "uses what stands in the notebook instead of its arguments"


def strays(trial: Trial, function: Function) -> Explanation | None:
    """The data of the notebook that `function` reads, if there is any."""
    code, own_globals = code_of(function), getattr(inspect.unwrap(function), "__globals__", {})
    if code is None:
        return None
    case = dict(zip(trial.exercise.parameters, trial.cases[0], strict=False))
    found = [name for name in sorted(globals_in_body(code)) if _is_data(name, own_globals.get(name))]
    if not found:
        return None
    homes = [f'`{argument}["{name}"]`' for name in found for argument, value in case.items() if _has(value, name)]
    there = f" There is {listed(homes)}." if homes else ""
    return Explanation((NAME,), _TEXT.format(names=listed(f"`{name}`" for name in found), there=there))


def _is_data(name: str, value: Any) -> bool:
    """Arrays and dicts, and numbers called by a letter, such as N or x; a constant such as EPS is no stray."""
    return isinstance(value, (np.ndarray, dict)) or (len(name) == 1 and isinstance(value, (int, float)))


def _has(argument: Any, name: str) -> bool:
    return isinstance(argument, dict) and name in argument


_TEXT = (
    "**Your function uses {names} of the notebook.** The course calls it with other numbers and other sizes, so take "
    "everything from its arguments.{there}"
)
