"""Notebook 3: the exercises of gradient checking, and the mistakes that are made in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.checkpoints.values import describe, listed, plain
from course_lib.nn import gradient_check as reference

Array = np.ndarray
Params = dict[str, Array]
Loss = Callable[[Any], float]

DIFFERENCES = "03#1. A slope without calculus"
ERROR = "03#2. One number for how far apart"
DIRECTION = "03#5. All weights at once: a random direction"
NETWORK = "03#6. Checking a whole network"
FLOOR = 1e-8


def _normal(seed: int, *shape: int) -> Array:
    return np.random.default_rng(seed).standard_normal(shape)


def sum_of_cubes(x: Array) -> float:
    """f(x) = sum of x**3"""
    return float(np.sum(x**3))


def weighted_exponentials(x: Array) -> float:
    """f(x) = sum of (i + 1) exp(x_i)"""
    return float(np.sum(np.arange(1, x.size + 1) * np.exp(x.ravel())))


def product(x: Array) -> float:
    """f(x) = product of all x_i"""
    return float(np.prod(x))


# ---- numerical_gradient ---------------------------------------------------------------------------------------------


numerical_gradient = Exercise(
    "numerical_gradient",
    reference=reference.numerical_gradient,
    cases=lambda: [
        (sum_of_cubes, np.array([1.0, 2.0]), 0.1),
        (product, np.array([[1.0, -2.0], [0.5, 3.0]]), 0.01),
        (weighted_exponentials, np.array([[0.1, -0.2, 0.3], [0.5, 1.0, -1.0]]), 0.1),
        (weighted_exponentials, _normal(1, 5), 1e-5),
        (sum_of_cubes, _normal(2, 3, 4), 1e-4),
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


def _differences(f: Loss, x: Array, h: float, up: float, down: float, width: float, dtype: type = np.float64) -> Array:
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
    return _differences(f, x, h, 1, 0, 1)


@numerical_gradient.misconception("one-sided difference", see=DIFFERENCES)
def _(f: Loss, x: Array, h: float = 1e-5) -> Any:
    """**You compare f(x) with f(x - h).** That is a one-sided difference, whose error shrinks only like h. The central
    one compares f(x + h) with f(x - h), and its error shrinks like h squared."""
    return _differences(f, x, h, 0, 1, 1)


@numerical_gradient.misconception("goes back to x instead of to x - h", see=DIFFERENCES)
def _(f: Loss, x: Array, h: float = 1e-5) -> Any:
    """**You compare f(x + h) with f(x), and divide by 2 h.** So the slope is half of what it should be. From x + h go
    back by 2 h, to x - h."""
    return _differences(f, x, h, 1, 0, 2)


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
    gradient[0] = _differences(f, x, h, 1, 1, 2).flat[0]
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
    return _differences(f, x, h, 1, 1, 2, np.float32)


# ---- relative_error -------------------------------------------------------------------------------------------------


def _error_cases() -> list[Case]:
    return [
        (np.array([1.0, 2.0]), np.array([1.1, 2.0])),
        (np.array([2.0, -1.0]), np.array([1.0, 1.0])),
        (np.array([0.0, 3.0]), np.array([0.0, 4.0])),
        (np.array([-3.0, 5.0, 0.0]), np.array([-2.0, 5.0, 0.0])),
        (np.array([[1e-10, 1.0], [2.0, 3.0]]), np.array([[-1e-10, 1.0], [2.5, 3.0]])),
        (_normal(1, 3, 4), _normal(2, 3, 4)),
        (np.array([4e-9, 1.0]), np.array([0.0, 1.0])),
        (_normal(3, 6).astype(np.float32), _normal(4, 6).astype(np.float32)),
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


# ---- directional_check ----------------------------------------------------------------------------------------------


def _error_and_calls(check: Callable[..., float], f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """The error, and whether f was called less often than numerical_gradient does it: twice for each element."""
    calls = 0

    def counted(x: Array) -> float:
        nonlocal calls
        calls += 1
        return f(x)

    counted.__doc__ = f.__doc__
    return check(counted, x, grad, rng), calls < 2 * x.size


def _direction_cases() -> list[Case]:
    """Gradients wrong by a factor, or wrong beyond measure, give the same answer in every direction."""
    x = np.array([0.5, -1.0, 2.0])
    slope = 3 * x**2
    M = _normal(1, 3, 4)
    steep = weighted_exponentials, M, np.arange(1, 13).reshape(3, 4) * np.exp(M)
    near_0 = np.array([0.3, -0.2, 0.4])  # where x**3 bends much beside its slope, which shows one-sided differences
    noise = _normal(2, 3, 4)
    across = 1e10 * (noise - noise.mean())  # at right angles to (1, 1, ..., 1)
    rng = np.random.default_rng(0)
    return [
        (sum_of_cubes, x, slope, rng),
        (sum_of_cubes, x, 2 * slope, rng),
        (sum_of_cubes, x, 0.25 * slope, rng),
        (sum_of_cubes, x, -slope, rng),
        (sum_of_cubes, x, 0 * slope, rng),
        (sum_of_cubes, near_0, 3 * near_0**2, rng),
        (*steep, rng),
        (steep[0], M, 0.5 * steep[2], rng),
        (steep[0], M, steep[2] + across, rng),
    ]


directional_check = Exercise(
    "directional_check",
    reference=reference.directional_check,
    cases=_direction_cases,
    experiment=_error_and_calls,
    returns=("error", "a few calls of f are enough, however many elements there are"),
    hints=(
        "Walk a little along a direction v. How fast does f change along the way, and what does the gradient say about "
        "it?",
        "s = (f(x + h v) - f(x - h v)) / (2 h) with h = 1e-5, and the gradient's answer is the sum of grad times v. "
        "Compare the two numbers as in relative_error. Draw v with `rng.standard_normal(x.shape)`.",
        "Nearly the code: `v = rng.standard_normal(x.shape)`, `s = (f(x + h * v) - f(x - h * v)) / (2 * h)`, return "
        "`mine.relative_error(np.array(s), np.sum(...))`.",
    ),
)


def _along(f: Loss, x: Array, v: Array) -> float:
    return (f(x + 1e-5 * v) - f(x - 1e-5 * v)) / 2e-5


@directional_check.misconception("a fixed direction", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**The direction is always the same**, (1, 1, ..., 1) or a multiple of it, so a mistake at right angles to it is
    never seen. v needs a random number for each element of x: `rng.standard_normal(x.shape)`."""
    v = np.ones(x.shape)
    return reference.relative_error(_along(f, x, v), np.sum(grad * v))


