"""The first weights: their spread, and what it is good for."""

import numpy as np
import pytest

from course_lib.nn.initializers import he_init, small_init, xavier_init

RNG = np.random.default_rng


@pytest.mark.parametrize(
    ("init", "std"), [(he_init, (2 / 400) ** 0.5), (xavier_init, (2 / 700) ** 0.5), (small_init, 0.01)]
)
def test_shape_mean_and_spread(init: object, std: float) -> None:
    W = init(400, 300, RNG(0))  # type: ignore[operator]
    assert W.shape == (400, 300)
    assert W.mean() == pytest.approx(0, abs=std / 50)
    assert W.std() == pytest.approx(std, rel=0.01)
    assert np.mean(np.abs(W) < std) == pytest.approx(0.683, abs=0.01)  # normal, not uniform


def test_the_callers_generator_decides() -> None:
    np.testing.assert_array_equal(he_init(3, 2, RNG(1)), he_init(3, 2, RNG(1)))
    assert not np.array_equal(he_init(3, 2, RNG(1)), he_init(3, 2, RNG(2)))


def test_he_keeps_a_signal_alive_through_twenty_relu_layers_and_small_weights_do_not() -> None:
    rng = RNG(3)
    he = small = rng.normal(size=(100, 200))
    for _ in range(20):
        he, small = np.maximum(he @ he_init(200, 200, rng), 0), np.maximum(small @ small_init(200, 200, rng), 0)
    assert 0.1 < he.std() < 10
    assert small.std() < 1e-10
