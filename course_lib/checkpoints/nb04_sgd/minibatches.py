"""minibatches: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Exercise
from course_lib.checkpoints.nb04_sgd.epochs import BATCH_FACTS, in_batches, many_epochs
from course_lib.nn import training
from course_lib.nn.arrays import Array

Batches = Iterable[tuple[Array, Array]]
Rng = np.random.Generator

BATCHES = "04#1. A gradient from a few images"


minibatches = Exercise(
    "minibatches",
    reference=training.minibatches,
    cases=lambda: [
        (np.array([[0.0], [1.0], [2.0], [3.0], [4.0]]), np.array([0, 1, 0, 1, 2]), 2, np.random.default_rng(1)),
        (normal(1, 6, 2), np.array([2, 0, 1, 1, 0, 2]), 2, np.random.default_rng(2)),
        (normal(2, 7, 3, dtype=np.float32), np.array([0, 1, 2, 3, 2, 1, 0]), 3, np.random.default_rng(3)),
        (normal(3, 4, 2), np.array([0, 1, 1, 0]), 10, np.random.default_rng(4)),
        (normal(4, 23, 4), np.arange(23) % 5, 5, np.random.default_rng(5)),
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
