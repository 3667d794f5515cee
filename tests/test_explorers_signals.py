"""Signals through many layers: sizes against numerical gradients, with batch norm and without; the learner's code."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.explorers.shell import LearnerError
from course_lib.explorers.signals import Functions, Signals, signals
from course_lib.nn import functional
from course_lib.nn.gradient_check import numerical_gradient

REFERENCE = Functions(
    functional.linear_forward, functional.relu, functional.batchnorm_forward,
    functional.softmax_cross_entropy_backward, functional.linear_backward, functional.relu_backward,
    functional.batchnorm_backward,
)  # fmt: skip


def network(depth: int, width: int, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [*(rng.standard_normal((width, width)) for _ in range(depth)), rng.standard_normal((width, 3))]


def batch(N: int, D: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    return rng.standard_normal((N, D)), rng.integers(0, 3, N)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_sizes_of_two_layers_against_numerical_gradients(batch_norm: bool) -> None:
    X, y = batch(6, 8)  # wide enough for every example to keep an open unit: a Z of exactly 0 has no slope
    weights, scale = network(2, 8), 0.9
    W1, W2, W3 = (scale * np.sqrt(2 / 8) * G for G in weights)

    def normed(Z: np.ndarray) -> np.ndarray:
        return (Z - Z.mean(axis=0)) / np.sqrt(Z.var(axis=0) + 1e-5) if batch_norm else Z

    def loss_of_second(Z2: np.ndarray) -> float:
        return functional.cross_entropy(np.maximum(Z2, 0) @ W3, y)

    def loss_of_first(Z1: np.ndarray) -> float:
        return loss_of_second(normed(np.maximum(Z1, 0) @ W2))

    Z1 = normed(X @ W1)
    Z2 = normed(np.maximum(Z1, 0) @ W2)
    dZ1, dZ2 = numerical_gradient(loss_of_first, Z1), numerical_gradient(loss_of_second, Z2)
    found = signals(X, y, weights, scale, REFERENCE, batch_norm=batch_norm)
    assert found.activations == pytest.approx([np.maximum(Z1, 0).std(), np.maximum(Z2, 0).std()])
    # dZ is 0 where the ReLU is closed, and there the numerical gradient is 0 too
    assert found.gradients == pytest.approx([np.sqrt(np.mean(dZ1**2)), np.sqrt(np.mean(dZ2**2))], rel=1e-5)


def test_batch_norm_does_not_see_the_scale_of_the_weights() -> None:
    X, y = batch(64, 32)
    small, large = (signals(X, y, network(8, 32), scale, REFERENCE, batch_norm=True) for scale in (0.5, 2.0))
    assert small.activations == pytest.approx(large.activations, rel=1e-3)
    assert small.backward == pytest.approx(large.backward, rel=0.1)  # not equal: the logits are larger


def test_without_it_every_layer_multiplies_by_the_scale() -> None:
    X, y = batch(64, 32)
    he, twice = (signals(X, y, network(8, 32), scale, REFERENCE, batch_norm=False) for scale in (1.0, 2.0))
    assert twice.activations == pytest.approx(he.activations * 2.0 ** np.arange(1, 9))


def test_gradients_grow_as_derived_with_batch_norm() -> None:
    X, y = batch(400, 200)
    found = signals(X, y, network(12, 200), 1.0, REFERENCE, batch_norm=True)
    assert found.backward ** (2 / 11) == pytest.approx(np.pi / (np.pi - 1), rel=0.05)


def test_forward_and_backward_are_quotients_of_the_ends() -> None:
    both = Signals(np.array([2.0, 1.0, 8.0]), np.array([6.0, 5.0, 3.0]))
    assert both.forward == 4 and both.backward == 2


def test_the_learners_functions_run_and_their_errors_are_told() -> None:
    X, y = batch(6, 4)

    def batchnorm_forward(X, gamma, beta, eps=1e-5):  # type: ignore[no-untyped-def]
        return gamma * X + beta

    broken = Functions(**{**vars(REFERENCE), "batchnorm_forward": batchnorm_forward})
    with pytest.raises(LearnerError, match="Your batchnorm_forward should return two things, the result and the cache"):
        signals(X, y, network(2, 4), 1.0, broken, batch_norm=True)
    signals(X, y, network(2, 4), 1.0, broken, batch_norm=False)
