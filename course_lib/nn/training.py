"""Training: draw a minibatch, forward, backward, step; again and again."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Array
from .functional import cross_entropy, mlp_backward, mlp_forward, softmax_cross_entropy_backward
from .optimizers import sgd_step


def minibatches(
    X: ArrayLike, y: ArrayLike, batch_size: int, rng: np.random.Generator
) -> Iterator[tuple[Array, Array]]:
    """Every example once, in a fresh random order, `batch_size` at a time; the last batch may be smaller.

    X (N, D) and y (N,) stay together: both are indexed with the same rows of one permutation.
    """
    X, y = np.asarray(X), np.asarray(y)
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        yield X[rows], y[rows]


def train_epoch(
    params: Mapping[str, Array], X: ArrayLike, y: ArrayLike, batch_size: int, lr: float, rng: np.random.Generator
) -> float:
    """One pass of SGD over the data with the functions of functional.py; `params` change in place.

    Returns the mean loss over the examples, each measured just before its batch's step.
    """
    total, N = 0.0, len(np.asarray(X))
    for X_batch, y_batch in minibatches(X, y, batch_size, rng):
        logits, cache = mlp_forward(X_batch, params)
        grads = mlp_backward(softmax_cross_entropy_backward(logits, y_batch), params, cache)
        sgd_step(params, grads, lr)
        total += cross_entropy(logits, y_batch) * len(X_batch)
    return total / N


def early_stopping(val_losses: Sequence[float], patience: int) -> tuple[int, int | None]:
    """(best_epoch, stop_epoch): stop at the first epoch that is `patience` after the best one so far.

    Epochs count from 0; better means strictly lower. stop_epoch is None if training never stops.
    """
    best_epoch, best_loss = 0, np.inf
    for epoch, loss in enumerate(val_losses):
        if loss < best_loss:
            best_epoch, best_loss = epoch, loss
        elif epoch - best_epoch >= patience:
            return best_epoch, epoch
    return best_epoch, None
