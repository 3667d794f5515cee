"""Suspects with a hidden layer: Z1 = X W1 + b1, A1 = relu(Z1) or sigmoid(Z1), logits = A1 W2 + b2."""

from __future__ import annotations

import numpy as np

from course_lib.bugs.networks import AS_MANY_AS_UNITS, MLP, SIGMOID, SKIP
from course_lib.bugs.suspects import broken, correct
from course_lib.nn.arrays import Array, Params
from course_lib.nn.functional import relu, sigmoid, softmax_cross_entropy_backward


@correct(MLP)
def greater_or_equal(params: Params, X: Array, y: Array) -> Params:
    """`Z1 >= 0` and `Z1 > 0` differ at exactly 0 alone. There the ReLU has a kink, the loss has no slope,
    and no gradient check can prefer one to the other."""
    Z1 = X @ params["W1"] + params["b1"]
    A1 = relu(Z1)
    dlogits = softmax_cross_entropy_backward(A1 @ params["W2"] + params["b2"], y)
    dZ1 = np.where(Z1 >= 0, dlogits @ params["W2"].T, 0)
    return {"b2": dlogits.sum(axis=0), "W2": (dlogits.T @ A1).T, "b1": dZ1.sum(axis=0), "W1": (dZ1.T @ X).T}


@broken(MLP)
def mask_from_output(params: Params, X: Array, y: Array) -> Params:
    """The mask of the ReLU lets everything pass: `A1` is never negative, so `A1 >= 0` is always true.

    An image on which some unit is silent shows it. As long as every unit fires, the mask has nothing to stop."""
    A1 = relu(X @ params["W1"] + params["b1"])
    dlogits = softmax_cross_entropy_backward(A1 @ params["W2"] + params["b2"], y)
    dA1 = dlogits @ params["W2"].T
    dZ1 = dA1 * (A1 >= 0)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": A1.T @ dlogits, "b2": dlogits.sum(axis=0)}


@broken(MLP)
def mask_from_input(params: Params, X: Array, y: Array) -> Params:
    """The mask of the ReLU is taken from `X`, the input of the layer; it belongs to `Z1`, the input of the ReLU.

    It runs because there are as many features as hidden units, so that the shapes fit. A silent unit shows it, or a
    negative input: there `X` and `Z1` have different signs. With positive images and units that all fire it is right
    by luck."""
    Z1 = X @ params["W1"] + params["b1"]
    A1 = relu(Z1)
    dlogits = softmax_cross_entropy_backward(A1 @ params["W2"] + params["b2"], y)
    dA1 = dlogits @ params["W2"].T
    dZ1 = dA1 * (X > 0)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": A1.T @ dlogits, "b2": dlogits.sum(axis=0)}


@broken(MLP)
def dead_units_revived(params: Params, X: Array, y: Array) -> Params:
    """It lets the gradient through to units that fire on no image, to wake them up; but the gradient of a unit that
    does not change the loss is 0.

    Only a unit that is silent on the whole batch shows it. All other units are treated rightly."""
    Z1 = X @ params["W1"] + params["b1"]
    A1 = relu(Z1)
    dlogits = softmax_cross_entropy_backward(A1 @ params["W2"] + params["b2"], y)
    dA1 = dlogits @ params["W2"].T
    silent = (Z1 <= 0).all(axis=0)
    dZ1 = dA1 * ((Z1 > 0) | silent)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": A1.T @ dlogits, "b2": dlogits.sum(axis=0)}


@broken(MLP)
def squeezed(params: Params, X: Array, y: Array) -> Params:
    """`squeeze` takes away every axis of length 1. For one image, the axis of the images goes, and the sum runs over
    the units.

    Only a batch of one image shows it, and only in b1. The last batch of an epoch can be that small."""
    Z1 = X @ params["W1"] + params["b1"]
    A1 = relu(Z1)
    dlogits = softmax_cross_entropy_backward(A1 @ params["W2"] + params["b2"], y)
    dZ1 = dlogits @ params["W2"].T * (Z1 > 0)
    db1 = np.zeros_like(params["b1"])
    db1 += dZ1.squeeze().sum(axis=0)
    return {"W1": X.T @ dZ1, "b1": db1, "W2": A1.T @ dlogits, "b2": dlogits.sum(axis=0)}


@broken(MLP, MLP.only(AS_MANY_AS_UNITS))
def bias_over_the_units(params: Params, X: Array, y: Array) -> Params:
    """The gradient of b1 is summed along the wrong axis: the sum must run over the images.

    Its gradient of b1 has one number for each image. That has the shape of b1 only when there are as many images as
    hidden units, by chance; then the numbers show it, in b1 alone."""
    Z1 = X @ params["W1"] + params["b1"]
    A1 = relu(Z1)
    dlogits = softmax_cross_entropy_backward(A1 @ params["W2"] + params["b2"], y)
    dZ1 = dlogits @ params["W2"].T * (Z1 > 0)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=1), "W2": A1.T @ dlogits, "b2": dlogits.sum(axis=0)}


