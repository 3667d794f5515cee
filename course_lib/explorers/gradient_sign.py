"""Will the loss go up or down if this weight grows? Seven situations to predict, each with its answer and the reason.

    a kind (which weight, into which unit) + random numbers -> Situation -> reveal: gradient, loss along the weight, why

One example goes through a 2-3-2 network with ReLU. All numbers are multiples of 1/4, so that signs can be read off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from course_lib.explorers.backprop import Arrays, Functions, Part, run, shown
from course_lib.explorers.shell import Array, LearnerError, call
from course_lib.nn import functional

Answer = Literal["up", "down", "same"]
Kind = Literal["to the right class", "to the wrong class", "from a closed unit", "bias", "positive input",
               "negative input", "into a closed unit"]  # fmt: skip

OUTPUT_KINDS: tuple[Kind, ...] = ("to the right class", "to the wrong class", "from a closed unit")
HIDDEN_KINDS: tuple[Kind, ...] = ("bias", "positive input", "negative input", "into a closed unit")
MOVE = 0.25


@dataclass(frozen=True)
class Situation:
    """A network, one example x (2,) of class y, and the weight in question: params[name][place]."""

    kind: Kind
    params: Arrays
    x: Array
    y: int
    name: str
    place: tuple[int, ...]

    @property
    def weight(self) -> float:
        return float(self.params[self.name][self.place])

    @property
    def unit(self) -> int:
        """The hidden unit that the weight comes from or goes into."""
        return self.place[0] if self.name == "W2" else self.place[-1]

    @property
    def label(self) -> str:
        return f"{self.name}[{', '.join(map(str, self.place))}]"

    def moved(self, by: float) -> Arrays:
        """The parameters with the weight larger by this much."""
        changed = self.params[self.name].copy()
        changed[self.place] += by
        return {**self.params, self.name: changed}

    def numbers(self) -> Arrays:
        """Every array of the pass forward and back, by the course's functions."""
        return run(self.params, self.x[None], np.array([self.y]), Functions())


def situation(kind: Kind, *, rng: np.random.Generator) -> Situation:
    """Random numbers, drawn again until they make a situation of this kind that can be judged by signs.

    The unit is well open or well closed, the network neither sure nor wrong beyond doubt, and a gradient that is not 0
    is at least 0.05.
    """
    while True:
        found = _draw(kind, rng)
        V = found.numbers()
        z, gradient = V["Z1"][0, found.unit], V[f"d{found.name}"][found.place]
        closed = kind in ("from a closed unit", "into a closed unit")
        clear = z < -0.6 and gradient == 0 if closed else z > 0.6 and abs(gradient) > 0.05
        change = Network().loss(found, MOVE) - float(V["L"])  # far enough from a minimum to go the gradient's way
        if clear and np.sign(change) == np.sign(gradient) and 0.15 < V["P"][0, found.y] < 0.85 and (V["Z1"] > 0).any():
            return found


def _draw(kind: Kind, rng: np.random.Generator) -> Situation:
    def quarters(*shape: int) -> Array:
        """Multiples of 1/4 from -1 to 1 without 0."""
        return rng.choice([-1.0, 1.0], shape) * rng.integers(1, 5, shape) / 4

    params = {"W1": quarters(2, 3), "b1": quarters(3), "W2": quarters(3, 2), "b2": quarters(2)}
    x, y, unit = 2 * quarters(2), int(rng.integers(2)), int(rng.integers(3))
    if kind in OUTPUT_KINDS:
        column = {"to the right class": y, "to the wrong class": 1 - y}.get(kind, int(rng.integers(2)))
        return Situation(kind, params, x, y, "W2", (unit, column))
    if kind == "bias":
        return Situation(kind, params, x, y, "b1", (unit,))
    row = int(rng.integers(2))
    if kind != "into a closed unit":
        x[row] = abs(x[row]) if kind == "positive input" else -abs(x[row])
    return Situation(kind, params, x, y, "W1", (row, unit))


def rounds(*, rng: np.random.Generator) -> list[Situation]:
    """One situation of each kind: first weights of the output layer, then of the hidden one, shuffled within each."""
    order = [*rng.permutation(OUTPUT_KINDS).tolist(), *rng.permutation(HIDDEN_KINDS).tolist()]
    return [situation(kind, rng=rng) for kind in order]


