"""The trials of the tuning desk: a training, what is known after some of them, and the mission.

settings, seed --training--> Progress, epoch after epoch --> Trial --> View --GoodOrLucky--> what the mission says
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib import nn
from course_lib.explorers.shell import Line, Mission
from course_lib.explorers.tuning_space import SPACE, STANDARD, Config, text
from course_lib.tuning import Trial
from course_lib.tuning.log import best

Parts = tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]  # X_train, y_train, X_val, y_val

BUDGET, EPOCHS = 20, 20
BETTER = 0.005  # than the standard settings: the goal
FRESH = 2  # how many other seeds the mission asks for then
SCORE = "val_accuracy"
GUESSING = 0.15  # an accuracy below this is what guessing one of ten digits gives
STOPPED = "stopped"  # how the reason of a training begins that was stopped


@dataclass(frozen=True)
class Progress:
    """A training that is under way, or has ended: its settings, and the accuracy after each epoch."""

    config: Config
    seed: int
    accuracies: tuple[float, ...] = ()
    seconds: float = 0.0
    reason: str = ""  # why it failed

    @property
    def trial(self) -> Trial:
        scores = {} if self.reason else {SCORE: self.accuracies[-1]}
        return Trial(self.config, self.seed, scores, self.seconds, self.reason)

    @property
    def told(self) -> str:
        """Where it is, in a few words."""
        if self.reason:
            return f"diverged in epoch {len(self.accuracies) + 1}"
        return f"epoch {len(self.accuracies)}: {self.accuracies[-1]:.1%}" if self.accuracies else "begins"


def training(parts: Parts, config: Config, seed: int) -> Iterator[Progress]:
    """Train a network with these settings, and tell how far it is after each epoch."""
    X, y, X_val, y_val = parts
    rng = np.random.default_rng(seed)
    network = nn.mlp([X.shape[1], int(config["hidden"]), int(y.max()) + 1], rng=rng)
    optimizer = nn.SGD(momentum=config["momentum"], lam=config["lam"])
    epochs = nn.train(network, X, y, epochs=EPOCHS, lr=config["lr"], batch_size=int(config["batch"]),
                      optimizer=optimizer, rng=rng, validation=(X_val, y_val))  # fmt: skip
    now, start = Progress(config, seed), time.perf_counter()
    while True:
        try:
            epoch = next(epochs)
        except StopIteration:
            return
        except nn.DivergenceError as error:
            yield replace(now, reason=str(error))
            return
        assert epoch.val_accuracy is not None  # there is a validation part
        now = replace(now, accuracies=(*now.accuracies, epoch.val_accuracy), seconds=time.perf_counter() - start)
        yield now


# ---- the mission ---------------------------------------------------------------------------------


def standard_accuracy(parts: Parts) -> float:
    """What the standard settings reach, the mean of three seeds."""
    return statistics.fmean(list(training(parts, STANDARD, seed))[-1].accuracies[-1] for seed in range(3))


@dataclass(frozen=True)
class View:
    """Where the sliders stand, what has been tried, oldest first, and what is under way, or was the last training."""

    config: Config
    seed: int
    across: str  # the setting on the table's upright axis
    trials: tuple[Trial, ...]
    images: int  # in the validation part
    progress: Progress | None = None
    running: bool = False

    @property
    def left(self) -> int:
        return max(0, BUDGET - len(self.trials))

    @property
    def best(self) -> Trial | None:
        return best(self.trials, SCORE)

    def winners(self, goal: float) -> list[tuple[float, list[float]]]:
        """For each config that has reached the goal: the accuracy that did it, and those of other seeds after it."""
        found: dict[str, tuple[float, list[float]]] = {}
        for trial in self.trials:
            config, accuracy = repr(sorted(trial.config.items())), trial.scores.get(SCORE, math.nan)
            if config in found and trial.status == "done":
                found[config][1].append(accuracy)
            elif accuracy >= goal:
                found[config] = accuracy, []
        return list(found.values())


SECOND = (
    "Mission, second half: how much of that was luck? Press Best so far, and train the same settings with "
    f"{FRESH} other seeds."
)


class GoodOrLucky(Mission):
    """Reach the goal, then train the settings that did it with fresh seeds."""

    def __init__(self, standard: float, images: int) -> None:
        self.goal = math.ceil(round((standard + BETTER) * images, 6)) / images  # an accuracy that there can be
        self.first = (
            f"Mission: learning rate {text(STANDARD['lr'])}, {STANDARD['hidden']} hidden units, batches of "
            f"{STANDARD['batch']}, no L2 and no momentum reach {standard:.1%} on the validation part. Reach "
            f"{self.goal:.1%} or more, within {BUDGET} trainings."
        )
        self.line = Line(self.first)

    def see(self, numbers: View) -> Line:
        winners = sorted(numbers.winners(self.goal), key=lambda winner: len(winner[1]))
        if not winners:
            return Line(self.first, self._not_yet(numbers))
        chosen, fresh = winners[-1]
        if len(fresh) >= FRESH:
            return Line(self._luck(chosen, fresh), done=True)
        if numbers.left == 0:
            return Line(SECOND, "The budget is spent. Press Begin again, and keep some trainings for the other seeds.")
        return Line(SECOND, f"Chosen for {chosen:.1%}; with another seed {fresh[0]:.1%}. One more." if fresh else "")

    def _luck(self, chosen: float, fresh: Sequence[float]) -> str:
        mean = statistics.fmean(fresh)
        begin = (
            f"Done: the training you chose said {chosen:.1%}, and {len(fresh)} fresh seeds say {mean:.1%} on average."
        )
        if mean < chosen:
            return (
                f"{begin} You chose it because it stood out, and what stands out has mostly been lucky too. The mean "
                "of fresh seeds is what you can expect of the next one."
            )
        return (
            f"{begin} This time it was not luck. Mostly fresh seeds say a little less, because what stands out has "
            "mostly been lucky too."
        )

    def _not_yet(self, now: View) -> str:
        if not now.trials:
            return "The sliders begin at a bad place, on purpose."
        last, top = now.trials[-1], now.best
        if now.left == 0:
            said = f"The best was {top.scores[SCORE]:.1%}. " if top else ""
            return f"The budget is spent. {said}Look which lines end high, press Begin again, and start from there."
        if last.reason.startswith(STOPPED):
            return f"Training {len(now.trials)} was stopped, and counts."
        if last.status == "failed":
            step = last.config["lr"] / (1 - last.config["momentum"])
            return (
                f"Training {len(now.trials)} diverged. With momentum μ the steps add up to lr / (1 - μ), here "
                f"{step:.2g}. That was too large."
            )
        if last.scores[SCORE] < GUESSING:
            return f"Training {len(now.trials)} is no better than guessing: its steps were much too small or too large."
        if last is top and last.scores[SCORE] >= self.goal - 0.01:
            return f"Nearly: {last.scores[SCORE]:.1%}. One image of the validation part is {1 / now.images:.1%}."
        return ""


# ---- the table -----------------------------------------------------------------------------------


def cell(config: Config, across: str) -> tuple[int, int]:
    """The column and the row of a config."""
    return SPACE["lr"].group(config["lr"]), SPACE[across].group(config[across])


def cells(trials: Sequence[Trial], across: str) -> dict[tuple[int, int], float]:
    """The best accuracy for each learning rate and value of the setting `across`; nan where all have failed."""
    found: dict[tuple[int, int], float] = {}
    for trial in trials:
        place, share = cell(trial.config, across), trial.scores.get(SCORE, math.nan)
        found[place] = float(np.fmax(found.get(place, math.nan), share))
    return found
