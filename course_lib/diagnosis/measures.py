"""What can be read off a record: losses and their means, how fast they fall, how large the steps are."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from course_lib.diagnosis.record import Record
from course_lib.nn.arrays import Array


def guessing_loss(record: Record) -> float:
    """ln C: the loss of who gives each class the same probability."""
    return math.log(max(record.classes, 2))


def first_loss(record: Record) -> float:
    """The loss that training began with; that of guessing if the first batch happened to be easy."""
    return max([*record.losses[:1], guessing_loss(record)])


def running_means(record: Record, share: float) -> tuple[Array, int]:
    """The running mean of the losses, and its window: 10 steps, or that share of a long run, 1,000 at the most."""
    window = min(max(10, int(share * len(record.losses))), 1000)
    # Not by differences of running sums: one loss of 1e20 would drown all that come after it.
    return np.convolve(record.losses, np.full(window, 1 / window), mode="valid"), window


def training_loss(record: Record) -> float:
    """The mean over the last tenth of the run."""
    return float(running_means(record, share=0.1)[0][-1])


def share_fallen(record: Record) -> float:
    """By which share of itself the loss has fallen in the last quarter of the run."""
    means, _ = running_means(record, share=0.02)
    earlier = float(means[-1 - len(means) // 4])
    return (earlier - float(means[-1])) / earlier if earlier > 0 else 0.0


def usual_ratio(record: Record) -> float:
    """The median update-to-weight ratio, of all layers together."""
    return float(np.median(list(medians(record.ratios).values()) or [0.0]))


def medians(ratios: Mapping[str, list[float]]) -> dict[str, float]:
    return {name: float(np.median(values)) for name, values in ratios.items() if values}


# ---- numbers as text -----------------------------------------------------------------------------


def number(x: float) -> str:
    return f"{x:.3g}" if 1e-3 <= x < 1e4 else f"{x:.0e}"


def ratio_text(x: float) -> str:
    return f"{x:.1g}" if x < 0.1 else f"{x:.2g}"
