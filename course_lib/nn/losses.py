"""The loss at the end of the network: softmax and cross-entropy, fused.

    logits (N, C) --softmax--> P (N, C) --cross-entropy with y--> L          forward
    dlogits = (P - Y) / N  <------------------------------------- 1          backward: the two derivatives, multiplied
"""

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Array
from .functional import cross_entropy


class SoftmaxCrossEntropy:
    """L = mean over n of -log P[n, y[n]], P = softmax(logits). Y is y as a one-hot array (N, C)."""

    def __init__(self) -> None:
        self.P: Array = np.empty((0, 0))
        self.scale: Array = np.empty(())  # an array: a Python number would be converted in the product

    def forward(self, logits: ArrayLike, y: ArrayLike) -> float:
        """The mean loss, in nats."""
        return cross_entropy(logits, y)

    def backward(self, logits: Array, Y: Array, scale: float = 1.0) -> Array:
        """dlogits = scale (P - Y) / N. All gradients of a network are proportional to this: `scale` scales them all.

        Works on the transposed arrays (C, N): NumPy adds up ten long rows much faster than many rows of ten.
        """
        Z = logits.T
        if self.P.shape != Z.shape:
            self.P, self.scale = np.empty(Z.shape, Z.dtype), np.empty((), Z.dtype)
        P: Array = np.subtract(Z, np.maximum.reduce(Z), out=self.P)
        np.exp(P, out=P)
        P /= np.add.reduce(P)
        P -= Y.T
        self.scale[...] = scale / len(logits)
        P *= self.scale
        return P.T
