"""What every explorer has: sliders, one picture that is redrawn quickly, a caption, and a mission that notices success.

    slider moves -> look(settings): numbers, by the learner's code -> draw(numbers): the picture -> mission.see(numbers)

The picture is one Matplotlib figure kept in memory. Its frame (axes, labels, reference curves) is drawn once; for each
move of a slider the frame's pixels are put back and only what moves is drawn on top ("blitting"), which takes 20 ms
instead of 80. The page never gets ahead: ipywidgets sends a slider's newest value when the last one is answered, and
where two threads ask at once, the older request is skipped.

A new explorer is a subclass with `look`, `draw_frame` and `draw`, a Mission, and a line in __init__.py.
"""

from __future__ import annotations

import base64
import html
import struct
import threading
import traceback
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from numpy.typing import NDArray
from traitlets import Unicode

from course_lib import plots

Array = NDArray[np.floating[Any]]

WIDTH = "840px"
CSS = """<style>
.course-picture {background: white; border-radius: 6px; height: auto}
.course-line {max-width: 820px; line-height: 1.45; padding: 2px 10px; border-left: 4px solid var(--jp-brand-color1)}
.course-line.done {border-color: var(--jp-success-color1)}
.course-line.error {border-color: var(--jp-error-color1)}
.course-caption {max-width: 820px; line-height: 1.45; color: var(--jp-ui-font-color2)}
</style>"""


def slider(kind: type[Any], *arguments: Any, **traits: Any) -> Any:
    """An ipywidgets slider with room for its description: slider(widgets.IntSlider, 3, min=0, max=9, description="n")."""
    layout = widgets.Layout(width="400px", max_width="100%")
    return kind(*arguments, layout=layout, style={"description_width": "8.5em"}, **traits)


def choice(options: Sequence[Any], **traits: Any) -> Any:
    """Buttons of which one is down, each as wide as its words, on a line of their own."""
    layout = widgets.Layout(flex="1 1 100%", margin="2px 2px 8px")
    return widgets.ToggleButtons(options=list(options), layout=layout, style={"button_width": "auto"}, **traits)


class LearnerError(Exception):
    """The learner's function stopped, or gave something that cannot be drawn; the sentence is for them."""


def call(function: Callable[..., Any], *arguments: Any, shape: tuple[int, ...]) -> Array:
    """What the learner's function returns for copies of the arguments: finite numbers of this shape, or LearnerError."""
    name = getattr(function, "__name__", "function")
    copies = [{k: v.copy() for k, v in a.items()} if isinstance(a, dict) else np.array(a) for a in arguments]
    try:
        with np.errstate(all="ignore"):  # what overflowed is told below, from the result
            returned = function(*copies)
    except NotImplementedError:
        raise LearnerError(
            f"Your {name} is not written yet. Fill it in, run its cell, then run this one again."
        ) from None
    except Exception as error:
        raise LearnerError(f"Your {name} stopped{_where(function, error)}: {type(error).__name__}: {error}") from error
    result = returned[0] if isinstance(returned, tuple) else returned
    try:
        A: Array = np.asarray(result, float)
    except (TypeError, ValueError):
        raise LearnerError(
            f"Your {name} should return an array of numbers, but it returned {type(result).__name__}."
        ) from None
    if A.shape != shape:
        raise LearnerError(
            f"Your {name} should return an array of shape {shape} here, but it returned shape {A.shape}."
        )
    if not np.isfinite(A).all():
        raise LearnerError(f"Your {name} returned {'nan' if np.isnan(A).any() else 'inf'} for some of these numbers.")
    return A


def _where(function: Callable[..., Any], error: Exception) -> str:
    """The line of the learner's own code that an error came from, if it is known."""
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return f" at the line {own[-1].line!r}" if own and own[-1].line else ""


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Pixels (rows, columns, 3) as a PNG file, unfiltered and at compression level 1.

    For flat drawings that is as small as what Pillow writes, which tries five filters for each row, and four times as
    quick. Source: the PNG specification, https://www.w3.org/TR/png-3/
    """
    rows, columns, _ = pixels.shape
    filtered = np.zeros((rows, 1 + 3 * columns), np.uint8)  # a row begins with the number of its filter: 0, none
    filtered[:, 1:] = pixels.reshape(rows, -1)
    header = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)  # 8 bits a channel, colour type 2: RGB
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(filtered.data, 1)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


class Picture(widgets.Image):  # type: ignore[misc]  # ipywidgets has no types
    """A figure as a PNG in the page: `frame` draws it anew, `show` redraws only what moves."""

    description = Unicode("").tag(sync=True)  # the page asks every widget that has a tooltip for this one

    def __init__(self, axes: Sequence[Axes], words: str) -> None:
        layout = widgets.Layout(width=WIDTH, max_width="100%")
        super().__init__(format="png", layout=layout, tooltip=words)
        self.add_class("course-picture")
        self.axes = list(axes)
        self._canvas: Any = axes[0].figure.canvas
        self._background: Any = None

    def frame(self, draw: Callable[[], None]) -> None:
        """Clear the axes, let `draw` fill them with what stays, and keep the pixels."""
        with plots.course_style():
            for ax in self.axes:
                ax.clear()
            draw()
            for ax in self.axes:
                ax.autoscale(False)
            self._canvas.draw()  # in the style: ticks and grid lines are made as they are drawn
        self._background = self._canvas.copy_from_bbox(self._canvas.figure.bbox)
        self._publish()

    def show(self, draw: Callable[[], None]) -> None:
        """The frame, and on it the artists that `draw` adds to the axes."""
        staying = {id(artist) for ax in self.axes for artist in ax.get_children()}
        with plots.course_style():
            draw()
        moving = [artist for ax in self.axes for artist in ax.get_children() if id(artist) not in staying]
        self._canvas.restore_region(self._background)
        for artist in sorted(moving, key=Artist.get_zorder):
            self._draw(artist)
            artist.remove()
        for ax in self.axes:  # an image paints over the spines
            if ax.axison:
                for spine in ax.spines.values():
                    self._draw(spine)
        self._publish()

    def _draw(self, artist: Artist) -> None:
        if artist.axes is not None:
            artist.axes.draw_artist(artist)

    def _publish(self) -> None:
        self.value = png(np.asarray(self._canvas.buffer_rgba())[..., :3])


@dataclass(frozen=True)
class Line:
    """What the mission says: its text ("Mission: ..." or "Done: ..."), and a remark on the last picture, or ""."""

    text: str
    remark: str = ""
    done: bool = False


class Mission:
    """Something to find with the sliders. `see` is told the numbers of every picture; after a done line it is not asked."""

    line: Line

    def see(self, numbers: Any) -> Line:
        raise NotImplementedError

    def predict(self, answer: str) -> Line:
        """Take the answer to the explorer's question."""
        raise NotImplementedError


