"""sigmoid: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.nn import functional
from course_lib.nn.arrays import Array

SIGMOID = "01#5. A smooth bend: sigmoid"


def _sigmoid_cases() -> list[Case]:
    return [
        (np.array([[0.0, 2.0]]),),
        (np.array([[-1.0], [1.0], [3.0]]),),
        (normal(1, 4, 3),),
        (normal(2, 2, 5, dtype=np.float32),),
        (np.array([[-1000.0, 1000.0, -50.0, 20.0]]),),
        (np.array([[-100.0, 100.0, 0.5]], dtype=np.float32),),
    ]


sigmoid = Exercise(
    "sigmoid",
    reference=functional.sigmoid,
    cases=_sigmoid_cases,
    sizes=lambda Z: {"N": len(Z), "H": Z.shape[1]},
    hints=(
        "Try the formula 1 / (1 + exp(-z)) at z = 1000 and at z = -1000. At which one does the computer complain, and "
        "why?",
        "For z >= 0 use 1 / (1 + exp(-z)), for z < 0 use exp(z) / (1 + exp(z)). In both, exp only sees numbers that "
        "are 0 or negative: -|z|.",
        "Nearly the code: `E = np.exp(-np.abs(Z))`, then return `np.where(Z >= 0, 1, E) / (1 + ...)`.",
    ),
)


@sigmoid.misconception("falls instead of rising", see=SIGMOID)
def _(right: Callable[..., Array], Z: Array) -> Any:
    """**Your curve is mirrored.** It should rise from 0 to 1; yours falls from 1 to 0. Look at the sign inside exp."""
    return right(-Z)


@sigmoid.misconception("exp(Z) / (1 + exp(Z)) for large Z too", see=SIGMOID)
def _(Z: Array) -> Any:
    """**Right for small numbers, nan for large ones.** exp(1000) is too large for the computer, and infinity
    divided by infinity is nan. Use this form where Z is negative, and 1 / (1 + exp(-Z)) elsewhere."""
    return np.exp(Z) / (1 + np.exp(Z))


@sigmoid.misconception("the same for negative numbers", see=SIGMOID)
def _(right: Callable[..., Array], Z: Array) -> Any:
    """**Negative numbers come out as if they were positive.** The sigmoid of a negative number is below one half. 1
    / (1 + E) with E = exp(-|Z|) is right where Z >= 0; elsewhere it is E / (1 + E)."""
    return right(np.abs(Z))


@sigmoid.misconception("returns the slope", see=SIGMOID)
def _(right: Callable[..., Array], Z: Array) -> Any:
    """**This is the slope of the sigmoid**, A (1 - A). The value is A itself. (The slope comes in notebook 2.)"""
    A = right(Z)
    return A * (1 - A)


@sigmoid.misconception("takes tanh", see=SIGMOID)
def _(Z: Array) -> Any:
    """**This is tanh**, which runs from -1 to 1. The sigmoid runs from 0 to 1, and sigmoid(0) is one half."""
    return np.tanh(Z)


@sigmoid.misconception("leaves out the 1 in the denominator", see=SIGMOID)
def _(Z: Array) -> Any:
    """**The 1 in the denominator is missing.** 1 / exp(-Z) is just exp(Z), which grows without limit; 1 + exp(-Z)
    keeps it below 1."""
    return 1 / np.exp(-Z)


@sigmoid.misconception("1 minus exp(-Z) in the denominator", see=SIGMOID)
def _(Z: Array) -> Any:
    """**A minus stands where a plus belongs.** The denominator is 1 + exp(-Z); with a minus it is 0 at Z = 0."""
    return 1 / (1 - np.exp(-Z))
