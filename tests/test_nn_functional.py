"""The formulas: known values, laws they must obey, both precisions, extreme inputs, and inputs left alone."""

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from course_lib.nn import functional
from course_lib.nn.gradient_check import numerical_gradient

RNG = np.random.default_rng


def assert_gradient(gradient: np.ndarray, numerical: np.ndarray) -> None:
    """Equal to 1e-7 of the largest element, or of 1e-3: all carry the same rounding of the loss, about 1e-11."""
    assert gradient.shape == numerical.shape
    assert np.abs(gradient - numerical).max() < 1e-7 * max(np.abs(numerical).max(), 1e-3)


@pytest.fixture(autouse=True)
def no_warnings() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def small_mlp(rng: np.random.Generator, dtype: Any = np.float64) -> dict[str, np.ndarray]:
    return {
        "W1": rng.normal(size=(4, 6)).astype(dtype),
        "b1": rng.normal(size=6).astype(dtype),
        "W2": rng.normal(size=(6, 3)).astype(dtype),
        "b2": rng.normal(size=3).astype(dtype),
    }


# ---- values known by heart or by hand


def test_one_hot() -> None:
    np.testing.assert_array_equal(functional.one_hot([2, 0], 3), [[0, 0, 1], [1, 0, 0]])
    with pytest.raises(ValueError, match="between 0 and 2"):
        functional.one_hot([-1, 0], 3)


def test_linear_forward_by_hand() -> None:
    np.testing.assert_array_equal(
        functional.linear_forward([[1, 2]], [[1, 0, 2], [0, 1, 3]], [10, 20, 30]), [[11, 22, 38]]
    )


def test_relu_and_its_slope_at_zero() -> None:
    np.testing.assert_array_equal(functional.relu([[-1.0, 0.0, 2.0]]), [[0, 0, 2]])
    np.testing.assert_array_equal(functional.relu_backward([[5.0, 5.0, 5.0]], [[-1.0, 0.0, 2.0]]), [[0, 0, 5]])


def test_sigmoid_values() -> None:
    np.testing.assert_allclose(functional.sigmoid([0.0, math.log(3), -math.log(3)]), [0.5, 0.75, 0.25])
    assert functional.sigmoid(np.array([-700.0]))[0] == pytest.approx(math.exp(-700))  # precise far out, too


def test_softmax_values() -> None:
    np.testing.assert_allclose(functional.softmax([[0.0, math.log(2), math.log(7)]]), [[0.1, 0.2, 0.7]])


def test_cross_entropy_of_equal_logits_is_log_of_the_number_of_classes() -> None:
    assert functional.cross_entropy(np.zeros((5, 10)), [0, 1, 2, 3, 9]) == pytest.approx(math.log(10))


def test_cross_entropy_of_a_confident_mistake_is_the_gap() -> None:
    assert functional.cross_entropy([[1000.0, 0.0]], [1]) == pytest.approx(1000)
    assert functional.cross_entropy([[1000.0, 0.0]], [0]) == 0


def test_accuracy_counts_the_first_of_equal_logits() -> None:
    assert functional.accuracy([[1.0, 1.0], [0.0, 2.0], [3.0, 2.0], [0.0, 1.0]], [1, 1, 0, 1]) == 0.75


def test_scalar_backwards() -> None:
    assert functional.add_backward(3.0) == (3.0, 3.0)
    assert functional.multiply_backward(2.0, 5.0, 7.0) == (14.0, 10.0)


def test_l2_penalty_leaves_biases_out() -> None:
    params = {"W1": np.array([[1.0, 2.0]]), "b1": np.array([100.0]), "W2": np.array([[3.0]])}
    assert functional.l2_penalty(params, 0.5) == pytest.approx(0.25 * 14)


# ---- laws


@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(2, 6), st.floats(-100, 100))
def test_softmax_rows_add_up_to_one_and_ignore_a_shift(seed: int, N: int, C: int, shift: float) -> None:
    Z = RNG(seed).normal(scale=10, size=(N, C))
    P = functional.softmax(Z)
    np.testing.assert_allclose(P.sum(axis=1), 1)
    np.testing.assert_allclose(functional.softmax(Z + shift), P, rtol=1e-9)
    assert (P.argmax(axis=1) == Z.argmax(axis=1)).all()


