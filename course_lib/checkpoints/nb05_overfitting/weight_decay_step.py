"""weight_decay_step: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Exercise
from course_lib.checkpoints.nb05_overfitting.shared import TINY, as_weights, network_arrays
from course_lib.nn import optimizers
from course_lib.nn.arrays import Params

CASE = "05#7. A case: the accuracy that falls"


def parameters_afterwards(step: Callable[..., Any], params: Params, grads: Params, lr: float, lam: float) -> Params:
    step(params, grads, lr, lam)
    return params


weight_decay_step = Exercise(
    "weight_decay_step",
    reference=optimizers.weight_decay_step,
    cases=lambda: [
        (TINY, {name: np.ones_like(array) for name, array in TINY.items()}, 0.5, 0.1),
        (network_arrays(1, 3, 4, 2), network_arrays(11, 3, 4, 2), 0.1, 0.5),
        (
            network_arrays(2, 5, 2, 3),
            {name: np.zeros_like(g) for name, g in network_arrays(2, 5, 2, 3).items()},
            0.2,
            1.5,
        ),
        (network_arrays(3, 2, 6, 4), network_arrays(13, 2, 6, 4), 0.3, 0.0),
        (network_arrays(4, 6, 3, 5, np.float32), network_arrays(14, 6, 3, 5, np.float32), 0.05, 0.4),
    ],
    experiment=parameters_afterwards,
    changes=("params",),
    returns=("params",),
    hints=(
        "Read the report's step once more. By how much does it shrink a weight whose gradient is 0, if lr = 0?",
        "The gradient of loss and penalty together is dW + lam W, and all of it is multiplied by lr on its way into W. "
        "Put in order: W <- (1 - lr lam) W - lr dW. Biases have no penalty.",
        'Nearly the code: for each name, `if name.startswith("W"): params[name] *= 1 - ...`, then `params[name] -= lr '
        "* grads[name]`.",
    ),
)


def _decayed(params: Params, grads: Params, lr: float, shrink: float) -> None:
    for name, w in params.items():
        if name[0] == "W":
            w *= shrink
        w -= lr * grads[name]


@weight_decay_step.misconception("the shrink is not scaled by the learning rate", see=CASE)
def _(params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**The weights still shrink by lam, whatever lr is.** This is the report's line. The penalty's slope, lam W, is a
    gradient like any other: lr belongs in front of it too, 1 - lr lam."""
    _decayed(params, grads, lr, 1 - lam)


