"""The two-layer report's SGD, wrong on purpose: its weights shrink by lam at every step, whatever lr is.

    SGD(lam=lam)               w <- (1 - lr lam) w - lr g      as lr decays, the pull towards 0 decays with it
    UnscaledShrink(lam=lam)    w <- (1 -    lam) w - lr g      as lr decays, the pull stays, and the weights die

In the upper line lam is that of the penalty (lam / 2) * sum of W^2. The lower one is SGD with lam / lr in its place: a
penalty that grows while the learning rate falls. What comes of it looks like over-fitting and is the opposite.
"""

import numpy as np

from .optimizers import Optimizer


class UnscaledShrink(Optimizer):
    """w <- (1 - lam) w - lr g for weights, w <- w - lr g for biases. SGD(lam=lam) is the same rule, right."""

    def gradient_scale(self, lr: float) -> float:
        return lr

    def step(self, lr: float) -> None:
        for block, weights, _ in self.blocks:
            np.multiply(weights.w, 1 - self.lam, out=weights.w)
            np.subtract(block.w, block.g, out=block.w)
