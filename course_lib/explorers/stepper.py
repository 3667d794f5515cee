"""The backprop stepper: forward and backward through a 2-3-2 network, one step at a time.

    slider -> weights -> backprop.run, by the learner's functions -> every number of every step -> Graph, in the page
    arrow key -> Graph shows another step, without asking Python

The five sliders are all that the middle hidden unit has: two weights in, its bias, two weights out.
"""

from __future__ import annotations

import base64
import html
import io
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as widgets
import numpy as np
import traitlets

from course_lib import plots
from course_lib.explorers import graph_layout as layout
from course_lib.explorers.backprop import GIVEN, PROGRAM, STEPS, Arrays, Functions, Place, run, shown, table, worked
from course_lib.explorers.shell import CSS, LearnerError, Line, Mission, choice

X = np.array([[1.0, 2.0], [2.0, -1.0]])
y = np.array([0, 1])
START = {  # multiples of 1/4: a pre-activation that is shown as 0.00 is 0
    "W1": np.array([[0.5, 0.25, -0.75], [0.25, 0.5, 1.0]]),
    "b1": np.array([0.0, 0.5, -0.5]),
    "W2": np.array([[0.5, -0.25], [-0.75, 0.5], [1.0, -0.5]]),
    "b2": np.array([0.0, 0.5]),
}
MIDDLE = 1
SLIDERS = (
    Place("W1", 0, MIDDLE),
    Place("W1", 1, MIDDLE),
    Place("b1", 0, MIDDLE),
    Place("W2", MIDDLE, 0),
    Place("W2", MIDDLE, 1),
)


def numbers_of(V: Arrays) -> dict[str, Any]:
    """What the page shows: the text of every number, and for each step how each of its numbers comes about."""
    values = {name: [[shown(name, v) for v in row] for row in table(V, name)] for name in V}
    values |= {"y": [[str(label)] for label in y], "dL": [["1"]]}
    return {"values": values, "worked": [_worked(V, step.makes, step.function) for step in STEPS]}


def _worked(V: Arrays, makes: str, function: str) -> list[dict[str, Any]]:
    told = []
    for (row, column), returned in np.ndenumerate(table(V, makes)):
        work = worked(V, y, makes, row, column)
        name = {0: makes, 1: f"{makes}[{column}]", 2: f"{makes}[{row}, {column}]"}[V[makes].ndim]
        text = f"{name} = {work.text} = {shown(makes, work.result)}"
        if abs(returned - work.result) > 1e-6 * (1 + abs(work.result)):
            text += f", but {function} returned {shown(makes, float(returned))}"
        told.append({"row": row, "column": column, "text": text, "uses": work.uses})
    return told


# ---- the mission ---------------------------------------------------------------------------------

CLOSED, UNHEARD, NO_INPUT = WHYS = (
    "Its ReLU is closed for both examples",
    "Nothing comes back to it from the logits",
    "Both of its inputs are 0",
)


class SilenceAUnit(Mission):
    """Make the gradient of the middle hidden unit exactly 0, and say why it is."""

    line = Line(
        "Mission: with the five sliders, make the gradient of the middle hidden unit 0, its whole column of dZ1. "
        "Then say why it is 0."
    )
    found: Arrays | None = None

    def see(self, numbers: Arrays) -> Line:
        if self.found is None and np.abs(numbers["dZ1"][:, MIDDLE]).max() < 1e-12:
            self.found = numbers
        if self.found is not None:
            return Line("Mission, second half: its column of dZ1 was 0 with these weights. Why?")
        closed = numbers["Z1"][:, MIDDLE] <= 0
        if closed.any():
            still = int(np.argmin(closed))
            return Line(
                self.line.text,
                f"Nearly: for one example the unit is closed. For the example in row {still} its Z1 is still "
                f"{shown('Z1', numbers['Z1'][still, MIDDLE])}, above 0, and the gradient passes.",
            )
        return self.line

    def predict(self, answer: str) -> Line:
        assert self.found is not None
        Z1, dA1 = self.found["Z1"][:, MIDDLE], self.found["dA1"][:, MIDDLE]
        closed, unheard = bool((Z1 <= 0).all()), bool(np.abs(dA1).max() < 1e-12)
        if answer == CLOSED and closed:
            return Line(
                "Done: Z1 is at or below 0 for both examples, so the ReLU lets nothing back. Then dZ1 is 0, and with "
                "it everything that the unit could learn from: its columns of dW1 and db1, and, as its activation is "
                "0, its row of dW2. No step downhill can wake it on these two examples. That is a dead ReLU.",
                done=True,
            )
        if answer == UNHEARD and unheard:
            return Line(
                "Done: its two weights out are equal, so it adds the same to both logits, and the softmax does not "
                "notice. In numbers: each row of dlogits adds up to 0, and dA1 is that sum times the weight: 0, but "
                "for rounding. The unit is not dead: its row of dW2 is not 0, so the next step makes the two weights "
                "differ. A closed ReLU would be a second way, and a worse one.",
                done=True,
            )
        text = "Mission, second half: its column of dZ1 was 0 with the weights that you found. Why?"
        if answer == NO_INPUT:
            return Line(text, "Not that: the inputs are in X, and none is 0. Step to dZ1 and look at its two factors.")
        if answer == CLOSED:
            return Line(text, "Not that: its Z1 was above 0 for at least one example. Look at the other factor, dA1.")
        return Line(text, "Not that: its dA1 was not 0. Look at the other factor: is Z1 above 0?")


