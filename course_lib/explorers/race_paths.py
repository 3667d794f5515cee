"""A race of optimisers through a valley, by the learner's step functions.

    loss(w) = steepness / 2 w^T R diag(1, RATIO) R^T w      R turns the valley: flat along, RATIO times as steep across

Runners start at the same place of the valley, which turns with it. A path is (steps + 1, 2), a loss is told as a share
of that at the start; where a runner has left for good, what follows is nan.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.explorers.shell import Array, call_in_place

RATIO = 50.0
START = (-1.6, 0.6)  # in the valley's own directions: along, across
GONE = 1e4  # as far away as that, nobody comes back
MU = 0.9  # the momentum

Step = Callable[..., Any]
Params = dict[str, Array]


@dataclass(frozen=True)
class Valley:
    """The valley, turned by `turn` degrees and `steepness` times as steep as the given one."""

    turn: float = 0.0
    steepness: float = 1.0

    @property
    def directions(self) -> Array:
        """The unit vectors along and across the valley, as columns."""
        c, s = np.cos(np.deg2rad(self.turn)), np.sin(np.deg2rad(self.turn))
        return np.array([[c, -s], [s, c]])

    @property
    def curvature(self) -> Array:
        """The Hessian (2, 2)."""
        R = self.directions
        return self.steepness * R @ np.diag([1.0, RATIO]) @ R.T

    def losses(self, path: Array) -> Array:
        """The loss at each place of a path (T, 2), as a share of that at its first."""
        losses = np.einsum("ti,ij,tj->t", path, self.curvature, path)
        return np.asarray(losses / losses[0])


@dataclass(frozen=True)
class Steps:
    """The learner's four step functions."""

    sgd_step: Step
    momentum_step: Step
    rmsprop_step: Step
    adam_step: Step

    def runners(self, lr: float) -> dict[str, Callable[[Params, Params, int], None]]:
        """What moves the parameters, for each runner, each with a memory of its own that starts at zeros."""

        velocity, squares, m, v = ({"W1": np.zeros((1, 2))} for _ in range(4))
        moments = {"m": m, "v": v}
        return {
            "SGD": lambda params, grads, t: call_in_place(self.sgd_step, params, grads, lr),
            "momentum": lambda params, grads, t: call_in_place(self.momentum_step, params, grads, velocity, lr, MU),
            "RMSprop": lambda params, grads, t: call_in_place(self.rmsprop_step, params, grads, squares, lr),
            "Adam": lambda params, grads, t: call_in_place(self.adam_step, params, grads, moments, t, lr),
        }


def race(valley: Valley, steps: Steps, lr: float, count: int) -> dict[str, Array]:
    """The path of each runner, (count + 1, 2)."""
    start, curvature = valley.directions @ START, valley.curvature
    paths = {}
    for name, move in steps.runners(lr).items():
        path = np.full((count + 1, 2), np.nan)
        path[0] = start
        params: Params = {"W1": start[None].copy()}
        for t in range(1, count + 1):
            move(params, {"W1": params["W1"] @ curvature}, t)
            path[t] = params["W1"][0]
            if not np.abs(path[t]).max() < GONE:
                break
        paths[name] = path
    return paths
