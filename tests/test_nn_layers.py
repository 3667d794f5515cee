"""Every layer: gradients right to 1e-7, equal to functional.py, and no array written that is not its own."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from course_lib.nn import BatchNorm, Dense, Dropout, Layer, Network, ReLU, Sigmoid, Standardize, Tanh, functional
from course_lib.nn.gradient_check import numerical_gradient
from course_lib.nn.initializers import xavier_init

RNG = np.random.default_rng

LAYERS: dict[str, Callable[[int, np.random.Generator], Layer]] = {
    "Dense": lambda D, rng: Dense(D, 4, rng=rng, dtype=np.float64),
    "wide Dense": lambda D, rng: Dense(D, 40, rng=rng, dtype=np.float64),
    "ReLU": lambda D, rng: ReLU(),
    "Sigmoid": lambda D, rng: Sigmoid(),
    "Tanh": lambda D, rng: Tanh(),
    "Dropout": lambda D, rng: Dropout(0.7, rng=rng),
    "BatchNorm": lambda D, rng: BatchNorm(D, dtype=np.float64),
    "Standardize": lambda D, rng: Standardize(rng.normal(size=D), rng.uniform(1, 2, D), dtype=np.float64),
    "Network": lambda D, rng: Network([Dense(D, 3, rng=rng, dtype=np.float64), Tanh(), BatchNorm(3, dtype=np.float64)]),
}


def make(name: str, N: int, D: int, seed: int) -> tuple[Layer, np.ndarray, Callable[[np.ndarray], np.ndarray]]:
    """A layer with parameters that are not 0 or 1, an X, and a forward that draws the same Dropout mask every time."""
    rng = RNG(seed)
    layer, X = LAYERS[name](D, rng), rng.normal(size=(N, D))
    for p in layer.parameters:
        if p.requires_grad:
            p.value[...] = rng.normal(size=p.value.shape)

    def forward(X: np.ndarray) -> np.ndarray:
        if isinstance(layer, Dropout):
            layer.rng = RNG(seed)
        return layer.forward(X, training=True).copy()

    return layer, X, forward


def assert_gradient(gradient: np.ndarray, numerical: np.ndarray) -> None:
    """Equal to 1e-7 of the largest element."""
    assert gradient.shape == numerical.shape
    assert np.abs(gradient - numerical).max() <= 1e-7 * max(np.abs(numerical).max(), 1e-3)


@pytest.mark.parametrize("name", LAYERS)
@given(st.integers(0, 10**6), st.integers(3, 6), st.integers(1, 5))
def test_gradients_agree_with_differences(name: str, seed: int, N: int, D: int) -> None:
    layer, X, forward = make(name, N, D, seed)
    assume(np.abs(X).min() > 1e-3)  # a ReLU at its kink
    assume(X.std(axis=0).min() > 0.5 if name == "BatchNorm" else True)  # almost equal examples bend the loss too much
    if name == "Network":
        hidden = np.tanh(X @ layer.parameters[0].value + layer.parameters[1].value)
        assume(hidden.std(axis=0).min() > 0.3)
    weight = RNG(seed + 1).normal(size=forward(X).shape)  # a loss in which every output counts differently
    forward(X)
    dX = layer.backward(weight).copy()
    grads = [p.grad.copy() for p in layer.parameters]
    assert_gradient(dX, numerical_gradient(lambda x: float((forward(x) * weight).sum()), X))
    for p, grad in zip(layer.parameters, grads, strict=True):
        if p.requires_grad:
            value = p.value.copy()

            def loss(v: np.ndarray, p: object = p) -> float:
                p.value[...] = v  # type: ignore[attr-defined]
                return float((forward(X) * weight).sum())

            numerical = numerical_gradient(loss, value)
            p.value[...] = value
            assert_gradient(grad, numerical)


@pytest.mark.parametrize("name", LAYERS)
def test_parameter_gradients_is_backward_without_dX(name: str) -> None:
    layer, X, forward = make(name, 5, 3, 0)
    out = forward(X)
    layer.backward(out)
    expected = [p.grad.copy() for p in layer.parameters]
    for p in layer.parameters:
        p.grad[...] = 7
    layer.parameter_gradients(out)
    for p, grad in zip(layer.parameters, expected, strict=True):
        if p.requires_grad:
            np.testing.assert_array_equal(p.grad, grad)


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_writes_into_its_own_arrays_alone(name: str) -> None:
    layer, X, forward = make(name, 5, 3, 1)
    dout = forward(X)
    X.flags.writeable = dout.flags.writeable = False  # a write now raises
    layer.forward(X)
    layer.forward(X, training=True)
    layer.backward(dout)


@pytest.mark.parametrize("name", [name for name in LAYERS if name not in ("Standardize", "Network")])
def test_the_arrays_of_training_are_allocated_once(name: str) -> None:
    layer, X, _ = make(name, 5, 3, 2)
    first = layer.forward(X, training=True)
    dX = layer.backward(first.copy())
    assert layer.forward(X + 1, training=True) is first
    assert layer.backward(first.copy()) is dX
    smaller = layer.forward(X[:4], training=True)  # the last batch of an epoch
    assert smaller.shape[0] == 4 and layer.backward(smaller.copy()).shape == (4, 3)


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_use_and_training_keep_the_dtype(name: str, dtype: type) -> None:
    layer, X, _ = make(name, 5, 3, 3)
    for p in layer.parameters:
        p.value, p.grad = p.value.astype(dtype), p.grad.astype(dtype)
    X = X.astype(dtype)
    out = layer.forward(X, training=True)
    assert out.dtype == layer.backward(out.copy()).dtype == layer.forward(X).dtype == dtype
    assert all(p.grad.dtype == dtype for p in layer.parameters)


@pytest.mark.parametrize("name", ["Dense", "wide Dense", "ReLU", "Sigmoid", "Tanh", "Standardize"])
def test_a_layer_in_use_says_what_it_said_in_training(name: str) -> None:
    layer, X, forward = make(name, 5, 3, 4)
    np.testing.assert_allclose(layer.forward(X), forward(X), rtol=1e-12)


# ---- the fast form says what the formulas say


@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 5), st.sampled_from([1, 3, 31, 32, 50]))
def test_dense_is_linear_forward_and_backward(seed: int, N: int, D: int, H: int) -> None:
    rng = RNG(seed)
    layer = Dense(D, H, rng=rng, dtype=np.float64)
    X, dZ = rng.normal(size=(N, D)), rng.normal(size=(N, H))
    layer.b.value[:] = rng.normal(size=H)
    np.testing.assert_allclose(
        layer.forward(X, training=True), functional.linear_forward(X, layer.W.value, layer.b.value), atol=1e-12
    )
    dX, dW, db = functional.linear_backward(dZ, X, layer.W.value)
    np.testing.assert_allclose(layer.backward(dZ), dX, atol=1e-12)
    np.testing.assert_allclose(layer.W.grad, dW, atol=1e-12)
    np.testing.assert_allclose(layer.b.grad, db, atol=1e-12)


@given(st.integers(0, 10**6), st.floats(0.1, 1000))
def test_activations_are_their_formulas(seed: int, scale: float) -> None:
    rng = RNG(seed)
    Z, dA = rng.normal(scale=scale, size=(4, 3)), rng.normal(size=(4, 3))
    relu, sigmoid = ReLU(), Sigmoid()
    np.testing.assert_array_equal(relu.forward(Z, training=True), functional.relu(Z))
    np.testing.assert_array_equal(relu.backward(dA), functional.relu_backward(dA, Z))
    A = sigmoid.forward(Z, training=True)
    np.testing.assert_allclose(A, functional.sigmoid(Z), atol=1e-15)
    np.testing.assert_allclose(sigmoid.backward(dA), functional.sigmoid_backward(dA, A), atol=1e-15)


def test_batch_norm_is_its_formula() -> None:
    rng = RNG(5)
    layer, X, dout = BatchNorm(3, dtype=np.float64), rng.normal(size=(6, 3)), rng.normal(size=(6, 3))
    layer.gamma.value[:], layer.beta.value[:] = [1, 2, 3], [4, 5, 6]
    out, cache = functional.batchnorm_forward(X, layer.gamma.value, layer.beta.value)
    np.testing.assert_allclose(layer.forward(X, training=True), out)
    dX, dgamma, dbeta = functional.batchnorm_backward(dout, cache)
    np.testing.assert_allclose(layer.backward(dout), dX, atol=1e-14)
    np.testing.assert_allclose(layer.gamma.grad, dgamma)
    np.testing.assert_allclose(layer.beta.grad, dbeta)


# ---- what the formulas do not say


@pytest.mark.parametrize("sign", [1, -1])
def test_extreme_inputs_neither_warn_nor_overflow(sign: int) -> None:
    X = np.full((2, 2), sign * 1e30, np.float32)
    with np.errstate(all="raise", under="ignore"):
        for layer in (Sigmoid(), Tanh()):
            for training in (False, True):
                assert np.isfinite(layer.forward(X, training=training)).all()


def test_relu_passes_nan_on_so_that_it_is_noticed() -> None:
    X = np.array([[np.nan, 1.0]])
    assert np.isnan(ReLU().forward(X)[0, 0]) and np.isnan(ReLU().forward(X, training=True)[0, 0])


def test_dropout_keeps_the_expected_value_draws_anew_and_rests_in_use() -> None:
    X = np.ones((300, 400), np.float32)
    layer = Dropout(0.8, rng=RNG(6))
    first = layer.forward(X, training=True).copy()
    assert set(np.unique(first)) == {np.float32(0), np.float32(1.25)}
    assert first.mean() == pytest.approx(1, abs=0.005)
    np.testing.assert_array_equal(layer.backward(X), first)  # the same mask
    assert not np.array_equal(layer.forward(X, training=True), first)
    np.testing.assert_array_equal(layer.forward(X), X)


def test_batch_norm_in_use_takes_the_averages_of_training() -> None:
    rng = RNG(7)
    layer = BatchNorm(2, dtype=np.float64)
    for _ in range(200):
        layer.forward(rng.normal([3, -1], [2, 0.5], size=(500, 2)), training=True)
    np.testing.assert_allclose(layer.running_mean.value, [3, -1], atol=0.1)
    np.testing.assert_allclose(layer.running_var.value, [4, 0.25], rtol=0.05)
    out = layer.forward(np.array([[3.0, -1.0], [5.0, -0.5]]))  # one example or two: no batch is measured
    np.testing.assert_allclose(out, [[0, 0], [1, 1]], atol=0.1)


def test_batch_norm_of_a_batch_of_one_is_beta() -> None:
    layer = BatchNorm(2)
    layer.beta.value[:] = [3, 4]
    np.testing.assert_array_equal(layer.forward(np.array([[7, 8]], np.float32), training=True), [[3, 4]])
    np.testing.assert_array_equal(layer.running_mean.value, [0, 0])  # nothing was measured
    np.testing.assert_array_equal(layer.running_var.value, [1, 1])


def test_standardize_makes_a_feature_0_whose_std_is_inf() -> None:
    np.testing.assert_array_equal(Standardize([1, 5], [2, np.inf]).forward(np.array([[3.0, 7.0]])), [[1, 0]])


def test_init_is_the_callers_choice_and_biases_start_at_0() -> None:
    layer = Dense(3, 2, rng=RNG(8), init=xavier_init)
    np.testing.assert_array_equal(layer.W.value, xavier_init(3, 2, RNG(8)).astype(np.float32))
    np.testing.assert_array_equal(layer.b.value, [0, 0])


@pytest.mark.parametrize("training", [True, False])
def test_a_wrong_shape_names_the_layer_and_both_shapes(training: bool) -> None:
    with pytest.raises(ValueError, match=r"Dense\(3, 2, float32\) wants X of shape \(N, 3\), but got \(5, 4\)"):
        Dense(3, 2, rng=RNG(0)).forward(np.zeros((5, 4), np.float32), training=training)


def test_wrong_dtype_batch_and_keep_are_refused() -> None:
    with pytest.raises(ValueError, match="computes in float32, but got X of float64"):
        Dense(3, 2, rng=RNG(0)).forward(np.zeros((5, 3)), training=True)
    for training, H in ((True, 3), (False, 3), (False, 1)):  # one feature would go with any number of columns
        with pytest.raises(ValueError, match=rf"wants X of shape \(N, {H}\)"):
            BatchNorm(H).forward(np.zeros((5, 4), np.float32), training=training)
    for momentum in (-0.1, 1.5):
        with pytest.raises(ValueError, match="momentum must be between 0 and 1"):
            BatchNorm(3, momentum=momentum)
    with pytest.raises(ValueError, match="keep"):
        Dropout(0.0, rng=RNG(0))
