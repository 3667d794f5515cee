"""sgd_step: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Exercise
from course_lib.checkpoints.nb04_sgd.shared import (
    TINY,
    TINY_GRADS,
    changed_in_place,
    network_parameters,
    output_layer_first,
)
from course_lib.nn import optimizers
from course_lib.nn.arrays import Params

STEP = "04#2. One step downhill"


def parameters_afterwards(step: Callable[..., Any], params: Params, grads: Params, lr: float) -> Params:
    """The caller's parameters after one step in place."""
    before = copy.deepcopy(params)
    changed_in_place(step(params, grads, lr), params, before)
    return params


sgd_step = Exercise(
    "sgd_step",
    reference=optimizers.sgd_step,
    cases=lambda: [
        (TINY, TINY_GRADS, 0.1),
        (network_parameters(10, 2, 3, 4), network_parameters(20, 2, 3, 4), 0.5),
        (network_parameters(30, 4, 2, 3, np.float32), network_parameters(40, 4, 2, 3, np.float32), 0.02),
        (network_parameters(50, 2, 2, 2), output_layer_first(network_parameters(60, 2, 2, 2)), 2.0),
    ],
    experiment=parameters_afterwards,
    changes=("params",),
    any_names=True,
    returns=("params",),
    hints=(
        "The gradient says where the loss grows. Which way do you want to go, and how far?",
        "For each name: take lr times the gradient off the parameter. It must happen in the caller's arrays: `w -= "
        "...` changes the array that w names, `w = w - ...` only gives the name w to a new one.",
        "Nearly the code: `for name in params:`, and in it `params[name] -= lr * ...`.",
    ),
)


@sgd_step.misconception("goes uphill", see=STEP)
def _(right: Callable[..., None], params: Params, grads: Params, lr: float) -> Any:
    """**You step uphill.** The gradient points to where the loss grows; take it *off* the parameters."""
    right(params, {name: -grad for name, grad in grads.items()}, lr)


@sgd_step.misconception("leaves out the learning rate", see=STEP)
def _(right: Callable[..., None], params: Params, grads: Params, lr: float) -> Any:
    """**The learning rate has no effect.** You took off the whole gradient; it should be lr times the gradient."""
    right(params, grads, 1.0)


@sgd_step.misconception("divides by the learning rate", see=STEP)
def _(right: Callable[..., None], params: Params, grads: Params, lr: float) -> Any:
    """**You divided by lr.** Then a small learning rate makes a large step. Multiply."""
    right(params, grads, 1 / lr)


@sgd_step.misconception("the caller's arrays stay as they were", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**Nothing has changed for the caller.** `w = w - lr * g` makes a new array and gives it a name inside your
    function, and when that ends it is gone. `w -= lr * g` writes into the array itself; so does `params[name] = ...`
    into the dict."""


@sgd_step.misconception("returns new arrays", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**You return new parameters, and the caller's stay as they were.** Here the step is made in place: whoever
    calls sgd_step goes on with the same dict. `params[name] -= ...` changes it, and nothing needs to be returned."""
    return {name: w - lr * grads[name] for name, w in params.items()}


@sgd_step.misconception("stops after the first parameter", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**Only the first parameter has moved.** A `return` inside the loop ends it after one round."""
    name = next(iter(params))
    params[name] -= lr * grads[name]


@sgd_step.misconception("moves the last parameter alone", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**Only the last parameter has moved.** The line with the step stands behind the loop. Indent it, so that it is
    done for every name."""
    *_, name = params
    params[name] -= lr * grads[name]


@sgd_step.misconception("moves the weights alone", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**The biases stayed where they were.** They are parameters too, and learn in the same way."""
    for name in params:
        if name.startswith("W"):
            params[name] -= lr * grads[name]


@sgd_step.misconception("puts the step in place of the parameter", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**The old value is lost.** You wrote the step, -lr g, into params. It should be added to what was there."""
    for name in params:
        params[name][...] = -lr * grads[name]


@sgd_step.misconception("puts the step in place of the parameter", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**The old value is lost.** You wrote lr g into params. It should be taken off what was there: `-=`, not `=`."""
    for name in params:
        params[name][...] = lr * grads[name]


@sgd_step.misconception("subtracts the parameter itself", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**You took off lr times the parameter, not lr times its gradient.** So it only shrinks, whatever the data
    say."""
    for name in params:
        params[name] -= lr * params[name]


@sgd_step.misconception("takes the parameter off the step", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**The difference is the wrong way round.** You wrote the step minus the parameter, so the parameter has changed
    its sign. It is w - lr g."""
    for name in params:
        params[name] = lr * grads[name] - params[name]


@sgd_step.misconception("divides by a length", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**The step is divided by the length of the array.** The mean over the batch is in the gradient already, and
    that length is no batch size anyway. The step is lr times the gradient, and nothing more."""
    for name in params:
        params[name] -= lr * grads[name] / len(grads[name])


@sgd_step.misconception("goes by the sign of the gradient alone", see=STEP)
def _(right: Callable[..., None], params: Params, grads: Params, lr: float) -> Any:
    """**Every number moved by the same amount, lr.** The size of the gradient counts as well: lr times the gradient,
    not lr times its sign."""
    right(params, {name: np.sign(grad) for name, grad in grads.items()}, lr)


@sgd_step.misconception("pairs by position instead of by name", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**Parameters and gradients are paired by their position in the dicts.** Two dicts with the same names may have
    them in different orders. Look each gradient up by its name: `grads[name]`."""
    for w, grad in zip(params.values(), grads.values(), strict=True):
        w -= lr * grad
