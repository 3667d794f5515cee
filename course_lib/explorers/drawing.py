"""Draw a digit, and watch a network read it.

    digits --jiggled--> train_reader --> read, unless the learner brings a network   when the cell runs
    pad.ink --Format.pixels--> (D,) --read--> (10,) --> Reading                      while the learner draws
    "Which digit did you mean?" --> ReadAndFool, the mission                         when a button is pressed

Both data sets of digits have their own format: 8 x 8 pixels by digits_pixels, 28 x 28 by mnist_pixels.
"""

from __future__ import annotations

import base64
import html
import io
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import anywidget
import ipywidgets
import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from course_lib import plots
from course_lib.data import Dataset
from course_lib.explorers.draw_pad import DrawPad
from course_lib.explorers.drawing_preprocessing import digits_pixels
from course_lib.explorers.mnist_preprocessing import mnist_pixels
from course_lib.explorers.shell import CSS, LearnerError, Line, Mission, call
from course_lib.nn.functional import softmax
from course_lib.nn.network import Network, mlp
from course_lib.nn.optimizers import SGD
from course_lib.nn.schedules import cosine_decay
from course_lib.nn.training import fit

Floats = NDArray[np.float32]
Probabilities = NDArray[np.float64]

COPIES, EPOCHS, BATCH = 16, 10, 64


class Format(NamedTuple):
    """How a drawing becomes an image like those of a data set: (S, S) ink -> (D,), or None without ink.

    tip: what to draw so that a network that knows this data set alone is likely to be wrong
    """

    pixels: Callable[[ArrayLike], Floats | None]
    caption: str
    tip: str


FORMATS = {
    (8, 8): Format(
        digits_pixels,
        "What you draw is brought to 8 × 8 pixels, like the digits that the network learned from. So few pixels lose "
        "much, and thirteen people wrote all of those digits: it can be wrong about yours, even when it is very sure.",
        "A 1 with a flag and a foot is worth a try.",
    ),
    (28, 28): Format(
        mnist_pixels,
        "What you draw is brought to 28 × 28 pixels by the steps that MNIST's digits went through. It can be wrong "
        "about yours, even when it is very sure: it knows the hands of those who wrote MNIST, and not yours.",
        "A digit that leans so far that it nearly falls over is worth a try.",
    ),
}

# -------------------------------------------------------------------------------------------------------- the network


def jiggled(X: Floats, rng: np.random.Generator) -> Floats:
    """X (N, 64) with every 8x8 image a little turned, slanted, stretched and moved, each in its own way.

    Pixel p of the new image takes its value from the place A (p - m) + m + t of the old one: m is the middle, each
    entry of A is within 0.2 of the identity's, t is a shift of up to 0.8 pixels; between pixels, interpolated.
    """
    N = len(X)
    padded = np.pad(X.reshape(N, 8, 8), ((0, 0), (2, 2), (2, 2)))
    A = np.eye(2) + rng.uniform(-0.2, 0.2, (N, 2, 2))
    t = rng.uniform(-0.8, 0.8, (N, 2, 1))
    p = np.indices((8, 8)).reshape(2, 64) - 3.5
    places = np.clip(A @ p + t + 5.5, 0, 10.999)  # (N, 2, 64), row and column in the padded image
    corner = places.astype(int)
    row, column = corner[:, 0], corner[:, 1]
    down, right = np.moveaxis(places - corner, 1, 0)
    n = np.arange(N)[:, None]
    above = padded[n, row, column] * (1 - right) + padded[n, row, column + 1] * right
    below = padded[n, row + 1, column] * (1 - right) + padded[n, row + 1, column + 1] * right
    moved: NDArray[np.float64] = above * (1 - down) + below * down
    return moved.astype(np.float32)


def digits_reader(data: Dataset) -> tuple[Callable[[Floats], ArrayLike], str]:
    """Train a network on the digits, here and now: what reads pixels with it, and a sentence about how good it is."""
    start = time.perf_counter()
    network = train_reader(data.X_train, data.y_train, rng=np.random.default_rng(0))
    seconds = time.perf_counter() - start
    words = (
        f"Trained on {len(data.X_train):,} digits in {seconds:.1f} s, and right on "
        f"{np.mean(network.predict(data.X_test) == data.y_test):.1%} of {len(data.X_test)} digits that it never saw."
    )
    return lambda X: softmax(network.forward(np.asarray(X, network.dtype))), words


