"""linear_backward: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.nn import functional
from course_lib.nn.arrays import Array

LINEAR = "02#3. Back through a linear layer"


def _linear_cases() -> list[Case]:
    small = (np.array([[1.0, -2.0]]), np.array([[3.0]]), np.array([[0.5, 2.0]]))
    square = (normal(1, 3, 3), normal(2, 3, 3), normal(3, 3, 3))
    return [
        small,
        (normal(4, 2, 3), normal(5, 2, 4), normal(6, 4, 3)),
        square,
        (normal(7, 5, 2), normal(8, 5, 3), normal(9, 3, 2)),
        (normal(1, 4, 6, dtype=np.float32), normal(2, 4, 3, dtype=np.float32), normal(3, 3, 6, dtype=np.float32)),
    ]


linear_backward = Exercise(
    "linear_backward",
    reference=functional.linear_backward,
    cases=_linear_cases,
    returns=("dX", "dW", "db"),
    sizes=lambda dZ, X, W: {"N": len(X), "D": len(W), "H": W.shape[1]},
    points=2,
    hints=(
        "Each gradient has the shape of what it belongs to. Write down the shapes of dZ, X and W, and see which "
        "products have the shape of X, and of W.",
        "dX (N, D) can only be dZ (N, H) times W turned round; dW (D, H) can only be X turned round times dZ. Every "
        "row of Z got the same b, so db adds up the rows.",
        "Nearly the code: `dZ @ W.T`, `X.T @ ...`, `dZ.sum(axis=...)`.",
    ),
)


@linear_backward.misconception("takes the mean over the batch again", see=LINEAR)
def _(right: Callable[..., Any], dZ: Array, X: Array, W: Array) -> Any:
    """**dW and db are exactly N times too small.** The mean over the batch is inside dZ already, from the loss: divide
    once."""
    dX, dW, db = right(dZ, X, W)
    return dX, dW / len(X), db / len(X)


@linear_backward.misconception("takes the mean for dW alone", see=LINEAR)
def _(right: Callable[..., Any], dZ: Array, X: Array, W: Array) -> Any:
    """**dW is exactly N times too small.** The mean over the batch is inside dZ already, from the loss: divide once."""
    dX, dW, db = right(dZ, X, W)
    return dX, dW / len(X), db


@linear_backward.misconception("takes the mean for db alone", see=LINEAR)
def _(right: Callable[..., Any], dZ: Array, X: Array, W: Array) -> Any:
    """**db is exactly N times too small.** The rows of dZ are added up, not averaged: the mean is inside dZ already."""
    dX, dW, db = right(dZ, X, W)
    return dX, dW, db / len(X)


@linear_backward.misconception("db is added up once for each input", see=LINEAR)
def _(right: Callable[..., Any], dZ: Array, X: Array, W: Array) -> Any:
    """**db is exactly D times too large.** That happens when it is added up inside the loop over the inputs d. b_h is
    used once for each example, however many inputs there are, so `db[h] += dZ[n, h]` belongs outside that loop."""
    dX, dW, db = right(dZ, X, W)
    return dX, dW, db * len(W)


@linear_backward.misconception("dW transposed", see=LINEAR)
def _(right: Callable[..., Any], dZ: Array, X: Array, W: Array) -> Any:
    """**dW has rows and columns exchanged.** It has the shape of W, (D, H): X.T @ dZ, not dZ.T @ X."""
    dX, dW, db = right(dZ, X, W)
    return dX, dW.T, db


@linear_backward.misconception("dW without a transpose", see=LINEAR)
def _(dZ: Array, X: Array, W: Array) -> Any:
    """**The transpose in dW is missing.** X @ dZ only works when N happens to equal D, and then it adds up the
    wrong things. Each weight needs a sum over the examples: X.T @ dZ."""
    return dZ @ W.T, X @ dZ, dZ.sum(axis=0)


@linear_backward.misconception("dX without a transpose", see=LINEAR)
def _(dZ: Array, X: Array, W: Array) -> Any:
    """**The transpose in dX is missing.** dZ @ W only works when D happens to equal H. Each input needs a sum over
    the units: dZ @ W.T."""
    return dZ @ W, X.T @ dZ, dZ.sum(axis=0)


@linear_backward.misconception("db added up along the rows", see=LINEAR)
def _(right: Callable[..., Any], dZ: Array, X: Array, W: Array) -> Any:
    """**db has one number for each example; each unit needs one.** Add up over the examples: `axis=0`."""
    dX, dW, _ = right(dZ, X, W)
    return dX, dW, dZ.sum(axis=1)


@linear_backward.misconception("db keeps a dimension", see=LINEAR)
def _(right: Callable[..., Any], dZ: Array, X: Array, W: Array) -> Any:
    """**db has the shape (1, H); b has the shape (H,).** Leave out `keepdims`, so that the gradient has the shape
    of what it belongs to."""
    dX, dW, db = right(dZ, X, W)
    return dX, dW, db[None, :]


@linear_backward.misconception("db added up over everything", see=LINEAR)
def _(right: Callable[..., Any], dZ: Array, X: Array, W: Array) -> Any:
    """**db became a single number.** Each unit has its own bias, so each column of dZ has its own sum: `axis=0`."""
    dX, dW, _ = right(dZ, X, W)
    return dX, dW, dZ.sum()


@linear_backward.misconception("the sign is flipped everywhere", see=LINEAR)
def _(right: Callable[..., Any], dZ: Array, X: Array, W: Array) -> Any:
    """**All three have the wrong sign.** A gradient says where the loss grows; the minus comes later, in the step
    of SGD."""
    dX, dW, db = right(dZ, X, W)
    return -dX, -dW, -db
