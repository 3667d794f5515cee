"""mlp_backward: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.nn import functional
from course_lib.nn.arrays import Array, Params

MLP = "02#6. The whole way back"


def _mlp_case_on_paper() -> Case:
    """Small whole numbers, to be worked through by hand: one image, and one of three hidden units is silent."""
    params = {
        "W1": np.array([[1.0, -1.0, 2.0], [0.0, 1.0, -1.0]]),
        "b1": np.array([0.0, 1.0, -1.0]),
        "W2": np.array([[1.0, -1.0], [2.0, 0.0], [1.0, 3.0]]),
        "b2": np.array([0.0, 1.0]),
    }
    _, cache = functional.mlp_forward(np.array([[1.0, 2.0]]), params)
    return np.array([[1.0, -2.0]]), params, cache


def _mlp_case(seed: int, N: int, D: int, H: int, C: int, dtype: type = np.float64, whole: bool = False) -> Case:
    """Any dlogits will do: the way back is linear in it. Whole numbers give pre-activations of exactly 0."""
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    params = {name: normal(seed + i, *shape, dtype=dtype) for i, (name, shape) in enumerate(shapes.items())}
    X = normal(seed + 4, N, D, dtype=dtype)
    if whole:
        X, params["W1"], params["b1"] = np.round(X), np.round(params["W1"]), np.round(params["b1"])
    _, cache = functional.mlp_forward(X, params)
    return normal(seed + 5, N, C, dtype=dtype), params, cache


mlp_backward = Exercise(
    "mlp_backward",
    reference=functional.mlp_backward,
    returns=("grads",),
    cases=lambda: [
        _mlp_case_on_paper(),
        _mlp_case(10, 3, 4, 5, 2),
        _mlp_case(20, 5, 3, 3, 4),
        _mlp_case(30, 2, 3, 6, 3, np.float32),
        _mlp_case(40, 6, 2, 4, 3, whole=True),
    ],
    sizes=lambda dlogits, params, cache: {
        "N": len(dlogits),
        "D": len(params["W1"]),
        "H": len(params["W2"]),
        "C": dlogits.shape[1],
    },
    instead="`backward` only returns gradients; the step comes later.",
    points=2,
    hints=(
        "Read mlp_forward from its last line to its first. Each line has its backward function, and you have written "
        "them all.",
        "linear_backward for the output layer: its input was A1 and its weights W2. Then relu_backward, with Z1 from "
        "the cache. Then linear_backward for the hidden layer: its input was X.",
        'Nearly the code: `dA1, dW2, db2 = mine.linear_backward(dlogits, cache["A1"], params["W2"])`, '
        "`dZ1 = mine.relu_backward(dA1, cache[...])`, "
        "`_, dW1, db1 = mine.linear_backward(dZ1, ...)`, return the four in a dict.",
    ),
)


def _with_mask(mask: Callable[[Params, Array], Array], dlogits: Array, params: Params, cache: Params) -> Params:
    """The way back with another mask for the ReLU."""
    return _through(lambda dA1: dA1 * mask(cache, dA1), dlogits, params, cache)


def _through(relu_backward: Callable[[Array], Array], dlogits: Array, params: Params, cache: Params) -> Params:
    """The way back with dZ1 = relu_backward(dA1)."""
    dZ1 = relu_backward(dlogits @ params["W2"].T)
    return {
        "W1": cache["X"].T @ dZ1,
        "b1": dZ1.sum(axis=0),
        "W2": cache["A1"].T @ dlogits,
        "b2": dlogits.sum(axis=0),
    }


@mlp_backward.misconception("forgets the ReLU", see=MLP)
def _(dlogits: Array, params: Params, cache: Params) -> Any:
    """**The ReLU stops nothing on the way back.** Either it is missing, or its mask is true everywhere, as A1 >= 0
    is. Units that were silent (Z1 not positive) get no gradient."""
    return _with_mask(lambda cache, dA1: np.ones_like(cache["Z1"]), dlogits, params, cache)


@mlp_backward.misconception("lets the gradient pass at 0", see=MLP)
def _(dlogits: Array, params: Params, cache: Params) -> Any:
    """**Where Z1 is exactly 0, the gradient must stop.** You let it pass there: the mask is Z1 > 0."""
    return _with_mask(lambda cache, dA1: cache["Z1"] >= 0, dlogits, params, cache)


@mlp_backward.misconception("takes the ReLU's mask from the input", see=MLP)
def _(dlogits: Array, params: Params, cache: Params) -> Any:
    """**The mask comes from the wrong array.** ReLU was applied to Z1, so Z1 decides which units were active. You
    used X, the input of the layer before."""
    return _with_mask(lambda cache, dA1: cache["X"] > 0, dlogits, params, cache)


@mlp_backward.misconception("takes the ReLU's mask from the gradient", see=MLP)
def _(dlogits: Array, params: Params, cache: Params) -> Any:
    """**The mask comes from the wrong array.** Z1 decides which units were active, not the sign of the gradient."""
    return _with_mask(lambda cache, dA1: dA1 > 0, dlogits, params, cache)


@mlp_backward.misconception("hands relu_backward its arguments in the other order", see=MLP)
def _(dlogits: Array, params: Params, cache: Params) -> Any:
    """**dA1 and Z1 have changed places.** `relu_backward(dA, Z)` lets its first argument pass where the second is
    positive: first the gradient dA1, then Z1."""
    return _through(lambda dA1: cache["Z1"] * (dA1 > 0), dlogits, params, cache)


@mlp_backward.misconception("goes back through a sigmoid", see=MLP)
def _(dlogits: Array, params: Params, cache: Params) -> Any:
    """**The hidden layer has a ReLU.** A1 (1 - A1) is the slope of the sigmoid; `mlp_forward` never called one."""
    return _through(lambda dA1: dA1 * cache["A1"] * (1 - cache["A1"]), dlogits, params, cache)


@mlp_backward.misconception("db1 from before the ReLU", see=MLP)
def _(right: Callable[..., Params], dlogits: Array, params: Params, cache: Params) -> Any:
    """**db1 comes from dZ1, behind the mask; yours comes from dA1.** A silent unit must not get a gradient for its bias
    either."""
    return {**right(dlogits, params, cache), "b1": (dlogits @ params["W2"].T).sum(axis=0)}


@mlp_backward.misconception("dW1 from before the ReLU", see=MLP)
def _(right: Callable[..., Params], dlogits: Array, params: Params, cache: Params) -> Any:
    """**dW1 comes from dZ1, behind the mask; yours comes from dA1.** A silent unit must not get a gradient for its
    weights either."""
    return {**right(dlogits, params, cache), "W1": cache["X"].T @ (dlogits @ params["W2"].T)}


@mlp_backward.misconception("calls the gradients dW1 and db1", see=MLP)
def _(right: Callable[..., Params], dlogits: Array, params: Params, cache: Params) -> Any:
    """**The keys are those of params, without the d.** Then `grads[name]` is the gradient of `params[name]`, and one
    loop serves all of them."""
    return {f"d{name}": grad for name, grad in right(dlogits, params, cache).items()}


@mlp_backward.misconception("uses Z1 where A1 belongs", see=MLP)
def _(right: Callable[..., Params], dlogits: Array, params: Params, cache: Params) -> Any:
    """**dW2 comes from the input of the second layer, and that is A1.** You used Z1, from before the ReLU."""
    return {**right(dlogits, params, cache), "W2": cache["Z1"].T @ dlogits}


@mlp_backward.misconception("takes the mean over the batch again", see=MLP)
def _(right: Callable[..., Params], dlogits: Array, params: Params, cache: Params) -> Any:
    """**All gradients are exactly N times too small.** The mean over the batch is inside dlogits already: divide
    nowhere else."""
    return {name: grad / len(dlogits) for name, grad in right(dlogits, params, cache).items()}


@mlp_backward.misconception("averages the bias gradients", see=MLP)
def _(right: Callable[..., Params], dlogits: Array, params: Params, cache: Params) -> Any:
    """**db1 and db2 are exactly N times too small.** The rows are added up, not averaged: the mean is inside dlogits
    already."""
    grads = right(dlogits, params, cache)
    return {**grads, "b1": grads["b1"] / len(dlogits), "b2": grads["b2"] / len(dlogits)}
