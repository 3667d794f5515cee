"""The V-curve: a slider for the step h, the errors at the steps where it has been, the kinks, and the mission.

The whole curve is shown once the best step has been found: until then it would give the answer away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_lib import plots
from course_lib.explorers.gradient_error import ACTIVATIONS, STEPS, Curve, Problem, curve, problem
from course_lib.explorers.shell import Explorer, Line, Mission, choice, slider
from course_lib.nn.gradient_check import numerical_gradient

RIGHT, WRONG = 1e-7, 1e-2  # below: the gradient is right; above: it is wrong, or a kink is in the way


@dataclass(frozen=True)
class View:
    """A curve, the settings it belongs to, and the place of the slider on it."""

    problem: Problem
    scheme: str
    curve: Curve
    at: int  # in STEPS
    visited: frozenset[int]  # in STEPS

    @property
    def h(self) -> float:
        return float(STEPS[self.at])

    @property
    def error(self) -> float:
        return float(self.curve.errors[self.at])

    @property
    def counts(self) -> bool:
        """Whether the mission is about these settings."""
        return self.problem.dtype == "float64" and self.scheme == "central"

    @property
    def is_best(self) -> bool:
        return self.counts and self.error <= 2 * float(self.curve.errors.min())

    @property
    def kinks(self) -> int:
        return int(self.curve.kinks[self.at])

    @property
    def moves(self) -> int:
        """How many pre-activations are moved, all in all: for each example, each weight moves one."""
        return self.curve.crossings.size


# ---- the mission ---------------------------------------------------------------------------------

FIRST = "Mission: for float64 and central differences, find the step h with the smallest error."
SECOND = (
    "Mission, second half: let kinks condemn a right gradient. With float64, central differences and a step of 0.01 "
    "or less, get an error above 1e-2."
)


class BestStepAndKinks(Mission):
    """Find the bottom of the V, then a setting in which kinks make a right gradient look wrong."""

    line = Line(FIRST)
    best: View | None = None

    def see(self, numbers: View) -> Line:
        if self.best is None:
            if numbers.is_best:
                self.best = numbers
                return Line(SECOND, self._why_best(numbers))
            return Line(FIRST, self._not_best(numbers) if numbers.counts else "")
        if numbers.counts and numbers.kinks and numbers.error > WRONG and numbers.h < 0.0101:
            return Line(self._why_kinks(numbers), done=True)
        return Line(SECOND, self._no_kinks(numbers) if numbers.counts else "")

    def _why_best(self, now: View) -> str:
        return (
            f"That is it: {now.error:.0e} at h = {now.h:.0e}. A larger step goes further from the tangent, and the "
            "error grows like h²; with a smaller one the two losses agree in more and more digits, and what "
            "rounding leaves of their difference is divided by h. The best step lies near the cube root of 2e-16, "
            "which is 6e-6."
        )

    def _not_best(self, now: View) -> str:
        smallest = now.curve.errors.min()
        if now.error > 100 * smallest:
            return ""
        side = "smaller" if now.at > now.curve.best else "larger"
        return f"Nearly: {now.error:.0e} here, and {smallest:.0e} is possible. Try a {side} step."

    def _why_kinks(self, now: View) -> str:
        return (
            f"Done: {now.kinks} of {now.moves} moves cross a kink at h = {now.h:.0e}, and the error is "
            f"{now.error:.0e}, although the gradient is right. Left and right of a kink the slopes differ, and the "
            "difference measures neither. Try a smaller step, or other examples, before you look for a bug."
        )

    def _no_kinks(self, now: View) -> str:
        if now.problem.activation != "ReLU":
            return f"The {now.problem.activation} has no kink: its slope never jumps."
        if now.kinks and now.h > 0.0101:
            return "There are kinks, but at this step the curve bends as well. Try a step of 0.01 or less."
        if now.kinks:
            return f"Nearly: a kink is crossed, and the error has jumped to {now.error:.0e}. It is not above 1e-2 yet."
        if now.h > 0.0009:
            return "No kink is crossed yet. Each example brings its own kinks, so with more examples one comes sooner."
        return ""


# ---- the explorer --------------------------------------------------------------------------------


class VCurve(Explorer):
    name = "v_curve"
    caption = (
        "The largest relative error of dW1 in a network with 3 inputs, 4 hidden units and 3 classes, for the steps h "
        "where the slider has been; once you have found the best one, for all. The marks at the bottom are its kinks: "
        "each stands at the step from which it is crossed."
    )

    def __init__(self, numerical_gradient: Callable[..., Any] = numerical_gradient) -> None:
        self.numerical_gradient = numerical_gradient
        self._curves: dict[tuple[str, str, str, int], Curve] = {}  # one takes 30 ms
        self._visited: dict[tuple[str, str, str, int], set[int]] = {}
        self.revealed = False  # the whole curve, from the best step on
        h = slider(
            widgets.FloatLogSlider, 0.1, base=10, min=-12, max=0, step=0.25, description="step h", readout_format=".0e"
        )
        examples = [("1 example", 1), ("8 examples", 8), ("64 examples", 64)]
        controls = {
            "activation": choice(ACTIVATIONS, value="sigmoid"),
            "dtype": choice(["float64", "float32"]),
            "scheme": choice(["central", "one-sided"]),
            "batch": choice(examples, value=8),
            "h": h,
        }
        for control in controls.values():
            control.layout.flex = "0 1 auto"  # side by side
            control.layout.margin = "2px 18px 8px 2px"
        settings = ["activation", "dtype", "scheme", "batch"]
        super().__init__(plots.panels([1], height=4.2), controls, BestStepAndKinks(), frame_needs=settings)

    def look(self, *, activation: str, dtype: str, scheme: str, batch: int, h: float) -> View:
        at, settings = int(np.abs(STEPS - h).argmin()), (activation, dtype, scheme, batch)
        now = self._curve(*settings)
        self._visited.setdefault(settings, set()).add(at)
        view = View(problem(activation, dtype, batch), scheme, now, at, frozenset(self._visited[settings]))
        if view.is_best and not self.revealed:
            self.revealed, self._framed = True, None  # the next frame has the curve, and this picture too
        return view

    def _curve(self, activation: str, dtype: str, scheme: str, batch: int) -> Curve:
        settings = (activation, dtype, scheme, batch)
        if settings not in self._curves:
            self._curves[settings] = curve(problem(activation, dtype, batch), scheme, self.numerical_gradient)
        return self._curves[settings]

    def draw_frame(self, **settings: Any) -> None:
        (ax,) = self.axes
        now = self._curve(**settings)
        words = {} if settings["dtype"] == "float64" else {"above": "wrong, a kink, or the rounding of float32"}
        plots.step_error_frame(RIGHT, WRONG, **words, ax=ax)
        plots.step_marks(now.crossings.ravel(), ax=ax)
        self._curve_in_frame = self.revealed
        if self.revealed:
            self._draw_whole(now)

    def _draw_whole(self, now: Curve) -> None:
        (ax,) = self.axes
        plots.step_error(STEPS, now.errors, ax=ax)
        for name, branch in (("rounding", now.rounding), ("truncation", now.truncation)):
            if branch is not None:
                plots.power_law(branch.slope, branch.level, branch.low, branch.high, name=name, ax=ax)

    def draw(self, numbers: View) -> None:
        (ax,) = self.axes
        if self.revealed and not self._curve_in_frame:
            self._draw_whole(numbers.curve)
        elif not self.revealed:
            seen = np.isin(np.arange(len(STEPS)), list(numbers.visited))
            plots.step_error(STEPS, np.where(seen, numbers.curve.errors, np.nan), ax=ax)
        crossings = numbers.curve.crossings
        plots.step_marks(crossings[crossings < numbers.h], colour=plots.ORANGE, ax=ax)
        plots.step_dot(numbers.h, numbers.error, ax=ax)
        plots.note(f"h = {numbers.h:.1e}:   error {numbers.error:.1e},   {self._kinks(numbers)}", ax=ax)

    def describe(self, numbers: View) -> str:
        return (
            f"{numbers.problem.activation}, {numbers.problem.dtype}, {numbers.scheme} differences. "
            f"At h = {numbers.h:.1e} the relative error is {numbers.error:.1e}, {self._kinks(numbers)}."
        )

    def still(self) -> bytes:
        """Where there is no page there is no slider to search with: the whole curve."""
        with self._lock:
            revealed = self.revealed
            self._reveal(True)
            file = self.picture.file
            self._reveal(revealed)
        return file

    def _reveal(self, revealed: bool) -> None:
        self.revealed, self._framed = revealed, None
        self._moved(None)

    def _kinks(self, numbers: View) -> str:
        if numbers.problem.activation != "ReLU":
            return "no kinks"
        return f"{numbers.kinks} of {numbers.moves} kinks crossed"
