"""seed_spread: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.checkpoints.nb06_tuning.onlookers import Config, Evaluate
from course_lib.nn.arrays import Array
from course_lib.tuning import searches as reference

SPREAD = "06#7. How sure are you?"


def wobble(config: Config, seed: int) -> float:
    """score = lr + sin(seed) / 10"""
    return float(config["lr"]) + math.sin(seed) / 10


def _spread_cases() -> list[Case]:
    return [
        (wobble, {"lr": 0.5}, [3, 1, 4]),
        (wobble, {"lr": 0.1}, [2, 7, 1, 8, 9]),
        (wobble, {"lr": 0.3}, range(10, 14)),
    ]


seed_spread = Exercise(
    "seed_spread",
    reference=reference.seed_spread,
    cases=_spread_cases,
    returns=("mean", "standard deviation"),
    hints=(
        "Train the same config once with each seed. How large are the scores on average, and how far apart are they?",
        "`scores = [evaluate(config, seed) for seed in seeds]`; then the mean of the scores, and their standard "
        "deviation. NumPy divides by n unless you say ddof=1: then by n - 1.",
        "Nearly the code: after the list of scores, `return np.mean(scores), np.std(scores, ...)`.",
    ),
)


def _scores(evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Array:
    return np.array([evaluate(config, seed) for seed in seeds])


@seed_spread.misconception("divides by n", see=SPREAD)
def _(evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**The standard deviation divides by n.** The mean was fitted to the same few scores, so they lie closer to it
    than to the truth, and n makes the spread too small. Divide by n - 1: `ddof=1`."""
    scores = _scores(evaluate, config, seeds)
    return scores.mean(), scores.std()


@seed_spread.misconception("the variance", see=SPREAD)
def _(evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**This is the variance.** Its square root, the standard deviation, has the unit of the scores, so that you can
    hold it beside a difference of two of them."""
    scores = _scores(evaluate, config, seeds)
    return scores.mean(), scores.var(ddof=1)


@seed_spread.misconception("the variance", see=SPREAD)
def _(evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**This is the variance, and it divides by n.** Take its square root, the standard deviation, and divide by
    n - 1: `np.std(scores, ddof=1)`."""
    scores = _scores(evaluate, config, seeds)
    return scores.mean(), scores.var()


@seed_spread.misconception("the standard error", see=SPREAD)
def _(evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**This is the standard error**, the deviation divided by the square root of n: how sure the mean is. Asked for
    is the standard deviation: how far one score lies from the mean."""
    scores = _scores(evaluate, config, seeds)
    return scores.mean(), scores.std(ddof=1) / math.sqrt(len(scores))


@seed_spread.misconception("the standard error", see=SPREAD)
def _(evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**This is a standard error, with n instead of n - 1 in it**: how sure the mean is. Asked for is the standard
    deviation, how far one score lies from the mean: `np.std(scores, ddof=1)`."""
    scores = _scores(evaluate, config, seeds)
    return scores.mean(), scores.std() / math.sqrt(len(scores))


@seed_spread.misconception("the deviation comes first", see=SPREAD)
def _(right: Callable[..., Any], evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**The two have changed places.** First the mean, then the standard deviation."""
    return right(evaluate, config, seeds)[::-1]


@seed_spread.misconception("other seeds than those given", see=SPREAD)
def _(right: Callable[..., Any], evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**The seeds are 0, 1, 2, ..., and not those that you are given.** Loop over `seeds` itself, not over
    `range(len(seeds))`: whoever calls you may want fresh ones."""
    return right(evaluate, config, range(len(seeds)))


@seed_spread.misconception("only the first seed", see=SPREAD)
def _(evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**There is no spread, because the first seed is the only one.** Evaluate once with each seed: `seed`, not
    `seeds[0]`. And a `return` inside the loop would end it after the first."""
    return evaluate(config, seeds[0]), 0.0


@seed_spread.misconception("a seed of its own", see=SPREAD)
def _(evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**There is no spread, because every run has the seed 42.** Evaluate once with each of the seeds that you are
    given."""
    return evaluate(config, 42), 0.0


@seed_spread.misconception("a seed of its own", see=SPREAD)
def _(evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**There is no spread, because every run has the seed 0.** Evaluate once with each of the seeds that you are
    given."""
    return evaluate(config, 0), 0.0


@seed_spread.misconception("the best seed instead of the mean", see=SPREAD)
def _(right: Callable[..., Any], evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**The first value is the best score of all seeds.** The best of several tries flatters, the more so the more
    tries there are. Return the mean."""
    return _scores(evaluate, config, seeds).max(), right(evaluate, config, seeds)[1]


@seed_spread.misconception("the median", see=SPREAD)
def _(right: Callable[..., Any], evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**The first value is the median.** The course means the mean: the sum of the scores divided by their number."""
    return np.median(_scores(evaluate, config, seeds)), right(evaluate, config, seeds)[1]


@seed_spread.misconception("the range instead of the deviation", see=SPREAD)
def _(right: Callable[..., Any], evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**The second value is the distance from the lowest to the highest score.** That grows with the number of seeds.
    Return the standard deviation, `np.std(scores, ddof=1)`."""
    scores = _scores(evaluate, config, seeds)
    return right(evaluate, config, seeds)[0], scores.max() - scores.min()


@seed_spread.misconception("the spread of the seeds", see=SPREAD)
def _(right: Callable[..., Any], evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**The second value is the standard deviation of the seeds.** Take it of the scores."""
    return right(evaluate, config, seeds)[0], np.std(list(seeds), ddof=1)
