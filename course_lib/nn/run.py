"""One training run of a network: the loop of `train_epoch` with layers, and all that a long run needs.

    every epoch    shuffle, then for every batch _step, then validate, remember the best weights, perhaps stop early
    _step          forward -> logits -> loss -> dlogits -> backward -> gradients -> clip -> optimizer.step
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Array, check_labels
from .functional import accuracy, cross_entropy
from .history import History, Progress
from .losses import SoftmaxCrossEntropy
from .network import Network
from .optimizers import SGD, Optimizer
from .schedules import Schedule, constant
from .threads import one_blas_thread


class DivergenceError(ArithmeticError):
    """A number of the network is no longer finite. The message names the step, the layer, and what to do."""


class Training:
    """A run: its settings, where it stands, and its history. `train` and `fit` are the short ways to use it.

    network      ends in logits; it changes as it trains
    X, y         (N, D) numbers and (N,) labels
    epochs       how many times to go through the data
    rng          draws the order of the examples
    batch_size   examples in a step; the last batch of an epoch may be smaller
    lr           a number, or a schedule: a function step -> lr such as partial(cosine_decay, 0.1, total=9380)
    optimizer    SGD() unless you choose; it starts afresh
    validation   (X_val, y_val), looked at after every epoch
    patience     stop when the validation loss has not fallen for so many epochs, and go back to the best weights
    clip         the largest length of the gradient; a longer one is scaled down to it
    """

    def __init__(
        self,
        network: Network,
        X: ArrayLike,
        y: ArrayLike,
        *,
        epochs: int,
        rng: np.random.Generator,
        batch_size: int = 64,
        lr: float | Schedule = 0.1,
        optimizer: Optimizer | None = None,
        validation: tuple[ArrayLike, ArrayLike] | None = None,
        patience: int | None = None,
        clip: float | None = None,
    ) -> None:
        self.network, self.epochs, self.rng, self.batch_size = network, epochs, rng, batch_size
        self.X: Array = np.asarray(X, network.dtype)
        self.classes = np.arange(network.forward(np.zeros_like(self.X[:1])).shape[1])
        self.y = check_labels(y, len(self.classes), len(self.X))
        if not (np.isfinite(self.X.min()) and np.isfinite(self.X.max())):
            raise ValueError("X holds nan or inf. Mend the data before training on it.")
        if patience is not None and validation is None:
            raise ValueError("Early stopping (patience) needs validation data.")
        self.schedule: Schedule = lr if callable(lr) else partial(constant, lr)
        self.validation, self.patience, self.clip = validation, patience, clip
        self.loss = SoftmaxCrossEntropy()
        self.vector = network.flatten()
        self.optimizer = optimizer or SGD()
        self.optimizer.attach(self.vector)
        self.history = History()
        self.best: list[Array] = []
        self.epoch = self.step = 0
        self.lr = self.gradient_norm = math.nan
        self.X_batch: Array = self.X[:0]

    def epochs_left(self, every: int | None = None) -> Iterator[Progress]:
        """Train to the end. Yields a record after every epoch, and after every so many steps if `every` is given."""
        while self.epoch < self.epochs and not self._out_of_patience():
            yield from self._epoch(every)
        if self._out_of_patience():
            self.restore_best()
            self.history.reason = f"early stopping: no lower validation loss in {self.patience} epochs"
        else:
            self.history.reason = "all epochs done"

    def restore_best(self) -> None:
        """Give the network its weights of the best epoch so far; without validation data, of the last whole epoch."""
        for p, value in zip(self.network.parameters, self.best, strict=False):
            p.value[...] = value

    def _out_of_patience(self) -> bool:
        best = self.history.best_epoch
        return self.patience is not None and best is not None and self.epoch - 1 - best >= self.patience

    def _epoch(self, every: int | None) -> Iterator[Progress]:
        N = len(self.X)
        order = self.rng.permutation(N)
        stride = N if every is None else every * self.batch_size
        loss = correct = 0.0
        for start in range(0, N, stride):
            rows = order[start : start + stride]
            progress = self._take_steps(rows)
            loss += progress.train_loss * len(rows)
            correct += progress.train_accuracy * len(rows)
            if start + stride < N:
                yield progress
        if not np.isfinite(self.vector.values).all():
            raise self._divergence(self.X_batch)
        self.optimizer.flush_subnormals()
        self.epoch += 1
        progress = replace(progress, epoch=self.epoch, end_of_epoch=True)
        progress = replace(progress, train_loss=loss / N, train_accuracy=correct / N)
        if self.validation is not None:
            val_loss, val_accuracy = evaluate(self.network, *self.validation)
            progress = replace(progress, val_loss=val_loss, val_accuracy=val_accuracy)
        if self.history.append(progress):
            self.best = [p.value.copy() for p in self.network.parameters]
        yield progress

    def _take_steps(self, rows: Array) -> Progress:
        """Train on these examples in this order, a batch at a time."""
        y = self.y[rows]
        Y = (self.classes[:, None] == y).astype(self.network.dtype)  # one-hot and transposed, as the loss works
        logits = np.empty_like(Y)
        with one_blas_thread(), np.errstate(over="ignore", invalid="ignore"):  # _step checks, and says what and where
            for start in range(0, len(rows), self.batch_size):
                stop = start + self.batch_size
                self._step(rows[start:stop], Y[:, start:stop], logits[:, start:stop], measure=stop >= len(rows))
            # The logits were kept, so that loss and accuracy are computed once and not at every step.
            loss, right = cross_entropy(logits.T, y), accuracy(logits.T, y)
        return Progress(self.epoch, self.step, loss, right, self.lr, self.gradient_norm)

    def _step(self, rows: Array, Y: Array, logits: Array, *, measure: bool) -> None:
        """One update of the weights. Y (C, N) is one-hot; `logits` (C, N) receives what the network said."""
        self.lr = lr = float(self.schedule(self.step))
        if not lr > 0:
            raise ValueError(f"The learning rate must be above 0, but at step {self.step} it is {lr}.")
        if len(rows) != len(self.X_batch):
            self.X_batch = np.empty((len(rows), self.X.shape[1]), self.X.dtype)
        X = self.X.take(rows, axis=0, out=self.X_batch, mode="clip")  # the default mode would copy twice
        scale = self.optimizer.gradient_scale(lr)

        Z = self.network.forward(X, training=True)
        logits[...] = Z.T
        self.network.parameter_gradients(self.loss.backward(Z, Y.T, scale))

        # A logit that is not finite spreads to every gradient on the way back, so looking at one of them is enough.
        if not math.isfinite(self.vector.gradients.item(-1)):
            raise self._divergence(X)
        if measure or self.clip is not None:
            self._measure_and_clip(scale)
        self.optimizer.step(lr)
        self.step += 1

    def _measure_and_clip(self, scale: float) -> None:
        gradients = self.vector.gradients
        self.gradient_norm = math.sqrt(gradients @ gradients) / scale
        if self.clip is not None and self.gradient_norm > self.clip:
            gradients *= self.clip / self.gradient_norm

    def _divergence(self, X: Array) -> DivergenceError:
        """The error about what, in the order of computation for the batch X, is the first to be nan or inf."""
        what = "the gradient became"
        for number, layer in enumerate(self.network.layers, start=1):
            if not all(np.isfinite(p.value).all() for p in layer.parameters):
                what = f"by the update before, the parameters of layer {number}, {layer}, became"
                break
            X = layer.forward(X, training=True)
            if not np.isfinite(X).all():
                what = f"the output of layer {number}, {layer}, became"
                break
        self.history.reason = (
            f"Training diverged at step {self.step} (epoch {self.epoch + 1}): {what} nan or inf. "
            f"The learning rate there is {self.lr:g}; try a smaller one, or clip the gradient."
        )
        return DivergenceError(self.history.reason)


def evaluate(network: Network, X: ArrayLike, y: ArrayLike) -> tuple[float, float]:
    """(mean loss, accuracy) of a network in use; 2,000 examples at a time, to spare memory."""
    X, y = np.asarray(X, network.dtype), np.asarray(y)
    loss = correct = 0.0
    with one_blas_thread(), np.errstate(over="ignore", invalid="ignore"):  # a loss of nan says it
        for start in range(0, len(X), 2000):
            labels = y[start : start + 2000]
            logits = network.forward(X[start : start + 2000])
            loss += cross_entropy(logits, labels) * len(labels)
            correct += accuracy(logits, labels) * len(labels)
    return loss / len(X), correct / len(X)
