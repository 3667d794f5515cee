"""What several exercises of notebook 4 are tried with."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.values import MisfitError
from course_lib.nn.arrays import Params


def changed_in_place(returned: Any, params: Params, before: Params) -> None:
    """Raises MisfitError if new parameters were returned and the caller's stayed as they were."""
    untouched = all(name in params and np.array_equal(params[name], before[name]) for name in before)
    if untouched and returned is not None:
        raise MisfitError(
            "Your function returned something, and left the caller's `params` as it was. It should change the arrays "
            "in `params`, and return nothing."
        )


def network_parameters(seed: int, D: int, H: int, C: int, dtype: type = np.float64) -> Params:
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    return {name: normal(seed + i, *shape, dtype=dtype) for i, (name, shape) in enumerate(shapes.items())}


def output_layer_first(arrays: Params) -> Params:
    return {name: arrays[name] for name in ("W2", "b2", "W1", "b1")}


TINY = {"W1": np.array([[1.0, -2.0]]), "b1": np.array([0.5, 3.0])}
TINY_GRADS = {"W1": np.array([[3.0, 1.0]]), "b1": np.array([-2.0, 0.5])}
