"""learning_rate_range_test: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.nn import schedules
from course_lib.nn.arrays import Array

RANGE = "04#6. The range test"


def _losses_at(lrs: Sequence[float], losses: Sequence[float]) -> Callable[[float], float]:
    """The function lr -> loss of a small table; between its learning rates, the nearest one counts."""

    def loss_at(lr: float) -> float:
        if np.size(lr) != 1:
            raise TypeError("loss_at takes one learning rate at a time")
        return float(losses[int(np.argmin(np.abs(np.log(lrs) - np.log(lr))))])

    loss_at.__doc__ = ", ".join(f"loss_at({lr:g}) = {loss:g}" for lr, loss in zip(lrs, losses, strict=True))
    return loss_at


def _range_case(lrs: Sequence[float], losses: Sequence[float], dtype: type = np.float64) -> Case:
    return _losses_at(lrs, losses), np.array(lrs, dtype)


learning_rate_range_test = Exercise(
    "learning_rate_range_test",
    reference=schedules.learning_rate_range_test,
    cases=lambda: [
        _range_case([0.001, 0.01, 0.1, 1.0], [2.3, 2.0, 0.9, 0.8]),
        _range_case([0.001, 0.01, 0.03, 1.0], [2.3, 2.1, 1.5, 0.7]),
        _range_case([0.001, 0.002, 0.05, 0.5, 1.0], [2.3, 2.2, 1.2, 0.9, 7.0]),
        _range_case([0.01, 0.1, 1.0, 10.0, 100.0], [2.3, 2.1, 1.2, math.inf, 1.0]),
        _range_case([0.01, 0.1, 1.0, 10.0, 20.0, 40.0, 80.0], [2.3, 1.9, 1.7, math.nan, 5.0, 4.0, 0.1]),
        _range_case([0.01, 0.02, 0.3, 0.6], [2.5, 1.5, 1.0, 0.4], np.float32),
        _range_case([0.01, 0.1, 0.5, 1.0, 3.0], [2.3, 2.0, 1.9, 1.2, math.inf]),
        _range_case([0.001, 0.01, 0.1, 1.0, 10.0], [2.3, 2.25, 2.28, 2.1, 0.9]),
    ],
    points=2,
    hints=(
        "You have a curve of losses over learning rates, drawn on a logarithmic axis. Between which two neighbours "
        "does it fall most steeply?",
        "Collect loss_at(lr) for each lr, and stop at the first one that is not finite (np.isfinite). The slope "
        "between neighbours is the difference of the losses, divided by the difference of log10(lr); np.diff gives "
        "both. The steepest fall is the most negative slope.",
        "Nearly the code: `losses = []`, a loop that appends loss_at(lr) or breaks, `slopes = np.diff(losses) / "
        "np.diff(np.log10(lrs[: len(losses)]))`, then return `lrs[...]` of the smallest slope.",
    ),
)


def _slopes(losses: Array, lrs: Array) -> Array:
    """The slope of each pair among the learning rates that have a loss."""
    slopes: Array = np.diff(losses) / np.diff(np.log10(lrs[: len(losses)]))
    return slopes


def _steepest(losses: Array, lrs: Array, argmin: Callable[[Array], Any] = np.argmin) -> float:
    """The left end of the steepest pair."""
    return float(lrs[int(argmin(_slopes(losses, lrs)))])


def _finite_losses(loss_at: Callable[[float], float], lrs: Array) -> Array:
    losses = np.array([loss_at(lr) for lr in lrs])
    finite = np.isfinite(losses)
    return losses if finite.all() else losses[: int(np.argmin(finite))]


@learning_rate_range_test.misconception("returns the right end", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**You return the right end of the steepest pair.** The left end is wanted: the loss falls fast from there on,
    and it is a little further from trouble. (`np.diff` gives one number less: its number i belongs to the pair i, i +
    1.)"""
    return float(lrs[int(np.argmin(_slopes(_finite_losses(loss_at, lrs), lrs))) + 1])


