"""accuracy: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.nn import functional
from course_lib.nn.arrays import Array

ACCURACY = "01#9. How often it is right: accuracy"


def _accuracy_cases() -> list[Case]:
    return [
        (np.array([[0.2, 1.0], [0.1, 0.4]]), np.array([1, 1])),
        (np.array([[2.0, 0.1, 1.0], [3.0, 0.5, 1.5], [0.3, 4.0, 0.0]]), np.array([0, 2, 1])),
        (normal(1, 5, 3), np.array([0, 2, 1, 1, 2])),
        (normal(2, 8, 4), np.array([3, 1, 0, 2, 2, 3, 1, 0], dtype=np.uint8)),
        (normal(3, 7, 2, dtype=np.float32), np.array([1, 0, 0, 1, 1, 0, 1])),
        (-np.abs(normal(4, 6, 3)) - 1, np.array([0, 1, 2, 0, 1, 2])),
        (np.array([[5.0, 1.0], [1.0, 2.0], [3.0, 0.0]]), np.array([0, 1, 0])),
        (np.array([[1000.0, 2000.0], [-2000.0, -1000.0], [0.1, 0.2]]), np.array([1, 1, 1])),
    ]


accuracy = Exercise(
    "accuracy",
    reference=functional.accuracy,
    cases=_accuracy_cases,
    sizes=lambda logits, y: {"N": len(y), "C": logits.shape[1]},
    hints=(
        "The network's answer for a row is the class with the largest logit. For what fraction of the rows is that the "
        "label?",
        "`argmax` gives the place of the largest number; along which axis? Comparing two arrays with `==` gives True "
        "and False, and their mean is the fraction of True.",
        "Nearly the code: return `float(np.mean(logits.argmax(axis=1) == ...))`.",
    ),
)


@accuracy.misconception("counts instead of taking the fraction", see=ACCURACY)
def _(right: Callable[..., float], logits: Array, y: Array) -> float:
    """**You return how many are right; the fraction is wanted.** Divide by the number of examples, or take the
    mean."""
    return right(logits, y) * len(y)


@accuracy.misconception("gives per cent", see=ACCURACY)
def _(right: Callable[..., float], logits: Array, y: Array) -> float:
    """**Exactly 100 times too large.** A fraction between 0 and 1 is wanted, not per cent."""
    return right(logits, y) * 100


@accuracy.misconception("gives the error rate", see=ACCURACY)
def _(right: Callable[..., float], logits: Array, y: Array) -> float:
    """**This is the fraction of mistakes.** The accuracy is the fraction that is right: 1 minus that."""
    return 1 - right(logits, y)


@accuracy.misconception("looks for the largest in each column", see=ACCURACY)
def _(logits: Array, y: Array) -> float:
    """**You looked down the columns.** Each row is one example: its answer is the place of the largest logit along
    `axis=1`."""
    return float(np.mean(logits.argmax(axis=0) == y))


@accuracy.misconception("compares the largest logit itself", see=ACCURACY)
def _(logits: Array, y: Array) -> float:
    """**You compare a logit with a label.** `max` gives the largest number; its place is the class: `argmax`."""
    return float(np.mean(logits.max(axis=1) == y))


@accuracy.misconception("takes the smallest logit", see=ACCURACY)
def _(right: Callable[..., float], logits: Array, y: Array) -> float:
    """**You took the class with the smallest logit.** The largest one is the network's answer."""
    return right(-logits, y)


@accuracy.misconception("one answer for the whole batch", see=ACCURACY)
def _(logits: Array, y: Array) -> float:
    """**`argmax` without an axis gives one place for the whole array.** Each row needs its own answer: `axis=1`."""
    return float(np.mean(logits.argmax() == y))
