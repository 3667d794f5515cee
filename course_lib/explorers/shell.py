"""What every explorer has: controls, a picture, a caption, and a mission that notices success.

    a control moves -> look(settings): numbers, by the learner's code -> draw(numbers): the picture
                                                                      -> mission.see(numbers): what it says

A new explorer is a subclass of Explorer with `look`, `draw_frame`, `draw` and `describe`, a Mission, and a function in
__init__.py. No queue of old pictures builds up: ipywidgets sends a slider's newest value once the last is answered, and
where several threads ask at once, all but the newest are skipped.
"""

from __future__ import annotations

import base64
import contextlib
import html
import inspect
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from course_lib.explorers.picture import WIDTH, Picture
from course_lib.nn.threads import one_blas_thread

Array = NDArray[np.floating[Any]]

CSS = """<style>
.course-picture {background: white; border-radius: 6px; height: auto}
.course-line {max-width: 820px; line-height: 1.45; white-space: pre-line; padding: 2px 10px}
.course-line {border-left: 4px solid var(--jp-brand-color1)}
.course-line.done {border-color: var(--jp-success-color1)}
.course-line.error {border-color: var(--jp-error-color1)}
.course-caption {max-width: 820px; line-height: 1.45; color: var(--jp-ui-font-color2)}
</style>"""


def slider(kind: type[Any], *arguments: Any, **traits: Any) -> Any:
    """An ipywidgets slider with room for its description: slider(widgets.IntSlider, 3, max=9, description="units")."""
    layout = widgets.Layout(width="400px", max_width="100%")
    return kind(*arguments, layout=layout, style={"description_width": "8.5em"}, **traits)


def choice(options: Iterable[Any], **traits: Any) -> Any:
    """Buttons of which one is down, each as wide as its words, on a line of their own."""
    layout = widgets.Layout(flex="1 1 100%", margin="2px 2px 8px")
    return widgets.ToggleButtons(options=list(options), layout=layout, style={"button_width": "auto"}, **traits)


# ---- the learner's functions ---------------------------------------------------------------------


class LearnerError(Exception):
    """The learner's function stopped, or gave something that cannot be drawn; the sentence is for them."""


