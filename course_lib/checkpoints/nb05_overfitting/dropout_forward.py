"""dropout_forward: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Exercise
from course_lib.checkpoints.values import MisfitError, describe, fit, plain
from course_lib.nn import functional
from course_lib.nn.arrays import Array

Rng = np.random.Generator

DROPOUT = "05#6. Dropout"


def _activations(seed: int, dtype: type = np.float64) -> Array:
    """4,000 activations as they come out of a ReLU, some of them 0: enough to tell shares apart."""
    return np.maximum(np.random.default_rng(seed).standard_normal((50, 80)) + 1, 0).astype(dtype)


def in_tenths(share: Any) -> float:
    """A share to one decimal; 0 and 1 only where it is exactly that."""
    exactly = float(share)
    return exactly if exactly in (0.0, 1.0) else min(max(round(exactly, 1), 0.1), 0.9)


def common_factor(got: Array, given: Array, where: Array) -> float:
    """The number with got = factor * given at these places (where given is not 0); 0 if no number does that."""
    ratios = got[where & (given != 0)] / given[where & (given != 0)]
    factor = float(np.median(ratios)) if ratios.size else 0.0
    return factor if np.allclose(ratios, factor, rtol=1e-4) else 0.0


def _out_and_mask(answer: Any, A: Array) -> tuple[Array, Array]:
    """What dropout_forward returned, as arrays of A's shape. Raises MisfitError."""
    answer = plain(answer)
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        missing = " Is a `return` missing?" if answer is None else ""
        raise MisfitError(f"Two values were wanted, (out, mask); your function returned {describe(answer)}.{missing}")
    out, mask = answer
    try:
        mask = np.broadcast_to(np.asarray(mask, float), A.shape)  # one row or one column: told as such below
        out = np.asarray(out, float)
    except (TypeError, ValueError):
        pass
    return fit(out, A, "`out`"), fit(mask, np.ones(A.shape), "`mask`")


def what_dropout_does(dropout_forward: Callable[..., Any], A: Array, keep: float, rng: Rng) -> tuple[Any, ...]:
    """What holds for out and mask whatever was drawn. It is called twice."""
    given = A.copy()  # the function may write into A, which is told apart from whether its values are right
    out, mask = _out_and_mask(dropout_forward(A, keep, rng), given)
    _, another = _out_and_mask(dropout_forward(given.copy(), keep, rng), given)
    kept = mask != 0
    return (
        bool(np.isin(mask, (0, 1)).all()),
        in_tenths(kept.mean()),
        in_tenths((out[given != 0] != 0).mean()),
        common_factor(out, given, kept),
        bool((out[~kept] == 0).all()),
        bool((kept != kept[:1]).any()),
        bool((kept != kept[:, :1]).any()),
        bool((mask != another).any()),
    )


dropout_forward = Exercise(
    "dropout_forward",
    reference=functional.dropout_forward,
    cases=lambda: [
        (_activations(1), 0.8, np.random.default_rng(0)),
        (_activations(2), 0.5, np.random.default_rng(1)),
        (_activations(3), 0.3, np.random.default_rng(2)),
        (_activations(4, np.float32), 0.8, np.random.default_rng(3)),
    ],
    experiment=what_dropout_does,
    returns=(
        "the mask holds zeros and ones alone",
        "share of the mask that is not 0",
        "share of A that is not 0 in out",
        "the one number that what is kept is multiplied by (0: there is none)",
        "what is dropped becomes 0",
        "each row has a mask of its own",
        "each column has a mask of its own",
        "the next call draws another mask",
    ),
    points=2,
    hints=(
        "Toss a coin for every single element of A: with probability `keep` it stays. What do the ones that stay have "
        "to be multiplied by, so that the sum is right on average?",
        "`rng.random(A.shape)` gives numbers between 0 and 1, each on its own, and a share of `keep` of them is below "
        "`keep`. That comparison is the mask. What is kept is divided by keep.",
        "Nearly the code: `mask = rng.random(A.shape) < ...`, return `A * mask / ...` and mask.",
    ),
)


def _mask(A: Array, keep: float, rng: Rng) -> Array:
    return rng.random(A.shape) < keep


