"""The decision boundary: straight without the ReLU, whatever the number of units; bent with it."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import explorers
from course_lib.explorers.decision_boundary import (
    EPOCHS,
    EXTENT,
    GOAL,
    UNITS,
    DecisionBoundary,
    FewestUnits,
    Regions,
    crescents,
    linear_network,
    snapshots,
)
from course_lib.nn.functional import linear_forward

LAST = EPOCHS[-1]


@pytest.fixture(scope="module")
def explorer() -> DecisionBoundary:
    return explorers.boundary()


def test_crescents_are_half_circles_that_interlock() -> None:
    X, y = crescents(100, 0.0, rng=np.random.default_rng(0))
    assert np.bincount(y).tolist() == [50, 50]
    assert np.allclose(np.hypot(*(X[y == 0] - [-0.5, -0.25]).T), 1)
    assert np.allclose(X[y == 1], -X[y == 0])
    noisy, _ = crescents(10_000, 0.15, rng=np.random.default_rng(0))
    assert (noisy - crescents(10_000, 0.0, rng=np.random.default_rng(0))[0]).std() == pytest.approx(0.15, rel=0.02)
    assert np.abs(noisy[:200]).max() < max(EXTENT)


def test_snapshots_keep_every_stage_and_the_last_one_fits_best() -> None:
    X, y = crescents(100, 0.1, rng=np.random.default_rng(1))
    kept = snapshots(X, y, 2, relu=False, seed=0)
    assert tuple(kept) == EPOCHS
    losses = [_loss(linear_network(X, params, linear_forward), y) for params in kept.values()]
    assert losses[-1] < losses[0] and not np.array_equal(kept[0]["W1"], kept[LAST]["W1"])


def _loss(logits: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean(np.logaddexp(0, (1 - 2 * y) * (logits[:, 1] - logits[:, 0]))))


@pytest.mark.parametrize("units", UNITS)
def test_without_relu_the_boundary_is_straight_and_not_enough(explorer: DecisionBoundary, units: int) -> None:
    regions = explorer.look(relu=False, units=units, epochs=LAST)
    gap = np.log(regions.p / (1 - regions.p))  # the difference of the two logits
    for axis in (0, 1):
        assert np.abs(np.diff(gap, 2, axis=axis)).max() < 1e-6 * np.abs(gap).max()
    assert 0.8 < regions.accuracy < GOAL


def test_with_relu_it_bends_and_a_few_units_are_enough(explorer: DecisionBoundary) -> None:
    accuracies = {units: explorer.look(relu=True, units=units, epochs=LAST).accuracy for units in UNITS}
    enough = [units for units, accuracy in accuracies.items() if accuracy > GOAL]
    assert 1 < min(enough) <= 6 and UNITS[-1] in enough
    assert explorer.mission.fewest == min(enough)


def numbers(units: int, accuracy: float, *, relu: bool, epochs: int = LAST) -> Regions:
    return Regions(units, epochs, relu, np.zeros((2, 2)), accuracy)


def test_after_four_honest_tries_the_mission_says_why_it_cannot_be_done() -> None:
    mission = FewestUnits(fewest=3)
    for units in (1, 2, 2, 8):
        assert mission.see(numbers(units, 0.88, relu=False)).text == FewestUnits.line.text
    stopped = mission.see(numbers(16, 0.5, relu=False, epochs=4))
    assert stopped.text == FewestUnits.line.text and "after 4 epochs" in stopped.remark
    why = mission.see(numbers(16, 0.885, relu=False))
    assert "your 4 networks reached 88.5% at most" in why.text and "W1 W2" in why.text and not why.done


def test_then_the_fewest_units_with_relu_end_it() -> None:
    mission = FewestUnits(fewest=3)
    assert "First try without it" in mission.see(numbers(3, 0.99, relu=True)).remark
    for units in (1, 2, 4, 8):
        mission.see(numbers(units, 0.88, relu=False))
    assert "Fewer are enough" in mission.see(numbers(8, 1.0, relu=True)).remark
    assert "It takes more" in mission.see(numbers(2, 0.89, relu=True)).remark
    assert "after 8 epochs" in mission.see(numbers(3, 0.96, relu=True, epochs=8)).remark
    done = mission.see(numbers(3, 0.99, relu=True))
    assert done.done and "3 hidden units" in done.text and "one straight line" in done.text


def test_the_controls_reach_the_goal(explorer: DecisionBoundary) -> None:
    for units in UNITS[:4]:
        explorer.controls["units"].value = units
    assert "cannot be done" in explorer.mission_line.value
    explorer.controls["relu"].value = True
    for units in UNITS:
        explorer.controls["units"].value = units
    assert "Done" in explorer.mission_line.value


def test_the_learners_functions_are_the_ones_that_run() -> None:
    def undecided(X: np.ndarray, params: dict[str, np.ndarray]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        return np.zeros((len(X), 2)), {}

    explorer = explorers.boundary(mlp_forward=undecided, linear_forward=lambda X, W, b: X @ W + b + np.nan)
    assert "returned nan" in explorer.remark.value
    explorer.controls["relu"].value = True
    assert "50.0% of the points" in explorer.picture.tooltip
