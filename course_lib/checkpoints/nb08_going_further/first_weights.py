"""he_init and xavier_init: how they are tried, and the mistakes that are made in them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.checkpoints.values import MisfitError, fit, plain
from course_lib.nn import initializers

Step = Callable[..., Any]
Rng = np.random.Generator

INIT = "08#5. How large the first weights should be"


GRID = 1.12  # a standard deviation is told to the nearest of s0, 1.12 s0, 1.12^2 s0, ... where s0 is the right one


def weights_drawn(std: Callable[[int, int], float]) -> Callable[..., tuple[float, float, bool]]:
    """The experiment for first weights: what holds for any right draw of so many, whichever way they are drawn.

    Mean and standard deviation are rounded on grids so coarse beside chance (12 sigma and more) that they are the same
    at every draw. The sizes below keep the known mistakes away from the edges of the grid too.
    """

    def experiment(init: Step, D: int, H: int, rng: Rng) -> tuple[float, float, bool]:
        W = fit(plain(init(D, H, rng)), np.zeros((D, H)), f"W with D = {D} and H = {H}")
        if len(np.unique(W)) < 0.9 * W.size:
            raise MisfitError("Many of the weights are equal; each wants a draw of its own.")
        wanted, spread = std(D, H), float(W.std())
        size = wanted * GRID ** round(math.log(spread / wanted, GRID)) if 0 < spread < math.inf else spread
        mean = 0.1 * round(10 * float(W.mean()) / spread) + 0.0 if math.isfinite(spread) else spread
        far = np.mean(np.abs(W - W.mean()) > 2 * spread)  # of normal weights 4.55% +- 0.14%
        return mean, size, bool(0.037 < far < 0.054)

    return experiment


DRAWN = ("mean / std, about", "std, about", "bell-shaped (one in twenty beyond 2 std)")


def _sizes_to_draw() -> list[Case]:
    return [(D, H, np.random.default_rng(D)) for D, H in ((96, 364), (144, 148), (364, 96))]


he_init = Exercise(
    "he_init",
    reference=initializers.he_init,
    cases=_sizes_to_draw,
    experiment=weights_drawn(lambda D, H: math.sqrt(2 / D)),
    returns=DRAWN,
    hints=(
        "`rng.standard_normal` draws numbers with mean 0 and standard deviation 1. Which shape, and which factor?",
        "Multiplying a number by s multiplies its standard deviation by s. The variance is to be 2 / D, so the "
        "standard deviation is the root of that.",
        "Nearly the code: return `np.sqrt(...) * rng.standard_normal((D, H))`.",
    ),
)


xavier_init = Exercise(
    "xavier_init",
    reference=initializers.xavier_init,
    cases=_sizes_to_draw,
    experiment=weights_drawn(lambda D, H: math.sqrt(2 / (D + H))),
    returns=DRAWN,
    hints=(
        "It is he_init with another variance. Which two numbers does Xavier take the middle of?",
        "Forward wants the variance 1 / D, backward 1 / H. The compromise is 2 / (D + H), and the standard deviation "
        "is its root.",
        "Nearly the code: return `np.sqrt(2 / (...)) * rng.standard_normal((D, H))`.",
    ),
)


@he_init.misconception("the variance is 1 / D", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The variance is 1 / D, which suits linear layers.** A ReLU sets half of the values to 0 and so halves the mean
    square; the 2 in 2 / D makes up for it."""
    return rng.standard_normal((D, H)) * math.sqrt(1 / D)