# ---- the widgets ---------------------------------------------------------------------------------


class Graph(anywidget.AnyWidget):
    """The graph with its numbers, the program, the explanation and the sliders; see stepper.js."""

    _esm = Path(__file__).with_name("stepper.js")
    _css = Path(__file__).with_name("stepper.css")

    fixed: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)  # what the page needs once: FIXED
    numbers: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)  # `numbers_of` the weights, or empty
    weights: traitlets.List[float] = traitlets.List().tag(sync=True, echo_update=False)  # of the sliders
    step = traitlets.Int(0).tag(sync=True, echo_update=False)  # 0: only what is given; k: after k steps

    def __repr__(self) -> str:
        return "Graph()"


def _label(place: Place) -> str:
    index = f"{place.row}, {place.column}" if START[place.array].ndim == 2 else str(place.column)
    return f"{place.array}[{index}]"


FIXED: dict[str, Any] = {
    "size": {"width": layout.WIDTH, "height": layout.HEIGHT, "head": layout.HEAD, "margin": layout.MARGIN,
             "cellWidth": layout.CELL_WIDTH, "cellHeight": layout.CELL_HEIGHT},
    "boxes": [asdict(box) | {"width": box.width, "height": box.height} for box in layout.BOXES.values()],
    "nodes": [asdict(node) for node in layout.NODES.values()],
    "wires": [asdict(wire) for wire in layout.WIRES],
    "units": [asdict(unit) for unit in layout.UNITS],
    "steps": [asdict(step) | {"backward": step.backward} for step in STEPS],
    "start": asdict(GIVEN),
    "program": PROGRAM,
    "letters": layout.LETTERS,
    "sliders": [place._asdict() | {"label": _label(place), "low": -2, "high": 2, "step": 0.25} for place in SLIDERS],
}  # fmt: skip


class BackpropStepper(widgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """The explorer: the graph, the mission and its question."""

    name = "backprop_stepper"
    caption = (
        "Every number of one pass forward and back, for two examples: values in blue, and under each the gradient of "
        "the loss in orange. Numbers are rounded; a 0 without decimals is exactly 0. The circles are the same network "
        "as units: a hidden unit is dark, pale or empty, if its ReLU is open for both examples, for one or for none."
    )

    def __init__(self, functions: Functions) -> None:
        self.functions, self.mission = functions, SilenceAUnit()
        self._lock = threading.RLock()  # the page's messages may come on two threads
        self.mission_line, self.remark = widgets.HTML(), widgets.HTML()
        self.why = choice(WHYS, value=None)
        self.why.layout.display = "none"  # until the mission asks
        weights = [float(np.atleast_2d(START[place.array])[place.row, place.column]) for place in SLIDERS]
        self.graph = Graph(fixed=FIXED, weights=weights)
        self._moved()
        self.graph.observe(lambda _: self._moved(), "weights")
        self.why.observe(lambda change: self._answered(change["new"]), "value")
        caption = widgets.HTML(f'<div class="course-caption">{html.escape(self.caption)}</div>')
        super().__init__([widgets.HTML(CSS), self.graph, self.mission_line, self.why, self.remark, caption])

    def params(self) -> Arrays:
        """The parameters, with the weights of the sliders in their places."""
        params = {name: value.copy() for name, value in START.items()}
        for place, weight in zip(SLIDERS, self.graph.weights, strict=True):
            np.atleast_2d(params[place.array])[place.row, place.column] = weight
        return params

    def _moved(self) -> None:
        with self._lock:
            try:
                V = run(self.params(), X, y, self.functions)
            except LearnerError as error:
                self._say(Line(self.mission.line.text, str(error), self.mission.line.done), error=True)
                return
            self.graph.numbers = numbers_of(V)
            if not self.mission.line.done:
                self.mission.line = self.mission.see(V)
            self._say(self.mission.line)

    def _answered(self, answer: str) -> None:
        with self._lock:
            self.mission.line = self.mission.predict(answer)
            self._say(self.mission.line)

    def _say(self, line: Line, *, error: bool = False) -> None:
        self.why.layout.display = None if self.mission.found is not None else "none"
        self.why.disabled = line.done
        kinds = "done" if line.done else "open", "error" if error else "remark"
        for place, text, kind in zip((self.mission_line, self.remark), (line.text, line.remark), kinds, strict=True):
            place.value = f'<div class="course-line {kind}" role="status">{html.escape(text)}</div>' if text else ""

    # What stands in where there is no page: the graph after the last step

    def __repr__(self) -> str:
        return f"{self.name}: {self.caption}"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "text/plain": repr(self), "image/png": base64.b64encode(self._picture()).decode("ascii")}

    def _picture(self) -> bytes:
        (ax,) = plots.panels([1], height=8.4 * layout.HEIGHT / layout.WIDTH)
        values = self.graph.numbers.get("values", {})
        plots.computation_graph(values, FIXED["boxes"], FIXED["nodes"], FIXED["wires"], FIXED["size"], ax=ax)
        figure, file = ax.get_figure(root=True), io.BytesIO()
        assert figure is not None
        figure.savefig(file, format="png")
        return file.getvalue()
