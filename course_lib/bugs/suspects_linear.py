"""Suspects with one linear layer: logits = X W + b, softmax and the mean cross-entropy."""

from __future__ import annotations

import numpy as np

from course_lib.bugs.networks import AS_MANY_AS_FEATURES, LINEAR, LINEAR_FILLING
from course_lib.bugs.suspects import broken, correct
from course_lib.nn.arrays import Array, Params
from course_lib.nn.functional import one_hot, softmax, softmax_cross_entropy_backward


@correct(LINEAR)
def with_einsum(params: Params, X: Array, y: Array) -> Params:
    """`einsum` writes out the sum over the images, and that is the same product as `X.T @ dlogits`."""
    logits = np.einsum("nd,dc->nc", X, params["W"]) + params["b"]
    dlogits = np.einsum("nc,->nc", softmax(logits) - one_hot(y, 4), 1 / len(y))
    return {"W": np.einsum("nc,nd->dc", dlogits, X), "b": np.einsum("nc->c", dlogits)}


@correct(LINEAR)
def image_by_image(params: Params, X: Array, y: Array) -> Params:
    """It takes one image after the other and adds up what each one gives. `X.T @ dlogits` does the same at once."""
    dW, db = np.zeros_like(params["W"]), np.zeros_like(params["b"])
    for x, label in zip(X, y, strict=True):
        dz = softmax(x @ params["W"] + params["b"])
        dz[label] -= 1
        for d in range(len(x)):
            dW[d] += x[d] * dz / len(X)
        db += dz / len(X)
    return {"W": dW, "b": db}


@broken(LINEAR)
def sign_flipped(params: Params, X: Array, y: Array) -> Params:
    """The sign is flipped: `Y - P` stands where `P - Y` belongs.

    Every batch shows it. Each element is the opposite of the right one, so each relative error is 2."""
    P = softmax(X @ params["W"] + params["b"])
    Y = one_hot(y, 4)
    dlogits = (Y - P) / len(y)
    return {"W": X.T @ dlogits, "b": dlogits.sum(axis=0)}


@broken(LINEAR, LINEAR.only(AS_MANY_AS_FEATURES))
def product_without_transpose(params: Params, X: Array, y: Array) -> Params:
    """`X @ dlogits` lacks the transpose: dW is `X.T @ dlogits`.

    It runs only when there are as many images as features, because the shapes then fit by chance. The numbers in W's
    gradient are wrong all the same, while those of b are right."""
    logits = X @ params["W"] + params["b"]
    dlogits = softmax_cross_entropy_backward(logits, y)
    return {"W": X @ dlogits, "b": dlogits.sum(axis=0)}


@broken(LINEAR)
def mean_missing(params: Params, X: Array, y: Array) -> Params:
    """The mean over the batch is missing: the loss is a mean, so `dlogits` has to be divided by N.

    A batch of two images or more shows it: every element is N times too large. With one image, N is 1 and nothing is
    missing."""
    dlogits = softmax(X @ params["W"] + params["b"])
    dlogits[np.arange(len(y)), y] -= 1
    return {"W": X.T @ dlogits, "b": dlogits.sum(axis=0)}


@broken(LINEAR)
def softmax_over_everything(params: Params, X: Array, y: Array) -> Params:
    """The softmax is taken over the whole array; each row needs a sum of its own.

    A batch of two images or more shows it. With one image there is one row, and the whole array is that row."""
    logits = X @ params["W"] + params["b"]
    E = np.exp(logits - logits.max())
    P = E / E.sum()
    dlogits = (P - one_hot(y, 4)) / len(y)
    return {"W": X.T @ dlogits, "b": dlogits.sum(axis=0)}


@broken(LINEAR_FILLING)
def adds_to_old_gradients(params: Params, X: Array, y: Array, grads: Params) -> Params:
    """It adds to what stands in `grads` already: `+=` is written where `=` belongs.

    The second batch shows it, when the gradients of the first one are still in the arrays. In new arrays of zeros,
    adding and assigning are the same."""
    logits = X @ params["W"] + params["b"]
    dlogits = softmax_cross_entropy_backward(logits, y)
    grads["W"] += X.T @ dlogits
    grads["b"] += dlogits.sum(axis=0)
    return grads
