"""linear_forward: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.nn import functional
from course_lib.nn.arrays import Array

LINEAR = "01#3. A layer of linear units"


def _linear_cases() -> list[Case]:
    return [
        (np.array([[1.0, 2.0, 0.0]]), np.array([[1.0], [-1.0], [3.0]]), np.array([0.5])),
        (np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, -1.0], [0.0, 2.0]]), np.array([0.5, -0.25])),
        (normal(1, 3, 4), normal(2, 4, 2), normal(3, 2)),
        (normal(4, 5, 2), normal(5, 2, 6), normal(6, 6)),
        (normal(7, 2, 3), normal(8, 3, 3), normal(9, 3)),
        (normal(7, 4, 3, dtype=np.float32), normal(8, 3, 5, dtype=np.float32), normal(9, 5, dtype=np.float32)),
    ]


linear_forward = Exercise(
    "linear_forward",
    reference=functional.linear_forward,
    cases=_linear_cases,
    sizes=lambda X, W, b: {"N": len(X), "D": X.shape[1], "H": len(b)},
    hints=(
        "Write the three shapes under one another: X (N, D), W (D, H), b (H,). Which product of X and W has the shape "
        "(N, H)?",
        "`@` is the matrix product. NumPy adds a vector of shape (H,) to every row of a matrix of shape (N, H) by "
        "itself.",
        "Nearly the code: return `X @ ...` plus b.",
    ),
)


@linear_forward.misconception("leaves out the bias", see=LINEAR)
def _(right: Callable[..., Array], X: Array, W: Array, b: Array) -> Any:
    """**The bias is missing.** The product is right; add b to every row of it."""
    return right(X, W, np.zeros_like(b))


@linear_forward.misconception("subtracts the bias", see=LINEAR)
def _(right: Callable[..., Array], X: Array, W: Array, b: Array) -> Any:
    """**The bias has the wrong sign.** Z = X W + b: it is added."""
    return right(X, W, -b)


@linear_forward.misconception("transposes the weights", see=LINEAR)
def _(right: Callable[..., Array], X: Array, W: Array, b: Array) -> Any:
    """**W does not need transposing.** In this course W has shape (D, H): X (N, D) times W (D, H) fits as it is."""
    return right(X, W.T, b)


@linear_forward.misconception("multiplies in the other order", see=LINEAR)
def _(X: Array, W: Array, b: Array) -> Any:
    """**The order of the product matters.** You computed W @ X. Rows of X are examples, so X stands on the left: X
    @ W."""
    return W @ X + b


@linear_forward.misconception("multiplies element by element", see=LINEAR)
def _(X: Array, W: Array, b: Array) -> Any:
    """**`*` multiplies element by element.** Each unit needs a sum over all features: the matrix product is `@`."""
    return X * W + b


@linear_forward.misconception("adds the bias to the columns", see=LINEAR)
def _(right: Callable[..., Array], X: Array, W: Array, b: Array) -> Any:
    """**The bias belongs to the units, not to the examples.** b has one number for each column of Z; you added it
    along the rows."""
    return right(X, W, np.zeros_like(b)) + b[:, None]
