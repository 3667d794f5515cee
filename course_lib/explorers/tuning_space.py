"""The settings of the tuning desk: the stops of each slider, and where a value lies in the pictures.

lr = 0.0316   ->   its height on an axis from 0 to 1   0.5      parallel coordinates
              ->   its column or row in the table      "0.03"   neighbouring stops share one
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.explorers.shell import LearnerError

Config = dict[str, Any]


@dataclass(frozen=True)
class Setting:
    """One slider: its stops, and the stops that name the ticks of its axis and the columns or rows of the table.

    log_uniform: the range from which it is drawn at random by its logarithm; None where each stop is equally likely.
    """

    label: str
    values: tuple[float, ...]
    groups: tuple[float, ...]
    log_uniform: tuple[float, float] | None = None

    @functools.cache  # noqa: B019  settings are few and live as long as the module
    def at(self, value: float) -> int:
        """The number of the stop nearest to a value, by its logarithm."""
        return min(range(len(self.values)), key=lambda k: abs(_log(self.values[k]) - _log(value)))

    def height(self, value: float) -> float:
        """Where the value lies on an axis: 0 for the first stop, 1 for the last; a stop at 0 stands a little apart."""
        gap = 2 if self.values[0] == 0 < self.values[1] < 0.01 else 0
        place = self.at(value)
        return (place + gap * (place > 0)) / (len(self.values) - 1 + gap)

    @functools.cache  # noqa: B019
    def group(self, value: float) -> int:
        """The number of the group whose name is nearest."""
        return min(range(len(self.groups)), key=lambda k: abs(self.at(self.groups[k]) - self.at(value)))

    @property
    def labels(self) -> list[str]:
        """The names of the groups."""
        return [short(value) for value in self.groups]

    @property
    def ticks(self) -> list[tuple[float, str]]:
        return [(self.height(value), short(value)) for value in self.groups]

    def draw(self, sample_log_uniform: Callable[..., Any], rng: np.random.Generator) -> float:
        """A stop at random: where there is a range for it, the nearest to what the learner's function draws."""
        if self.log_uniform is None:
            return self.values[rng.integers(len(self.values))]
        return self.values[self.at(_drawn(sample_log_uniform, *self.log_uniform, rng))]


def _log(value: float) -> float:
    return math.log(max(value, 1e-7))


def text(value: float) -> str:
    """A value in three digits: 0.0316, 64, 1e-05."""
    return f"{value:.3g}"


def short(value: float) -> str:
    """A value in as few digits as tell the groups apart: 0.03, 0.95, 64, 1e-5."""
    if value >= 0.5:
        return f"{value:.0f}" if value >= 1 else f"{value:g}"
    return f"{value:.1g}".replace("e-0", "e-")


def _powers(low: int, high: int, steps: int) -> tuple[float, ...]:
    """10**(low / steps), ..., 10**(high / steps), in three digits."""
    return tuple(float(f"{10 ** (k / steps):.3g}") for k in range(low, high + 1))


_WIDTHS = (4, 8, 16, 32, 64, 128)
_BATCHES = (8, 16, 32, 64, 128, 256)
_MOMENTA = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
SPACE: Mapping[str, Setting] = {
    "lr": Setting("learning rate", _powers(-28, 4, 8), _powers(-7, 1, 2), (0.001, 3.0)),
    "hidden": Setting("hidden units", _WIDTHS, _WIDTHS),
    "lam": Setting("lam", (0.0, *_powers(-24, 0, 4)), (0.0, *_powers(-6, 0, 1)), (1e-6, 0.1)),
    "batch": Setting("batch size", _BATCHES, _BATCHES),
    "momentum": Setting("momentum", _MOMENTA, _MOMENTA),
}
STANDARD: Config = {"lr": 0.1, "hidden": 32, "lam": 0.0, "batch": 32, "momentum": 0.0}  # a first guess that is not bad
START: Config = {"lr": 0.001, "hidden": 8, "lam": 0.1, "batch": 128, "momentum": 0.0}


def random_config(sample_log_uniform: Callable[..., Any], rng: np.random.Generator) -> Config:
    """Every setting at random."""
    return {name: setting.draw(sample_log_uniform, rng) for name, setting in SPACE.items()}


def _drawn(sample_log_uniform: Callable[..., Any], low: float, high: float, rng: np.random.Generator) -> float:
    """What the learner's function draws: a number between low and high, or LearnerError."""
    name = getattr(sample_log_uniform, "__name__", "function")
    try:
        value = float(sample_log_uniform(low, high, rng))
    except NotImplementedError:
        raise LearnerError(
            f"Your {name} is not written yet. Fill it in, run its cell, then run this one again."
        ) from None
    except Exception as error:
        raise LearnerError(f"Your {name} stopped: {type(error).__name__}: {error}") from error
    if not low * 0.999 <= value <= high * 1.001:
        raise LearnerError(f"Your {name} should draw a number between {low:g} and {high:g}, but it gave {value:g}.")
    return value
