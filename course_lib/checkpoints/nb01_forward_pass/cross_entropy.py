"""cross_entropy: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.checkpoints.nb01_forward_pass.softmax import logits_to_try
from course_lib.nn import functional
from course_lib.nn.arrays import Array

CROSS_ENTROPY = "01#7. How wrong the network is: cross-entropy"


def _labelled_logits() -> list[Case]:
    labels: list[list[int]] = [
        [1],
        [0, 2],
        [2, 0, 1, 1],
        [4, 0, 2],
        [1, 1, 0, 1, 0],
        [2, 0, 0],
        [2],
        [2],
        [1, 0],
        [2, 1],
    ]
    cases: list[Case] = [(Z, np.array(y)) for Z, y in zip(logits_to_try(), labels, strict=True)]
    return [
        *cases,
        (normal(5, 6, 4, scale=2.0), np.array([3, 1, 0, 2, 2, 3], dtype=np.uint8)),
        (np.array([[0.0, 1000.0], [-1000.0, 3.0]]), np.array([0, 1])),
    ]


cross_entropy = Exercise(
    "cross_entropy",
    reference=functional.cross_entropy,
    cases=_labelled_logits,
    sizes=lambda logits, y: {"N": len(y), "C": logits.shape[1]},
    hints=(
        "For one example the loss is -log of the probability that its own class got. Put the formula of softmax into "
        "it: what is the log of a quotient?",
        "-log P[n, y[n]] = log(sum over k of exp(Z[n, k])) - Z[n, y[n]]. Take each row's largest logit off first, as "
        "in softmax. `Z[np.arange(N), y]` picks one number from each row.",
        "Nearly the code: `Z = logits - logits.max(axis=1, keepdims=True)`, `log_sum = np.log(np.exp(Z).sum(axis=1))`, "
        "then return the mean of `log_sum - Z[np.arange(len(y)), y]`.",
    ),
)


def _log_probabilities(logits: Array) -> Array:
    Z = logits - logits.max(axis=1, keepdims=True)
    log_p: Array = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return log_p


@cross_entropy.misconception("adds up instead of averaging", see=CROSS_ENTROPY)
def _(right: Callable[..., float], logits: Array, y: Array) -> float:
    """**This is the sum over the batch; the mean is wanted.** With the mean, the loss and its gradient do not grow
    with the batch size."""
    return right(logits, y) * len(y)


@cross_entropy.misconception("averages over examples and classes", see=CROSS_ENTROPY)
def _(right: Callable[..., float], logits: Array, y: Array) -> float:
    """**Too small by exactly C, the number of classes.** Each example has one term in the loss, the one of its own
    class: divide by N alone."""
    return float(right(logits, y) / logits.shape[1])


@cross_entropy.misconception("leaves out the minus", see=CROSS_ENTROPY)
def _(right: Callable[..., float], logits: Array, y: Array) -> float:
    """**The sign is flipped.** The log of a probability is negative; the loss is minus that, so that 0 is best and
    more is worse."""
    return -right(logits, y)


@cross_entropy.misconception("log of a probability that has become 0", see=CROSS_ENTROPY)
def _(logits: Array, y: Array) -> float:
    """**Right for small logits, infinite for large ones.** A probability of exp(-1000) is 0 for the computer, and
    log(0) is minus infinity. Work with the logits: log(sum of exp) minus the logit of the class."""
    return float(-np.mean(np.log(functional.softmax(logits)[np.arange(len(y)), y])))


@cross_entropy.misconception("log of a probability that has become 0", see=CROSS_ENTROPY)
def _(logits: Array, y: Array) -> Any:
    """**Right for small logits, nan for large ones.** A probability of exp(-1000) is 0 for the computer, log(0) is
    minus infinity, and 0 times infinity is nan. Work with the logits: log(sum of exp) minus the logit of the
    class."""
    return -np.sum(np.eye(logits.shape[1])[y] * np.log(functional.softmax(logits))) / len(y)


@cross_entropy.misconception("shifts the sum, but not the logit of the label", see=CROSS_ENTROPY)
def _(logits: Array, y: Array) -> Any:
    """**The shift must come off the label's logit too.** You took the largest logit off inside the sum only. Both
    terms fall by it, so the difference stays: use the shifted Z in both."""
    Z = logits - logits.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(Z).sum(axis=1)) - logits[np.arange(len(y)), y])


@cross_entropy.misconception("one shift for all rows", see=CROSS_ENTROPY)
def _(logits: Array, y: Array) -> Any:
    """**Each row needs its own shift.** You took the largest logit of the whole array off. In a row far below it
    every exp becomes 0, and log(0) is minus infinity."""
    Z = logits - logits.max()
    return np.mean(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(y)), y])


@cross_entropy.misconception("one sum for all rows", see=CROSS_ENTROPY)
def _(logits: Array, y: Array) -> Any:
    """**Each row needs its own sum.** You added exp up over the whole array. Every example has its own log-sum-exp:
    sum along `axis=1`."""
    m = logits.max()
    return np.mean(m + np.log(np.exp(logits - m).sum()) - logits[np.arange(len(y)), y])


@cross_entropy.misconception("log of the sum of exp without a shift", see=CROSS_ENTROPY)
def _(logits: Array, y: Array) -> float:
    """**Right for small logits, infinite for large ones.** exp(1000) is too large for the computer. Take the
    largest logit of each row off that row first: the loss does not change."""
    picked = logits[np.arange(len(y)), y]
    return float(np.mean(np.log(np.exp(logits).sum(axis=1)) - picked))


def _with_a_floor(floor: float, cut: bool) -> None:
    """The same mistake with another number is the same mistake."""

    @cross_entropy.misconception("log of a clipped probability", see=CROSS_ENTROPY)
    def _(logits: Array, y: Array) -> float:
        """**Right until a probability is very small, then cut off.** A small number added or a clip keeps log from
        becoming infinite, but the loss of a confident mistake is then too small and its gradient is lost. Work
        with the logits instead: nothing has to be clipped."""
        P = functional.softmax(logits)
        P = np.clip(P, floor, 1 - floor) if cut else P + floor
        return float(-np.mean(np.log(P[np.arange(len(y)), y])))


for _floor in (
    np.finfo(np.float64).eps,
    np.finfo(np.float64).tiny,
    1e-300,
    1e-100,
    1e-30,
    1e-20,
    1e-16,
    1e-15,
    1e-12,
    1e-10,
    1e-9,
    1e-8,
    1e-7,
    1e-6,
):
    for _cut in (True, False):
        _with_a_floor(float(_floor), _cut)


@cross_entropy.misconception("picks every label from every row", see=CROSS_ENTROPY)
def _(logits: Array, y: Array) -> float:
    """**`[:, y]` picks every label from every row**, N times N numbers. One number from each row is wanted: give
    the row numbers as well, `[np.arange(N), y]`."""
    return float(-np.mean(_log_probabilities(logits)[:, y]))


@cross_entropy.misconception("takes the logits for probabilities", see=CROSS_ENTROPY)
def _(logits: Array, y: Array) -> float:
    """**Logits are not probabilities yet.** You took the log of a logit, which may be negative. The softmax belongs
    inside."""
    return float(-np.mean(np.log(logits[np.arange(len(y)), y])))


@cross_entropy.misconception("logarithm to base 2", see=CROSS_ENTROPY)
def _(right: Callable[..., float], logits: Array, y: Array) -> float:
    """**You measure in bits.** The logarithm to base 2 makes everything 1.4427 times larger; the course uses the
    natural one, `np.log`, whose slope is simplest."""
    return right(logits, y) / float(np.log(2))


@cross_entropy.misconception("logarithm to base 10", see=CROSS_ENTROPY)
def _(right: Callable[..., float], logits: Array, y: Array) -> float:
    """**This is the logarithm to base 10.** The course uses the natural one, `np.log`, whose slope is simplest."""
    return right(logits, y) / float(np.log(10))
