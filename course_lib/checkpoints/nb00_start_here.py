"""Notebook 0: the exercise that shows how checks answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.nn import functional
from course_lib.nn.arrays import Array

FIRST = "00#4. Your first function: one_hot"


def _one_hot_cases() -> list[Case]:
    return [
        (np.array([1]), 2),
        (np.array([2, 0]), 3),
        (np.array([1, 2, 0]), 3),
        (np.array([0, 0, 3, 1, 3]), 5),
        (np.array([9, 0, 4, 4, 7, 1, 2], dtype=np.uint8), 10),
        (np.array([3, 3, 0, 1], dtype=np.int32), 4),
        (np.random.default_rng(0).integers(0, 12, 300).astype(np.uint8), 12),
    ]


one_hot = Exercise(
    "one_hot",
    reference=functional.one_hot,
    cases=_one_hot_cases,
    sizes=lambda y, C: {"N": len(y), "C": C},
    hints=(
        "How many rows and columns has the result, and how many ones are in each row? Write the answer for "
        "y = [2, 0] and C = 3 on paper first.",
        "Start with zeros of shape (N, C). Then row n needs a 1 in column y[n]: a loop over n does it, and so does one "
        "assignment with two index arrays, the row numbers and the labels.",
        "Nearly the code: `Y = np.zeros((len(y), C))`, then `Y[np.arange(len(y)), y] = ...`, then return Y.",
    ),
)


@one_hot.misconception("one column for each example instead of one row", see=FIRST)
def _(right: Callable[..., Array], y: Array, C: int) -> Any:
    """**Rows and columns have changed places.** You have one column for each example; the course has one row for
    each example everywhere. Shape (N, C): N rows, C columns."""
    return right(y, C).T


@one_hot.misconception("as many columns as the largest label needs", see=FIRST)
def _(right: Callable[..., Array], y: Array, C: int) -> Any:
    """**The number of columns is C, whatever labels are there.** You took it from the largest label in y; a batch
    without the last class would then lose a column."""
    return right(y, int(y.max()) + 1)


@one_hot.misconception("counts the classes from 1", see=FIRST)
def _(right: Callable[..., Array], y: Array, C: int) -> Any:
    """**Classes are counted from 0.** Your ones stand one column too far to the left: label 0 belongs in column 0."""
    return right((y.astype(int) - 1) % C, C)


@one_hot.misconception("counts the classes from 1", see=FIRST)
def _(y: Array, C: int) -> Any:
    """**Classes are counted from 0.** Your ones stand one column too far to the left: label 0 belongs in column 0."""
    return np.eye(C)[y - 1]  # 0 - 1 is 255 for labels of dtype uint8, and out of range


@one_hot.misconception("fills only the first row", see=FIRST)
def _(y: Array, C: int) -> Any:
    """**Only the first row has its 1.** A `return` inside a loop ends the function in the first round: move it out,
    so that it stands behind the loop."""
    Y = np.zeros((len(y), C))
    Y[0, y[0]] = 1
    return Y


@one_hot.misconception("writes the label instead of 1", see=FIRST)
def _(right: Callable[..., Array], y: Array, C: int) -> Any:
    """**The right places, but another number in them.** You wrote the label itself; every row needs a 1 there, so
    that it can be read as a probability."""
    return right(y, C) * y[:, None]


@one_hot.misconception("marks the columns in every row", see=FIRST)
def _(y: Array, C: int) -> Any:
    """**Every row got every one.** `Y[:, y] = 1` takes all rows each time. Row n needs only column y[n]: give the
    row numbers as well."""
    Y = np.zeros((len(y), C))
    Y[:, y] = 1
    return Y


@one_hot.misconception("0 at the label and 1 elsewhere", see=FIRST)
def _(right: Callable[..., Array], y: Array, C: int) -> Any:
    """**Zeros and ones have changed roles.** The label's column should hold the 1, all others 0."""
    return 1 - right(y, C)


EXERCISES = (one_hot,)
