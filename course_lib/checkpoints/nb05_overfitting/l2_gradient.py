"""l2_gradient: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Exercise
from course_lib.checkpoints.nb05_overfitting.shared import TINY, as_weights, network_arrays
from course_lib.nn import functional
from course_lib.nn.arrays import Array, Params

PENALTY = "05#2. A price for large weights"
GRADIENT = "05#3. The gradient of the penalty"


l2_gradient = Exercise(
    "l2_gradient",
    reference=functional.l2_gradient,
    cases=lambda: [
        (TINY, {name: np.ones_like(array) for name, array in TINY.items()}, 0.1),
        (network_arrays(1, 3, 4, 2), network_arrays(11, 3, 4, 2), 0.5),
        (network_arrays(2, 5, 2, 3), network_arrays(12, 5, 2, 3), 1.5),
        (network_arrays(3, 2, 6, 4), network_arrays(13, 2, 6, 4), 0.0),
        (network_arrays(4, 6, 3, 5, np.float32), network_arrays(14, 6, 3, 5, np.float32), 0.02),
    ],
    returns=("new grads",),
    hints=(
        "The slope of a sum is the sum of the slopes. `grads` has the slopes of the loss; which slope does the penalty "
        "add for one weight w?",
        "The slope of (lam / 2) w² is lam w. So each weight matrix gets `grads[name] + lam * params[name]`, and the "
        "biases keep what they have. Put them into a new dict.",
        'Nearly the code: `new = dict(grads)`, then `new["W1"] = grads["W1"] + ...`, the same for W2, return new.',
    ),
)


def _with_penalty(params: Params, grads: Params, slope: Callable[[Array], Any]) -> Params:
    """The gradients, with `slope(W)` added for each W."""
    return {name: g + slope(params[name]) if name[0] == "W" else g.copy() for name, g in grads.items()}


@l2_gradient.misconception("biases are penalised too", see=PENALTY)
def _(right: Callable[..., Params], params: Params, grads: Params, lam: float) -> Any:
    """**The biases got a penalty too.** The penalty has no biases in it, so its slope with respect to them is 0: db
    stays as it is."""
    new = right(as_weights(params), as_weights(grads), lam)
    return dict(zip(grads, new.values(), strict=True))


@l2_gradient.misconception("twice the penalty's slope", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**You add 2 lam W.** The 2 that comes down from the square meets the half of lam / 2, and they cancel: lam W."""
    return _with_penalty(params, grads, lambda W: 2 * lam * W)


