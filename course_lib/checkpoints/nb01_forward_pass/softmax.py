"""softmax: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Exercise
from course_lib.nn import functional
from course_lib.nn.arrays import Array

SOFTMAX = "01#6. From scores to probabilities: softmax"


def logits_to_try() -> list[Array]:
    return [
        np.array([[0.0, 1.0]]),
        np.array([[0.0, 1.0, 2.0], [3.0, 3.0, 1.0]]),
        normal(1, 4, 3),
        normal(2, 3, 5, scale=4.0),
        normal(3, 5, 2, dtype=np.float32),
        normal(4, 3, 3),
        np.array([[500.0, 0.0, 499.0]]),
        np.array([[1000.0, 0.0, -1000.0]]),
        np.array([[1000.0, 999.0], [0.0, 1.0]]),
        np.array([[120.0, 0.0, 119.0], [-500.0, -501.0, -500.0]], dtype=np.float32),
    ]


softmax = Exercise(
    "softmax",
    reference=functional.softmax,
    cases=lambda: [(Z,) for Z in logits_to_try()],
    sizes=lambda Z: {"N": len(Z), "C": Z.shape[1]},
    hints=(
        "Two steps: make everything positive, then divide so that each row adds up to 1. Along which axis does a row "
        "add up?",
        "Adding the same number to a whole row changes no probability. Take the row's largest logit off first: then "
        "the largest exponent is 0 and exp cannot overflow. `keepdims=True` keeps a column of shape (N, 1), which fits "
        "to Z.",
        "Nearly the code: `E = np.exp(Z - Z.max(axis=1, keepdims=True))`, then divide E by its sum along the same "
        "axis.",
    ),
)


@softmax.misconception("normalises the whole array, not each row", see=SOFTMAX)
def _(right: Callable[..., Array], Z: Array) -> Any:
    """**Each row needs its own sum.** All your probabilities together add up to 1; each row should. Look at the
    axis of your sum."""
    return right(Z.reshape(1, -1)).reshape(Z.shape)


@softmax.misconception("normalises the whole array, not each row", see=SOFTMAX)
def _(Z: Array) -> Any:
    """**Each row needs its own sum.** All your probabilities together add up to 1; each row should. Look at the
    axis of your sum."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum()


@softmax.misconception("adds the largest logit instead of taking it off", see=SOFTMAX)
def _(Z: Array) -> Any:
    """**The largest logit was added; it must come off.** Adding a number changes no probability on paper, but exp
    of twice the largest logit overflows even sooner. Z minus its row's largest logit has 0 as its largest
    number."""
    E = np.exp(Z + Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


@softmax.misconception("a shift for each column", see=SOFTMAX)
def _(Z: Array) -> Any:
    """**The shift belongs to the row.** You took the largest logit of each *column* off. That changes the
    differences inside a row, and with them the probabilities. Look at the axis of your max."""
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=1, keepdims=True)


@softmax.misconception("normalises each column", see=SOFTMAX)
def _(right: Callable[..., Array], Z: Array) -> Any:
    """**Your columns add up to 1; your rows should.** A row is one image. Look at the axis of your sum: `axis=1`
    runs along a row."""
    return right(Z.T).T


@softmax.misconception("no shift, so that exp overflows", see=SOFTMAX)
def _(Z: Array) -> Any:
    """**Right for small logits, nan for large ones.** exp(1000) is too large for the computer, and infinity divided
    by infinity is nan. Take the largest logit of each row off that row first: no probability changes."""
    E = np.exp(Z)
    return E / E.sum(axis=1, keepdims=True)


@softmax.misconception("one shift for all rows", see=SOFTMAX)
def _(Z: Array) -> Any:
    """**Each row needs its own shift.** You took the largest logit of the whole array off every row. A row far
    below it becomes exp(-1000) = 0 everywhere, and 0 / 0 is nan."""
    E = np.exp(Z - Z.max())
    return E / E.sum(axis=1, keepdims=True)


@softmax.misconception("divides without taking exp", see=SOFTMAX)
def _(Z: Array) -> Any:
    """**The exponential is missing.** Dividing the logits by their sum gives negative probabilities as soon as a
    logit is negative. Take exp first."""
    return Z / Z.sum(axis=1, keepdims=True)


@softmax.misconception("returns the logarithm", see=SOFTMAX)
def _(right: Callable[..., Array], Z: Array) -> Any:
    """**You return the logarithm of the probabilities.** They are right inside it; leave out the last log."""
    return np.log(right(Z))


@softmax.misconception("exp without dividing", see=SOFTMAX)
def _(Z: Array) -> Any:
    """**Positive, but the rows do not add up to 1 yet.** Divide each row by its sum."""
    return np.exp(Z - Z.max(axis=1, keepdims=True))


@softmax.misconception("takes the sigmoid of each logit", see=SOFTMAX)
def _(Z: Array) -> Any:
    """**This is the sigmoid of each logit on its own.** Every number lies between 0 and 1, but a row does not add
    up to 1. The classes must share one sum."""
    return functional.sigmoid(Z)
