"""The trials of a search: parallel coordinates, a table of the best by two settings, and the curve of a training.

In parallel coordinates a trial is a line from axis to axis: its settings, and at the end what came of them.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike

from .style import GREY, INK, ORANGE, Array, in_course_style, own_axes
from .tuning import accuracy_colours, accuracy_ticks, sharpness

Ticks = Sequence[tuple[float, str]]  # where on an axis, from 0 to 1, and what stands there


@in_course_style
def parallel_frame(axes: Mapping[str, Ticks], *, ax: Axes | None = None) -> Axes:
    """Upright axes side by side, each with its name above it and its ticks, which `parallel_labels` labels."""
    ax = ax or own_axes(8, 3)
    for at, (name, ticks) in enumerate(axes.items()):
        ax.plot([at, at], [0, 1], color=GREY, linewidth=1)
        ax.text(at, 1.07, name, ha="center", va="bottom", fontsize=10.5)
        for height, _ in ticks:
            ax.plot([at - 0.02, at], [height, height], color=GREY, linewidth=1)
    ax.set(xlim=(-0.35, len(axes) - 0.75), ylim=(-0.06, 1.2))
    ax.set_axis_off()
    return ax


@in_course_style
def parallel_labels(axes: Mapping[str, Ticks], *, ax: Axes | None = None) -> Axes:
    """What stands at the ticks of `parallel_frame`, legible also where lines cross it."""
    ax = ax or parallel_frame(axes)
    halo = [withStroke(linewidth=3, foreground="white")]
    for at, ticks in enumerate(axes.values()):
        for height, label in ticks:
            ax.text(at - 0.035, height, label, ha="right", va="center", fontsize=8.5, color=INK, path_effects=halo)
    return ax


@in_course_style
def parallel_lines(lines: ArrayLike, accuracies: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """A line for each trial: heights (T, A), from 0 to 1, the darker, the better its accuracy (T,); the best in orange.

    An accuracy of nan, of a run that failed, is a dotted line.
    """
    heights, shares = np.atleast_2d(np.asarray(lines, float)), np.asarray(accuracies, float)
    ax = ax or parallel_frame({str(a): () for a in range(heights.shape[1])})
    if not shares.size:
        return ax
    ran, places = np.isfinite(shares), np.arange(heights.shape[1])
    order = np.argsort(np.nan_to_num(shares, nan=-1.0))  # the best on top
    colours = accuracy_colours(np.nan_to_num(shares))
    widths = np.full(len(shares), 1.3)
    if ran.any():
        best = int(np.nanargmax(shares))
        colours[best], widths[best] = to_rgba(ORANGE), 2.8
    ax.add_collection(
        LineCollection(
            [np.stack([places, heights[t]], axis=1) for t in order],
            colors=[colours[t] for t in order],
            linewidths=[widths[t] for t in order],
            linestyles=["-" if ran[t] else ":" for t in order],
        ),
        autolim=False,
    )
    return ax


@in_course_style
def parallel_marker(heights: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """Where the settings stand now: dots on the first axes, joined by a dashed line."""
    y = np.asarray(heights, float)
    ax = ax or parallel_frame({str(a): () for a in range(len(y))})
    ax.plot(np.arange(len(y)), y, "o--", color=INK, linewidth=1.2, markersize=6)
    return ax


@in_course_style
def table_frame(
    columns: Sequence[str], rows: Sequence[str], *, xlabel: str, ylabel: str, ax: Axes | None = None
) -> Axes:
    """The empty table of `table_cells`, with a label for each column and each row, the first row at the bottom."""
    ax = ax or own_axes(4.5, 3)
    ax.set(xlabel=xlabel, ylabel=ylabel, xlim=(-0.5, len(columns) - 0.5), ylim=(-0.5, len(rows) - 0.5))
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(rows)), rows)
    ax.tick_params(length=0)
    ax.grid(visible=False)
    for x in range(len(columns) + 1):
        ax.axvline(x - 0.5, color="#e5e7eb", linewidth=0.8)
    for y in range(len(rows) + 1):
        ax.axhline(y - 0.5, color="#e5e7eb", linewidth=0.8)
    return ax


@in_course_style
def table_cells(accuracies: Mapping[tuple[int, int], float], *, ax: Axes | None = None) -> Axes:
    """An accuracy in percent for (column, row), the darker, the better; nan is a cross."""
    ax = ax or table_frame(["0"], ["0"], xlabel="", ylabel="")
    if not accuracies:
        return ax
    shares = np.array(list(accuracies.values()))
    colours = accuracy_colours(np.nan_to_num(shares))
    square = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * 0.96
    squares = [square + place for place in accuracies]
    ax.add_collection(PolyCollection(squares, facecolors=list(colours)), autolim=False)
    for (column, row), share in accuracies.items():
        text = f"{100 * share:.1f}" if np.isfinite(share) else "×"
        colour = "white" if share > 0.75 else INK
        ax.text(column, row, text, ha="center", va="center", fontsize=9, color=colour)
    return ax


@in_course_style
def table_cursor(column: int, row: int, *, ax: Axes | None = None) -> Axes:
    """A frame round one cell."""
    ax = ax or table_frame(["0"], ["0"], xlabel="", ylabel="")
    x, y = np.array([-0.5, 0.5, 0.5, -0.5, -0.5]) + column, np.array([-0.5, -0.5, 0.5, 0.5, -0.5]) + row
    ax.plot(x, y, color=INK, linewidth=2.2)
    return ax


@in_course_style
def epochs_frame(epochs: int, *, lowest: float, ylabel: str, ax: Axes | None = None) -> Axes:
    """The axes of `epochs_curve`: accuracies from `lowest` up, spread out towards 100%."""
    ax = ax or own_axes(3.5, 3)
    ax.set(xlabel="epoch", ylabel=ylabel, xlim=(0.5, epochs + 0.5), ylim=(sharpness(lowest), sharpness(0.993)))
    accuracy_ticks(ax)
    ax.set_title(" ")  # keeps room for a note
    return ax


@in_course_style
def epochs_curve(accuracies: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """The accuracy after each epoch; what is too low for the axes lies on their lower edge."""
    ax = ax or epochs_frame(np.size(accuracies), lowest=0.0, ylabel="accuracy")
    y: Array = np.maximum(sharpness(accuracies), ax.get_ylim()[0])
    ax.plot(np.arange(1, len(y) + 1), y, ".-", color=INK, linewidth=1.6)
    return ax
