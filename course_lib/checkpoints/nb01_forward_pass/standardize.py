"""standardize: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.nn import functional
from course_lib.nn.arrays import Array

STANDARDISE = "01#2. Standardise the inputs"


def _standardize_cases() -> list[Case]:
    pixels = np.random.default_rng(3).integers(0, 256, (9, 4)).astype(np.float32)
    return [
        (np.array([[0.0, 2.0], [2.0, 6.0]]), np.array([[3.0, 8.0]])),
        (np.array([[1.0, 5.0], [3.0, 5.0], [8.0, 5.0]]), np.array([[3.0, 5.0], [1.0, 5.0]])),
        (normal(1, 6, 3) * [1.0, 10.0, 0.1] + [0.0, 5.0, 0.2], normal(2, 4, 3) * [1.0, 10.0, 0.1]),
        (pixels, pixels[:5] + 1),
        (normal(4, 5, 7, dtype=np.float32), normal(5, 2, 7, dtype=np.float32)),
    ]


standardize = Exercise(
    "standardize",
    reference=functional.standardize,
    cases=_standardize_cases,
    sizes=lambda X_train, X: {"N": len(X_train), "D": X.shape[1]},
    hints=(
        "Each column of X_train is one feature. How many means do you need, and which axis must the mean run along?",
        "`X_train.mean(axis=0)` and `X_train.std(axis=0)` have shape (D,), and (N, D) minus (D,) works column by "
        "column. Both come from X_train, even when X is another array. A constant feature has std 0: `np.where` gives "
        "the result 0 there, and a number to divide by that is not 0.",
        "Nearly the code: `mean, std = ..., ...`, `constant = std == 0`, then return `np.where(constant, 0, ...) / "
        "np.where(constant, 1, ...)`.",
    ),
)


def _scaled(X: Array, shift: Array, scale: Array) -> Array:
    scaled: Array = (X - shift) / np.where(scale == 0, 1, scale)
    return scaled


@standardize.misconception("measures X instead of X_train", see=STANDARDISE)
def _(right: Callable[..., Array], X_train: Array, X: Array) -> Any:
    """**Mean and std must come from X_train.** You measured X itself. Then every batch of new images would be
    scaled differently, and the network would learn something about the images that it is to be tested on."""
    return right(X, X)


@standardize.misconception("one mean and std for the whole array", see=STANDARDISE)
def _(X_train: Array, X: Array) -> Any:
    """**Each feature needs its own mean and std.** You took one number over the whole array. Look at the axis of
    your mean: one number for each column is wanted."""
    return _scaled(X, np.asarray(X_train.mean()), np.asarray(X_train.std()))


@standardize.misconception("one mean and std for each example", see=STANDARDISE)
def _(X_train: Array, X: Array) -> Any:
    """**You measured each row; each column is wanted.** A row is one image, a column is one feature over all
    images, and features are what should become comparable."""
    return _scaled(X, X.mean(axis=1, keepdims=True), X.std(axis=1, keepdims=True))


@standardize.misconception("divides by the variance", see=STANDARDISE)
def _(X_train: Array, X: Array) -> Any:
    """**You divide by the variance.** The standard deviation is its square root, and it has the unit of X, so that
    the quotient has none."""
    return _scaled(X, X_train.mean(axis=0), X_train.var(axis=0))


@standardize.misconception("std that divides by N - 1", see=STANDARDISE)
def _(X_train: Array, X: Array) -> Any:
    """**Your std divides by N - 1.** That is the estimate for a sample (ddof=1). The course divides by N, as
    `np.std` does when it is not told otherwise."""
    return _scaled(X, X_train.mean(axis=0), X_train.std(axis=0, ddof=1))


@standardize.misconception("divides by 0 for a constant feature", see=STANDARDISE)
def _(X_train: Array, X: Array) -> Any:
    """**A constant feature has std 0, and 0 / 0 is nan.** Some pixels at the edge are always empty. Such a feature
    says nothing and should become 0: look after it before you divide."""
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    return (X - mean) / std


@standardize.misconception("leaves a constant feature as it was", see=STANDARDISE)
def _(X_train: Array, X: Array) -> Any:
    """**A constant feature should become 0.** You left it as it was; the mean must come off it too."""
    std = X_train.std(axis=0)
    return np.where(std > 0, _scaled(X, X_train.mean(axis=0), std), X)


@standardize.misconception("only subtracts the mean", see=STANDARDISE)
def _(X_train: Array, X: Array) -> Any:
    """**The mean is gone, but the spread is still there.** Divide by the standard deviation of each feature as
    well."""
    return X - X_train.mean(axis=0)


@standardize.misconception("scales from smallest to largest", see=STANDARDISE)
def _(X_train: Array, X: Array) -> Any:
    """**This is min-max scaling**: it maps each feature to the range 0 to 1. Standardising maps it to mean 0 and
    standard deviation 1."""
    low, high = X_train.min(axis=0), X_train.max(axis=0)
    return _scaled(X, low, high - low)
