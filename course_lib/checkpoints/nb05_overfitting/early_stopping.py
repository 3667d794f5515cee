"""early_stopping: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Exercise
from course_lib.checkpoints.values import MisfitError, describe, fit, plain
from course_lib.nn import training

STOPPING = "05#5. Stop in time"


def where_it_stops(early_stopping: Callable[..., Any], val_losses: list[float], patience: int) -> tuple[Any, ...]:
    """best_epoch, whether it stops at all, and the epoch where training ends."""
    answer = plain(early_stopping(val_losses, patience))
    answer = list(answer) if isinstance(answer, np.ndarray) and answer.ndim else answer
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        missing = " Is a `return` missing, perhaps that of a training that never stops?" if answer is None else ""
        raise MisfitError(
            f"Two values were wanted, (best_epoch, stop_epoch); your function returned {describe(answer)}.{missing}"
        )
    best, stop = answer
    if best is None:
        raise MisfitError(
            "Your best_epoch is None. There is always a best epoch; stop_epoch may be None. The order is (best_epoch, "
            "stop_epoch)."
        )
    epoch = np.array(0)
    stops = stop is not None
    last = fit(stop, epoch, "`stop_epoch`") if stops else np.array(len(val_losses) - 1)
    return fit(best, epoch, "`best_epoch`"), stops, last


early_stopping = Exercise(
    "early_stopping",
    reference=training.early_stopping,
    cases=lambda: [
        ([3.0, 2.0, 1.0], 2),
        ([3.0, 1.0, 2.0, 2.5, 0.5, 3.0, 3.5, 4.0], 2),
        ([5.0, 4.0, 4.0, 4.0, 4.5, 4.6, 4.7], 3),
        ([5.0, 4.0, 4.5, 4.2, 4.4, 4.3, 4.6, 4.1, 3.9], 4),
        ([5.0, 6.0, 4.0, 5.0, 3.0, 4.0, 2.0, 2.5, 2.2], 3),
        ([4.0, 3.0, 3.5, 2.0, 5.0], 2),
        ([2.0, 1.0, float("nan"), float("nan"), 1.2, 1.1, 0.5], 2),
        ([0.3, 0.4, 0.2, 0.5, 0.1], 1),
        ([0.1, 0.003, 0.004, 0.002999, 0.0031, 0.0035], 2),
        ([3e6, 2e6, 2.5e6, 2.2e6], 2),
    ],
    experiment=where_it_stops,
    returns=("best_epoch", "stop_epoch is a number, not None", "the epoch where training ends"),
    points=2,
    hints=(
        "Walk through the losses as training would, one epoch after the other, without looking ahead. What do you have "
        "to remember on the way?",
        "Remember the lowest loss so far and its epoch. At each epoch: if the loss is lower, remember it and go on; if "
        "not, and the best epoch is `patience` epochs ago, this is where it stops. At the end of the list it has never "
        "stopped.",
        "Nearly the code: `for epoch, loss in enumerate(val_losses):`, `if loss < best_loss:` remember both, `elif "
        "epoch - best_epoch >= ...: return best_epoch, epoch`, and after the loop `return best_epoch, None`.",
    ),
)


Stopped = tuple[int, int | None]


def _stopped(val_losses: Sequence[float], patience: int, is_better: Callable[[float, float], bool]) -> Stopped:
    best, lowest = 0, val_losses[0]
    for epoch, loss in enumerate(val_losses[1:], start=1):
        if is_better(loss, lowest):
            best, lowest = epoch, loss
        elif epoch - best >= patience:
            return best, epoch
    return best, None


def _counted(val_losses: Sequence[float], patience: int, lowest: float) -> Stopped:
    """With a counter of the epochs that are not lower than `lowest`, which begins as given: epoch 0 is one of them."""
    best, waited = 0, 0
    for epoch, loss in enumerate(val_losses):
        if loss < lowest:
            best, lowest, waited = epoch, loss, 0
        else:
            waited += 1
        if waited >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("the last epoch as the best", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Your best epoch is the one where it stopped.** By then the loss has been getting worse for `patience` epochs.
    The network to keep is the one with the lowest loss so far."""
    _, stop = training.early_stopping(val_losses, patience)
    return len(val_losses) - 1 if stop is None else stop, stop


