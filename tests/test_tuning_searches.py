"""The searches of notebook 6, on functions whose answer is known."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from course_lib.tuning.searches import (
    grid_search,
    random_search,
    sample_log_uniform,
    seed_spread,
    successive_halving,
)

Settings = dict[str, Any]


class Recorder:
    """Remembers what it was asked."""

    def __init__(self, score: Callable[..., float]) -> None:
        self.score, self.asked = score, []  # type: tuple[Callable[..., float], list[Any]]

    def __call__(self, *question: Any) -> float:
        self.asked.append(question)
        return self.score(*question)


# ---- log-uniform ----


def test_log_uniform_stays_in_its_range_and_favours_no_power_of_ten() -> None:
    rng = np.random.default_rng(0)
    samples = np.array([sample_log_uniform(1e-4, 1.0, rng) for _ in range(8000)])
    assert samples.min() >= 1e-4 and samples.max() <= 1
    counts, _ = np.histogram(samples, bins=[1e-4, 1e-3, 1e-2, 1e-1, 1])
    assert (abs(counts - 2000) < 200).all(), counts
    assert type(sample_log_uniform(1, 10, rng)) is float


def test_log_uniform_of_a_single_number_and_of_what_is_no_range() -> None:
    rng = np.random.default_rng(0)
    assert sample_log_uniform(0.1, 0.1, rng) == 0.1
    for low, high in [(0, 1), (-1, 1), (2, 1), (math.nan, 1)]:
        with pytest.raises(ValueError, match="above 0 to a larger one"):
            sample_log_uniform(low, high, rng)


# ---- grid ----


def test_a_grid_tries_every_combination_once_and_finds_the_best() -> None:
    evaluate = Recorder(lambda c: -((c["lr"] - 0.1) ** 2) - abs(c["hidden"] - 32))
    best, score = grid_search(evaluate, {"lr": [1.0, 0.1, 0.01], "hidden": [16, 32]})
    assert best == {"lr": 0.1, "hidden": 32} and score == 0
    asked = [(c["lr"], c["hidden"]) for (c,) in evaluate.asked]
    assert asked == list(itertools.product([1.0, 0.1, 0.01], [16, 32]))


def test_a_tie_keeps_the_first_and_nan_never_wins() -> None:
    assert grid_search(lambda c: 1.0, {"a": [3, 2, 1], "b": [5, 6]}) == ({"a": 3, "b": 5}, 1.0)
    scores = {1: math.nan, 2: 0.5, 3: math.nan, 4: 0.4}
    assert grid_search(lambda c: scores[c["a"]], {"a": [1, 2, 3, 4]}) == ({"a": 2}, 0.5)
    best, score = grid_search(lambda c: math.nan, {"a": [7, 8]})
    assert best == {"a": 7} and math.isnan(score)


def test_the_best_of_a_grid_is_not_changed_by_the_trials_after_it() -> None:
    def evaluate(config: Settings) -> float:
        score: float = config["a"]
        config["a"] = None  # what a careless evaluate does with what it was given
        return score

    assert grid_search(evaluate, {"a": [1, 3, 2]}) == ({"a": 3}, 3)


def test_a_search_without_candidates_says_so() -> None:
    with pytest.raises(ValueError, match="nothing to try"):
        grid_search(lambda c: 0.0, {"lr": []})
    with pytest.raises(ValueError, match="nothing to try"):
        random_search(lambda c: 0.0, lambda rng: {}, 0, np.random.default_rng(0))


# ---- random ----


def test_a_random_search_draws_a_fresh_config_for_each_trial_and_keeps_the_best() -> None:
    evaluate = Recorder(lambda c: -abs(c["x"] - 0.5))
    best, score = random_search(evaluate, lambda rng: {"x": rng.random()}, 50, np.random.default_rng(1))
    tried = [c["x"] for (c,) in evaluate.asked]
    assert len(set(tried)) == 50
    assert best["x"] == min(tried, key=lambda x: abs(x - 0.5)) and score == -abs(best["x"] - 0.5)
    again = random_search(lambda c: -abs(c["x"] - 0.5), lambda rng: {"x": rng.random()}, 50, np.random.default_rng(1))
    assert again == (best, score)


# ---- successive halving ----


@pytest.mark.parametrize(
    ("count", "eta", "rounds"),
    [
        (8, 2, [(8, 1), (4, 2), (2, 4)]),
        (9, 3, [(9, 1), (3, 3)]),
        (7, 2, [(7, 1), (3, 2)]),
        (2, 3, [(2, 1)]),
        (1, 2, []),
    ],
)
def test_halving_keeps_a_fraction_and_multiplies_the_budget(
    count: int, eta: int, rounds: list[tuple[int, int]]
) -> None:
    evaluate = Recorder(lambda c, budget: c["x"])
    configs = [{"x": x} for x in range(count)]
    assert successive_halving(evaluate, configs, 1, eta) == {"x": count - 1}
    asked = [(len(list(group)), budget) for budget, group in itertools.groupby(evaluate.asked, lambda q: q[1])]
    assert asked == rounds
    assert configs == [{"x": x} for x in range(count)]


def test_halving_judges_each_round_by_its_own_scores() -> None:
    # The slow starter is third at budget 1 and the best from budget 2 on.
    curves = {"quick": {1: 0.9, 2: 0.9}, "fair": {1: 0.5, 2: 0.6}, "slow": {1: 0.6, 2: 0.95}, "bad": {1: 0.1, 2: 0.2}}
    configs = [{"name": name} for name in curves]
    assert successive_halving(lambda c, budget: curves[c["name"]][int(budget)], configs, 1) == {"name": "slow"}
    # At a tie the earlier one goes on; nan does not.
    scores = [math.nan, 0.5, 0.5, 0.5]
    assert successive_halving(lambda c, budget: scores[c["i"]], [{"i": i} for i in range(4)], 1) == {"i": 1}


def test_halving_without_configs_or_with_an_eta_that_keeps_all() -> None:
    with pytest.raises(ValueError, match="needs a config"):
        successive_halving(lambda c, budget: 0.0, [], 1)
    with pytest.raises(ValueError, match="eta of at least 2"):
        successive_halving(lambda c, budget: 0.0, [{}, {}], 1, eta=1)


# ---- spread ----


def test_the_spread_is_that_of_a_sample() -> None:
    evaluate = Recorder(lambda config, seed: [0.90, 0.92, 0.97][seed])
    mean, deviation = seed_spread(evaluate, {"lr": 0.1}, range(3))
    assert mean == pytest.approx(0.93)
    assert deviation == pytest.approx(math.sqrt((0.03**2 + 0.01**2 + 0.04**2) / 2))
    assert evaluate.asked == [({"lr": 0.1}, 0), ({"lr": 0.1}, 1), ({"lr": 0.1}, 2)]
    with pytest.raises(ValueError, match="at least two seeds, not 1"):
        seed_spread(evaluate, {}, [0])
