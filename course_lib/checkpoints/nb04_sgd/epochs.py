"""Experiments with an epoch, whose examples come in a random order.

Any honest shuffle is right, so no order is compared with the reference's.

    many_epochs   what holds of the batches of `minibatches`, whatever their order: facts, over several epochs
    one_epoch     what `train_epoch` makes of the parameters: compared where the order makes no difference; where it
                  does, it must be what some order of the examples gives
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from course_lib.checkpoints.values import MisfitError, close, describe, fit, leaves, plain
from course_lib.nn import functional, optimizers
from course_lib.nn.arrays import Array, Params

Rng = np.random.Generator

# ---- the batches of several epochs ----------------------------------------------------------------------------------

EPOCHS = 12  # so many that no honest shuffle of four examples or more looks by chance as if it were none

BATCH_FACTS = (
    "no example is left out",
    "no example comes twice in an epoch",
    "every label stays with its image",
    "no batch is empty",
    "all batches but the last have batch_size examples",
    "the order has little to do with that of X",
    "another epoch brings another order",
    "another epoch begins with another batch",
    "another epoch ends with another example",
    "a batch is not a block of neighbours in X",
    "a batch is not the one before, moved on by one example",
    "batches in an epoch",
)


def many_epochs(
    minibatches: Callable[..., Any], X: Array, y: Array, batch_size: int, rng: Rng
) -> tuple[bool | Array, ...]:
    """BATCH_FACTS of the batches that `minibatches` gives when it is called EPOCHS times. Rows of X must differ."""
    X_before, y_before, N = X.copy(), y.copy(), len(X)
    epochs: list[list[Array]] = []  # for each epoch its batches, as row numbers of X
    labels_stay = True
    for _ in range(EPOCHS):
        batches = _batches_of(minibatches(X, y, batch_size, rng), X_before)
        epochs.append([_rows(X_batch, X_before) for X_batch, _ in batches])
        labels_stay &= all(
            np.array_equal(y_before[rows], y_batch) for rows, (_, y_batch) in zip(epochs[-1], batches, strict=True)
        )
    orders = [np.concatenate(rows).tolist() for rows in epochs]
    every_batch = [rows for epoch in epochs for rows in epoch]
    parts = [rows for rows in every_batch if 1 < len(rows) < N]
    steps = [(rows, after) for epoch in epochs for rows, after in itertools.pairwise(epoch) if len(rows) > 1]
    one_batch = batch_size >= N  # whose order makes no difference
    moved = sum(abs(n - place) for order in orders for place, n in enumerate(order))
    if varies := any(order != orders[0] for order in orders):
        unlike_X, in_blocks = moved > EPOCHS * N * N / 8, all(_neighbours(rows, N) for rows in parts)
    else:  # whatever else holds of a single order is luck
        unlike_X, in_blocks = moved > 0, moved == 0
    return (
        all(set(order) == set(range(N)) for order in orders),
        all(len(set(order)) == len(order) for order in orders),
        labels_stay,
        all(len(rows) > 0 for rows in every_batch),
        all(len(rows) == batch_size for epoch in epochs for rows in epoch[:-1]),
        one_batch or unlike_X,
        one_batch or varies,
        one_batch or len({frozenset(epoch[0].tolist()) for epoch in epochs}) > 1,
        one_batch or len({order[-1] for order in orders if order}) > 1,
        not parts or not in_blocks,
        not steps or not all(np.array_equal(rows[1:], after[: len(rows) - 1]) for rows, after in steps),
        np.array(len(epochs[0])),
    )


def _batches_of(result: Any, X: Array) -> list[tuple[Array, Array]]:
    """The batches that a learner's `minibatches` gave, each a pair of arrays. Raises MisfitError."""
    if result is None:
        raise MisfitError("Your function returned None where batches were wanted. Is there a `yield` or a `return`?")
    if isinstance(result, tuple) and len(result) == 2 and all(isinstance(part, np.ndarray) for part in result):
        raise MisfitError("Your function returned one pair of arrays; an iterator of many such pairs was wanted.")
    if not isinstance(result, Iterable) or isinstance(result, (np.ndarray, dict, str)):
        raise MisfitError(f"An iterator of pairs was wanted; your function returned {describe(plain(result))}.")
    most = 3 * len(X)
    batches = [_pair(item, X) for item in itertools.islice(result, most + 1)]
    if len(batches) > most:
        raise MisfitError(f"The batches do not come to an end: more than {most} for {len(X)} examples.")
    if not batches:
        raise MisfitError("There was not a single batch.")
    return batches


