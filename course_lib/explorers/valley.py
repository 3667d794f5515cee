"""The loss valley: sliders for the learning rate, momentum and noise, the way down, and the mission."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_lib import plots
from course_lib.explorers.descent import BOTTOM, CURVATURES, LIMIT, START, STEPS, Path, descend, loss
from course_lib.explorers.shell import Explorer, Line, Mission, slider

ALONG, ACROSS, TOGETHER = "Along it, where it is flat", "Across it, where it is steep", "Both at once"
QUESTION = (
    "Predict first: the valley is fifty times as steep across as along. When the learning rate grows and grows, in "
    "which direction does the path fly apart first?"
)
NEAR = 0.02  # how close to the limit the learning rates must be, from both sides
QUICK = 20  # steps to the bottom, for the second half


class LimitThenMomentum(Mission):
    """Predict, close in on the largest learning rate that still comes down, then get down quicker by momentum."""

    line = Line("Mission: predict first; then the sliders are yours.")
    answer = ""
    comes_down = 0.0  # the largest learning rate seen to converge
    flies_apart = np.inf  # the smallest one seen to diverge
    limit_found = False

    def predict(self, answer: str) -> Line:
        self.answer = answer
        return Line(self._text())

    def see(self, numbers: Path) -> Line:
        if not self.answer:
            return self.line
        plain = not numbers.mu and not numbers.noise
        if plain and numbers.diverges:
            self.flies_apart = min(self.flies_apart, numbers.lr)
        elif plain and numbers.arrival is not None:
            self.comes_down = max(self.comes_down, numbers.lr)
        if not self.limit_found:
            self.limit_found = self.flies_apart - self.comes_down <= NEAR
            return Line(self._text(), "" if self.limit_found else self._towards_the_limit(numbers, plain))
        quick = numbers.arrival is not None and numbers.arrival <= QUICK and not numbers.noise
        if quick and numbers.mu:
            return Line(
                f"Done: down in {numbers.arrival} steps, with momentum {numbers.mu:.2f} and learning rate "
                f"{numbers.lr:.3f}. Steps along the valley all point the same way and add up in the velocity; steps "
                "across it change sides and cancel. Without momentum no learning rate takes fewer than 42.",
                done=True,
            )
        return Line(self._text(), self._towards_the_bottom(numbers))

    def _text(self) -> str:
        if not self.limit_found:
            return (
                "Mission: without momentum and without noise, find the largest learning rate with which the path "
                f"still comes down. Close in from both sides, to within {NEAR}."
            )
        verdict = "as you predicted" if self.answer == ACROSS else f"and you predicted “{self.answer}”"
        return (
            f"Half done: it comes down at {self.comes_down:.3f}, and at {self.flies_apart:.3f} it flies apart, across "
            f"the valley, {verdict}. Each step multiplies w2 by 1 − lr × 10, and that is −1 at lr = 2 / 10: two over "
            f"the largest curvature. Mission, second half: with momentum, reach the bottom within {QUICK} steps."
        )

    def _towards_the_limit(self, now: Path, plain: bool) -> str:
        if not plain:
            return "First without momentum and without noise: set both to 0."
        if np.isclose(now.lr, LIMIT):
            return (
                "This one neither comes down nor flies apart: it jumps to and fro across the valley, always as far. "
                "Look just above it and just below."
            )
        if now.diverges:
            return "It flies apart. Try a smaller learning rate."
        if now.arrival is None:
            return f"Safe, but slow: after {STEPS} steps it is not at the bottom. Try a larger learning rate."
        if np.isinf(self.flies_apart):
            return f"It comes down, in {now.arrival} steps. How much more can it take?"
        return f"It comes down, and at {self.flies_apart:.3f} it flies apart. Where between the two does it turn?"

    def _towards_the_bottom(self, now: Path) -> str:
        if now.noise:
            return (
                f"The noise keeps it moving: in the second half it is {now.wandering:.2f} away from the bottom, on "
                "average. Smaller steps wander less and take longer. For the mission, set the noise to 0."
            )
        if not now.mu:
            return "This is without momentum."
        if now.diverges:
            return "It flies apart: with momentum the limit is higher, but there is one."
        if now.arrival is None:
            return "Not at the bottom after all steps. Try a larger learning rate."
        if now.mu > 0.8 and now.arrival > QUICK:
            return f"{now.arrival} steps. The ball rolls past the bottom and comes back: less momentum is quicker here."
        if now.arrival > QUICK:
            return f"{now.arrival} steps. More momentum, or a larger learning rate?"
        return ""


class LossValley(Explorer):
    name = "loss_valley"
    caption = (
        "Left: a hundred steps of gradient descent down a long valley, from the blue dot to the orange one. Each line "
        "is a loss twice as high as the one inside it, and the cross is the bottom. Right: the loss, step by step; the "
        "dotted line is 1% of the loss at the start, and below it counts as the bottom."
    )
    mission: LimitThenMomentum

    def __init__(self, sgd_step: Callable[..., Any], momentum_step: Callable[..., Any]) -> None:
        self.sgd_step, self.momentum_step = sgd_step, momentum_step
        controls = {
            "lr": slider(
                widgets.FloatSlider, 0.05, min=0.005, max=0.4, step=0.005, readout_format=".3f",
                description="learning rate",
            ),
            "mu": slider(widgets.FloatSlider, 0, min=0, max=0.95, step=0.05, description="momentum"),
            "noise": slider(widgets.FloatSlider, 0, min=0, max=3, step=0.25, description="batch noise"),
        }  # fmt: skip
        axes, question = plots.panels([1.6, 1], height=3.6), (QUESTION, (ALONG, ACROSS, TOGETHER))
        super().__init__(axes, controls, LimitThenMomentum(), question=question)

    def look(self, *, lr: float, mu: float, noise: float) -> Path:
        return descend(lr, mu, noise, sgd_step=self.sgd_step, momentum_step=self.momentum_step)

    def draw_frame(self) -> None:
        valley, curve = self.axes
        plots.descent_frame(loss, (-9.5, 9.5, -3.4, 3.4), ax=valley)
        plots.loss_frame(STEPS, 1e-4, 1e4, goal=BOTTOM * float(loss(START)), ax=curve)

    def draw(self, numbers: Path) -> None:
        valley, curve = self.axes
        plots.descent_path(numbers.w, ax=valley)
        plots.loss_line(np.arange(STEPS + 1), numbers.losses, ax=curve)
        plots.note(self._result(numbers), ax=valley)
        plots.note(f"loss {numbers.losses[-1]:.2g} in the end", ax=curve)

    def describe(self, numbers: Path) -> str:
        return (
            f"Learning rate {numbers.lr:.3f}, momentum {numbers.mu:.2f}, noise {numbers.noise:.2f}: "
            f"{self._result(numbers)}. The curvature is {CURVATURES[0]:g} along the valley and {CURVATURES[1]:g} "
            "across it."
        )

    def _result(self, numbers: Path) -> str:
        if numbers.diverges:
            return "it flies apart"
        if numbers.noise:
            return f"second half: {numbers.wandering:.2f} from the bottom, on average"
        if numbers.arrival is None:
            return f"not at the bottom after {STEPS} steps"
        return f"at the bottom after {numbers.arrival} steps"
