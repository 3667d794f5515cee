"""The network as a whole: its gradient, its parameters in one vector, and the bridge to functional.py."""

from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from course_lib.nn import (
    BatchNorm,
    Dense,
    Dropout,
    Network,
    Parameter,
    ParameterVector,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
    functional,
    mlp,
)
from course_lib.nn.gradient_check import directional_check, numerical_gradient

RNG = np.random.default_rng


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    widths=st.lists(st.integers(2, 6), min_size=2, max_size=4),
    N=st.integers(6, 9),
    activation=st.sampled_from([ReLU, Sigmoid, Tanh]),
    batch_norm=st.booleans(),
    dropout=st.booleans(),
)
def test_every_combination_passes_the_gradient_check(
    seed: int, widths: list[int], N: int, activation: type, batch_norm: bool, dropout: bool
) -> None:
    rng = RNG(seed)
    fractions = (0.2,) * (len(widths) - 1) if dropout else ()
    network = mlp(widths, rng=rng, activation=activation, batch_norm=batch_norm, dropout=fractions, dtype=np.float64)
    X, y = rng.normal(size=(N, widths[0])), rng.integers(0, widths[-1], N)
    loss, Y, vector = SoftmaxCrossEntropy(), functional.one_hot(y, widths[-1]), network.flatten()
    vector.values += rng.normal(scale=0.3, size=vector.values.shape)  # biases, gammas and betas of their own, too

    def forward(theta: np.ndarray) -> np.ndarray:
        vector.values[:] = theta
        for layer in network.layers:
            if isinstance(layer, Dropout):
                layer.rng = RNG(seed)  # the same masks every time
        return network.forward(X, training=True)

    theta = vector.values.copy()
    logits = forward(theta)
    for layer in network.layers:  # no ReLU near its kink, no feature almost constant: differences would not measure
        if isinstance(layer, ReLU):
            assume(np.abs(layer.out[layer.out != 0]).min(initial=1) > 1e-2)
        if isinstance(layer, BatchNorm):
            assume(layer.std.min() > 0.3)
    network.backward(loss.backward(logits, Y))
    gradient = vector.gradients.copy()
    numerical = numerical_gradient(lambda t: loss.forward(forward(t), y), theta)
    assert np.abs(gradient - numerical).max() < 1e-7 * max(np.abs(numerical).max(), 1e-2)


def test_a_large_network_by_a_random_direction() -> None:
    rng = RNG(1)
    network = mlp([50, 40, 30, 10], rng=rng, activation=Tanh, dtype=np.float64)
    X, y = rng.normal(size=(20, 50)), rng.integers(0, 10, 20)
    loss, vector = SoftmaxCrossEntropy(), network.flatten()
    network.backward(loss.backward(network.forward(X, training=True), functional.one_hot(y, 10)))
    gradient, theta = vector.gradients.copy(), vector.values.copy()

    def f(t: np.ndarray) -> float:
        vector.values[:] = t
        return loss.forward(network.forward(X), y)

    for seed in range(5):
        assert directional_check(f, theta, gradient, RNG(seed)) < 1e-7
        assert directional_check(f, theta, gradient * 1.0005, RNG(seed)) > 4e-4


def test_the_two_layer_network_is_mlp_forward_and_backward() -> None:
    rng = RNG(2)
    network = mlp([4, 6, 3], rng=rng, dtype=np.float64)
    X, y = rng.normal(size=(5, 4)), rng.integers(0, 3, 5)
    params = {name: value.copy() for name, value in network.named_parameters().items()}
    assert list(params) == ["W1", "b1", "W2", "b2"]
    logits, cache = functional.mlp_forward(X, params)
    np.testing.assert_allclose(network.forward(X, training=True), logits)
    np.testing.assert_allclose(network.forward(X), logits)
    grads = functional.mlp_backward(functional.softmax_cross_entropy_backward(logits, y), params, cache)
    network.parameter_gradients(SoftmaxCrossEntropy().backward(logits, functional.one_hot(y, 3)))
    for p, name in zip(network.parameters, params, strict=True):
        np.testing.assert_allclose(p.grad, grads[name], atol=1e-15)
    np.testing.assert_array_equal(network.predict(X), logits.argmax(axis=1))
    np.testing.assert_array_equal(network.predict(X.tolist()), logits.argmax(axis=1))


