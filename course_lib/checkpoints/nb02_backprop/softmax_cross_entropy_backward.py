"""softmax_cross_entropy_backward: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.nn import functional
from course_lib.nn.arrays import Array

LOSS = "02#5. Back through softmax and cross-entropy"


def _loss_cases() -> list[Case]:
    return [
        (np.array([[0.0, 1.0]]), np.array([0])),
        (np.array([[0.0, 1.0, 2.0], [3.0, 3.0, 1.0]]), np.array([0, 2])),
        (normal(1, 4, 3), np.array([2, 0, 1, 1])),
        (normal(2, 3, 5, scale=3.0), np.array([4, 0, 2], dtype=np.uint8)),
        (normal(3, 5, 2, dtype=np.float32), np.array([1, 1, 0, 1, 0])),
        (normal(4, 3, 3), np.array([2, 0, 0])),
        (np.array([[1000.0, 0.0, -1000.0], [0.0, 1.0, 2.0]]), np.array([1, 2])),
    ]


softmax_cross_entropy_backward = Exercise(
    "softmax_cross_entropy_backward",
    reference=functional.softmax_cross_entropy_backward,
    cases=_loss_cases,
    sizes=lambda logits, y: {"N": len(y), "C": logits.shape[1]},
    hints=(
        "The result is short: what the network says, minus what is true, and one more factor that comes from the mean.",
        "Take P = softmax(logits). In each row subtract 1 in the column of the label, that is P minus one_hot(y). The "
        "loss is a mean over N examples, so divide by N.",
        "Nearly the code: `P = mine.softmax(logits)`, `P[np.arange(len(y)), y] -= 1`, return P divided by ...",
    ),
)


@softmax_cross_entropy_backward.misconception("leaves out the mean over the batch", see=LOSS)
def _(right: Callable[..., Array], logits: Array, y: Array) -> Any:
    """**dlogits is exactly N times too large, on every batch size.** The loss is the mean over the batch, so its
    gradient carries a factor 1/N. This is the one place where it enters."""
    return right(logits, y) * len(y)


@softmax_cross_entropy_backward.misconception("takes the mean twice", see=LOSS)
def _(right: Callable[..., Array], logits: Array, y: Array) -> Any:
    """**dlogits is exactly N times too small.** You divided by N twice; the mean enters once."""
    return right(logits, y) / len(y)


@softmax_cross_entropy_backward.misconception("averages over examples and classes", see=LOSS)
def _(right: Callable[..., Array], logits: Array, y: Array) -> Any:
    """**dlogits is exactly C times too small, C being the number of classes.** The loss is a mean over N examples, not
    over N times C numbers."""
    return right(logits, y) / logits.shape[1]


@softmax_cross_entropy_backward.misconception("divides by C instead of N", see=LOSS)
def _(right: Callable[..., Array], logits: Array, y: Array) -> Any:
    """**You divide by C, the number of classes.** The loss is the mean over the N examples, so its gradient is divided
    by N: `len(y)`, the number of rows."""
    return right(logits, y) * len(y) / logits.shape[1]


@softmax_cross_entropy_backward.misconception("divides the label alone by N", see=LOSS)
def _(logits: Array, y: Array) -> Any:
    """**Only one_hot(y) is divided by N.** A division comes before a subtraction: put the difference in parentheses,
    (P - Y) / N."""
    P = functional.softmax(logits)
    P[np.arange(len(y)), y] -= 1 / len(y)
    return P


@softmax_cross_entropy_backward.misconception("y minus P", see=LOSS)
def _(right: Callable[..., Array], logits: Array, y: Array) -> Any:
    """**The sign is flipped.** It is P minus one_hot(y). The loss grows when a wrong class gets a larger logit, so
    that gradient is positive. (Printed write-ups have this the wrong way round, too.)"""
    return -right(logits, y)


@softmax_cross_entropy_backward.misconception("forgets the label", see=LOSS)
def _(logits: Array, y: Array) -> Any:
    """**The label has no effect.** You return P / N. In the column of the label 1 must be taken off, or the network
    would push every class down."""
    return functional.softmax(logits) / len(y)


@softmax_cross_entropy_backward.misconception("takes 1 off in every row", see=LOSS)
def _(logits: Array, y: Array) -> Any:
    """**`P[:, y] -= 1` takes 1 off in all rows.** Each row has one label: `P[np.arange(N), y]`."""
    P = functional.softmax(logits)
    P[:, y] -= 1
    return P / len(y)


@softmax_cross_entropy_backward.misconception("takes 1 off whole rows", see=LOSS)
def _(logits: Array, y: Array) -> Any:
    """**`P[y]` is a row of P, the one with the number y.** The label says which column it is, and every row has its
    own: `P[np.arange(N), y]`."""
    P = functional.softmax(logits)
    P[y] -= 1
    return P / len(y)


@softmax_cross_entropy_backward.misconception("subtracts the labels themselves", see=LOSS)
def _(logits: Array, y: Array) -> Any:
    """**y holds the numbers of the classes.** What comes off P is one_hot(y): 1 in the column of the label, and 0
    elsewhere."""
    return (functional.softmax(logits) - y) / len(y)


@softmax_cross_entropy_backward.misconception("softmax over the whole array", see=LOSS)
def _(logits: Array, y: Array) -> Any:
    """**The softmax inside runs over the whole array.** Each row is its own image and needs its own sum."""
    P = functional.softmax(logits.reshape(1, -1)).reshape(logits.shape)
    P[np.arange(len(y)), y] -= 1
    return P / len(y)


@softmax_cross_entropy_backward.misconception("no shift, so that exp overflows", see=LOSS)
def _(logits: Array, y: Array) -> Any:
    """**Right for small logits, nan for large ones.** The exp inside needs the shift by each row's largest logit:
    use your softmax."""
    E = np.exp(logits)
    P = E / E.sum(axis=1, keepdims=True)
    P[np.arange(len(y)), y] -= 1
    return P / len(y)


@softmax_cross_entropy_backward.misconception("uses the logits instead of the probabilities", see=LOSS)
def _(logits: Array, y: Array) -> Any:
    """**The softmax is missing.** You subtracted from the logits themselves; it is the probabilities minus
    one_hot(y)."""
    Z = logits.copy()
    Z[np.arange(len(y)), y] -= 1
    return Z / len(y)