@dropout_forward.misconception("what is kept is not scaled up", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**What is kept stays as large as it was.** With half of the units silent, the next layer hears only half of what
    it will hear later, when nothing is dropped. Divide what is kept by keep."""
    mask = _mask(A, keep, rng)
    return A * mask, mask


@dropout_forward.misconception("multiplies by keep instead of dividing", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**What is kept is multiplied by keep, and so becomes smaller still.** It has to speak for those that are silent:
    divide by keep."""
    mask = _mask(A, keep, rng)
    return A * mask * keep, mask


@dropout_forward.misconception("divides by keep twice", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**What is kept is divided by keep twice.** Once is enough to make up for what is dropped."""
    mask = _mask(A, keep, rng)
    return A * mask / keep**2, mask


@dropout_forward.misconception("divides by keep twice", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**Your mask is divided by keep already, and then out is divided once more.** Keep the mask plain, zeros and ones,
    and divide in out alone."""
    mask = _mask(A, keep, rng) / keep
    return A * mask / keep, mask


@dropout_forward.misconception("keep does not matter", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**Half of the elements are kept, whatever keep is.** Your coin is a fair one. It has to show "keep" with the
    probability keep: compare a number between 0 and 1 with it."""
    mask = _mask(A, 0.5, rng)
    return A * mask / keep, mask


@dropout_forward.misconception("normal numbers instead of uniform ones", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**Your random numbers are not spread evenly between 0 and 1.** A normal one is below 0.5 more often than every
    second time. `rng.random` gives the even ones, of which a share of keep is below keep."""
    mask = rng.standard_normal(A.shape) < keep
    return A * mask / keep, mask


@dropout_forward.misconception("drops a share of keep", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**A share of keep is dropped, where it should be kept.** Look at the direction of your comparison: a number
    between 0 and 1 is below keep with the probability keep."""
    mask = _mask(A, 1 - keep, rng)
    return A * mask / keep, mask


@dropout_forward.misconception("takes keep for the share that is dropped", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**You take keep for the share to drop.** Then everything after it is consistent, but keep = 0.8 silences four
    units in five. keep is the share that stays."""
    mask = _mask(A, 1 - keep, rng)
    return A * mask / (1 - keep), mask


@dropout_forward.misconception("divides by the share that is dropped", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**You divide by 1 - keep.** The right share is kept; divide by that share, keep."""
    mask = _mask(A, keep, rng)
    return A * mask / (1 - keep), mask


@dropout_forward.misconception("divides by the share that happened to be kept", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**You divide by the mean of the mask**, which is only near keep and changes with every draw. Divide by keep
    itself, as the way back does."""
    mask = _mask(A, keep, rng)
    return A * mask / mask.mean(), mask


@dropout_forward.misconception("one mask for all rows", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**All rows have the same mask.** A row is an example, and each example should meet another thinned-out network.
    Draw as many numbers as A has elements: `A.shape`."""
    mask = np.broadcast_to(rng.random(A.shape[1]) < keep, A.shape)
    return A * mask / keep, mask


@dropout_forward.misconception("drops whole rows", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**Whole rows are dropped.** That leaves out examples. Within a row, each unit has a coin of its own: draw as many
    numbers as A has elements, `A.shape`."""
    mask = np.broadcast_to(rng.random((len(A), 1)) < keep, A.shape)
    return A * mask / keep, mask


@dropout_forward.misconception("one coin for everything", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**One coin decides for all elements together.** Draw as many numbers as A has elements: `A.shape`."""
    mask = np.full(A.shape, rng.random() < keep)
    return A * mask / keep, mask


@dropout_forward.misconception("the same mask at every call", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**Every call draws the same mask.** A seed is fixed inside the function, so the same units stay silent for ever,
    and that is only a smaller network. Draw from the `rng` that you are given."""
    mask = _mask(A, keep, np.random.default_rng(0))
    return A * mask / keep, mask


@dropout_forward.misconception("the mask is scaled already", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**`out` is right, but the mask you hand on is divided by keep already.** dropout_backward divides by keep too,
    and then it would be done twice. Hand on the plain mask: 1 (or True) where an element is kept."""
    mask = _mask(A, keep, rng) / keep
    return A * mask, mask


@dropout_forward.misconception("the mask marks what is dropped", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**Your mask is 1 where an element is dropped.** dropout_backward lets the gradient pass where the mask is 1: hand
    on the mask of what is kept."""
    mask = _mask(A, keep, rng)
    return A * mask / keep, ~mask


@dropout_forward.misconception("the mask holds the random numbers", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**What you hand on as mask are the random numbers themselves.** The mask is the comparison with keep: 1 (or True)
    where an element is kept."""
    numbers = rng.random(A.shape)
    return A * (numbers < keep) / keep, numbers


@dropout_forward.misconception("the mask holds the random numbers", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**You multiply A with the random numbers themselves.** Nothing is dropped that way, everything is only a little
    smaller. Compare the numbers with keep first: that gives the zeros and ones."""
    numbers = rng.random(A.shape)
    return A * numbers / keep, numbers


@dropout_forward.misconception("draws twice, for out and for the mask", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**The mask that you hand on is not the one that made `out`.** Each call of `rng.random` draws new numbers. Draw
    once, give the mask a name, and use that for both."""
    return A * _mask(A, keep, rng) / keep, _mask(A, keep, rng)


@dropout_forward.misconception("the mask is made from the output", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**Your mask is 0 wherever `out` is 0.** An element that was 0 before can be kept as well. The mask is what the
    coins said, whatever A is."""
    out = A * _mask(A, keep, rng) / keep
    return out, out != 0


@dropout_forward.misconception("the outputs are in another order", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**Right values in another order.** You return (mask, out); wanted is (out, mask)."""
    mask = _mask(A, keep, rng)
    return mask.astype(A.dtype), A * mask / keep


@dropout_forward.misconception("nothing is dropped", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**Nothing is dropped.** That is right when the network is in use. In training each element becomes 0 with the
    probability 1 - keep."""
    rng.random()
    return A.copy(), np.ones(A.shape)
