"""The look of every picture: course.mplstyle, the colours, and the axes to draw in."""

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Arguments = ParamSpec("Arguments")

BLUE, ORANGE, GREEN, GREY, INK = "#0072B2", "#D55E00", "#009E73", "#6b7280", "#1f2937"

_STYLE = mpl.rc_params_from_file(Path(__file__).with_name("course.mplstyle"), use_default_template=False)
_style_lock = threading.RLock()  # Matplotlib's settings are global, and a slider may answer on another thread
_styled = False  # under the lock: its owner has put the style in force already


@contextlib.contextmanager
def course_style() -> Iterator[None]:
    """Whatever is made in here has the look of course.mplstyle; outside, Matplotlib's settings stay as they were."""
    global _styled
    with _style_lock:
        if _styled:
            yield
            return
        before = {name: mpl.rcParams[name] for name in _STYLE}  # rc_context would also undo what a first figure sets up
        mpl.rcParams.update(_STYLE)
        _styled = True
        try:
            yield
        finally:
            mpl.rcParams.update(before)
            _styled = False


def in_course_style(draw: Callable[Arguments, Axes]) -> Callable[Arguments, Axes]:
    """Decorator: `draw` runs in `course_style`."""

    @functools.wraps(draw)
    def styled(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Axes:
        with course_style():
            return draw(*args, **kwargs)

    return styled


def own_axes(width: float, height: float) -> Axes:
    """The axes of a new figure of width x height inches, shown under the cell."""
    axes: Axes = plt.subplots(figsize=(width, height))[1]
    return axes


def panels(widths: Sequence[float], *, height: float = 3.3) -> list[Axes]:
    """Axes side by side in one figure, 8.4 inches wide, that no cell shows by itself: an explorer's picture."""
    return rows_of_panels([widths], heights=[1], height=height)


def rows_of_panels(widths: Sequence[Sequence[float]], *, heights: Sequence[float], height: float) -> list[Axes]:
    """Like `panels`, in several rows: the widths in each row, and the heights of the rows. The axes, row by row."""
    with course_style():
        figure = Figure(figsize=(8.4, height), dpi=100)  # shown pixel by pixel, 840 wide: scaling would cost time
        FigureCanvasAgg(figure)
        rows = figure.add_gridspec(len(widths), 1, height_ratios=list(heights))
        axes = []
        for row, in_row in enumerate(widths):
            places = rows[row, 0].subgridspec(1, len(in_row), width_ratios=list(in_row))
            axes += [figure.add_subplot(places[0, column]) for column in range(len(in_row))]
    return axes
