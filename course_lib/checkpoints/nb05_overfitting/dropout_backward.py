"""dropout_backward: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.checkpoints.nb05_overfitting.dropout_forward import common_factor, in_tenths
from course_lib.checkpoints.values import MisfitError, describe, fit, plain
from course_lib.nn import functional
from course_lib.nn.arrays import Array

DROPOUT = "05#6. Dropout"


def what_passes_back(dropout_backward: Callable[..., Any], dout: Array, mask: Array, keep: float) -> tuple[Any, ...]:
    """Which units get a gradient, and what it is multiplied by."""
    given, kept = dout.copy(), mask.astype(bool)
    answer = plain(dropout_backward(dout, mask, keep))
    if isinstance(answer, tuple):
        raise MisfitError(f"One array was wanted, dA; your function returned {describe(answer)}.")
    dA = fit(answer, given, "dA")
    passes = dA != 0
    return in_tenths(passes[kept].mean()), not passes[~kept].any(), common_factor(dA, given, passes)


def _backward_case(seed: int, keep: float, dtype: type = np.float64) -> Case:
    rng = np.random.default_rng(seed)
    dout: Array = rng.standard_normal((50, 80)).astype(dtype)
    return dout, rng.random(dout.shape) < keep, keep


dropout_backward = Exercise(
    "dropout_backward",
    reference=functional.dropout_backward,
    cases=lambda: [
        _backward_case(1, 0.8),
        _backward_case(2, 0.5),
        _backward_case(3, 0.3),
        _backward_case(4, 0.8, np.float32),
    ],
    experiment=what_passes_back,
    returns=(
        "share of the kept units that get a gradient",
        "the dropped units get no gradient",
        "the one number that what gets through is multiplied by (0: there is none)",
    ),
    hints=(
        "On the way forward an element was multiplied by a number. What is the slope of such a product?",
        "out = A mask / keep, element by element, so the slope of out with respect to A is mask / keep. The chain rule "
        "multiplies it with dout.",
        "Nearly the code: return `dout * ... / ...`.",
    ),
)


@dropout_backward.misconception("the factor 1/keep is missing", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**The right units get a gradient, but 1/keep is missing.** On the way forward what was kept was divided by keep;
    on the way back its gradient is divided by keep too."""
    return dout * mask


@dropout_backward.misconception("multiplies by keep instead of dividing", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**You multiply by keep.** The way back has the same factor as the way forward, not the opposite one: divide by
    keep."""
    return dout * mask * keep


@dropout_backward.misconception("divides by keep twice", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**The gradient is divided by keep twice.** The mask holds ones and zeros, so one division is all there is."""
    return dout * mask / keep**2


@dropout_backward.misconception("divides by the share that is dropped", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**You divide by 1 - keep.** On the way forward what was kept was divided by keep: the same here."""
    return dout * mask / (1 - keep)


@dropout_backward.misconception("draws a new mask", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**This is another mask than the one of the way forward.** Units that were silent get a gradient, and some that
    spoke get none. Which coins fell how is written in `mask`: use that, and draw nothing here."""
    return dout * (np.random.default_rng(0).random(dout.shape) < keep) / keep


@dropout_backward.misconception("draws a new mask", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**This is another mask than the one of the way forward, and 1/keep is missing.** Units that were silent get a
    gradient, and some that spoke get none. Use `mask`, and draw nothing here."""
    return dout * (np.random.default_rng(0).random(dout.shape) < keep)


@dropout_backward.misconception("lets everything pass", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**The units that were silent get a gradient too.** They had no part in the loss. Where the mask is 0 the gradient
    is 0: multiply by mask."""
    return dout / keep


@dropout_backward.misconception("hands dout on as it is", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**dout comes through as it is.** On the way forward each element was multiplied by mask / keep; on the way back
    so is its gradient."""
    return dout.copy()


@dropout_backward.misconception("the mask is turned round", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**The gradient passes exactly where it should not.** The mask is 1 (or True) where a unit was kept, and there
    the gradient passes."""
    return dout * (1 - mask) / keep


@dropout_backward.misconception("the mask is turned round", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**The gradient passes exactly where it should not**, for `~mask` marks what was dropped. The mask is 1 (or True)
    where a unit was kept, and there the gradient passes."""
    return dout * ~mask / keep


@dropout_backward.misconception("hands the mask on", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**What you return does not depend on dout.** mask / keep is the slope of this step; the chain rule multiplies it
    with what arrives from above."""
    return mask / keep