def test_each_row_of_softmax_is_on_its_own() -> None:
    Z = RNG(0).normal(size=(4, 3))
    for n in range(4):
        np.testing.assert_allclose(functional.softmax(Z)[n], functional.softmax(Z[n : n + 1])[0])


def test_sigmoid_is_symmetric() -> None:
    Z = np.linspace(-30, 30, 61)
    np.testing.assert_allclose(functional.sigmoid(Z) + functional.sigmoid(-Z), 1)


def test_cross_entropy_is_the_mean_over_the_batch() -> None:
    rng = RNG(1)
    logits, y = rng.normal(size=(7, 4)), rng.integers(0, 4, 7)
    one_by_one = [functional.cross_entropy(logits[n : n + 1], y[n : n + 1]) for n in range(7)]
    assert functional.cross_entropy(logits, y) == pytest.approx(sum(one_by_one) / 7)


def test_the_gradient_of_the_logits_adds_up_to_zero_in_each_row() -> None:
    rng = RNG(2)
    dlogits = functional.softmax_cross_entropy_backward(rng.normal(size=(5, 4)), rng.integers(0, 4, 5))
    np.testing.assert_allclose(dlogits.sum(axis=1), 0, atol=1e-16)


@given(st.integers(0, 10**6), st.integers(2, 40), st.integers(1, 5))
def test_standardize_gives_the_training_part_mean_0_and_std_1(seed: int, N: int, D: int) -> None:
    rng = RNG(seed)
    X = rng.normal(loc=rng.normal(scale=5, size=D), scale=rng.uniform(0.5, 3, D), size=(N, D))
    Z = functional.standardize(X, X)
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-10)
    np.testing.assert_allclose((Z**2).mean(axis=0), 1)


def test_standardize_measures_the_training_part_alone() -> None:
    np.testing.assert_allclose(functional.standardize([[0.0], [2.0]], [[10.0], [1.0]]), [[9.0], [0.0]])


@pytest.mark.parametrize("value", [0.0, 0.1, 1e-30, 1e6])
def test_standardize_makes_a_constant_feature_0_everywhere(value: float) -> None:
    X_train = np.full((3, 1), value)  # three times 0.1 has a computed std of 1e-17
    np.testing.assert_array_equal(functional.standardize(X_train, np.array([[value], [value + 5]])), [[0], [0]])


def test_l2_gradient_is_the_slope_of_the_penalty() -> None:
    params = small_mlp(RNG(3))
    zeros = {name: np.zeros_like(p) for name, p in params.items()}
    grads = functional.l2_gradient(params, zeros, lam=0.3)
    for name in ("W1", "W2"):
        numerical = numerical_gradient(
            lambda x, name=name: functional.l2_penalty({**params, name: x}, 0.3), params[name]
        )
        assert_gradient(grads[name], numerical)
    assert not grads["b1"].any() and not grads["b2"].any()


def test_dropout_keeps_the_expected_value_and_its_backward_uses_the_same_mask() -> None:
    A = np.ones((400, 500))
    out, mask = functional.dropout_forward(A, 0.8, RNG(4))
    assert set(np.unique(out)) == {0.0, 1.25}
    assert out.mean() == pytest.approx(1, abs=0.005)
    np.testing.assert_array_equal(functional.dropout_backward(A, mask, 0.8), out)


def test_dropout_with_keep_1_changes_nothing_and_0_is_refused() -> None:
    A = RNG(5).normal(size=(3, 4))
    np.testing.assert_array_equal(functional.dropout_forward(A, 1.0, RNG(0))[0], A)
    with pytest.raises(ValueError, match="keep"):
        functional.dropout_forward(A, 0.0, RNG(0))


def test_batchnorm_output_has_mean_beta_and_spread_gamma() -> None:
    X = RNG(6).normal(loc=3, scale=5, size=(1000, 2))
    out, cache = functional.batchnorm_forward(X, [2.0, 0.5], [-1.0, 4.0])
    np.testing.assert_allclose(out.mean(axis=0), [-1, 4])
    np.testing.assert_allclose(out.std(axis=0), [2, 0.5], rtol=1e-4)
    assert set(cache) == {"X_hat", "std", "gamma"}


# ---- backward against differences of forward, in shapes that tell the axes apart


