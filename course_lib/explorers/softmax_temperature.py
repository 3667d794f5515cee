"""Softmax temperature: divide the logits by T before the softmax.

    one test digit -> logits (10,) of a network trained on the spot -> softmax(logits / T) -> P (10,), entropy

Entropy: H = -sum_c P_c ln P_c in nats, 0 when one class is certain, ln 10 = 2.30 when all ten are equally likely.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_lib import nn, plots
from course_lib.data import load
from course_lib.explorers.shell import Array, Explorer, LearnerError, Line, Mission, call, slider
from course_lib.nn import functional

SHARP, FLAT = 0.99, 0.12


def entropy(P: Array) -> float:
    """-sum_c P_c ln P_c, in nats; a class with P_c = 0 adds nothing."""
    p = P[P > 0]
    return float(-(p * np.log(p)).sum())


@dataclass(frozen=True)
class Prediction:
    """P (C,) at temperature T."""

    T: float
    P: Array

    @property
    def top(self) -> float:
        return float(self.P.max())


def at_temperature(softmax: Callable[[Array], Any], logits: Array, T: float) -> Prediction:
    """softmax(logits / T) for one row of logits (C,). LearnerError if it does not add up to 1."""
    P = call(softmax, logits[None] / T, shape=(1, len(logits)))[0]
    if abs(P.sum() - 1) > 1e-3:
        raise LearnerError(f"Your softmax should add up to 1 over the classes, but here it adds up to {P.sum():.3f}.")
    return Prediction(T, P)


def unsure_digit() -> tuple[Array, int, Array]:
    """Train 64-32-10 on the digits; of the test images, the one it is about 60% sure of: pixels, label, logits."""
    digits = load("digits")
    X_train, X_test = (functional.standardize(digits.X_train, X) for X in (digits.X_train, digits.X_test))
    network = nn.mlp([64, 32, 10], rng=np.random.default_rng(0))
    nn.fit(network, X_train, digits.y_train, epochs=10, batch_size=32, lr=0.1, rng=np.random.default_rng(1))
    logits = network.forward(X_test).astype(float)
    n = int(np.abs(functional.softmax(logits).max(axis=1) - 0.6).argmin())
    return digits.X_test[n], int(digits.y_test[n]), logits[n]


class SharpAndFlat(Mission):
    """A temperature that makes one class certain, and one that makes all alike."""

    line = Line(
        "Mission: find a temperature at which one class gets more than 99%, and another at which no class gets more "
        "than 12%."
    )
    sharp: Prediction | None = None
    flat: Prediction | None = None

    def see(self, numbers: Prediction) -> Line:
        if numbers.top > SHARP:
            self.sharp = numbers
        if numbers.top < FLAT:
            self.flat = numbers
        if self.sharp and self.flat:
            return Line(
                f"Done: at T = {self.sharp.T:.2f} one class gets {self.sharp.top:.1%}, at T = {self.flat.T:.0f} none "
                f"gets more than {self.flat.top:.1%}. The order of the classes is the same in both: a temperature "
                "makes all gaps between logits wider or narrower, and never swaps two of them.",
                done=True,
            )
        if self.sharp:
            text = (
                f"Mission, half done: at T = {self.sharp.T:.2f} one class gets {self.sharp.top:.1%}. Now find a "
                "temperature at which no class gets more than 12%."
            )
        elif self.flat:
            text = (
                f"Mission, half done: at T = {self.flat.T:.0f} no class gets more than {self.flat.top:.1%}. Now find a "
                "temperature at which one class gets more than 99%."
            )
        else:
            text = self.line.text
        return Line(text, self._near(numbers.top))

    def _near(self, top: float) -> str:
        if not self.sharp and 0.9 < top <= SHARP:
            return f"Nearly: the likeliest class has {top:.1%}. A smaller T widens the gaps between the logits further."
        if not self.flat and FLAT <= top < 0.2:
            return f"Nearly: the likeliest class has {top:.1%}. A larger T narrows the gaps between the logits further."
        return ""


class SoftmaxTemperature(Explorer):
    name = "temperature"
    caption = (
        "Left: a test digit that a small network, trained when this cell ran, is unsure of. Middle: the network's "
        "logits. Right: what the softmax makes of the logits divided by T. The entropy is 0 when one class is certain "
        "and 2.30 when all ten are equally likely."
    )

    def __init__(self, softmax: Callable[[Array], Any]) -> None:
        self.softmax = softmax
        self.image, self.label, self.logits = unsure_digit()
        T = {"min": -1.5, "max": 2, "step": 0.025, "readout_format": ".2f", "description": "temperature T"}
        controls = {"T": slider(widgets.FloatLogSlider, 1, **T)}
        super().__init__(plots.panels([0.6, 1, 1.7]), controls, SharpAndFlat())

    def look(self, *, T: float) -> Prediction:
        return at_temperature(self.softmax, self.logits, T)

    def draw_frame(self) -> None:
        image, logits, probabilities = self.axes
        plots.image_grid(self.image[None], titles=[f"labelled {self.label}"], ax=image)
        plots.logit_bars(self.logits, ax=logits)
        plots.note("logits", ax=logits)
        plots.probability_frame(len(self.logits), ax=probabilities)

    def draw(self, numbers: Prediction) -> None:
        ax = self.axes[-1]
        plots.probability_bars(numbers.P, ax=ax)
        plots.note(f"T = {numbers.T:.2f},  entropy {entropy(numbers.P):.2f} nats", ax=ax)

    def describe(self, numbers: Prediction) -> str:
        shares = ", ".join(f"{c}: {p:.1%}" for c, p in enumerate(numbers.P))
        return f"At T = {numbers.T:.2f} the entropy is {entropy(numbers.P):.2f} nats. The probabilities are {shares}."
