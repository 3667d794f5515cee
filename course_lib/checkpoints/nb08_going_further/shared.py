"""What several exercises of notebook 8 are tried with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.nn.arrays import Params

Step = Callable[..., Any]


def network_arrays(seed: int, *sizes: int, scale: float = 1.0, dtype: type = np.float64) -> Params:
    """Arrays named as the parameters of a network of these sizes."""
    arrays: Params = {}
    for k, (D, H) in enumerate(zip(sizes[:-1], sizes[1:], strict=True), start=1):
        arrays[f"W{k}"] = normal(seed + 2 * k, D, H, scale=scale, dtype=dtype)
        arrays[f"b{k}"] = normal(seed + 2 * k + 1, H, scale=scale, dtype=dtype)
    return arrays


def all_zeros(params: Params) -> Params:
    return {name: np.zeros_like(w) for name, w in params.items()}


def copies(params: Params) -> Params:
    return {name: w.copy() for name, w in params.items()}


def only_weights(params: Params) -> Params:
    return {name: w for name, w in params.items() if name.startswith("W")}


def after_the_step(step: Step, params: Params, grads: Params, state: Any, *rest: Any) -> tuple[Params, Any]:
    """The caller's parameters and state once the step is done."""
    step(params, grads, state, *rest)
    return params, state
