"""The learning rate as a function of the step.

    step_decay          exponential_decay     cosine_decay
    |----               |.                    |'' .
    |    ----           |  .                  |     .
    |        ----       |     .   .           |       ' . ..
    +------------> step +------------>        +------------>

A step is one update of the weights (one minibatch). The same formulas count epochs when you pass epochs. A Schedule is
any function step -> lr, for example functools.partial(cosine_decay, 0.1, total=1000).
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

Schedule = Callable[[int], float]


def constant(lr: float, step: int) -> float:
    """lr at every step."""
    return float(lr)


def step_decay(lr: float, step: int, every: int, factor: float = 0.5) -> float:
    """lr factor^(step // every): constant for `every` steps, then `factor` times as much, and so on."""
    return float(lr * factor ** (step // every))


def exponential_decay(lr: float, step: int, rate: float) -> float:
    """lr rate^step: a little less at every step, always by the same factor."""
    return float(lr * rate**step)


def cosine_decay(lr: float, step: int, total: int) -> float:
    """(lr / 2) (1 + cos(pi step / total)): from lr at step 0 to 0 at step `total`.

    Source: Loshchilov and Hutter 2017.
    """
    return float(lr / 2 * (1 + math.cos(math.pi * step / total)))


def warm_up(schedule: Schedule, steps: int) -> Schedule:
    """`schedule`, times (step + 1) / steps in the first so many steps: a gentle start. Source: Goyal et al. 2017."""

    def warmed_up(step: int) -> float:
        return schedule(step) * min(1.0, (step + 1) / steps)

    return warmed_up if steps > 0 else schedule


def learning_rate_range_test(loss_at: Callable[[float], float], lrs: Sequence[float]) -> float:
    """The learning rate at which the loss falls fastest: the left end of the steepest neighbouring pair in `lrs`.

    Steepness is the fall of `loss_at(lr)` per log10(lr). `lrs` increase; the first loss that is not finite and all
    after it are ignored (training has diverged there). Raises ValueError when fewer than two finite losses remain.
    Source: Smith 2017.
    """
    losses: list[float] = []
    for lr in lrs:
        losses.append(float(loss_at(lr)))
        if not math.isfinite(losses[-1]):
            losses.pop()
            break
    if len(losses) < 2:
        raise ValueError(f"A range test needs at least two learning rates with a finite loss, but has {len(losses)}.")
    slopes = np.diff(losses) / np.diff(np.log10(lrs[: len(losses)]))
    return float(lrs[int(np.argmin(slopes))])
