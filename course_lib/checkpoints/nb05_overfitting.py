"""Notebook 5: the exercises of L2, early stopping and dropout, and the mistakes that are made in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.checkpoints.values import MisfitError, describe, fit, plain
from course_lib.nn import functional, optimizers, training

Array = np.ndarray
Params = dict[str, Array]
Rng = np.random.Generator

PENALTY = "05#2. A price for large weights"
GRADIENT = "05#3. The gradient of the penalty"
STOPPING = "05#5. Stop in time"
DROPOUT = "05#6. Dropout"
CASE = "05#7. A case: the accuracy that falls"


def _network(seed: int, D: int, H: int, C: int, dtype: type = np.float64) -> Params:
    """Parameters or gradients of a network, biases among them, all different from 0."""
    rng = np.random.default_rng(seed)
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    return {name: rng.standard_normal(shape).astype(dtype) for name, shape in shapes.items()}


# W1 and W2 cannot be added up, even by broadcasting: who tries it hears so in the first case.
TINY = {
    "W1": np.array([[1.0, -2.0, 0.0]]),
    "b1": np.array([3.0, 0.5, -1.0]),
    "W2": np.array([[2.0, 1.0], [0.0, -4.0], [1.0, 3.0]]),
    "b2": np.array([5.0, -2.0]),
}


def _weights(params: Mapping[str, Array]) -> list[Array]:
    return [array for name, array in params.items() if name.startswith("W")]


def _as_weights(params: Params) -> Params:
    """The same arrays under names that make the biases weights: "W of b1"."""
    return {f"W of {name}" if name[0] == "b" else name: array for name, array in params.items()}


# ---- l2_penalty -----------------------------------------------------------------------------------------------------


l2_penalty = Exercise(
    "l2_penalty",
    reference=functional.l2_penalty,
    cases=lambda: [
        (TINY, 0.1),
        (_network(1, 3, 4, 2), 0.5),
        (_network(2, 5, 2, 3), 1.0),
        (_network(3, 2, 6, 4), 0.0),
        (_network(4, 6, 3, 5, np.float32), 0.02),
    ],
    hints=(
        "How large is a matrix of weights? Square each of its numbers and add them all up.",
        "Do that for W1 and for W2, leave the biases out, and multiply what comes out by lam / 2. A dict is walked "
        'through with `for name, array in params.items()`, and `name.startswith("W")` tells weights from biases.',
        'Nearly the code: return `lam / 2 * (np.sum(params["W1"] ** 2) + ...)`.',
    ),
)


@l2_penalty.misconception("biases are penalised too", see=PENALTY)
def _(right: Callable[..., float], params: Params, lam: float) -> Any:
    """**The biases are in your sum.** They do not make the network react more strongly to a pixel, so nothing is won
    by keeping them small. Add up the weights alone, W1 and W2."""
    return right(_as_weights(params), lam)


@l2_penalty.misconception("the half is missing", see=PENALTY)
def _(right: Callable[..., float], params: Params, lam: float) -> Any:
    """**The half is missing.** The penalty is lam / 2 times the sum of the squares. The half is there to cancel the 2
    that comes down when a square is differentiated."""
    return 2 * right(params, lam)


@l2_penalty.misconception("lam is missing", see=PENALTY)
def _(right: Callable[..., float], params: Params, lam: float) -> Any:
    """**lam has no effect.** Multiply by it: with lam = 0 there should be no penalty at all."""
    return right(params, 1.0)


@l2_penalty.misconception("the square is missing", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You add up the weights themselves.** Positive and negative ones cancel, so a network with huge weights could go
    free. Square each weight first."""
    return lam / 2 * sum(np.sum(W) for W in _weights(params))


