"""How far a numerical gradient is from the true one, for every step h: the numbers of the V-curve.

a small network, its loss in float64 or float32 -> the learner's numerical_gradient at 49 steps h -> relative errors

error            truncation: the chord is not the tangent, ~ h^2 (central) or ~ h (one-sided), for large h
  \\    /        rounding: f(x + h) - f(x - h) loses digits, ~ eps / h, for small h
   \\__/ h       kinks: a ReLU whose input changes its sign on the way has no single slope
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_lib.explorers.shell import Array, call
from course_lib.nn import functional
from course_lib.nn.gradient_check import relative_error

STEPS = 10.0 ** (np.arange(-48, 1) / 4)  # 1e-12 to 1
D, H, C, EXAMPLES = 3, 4, 3, 64

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "ReLU": functional.relu,
    "sigmoid": functional.sigmoid,
    "tanh": np.tanh,
}
SLOPES: dict[str, Callable[[Array, Array], Array]] = {  # dA/dZ from Z and A
    "ReLU": lambda Z, A: (Z > 0).astype(float),
    "sigmoid": lambda Z, A: A * (1 - A),
    "tanh": lambda Z, A: 1 - A * A,
}


# ---- the network whose gradient is checked ---------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """The loss as a function of W1, and everything else that it depends on."""

    activation: str
    dtype: str
    X: Array
    y: NDArray[np.int64]
    W1: Array
    b1: Array
    W2: Array
    b2: Array

    def loss(self, W1: ArrayLike) -> float:
        """L of the network with this W1 (D, H), every number rounded to dtype."""
        X, W1, b1, W2, b2 = (np.asarray(A, self.dtype) for A in (self.X, W1, self.b1, self.W2, self.b2))
        A1 = ACTIVATIONS[self.activation](X @ W1 + b1)
        return functional.cross_entropy(A1 @ W2 + b2, self.y)

    def gradient(self) -> Array:
        """dW1 by backprop in float64: what a numerical gradient is compared with."""
        Z1 = self.X @ self.W1 + self.b1
        A1 = ACTIVATIONS[self.activation](Z1)
        dlogits = functional.softmax_cross_entropy_backward(A1 @ self.W2 + self.b2, self.y)
        dW1: Array = self.X.T @ (dlogits @ self.W2.T * SLOPES[self.activation](Z1, A1))
        return dW1

    def crossings(self, *, central: bool) -> Array:
        """The step from which a kink lies between x - h and x + h (central) or x and x + h: one for each example,
        input and unit, infinity for never. Moving W1[d, j] by t moves Z1[n, j] by t X[n, d].
        """
        if self.activation != "ReLU":
            return np.full((len(self.X), D, H), np.inf)
        Z1 = (self.X @ self.W1 + self.b1)[:, None, :]  # (N, 1, H)
        t = -Z1 / self.X[:, :, None]  # where Z1 becomes 0, (N, D, H)
        return np.abs(t) if central else np.where(t > 0, t, np.inf)


def problem(activation: str, dtype: str, batch: int) -> Problem:
    """The network of the explorer, and the first `batch` of its 64 examples."""
    rng = np.random.default_rng(1224)
    X, y = rng.standard_normal((EXAMPLES, D)), rng.integers(0, C, EXAMPLES)
    W1, b1 = np.sqrt(2 / D) * rng.standard_normal((D, H)), 0.1 * rng.standard_normal(H)
    W2, b2 = rng.standard_normal((H, C)), 0.1 * rng.standard_normal(C)
    return Problem(activation, dtype, X[:batch], y[:batch], W1, b1, W2, b2)


# ---- the curve -----------------------------------------------------------------------------------


def one_sided_gradient(f: Callable[[Array], float], x: Array, h: float) -> Array:
    """g[i] = (f(x + h e_i) - f(x)) / h."""
    here, gradient = f(x), np.empty_like(x)
    for i in np.ndindex(x.shape):
        moved = x.copy()
        moved[i] += h
        gradient[i] = (f(moved) - here) / h
    return gradient


@dataclass(frozen=True)
class Branch:
    """A straight piece of the curve on logarithmic axes: error = 10^level * h^slope, from step `low` to `high`."""

    slope: float
    level: float
    low: float
    high: float


@dataclass(frozen=True)
class Curve:
    """The relative error and the number of kinks crossed at each of STEPS."""

    errors: Array
    crossings: Array

    @property
    def kinks(self) -> NDArray[np.int64]:
        return np.array([(self.crossings < h).sum() for h in STEPS])

    @property
    def best(self) -> int:
        return int(self.errors.argmin())

    @property
    def rounding(self) -> Branch | None:
        """What is left of the smallest error."""
        return self._fit(np.arange(len(STEPS)) < self.best - 1)

    @property
    def truncation(self) -> Branch | None:
        """What is right of it, as far as no kink is crossed."""
        return self._fit((np.arange(len(STEPS)) > self.best + 1) & (self.kinks == 0))

    def _fit(self, chosen: NDArray[np.bool_]) -> Branch | None:
        """Least squares through log10 error over log10 h; None for fewer than four points with an error below 0.1."""
        chosen = chosen & (self.errors < 0.1) & (self.errors > 0)
        if chosen.sum() < 4:
            return None
        slope, level = np.polyfit(np.log10(STEPS[chosen]), np.log10(self.errors[chosen]), 1)
        return Branch(float(slope), float(level), float(STEPS[chosen].min()), float(STEPS[chosen].max()))


def curve(problem: Problem, scheme: str, numerical_gradient: Callable[..., Any]) -> Curve:
    """The errors of the learner's numerical_gradient, or of one-sided differences, against backprop."""
    measure = numerical_gradient if scheme == "central" else one_sided_gradient
    exact = problem.gradient()
    errors = []
    for h in STEPS:
        at_this_step = functools.partial(measure, problem.loss, h=float(h))
        functools.update_wrapper(at_this_step, measure, ("__name__", "__code__"), ())  # an error is told by them
        errors.append(relative_error(exact, call(at_this_step, problem.W1, shape=exact.shape)))
    return Curve(np.array(errors), problem.crossings(central=scheme == "central"))
