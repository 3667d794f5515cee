"""train_epoch: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.checkpoints.nb04_sgd.epochs import EPOCH_RESULTS, epoch_in_order, loss_and_gradients, one_epoch
from course_lib.checkpoints.nb04_sgd.shared import network_parameters
from course_lib.nn import functional, optimizers, training
from course_lib.nn.arrays import Array, Params

Rng = np.random.Generator

LOOP = "04#3. The loop"


def _epoch_cases() -> list[Case]:
    """First examples that are all the same: then every order gives the same result. Next, one batch for all examples.
    Last, a few different examples in several batches: then it must be the result of some order."""
    tiny = {
        "W1": np.array([[1.0, -1.0]]),
        "b1": np.zeros(2),
        "W2": np.array([[1.0, 0.0], [0.5, -0.5]]),
        "b2": np.zeros(2),
    }
    five = np.tile(normal(1, 1, 3), (5, 1))
    X32 = normal(3, 6, 2, dtype=np.float32)
    rngs = [np.random.default_rng(seed) for seed in range(6)]
    return [
        (tiny, np.array([[2.0], [2.0], [2.0]]), np.array([1, 1, 1]), 2, 0.1, rngs[0]),
        (network_parameters(10, 3, 4, 3), five, np.array([2, 2, 2, 2, 2]), 2, 0.2, rngs[1]),
        (network_parameters(20, 3, 5, 2), normal(2, 4, 3), np.array([0, 1, 1, 0]), 10, 0.3, rngs[2]),
        (network_parameters(30, 2, 3, 3, np.float32), X32, np.array([2, 0, 1, 1, 0, 2]), 6, 0.1, rngs[3]),
        (network_parameters(40, 2, 4, 3), normal(4, 3, 2), np.array([0, 2, 1]), 2, 0.5, rngs[4]),
        (network_parameters(50, 2, 3, 2), normal(5, 3, 2), np.array([1, 0, 1]), 1, 0.5, rngs[5]),
    ]


train_epoch = Exercise(
    "train_epoch",
    reference=training.train_epoch,
    cases=_epoch_cases,
    sizes=lambda params, X, y, batch_size, lr, rng: {"N": len(X)},
    experiment=one_epoch,
    changes=("params",),
    returns=EPOCH_RESULTS,
    points=2,
    hints=(
        "For one batch you have every piece: forward, loss, backward, step. What must happen to the loss of a batch "
        "so that a small last batch does not count too much?",
        "Loop over the minibatches. In each: mlp_forward, cross_entropy, softmax_cross_entropy_backward, "
        "mlp_backward, sgd_step. The loss of a batch is a mean over its examples; times their number it is their sum. "
        "Add these sums up, and divide by N at the end.",
        "Nearly the code: `total = 0.0`, `for X_batch, y_batch in mine.minibatches(X, y, batch_size, rng):`, `logits, "
        "cache = mine.mlp_forward(X_batch, params)`, `total += mine.cross_entropy(logits, y_batch) * len(X_batch)`, "
        "then the gradients, then `mine.sgd_step(params, grads, lr)`, and after the loop return total divided by ...",
    ),
)


Gradients = Callable[[Params, Array, Array], Params]


def _gradients(params: Params, X: Array, y: Array) -> Params:
    return loss_and_gradients(params, X, y)[1]


def _losses(
    params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng, gradients: Gradients = _gradients
) -> tuple[list[float], list[int]]:
    """An epoch, with other gradients perhaps: the losses before the steps, and the sizes of the batches."""
    losses, batch_sizes = [], []
    for X_batch, y_batch in training.minibatches(X, y, batch_size, rng):
        losses.append(loss_and_gradients(params, X_batch, y_batch)[0])
        batch_sizes.append(len(X_batch))
        optimizers.sgd_step(params, gradients(params, X_batch, y_batch), lr)
    return losses, batch_sizes


def _epoch(
    params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng, gradients: Gradients = _gradients
) -> float:
    """An epoch with other gradients, and its mean loss."""
    losses, batch_sizes = _losses(params, X, y, batch_size, lr, rng, gradients)
    return float(np.average(losses, weights=batch_sizes))


@train_epoch.misconception("averages over the batches", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**You average over the batches; the mean over the examples is wanted.** A last batch with few examples would
    count as much as a full one. Weight the loss of each batch with the number of its examples, and divide by N."""
    losses, _ = _losses(params, X, y, batch_size, lr, rng)
    return float(np.mean(losses))