@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 5), st.integers(1, 4))
def test_linear_backward(seed: int, N: int, D: int, H: int) -> None:
    rng = RNG(seed)
    X, W, b, dZ = rng.normal(size=(N, D)), rng.normal(size=(D, H)), rng.normal(size=H), rng.normal(size=(N, H))
    dX, dW, db = functional.linear_backward(dZ, X, W)
    assert_gradient(dX, numerical_gradient(lambda x: float((functional.linear_forward(x, W, b) * dZ).sum()), X))
    assert_gradient(dW, numerical_gradient(lambda w: float((functional.linear_forward(X, w, b) * dZ).sum()), W))
    assert_gradient(db, numerical_gradient(lambda v: float((functional.linear_forward(X, W, v) * dZ).sum()), b))


def test_sigmoid_backward() -> None:
    rng = RNG(7)
    Z, dA = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    numerical = numerical_gradient(lambda z: float((functional.sigmoid(z) * dA).sum()), Z)
    assert_gradient(functional.sigmoid_backward(dA, functional.sigmoid(Z)), numerical)


@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(2, 5))
def test_softmax_cross_entropy_backward(seed: int, N: int, C: int) -> None:
    rng = RNG(seed)
    logits, y = rng.normal(size=(N, C)), rng.integers(0, C, N)
    numerical = numerical_gradient(lambda z: functional.cross_entropy(z, y), logits)
    assert_gradient(functional.softmax_cross_entropy_backward(logits, y), numerical)


@pytest.mark.parametrize("N", [1, 5, 8])
def test_mlp_backward(N: int) -> None:
    rng = RNG(8)
    params, X, y = small_mlp(rng), rng.normal(size=(N, 4)), rng.integers(0, 3, N)
    logits, cache = functional.mlp_forward(X, params)
    assert np.abs(cache["Z1"]).min() > 1e-3  # no ReLU so near its kink that a difference would cross it
    grads = functional.mlp_backward(functional.softmax_cross_entropy_backward(logits, y), params, cache)
    for name, p in params.items():
        numerical = numerical_gradient(
            lambda x, name=name: functional.cross_entropy(functional.mlp_forward(X, {**params, name: x})[0], y), p
        )
        assert_gradient(grads[name], numerical)


@given(st.integers(0, 10**6), st.integers(3, 8), st.integers(1, 4))
def test_batchnorm_backward(seed: int, N: int, D: int) -> None:
    rng = RNG(seed)
    X, gamma, beta, dout = rng.normal(size=(N, D)), rng.normal(size=D), rng.normal(size=D), rng.normal(size=(N, D))
    assume(X.std(axis=0).min() > 0.5)  # almost equal examples bend the loss so much that a difference is no measure
    dX, dgamma, dbeta = functional.batchnorm_backward(dout, functional.batchnorm_forward(X, gamma, beta)[1])

    def loss(X: np.ndarray, gamma: np.ndarray, beta: np.ndarray) -> float:
        return float((functional.batchnorm_forward(X, gamma, beta)[0] * dout).sum())

    assert_gradient(dgamma, numerical_gradient(lambda g: loss(X, g, beta), gamma))
    assert_gradient(dbeta, numerical_gradient(lambda b: loss(X, gamma, b), beta))
    assert_gradient(dX, numerical_gradient(lambda x: loss(x, gamma, beta), X))


# ---- every function: dtype, inputs unharmed, lists, extreme numbers, labels of any integer type

