"""sample_log_uniform: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Exercise
from course_lib.checkpoints.nb06_tuning.onlookers import SAMPLE_FACTS, Rng, laws_of_samples
from course_lib.tuning import searches as reference

LOG = "06#3. Learning rates live on a log scale"


sample_log_uniform = Exercise(
    "sample_log_uniform",
    reference=reference.sample_log_uniform,
    experiment=laws_of_samples,
    cases=lambda: [
        (1e-4, 1.0, np.random.default_rng(0)),
        (1e-3, 10.0, np.random.default_rng(1)),
        (2e-6, 0.5, np.random.default_rng(2)),
        (1.0, 10.0, np.random.default_rng(3)),
    ],
    returns=SAMPLE_FACTS,
    hints=(
        "You want every power of ten to be equally likely. Which number is then uniform: x, or its logarithm?",
        "Draw the logarithm: uniform between log(low) and log(high). Then undo the logarithm. `np.log` is undone by "
        "`np.exp`, and `np.log10` by `10 ** ...`; do not mix them.",
        "Nearly the code: `exponent = rng.uniform(np.log(low), ...)`, then return `np.exp(...)`.",
    ),
)


@sample_log_uniform.misconception("uniform on the plain scale", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**These are spread evenly on the plain scale.** Between 0.0001 and 1, nine samples of ten are then above 0.1,
    and hardly any is below 0.001. Draw the logarithm evenly, and undo it."""
    return rng.uniform(low, high)


@sample_log_uniform.misconception("e to a power of base ten", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**Two bases are mixed.** You draw an exponent between log10(low) and log10(high), and raise e to it.
    `10 ** exponent` undoes `np.log10`; `np.exp` undoes `np.log`."""
    return np.exp(rng.uniform(np.log10(low), np.log10(high)))


@sample_log_uniform.misconception("ten to a natural power", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**Two bases are mixed.** You draw an exponent between ln(low) and ln(high), and raise 10 to it. `np.exp` undoes
    `np.log`; `10 ** exponent` undoes `np.log10`."""
    return 10 ** rng.uniform(np.log(low), np.log(high))


@sample_log_uniform.misconception("returns the exponent", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**This is the exponent, evenly spread between ln(low) and ln(high).** One step is left: undo the logarithm,
    with `np.exp`."""
    return rng.uniform(np.log(low), np.log(high))


@sample_log_uniform.misconception("returns the exponent", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**This is the exponent, evenly spread between log10(low) and log10(high).** One step is left: 10 to the power
    of it."""
    return rng.uniform(np.log10(low), np.log10(high))


@sample_log_uniform.misconception("no logarithm of the bounds", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**You draw an exponent between low and high themselves**, and raise e to it. The exponent lies between their
    logarithms, np.log(low) and np.log(high)."""
    return np.exp(rng.uniform(low, high))


@sample_log_uniform.misconception("no logarithm of the bounds", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**You draw an exponent between low and high themselves**, and raise 10 to it. The exponent lies between their
    logarithms, np.log10(low) and np.log10(high)."""
    return 10 ** rng.uniform(low, high)


@sample_log_uniform.misconception("the logarithm after the draw", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**This is the logarithm of a number between low and high.** The other way round: first the logarithms of low and
    high, then a uniform number between those, then undo the logarithm."""
    return np.log(rng.uniform(low, high))


@sample_log_uniform.misconception("the logarithm after the draw", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**This is log10 of a number between low and high.** The other way round: first the logarithms of low and high,
    then a uniform number between those, then undo the logarithm."""
    return np.log10(rng.uniform(low, high))


@sample_log_uniform.misconception("the bounds are written into the function", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**All samples lie between 0.0001 and 1, whatever low and high are.** The exponents -4 and 0 suit one range only.
    Take the logarithms of the arguments."""
    return 10 ** rng.uniform(-4, 0)


@sample_log_uniform.misconception("the same values again and again", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**The same values come again and again.** Whole exponents, or a list to choose from, leave gaps between them:
    that is a grid again. Draw the exponent from the whole range, with `rng.uniform`."""
    return 10.0 ** rng.integers(math.ceil(np.log10(low)), math.floor(np.log10(high)) + 1)


@sample_log_uniform.misconception("the same values again and again", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**Whole exponents give the same few values again and again**, and `rng.integers` leaves its upper end out. That
    is a grid, with gaps. Draw the exponent from the whole range, with `rng.uniform`."""
    return 10.0 ** rng.integers(int(np.log10(low)), int(np.log10(high)))


@sample_log_uniform.misconception("the same values again and again", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**Whole exponents give the same few values again and again**, and some lie outside the bounds. That is a grid,
    with gaps. Draw the exponent from the whole range, with `rng.uniform`."""
    return 10.0 ** rng.integers(int(np.log10(low)), int(np.log10(high)) + 1)


@sample_log_uniform.misconception("the same number at every call", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**Every call gives the same number.** A seed inside the function begins anew at each call. Draw from the `rng`
    that you are given."""
    return reference.sample_log_uniform(low, high, np.random.default_rng(0))