@early_stopping.misconception("the last epoch as the best", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Where it stops, you return that epoch as the best one too.** By then the loss has been getting worse for
    `patience` epochs. The network to keep is the one with the lowest loss so far."""
    best, stop = training.early_stopping(val_losses, patience)
    return best if stop is None else stop, stop


@early_stopping.misconception("counts epochs from 1", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Both epochs are one too large.** The first loss belongs to epoch 0."""
    best, stop = training.early_stopping(val_losses, patience)
    return best + 1, None if stop is None else stop + 1


@early_stopping.misconception("counts epochs from 1", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**stop_epoch is one too large.** It is the number of the last epoch, counted from 0, and not how many there
    were."""
    best, stop = training.early_stopping(val_losses, patience)
    return best, None if stop is None else stop + 1


@early_stopping.misconception("counts epochs from the second loss", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Your epochs are one too small.** The loop begins with the second loss, and so does `enumerate`. That loss
    belongs to epoch 1: `enumerate(val_losses[1:], start=1)`, or loop over all of them."""
    best, lowest, waited = 0, val_losses[0], 0
    for epoch, loss in enumerate(val_losses[1:]):
        if loss < lowest:
            best, lowest, waited = epoch, loss, 0
        else:
            waited += 1
        if waited >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("epoch 0 counts as a disappointment", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Epoch 0 is counted as one that is not better**, because it is compared with its own loss. So it stops one epoch
    too early if nothing better ever comes. Begin the loop at epoch 1, or with a lowest loss of infinity."""
    return _counted(val_losses, patience, val_losses[0])


@early_stopping.misconception("stops one epoch too early", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**It stops one epoch too early.** With patience 2 and the best loss at epoch 1, epochs 2 and 3 may disappoint,
    and it stops at 3: the first epoch that is `patience` after the best."""
    return training.early_stopping(val_losses, patience - 1)


@early_stopping.misconception("stops one epoch too late", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**It stops one epoch too late.** With patience 2 and the best loss at epoch 1, it stops at epoch 3, not at 4: at
    `patience` after the best, not above it."""
    return training.early_stopping(val_losses, patience + 1)


@early_stopping.misconception("an equal loss counts as better", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**An equal loss counts as better in your code.** Only a strictly lower one does: `<`, not `<=`. A loss that stays
    where it is would otherwise never run out of patience."""
    return _stopped(val_losses, patience, lambda loss, lowest: loss <= lowest)


@early_stopping.misconception("an equal loss counts as better", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**An equal loss counts as better in your code, and nan does too**: whatever is not higher. Only a strictly lower
    loss is better. Ask `if loss < best_loss`."""
    return _stopped(val_losses, patience, lambda loss, lowest: not loss > lowest)


@early_stopping.misconception("an equal loss is not counted", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Only a higher loss is counted as disappointing.** An equal one is not better either, and nor is nan. Count
    every epoch that is not better, with a plain `else`."""
    best, lowest, waited = 0, val_losses[0], 0
    for epoch, loss in enumerate(val_losses[1:], start=1):
        if loss < lowest:
            best, lowest, waited = epoch, loss, 0
        elif loss > lowest:
            waited += 1
        if waited >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("asks for more than a little", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**A loss must be lower by a certain amount in your code.** Many libraries have such a threshold. Here any lower
    loss is better, by however little."""
    return _stopped(val_losses, patience, lambda loss, lowest: loss < lowest - 1e-3)


@early_stopping.misconception("begins with a lowest loss that is too low", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**The lowest loss so far begins at a number above which a loss can be.** A bad run has losses of millions, and
    then none is ever better. Begin with the loss of epoch 0, or with infinity, `float("inf")`."""
    return _stopped([min(val_losses[0], 1e3), *val_losses[1:]], patience, lambda loss, lowest: loss < lowest)


@early_stopping.misconception("begins with a lowest loss that is too low", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**The lowest loss so far begins at 0, so no loss is ever better.** Begin with the loss of epoch 0, or with
    infinity."""
    return _stopped([0.0, *val_losses[1:]], patience, lambda loss, lowest: loss < lowest)


@early_stopping.misconception("an equal loss starts the waiting anew", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**An equal loss starts the waiting anew.** Only a strictly lower one does. Your best epoch is right, and it waits
    too long."""
    best, lowest, waited = 0, val_losses[0], 0
    for epoch, loss in enumerate(val_losses[1:], start=1):
        waited = 0 if loss <= lowest else waited + 1
        if loss < lowest:
            best, lowest = epoch, loss
        if waited >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("begins with a lowest loss that is too low", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**The lowest loss so far begins at a number above which a loss can be.** A bad run has losses of millions, and
    then none is ever better. Begin with infinity, `float("inf")`."""
    return _counted(val_losses, patience, 1e3)


@early_stopping.misconception("begins with a lowest loss that is too low", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**The lowest loss so far begins at 0, so no loss is ever better.** Begin with infinity, `float("inf")`."""
    return _counted(val_losses, patience, 0.0)


@early_stopping.misconception("compares with the epoch before", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**You compare each loss with the one before it.** A loss that zigzags upwards then never runs out of patience.
    Compare with the lowest loss so far."""
    best, waited = 0, 0
    for epoch in range(1, len(val_losses)):
        if val_losses[epoch] < val_losses[epoch - 1]:
            best, waited = epoch, 0
        else:
            waited += 1
        if waited >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("compares with the epoch before", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**The waiting starts anew whenever the loss is lower than one epoch earlier.** A loss that zigzags upwards then
    never runs out of patience. Your best epoch is right; count the epochs since that one."""
    best, waited = 0, 0
    for epoch in range(1, len(val_losses)):
        waited = 0 if val_losses[epoch] < val_losses[epoch - 1] else waited + 1
        if val_losses[epoch] < val_losses[best]:
            best = epoch
        if waited >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("compares with the epoch before", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**You compare each loss with the one before it**, and take nan for better. A loss that zigzags upwards then never
    runs out of patience. Ask whether it is lower than the lowest so far: `if loss < best_loss`."""
    best, waited = 0, 0
    for epoch in range(1, len(val_losses)):
        if val_losses[epoch] >= val_losses[epoch - 1]:
            waited += 1
        else:
            best, waited = epoch, 0
        if waited >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("compares with the epoch before", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**You count rises in a row, each from the epoch before.** A loss that zigzags upwards then never runs out of
    patience. Compare with the lowest loss so far, remember its epoch, and count from there."""
    waited = 0
    for epoch in range(1, len(val_losses)):
        waited = waited + 1 if val_losses[epoch] > val_losses[epoch - 1] else 0
        if waited >= patience:
            return epoch - patience, epoch
    return int(np.argmin(val_losses)), None


@early_stopping.misconception("the waiting never starts anew", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**You count all disappointing epochs together.** When a lower loss comes, the waiting starts anew from that
    epoch: set the counter back to 0."""
    best, lowest, waited = 0, val_losses[0], 0
    for epoch, loss in enumerate(val_losses[1:], start=1):
        if loss < lowest:
            best, lowest = epoch, loss
        else:
            waited += 1
        if waited >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("stops at the first rise", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**It stops at the first epoch that is not better, whatever the patience.** Validation losses go up and down a
    little; patience says for how many epochs to put up with that."""
    return training.early_stopping(val_losses, 1)


@early_stopping.misconception("looks into the future", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Your best epoch comes after the stop.** Did you take the lowest loss of the whole list, or does the loop go on
    after the stop? The losses that would have come have never been seen."""
    return int(np.nanargmin(val_losses)), training.early_stopping(val_losses, patience)[1]


@early_stopping.misconception("looks into the future", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Your loop goes on after the stop**, so a later stop takes the place of the first. Training has ended there, and
    the losses that would have come have never been seen: `return` at once."""
    best, stop = 0, None
    for epoch, loss in enumerate(val_losses):
        if loss < val_losses[best]:
            best = epoch
        elif epoch - best >= patience:
            stop = epoch
    return best, stop


@early_stopping.misconception("looks into the future", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**You look for the lowest loss of the whole list first.** Training cannot look ahead: it stops as soon as it has
    waited long enough, and never sees what would have come. Walk through the list, epoch by epoch."""
    best = int(np.nanargmin(val_losses))
    return best, best + patience if best + patience < len(val_losses) else None


@early_stopping.misconception("looks into the future", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**You look for the lowest loss of the whole list first, and count on from there.** Training cannot look ahead: it
    stops as soon as it has waited long enough. And where the list ends before, it has not stopped: None."""
    best = int(np.nanargmin(val_losses))
    return best, best + patience


@early_stopping.misconception("looks into the future", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**`np.argmin` of the whole list knows what is still to come.** Training cannot look ahead: it stops as soon as it
    has waited long enough. Walk through the list, epoch by epoch."""
    best = int(np.argmin(val_losses))
    return best, best + patience if best + patience < len(val_losses) else None


@early_stopping.misconception("looks into the future", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**`np.argmin` of the whole list knows what is still to come.** Training cannot look ahead: it stops as soon as it
    has waited long enough. And where the list ends before, it has not stopped: None."""
    best = int(np.argmin(val_losses))
    return best, best + patience


@early_stopping.misconception("the outputs are in another order", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Right values in another order.** You return (stop_epoch, best_epoch); wanted is (best_epoch, stop_epoch)."""
    return training.early_stopping(val_losses, patience)[::-1]


@early_stopping.misconception("never stops", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**It never stops.** When `patience` epochs in a row were not better than the best, return (best_epoch,
    stop_epoch) there and then."""
    return int(np.nanargmin(val_losses)), None


@early_stopping.misconception("a number where it never stops", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**If it never stops, stop_epoch is None.** You return the last epoch there, as if it had stopped at it."""
    best, stop = training.early_stopping(val_losses, patience)
    return best, len(val_losses) - 1 if stop is None else stop


@early_stopping.misconception("a number where it never stops", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**If it never stops, stop_epoch is None.** You return the number of epochs there."""
    best, stop = training.early_stopping(val_losses, patience)
    return best, len(val_losses) if stop is None else stop


@early_stopping.misconception("a number where it never stops", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**If it never stops, stop_epoch is None.** You return -1 there."""
    best, stop = training.early_stopping(val_losses, patience)
    return best, -1 if stop is None else stop


@early_stopping.misconception("the lowest loss instead of its epoch", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**You return the lowest loss where its epoch is wanted.** Remember both: the loss to compare with, the epoch to
    return."""
    best, stop = training.early_stopping(val_losses, patience)
    return val_losses[best], stop


@early_stopping.misconception("higher counts as better", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Your best epoch is the one with the highest loss.** For an accuracy that would be right; of a loss, less is
    better."""
    return training.early_stopping([-loss for loss in val_losses], patience)


@early_stopping.misconception("nan counts as better", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**A loss of nan counts as better in your code.** Every comparison with nan is False, so `not loss >= best` and
    the `else` after `if loss >= best` take it for an improvement. Ask `if loss < best`."""
    return _stopped(val_losses, patience, lambda loss, lowest: not loss >= lowest)


@early_stopping.misconception("nan counts as better", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**`np.argmin` takes nan for the lowest of all.** So a loss of nan becomes your best epoch. `if loss < best_loss`
    passes it over, and so does `np.nanargmin`."""
    for epoch in range(len(val_losses)):
        best = int(np.argmin(val_losses[: epoch + 1]))
        if epoch - best >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("an epoch with nan is left out", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**Epochs with a loss of nan are not counted.** They are epochs that are not better, like any other: patience runs
    on, and training may stop at one."""
    best, waited = 0, 0
    for epoch, loss in enumerate(val_losses):
        if np.isnan(loss):
            continue
        waited = 0 if loss < val_losses[best] else waited + (epoch > 0)
        if loss < val_losses[best]:
            best = epoch
        if waited >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("an epoch with nan is left out", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**It does not stop at an epoch with a loss of nan.** That is an epoch that is not better, like any other: where
    it is `patience` after the best, training stops at it."""
    best = 0
    for epoch, loss in enumerate(val_losses):
        if loss < val_losses[best]:
            best = epoch
        elif epoch - best >= patience and not np.isnan(loss):
            return best, epoch
    return best, None


@early_stopping.misconception("stops at the first nan", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**It stops at the first loss of nan, whatever the patience.** Here such an epoch is one that is not better, like
    any other."""
    best = 0
    for epoch, loss in enumerate(val_losses):
        if loss < val_losses[best]:
            best = epoch
        elif np.isnan(loss) or epoch - best >= patience:
            return best, epoch
    return best, None


@early_stopping.misconception("stops before it has looked at the loss", see=STOPPING)
def _(val_losses: list[float], patience: int) -> Any:
    """**It stops although this very epoch is better.** At `patience` after the best epoch look at the loss first: if it
    is lower, this is the new best epoch, and training goes on."""
    best = 0
    for epoch in range(len(val_losses)):
        if epoch - best >= patience:
            return best, epoch
        if val_losses[epoch] < val_losses[best]:
            best = epoch
    return best, None
