"""relative_error: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.nn import gradient_check as reference
from course_lib.nn.arrays import Array

ERROR = "03#2. One number for how far apart"
FLOOR = 1e-8


def _error_cases() -> list[Case]:
    return [
        (np.array([1.0, 2.0]), np.array([1.1, 2.0])),
        (np.array([2.0, -1.0]), np.array([1.0, 1.0])),
        (np.array([0.0, 3.0]), np.array([0.0, 4.0])),
        (np.array([-3.0, 5.0, 0.0]), np.array([-2.0, 5.0, 0.0])),
        (np.array([[1e-10, 1.0], [2.0, 3.0]]), np.array([[-1e-10, 1.0], [2.5, 3.0]])),
        (normal(1, 3, 4), normal(2, 3, 4)),
        (np.array([4e-9, 1.0]), np.array([0.0, 1.0])),
        (normal(3, 6).astype(np.float32), normal(4, 6).astype(np.float32)),
    ]


relative_error = Exercise(
    "relative_error",
    reference=reference.relative_error,
    cases=_error_cases,
    hints=(
        "A difference of 0.001 is large beside 0.002 and nothing beside 1000. Beside what do you measure it here?",
        "Element by element: |a - b|, divided by the largest of |a|, |b| and 1e-8. Then one number for all: the worst "
        "element.",
        "Nearly the code: `size = np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8)`, then return the maximum of ... "
        "/ size.",
    ),
)


@relative_error.misconception("takes the mean instead of the worst", see=ERROR)
def _(a: Array, b: Array) -> Any:
    """**You return the mean over the elements.** One wrong weight among a thousand right ones would disappear in
    it. Return the largest."""
    return float(np.mean(np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), FLOOR)))


@relative_error.misconception("leaves out the absolute value", see=ERROR)
def _(a: Array, b: Array) -> Any:
    """**The absolute value of the difference is missing.** Where a is smaller than b the error counts as negative,
    and the maximum never sees it."""
    return float(np.max((a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), FLOOR)))


@relative_error.misconception("divides by the sum", see=ERROR)
def _(a: Array, b: Array) -> Any:
    """**You divide by |a| + |b|.** That is another common definition, about half as large. The course divides by
    the larger of the two."""
    return float(np.max(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), FLOOR)))


@relative_error.misconception("divides by the sum", see=ERROR)
def _(a: Array, b: Array) -> Any:
    """**You divide by |a| + |b|, and where both are 0 that is 0 / 0.** The course divides by the larger of the two, and
    by at least 1e-8."""
    return float(np.max(np.abs(a - b) / (np.abs(a) + np.abs(b))))


@relative_error.misconception("divides by 0 where both are 0", see=ERROR)
def _(a: Array, b: Array) -> Any:
    """**Where both are 0 you divide 0 by 0.** Many gradients are exactly 0 (dead units). The 1e-8 in the maximum is
    there for them."""
    return float(np.max(np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))))


@relative_error.misconception("the absolute error", see=ERROR)
def _(a: Array, b: Array) -> Any:
    """**This is the absolute error.** Without dividing by the size, large gradients look worse than they are and
    small wrong ones look fine."""
    return float(np.max(np.abs(a - b)))


@relative_error.misconception("measures by b alone", see=ERROR)
def _(a: Array, b: Array) -> Any:
    """**You divide by |b| alone.** Then relative_error(a, b) and relative_error(b, a) differ. Take the larger of
    |a| and |b|."""
    return float(np.max(np.abs(a - b) / np.maximum(np.abs(b), FLOOR)))


@relative_error.misconception("measures by b alone", see=ERROR)
def _(a: Array, b: Array) -> Any:
    """**You divide by |b| alone**, which is 0 / 0 where both are 0. Take the largest of |a|, |b| and 1e-8."""
    return float(np.max(np.abs(a - b) / np.abs(b)))


@relative_error.misconception("measures by a alone", see=ERROR)
def _(a: Array, b: Array) -> Any:
    """**You divide by |a| alone.** Then relative_error(a, b) and relative_error(b, a) differ. Take the larger of
    |a| and |b|."""
    return float(np.max(np.abs(a - b) / np.maximum(np.abs(a), FLOOR)))


@relative_error.misconception("measures by a alone", see=ERROR)
def _(a: Array, b: Array) -> Any:
    """**You divide by |a| alone**, which is 0 / 0 where both are 0. Take the largest of |a|, |b| and 1e-8."""
    return float(np.max(np.abs(a - b) / np.abs(a)))


@relative_error.misconception("no absolute values below", see=ERROR)
def _(a: Array, b: Array) -> Any:
    """**The absolute values are missing below.** Where both numbers are negative, the largest of a, b and 1e-8 is 1e-8,
    and the error becomes huge. Take the largest of |a|, |b| and 1e-8."""
    return float(np.max(np.abs(a - b) / np.maximum(np.maximum(a, b), FLOOR)))


@relative_error.misconception("divides one maximum by another", see=ERROR)
def _(a: Array, b: Array) -> Any:
    """**You divide the largest difference by the largest number.** They may stand in different places, and one small
    wrong element disappears beside a large right one. Divide element by element, and take the maximum at the end."""
    return float(np.max(np.abs(a - b))) / max(float(np.abs(a).max()), float(np.abs(b).max()), FLOOR)


@relative_error.misconception("adds the floor instead of taking the maximum", see=ERROR)
def _(a: Array, b: Array) -> Any:
    """**1e-8 was added to the size.** It belongs inside the maximum: it should decide only where both numbers are
    smaller than it."""
    return float(np.max(np.abs(a - b) / (np.maximum(np.abs(a), np.abs(b)) + FLOOR)))


@relative_error.misconception("compares the lengths of the whole arrays", see=ERROR)
def _(a: Array, b: Array) -> Any:
    """**You compare the lengths of the whole arrays.** One wrong small weight disappears beside many large ones.
    Compare element by element and return the worst."""
    size = max(float(np.linalg.norm(a)), float(np.linalg.norm(b)), FLOOR)
    return float(np.linalg.norm(a - b)) / size
