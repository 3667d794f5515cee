"""sigmoid_backward: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.nn import functional
from course_lib.nn.arrays import Array

ACTIVATIONS = "02#4. Back through the bends"


def _sigmoid_cases() -> list[Case]:
    return [
        (np.array([[2.0, -4.0]]), np.array([[0.5, 0.25]])),
        (np.array([[1.0], [3.0], [-2.0]]), np.array([[0.9], [0.1], [0.6]])),
        (normal(1, 4, 3), functional.sigmoid(normal(2, 4, 3))),
        (normal(3, 2, 5, dtype=np.float32), functional.sigmoid(normal(4, 2, 5, dtype=np.float32))),
        (np.array([[1.0, 1.0]]), np.array([[0.0, 1.0]])),
    ]


sigmoid_backward = Exercise(
    "sigmoid_backward",
    reference=functional.sigmoid_backward,
    cases=_sigmoid_cases,
    sizes=lambda dA, A: {"N": len(A), "H": A.shape[1]},
    hints=(
        "The slope of the sigmoid can be written with its value A alone. Which expression was it?",
        "The slope is A (1 - A), and A is what you are given: no exponential is needed any more.",
        "Nearly the code: return `dA * A * (...)`.",
    ),
)


@sigmoid_backward.misconception("takes A for Z", see=ACTIVATIONS)
def _(dA: Array, A: Array) -> Any:
    """**The sigmoid was applied once more.** What comes in is A, the value of the sigmoid already: use A (1 - A) as
    it stands."""
    S = functional.sigmoid(A)
    return dA * S * (1 - S)


@sigmoid_backward.misconception("leaves out 1 - A", see=ACTIVATIONS)
def _(dA: Array, A: Array) -> Any:
    """**The factor 1 - A is missing.** The slope is A (1 - A): small at both ends, largest in the middle."""
    return dA * A


@sigmoid_backward.misconception("leaves out A", see=ACTIVATIONS)
def _(dA: Array, A: Array) -> Any:
    """**The factor A is missing.** The slope is A (1 - A): small at both ends, largest in the middle."""
    return dA * (1 - A)


@sigmoid_backward.misconception("leaves out dA", see=ACTIVATIONS)
def _(dA: Array, A: Array) -> Any:
    """**That is the local slope.** The chain rule multiplies it with what arrives from the side of the loss, dA."""
    return A * (1 - A)


@sigmoid_backward.misconception("the slope of tanh", see=ACTIVATIONS)
def _(dA: Array, A: Array) -> Any:
    """**1 - A² is the slope of tanh.** For the sigmoid it is A (1 - A)."""
    return dA * (1 - A**2)