def test_a_network_is_a_layer_of_another() -> None:
    rng = RNG(3)
    inner = Network([Dense(4, 5, rng=rng, dtype=np.float64), Tanh()])
    nested = Network([inner, Dense(5, 3, rng=rng, dtype=np.float64)])
    flat = Network([*inner.layers, nested.layers[1]])
    X, dout = rng.normal(size=(6, 4)), rng.normal(size=(6, 3))
    np.testing.assert_array_equal(nested.forward(X, training=True), flat.forward(X, training=True))
    np.testing.assert_array_equal(nested.backward(dout), flat.backward(dout))
    assert list(nested.named_parameters()) == ["W1", "b1", "W2", "b2"]


def test_the_same_network_in_pytorch_has_the_same_gradients() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
    rng = RNG(10)
    ours = mlp([6, 8, 7, 4], rng=rng, batch_norm=True, dtype=np.float64)
    theirs = torch.nn.Sequential(
        torch.nn.Linear(6, 8), torch.nn.BatchNorm1d(8), torch.nn.ReLU(),
        torch.nn.Linear(8, 7), torch.nn.BatchNorm1d(7), torch.nn.ReLU(),
        torch.nn.Linear(7, 4),
    ).double()  # fmt: skip
    vector = ours.flatten()
    vector.values += rng.normal(scale=0.1, size=vector.values.shape)
    values = [p for p in ours.parameters if p.requires_grad]
    with torch.no_grad():
        for p, t in zip(values, theirs.parameters(), strict=True):  # Linear keeps W transposed
            t.copy_(torch.tensor(p.value.T if p.name == "W" else p.value))
    X, y, loss = rng.normal(size=(9, 6)), rng.integers(0, 4, 9), SoftmaxCrossEntropy()
    logits = ours.forward(X, training=True)
    ours.backward(loss.backward(logits, functional.one_hot(y, 4)))
    theirs_loss = torch.nn.functional.cross_entropy(theirs(torch.tensor(X)), torch.tensor(y))
    theirs_loss.backward()
    assert loss.forward(logits, y) == pytest.approx(theirs_loss.item())
    for p, t in zip(values, theirs.parameters(), strict=True):
        np.testing.assert_allclose(p.grad, t.grad.numpy().T if p.name == "W" else t.grad.numpy(), atol=1e-12)
    theirs.eval()  # the running averages agree, too
    np.testing.assert_allclose(ours.forward(X), theirs(torch.tensor(X)).detach().numpy(), rtol=1e-9)


# ---- one vector


def test_the_vector_holds_weights_first_and_its_parts_are_the_parameters() -> None:
    network = mlp([4, 6, 3], rng=RNG(4))
    before = {name: value.copy() for name, value in network.named_parameters().items()}
    vector = network.flatten()
    assert vector.weight_count == 4 * 6 + 6 * 3
    np.testing.assert_array_equal(
        vector.values, np.concatenate([before[name].ravel() for name in ("W1", "W2", "b1", "b2")])
    )
    vector.values += 1
    for name, value in network.named_parameters().items():
        np.testing.assert_array_equal(value, before[name] + 1)
    network.parameters[2].grad[...] = 5  # dW2
    np.testing.assert_array_equal(vector.gradients[24:42], 5)


def test_a_frozen_parameter_is_not_in_the_vector() -> None:
    network = mlp([4, 6, 3], rng=RNG(5))
    W1, b1, _, _ = network.parameters
    W1.requires_grad = False
    vector = network.flatten()
    assert vector.values.size == 6 + 6 * 3 + 3 and vector.weight_count == 6 * 3
    assert not np.shares_memory(W1.value, vector.values) and np.shares_memory(b1.value, vector.values)
    for p in network.parameters:
        p.requires_grad = False
    with pytest.raises(ValueError, match="nothing to train"):
        network.flatten()


