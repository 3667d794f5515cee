"""Training: draw a minibatch, forward, backward, step; again and again.

    history = fit(network, X, y, epochs=10, lr=0.1, optimizer=SGD(momentum=0.9), rng=rng)

    for progress in train(network, X, y, epochs=10, lr=0.1, rng=rng):            a record after every epoch
    for progress in train(network, X, y, epochs=10, lr=0.1, rng=rng, every=20):  and after every 20 steps: draw, or
                                                                                 stop, whenever you like

`minibatches`, `train_epoch` and `early_stopping` are the notebooks' exercises, on a dict of arrays. `train` and `fit`
do the same with a Network, fast: run.py has the loop.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Array
from .functional import cross_entropy, mlp_backward, mlp_forward, softmax_cross_entropy_backward
from .history import History, Progress
from .network import Network
from .optimizers import sgd_step
from .run import DivergenceError, Training


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


def train(
    network: Network, X: ArrayLike, y: ArrayLike, *, every: int | None = None, **settings: Any
) -> Iterator[Progress]:
    """Train as `settings` say (those of `Training`), yielding a record after every epoch, and every `every` steps."""
    return Training(network, X, y, **settings).epochs_left(every)


def fit(
    network: Network,
    X: ArrayLike,
    y: ArrayLike,
    *,
    progress_bar: Callable[..., Iterable[Progress]] | None = None,
    **settings: Any,
) -> History:
    """Train to the end as `settings` say (those of `Training`), and return the history.

    progress_bar    for example tqdm: it is called with the generator of epochs and total=epochs

    Ctrl-C ends the run early: the network gets the best weights so far, and the history says so. So it does when a
    number stops being finite, before the DivergenceError, which holds the history, goes on to you.
    """
    training = Training(network, X, y, **settings)
    epochs: Iterable[Progress] = training.epochs_left()
    if progress_bar is not None:
        epochs = progress_bar(epochs, total=training.epochs)
    try:
        for _ in epochs:
            pass
    except KeyboardInterrupt:
        training.restore_best()
        training.history.reason = "interrupted"
    except DivergenceError as error:
        training.restore_best()
        best = training.history.best_epoch
        if best is not None:
            training.history.reason += f" The network has its weights of epoch {best + 1} again."
            error.args = (training.history.reason,)
        raise
    return training.history