@train_epoch.misconception("averages over the batches", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**You average over the batches, and N // batch_size is not even their number:** it leaves the last, smaller batch
    out. Weight the loss of each batch with the number of its examples, and divide by N."""
    losses, _ = _losses(params, X, y, batch_size, lr, rng)
    return float(np.sum(losses)) / (len(X) // batch_size)


@train_epoch.misconception("averages over the batches", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**You average over the batches, and N // batch_size is not even their number:** it leaves the last, smaller batch
    out. Weight the loss of each batch with the number of its examples, and divide by N."""
    losses, _ = _losses(params, X, y, batch_size, lr, rng)
    return np.sum(losses) / (len(X) // batch_size)  # a NumPy number divided by 0 is inf, and no ZeroDivisionError


@train_epoch.misconception("adds the losses up", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**You return the sum over the batches.** It grows with their number. The mean over the examples is wanted:
    weight the loss of each batch with the number of its examples, and divide by N."""
    losses, _ = _losses(params, X, y, batch_size, lr, rng)
    return float(np.sum(losses))


@train_epoch.misconception("divides the sum over the batches by N", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**The loss of a batch is a mean already.** You added up the means and divided by N, so the loss is about
    batch_size times too small. Multiply the loss of each batch with the number of its examples first."""
    losses, _ = _losses(params, X, y, batch_size, lr, rng)
    return float(np.sum(losses)) / len(X)


@train_epoch.misconception("divides the sum over the batches by batch_size", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**You add up the mean losses of the batches and divide by batch_size.** That is neither their number nor the
    number of examples. Multiply the loss of each batch with the number of its examples, add up, and divide by N."""
    losses, _ = _losses(params, X, y, batch_size, lr, rng)
    return float(np.sum(losses)) / batch_size


@train_epoch.misconception("divides the sum over the examples by a batch's size", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**You divide the sum over all examples by batch_size.** A mean is divided by the number of what was added up:
    N."""
    losses, batch_sizes = _losses(params, X, y, batch_size, lr, rng)
    return float(np.dot(losses, batch_sizes)) / batch_size


@train_epoch.misconception("divides the sum over the examples by a batch's size", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**You divide the sum over all examples by the size of the last batch.** A mean is divided by the number of what
    was added up: `len(X)`, not `len(X_batch)`."""
    losses, batch_sizes = _losses(params, X, y, batch_size, lr, rng)
    return float(np.dot(losses, batch_sizes)) / batch_sizes[-1]


@train_epoch.misconception("divides the sum over the examples by the number of batches", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**You divide the sum over all examples by the number of batches.** That is the mean sum of a batch. Divide by the
    number of examples, N."""
    losses, batch_sizes = _losses(params, X, y, batch_size, lr, rng)
    return float(np.dot(losses, batch_sizes)) / len(losses)


@train_epoch.misconception("weights every batch with batch_size", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**The last batch may have fewer examples than batch_size.** Weight its loss with the number that it has,
    `len(X_batch)`."""
    losses, _ = _losses(params, X, y, batch_size, lr, rng)
    return float(np.sum(losses)) * batch_size / len(X)


@train_epoch.misconception("forgets to divide by N", see=LOOP)
def _(right: Callable[..., float], params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**That is the sum over the examples, N times too large.** Divide by N at the end."""
    return right(params, X, y, batch_size, lr, rng) * len(X)


@train_epoch.misconception("returns the loss of the last batch", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**You return the loss of the last batch alone.** It may be a handful of images, so it jumps from epoch to
    epoch. Add up over all batches."""
    losses, _ = _losses(params, X, y, batch_size, lr, rng)
    return losses[-1]


@train_epoch.misconception("returns the loss of the last batch", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**Only the last batch is in your total.** Does `total += ...` stand behind the loop, or is it `=` instead of
    `+=`? Add up over all batches."""
    losses, batch_sizes = _losses(params, X, y, batch_size, lr, rng)
    return losses[-1] * batch_sizes[-1] / len(X)


@train_epoch.misconception("measures the loss after the step", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**The loss is measured after the step.** On the batch that was just learnt it looks better than it is, and it
    costs a second forward pass. Take the loss from the logits that you have before the step."""
    total = 0.0
    for X_batch, y_batch in training.minibatches(X, y, batch_size, rng):
        optimizers.sgd_step(params, _gradients(params, X_batch, y_batch), lr)
        total += loss_and_gradients(params, X_batch, y_batch)[0] * len(X_batch)
    return total / len(X)


@train_epoch.misconception("measures the loss at the end of the epoch", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**That is the loss on all of X after the last step.** A fine number, but it costs another forward pass over
    everything. Here each batch's loss is taken on the way, just before its step."""
    _losses(params, X, y, batch_size, lr, rng)
    return loss_and_gradients(params, X, y)[0]


@train_epoch.misconception("never steps", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**The parameters stayed where they were, so nothing is learnt.** After the gradients of each batch comes its
    step: `mine.sgd_step(params, grads, lr)`."""
    return _epoch(params, X, y, batch_size, 0.0, rng)


@train_epoch.misconception("trains a copy", see=LOOP)
def _(right: Callable[..., float], params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**A copy was trained, and the caller's `params` stayed as they were.** The losses fall on the way, but what was
    learnt is lost at the end. Step on `params` itself."""
    return right(copy.deepcopy(params), X, y, batch_size, lr, rng)


@train_epoch.misconception("steps with the same gradient all epoch long", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**Every step used the gradient of the parameters as they were at the start.** After a step the network is
    another one: forward and backward belong inside the loop, for every batch, with params as they are by then."""
    grads = _gradients(params, X, y)
    return _epoch(params, X, y, batch_size, lr, rng, lambda *batch: grads)


@train_epoch.misconception("steps once in the whole epoch", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**There was only one step in the whole epoch.** Does sgd_step stand behind the loop? It belongs inside, once
    for every batch."""
    total, grads = 0.0, dict[str, Array]()
    for X_batch, y_batch in training.minibatches(X, y, batch_size, rng):
        loss, grads = loss_and_gradients(params, X_batch, y_batch)
        total += loss * len(X_batch)
    optimizers.sgd_step(params, grads, lr)
    return total / len(X)


@train_epoch.misconception("steps once in the whole epoch", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**All of X went in at once, and there was only one step in the whole epoch.** Loop over the minibatches, and make
    a step for each."""
    loss, grads = loss_and_gradients(params, X, y)
    optimizers.sgd_step(params, grads, lr)
    return loss


@train_epoch.misconception("stops after the first batch", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**Only the first batch was used.** A `return` inside the loop ends it after one round. Move it to the left,
    behind the loop."""
    X_batch, y_batch = next(training.minibatches(X, y, batch_size, rng))
    loss, grads = loss_and_gradients(params, X_batch, y_batch)
    optimizers.sgd_step(params, grads, lr)
    return loss


@train_epoch.misconception("stops after the first batch", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**Only the first batch was used**, and its loss divided by N. A `return` inside the loop ends it after one
    round. Move it to the left, behind the loop."""
    X_batch, y_batch = next(training.minibatches(X, y, batch_size, rng))
    loss, grads = loss_and_gradients(params, X_batch, y_batch)
    optimizers.sgd_step(params, grads, lr)
    return loss * len(X_batch) / len(X)


@train_epoch.misconception("uses all of X in every step", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**The number of steps is right, but they were not made with the batches.** Perhaps X and y stand inside the
    loop where X_batch and y_batch belong."""
    return _epoch(params, X, y, batch_size, lr, rng, lambda params, *batch: _gradients(params, X, y))


@train_epoch.misconception("uses all of X in every step", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**Each step was made with all of X, and so each loss is that of all of X.** The loop hands you a batch: forward,
    loss and backward take X_batch and y_batch."""
    total = 0.0
    for X_batch, _ in training.minibatches(X, y, batch_size, rng):
        loss, grads = loss_and_gradients(params, X, y)
        optimizers.sgd_step(params, grads, lr)
        total += loss * len(X_batch)
    return total / len(X)


@train_epoch.misconception("uses all of X in every step", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**Each step was made with all of X, and the losses of all of X were added up.** The loop hands you a batch:
    forward, loss, backward and `len` take X_batch and y_batch."""
    total = 0.0
    for _ in training.minibatches(X, y, batch_size, rng):
        loss, grads = loss_and_gradients(params, X, y)
        optimizers.sgd_step(params, grads, lr)
        total += loss
    return total


@train_epoch.misconception("the same order in every epoch", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**The batches are the same in every epoch.** They are cut from X as it stands, or shuffled with a seed of their
    own. Loop over `minibatches(X, y, batch_size, rng)`, with the rng that you are given."""
    loss, after = epoch_in_order(params, X, y, batch_size, lr)
    params.update(after)
    return loss


@train_epoch.misconception("goes uphill", see=LOOP)
def _(right: Callable[..., float], params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**Each step goes uphill**, so the loss grows. Is there a minus too many, in the step or in the gradient?"""
    return right(params, X, y, batch_size, -lr, rng)


@train_epoch.misconception("divides the gradient by the batch size again", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**The steps are too small by exactly the number of examples in the batch.** The mean over the batch is inside
    the gradient already, from the loss. Divide nowhere else."""

    def divided(params: Params, X: Array, y: Array) -> Params:
        return {name: grad / len(X) for name, grad in _gradients(params, X, y).items()}

    return _epoch(params, X, y, batch_size, lr, rng, divided)


@train_epoch.misconception("divides the gradient by the batch size again", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**The steps are too small by exactly batch_size.** The mean over the batch is inside the gradient already, from
    the loss. Divide nowhere else."""
    return _epoch(params, X, y, batch_size, lr / batch_size, rng)


@train_epoch.misconception("multiplies the gradient with the batch size", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**The steps are too large by exactly the number of examples in the batch.** The gradient is that of the *mean*
    loss. Perhaps you multiplied the loss with len(X_batch) for the total, and the gradient along with it?"""

    def multiplied(params: Params, X: Array, y: Array) -> Params:
        return {name: grad * len(X) for name, grad in _gradients(params, X, y).items()}

    return _epoch(params, X, y, batch_size, lr, rng, multiplied)


@train_epoch.misconception("takes the softmax before the loss", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**The softmax was taken twice for the loss.** cross_entropy wants the logits as they come: the softmax is
    inside it."""
    total = 0.0
    for X_batch, y_batch in training.minibatches(X, y, batch_size, rng):
        P = functional.softmax(functional.mlp_forward(X_batch, params)[0])
        total += functional.cross_entropy(P, y_batch) * len(X_batch)
        optimizers.sgd_step(params, _gradients(params, X_batch, y_batch), lr)
    return total / len(X)


def _gradients_from(dlogits: Callable[[Array, Array], Array]) -> Gradients:
    def gradients(params: Params, X: Array, y: Array) -> Params:
        logits, cache = functional.mlp_forward(X, params)
        return functional.mlp_backward(dlogits(logits, y), params, cache)

    return gradients


@train_epoch.misconception("takes the softmax before the gradient", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**The softmax was taken twice for the gradient.** softmax_cross_entropy_backward wants the logits as they come:
    the softmax is inside it."""
    twice = _gradients_from(lambda Z, y: functional.softmax_cross_entropy_backward(functional.softmax(Z), y))
    return _epoch(params, X, y, batch_size, lr, rng, twice)


@train_epoch.misconception("goes back from the logits instead of dlogits", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**mlp_backward was given the logits.** It wants their gradient, dlogits, which softmax_cross_entropy_backward
    makes from the logits and the labels."""
    return _epoch(params, X, y, batch_size, lr, rng, _gradients_from(lambda Z, y: Z))


@train_epoch.misconception("piles the gradients up", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**The gradients of earlier batches are still in each step.** Begin afresh for every batch: its own gradient,
    its own step."""
    piled = {name: np.zeros_like(w) for name, w in params.items()}

    def gradients(params: Params, X: Array, y: Array) -> Params:
        for name, grad in _gradients(params, X, y).items():
            piled[name] += grad
        return piled

    return _epoch(params, X, y, batch_size, lr, rng, gradients)


@train_epoch.misconception("loses the last batch", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**The last, smaller batch is missing.** Every example has its turn in an epoch; your minibatches gives you the
    last batch, too."""
    total = 0.0
    for X_batch, y_batch in training.minibatches(X, y, batch_size, rng):
        if len(X_batch) == batch_size:
            loss, grads = loss_and_gradients(params, X_batch, y_batch)
            optimizers.sgd_step(params, grads, lr)
            total += loss * len(X_batch)
    return total / len(X)


@train_epoch.misconception("returns the accuracy", see=LOOP)
def _(params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng) -> Any:
    """**That is the accuracy.** The mean loss is wanted, from `cross_entropy`."""
    right = 0.0
    for X_batch, y_batch in training.minibatches(X, y, batch_size, rng):
        right += functional.accuracy(functional.mlp_forward(X_batch, params)[0], y_batch) * len(X_batch)
        optimizers.sgd_step(params, _gradients(params, X_batch, y_batch), lr)
    return right / len(X)
