"""What several exercises of notebook 5 are tried with."""

from __future__ import annotations

import numpy as np

from course_lib.nn.arrays import Params

# W1 and W2 cannot be added up, even by broadcasting: who tries it hears so in the first case.
TINY = {
    "W1": np.array([[1.0, -2.0, 0.0]]),
    "b1": np.array([3.0, 0.5, -1.0]),
    "W2": np.array([[2.0, 1.0], [0.0, -4.0], [1.0, 3.0]]),
    "b2": np.array([5.0, -2.0]),
}


def network_arrays(seed: int, D: int, H: int, C: int, dtype: type = np.float64) -> Params:
    """Parameters or gradients of a network, biases among them, all different from 0."""
    rng = np.random.default_rng(seed)
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    return {name: rng.standard_normal(shape).astype(dtype) for name, shape in shapes.items()}


def as_weights(params: Params) -> Params:
    """The same arrays under names that make the biases weights: "W of b1"."""
    return {f"W of {name}" if name[0] == "b" else name: array for name, array in params.items()}
