"""Initialisation against depth: what becomes of the size of the activations, layer after layer.

    X (200, 64) real digits, standardised -> [Z = A W, A = f(Z)] x depth, W (64, 64) normal with sd = scale sqrt(2 / 64)

Scale 1 is He's initialisation, scale sqrt(1/2) = 0.71 is Xavier's (its variance is 2 / (D + H) = 1 / 64 here).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_lib import plots
from course_lib.data import load
from course_lib.explorers.shell import Array, Explorer, Line, Mission, call, choice, slider
from course_lib.nn import functional

WIDTH, DEEPEST = 64, 10
XAVIER = float(np.sqrt(0.5))
GROW, KEEP, SHRINK = "It makes them grow", "It keeps them", "It makes them shrink"
QUESTION = (
    "Predict first: with ReLU and ten layers, what does Xavier's scale, 0.71 of He's, do to the activations' size?"
)


def forward_layers(
    X: Array, weights: Sequence[Array], scale: float, linear_forward: Callable[..., Any], f: Callable[[Array], Any]
) -> list[Array]:
    """The activations of each layer: A = f(A W), W = scale sqrt(2 / D) G for each G (D, H) in `weights`, no biases."""
    A, layers = X, []
    for G in weights:
        D, H = G.shape
        Z = call(linear_forward, A, scale * np.sqrt(2 / D) * G, np.zeros(H), shape=(len(A), H))
        A = call(f, Z, shape=Z.shape)
        layers.append(A)
    return layers


@dataclass(frozen=True)
class Depth:
    """The activations of each hidden layer at one scale."""

    activation: str
    scale: float
    layers: list[Array]

    @property
    def spreads(self) -> Array:
        """The standard deviation of each layer's activations."""
        return np.array([A.std() for A in self.layers])

    @property
    def growth(self) -> float:
        """The last layer's standard deviation over the first's."""
        return float(self.layers[-1].std() / self.layers[0].std())


class KeepTheSize(Mission):
    """Predict what Xavier's scale does under ReLU, look, and find a scale that keeps the size through ten layers."""

    line = Line("Mission: predict first; then the sliders are yours.")
    answer = ""
    xavier: Depth | None = None
    kept: Depth | None = None

    def predict(self, answer: str) -> Line:
        self.answer = answer
        return Line(self._text())

    def see(self, numbers: Depth) -> Line:
        if not self.answer:
            return self.line
        counts = numbers.activation == "ReLU" and len(numbers.layers) == DEEPEST
        if counts and np.isclose(numbers.scale, XAVIER, rtol=0.02):
            self.xavier = numbers
        if counts and 0.5 <= numbers.growth <= 2:
            self.kept = numbers
        done = self.xavier is not None and self.kept is not None
        return Line(self._text(), "" if done else self._remark(numbers, counts), done)

    def _text(self) -> str:
        if self.xavier and self.kept:
            return (
                f"Done: scale {self.kept.scale:.2f} keeps the size, layer 10 has {self.kept.growth:.2f} times the "
                f"standard deviation of layer 1; with Xavier's it has {self.xavier.growth:.3f} times. ReLU sets half "
                "of the values to 0 and so halves the mean square in every layer; the factor 2 in He's variance makes "
                "up for it."
            )
        if self.kept:
            return (
                "Mission, half done: this scale keeps the size. Now settle your prediction: set the scale to 0.71, "
                "which is Xavier's."
            )
        if self.xavier and self.answer == SHRINK:
            return (
                f"Mission, half done: you were right, with Xavier's scale layer 10 has {self.xavier.growth:.3f} times "
                "the standard deviation of layer 1. Now find a scale that keeps it within a factor 2."
            )
        if self.xavier:
            return (
                f"Mission, half done: Xavier's scale makes them shrink. Layer 10 has {self.xavier.growth:.3f} times "
                "the standard deviation of layer 1. Now find a scale that keeps it within a factor 2."
            )
        return (
            "Mission: with ReLU and ten layers, look what Xavier's scale, 0.71, does. Then find a scale at which the "
            "last layer's standard deviation stays within a factor 2 of the first's."
        )

    def _remark(self, now: Depth, counts: bool) -> str:
        if not counts:
            return f"This is {now.activation} at depth {len(now.layers)}; the mission is about ReLU at depth {DEEPEST}."
        if not self.kept and 1 / 4 <= now.growth < 0.5:
            return f"Nearly: the last layer has {now.growth:.2f} times the first's standard deviation. Go a little up."
        if not self.kept and 2 < now.growth <= 4:
            return (
                f"Nearly: the last layer has {now.growth:.2f} times the first's standard deviation. Go a little down."
            )
        return ""


class InitScale(Explorer):
    name = "init_scale"
    caption = (
        "Left: how large the activations of each hidden layer are, over 200 standardised digits. Right: their standard "
        "deviation, layer by layer; the green band is within a factor 2 of layer 1. Both axes are logarithmic."
    )
    mission: KeepTheSize

    def __init__(self, linear_forward: Callable[..., Any], relu: Callable[[Array], Any]) -> None:
        digits = load("digits")
        self.X = functional.standardize(digits.X_train, digits.X_train[:200])
        self.weights = list(np.random.default_rng(2).standard_normal((DEEPEST, WIDTH, WIDTH)))
        self.linear_forward = linear_forward
        self.activations: dict[str, Callable[[Array], Any]] = {"ReLU": relu, "tanh": np.tanh}
        scale = {
            "base": 2,
            "min": -1,
            "max": 1,
            "step": 0.025,
            "readout_format": ".2f",
            "description": "scale (1 is He's)",
        }
        controls = {
            "activation": choice(self.activations),
            "scale": slider(widgets.FloatLogSlider, 2**0.5, **scale),
            "depth": slider(widgets.IntSlider, DEEPEST, min=1, max=DEEPEST, description="hidden layers"),
        }
        axes, question = plots.panels([1, 1.1], height=3.9), (QUESTION, (GROW, KEEP, SHRINK))
        super().__init__(axes, controls, KeepTheSize(), frame_needs=["activation"], question=question)

    def look(self, *, activation: str, scale: float, depth: int) -> Depth:
        f = self.activations[activation]
        return Depth(activation, scale, forward_layers(self.X, self.weights[:depth], scale, self.linear_forward, f))

    def draw_frame(self, *, activation: str) -> None:
        histograms, spreads = self.axes
        plots.layer_histograms_frame(DEEPEST, xlabel="size of an activation (zeros left out)", ax=histograms)
        scales = {"He": 1.0, "Xavier": XAVIER} if self.mission.answer else {"He": 1.0}  # not before the prediction
        references = {
            name: self.look(activation=activation, scale=scale, depth=DEEPEST).spreads for name, scale in scales.items()
        }
        plots.spread_frame(references, ylabel="standard deviation", ax=spreads)

    def draw(self, numbers: Depth) -> None:
        histograms, spreads = self.axes
        plots.layer_histograms(numbers.layers, ax=histograms)
        plots.spread_line(numbers.spreads, factor=2, ax=spreads)
        plots.note(f"layer {len(numbers.layers)} has {numbers.growth:.3g} times layer 1's", ax=spreads)

    def describe(self, numbers: Depth) -> str:
        spreads = ", ".join(f"{s:.2g}" for s in numbers.spreads)
        return (
            f"{numbers.activation}, scale {numbers.scale:.2f}: the standard deviations, layer by layer, are {spreads}."
        )