@l2_gradient.misconception("half the penalty's slope", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**You add lam / 2 times W.** The slope of w² is 2 w, and that 2 cancels the half: lam W."""
    return _with_penalty(params, grads, lambda W: lam / 2 * W)


@l2_gradient.misconception("lam is missing", see=GRADIENT)
def _(right: Callable[..., Params], params: Params, grads: Params, lam: float) -> Any:
    """**lam has no effect.** The penalty's slope is lam W: with lam = 0 the gradients should stay as they are."""
    return right(params, grads, 1.0)


@l2_gradient.misconception("the sign of the penalty is flipped", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**You take lam W off.** A larger weight costs more, so the penalty's slope has the sign of the weight: add it.
    The minus comes in the step of SGD, which then makes the weight smaller."""
    return _with_penalty(params, grads, lambda W: -lam * W)


@l2_gradient.misconception("the gradients of the loss are lost", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**These are the slopes of the penalty alone.** The network would forget the images and only shrink. Add them to
    the gradients of the loss, `grads`."""
    return {name: lam * W if name[0] == "W" else np.zeros_like(W) for name, W in params.items()}


@l2_gradient.misconception("the gradients of the loss are lost", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**The weights have the slope of the penalty alone.** Add it to the gradients of the loss, `grads`, which are
    missing there."""
    return {name: lam * W if name[0] == "W" else grads[name].copy() for name, W in params.items()}


@l2_gradient.misconception("the gradients of the biases are lost", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**The biases' gradients are 0 in your answer.** They have no penalty, but the loss has a slope for them: hand
    `grads["b1"]` and `grads["b2"]` on as they are."""
    return {name: g + lam * params[name] if name[0] == "W" else np.zeros_like(g) for name, g in grads.items()}


@l2_gradient.misconception("nothing is added", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**The gradients came back as they were.** The weights' ones should have grown by lam W. Does a line compute the
    sum and then not keep it?"""
    return {name: g.copy() for name, g in grads.items()}


@l2_gradient.misconception("adds the penalty instead of its slope", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**You add the penalty itself, one number, to every weight's gradient.** What belongs there is its slope with
    respect to that weight, lam w, another one for each."""
    return _with_penalty(params, grads, lambda W: functional.l2_penalty(params, lam))


@l2_gradient.misconception("adds the penalty instead of its slope", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**You add a matrix's share of the penalty, one number, to all of its gradients.** What belongs there is the slope
    of the penalty with respect to each weight, lam w, another one for each."""
    return _with_penalty(params, grads, lambda W: lam / 2 * np.sum(W**2))


@l2_gradient.misconception("adds the penalty instead of its slope", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**You add the penalty itself, one number, to every gradient, those of the biases too.** What belongs there is its
    slope: for a weight lam w, another one for each, and for a bias 0."""
    return {name: g + functional.l2_penalty(params, lam) for name, g in grads.items()}


@l2_gradient.misconception("adds the penalty instead of its slope", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**You add each weight's own price, (lam / 2) w².** What belongs there is the slope of that: the square comes down
    as a 2, which cancels the half, and lam w is left."""
    return _with_penalty(params, grads, lambda W: lam / 2 * W**2)


@l2_gradient.misconception("adds the same to every weight's gradient", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**You add lam itself, the same for every weight.** The penalty pulls at each weight in proportion to its size:
    lam times the weight."""
    return _with_penalty(params, grads, lambda W: lam)


@l2_gradient.misconception("one layer alone", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**Only W1 got its penalty.** W2 pays the same price."""
    return {name: g + lam * params[name] if name == "W1" else g.copy() for name, g in grads.items()}


@l2_gradient.misconception("one layer alone", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**Only W2 got its penalty.** W1 pays the same price."""
    return {name: g + lam * params[name] if name == "W2" else g.copy() for name, g in grads.items()}


@l2_gradient.misconception("the slope of absolute values", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**You add lam times the sign of W.** That is the slope of the L1 penalty, which pulls at all weights alike. L2
    pulls at each in proportion to its size: lam W."""
    return _with_penalty(params, grads, lambda W: lam * np.sign(W))


@l2_gradient.misconception("the slope of a norm", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**Your penalty's slope is divided by the length of the matrix.** It belongs to a penalty with a square root in
    it. Without the root it is lam W."""
    return _with_penalty(params, grads, lambda W: lam * W / np.linalg.norm(W))


@l2_gradient.misconception("adds the squares", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**You add lam times the squares.** A squared weight is in the penalty; in its slope the square has come down:
    lam W. A square would also push negative weights the wrong way."""
    return _with_penalty(params, grads, lambda W: lam * W**2)


@l2_gradient.misconception("divides by a number of rows", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**lam W is divided by the number of rows of W.** The penalty knows nothing of examples, and rows of W are input
    features anyway. The mean over the batch is inside `grads` already."""
    return _with_penalty(params, grads, lambda W: lam * W / len(W))


@l2_gradient.misconception("lam times the gradient", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**You add lam times the gradient.** That only makes the step a little longer. The penalty pulls at the weights
    themselves: lam times `params[name]`."""
    return {name: g + lam * g if name[0] == "W" else g.copy() for name, g in grads.items()}


@l2_gradient.misconception("lam times the gradient", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**You multiply the gradients by lam.** The gradients of the loss stay whole, and something comes on top for the
    weights: lam times `params[name]`."""
    return {name: lam * g for name, g in grads.items()}


@l2_gradient.misconception("lam times the gradient", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**lam reaches the gradient of the loss, too: lam (dW + W).** That one stays whole; lam belongs to the weights
    alone: dW + lam W."""
    return {name: lam * (g + params[name]) if name[0] == "W" else g.copy() for name, g in grads.items()}


@l2_gradient.misconception("takes a step", see=GRADIENT)
def _(params: Params, grads: Params, lam: float) -> Any:
    """**You return parameters after a step.** Wanted are gradients, with those of the penalty in them; whoever calls
    this function takes the step."""
    return {name: params[name] - lam * g for name, g in grads.items()}
