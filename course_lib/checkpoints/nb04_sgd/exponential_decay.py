"""exponential_decay: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from course_lib.checkpoints.exercise import Exercise
from course_lib.nn import schedules

SCHEDULES = "04#9. Schedules"


exponential_decay = Exercise(
    "exponential_decay",
    reference=schedules.exponential_decay,
    cases=lambda: [
        (0.1, 0, 0.9),
        (0.1, 1, 0.9),
        (0.1, 2, 0.9),
        (0.5, 10, 0.95),
        (2.0, 3, 0.5),
        (1.0, 100, 0.99),
        (3.0, 7, 1.0),
    ],
    hints=(
        "At every step the learning rate is multiplied with the same number. How often has that happened by step 3?",
        "After one step lr * rate, after two lr * rate * rate: after `step` steps the rate has been applied `step` "
        "times.",
        "Nearly the code: return `lr * rate ** ...`.",
    ),
)


@exponential_decay.misconception("takes rate for the speed of an exponential", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**lr exp(-rate step) is another common form.** Here rate is the factor for one step: lr rate^step, and a rate
    of 1 means that nothing changes."""
    return lr * math.exp(-rate * step)


@exponential_decay.misconception("one step too early", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**It begins one step too early.** Steps count from 0, and at step 0 the learning rate is lr itself."""
    return lr * rate ** (step + 1)


@exponential_decay.misconception("one step too late", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**It comes one step too late.** At step 1 the rate has been applied once, not zero times."""
    return lr * rate ** max(step - 1, 0)


@exponential_decay.misconception("one step too late", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**It comes one step too late, and at step 0 it is above lr**, because a power of -1 divides. At step 1 the rate
    has been applied once, not zero times."""
    return lr * rate ** (step - 1)


@exponential_decay.misconception("multiplies instead of taking the power", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**The rate is multiplied with the step.** That begins at 0 and *rises*. To apply a factor n times, take its nth
    power: `rate ** n`."""
    return lr * rate * step


@exponential_decay.misconception("takes rate for what is lost", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**You multiply with 1 - rate.** Here rate is what *remains* after one step: 0.9 means 90 percent."""
    return float(lr * (1 - rate) ** step)


@exponential_decay.misconception("lr went into the power", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**lr went into the power, too.** `**` comes before `*`; with parentheses round `lr * rate` both are taken to
    the power. Only rate is."""
    return float((lr * rate) ** step)


@exponential_decay.misconception("lr went into the power", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**lr is taken to the power, and rate is not.** lr is where it begins; rate is applied again and again: lr *
    rate ** step."""
    return float(lr**step * rate)


@exponential_decay.misconception("leaves out lr", see=SCHEDULES)
def _(right: Callable[..., float], lr: float, step: int, rate: float) -> Any:
    """**lr has no effect.** The power says what is left of it. Multiply: at step 0 the learning rate is lr itself."""
    return right(1.0, step, rate)


@exponential_decay.misconception("base and exponent have changed places", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**That is step to the power of rate**, which grows. The rate is multiplied with itself: rate ** step."""
    return float(lr * step**rate)


@exponential_decay.misconception("grows instead of falling", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**It grows.** A negative exponent divides by the rate at every step. The rate is below 1 already, so its powers
    fall: rate ** step."""
    return float(lr * rate**-step)


@exponential_decay.misconception("grows instead of falling", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**It grows: lr exp(rate step).** Here rate is the factor for one step: lr rate^step."""
    return lr * math.exp(rate * step)


@exponential_decay.misconception("the step has no effect", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**`step` has no effect: the rate is applied once, always.** At step 0 not at all, at step 3 three times: rate
    ** step."""
    return lr * rate


@exponential_decay.misconception("falls only once", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**It falls once and then stays.** The rate is applied at every step: take it to the power of step."""
    return lr * rate if step > 0 else lr


@exponential_decay.misconception("falls in a straight line", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**You take rate times lr off at every step.** That soon goes below 0. Here rate is what *remains* after one step,
    and each step multiplies with it: lr rate^step."""
    return lr * (1 - rate * step)


@exponential_decay.misconception("falls in a straight line", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**The same amount is taken off at every step**, so it falls in a straight line and one day below 0. Each step
    takes its share of what is *left*: multiply with rate again and again, lr rate^step."""
    return lr * (1 - (1 - rate) * step)


@exponential_decay.misconception("falls like one over the step", see=SCHEDULES)
def _(lr: float, step: int, rate: float) -> Any:
    """**lr / (1 + rate step) is another schedule**, one that falls ever more slowly. The exponential one multiplies
    with the same factor at every step."""
    return lr / (1 + rate * step)
