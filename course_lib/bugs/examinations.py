"""What the clinic does with a patient: six examinations, each of which looks at one method alone.

    examination   the patient                                              judged by
    forward       logits of six images                                     the course's own functions
    loss          with and without the penalty
    backward      six images at once, and each on its own
    step          without gradient: what shrinks; without penalty: what moves
    minibatches   seven images whose labels are their numbers
    train         fifteen images, twenty epochs

They run in the sandbox. Each one makes a new patient and sets its parameters, so no mistake in one method can hide or
feign a mistake in another; only `train` uses all of them. Each one returns a pair for every call that it makes: what
came of it, made plain, and the places of the arguments that were changed. What that means is judged in diagnose.py.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.checkpoints.changes import changes, hold
from course_lib.checkpoints.values import plain
from course_lib.nn.arrays import Array, Params

D, H, C, N = 4, 5, 3, 6
LAM = 0.3
SHRINKING = ((0.1, 0.5), (0.01, 0.5))
"""Pairs of lr and lam for steps without gradient."""
LR = 0.1
IMAGES, BATCH_SIZE = 7, 3
EPOCHS = 20

Seen = tuple[Any, tuple[str, ...]]


def _problem() -> tuple[Params, Array, Array]:
    """Parameters, X and y. Input 0 and hidden unit 0 are always 1; other units are silent on some of the images."""
    rng = np.random.default_rng(5)
    X, y = rng.standard_normal((N, D)), np.array([0, 2, 1, 1, 0, 2])
    X[:, 0] = 1
    params = {"W1": rng.standard_normal((D, H)), "b1": rng.standard_normal(H)}
    params |= {"W2": rng.standard_normal((H, C)), "b2": rng.standard_normal(C)}
    params["W1"][:, 0], params["b1"][0] = 0, 1
    return params, X, y


PARAMS, X, Y = _problem()
GRADS: Params = {name: np.cos(np.arange(array.size)).reshape(array.shape) for name, array in PARAMS.items()}
NO_GRADS: Params = {name: np.zeros_like(array) for name, array in PARAMS.items()}
NUMBERED_X = np.stack([np.arange(IMAGES), 10.0 + np.arange(IMAGES)], axis=1)
NUMBERED_Y = np.arange(IMAGES)


def training_images() -> tuple[Array, Array]:
    """Fifteen images of three classes. Each of the five mistakes, alone, makes the loss after training larger."""
    rng = np.random.default_rng(8)
    y = np.arange(15) % C
    return rng.standard_normal((C, D))[y] * 1.5 + rng.standard_normal((15, D)) / 2 + 2, y


@dataclass(frozen=True)
class Examination:
    """`look(Patient)` makes patients and tells what they did; `called` says how, for when something goes wrong."""

    look: Callable[[Any], list[Seen]]
    called: str


def made(Patient: Any) -> Any:
    """A patient with the parameters of the examinations. Raises ValueError if it does not have the fixed ones."""
    patient = Patient(D, H, C, np.random.default_rng(0))
    found = {name: np.shape(array) for name, array in patient.params.items()}
    wanted = {name: array.shape for name, array in PARAMS.items()}
    if found != wanted:
        raise ValueError(f"Patient({D}, {H}, {C}, rng).params should have the shapes {wanted}, but has {found}.")
    for name, array in PARAMS.items():
        patient.params[name][...] = array
    return patient


def _call(method: Callable[..., Any], **arguments: Any) -> Seen:
    """What the method returned, made plain, and what it changed of its arguments, which it gets without their names."""
    given = copy.deepcopy(arguments)
    held = hold(given)
    result = plain(method(*given.values()))
    return result, tuple(
        change.place for name in given for change in changes(name, given[name], arguments[name], held[name])
    )


def _forward(Patient: Any) -> list[Seen]:
    return [_call(made(Patient).forward, X=X)]


def _loss(Patient: Any) -> list[Seen]:
    return [_call(made(Patient).loss, X=X, y=Y, lam=lam) for lam in (0.0, LAM)]


def _backward(Patient: Any) -> list[Seen]:
    batches = [(X, Y), *((X[n : n + 1], Y[n : n + 1]) for n in range(N))]
    return [_call(made(Patient).backward, X=images, y=labels) for images, labels in batches]


def _step(Patient: Any) -> list[Seen]:
    results = []
    for grads, lr, lam in [*((NO_GRADS, lr, lam) for lr, lam in SHRINKING), (GRADS, LR, 0.0)]:
        patient = made(Patient)
        _, changed = _call(patient.step, grads=grads, lr=lr, lam=lam)
        results.append((plain(patient.params), changed))
    return results


def _minibatches(Patient: Any) -> list[Seen]:
    return [
        _call(
            made(Patient).minibatches,
            X=NUMBERED_X,
            y=NUMBERED_Y,
            batch_size=BATCH_SIZE,
            rng=np.random.default_rng(seed),
        )
        for seed in (0, 1)
    ]


def _train(Patient: Any) -> list[Seen]:
    images, labels = training_images()
    patient = Patient(D, 8, C, np.random.default_rng(0))
    numbers = {"epochs": EPOCHS, "batch_size": 5, "lr": 0.05, "lam": 0.02}
    return [_call(patient.train, X=images, y=labels, **numbers, rng=np.random.default_rng(1))]


EXAMINATIONS = {
    "forward": Examination(_forward, f"The clinic called `forward(X)` with X of shape ({N}, {D})."),
    "loss": Examination(_loss, f"The clinic called `loss(X, y, lam)` with {N} images."),
    "backward": Examination(_backward, f"The clinic called `backward(X, y)` with {N} images, and with each one alone."),
    "step": Examination(_step, "The clinic called `step(grads, lr, lam)` with a gradient for each parameter."),
    "minibatches": Examination(
        _minibatches,
        f"The clinic called `minibatches(X, y, batch_size, rng)` with {IMAGES} images, {BATCH_SIZE} a batch.",
    ),
    "train": Examination(
        _train, f"The clinic called `train(X, y, epochs, batch_size, lr, lam, rng)` with 15 images and {EPOCHS} epochs."
    ),
}