@l2_penalty.misconception("a norm instead of the sum of squares", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**There is a square root too many.** You add up the lengths of the matrices, which is what `np.linalg.norm`
    gives. The penalty takes their squares: no root."""
    return lam / 2 * sum(np.linalg.norm(W) for W in _weights(params))


@l2_penalty.misconception("a norm instead of the sum of squares", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**There is a square root too many.** You take the root of the whole sum, which is the length of all weights
    together. The penalty is the sum of the squares itself."""
    return lam / 2 * np.sqrt(sum(np.sum(W**2) for W in _weights(params)))


@l2_penalty.misconception("a norm instead of the sum of squares", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**`np.linalg.norm(W, 2)` is another norm of a matrix**, its largest stretch. Without the 2 it is the root of the
    sum of the squares; plainer is `np.sum(W ** 2)`, without any root."""
    return lam / 2 * sum(np.linalg.norm(W, 2) ** 2 for W in _weights(params))


@l2_penalty.misconception("doubles instead of squaring", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**`W * 2` doubles; the square is `W ** 2`.** Doubled weights cancel where they are positive and negative; squares
    never do."""
    return lam / 2 * sum(np.sum(W * 2) for W in _weights(params))


@l2_penalty.misconception("adds up along one axis alone", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You add up along one axis, so a whole row of sums is left of each matrix.** Python's `sum` does that, and
    `np.sum` with `axis=0`. `np.sum(W ** 2)`, without an axis, makes one number of all."""
    return lam / 2 * (sum(params["W1"] ** 2) + sum(params["W2"] ** 2))


@l2_penalty.misconception("adds up along one axis alone", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You add up along one axis, so a whole row of sums is left of each matrix.** Python's `sum` does that, and
    `np.sum` with `axis=0`. `np.sum(W ** 2)`, without an axis, makes one number of all."""
    total: Any = 0
    for W in _weights(params):
        total += sum(W**2)
    return lam / 2 * total


@l2_penalty.misconception("adds the matrices before the sum", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**W1 and W2 have different shapes, so they cannot be added.** Make one number of each first: `np.sum(W1 ** 2) +
    np.sum(W2 ** 2)`."""
    return lam / 2 * np.sum(params["W1"] ** 2 + params["W2"] ** 2)


@l2_penalty.misconception("absolute values instead of squares", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You add up the absolute values.** That is the L1 penalty, a relative of this one, which pulls as hard at small
    weights as at large ones. L2 takes the squares."""
    return lam / 2 * sum(np.sum(np.abs(W)) for W in _weights(params))


@l2_penalty.misconception("squares the sum instead of summing the squares", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You add up first and square then.** Positive and negative weights cancel in the sum. Square each weight, then
    add up."""
    return lam / 2 * sum(np.sum(W) ** 2 for W in _weights(params))


@l2_penalty.misconception("squares the sum instead of summing the squares", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You add up all weights first and square the total.** Positive and negative weights cancel in it. Square each
    weight, then add up."""
    return lam / 2 * sum(np.sum(W) for W in _weights(params)) ** 2


@l2_penalty.misconception("one layer alone", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**Only W1 is in your sum.** The weights of the second layer, W2, pay the same price."""
    return lam / 2 * np.sum(params["W1"] ** 2)


@l2_penalty.misconception("one layer alone", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**Only W2 is in your sum.** The weights of the first layer, W1, pay the same price. Is a total overwritten in a
    loop, where it should grow?"""
    return lam / 2 * np.sum(params["W2"] ** 2)


@l2_penalty.misconception("lam / 2 on the first layer alone", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**lam / 2 multiplies W1's squares alone.** The product binds closer than the sum: put the whole sum in
    parentheses."""
    return lam / 2 * np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2)


@l2_penalty.misconception("the mean instead of the sum", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You take the mean of the squares of each matrix.** The penalty is their sum: every weight pays its own price,
    however many there are."""
    return lam / 2 * sum(np.mean(W**2) for W in _weights(params))


@l2_penalty.misconception("the mean instead of the sum", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You divide by the number of all weights.** That is the mean of the squares. The penalty is their sum: every
    weight pays its own price, however many there are."""
    return lam / 2 * np.mean(np.concatenate([W.ravel() for W in _weights(params)]) ** 2)


@l2_penalty.misconception("divides by a number of rows", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You divide by the number of rows of W1.** That is the number of input features, and it has no part in this. The
    mean over the examples belongs to the loss; the penalty has nothing to do with examples."""
    return functional.l2_penalty(params, lam) / len(params["W1"])


@l2_penalty.misconception("lam is squared", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**lam is squared together with the weights.** Square the weights, add up, and multiply by lam / 2 last."""
    return sum(np.sum((lam * W) ** 2) for W in _weights(params)) / 2


@l2_penalty.misconception("divides by 2 lam", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**You divide by 2 lam.** A larger lam should make large weights dearer, not cheaper: multiply by lam / 2."""
    return 1 / (2 * lam) * sum(np.sum(W**2) for W in _weights(params))


@l2_penalty.misconception("a matrix product instead of the squares", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**`W.T @ W` is a matrix product.** Its sum also has products of one weight with another in it. `W ** 2` squares
    each weight on its own."""
    return lam / 2 * sum(np.sum(W.T @ W) for W in _weights(params))


@l2_penalty.misconception("a matrix product instead of the squares", see=PENALTY)
def _(params: Params, lam: float) -> Any:
    """**`W @ W.T` is a matrix product.** Its sum also has products of one weight with another in it. `W ** 2` squares
    each weight on its own."""
    return lam / 2 * sum(np.sum(W @ W.T) for W in _weights(params))


# ---- l2_gradient ----------------------------------------------------------------------------------------------------


l2_gradient = Exercise(
    "l2_gradient",
    reference=functional.l2_gradient,
    cases=lambda: [
        (TINY, {name: np.ones_like(array) for name, array in TINY.items()}, 0.1),
        (_network(1, 3, 4, 2), _network(11, 3, 4, 2), 0.5),
        (_network(2, 5, 2, 3), _network(12, 5, 2, 3), 1.5),
        (_network(3, 2, 6, 4), _network(13, 2, 6, 4), 0.0),
        (_network(4, 6, 3, 5, np.float32), _network(14, 6, 3, 5, np.float32), 0.02),
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
    new = right(_as_weights(params), _as_weights(grads), lam)
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


# ---- early_stopping -------------------------------------------------------------------------------------------------


def where_it_stops(early_stopping: Callable[..., Any], val_losses: list[float], patience: int) -> tuple[Any, ...]:
    """best_epoch, whether it stops at all, and the epoch where training ends."""
    answer = plain(early_stopping(val_losses, patience))
    answer = list(answer) if isinstance(answer, np.ndarray) and answer.ndim else answer
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        missing = " Is a `return` missing, perhaps that of a training that never stops?" if answer is None else ""
        raise MisfitError(
            f"Two values were wanted, (best_epoch, stop_epoch); your function returned {describe(answer)}.{missing}"
        )
    best, stop = answer
    if best is None:
        raise MisfitError(
            "Your best_epoch is None. There is always a best epoch; stop_epoch may be None. The order is (best_epoch, "
            "stop_epoch)."
        )
    epoch = np.array(0)
    stops = stop is not None
    last = fit(stop, epoch, "`stop_epoch`") if stops else np.array(len(val_losses) - 1)
    return fit(best, epoch, "`best_epoch`"), stops, last


early_stopping = Exercise(
    "early_stopping",
    reference=training.early_stopping,
    cases=lambda: [
        ([3.0, 2.0, 1.0], 2),
        ([3.0, 1.0, 2.0, 2.5, 0.5, 3.0, 3.5, 4.0], 2),
        ([5.0, 4.0, 4.0, 4.0, 4.5, 4.6, 4.7], 3),
        ([5.0, 4.0, 4.5, 4.2, 4.4, 4.3, 4.6, 4.1, 3.9], 4),
        ([5.0, 6.0, 4.0, 5.0, 3.0, 4.0, 2.0, 2.5, 2.2], 3),
        ([4.0, 3.0, 3.5, 2.0, 5.0], 2),
        ([2.0, 1.0, float("nan"), float("nan"), 1.2, 1.1, 0.5], 2),
        ([0.3, 0.4, 0.2, 0.5, 0.1], 1),
        ([0.1, 0.003, 0.004, 0.002999, 0.0031, 0.0035], 2),
        ([3e6, 2e6, 2.5e6, 2.2e6], 2),
    ],
    experiment=where_it_stops,
    returns=("best_epoch", "stop_epoch is a number, not None", "the epoch where training ends"),
    points=2,
    hints=(
        "Walk through the losses as training would, one epoch after the other, without looking ahead. What do you have "
        "to remember on the way?",
        "Remember the lowest loss so far and its epoch. At each epoch: if the loss is lower, remember it and go on; if "
        "not, and the best epoch is `patience` epochs ago, this is where it stops. At the end of the list it has never "
        "stopped.",
        "Nearly the code: `for epoch, loss in enumerate(val_losses):`, `if loss < best_loss:` remember both, `elif "
        "epoch - best_epoch >= ...: return best_epoch, epoch`, and after the loop `return best_epoch, None`.",
    ),
)

Stopped = tuple[int, int | None]


def _stopped(val_losses: Sequence[float], patience: int, is_better: Callable[[float, float], bool]) -> Stopped:
    best, lowest = 0, val_losses[0]
    for epoch, loss in enumerate(val_losses[1:], start=1):
        if is_better(loss, lowest):
            best, lowest = epoch, loss
        elif epoch - best >= patience:
            return best, epoch
    return best, None


def _counted(val_losses: Sequence[float], patience: int, lowest: float) -> Stopped:
    """With a counter of the epochs that are not lower than `lowest`, which begins as given: epoch 0 is one of them."""
    best, waited = 0, 0
    for epoch, loss in enumerate(val_losses):
        if loss < lowest:
            best, lowest, waited = epoch, loss, 0
        else:
            waited += 1
        if waited >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("the last epoch as the best", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Your best epoch is the one where it stopped.** By then the loss has been getting worse for `patience` epochs.
    The network to keep is the one with the lowest loss so far."""
    _, stop = training.early_stopping(val_losses, patience)
    return len(val_losses) - 1 if stop is None else stop, stop


@early_stopping.misconception("the last epoch as the best", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Where it stops, you return that epoch as the best one too.** By then the loss has been getting worse for
    `patience` epochs. The network to keep is the one with the lowest loss so far."""
    best, stop = training.early_stopping(val_losses, patience)
    return best if stop is None else stop, stop


@early_stopping.misconception("counts epochs from 1", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Both epochs are one too large.** The first loss belongs to epoch 0."""
    best, stop = training.early_stopping(val_losses, patience)
    return best + 1, None if stop is None else stop + 1


@early_stopping.misconception("counts epochs from 1", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**stop_epoch is one too large.** It is the number of the last epoch, counted from 0, and not how many there
    were."""
    best, stop = training.early_stopping(val_losses, patience)
    return best, None if stop is None else stop + 1


@early_stopping.misconception("counts epochs from the second loss", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Your epochs are one too small.** The loop begins with the second loss, and so does `enumerate`. That loss
    belongs to epoch 1: `enumerate(val_losses[1:], start=1)`, or loop over all of them."""
    best, lowest, waited = 0, val_losses[0], 0
    for epoch, loss in enumerate(val_losses[1:]):
        if loss < lowest:
            best, lowest, waited = epoch, loss, 0
        else:
            waited += 1
        if waited >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("epoch 0 counts as a disappointment", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Epoch 0 is counted as one that is not better**, because it is compared with its own loss. So it stops one epoch
    too early if nothing better ever comes. Begin the loop at epoch 1, or with a lowest loss of infinity."""
    return _counted(val_losses, patience, val_losses[0])


@early_stopping.misconception("stops one epoch too early", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**It stops one epoch too early.** With patience 2 and the best loss at epoch 1, epochs 2 and 3 may disappoint,
    and it stops at 3: the first epoch that is `patience` after the best."""
    return training.early_stopping(val_losses, patience - 1)


@early_stopping.misconception("stops one epoch too late", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**It stops one epoch too late.** With patience 2 and the best loss at epoch 1, it stops at epoch 3, not at 4: at
    `patience` after the best, not above it."""
    return training.early_stopping(val_losses, patience + 1)


@early_stopping.misconception("an equal loss counts as better", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**An equal loss counts as better in your code.** Only a strictly lower one does: `<`, not `<=`. A loss that stays
    where it is would otherwise never run out of patience."""
    return _stopped(val_losses, patience, lambda loss, lowest: loss <= lowest)


@early_stopping.misconception("an equal loss counts as better", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**An equal loss counts as better in your code, and nan does too**: whatever is not higher. Only a strictly lower
    loss is better. Ask `if loss < best_loss`."""
    return _stopped(val_losses, patience, lambda loss, lowest: not loss > lowest)


@early_stopping.misconception("an equal loss is not counted", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Only a higher loss is counted as disappointing.** An equal one is not better either, and nor is nan. Count
    every epoch that is not better, with a plain `else`."""
    best, lowest, waited = 0, val_losses[0], 0
    for epoch, loss in enumerate(val_losses[1:], start=1):
        if loss < lowest:
            best, lowest, waited = epoch, loss, 0
        elif loss > lowest:
            waited += 1
        if waited >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("asks for more than a little", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**A loss must be lower by a certain amount in your code.** Many libraries have such a threshold. Here any lower
    loss is better, by however little."""
    return _stopped(val_losses, patience, lambda loss, lowest: loss < lowest - 1e-3)


@early_stopping.misconception("begins with a lowest loss that is too low", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**The lowest loss so far begins at a number above which a loss can be.** A bad run has losses of millions, and
    then none is ever better. Begin with the loss of epoch 0, or with infinity, `float("inf")`."""
    return _stopped([min(val_losses[0], 1e3), *val_losses[1:]], patience, lambda loss, lowest: loss < lowest)


@early_stopping.misconception("begins with a lowest loss that is too low", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**The lowest loss so far begins at 0, so no loss is ever better.** Begin with the loss of epoch 0, or with
    infinity."""
    return _stopped([0.0, *val_losses[1:]], patience, lambda loss, lowest: loss < lowest)


@early_stopping.misconception("an equal loss starts the waiting anew", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**An equal loss starts the waiting anew.** Only a strictly lower one does. Your best epoch is right, and it waits
    too long."""
    best, lowest, waited = 0, val_losses[0], 0
    for epoch, loss in enumerate(val_losses[1:], start=1):
        waited = 0 if loss <= lowest else waited + 1
        if loss < lowest:
            best, lowest = epoch, loss
        if waited >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("begins with a lowest loss that is too low", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**The lowest loss so far begins at a number above which a loss can be.** A bad run has losses of millions, and
    then none is ever better. Begin with infinity, `float("inf")`."""
    return _counted(val_losses, patience, 1e3)


@early_stopping.misconception("begins with a lowest loss that is too low", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**The lowest loss so far begins at 0, so no loss is ever better.** Begin with infinity, `float("inf")`."""
    return _counted(val_losses, patience, 0.0)


@early_stopping.misconception("compares with the epoch before", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**You compare each loss with the one before it.** A loss that zigzags upwards then never runs out of patience.
    Compare with the lowest loss so far."""
    best, waited = 0, 0
    for epoch in range(1, len(val_losses)):
        if val_losses[epoch] < val_losses[epoch - 1]:
            best, waited = epoch, 0
        else:
            waited += 1
        if waited >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("compares with the epoch before", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**The waiting starts anew whenever the loss is lower than one epoch earlier.** A loss that zigzags upwards then
    never runs out of patience. Your best epoch is right; count the epochs since that one."""
    best, waited = 0, 0
    for epoch in range(1, len(val_losses)):
        waited = 0 if val_losses[epoch] < val_losses[epoch - 1] else waited + 1
        if val_losses[epoch] < val_losses[best]:
            best = epoch
        if waited >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("compares with the epoch before", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**You compare each loss with the one before it**, and take nan for better. A loss that zigzags upwards then never
    runs out of patience. Ask whether it is lower than the lowest so far: `if loss < best_loss`."""
    best, waited = 0, 0
    for epoch in range(1, len(val_losses)):
        if val_losses[epoch] >= val_losses[epoch - 1]:
            waited += 1
        else:
            best, waited = epoch, 0
        if waited >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("compares with the epoch before", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**You count rises in a row, each from the epoch before.** A loss that zigzags upwards then never runs out of
    patience. Compare with the lowest loss so far, remember its epoch, and count from there."""
    waited = 0
    for epoch in range(1, len(val_losses)):
        waited = waited + 1 if val_losses[epoch] > val_losses[epoch - 1] else 0
        if waited >= patience:
            return epoch - patience, epoch
    return int(np.argmin(val_losses)), None


@early_stopping.misconception("the waiting never starts anew", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**You count all disappointing epochs together.** When a lower loss comes, the waiting starts anew from that
    epoch: set the counter back to 0."""
    best, lowest, waited = 0, val_losses[0], 0
    for epoch, loss in enumerate(val_losses[1:], start=1):
        if loss < lowest:
            best, lowest = epoch, loss
        else:
            waited += 1
        if waited >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("stops at the first rise", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**It stops at the first epoch that is not better, whatever the patience.** Validation losses go up and down a
    little; patience says for how many epochs to put up with that."""
    return training.early_stopping(val_losses, 1)


@early_stopping.misconception("looks into the future", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Your best epoch comes after the stop.** Did you take the lowest loss of the whole list, or does the loop go on
    after the stop? The losses that would have come have never been seen."""
    return int(np.nanargmin(val_losses)), training.early_stopping(val_losses, patience)[1]


@early_stopping.misconception("looks into the future", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Your loop goes on after the stop**, so a later stop takes the place of the first. Training has ended there, and
    the losses that would have come have never been seen: `return` at once."""
    best, stop = 0, None
    for epoch, loss in enumerate(val_losses):
        if loss < val_losses[best]:
            best = epoch
        elif epoch - best >= patience:
            stop = epoch
    return best, stop


@early_stopping.misconception("looks into the future", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**You look for the lowest loss of the whole list first.** Training cannot look ahead: it stops as soon as it has
    waited long enough, and never sees what would have come. Walk through the list, epoch by epoch."""
    best = int(np.nanargmin(val_losses))
    return best, best + patience if best + patience < len(val_losses) else None


@early_stopping.misconception("looks into the future", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**You look for the lowest loss of the whole list first, and count on from there.** Training cannot look ahead: it
    stops as soon as it has waited long enough. And where the list ends before, it has not stopped: None."""
    best = int(np.nanargmin(val_losses))
    return best, best + patience


@early_stopping.misconception("looks into the future", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**`np.argmin` of the whole list knows what is still to come.** Training cannot look ahead: it stops as soon as it
    has waited long enough. Walk through the list, epoch by epoch."""
    best = int(np.argmin(val_losses))
    return best, best + patience if best + patience < len(val_losses) else None


@early_stopping.misconception("looks into the future", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**`np.argmin` of the whole list knows what is still to come.** Training cannot look ahead: it stops as soon as it
    has waited long enough. And where the list ends before, it has not stopped: None."""
    best = int(np.argmin(val_losses))
    return best, best + patience


@early_stopping.misconception("the outputs are in another order", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Right values in another order.** You return (stop_epoch, best_epoch); wanted is (best_epoch, stop_epoch)."""
    return training.early_stopping(val_losses, patience)[::-1]


@early_stopping.misconception("never stops", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**It never stops.** When `patience` epochs in a row were not better than the best, return (best_epoch,
    stop_epoch) there and then."""
    return int(np.nanargmin(val_losses)), None


@early_stopping.misconception("a number where it never stops", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**If it never stops, stop_epoch is None.** You return the last epoch there, as if it had stopped at it."""
    best, stop = training.early_stopping(val_losses, patience)
    return best, len(val_losses) - 1 if stop is None else stop


@early_stopping.misconception("a number where it never stops", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**If it never stops, stop_epoch is None.** You return the number of epochs there."""
    best, stop = training.early_stopping(val_losses, patience)
    return best, len(val_losses) if stop is None else stop


@early_stopping.misconception("a number where it never stops", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**If it never stops, stop_epoch is None.** You return -1 there."""
    best, stop = training.early_stopping(val_losses, patience)
    return best, -1 if stop is None else stop


@early_stopping.misconception("the lowest loss instead of its epoch", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**You return the lowest loss where its epoch is wanted.** Remember both: the loss to compare with, the epoch to
    return."""
    best, stop = training.early_stopping(val_losses, patience)
    return val_losses[best], stop


@early_stopping.misconception("higher counts as better", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Your best epoch is the one with the highest loss.** For an accuracy that would be right; of a loss, less is
    better."""
    return training.early_stopping([-loss for loss in val_losses], patience)


@early_stopping.misconception("nan counts as better", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**A loss of nan counts as better in your code.** Every comparison with nan is False, so `not loss >= best` and
    the `else` after `if loss >= best` take it for an improvement. Ask `if loss < best`."""
    return _stopped(val_losses, patience, lambda loss, lowest: not loss >= lowest)


@early_stopping.misconception("nan counts as better", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**`np.argmin` takes nan for the lowest of all.** So a loss of nan becomes your best epoch. `if loss < best_loss`
    passes it over, and so does `np.nanargmin`."""
    for epoch in range(len(val_losses)):
        best = int(np.argmin(val_losses[: epoch + 1]))
        if epoch - best >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("an epoch with nan is left out", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Epochs with a loss of nan are not counted.** They are epochs that are not better, like any other: patience runs
    on, and training may stop at one."""
    best, waited = 0, 0
    for epoch, loss in enumerate(val_losses):
        if np.isnan(loss):
            continue
        waited = 0 if loss < val_losses[best] else waited + (epoch > 0)
        if loss < val_losses[best]:
            best = epoch
        if waited >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("an epoch with nan is left out", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**It does not stop at an epoch with a loss of nan.** That is an epoch that is not better, like any other: where
    it is `patience` after the best, training stops at it."""
    best = 0
    for epoch, loss in enumerate(val_losses):
        if loss < val_losses[best]:
            best = epoch
        elif epoch - best >= patience and not np.isnan(loss):
            return best, epoch
    return best, None


@early_stopping.misconception("stops at the first nan", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**It stops at the first loss of nan, whatever the patience.** Here such an epoch is one that is not better, like
    any other."""
    best = 0
    for epoch, loss in enumerate(val_losses):
        if loss < val_losses[best]:
            best = epoch
        elif np.isnan(loss) or epoch - best >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("stops before it has looked at the loss", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**It stops although this very epoch is better.** At `patience` after the best epoch look at the loss first: if it
    is lower, this is the new best epoch, and training goes on."""
    best = 0
    for epoch in range(len(val_losses)):
        if epoch - best >= patience:
            return best, epoch
        if val_losses[epoch] < val_losses[best]:
            best = epoch
    return best, None


# ---- dropout_forward ------------------------------------------------------------------------------------------------


def _activations(seed: int, dtype: type = np.float64) -> Array:
    """4,000 activations as they come out of a ReLU, some of them 0: enough to tell shares apart."""
    return np.maximum(np.random.default_rng(seed).standard_normal((50, 80)) + 1, 0).astype(dtype)


def _tenths(share: Any) -> float:
    """A share to one decimal; 0 and 1 only where it is exactly that."""
    exactly = float(share)
    return exactly if exactly in (0.0, 1.0) else min(max(round(exactly, 1), 0.1), 0.9)


def _factor(got: Array, given: Array, where: Array) -> float:
    """The number with got = factor * given at these places (where given is not 0); 0 if no number does that."""
    ratios = got[where & (given != 0)] / given[where & (given != 0)]
    factor = float(np.median(ratios)) if ratios.size else 0.0
    return factor if np.allclose(ratios, factor, rtol=1e-4) else 0.0


def _out_and_mask(answer: Any, A: Array) -> tuple[Array, Array]:
    """What dropout_forward returned, as arrays of A's shape. Raises MisfitError."""
    answer = plain(answer)
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        missing = " Is a `return` missing?" if answer is None else ""
        raise MisfitError(f"Two values were wanted, (out, mask); your function returned {describe(answer)}.{missing}")
    out, mask = answer
    try:
        mask = np.broadcast_to(np.asarray(mask, float), A.shape)  # one row or one column: told as such below
        out = np.asarray(out, float)
    except (TypeError, ValueError):
        pass
    return fit(out, A, "`out`"), fit(mask, np.ones(A.shape), "`mask`")


def what_dropout_does(dropout_forward: Callable[..., Any], A: Array, keep: float, rng: Rng) -> tuple[Any, ...]:
    """What holds for out and mask whatever was drawn. It is called twice."""
    given = A.copy()  # the function may write into A, which is told apart from whether its values are right
    out, mask = _out_and_mask(dropout_forward(A, keep, rng), given)
    _, another = _out_and_mask(dropout_forward(given.copy(), keep, rng), given)
    kept = mask != 0
    return (
        bool(np.isin(mask, (0, 1)).all()),
        _tenths(kept.mean()),
        _tenths((out[given != 0] != 0).mean()),
        _factor(out, given, kept),
        bool((out[~kept] == 0).all()),
        bool((kept != kept[:1]).any()),
        bool((kept != kept[:, :1]).any()),
        bool((mask != another).any()),
    )


dropout_forward = Exercise(
    "dropout_forward",
    reference=functional.dropout_forward,
    cases=lambda: [
        (_activations(1), 0.8, np.random.default_rng(0)),
        (_activations(2), 0.5, np.random.default_rng(1)),
        (_activations(3), 0.3, np.random.default_rng(2)),
        (_activations(4, np.float32), 0.8, np.random.default_rng(3)),
    ],
    experiment=what_dropout_does,
    returns=(
        "the mask holds zeros and ones alone",
        "share of the mask that is not 0",
        "share of A that is not 0 in out",
        "the one number that what is kept is multiplied by (0: there is none)",
        "what is dropped becomes 0",
        "each row has a mask of its own",
        "each column has a mask of its own",
        "the next call draws another mask",
    ),
    points=2,
    hints=(
        "Toss a coin for every single element of A: with probability `keep` it stays. What do the ones that stay have "
        "to be multiplied by, so that the sum is right on average?",
        "`rng.random(A.shape)` gives numbers between 0 and 1, each on its own, and a share of `keep` of them is below "
        "`keep`. That comparison is the mask. What is kept is divided by keep.",
        "Nearly the code: `mask = rng.random(A.shape) < ...`, return `A * mask / ...` and mask.",
    ),
)


def _mask(A: Array, keep: float, rng: Rng) -> Array:
    return rng.random(A.shape) < keep


@dropout_forward.misconception("what is kept is not scaled up", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**What is kept stays as large as it was.** With half of the units silent, the next layer hears only half of what
    it will hear later, when nothing is dropped. Divide what is kept by keep."""
    mask = _mask(A, keep, rng)
    return A * mask, mask


@dropout_forward.misconception("multiplies by keep instead of dividing", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**What is kept is multiplied by keep, and so becomes smaller still.** It has to speak for those that are silent:
    divide by keep."""
    mask = _mask(A, keep, rng)
    return A * mask * keep, mask


@dropout_forward.misconception("divides by keep twice", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**What is kept is divided by keep twice.** Once is enough to make up for what is dropped."""
    mask = _mask(A, keep, rng)
    return A * mask / keep**2, mask


@dropout_forward.misconception("divides by keep twice", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**Your mask is divided by keep already, and then out is divided once more.** Keep the mask plain, zeros and ones,
    and divide in out alone."""
    mask = _mask(A, keep, rng) / keep
    return A * mask / keep, mask


@dropout_forward.misconception("keep does not matter", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**Half of the elements are kept, whatever keep is.** Your coin is a fair one. It has to show "keep" with the
    probability keep: compare a number between 0 and 1 with it."""
    mask = _mask(A, 0.5, rng)
    return A * mask / keep, mask


@dropout_forward.misconception("normal numbers instead of uniform ones", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**Your random numbers are not spread evenly between 0 and 1.** A normal one is below 0.5 more often than every
    second time. `rng.random` gives the even ones, of which a share of keep is below keep."""
    mask = rng.standard_normal(A.shape) < keep
    return A * mask / keep, mask


@dropout_forward.misconception("drops a share of keep", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**A share of keep is dropped, where it should be kept.** Look at the direction of your comparison: a number
    between 0 and 1 is below keep with the probability keep."""
    mask = _mask(A, 1 - keep, rng)
    return A * mask / keep, mask


@dropout_forward.misconception("takes keep for the share that is dropped", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**You take keep for the share to drop.** Then everything after it is consistent, but keep = 0.8 silences four
    units in five. keep is the share that stays."""
    mask = _mask(A, 1 - keep, rng)
    return A * mask / (1 - keep), mask


@dropout_forward.misconception("divides by the share that is dropped", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**You divide by 1 - keep.** The right share is kept; divide by that share, keep."""
    mask = _mask(A, keep, rng)
    return A * mask / (1 - keep), mask


@dropout_forward.misconception("divides by the share that happened to be kept", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**You divide by the mean of the mask**, which is only near keep and changes with every draw. Divide by keep
    itself, as the way back does."""
    mask = _mask(A, keep, rng)
    return A * mask / mask.mean(), mask


@dropout_forward.misconception("one mask for all rows", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**All rows have the same mask.** A row is an example, and each example should meet another thinned-out network.
    Draw as many numbers as A has elements: `A.shape`."""
    mask = np.broadcast_to(rng.random(A.shape[1]) < keep, A.shape)
    return A * mask / keep, mask


@dropout_forward.misconception("drops whole rows", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**Whole rows are dropped.** That leaves out examples. Within a row, each unit has a coin of its own: draw as many
    numbers as A has elements, `A.shape`."""
    mask = np.broadcast_to(rng.random((len(A), 1)) < keep, A.shape)
    return A * mask / keep, mask


@dropout_forward.misconception("one coin for everything", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**One coin decides for all elements together.** Draw as many numbers as A has elements: `A.shape`."""
    mask = np.full(A.shape, rng.random() < keep)
    return A * mask / keep, mask


@dropout_forward.misconception("the same mask at every call", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**Every call draws the same mask.** A seed is fixed inside the function, so the same units stay silent for ever,
    and that is only a smaller network. Draw from the `rng` that you are given."""
    mask = _mask(A, keep, np.random.default_rng(0))
    return A * mask / keep, mask


@dropout_forward.misconception("the mask is scaled already", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**`out` is right, but the mask you hand on is divided by keep already.** dropout_backward divides by keep too,
    and then it would be done twice. Hand on the plain mask: 1 (or True) where an element is kept."""
    mask = _mask(A, keep, rng) / keep
    return A * mask, mask


@dropout_forward.misconception("the mask marks what is dropped", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**Your mask is 1 where an element is dropped.** dropout_backward lets the gradient pass where the mask is 1: hand
    on the mask of what is kept."""
    mask = _mask(A, keep, rng)
    return A * mask / keep, ~mask


@dropout_forward.misconception("the mask holds the random numbers", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**What you hand on as mask are the random numbers themselves.** The mask is the comparison with keep: 1 (or True)
    where an element is kept."""
    numbers = rng.random(A.shape)
    return A * (numbers < keep) / keep, numbers


@dropout_forward.misconception("the mask holds the random numbers", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**You multiply A with the random numbers themselves.** Nothing is dropped that way, everything is only a little
    smaller. Compare the numbers with keep first: that gives the zeros and ones."""
    numbers = rng.random(A.shape)
    return A * numbers / keep, numbers


@dropout_forward.misconception("draws twice, for out and for the mask", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**The mask that you hand on is not the one that made `out`.** Each call of `rng.random` draws new numbers. Draw
    once, give the mask a name, and use that for both."""
    return A * _mask(A, keep, rng) / keep, _mask(A, keep, rng)


@dropout_forward.misconception("the mask is made from the output", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**Your mask is 0 wherever `out` is 0.** An element that was 0 before can be kept as well. The mask is what the
    coins said, whatever A is."""
    out = A * _mask(A, keep, rng) / keep
    return out, out != 0


@dropout_forward.misconception("the outputs are in another order", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**Right values in another order.** You return (mask, out); wanted is (out, mask)."""
    mask = _mask(A, keep, rng)
    return mask.astype(A.dtype), A * mask / keep


@dropout_forward.misconception("nothing is dropped", see=DROPOUT)
def _(A: Array, keep: float, rng: Rng) -> Any:
    """**Nothing is dropped.** That is right when the network is in use. In training each element becomes 0 with the
    probability 1 - keep."""
    rng.random()
    return A.copy(), np.ones(A.shape)


# ---- dropout_backward -----------------------------------------------------------------------------------------------


def what_passes_back(dropout_backward: Callable[..., Any], dout: Array, mask: Array, keep: float) -> tuple[Any, ...]:
    """Which units get a gradient, and what it is multiplied by."""
    given, kept = dout.copy(), mask.astype(bool)
    answer = plain(dropout_backward(dout, mask, keep))
    if isinstance(answer, tuple):
        raise MisfitError(f"One array was wanted, dA; your function returned {describe(answer)}.")
    dA = fit(answer, given, "dA")
    passes = dA != 0
    return _tenths(passes[kept].mean()), not passes[~kept].any(), _factor(dA, given, passes)


def _backward_case(seed: int, keep: float, dtype: type = np.float64) -> Case:
    rng = np.random.default_rng(seed)
    dout: Array = rng.standard_normal((50, 80)).astype(dtype)
    return dout, rng.random(dout.shape) < keep, keep


dropout_backward = Exercise(
    "dropout_backward",
    reference=functional.dropout_backward,
    cases=lambda: [
        _backward_case(1, 0.8),
        _backward_case(2, 0.5),
        _backward_case(3, 0.3),
        _backward_case(4, 0.8, np.float32),
    ],
    experiment=what_passes_back,
    returns=(
        "share of the kept units that get a gradient",
        "the dropped units get no gradient",
        "the one number that what gets through is multiplied by (0: there is none)",
    ),
    hints=(
        "On the way forward an element was multiplied by a number. What is the slope of such a product?",
        "out = A mask / keep, element by element, so the slope of out with respect to A is mask / keep. The chain rule "
        "multiplies it with dout.",
        "Nearly the code: return `dout * ... / ...`.",
    ),
)


@dropout_backward.misconception("the factor 1/keep is missing", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**The right units get a gradient, but 1/keep is missing.** On the way forward what was kept was divided by keep;
    on the way back its gradient is divided by keep too."""
    return dout * mask


@dropout_backward.misconception("multiplies by keep instead of dividing", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**You multiply by keep.** The way back has the same factor as the way forward, not the opposite one: divide by
    keep."""
    return dout * mask * keep


@dropout_backward.misconception("divides by keep twice", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**The gradient is divided by keep twice.** The mask holds ones and zeros, so one division is all there is."""
    return dout * mask / keep**2


@dropout_backward.misconception("divides by the share that is dropped", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**You divide by 1 - keep.** On the way forward what was kept was divided by keep: the same here."""
    return dout * mask / (1 - keep)


@dropout_backward.misconception("draws a new mask", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**This is another mask than the one of the way forward.** Units that were silent get a gradient, and some that
    spoke get none. Which coins fell how is written in `mask`: use that, and draw nothing here."""
    return dout * (np.random.default_rng(0).random(dout.shape) < keep) / keep


@dropout_backward.misconception("draws a new mask", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**This is another mask than the one of the way forward, and 1/keep is missing.** Units that were silent get a
    gradient, and some that spoke get none. Use `mask`, and draw nothing here."""
    return dout * (np.random.default_rng(0).random(dout.shape) < keep)


@dropout_backward.misconception("lets everything pass", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**The units that were silent get a gradient too.** They had no part in the loss. Where the mask is 0 the gradient
    is 0: multiply by mask."""
    return dout / keep


@dropout_backward.misconception("hands dout on as it is", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**dout comes through as it is.** On the way forward each element was multiplied by mask / keep; on the way back
    so is its gradient."""
    return dout.copy()


@dropout_backward.misconception("the mask is turned round", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**The gradient passes exactly where it should not.** The mask is 1 (or True) where a unit was kept, and there
    the gradient passes."""
    return dout * (1 - mask) / keep


@dropout_backward.misconception("the mask is turned round", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**The gradient passes exactly where it should not**, for `~mask` marks what was dropped. The mask is 1 (or True)
    where a unit was kept, and there the gradient passes."""
    return dout * ~mask / keep


@dropout_backward.misconception("hands the mask on", see=DROPOUT)
def _(dout: Array, mask: Array, keep: float) -> Any:
    """**What you return does not depend on dout.** mask / keep is the slope of this step; the chain rule multiplies it
    with what arrives from above."""
    return mask / keep


# ---- weight_decay_step ----------------------------------------------------------------------------------------------


def parameters_afterwards(step: Callable[..., Any], params: Params, grads: Params, lr: float, lam: float) -> Params:
    step(params, grads, lr, lam)
    return params


weight_decay_step = Exercise(
    "weight_decay_step",
    reference=optimizers.weight_decay_step,
    cases=lambda: [
        (TINY, {name: np.ones_like(array) for name, array in TINY.items()}, 0.5, 0.1),
        (_network(1, 3, 4, 2), _network(11, 3, 4, 2), 0.1, 0.5),
        (_network(2, 5, 2, 3), {name: np.zeros_like(g) for name, g in _network(2, 5, 2, 3).items()}, 0.2, 1.5),
        (_network(3, 2, 6, 4), _network(13, 2, 6, 4), 0.3, 0.0),
        (_network(4, 6, 3, 5, np.float32), _network(14, 6, 3, 5, np.float32), 0.05, 0.4),
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
    right(_as_weights(params), _as_weights(grads), lr, lam)


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
