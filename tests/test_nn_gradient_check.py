"""The checker itself: right gradients pass at 1e-7, a gradient that is 0.05% off must not."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.nn import functional
from course_lib.nn.gradient_check import directional_check, gradient_check, numerical_gradient, relative_error

RNG = np.random.default_rng


def cubic(x: np.ndarray) -> float:
    """sum of i x_i^3, with its gradient known by hand."""
    return float((np.arange(1, x.size + 1).reshape(x.shape) * x**3).sum())


def cubic_gradient(x: np.ndarray) -> np.ndarray:
    return 3 * np.arange(1, x.size + 1).reshape(x.shape) * x**2


@pytest.mark.parametrize("shape", [(), (1,), (5,), (2, 3), (2, 1, 3)])
def test_numerical_gradient_of_a_known_function(shape: tuple[int, ...]) -> None:
    x = RNG(0).uniform(1, 2, shape)
    gradient = numerical_gradient(cubic, x)
    assert gradient.shape == shape
    np.testing.assert_allclose(gradient, cubic_gradient(x), rtol=1e-8)


def test_numerical_gradient_is_central() -> None:
    assert numerical_gradient(lambda x: float(x[0] ** 2), [3.0], h=0.5)[0] == 6  # a one-sided difference gives 6.5
    assert numerical_gradient(lambda x: float(x[0] ** 3), [1.0], h=0.1)[0] == pytest.approx(3.01)  # 3 + h^2


def test_numerical_gradient_leaves_x_alone_even_if_f_fails_or_writes() -> None:
    x = np.array([1.0, 2.0])

    def fails(moved: np.ndarray) -> float:
        moved[:] = 7
        raise RuntimeError("f")

    with pytest.raises(RuntimeError, match="f"):
        numerical_gradient(fails, x)
    np.testing.assert_array_equal(x, [1, 2])


def test_a_float32_x_is_moved_in_float64() -> None:
    x = np.array([1.0, 2.0], np.float32)
    gradient = numerical_gradient(cubic, x)
    assert gradient.dtype == np.float32
    np.testing.assert_allclose(gradient, [3, 24], rtol=1e-6)  # a float32 step of 1e-5 would be wrong by percents


def test_relative_error_by_hand() -> None:
    assert relative_error([1.0, 2.0], [1.0, 2.0]) == 0
    assert relative_error([1.0, 4.0], [1.0, 3.0]) == 0.25
    assert relative_error([1.0], [-1.0]) == 2
    assert relative_error([0.0], [0.0]) == 0
    assert relative_error([0.0], [1e-9]) == pytest.approx(0.1)  # the floor of 1e-8
    assert np.isnan(relative_error([np.nan, 1.0], [1.0, 1.0]))
    assert np.isnan(relative_error([np.inf], [np.inf]))


def test_relative_error_does_not_broadcast() -> None:
    with pytest.raises(ValueError, match=r"\(3,\) and \(3, 1\)"):
        relative_error(np.ones(3), np.ones((3, 1)))


def mlp_case(seed: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], Callable[..., float]]:
    """Parameters, their gradients, and the loss, with no ReLU near its kink."""
    rng = RNG(seed)
    while True:
        shapes = {"W1": (4, 5), "b1": (5,), "W2": (5, 3), "b2": (3,)}
        params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
        X, y = rng.normal(size=(6, 4)), rng.integers(0, 3, 6)
        logits, cache = functional.mlp_forward(X, params)
        if np.abs(cache["Z1"]).min() > 1e-3:
            break
    grads = functional.mlp_backward(functional.softmax_cross_entropy_backward(logits, y), params, cache)
    return params, grads, lambda p: functional.cross_entropy(functional.mlp_forward(X, p)[0], y)


@given(st.integers(0, 10**6))
def test_the_right_gradient_of_a_known_function_passes_at_1e_7(seed: int) -> None:
    rng = RNG(seed)
    params = {"W": rng.uniform(1, 2, (3, 2)), "b": rng.uniform(1, 2, 2)}
    grads = {name: cubic_gradient(p) for name, p in params.items()}
    assert max(gradient_check(lambda p: cubic(p["W"]) + cubic(p["b"]), params, grads).values()) < 1e-7


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_the_right_gradient_of_a_network_passes(seed: int) -> None:
    params, grads, loss = mlp_case(seed)
    for name, p in params.items():
        numerical = numerical_gradient(lambda x, name=name: loss({**params, name: x}), p)
        assert np.abs(grads[name] - numerical).max() < 1e-7 * np.abs(numerical).max(), name


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.sampled_from(["W1", "b1", "W2", "b2"]), st.sampled_from([1.0005, 0.9995]))
def test_a_gradient_that_is_off_by_a_two_thousandth_fails(seed: int, name: str, factor: float) -> None:
    params, grads, loss = mlp_case(seed)
    grads[name] = grads[name] * factor
    assert gradient_check(loss, params, grads)[name] > 4e-4


def test_one_wrong_element_is_enough_to_fail() -> None:
    params, grads, loss = mlp_case(3)
    worst = np.unravel_index(np.abs(grads["W1"]).argmax(), grads["W1"].shape)
    grads["W1"][worst] *= 1.0005
    errors = gradient_check(loss, params, grads)
    assert errors["W1"] > 4e-4 and max(errors["b1"], errors["W2"], errors["b2"]) < 1e-6


def test_a_missing_gradient_is_an_error_and_not_a_pass() -> None:
    params, grads, loss = mlp_case(4)
    del grads["b2"]
    with pytest.raises(KeyError, match="b2"):
        gradient_check(loss, params, grads)


def test_directional_check_passes_the_right_and_fails_the_wrong() -> None:
    x = RNG(5).uniform(1, 2, (30, 20))
    right = cubic_gradient(x)
    assert directional_check(cubic, x, right, RNG(6)) < 1e-7
    assert directional_check(cubic, x, right * 1.0005, RNG(6)) > 4e-4
    assert directional_check(cubic, x, -right, RNG(6)) == pytest.approx(2)
    assert directional_check(cubic, x, right.T.reshape(x.shape), RNG(6)) > 1e-3
    with pytest.raises(ValueError, match="shape of x"):
        directional_check(cubic, x, right.T, RNG(6))
