"""What is wrong with a run, in plain sentences: the name of the illness, the numbers that show it, what to do.

    not finite > learning rate too high > bad start > updates too large > dead units > a layer does not move
               > learning rate too low > under-fitting                          the first of these that holds
    over-fitting                                                                beside any but the first three

One cause at a time: a learning rate that is too high also kills units and spoils the fit, and who is told three things
does not know where to begin. The limits are wide, because a doctor who cries wolf is not asked again. Each says where
it comes from; "on the digits" means runs of this course's 64-H-10 networks with SGD and momentum, of which about
eighty, with learning rates from 1e-4 to 10, were looked at.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from course_lib.diagnosis.measures import (
    first_loss,
    guessing_loss,
    medians,
    number,
    ratio_text,
    running_means,
    share_fallen,
    training_loss,
    usual_ratio,
)
from course_lib.diagnosis.record import Broken, Record

ENOUGH_STEPS = 20  # fewer tell nothing of a learning rate
ENOUGH_EXAMPLES = 1000  # for which a unit was silent, where the length of an epoch is not known

# Losses are measured against ln C, the loss of guessing among C classes: a scale that every classifier shares.
BAD_START = 4.0  # times ln C. He's weights and standardised inputs begin between 1.1 and 1.6 times
RISEN = 2.0  # times the first loss. On the digits a run that converges stays below 1.1, one that diverges passes 10
RELAPSED = 3.0  # times the lowest mean before, if it is also a rise of RELAPSE
RELAPSE = 0.05  # times ln C. Healthy losses wander by less, even in batches of one
POOR = 0.25  # times ln C: a training loss above 0.58 for ten classes, where about 15% are wrong
STILL_FALLING = 0.15  # of the loss, in the last quarter of the run. A network that is too small is below 0.1
LARGE_GAP = 0.1  # times ln C, between training and validation loss: 0.23 for ten classes. On the digits 0.1 is healthy

# The update-to-weight ratio of a step is |change of W| / |W|. "Somewhere around 1e-3", says Stanford's CS231n (Neural
# networks, part 3); SageMaker Debugger warns below 1e-8 and above 10. On the digits the medians of good runs lie
# between 1e-4 and 4e-2: they fall as the loss does, so a small one is bad news only while the loss is high.
USUAL_RATIO = 1e-3
LARGE_RATIO = 0.1
LAGGING = 0.01  # times the ratio of the quickest layer. Layers of one healthy network are within a factor 10

# CS231n sees up to 40% of the units dead when the learning rate is too high, and SageMaker Debugger warns from 50% of a
# layer on. Healthy networks on the digits have none, so we speak earlier.
DEAD_SHARE = 0.1


@dataclass(frozen=True)
class Finding:
    """Something wrong: its name, the numbers that show it, and what to do."""

    name: str
    evidence: str
    remedy: str


@dataclass(frozen=True)
class Diagnosis:
    """The findings on a run of so many steps. A cell that ends with it shows them, or a sentence if there are none."""

    findings: tuple[Finding, ...]
    steps: int

    @property
    def clear(self) -> str:
        """What to say where there are no findings."""
        if self.steps < ENOUGH_STEPS:
            return f"Only {self.steps} steps were recorded. Train for at least {ENOUGH_STEPS}, then ask again."
        return f"Nothing is wrong, as far as {self.steps:,} steps can show."

    def __repr__(self) -> str:
        return "\n".join(f"{f.name}. {f.evidence} {f.remedy}" for f in self.findings) or self.clear

    def _repr_markdown_(self) -> str:
        return "\n\n".join(f"**{f.name}.** {f.evidence} {f.remedy}" for f in self.findings) or self.clear


def diagnose(record: Record) -> Diagnosis:
    """What is wrong with the run, the most important thing first."""
    steps = len(record.losses)
    if record.broken is not None:
        return Diagnosis((_not_finite(record, record.broken),), steps)
    if steps < ENOUGH_STEPS:
        return Diagnosis((), steps)
    if finding := _rate_too_high(record) or _bad_start(record):
        return Diagnosis((finding,), steps)
    causes = (_updates_too_large, _dead_units, _does_not_move, _rate_too_low, _under_fitting)
    cause = next((finding for look in causes if (finding := look(record))), None)
    return Diagnosis(tuple(finding for finding in (cause, _over_fitting(record)) if finding), steps)


# ---- one illness each ----------------------------------------------------------------------------


def _not_finite(record: Record, broken: Broken) -> Finding:
    number_in_name = re.search(r"\d+$", broken.name)
    layer = f" (layer {number_in_name[0]})" if number_in_name else ""
    before, start = record.losses, first_loss(record)
    if broken.kind == "input":
        remedy = "It came in with the data: look for missing values, and for a division by a standard deviation of 0."
    elif before and max(before) > RISEN * start:
        remedy = (
            f"Before that, the loss had risen from {number(start)} to {number(max(before))}: the learning rate is "
            "too high. Try a tenth of it."
        )
    elif broken.kind == "loss":
        remedy = (
            "The activations that led to it were finite, and the loss had not risen: look at the loss itself. Compute "
            "it from the logits, with the largest one of each row taken off first."
        )
    else:
        remedy = (
            "The loss had not risen, so the learning rate is not the first suspect. Look at the line that computes "
            "this: a division by 0, a logarithm of 0, exp of a large number?"
        )
    evidence = f"The first number that is not finite is {broken.what} in {broken.name}{layer}, at step {broken.step}."
    return Finding("Not finite", evidence, remedy)


def _rate_too_high(record: Record) -> Finding | None:
    means, window = running_means(record, share=0.02)
    calmer, long = running_means(record, share=0.1)
    start, lowest, now = first_loss(record), float(calmer.min()), float(calmer[-1])
    risen = np.flatnonzero(means > RISEN * start)
    if len(risen):
        evidence = (
            f"The loss began at {number(start)} and was above {number(RISEN * start)} by step {risen[0] + window}. "
            f"Its highest mean over {window} steps is {number(float(means.max()))}."
        )
    elif now > RELAPSED * lowest and now - lowest > RELAPSE * guessing_loss(record):
        evidence = (
            f"The loss was down to {number(lowest)} by step {calmer.argmin() + long}, as a mean over {long} steps, "
            f"and has risen to {number(now)} since."
        )
    else:
        return None
    return Finding(
        "Learning rate too high",
        evidence,
        "The steps jump across the valley. Try a third of the learning rate, or less momentum. If the loss rises at a "
        "tiny learning rate too, the gradient is wrong: check its sign, and the mean over the batch.",
    )


def _bad_start(record: Record) -> Finding | None:
    if record.losses[0] < BAD_START * guessing_loss(record):
        return None
    return Finding(
        "A bad start",
        f"The first loss is {number(record.losses[0])}, and guessing costs {number(guessing_loss(record))}.",
        "A new network should know nothing, and not be sure of what is wrong. Standardise the inputs, and start with "
        "smaller weights: a standard deviation of sqrt(2 / D) for a layer with D inputs.",
    )


def _updates_too_large(record: Record) -> Finding | None:
    late = medians({name: ratios[len(ratios) // 2 :] for name, ratios in record.ratios.items()})
    name = max(late, key=lambda name: late[name], default="")
    if not name or late[name] < LARGE_RATIO:
        return None
    return Finding(
        "Updates too large",
        f"A step changes {name} by {ratio_text(late[name])} of its size (the median of the second half of the run). "
        "Usual is about 0.001.",
        "No weight can settle like that. Try a lower learning rate or weaker L2, and check that the gradient is a "
        "mean over the batch.",
    )


def _dead_units(record: Record) -> Finding | None:
    enough = ENOUGH_EXAMPLES
    if record.epochs:
        enough = record.epochs[-1].examples - (record.epochs[-2].examples if len(record.epochs) > 1 else 0)
    for name, silent in record.silent.items():
        dead = int((silent >= enough).sum())
        if dead >= DEAD_SHARE * len(silent):
            return Finding(
                "Dead ReLU units",
                f"{dead} of the {len(silent)} units of layer {name[1:]} gave 0 for each of the last {enough:,} "
                "examples.",
                "A unit that is always 0 gets no gradient and cannot come back. Lower the learning rate, start the "
                "biases at 0, and standardise the inputs.",
            )
    return None


def _does_not_move(record: Record) -> Finding | None:
    early = medians({name: r[: max(ENOUGH_STEPS, len(r) // 10)] for name, r in record.ratios.items()})
    quickest = max(early.values(), default=math.inf)
    slowest = min(early, key=lambda name: early[name], default="")
    if quickest == 0:
        return Finding(
            "The weights do not move",
            "In the first steps the weights stay what they were.",
            "Does the update change the arrays in place? w -= ... does; w = w - ... makes a new array, which nobody "
            "else sees.",
        )
    if not slowest or early[slowest] > LAGGING * quickest:
        return None
    return Finding(
        "A layer does not move",
        f"In the first steps {slowest} changes by {ratio_text(early[slowest])} of its size a step, and the quickest "
        f"layer by {ratio_text(quickest)}.",
        f"Look at the gradient of {slowest}: is it computed, does it reach the update, is it far too small? Or are "
        "these weights far too large from the start?",
    )


def _rate_too_low(record: Record) -> Finding | None:
    ratio, fallen = usual_ratio(record), share_fallen(record)
    if training_loss(record) < POOR * guessing_loss(record) or (ratio >= USUAL_RATIO and fallen < STILL_FALLING):
        return None
    return Finding(
        "Learning rate too low",
        f"{_high_loss(record)} It fell by {max(fallen, 0):.0%} in the last quarter of the run, and a step changes the "
        f"weights by {ratio_text(ratio)} of their size. Usual is about 0.001.",
        "Try a learning rate three or ten times as high. More epochs would help too, but take longer.",
    )


def _under_fitting(record: Record) -> Finding | None:
    if training_loss(record) < POOR * guessing_loss(record):
        return None
    return Finding(
        "Under-fitting",
        f"{_high_loss(record)} It has nearly stopped falling, and the steps are not small: they change the weights by "
        f"{ratio_text(usual_ratio(record))} of their size.",
        "The network does not fit even the examples that it learns from. Give it more hidden units, or weaken L2 and "
        "dropout.",
    )


def _over_fitting(record: Record) -> Finding | None:
    """The gap decides; when the validation loss has risen by a tenth since its best epoch, that is told as well.

    Prechelt ("Early stopping - but when?", 1998) stops training at 1 to 5% above the minimum. That is a rule for
    stopping and not for alarm: in healthy runs the validation loss wanders by as much.
    """
    measured = [(number, epoch) for number, epoch in enumerate(record.epochs, start=1) if epoch.val_loss is not None]
    if not measured:
        return None
    val_losses = [float(epoch.val_loss or 0) for _, epoch in measured]
    train, val, lowest = measured[-1][1].train_loss, val_losses[-1], min(val_losses)
    if not val - train > LARGE_GAP * guessing_loss(record):
        return None
    evidence = f"The loss is {number(train)} on the training examples and {number(val)} on the validation examples."
    if val > 1.1 * lowest:
        best = measured[val_losses.index(lowest)][0]
        evidence += f" There it was lowest after epoch {best}, {number(lowest)}, and has risen since."
    return Finding(
        "Over-fitting",
        evidence,
        "The network learns its examples by heart. More data helps most; else stop earlier, use L2 or dropout, or take "
        "fewer hidden units.",
    )


def _high_loss(record: Record) -> str:
    loss, guessing = training_loss(record), guessing_loss(record)
    return f"The training loss is still {number(loss)}, and guessing costs {number(guessing)}."
