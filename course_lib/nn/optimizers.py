"""From gradients to better weights.

    sgd        w <- w - lr g                              downhill
    momentum   v <- mu v - lr g;  w <- w + v              a ball that keeps rolling
    rmsprop    s <- rho s + (1 - rho) g^2                 each weight with a step size of its own,
               w <- w - lr g / (sqrt(s) + eps)            the smaller the larger its gradients have been
    adam       both, with the averages corrected for having started at 0
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from .arrays import Array
from .parameters import ParameterVector


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


class Block(NamedTuple):
    """Views of one part of the vector; the last three are the weights' share of w, g and tmp."""

    w: Array
    g: Array
    tmp: Array
    state: tuple[Array, ...]
    weights: Array
    weight_gradients: Array
    weight_tmp: Array


class Optimizer:
    """One of the rules above for a whole network: `step(lr)` moves all parameters at once, because they are one vector.

    lam    adds lam W, the gradient of the L2 penalty (lam / 2) * sum of W^2, for the weights but not the biases

    The vector is worked through in blocks that fit into the processor's cache, because a rule reads and writes each
    number several times. `step` uses up the gradients: they are its scratch paper.
    """

    state_names: tuple[str, ...] = ()
    block_size = 65536

    def __init__(self, *, lam: float = 0.0) -> None:
        self.lam, self.t = lam, 0
        self.state: dict[str, Array] = {}

    def attach(self, vector: ParameterVector) -> None:
        """Start afresh on these parameters: the state is zeros, no step has been taken."""
        self.t = 0
        self.state = {name: np.zeros_like(vector.values) for name in self.state_names}
        self.blocks: list[Block] = []
        for start in range(0, vector.values.size, self.block_size):
            part = slice(start, start + self.block_size)
            w, g, tmp = vector.values[part], vector.gradients[part], np.empty_like(vector.values[part])
            weights = slice(max(0, vector.weight_count - start))  # the weights come first in the vector
            state = tuple(s[part] for s in self.state.values())
            self.blocks.append(Block(w, g, tmp, state, w[weights], g[weights], tmp[weights]))

    def gradient_scale(self, lr: float) -> float:
        """What the gradients must be multiplied with before `step`; the loss can do it for next to nothing."""
        return 1.0

    def step(self, lr: float) -> None:
        """Move the parameters once. The gradients must be those of the loss times `gradient_scale(lr)`."""
        self.t += 1
        lam = self.lam * self.gradient_scale(lr)
        for w, g, tmp, state, W, dW, lamW in self.blocks:
            if lam:
                dW += np.multiply(W, lam, out=lamW)
            self.update(w, g, tmp, lr, *state)

    def update(self, w: Array, g: Array, tmp: Array, lr: float, *state: Array) -> None:
        """The rule, in place: parameters w, gradients g, room for one intermediate result, and the state."""
        raise NotImplementedError

    def flush_subnormals(self) -> None:
        """Set what has decayed to almost nothing to 0: many processors compute slowly with numbers below 1e-38."""
        for s in self.state.values():
            s[np.abs(s) < 1e8 * np.finfo(s.dtype).tiny] = 0


class SGD(Optimizer):
    """v <- mu v - lr g, then w <- w + v; with Nesterov's look-ahead w <- w + mu v - lr g; no momentum: w <- w - lr g.

    The gradients come already times lr: backward is proportional to what it is given, so multiplying the few dlogits
    by lr does the same as multiplying all gradients. PyTorch keeps v / lr instead, the same while lr is constant.
    Source: Polyak 1964; Nesterov 1983, in the form of Sutskever et al. 2013.
    """

    def __init__(self, *, momentum: float = 0.0, nesterov: bool = False, lam: float = 0.0) -> None:
        super().__init__(lam=lam)
        self.momentum, self.nesterov = momentum, nesterov
        self.state_names = ("v",) if momentum else ()

    def gradient_scale(self, lr: float) -> float:
        return lr

    def update(self, w: Array, g: Array, tmp: Array, lr: float, *state: Array) -> None:
        if not state:
            w -= g
            return
        (v,) = state
        v *= self.momentum
        v -= g
        if self.nesterov:
            w -= g
            w += np.multiply(v, self.momentum, out=tmp)
        else:
            w += v


class RMSprop(Optimizer):
    """s <- rho s + (1 - rho) g^2, then w <- w - lr g / (sqrt(s) + eps): see `rmsprop_step`."""

    state_names = ("s",)

    def __init__(self, *, rho: float = 0.9, eps: float = 1e-8, lam: float = 0.0) -> None:
        super().__init__(lam=lam)
        self.rho, self.eps = rho, eps

    def update(self, w: Array, g: Array, tmp: Array, lr: float, *state: Array) -> None:
        (s,) = state
        s *= self.rho
        np.multiply(g, g, out=tmp)
        tmp *= 1 - self.rho
        s += tmp
        np.sqrt(s, out=tmp)
        tmp += self.eps
        np.divide(g, tmp, out=tmp)
        tmp *= lr
        w -= tmp


class Adam(Optimizer):
    """The running means m of g and v of g^2, corrected; w <- w - lr m' / (sqrt(v') + eps): see `adam_step`."""

    state_names = ("m", "v")

    def __init__(self, *, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8, lam: float = 0.0) -> None:
        super().__init__(lam=lam)
        self.beta1, self.beta2, self.eps = beta1, beta2, eps

    def update(self, w: Array, g: Array, tmp: Array, lr: float, *state: Array) -> None:
        m, v = state
        m *= self.beta1
        m += np.multiply(g, 1 - self.beta1, out=tmp)
        v *= self.beta2
        np.multiply(g, g, out=tmp)
        tmp *= 1 - self.beta2
        v += tmp
        np.sqrt(v, out=tmp)
        tmp *= 1 / math.sqrt(1 - self.beta2**self.t)
        tmp += self.eps
        np.divide(m, tmp, out=tmp)
        tmp *= lr / (1 - self.beta1**self.t)
        w -= tmp
