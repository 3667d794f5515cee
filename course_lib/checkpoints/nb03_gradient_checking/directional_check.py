"""directional_check: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.checkpoints.nb03_gradient_checking.shared import sum_of_cubes, weighted_exponentials
from course_lib.nn import gradient_check as reference
from course_lib.nn.arrays import Array

Loss = Callable[[Any], float]

DIRECTION = "03#5. All weights at once: a random direction"
FLOOR = 1e-8


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
    M = normal(1, 3, 4)
    steep = weighted_exponentials, M, np.arange(1, 13).reshape(3, 4) * np.exp(M)
    near_0 = np.array([0.3, -0.2, 0.4])  # where x**3 bends much beside its slope, which shows one-sided differences
    noise = normal(2, 3, 4)
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
