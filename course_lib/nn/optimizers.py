"""From gradients to better weights.

    sgd        w <- w - lr g                              downhill
    momentum   v <- mu v - lr g;  w <- w + v              a ball that keeps rolling
    rmsprop    s <- rho s + (1 - rho) g^2                 each weight with a step size of its own,
               w <- w - lr g / (sqrt(s) + eps)            the smaller the larger its gradients have been
    adam       both, with the averages corrected for having started at 0
"""

from collections.abc import Mapping

import numpy as np

from .arrays import Array


def sgd_step(params: Mapping[str, Array], grads: Mapping[str, Array], lr: float) -> None:
    """w <- w - lr g for every parameter, in place."""
    for name, w in params.items():
        w -= lr * grads[name]


def momentum_step(
    params: Mapping[str, Array], grads: Mapping[str, Array], velocity: Mapping[str, Array], lr: float, mu: float
) -> None:
    """v <- mu v - lr g, then w <- w + v, in place. `velocity` starts at zeros. Source: Polyak 1964."""
    for name, w in params.items():
        v = velocity[name]
        v *= mu
        v -= lr * grads[name]
        w += v


def rmsprop_step(
    params: Mapping[str, Array],
    grads: Mapping[str, Array],
    state: Mapping[str, Array],
    lr: float,
    rho: float = 0.9,
    eps: float = 1e-8,
) -> None:
    """s <- rho s + (1 - rho) g^2, then w <- w - lr g / (sqrt(s) + eps), in place. `state` holds s and starts at zeros.

    Source: Tieleman and Hinton 2012, lecture 6.5 of "Neural networks for machine learning".
    """
    for name, w in params.items():
        g, s = grads[name], state[name]
        s *= rho
        s += (1 - rho) * g * g
        w -= lr * g / (np.sqrt(s) + eps)


def adam_step(
    params: Mapping[str, Array],
    grads: Mapping[str, Array],
    state: Mapping[str, Mapping[str, Array]],
    t: int,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> None:
    """m <- beta1 m + (1 - beta1) g, v <- beta2 v + (1 - beta2) g^2, then w <- w - lr m' / (sqrt(v') + eps), in place.

    m' = m / (1 - beta1^t) and v' = v / (1 - beta2^t) undo the pull of the zeros that `state` = {"m": ..., "v": ...}
    starts with. t counts the steps from 1. Source: Kingma and Ba 2015.
    """
    for name, w in params.items():
        g, m, v = grads[name], state["m"][name], state["v"][name]
        m *= beta1
        m += (1 - beta1) * g
        v *= beta2
        v += (1 - beta2) * g * g
        w -= lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
