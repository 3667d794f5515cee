"""How large the first weights are: large enough for the signal to survive many layers, and no larger.

    Z = X W sums over D inputs, so var(Z) = D var(W) mean(X^2).

Xavier keeps the size the same from layer to layer, and that of the gradients on their way back (a sum over H outputs,
hence D + H). ReLU sets half of the values to 0, so He gives the weights twice the variance.

Biases start at 0.
"""

import math

import numpy as np

from .arrays import Array


def small_init(D: int, H: int, rng: np.random.Generator) -> Array:
    """W (D, H), float64, normal with mean 0 and standard deviation 0.01: usual once; signals fade with depth."""
    return rng.standard_normal((D, H)) * 0.01


def he_init(D: int, H: int, rng: np.random.Generator) -> Array:
    """W (D, H), float64, normal with mean 0 and variance 2 / D: for layers followed by ReLU. Source: He et al. 2015."""
    return rng.standard_normal((D, H)) * math.sqrt(2 / D)


def xavier_init(D: int, H: int, rng: np.random.Generator) -> Array:
    """W (D, H), float64, normal with mean 0 and variance 2 / (D + H): for tanh, or no activation.

    Source: Glorot and Bengio 2010.
    """
    return rng.standard_normal((D, H)) * math.sqrt(2 / (D + H))