def _pair(item: Any, X: Array) -> tuple[Array, Array]:
    if not isinstance(item, (tuple, list)) or len(item) != 2:
        raise MisfitError(f"Each batch should be a pair (X_batch, y_batch); yours is {describe(plain(item))}.")
    try:
        X_batch, y_batch = np.asarray(plain(item[0])), np.asarray(plain(item[1]))
    except ValueError:  # ragged
        raise MisfitError("Each X_batch should be an array of rows of X; there is something else in yours.") from None
    if X_batch.size and (X_batch.ndim != 2 or X_batch.shape[1] != X.shape[1]):
        raise MisfitError(
            f"Each X_batch should have some rows of X, shape (some, {X.shape[1]}); yours has the shape "
            f"{X_batch.shape}, and its y_batch {y_batch.shape}."
        )
    if y_batch.shape != X_batch.shape[:1]:
        raise MisfitError(
            f"Each y_batch should have a label for each row of X_batch, shape {X_batch.shape[:1]}; "
            f"yours has the shape {y_batch.shape}."
        )
    if y_batch.size and y_batch.dtype.kind not in "iu":
        raise MisfitError(f"The labels should stay whole numbers, as in y; in your batches they are {y_batch.dtype}.")
    return X_batch, y_batch


def _rows(X_batch: Array, X: Array) -> Array:
    """Which rows of X the rows of X_batch are. Raises MisfitError for a row that is none of them."""
    if len(X_batch) == 0:
        return np.zeros(0, int)
    distance = np.abs(X_batch[:, None] - X[None]).max(axis=2)
    if not distance.min(axis=1).max() < 1e-4:
        raise MisfitError("There is a row in a batch that is no row of X.")
    rows: Array = distance.argmin(axis=1)
    return rows


def _neighbours(rows: Array, N: int) -> bool:
    """Whether the rows are a block of X, where the first row counts as the last one's neighbour."""
    gaps = np.diff(np.sort(rows), append=rows.min() + N)
    return int((gaps > 1).sum()) <= 1


# ---- the parameters after an epoch ----------------------------------------------------------------------------------

FRESH_STARTS = 16  # so many epochs from one start have not all the same order: with three orders, (1/3)^15
EPOCH_RESULTS = (
    "mean loss",
    "params",
    "some order of the examples gives this result",
    "with lr = 0, the mean loss is that of X as it stands",
    "another epoch brings another order",
)


def one_epoch(
    train: Callable[..., Any], params: Params, X: Array, y: Array, batch_size: int, lr: float, rng: Rng
) -> tuple[Any, Any, bool, bool, bool]:
    """EPOCH_RESULTS of `train_epoch`: the mean loss, and the caller's parameters afterwards.

    With examples that are all the same, or in one batch, their order makes no difference, and both are told as they
    are. Otherwise both are replaced by those of the order in X, and it is only told whether some order gives them.
    """
    start, X_before, y_before = copy.deepcopy(params), X.copy(), y.copy()
    unmoved = plain((train(copy.deepcopy(params), X, y, batch_size, 0.0, rng), start))
    right_loss = _agree(unmoved, (loss_and_gradients(start, X_before, y_before)[0], start))
    result = plain((train(params, X, y, batch_size, lr, rng), params))
    fit(result[0], 0.5, "the mean loss")
    orders = _orders(X_before, y_before, batch_size)
    if len(orders) == 1:
        return (*result, True, right_loss, True)
    possible = [epoch_in_order(start, X_before[order], y_before[order], batch_size, lr) for order in orders]
    losses = {float(train(copy.deepcopy(start), X, y, batch_size, lr, rng)) for _ in range(FRESH_STARTS)}
    return (*possible[0], any(_agree(result, each) for each in possible), right_loss, len(losses) > 1)


def _orders(X: Array, y: Array, batch_size: int) -> list[list[int]]:
    """One order of the examples for every way in which the batches can differ; the order of X first."""
    examples = [(*row, label) for row, label in zip(X.tolist(), y.tolist(), strict=True)]
    found: dict[tuple[Any, ...], list[int]] = {}
    for order in itertools.permutations(range(len(X))):
        starts = range(0, len(X), batch_size)
        batches = (tuple(sorted(examples[i] for i in order[start : start + batch_size])) for start in starts)
        found.setdefault(tuple(batches), list(order))
    return list(found.values())


def epoch_in_order(params: Params, X: Array, y: Array, batch_size: int, lr: float) -> tuple[float, Params]:
    """The mean loss and new parameters of an epoch with the examples in the order of X."""
    params, total = copy.deepcopy(params), 0.0
    for X_batch, y_batch in in_batches(np.arange(len(X)), X, y, batch_size):
        loss, grads = loss_and_gradients(params, X_batch, y_batch)
        optimizers.sgd_step(params, grads, lr)
        total += loss * len(X_batch)
    return total / len(X), params


def in_batches(order: Array, X: Array, y: Array, batch_size: int) -> Iterator[tuple[Array, Array]]:
    """The rows of X and y in this order, batch_size at a time."""
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


def loss_and_gradients(params: Params, X: Array, y: Array) -> tuple[float, Params]:
    """The mean cross-entropy of a batch, and its gradients."""
    logits, cache = functional.mlp_forward(X, params)
    dlogits = functional.softmax_cross_entropy_backward(logits, y)
    return functional.cross_entropy(logits, y), functional.mlp_backward(dlogits, params, cache)


def _agree(result: Any, wanted: tuple[float, Params]) -> bool:
    names = EPOCH_RESULTS[:2]
    try:
        pairs = zip(leaves(fit(result, wanted, names=names), names), leaves(wanted, names), strict=True)
    except MisfitError:
        return False
    return all(close(got, right) for (_, got), (_, right) in pairs)
