"""Depth with and without batch norm: two sliders, the sizes of activations and gradients, a prediction, a mission."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_lib import plots
from course_lib.data import load
from course_lib.explorers.shell import Explorer, Line, Mission, slider
from course_lib.explorers.signals import Functions, Signals, signals
from course_lib.nn import functional

IMAGES, WIDTH, DEEPEST = 100, 64, 24
ASKED = 20  # layers, in the question and the mission

SAME, TWICE, MILLION = "about as large", "twice as large", "more than 100,000 times as large"
QUESTION = (
    "Predict first: 20 layers with batch norm, and weights twice as large as He's. How large are the activations of "
    "layer 20, beside those of layer 1?"
)


@dataclass(frozen=True)
class Both:
    """The same weights without batch norm and with it."""

    scale: float
    depth: int
    plain: Signals
    normed: Signals


class WhatItKeeps(Mission):
    """See that batch norm keeps the activations at any scale; then that it does not keep the gradients."""

    line = Line("Mission: predict first; then the sliders are yours.")
    answer = ""
    settled: Both | None = None

    def predict(self, answer: str) -> Line:
        self.answer = answer
        return Line(self._task())

    def see(self, numbers: Both) -> Line:
        if not self.answer:
            return self.line
        if self.settled is None:
            if numbers.depth >= ASKED and numbers.scale >= 1.99:
                self.settled = numbers
                return Line(self._task(), self._told(numbers))
            return Line(self._task(), self._on_the_way(numbers))
        if numbers.depth >= ASKED and 0.5 <= numbers.plain.backward <= 2 and numbers.normed.backward > 10:
            return Line(self._done(numbers), done=True)
        return Line(self._task(), self._gradients(numbers))

    def _task(self) -> str:
        if self.settled is None:
            return f"Mission: settle it. Make the weights twice as large as He's, at {ASKED} layers or more."
        right = "as you predicted" if self.answer == SAME else f"and you predicted “{self.answer}”"
        kept = f"layer {self.settled.depth} has {self.settled.normed.forward:.2f} times the activations of layer 1"
        return (
            f"Mission, second half: with batch norm {kept}, {right}. Every layer is scaled again, so the weights' size "
            f"does not matter. Now the gradients: find a scale at which {ASKED} layers carry them back better without "
            "batch norm than with it."
        )

    def _told(self, now: Both) -> str:
        return f"Without batch norm it has {now.plain.forward:,.0f} times those of layer 1."

    def _on_the_way(self, now: Both) -> str:
        if now.depth < ASKED:
            return f"These are {now.depth} layers; the mission is about {ASKED} or more."
        if now.scale > 1:
            return f"{now.scale:.2f} times He's scale. Go on to 2."
        return ""

    def _gradients(self, now: Both) -> str:
        if now.depth < ASKED:
            return f"These are {now.depth} layers; the mission is about {ASKED} or more."
        return (
            f"Layer 1 has {now.plain.backward:.2g} times the gradients of layer {now.depth} without batch norm, and "
            f"{now.normed.backward:.2g} times with it. Which would be best?"
        )

    def _done(self, now: Both) -> str:
        a_layer = now.normed.backward ** (1 / (now.depth - 1))
        return (
            f"Done: at scale {now.scale:.2f} the gradients of layer 1 are {now.plain.backward:.2f} times those of "
            f"layer {now.depth} without batch norm, and {now.normed.backward:.0f} times with it: each layer on the way "
            f"back multiplies them by about {a_layer:.2f}, at every scale of the weights. Batch norm makes the size of "
            "the weights harmless. It does not make depth free; for that, connections that skip layers were invented."
        )


class BatchNormDepth(Explorer):
    name = "batch_norm_depth"
    caption = (
        f"The same weights without batch norm (blue) and with it (orange), on {IMAGES} digits, {WIDTH} units a layer, "
        "before any training. Left: the standard deviation of each layer's activations. Right: the size of the "
        "gradients that come back to it (of what comes into its ReLU). Both axes are logarithmic."
    )
    mission: WhatItKeeps

    def __init__(self, functions: Functions) -> None:
        digits = load("digits")
        self.X = functional.standardize(digits.X_train, digits.X_train[:IMAGES])
        self.y = digits.y_train[:IMAGES]
        rng = np.random.default_rng(0)
        self.weights = [rng.standard_normal((WIDTH, WIDTH)) for _ in range(DEEPEST)]
        self.last = rng.standard_normal((WIDTH, 10))
        self.functions = functions
        scale: dict[str, Any] = {"base": 2, "min": -1, "max": 1, "step": 0.05, "readout_format": ".2f"}
        controls = {
            "scale": slider(widgets.FloatLogSlider, 1, description="scale (1 is He's)", **scale),
            "depth": slider(widgets.IntSlider, ASKED, min=2, max=DEEPEST, description="hidden layers"),
        }
        question = (QUESTION, (SAME, TWICE, MILLION))
        super().__init__(plots.panels([1, 1], height=3.7), controls, WhatItKeeps(), question=question)

    def look(self, *, scale: float, depth: int) -> Both:
        weights = [*self.weights[:depth], self.last]
        plain, normed = (
            signals(self.X, self.y, weights, scale, self.functions, batch_norm=each) for each in (False, True)
        )
        return Both(scale, depth, plain, normed)

    def draw_frame(self) -> None:
        activations, gradients = self.axes
        names = ["without batch norm", "with batch norm"] if self.mission.answer else ["without batch norm"]
        plots.layer_sizes_frame(
            DEEPEST, ylabel="size of the activations", limits=(1e-7, 1e7), names=names, ax=activations
        )
        plots.layer_sizes_frame(DEEPEST, ylabel="size of the gradients", limits=(1e-10, 1e4), ax=gradients)

    def draw(self, numbers: Both) -> None:
        activations, gradients = self.axes
        seen = [numbers.plain, numbers.normed] if self.mission.answer else [numbers.plain]  # not before the prediction
        plots.layer_sizes([each.activations for each in seen], ax=activations)
        plots.layer_sizes([each.gradients for each in seen], ax=gradients)

    def describe(self, numbers: Both) -> str:
        told = (
            f"Scale {numbers.scale:.2f}, {numbers.depth} hidden layers. Without batch norm the activations change by a "
            f"factor {numbers.plain.forward:.2g} from the first layer to the last, the gradients by "
            f"{numbers.plain.backward:.2g} from the last to the first"
        )
        if not self.mission.answer:
            return f"{told}."
        return f"{told}; with batch norm by {numbers.normed.forward:.2g} and {numbers.normed.backward:.2g}."