def name_of(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", "function")


@contextlib.contextmanager
def by_learner(function: Callable[..., Any]) -> Iterator[None]:
    """What goes wrong inside becomes a LearnerError with the function's name and line. Overflows are no warnings."""
    try:
        with np.errstate(all="ignore"):
            yield
    except NotImplementedError:
        text = f"Your {name_of(function)} is not written yet. Fill it in, run its cell, then run this one again."
        raise LearnerError(text) from None
    except Exception as error:
        where, what = _where(function, error), type(error).__name__
        raise LearnerError(f"Your {name_of(function)} stopped{where}: {what}: {error}") from error


def call(function: Callable[..., Any], *arguments: Any, shape: tuple[int, ...]) -> Array:
    """What the learner's function makes of copies of the arguments: finite numbers of this shape, or LearnerError.

    Of a tuple the first element is meant: linear_backward returns (dX, dW, db).
    """
    returned = _run(function, *map(_copy, arguments))
    return _finite(function, returned[0] if isinstance(returned, tuple) else returned, shape)


def call_with_cache(
    function: Callable[..., Any], *arguments: Any, shape: tuple[int, ...]
) -> tuple[Array, dict[str, Array]]:
    """The same for a function that returns (numbers, cache)."""
    returned = _run(function, *map(_copy, arguments))
    if not isinstance(returned, tuple) or len(returned) != 2:
        raise LearnerError(f"Your {name_of(function)} should return two things, the result and the cache.")
    return _finite(function, returned[0], shape), returned[1]


def _copy(argument: Any) -> Any:
    if isinstance(argument, dict):
        return {name: _copy(each) for name, each in argument.items()}
    return np.array(argument)


def numbers(function: Callable[..., Any], returned: Any, *, shape: tuple[int, ...]) -> Array:
    """What a function returned, as an array of numbers of this shape; LearnerError if it is none."""
    name = name_of(function)
    try:
        A = np.asarray(returned)
    except ValueError:  # rows of different lengths
        A = np.asarray(None)
    if A.dtype.kind not in "biuf":
        text = f"Your {name} should return an array of numbers, but it returned {type(returned).__name__}."
        raise LearnerError(text)
    if A.shape != shape:
        raise LearnerError(f"Your {name} should return an array of shape {shape} here, but its shape is {A.shape}.")
    return A


def _finite(function: Callable[..., Any], returned: Any, shape: tuple[int, ...]) -> Array:
    """The same, and every number must be finite."""
    A = numbers(function, returned, shape=shape)
    if not np.isfinite(A).all():
        wrong, place = ("nan", np.isnan(A)) if np.isnan(A).any() else ("inf", np.isinf(A))
        raise LearnerError(f"Your {name_of(function)} returned {wrong} in {place.sum()} of {A.size} places.")
    return A.astype(float)


def call_in_place(function: Callable[..., Any], params: dict[str, Array], *arguments: Any) -> None:
    """Let the learner's function change `params`, and what else it is to change; LearnerError if it leaves no arrays.

    Numbers may become infinite or nan: a step can be too long.
    """
    shapes = {name: array.shape for name, array in params.items()}
    _run(function, params, *arguments)
    for name, shape in shapes.items():
        if name not in params or np.shape(params[name]) != shape:
            kept = f"its shape is {np.shape(params[name])}" if name in params else "it is gone"
            raise LearnerError(
                f'Your {name_of(function)} should leave params["{name}"] with the shape {shape}, but now {kept}.'
            )


def _run(function: Callable[..., Any], *arguments: Any) -> Any:
    with by_learner(function):
        return function(*arguments)


def _where(function: Callable[..., Any], error: Exception) -> str:
    """The line of the learner's own code that an error came from, if it is known."""
    file = getattr(getattr(inspect.unwrap(function), "__code__", None), "co_filename", None)
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return f" at its line {own[-1].line!r}" if own and own[-1].line else ""


# ---- missions ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """What the mission says: its text ("Mission: ..." or "Done: ..."), and a remark on the last picture, or ""."""

    text: str
    remark: str = ""
    done: bool = False


class Mission:
    """Something to find out. `see` is told the numbers of every picture, until it answers with a done line."""

    line: Line

    def see(self, numbers: Any) -> Line:
        raise NotImplementedError

    def predict(self, answer: str) -> Line:
        """Take the answer to the explorer's question, if it has one."""
        raise NotImplementedError


# ---- the explorer --------------------------------------------------------------------------------


class Explorer(widgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """Controls, picture, mission and caption; the module's docstring draws how they work together.

    controls: widgets by the name that `look` calls them; frame_needs: those of them that the frame depends on;
    question: the text and the answers of a prediction, to be made before the controls can be used.
    """

    name: str
    caption: str

    # What a subclass defines
    look: Callable[..., Any]  # (all settings by name) -> the numbers of the picture, by the learner's functions
    draw_frame: Callable[..., None]  # (the settings of frame_needs by name): draws on self.axes what stays
    draw: Callable[[Any], None]  # (numbers): draws on self.axes what moves
    describe: Callable[[Any], str]  # (numbers) -> the picture in words

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
        self.axes = list(axes)
        self.picture = Picture(axes)
        self.mission_line, self.remark = widgets.HTML(), widgets.HTML()
        self.question = None if question is None else choice(question[1], value=None)
        self._frame_needs = tuple(frame_needs)
        self._framed: tuple[Any, ...] | None = None
        self._lock = threading.RLock()  # a control may call from another thread than the cell
        self._newest = 0
        ask = [] if question is None else [widgets.HTML(_paragraph(question[0], "course-line")), self.question]
        row = widgets.HBox(list(self.controls.values()), layout=widgets.Layout(flex_flow="row wrap", max_width=WIDTH))
        caption = widgets.HTML(_paragraph(self.caption, "course-caption"))
        super().__init__([widgets.HTML(CSS), *ask, row, self.picture, self.mission_line, self.remark, caption])
        for control in self.controls.values():
            control.disabled = question is not None
            control.observe(self._moved, "value")
        if self.question is not None:
            self.question.observe(self._predicted, "value")
        self._moved(None)

    def _moved(self, _change: Any) -> None:
        self._newest += 1
        request = self._newest
        with self._lock:
            if request == self._newest:  # else a newer request waits for the lock, and its picture is the one to draw
                self._redraw()

    def _redraw(self) -> None:
        with self._lock:
            settings = {name: control.value for name, control in self.controls.items()}
            try:
                self._show(settings)
            except LearnerError as error:
                if not self.picture.file:
                    self.picture.frame(lambda: None)
                    self.picture.show(lambda: None, str(error))
                self._say(self.mission.line.text, str(error), "error", self.mission.line.done)

    def _show(self, settings: dict[str, Any]) -> None:
        needed = {name: settings[name] for name in self._frame_needs}
        if self._framed != tuple(needed.values()):
            self._framed = None  # until it is whole: the learner's code may stop half-way
            self.picture.frame(lambda: self.draw_frame(**needed))
            self._framed = tuple(needed.values())
        with one_blas_thread():  # products this small are slower on several, on a busy machine ten times and more
            numbers = self.look(**settings)
        self.picture.show(lambda: self.draw(numbers), self.describe(numbers))
        if not self.mission.line.done:
            self.mission.line = self.mission.see(numbers)
        self._say(self.mission.line.text, self.mission.line.remark, "remark", self.mission.line.done)

    def _predicted(self, change: Any) -> None:
        with self._lock:
            change["owner"].disabled = True
            self.mission.line = self.mission.predict(change["new"])
            self._framed = None  # the frame may show now what the prediction was about
            for control in self.controls.values():
                control.disabled = False
            self._moved(None)

    def _say(self, text: str, remark: str, kind: str, done: bool) -> None:
        self.mission_line.value = _paragraph(text, "course-line done" if done else "course-line")
        self.remark.value = _paragraph(remark, f"course-line {kind}") if remark else ""

    # What stands in where there is no page: nbconvert, GitHub, a plain terminal

    def __repr__(self) -> str:
        return f"{self.name}: {self.caption}"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "text/plain": repr(self), "image/png": base64.b64encode(self.still()).decode("ascii")}

    def still(self) -> bytes:
        """The picture that stands in, as a PNG file."""
        return self.picture.file


def _paragraph(text: str, classes: str) -> str:
    """A paragraph of HTML; one that changes is read out by a screen reader."""
    role = "" if "caption" in classes else ' role="status"'
    return f'<div class="{classes}"{role}>{html.escape(text)}</div>'
