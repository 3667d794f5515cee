"""l2_penalty: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Exercise
from course_lib.checkpoints.nb05_overfitting.shared import TINY, as_weights, network_arrays
from course_lib.nn import functional
from course_lib.nn.arrays import Array, Params

PENALTY = "05#2. A price for large weights"


def _weights(params: Mapping[str, Array]) -> list[Array]:
    return [array for name, array in params.items() if name.startswith("W")]


l2_penalty = Exercise(
    "l2_penalty",
    reference=functional.l2_penalty,
    cases=lambda: [
        (TINY, 0.1),
        (network_arrays(1, 3, 4, 2), 0.5),
        (network_arrays(2, 5, 2, 3), 1.0),
        (network_arrays(3, 2, 6, 4), 0.0),
        (network_arrays(4, 6, 3, 5, np.float32), 0.02),
    ],
    hints=(
        "How large is a matrix of weights? Square each of its numbers and add them all up.",
        "Do that for W1 and for W2, leave the biases out, and multiply what comes out by lam / 2. A dict is walked "
        'through with `for name, array in params.items()`, and `name.startswith("W")` tells weights from biases.',
        'Nearly the code: return `lam / 2 * (np.sum(params["W1"] ** 2) + ...)`.',
    ),
)


@l2_penalty.misconception("biases are penalised too", see=PENALTY)
def _(right: Callable[..., float], params: Params, lam: float) -> Any:
    """**The biases are in your sum.** They do not make the network react more strongly to a pixel, so nothing is won
    by keeping them small. Add up the weights alone, W1 and W2."""
    return right(as_weights(params), lam)


@l2_penalty.misconception("the half is missing", see=PENALTY)
def _(right: Callable[..., float], params: Params, lam: float) -> Any:
    """**The half is missing.** The penalty is lam / 2 times the sum of the squares. The half is there to cancel the 2
    that comes down when a square is differentiated."""
    return 2 * right(params, lam)


@l2_penalty.misconception("lam is missing", see=PENALTY)
def _(right: Callable[..., float], params: Params, lam: float) -> Any:
    """**lam has no effect.** Multiply by it: with lam = 0 there should be no penalty at all."""
    return right(params, 1.0)


@l2_penalty.misconception("the square is missing", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You add up the weights themselves.** Positive and negative ones cancel, so a network with huge weights could go
    free. Square each weight first."""
    return lam / 2 * sum(np.sum(W) for W in _weights(params))


