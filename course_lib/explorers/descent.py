"""Gradient descent down a long valley, by the learner's step functions: the numbers of the loss valley.

    L(w) = (0.2 w1^2 + 10 w2^2) / 2       flat along w1, fifty times as steep across, the bottom at 0
    g = (0.2 w1, 10 w2) + noise           as if each gradient came from a small batch
    w <- sgd_step or momentum_step        a hundred times, from (-8, 2)

Without noise and momentum each coordinate goes its own way: a step multiplies it by 1 - lr * curvature. It shrinks
while that is between -1 and 1, so the steepest direction says where it ends: lr < 2 / 10.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.explorers.shell import Array, LearnerError, call_in_place, name_of

CURVATURES = np.array([0.2, 10.0])  # along the valley, across it
START = np.array([-8.0, 2.0])
STEPS = 100
LIMIT = 2 / CURVATURES.max()  # the learning rate from which plain gradient descent does not come down
BOTTOM = 0.01  # of the loss at the start


def loss(w: Array) -> Array:
    """L at w (..., 2)."""
    with np.errstate(over="ignore"):  # infinite is as high as it gets
        value: Array = (CURVATURES * np.square(w)).sum(axis=-1) / 2
    return value


@dataclass(frozen=True)
class Path:
    """The places w (STEPS + 1, 2) of a run, and the settings that led there."""

    lr: float
    mu: float
    noise: float
    w: Array

    @property
    def losses(self) -> Array:
        return loss(self.w)

    @property
    def arrival(self) -> int | None:
        """The step from which on the loss stays below BOTTOM times its start; None if it never does."""
        outside = np.flatnonzero(~(self.losses < BOTTOM * self.losses[0]))
        return None if outside[-1] == STEPS else int(outside[-1]) + 1

    @property
    def diverges(self) -> bool:
        """The loss ends higher than it began."""
        return not self.losses[-1] <= self.losses[0]

    @property
    def wandering(self) -> float:
        """The mean distance from the bottom in the second half of the run."""
        return float(np.linalg.norm(self.w[STEPS // 2 :], axis=1).mean())


def descend(
    lr: float, mu: float, noise: float, *, sgd_step: Callable[..., Any], momentum_step: Callable[..., Any]
) -> Path:
    """Walk down by sgd_step, or by momentum_step if mu > 0. The noise is the same random numbers each time, scaled."""
    step = momentum_step if mu else sgd_step
    draws = np.random.default_rng(4).standard_normal((STEPS, 2))
    params, velocity = {"W1": START.copy()}, {"W1": np.zeros(2)}
    places = [START]
    for draw in draws:
        grads = {"W1": CURVATURES * params["W1"] + noise * draw}
        call_in_place(step, params, grads, *((velocity, lr, mu) if mu else (lr,)))
        places.append(np.array(params["W1"], float))
    if np.array_equal(places[0], places[1]):
        raise LearnerError(f"Your {name_of(step)} left params as they were. It should change the arrays in place.")
    return Path(lr, mu, noise, np.array(places))
