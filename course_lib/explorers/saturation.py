"""Activation and saturation: a unit whose slope is 0 learns nothing.

    X (200, 64) real digits, standardised -> Z = X W, W normal with sd = scale / sqrt(64) -> A = f(Z), f'(Z)

Z then has a standard deviation of about `scale`. A unit counts as saturated for an image if |f'(z)| < 0.01.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np
from numpy.typing import NDArray

from course_lib import plots
from course_lib.data import load
from course_lib.explorers.shell import Array, Explorer, Line, Mission, call, choice, slider
from course_lib.nn import functional

Activation = Callable[[Array], Any]
UNITS, FLAT = 50, 0.01
HIGHEST = {"sigmoid": 1, "ReLU": 20}  # the right end of the histogram


def slope(f: Activation, z: Array) -> Array:
    """f'(z) by a central difference of step 1e-4: it needs no formula, so it works for any f, the learner's too."""
    h = 1e-4
    return (call(f, z + h, shape=z.shape) - call(f, z - h, shape=z.shape)) / (2 * h)


@dataclass(frozen=True)
class Layer:
    """One layer at one scale: its activations A, which of them are saturated, and a single unit at z."""

    function: str
    scale: float
    A: Array
    saturated: NDArray[np.bool_]
    z: float
    a: float
    slope: float

    @property
    def share(self) -> float:
        """The part of all units, over all images, that is saturated."""
        return float(self.saturated.mean())


def layer(function: str, f: Activation, Z1: Array, scale: float, z: float) -> Layer:
    """A layer with pre-activations scale * Z1, and one more unit with pre-activation z."""
    Z = np.append(scale * Z1.ravel(), z)[:, None]
    A, slopes = call(f, Z, shape=Z.shape), slope(f, Z)
    saturated = np.abs(slopes[:-1]) < FLAT
    return Layer(function, scale, A[:-1], saturated, z, float(A[-1, 0]), float(slopes[-1, 0]))


class Saturate(Mission):
    """First saturate more than half of the sigmoid units; then see what ReLU does at that scale."""

    line = Line(
        "Mission: find a weight scale at which more than half of the sigmoid units are saturated. Then switch to ReLU "
        "at that scale, and compare."
    )
    reached: Layer | None = None

    def see(self, numbers: Layer) -> Line:
        if numbers.function == "sigmoid" and numbers.share > 0.5:
            self.reached = numbers
        return self._first(numbers) if self.reached is None else self._second(numbers, self.reached)

    def _first(self, now: Layer) -> Line:
        if now.function == "ReLU":
            remark = (
                f"This is ReLU, with {now.share:.0%} saturated at every scale. The mission starts with the sigmoid."
            )
        elif now.share > 0.25:
            remark = f"Not yet: {now.share:.0%} are saturated. Larger weights push more of them to the ends."
        else:
            remark = ""
        return Line(self.line.text, remark)

    def _second(self, now: Layer, reached: Layer) -> Line:
        if now.function == "ReLU" and np.isclose(now.scale, reached.scale, rtol=0.01):
            return Line(
                f"Done: at scale {now.scale:.1f}, {reached.share:.0%} of the sigmoid units have almost no slope and "
                f"hardly learn. ReLU has slope 0 for {now.share:.0%}, those with a negative z, at this scale and at "
                "every other; the rest keep slope 1, however large z is.",
                done=True,
            )
        text = (
            f"Mission, second half: at scale {reached.scale:.1f}, {reached.share:.0%} of the sigmoid units are "
            "saturated. Leave the scale there, switch to ReLU and compare."
        )
        other = f"Nearly: to compare like with like, bring the scale back to {reached.scale:.1f}."
        return Line(text, other if now.function == "ReLU" else "")


class Saturation(Explorer):
    name = "activations"
    caption = (
        "Left: an activation function, its slope, and one unit at z. Right: the activations of a layer of 50 units "
        "over 200 standardised digits; orange are the saturated ones, whose slope is below 0.01."
    )

    def __init__(self, relu: Activation, sigmoid: Activation) -> None:
        self.functions = {"sigmoid": sigmoid, "ReLU": relu}
        digits = load("digits")
        X = functional.standardize(digits.X_train, digits.X_train[:200])
        self.Z1 = X @ np.random.default_rng(0).standard_normal((64, UNITS)) / np.sqrt(64)
        z = {"min": -8, "max": 8, "step": 0.1, "readout_format": ".1f", "description": "z of the one unit"}
        scale = {"min": -1, "max": 1.3, "step": 0.02, "readout_format": ".1f", "description": "weight scale"}
        controls = {
            "function": choice(self.functions),
            "z": slider(widgets.FloatSlider, 1, **z),
            "scale": slider(widgets.FloatLogSlider, 1, **scale),
        }
        super().__init__(plots.panels([1, 1]), controls, Saturate(), frame_needs=["function"])

    def look(self, *, function: str, z: float, scale: float) -> Layer:
        return layer(function, self.functions[function], self.Z1, scale, z)

    def draw_frame(self, *, function: str) -> None:
        f = self.functions[function]
        curve, histogram = self.axes
        curves = {function: lambda z: call(f, z, shape=z.shape), "its slope": lambda z: slope(f, z)}
        plots.activation_curves(curves, limit=8, ax=curve)
        xlabel = "activation" if function == "sigmoid" else "activation (20 means 20 or more)"
        plots.histogram_frame(0, HIGHEST[function], xlabel=xlabel, ax=histogram)

    def draw(self, numbers: Layer) -> None:
        curve, histogram = self.axes
        plots.point(numbers.z, numbers.a, ax=curve)
        plots.note(f"z = {numbers.z:.1f}:  activation {numbers.a:.3f},  slope {numbers.slope:.3f}", ax=curve)
        plots.histogram(numbers.A, 0, HIGHEST[numbers.function], stressed=numbers.saturated, ax=histogram)
        plots.note(f"saturated: {numbers.share:.0%} of the units", ax=histogram)

    def describe(self, numbers: Layer) -> str:
        return (
            f"{numbers.function}: at z = {numbers.z:.1f} the activation is {numbers.a:.3f} and the slope "
            f"{numbers.slope:.3f}. At weight scale {numbers.scale:.1f}, {numbers.share:.0%} of the units are saturated."
        )
