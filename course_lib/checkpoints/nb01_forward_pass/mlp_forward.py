"""mlp_forward: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.nn import functional
from course_lib.nn.arrays import Array, Params

MLP = "01#8. The whole forward pass"


def _params(seed: int, D: int, H: int, C: int, dtype: type = np.float64) -> Params:
    return {
        "W1": normal(seed, D, H, dtype=dtype),
        "b1": normal(seed + 1, H, dtype=dtype),
        "W2": normal(seed + 2, H, C, dtype=dtype),
        "b2": normal(seed + 3, C, dtype=dtype),
    }


def _mlp_cases() -> list[Case]:
    small = {
        "W1": np.array([[2.0, 1.0, -1.0]]),
        "b1": np.array([0.0, -4.0, 1.0]),
        "W2": np.array([[1.0, 0.0], [3.0, 1.0], [2.0, -1.0]]),
        "b2": np.array([0.5, -0.5]),
    }
    return [
        (np.array([[2.0]]), small),
        (normal(1, 3, 4), _params(2, 4, 5, 2)),
        (normal(6, 5, 2), _params(7, 2, 3, 4)),
        (normal(11, 2, 3, dtype=np.float32), _params(12, 3, 6, 3, np.float32)),
        (normal(16, 4, 3, scale=100.0), _params(17, 3, 4, 3)),
    ]


mlp_forward = Exercise(
    "mlp_forward",
    reference=functional.mlp_forward,
    cases=_mlp_cases,
    returns=("logits", "cache"),
    sizes=lambda X, params: {"N": len(X), "D": X.shape[1], "H": len(params["b1"]), "C": len(params["b2"])},
    hints=(
        "Three steps: a linear layer, the bend, another linear layer. You have written each of them already.",
        "Name each step and keep it: Z1, then A1, then logits. The cache is a dict with X, Z1 and A1, because the way "
        "back in notebook 2 needs them. After the last layer there is no ReLU and no softmax.",
        'Nearly the code: `Z1 = linear_forward(X, params["W1"], params["b1"])`, `A1 = relu(Z1)`, one more '
        "linear_forward for the logits, "
        'then return logits and `{"X": X, "Z1": Z1, "A1": A1}`.',
    ),
)


def _mlp(X: Array, p: Params, bend: Callable[[Array], Array], last: Callable[[Array], Array]) -> tuple[Array, Params]:
    Z1 = functional.linear_forward(X, p["W1"], p["b1"])
    A1 = bend(Z1)
    return last(functional.linear_forward(A1, p["W2"], p["b2"])), {"X": X, "Z1": Z1, "A1": A1}


def _same(Z: Array) -> Array:
    return Z


@mlp_forward.misconception("no bend between the layers", see=MLP)
def _(X: Array, params: Params) -> Any:
    """**The ReLU between the layers is missing.** Without it the two layers are one: a product of matrices is a
    matrix."""
    return _mlp(X, params, _same, _same)


@mlp_forward.misconception("ReLU after the last layer", see=MLP)
def _(right: Callable[..., Any], X: Array, params: Params) -> Any:
    """**No ReLU after the last layer.** Logits may be negative; cutting them off throws away how unlikely a class
    is."""
    logits, cache = right(X, params)
    return functional.relu(logits), cache


@mlp_forward.misconception("returns probabilities instead of logits", see=MLP)
def _(right: Callable[..., Any], X: Array, params: Params) -> Any:
    """**These are probabilities; the logits are wanted.** The loss takes the softmax in itself, where it can be
    done safely."""
    logits, cache = right(X, params)
    return functional.softmax(logits), cache


@mlp_forward.misconception("leaves out b1", see=MLP)
def _(right: Callable[..., Any], X: Array, params: Params) -> Any:
    """**The bias of the first layer is missing.** Z1 = X W1 + b1."""
    return right(X, {**params, "b1": np.zeros_like(params["b1"])})


@mlp_forward.misconception("leaves out b2", see=MLP)
def _(right: Callable[..., Any], X: Array, params: Params) -> Any:
    """**The bias of the second layer is missing.** logits = A1 W2 + b2."""
    return right(X, {**params, "b2": np.zeros_like(params["b2"])})


@mlp_forward.misconception("sigmoid instead of ReLU", see=MLP)
def _(X: Array, params: Params) -> Any:
    """**The hidden layer has a sigmoid.** The network of this course bends with ReLU."""
    return _mlp(X, params, functional.sigmoid, _same)


@mlp_forward.misconception("keeps A1 where Z1 belongs", see=MLP)
def _(right: Callable[..., Any], X: Array, params: Params) -> Any:
    """**The logits are right, but the cache holds A1 under the name Z1.** Z1 is what comes before the ReLU. If the
    ReLU wrote into Z1, Z1 is lost: let it make a new array."""
    logits, cache = right(X, params)
    return logits, {**cache, "Z1": functional.relu(cache["Z1"])}


@mlp_forward.misconception("keeps Z1 where A1 belongs", see=MLP)
def _(right: Callable[..., Any], X: Array, params: Params) -> Any:
    """**The logits are right, but the cache holds Z1 under the name A1.** A1 is what comes after the ReLU."""
    logits, cache = right(X, params)
    return logits, {**cache, "A1": cache["Z1"]}