@broken(MLP)
def bias_forgotten(params: Params, X: Array, y: Array) -> Params:
    """The gradient of b2 is missing: its array of zeros is never filled.

    Every batch shows it, but only in b2, the last of the four parameters."""
    grads = {name: np.zeros_like(array) for name, array in params.items()}
    Z1 = X @ params["W1"] + params["b1"]
    A1 = relu(Z1)
    dlogits = softmax_cross_entropy_backward(A1 @ params["W2"] + params["b2"], y)
    dZ1 = dlogits @ params["W2"].T * (Z1 > 0)
    grads["W1"] = X.T @ dZ1
    grads["b1"] = dZ1.sum(axis=0)
    grads["W2"] = A1.T @ dlogits
    return grads


@broken(MLP)
def mean_taken_twice(params: Params, X: Array, y: Array) -> Params:
    """The mean over the batch is taken twice for the biases: 1 / N is inside `dlogits` already, so the images are to be
    summed and not averaged once more.

    A batch of two images or more shows it: b1 and b2 are N times too small. With one image, sum and mean are the
    same."""
    Z1 = X @ params["W1"] + params["b1"]
    A1 = relu(Z1)
    dlogits = softmax_cross_entropy_backward(A1 @ params["W2"] + params["b2"], y)
    dZ1 = dlogits @ params["W2"].T * (Z1 > 0)
    return {"W1": X.T @ dZ1, "b1": dZ1.mean(axis=0), "W2": A1.T @ dlogits, "b2": dlogits.mean(axis=0)}


# ---- sigmoid --------------------------------------------------------------------------------------------------------


@correct(SIGMOID)
def slope_from_the_input(params: Params, X: Array, y: Array) -> Params:
    """The slope of the sigmoid is `1 / (2 + exp(Z1) + exp(-Z1))`, which is `A1 * (1 - A1)` written in terms of
    `Z1`."""
    Z1 = X @ params["W1"] + params["b1"]
    A1 = sigmoid(Z1)
    dlogits = softmax_cross_entropy_backward(A1 @ params["W2"] + params["b2"], y)
    dZ1 = dlogits @ params["W2"].T / (2 + np.exp(Z1) + np.exp(-Z1))
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": A1.T @ dlogits, "b2": dlogits.sum(axis=0)}


@broken(SIGMOID)
def slope_of_the_wrong_array(params: Params, X: Array, y: Array) -> Params:
    """The slope of the sigmoid is `A1 * (1 - A1)`, from its output; here it is `Z1 * (1 - Z1)`, from its input.

    Every batch shows it in W1 and b1. The second layer comes before the sigmoid on the way back, and is right."""
    Z1 = X @ params["W1"] + params["b1"]
    A1 = sigmoid(Z1)
    dlogits = softmax_cross_entropy_backward(A1 @ params["W2"] + params["b2"], y)
    dZ1 = dlogits @ params["W2"].T * Z1 * (1 - Z1)
    return {"W1": X.T @ dZ1, "b1": dZ1.sum(axis=0), "W2": A1.T @ dlogits, "b2": dlogits.sum(axis=0)}


# ---- two hidden layers and an addition: the gradient of A2 is used twice --------------------------------------------


@correct(SKIP)
def in_place_but_late(params: Params, X: Array, y: Array) -> Params:
    """It writes into `dA2`, but only after a copy was kept for the other use."""
    Z1 = X @ params["W1"] + params["b1"]
    A1 = relu(Z1)
    Z2 = A1 @ params["W2"] + params["b2"]
    A2 = A1 + relu(Z2)
    dlogits = softmax_cross_entropy_backward(A2 @ params["W3"] + params["b3"], y)
    dA2 = dlogits @ params["W3"].T
    dA1 = dA2.copy()
    dA2[Z2 < 0] = 0
    dZ2 = dA2
    dA1 += dZ2 @ params["W2"].T
    dZ1 = dA1 * (Z1 > 0)
    grads = {"W1": X.T @ dZ1, "W2": A1.T @ dZ2, "W3": A2.T @ dlogits}
    return grads | {"b1": dZ1.sum(axis=0), "b2": dZ2.sum(axis=0), "b3": dlogits.sum(axis=0)}


@broken(SKIP)
def writes_into_what_it_was_handed(params: Params, X: Array, y: Array) -> Params:
    """The ReLU's backward writes its zeros into `dA2`: `dZ2 = dA2` is a second name for the same array. The addition
    needs `dA2` as it was, and gets it with holes.

    A unit of the second layer that is silent on some image shows it, in W1 and b1. As long as all of them fire,
    nothing is written."""
    Z1 = X @ params["W1"] + params["b1"]
    A1 = relu(Z1)
    Z2 = A1 @ params["W2"] + params["b2"]
    A2 = A1 + relu(Z2)
    dlogits = softmax_cross_entropy_backward(A2 @ params["W3"] + params["b3"], y)
    dA2 = dlogits @ params["W3"].T
    dZ2 = dA2
    dZ2[Z2 < 0] = 0
    dA1 = dA2 + dZ2 @ params["W2"].T
    dZ1 = dA1 * (Z1 > 0)
    grads = {"W1": X.T @ dZ1, "W2": A1.T @ dZ2, "W3": A2.T @ dlogits}
    return grads | {"b1": dZ1.sum(axis=0), "b2": dZ2.sum(axis=0), "b3": dlogits.sum(axis=0)}