def train_reader(X: Floats, y: NDArray[np.int64], *, rng: np.random.Generator) -> Network:
    """A 64-64-10 network trained on X (N, 64) and 15 jiggled copies of it, in about half a second.

    The settings were chosen on other people's digits, 3,000 images of MNIST brought to 8x8 by `digits_pixels`: without
    the copies a network reads 79% of them, with the copies 85%.
    """
    X_all = np.concatenate([X, *(jiggled(X, rng) for _ in range(COPIES - 1))])
    y_all = np.tile(y, COPIES)
    network = mlp([64, 64, 10], rng=rng)
    steps = EPOCHS * -(-len(X_all) // BATCH)
    optimizer = SGD(momentum=0.9, lam=1e-4)
    fit(network, X_all, y_all, epochs=EPOCHS, batch_size=BATCH, lr=partial(cosine_decay, 0.2, total=steps),
        optimizer=optimizer, rng=rng)  # fmt: skip
    return network


# --------------------------------------------------------------------------------------------------- words and mission


def percent(p: float) -> str:
    """A probability in words, rounded down: 90% is never shown for less, 100% never at all."""
    return "more than 99%" if p > 0.99 else f"{int(100 * float(p))}%"  # float32 would round 0.8999999 up


def what_it_thinks(probabilities: Probabilities) -> str:
    """A sentence about ten probabilities."""
    second, first = np.argsort(probabilities)[-2:]
    p, q = percent(probabilities[first]), percent(probabilities[second])
    if probabilities[first] > 0.9:
        return f"It reads your drawing as {first}, and is {p} sure."
    if probabilities[first] > 0.5:
        return f"It reads your drawing as {first}, but is only {p} sure. Its second guess is {second}, with {q}."
    return f"It cannot decide: perhaps {first}, with {p}, or {second}, with {q}."


@dataclass(frozen=True)
class Answer:
    """A drawing and what the learner meant: the network's probabilities (10,), and the label of the most alike of the
    images that it learned from."""

    probabilities: Probabilities
    meant: int
    most_alike: int


class ReadAndFool(Mission):
    """Draw a digit that is read right with more than 90%, and one that is read wrong, in either order."""

    def __init__(self, tip: str) -> None:
        self.tip = tip
        self.read = self.fooled = False
        self.line = self._line("")

    def see(self, numbers: Answer) -> Line:
        meant, p = numbers.meant, numbers.probabilities
        second, first = np.argsort(p)[-2:]
        if first != meant:
            self.fooled = True
            return self._line(_why_fooled(numbers))
        if p[first] > 0.9:
            self.read = True
            return self._line(f"You meant {meant}. It read {meant}, and was {percent(p[first])} sure.")
        return self._line(
            f"You meant {meant}. It read {meant}, but was only {percent(p[first])} sure. Look at the small image: "
            f"which of its pixels could also belong to {second}? Change those."
        )

    def _line(self, remark: str) -> Line:
        if self.read and self.fooled:
            return Line("Done: it has read one of your digits, and been fooled by another.", remark, done=True)
        if self.read:
            return Line(
                f"Mission, second half: draw a digit that you can read and it cannot. {self.tip}",
                remark,
            )
        if self.fooled:
            return Line("Mission, first half: draw a digit that it reads right, more than 90% sure.", remark)
        return Line(
            "Mission: draw a digit that it reads right, more than 90% sure. Then draw one that you can read and it "
            "cannot. After each, press the digit you meant.",
            remark,
        )


def _why_fooled(answer: Answer) -> str:
    first = int(answer.probabilities.argmax())
    said = (
        f"You meant {answer.meant}. It read {first}, and was {percent(answer.probabilities[first])} sure: you have "
        "fooled it. The pixels of the small image are all that it gets."
    )
    if answer.most_alike == answer.meant:
        return (
            f"{said} Of all images it learned from, the one most like yours does show {answer.meant}. But a network "
            "does not look images up: it has learned borders between the digits, and yours is on the wrong side of one."
        )
    return f"{said} Of all images it learned from, the one most like yours shows {answer.most_alike}."


# --------------------------------------------------------------------------------------------------------- the widgets


class Reading(anywidget.AnyWidget):
    """What the network gets and what it makes of it, the mission, and the ten buttons, which send {"meant": digit}."""

    _esm = Path(__file__).with_name("drawing.js")
    _css = Path(__file__).with_name("drawing.css")

    pixels = traitlets.CBytes().tag(sync=True)  # grey levels of a square image, row by row
    probabilities: traitlets.List[float] = traitlets.List().tag(sync=True)  # ten, or none without a drawing
    sentence = traitlets.Unicode("").tag(sync=True)
    asking = traitlets.Bool(False).tag(sync=True)  # whether the buttons can be pressed
    mission = traitlets.Unicode("").tag(sync=True)
    remark = traitlets.Unicode("").tag(sync=True)
    done = traitlets.Bool(False).tag(sync=True)

    def __repr__(self) -> str:
        return "Reading()"


class DrawADigit(ipywidgets.VBox):  # type: ignore[misc]
    """The explorer: a pad, and what `read` makes of the drawing.

    read    pixels (N, D) between 0 and 1 -> probabilities (N, 10)
    data    what `read` learned from: its format is the drawing's, too
    words   what there is to say about `read`, or ""
    """

    def __init__(self, read: Callable[[Floats], ArrayLike], data: Dataset, words: str = "") -> None:
        if data.image_shape not in FORMATS or len(data.class_names) != 10:
            raise ValueError(f"A drawing can become an image of the digits or of MNIST, but not of {data.name}.")
        self.read, self.data, self.words = read, data, words
        self.format = FORMATS[data.image_shape]
        self.squares = np.square(data.X_train).sum(axis=1)
        self.pad, self.reading, self.mission = DrawPad(), Reading(), ReadAndFool(self.format.tip)
        self._lock = threading.RLock()  # the page's messages may come on two threads
        self._read()
        self._say(self.mission.line)
        self.pad.observe(lambda _: self._read(), "ink")
        self.reading.on_msg(lambda _widget, message, _buffers: self.answer(message["meant"]))
        row = ipywidgets.HBox([self.pad, self.reading], layout={"flex_flow": "row wrap", "grid_gap": "8px 28px"})
        about = ipywidgets.HTML(f"{CSS}<div>{html.escape(words)}</div>")
        caption = ipywidgets.HTML(f'<div class="course-caption">{html.escape(self.format.caption)}</div>')
        super().__init__([about, row, caption])

    def _read(self) -> None:
        """Show what the network makes of the pad as it is now."""
        with self._lock, self.reading.hold_sync():  # one message to the page
            pixels = self.format.pixels(self.pad.image)
            probabilities: list[float] = []
            if pixels is None:
                self.reading.remark = ""
                self.reading.sentence = "Draw a digit, from 0 to 9. Everything here moves while you draw."
            else:
                try:
                    p = self._probabilities(pixels)
                    probabilities, self.reading.sentence = p.tolist(), what_it_thinks(p)
                except LearnerError as error:
                    self.reading.sentence = str(error)
            seen = np.zeros(self.data.image_shape) if pixels is None else pixels
            self.reading.pixels = np.rint(seen * 255).astype(np.uint8).tobytes()
            self.reading.probabilities, self.reading.asking = probabilities, bool(probabilities)

    def _probabilities(self, pixels: Floats) -> Probabilities:
        """(D,) -> (10,). LearnerError if `read` stops, or gives no probabilities."""
        p: Probabilities = call(self.read, pixels[None], shape=(1, 10))[0].astype(np.float64)
        if (p < 0).any() or abs(p.sum() - 1) > 1e-3:
            raise LearnerError(f"Ten probabilities that add up to 1 are wanted, but these add up to {p.sum():.3f}.")
        return p

    def answer(self, meant: int) -> None:
        """The learner says which digit the drawing is meant to be."""
        with self._lock:
            pixels = self.format.pixels(self.pad.image)
            if pixels is None or not self.reading.asking:
                return  # pressed twice, before the buttons went grey
            nearest = (self.squares - 2 * self.data.X_train @ pixels).argmin()  # |x - p|^2 without the |p|^2 of all
            answer = Answer(self._probabilities(pixels), meant, most_alike=int(self.data.y_train[nearest]))
            self._say(self.mission.see(answer))

    def _say(self, line: Line) -> None:
        with self.reading.hold_sync():
            self.reading.asking = False
            self.reading.mission, self.reading.remark, self.reading.done = line.text, line.remark, line.done

    # What stands in where there is no page

    def __repr__(self) -> str:
        return f"draw_a_digit: a pad to draw on, and a network that reads what you draw. {self.format.caption}"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "text/plain": repr(self), "image/png": base64.b64encode(self._picture()).decode("ascii")}

    def _picture(self) -> bytes:
        """A digit that the network never saw, and what it makes of it, as a PNG."""
        pixels: Floats = self.data.X_test[0]
        left, right = plots.panels([1, 2], height=2.8)
        plots.image_grid(pixels[None], ax=left)
        plots.probability_bars(self._probabilities(pixels), ax=plots.probability_frame(10, ax=right))
        figure, file = left.get_figure(root=True), io.BytesIO()
        assert figure is not None
        figure.savefig(file, format="png")
        return file.getvalue()
