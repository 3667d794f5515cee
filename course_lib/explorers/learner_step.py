"""The parts of a training step, by the learner's functions, and each result looked at before it is used.

    batches -> X, y    learning_rate -> lr    loss_and_gradients -> loss, grads, cache    update: params change

What cannot be used raises a LearnerError, one sentence that names the function. Numbers need not be finite: a run that
diverges is a lesson, and no error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.explorers.shell import LearnerError, by_learner, call_in_place, name_of, numbers
from course_lib.nn import functional, optimizers, schedules, training
from course_lib.nn.arrays import Array, Params

EPOCHS = 20
HALVE_AFTER = 5  # epochs, for the step decay
LEFT_OVER = 0.01  # of the learning rate, at the end of the exponential decay
SCHEDULES = ("constant", "step decay", "exponential decay", "cosine decay")


@dataclass(frozen=True)
class Functions:
    """The learner's functions, or the course's."""

    minibatches: Callable[..., Any] = training.minibatches
    mlp_forward: Callable[..., Any] = functional.mlp_forward
    cross_entropy: Callable[..., Any] = functional.cross_entropy
    softmax_cross_entropy_backward: Callable[..., Any] = functional.softmax_cross_entropy_backward
    mlp_backward: Callable[..., Any] = functional.mlp_backward
    sgd_step: Callable[..., Any] = optimizers.sgd_step
    momentum_step: Callable[..., Any] = optimizers.momentum_step
    step_decay: Callable[..., Any] = schedules.step_decay
    exponential_decay: Callable[..., Any] = schedules.exponential_decay
    cosine_decay: Callable[..., Any] = schedules.cosine_decay


@dataclass(frozen=True)
class Settings:
    """What can be changed while a run goes on."""

    lr: float
    mu: float
    batch_size: int
    schedule: str


def batches(
    X: Array, y: Array, batch_size: int, minibatches: Callable[..., Any], rng: np.random.Generator
) -> Iterator[tuple[Array, Array]]:
    """What the learner's minibatches hands out for an epoch; LearnerError if it is nothing, or does not end."""
    name, seen, (N, D) = name_of(minibatches), 0, X.shape
    with by_learner(minibatches):
        handed_out = iter(minibatches(X, y, batch_size, rng))
    while True:
        with by_learner(minibatches):
            batch = next(handed_out, None)
        if batch is None:
            break
        if not (isinstance(batch, (tuple, list)) and len(batch) == 2):
            raise LearnerError(f"Your {name} should hand out pairs (X_batch, y_batch), not {type(batch).__name__}.")
        X_batch, y_batch = np.asarray(batch[0]), np.asarray(batch[1])
        B = len(X_batch) if X_batch.ndim else 0
        if B == 0 or X_batch.shape != (B, D) or y_batch.shape != (B,):
            raise LearnerError(
                f"Your {name} should hand out X_batch of shape (B, {D}) and y_batch of shape (B,), but their shapes "
                f"are {X_batch.shape} and {y_batch.shape}."
            )
        seen += B
        if seen > N:
            raise LearnerError(f"Your {name} hands out more than the {N} examples of an epoch.")
        yield X_batch, y_batch
    if seen == 0:
        raise LearnerError(f"Your {name} hands out no batch at all. Is the yield inside the loop?")


def learning_rate(now: Settings, step: int, per_epoch: int, functions: Functions) -> float:
    """The learning rate of this step, after so many others, as the schedule says."""
    if now.schedule == "constant":
        return now.lr
    total = EPOCHS * per_epoch
    schedule, number = {
        "step decay": (functions.step_decay, HALVE_AFTER * per_epoch),
        "exponential decay": (functions.exponential_decay, LEFT_OVER ** (1 / total)),
        "cosine decay": (functions.cosine_decay, total),
    }[now.schedule]
    with by_learner(schedule):
        lr = schedule(now.lr, step, number)
    return float(numbers(schedule, lr, shape=()))


def loss_and_gradients(params: Params, X: Array, y: Array, f: Functions) -> tuple[float, Params, Params]:
    """(loss, grads, cache) of a batch."""
    logits, cache = forward(params, X, f)
    with by_learner(f.cross_entropy):
        loss = f.cross_entropy(logits, y)
    with by_learner(f.softmax_cross_entropy_backward):
        dlogits = f.softmax_cross_entropy_backward(logits, y)
    dlogits = numbers(f.softmax_cross_entropy_backward, dlogits, shape=logits.shape)
    with by_learner(f.mlp_backward):
        grads = f.mlp_backward(dlogits, params, cache)
    if not isinstance(grads, dict) or grads.keys() != params.keys():
        returned = ", ".join(map(str, grads)) if isinstance(grads, dict) else type(grads).__name__
        raise LearnerError(
            f"Your {name_of(f.mlp_backward)} should return a dict with W1, b1, W2 and b2, but returned {returned}."
        )
    grads = {name: numbers(f.mlp_backward, g, shape=params[name].shape) for name, g in grads.items()}
    return float(numbers(f.cross_entropy, loss, shape=())), grads, cache


def forward(params: Params, X: Array, f: Functions) -> tuple[Array, Params]:
    with by_learner(f.mlp_forward):
        returned = f.mlp_forward(X, params)
    if not (isinstance(returned, tuple) and len(returned) == 2 and isinstance(returned[1], dict)):
        raise LearnerError(f"Your {name_of(f.mlp_forward)} should return (logits, cache), where cache is a dict.")
    return numbers(f.mlp_forward, returned[0], shape=(len(X), 10)), returned[1]


def update(params: Params, grads: Params, velocity: Params, lr: float, mu: float, f: Functions) -> None:
    """One step by sgd_step, or by momentum_step if mu > 0. LearnerError if a large one leaves params as they were."""
    before, step = params["W2"].copy(), f.momentum_step if mu else f.sgd_step
    call_in_place(step, params, grads, *((velocity, lr, mu) if mu else (lr,)))
    if np.array_equal(before, params["W2"]) and np.abs(lr * grads["W2"]).max() > 1e-3:
        raise LearnerError(f"Your {name_of(step)} left params as they were. It should change the arrays in place.")
