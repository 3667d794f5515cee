"""The two missions of the training desk: make training diverge with a small learning rate, and reach 97%."""

from __future__ import annotations

import math
from dataclasses import dataclass

from course_lib.explorers.digit_run import TrainingRun
from course_lib.explorers.learner_step import EPOCHS, Settings
from course_lib.explorers.shell import Line, Mission

GOAL = 0.97
SMALL = 0.05  # a learning rate this small does not diverge without strong momentum, or momentum and tiny batches


@dataclass(frozen=True)
class View:
    """What there is to see: the newest run and those before it, where the sliders are, and whether the run is over."""

    run: TrainingRun
    earlier: tuple[TrainingRun, ...]
    settings: Settings
    hidden: int
    over: bool


class DivergeAndReach(Mission):
    """Two missions, done in any order. Every run counts with the largest learning rate that it was given."""

    line = Line("")
    diverged_at = math.inf  # the smallest learning rate with which a run has diverged
    reached: tuple[float, float] | None = None  # (epoch, accuracy) at which a run came to the goal

    def see(self, numbers: View) -> Line:
        run = numbers.run
        if run.diverged:
            self.diverged_at = min(self.diverged_at, run.largest_lr)
        if self.reached is None and run.best[1] >= GOAL:
            self.reached = run.best
        done = self.diverged_at <= SMALL and self.reached is not None
        return Line(f"{self._first()}\n{self._second()}", "" if done else self._remark(numbers), done)

    def _first(self) -> str:
        if self.diverged_at <= SMALL:
            return (
                f"First mission done: it diverged with a learning rate of {self.diverged_at:.2g}. Momentum makes steps "
                "up to 1 / (1 − momentum) times as long, and small batches send them astray. So how high is too high "
                "depends on both."
            )
        so_far = f" Your smallest so far is {self.diverged_at:.2g}." if self.diverged_at < math.inf else ""
        return (
            f"First mission: make training diverge with a learning rate as small as you can, {SMALL} or less.{so_far}"
        )

    def _second(self) -> str:
        if self.reached:
            epoch, accuracy = self.reached
            return f"Second mission done: {accuracy:.1%} on the validation digits after epoch {epoch:.0f}."
        return f"Second mission: reach {GOAL:.0%} on the validation digits within {EPOCHS} epochs."

    def _remark(self, now: View) -> str:
        """A near miss, and what to try: of the divergence if there is one, else of the accuracy."""
        run = now.run
        if not run.settings:
            return ""
        if run.diverged and self.diverged_at > SMALL:
            last = run.settings[-1]
            begin = f"Diverged, with a learning rate of {run.largest_lr:.2g}."
            if not last.mu:
                return f"{begin} A tenth of it can be enough. What else makes a step longer?"
            if last.mu < 0.95:
                return f"{begin} Momentum {last.mu:g} adds up {1 / (1 - last.mu):.0f} steps. More of it adds up more."
            return f"{begin} Smaller batches are noisier, and noise adds up as well."
        if run.diverged or not now.over or self.reached or not run.validation:
            return ""
        epoch, accuracy = run.best
        if accuracy < 0.9:
            return ""
        begin = f"Nearly: {accuracy:.1%}, after epoch {epoch:.0f}." if accuracy >= 0.955 else f"{accuracy:.1%} so far."
        if epoch >= EPOCHS - 1 and run.validation[-1][2] >= accuracy:
            return f"{begin} It was still rising when the run ended: larger steps would have been there sooner."
        return f"{begin} It has stopped rising. Try other steps, or more hidden units."
