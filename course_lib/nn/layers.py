"""The formulas of functional.py as layers: the same mathematics, with all memory allocated once.

    X --> forward --> out           forward(X, training=True) remembers what backward needs
    dX <-- backward <-- dout        backward(dout) overwrites the gradients of the parameters and returns dX

Three habits make layers fast. Everything is float32 (or everything float64, for gradient checks). Every array of a
training step is allocated at the first step and written with `out=` from then on; a layer writes into its own arrays
alone, never into what it is given. And the first layer of a network is asked for `parameter_gradients` only, because
nobody needs the gradient of the images.

What a training call returns is such an array: the next training call overwrites it. Without `training=True`, forward is
the network in use: nothing is remembered, and the result is yours.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from .arrays import Array, check_keep, check_rng, check_setting
from .initializers import he_init
from .parameters import Parameter

Initializer = Callable[[int, int, np.random.Generator], Array]


class Layer:
    """Something with a `forward` and a `backward`. `parameters` lists what it learns."""

    shape: tuple[int, ...] = ()  # of the X that the arrays of training are allocated for

    @property
    def parameters(self) -> list[Parameter]:
        return []

    @property
    def settings(self) -> dict[str, Any]:
        """What to call the class with (and an rng) for another layer like this one; plain values.

        A Network has none: the layers in it have theirs.
        """
        return {}

    def walk(self) -> Iterator["Layer"]:
        """This layer, and in a Network all that are in it, one after the other."""
        yield self

    def forward(self, X: Array, *, training: bool = False) -> Array:
        """The layer's output for a batch X (N, D)."""
        raise NotImplementedError

    def backward(self, dout: Array) -> Array:
        """From dL/d(output) of the last training forward: dX; the parameters' `grad` are overwritten."""
        raise NotImplementedError

    def parameter_gradients(self, dout: Array) -> None:
        """The part of `backward` that concerns the parameters, without the work for dX."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(str(value) for value in self.settings.values())})"


class Dense(Layer):
    """Z = X W + b: X (N, D), W (D, H), b (H,) -> Z (N, H).

    dX = dZ W^T, dW = X^T dZ, db = sum of dZ over the batch. W starts as `init(D, H, rng)`, b at 0.
    """

    def __init__(
        self, D: int, H: int, *, rng: np.random.Generator, init: Initializer = he_init, dtype: DTypeLike = np.float32
    ) -> None:
        check_rng(rng)
        self.W = Parameter("W", init(D, H, rng).astype(dtype), is_weight=True)
        self.b = Parameter("b", np.zeros(H, dtype))
        # Few outputs, such as ten classes, are stored as (H, N): ten long rows are faster for NumPy than long columns.
        self.transposed = H < 32

    @property
    def parameters(self) -> list[Parameter]:
        return [self.W, self.b]

    @property
    def settings(self) -> dict[str, Any]:
        D, H = self.W.value.shape
        return {"D": D, "H": H, "dtype": str(self.W.value.dtype)}

    def _check(self, X: Array) -> None:
        D = len(self.W.value)
        if X.ndim != 2 or X.shape[1] != D:
            raise ValueError(f"{self} wants X of shape (N, {D}), but got {X.shape}.")

    def _allocate(self, X: Array) -> None:
        self._check(X)
        (D, H), N, dtype = self.W.value.shape, len(X), self.W.value.dtype
        if X.dtype != dtype:
            raise ValueError(f"{self} computes in {dtype}, but got X of {X.dtype}: convert X once, before training.")
        self.shape = X.shape
        self.Z = np.empty((H, N), dtype).T if self.transposed else np.empty((N, H), dtype)
        self.dX = np.empty((N, D), dtype)
        self.ones = np.ones(N, dtype)

    def forward(self, X: Array, *, training: bool = False) -> Array:
        if not training:
            self._check(X)
            return np.asarray(X @ self.W.value + self.b.value)
        if X.shape != self.shape:
            self._allocate(X)
        self.X, Z = X, self.Z
        if self.transposed:
            self.W.value.T.dot(X.T, out=Z.T)
        else:
            X.dot(self.W.value, out=Z)
        Z += self.b.value
        return Z

    def backward(self, dout: Array) -> Array:
        self.parameter_gradients(dout)
        return dout.dot(self.W.value.T, out=self.dX)

    def parameter_gradients(self, dout: Array) -> None:
        self.X.T.dot(dout, out=self.W.grad)
        self.ones.dot(dout, out=self.b.grad)  # adding up the batch as a product is faster than dout.sum(axis=0)


class Standardize(Layer):
    """Z = (X - mean) / std: in front of a trained network, so that it takes pixels as they come.

    Not for training: standardise the images once instead. mean and std (D,) do not learn; an std of inf makes a
    feature 0.
    """

    def __init__(self, mean: ArrayLike, std: ArrayLike, *, dtype: DTypeLike = np.float32) -> None:
        self.mean = Parameter("mean", np.array(mean, dtype), requires_grad=False)
        self.std = Parameter("std", np.array(std, dtype), requires_grad=False)

    @property
    def parameters(self) -> list[Parameter]:
        return [self.mean, self.std]

    @property
    def settings(self) -> dict[str, Any]:
        mean, std = self.mean.value, self.std.value
        return {"mean": mean.tolist(), "std": std.tolist(), "dtype": str(mean.dtype)}

    def __repr__(self) -> str:
        return f"Standardize({self.mean.value.size} features)"

    def forward(self, X: Array, *, training: bool = False) -> Array:
        return np.asarray((X - self.mean.value) / self.std.value)

    def backward(self, dout: Array) -> Array:
        return np.asarray(dout / self.std.value)


class Elementwise(Layer):
    """A layer whose output has the shape of its input, and its two arrays: `out` and `dX`."""

    def _allocate(self, X: Array) -> None:
        self.shape = X.shape
        self.out, self.dX = np.empty_like(X), np.empty_like(X)


class ReLU(Elementwise):
    """A = Z [Z > 0]; dZ = dA [Z > 0]: one mask of zeros and ones serves both ways."""

    def _allocate(self, X: Array) -> None:
        super()._allocate(X)
        self.mask = np.empty_like(X)  # of numbers, not booleans, and
        self.zero = np.zeros((), X.dtype)  # an array, not a Python number: then nothing is converted at every step

    def forward(self, X: Array, *, training: bool = False) -> Array:
        if not training:
            return np.maximum(X, 0)
        if X.shape != self.shape:
            self._allocate(X)
        self.mask[...] = X > self.zero  # faster than out=self.mask, which converts the truth values piece by piece
        return np.multiply(X, self.mask, out=self.out)

    def backward(self, dout: Array) -> Array:
        return np.multiply(dout, self.mask, out=self.dX)


class Tanh(Elementwise):
    """A = tanh(Z), between -1 and 1; dZ = dA (1 - A^2)."""

    def forward(self, X: Array, *, training: bool = False) -> Array:
        if not training:
            return np.tanh(X)
        if X.shape != self.shape:
            self._allocate(X)
        return np.tanh(X, out=self.out)

    def backward(self, dout: Array) -> Array:
        dX = np.multiply(self.out, self.out, out=self.dX)
        np.subtract(1, dX, out=dX)
        dX *= dout
        return dX


class Sigmoid(Elementwise):
    """A = 1 / (1 + exp(-Z)) = (1 + tanh(Z / 2)) / 2, which cannot overflow; dZ = dA A (1 - A)."""

    def forward(self, X: Array, *, training: bool = False) -> Array:
        if not training:
            return np.asarray((1 + np.tanh(X / 2)) / 2)
        if X.shape != self.shape:
            self._allocate(X)
        A = np.multiply(X, 0.5, out=self.out)
        np.tanh(A, out=A)
        A += 1
        A *= 0.5
        return A

    def backward(self, dout: Array) -> Array:
        dX = np.subtract(1, self.out, out=self.dX)
        dX *= self.out
        dX *= dout
        return dX


class Dropout(Elementwise):
    """While training, each element is kept with probability `keep` and divided by it, or set to 0. In use: X itself.

    A new mask is drawn at every training call, from `rng`; backward uses the same one. Source: Srivastava et al. 2014.
    """

    def __init__(self, keep: float, *, rng: np.random.Generator) -> None:
        check_keep(keep)
        check_rng(rng)
        self.keep, self.rng = keep, rng

    @property
    def settings(self) -> dict[str, Any]:
        return {"keep": self.keep}

    def _allocate(self, X: Array) -> None:
        super()._allocate(X)
        self.mask = np.empty_like(X)

    def forward(self, X: Array, *, training: bool = False) -> Array:
        if not training:
            return X
        if X.shape != self.shape:
            self._allocate(X)
        mask = self.rng.random(dtype=self.mask.dtype, out=self.mask)
        np.less(mask, self.keep, out=mask)
        mask *= 1 / self.keep
        return np.multiply(X, mask, out=self.out)

    def backward(self, dout: Array) -> Array:
        return np.multiply(dout, self.mask, out=self.dX)


class BatchNorm(Elementwise):
    """out = gamma (X - mean) / sqrt(var + eps) + beta, for each of H features over the batch.

    In use there may be no batch, so training keeps running averages of the batches' mean and variance (this one divided
    by N - 1): running <- momentum running + (1 - momentum) batch. They are parameters without a gradient, hence frozen.
    A batch of one example has no variance: its output is beta, and the averages stay. Source: Ioffe and Szegedy 2015.
    """

    def __init__(self, H: int, *, momentum: float = 0.9, eps: float = 1e-5, dtype: DTypeLike = np.float32) -> None:
        check_setting("momentum", momentum, 0 <= momentum <= 1, "between 0 and 1")
        self.momentum, self.eps = momentum, eps
        self.gamma, self.beta = Parameter("gamma", np.ones(H, dtype)), Parameter("beta", np.zeros(H, dtype))
        self.running_mean = Parameter("running_mean", np.zeros(H, dtype), requires_grad=False)
        self.running_var = Parameter("running_var", np.ones(H, dtype), requires_grad=False)

    @property
    def parameters(self) -> list[Parameter]:
        return [self.gamma, self.beta, self.running_mean, self.running_var]

    @property
    def settings(self) -> dict[str, Any]:
        dtype = str(self.gamma.value.dtype)
        return {"H": self.gamma.value.size, "momentum": self.momentum, "eps": self.eps, "dtype": dtype}

    def _check(self, X: Array) -> None:
        H = self.gamma.value.size
        if X.ndim != 2 or X.shape[1] != H:
            raise ValueError(f"{self} wants X of shape (N, {H}), but got {X.shape}.")

    def _allocate(self, X: Array) -> None:
        self._check(X)
        super()._allocate(X)
        self.X_hat = np.empty_like(X)

    def forward(self, X: Array, *, training: bool = False) -> Array:
        gamma, beta = self.gamma.value, self.beta.value
        if not training:
            self._check(X)
            std = np.sqrt(self.running_var.value + self.eps)
            return np.asarray((X - self.running_mean.value) / std * gamma + beta)
        if X.shape != self.shape:
            self._allocate(X)
        mean, var, N = X.mean(axis=0), X.var(axis=0), len(X)
        self.std = np.sqrt(var + self.eps)
        np.subtract(X, mean, out=self.X_hat)
        self.X_hat /= self.std
        if N > 1:
            for running, batch in ((self.running_mean.value, mean), (self.running_var.value, var * (N / (N - 1)))):
                running *= self.momentum
                running += (1 - self.momentum) * batch
        np.multiply(self.X_hat, gamma, out=self.out)
        self.out += beta
        return self.out

    def parameter_gradients(self, dout: Array) -> None:
        np.sum(dout * self.X_hat, axis=0, out=self.gamma.grad)
        np.sum(dout, axis=0, out=self.beta.grad)

    def backward(self, dout: Array) -> Array:
        self.parameter_gradients(dout)
        # dX = gamma / std (dout - mean(dout) - X_hat mean(dout X_hat)); both means are gradients divided by N
        N = len(dout)
        np.multiply(self.X_hat, self.gamma.grad / -N, out=self.dX)
        self.dX += dout
        self.dX -= self.beta.grad / N
        self.dX *= self.gamma.value / self.std
        return self.dX