@he_init.misconception("Xavier's variance", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**That is Xavier's variance, 2 / (D + H).** He looks at the way forward alone: 2 / D."""
    return rng.standard_normal((D, H)) * math.sqrt(2 / (D + H))


@he_init.misconception("H for D", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The variance is 2 / H.** A unit adds up D products, one for each of its *inputs*, so
    D is the number that counts."""
    return rng.standard_normal((D, H)) * math.sqrt(2 / H)


@he_init.misconception("variance for standard deviation", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The standard deviation is 2 / D; it is the variance that should be.** Take the square root of 2 / D as your
    factor, or as the scale of rng.normal."""
    return rng.standard_normal((D, H)) * (2 / D)


@he_init.misconception("the root of 2 alone", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**Only the 2 is under the root, and D is not.** The standard deviation is sqrt(2 / D), not sqrt(2) / D."""
    return rng.standard_normal((D, H)) * (math.sqrt(2) / D)


@he_init.misconception("the root of D alone", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**Only D is under the root, and the 2 is not.** The standard deviation is sqrt(2 / D), not 2 / sqrt(D)."""
    return rng.standard_normal((D, H)) * (2 / math.sqrt(D))


@he_init.misconception("divides by the standard deviation", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The standard deviation is sqrt(D / 2), the inverse of what it should be.** The more inputs, the *smaller* the
    weights: multiply by sqrt(2 / D)."""
    return rng.standard_normal((D, H)) / math.sqrt(2 / D)


@he_init.misconception("the 6 of the uniform variant", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The variance is 6 / D.** The 6 belongs to a variant with *uniform* weights, in which sqrt(6 / D) is the limit
    and not the standard deviation. Normal weights have the variance 2 / D."""
    return rng.standard_normal((D, H)) * math.sqrt(6 / D)


@he_init.misconception("the factor became the mean", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The weights lie round sqrt(2 / D), with standard deviation 1.** In `rng.normal` the first number is the mean, 0
    here, and the second the standard deviation. With `rng.standard_normal` the factor multiplies."""
    return rng.standard_normal((D, H)) + math.sqrt(2 / D)


@he_init.misconception("uniform between -sqrt(2 / D) and sqrt(2 / D)", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**These weights are spread evenly between -sqrt(2 / D) and sqrt(2 / D).** Then their standard deviation is
    smaller by sqrt(3). Draw normal numbers: `rng.standard_normal`."""
    return rng.uniform(-1, 1, (D, H)) * math.sqrt(2 / D)


@he_init.misconception("uniform with the right variance", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The variance is right, and the weights are spread evenly.** Many libraries offer that too, with the limit
    sqrt(6 / D). Here normal ones are wanted: `rng.standard_normal`."""
    return rng.uniform(-1, 1, (D, H)) * math.sqrt(6 / D)


@he_init.misconception("only positive weights", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**All your weights are positive.** `rng.random` draws from 0 to 1. Then all units of a layer compute nearly the
    same, and the activations grow from layer to layer. The mean must be 0: `rng.standard_normal`."""
    return rng.random((D, H)) * math.sqrt(2 / D)


@he_init.misconception("standard deviation 1", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The standard deviation is 1, whatever D is.** Is the factor sqrt(2 / D) missing? (In `rng.normal` the first
    number is the mean, and the second the standard deviation.)"""
    return rng.standard_normal((D, H))


@he_init.misconception("rows and columns exchanged", see=INIT)
def _(right: Step, D: int, H: int, rng: Rng) -> Any:
    """**W has H rows and D columns.** In Z = X W the rows of W meet the columns of X: W is (D, H)."""
    return np.asarray(right(D, H, rng)).T


@he_init.misconception("many weights are equal", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**Many of your weights are equal.** Units that begin with equal weights get equal gradients, and stay alike for
    ever. Draw (D, H) numbers, one for each weight."""
    return np.repeat(rng.standard_normal((D, 1)), H, axis=1) * math.sqrt(2 / D)


@xavier_init.misconception("He's variance", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**That is He's variance, 2 / D.** Xavier takes the middle between the way forward
    and the way back: 2 / (D + H)."""
    return rng.standard_normal((D, H)) * math.sqrt(2 / D)


@xavier_init.misconception("the variance is 1 / (D + H)", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The 2 is missing.** Forward wants a variance of 1 / D, backward 1 / H. One over the
    *mean* of D and H is 2 / (D + H)."""
    return rng.standard_normal((D, H)) * math.sqrt(1 / (D + H))


@xavier_init.misconception("the variance is 1 / D", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The variance is 1 / D: that looks at the way forward alone.** It is half of Xavier's thought; the other half
    is the way back, which wants 1 / H. The compromise is 2 / (D + H)."""
    return rng.standard_normal((D, H)) * math.sqrt(1 / D)


@xavier_init.misconception("the variance is 1 / H", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The variance is 1 / H: that looks at the way back alone.** The way forward wants 1 / D.
    The compromise is 2 / (D + H)."""
    return rng.standard_normal((D, H)) * math.sqrt(1 / H)


@xavier_init.misconception("variance for standard deviation", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The standard deviation is 2 / (D + H); it is the variance that should be.** Take the square root as your
    factor, or as the scale of rng.normal."""
    return rng.standard_normal((D, H)) * (2 / (D + H))


@xavier_init.misconception("the root of 2 alone", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**Only the 2 is under the root, and D + H is not.** The standard deviation is sqrt(2 / (D + H)), not sqrt(2) /
    (D + H)."""
    return rng.standard_normal((D, H)) * (math.sqrt(2) / (D + H))


@xavier_init.misconception("the root of D + H alone", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**Only D + H is under the root, and the 2 is not.** The standard deviation is sqrt(2 / (D + H)), not 2 / sqrt(D +
    H)."""
    return rng.standard_normal((D, H)) * (2 / math.sqrt(D + H))


@xavier_init.misconception("divides by the standard deviation", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The standard deviation is sqrt((D + H) / 2), the inverse of what it should be.** The larger the layer, the
    *smaller* its weights: multiply by sqrt(2 / (D + H))."""
    return rng.standard_normal((D, H)) / math.sqrt(2 / (D + H))


@xavier_init.misconception("the product of D and H", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The variance is 2 / (D H).** Xavier takes the *mean* of D and H, so they are added: 2 / (D + H)."""
    return rng.standard_normal((D, H)) * math.sqrt(2 / (D * H))


@xavier_init.misconception("the mean of 1 / D and 1 / H", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**You take the mean of 1 / D and 1 / H.** Xavier takes one over the mean of D and H, which is
    less: 2 / (D + H)."""
    return rng.standard_normal((D, H)) * math.sqrt((1 / D + 1 / H) / 2)


@xavier_init.misconception("the 6 of the uniform variant", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The variance is 6 / (D + H).** The 6 belongs to the variant with *uniform* weights, in which sqrt(6 / (D + H))
    is the limit and not the standard deviation. Normal weights have the variance 2 / (D + H)."""
    return rng.standard_normal((D, H)) * math.sqrt(6 / (D + H))


@xavier_init.misconception("the factor became the mean", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The weights lie round sqrt(2 / (D + H)), with standard deviation 1.** In `rng.normal` the first number is the
    mean, 0 here, and the second the standard deviation. With `rng.standard_normal` the factor multiplies."""
    return rng.standard_normal((D, H)) + math.sqrt(2 / (D + H))


@xavier_init.misconception("only positive weights", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**All your weights are positive.** `rng.random` draws from 0 to 1. Then all units of a layer compute nearly the
    same. The mean must be 0: `rng.standard_normal`."""
    return rng.random((D, H)) * math.sqrt(2 / (D + H))


@xavier_init.misconception("brackets missing round D + H", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**Brackets are missing.** `2 / D + H` divides by D alone and then adds H, so the weights
    become huge. Write 2 / (D + H)."""
    return rng.standard_normal((D, H)) * math.sqrt(2 / D + H)


@xavier_init.misconception("uniform between -sqrt(2 / (D + H)) and sqrt(2 / (D + H))", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**These weights are spread evenly between -sqrt(2 / (D + H)) and sqrt(2 / (D + H)).** Then their standard
    deviation is smaller by sqrt(3). Draw normal numbers: `rng.standard_normal`."""
    return rng.uniform(-1, 1, (D, H)) * math.sqrt(2 / (D + H))


@xavier_init.misconception("uniform with the right variance", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The variance is right, and the weights are spread evenly.** That is Xavier's uniform variant, with the limit
    sqrt(6 / (D + H)). Here normal ones are wanted: `rng.standard_normal`."""
    return rng.uniform(-1, 1, (D, H)) * math.sqrt(6 / (D + H))


@xavier_init.misconception("standard deviation 1", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The standard deviation is 1, whatever D and H are.** Is the factor sqrt(2 / (D + H)) missing? (In `rng.normal`
    the first number is the mean, and the second the standard deviation.)"""
    return rng.standard_normal((D, H))


@xavier_init.misconception("rows and columns exchanged", see=INIT)
def _(right: Step, D: int, H: int, rng: Rng) -> Any:
    """**W has H rows and D columns.** In Z = X W the rows of W meet the columns of X: W is (D, H)."""
    return np.asarray(right(D, H, rng)).T


@xavier_init.misconception("many weights are equal", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**Many of your weights are equal.** Units that begin with equal weights get equal gradients, and stay alike for
    ever. Draw (D, H) numbers, one for each weight."""
    return np.repeat(rng.standard_normal((D, 1)), H, axis=1) * math.sqrt(2 / (D + H))
