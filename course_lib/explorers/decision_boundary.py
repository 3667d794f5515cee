"""Decision boundary with and without the ReLU: what the non-linearity is for.

    two crescents in the plane -> 2-H-2 networks, trained when the cell runs, with ReLU and without
                               -> logits on a grid, by the learner's mlp_forward (or two linear_forward) -> P(class 1)

The points are made up, by a formula: a picture needs two features, and a digit has 64.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np
from numpy.typing import NDArray

from course_lib import nn, plots
from course_lib.explorers.shell import Array, Explorer, Line, Mission, call, choice, slider
from course_lib.nn import functional

Params = dict[str, Array]
UNITS = (1, 2, 3, 4, 6, 8, 16)
EPOCHS = (0, 1, 2, 4, 8, 15, 30, 60)
EXTENT = (-2.0, 2.0, -1.4, 1.4)
GRID = 56
GOAL = 0.95
ENOUGH_TRIES = 4


def crescents(N: int, noise: float, *, rng: np.random.Generator) -> tuple[Array, NDArray[np.int64]]:
    """Two half circles that interlock, N / 2 points on each, moved by normal noise: X (N, 2) and y (N,), 0 or 1.

    Class 0: (cos t - 0.5, sin t - 0.25); class 1: (0.5 - cos t, 0.25 - sin t), t from 0 to pi.
    """
    t = np.linspace(0, np.pi, N // 2)
    upper = np.stack([np.cos(t) - 0.5, np.sin(t) - 0.25], axis=1)  # (N / 2, 2)
    return np.concatenate([upper, -upper]) + noise * rng.standard_normal((N, 2)), np.repeat([0, 1], N // 2)


def snapshots(X: Array, y: NDArray[np.int64], units: int, *, relu: bool, seed: int) -> dict[int, Params]:
    """Train a 2-units-2 network; its parameters after each number of epochs in EPOCHS."""
    rng = np.random.default_rng(seed)
    hidden: list[nn.Layer] = [nn.Dense(2, units, rng=rng)]
    network = nn.Network([*hidden, *([nn.ReLU()] if relu else []), nn.Dense(units, 2, rng=rng)])
    kept = {0: _copy(network.named_parameters())}
    for progress in nn.train(network, X, y, epochs=EPOCHS[-1], batch_size=20, lr=0.03, optimizer=nn.Adam(), rng=rng):
        if progress.epoch in EPOCHS:
            kept[progress.epoch] = _copy(network.named_parameters())
    return kept


def _copy(params: Any) -> Params:
    return {name: np.array(value, float) for name, value in params.items()}


def linear_network(X: Array, params: Params, linear_forward: Callable[..., Any]) -> Array:
    """The same network without its ReLU: logits = (X W1 + b1) W2 + b2, (N, 2)."""
    W1, b1, W2, b2 = (params[name] for name in ("W1", "b1", "W2", "b2"))
    Z1 = call(linear_forward, X, W1, b1, shape=(len(X), W1.shape[1]))
    return call(linear_forward, Z1, W2, b2, shape=(len(X), W2.shape[1]))


@dataclass(frozen=True)
class Regions:
    """What one network makes of the plane: P(class 1) on a grid (GRID, GRID), and its accuracy on the points."""

    units: int
    epochs: int
    relu: bool
    p: Array
    accuracy: float


class FewestUnits(Mission):
    """Try to get above 95% without the ReLU, see why it fails, and find the fewest units that do it with one."""

    line = Line("Mission: get above 95% without the ReLU. Try several numbers of hidden units, trained to the end.")

    def __init__(self, fewest: int) -> None:
        self.fewest = fewest  # of the networks with the ReLU above 95%
        self.tries: dict[int, float] = {}  # without the ReLU: hidden units -> accuracy

    def see(self, numbers: Regions) -> Line:
        trained = numbers.epochs == EPOCHS[-1]
        if trained and not numbers.relu:
            self.tries[numbers.units] = numbers.accuracy
        if len(self.tries) < ENOUGH_TRIES:
            return Line(self.line.text, self._first(numbers, trained))
        if trained and numbers.relu and numbers.units == self.fewest and numbers.accuracy > GOAL:
            return Line(
                f"Done: with the ReLU {self.fewest} hidden units are enough, for {numbers.accuracy:.1%}. Each unit "
                "folds the plane along one line, and a few folds go round a crescent. Without the ReLU no number of "
                "units helps: X W1 W2 is X times one matrix, and its boundary is one straight line.",
                done=True,
            )
        text = (
            f"It cannot be done: your {len(self.tries)} networks reached {max(self.tries.values()):.1%} at most. "
            "Without the ReLU, (X W1 + b1) W2 + b2 is X times the one matrix W1 W2, plus a constant, so the boundary "
            "stays a straight line. Mission, second half: with the ReLU, what is the smallest number of hidden units "
            "above 95%?"
        )
        return Line(text, self._second(numbers, trained))

    def _first(self, now: Regions, trained: bool) -> str:
        if now.relu:
            return "This network has the ReLU. First try without it."
        if not trained:
            return f"This training was stopped after {now.epochs} epochs. Give it all {EPOCHS[-1]}."
        if len(self.tries) > 1:
            return f"{now.units} hidden units reach {now.accuracy:.1%}. Does their number change the line's shape?"
        return ""

    def _second(self, now: Regions, trained: bool) -> str:
        if not now.relu:
            return ""
        if not trained:
            return f"This training was stopped after {now.epochs} epochs. Give it all {EPOCHS[-1]}."
        if now.accuracy > GOAL:
            return f"{now.accuracy:.1%} with {now.units} hidden units. Fewer are enough."
        return f"Nearly: {now.accuracy:.1%} with {now.units} hidden units. It takes more of them."


class DecisionBoundary(Explorer):
    name = "boundary"
    caption = (
        "200 points of two classes, made up for this picture, and what a network with two inputs makes of the plane: "
        "the line is where it is undecided. The networks were trained when this cell ran, each the best of three "
        "random starts."
    )

    def __init__(self, mlp_forward: Callable[..., Any], linear_forward: Callable[..., Any]) -> None:
        self.mlp_forward, self.linear_forward = mlp_forward, linear_forward
        self.X, self.y = crescents(200, 0.15, rng=np.random.default_rng(0))
        x, y = np.linspace(*EXTENT[:2], GRID), np.linspace(*EXTENT[2:], GRID)
        self.grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)  # (GRID * GRID, 2)
        self.networks = {(units, relu): self._best(units, relu) for units in UNITS for relu in (False, True)}
        enough = [units for units in UNITS if self._accuracy(self.networks[units, True][EPOCHS[-1]], True) > GOAL]
        controls = {
            "relu": choice([("without ReLU", False), ("with ReLU", True)]),
            "units": slider(widgets.SelectionSlider, options=UNITS, description="hidden units"),
            "epochs": slider(widgets.SelectionSlider, options=EPOCHS, value=EPOCHS[-1], description="training epochs"),
        }
        super().__init__(plots.panels([1], height=3.8), controls, FewestUnits(min(enough)))

    def _best(self, units: int, relu: bool) -> dict[int, Params]:
        starts = [snapshots(self.X, self.y, units, relu=relu, seed=seed) for seed in range(3)]
        return max(starts, key=lambda kept: self._accuracy(kept[EPOCHS[-1]], relu))

    def _accuracy(self, params: Params, relu: bool) -> float:
        if relu:
            return functional.accuracy(functional.mlp_forward(self.X, params)[0], self.y)
        return functional.accuracy(linear_network(self.X, params, functional.linear_forward), self.y)

    def look(self, *, relu: bool, units: int, epochs: int) -> Regions:
        params, places = self.networks[units, relu][epochs], np.concatenate([self.X, self.grid])
        if relu:
            logits = call(self.mlp_forward, places, params, shape=(len(places), 2))
        else:
            logits = linear_network(places, params, self.linear_forward)
        N = len(self.X)
        p = functional.softmax(logits[N:])[:, 1].reshape(GRID, GRID)
        return Regions(units, epochs, relu, p, functional.accuracy(logits[:N], self.y))

    def draw_frame(self) -> None:
        plots.plane_frame(EXTENT, ax=self.axes[0])

    def draw(self, numbers: Regions) -> None:
        (ax,) = self.axes
        plots.decision_regions(numbers.p, EXTENT, ax=ax)
        plots.labelled_points(self.X, self.y, ax=ax)
        plots.note(f"{numbers.accuracy:.1%} of the points are on their own side", ax=ax)

    def describe(self, numbers: Regions) -> str:
        network = "A network with the ReLU" if numbers.relu else "A network without the ReLU"
        return (
            f"{network}, {numbers.units} hidden units, after {numbers.epochs} epochs: {numbers.accuracy:.1%} of the "
            f"points are on their own side of the boundary; class 1 has {(numbers.p > 0.5).mean():.0%} of the plane."
        )
