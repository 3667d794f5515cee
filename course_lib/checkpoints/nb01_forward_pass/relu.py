"""relu: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.nn import functional
from course_lib.nn.arrays import Array

RELU = "01#4. The bend: ReLU"


def _pre_activation_cases() -> list[Case]:
    return [
        (np.array([[-2.0, 0.0, 3.0]]),),
        (np.array([[0.5, 1.5], [-0.5, 2.0]]),),
        (normal(1, 4, 3),),
        (normal(2, 2, 5, scale=10.0),),
        (normal(3, 3, 4, dtype=np.float32),),
        (np.array([[-1e-3, -0.0, 1e-3, 2e-3]]),),
        (np.array([[-1e4, 1e4, 5.0, -5.0]]),),
    ]


relu = Exercise(
    "relu",
    reference=functional.relu,
    cases=_pre_activation_cases,
    sizes=lambda Z: {"N": len(Z), "H": Z.shape[1]},
    hints=(
        "What should come out for -2, for 0 and for 3? Each element is treated on its own.",
        "You need the larger of two numbers, element by element. Python's `max` compares whole arrays; NumPy has a "
        "function that compares two arrays element by element.",
        "Nearly the code: return `np.maximum(Z, ...)`.",
    ),
)


@relu.misconception("takes the absolute value", see=RELU)
def _(Z: Array) -> Any:
    """**Negative numbers should become 0, not positive.** You return their absolute value."""
    return np.abs(Z)


@relu.misconception("keeps the negative part", see=RELU)
def _(Z: Array) -> Any:
    """**The wrong half was kept.** What is negative should become 0, what is positive should pass unchanged."""
    return np.minimum(Z, 0)


@relu.misconception("returns the slope", see=RELU)
def _(Z: Array) -> Any:
    """**This is the slope of ReLU**: 1 where Z is positive, 0 elsewhere. The value is Z itself where Z is positive.
    (The slope comes in notebook 2.)"""
    return (Z > 0).astype(Z.dtype)


@relu.misconception("lets a little of the negative part through", see=RELU)
def _(Z: Array) -> Any:
    """**This is the leaky ReLU**, which keeps a hundredth of the negative part. The plain one makes it exactly 0."""
    return np.where(Z > 0, Z, 0.01 * Z).astype(Z.dtype)


@relu.misconception("cuts off at 1", see=RELU)
def _(Z: Array) -> Any:
    """**Large numbers should pass unchanged.** You cut them off at 1; ReLU has no upper limit."""
    return np.clip(Z, 0, 1)


@relu.misconception("the largest of each column", see=RELU)
def _(Z: Array) -> Any:
    """**`np.max(Z, 0)` looks for the largest number of each column**: the 0 in it is an axis. `np.maximum(Z, 0)`
    compares each element with 0."""
    return np.max(Z, 0)


@relu.misconception("shifts instead of cutting", see=RELU)
def _(Z: Array) -> Any:
    """**You took the smallest element off everything.** Each element is on its own: compare it with 0 and nothing
    else."""
    return Z - Z.min()
