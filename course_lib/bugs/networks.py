"""The small networks of the bug hunt: each has a loss, and situations in which its gradient is checked.

    Network      "a hidden layer with ReLU":  loss(params, X, y) -> float
      |
      +-- Situation  "one image"                  params, X, y   N = 1
      +-- Situation  "a unit that never fires"    params, X, y   one bias far below 0
      +-- ...

The situations are chosen with care. All numbers are float64. No pre-activation lies near the kink of a ReLU, and no
gradient is so close to 0 that rounding would count. So a central difference agrees with a right gradient to 1e-7. Some
broken gradients are too large in every element that is wrong, and some too small, so that a checker without an absolute
value overlooks them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.checkpoints.values import describe, plain
from course_lib.nn.arrays import Array, Params
from course_lib.nn.functional import batchnorm_forward, cross_entropy, l2_penalty, relu, sigmoid


@dataclass(frozen=True, eq=False)
class Situation:
    """Parameters and inputs for one gradient check. `name` is what the learner reads of it."""

    name: str
    params: Params
    inputs: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Network:
    """A loss as a function of `params` and of the inputs of a situation, and the situations it is looked at in."""

    name: str
    loss: Callable[..., float]
    situations: tuple[Situation, ...]

    def loss_of_params(self, inputs: Mapping[str, Any]) -> Callable[[Params], float]:
        """loss(params), for fixed inputs: what a gradient check is given."""
        wanted = [name for name in inspect.signature(self.loss).parameters if name != "params"]
        fixed = {name: inputs[name] for name in wanted}

        def loss(params: Params) -> float:
            if not isinstance(params, Mapping):
                raise TypeError(f"loss wants the whole dict of parameters, but it was given {describe(plain(params))}.")
            return self.loss(params, **fixed)

        return loss

    def only(self, name: str) -> tuple[Situation, ...]:
        """The one situation of this name, in a tuple."""
        return tuple(each for each in self.situations if each.name == name)


def _normal(rng: np.random.Generator, *shape: int) -> Array:
    return rng.standard_normal(shape)


# ---- one layer ------------------------------------------------------------------------------------------------------

ONE_IMAGE = "a batch of one image"
SEVERAL = "a batch of five images"
AS_MANY_AS_FEATURES = "as many images as features"


def _linear_loss(params: Params, X: Array, y: Array) -> float:
    return cross_entropy(X @ params["W"] + params["b"], y)


def _linear_situation(name: str, seed: int, N: int) -> Situation:
    rng = np.random.default_rng(seed)
    params = {"W": _normal(rng, 3, 4), "b": _normal(rng, 4)}
    return Situation(name, params, {"X": _normal(rng, N, 3), "y": rng.integers(0, 4, N)})


LINEAR = Network(
    "one linear layer",
    _linear_loss,
    (
        _linear_situation(ONE_IMAGE, 0, 1),
        _linear_situation(SEVERAL, 0, 5),
        _linear_situation(AS_MANY_AS_FEATURES, 0, 3),
    ),
)

NEW_ARRAYS = "arrays for the gradients that are still zero"
USED_ARRAYS = "arrays that hold the gradients of the batch before"


def _with_grads(name: str, situation: Situation, scale: float) -> Situation:
    """The situation with `grads`, the arrays that the backprop shall fill: `scale` says what they hold already."""
    grads = {key: scale * np.ones_like(array) for key, array in situation.params.items()}
    return Situation(name, situation.params, {**situation.inputs, "grads": grads})


LINEAR_FILLING = Network(
    "one linear layer, whose gradients go into arrays that were made before",
    _linear_loss,
    (
        _with_grads(NEW_ARRAYS, LINEAR.situations[1], 0.0),
        _with_grads(USED_ARRAYS, LINEAR.situations[1], 0.1),
    ),
)


# ---- a hidden layer -------------------------------------------------------------------------------------------------

EVERY_UNIT_FIRES = "every unit firing on every image"
DEAD_UNIT = "a unit that never fires"
AS_MANY_AS_UNITS = "as many images as hidden units"


def _mlp_loss(params: Params, X: Array, y: Array) -> float:
    A1 = relu(X @ params["W1"] + params["b1"])
    return cross_entropy(A1 @ params["W2"] + params["b2"], y)


def _mlp_params(rng: np.random.Generator, D: int, H: int, C: int) -> Params:
    return {"W1": _normal(rng, D, H), "b1": _normal(rng, H), "W2": _normal(rng, H, C), "b2": _normal(rng, C)}


def _mlp_situation(name: str, seed: int, N: int, bias: float = 0.0, bias_of_last_unit: float = 0.0) -> Situation:
    """D = H = 4, C = 3. `bias` is added to every hidden bias; the images are positive if all units shall fire."""
    rng = np.random.default_rng(seed)
    params = _mlp_params(rng, 4, 4, 3)
    params["b1"] += bias
    params["b1"][-1] += bias_of_last_unit
    X = _normal(rng, N, 4)
    return Situation(name, params, {"X": np.abs(X) if bias else X, "y": rng.integers(0, 3, N)})


MLP = Network(
    "a hidden layer with ReLU",
    _mlp_loss,
    (
        _mlp_situation(ONE_IMAGE, 0, 1, bias=3.0),
        _mlp_situation(SEVERAL, 3, 5),
        _mlp_situation(EVERY_UNIT_FIRES, 12, 5, bias=3.0),
        _mlp_situation(DEAD_UNIT, 76, 5, bias_of_last_unit=-9.0),
        _mlp_situation(AS_MANY_AS_UNITS, 6, 4),
    ),
)


def _sigmoid_loss(params: Params, X: Array, y: Array) -> float:
    A1 = sigmoid(X @ params["W1"] + params["b1"])
    return cross_entropy(A1 @ params["W2"] + params["b2"], y)


def _sigmoid_situation(name: str, seed: int, N: int) -> Situation:
    rng = np.random.default_rng(seed)
    params = _mlp_params(rng, 3, 3, 2)
    return Situation(name, params, {"X": _normal(rng, N, 3), "y": rng.integers(0, 2, N)})


SIGMOID = Network(
    "a hidden layer with sigmoid",
    _sigmoid_loss,
    (_sigmoid_situation(ONE_IMAGE, 2, 1), _sigmoid_situation(SEVERAL, 4, 5)),
)


def _skip_loss(params: Params, X: Array, y: Array) -> float:
    A1 = relu(X @ params["W1"] + params["b1"])
    A2 = A1 + relu(A1 @ params["W2"] + params["b2"])
    return cross_entropy(A2 @ params["W3"] + params["b3"], y)


def _skip_situation(name: str, seed: int, N: int, bias: float = 0.0) -> Situation:
    rng = np.random.default_rng(seed)
    params = {"W1": _normal(rng, 2, 3), "b1": _normal(rng, 3) + bias, "W2": _normal(rng, 3, 3) / 2}
    params |= {"b2": _normal(rng, 3) + 3 * bias, "W3": _normal(rng, 3, 3), "b3": _normal(rng, 3)}
    return Situation(name, params, {"X": _normal(rng, N, 2), "y": rng.integers(0, 3, N)})


SKIP = Network(
    "two hidden layers with ReLU, the second one bridged by an addition",
    _skip_loss,
    (_skip_situation(SEVERAL, 8, 5), _skip_situation(EVERY_UNIT_FIRES, 0, 5, bias=5.0)),
)


# ---- regularised ----------------------------------------------------------------------------------------------------

ZERO_BIASES = "biases of 0, as at the start of training"
OTHER_BIASES = "biases that are not 0"
NO_PENALTY = "lam = 0"


def _l2_loss(params: Params, X: Array, y: Array, lam: float) -> float:
    A1 = relu(X @ params["W1"] + params["b1"])
    return cross_entropy(A1 @ params["W2"] + params["b2"], y) + l2_penalty(params, lam)


def _l2_situation(name: str, seed: int, lam: float, biases: float) -> Situation:
    rng = np.random.default_rng(seed)
    params = _mlp_params(rng, 2, 3, 2)
    params["b1"] *= biases
    params["b2"] *= biases
    return Situation(name, params, {"X": _normal(rng, 4, 2), "y": rng.integers(0, 2, 4), "lam": lam})


L2 = Network(
    "a hidden layer with ReLU and an L2 penalty",
    _l2_loss,
    (
        _l2_situation(NO_PENALTY, 1, 0.0, 1.0),
        _l2_situation(ZERO_BIASES, 1, 0.1, 0.0),
        _l2_situation(OTHER_BIASES, 1, 0.1, 1.0),
    ),
)

NOTHING_DROPPED = "keep = 1, where nothing is dropped"
HALF_DROPPED = "keep = 0.5, where half of the units are dropped"


def _dropout_loss(params: Params, X: Array, y: Array, mask: Array, keep: float) -> float:
    A1 = relu(X @ params["W1"] + params["b1"])
    return cross_entropy((A1 * mask / keep) @ params["W2"] + params["b2"], y)


def _dropout_situation(name: str, seed: int, keep: float) -> Situation:
    rng = np.random.default_rng(seed)
    params = _mlp_params(rng, 3, 4, 3)
    X, y = _normal(rng, 5, 3), rng.integers(0, 3, 5)
    return Situation(name, params, {"X": X, "y": y, "mask": rng.random((5, 4)) < keep, "keep": keep})


DROPOUT = Network(
    "a hidden layer with ReLU and dropout; the mask was drawn in the forward pass",
    _dropout_loss,
    (_dropout_situation(NOTHING_DROPPED, 22, 1.0), _dropout_situation(HALF_DROPPED, 17, 0.5)),
)

ALL_VARY = "hidden units that all vary a lot from image to image"
ONE_HARDLY_VARIES = "one hidden unit that hardly varies from image to image"


def _batchnorm_loss(params: Params, X: Array, y: Array) -> float:
    out, _ = batchnorm_forward(X @ params["W1"], params["gamma"], params["beta"])
    return cross_entropy(out @ params["W2"] + params["b2"], y)


def _batchnorm_situation(name: str, seed: int, std_of_unit_3: float) -> Situation:
    """D = 2, H = 12, C = 2. Every hidden unit varies with a standard deviation of 3, but unit 3 with its own."""
    rng = np.random.default_rng(seed)
    H, N = 12, 6
    X, W1 = _normal(rng, N, 2), _normal(rng, 2, H)
    stds = np.full(H, 3.0)
    stds[3] = std_of_unit_3
    W1 *= stds / (X @ W1).std(axis=0)
    params = {"W1": W1, "gamma": _normal(rng, H), "beta": _normal(rng, H)}
    params |= {"W2": _normal(rng, H, 2) / 2, "b2": _normal(rng, 2)}
    return Situation(name, params, {"X": X, "y": rng.integers(0, 2, N)})


BATCHNORM = Network(
    "a linear layer, batch norm, and a second linear layer",
    _batchnorm_loss,
    (_batchnorm_situation(ALL_VARY, 812, 3.0), _batchnorm_situation(ONE_HARDLY_VARIES, 916, 0.3)),
)
