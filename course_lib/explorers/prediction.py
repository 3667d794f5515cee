"""Predict the sign: a network, one weight, and the question what becomes of the loss; then the gradient and the loss.

a button -> the prediction is kept -> gradient_sign.reveal, by the learner's functions -> the loss moves, and why
"""

from __future__ import annotations

from dataclasses import dataclass

import ipywidgets as widgets
import numpy as np

from course_lib import plots
from course_lib.explorers.backprop import shown
from course_lib.explorers.gradient_sign import MOVE, Answer, Network, Revealed, Situation, reveal, rounds
from course_lib.explorers.shell import Array, Explorer, Line, Mission

REACH = np.linspace(-1, 1, 81)  # how far the weight is moved for the curve
WORDS: dict[Answer, str] = {"up": "goes up", "down": "goes down", "same": "stays the same"}


@dataclass(frozen=True)
class Asked:
    """One round: the situation, what was predicted (None before), and then the answer and the loss along the weight."""

    number: int
    situation: Situation
    prediction: Answer | None
    revealed: Revealed | None = None
    losses: Array | None = None


class PredictAll(Mission):
    """Predict all rounds; right predictions are counted."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        self.right: dict[int, bool] = {}  # the number of the round -> whether it was predicted
        self.line = Line("")

    def see(self, numbers: Asked) -> Line:
        begin = f"Round {numbers.number} of {self.rounds}"
        if numbers.revealed is None or numbers.prediction is None:
            weight = numbers.situation.weight
            return Line(
                f"{begin}. {numbers.situation.label}, in orange, grows a little, from {shown('W', weight)} to "
                f"{shown('W', weight + MOVE)}. What does the loss do?",
                self._score(),
            )
        found = numbers.revealed
        hit = numbers.prediction == found.answer
        self.right[numbers.number] = hit
        verdict = "as you predicted" if hit else f"and you predicted that it {WORDS[numbers.prediction]}"
        text = (
            f"{begin}. The loss {WORDS[found.answer]}, {verdict}: from {found.before:.3f} to {found.after:.3f}. "
            f"{found.why}"
        )
        if len(self.right) == self.rounds:
            return Line(text, self._end(), done=True)
        return Line(text, self._score())

    def _score(self) -> str:
        if not self.right:
            return ""
        return f"Predicted so far: {sum(self.right.values())} of {len(self.right)}."

    def _end(self) -> str:
        score = f"All rounds are played, and you predicted {sum(self.right.values())} of {self.rounds}."
        return (
            f"{score} Three questions are enough for every weight: is the unit open, which sign has the number that "
            "the weight multiplies, and which sign comes back from the loss?"
        )


class PredictSign(Explorer):
    children: tuple[widgets.Widget, ...]
    mission: PredictAll

    name = "predict_sign"
    caption = (
        "Left: one example on its way through a small network, with the inputs, the activations after the ReLU and "
        "the probabilities of the classes; numbers are rounded. Right: the loss along the orange weight, once you "
        "have predicted."
    )

    def __init__(self, network: Network) -> None:
        self.network = network
        self.rng = np.random.default_rng(0)
        self.rounds = rounds(rng=self.rng)
        self.asked = Asked(1, self.rounds[0], None)
        self.predictions: list[Answer] = []
        fitting = widgets.Layout(width="auto")
        self.answers = {
            answer: widgets.Button(description=f"It {text}", layout=fitting) for answer, text in WORDS.items()
        }
        self.onward = widgets.Button(layout=fitting, button_style="primary")
        super().__init__(plots.panels([1.25, 1], height=3.5), {}, PredictAll(len(self.rounds)))
        row = widgets.HBox([*self.answers.values(), self.onward], layout=widgets.Layout(flex_flow="row wrap"))
        at = self.children.index(self.picture)
        self.children = (*self.children[: at + 2], row, *self.children[at + 2 :])  # under what the mission says
        for answer, button in self.answers.items():
            button.on_click(lambda _, answer=answer: self._predict(answer))
        self.onward.on_click(lambda _: self._go_on())
        self._label()

    def _predict(self, answer: Answer) -> None:
        with self._lock:
            if self.asked.prediction is not None:
                return  # pressed twice, before the buttons went grey
            self.predictions.append(answer)  # kept before anything is shown
            self.asked = Asked(self.asked.number, self.asked.situation, answer)
            self._label()
            self._moved(None)

    def _go_on(self) -> None:
        with self._lock:
            number = self.asked.number + 1
            if number > len(self.rounds):
                number, self.rounds, self.predictions = 1, rounds(rng=self.rng), []
                self.mission = PredictAll(len(self.rounds))
            self.asked = Asked(number, self.rounds[number - 1], None)
            self._framed = None  # a new network is drawn
            self._label()
            self._moved(None)

    def _label(self) -> None:
        """What the buttons say, and which can be pressed."""
        waiting = self.asked.prediction is None
        for button in self.answers.values():
            button.disabled = not waiting
        self.onward.disabled = waiting
        last = self.asked.number == len(self.rounds)
        self.onward.description = "Again, with new networks" if last else "Next round"

    # What Explorer asks for

    def look(self) -> Asked:
        now = self.asked
        if now.prediction is None:
            return now
        losses = np.array([self.network.loss(now.situation, by) for by in REACH])
        return Asked(now.number, now.situation, now.prediction, reveal(now.situation, self.network), losses)

    def draw_frame(self) -> None:
        now = self.asked.situation
        network, loss = self.axes
        V, h = now.numbers(), now.unit
        closed = [(1, unit) for unit in range(3) if V["Z1"][0, unit] <= 0]
        stressed = {"W1": (0, now.place[0], h), "b1": (-1, 1, h), "W2": (1, h, now.place[-1])}[now.name]
        weights = {stressed: shown(now.name, now.weight)}
        if now.name != "W2":  # what comes back to the unit depends on its weights out
            weights |= {(1, h, c): shown("W2", float(now.params["W2"][h, c])) for c in (0, 1)}
        layers = {name: [shown(name, float(v)) for v in V[array][0]]
                  for name, array in (("x", "X"), ("A1 = ReLU(Z1)", "A1"), ("P = softmax(logits)", "P"))}  # fmt: skip
        remarks = {unit: "closed" for unit in closed} | {(2, now.y): "right class"}
        plots.small_network(layers, weights=weights, stressed=stressed, faint=closed, remarks=remarks, ax=network)
        losses = [self.network.loss(now, by) for by in (-1.0, 0.0, 1.0)]
        reach = 1.2 * max(abs(losses[0] - losses[1]), abs(losses[2] - losses[1]), 0.1)
        plots.weight_loss_frame(now.weight, losses[1], reach, label=now.label, ax=loss)

    def draw(self, numbers: Asked) -> None:
        ax, now = self.axes[1], numbers.situation
        if numbers.revealed is None or numbers.losses is None:
            plots.note(f"d{now.label} = ?", ax=ax)
            return
        found = numbers.revealed
        here = {"weight": now.weight, "loss": found.before, "slope": found.gradient, "move": MOVE}
        plots.weight_loss(now.weight + REACH, numbers.losses, **here, ax=ax)
        plots.note(f"d{now.label} = {shown('d', found.gradient)}", ax=ax)

    def describe(self, numbers: Asked) -> str:
        now = numbers.situation
        V = now.numbers()
        lists = {name: ", ".join(shown(name, float(v)) for v in V[name][0]) for name in ("X", "A1", "P")}
        return (
            f"A network with inputs {lists['X']}, activations {lists['A1']} and probabilities {lists['P']}; the "
            f"right class is {now.y}. The weight is {now.label} = {shown('W', now.weight)}."
        )
