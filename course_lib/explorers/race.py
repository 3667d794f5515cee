"""The optimiser race: four runners in one valley, which can be made steeper and turned; a prediction and a mission."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_lib import plots
from course_lib.explorers.race_paths import RATIO, Steps, Valley, race
from course_lib.explorers.shell import Array, Explorer, Line, Mission, slider

STEPS = 100
FLOOR = 1e-6  # the lowest loss that is drawn
REACH = (2.0, 1.5)
STEEP, TURN = 100.0, 45
LONGEST = 0.04  # the learning rate beyond which SGD leaves the given valley: 2 / RATIO
WANTED = ("momentum", "Adam")  # who is to win a race

BOTH, STEEPER, TURNED, NEITHER = "both", "only the steepness", "only the turn", "neither"
QUESTION = (
    "Predict first: the valley is made 100 times as steep, or it is turned by 45°, runners and all. Which of the two "
    "makes a difference to RMSprop and Adam?"
)


@dataclass(frozen=True)
class Race:
    """A race as far as it has come, and the one in the given valley with the same learning rate to compare it with."""

    valley: Valley
    lr: float
    paths: dict[str, Array]  # (steps + 1, 2) each
    losses: dict[str, Array]  # (STEPS + 1,) each, to the end
    given: dict[str, Array]
    step: int

    @property
    def same(self) -> list[str]:
        """The runners whose loss curve is that of the given valley, as far as it can be drawn."""
        return [name for name, losses in self.losses.items() if _look_alike(losses, self.given[name])]

    @property
    def last(self) -> dict[str, float]:
        """The loss at the end; of a runner that is gone, infinity."""
        return {name: float(np.nan_to_num(losses[-1], nan=np.inf)) for name, losses in self.losses.items()}

    @property
    def winner(self) -> str:
        """The runner that ends ten times lower than all others, or ""."""
        first, second, *_ = sorted(self.last, key=self.last.__getitem__)
        return first if self.last[first] <= self.last[second] / 10 else ""


def _look_alike(a: Array, b: Array) -> bool:
    both = [np.log10(np.clip(np.nan_to_num(losses, nan=np.inf), FLOOR, 1e3)) for losses in (a, b)]
    return bool(np.abs(both[0] - both[1]).max() < 0.02)


def _and(names: list[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names) or "nobody"


class SteepAndTurned(Mission):
    """Make the valley steep, turn it, see whom it troubles; then find races that momentum and Adam win."""

    line = Line("Mission: predict first; then the sliders are yours.")
    answer = ""
    steep_seen = turn_seen = False

    def __init__(self) -> None:
        self.won: dict[str, Race] = {}  # by momentum, and by Adam

    def predict(self, answer: str) -> Line:
        self.answer = answer
        return Line(self._task())

    def see(self, numbers: Race) -> Line:
        if not self.answer:
            return self.line
        valley = numbers.valley
        settling = not (self.steep_seen and self.turn_seen)
        if valley.steepness >= STEEP and valley.turn == 0:
            self.steep_seen = True
        elif valley.steepness == 1 and valley.turn == TURN and numbers.lr <= LONGEST:
            self.turn_seen = True
        elif settling:
            return Line(self._task(), self._not_yet(numbers))
        if settling:
            changed = [name for name in numbers.losses if name not in numbers.same]
            return Line(self._task(), f"As in the given valley: {_and(numbers.same)}. Not so: {_and(changed)}.")
        winner = numbers.winner
        if winner in WANTED:
            self.won.setdefault(winner, numbers)
        if len(self.won) == len(WANTED):
            return Line(self._done(), done=True)
        return Line(self._task(), self._standings(numbers))

    def _task(self) -> str:
        if not self.steep_seen and not self.turn_seen:
            return (
                "Mission: settle it. Make the valley 100 times as steep, without a turn, and look whose curve stays on "
                "its pale band. Then the other way round: steepness 1, turned by 45°."
            )
        if not self.turn_seen:
            return "Mission, one part done: now steepness 1 again, and turn the valley by 45°. Whose curve stays?"
        if not self.steep_seen:
            return "Mission, one part done: now without a turn, and 100 times as steep. Whose curve stays?"
        right = "as you predicted" if self.answer == TURNED else f"and you predicted “{self.answer}”"
        missing = ", and one that ".join(f"{name} wins" for name in WANTED if name not in self.won)
        return (
            f"Mission, last part: only the turn makes a difference to RMSprop and Adam, {right}. Each coordinate is "
            "divided by the size of its own gradients, which takes the steepness out; but after the turn no coordinate "
            f"lies along the valley. Now find a race that {missing}: with a loss ten times lower than all others."
        )

    def _not_yet(self, now: Race) -> str:
        valley = now.valley
        if valley.steepness > 1 and valley.turn > 0:
            return "Both at once: you cannot tell which of them did it."
        if valley.steepness == 1 and valley.turn == TURN:
            return (
                f"With steps as long as these SGD leaves the valley anyway. Take a learning rate of {LONGEST} or less."
            )
        if 1 < valley.steepness < STEEP:
            return f"{valley.steepness:.0f} times as steep. Go on to 100."
        if 0 < valley.turn < TURN:
            return f"Turned by {valley.turn:.0f}°. Go on to 45°."
        return ""

    def _standings(self, now: Race) -> str:
        (first, loss), (second, next_loss), *_ = sorted(now.last.items(), key=lambda each: each[1])
        if now.winner:
            return f"{first} wins this one."
        return f"{first} is ahead with {loss:.0e}, then {second} with {next_loss:.0e}: less than a factor of ten."

    def _done(self) -> str:
        told = "; ".join(
            f"{name} with learning rate {won.lr:.3f}, steepness {won.valley.steepness:.0f}, turned by "
            f"{won.valley.turn:.0f}°" for name, won in self.won.items()
        )  # fmt: skip
        return (
            f"Done: {told}. No optimiser is best everywhere. Momentum does not care which way a valley lies, but its "
            "learning rate must fit the steepest direction. RMSprop and Adam do not care how steep it is, and in a "
            "network steepness differs from weight to weight."
        )


class OptimizerRace(Explorer):
    name = "optimizer_race"
    caption = (
        f"Left: lines of equal loss of a valley {RATIO:.0f} times as steep across as along, the cross at its lowest "
        "place, and four runners that start together. Right: their losses, logarithmic, as shares of the loss at the "
        "start; the pale bands are the race in the given valley, steepness 1 without a turn, at the same learning rate."
    )
    mission: SteepAndTurned

    def __init__(
        self,
        sgd_step: Callable[..., Any],
        momentum_step: Callable[..., Any],
        rmsprop_step: Callable[..., Any],
        adam_step: Callable[..., Any],
    ) -> None:
        self.steps = Steps(sgd_step, momentum_step, rmsprop_step, adam_step)
        self._races: dict[tuple[Valley, float], dict[str, Array]] = {}  # one takes 10 ms, and the given one returns
        powers: dict[str, Any] = {"base": 10, "step": 0.05}
        controls = {
            "lr": slider(
                widgets.FloatLogSlider, 10**-1.5, min=-3, max=0, readout_format=".3f", description="learning rate",
                **powers,
            ),
            "steepness": slider(
                widgets.FloatLogSlider, 1, base=10, min=0, max=3, step=0.25, readout_format=".0f",
                description="steepness",
            ),
            "turn": slider(widgets.IntSlider, 0, min=0, max=90, step=5, description="turned by (°)"),
            "step": slider(widgets.IntSlider, STEPS, min=0, max=STEPS, description="step"),
        }  # fmt: skip
        question = (QUESTION, (BOTH, STEEPER, TURNED, NEITHER))
        super().__init__(plots.panels([1.1, 1], height=3.9), controls, SteepAndTurned(), question=question)

    def _race(self, valley: Valley, lr: float) -> dict[str, Array]:
        if (valley, lr) not in self._races:
            self._races[valley, lr] = race(valley, self.steps, lr, STEPS)
        return self._races[valley, lr]

    def look(self, *, lr: float, steepness: float, turn: int, step: int) -> Race:
        given, valley = Valley(), Valley(turn, steepness)
        paths = self._race(valley, lr)
        losses = {name: valley.losses(path) for name, path in paths.items()}
        reference = {name: given.losses(path) for name, path in self._race(given, lr).items()}
        return Race(valley, lr, paths, losses, reference, step)

    def draw_frame(self) -> None:
        plain, losses = self.axes
        plots.valley_frame(REACH, ax=plain)
        plots.race_frame(list(self.steps.runners(0.1)), STEPS, FLOOR, ax=losses)

    def draw(self, numbers: Race) -> None:
        plain, losses = self.axes
        seen = slice(numbers.step + 1)
        plots.valley(numbers.valley.turn, RATIO, ax=plain)
        plots.paths({name: path[seen] for name, path in numbers.paths.items()}, ax=plain)
        plots.race_bands(numbers.given, ax=losses)
        plots.race_curves({name: curve[seen] for name, curve in numbers.losses.items()}, ax=losses)
        lowest = min(numbers.losses, key=lambda name: np.nan_to_num(numbers.losses[name][numbers.step], nan=np.inf))
        plots.note(f"lowest after {numbers.step} steps: {lowest}", ax=losses)

    def describe(self, numbers: Race) -> str:
        losses = ", ".join(
            f"{name} {curve[numbers.step]:.1e}" if np.isfinite(curve[numbers.step]) else f"{name} gone"
            for name, curve in numbers.losses.items()
        )
        return (
            f"Learning rate {numbers.lr:.3f}, steepness {numbers.valley.steepness:.0f}, turned by "
            f"{numbers.valley.turn:.0f}°. The losses after {numbers.step} steps, as shares of the first: {losses}."
        )
