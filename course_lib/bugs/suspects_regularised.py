"""Suspects with an L2 penalty, with dropout or with batch norm."""

from __future__ import annotations

import numpy as np

from course_lib.bugs.networks import BATCHNORM, DROPOUT, L2
from course_lib.bugs.suspects import broken, correct
from course_lib.nn.arrays import Array, Params
from course_lib.nn.functional import batchnorm_forward, one_hot, relu, softmax, softmax_cross_entropy_backward

# ---- the penalty (lam / 2) * sum of the squares of the weights ------------------------------------------------------


@correct(L2)
def divided_at_the_end(params: Params, X: Array, y: Array, lam: float) -> Params:
    """It works with sums over the batch, adds N times the penalty's gradient, and divides everything by N at the
    end."""
    N = len(y)
    Z1 = X @ params["W1"] + params["b1"]
    A1 = relu(Z1)
    dlogits = softmax(A1 @ params["W2"] + params["b2"]) - one_hot(y, 2)
    dZ1 = dlogits @ params["W2"].T * (Z1 > 0)
    grads = {
        "W1": X.T @ dZ1 + N * lam * params["W1"],
        "b1": dZ1.sum(axis=0),
        "W2": A1.T @ dlogits + N * lam * params["W2"],
        "b2": dlogits.sum(axis=0),
    }
    return {name: gradient / N for name, gradient in grads.items()}


@broken(L2)
def norm_without_its_square(params: Params, X: Array, y: Array, lam: float) -> Params:
    """It is the gradient of another penalty: of lam / 2 times the norm of each weight matrix, not times the square of
    the norm.

    Any lam above 0 shows it, in W1 and W2. Without a penalty there is nothing to get wrong."""
    Z1 = X @ params["W1"] + params["b1"]
    A1 = relu(Z1)
    dlogits = softmax_cross_entropy_backward(A1 @ params["W2"] + params["b2"], y)
    dZ1 = dlogits @ params["W2"].T * (Z1 > 0)
    dW1 = X.T @ dZ1 + lam / 2 * params["W1"] / np.linalg.norm(params["W1"])
    dW2 = A1.T @ dlogits + lam / 2 * params["W2"] / np.linalg.norm(params["W2"])
    return {"W1": dW1, "b1": dZ1.sum(axis=0), "W2": dW2, "b2": dlogits.sum(axis=0)}


@broken(L2)
def factor_of_the_square_kept(params: Params, X: Array, y: Array, lam: float) -> Params:
    """`2 * lam * W` is twice the right amount: the factor 2 from the square and the 1/2 of the penalty cancel.

    Any lam above 0 shows it, in W1 and W2. Without a penalty there is nothing to get wrong."""
    Z1 = X @ params["W1"] + params["b1"]
    A1 = relu(Z1)
    dlogits = softmax_cross_entropy_backward(A1 @ params["W2"] + params["b2"], y)
    dZ1 = dlogits @ params["W2"].T * (Z1 > 0)
    dW1 = X.T @ dZ1 + 2 * lam * params["W1"]
    dW2 = A1.T @ dlogits + 2 * lam * params["W2"]
    return {"W1": dW1, "b1": dZ1.sum(axis=0), "W2": dW2, "b2": dlogits.sum(axis=0)}


