"""The mathematics of a multi-layer perceptron: one pure function for each formula.

    X (N, D) --linear--> Z (N, H) --relu--> A (N, H) --linear--> logits (N, C) --softmax--> P (N, C)
                                                                        |
                                              labels y (N,) --> cross_entropy --> L, one number

N examples, D input features, H hidden units, C classes. Every arrow has a `..._backward`, which takes dL/d(its output)
and returns dL/d(each of its inputs); we write dZ for dL/dZ, and L is the mean loss over the batch. float32 stays
float32 and float64 stays float64, lists are taken as arrays, and no function writes into what it is given.

These are the functions that the notebooks ask you to write, and the reference that `check` compares them with. The same
formulas made fast, with all memory allocated once, are in layers.py and losses.py.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Array, Params, check_keep, check_labels


def one_hot(y: ArrayLike, C: int) -> Array:
    """Row n has a 1.0 in column y[n] and 0.0 elsewhere: (N,) -> (N, C), float64.

    Raises ValueError for a label outside 0..C-1.
    """
    return np.eye(C)[check_labels(y, C)]


def standardize(X_train: ArrayLike, X: ArrayLike) -> Array:
    """(X - mean) / std for each feature, with the mean and std of `X_train`: (N, D) -> (N, D).

    std divides by N. A feature that is constant in `X_train` becomes 0. Only `X_train` is measured, so nothing about
    validation or test images leaks into training.
    """
    X_train, X = np.asarray(X_train), np.asarray(X)
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    # Rounding can give a constant feature a std of 1e-17, so the values are compared, not the std alone.
    varies = (X_train.min(axis=0) < X_train.max(axis=0)) & (std > 0)
    standardized: Array = np.where(varies, X - mean, 0) / np.where(varies, std, 1)
    return standardized


# ---- forward -------------------------------------------------------------------------------------


def linear_forward(X: ArrayLike, W: ArrayLike, b: ArrayLike) -> Array:
    """Z = X W + b: X (N, D), W (D, H), b (H,) -> Z (N, H)."""
    Z: Array = np.asarray(X) @ np.asarray(W) + np.asarray(b)
    return Z


def relu(Z: ArrayLike) -> Array:
    """A = max(Z, 0), element by element."""
    A: Array = np.maximum(Z, 0)
    return A


def sigmoid(Z: ArrayLike) -> Array:
    """A = 1 / (1 + exp(-Z)) = exp(Z) / (1 + exp(Z)), element by element: between 0 and 1.

    The first form is safe for Z >= 0 and the second for Z < 0: exp is only ever taken of -|Z|, so it cannot overflow.
    """
    Z = np.asarray(Z)
    E = np.exp(-np.abs(Z))
    A: Array = np.where(Z >= 0, 1, E) / (1 + E)
    return A


def softmax(Z: ArrayLike) -> Array:
    """P[n, c] = exp(Z[n, c]) / sum_k exp(Z[n, k]), each row of Z (N, C) on its own: 0 or more, adding up to 1.

    Taking the largest logit off its row changes no quotient and makes every exponent at most 0: no overflow.
    """
    Z = np.asarray(Z)
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    P: Array = E / E.sum(axis=-1, keepdims=True)
    return P


def cross_entropy(logits: ArrayLike, y: ArrayLike) -> float:
    """L = mean over n of -log P[n, y[n]], in nats, from the logits (N, C) and labels y (N,).

    -log P[n, c] = log(sum_k exp(Z[n, k])) - Z[n, c]: no probability is formed, so none can round to 0 and give log(0).
    """
    Z = np.asarray(logits)
    y = check_labels(y, Z.shape[1], len(Z))
    Z = Z - Z.max(axis=1, keepdims=True)
    log_sum_exp = np.log(np.exp(Z).sum(axis=1))
    return float(np.mean(log_sum_exp - Z[np.arange(len(Z)), y]))


def mlp_forward(X: ArrayLike, params: Mapping[str, Array]) -> tuple[Array, Params]:
    """Z1 = X W1 + b1, A1 = relu(Z1), logits = A1 W2 + b2. Returns (logits, cache).

    X (N, D), W1 (D, H), b1 (H,), W2 (H, C), b2 (C,) -> logits (N, C); cache = {"X", "Z1", "A1"}, what backward needs.
    """
    X = np.asarray(X)
    Z1 = linear_forward(X, params["W1"], params["b1"])
    A1 = relu(Z1)
    logits = linear_forward(A1, params["W2"], params["b2"])
    return logits, {"X": X, "Z1": Z1, "A1": A1}


def accuracy(logits: ArrayLike, y: ArrayLike) -> float:
    """The fraction of rows whose largest logit is in column y[n]; the first of equal ones counts."""
    logits = np.asarray(logits)
    return float(np.mean(logits.argmax(axis=1) == check_labels(y, logits.shape[1], len(logits))))


# ---- backward ------------------------------------------------------------------------------------


def add_backward(dout: float) -> tuple[float, float]:
    """out = x + y, so dx = dout and dy = dout: addition hands the gradient on to both."""
    return dout, dout


def multiply_backward(dout: float, x: float, y: float) -> tuple[float, float]:
    """out = x y, so dx = dout y and dy = dout x: each input is weighted by the other one."""
    return dout * y, dout * x


def linear_backward(dZ: ArrayLike, X: ArrayLike, W: ArrayLike) -> tuple[Array, Array, Array]:
    """dX = dZ W^T, dW = X^T dZ, db = sum of dZ over the examples. Returns (dX, dW, db), shaped like X, W and b.

    The mean over the batch is inside dZ already, so nothing is divided by N here.
    """
    dZ, X, W = np.asarray(dZ), np.asarray(X), np.asarray(W)
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)


def relu_backward(dA: ArrayLike, Z: ArrayLike) -> Array:
    """dZ = dA where Z > 0, else 0. At Z = 0 exactly the slope is taken to be 0."""
    return np.asarray(dA) * (np.asarray(Z) > 0)


def sigmoid_backward(dA: ArrayLike, A: ArrayLike) -> Array:
    """dZ = dA A (1 - A), where A = sigmoid(Z) is the output of the forward pass."""
    A = np.asarray(A)
    dZ: Array = np.asarray(dA) * A * (1 - A)
    return dZ


def softmax_cross_entropy_backward(logits: ArrayLike, y: ArrayLike) -> Array:
    """dlogits = (P - one_hot(y)) / N for the mean loss, P = softmax(logits): (N, C). Each row adds up to 0."""
    P = softmax(logits)
    P[np.arange(len(P)), check_labels(y, P.shape[1], len(P))] -= 1
    return P / len(P)


def mlp_backward(dlogits: ArrayLike, params: Mapping[str, Array], cache: Mapping[str, Array]) -> Params:
    """The gradients of W1, b1, W2 and b2, from dlogits and the cache of `mlp_forward`: its steps, last one first."""
    dA1, dW2, db2 = linear_backward(dlogits, cache["A1"], params["W2"])
    dZ1 = relu_backward(dA1, cache["Z1"])
    _, dW1, db1 = linear_backward(dZ1, cache["X"], params["W1"])
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# ---- regularisation ------------------------------------------------------------------------------


def l2_penalty(params: Mapping[str, Array], lam: float) -> float:
    """(lam / 2) * sum of the squares of all weights ("W1", "W2", ...), without the biases."""
    return float(lam) / 2 * sum(float(np.sum(np.square(p))) for name, p in params.items() if name.startswith("W"))


def l2_gradient(params: Mapping[str, Array], grads: Mapping[str, Array], lam: float) -> Params:
    """The gradients of loss + penalty: dW + lam W for the weights, db as it was. A new dict; `grads` stays as it is."""
    return {name: g + float(lam) * params[name] if name.startswith("W") else g.copy() for name, g in grads.items()}


def dropout_forward(A: ArrayLike, keep: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """out = A mask / keep; each element of mask is True with probability `keep`. Returns (out, mask).

    1/keep makes the expected output equal to A, so nothing has to change when the network is used (no dropout then).
    Source: Srivastava et al. 2014, with the scale moved from use to training ("inverted" dropout).
    """
    check_keep(keep)
    A = np.asarray(A)
    mask = rng.random(A.shape) < keep
    return A * mask / float(keep), mask


def dropout_backward(dout: ArrayLike, mask: ArrayLike, keep: float) -> Array:
    """dA = dout mask / keep, with the mask that the forward pass drew."""
    dA: Array = np.asarray(dout) * np.asarray(mask) / float(keep)
    return dA


def batchnorm_forward(X: ArrayLike, gamma: ArrayLike, beta: ArrayLike, eps: float = 1e-5) -> tuple[Array, Params]:
    """out = gamma X_hat + beta, X_hat = (X - mean) / std, std = sqrt(var + eps), over the batch: (N, D) -> (N, D).

    var divides by N. Returns (out, cache), cache = {"X_hat": (N, D), "std": (D,), "gamma": (D,)}.
    Source: Ioffe and Szegedy 2015.
    """
    X, gamma = np.asarray(X), np.asarray(gamma)
    std = np.sqrt(X.var(axis=0) + eps)
    X_hat = (X - X.mean(axis=0)) / std
    return gamma * X_hat + np.asarray(beta), {"X_hat": X_hat, "std": std, "gamma": gamma}


def batchnorm_backward(dout: ArrayLike, cache: Mapping[str, Array]) -> tuple[Array, Array, Array]:
    """(dX, dgamma, dbeta) of `batchnorm_forward`: shapes (N, D), (D,), (D,).

    dX = (dX_hat - mean(dX_hat) - X_hat mean(dX_hat X_hat)) / std with dX_hat = gamma dout: the two means, over the
    batch, are there because each example also moved the mean and the std that all the others are measured with.
    """
    dout, X_hat = np.asarray(dout), cache["X_hat"]
    dX_hat = cache["gamma"] * dout
    dX = (dX_hat - dX_hat.mean(axis=0) - X_hat * (dX_hat * X_hat).mean(axis=0)) / cache["std"]
    return dX, (dout * X_hat).sum(axis=0), dout.sum(axis=0)
