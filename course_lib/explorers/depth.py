"""Initialisation against depth: what becomes of the size of the activations, layer after layer.

    X (200, 64) real digits, standardised -> [Z = A W, A = f(Z)] x depth,  W (64, 64) normal with sd = scale sqrt(2 / 64)

scale 1 is He's initialisation, scale sqrt(1/2) = 0.71 is Xavier's (its variance is 2 / (D + H) = 1 / 64 here).
"""

from collections.abc import Callable, Mapping, Sequence
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
QUESTION = (
    "Predict first: with ReLU and ten layers, what does Xavier's scale, 0.71 of He's, do to the size of the activations?",
    ("It makes them grow", "It keeps them", "It makes them shrink"),
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
    """The activations of each hidden layer at one scale, and their standard deviations."""

    activation: str
    scale: float
    layers: list[Array]

    @property
    def spreads(self) -> Array:
        return np.array([A.std() for A in self.layers])

    @property
    def growth(self) -> float:
        """The last layer's standard deviation over the first's."""
        spreads = self.spreads
        return float(spreads[-1] / spreads[0])


class KeepTheSize(Mission):
    """Predict what Xavier's scale does under ReLU, look, and find a scale that keeps the size through ten layers."""

    line = Line("Mission: predict first; then the sliders are yours.")
    answer = ""
    xavier: float | None = None  # what its scale did: the growth over ten layers
    kept: Depth | None = None

    def predict(self, answer: str) -> Line:
        self.answer = answer
        return self._open("")

    def see(self, numbers: Depth) -> Line:
        if not self.answer:
            return self.line
        whole = numbers.activation == "ReLU" and len(numbers.layers) == DEEPEST
        if whole and abs(np.log(numbers.scale / XAVIER)) < 0.02:
            self.xavier = numbers.growth
        if whole and 0.5 <= numbers.growth <= 2:
            self.kept = numbers
        if self.xavier is not None and self.kept is not None:
            return self._done(self.xavier, self.kept)
        return self._open(self._remark(numbers, whole))

    def _open(self, remark: str) -> Line:
        if self.xavier is None and self.kept is None:
            text = (
                "Mission: with ReLU and ten layers, look what Xavier's scale does. Then find a scale at which the last layer's "
                "standard deviation stays within a factor 2 of the first's."
            )
        elif self.xavier is None:
            text = "Mission, half done: this scale keeps the size. Now settle your prediction: set the scale to 0.71, Xavier's."
        else:
            text = (
                f"Mission, half done: {self._verdict(self.xavier)} Now find a scale at which the last layer's standard "
                "deviation stays within a factor 2 of the first's."
            )
        return Line(text, remark)

    def _remark(self, now: Depth, whole: bool) -> str:
        if not whole:
            return f"This is {now.activation} with {len(now.layers)} of ten layers; the mission is about ReLU with ten."
        if 1 / 3 <= now.growth < 0.5:
            return (
                f"Not quite: the last layer has {now.growth:.2f} times the first's standard deviation. A little larger."
            )
        if 2 < now.growth <= 3:
            return f"Not quite: the last layer has {now.growth:.1f} times the first's standard deviation. A little smaller."
        return ""

    def _verdict(self, growth: float) -> str:
        if self.answer == QUESTION[1][2]:
            return f"your prediction was right. Xavier's scale shrinks them: layer 10 has {growth:.3f} times layer 1's."
        return f"Xavier's scale shrinks them: layer 10 has {growth:.3f} times layer 1's. You expected something else."

    def _done(self, xavier: float, kept: Depth) -> Line:
        right = "as you predicted" if self.answer == QUESTION[1][2] else "which is not what you predicted"
        return Line(
            f"Done: scale {kept.scale:.2f} keeps the size (layer 10 has {kept.growth:.2f} times layer 1's), while Xavier's "
            f"shrinks it to {xavier:.3f}, {right}. ReLU sets half of the values to 0 and so halves the mean square; He's "
            "factor 2 under the root makes up for it in every layer, and Xavier's scale does not.",
            done=True,
        )


class InitScale(Explorer):
    mission: KeepTheSize
    name = "init_scale"
    caption = (
        "Left: how large the activations of each hidden layer are, over 200 standardised digits. Right: their standard "
        "deviation, layer by layer; the green band is within a factor 2 of layer 1. Both axes are logarithmic."
    )

    def __init__(
        self,
        linear_forward: Callable[..., Any] = functional.linear_forward,
        relu: Callable[[Array], Any] = functional.relu,
    ) -> None:
        digits = load("digits")
        rng = np.random.default_rng(2)
        self.X = functional.standardize(digits.X_train, digits.X_train[:200])
        self.weights = [rng.standard_normal((WIDTH, WIDTH)) for _ in range(DEEPEST)]
        self.linear_forward = linear_forward
        self.activations: Mapping[str, Callable[[Array], Any]] = {"ReLU": relu, "tanh": np.tanh}
        controls = {
            "activation": choice(list(self.activations)),
            "scale": slider(
                widgets.FloatLogSlider,
                2**0.5,
                base=2,
                min=-1,
                max=1,
                step=0.025,
                description="scale (1 is He's)",
                readout_format=".2f",
            ),
            "depth": slider(widgets.IntSlider, DEEPEST, min=1, max=DEEPEST, description="hidden layers"),
        }
        super().__init__(
            plots.panels([1, 1.1], height=3.9), controls, KeepTheSize(), frame_needs=["activation"], question=QUESTION
        )

    def look(self, *, activation: str, scale: float, depth: int) -> Depth:
        f = self.activations[activation]
        return Depth(activation, scale, forward_layers(self.X, self.weights[:depth], scale, self.linear_forward, f))

    def draw_frame(self, *, activation: str) -> None:
        histograms, spreads = self.axes
        plots.layer_histograms_frame(DEEPEST, xlabel="size of an activation (zeros left out)", ax=histograms)
        named = {"He": 1.0, "Xavier": XAVIER} if self.mission.answer else {"He": 1.0}  # no answer before the prediction
        references = {
            name: self.look(activation=activation, scale=scale, depth=DEEPEST).spreads for name, scale in named.items()
        }
        plots.spread_frame(references, ylabel="standard deviation", ax=spreads)

    def draw(self, numbers: Depth) -> None:
        histograms, spreads = self.axes
        plots.layer_histograms(numbers.layers, ax=histograms)
        plots.spread_line(numbers.spreads, factor=2, ax=spreads)
        plots.note(f"layer {len(numbers.layers)} has {numbers.growth:.3g} times layer 1's", ax=spreads)
