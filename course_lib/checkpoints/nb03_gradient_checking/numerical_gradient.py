"""numerical_gradient: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Exercise
from course_lib.checkpoints.nb03_gradient_checking.shared import sum_of_cubes, weighted_exponentials
from course_lib.nn import gradient_check as reference
from course_lib.nn.arrays import Array

Loss = Callable[[Any], float]

DIFFERENCES = "03#1. A slope without calculus"


def product(x: Array) -> float:
    """f(x) = product of all x_i"""
    return float(np.prod(x))


numerical_gradient = Exercise(
    "numerical_gradient",
    reference=reference.numerical_gradient,
    cases=lambda: [
        (sum_of_cubes, np.array([1.0, 2.0]), 0.1),
        (product, np.array([[1.0, -2.0], [0.5, 3.0]]), 0.01),
        (weighted_exponentials, np.array([[0.1, -0.2, 0.3], [0.5, 1.0, -1.0]]), 0.1),
        (weighted_exponentials, normal(1, 5), 1e-5),
        (sum_of_cubes, normal(2, 3, 4), 1e-4),
    ],
    instead="Move a copy, or remember each old number and put it back before you go on.",
    points=2,
    hints=(
        "Move one element of x a little to the right, then a little to the left, and see how far apart the two values "
        "of f are.",
        "Loop over all places of x, whatever its shape: `for i in np.ndindex(x.shape)`. Work on a float64 copy of x, "
        "remember the old value, and put it back exactly before you go on.",
        "Nearly the code: inside the loop `old = moved[i]`, `moved[i] = old + h`, `above = f(moved)`, the same with `- "
        "h` for `below`, `moved[i] = old`, then `gradient[i] = (above - below) / ...`.",
    ),
)


def difference_quotients(
    f: Loss, x: Array, h: float, up: float, down: float, width: float, dtype: type = np.float64
) -> Array:
    """(f(x + up h) - f(x - down h)) / (width h), for each element on its own."""
    moved: Array = x.astype(dtype)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        old = moved[i]
        moved[i] = old + dtype(up * h)
        above = f(moved.copy())
        moved[i] = old - dtype(down * h)
        below = f(moved.copy())
        moved[i] = old
        gradient[i] = (above - below) / (width * h)
    return gradient


@numerical_gradient.misconception("one-sided difference", see=DIFFERENCES)
def _(f: Loss, x: Array, h: float = 1e-5) -> Any:
    """**You compare f(x + h) with f(x).** That is the one-sided difference, whose error shrinks only like h. The
    central one compares f(x + h) with f(x - h), and its error shrinks like h squared."""
    return difference_quotients(f, x, h, 1, 0, 1)


@numerical_gradient.misconception("one-sided difference", see=DIFFERENCES)
def _(f: Loss, x: Array, h: float = 1e-5) -> Any:
    """**You compare f(x) with f(x - h).** That is a one-sided difference, whose error shrinks only like h. The central
    one compares f(x + h) with f(x - h), and its error shrinks like h squared."""
    return difference_quotients(f, x, h, 0, 1, 1)


@numerical_gradient.misconception("goes back to x instead of to x - h", see=DIFFERENCES)
def _(f: Loss, x: Array, h: float = 1e-5) -> Any:
    """**You compare f(x + h) with f(x), and divide by 2 h.** So the slope is half of what it should be. From x + h go
    back by 2 h, to x - h."""
    return difference_quotients(f, x, h, 1, 0, 2)


@numerical_gradient.misconception("divides the second value alone", see=DIFFERENCES)
def _(f: Loss, x: Array, h: float = 1e-5) -> Any:
    """**Only f(x - h) is divided by 2 h.** A division comes before a subtraction: put the difference in parentheses,
    (f(x + h) - f(x - h)) / (2 * h)."""
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[i] = h
        gradient[i] = f(x + step) - f(x - step) / (2 * h)
    return gradient


@numerical_gradient.misconception("multiplies by h", see=DIFFERENCES)
def _(right: Callable[..., Array], f: Loss, x: Array, h: float = 1e-5) -> Any:
    """**`/ 2 * h` divides by 2 and then multiplies by h.** Put the product in parentheses: / (2 * h)."""
    return right(f, x, h) * h * h


@numerical_gradient.misconception("ignores h", see=DIFFERENCES)
def _(right: Callable[..., Array], f: Loss, x: Array, h: float = 1e-5) -> Any:
    """**The step h has no effect.** Use the h that you are given, so that it can be chosen."""
    return right(f, x)


@numerical_gradient.misconception("divides by h instead of 2 h", see=DIFFERENCES)
def _(right: Callable[..., Array], f: Loss, x: Array, h: float = 1e-5) -> Any:
    """**Exactly twice too large.** From x - h to x + h it is 2 h: divide by that."""
    return 2 * right(f, x, h)


@numerical_gradient.misconception("moves all elements at once", see=DIFFERENCES)
def _(f: Loss, x: Array, h: float = 1e-5) -> Any:
    """**All elements were moved together**, so every place got the same number, the sum of all slopes. Move one
    element, and put it back before the next."""
    return np.full(x.shape, (f(x + h) - f(x - h)) / (2 * h))


@numerical_gradient.misconception("moves all elements at once", see=DIFFERENCES)
def _(f: Loss, x: Array, h: float = 1e-5) -> Any:
    """**All elements were moved together**, and you return one number, the sum of all slopes. x has a slope for each of
    its elements: move one, put it back, and go on to the next."""
    return (f(x + h) - f(x - h)) / (2 * h)


@numerical_gradient.misconception("does not put the element back", see=DIFFERENCES)
def _(f: Loss, x: Array, h: float = 1e-5) -> Any:
    """**An element was not put back.** The first slope is right, and the others are taken at a place that has
    moved. Restore the old value before the next element."""
    moved, gradient = x.astype(np.float64), np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved[i] += h
        above = f(moved)
        moved[i] -= 2 * h
        gradient[i] = (above - f(moved)) / (2 * h)
    return gradient


@numerical_gradient.misconception("leaves every step in", see=DIFFERENCES)
def _(f: Loss, x: Array, h: float = 1e-5) -> Any:
    """**Each element was moved together with all that came before it.** The first slope is right, and each later one
    has the earlier ones added. The step must be zero again, except at one place, before the next element."""
    gradient, step = np.zeros(x.shape), np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        step[i] = h
        gradient[i] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


@numerical_gradient.misconception("stops after the first element", see=DIFFERENCES)
def _(f: Loss, x: Array, h: float = 1e-5) -> Any:
    """**Only the first slope was measured.** The others are 0 still. Does the `return` stand inside the loop?"""
    gradient = np.zeros(x.size)
    gradient[0] = difference_quotients(f, x, h, 1, 1, 2).flat[0]
    return gradient.reshape(x.shape)


@numerical_gradient.misconception("gives f one element instead of the whole array", see=DIFFERENCES)
def _(f: Loss, x: Array, h: float = 1e-5) -> Any:
    """**f got a single number.** f takes the whole array, for it may depend on all of x at once. Move one element
    inside a copy of x, and hand over the copy."""
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        gradient[i] = (f(x[i] + h) - f(x[i] - h)) / (2 * h)
    return gradient


@numerical_gradient.misconception("moves nothing", see=DIFFERENCES)
def _(f: Loss, x: Array, h: float = 1e-5) -> Any:
    """**It is 0 everywhere: f saw the same numbers both times.** Perhaps the moved array is not the one that f gets.
    Or `y = x` stands where a copy is needed: it is a second name for the same array, so a step in y and a step back in
    x undo each other. `y = x.copy()` makes a new one."""
    return np.zeros(x.shape)


@numerical_gradient.misconception("a row is no copy", see=DIFFERENCES)
def _(f: Loss, x: Array, h: float = 1e-5) -> Any:
    """**In a 2-D x, `x[i]` is a whole row, and `old = x[i]` is a view of it, no copy:** when the row moves, `old` moves
    as well, so nothing is put back. Go through single elements with `for i in np.ndindex(x.shape)`; `x[i]` is a number
    then."""
    moved, gradient = x.astype(np.float64), np.zeros(x.shape)
    for i in range(len(moved)):
        old = moved[i]
        moved[i] = old + h
        above = f(moved)
        moved[i] = old - h
        below = f(moved)
        moved[i] = old
        gradient[i] = (above - below) / (2 * h)
    return gradient


@numerical_gradient.misconception("moves a whole row", see=DIFFERENCES)
def _(f: Loss, x: Array, h: float = 1e-5) -> Any:
    """**A whole row was moved together.** `for i in range(len(x))` runs over the rows. Each single element needs
    its own two calls of f: `np.ndindex(x.shape)` runs over all places."""
    gradient = np.zeros(x.shape)
    for i in range(len(x)):
        step = np.zeros(x.shape)
        step[i] = h
        gradient[i] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


@numerical_gradient.misconception("a step in float32", see="03#7. Why float32 spoils the check")
def _(f: Loss, x: Array, h: float = 1e-5) -> Any:
    """**The step was taken in float32.** Near 1, float32 numbers lie 1e-7 apart, so a step of 1e-5 has hardly two
    digits left. Copy x to float64 before you move it."""
    return difference_quotients(f, x, h, 1, 1, 2, np.float32)