@l2_penalty.misconception("a norm instead of the sum of squares", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**There is a square root too many.** You add up the lengths of the matrices, which is what `np.linalg.norm`
    gives. The penalty takes their squares: no root."""
    return lam / 2 * sum(np.linalg.norm(W) for W in _weights(params))


@l2_penalty.misconception("a norm instead of the sum of squares", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**There is a square root too many.** You take the root of the whole sum, which is the length of all weights
    together. The penalty is the sum of the squares itself."""
    return lam / 2 * np.sqrt(sum(np.sum(W**2) for W in _weights(params)))


@l2_penalty.misconception("a norm instead of the sum of squares", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**`np.linalg.norm(W, 2)` is another norm of a matrix**, its largest stretch. Without the 2 it is the root of the
    sum of the squares; plainer is `np.sum(W ** 2)`, without any root."""
    return lam / 2 * sum(np.linalg.norm(W, 2) ** 2 for W in _weights(params))


@l2_penalty.misconception("doubles instead of squaring", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**`W * 2` doubles; the square is `W ** 2`.** Doubled weights cancel where they are positive and negative; squares
    never do."""
    return lam / 2 * sum(np.sum(W * 2) for W in _weights(params))


@l2_penalty.misconception("adds up along one axis alone", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You add up along one axis, so a whole row of sums is left of each matrix.** Python's `sum` does that, and
    `np.sum` with `axis=0`. `np.sum(W ** 2)`, without an axis, makes one number of all."""
    return lam / 2 * (sum(params["W1"] ** 2) + sum(params["W2"] ** 2))


@l2_penalty.misconception("adds up along one axis alone", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You add up along one axis, so a whole row of sums is left of each matrix.** Python's `sum` does that, and
    `np.sum` with `axis=0`. `np.sum(W ** 2)`, without an axis, makes one number of all."""
    total: Any = 0
    for W in _weights(params):
        total += sum(W**2)
    return lam / 2 * total


@l2_penalty.misconception("adds the matrices before the sum", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**W1 and W2 have different shapes, so they cannot be added.** Make one number of each first: `np.sum(W1 ** 2) +
    np.sum(W2 ** 2)`."""
    return lam / 2 * np.sum(params["W1"] ** 2 + params["W2"] ** 2)


@l2_penalty.misconception("absolute values instead of squares", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You add up the absolute values.** That is the L1 penalty, a relative of this one, which pulls as hard at small
    weights as at large ones. L2 takes the squares."""
    return lam / 2 * sum(np.sum(np.abs(W)) for W in _weights(params))


@l2_penalty.misconception("squares the sum instead of summing the squares", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You add up first and square then.** Positive and negative weights cancel in the sum. Square each weight, then
    add up."""
    return lam / 2 * sum(np.sum(W) ** 2 for W in _weights(params))


@l2_penalty.misconception("squares the sum instead of summing the squares", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You add up all weights first and square the total.** Positive and negative weights cancel in it. Square each
    weight, then add up."""
    return lam / 2 * sum(np.sum(W) for W in _weights(params)) ** 2


@l2_penalty.misconception("one layer alone", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**Only W1 is in your sum.** The weights of the second layer, W2, pay the same price."""
    return lam / 2 * np.sum(params["W1"] ** 2)


@l2_penalty.misconception("one layer alone", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**Only W2 is in your sum.** The weights of the first layer, W1, pay the same price. Is a total overwritten in a
    loop, where it should grow?"""
    return lam / 2 * np.sum(params["W2"] ** 2)


@l2_penalty.misconception("lam / 2 on the first layer alone", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**lam / 2 multiplies W1's squares alone.** The product binds closer than the sum: put the whole sum in
    parentheses."""
    return lam / 2 * np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2)


@l2_penalty.misconception("the mean instead of the sum", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You take the mean of the squares of each matrix.** The penalty is their sum: every weight pays its own price,
    however many there are."""
    return lam / 2 * sum(np.mean(W**2) for W in _weights(params))


@l2_penalty.misconception("the mean instead of the sum", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You divide by the number of all weights.** That is the mean of the squares. The penalty is their sum: every
    weight pays its own price, however many there are."""
    return lam / 2 * np.mean(np.concatenate([W.ravel() for W in _weights(params)]) ** 2)


@l2_penalty.misconception("divides by a number of rows", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You divide by the number of rows of W1.** That is the number of input features, and it has no part in this. The
    mean over the examples belongs to the loss; the penalty has nothing to do with examples."""
    return functional.l2_penalty(params, lam) / len(params["W1"])


@l2_penalty.misconception("lam is squared", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**lam is squared together with the weights.** Square the weights, add up, and multiply by lam / 2 last."""
    return sum(np.sum((lam * W) ** 2) for W in _weights(params)) / 2


@l2_penalty.misconception("divides by 2 lam", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You divide by 2 lam.** A larger lam should make large weights dearer, not cheaper: multiply by lam / 2."""
    return 1 / (2 * lam) * sum(np.sum(W**2) for W in _weights(params))


@l2_penalty.misconception("a matrix product instead of the squares", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**`W.T @ W` is a matrix product.** Its sum also has products of one weight with another in it. `W ** 2` squares
    each weight on its own."""
    return lam / 2 * sum(np.sum(W.T @ W) for W in _weights(params))


@l2_penalty.misconception("a matrix product instead of the squares", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**`W @ W.T` is a matrix product.** Its sum also has products of one weight with another in it. `W ** 2` squares
    each weight on its own."""
    return lam / 2 * sum(np.sum(W @ W.T) for W in _weights(params))
