"""From gradients to better weights.

    sgd        w <- w - lr g                              downhill
    momentum   v <- mu v - lr g;  w <- w + v              a ball that keeps rolling
    rmsprop    s <- rho s + (1 - rho) g^2                 each weight with a step size of its own,
               w <- w - lr g / (sqrt(s) + eps)            the smaller the larger its gradients have been
    adam       both, with the averages corrected for having started at 0

First as formulas on dicts of arrays, then as classes that move a whole network at once. The rules of the five
write-ups that this course grew from, by their names here:

    multi-layer experiment   SGD(lam=1e-4); it asks for momentum=0.9
    hands-on project         SGD() with cosine_decay; it asks for momentum, RMSprop() and Adam()
    fully connected notes    SGD(lam=lambda / batch_size)
    two-layer report         SGD(lam=0.001) with step_decay(every=5000); as printed it is unscaled_shrink.py
    three-layer homework     SGD(lam=0.001) with step_decay(every=steps in an epoch, factor=0.95)
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from .arrays import Array, check_setting
from .functional import l2_gradient
from .parameters import ParameterVector


def sgd_step(params: Mapping[str, Array], grads: Mapping[str, Array], lr: float) -> None:
    """w <- w - lr g for every parameter, in place."""
    for name, w in params.items():
        w -= lr * grads[name]


def weight_decay_step(params: Mapping[str, Array], grads: Mapping[str, Array], lr: float, lam: float) -> None:
    """W <- W - lr (dW + lam W) = (1 - lr lam) W - lr dW for the weights, b <- b - lr db for the biases, in place.

    `grads` are those of the loss alone; this is gradient descent on the loss with its L2 penalty.
    """
    sgd_step(params, l2_gradient(params, grads, lam), lr)


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


def check_fraction(name: str, value: float) -> None:
    """Raise ValueError for a running mean's share that is not one: at 1 it would never take in anything new."""
    check_setting(name, value, 0 <= value < 1, "at least 0 and below 1")


class Block(NamedTuple):
    """Views of one part of the vector: parameters w, their gradients g, room for one result, the optimiser's state."""

    w: Array
    g: Array
    tmp: Array
    state: tuple[Array, ...]

    def part(self, start: int, stop: int) -> "Block":
        """The elements from start to stop; there may be none."""
        state = tuple(s[start:stop] for s in self.state)
        return Block(self.w[start:stop], self.g[start:stop], self.tmp[start:stop], state)


class Optimizer:
    """One of the rules above for a whole network: `step(lr)` moves all parameters at once, because they are one vector.

    lam    adds lam W, the gradient of the L2 penalty (lam / 2) * sum of W^2, for the weights but not the biases

    The vector is worked through in blocks that fit into the processor's cache, because a rule reads and writes each
    number several times. A block comes three times: whole, and its weights and its biases alone; either may be empty.
    `step` uses the gradients up: they are its scratch paper.
    """

    state_names: tuple[str, ...] = ()
    block_size = 65536

    def __init__(self, *, lam: float = 0.0) -> None:
        check_setting("lam", lam, 0 <= lam < math.inf, "0 or more")
        self.lam = lam
        self.state: dict[str, Array] = {}  # by name: arrays as long as the vector, and single numbers
        self.blocks: list[tuple[Block, Block, Block]] = []

    def attach(self, vector: ParameterVector) -> None:
        """Start afresh on these parameters: the state is zeros, no step has been taken."""
        self.vector = vector
        rows = {name: np.zeros_like(vector.values) for name in self.state_names}
        self.state, self.blocks = dict(rows), []
        tmp = np.empty_like(vector.values[: self.block_size])  # one for all blocks: it stays in the cache
        for start in range(0, vector.values.size, self.block_size):
            part = slice(start, start + self.block_size)
            w, g, state = vector.values[part], vector.gradients[part], tuple(row[part] for row in rows.values())
            block = Block(w, g, tmp[: w.size], state)
            weights = max(0, vector.weight_count - start)  # so many of the block's elements, if it is long enough
            self.blocks.append((block, block.part(0, weights), block.part(weights, self.block_size)))

    def gradient_scale(self, lr: float) -> float:
        """What the gradients must be multiplied with before `step`; the loss can do it for next to nothing."""
        return 1.0

    def step(self, lr: float) -> None:
        """Move the parameters once. The gradients must be those of the loss times `gradient_scale(lr)`."""
        raise NotImplementedError

    def _add_l2_gradient(self, weights: Block, scale: float = 1.0) -> None:
        """g <- g + scale lam W, the gradient of the penalty, for a block's weights."""
        if self.lam:
            np.multiply(weights.w, scale * self.lam, out=weights.tmp)
            np.add(weights.g, weights.tmp, out=weights.g)

    def flush_subnormals(self) -> None:
        """Set what has decayed to almost nothing to 0: many processors compute slowly with numbers below 1e-38."""
        for s in self.state.values():
            s[np.abs(s) < 1e8 * np.finfo(s.dtype).tiny] = 0


