"""Notebook 4: the exercises of training by SGD, and the mistakes that are made in them.

Steps work in place, and the order of the examples is left to chance, so these exercises are tried by experiments: the
parameters after a step, and what epochs.py finds in an epoch.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from course_lib.checkpoints.epochs import (
    BATCH_FACTS,
    EPOCH_RESULTS,
    epoch_in_order,
    in_batches,
    loss_and_gradients,
    many_epochs,
    one_epoch,
)
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.checkpoints.values import MisfitError
from course_lib.nn import functional, optimizers, schedules, training

Array = np.ndarray
Params = dict[str, Array]
Batches = Iterable[tuple[Array, Array]]
Rng = np.random.Generator

BATCHES = "04#1. A gradient from a few images"
STEP = "04#2. One step downhill"
LOOP = "04#3. The loop"
RANGE = "04#6. The range test"
MOMENTUM = "04#8. Momentum"
SCHEDULES = "04#9. Schedules"


def _normal(seed: int, *shape: int, dtype: type = np.float64) -> Array:
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


# ---- minibatches ----------------------------------------------------------------------------------------------------

minibatches = Exercise(
    "minibatches",
    reference=training.minibatches,
    cases=lambda: [
        (np.array([[0.0], [1.0], [2.0], [3.0], [4.0]]), np.array([0, 1, 0, 1, 2]), 2, np.random.default_rng(1)),
        (_normal(1, 6, 2), np.array([2, 0, 1, 1, 0, 2]), 2, np.random.default_rng(2)),
        (_normal(2, 7, 3, dtype=np.float32), np.array([0, 1, 2, 3, 2, 1, 0]), 3, np.random.default_rng(3)),
        (_normal(3, 4, 2), np.array([0, 1, 1, 0]), 10, np.random.default_rng(4)),
        (_normal(4, 23, 4), np.arange(23) % 5, 5, np.random.default_rng(5)),
    ],
    sizes=lambda X, y, batch_size, rng: {"N": len(X)},
    experiment=many_epochs,
    returns=BATCH_FACTS,
    points=2,
    hints=(
        "Think of a pack of cards: shuffle it once, then deal from the top. What is the pack here, and how do image "
        "and label stay together?",
        "Let `rng.permutation(N)` shuffle the row numbers 0 to N - 1, not the data. The first batch_size of them pick "
        "the first batch, from X and from y alike, and so on. A slice that reaches beyond the end is shorter, which "
        "is what the last batch needs.",
        "Nearly the code: `order = rng.permutation(len(X))`, `for start in range(0, len(X), batch_size):`, `rows = "
        "order[start : ...]`, `yield X[rows], ...`.",
    ),
)


@minibatches.misconception("tears the labels from their images", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**The labels no longer belong to their images.** X was put into another order and y into none, or into one of
    its own. Pick both with the same row numbers."""
    return in_batches(np.arange(len(X)), X[rng.permutation(len(X))], y, batch_size)


