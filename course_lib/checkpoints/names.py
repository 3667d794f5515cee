"""The names of the parameters: four are promised, and later cells have others.

The course promises params with W1, b1, W2 and b2. Some exercises are tried with other names too, because other networks
have them; who has written the four down is right all the same, and is told.

    {"W1": ..., "b1": ...}                     a case with two names
    {"W1": ..., "b1": ..., "b2": 0, "W2": 0}   the same under the four
"""

from __future__ import annotations

from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Case

FOUR = ("W1", "b1", "W2", "b2")


def under_the_four(case: Case) -> Case:
    """The case with every dict of arrays under the four names: some left out, and some put in, with a 0."""
    return tuple(_under_the_four(argument) for argument in case)


def _under_the_four(argument: Any) -> Any:
    if not isinstance(argument, dict):
        return argument
    if any(isinstance(value, dict) for value in argument.values()):
        return {name: _under_the_four(value) for name, value in argument.items()}
    free = (name for name in FOUR if name not in argument)
    others = sorted(name for name in argument if name not in FOUR)
    renamed = dict(zip(others, free, strict=False))
    kept = {renamed.get(name, name): value for name, value in argument.items() if name in FOUR or name in renamed}
    return {**kept, **{name: np.zeros(1) for name in FOUR if name not in kept}}
