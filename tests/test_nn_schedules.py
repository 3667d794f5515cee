"""The learning rate over time."""

import math
from functools import partial

import numpy as np
import pytest

from course_lib.nn.schedules import (
    constant,
    cosine_decay,
    exponential_decay,
    learning_rate_range_test,
    step_decay,
    warm_up,
)


def test_step_decay_by_hand() -> None:
    assert [step_decay(0.8, step, every=2) for step in range(6)] == [0.8, 0.8, 0.4, 0.4, 0.2, 0.2]
    assert step_decay(1.0, 5000, every=5000, factor=0.1) == 0.1


def test_exponential_decay_by_hand() -> None:
    assert [exponential_decay(8.0, step, rate=0.5) for step in range(4)] == [8, 4, 2, 1]


def test_cosine_decay_by_hand() -> None:
    assert cosine_decay(0.1, 0, total=100) == 0.1
    assert cosine_decay(0.1, 50, total=100) == pytest.approx(0.05)
    assert cosine_decay(0.1, 25, total=100) == pytest.approx(0.05 * (1 + math.sqrt(0.5)))
    assert cosine_decay(0.1, 100, total=100) == 0


def test_they_return_python_numbers_which_do_not_turn_float32_into_float64() -> None:
    lr = np.float64(0.1)
    for value in (
        constant(lr, 3),
        step_decay(lr, 3, 2),
        exponential_decay(lr, 3, np.float64(0.9)),
        cosine_decay(lr, 3, 9),
    ):
        assert type(value) is float


def test_warm_up_rises_to_the_schedule_and_then_follows_it() -> None:
    schedule = warm_up(partial(constant, 0.4), steps=4)
    assert [schedule(step) for step in range(6)] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.4, 0.4])
    decay = partial(cosine_decay, 0.1, total=100)
    assert warm_up(decay, steps=10)(50) == decay(50)
    assert warm_up(decay, steps=0) is decay


def test_range_test_finds_the_steepest_fall_per_decade() -> None:
    losses = {1e-4: 2.3, 1e-3: 2.2, 1e-2: 1.0, 1e-1: 0.9, 1.0: 5.0}
    assert learning_rate_range_test(losses.__getitem__, list(losses)) == 1e-3
    # From .01 to .02 the loss falls by less, but in less than a third of a decade.
    assert learning_rate_range_test({0.001: 2.0, 0.01: 1.5, 0.02: 1.2}.__getitem__, [0.001, 0.01, 0.02]) == 0.01


def test_range_test_ignores_what_comes_after_the_first_loss_that_is_not_finite() -> None:
    losses = {0.001: 2.3, 0.01: 2.0, 0.1: math.inf, 1.0: 0.0, 10.0: -100.0}
    assert learning_rate_range_test(losses.__getitem__, list(losses)) == 0.001
    asked = []
    learning_rate_range_test(lambda lr: asked.append(lr) or losses[lr], list(losses))  # type: ignore[func-returns-value]
    assert asked == [0.001, 0.01, 0.1]
    with pytest.raises(ValueError, match="at least two"):
        learning_rate_range_test(lambda lr: math.nan, [0.1, 1.0])
