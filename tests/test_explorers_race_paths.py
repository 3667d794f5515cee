"""Paths of optimisers: they are what the formulas say; what a turn and a steepness change; the learner's code."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.explorers.race_paths import GONE, RATIO, START, Steps, Valley, race
from course_lib.explorers.shell import LearnerError
from course_lib.nn.optimizers import adam_step, momentum_step, rmsprop_step, sgd_step

STEPS = Steps(sgd_step, momentum_step, rmsprop_step, adam_step)


def test_the_losses_are_shares_of_the_first_along_and_across() -> None:
    path = np.array([[1.0, 0.0], [0.5, 0.0], [0.0, 1.0]])
    assert np.allclose(Valley().losses(path), [1, 0.25, RATIO])
    assert np.allclose(Valley(steepness=7).losses(path), [1, 0.25, RATIO])
    assert np.allclose(Valley(turn=90).losses(path), [1, 0.25, 1 / RATIO])  # weight 1 now goes across


def test_sgd_shrinks_each_direction_by_its_own_factor() -> None:
    path = race(Valley(), STEPS, 0.03, 20)["SGD"]
    t = np.arange(21)[:, None]
    assert np.allclose(path, (1 - 0.03 * np.array([1, RATIO])) ** t * START)


def test_the_first_steps_by_hand() -> None:
    paths = race(Valley(), STEPS, 0.01, 1)
    downhill = -np.sign(START)
    assert np.allclose(paths["momentum"][1], START - 0.01 * np.array([1, RATIO]) * START)
    assert np.allclose(paths["Adam"][1], START + 0.01 * downhill)
    assert np.allclose(paths["RMSprop"][1], START + 0.01 / np.sqrt(0.1) * downhill)


@pytest.mark.parametrize("name", ["SGD", "momentum"])
def test_plain_runners_turn_with_the_valley(name: str) -> None:
    straight, turned = (race(Valley(turn), STEPS, 0.03, 50)[name] for turn in (0, 45))
    assert np.allclose(straight @ Valley(45).directions.T, turned)


@pytest.mark.parametrize("name", ["RMSprop", "Adam"])
def test_adaptive_runners_do_not_see_the_steepness_but_the_turn(name: str) -> None:
    gentle, steep, turned = (race(valley, STEPS, 0.03, 50)[name] for valley in (Valley(), Valley(0, 1e3), Valley(45)))
    assert np.allclose(gentle, steep, atol=1e-5)
    assert not np.allclose(gentle @ Valley(45).directions.T, turned, atol=0.1)


def test_who_has_left_is_not_followed() -> None:
    path = race(Valley(steepness=100), STEPS, 0.03, 50)["SGD"]
    seen = np.isfinite(path).all(axis=1)
    assert np.abs(path[seen]).max() > GONE and not seen[-1]
    assert np.isnan(Valley(steepness=100).losses(path)[-1])


def test_each_runner_has_a_memory_of_its_own_in_every_race() -> None:
    first, second = (race(Valley(), STEPS, 0.03, 5) for _ in range(2))
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_a_step_that_breaks_its_parameters_is_told() -> None:
    def lost(params, grads, lr):  # type: ignore[no-untyped-def]
        params.pop("W1")

    with pytest.raises(LearnerError, match=r'leave params\["W1"\] with the shape \(1, 2\), but now it is gone'):
        race(Valley(), Steps(lost, momentum_step, rmsprop_step, adam_step), 0.03, 5)
