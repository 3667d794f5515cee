"""Notebook 3: the exercises of gradient checking, and the mistakes that are made in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Case, Exercise
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


def _direction_cases() -> list[Case]:
    """Gradients wrong by a factor, or wrong beyond measure, give the same answer in every direction."""
    x = np.array([0.5, -1.0, 2.0])
    slope = 3 * x**2
    M = _normal(1, 3, 4)
    steep = weighted_exponentials, M, np.arange(1, 13).reshape(3, 4) * np.exp(M)
    noise = _normal(2, 3, 4)
    across = 1e12 * (noise - noise.mean())  # at right angles to (1, 1, ..., 1)
    rng = np.random.default_rng(0)
    return [
        (sum_of_cubes, x, slope, rng),
        (sum_of_cubes, x, 2 * slope, rng),
        (sum_of_cubes, x, 0.25 * slope, rng),
        (sum_of_cubes, x, -slope, rng),
        (sum_of_cubes, x, 0 * slope, rng),
        (*steep, rng),
        (steep[0], M, 0.5 * steep[2], rng),
        (steep[0], M, steep[2] + across, rng),
    ]


directional_check = Exercise(
    "directional_check",
    reference=reference.directional_check,
    cases=_direction_cases,
    hints=(
        "Walk a little along a direction v. How fast does f change along the way, and what does the gradient say about "
        "it?",
        "n = (f(x + h v) - f(x - h v)) / (2 h) with h = 1e-5, and the gradient's answer is the sum of grad times v. "
        "Compare the two numbers as in relative_error. Draw v with `rng.standard_normal(x.shape)`.",
        "Nearly the code: `v = rng.standard_normal(x.shape)`, `n = (f(x + h * v) - f(x - h * v)) / (2 * h)`, return "
        "`relative_error(n, np.sum(...))`.",
    ),
)


def _along(f: Loss, x: Array, v: Array) -> float:
    return (f(x + 1e-5 * v) - f(x - 1e-5 * v)) / 2e-5


@directional_check.misconception("a fixed direction", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**The direction is always the same.** A mistake at right angles to (1, 1, ..., 1) is never seen. Draw v at
    random, from rng."""
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
    """**You divide by |n| alone.** Take the larger of |n| and |grad.v|, as in relative_error."""
    v = rng.standard_normal(x.shape)
    n, g = _along(f, x, v), float(np.sum(grad * v))
    return abs(n - g) / max(abs(n), 1e-8)


@directional_check.misconception("divides by h instead of 2 h", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**The numerical slope is twice too large.** From x - h v to x + h v it is 2 h: divide by that."""
    v = rng.standard_normal(x.shape)
    return reference.relative_error(2 * _along(f, x, v), np.sum(grad * v))


@directional_check.misconception("always says 0", see=DIRECTION)
def _(f: Loss, x: Array, grad: Array, rng: np.random.Generator) -> Any:
    """**It says 0 for wrong gradients too.** A check that cannot fail checks nothing. Compare the slope of f along
    v with what `grad` says, not with itself."""
    return 0.0


# ---- gradient_check -------------------------------------------------------------------------------------------------


def cubic_loss(params: Params) -> float:
    """loss = sum over all parameters of (k + 1) p**3, k = 0, 1, ... for the names in order"""
    return float(sum((k + 1) * np.sum(params[name] ** 3) for k, name in enumerate(sorted(params))))


def mixed_loss(params: Params) -> float:
    """loss = mean of (tanh(x W1 + b1) W2 + b2)**2 for one fixed x"""
    D = len(params["W1"])
    A = np.tanh(np.linspace(-1, 1, D) @ params["W1"] + params["b1"])
    return float(np.mean((A @ params["W2"] + params["b2"]) ** 2))


def _of_one(loss: Loss, params: Params, name: str) -> Loss:
    """The loss as a function of one array, the others held still."""
    return lambda p: loss({**params, name: p})


def _check_cases() -> list[Case]:
    tiny = {"W1": np.array([[1.0, 2.0]]), "b1": np.array([-1.0])}
    slopes = {name: 3 * (k + 1) * tiny[name] ** 2 for k, name in enumerate(sorted(tiny))}
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
    points=2,
    hints=(
        "For one name: how does the loss depend on that array alone, when all others stay as they are? That is a "
        "function f(x) you can hand to numerical_gradient.",
        "`{**params, name: p}` is a copy of the dict in which one array is replaced. So f is `lambda p: "
        "loss({**params, name: p})`, and the answer for this name is the relative_error between grads[name] and the "
        "numerical gradient.",
        "Nearly the code: `errors = {}`, `for name in params:`, `numerical = numerical_gradient(lambda p: "
        "loss({**params, name: p}), params[name], h)`, `errors[name] = ...`, return errors.",
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
