"""cosine_decay: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Exercise
from course_lib.nn import schedules

SCHEDULES = "04#9. Schedules"


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
