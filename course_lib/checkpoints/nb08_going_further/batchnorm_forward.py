"""batchnorm_forward: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.nn import functional
from course_lib.nn.arrays import Array, Params

Step = Callable[..., Any]

FORWARD = "08#6. Batch norm, forward"


def norm_cases() -> list[Case]:
    """A feature as small as sqrt(eps), a constant one, a batch of one example, and a square batch are among them."""
    uneven = normal(1, 4, 3) * np.array([1.0, 5.0, 2e-3]) + np.array([3.0, -2.0, 0.5])
    constant = normal(2, 5, 2) + 1.0
    constant[:, 1] = 4.0
    return [
        (np.array([[1.0], [5.0]]), np.array([3.0]), np.array([0.5])),
        (uneven, np.array([1.0, -2.0, 0.5]), np.array([0.0, 1.0, -1.0])),
        (constant, np.array([2.0, 3.0]), np.array([-1.0, 0.25])),
        (np.array([[2.0, -1.0, 0.5]]), np.array([1.5, 2.0, -1.0]), np.array([0.1, 0.2, 0.3])),
        (normal(3, 3, 3) + 2.0, normal(4, 3), normal(5, 3)),
        (normal(6, 5, 4, dtype=np.float32) + np.float32(1), normal(7, 4, dtype=np.float32),
         normal(8, 4, dtype=np.float32)),
        (normal(9, 6, 2) - 1.0, normal(10, 2), normal(11, 2), 0.5),
    ]  # fmt: skip


batchnorm_forward = Exercise(
    "batchnorm_forward",
    reference=functional.batchnorm_forward,
    cases=norm_cases,
    returns=("out", "cache"),
    sizes=lambda X, *rest: {"N": len(X), "D": X.shape[1]},
    points=2,
    hints=(
        "It is standardize from notebook 1, with the mean and the variance of the batch itself, and then a scale and a "
        "shift. Which way do mean and variance go?",
        "mean and var run down the columns, axis=0. std = sqrt(var + eps), X_hat = (X - mean) / std, and out = gamma "
        "X_hat + beta. The way back needs X_hat, std and gamma: they go into the cache.",
        "Nearly the code: `std = np.sqrt(X.var(axis=0) + eps)`, `X_hat = (X - ...) / std`, return "
        '`gamma * X_hat + beta, {"X_hat": X_hat, ...}`.',
    ),
)


Norm = tuple[Array, Params]


def _normed(X: Array, gamma: Array, beta: Array, mean: Any, std: Any) -> Norm:
    X_hat = (X - mean) / std
    return gamma * X_hat + beta, {"X_hat": X_hat, "std": np.asarray(std), "gamma": gamma}


@batchnorm_forward.misconception("measures each example, not each feature", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**Each example is measured over its own features.** That is layer norm. Batch norm measures each *feature* over
    the batch: `axis=0`, one mean and one std for each column."""
    return _normed(X, gamma, beta, X.mean(axis=1, keepdims=True), np.sqrt(X.var(axis=1, keepdims=True) + eps))