@weight_decay_step.misconception("biases shrink too", see=CASE)
def _(right: Callable[..., None], params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**The biases shrink too.** The penalty has only weights in it; a bias takes its step and nothing else."""
    right(as_weights(params), as_weights(grads), lr, lam)


@weight_decay_step.misconception("the shrink is scaled by the learning rate twice", see=CASE)
def _(params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**lr is in your shrink twice.** It stands in front of the whole gradient, dW + lam W, already; inside there is
    lam alone: 1 - lr lam."""
    _decayed(params, grads, lr, 1 - lr * lr * lam)


@weight_decay_step.misconception("the biases take no step", see=CASE)
def _(params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**The biases stay as they were.** Is the line with the gradient inside the `if`, for the weights alone? Biases do
    not shrink, but they take their step."""
    _decayed(params, {name: g * (name[0] == "W") for name, g in grads.items()}, lr, 1 - lr * lam)


@weight_decay_step.misconception("stops after the first parameter", see=CASE)
def _(params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**Only the first parameter has changed.** A `return` inside the loop ends it after one round."""
    name = next(iter(params))
    _decayed({name: params[name]}, grads, lr, 1 - lr * lam)


@weight_decay_step.misconception("one layer alone", see=CASE)
def _(params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**Only W1 shrinks.** W2 pays the same price."""
    params["W1"] *= 1 - lr * lam
    _decayed(params, grads, lr, 1)


@weight_decay_step.misconception("shrinks by the gradient", see=CASE)
def _(params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**You take lr lam times the gradient off.** That only makes the step a little longer. A weight shrinks by a share
    of itself: lr lam W."""
    _decayed(params, {name: g * (1 + lam * (name[0] == "W")) for name, g in grads.items()}, lr, 1)


@weight_decay_step.misconception("the shrink is divided by the learning rate", see=CASE)
def _(params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**You divide lam by lr.** A smaller learning rate would then shrink the weights more. It should make everything
    slower alike: 1 - lr lam."""
    _decayed(params, grads, lr, 1 - lam / lr)


@weight_decay_step.misconception("shrinks after the step", see=CASE)
def _(params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**Nearly: the weights shrink after the step, so the step itself shrinks too.** The penalty's slope is lam times
    the weights as they were before. Shrink first, then step, or add both slopes."""
    for name, w in params.items():
        w -= lr * grads[name]
        if name[0] == "W":
            w *= 1 - lr * lam


@weight_decay_step.misconception("the weights grow", see=CASE)
def _(params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**The penalty makes your weights larger.** Going downhill means taking lr lam W off: 1 - lr lam."""
    _decayed(params, grads, lr, 1 + lr * lam)


@weight_decay_step.misconception("twice the shrink", see=CASE)
def _(params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**The weights shrink twice as fast as they should.** The 2 from the square and the half of lam / 2 cancel: lr lam
    W."""
    _decayed(params, grads, lr, 1 - 2 * lr * lam)


@weight_decay_step.misconception("half the shrink", see=CASE)
def _(params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**The weights shrink half as fast as they should.** The slope of (lam / 2) w² is lam w, without the half."""
    _decayed(params, grads, lr, 1 - lr * lam / 2)


@weight_decay_step.misconception("lam is missing", see=CASE)
def _(params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**The weights shrink by lr alone.** lam says how much they are to shrink: 1 - lr lam."""
    _decayed(params, grads, lr, 1 - lr)


@weight_decay_step.misconception("nothing shrinks", see=CASE)
def _(params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**The step is right, and nothing shrinks.** lam has no effect. The weights also lose lr lam W."""
    _decayed(params, grads, lr, 1)


@weight_decay_step.misconception("the gradient is not scaled by the learning rate", see=CASE)
def _(right: Callable[..., None], params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**lr is missing in front of the gradient.** Gradient and shrink both take their way into the weights through
    lr."""
    right(params, {name: g / lr for name, g in grads.items()}, lr, lam)


@weight_decay_step.misconception("multiplies the weights by lr", see=CASE)
def _(params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**The whole weight is multiplied by lr.** After one step next to nothing would be left of it. The learning rate
    belongs to what is taken off: 1 - lr lam, not lr (1 - lam)."""
    _decayed(params, grads, lr, lr * (1 - lam))


@weight_decay_step.misconception("keeps what should go", see=CASE)
def _(params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**The weights are multiplied by lr lam.** That is the share that they lose in a step. What they keep is 1 - lr
    lam."""
    _decayed(params, grads, lr, lr * lam)


@weight_decay_step.misconception("takes the same off every weight", see=CASE)
def _(params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**You take lr lam off every weight, large or small, and make negative ones larger.** A weight loses a share of
    itself: lr lam times the weight."""
    for name, w in params.items():
        w -= lr * (grads[name] + (lam if name[0] == "W" else 0))


@weight_decay_step.misconception("the weights take no step", see=CASE)
def _(params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**The weights shrink, but they take no step.** Is the line with the gradient in an `else`, for the biases alone?
    All parameters take their step."""
    for name, w in params.items():
        w *= 1 - lr * lam if name[0] == "W" else 1
        w -= lr * grads[name] * (name[0] == "b")


@weight_decay_step.misconception("walks uphill", see=CASE)
def _(params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**The gradient is added.** It points to where the loss grows: take lr times the gradient off."""
    _decayed(params, {name: -g for name, g in grads.items()}, lr, 1 - lr * lam)


@weight_decay_step.misconception("the parameters stay as they were", see=CASE)
def _(params: Params, grads: Params, lr: float, lam: float) -> Any:
    """**The parameters are as they were.** `W = W - ...` makes a new array that only your function knows. Change the
    arrays in `params`: `params[name] -= ...`."""