@directional_check.misconception("the absolute difference", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**You return the difference itself.** Divide it by the larger of the two numbers (and at least 1e-8), so that
    1e-7 means the same for every network."""
    v = rng.standard_normal(x.shape)
    return abs(_along(f, x, v) - float(np.sum(grad * v)))


@directional_check.misconception("divides by the numerical slope alone", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**You divide by |s| alone**, the slope that you measured. Take the larger of |s| and |grad.v|, as in
    relative_error."""
    v = rng.standard_normal(x.shape)
    s, g = _along(f, x, v), float(np.sum(grad * v))
    return abs(s - g) / max(abs(s), 1e-8)


@directional_check.misconception("divides by h instead of 2 h", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**The numerical slope is twice too large.** From x - h v to x + h v it is 2 h: divide by that."""
    v = rng.standard_normal(x.shape)
    return reference.relative_error(2 * _along(f, x, v), np.sum(grad * v))


@directional_check.misconception("v as long as x, not of its shape", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**v needs x's shape.** `len(x)` is the number of its rows; `rng.standard_normal(x.shape)` suits an x of any
    shape."""
    v = rng.standard_normal(len(x))
    return reference.relative_error(_along(f, x, v), np.sum(grad * v))


@directional_check.misconception("multiplies grad and v as matrices", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**g.v adds up the products of all elements**, whatever the shape: `np.sum(grad * v)`. Between two matrices `@` is
    the matrix product, which is something else."""
    v = rng.standard_normal(x.shape)
    return reference.relative_error(_along(f, x, v), grad @ v)


@directional_check.misconception("multiplies grad and v as matrices", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**g.v adds up the products of all elements**, whatever the shape: `np.sum(grad * v)`. Between two matrices
    `np.dot` is the matrix product, which is something else."""
    v = rng.standard_normal(x.shape)
    return reference.relative_error(_along(f, x, v), np.dot(grad, v))


@directional_check.misconception("measures every element", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**f was called for every element**, as in numerical_gradient, and that takes just as long. Move all elements at
    once, along v: s = (f(x + h v) - f(x - h v)) / (2 h) takes two calls, however many there are."""
    v = rng.standard_normal(x.shape)
    return reference.relative_error(np.sum(reference.numerical_gradient(f, x) * v), np.sum(grad * v))


@directional_check.misconception("one-sided difference", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**You compare f(x + h v) with f(x).** That is the one-sided difference. A right gradient does not get below 1e-7
    with it: go to both sides, to x + h v and to x - h v."""
    v = rng.standard_normal(x.shape)
    return reference.relative_error((f(x + 1e-5 * v) - f(x)) / 1e-5, np.sum(grad * v))


@directional_check.misconception("walks a whole v instead of h v", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**The step along v is not small.** You go from x - v to x + v, and on such a long way f bends. Go h times v to
    both sides, with h = 1e-5."""
    v = rng.standard_normal(x.shape)
    return reference.relative_error((f(x + v) - f(x - v)) / 2, np.sum(grad * v))


@directional_check.misconception("walks a whole v instead of h v", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**You divide by 2 h, but the step is a whole v.** So the slope is far too large. Go from x - h v to x + h v, with
    h = 1e-5."""
    v = rng.standard_normal(x.shape)
    return reference.relative_error((f(x + v) - f(x - v)) / 2e-5, np.sum(grad * v))


@directional_check.misconception("leaves v out of the step", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**You walk along (1, 1, ..., 1), and ask the gradient about v.** Both sides must mean the same direction: go from
    x - h v to x + h v."""
    v = rng.standard_normal(x.shape)
    return reference.relative_error(_along(f, x, np.ones(x.shape)), np.sum(grad * v))


@directional_check.misconception("does not divide by 2 h", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**The difference of the two values of f is not divided by 2 h.** So the slope is nearly 0 beside grad.v, and
    every gradient gets an error of about 1."""
    v = rng.standard_normal(x.shape)
    return reference.relative_error(f(x + 1e-5 * v) - f(x - 1e-5 * v), np.sum(grad * v))


@directional_check.misconception("does not divide by 2 h", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**`/ 2 * h` divides by 2 and then multiplies by h.** Put the product in parentheses: / (2 * h)."""
    v = rng.standard_normal(x.shape)
    return reference.relative_error((f(x + 1e-5 * v) - f(x - 1e-5 * v)) / 2 * 1e-5, np.sum(grad * v))


@directional_check.misconception("leaves out the absolute value", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**The absolute value of the difference is missing.** Where the measured slope is smaller than grad.v, a wrong
    gradient gets a negative error, which no limit catches."""
    v = rng.standard_normal(x.shape)
    s, g = _along(f, x, v), float(np.sum(grad * v))
    return (s - g) / max(abs(s), abs(g), FLOOR)


@directional_check.misconception("leaves out the absolute value", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**The absolute value of the difference is missing.** Where grad.v is smaller than the measured slope, a wrong
    gradient gets a negative error, which no limit catches."""
    v = rng.standard_normal(x.shape)
    s, g = _along(f, x, v), float(np.sum(grad * v))
    return (g - s) / max(abs(s), abs(g), FLOOR)


@directional_check.misconception("always says 0", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**It says 0 for wrong gradients too.** A check that cannot fail checks nothing. Compare the slope of f along
    v with what `grad` says, not with itself."""
    return 0.0


# ---- gradient_check -------------------------------------------------------------------------------------------------


def require_all(params: Any, names: Sequence[str]) -> None:
    """Raise TypeError, with what a loss wants, if `params` is not a dict with all these parameters."""
    if not isinstance(params, Mapping):
        raise TypeError(f"loss wants the whole dict of parameters, but it was given {describe(plain(params))}.")
    if not set(names) <= set(params):
        raise TypeError(
            f"loss wants all parameters, {listed(names)}, but it was given {listed(params) if params else 'none'}."
        )


def cubic_loss(params: Params) -> float:
    """loss = sum of W1**3 + 2 * sum of b1**3"""
    require_all(params, ("W1", "b1"))
    return float(np.sum(params["W1"] ** 3) + 2 * np.sum(params["b1"] ** 3))


def mixed_loss(params: Params) -> float:
    """loss = mean of (tanh(x W1 + b1) W2 + b2)**2 for one fixed x"""
    require_all(params, ("W1", "b1", "W2", "b2"))
    D = len(params["W1"])
    A = np.tanh(np.linspace(-1, 1, D) @ params["W1"] + params["b1"])
    return float(np.mean((A @ params["W2"] + params["b2"]) ** 2))


def _of_one(loss: Loss, params: Params, name: str) -> Loss:
    """The loss as a function of one array, the others held still."""
    return lambda p: loss({**params, name: p})


def _check_cases() -> list[Case]:
    tiny = {"W1": np.array([[1.0, 2.0]]), "b1": np.array([-1.0])}
    slopes = {"W1": 3 * tiny["W1"] ** 2, "b1": 6 * tiny["b1"] ** 2}
    net = {"W1": _normal(1, 3, 4), "b1": _normal(2, 4), "W2": _normal(3, 4, 2), "b2": _normal(4, 2)}
    truth = {name: reference.numerical_gradient(_of_one(mixed_loss, net, name), net[name], 1e-5) for name in net}
    return [
        (cubic_loss, tiny, slopes, 1e-4),
        (cubic_loss, tiny, {**slopes, "b1": 2 * slopes["b1"]}, 1e-4),
        (cubic_loss, tiny, {**slopes, "W1": slopes["W1"] * [[1.0, -1.0]]}, 1e-4),
        (cubic_loss, tiny, slopes, 0.1),
        (mixed_loss, net, truth, 1e-5),
        (mixed_loss, net, {**truth, "W2": truth["W2"] * 1.01, "b2": truth["b2"] + 0.5}, 1e-5),
        (mixed_loss, net, {name: -grad for name, grad in truth.items()}, 1e-5),
    ]


gradient_check = Exercise(
    "gradient_check",
    reference=reference.gradient_check,
    cases=_check_cases,
    returns=("errors",),
    instead="`{**params, name: p}` is a new dict with one array replaced: hand that to `loss`.",
    points=2,
    hints=(
        "For one name: how does the loss depend on that array alone, when all others stay as they are? That is a "
        "function f(x) you can hand to numerical_gradient.",
        "`{**params, name: p}` is a copy of the dict in which one array is replaced. So f is `lambda p: "
        "loss({**params, name: p})`, and the answer for this name is the relative_error between grads[name] and the "
        "numerical gradient.",
        "Nearly the code: `errors = {}`, `for name in params:`, `numerical = mine.numerical_gradient(lambda p: "
        "loss({**params, name: p}), params[name], h)`, `errors[name] = mine.relative_error(...)`, return errors.",
    ),
)


def _checked(
    loss: Loss,
    params: Params,
    grads: Params,
    h: float,
    slope: Callable[[Loss, Array, float], Array],
    error: Callable[[Array, Array], float] = reference.relative_error,
) -> dict[str, float]:
    return {name: error(grads[name], slope(_of_one(loss, params, name), params[name], h)) for name in params}


@gradient_check.misconception("one-sided difference", see=NETWORK)
def _(loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**The differences inside are one-sided.** Compare the loss at p + h with the loss at p - h: use your
    numerical_gradient."""
    return _checked(loss, params, grads, h, lambda f, x, h: _differences(f, x, h, 1, 0, 1))


@gradient_check.misconception("moves what the loss does not see", see=NETWORK)
def _(loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**Your numerical gradient is 0 everywhere: loss saw the same numbers both times.** `{**params, "name": p}` adds
    an array called "name"; without the quotes, `{**params, name: p}` replaces the one that is meant. And
    `params.copy()` copies the dict, but not the arrays in it: two such copies move the same array."""
    return _checked(loss, params, grads, h, lambda f, x, h: np.zeros(x.shape))


@gradient_check.misconception("a copied dict still holds the caller's arrays", see=NETWORK)
def _(loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**You compare the loss at p + h with the loss at p, and divide by 2 h.** That happens when an array is moved in
    `params.copy()`, which copies the dict and not the arrays in it: the step back starts from the moved array, and ends
    at p. `{**params, name: p}` with an array p of its own keeps them apart."""
    return _checked(loss, params, grads, h, lambda f, x, h: _differences(f, x, h, 1, 0, 2))


@gradient_check.misconception("every lambda looks at the last name", see=NETWORK)
def _(loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**All your functions move the last name.** A lambda looks up `name` when it is called, and by then the loop has
    come to its end. Keep the name of its own time: `lambda p, name=name: loss({**params, name: p})`."""
    *_, last = params
    return {
        name: reference.relative_error(
            grads[name], reference.numerical_gradient(_of_one(loss, params, last), params[name], h)
        )
        for name in params
    }


@gradient_check.misconception("keeps the last name alone", see=NETWORK)
def _(right: Callable[..., dict[str, float]], loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**Only the last name is in your dict.** Is it made anew for each name? Make it once, before the loop."""
    return dict(list(right(loss, params, grads, h).items())[-1:])


@gradient_check.misconception("stops after the first name", see=NETWORK)
def _(right: Callable[..., dict[str, float]], loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**Only the first name is in your dict.** Does the `return` stand inside the loop?"""
    return dict(list(right(loss, params, grads, h).items())[:1])


@gradient_check.misconception("ignores h", see=NETWORK)
def _(right: Callable[..., dict[str, float]], loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**The step h has no effect.** Hand it on to numerical_gradient, so that you can choose it."""
    return right(loss, params, grads)


@gradient_check.misconception("the absolute error", see=NETWORK)
def _(loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**These are absolute errors.** Use your relative_error, so that one limit suits all parameters."""
    return _checked(loss, params, grads, h, reference.numerical_gradient, lambda a, b: float(np.max(np.abs(a - b))))


@gradient_check.misconception("takes the mean instead of the worst", see=NETWORK)
def _(loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**You average the errors of an array.** One wrong weight among many right ones disappears in the mean. Use
    your relative_error, which takes the worst."""
    return _checked(
        loss,
        params,
        grads,
        h,
        reference.numerical_gradient,
        lambda a, b: float(np.mean(np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), FLOOR))),
    )


@gradient_check.misconception("compares the gradient with itself", see=NETWORK)
def _(loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**It finds no error in gradients that are wrong.** A check that cannot fail checks nothing. One side must be
    the given `grads`, the other the numerical gradient of `loss`."""
    return dict.fromkeys(params, 0.0)


@gradient_check.misconception("one number for all names", see=NETWORK)
def _(right: Callable[..., dict[str, float]], loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**Every name got the same number, the worst of all.** Each array needs its own, so that you see where the
    mistake is."""
    errors = right(loss, params, grads, h)
    return dict.fromkeys(errors, max(errors.values()))