# ---- the answer ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Network:
    """The learner's functions, or the course's."""

    mlp_forward: Callable[..., Any] = functional.mlp_forward
    cross_entropy: Callable[..., Any] = functional.cross_entropy
    softmax_cross_entropy_backward: Callable[..., Any] = functional.softmax_cross_entropy_backward
    mlp_backward: Callable[..., Any] = functional.mlp_backward

    def loss(self, now: Situation, by: float) -> float:
        """L with the weight larger by this much."""
        logits = call(self.mlp_forward, now.x[None], now.moved(by), shape=(1, 2))
        return float(call(self.cross_entropy, logits, np.array([now.y]), shape=()))

    def gradient(self, now: Situation) -> float:
        """dL/dw of the weight."""
        cache = functional.mlp_forward(now.x[None], now.params)[1]
        logits = call(self.mlp_forward, now.x[None], now.params, shape=(1, 2))
        dlogits = call(self.softmax_cross_entropy_backward, logits, np.array([now.y]), shape=(1, 2))
        one = Part(self.mlp_backward, now.name)
        return float(call(one, dlogits, now.params, cache, shape=now.params[now.name].shape)[now.place])


@dataclass(frozen=True)
class Revealed:
    """What becomes of the loss: its gradient, its value before and after the weight has grown by MOVE, and why."""

    answer: Answer
    gradient: float
    before: float
    after: float
    why: str


def reveal(now: Situation, network: Network) -> Revealed:
    """The answer, as the loss itself gives it. LearnerError if the gradient says something else."""
    before, after, gradient = network.loss(now, 0), network.loss(now, MOVE), network.gradient(now)
    change = after - before
    answer: Answer = "same" if abs(change) < 1e-12 else "up" if change > 0 else "down"
    if np.sign(gradient) != {"up": 1, "down": -1, "same": 0}[answer]:
        raise LearnerError(
            f"Your mlp_backward returned {gradient:.3f} for {now.label}, but when the weight grows by {MOVE}, the "
            f"loss goes from {before:.3f} to {after:.3f}. They disagree: check mlp_backward."
        )
    return Revealed(answer, gradient, before, after, why(now))


def why(now: Situation) -> str:
    """The reason, in the numbers of the situation."""
    V, h = now.numbers(), now.unit

    def number(array: str, *place: int) -> str:
        return shown(array, float(V[array][place]))

    value = number(f"d{now.name}", *now.place)
    if now.name == "W2":
        c = now.place[1]
        factors = _product(number("A1", 0, h), number("dlogits", 0, c))
        product = f"d{now.label} = A1[{h}] × dlogits[{c}] = {factors} = {value}."
        match now.kind:
            case "from a closed unit":
                return f"{product} Unit {h} is closed, its activation is 0, and 0 times a larger weight is still 0."
            case "to the right class":
                return (
                    f"{product} Unit {h} is open, so the logit of class {c} grows. That is the right class: it "
                    "becomes likelier, and the loss falls."
                )
            case _:
                return (
                    f"{product} Unit {h} is open, so the logit of class {c} grows. That is the wrong class: the "
                    "right one becomes less likely, and the loss rises."
                )
    if now.kind == "into a closed unit":
        return (
            f"Z1[{h}] is {number('Z1', 0, h)}, so unit {h} is closed and stays closed. Nothing of this weight "
            f"reaches the loss, and no gradient comes back: d{now.label} is exactly 0."
        )
    ways = [_product(number("dlogits", 0, c), number("W2", h, c), first=c == 0) for c in (0, 1)]
    arrives = f"Unit {h} is open, so dZ1[{h}] = dA1[{h}] = {' + '.join(ways)} = {number('dZ1', 0, h)}."
    if now.kind == "bias":
        return f"{arrives} A bias is added as it is, so this is its gradient too."
    d = now.place[0]
    product = f"d{now.label} = x[{d}] × dZ1[{h}] = {_product(number('X', 0, d), number('dZ1', 0, h))} = {value}."
    if now.kind == "positive input":
        return f"{arrives} The input is positive and keeps the sign: {product}"
    return f"{arrives} The input is negative and turns the sign round: {product}"


def _product(*texts: str, first: bool = True) -> str:
    """ "0.50 × (−0.25)": negative numbers in parentheses, except at the beginning."""
    return " × ".join(
        f"({text})" if text.startswith("−") and (k or not first) else text for k, text in enumerate(texts)
    )