@broken(L2)
def biases_decayed_too(params: Params, X: Array, y: Array, lam: float) -> Params:
    """It lets the biases decay as well, but the penalty of this loss is made of the weights alone.

    Only biases that are not 0 show it. At the start of training all biases are 0, and so is their decay."""
    Z1 = X @ params["W1"] + params["b1"]
    A1 = relu(Z1)
    dlogits = softmax_cross_entropy_backward(A1 @ params["W2"] + params["b2"], y)
    dZ1 = dlogits @ params["W2"].T * (Z1 > 0)
    grads = {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": A1.T @ dlogits, "b2": dlogits.sum(axis=0)}
    return {name: gradient + lam * params[name] for name, gradient in grads.items()}


@broken(L2)
def decay_forgotten_in_one_layer(params: Params, X: Array, y: Array, lam: float) -> Params:
    """The gradient of the penalty is missing in W2: the loss has it for both layers, the gradient for the first one
    only.

    Any lam above 0 shows it, in W2 alone. Without a penalty nothing is missing."""
    Z1 = X @ params["W1"] + params["b1"]
    A1 = relu(Z1)
    dlogits = softmax_cross_entropy_backward(A1 @ params["W2"] + params["b2"], y)
    dW2 = A1.T @ dlogits
    dZ1 = dlogits @ params["W2"].T * (Z1 > 0)
    dW1 = X.T @ dZ1
    dW1 += lam * params["W1"]
    return {"W1": dW1, "b1": dZ1.sum(axis=0), "W2": dW2, "b2": dlogits.sum(axis=0)}


# ---- dropout: out = A1 mask / keep ----------------------------------------------------------------------------------


@broken(DROPOUT)
def scale_missing_on_the_way_back(params: Params, X: Array, y: Array, mask: Array, keep: float) -> Params:
    """The way back lacks the factor `1 / keep` that the way forward has.

    Any keep below 1 shows it: W1 and b1 are too small by that factor. With keep = 1 there is no factor."""
    Z1 = X @ params["W1"] + params["b1"]
    out = relu(Z1) * mask / keep
    dlogits = softmax_cross_entropy_backward(out @ params["W2"] + params["b2"], y)
    dout = dlogits @ params["W2"].T
    dZ1 = dout * mask * (Z1 > 0)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": out.T @ dlogits, "b2": dlogits.sum(axis=0)}


@broken(DROPOUT)
def mask_drawn_again(params: Params, X: Array, y: Array, mask: Array, keep: float) -> Params:
    """It draws a new mask on the way back; the units that were dropped on the way forward are to get no gradient.

    Any keep below 1 shows it, in W1 and b1. With keep = 1 every mask is full, and all masks are the same."""
    Z1 = X @ params["W1"] + params["b1"]
    A1 = relu(Z1)
    out = A1 * mask / keep
    dlogits = softmax_cross_entropy_backward(out @ params["W2"] + params["b2"], y)
    dout = dlogits @ params["W2"].T
    mask = np.random.default_rng(2).random(A1.shape) < keep
    dZ1 = dout * mask / keep * (Z1 > 0)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": out.T @ dlogits, "b2": dlogits.sum(axis=0)}


# ---- batch norm: out = gamma X_hat + beta ---------------------------------------------------------------------------


@correct(BATCHNORM)
def one_division_for_all(params: Params, X: Array, y: Array) -> Params:
    """It is the usual formula of batch norm with both means written as sums, and one division by N for all of it."""
    out, cache = batchnorm_forward(X @ params["W1"], params["gamma"], params["beta"])
    X_hat, N = cache["X_hat"], len(y)
    dlogits = softmax_cross_entropy_backward(out @ params["W2"] + params["b2"], y)
    dout = dlogits @ params["W2"].T
    dgamma, dbeta = (dout * X_hat).sum(axis=0), dout.sum(axis=0)
    dZ1 = params["gamma"] / (N * cache["std"]) * (N * dout - dbeta - X_hat * dgamma)
    return {"W1": X.T @ dZ1, "gamma": dgamma, "beta": dbeta, "W2": out.T @ dlogits, "b2": dlogits.sum(axis=0)}


@broken(BATCHNORM)
def eps_forgotten(params: Params, X: Array, y: Array) -> Params:
    """The way forward divides by `sqrt(var + eps)` and the way back by `sqrt(var)`.

    A unit that hardly varies shows it, because only a small variance feels the small eps. The relative error is about
    6e-5 in the weights of that unit and 1e-6 in all others: the largest error counts, not the mean of them."""
    Z1 = X @ params["W1"]
    out, cache = batchnorm_forward(Z1, params["gamma"], params["beta"])
    X_hat = cache["X_hat"]
    dlogits = softmax_cross_entropy_backward(out @ params["W2"] + params["b2"], y)
    dout = dlogits @ params["W2"].T
    dX_hat = dout * params["gamma"]
    dZ1 = (dX_hat - dX_hat.mean(axis=0) - X_hat * (dX_hat * X_hat).mean(axis=0)) / Z1.std(axis=0)
    grads = {"W1": X.T @ dZ1, "W2": out.T @ dlogits, "b2": dlogits.sum(axis=0)}
    return grads | {"gamma": (dout * X_hat).sum(axis=0), "beta": dout.sum(axis=0)}