class Explorer(widgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """Controls, picture, mission and caption; see the module's docstring.

    controls: widgets by the name that `look` calls them; frame_needs: those of them that the frame depends on;
    question: text and answers of a prediction that is asked for before the controls can be used.
    """

    name = "explorer"
    caption = ""

    def __init__(
        self,
        axes: Sequence[Axes],
        controls: Mapping[str, Any],
        mission: Mission,
        *,
        frame_needs: Sequence[str] = (),
        question: tuple[str, Sequence[str]] | None = None,
    ) -> None:
        self.controls = dict(controls)
        self.mission = mission
        self.picture = Picture(axes, self.caption)
        self.axes = list(axes)
        self._frame_needs = tuple(frame_needs)
        self._framed: tuple[Any, ...] | None = None
        self._lock = threading.RLock()
        self._newest = 0
        self._mission_line, self._remark = widgets.HTML(), widgets.HTML()
        self.question: widgets.ToggleButtons | None = None
        parts: list[widgets.Widget] = [widgets.HTML(CSS)]
        if question is not None:
            text, answers = question
            self.question = choice(answers, value=None)
            self.question.observe(self._predicted, "value")
            parts += [widgets.HTML(f'<div class="course-line">{html.escape(text)}</div>'), self.question]
        row = widgets.HBox(list(self.controls.values()), layout=widgets.Layout(flex_flow="row wrap", max_width=WIDTH))
        caption = widgets.HTML(f'<div class="course-caption">{html.escape(self.caption)}</div>')
        super().__init__([*parts, row, self.picture, self._mission_line, self._remark, caption])
        for control in self.controls.values():
            control.disabled = question is not None
            control.observe(self._moved, "value")
        self._say(mission.line)
        self._moved(None)

    # What a subclass defines, as methods whose keyword arguments are the names of the controls
    look: Callable[..., Any]  # (all settings) -> the numbers of the picture, by the learner's functions, through `call`
    draw_frame: Callable[..., None]  # (the settings named in frame_needs): draws what stays on self.axes
    draw: Callable[..., None]  # (numbers): draws what moves on self.axes

    # What happens when a control moves

    def _moved(self, _change: Any) -> None:
        self._newest += 1
        request = self._newest
        with self._lock:
            if request != self._newest:
                return  # a newer request waits for the lock: its picture is the one to draw
            settings = {name: control.value for name, control in self.controls.items()}
            try:
                self._show(settings)
            except LearnerError as error:
                self._say(Line(self.mission.line.text, str(error), self.mission.line.done), error=True)

    def _show(self, settings: dict[str, Any]) -> None:
        needed = {name: settings[name] for name in self._frame_needs}
        if self._framed != tuple(needed.values()):
            self._framed = None  # until it is whole: the learner's code may stop half-way
            self.picture.frame(lambda: self.draw_frame(**needed))
            self._framed = tuple(needed.values())
        numbers = self.look(**settings)
        self.picture.show(lambda: self.draw(numbers))
        if not self.mission.line.done:
            self.mission.line = self.mission.see(numbers)
        self._say(self.mission.line)

    def _predicted(self, change: Any) -> None:
        assert self.question is not None
        self.question.disabled = True
        self.mission.line = self.mission.predict(change["new"])
        self._framed = None  # the frame may show now what the prediction was about
        for control in self.controls.values():
            control.disabled = False
        self._moved(None)

    def _say(self, line: Line, *, error: bool = False) -> None:
        kind = "done" if line.done else "open"
        self._mission_line.value = f'<div class="course-line {kind}" role="status">{html.escape(line.text)}</div>'
        kind = "error" if error else "remark"
        self._remark.value = (
            f'<div class="course-line {kind}" role="status">{html.escape(line.remark)}</div>' if line.remark else ""
        )

    # What stands in where there is no page: nbconvert, GitHub, a plain terminal

    def __repr__(self) -> str:
        return f"{self.name}: {self.caption}"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "text/plain": repr(self), "image/png": base64.b64encode(self.picture.value).decode("ascii")}