@batchnorm_forward.misconception("measures along the rows", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**Mean and variance run along the rows.** You get one number for each example, and they do not even line up with
    the columns. Each *feature* is measured over the batch: `axis=0`."""
    return _normed(X, gamma, beta, X.mean(axis=1), np.sqrt(X.var(axis=1) + eps))


@batchnorm_forward.misconception("measures the whole array", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**One mean and one std for everything.** Each feature has its own: give `axis=0` to mean and var."""
    return _normed(X, gamma, beta, X.mean(), np.sqrt(X.var() + eps))


@batchnorm_forward.misconception("measures the whole array", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**One mean for everything, beside a std for each feature.** Give `axis=0` to the mean too."""
    return _normed(X, gamma, beta, X.mean(), np.sqrt(X.var(axis=0) + eps))


@batchnorm_forward.misconception("divides the variance by N - 1", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**The variance is divided by N - 1.** Here it is the mean of the squares, divided by N (`ddof=0`, NumPy's
    default). With a batch of one example yours is 0 / 0."""
    return _normed(X, gamma, beta, X.mean(axis=0), np.sqrt(X.var(axis=0, ddof=1) + eps))


@batchnorm_forward.misconception("eps is missing", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**eps is missing.** A feature that is constant in the batch has the variance 0, and 0 / 0 is nan.
    Take the root of var + eps."""
    return _normed(X, gamma, beta, X.mean(axis=0), X.std(axis=0))


@batchnorm_forward.misconception("eps outside the square root", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**eps is added after the root.** In batch norm it belongs to the variance: sqrt(var + eps). (In RMSprop and Adam
    it is the other way round.)"""
    return _normed(X, gamma, beta, X.mean(axis=0), X.std(axis=0) + eps)


@batchnorm_forward.misconception("eps outside the square root, and not in the cache", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**eps is added after the root, and the std in the cache is without it.** One number does for both: std =
    sqrt(var + eps). (In RMSprop and Adam eps stands outside.)"""
    out, cache = _normed(X, gamma, beta, X.mean(axis=0), X.std(axis=0) + eps)
    return out, {**cache, "std": X.std(axis=0)}


@batchnorm_forward.misconception("eps only in the cache", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**X_hat is divided by a std without eps.** `standardize` from notebook 1 has no eps; here the std that you keep,
    sqrt(var + eps), is also what X - mean is divided by."""
    X_hat = functional.standardize(X, X)
    return gamma * X_hat + beta, {"X_hat": X_hat, "std": np.sqrt(X.var(axis=0) + eps), "gamma": gamma}


@batchnorm_forward.misconception("eps only in the cache", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**X_hat is divided by a std without eps**, and where a feature is constant, that is 0 / 0. Divide by the std that
    you keep, sqrt(var + eps)."""
    out, cache = _normed(X, gamma, beta, X.mean(axis=0), X.std(axis=0))
    return out, {**cache, "std": np.sqrt(X.var(axis=0) + eps)}


@batchnorm_forward.misconception("the root of the std", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**The root is taken twice.** `X.std` is the root of the variance already. Take that of the variance: `np.sqrt(
    X.var(axis=0) + eps)`."""
    return _normed(X, gamma, beta, X.mean(axis=0), np.sqrt(X.std(axis=0) + eps))


@batchnorm_forward.misconception("the variance is a sum", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**Your variance is a sum over the batch.** It should be the mean of the squared distances: divide by N."""
    return _normed(X, gamma, beta, X.mean(axis=0), np.sqrt(len(X) * X.var(axis=0) + eps))


@batchnorm_forward.misconception("the squares are of X itself", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**Your variance is the mean of the squares of X.** A variance is the mean of the squared *distances from the
    mean*, (X - mean)², which is what `X.var(axis=0)` gives."""
    return _normed(X, gamma, beta, X.mean(axis=0), np.sqrt((X**2).mean(axis=0) + eps))


@batchnorm_forward.misconception("brackets missing round X - mean", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**Brackets are missing.** `X - mean / std` divides the mean alone. Write `(X - mean) / std`."""
    std = np.sqrt(X.var(axis=0) + eps)
    X_hat = X - X.mean(axis=0) / std
    return gamma * X_hat + beta, {"X_hat": X_hat, "std": std, "gamma": gamma}


@batchnorm_forward.misconception("divides by the variance", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**You divide by the variance.** Then X_hat does not have the standard deviation 1. Divide
    by its root, sqrt(var + eps)."""
    return _normed(X, gamma, beta, X.mean(axis=0), X.var(axis=0) + eps)


@batchnorm_forward.misconception("divides by the variance", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**You divide by the variance, and the cache holds it under the name std.** Take the root of var + eps once, and
    use that for both."""
    out, cache = _normed(X, gamma, beta, X.mean(axis=0), X.var(axis=0) + eps)
    return out, {**cache, "std": X.var(axis=0)}


@batchnorm_forward.misconception("does not take off the mean", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**The mean is still in X_hat.** Take it off before you divide: (X - mean) / std."""
    return _normed(X, gamma, beta, 0.0, np.sqrt(X.var(axis=0) + eps))


@batchnorm_forward.misconception("leaves out gamma", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**gamma has no effect on the output.** It lets the network choose the scale again: gamma X_hat + beta."""
    out, cache = right(X, np.ones_like(gamma), beta, *rest)
    return out, {**cache, "gamma": gamma}


@batchnorm_forward.misconception("leaves out beta", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**beta has no effect on the output.** It lets the network choose the mean again: gamma X_hat + beta."""
    return right(X, gamma, np.zeros_like(beta), *rest)


@batchnorm_forward.misconception("leaves out gamma and beta", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**The output is X_hat itself.** gamma and beta are missing, with which the network can choose scale and
    mean again: gamma X_hat + beta."""
    _, cache = right(X, gamma, beta, *rest)
    return cache["X_hat"], cache


@batchnorm_forward.misconception("gamma and beta exchanged", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**gamma and beta have changed places in the output.** gamma multiplies, beta is added: gamma X_hat + beta."""
    out, cache = right(X, beta, gamma, *rest)
    return out, {**cache, "gamma": gamma}


@batchnorm_forward.misconception("multiplies beta as well", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**gamma multiplies beta too.** First scale, then shift: gamma X_hat + beta, not gamma (X_hat + beta)."""
    return right(X, gamma, gamma * beta, *rest)


@batchnorm_forward.misconception("caches the std without eps", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**The std in the cache is without eps.** Keep sqrt(var + eps), the number that X - mean is divided by, because
    the way back divides by it again."""
    out, cache = right(X, gamma, beta, *rest)
    return out, {**cache, "std": X.std(axis=0)}


@batchnorm_forward.misconception("caches the variance", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**The cache holds a variance under the name std.** Keep the root, sqrt(var + eps),
    which X - mean is divided by."""
    out, cache = right(X, gamma, beta, *rest)
    return out, {**cache, "std": cache["std"] ** 2}


@batchnorm_forward.misconception("caches the centred X", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**The X_hat in the cache is not divided yet.** Keep X_hat after the division by std."""
    out, cache = right(X, gamma, beta, *rest)
    return out, {**cache, "X_hat": X - X.mean(axis=0)}


@batchnorm_forward.misconception("caches the output as X_hat", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**The X_hat in the cache is scaled and shifted already.** Keep X_hat as it is before gamma and beta."""
    out, cache = right(X, gamma, beta, *rest)
    return out, {**cache, "X_hat": out}


@batchnorm_forward.misconception("returns the output alone", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**Only the output comes back.** The way back needs the cache: return both, `out` and a
    dict with X_hat, std and gamma."""
    return right(X, gamma, beta, *rest)[0]


@batchnorm_forward.misconception("the std keeps a dimension", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**The std in the cache has the shape (1, D); (D,) is wanted.** Leave out `keepdims`: a row of D numbers
    broadcasts over the batch by itself."""
    out, cache = right(X, gamma, beta, *rest)
    return out, {**cache, "std": cache["std"][None]}


@batchnorm_forward.misconception("eps is fixed inside", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**eps has no effect.** 1e-5 is what it is if nobody says otherwise; who calls you may choose
    another value. Use the argument."""
    return right(X, gamma, beta)
