"""A training run on the digits by the learner's functions, step by step: the numbers of the training desk.

    train(run, data, functions, settings): for every batch
        lr = schedule(settings().lr) -> forward -> loss -> backward -> sgd_step or momentum_step -> run.record -> yield

`settings` is asked anew at every step, so whoever moves a slider is heard. The batch size counts from the next epoch
on, and a run keeps its hidden units.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from course_lib.data import load, stratified_split
from course_lib.diagnosis import Record
from course_lib.explorers.learner_step import (
    EPOCHS,
    Functions,
    Settings,
    batches,
    forward,
    learning_rate,
    loss_and_gradients,
    update,
)
from course_lib.explorers.shell import by_learner, numbers
from course_lib.nn import functional
from course_lib.nn.arrays import Array, Params

DIVERGED = 2.0  # times the first loss, or the loss of guessing if that is larger
GUESSING = math.log(10)


@dataclass(frozen=True)
class Data:
    """Standardised digits, float32: X (1150, 64) and y to train on, X_val (287, 64) and y_val to validate."""

    X: NDArray[np.float32]
    y: NDArray[np.int64]
    X_val: NDArray[np.float32]
    y_val: NDArray[np.int64]


def training_digits() -> Data:
    """The training digits in two parts, the second one a fifth of them. The test digits are not touched."""
    digits = load("digits")
    rows, val = stratified_split(digits.y_train, 0.2, rng=np.random.default_rng(0))
    X, X_val = (functional.standardize(digits.X_train[rows], digits.X_train[part]) for part in (rows, val))
    return Data(X, digits.y_train[rows], X_val, digits.y_train[val])


@dataclass(eq=False)
class TrainingRun:
    """What a run has come to.

    epochs: finished, with a fraction. lr: of the last step. losses: (epochs, loss of the batch). validation: (epochs,
    loss, accuracy). settings: those that it was trained with, in the order they came.
    """

    number: int
    hidden: int
    epochs: float = 0.0
    lr: float = math.nan
    losses: list[tuple[float, float]] = field(default_factory=list)
    validation: list[tuple[float, float, float]] = field(default_factory=list)
    settings: list[Settings] = field(default_factory=list)
    record: Record = field(default_factory=Record)

    @property
    def best(self) -> tuple[float, float]:
        """(epochs, accuracy): where the validation accuracy was highest; (0, 0) before the first epoch is over."""
        return max(
            ((epochs, accuracy) for epochs, _, accuracy in self.validation), key=lambda at: at[1], default=(0, 0)
        )

    @property
    def diverged(self) -> bool:
        """The loss is not finite, or the mean of the last ten is over twice that of the start."""
        if self.record.broken is not None:
            return True
        losses = self.record.losses
        return len(losses) >= 10 and float(np.mean(losses[-10:])) > DIVERGED * max(losses[0], GUESSING)

    @property
    def largest_lr(self) -> float:
        """The largest learning rate that was set while it ran."""
        return max((settings.lr for settings in self.settings), default=0.0)

    def curve(self) -> tuple[Array, Array]:
        """(epochs, losses): the mean loss of each fifth of an epoch, at its end."""
        at, losses = np.array(self.losses, float).reshape(-1, 2).T
        part = np.ceil(5 * at - 1e-9).astype(int)
        starts = np.flatnonzero(np.diff(part, prepend=-1))
        counts = np.diff(np.append(starts, len(at)))
        with np.errstate(over="ignore", invalid="ignore"):
            means: Array = np.add.reduceat(losses, starts) / counts if len(at) else losses
        return at[starts + counts - 1], means

    def text(self) -> str:
        """The settings in as few words as fit into a picture, with the values that one of them has had in turn."""
        lr = _in_turn([f"{settings.lr:.2g}" for settings in self.settings])
        mu = _in_turn([f"{settings.mu:g}" for settings in self.settings])
        batch = _in_turn([str(settings.batch_size) for settings in self.settings])
        schedule = _in_turn([settings.schedule for settings in self.settings])
        words = f"run {self.number}: lr {lr}, μ {mu}, B {batch}, {self.hidden} units"
        return words if schedule == "constant" else f"{words}, {schedule.replace(' decay', '')}"


def _in_turn(values: list[str]) -> str:
    different = [value for value, before in zip(values, [None, *values], strict=False) if value != before]
    return "→".join(different if len(different) < 4 else [different[0], "…", different[-1]])


# ---- the loop ------------------------------------------------------------------------------------


def train(
    run: TrainingRun, data: Data, functions: Functions, settings: Callable[[], Settings]
) -> Iterator[TrainingRun]:
    """Train for EPOCHS epochs, or until the loss is not finite; yields `run` after every step.

    The random numbers are the same for all runs, so that two of them differ by their settings alone.
    """
    rng = np.random.default_rng(0)
    params = initial(run.hidden, rng)
    velocity = {name: np.zeros_like(p) for name, p in params.items()}
    N = len(data.X)
    for epoch in range(EPOCHS):
        seen, batch_size = 0, settings().batch_size
        for X, y in batches(data.X, data.y, batch_size, functions.minibatches, rng):
            now = replace(settings(), batch_size=batch_size)
            if not run.settings or run.settings[-1] != now:
                run.settings.append(now)
            per_epoch = math.ceil(N / batch_size)
            run.lr = learning_rate(now, round(run.epochs * per_epoch), per_epoch, functions)
            loss, grads, cache = loss_and_gradients(params, X, y, functions)
            update(params, grads, velocity, run.lr, now.mu, functions)
            seen += len(X)
            run.epochs = epoch + min(seen / N, 1)
            run.losses.append((run.epochs, loss))
            run.record.step(loss, params, grads, cache)
            if run.record.broken is not None:
                return
            yield run
        run.epochs = epoch + 1.0
        validate(run, params, data, functions)
        yield run


def initial(hidden: int, rng: np.random.Generator) -> Params:
    """He's weights and zero biases of a 64-H-10 network, float32."""
    params = {
        "W1": math.sqrt(2 / 64) * rng.standard_normal((64, hidden)), "b1": np.zeros(hidden),
        "W2": math.sqrt(2 / hidden) * rng.standard_normal((hidden, 10)), "b2": np.zeros(10),
    }  # fmt: skip
    return {name: p.astype(np.float32) for name, p in params.items()}


def validate(run: TrainingRun, params: Params, data: Data, f: Functions) -> None:
    """Note down the loss and the accuracy on the validation digits."""
    logits, _ = forward(params, data.X_val, f)
    with by_learner(f.cross_entropy):
        loss = f.cross_entropy(logits, data.y_val)
    loss = float(numbers(f.cross_entropy, loss, shape=()))
    run.validation.append((run.epochs, loss, functional.accuracy(logits, data.y_val)))
    run.record.epoch(loss)
