"""The trials of the tuning desk: a training tells how far it is, and the mission tells luck from skill."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest

from course_lib import nn
from course_lib.explorers.tuning_space import STANDARD, START
from course_lib.explorers.tuning_trials import (
    BUDGET,
    EPOCHS,
    SCORE,
    GoodOrLucky,
    View,
    cells,
    standard_accuracy,
    training,
)
from course_lib.tuning import Trial

GOOD = {"lr": 0.1, "hidden": 32, "lam": 0.0, "batch": 16, "momentum": 0.5}


@pytest.fixture(scope="module")
def parts() -> Any:
    """Two classes that a line divides, with a little noise."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((300, 4)).astype(np.float32)
    y = (X[:, 0] + X[:, 1] + 0.3 * rng.standard_normal(300) > 0).astype(np.int64)
    return X[:200], y[:200], X[200:], y[200:]


# ---- a training ----------------------------------------------------------------------------------


def test_a_training_tells_its_accuracy_after_each_epoch(parts: Any) -> None:
    told = list(training(parts, GOOD, 3))
    assert [len(now.accuracies) for now in told] == list(range(1, EPOCHS + 1))
    assert told[-1].accuracies[:5] == told[4].accuracies
    rng = np.random.default_rng(3)
    network = nn.mlp([4, 32, 2], rng=rng)
    nn.fit(network, *parts[:2], epochs=EPOCHS, lr=0.1, batch_size=16, optimizer=nn.SGD(momentum=0.5), rng=rng)
    assert told[-1].accuracies[-1] == nn.evaluate(network, *parts[2:])[1] > 0.8
    trial = told[-1].trial
    assert (trial.config, trial.seed, trial.status) == (GOOD, 3, "done")
    assert trial.scores == {SCORE: told[-1].accuracies[-1]} and trial.seconds > 0


def test_a_seed_gives_the_same_again_and_another_one_does_not(parts: Any) -> None:
    one, again, other = (list(training(parts, GOOD, seed))[-1].accuracies for seed in (0, 0, 1))
    assert one == again != other


def test_a_training_that_diverges_is_a_trial_with_its_reason(parts: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        told = list(training(parts, {**GOOD, "lr": 1e30}, 0))
    assert "diverged" in told[-1].reason and told[-1].told == "diverged in epoch 1"
    assert told[-1].trial.status == "failed" and told[-1].trial.scores == {}


def test_the_standard_is_a_mean_of_seeds(parts: Any) -> None:
    reached = [list(training(parts, STANDARD, seed))[-1].accuracies[-1] for seed in range(3)]
    assert standard_accuracy(parts) == pytest.approx(sum(reached) / 3)
    goal = GoodOrLucky(standard_accuracy(parts), 100).goal
    assert goal == pytest.approx(round(100 * goal) / 100)
    assert 0.005 <= goal - standard_accuracy(parts) < 0.015


# ---- the mission ---------------------------------------------------------------------------------


def trial(accuracy: float, seed: int = 0, **settings: float) -> Trial:
    scores = {SCORE: accuracy} if math.isfinite(accuracy) else {}
    return Trial({**GOOD, **settings}, seed, scores, reason="" if scores else "Training diverged at step 3.")


def seen(*trials: Trial) -> Any:
    return GoodOrLucky(0.965, 360).see(View(START, 0, "hidden", trials, images=360))


def test_the_first_half_asks_for_the_goal() -> None:
    assert "reach 96.5% on the validation part. Reach 97.2% or more" in seen().text and "on purpose" in seen().remark
    assert seen(trial(0.9), trial(0.95)).text == seen().text
    assert "Nearly: 96.5%. One image of the validation part is 0.3%" in seen(trial(0.9), trial(0.965)).remark
    assert seen(trial(0.969), trial(0.5, lr=3.0)).remark == ""


def test_what_diverged_is_explained_with_its_own_numbers() -> None:
    line = seen(trial(math.nan, lr=1.0, momentum=0.9))
    assert "Training 1 diverged" in line.remark and "here 10." in line.remark


def test_guessing_is_called_so() -> None:
    assert "Training 2 is no better than guessing" in seen(trial(0.9), trial(0.1, lr=0.0003)).remark


def test_what_was_stopped_did_not_diverge() -> None:
    line = seen(Trial(GOOD, 0, reason="stopped after 3 epochs"))
    assert line.remark == "Training 1 was stopped, and counts."


def test_the_second_half_asks_for_fresh_seeds_of_the_same_settings() -> None:
    chosen = trial(0.98)
    assert "second half" in seen(trial(0.9, lr=0.01), chosen).text
    assert seen(chosen, trial(0.99, lr=0.2)).remark == ""  # another config is no fresh seed
    line = seen(chosen, trial(0.96, seed=1))
    assert "second half" in line.text and "Chosen for 98.0%; with another seed 96.0%" in line.remark
    assert not line.done


def test_the_mean_is_of_the_fresh_seeds_alone() -> None:
    line = seen(trial(0.93, seed=5), trial(0.98), trial(0.96, seed=1), trial(0.95, lr=1.0), trial(0.97, seed=2))
    assert line.done and "said 98.0%, and 2 fresh seeds say 96.5% on average" in line.text
    assert "lucky too. The mean" in line.text
    lucky = seen(trial(0.975), trial(0.98, seed=1), trial(0.99, seed=2))
    assert lucky.done and "This time it was not luck" in lucky.text


def test_a_fresh_seed_that_diverges_counts_for_nothing() -> None:
    assert not seen(trial(0.98), trial(math.nan, seed=1), trial(0.975, seed=2)).done


def test_an_empty_budget_says_what_to_do() -> None:
    bad = [trial(0.5 + k / 100, lr=0.01 * (k + 1)) for k in range(BUDGET)]
    assert "The budget is spent. The best was 69.0%." in seen(*bad).remark
    late = seen(*bad[:-1], trial(350 / 360))
    assert "second half" in late.text and "The budget is spent" in late.remark
    failed = [trial(math.nan, lr=float(k)) for k in range(1, BUDGET + 1)]
    assert "The budget is spent. Look" in seen(*failed).remark


# ---- the table -----------------------------------------------------------------------------------


def test_a_cell_has_the_best_of_its_trials() -> None:
    found = cells([trial(0.9), trial(0.95, seed=1), trial(math.nan, seed=2), trial(0.8, hidden=64)], "hidden")
    assert found == {(5, 3): 0.95, (5, 4): 0.8}
    assert math.isnan(cells([trial(math.nan)], "hidden")[5, 3])
    assert cells([trial(0.9, momentum=0.99)], "momentum") == {(5, 7): 0.9}
    assert cells([], "lam") == {}