CASES: dict[str, Callable[[Any], tuple[Callable[..., Any], tuple[Any, ...]]]] = {
    "standardize": lambda a: (functional.standardize, (a(5, 3), a(4, 3))),
    "linear_forward": lambda a: (functional.linear_forward, (a(5, 3), a(3, 2), a(2))),
    "relu": lambda a: (functional.relu, (a(5, 3),)),
    "sigmoid": lambda a: (functional.sigmoid, (a(5, 3),)),
    "softmax": lambda a: (functional.softmax, (a(5, 3),)),
    "linear_backward": lambda a: (functional.linear_backward, (a(5, 2), a(5, 3), a(3, 2))),
    "relu_backward": lambda a: (functional.relu_backward, (a(5, 3), a(5, 3))),
    "sigmoid_backward": lambda a: (functional.sigmoid_backward, (a(5, 3), a(5, 3))),
    "softmax_cross_entropy_backward": lambda a: (functional.softmax_cross_entropy_backward, (a(5, 3), [0, 1, 2, 0, 1])),
    "l2_gradient": lambda a: (functional.l2_gradient, ({"W1": a(2, 3)}, {"W1": a(2, 3)}, np.float64(0.1))),
    "dropout_backward": lambda a: (functional.dropout_backward, (a(5, 3), np.ones((5, 3), bool), np.float64(0.5))),
    "batchnorm_forward": lambda a: (functional.batchnorm_forward, (a(5, 3), a(3), a(3))),
    "batchnorm_backward": lambda a: (
        functional.batchnorm_backward,
        (a(5, 3), {"X_hat": a(5, 3), "std": a(3), "gamma": a(3)}),
    ),
    "mlp_forward": lambda a: (
        functional.mlp_forward,
        (a(5, 3), {"W1": a(3, 4), "b1": a(4), "W2": a(4, 2), "b2": a(2)}),
    ),
    "mlp_backward": lambda a: (
        functional.mlp_backward,
        (a(5, 2), {"W1": a(3, 4), "W2": a(4, 2)}, {"X": a(5, 3), "Z1": a(5, 4), "A1": a(5, 4)}),
    ),
}


def arrays_in(value: Any) -> list[np.ndarray]:
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, dict):
        return [array for part in value.values() for array in arrays_in(part)]
    return [array for part in value for array in arrays_in(part)] if isinstance(value, tuple) else []


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept_and_inputs_stay_as_they_are(name: str, dtype: Any) -> None:
    rng = RNG(9)
    function, arguments = CASES[name](lambda *shape: rng.normal(size=shape).astype(dtype))
    inputs = arrays_in(arguments)
    before = [array.copy() for array in inputs]
    for array in inputs:
        array.flags.writeable = False  # a write now raises
    results = arrays_in(function(*arguments))
    assert results and all(result.dtype == dtype for result in results)
    for array, copy in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("name", ["standardize", "linear_forward", "relu", "sigmoid", "softmax", "linear_backward"])
def test_lists_are_taken_as_arrays(name: str) -> None:
    rng = RNG(10)
    function, arguments = CASES[name](lambda *shape: rng.normal(size=shape))
    for one, other in zip(
        arrays_in((function(*arguments),)), arrays_in((function(*(a.tolist() for a in arguments)),)), strict=True
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [100.0, 1e4, 1e30])
def test_extreme_logits_give_finite_results(dtype: Any, size: float) -> None:
    logits = np.array([[size, 0, -size], [-size, -size, size], [0, 0, 0]], dtype)
    y = np.array([2, 0, 1])
    assert np.isfinite(functional.softmax(logits)).all()
    assert np.isfinite(functional.sigmoid(logits)).all()
    assert functional.cross_entropy(logits, y) == pytest.approx((2 * size + 2 * size + math.log(3)) / 3, rel=1e-6)
    assert np.isfinite(functional.softmax_cross_entropy_backward(logits, y)).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.int32, np.int64, np.uint64])
def test_labels_of_any_integer_type(dtype: Any) -> None:
    logits, y = RNG(11).normal(size=(4, 3)), [0, 2, 1, 1]
    typed = np.array(y, dtype)
    np.testing.assert_array_equal(functional.one_hot(typed, 3), functional.one_hot(y, 3))
    assert functional.cross_entropy(logits, typed) == functional.cross_entropy(logits, y)
    assert functional.accuracy(logits, typed) == functional.accuracy(logits, y)
    np.testing.assert_array_equal(
        functional.softmax_cross_entropy_backward(logits, typed), functional.softmax_cross_entropy_backward(logits, y)
    )


@pytest.mark.parametrize(
    ("y", "complaint"),
    [
        ([0, 1, -1, 0], "between 0 and 2"),
        ([0, 1, 3, 0], "between 0 and 2"),
        ([[0], [1], [1], [0]], r"shape \(4,\)"),
        ([0, 1], r"shape \(4,\)"),
        ([0.0, 1.0, 1.0, 0.0], "integers"),
    ],
)
def test_wrong_labels_are_refused_in_words(y: Any, complaint: str) -> None:
    logits = np.zeros((4, 3))
    for function in (functional.cross_entropy, functional.accuracy, functional.softmax_cross_entropy_backward):
        with pytest.raises(ValueError, match=complaint):
            function(logits, y)
