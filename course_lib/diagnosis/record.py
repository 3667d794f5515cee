"""What the doctor must know of a run, written down step by step.

    loss, cache, gradients, parameters --step--> losses, update-to-weight ratios, how long each unit has been silent,
                                                 the first number that is not finite
    validation loss -------------------epoch---> the loss on both parts, epoch by epoch

A step of the network that we train on the digits is recorded in about 50 microseconds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from course_lib.nn.arrays import Array, Params


@dataclass(frozen=True)
class Epoch:
    """An epoch that is over: the steps and the examples up to here, the training loss in it, the validation loss."""

    steps: int
    examples: int
    train_loss: float
    val_loss: float | None


@dataclass(frozen=True)
class Broken:
    """The first number, in the order of computation, that was not finite: in the array `name`, at `step` (from 0)."""

    step: int
    name: str
    what: str  # nan or inf
    kind: str  # "input", "forward", "loss", "gradient" or "parameter"


class Record:
    """The record of one run. Arrays are looked at and not kept, except for a copy of the newest weights.

    losses: of each batch. ratios: |change of W| / |W| for each weight matrix, from the second step on. silent: for each
    hidden layer, for how many examples in a row each unit has been 0. classes: C, the outputs of the last layer.
    """

    def __init__(self) -> None:
        self.losses: list[float] = []
        self.ratios: dict[str, list[float]] = {}
        self.silent: dict[str, NDArray[np.int64]] = {}
        self.epochs: list[Epoch] = []
        self.broken: Broken | None = None
        self.classes = 2
        self._examples = 0
        self._weights: Params = {}

    def step(
        self,
        loss: float,
        params: Mapping[str, Array],
        grads: Mapping[str, Array] | None = None,
        cache: Mapping[str, Array] | None = None,
    ) -> None:
        """Call it once a step, after the update.

        loss: of the batch, measured before the update. params: after it; arrays by name in the order of the layers.
        grads: what the update used. cache: what `mlp_forward` kept; "A1", "A2", ... are outputs of ReLUs. Without
        cache nothing can be said of dead units. From the first number that is not finite on, nothing is recorded.
        """
        if not isinstance(params, Mapping):
            kind = type(params).__name__
            raise TypeError(f"Give record.step the loss, then params, a dict of arrays; here the second is {kind}.")
        if self.broken is not None:
            return
        loss = float(loss)
        with np.errstate(all="ignore"):  # a sum that overflows is looked into
            if not (math.isfinite(loss) and all(math.isfinite(p.sum()) for p in params.values())):
                self.broken = _first_broken(len(self.losses), loss, params, grads or {}, cache or {})
        if self.broken is None:
            self.losses.append(loss)
            self.classes = list(params.values())[-1].shape[-1]
            self._compare_weights({name: p for name, p in params.items() if p.ndim == 2})
            self._look_for_silent_units(cache or {})

    def epoch(self, val_loss: float | None = None) -> None:
        """Call it at the end of an epoch, with the loss on the validation examples if there are some."""
        start = self.epochs[-1].steps if self.epochs else 0
        if self.broken is None and len(self.losses) > start:
            train_loss = float(np.mean(self.losses[start:]))
            self.epochs.append(Epoch(len(self.losses), self._examples, train_loss, val_loss))

    def _compare_weights(self, weights: Params) -> None:
        for name, W in weights.items():
            if name in self._weights:
                before = self._weights[name]
                change, size = _length(W - before), _length(before)
                self.ratios.setdefault(name, []).append(change / size if size else math.inf if change else 0.0)
        self._weights = {name: W.copy() for name, W in weights.items()}

    def _look_for_silent_units(self, cache: Mapping[str, Array]) -> None:
        hidden = {name: A for name, A in cache.items() if name.startswith("A")}
        for name, A in hidden.items():
            silent = self.silent.setdefault(name, np.zeros(A.shape[1], np.int64))
            silent += len(A)
            silent[A.max(axis=0) > 0] = 0
        self._examples += max((len(A) for A in hidden.values()), default=0)


def _first_broken(
    step: int, loss: float, params: Mapping[str, Array], grads: Mapping[str, Array], cache: Mapping[str, Array]
) -> Broken | None:
    """None if every number is finite after all: their sum can overflow."""
    forward = [("input" if name == "X" else "forward", name, A) for name, A in cache.items()]
    ends = [("loss" if cache else "forward", "the loss", np.asarray(loss))]  # without cache it may be any line before
    backward = [("gradient", f"d{name}", g) for name, g in reversed(list(grads.items()))]
    update = [("parameter", name, p) for name, p in params.items()]
    for kind, name, A in [*forward, *ends, *backward, *update]:
        if not np.isfinite(A).all():
            return Broken(step, name, "nan" if np.isnan(A).any() else "inf", kind)
    return None


def _length(A: Array) -> float:
    """The square root of the sum of the squares, in float64: squares of large float32 numbers would overflow."""
    a = A.ravel().astype(float, copy=False)
    return math.sqrt(a @ a)
