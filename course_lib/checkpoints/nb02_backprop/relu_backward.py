"""relu_backward: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.nn import functional
from course_lib.nn.arrays import Array

ACTIVATIONS = "02#4. Back through the bends"


def _relu_cases() -> list[Case]:
    return [
        (np.array([[5.0, -6.0, 7.0]]), np.array([[-2.0, 0.0, 3.0]])),
        (np.array([[1.0, -1.0], [-2.0, 2.0]]), np.array([[0.5, 1.5], [-0.5, 2.0]])),
        (normal(1, 4, 3), normal(2, 4, 3)),
        (normal(3, 3, 5, dtype=np.float32), normal(4, 3, 5, scale=10.0, dtype=np.float32)),
        (normal(5, 5, 2), np.round(normal(6, 5, 2))),
        (np.array([[1.0, -2.0, 3.0, 4.0]]), np.array([[1e-3, 2e-3, -1e-3, 0.0]])),
    ]


relu_backward = Exercise(
    "relu_backward",
    reference=functional.relu_backward,
    cases=_relu_cases,
    sizes=lambda dA, Z: {"N": len(Z), "H": Z.shape[1]},
    hints=(
        "What is the slope of ReLU where Z is positive, and where it is negative?",
        "The gradient passes where Z > 0 and is 0 elsewhere. `Z > 0` gives True and False, which count as 1 and 0 in a "
        "product.",
        "Nearly the code: return `dA * (...)`.",
    ),
)


@relu_backward.misconception("lets the gradient pass at 0", see=ACTIVATIONS)
def _(dA: Array, Z: Array) -> Any:
    """**At Z = 0 exactly, the course takes the slope 0.** You let the gradient pass there (`>=`, or a test for `<
    0`). A unit that is silent should not learn from being silent."""
    return dA * (Z >= 0)


@relu_backward.misconception("takes the mask from dA", see=ACTIVATIONS)
def _(dA: Array, Z: Array) -> Any:
    """**The mask comes from the wrong array.** Whether a unit was active is decided by Z on the way forward, not by
    the sign of the gradient."""
    return dA * (dA > 0)


@relu_backward.misconception("returns the mask alone", see=ACTIVATIONS)
def _(dA: Array, Z: Array) -> Any:
    """**That is the local slope.** The chain rule multiplies it with what arrives from the side of the loss: dA times
    the mask."""
    return (Z > 0).astype(dA.dtype)


@relu_backward.misconception("the mask is inverted", see=ACTIVATIONS)
def _(dA: Array, Z: Array) -> Any:
    """**The gradient passes where it should stop.** It passes where Z is positive, for there ReLU has the slope 1."""
    return dA * (Z < 0)


@relu_backward.misconception("returns what ReLU gives forward", see=ACTIVATIONS)
def _(dA: Array, Z: Array) -> Any:
    """**That is the ReLU itself, on the way forward.** Z only decides where the gradient passes. What passes is dA."""
    return np.maximum(Z, 0)


@relu_backward.misconception("takes the sign of Z for the slope", see=ACTIVATIONS)
def _(dA: Array, Z: Array) -> Any:
    """**Where Z is negative you turn the gradient round.** np.sign(Z) is -1 there; the slope of ReLU is 0, so nothing
    passes."""
    return dA * np.sign(Z)


@relu_backward.misconception("compares after multiplying", see=ACTIVATIONS)
def _(dA: Array, Z: Array) -> Any:
    """**You return True and False.** A comparison comes last in Python: `dA * Z > 0` is `(dA * Z) > 0`. The mask needs
    parentheses: `dA * (Z > 0)`."""
    return (dA * Z > 0).astype(dA.dtype)


@relu_backward.misconception("multiplies with Z", see=ACTIVATIONS)
def _(dA: Array, Z: Array) -> Any:
    """**You multiplied with the value of ReLU; its slope is wanted.** Where Z is positive the slope is 1, however
    large Z is."""
    return dA * np.maximum(Z, 0)


@relu_backward.misconception("changes nothing", see=ACTIVATIONS)
def _(dA: Array, Z: Array) -> Any:
    """**Nothing was stopped.** Where Z is not positive, the output of ReLU does not move, so no gradient comes
    through there."""
    return dA.copy()