@minibatches.misconception("shuffles the labels alone", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**Only the labels were shuffled**, so they no longer belong to their images. Pick rows of X and of y with the
    same row numbers."""
    return in_batches(np.arange(len(X)), X, rng.permutation(y), batch_size)


@minibatches.misconception("shuffles the batches, not the images", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**Each batch is a block of neighbours in X, and only the blocks come in random order.** The same images are
    always together. If the data are sorted by label, such a batch knows one class alone. Shuffle the single rows."""
    for start in rng.permutation(np.arange(0, len(X), batch_size)):
        yield X[start : start + batch_size], y[start : start + batch_size]


@minibatches.misconception("shuffles inside the batches alone", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**The shuffling happens inside each batch.** The same images are always together, and the order within a batch
    makes no difference to its gradient. Shuffle all rows first, then cut into batches."""
    for start in range(0, len(X), batch_size):
        rows = rng.permutation(np.arange(start, min(start + batch_size, len(X))))
        yield X[rows], y[rows]


@minibatches.misconception("loses the last batch", see=BATCHES)
def _(right: Callable[..., Batches], X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**Examples are lost.** Where N is not a multiple of batch_size, what is left over at the end makes a smaller
    batch. Let the starts run to N: `range(0, N, batch_size)`."""
    for X_batch, y_batch in right(X, y, batch_size, rng):
        if len(X_batch) == batch_size:
            yield X_batch, y_batch


@minibatches.misconception("loses the last batch", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**The last batch is lost, even where it is a full one.** `range` leaves its own end out already, so with
    `range(0, N - batch_size, batch_size)` there is one start too few. Let the starts run to N."""
    order = rng.permutation(len(X))
    for start in range(0, len(X) - batch_size, batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


@minibatches.misconception("loses the last batch", see=BATCHES)
def _(right: Callable[..., Batches], X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**Where a single example is left over at the end, it is lost.** One example makes a batch, too. Let the starts
    run to N, not to N - 1: `range` leaves its own end out already."""
    for X_batch, y_batch in right(X, y, batch_size, rng):
        if len(X_batch) > 1:
            yield X_batch, y_batch


@minibatches.misconception("does not shuffle", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**The images come in the order of X, in every epoch.** If neighbours are alike, say all zeros first, each batch
    pulls the network in another direction. Draw an order with `rng`, and pick the rows by it."""
    return in_batches(np.arange(len(X)), X, y, batch_size)


@minibatches.misconception("the same order in every epoch", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**Every epoch has the same order.** Either nothing is drawn, or a seed fixed inside the function gives the same
    numbers at each call. Draw the order from the `rng` that you are given: it goes on from where it was."""
    return in_batches(np.random.default_rng(0).permutation(len(X)), X, y, batch_size)


@minibatches.misconception("leaves the last example out of the shuffle", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**The last example of X takes no part in the shuffle: it is always the last.** Of N examples all may change
    places. Shuffle N row numbers, not N - 1."""
    return in_batches(np.append(rng.permutation(len(X) - 1), len(X) - 1), X, y, batch_size)


@minibatches.misconception("leaves the last example out of the shuffle", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**The last example of X never comes.** The row numbers go from 0 to N - 1, and `rng.permutation(N)` gives all N
    of them."""
    return in_batches(rng.permutation(len(X) - 1), X, y, batch_size)


@minibatches.misconception("draws with replacement", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**Some examples come twice, and others never.** Each batch is drawn without knowing of the others. In an epoch
    every example has its turn once: shuffle all row numbers, then cut."""
    for _ in range(0, len(X), batch_size):
        rows = rng.integers(0, len(X), batch_size)
        yield X[rows], y[rows]


@minibatches.misconception("draws with replacement", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**Some examples come twice, and others never.** Each row number is drawn without knowing of the others. In an
    epoch every example has its turn once: `rng.permutation` shuffles instead of drawing."""
    return in_batches(rng.integers(0, len(X), len(X)), X, y, batch_size)


@minibatches.misconception("draws with replacement", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**Some examples come twice, and others never**, and there is no batch for what is left over. In an epoch every
    example has its turn once: shuffle all row numbers, then cut."""
    for _ in range(len(X) // batch_size):
        rows = rng.integers(0, len(X), batch_size)
        yield X[rows], y[rows]


@minibatches.misconception("draws with replacement", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**Some examples come in two batches, and others never.** No example is twice in one batch, but each batch is
    drawn without knowing of the others. (And no more can be drawn than there are.) Shuffle all row numbers once, then
    cut."""
    for _ in range(0, len(X), batch_size):
        rows = rng.choice(len(X), batch_size, replace=False)
        yield X[rows], y[rows]


@minibatches.misconception("draws with replacement", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**Some examples come in two batches, and others never.** No example is twice in one batch, but each batch is
    drawn without knowing of the others. Shuffle all row numbers once, then cut."""
    for _ in range(0, len(X), batch_size):
        rows = rng.choice(len(X), min(batch_size, len(X)), replace=False)
        yield X[rows], y[rows]


@minibatches.misconception("an empty batch at the end", see=BATCHES)
def _(right: Callable[..., Batches], X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**Where N is a multiple of batch_size, there is an empty batch at the end.** The mean over no examples is nan,
    and it would poison the whole network. The starts must stay below N."""
    yield from right(X, y, batch_size, rng)
    if len(X) % batch_size == 0:
        yield X[:0], y[:0]


@minibatches.misconception("an empty batch at the end", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**Behind the last examples come empty batches: there are as many batches as examples.** The mean over no
    examples is nan, and it would poison the whole network. The starts are `range(0, N, batch_size)`."""
    order = rng.permutation(len(X))
    for number in range(len(X)):
        rows = order[number * batch_size : (number + 1) * batch_size]
        yield X[rows], y[rows]


@minibatches.misconception("takes batch_size for the number of batches", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**batch_size is how many examples are in a batch**; you made that many batches."""
    for rows in np.array_split(rng.permutation(len(X)), batch_size):
        yield X[rows], y[rows]


@minibatches.misconception("shares the examples out evenly", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**The number of batches is right, but their sizes are evened out.** The course fills each batch with batch_size
    examples; only the last one may have fewer."""
    for rows in np.array_split(rng.permutation(len(X)), math.ceil(len(X) / batch_size)):
        yield X[rows], y[rows]


@minibatches.misconception("shares the examples out evenly", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**`np.split` with a number makes so many equal parts**, which cannot always be. The course fills each batch with
    batch_size examples; only the last one may have fewer. Cut by slices: `order[start : start + batch_size]`."""
    for rows in np.split(rng.permutation(len(X)), len(X) // batch_size):
        yield X[rows], y[rows]


@minibatches.misconception("shares the examples out evenly", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**The examples are shared out to N // batch_size batches**, so that some have more than batch_size, and where N
    is smaller there is none. The course fills each batch with batch_size examples; only the last one may have fewer.
    Cut by slices: `order[start : start + batch_size]`."""
    for rows in np.array_split(rng.permutation(len(X)), len(X) // batch_size):
        yield X[rows], y[rows]


@minibatches.misconception("fills the last batch up", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**The last batch was filled up with examples that have been there already.** They would count twice in this
    epoch. Let the last batch be smaller."""
    order = rng.permutation(len(X))
    for start in range(0, len(X), min(batch_size, len(X))):
        rows = order[np.arange(start, start + min(batch_size, len(X))) % len(X)]
        yield X[rows], y[rows]


@minibatches.misconception("moves on by one example instead of by a batch", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**The batches overlap.** Each begins only one example after the one before. The starts are batch_size apart:
    `range(0, N, batch_size)`."""
    order = rng.permutation(len(X))
    for start in range(len(X)):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


@minibatches.misconception("moves on by one example instead of by a batch", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**The batches overlap.** Their number is about right, but each begins only one example after the one before.
    Batch number i begins at i * batch_size; or let the starts be `range(0, N, batch_size)`."""
    order = rng.permutation(len(X))
    for start in range(math.ceil(len(X) / batch_size)):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


@minibatches.misconception("moves on by one example instead of by a batch", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**The batches overlap, and what is left over has none.** Each begins only one example after the one before. Let
    the starts be `range(0, N, batch_size)`."""
    order = rng.permutation(len(X))
    for start in range(len(X) // batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


@minibatches.misconception("one batch and no more", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**There is a single batch in your epoch, and the other examples never come.** Every batch has to be handed out:
    the `yield` stands inside a loop over the starts 0, batch_size, 2 batch_size, ..."""
    *_, last = in_batches(rng.permutation(len(X)), X, y, batch_size)
    yield last


@minibatches.misconception("all examples in one batch", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**batch_size has no effect: all examples come in one batch.** Cut the row of shuffled examples into pieces of
    batch_size, and hand out one after the other."""
    return in_batches(rng.permutation(len(X)), X, y, len(X))


@minibatches.misconception("all examples in one batch", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**batch_size has no effect: all examples come in one batch, in the order of X.** Shuffle the row numbers, cut
    them into pieces of batch_size, and hand out one after the other."""
    yield X, y


@minibatches.misconception("begins a block at each shuffled row", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**The shuffled row numbers are used as the starts of blocks.** `X[i : i + batch_size]` is row i and its
    neighbours in X, so examples come several times. Cut the shuffled numbers themselves into pieces:
    `order[start : start + batch_size]`."""
    for i in rng.permutation(len(X)):
        yield X[i : i + batch_size], y[i : i + batch_size]


@minibatches.misconception("ends every slice at batch_size", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**Only the first batch has anything in it.** A slice `order[start : batch_size]` ends at batch_size, wherever
    it starts. It should end at start + batch_size."""
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start:batch_size]
        yield X[rows], y[rows]


@minibatches.misconception("one example short in every batch", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**In each full batch one example is missing.** The end of a slice is not part of it, so
    `order[start : start + batch_size]` has batch_size numbers already."""
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size - 1]
        yield X[rows], y[rows]


@minibatches.misconception("one example too many in every batch", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**Each batch has one example too many, which comes in the next one again.** The end of a slice is not part of it,
    so `order[start : start + batch_size]` has batch_size numbers: no + 1."""
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size + 1]
        yield X[rows], y[rows]


@minibatches.misconception("returns the first batch", see=BATCHES)
def _(right: Callable[..., Batches], X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**`return` ends the function with the first batch.** `yield` hands a batch out and goes on with the loop when
    the next one is asked for."""
    return next(iter(right(X, y, batch_size, rng)))


@minibatches.misconception("gives single images", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**Images come one by one, without the batch around them.** A batch is an array of batch_size rows, (batch_size,
    D), and its labels (batch_size,). Pick several rows at once, with an array of row numbers."""
    for row in rng.permutation(len(X)):
        yield X[row], y[row]


@minibatches.misconception("gives row numbers instead of rows", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**X_batch has the numbers of the rows, and not the rows.** Pick the rows by them: `X[rows]`, as `y[rows]` does
    with the labels."""
    return in_batches(rng.permutation(len(X)), np.arange(len(X)), y, batch_size)


@minibatches.misconception("gives row numbers instead of rows", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**You hand out row numbers.** They are the way to a batch: pick the images and their labels by them, `yield
    X[rows], y[rows]`."""
    for rows, _ in in_batches(rng.permutation(len(X)), np.arange(len(X)), y, batch_size):
        yield rows


@minibatches.misconception("leaves the labels out", see=BATCHES)
def _(right: Callable[..., Batches], X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**The labels are missing.** Each batch is a pair: `yield X_batch, y_batch`."""
    for X_batch, _ in right(X, y, batch_size, rng):
        yield X_batch


@minibatches.misconception("gives the labels first", see=BATCHES)
def _(right: Callable[..., Batches], X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**Images and labels have changed places.** Each batch is a pair with the images first: `yield X_batch,
    y_batch`."""
    for X_batch, y_batch in right(X, y, batch_size, rng):
        yield y_batch, X_batch


@minibatches.misconception("pairs single images with their labels", see=BATCHES)
def _(right: Callable[..., Batches], X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**Your batches are lists of pairs (image, label).** Wanted is one pair of arrays for each batch: X_batch with all
    its images, (batch_size, D), and y_batch with all its labels, (batch_size,)."""
    for X_batch, y_batch in right(X, y, batch_size, rng):
        yield list(zip(X_batch, y_batch, strict=True))


@minibatches.misconception("two lists instead of pairs", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**You return two lists, one of all X_batches and one of all y_batches.** Wanted is one row of pairs: `yield
    X_batch, y_batch` inside the loop, or `zip` of the two lists."""
    return tuple(map(list, zip(*training.minibatches(X, y, batch_size, rng), strict=True)))


@minibatches.misconception("makes the labels decimal numbers", see=BATCHES)
def _(right: Callable[..., Batches], X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**The labels have become decimal numbers.** That happens when y is put beside X in one array: an array has one
    dtype. Labels pick columns later, so they must stay whole. Keep two arrays, and one order for both."""
    for X_batch, y_batch in right(X, y, batch_size, rng):
        yield X_batch, y_batch.astype(X_batch.dtype)


@minibatches.misconception("never ends", see=BATCHES)
def _(X: Array, y: Array, batch_size: int, rng: Rng) -> Any:
    """**The batches never come to an end.** One call of minibatches is one epoch: when every example has had its
    turn, it is over. Whoever wants another epoch calls it again."""
    while True:
        yield from in_batches(rng.permutation(len(X)), X, y, batch_size)


# ---- sgd_step and momentum_step -------------------------------------------------------------------------------------


def parameters_afterwards(step: Callable[..., Any], params: Params, grads: Params, lr: float) -> Params:
    """The caller's parameters after one step in place."""
    before = copy.deepcopy(params)
    _changed_in_place(step(params, grads, lr), params, before)
    return params


def state_afterwards(
    step: Callable[..., Any], params: Params, grads: Params, velocity: Params, lr: float, mu: float
) -> tuple[Params, Params]:
    """The caller's parameters and velocities after one step in place."""
    before = copy.deepcopy(params)
    _changed_in_place(step(params, grads, velocity, lr, mu), params, before)
    return params, velocity


def _changed_in_place(returned: Any, params: Params, before: Params) -> None:
    """Raises MisfitError if new parameters were returned and the caller's stayed as they were."""
    untouched = all(name in params and np.array_equal(params[name], before[name]) for name in before)
    if untouched and returned is not None:
        raise MisfitError(
            "Your function returned something, and left the caller's `params` as it was. It should change the arrays "
            "in `params`, and return nothing."
        )


def _parameters(seed: int, D: int, H: int, C: int, dtype: type = np.float64) -> Params:
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    return {name: _normal(seed + i, *shape, dtype=dtype) for i, (name, shape) in enumerate(shapes.items())}


def _output_layer_first(arrays: Params) -> Params:
    return {name: arrays[name] for name in ("W2", "b2", "W1", "b1")}


TINY = {"W1": np.array([[1.0, -2.0]]), "b1": np.array([0.5, 3.0])}
TINY_GRADS = {"W1": np.array([[3.0, 1.0]]), "b1": np.array([-2.0, 0.5])}

sgd_step = Exercise(
    "sgd_step",
    reference=optimizers.sgd_step,
    cases=lambda: [
        (TINY, TINY_GRADS, 0.1),
        (_parameters(10, 2, 3, 4), _parameters(20, 2, 3, 4), 0.5),
        (_parameters(30, 4, 2, 3, np.float32), _parameters(40, 4, 2, 3, np.float32), 0.02),
        (_parameters(50, 2, 2, 2), _output_layer_first(_parameters(60, 2, 2, 2)), 2.0),
    ],
    experiment=parameters_afterwards,
    changes=("params",),
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


@sgd_step.misconception("counts on W1, b1, W2 and b2", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**Your function counts on four parameters called W1, b1, W2 and b2.** Another network has other ones; here there
    are only two. Go through the names that are there: `for name in params:`."""
    for name in ("W1", "b1", "W2", "b2"):
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


momentum_step = Exercise(
    "momentum_step",
    reference=optimizers.momentum_step,
    cases=lambda: [
        (TINY, TINY_GRADS, {"W1": np.array([[0.5, -1.0]]), "b1": np.array([2.0, 0.0])}, 0.1, 0.5),
        (_parameters(10, 2, 3, 4), _parameters(20, 2, 3, 4), _parameters(70, 2, 3, 4), 0.5, 0.9),
        (*(_parameters(seed, 4, 2, 3, np.float32) for seed in (30, 40, 80)), 0.02, 0.8),
        (_parameters(50, 2, 2, 2), *(_output_layer_first(_parameters(seed, 2, 2, 2)) for seed in (60, 90)), 2.0, 0.25),
    ],
    experiment=state_afterwards,
    changes=("params", "velocity"),
    returns=("params", "velocity"),
    points=2,
    hints=(
        "There are two lines for each parameter: first the velocity changes, then the parameter moves with it.",
        "The new velocity is mu times the old one, minus lr times the gradient. The parameter then moves by the *new* "
        "velocity. Both must change in the caller's dicts, because the next step begins with them.",
        "Nearly the code: in the loop over the names `velocity[name] = mu * velocity[name] - ...`, then `params[name] "
        "+= ...`.",
    ),
)


def _by_rule(
    rule: Callable[[Array, Array, Array], tuple[Array, Array]], params: Params, grads: Params, velocity: Params
) -> None:
    """(w, g, v) -> new (w, v), in place, for every name."""
    for name in params:
        params[name], velocity[name] = rule(params[name], grads[name], velocity[name])


@momentum_step.misconception("forgets the velocity for the next step", see=MOMENTUM)
def _(right: Callable[..., None], params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The new velocity is forgotten.** It must stand in the caller's dict `velocity`, or the next step begins with
    the old one. `v = mu * v - ...` only names a new array; `velocity[name] = ...` keeps it."""
    right(params, grads, copy.deepcopy(velocity), lr, mu)


@momentum_step.misconception("puts the velocity in place of the parameter", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The old parameter is lost.** You wrote the velocity into params. It should be added to what was there."""
    _by_rule(lambda w, g, v: (mu * v - lr * g, mu * v - lr * g), params, grads, velocity)


@momentum_step.misconception("takes the new velocity off the old one", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The new velocity was taken off the old one.** `v -= mu * v - lr * g` means v - (mu v - lr g). Put it in its
    place instead: v = mu v - lr g."""
    _by_rule(lambda w, g, v: (w + v - (mu * v - lr * g), v - (mu * v - lr * g)), params, grads, velocity)


@momentum_step.misconception("adds the new velocity to the old one", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The new velocity was added to the old one.** `v += mu * v - lr * g` keeps all of v and adds mu v to it, so it
    never fades. Put it in its place instead: v = mu v - lr g."""
    _by_rule(lambda w, g, v: (w + v + mu * v - lr * g, v + mu * v - lr * g), params, grads, velocity)


@momentum_step.misconception("uses lr twice", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**lr comes in twice.** It is inside the velocity already, so w moves by v itself, not by lr v."""
    _by_rule(lambda w, g, v: (w + lr * (mu * v - lr * g), mu * v - lr * g), params, grads, velocity)


@momentum_step.misconception("lets the velocity fade only where it moves", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**mu stands in the wrong line: v <- v - lr g, then w <- w + mu v.** Then v itself never fades, and grows and
    grows. The factor mu belongs to the old velocity: v <- mu v - lr g, then w <- w + v."""
    _by_rule(lambda w, g, v: (w + mu * (v - lr * g), v - lr * g), params, grads, velocity)


@momentum_step.misconception("moves with the old velocity", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The parameters moved with the old velocity**, so the gradient of this step comes one step late. First v, then
    w with the new v."""
    _by_rule(lambda w, g, v: (w + v, mu * v - lr * g), params, grads, velocity)


@momentum_step.misconception("leaves lr out of the velocity", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**This is another common form: v <- mu v + g, then w <- w - lr v.** It walks the same way while lr is constant,
    but its v means something else. Here lr is inside the velocity: v <- mu v - lr g, then w <- w + v."""
    _by_rule(lambda w, g, v: (w - lr * (mu * v + g), mu * v + g), params, grads, velocity)


@momentum_step.misconception("leaves lr out of the velocity", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**lr stands in the other line: v <- mu v - g, then w <- w + lr v.** It walks the same way while lr is constant,
    but its v means something else. Here lr is inside the velocity: v <- mu v - lr g, then w <- w + v."""
    _by_rule(lambda w, g, v: (w + lr * (mu * v - g), mu * v - g), params, grads, velocity)


@momentum_step.misconception("leaves out the learning rate", see=MOMENTUM)
def _(right: Callable[..., None], params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The learning rate has no effect.** The velocity changes by lr times the gradient, not by the whole
    gradient."""
    right(params, grads, velocity, 1.0, mu)


@momentum_step.misconception("counts the velocity uphill", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**Your velocity has the opposite sign: v <- mu v + lr g, then w <- w - v.** From a start at rest it walks the
    same way, but v points uphill, and whoever plots it or goes on with it is misled. Here v is the movement itself: w
    <- w + v."""
    _by_rule(lambda w, g, v: (w - (mu * v + lr * g), mu * v + lr * g), params, grads, velocity)


@momentum_step.misconception("moves against the velocity", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The velocity is right, and the parameters moved against it.** The minus stands in v already: w <- w + v."""
    _by_rule(lambda w, g, v: (w - (mu * v - lr * g), mu * v - lr * g), params, grads, velocity)


@momentum_step.misconception("goes uphill", see=MOMENTUM)
def _(right: Callable[..., None], params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The gradient is added to the velocity.** It points uphill; take lr times the gradient off: v <- mu v - lr
    g."""
    right(params, {name: -grad for name, grad in grads.items()}, velocity, lr, mu)


@momentum_step.misconception("damps the gradient by 1 - mu", see=MOMENTUM)
def _(right: Callable[..., None], params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The gradient is weighted with 1 - mu.** Then v is a running mean, as in Adam. Here it is a sum that fades:
    the gradient counts in full, v <- mu v - lr g."""
    right(params, grads, velocity, (1 - mu) * lr, mu)


@momentum_step.misconception("damps the gradient by 1 - mu", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**This is a running mean: v <- mu v + (1 - mu) g, then w <- w - lr v.** Adam uses it. Here the gradient counts
    in full, and lr is inside the velocity: v <- mu v - lr g, then w <- w + v."""
    _by_rule(lambda w, g, v: (w - lr * (mu * v + (1 - mu) * g), mu * v + (1 - mu) * g), params, grads, velocity)


@momentum_step.misconception("multiplies the gradient with mu, too", see=MOMENTUM)
def _(right: Callable[..., None], params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**mu was applied to everything: mu (v - lr g).** Only the old velocity fades; the gradient of this step counts
    in full."""
    right(params, grads, velocity, mu * lr, mu)


@momentum_step.misconception("multiplies the old velocity with lr, too", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**lr was applied to everything: lr (mu v - g).** Only the gradient is multiplied with lr; the old velocity has lr
    in it already, from its own step."""
    _by_rule(lambda w, g, v: (w + lr * (mu * v - g), lr * (mu * v - g)), params, grads, velocity)


@momentum_step.misconception("uses mu twice", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**mu comes in twice.** It is inside the new velocity already, so w moves by v itself, not by mu v."""
    _by_rule(lambda w, g, v: (w + mu * (mu * v - lr * g), mu * v - lr * g), params, grads, velocity)


@momentum_step.misconception("takes mu for what is lost", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**You keep 1 - mu of the old velocity.** mu is what *remains* of it: with 0.9 the ball loses a tenth of its speed
    at each step. v <- mu v - lr g."""
    _by_rule(lambda w, g, v: (w + (1 - mu) * v - lr * g, (1 - mu) * v - lr * g), params, grads, velocity)


@momentum_step.misconception("has no memory", see=MOMENTUM)
def _(right: Callable[..., None], params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The old velocity has no effect.** v became -lr g, which is plain SGD. Keep mu times what it was."""
    right(params, grads, velocity, lr, 0.0)


@momentum_step.misconception("leaves out mu", see=MOMENTUM)
def _(right: Callable[..., None], params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The old velocity does not fade.** Without the factor mu it grows and grows, like a ball that rolls without
    friction."""
    right(params, grads, velocity, lr, 1.0)


@momentum_step.misconception("moves without the velocity", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The new velocity is there, but the parameters do not use it.** They moved by -lr g, as in plain SGD. Let them
    move by the velocity: w <- w + v."""
    _by_rule(lambda w, g, v: (w - lr * g, mu * v - lr * g), params, grads, velocity)


@momentum_step.misconception("takes the gradient twice", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The gradient is in the step twice:** once inside v, and once more when w moves. w <- w + v is all."""
    _by_rule(lambda w, g, v: (w + (mu * v - lr * g) - lr * g, mu * v - lr * g), params, grads, velocity)


@momentum_step.misconception("looks ahead, as Nesterov does", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**This is Nesterov's form: w moves by mu v - lr g with the new v in it.** A good rule, but another one. Here w
    moves by the new v itself."""
    _by_rule(lambda w, g, v: (w + mu * (mu * v - lr * g) - lr * g, mu * v - lr * g), params, grads, velocity)


@momentum_step.misconception("moves nothing", see=MOMENTUM)
def _(right: Callable[..., None], params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The caller's parameters stayed where they were.** `w = w + v` only names a new array; `params[name] += ...`
    moves the parameters themselves."""
    right(copy.deepcopy(params), grads, velocity, lr, mu)


@momentum_step.misconception("stops after the first parameter", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**Only the first parameter and its velocity have changed.** A `return` inside the loop ends it after one
    round."""
    name = next(iter(params))
    optimizers.momentum_step({name: params[name]}, grads, velocity, lr, mu)


@momentum_step.misconception("moves the last parameter alone", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**All velocities are new, but only the last parameter has moved.** The line that moves it stands behind the loop.
    Indent it, so that it is done for every name."""
    _by_rule(lambda w, g, v: (w, mu * v - lr * g), params, grads, velocity)
    *_, name = params
    params[name] += velocity[name]


@momentum_step.misconception("moves the weights alone", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The biases stayed where they were.** They are parameters too, and learn in the same way."""
    weights = {name: w for name, w in params.items() if name.startswith("W")}
    optimizers.momentum_step(weights, grads, velocity, lr, mu)


@momentum_step.misconception("counts on W1, b1, W2 and b2", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**Your function counts on four parameters called W1, b1, W2 and b2.** Another network has other ones; here there
    are only two. Go through the names that are there: `for name in params:`."""
    four = {name: params[name] for name in ("W1", "b1", "W2", "b2")}
    optimizers.momentum_step(four, grads, velocity, lr, mu)


@momentum_step.misconception("returns new arrays", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**You return new dicts, and the caller's stay as they were.** Here the step is made in place: whoever calls
    momentum_step goes on with the same two dicts. `velocity[name] = ...` and `params[name] += ...` change them, and
    nothing needs to be returned."""
    params, velocity = copy.deepcopy(params), copy.deepcopy(velocity)
    optimizers.momentum_step(params, grads, velocity, lr, mu)
    return params, velocity


@momentum_step.misconception("the caller's arrays stay as they were", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**Nothing has changed for the caller, neither `params` nor `velocity`.** `v = mu * v - lr * g` makes a new
    array and names it v inside your function, where it is lost. Write into the dicts: `velocity[name] = ...`,
    `params[name] += ...`."""


@momentum_step.misconception("pairs by position instead of by name", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**Parameters, gradients and velocities are paired by their position in the dicts.** Dicts with the same names
    may have them in different orders. Look each one up by its name."""
    for w, grad, v in zip(params.values(), grads.values(), velocity.values(), strict=True):
        v *= mu
        v -= lr * grad
        w += v


# ---- train_epoch ----------------------------------------------------------------------------------------------------


def _epoch_cases() -> list[Case]:
    """First examples that are all the same: then every order gives the same result. Next, one batch for all examples.
    Last, a few different examples in several batches: then it must be the result of some order."""
    tiny = {
        "W1": np.array([[1.0, -1.0]]),
        "b1": np.zeros(2),
        "W2": np.array([[1.0, 0.0], [0.5, -0.5]]),
        "b2": np.zeros(2),
    }
    five = np.tile(_normal(1, 1, 3), (5, 1))
    X32 = _normal(3, 6, 2, dtype=np.float32)
    rngs = [np.random.default_rng(seed) for seed in range(6)]
    return [
        (tiny, np.array([[2.0], [2.0], [2.0]]), np.array([1, 1, 1]), 2, 0.1, rngs[0]),
        (_parameters(10, 3, 4, 3), five, np.array([2, 2, 2, 2, 2]), 2, 0.2, rngs[1]),
        (_parameters(20, 3, 5, 2), _normal(2, 4, 3), np.array([0, 1, 1, 0]), 10, 0.3, rngs[2]),
        (_parameters(30, 2, 3, 3, np.float32), X32, np.array([2, 0, 1, 1, 0, 2]), 6, 0.1, rngs[3]),
        (_parameters(40, 2, 4, 3), _normal(4, 3, 2), np.array([0, 2, 1]), 2, 0.5, rngs[4]),
        (_parameters(50, 2, 3, 2), _normal(5, 3, 2), np.array([1, 0, 1]), 1, 0.5, rngs[5]),
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


# ---- learning_rate_range_test ---------------------------------------------------------------------------------------


def _losses_at(lrs: Sequence[float], losses: Sequence[float]) -> Callable[[float], float]:
    """The function lr -> loss of a small table; between its learning rates, the nearest one counts."""

    def loss_at(lr: float) -> float:
        if np.size(lr) != 1:
            raise TypeError("loss_at takes one learning rate at a time")
        return float(losses[int(np.argmin(np.abs(np.log(lrs) - np.log(lr))))])

    loss_at.__doc__ = ", ".join(f"loss_at({lr:g}) = {loss:g}" for lr, loss in zip(lrs, losses, strict=True))
    return loss_at


def _range_case(lrs: Sequence[float], losses: Sequence[float], dtype: type = np.float64) -> Case:
    return _losses_at(lrs, losses), np.array(lrs, dtype)


learning_rate_range_test = Exercise(
    "learning_rate_range_test",
    reference=schedules.learning_rate_range_test,
    cases=lambda: [
        _range_case([0.001, 0.01, 0.1, 1.0], [2.3, 2.0, 0.9, 0.8]),
        _range_case([0.001, 0.01, 0.03, 1.0], [2.3, 2.1, 1.5, 0.7]),
        _range_case([0.001, 0.002, 0.05, 0.5, 1.0], [2.3, 2.2, 1.2, 0.9, 7.0]),
        _range_case([0.01, 0.1, 1.0, 10.0, 100.0], [2.3, 2.1, 1.2, math.inf, 1.0]),
        _range_case([0.01, 0.1, 1.0, 10.0, 20.0, 40.0, 80.0], [2.3, 1.9, 1.7, math.nan, 5.0, 4.0, 0.1]),
        _range_case([0.01, 0.02, 0.3, 0.6], [2.5, 1.5, 1.0, 0.4], np.float32),
        _range_case([0.01, 0.1, 0.5, 1.0, 3.0], [2.3, 2.0, 1.9, 1.2, math.inf]),
        _range_case([0.001, 0.01, 0.1, 1.0, 10.0], [2.3, 2.25, 2.28, 2.1, 0.9]),
    ],
    points=2,
    hints=(
        "You have a curve of losses over learning rates, drawn on a logarithmic axis. Between which two neighbours "
        "does it fall most steeply?",
        "Collect loss_at(lr) for each lr, and stop at the first one that is not finite (np.isfinite). The slope "
        "between neighbours is the difference of the losses, divided by the difference of log10(lr); np.diff gives "
        "both. The steepest fall is the most negative slope.",
        "Nearly the code: `losses = []`, a loop that appends loss_at(lr) or breaks, `slopes = np.diff(losses) / "
        "np.diff(np.log10(lrs[: len(losses)]))`, then return `lrs[...]` of the smallest slope.",
    ),
)


def _slopes(losses: Array, lrs: Array) -> Array:
    """The slope of each pair among the learning rates that have a loss."""
    slopes: Array = np.diff(losses) / np.diff(np.log10(lrs[: len(losses)]))
    return slopes


def _steepest(losses: Array, lrs: Array, argmin: Callable[[Array], Any] = np.argmin) -> float:
    """The left end of the steepest pair."""
    return float(lrs[int(argmin(_slopes(losses, lrs)))])


def _finite_losses(loss_at: Callable[[float], float], lrs: Array) -> Array:
    losses = np.array([loss_at(lr) for lr in lrs])
    finite = np.isfinite(losses)
    return losses if finite.all() else losses[: int(np.argmin(finite))]


@learning_rate_range_test.misconception("returns the right end", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**You return the right end of the steepest pair.** The left end is wanted: the loss falls fast from there on,
    and it is a little further from trouble. (`np.diff` gives one number less: its number i belongs to the pair i, i +
    1.)"""
    return float(lrs[int(np.argmin(_slopes(_finite_losses(loss_at, lrs), lrs))) + 1])


@learning_rate_range_test.misconception("returns the learning rate of the smallest loss", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**You return the learning rate with the smallest loss.** It often stands close to where training blows up. Look
    for the steepest *fall*, which comes earlier."""
    return float(lrs[int(np.argmin(_finite_losses(loss_at, lrs)))])


@learning_rate_range_test.misconception("returns the learning rate of the smallest loss", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**You return the learning rate with the smallest loss.** It often stands close to where training blows up (and
    for argmin nan is the smallest of all). Look for the steepest *fall*, which comes earlier."""
    return float(lrs[int(np.argmin([loss_at(lr) for lr in lrs]))])


@learning_rate_range_test.misconception("returns the learning rate of the smallest loss", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**You return the learning rate with the smallest loss of all**, even one from behind the explosion. Look for
    the steepest *fall*, before the first loss that is not finite."""
    return float(lrs[int(np.nanargmin([loss_at(lr) for lr in lrs]))])


@learning_rate_range_test.misconception("returns a tenth of the learning rate of the smallest loss", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**A tenth of the learning rate with the smallest loss is another rule of thumb.** Here the steepest fall decides:
    the left end of the pair of neighbours between which the loss falls most per log10(lr)."""
    return float(lrs[int(np.argmin(_finite_losses(loss_at, lrs)))]) / 10


@learning_rate_range_test.misconception("returns a tenth of the learning rate of the smallest loss", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**A tenth of the learning rate with the smallest loss is another rule of thumb**, and yours looks behind the
    explosion as well. Here the steepest fall decides, before the first loss that is not finite."""
    return float(lrs[int(np.nanargmin([loss_at(lr) for lr in lrs]))]) / 10


@learning_rate_range_test.misconception("returns the middle of the pair", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**You return the middle of the steepest pair.** Its left end is wanted: one of the learning rates that were
    tried."""
    slopes = _slopes(_finite_losses(loss_at, lrs), lrs)
    return float(np.mean(lrs[np.argmin(slopes) :][:2]))


@learning_rate_range_test.misconception("returns the middle of the pair", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**You return the middle of the steepest pair on the logarithmic axis.** Its left end is wanted: one of the
    learning rates that were tried."""
    slopes = _slopes(_finite_losses(loss_at, lrs), lrs)
    return float(np.sqrt(np.prod(lrs[np.argmin(slopes) :][:2])))


@learning_rate_range_test.misconception("returns the last learning rate before the explosion", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**That is the largest learning rate with a finite loss.** It stands at the edge, and a longer run may explode.
    Look for the steepest *fall*, which comes earlier."""
    return float(lrs[len(_finite_losses(loss_at, lrs)) - 1])


@learning_rate_range_test.misconception("turns the slope upside down", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**The slope is upside down.** You divided the difference of log10(lr) by that of the losses; then the flattest
    fall looks steepest."""
    losses = _finite_losses(loss_at, lrs)
    return float(lrs[int(np.argmin(np.diff(np.log10(lrs[: len(losses)])) / np.diff(losses)))])


@learning_rate_range_test.misconception("takes the logarithm of a difference", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**You divide by the logarithm of the difference of two learning rates.** It is the difference of their
    logarithms: first log10, then np.diff."""
    losses = _finite_losses(loss_at, lrs)
    return float(lrs[int(np.argmin(np.diff(losses) / np.log10(np.diff(lrs[: len(losses)]))))])


@learning_rate_range_test.misconception("takes the logarithm of the loss, too", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**The loss went through a logarithm as well.** Then a fall from 0.1 to 0.05 counts as much as one from 2 to 1.
    Only the learning rates are on a logarithmic axis."""
    return _steepest(np.log(_finite_losses(loss_at, lrs)), lrs)


@learning_rate_range_test.misconception("measures the slope per lr, not per log10 lr", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**The slope was taken along lr itself.** There the small learning rates lie so close together that they always
    look steep. Divide by the difference of log10(lr)."""
    losses = _finite_losses(loss_at, lrs)
    return float(lrs[int(np.argmin(np.diff(losses) / np.diff(lrs[: len(losses)])))])


@learning_rate_range_test.misconception("takes the largest fall for the steepest", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**The learning rates are not equally far apart**, so the largest fall need not be the steepest. Divide it by
    the difference of log10(lr)."""
    return float(lrs[int(np.argmin(np.diff(_finite_losses(loss_at, lrs))))])


@learning_rate_range_test.misconception("looks for the steepest rise", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**That is where the loss falls least, or rises most.** A fall is a *negative* slope, so look for the smallest
    one: argmin, not argmax."""
    return _steepest(_finite_losses(loss_at, lrs), lrs, np.argmax)


@learning_rate_range_test.misconception("leaves out the last pair", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**The last pair before the explosion takes no part in your search.** Of M losses there are M - 1 pairs, and
    `range(M - 1)` has so many numbers already. Only the losses that are not finite are left out."""
    return _steepest(_finite_losses(loss_at, lrs)[:-1], lrs)


@learning_rate_range_test.misconception("leaves out the last pair", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**The last pair takes no part in your search.** Of M learning rates there are M - 1 pairs, and `range(M - 1)` has
    so many numbers already."""
    return _steepest(_finite_losses(loss_at, lrs[:-1]), lrs)


@learning_rate_range_test.misconception("stops at the first rise", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**Your search ends where the loss rises for the first time.** At small learning rates it goes up and down a
    little, and the real fall comes after that. Only a loss that is not finite ends the search."""
    losses = _finite_losses(loss_at, lrs)
    return _steepest(losses[: int(np.argmax([*(np.diff(losses) > 0), True])) + 1], lrs)


@learning_rate_range_test.misconception("takes a steep rise for a fall", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**A steep rise counts as steep, too.** The absolute value of the slope hides its sign; only a fall is good."""
    return _steepest(_finite_losses(loss_at, lrs), lrs, lambda slopes: np.argmax(np.abs(slopes)))


@learning_rate_range_test.misconception("goes on after the first loss that is not finite", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**What comes after the first nan or infinity still counts.** Once training has blown up, a larger learning rate
    that happens to give a number is luck. Stop at the first loss that is not finite."""
    losses = np.array([loss_at(lr) for lr in lrs])
    return _steepest(losses[np.isfinite(losses)], lrs[np.isfinite(losses)])


@learning_rate_range_test.misconception("goes on after the first loss that is not finite", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**What comes after the first nan or infinity still counts, and it has slipped to other learning rates**,
    because the losses are fewer now. Do not skip what is not finite; stop there (`break`, not `continue`)."""
    losses = np.array([loss_at(lr) for lr in lrs])
    return _steepest(losses[np.isfinite(losses)], lrs)


@learning_rate_range_test.misconception("goes on after the first loss that is not finite", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**What comes after the first nan or infinity still counts, and its slopes have slipped to other learning
    rates**, because there are fewer slopes now. Cut losses and learning rates off before the first loss that is not
    finite."""
    slopes = _slopes(np.array([loss_at(lr) for lr in lrs]), lrs)
    return float(lrs[int(np.argmin(slopes[np.isfinite(slopes)]))])


@learning_rate_range_test.misconception("does not cut the learning rates off", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**There are fewer losses than learning rates now.** The losses end before the first one that is not finite; the
    learning rates must end there, too: `lrs[: len(losses)]`."""
    return float(lrs[int(np.argmin(np.diff(_finite_losses(loss_at, lrs)) / np.diff(np.log10(lrs))))])


@learning_rate_range_test.misconception("lets nan and infinity take part", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**Losses that are not finite take part in the search.** For argmin nan is the smallest of all, and from
    infinity down to a number the fall is infinite. Cut the losses off before the first one that is not finite."""
    return _steepest(np.array([loss_at(lr) for lr in lrs]), lrs)


@learning_rate_range_test.misconception("lets infinity take part", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**nan ends your search, but infinity does not**, and from infinity down to a number the fall is infinite. Both
    say that training has blown up: `np.isfinite` knows both."""
    losses = np.array([loss_at(lr) for lr in lrs])
    return _steepest(losses[: int(np.argmax([*np.isnan(losses), True]))], lrs)


@learning_rate_range_test.misconception("lets infinity take part", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**nan is skipped, but infinity is not**, and from infinity down to a number the fall is infinite. Cut the
    losses off before the first one that is not finite; `np.isfinite` knows both."""
    return _steepest(np.array([loss_at(lr) for lr in lrs]), lrs, np.nanargmin)


@learning_rate_range_test.misconception("lets nan take part", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**A loss of nan takes part in the search, and for argmin nan is the smallest of all.** Leave the first loss
    that is not finite out, together with all after it; `np.isfinite` knows nan and infinity."""
    losses = np.array([loss_at(lr) for lr in lrs])
    return _steepest(losses[: int(np.argmax([*np.isinf(losses), True]))], lrs)


@learning_rate_range_test.misconception("averages the slopes of both sides", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**np.gradient mixes the slopes to the left and to the right of each learning rate.** Compare each pair of
    neighbours on its own, with np.diff."""
    losses = _finite_losses(loss_at, lrs)
    return float(lrs[int(np.argmin(np.gradient(losses, np.log10(lrs[: len(losses)]))))])


@learning_rate_range_test.misconception("averages the slopes of both sides", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**np.gradient mixes the slopes to the left and to the right of each learning rate**, and takes them for equally
    far apart. Compare each pair of neighbours on its own, with np.diff, per log10(lr)."""
    return float(lrs[int(np.argmin(np.gradient(_finite_losses(loss_at, lrs))))])


@learning_rate_range_test.misconception("returns the position, not the learning rate", see=RANGE)
def _(right: Callable[..., float], loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**That is the position in the list.** Return the learning rate that stands there: `lrs[...]`."""
    return int(np.argmin(np.abs(lrs - right(loss_at, lrs))))


@learning_rate_range_test.misconception("returns the slope, not the learning rate", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**That is how steep the steepest fall is.** Which learning rate it belongs to is wanted: argmin instead of
    min."""
    return float(np.min(_slopes(_finite_losses(loss_at, lrs), lrs)))


@learning_rate_range_test.misconception("returns the logarithm", see=RANGE)
def _(right: Callable[..., float], loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**That is log10 of the learning rate.** The logarithm is only for measuring the slope; return the learning rate
    itself."""
    return float(np.log10(right(loss_at, lrs)))


# ---- step_decay, exponential_decay and cosine_decay -----------------------------------------------------------------


step_decay = Exercise(
    "step_decay",
    reference=schedules.step_decay,
    cases=lambda: [
        (0.1, 0, 10),
        (0.1, 9, 10),
        (0.1, 10, 10),
        (0.1, 25, 10),
        (0.8, 7, 3, 0.1),
        (2.0, 12, 4, 0.9),
        (1.0, 5, 1, 0.5),
        (0.3, 1000, 500, 0.2),
    ],
    hints=(
        "A staircase: how many times has the learning rate been lowered by this step?",
        "After `every` steps once, after 2 * every steps twice: that is the whole-number part of step / every, in "
        "Python `step // every`. Each time the learning rate is multiplied with factor.",
        "Nearly the code: return `lr * factor ** (...)`.",
    ),
)


@step_decay.misconception("falls smoothly, without a staircase", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It falls a little at every step.** `/` gives fractions; a staircase needs whole steps, and `//` rounds down
    to them."""
    return lr * factor ** (step / every)


@step_decay.misconception("one step too early", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It falls one step too early.** Steps count from 0, so step = every - 1 is still on the first stair."""
    return lr * factor ** ((step + 1) // every)


@step_decay.misconception("one stair too early", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**The factor is in already at step 0: one fall too many, everywhere.** On the first stair, steps 0 to every - 1,
    the learning rate is lr itself. Does a loop count step 0 as a fall, or is there a + 1?"""
    return lr * factor ** (step // every + 1)


@step_decay.misconception("one stair too early", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It falls right after step 0, a whole stair too early.** Do you round up, or does a loop count step 0 as a fall?
    The first fall is at step = every: `step // every` rounds down."""
    return lr * factor ** math.ceil(step / every)


@step_decay.misconception("rounds to the nearest stair", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It falls in the middle of each stair.** `round` goes up from one half on. A stair is over when all of its
    `every` steps are: `//` always rounds down."""
    return lr * factor ** round(step / every)


@step_decay.misconception("one step too late", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It falls one step too late.** Steps count from 0, so with step = every the first `every` steps are over."""
    return lr * factor ** (max(step - 1, 0) // every)


@step_decay.misconception("one step too late", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It falls one step too late, and at step 0 it is above lr**, because -1 // every is -1. Steps count from 0, so
    with step = every the first `every` steps are over."""
    return lr * factor ** ((step - 1) // every)


@step_decay.misconception("falls only once", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It falls once and then stays.** After every further `every` steps the factor counts again: take it to the
    power of step // every."""
    return lr * factor if step >= every else lr


@step_decay.misconception("falls at single steps", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It is lower at the multiples of `every` only, and at the next step it is lr again.** A schedule has no
    memory: each call begins with the first lr. Count how often it has been lowered by this step: step // every."""
    return lr * factor if step % every == 0 else lr


@step_decay.misconception("falls at single steps", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It is lower at the multiples of `every` only, and at the next step it is lr again.** A schedule has no
    memory: each call begins with the first lr. Count how often it has been lowered by this step: step // every."""
    return lr * factor if step % every == 0 and step > 0 else lr


@step_decay.misconception("leaves out the parentheses", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**`**` comes before `//`**, so lr and the power were divided by `every` and rounded down. The whole exponent
    needs parentheses: factor ** (step // every)."""
    return lr * factor**step // every


@step_decay.misconception("takes factor for what is lost", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**You multiply with 1 - factor.** Here factor is what *remains* on the next stair. (With 0.5 it makes no
    difference.)"""
    return float(lr * (1 - factor) ** (step // every))


@step_decay.misconception("multiplies instead of taking the power", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**factor is multiplied with the number of stairs.** That begins at 0 and *rises*. To apply a factor n times,
    take its nth power: `factor ** n`."""
    return lr * factor * (step // every)


@step_decay.misconception("subtracts instead of multiplying", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**Something is taken off at each stair.** Then the learning rate becomes 0 or negative one day. Multiply with
    factor each time."""
    return lr - lr * factor * (step // every)


@step_decay.misconception("subtracts instead of multiplying", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**factor is taken off at each stair.** Then the learning rate becomes negative. Multiply with factor each
    time."""
    return lr - factor * (step // every)


@step_decay.misconception("takes what is left of the division", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**`%` says how far you are on the present stair.** `//` says how many stairs are behind you."""
    return lr * factor ** (step % every)


@step_decay.misconception("counts steps, not stairs", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It falls at every step; `every` has no effect.** Count how often `every` steps have passed: step // every."""
    return lr * factor**step


@step_decay.misconception("always halves", see=SCHEDULES)
def _(right: Callable[..., float], lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**factor has no effect.** 0.5 is only its default value; use what you are given."""
    return right(lr, step, every)


@step_decay.misconception("the factor belongs to lr alone", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**lr went into the power, too.** `**` comes before `*`; with parentheses round `lr * factor` both are taken to
    the power. Only factor is."""
    return float((lr * factor) ** (step // every))


@step_decay.misconception("leaves out lr", see=SCHEDULES)
def _(right: Callable[..., float], lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**lr has no effect.** The power says what is left of it. Multiply: at step 0 the learning rate is lr itself."""
    return right(1.0, step, every, factor)


@step_decay.misconception("divides by the factor", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**The learning rate grows.** factor is below 1, and dividing by it makes larger. Multiply."""
    return lr / factor ** (step // every)


exponential_decay = Exercise(
    "exponential_decay",
    reference=schedules.exponential_decay,
    cases=lambda: [
        (0.1, 0, 0.9),
        (0.1, 1, 0.9),
        (0.1, 2, 0.9),
        (0.5, 10, 0.95),
        (2.0, 3, 0.5),
        (1.0, 100, 0.99),
        (3.0, 7, 1.0),
    ],
    hints=(
        "At every step the learning rate is multiplied with the same number. How often has that happened by step 3?",
        "After one step lr * rate, after two lr * rate * rate: after `step` steps the rate has been applied `step` "
        "times.",
        "Nearly the code: return `lr * rate ** ...`.",
    ),
)


@exponential_decay.misconception("takes rate for the speed of an exponential", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**lr exp(-rate step) is another common form.** Here rate is the factor for one step: lr rate^step, and a rate
    of 1 means that nothing changes."""
    return lr * math.exp(-rate * step)


@exponential_decay.misconception("one step too early", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**It begins one step too early.** Steps count from 0, and at step 0 the learning rate is lr itself."""
    return lr * rate ** (step + 1)


@exponential_decay.misconception("one step too late", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**It comes one step too late.** At step 1 the rate has been applied once, not zero times."""
    return lr * rate ** max(step - 1, 0)


@exponential_decay.misconception("one step too late", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**It comes one step too late, and at step 0 it is above lr**, because a power of -1 divides. At step 1 the rate
    has been applied once, not zero times."""
    return lr * rate ** (step - 1)


@exponential_decay.misconception("multiplies instead of taking the power", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**The rate is multiplied with the step.** That begins at 0 and *rises*. To apply a factor n times, take its nth
    power: `rate ** n`."""
    return lr * rate * step


@exponential_decay.misconception("takes rate for what is lost", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**You multiply with 1 - rate.** Here rate is what *remains* after one step: 0.9 means 90 percent."""
    return float(lr * (1 - rate) ** step)


@exponential_decay.misconception("lr went into the power", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**lr went into the power, too.** `**` comes before `*`; with parentheses round `lr * rate` both are taken to
    the power. Only rate is."""
    return float((lr * rate) ** step)


@exponential_decay.misconception("lr went into the power", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**lr is taken to the power, and rate is not.** lr is where it begins; rate is applied again and again: lr *
    rate ** step."""
    return float(lr**step * rate)


@exponential_decay.misconception("leaves out lr", see=SCHEDULES)
def _(right: Callable[..., float], lr: float, step: int, rate: float) -> Any:
    """**lr has no effect.** The power says what is left of it. Multiply: at step 0 the learning rate is lr itself."""
    return right(1.0, step, rate)


@exponential_decay.misconception("base and exponent have changed places", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**That is step to the power of rate**, which grows. The rate is multiplied with itself: rate ** step."""
    return float(lr * step**rate)


@exponential_decay.misconception("grows instead of falling", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**It grows.** A negative exponent divides by the rate at every step. The rate is below 1 already, so its powers
    fall: rate ** step."""
    return float(lr * rate**-step)


@exponential_decay.misconception("grows instead of falling", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**It grows: lr exp(rate step).** Here rate is the factor for one step: lr rate^step."""
    return lr * math.exp(rate * step)


@exponential_decay.misconception("the step has no effect", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**`step` has no effect: the rate is applied once, always.** At step 0 not at all, at step 3 three times: rate
    ** step."""
    return lr * rate


@exponential_decay.misconception("falls only once", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**It falls once and then stays.** The rate is applied at every step: take it to the power of step."""
    return lr * rate if step > 0 else lr


@exponential_decay.misconception("falls in a straight line", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**You take rate times lr off at every step.** That soon goes below 0. Here rate is what *remains* after one step,
    and each step multiplies with it: lr rate^step."""
    return lr * (1 - rate * step)


@exponential_decay.misconception("falls in a straight line", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**The same amount is taken off at every step**, so it falls in a straight line and one day below 0. Each step
    takes its share of what is *left*: multiply with rate again and again, lr rate^step."""
    return lr * (1 - (1 - rate) * step)


@exponential_decay.misconception("falls like one over the step", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**lr / (1 + rate step) is another schedule**, one that falls ever more slowly. The exponential one multiplies
    with the same factor at every step."""
    return lr / (1 + rate * step)


cosine_decay = Exercise(
    "cosine_decay",
    reference=schedules.cosine_decay,
    cases=lambda: [
        (0.1, 0, 10),
        (0.1, 5, 10),
        (0.1, 10, 10),
        (1.0, 1, 4),
        (2.0, 70, 100),
        (0.5, 1, 3),
        (0.3, 999, 1000),
    ],
    hints=(
        "The cosine goes from 1 at angle 0 to -1 at angle pi. How do you turn that into something that goes from lr "
        "to 0?",
        "The angle is pi times step / total, in radians. 1 + cos of it goes from 2 to 0, so half of lr is the factor "
        "in front.",
        "Nearly the code: return `lr / 2 * (1 + np.cos(...))`.",
    ),
)


@cosine_decay.misconception("leaves out the half", see=SCHEDULES)
def _(right: Callable[..., float], lr: float, step: int, total: int) -> Any:
    """**Twice too large: at step 0 you give 2 lr.** 1 + cos goes from 2 to 0, so the factor in front is lr / 2."""
    return 2 * right(lr, step, total)


@cosine_decay.misconception("leaves out the 1", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**The cosine alone becomes negative after half of the way.** A negative learning rate goes uphill. Add 1, and
    take half of it: from 2 to 0 becomes from lr to 0."""
    return lr * math.cos(math.pi * step / total)


@cosine_decay.misconception("half a cosine without the 1", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**The 1 is missing: cos alone goes from 1 to -1**, and a negative learning rate goes uphill. (lr / 2) (1 + cos)
    goes from lr to 0."""
    return lr / 2 * math.cos(math.pi * step / total)


@cosine_decay.misconception("takes degrees for radians", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**The angle is in degrees.** `cos` takes radians: half a turn is pi, not 180."""
    return lr / 2 * (1 + math.cos(180 * step / total))


@cosine_decay.misconception("turns radians into radians", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**pi step / total is in radians already.** `np.radians` takes degrees, and makes the angle far too small."""
    return lr / 2 * (1 + math.cos(math.radians(math.pi * step / total)))


@cosine_decay.misconception("leaves out pi", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**pi is missing.** At the end your angle is 1, far from half a turn, so the learning rate never gets near 0.
    The angle is pi step / total."""
    return lr / 2 * (1 + math.cos(step / total))


@cosine_decay.misconception("leaves out the parentheses", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**lr / 2 reaches only the 1, not the cosine.** Half of lr multiplies the whole sum: lr / 2 * (1 + cos(...))."""
    return lr / 2 + math.cos(math.pi * step / total)


@cosine_decay.misconception("divides by the wave", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**1 + cos(...) stands in the denominator**, and at the end you divide by 0. `/ 2 *` is half of lr times the
    wave; parentheses round all of `2 * (1 + cos(...))` make it something else."""
    return lr / (2 * (1 + math.cos(math.pi * step / total)))


@cosine_decay.misconception("divides by the wave", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**1 + cos(...) stands in the denominator**, and at the end you divide by 0. `/ 2 *` is half of lr times the
    wave; parentheses round all of `2 * (1 + cos(...))` make it something else."""
    return lr / (2 * (1 + np.cos(np.pi * step / total)))  # inf at the end, and no ZeroDivisionError


@cosine_decay.misconception("the way stands outside the cosine", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**step / total is multiplied with the cosine instead of with pi.** cos(pi) is -1, so this is a straight line.
    All of pi step / total belongs inside the parentheses of cos."""
    return lr / 2 * (1 + math.cos(math.pi) * step / total)


@cosine_decay.misconception("the way stands outside the cosine", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**The cosine is divided by total instead of the angle.** All of pi step / total belongs inside the parentheses of
    cos."""
    return lr / 2 * (1 + math.cos(math.pi * step) / total)


@cosine_decay.misconception("takes 3.14 for pi", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**3.14 is only nearly pi.** `np.pi` has all of its digits."""
    return lr / 2 * (1 + math.cos(3.14 * step / total))


@cosine_decay.misconception("leaves out lr", see=SCHEDULES)
def _(right: Callable[..., float], lr: float, step: int, total: int) -> Any:
    """**lr has no effect.** Half of it is the factor in front: at step 0 the learning rate is lr itself."""
    return right(1.0, step, total)


@cosine_decay.misconception("a sine instead of a cosine", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**A sine begins at 0, rises and comes back.** The cosine begins at 1 and goes down to -1, all the way."""
    return lr / 2 * (1 + math.sin(math.pi * step / total))


@cosine_decay.misconception("a quarter of a turn", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**lr cos(pi step / (2 total)) falls from lr to 0 as well**, but ever faster, with its steepest point at the
    end. (lr / 2) (1 + cos(pi step / total)) ends gently."""
    return lr * math.cos(math.pi * step / (2 * total))


@cosine_decay.misconception("a whole turn", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**The angle makes a whole turn, so the learning rate comes up again.** Half a turn is enough: pi, not 2 pi."""
    return lr / 2 * (1 + math.cos(2 * math.pi * step / total))


@cosine_decay.misconception("rises instead of falling", see=SCHEDULES)
def _(right: Callable[..., float], lr: float, step: int, total: int) -> Any:
    """**It rises from 0 to lr.** 1 - cos goes up; 1 + cos comes down."""
    return lr - right(lr, step, total)


@cosine_decay.misconception("one step too early", see=SCHEDULES)
def _(right: Callable[..., float], lr: float, step: int, total: int) -> Any:
    """**It is one step ahead.** Steps count from 0, and at step 0 the learning rate is lr itself."""
    return right(lr, step + 1, total)


@cosine_decay.misconception("reaches 0 one step too early", see=SCHEDULES)
def _(right: Callable[..., float], lr: float, step: int, total: int) -> Any:
    """**It divides by total - 1, so the last step has the learning rate 0 and is wasted.** The 0 belongs to step =
    total, which comes after the last one."""
    return right(lr, step, total - 1)


@cosine_decay.misconception("falls in a straight line", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**That is a straight line from lr to 0.** A good schedule, but this one follows a cosine: gentle at both
    ends."""
    return lr * (1 - step / total)


@cosine_decay.misconception("a whole-number division", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**`//` rounds step / total down to 0 until the very end.** The angle grows a little at every step: use `/`."""
    return lr / 2 * (1 + math.cos(math.pi * (step // total)))


@cosine_decay.misconception("a whole-number division", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**`//` rounds the angle down to 0, 1, 2 or 3.** It should grow a little at every step: use `/`."""
    return lr / 2 * (1 + math.cos(math.pi * step // total))
