"""Activations on their way forward and gradients on their way back, through many layers, by the learner's functions.

    X (N, 64) --[ Z = A W,  batch norm or not,  A = ReLU ]-- x depth --> logits --> dlogits
    size of A in each layer: its standard deviation          size of dZ in each layer: the root of its mean square

dZ is the gradient of what comes into the ReLU. The weights are normal with standard deviation scale sqrt(2 / D).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.explorers.shell import Array, call, call_with_cache

Function = Callable[..., Any]


@dataclass(frozen=True)
class Functions:
    """The learner's functions that the signals go through."""

    linear_forward: Function
    relu: Function
    batchnorm_forward: Function
    softmax_cross_entropy_backward: Function
    linear_backward: Function
    relu_backward: Function
    batchnorm_backward: Function


@dataclass(frozen=True)
class Signals:
    """For each hidden layer, the size of its activations and of its gradients."""

    activations: Array
    gradients: Array

    @property
    def forward(self) -> float:
        """How many times as large the activations of the last layer are as those of the first."""
        return float(self.activations[-1] / self.activations[0])

    @property
    def backward(self) -> float:
        """How many times as large the gradients of the first layer are as those of the last."""
        return float(self.gradients[0] / self.gradients[-1])


def signals(
    X: Array, y: NDArray[np.integer[Any]], weights: Sequence[Array], scale: float, f: Functions, *, batch_norm: bool
) -> Signals:
    """One pass there and back. `weights` are standard normal: (D, H) for each hidden layer, the last for the logits."""
    scaled = [scale * np.sqrt(2 / len(G)) * G for G in weights]
    A, activations = X, []
    steps: list[tuple[Array, Array, Array, dict[str, Array]]] = []
    for W in scaled[:-1]:
        shape = len(A), W.shape[1]
        Z = call(f.linear_forward, A, W, np.zeros(W.shape[1]), shape=shape)
        cache: dict[str, Array] = {}
        if batch_norm:
            gamma, beta = np.ones(W.shape[1]), np.zeros(W.shape[1])
            Z, cache = call_with_cache(f.batchnorm_forward, Z, gamma, beta, shape=shape)
        steps.append((A, W, Z, cache))
        A = call(f.relu, Z, shape=shape)
        activations.append(A.std())
    W = scaled[-1]
    logits = call(f.linear_forward, A, W, np.zeros(W.shape[1]), shape=(len(A), W.shape[1]))
    dZ = call(f.softmax_cross_entropy_backward, logits, y, shape=logits.shape)
    dA, gradients = call(f.linear_backward, dZ, A, W, shape=A.shape), []
    for A, W, Z, cache in reversed(steps):
        dZ = call(f.relu_backward, dA, Z, shape=Z.shape)
        gradients.append(np.sqrt(np.mean(dZ**2)))
        if batch_norm:
            dZ = call(f.batchnorm_backward, dZ, cache, shape=Z.shape)
        dA = call(f.linear_backward, dZ, A, W, shape=A.shape)
    return Signals(np.array(activations), np.array(gradients[::-1]))