@learning_rate_range_test.misconception("returns the learning rate of the smallest loss", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**You return the learning rate with the smallest loss.** It often stands close to where training blows up. Look
    for the steepest *fall*, which comes earlier."""
    return float(lrs[int(np.argmin(_finite_losses(loss_at, lrs)))])


@learning_rate_range_test.misconception("returns the learning rate of the smallest loss", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**You return the learning rate with the smallest loss.** It often stands close to where training blows up (and
    for argmin nan is the smallest of all). Look for the steepest *fall*, which comes earlier."""
    return float(lrs[int(np.argmin([loss_at(lr) for lr in lrs]))])


@learning_rate_range_test.misconception("returns the learning rate of the smallest loss", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**You return the learning rate with the smallest loss of all**, even one from behind the explosion. Look for
    the steepest *fall*, before the first loss that is not finite."""
    return float(lrs[int(np.nanargmin([loss_at(lr) for lr in lrs]))])


@learning_rate_range_test.misconception("returns a tenth of the learning rate of the smallest loss", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**A tenth of the learning rate with the smallest loss is another rule of thumb.** Here the steepest fall decides:
    the left end of the pair of neighbours between which the loss falls most per log10(lr)."""
    return float(lrs[int(np.argmin(_finite_losses(loss_at, lrs)))]) / 10


@learning_rate_range_test.misconception("returns a tenth of the learning rate of the smallest loss", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**A tenth of the learning rate with the smallest loss is another rule of thumb**, and yours looks behind the
    explosion as well. Here the steepest fall decides, before the first loss that is not finite."""
    return float(lrs[int(np.nanargmin([loss_at(lr) for lr in lrs]))]) / 10


@learning_rate_range_test.misconception("returns the middle of the pair", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**You return the middle of the steepest pair.** Its left end is wanted: one of the learning rates that were
    tried."""
    slopes = _slopes(_finite_losses(loss_at, lrs), lrs)
    return float(np.mean(lrs[np.argmin(slopes) :][:2]))


@learning_rate_range_test.misconception("returns the middle of the pair", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**You return the middle of the steepest pair on the logarithmic axis.** Its left end is wanted: one of the
    learning rates that were tried."""
    slopes = _slopes(_finite_losses(loss_at, lrs), lrs)
    return float(np.sqrt(np.prod(lrs[np.argmin(slopes) :][:2])))


@learning_rate_range_test.misconception("returns the last learning rate before the explosion", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**That is the largest learning rate with a finite loss.** It stands at the edge, and a longer run may explode.
    Look for the steepest *fall*, which comes earlier."""
    return float(lrs[len(_finite_losses(loss_at, lrs)) - 1])


@learning_rate_range_test.misconception("turns the slope upside down", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**The slope is upside down.** You divided the difference of log10(lr) by that of the losses; then the flattest
    fall looks steepest."""
    losses = _finite_losses(loss_at, lrs)
    return float(lrs[int(np.argmin(np.diff(np.log10(lrs[: len(losses)])) / np.diff(losses)))])


@learning_rate_range_test.misconception("takes the logarithm of a difference", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**You divide by the logarithm of the difference of two learning rates.** It is the difference of their
    logarithms: first log10, then np.diff."""
    losses = _finite_losses(loss_at, lrs)
    return float(lrs[int(np.argmin(np.diff(losses) / np.log10(np.diff(lrs[: len(losses)]))))])


@learning_rate_range_test.misconception("takes the logarithm of the loss, too", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**The loss went through a logarithm as well.** Then a fall from 0.1 to 0.05 counts as much as one from 2 to 1.
    Only the learning rates are on a logarithmic axis."""
    return _steepest(np.log(_finite_losses(loss_at, lrs)), lrs)


@learning_rate_range_test.misconception("measures the slope per lr, not per log10 lr", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**The slope was taken along lr itself.** There the small learning rates lie so close together that they always
    look steep. Divide by the difference of log10(lr)."""
    losses = _finite_losses(loss_at, lrs)
    return float(lrs[int(np.argmin(np.diff(losses) / np.diff(lrs[: len(losses)])))])


@learning_rate_range_test.misconception("takes the largest fall for the steepest", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**The learning rates are not equally far apart**, so the largest fall need not be the steepest. Divide it by
    the difference of log10(lr)."""
    return float(lrs[int(np.argmin(np.diff(_finite_losses(loss_at, lrs))))])


@learning_rate_range_test.misconception("looks for the steepest rise", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**That is where the loss falls least, or rises most.** A fall is a *negative* slope, so look for the smallest
    one: argmin, not argmax."""
    return _steepest(_finite_losses(loss_at, lrs), lrs, np.argmax)


@learning_rate_range_test.misconception("leaves out the last pair", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**The last pair before the explosion takes no part in your search.** Of M losses there are M - 1 pairs, and
    `range(M - 1)` has so many numbers already. Only the losses that are not finite are left out."""
    return _steepest(_finite_losses(loss_at, lrs)[:-1], lrs)


@learning_rate_range_test.misconception("leaves out the last pair", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**The last pair takes no part in your search.** Of M learning rates there are M - 1 pairs, and `range(M - 1)` has
    so many numbers already."""
    return _steepest(_finite_losses(loss_at, lrs[:-1]), lrs)


@learning_rate_range_test.misconception("stops at the first rise", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**Your search ends where the loss rises for the first time.** At small learning rates it goes up and down a
    little, and the real fall comes after that. Only a loss that is not finite ends the search."""
    losses = _finite_losses(loss_at, lrs)
    return _steepest(losses[: int(np.argmax([*(np.diff(losses) > 0), True])) + 1], lrs)


@learning_rate_range_test.misconception("takes a steep rise for a fall", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**A steep rise counts as steep, too.** The absolute value of the slope hides its sign; only a fall is good."""
    return _steepest(_finite_losses(loss_at, lrs), lrs, lambda slopes: np.argmax(np.abs(slopes)))


@learning_rate_range_test.misconception("goes on after the first loss that is not finite", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**What comes after the first nan or infinity still counts.** Once training has blown up, a larger learning rate
    that happens to give a number is luck. Stop at the first loss that is not finite."""
    losses = np.array([loss_at(lr) for lr in lrs])
    return _steepest(losses[np.isfinite(losses)], lrs[np.isfinite(losses)])


@learning_rate_range_test.misconception("goes on after the first loss that is not finite", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**What comes after the first nan or infinity still counts, and it has slipped to other learning rates**,
    because the losses are fewer now. Do not skip what is not finite; stop there (`break`, not `continue`)."""
    losses = np.array([loss_at(lr) for lr in lrs])
    return _steepest(losses[np.isfinite(losses)], lrs)


@learning_rate_range_test.misconception("goes on after the first loss that is not finite", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**What comes after the first nan or infinity still counts, and its slopes have slipped to other learning
    rates**, because there are fewer slopes now. Cut losses and learning rates off before the first loss that is not
    finite."""
    slopes = _slopes(np.array([loss_at(lr) for lr in lrs]), lrs)
    return float(lrs[int(np.argmin(slopes[np.isfinite(slopes)]))])


@learning_rate_range_test.misconception("does not cut the learning rates off", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**There are fewer losses than learning rates now.** The losses end before the first one that is not finite; the
    learning rates must end there, too: `lrs[: len(losses)]`."""
    return float(lrs[int(np.argmin(np.diff(_finite_losses(loss_at, lrs)) / np.diff(np.log10(lrs))))])


@learning_rate_range_test.misconception("lets nan and infinity take part", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**Losses that are not finite take part in the search.** For argmin nan is the smallest of all, and from
    infinity down to a number the fall is infinite. Cut the losses off before the first one that is not finite."""
    return _steepest(np.array([loss_at(lr) for lr in lrs]), lrs)


@learning_rate_range_test.misconception("lets infinity take part", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**nan ends your search, but infinity does not**, and from infinity down to a number the fall is infinite. Both
    say that training has blown up: `np.isfinite` knows both."""
    losses = np.array([loss_at(lr) for lr in lrs])
    return _steepest(losses[: int(np.argmax([*np.isnan(losses), True]))], lrs)


@learning_rate_range_test.misconception("lets infinity take part", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**nan is skipped, but infinity is not**, and from infinity down to a number the fall is infinite. Cut the
    losses off before the first one that is not finite; `np.isfinite` knows both."""
    return _steepest(np.array([loss_at(lr) for lr in lrs]), lrs, np.nanargmin)


@learning_rate_range_test.misconception("lets nan take part", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**A loss of nan takes part in the search, and for argmin nan is the smallest of all.** Leave the first loss
    that is not finite out, together with all after it; `np.isfinite` knows nan and infinity."""
    losses = np.array([loss_at(lr) for lr in lrs])
    return _steepest(losses[: int(np.argmax([*np.isinf(losses), True]))], lrs)


@learning_rate_range_test.misconception("averages the slopes of both sides", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**np.gradient mixes the slopes to the left and to the right of each learning rate.** Compare each pair of
    neighbours on its own, with np.diff."""
    losses = _finite_losses(loss_at, lrs)
    return float(lrs[int(np.argmin(np.gradient(losses, np.log10(lrs[: len(losses)]))))])


@learning_rate_range_test.misconception("averages the slopes of both sides", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**np.gradient mixes the slopes to the left and to the right of each learning rate**, and takes them for equally
    far apart. Compare each pair of neighbours on its own, with np.diff, per log10(lr)."""
    return float(lrs[int(np.argmin(np.gradient(_finite_losses(loss_at, lrs))))])


@learning_rate_range_test.misconception("returns the position, not the learning rate", see=RANGE)
def _(right: Callable[..., float], loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**That is the position in the list.** Return the learning rate that stands there: `lrs[...]`."""
    return int(np.argmin(np.abs(lrs - right(loss_at, lrs))))


@learning_rate_range_test.misconception("returns the slope, not the learning rate", see=RANGE)
def _(loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**That is how steep the steepest fall is.** Which learning rate it belongs to is wanted: argmin instead of
    min."""
    return float(np.min(_slopes(_finite_losses(loss_at, lrs), lrs)))


@learning_rate_range_test.misconception("returns the logarithm", see=RANGE)
def _(right: Callable[..., float], loss_at: Callable[[float], float], lrs: Array) -> Any:
    """**That is log10 of the learning rate.** The logarithm is only for measuring the slope; return the learning rate
    itself."""
    return float(np.log10(right(loss_at, lrs)))
