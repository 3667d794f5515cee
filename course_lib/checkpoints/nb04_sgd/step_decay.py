"""step_decay: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from course_lib.checkpoints.exercise import Exercise
from course_lib.nn import schedules

SCHEDULES = "04#9. Schedules"


step_decay = Exercise(
    "step_decay",
    reference=schedules.step_decay,
    cases=lambda: [
        (0.1, 0, 10),
        (0.1, 9, 10),
        (0.1, 10, 10),
        (0.1, 25, 10),
        (0.8, 7, 3, 0.1),
        (2.0, 12, 4, 0.9),
        (1.0, 5, 1, 0.5),
        (0.3, 1000, 500, 0.2),
    ],
    hints=(
        "A staircase: how many times has the learning rate been lowered by this step?",
        "After `every` steps once, after 2 * every steps twice: that is the whole-number part of step / every, in "
        "Python `step // every`. Each time the learning rate is multiplied with factor.",
        "Nearly the code: return `lr * factor ** (...)`.",
    ),
)


@step_decay.misconception("falls smoothly, without a staircase", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It falls a little at every step.** `/` gives fractions; a staircase needs whole steps, and `//` rounds down
    to them."""
    return lr * factor ** (step / every)


@step_decay.misconception("one step too early", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It falls one step too early.** Steps count from 0, so step = every - 1 is still on the first stair."""
    return lr * factor ** ((step + 1) // every)


@step_decay.misconception("one stair too early", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**The factor is in already at step 0: one fall too many, everywhere.** On the first stair, steps 0 to every - 1,
    the learning rate is lr itself. Does a loop count step 0 as a fall, or is there a + 1?"""
    return lr * factor ** (step // every + 1)


@step_decay.misconception("one stair too early", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It falls right after step 0, a whole stair too early.** Do you round up, or does a loop count step 0 as a fall?
    The first fall is at step = every: `step // every` rounds down."""
    return lr * factor ** math.ceil(step / every)


@step_decay.misconception("rounds to the nearest stair", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It falls in the middle of each stair.** `round` goes up from one half on. A stair is over when all of its
    `every` steps are: `//` always rounds down."""
    return lr * factor ** round(step / every)


@step_decay.misconception("one step too late", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It falls one step too late.** Steps count from 0, so with step = every the first `every` steps are over."""
    return lr * factor ** (max(step - 1, 0) // every)


@step_decay.misconception("one step too late", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It falls one step too late, and at step 0 it is above lr**, because -1 // every is -1. Steps count from 0, so
    with step = every the first `every` steps are over."""
    return lr * factor ** ((step - 1) // every)


@step_decay.misconception("falls only once", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It falls once and then stays.** After every further `every` steps the factor counts again: take it to the
    power of step // every."""
    return lr * factor if step >= every else lr


@step_decay.misconception("falls at single steps", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It is lower at the multiples of `every` only, and at the next step it is lr again.** A schedule has no
    memory: each call begins with the first lr. Count how often it has been lowered by this step: step // every."""
    return lr * factor if step % every == 0 else lr


@step_decay.misconception("falls at single steps", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It is lower at the multiples of `every` only, and at the next step it is lr again.** A schedule has no
    memory: each call begins with the first lr. Count how often it has been lowered by this step: step // every."""
    return lr * factor if step % every == 0 and step > 0 else lr


@step_decay.misconception("leaves out the parentheses", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**`**` comes before `//`**, so lr and the power were divided by `every` and rounded down. The whole exponent
    needs parentheses: factor ** (step // every)."""
    return lr * factor**step // every


@step_decay.misconception("takes factor for what is lost", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**You multiply with 1 - factor.** Here factor is what *remains* on the next stair. (With 0.5 it makes no
    difference.)"""
    return float(lr * (1 - factor) ** (step // every))


@step_decay.misconception("multiplies instead of taking the power", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**factor is multiplied with the number of stairs.** That begins at 0 and *rises*. To apply a factor n times,
    take its nth power: `factor ** n`."""
    return lr * factor * (step // every)


@step_decay.misconception("subtracts instead of multiplying", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**Something is taken off at each stair.** Then the learning rate becomes 0 or negative one day. Multiply with
    factor each time."""
    return lr - lr * factor * (step // every)


@step_decay.misconception("subtracts instead of multiplying", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**factor is taken off at each stair.** Then the learning rate becomes negative. Multiply with factor each
    time."""
    return lr - factor * (step // every)


@step_decay.misconception("takes what is left of the division", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**`%` says how far you are on the present stair.** `//` says how many stairs are behind you."""
    return lr * factor ** (step % every)


@step_decay.misconception("counts steps, not stairs", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**It falls at every step; `every` has no effect.** Count how often `every` steps have passed: step // every."""
    return lr * factor**step


@step_decay.misconception("always halves", see=SCHEDULES)
def _(right: Callable[..., float], lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**factor has no effect.** 0.5 is only its default value; use what you are given."""
    return right(lr, step, every)


@step_decay.misconception("the factor belongs to lr alone", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**lr went into the power, too.** `**` comes before `*`; with parentheses round `lr * factor` both are taken to
    the power. Only factor is."""
    return float((lr * factor) ** (step // every))


@step_decay.misconception("leaves out lr", see=SCHEDULES)
def _(right: Callable[..., float], lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**lr has no effect.** The power says what is left of it. Multiply: at step 0 the learning rate is lr itself."""
    return right(1.0, step, every, factor)


@step_decay.misconception("divides by the factor", see=SCHEDULES)
def _(lr: float, step: int, every: int, factor: float = 0.5) -> Any:
    """**The learning rate grows.** factor is below 1, and dividing by it makes larger. Multiply."""
    return lr / factor ** (step // every)