def test_backward_ends_at_the_first_layer_that_learns() -> None:
    network = mlp([4, 6, 3], rng=RNG(6), dropout=(0.1, 0.1))
    for p in network.layers[1].parameters:
        p.requires_grad = False
    network.flatten()
    assert network.first == 4  # Dropout, Dense (frozen), ReLU and Dropout come before
    X = RNG(7).normal(size=(5, 4)).astype(np.float32)
    network.layers[1].parameter_gradients = None  # type: ignore[assignment,method-assign]  # calling it would raise
    network.parameter_gradients(network.forward(X, training=True).copy())
    assert network.layers[4].parameters[0].grad.any()


def test_a_nested_network_forgets_what_was_frozen_in_a_training_of_its_own() -> None:
    inner = mlp([6, 8, 2], rng=RNG(11))
    for p in inner.layers[0].parameters:
        p.requires_grad = False
    inner.flatten()
    for p in inner.layers[0].parameters:
        p.requires_grad = True
    outer = Network([inner])
    outer.flatten()
    X = RNG(12).normal(size=(5, 6)).astype(np.float32)
    outer.parameter_gradients(outer.forward(X, training=True).copy())
    assert inner.parameters[0].grad.any()


def test_the_same_layer_or_parameter_twice_is_refused() -> None:
    relu, dense = ReLU(), Dense(4, 4, rng=RNG(0))
    for layers in ([relu, dense, relu], [dense, Network([dense])]):
        with pytest.raises(ValueError, match="stands in this network twice"):
            Network(layers)
    other = Dense(4, 4, rng=RNG(0))
    other.W = dense.W
    with pytest.raises(ValueError, match="'W', .* stands in this network twice"):
        Network([dense, other])


def test_names_are_numbered_from_the_input() -> None:
    names = list(mlp([4, 6, 5, 3], rng=RNG(8), batch_norm=True).named_parameters())
    assert names[:7] == ["W1", "b1", "gamma1", "beta1", "running_mean1", "running_var1", "W2"]
    assert names[-2:] == ["W3", "b3"]


def test_mlp_builds_what_it_is_asked_for() -> None:
    network = mlp([4, 6, 5, 3], rng=RNG(9), activation=Tanh, batch_norm=True, dropout=(0.1, 0, 0.3))
    kinds = [type(layer).__name__ for layer in network.layers]
    assert kinds == ["Dropout", "Dense", "BatchNorm", "Tanh", "Dense", "BatchNorm", "Tanh", "Dropout", "Dense"]
    assert network.layers[7].keep == 0.7  # type: ignore[attr-defined]


@pytest.mark.parametrize("dropout", [(0.1,), (0.1, 1.0, 0), (0.1, -0.5, 0), 0.5])
def test_mlp_wants_a_fraction_for_each_layer(dropout: Any) -> None:
    with pytest.raises(ValueError, match=r"dropout must be 3 fractions, at least 0 and below 1"):
        mlp([4, 6, 5, 3], rng=RNG(9), dropout=dropout)


@pytest.mark.parametrize("sizes", [6, [], [64], [6, 0, 3], [6, 2.5, 3], [[6, 3], [6, 3]]])
def test_mlp_wants_two_or_more_sizes(sizes: Any) -> None:
    with pytest.raises(ValueError, match="sizes must be two or more whole numbers above 0"):
        mlp(sizes, rng=RNG(9))


@pytest.mark.parametrize("build", [partial(mlp, [4, 3]), partial(Dense, 4, 3), partial(Dropout, 0.5)])
def test_a_seed_is_no_generator(build: Any) -> None:
    with pytest.raises(ValueError, match=r"rng must be a generator .* but it is 0\."):
        build(rng=0)


def test_s1s_network_has_its_101770_parameters() -> None:
    assert mlp([784, 128, 10], rng=RNG(0)).flatten().values.size == 101_770


def test_a_parameter_shows_itself() -> None:
    assert repr(Parameter("W", np.zeros((2, 3)), requires_grad=False)) == "Parameter('W', (2, 3), float64, frozen)"
    assert ParameterVector([Parameter("b", np.ones(2))]).weight_count == 0
