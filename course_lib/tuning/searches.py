"""The searches of notebook 6: pure functions that are given `evaluate`, and so know nothing of networks.

    grid_search           every combination of the values given      . . .      random_search      .    .
                                                                     . . .      as many points       .
                                                                     . . .      anywhere           .   .
    successive_halving    many candidates for a short time, the better ones for a longer one

    8 candidates, budget 1  ->  the best 4, budget 2  ->  the best 2, budget 4  ->  the best one

A score is a number, higher is better; of equal ones the first counts, and nan never wins.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

Settings = dict[str, Any]


def sample_log_uniform(low: float, high: float, rng: np.random.Generator) -> float:
    """low (high / low)^u with u uniform in [0, 1): between low and high, each power of ten equally likely.

    log(sample) is uniform between log(low) and log(high). Raises ValueError unless 0 < low <= high.
    """
    if not 0 < low <= high:
        raise ValueError(f"A log-uniform range goes from a number above 0 to a larger one, not from {low} to {high}.")
    return float(low * (high / low) ** rng.random())


def combinations(grid: Mapping[str, Sequence[Any]]) -> list[Settings]:
    """Every combination of the values in `grid`, a dict each; the last name changes fastest."""
    return [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]


def grid_search(evaluate: Callable[[Settings], float], grid: Mapping[str, Sequence[Any]]) -> tuple[Settings, float]:
    """(best config, its score) of all combinations of the values in `grid`: name -> values."""
    return _best(evaluate, combinations(grid))


def random_search(
    evaluate: Callable[[Settings], float],
    sample: Callable[[np.random.Generator], Settings],
    trials: int,
    rng: np.random.Generator,
) -> tuple[Settings, float]:
    """(best config, its score) of so many trials, each with a config of its own from `sample(rng)`.

    Source: Bergstra and Bengio 2012, who found it ahead of a grid wherever only some of the settings matter.
    """
    return _best(evaluate, (sample(rng) for _ in range(trials)))


def successive_halving(
    evaluate: Callable[[Settings, float], float], configs: Sequence[Settings], budget: float, eta: int = 2
) -> Settings:
    """The config that is left when each round keeps the best max(1, n // eta) of n and multiplies the budget by eta.

    evaluate(config, budget) gives a score. Every round costs about the same: fewer candidates, trained for longer.
    Source: Jamieson and Talwalkar 2016. Raises ValueError without configs or with an eta below 2.
    """
    if not configs or eta < 2:
        raise ValueError(f"Halving needs a config and an eta of at least 2, not {len(configs)} configs and eta {eta}.")
    configs = list(configs)
    while len(configs) > 1:
        scores = [evaluate(config, budget) for config in configs]
        configs = [configs[i] for i in survivors(scores, eta)]
        budget *= eta
    return configs[0]


def survivors(scores: Sequence[float], eta: int) -> list[int]:
    """Which max(1, n // eta) of n candidates go on: their places, the best first."""
    return ranking(scores)[: max(1, len(scores) // eta)]


def ranking(scores: Sequence[float]) -> list[int]:
    """The places of the scores, the best first; equal ones stay in order, and nan comes last."""
    return sorted(range(len(scores)), key=lambda i: -_worth(scores[i]))


def seed_spread(
    evaluate: Callable[[Settings, int], float], config: Settings, seeds: Iterable[int]
) -> tuple[float, float]:
    """(mean, standard deviation) of evaluate(config, seed) over the seeds: how much of a score is luck.

    The deviation divides by n - 1, so it is about what the next seed would show. Raises ValueError below two seeds.
    """
    scores = [evaluate(config, seed) for seed in seeds]
    if len(scores) < 2:
        raise ValueError(f"A spread needs at least two seeds, not {len(scores)}.")
    return float(np.mean(scores)), float(np.std(scores, ddof=1))


def _best(evaluate: Callable[[Settings], float], configs: Iterable[Settings]) -> tuple[Settings, float]:
    scored = [(config, evaluate(dict(config))) for config in configs]
    if not scored:
        raise ValueError("There is nothing to try: a search needs at least one combination, or one trial.")
    return max(scored, key=lambda pair: _worth(pair[1]))


def _worth(score: float) -> float:
    return -math.inf if math.isnan(score) else score