class SGD(Optimizer):
    """v <- mu v - lr (g + lam w), then w <- w + v; with Nesterov's look-ahead, then w <- w + mu v - lr (g + lam w).

    The gradients come times lr already: backward is proportional to what it is given, so that multiplying the few
    dlogits by lr does the same as multiplying all gradients. PyTorch keeps v / lr: the same while lr is constant.

    nesterov    True: look ahead along the momentum, which must be above 0 then

    Source: Polyak 1964; Nesterov 1983, as in Sutskever et al. 2013.
    """

    def __init__(self, *, momentum: float = 0.0, nesterov: bool = False, lam: float = 0.0) -> None:
        super().__init__(lam=lam)
        check_fraction("momentum", momentum)
        if nesterov and not momentum:
            raise ValueError("nesterov looks ahead along the momentum, so set momentum too, for example to 0.9.")
        self.momentum, self.nesterov = momentum, nesterov
        self.state_names = ("v",) if momentum else ()

    def attach(self, vector: ParameterVector) -> None:
        super().attach(vector)
        self.state["d"] = np.ones(())
        # Factors as arrays without dimensions: a Python number would be converted anew in every product.
        self.mu = np.array(self.momentum, vector.values.dtype)
        self.m, self.d = np.empty_like(self.mu), np.empty_like(self.mu)

    def gradient_scale(self, lr: float) -> float:
        return lr

    def step(self, lr: float) -> None:
        if not self.momentum:
            for block, weights, _ in self.blocks:
                self._add_l2_gradient(weights, lr)  # w times (1 - lr lam) is quicker, but float32 rounds that factor
                np.subtract(block.w, block.g, out=block.w)
        elif self.nesterov or lr * self.lam > (1 - math.sqrt(self.momentum)) ** 2:
            self._momentum_step(lr)
        else:
            self._short_momentum_step(lr)

    def _momentum_step(self, lr: float) -> None:
        """The formula, in five passes over the vector."""
        mu, d = self.momentum, float(self.state["d"])
        self.state["d"][...] = 1
        for (w, g, tmp, (v,)), weights, _ in self.blocks:
            if d != 1:
                W, (u,) = weights.w, weights.state
                u[...] = W - (W - u) / d  # the short form's u, back to a velocity
            self._add_l2_gradient(weights, lr)
            v *= mu
            v -= g
            if self.nesterov:
                w -= g
                w += np.multiply(v, mu, out=tmp)
            else:
                w += v

    def _short_momentum_step(self, lr: float) -> None:
        """The same weights in four passes: u <- m u - lr g, then w <- d w + u. For L2 that is not extremely strong.

        u = w - d_before w_before takes the place of v, and the two factors are numbers, new at every step:
        m = mu / d_before and d = 1 + mu - lr lam - m, from d = 1 on. Put them in, and what comes out is
        w + mu (w - w_before) - lr (g + lam w): momentum. While lr lam <= (1 - sqrt(mu))^2, d stays above sqrt(mu).
        In float32 both factors are rounded: L2 pulls as strongly as it should, to 2%, while lr lam is above
        3e-7 (1 - mu). Below, where it hardly matters, the pull is less and less exact.
        """
        m = self.momentum / float(self.state["d"])
        d = 1 + self.momentum - lr * self.lam - m
        self.m[...], self.d[...], self.state["d"][...] = m, d, d
        for (w, g, _, (u,)), weights, biases in self.blocks:
            (u_weights,), (u_biases,) = weights.state, biases.state
            u_weights *= self.m
            u_biases *= self.mu
            u -= g
            if self.lam:
                np.multiply(weights.w, self.d, out=weights.w)
            w += u


class RMSprop(Optimizer):
    """s <- rho s + (1 - rho) g^2, then w <- w - lr g / (sqrt(s) + eps): see `rmsprop_step`.

    rho    how much of the running mean s stays at each step; eps keeps weights without a gradient from dividing by 0
    """

    state_names = ("s",)

    def __init__(self, *, rho: float = 0.9, eps: float = 1e-8, lam: float = 0.0) -> None:
        super().__init__(lam=lam)
        check_fraction("rho", rho)
        self.rho, self.eps = rho, eps

    def step(self, lr: float) -> None:
        for (w, g, tmp, (s,)), weights, _ in self.blocks:
            self._add_l2_gradient(weights)
            s *= self.rho
            np.multiply(g, g, out=tmp)
            tmp *= 1 - self.rho
            s += tmp
            np.sqrt(s, out=tmp)
            tmp += self.eps
            g /= tmp
            g *= lr
            w -= g


class Adam(Optimizer):
    """The running means m of g and v of g^2, corrected; w <- w - lr m' / (sqrt(v') + eps): see `adam_step`.

    beta1, beta2    how much of m and of v stays at each step; eps keeps weights without a gradient from dividing by 0
    """

    state_names = ("m", "v")

    def __init__(self, *, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8, lam: float = 0.0) -> None:
        super().__init__(lam=lam)
        check_fraction("beta1", beta1)
        check_fraction("beta2", beta2)
        self.beta1, self.beta2, self.eps = beta1, beta2, eps

    def attach(self, vector: ParameterVector) -> None:
        super().attach(vector)
        self.state["t"] = np.zeros(())

    def step(self, lr: float) -> None:
        self.state["t"] += 1
        t = float(self.state["t"])
        for (w, g, tmp, (m, v)), weights, _ in self.blocks:
            self._add_l2_gradient(weights)
            m *= self.beta1
            m += np.multiply(g, 1 - self.beta1, out=tmp)
            v *= self.beta2
            g *= g
            g *= 1 - self.beta2
            v += g
            np.sqrt(v, out=tmp)
            tmp *= 1 / math.sqrt(1 - self.beta2**t)
            tmp += self.eps
            np.divide(m, tmp, out=tmp)
            tmp *= lr / (1 - self.beta1**t)
            w -= tmp
