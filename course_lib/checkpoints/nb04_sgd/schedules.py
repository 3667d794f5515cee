"""step_decay, exponential_decay and cosine_decay: how they are tried, and the mistakes that are made in them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

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


cosine_decay = Exercise(
    "cosine_decay",
    reference=schedules.cosine_decay,
    cases=lambda: [
        (0.1, 0, 10),
        (0.1, 5, 10),
        (0.1, 10, 10),
        (1.0, 1, 4),
        (2.0, 70, 100),
        (0.5, 1, 3),
        (0.3, 999, 1000),
    ],
    hints=(
        "The cosine goes from 1 at angle 0 to -1 at angle pi. How do you turn that into something that goes from lr "
        "to 0?",
        "The angle is pi times step / total, in radians. 1 + cos of it goes from 2 to 0, so half of lr is the factor "
        "in front.",
        "Nearly the code: return `lr / 2 * (1 + np.cos(...))`.",
    ),
)


@cosine_decay.misconception("leaves out the half", see=SCHEDULES)
def _(right: Callable[..., float], lr: float, step: int, total: int) -> Any:
    """**Twice too large: at step 0 you give 2 lr.** 1 + cos goes from 2 to 0, so the factor in front is lr / 2."""
    return 2 * right(lr, step, total)


@cosine_decay.misconception("leaves out the 1", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**The cosine alone becomes negative after half of the way.** A negative learning rate goes uphill. Add 1, and
    take half of it: from 2 to 0 becomes from lr to 0."""
    return lr * math.cos(math.pi * step / total)


@cosine_decay.misconception("half a cosine without the 1", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**The 1 is missing: cos alone goes from 1 to -1**, and a negative learning rate goes uphill. (lr / 2) (1 + cos)
    goes from lr to 0."""
    return lr / 2 * math.cos(math.pi * step / total)


@cosine_decay.misconception("takes degrees for radians", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**The angle is in degrees.** `cos` takes radians: half a turn is pi, not 180."""
    return lr / 2 * (1 + math.cos(180 * step / total))


@cosine_decay.misconception("turns radians into radians", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**pi step / total is in radians already.** `np.radians` takes degrees, and makes the angle far too small."""
    return lr / 2 * (1 + math.cos(math.radians(math.pi * step / total)))


@cosine_decay.misconception("leaves out pi", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**pi is missing.** At the end your angle is 1, far from half a turn, so the learning rate never gets near 0.
    The angle is pi step / total."""
    return lr / 2 * (1 + math.cos(step / total))


@cosine_decay.misconception("leaves out the parentheses", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**lr / 2 reaches only the 1, not the cosine.** Half of lr multiplies the whole sum: lr / 2 * (1 + cos(...))."""
    return lr / 2 + math.cos(math.pi * step / total)


@cosine_decay.misconception("divides by the wave", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**1 + cos(...) stands in the denominator**, and at the end you divide by 0. `/ 2 *` is half of lr times the
    wave; parentheses round all of `2 * (1 + cos(...))` make it something else."""
    return lr / (2 * (1 + math.cos(math.pi * step / total)))


@cosine_decay.misconception("divides by the wave", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**1 + cos(...) stands in the denominator**, and at the end you divide by 0. `/ 2 *` is half of lr times the
    wave; parentheses round all of `2 * (1 + cos(...))` make it something else."""
    return lr / (2 * (1 + np.cos(np.pi * step / total)))  # inf at the end, and no ZeroDivisionError


@cosine_decay.misconception("the way stands outside the cosine", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**step / total is multiplied with the cosine instead of with pi.** cos(pi) is -1, so this is a straight line.
    All of pi step / total belongs inside the parentheses of cos."""
    return lr / 2 * (1 + math.cos(math.pi) * step / total)


@cosine_decay.misconception("the way stands outside the cosine", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**The cosine is divided by total instead of the angle.** All of pi step / total belongs inside the parentheses of
    cos."""
    return lr / 2 * (1 + math.cos(math.pi * step) / total)


@cosine_decay.misconception("takes 3.14 for pi", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**3.14 is only nearly pi.** `np.pi` has all of its digits."""
    return lr / 2 * (1 + math.cos(3.14 * step / total))


@cosine_decay.misconception("leaves out lr", see=SCHEDULES)
def _(right: Callable[..., float], lr: float, step: int, total: int) -> Any:
    """**lr has no effect.** Half of it is the factor in front: at step 0 the learning rate is lr itself."""
    return right(1.0, step, total)


@cosine_decay.misconception("a sine instead of a cosine", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**A sine begins at 0, rises and comes back.** The cosine begins at 1 and goes down to -1, all the way."""
    return lr / 2 * (1 + math.sin(math.pi * step / total))


@cosine_decay.misconception("a quarter of a turn", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**lr cos(pi step / (2 total)) falls from lr to 0 as well**, but ever faster, with its steepest point at the
    end. (lr / 2) (1 + cos(pi step / total)) ends gently."""
    return lr * math.cos(math.pi * step / (2 * total))


@cosine_decay.misconception("a whole turn", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**The angle makes a whole turn, so the learning rate comes up again.** Half a turn is enough: pi, not 2 pi."""
    return lr / 2 * (1 + math.cos(2 * math.pi * step / total))


@cosine_decay.misconception("rises instead of falling", see=SCHEDULES)
def _(right: Callable[..., float], lr: float, step: int, total: int) -> Any:
    """**It rises from 0 to lr.** 1 - cos goes up; 1 + cos comes down."""
    return lr - right(lr, step, total)


@cosine_decay.misconception("one step too early", see=SCHEDULES)
def _(right: Callable[..., float], lr: float, step: int, total: int) -> Any:
    """**It is one step ahead.** Steps count from 0, and at step 0 the learning rate is lr itself."""
    return right(lr, step + 1, total)


@cosine_decay.misconception("reaches 0 one step too early", see=SCHEDULES)
def _(right: Callable[..., float], lr: float, step: int, total: int) -> Any:
    """**It divides by total - 1, so the last step has the learning rate 0 and is wasted.** The 0 belongs to step =
    total, which comes after the last one."""
    return right(lr, step, total - 1)


@cosine_decay.misconception("falls in a straight line", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**That is a straight line from lr to 0.** A good schedule, but this one follows a cosine: gentle at both
    ends."""
    return lr * (1 - step / total)


@cosine_decay.misconception("a whole-number division", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**`//` rounds step / total down to 0 until the very end.** The angle grows a little at every step: use `/`."""
    return lr / 2 * (1 + math.cos(math.pi * (step // total)))


@cosine_decay.misconception("a whole-number division", see=SCHEDULES)
def _(lr: float, step: int, total: int) -> Any:
    """**`//` rounds the angle down to 0, 1, 2 or 3.** It should grow a little at every step: use `/`."""
    return lr / 2 * (1 + math.cos(math.pi * step // total))
