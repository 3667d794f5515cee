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

from .arrays import Array, check_labels, check_rng, check_setting, is_whole
from .functional import accuracy, cross_entropy
from .history import History, Progress
from .layers import BatchNorm
from .losses import SoftmaxCrossEntropy
from .network import Network
from .optimizers import SGD, Optimizer
from .schedules import Schedule, constant
from .threads import one_blas_thread


class DivergenceError(ArithmeticError):
    """A number of the network is no longer finite, or the learning rate no longer above 0.

    The message names the step, the layer, and what to do; `history` is that of the epochs before.
    """

    history: History


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

    Raises ValueError for settings or data that cannot be right. A network, and an optimizer, serve one run at a time:
    when another begins with them, this one cannot go on, and says so with a RuntimeError.
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
        optimizer = SGD() if optimizer is None else optimizer
        first_lr = lr(0) if callable(lr) else lr
        right = isinstance(first_lr, (int, float, np.number)) and 0 < first_lr < math.inf
        check_setting("The learning rate", first_lr, right, "above 0 (lr is a number, or a function step -> number)")
        check_setting("epochs", epochs, is_whole(epochs, 0), "a whole number, 0 or more")
        check_setting("batch_size", batch_size, is_whole(batch_size), "a whole number above 0")
        check_setting("patience", patience, patience is None or is_whole(patience), "a whole number above 0")
        check_setting("clip", clip, clip is None or clip > 0, "above 0")
        check_setting("optimizer", optimizer, isinstance(optimizer, Optimizer), "an object such as nn.Adam()")
        check_rng(rng)
        if patience is not None and validation is None:
            raise ValueError("Early stopping (patience) needs validation data.")
        self.network, self.epochs, self.rng, self.batch_size = network, epochs, rng, batch_size
        self.X, self.y, C = _examples(network, X, y)
        _check_finite(self.X)
        if validation is not None:
            if not isinstance(validation, (tuple, list)) or len(validation) != 2:
                length = f" of length {len(validation)}" if hasattr(validation, "__len__") else ""
                came = type(validation).__name__ + length
                raise ValueError(f"validation must be a pair (X_val, y_val), but its type is {came}.")
            try:
                X_val, y_val, _ = _examples(network, *validation)
                _check_finite(X_val)
            except ValueError as error:
                raise ValueError(f"The validation data cannot be used: {error}") from None
            validation = X_val, y_val
        if min(batch_size, len(self.X)) == 1 and any(isinstance(layer, BatchNorm) for layer in network.walk()):
            raise ValueError("BatchNorm compares the examples of a batch: train with two or more at a time.")
        self.classes = np.arange(C)
        self.schedule: Schedule = lr if callable(lr) else partial(constant, lr)
        self.validation, self.patience, self.clip = validation, patience, clip
        self.loss = SoftmaxCrossEntropy()
        self.vector = network.flatten()
        self.optimizer = optimizer
        self.optimizer.attach(self.vector)
        self.history = History()
        self.best: list[Array] = []
        self.epoch = self.step = 0
        self.lr = self.gradient_norm = math.nan
        self.X_batch: Array = self.X[:0]

    def epochs_left(self, every: int | None = None) -> Iterator[Progress]:
        """Train to the end. Yields a record after every epoch, and after every so many steps if `every` is given."""
        check_setting("every", every, every is None or is_whole(every), "a whole number above 0")
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
        # Since the last record, anything can have happened.
        if not self.vector.holds_parameters():
            raise RuntimeError("Another training has begun with this network, so this one cannot go on: begin it anew.")
        if self.optimizer.vector is not self.vector:
            raise RuntimeError("Another training has begun with this optimizer: make one for each training.")
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
        if not 0 < lr < math.inf:
            what = f"The learning rate must be above 0, but at step {self.step} (epoch {self.epoch + 1}) it is {lr}"
            raise self._failure(f"{what}: choose a schedule that lasts to the end, or fewer epochs.")
        if len(rows) != len(self.X_batch):
            self.X_batch = np.empty((len(rows), self.X.shape[1]), self.X.dtype)
        X = self.X.take(rows, axis=0, out=self.X_batch, mode="clip")  # the default mode would copy twice
        scale = self.optimizer.gradient_scale(lr)

        Z = self.network.forward(X, training=True)
        logits[...] = Z.T
        self.network.parameter_gradients(self.loss.backward(Z, Y.T, scale))

        # A logit of nan or inf spreads to every gradient on the way back, so looking at one of them is enough. (One of
        # -inf does not: it is a probability of 0, and the gradients are finite.)
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
        return self._failure(
            f"Training diverged at step {self.step} (epoch {self.epoch + 1}): {what} nan or inf. "
            f"The learning rate there is {self.lr:g}; try a smaller one, or clip the gradient."
        )

    def _failure(self, reason: str) -> DivergenceError:
        self.history.reason = reason
        error = DivergenceError(reason)
        error.history = self.history
        return error


def _examples(network: Network, X: ArrayLike, y: ArrayLike) -> tuple[Array, Array, int]:
    """X (N, D) and y (N,) as the network takes them, and its number of classes. ValueError if they do not fit."""
    X = np.asarray(X, network.dtype)
    if not X.size:
        raise ValueError(f"X must hold one example or more, but its shape is {X.shape}.")
    C = network.forward(np.zeros_like(X[:1])).shape[1]
    return X, check_labels(y, C, len(X)), C


def _check_finite(X: Array) -> None:
    if not (np.isfinite(X.min()) and np.isfinite(X.max())):
        raise ValueError("X holds nan or inf. Mend the data before training on it.")


def evaluate(network: Network, X: ArrayLike, y: ArrayLike) -> tuple[float, float]:
    """(mean loss, accuracy) of a network in use; 2,000 examples at a time, to spare memory."""
    loss = correct = 0.0
    with one_blas_thread(), np.errstate(over="ignore", invalid="ignore"):  # a loss of nan says it
        X, y, _ = _examples(network, X, y)
        for start in range(0, len(X), 2000):
            labels = y[start : start + 2000]
            logits = network.forward(X[start : start + 2000])
            loss += cross_entropy(logits, labels) * len(labels)
            correct += accuracy(logits, labels) * len(labels)
    return loss / len(X), correct / len(X)
