"""Every picture of the course: f(data, *, ax=None) -> Axes. Nothing else draws, and plots.mplstyle is the one style.

    plots.probability_bars(P)            a figure of its own, shown under the cell
    plots.probability_bars(P, ax=ax)     drawn into your axes, on top of what is there

The explorers draw in two calls: a frame with what stays (labels, limits, reference curves), and over it, again and
again, what moves. So a function that draws something movable adds it, and leaves labels and limits alone.
"""

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating[Any]]
Arguments = ParamSpec("Arguments")

BLUE, ORANGE, GREEN, GREY, INK = "#0072B2", "#D55E00", "#009E73", "#6b7280", "#1f2937"
TWO_CLASSES = LinearSegmentedColormap.from_list("two classes", ["#8fc3e4", "#ffffff", "#f3b48a"])

_STYLE = mpl.rc_params_from_file(Path(__file__).with_suffix(".mplstyle"), use_default_template=False)
_style_lock = threading.RLock()  # Matplotlib's settings are global, and a slider may answer on another thread
_styled = False  # under the lock: its owner has put the style in force already


@contextlib.contextmanager
def course_style() -> Iterator[None]:
    """Whatever is made in here has the look of plots.mplstyle; outside, Matplotlib's settings stay as they were."""
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


def panels(widths: Sequence[float], *, height: float = 3.3, dpi: int = 150) -> list[Axes]:
    """Axes side by side in one figure, 8.4 inches wide, that no cell shows by itself: an explorer's picture."""
    with course_style():
        figure = Figure(figsize=(8.4, height), dpi=dpi)
        FigureCanvasAgg(figure)
        axes = figure.subplots(1, len(widths), width_ratios=list(widths), squeeze=False)
    return list(axes[0])


# ---- images and networks -------------------------------------------------------------------------


@in_course_style
def image_grid(
    images: ArrayLike, *, titles: Sequence[str] | None = None, columns: int = 8, ax: Axes | None = None
) -> Axes:
    """N images as tiles of one picture, dark ink for large values: (N, rows, columns of pixels), or (N, D) if square.

    titles: one for each image, written over it; columns: at most so many in a row.
    """
    images = np.asarray(images, float)
    if images.ndim == 2:
        side = round(images.shape[1] ** 0.5)
        images = images.reshape(len(images), side, side)
    N, height, width = images.shape
    if titles is not None and len(titles) != N:
        raise ValueError(f"Give one title for each of the {N} images, not {len(titles)}.")
    rows = -(-N // columns)
    columns = -(-N // rows)  # ten images: five and five, not eight and two
    gap, head = max(1, width // 8), 0 if titles is None else -(-height // 4)
    tiles = np.full((rows * (head + height + gap) - gap, columns * (width + gap) - gap), np.nan)  # NaN is left white
    ax = ax or own_axes(0.95 * columns, 0.95 * columns * tiles.shape[0] / tiles.shape[1])
    for n, image in enumerate(images):
        top, left = (n // columns) * (head + height + gap) + head, (n % columns) * (width + gap)
        tiles[top : top + height, left : left + width] = image
        if titles is not None:
            ax.text(left + width / 2 - 0.5, top - 0.7, titles[n], ha="center", va="bottom", fontsize=10)
    ax.imshow(tiles, interpolation="nearest")
    ax.set_axis_off()
    return ax


@in_course_style
def network_diagram(
    sizes: Sequence[int], *, names: Sequence[str] | None = None, most: int = 8, ax: Axes | None = None
) -> Axes:
    """A layered graph: a circle for each unit and a line for each weight; a layer of over `most` units is abridged.

    names: one for each layer, "inputs", "hidden", "logits" and so on; the number of units is written under them.
    """
    names = names or ["inputs", *["hidden"] * (len(sizes) - 2), "logits"]
    tallest = min(max(sizes), most)
    ax = ax or own_axes(1.6 + 1.9 * (len(sizes) - 1), 0.9 + 0.36 * tallest)
    heights = []
    for size in sizes:
        y = (min(size, most) - 1) / 2 - np.arange(min(size, most))
        heights.append(y if size <= most else np.delete(y, most // 2))  # the gap holds three dots
    for x, (left, right) in enumerate(zip(heights[:-1], heights[1:], strict=True)):
        for a in left:
            ax.plot([x, x + 1], np.stack([np.full(len(right), a), right]), color=GREY, linewidth=0.5, alpha=0.6)
    for x, (size, y, name) in enumerate(zip(sizes, heights, names, strict=True)):
        ax.scatter(np.full(len(y), x), y, s=150, color="white", edgecolors=BLUE, linewidths=1.6, zorder=3)
        if size > most:
            gap = (most - 1) / 2 - most // 2
            ax.scatter([x] * 3, [gap - 0.25, gap, gap + 0.25], s=6, color=INK, zorder=3)
        ax.text(x, -(tallest + 0.4) / 2, f"{name}\n{size}", ha="center", va="top")
    ax.set(xlim=(-0.5, len(sizes) - 0.5), ylim=(-tallest / 2 - 1.6, tallest / 2))
    ax.set_axis_off()
    return ax


# ---- curves, bars and histograms -----------------------------------------------------------------


@in_course_style
def activation_curves(
    functions: Mapping[str, Callable[[Array], ArrayLike]], *, limit: float = 6, ax: Axes | None = None
) -> Axes:
    """a = f(z) for z from -limit to limit, a curve for each named function. Each is called with z (M, 1)."""
    ax = ax or own_axes(5.2, 3.3)
    z = np.linspace(-limit, limit, 401)
    for style, (name, f) in zip(["-", "--", "-.", ":"], functions.items(), strict=False):
        ax.plot(z, np.ravel(f(z[:, None])), style, label=name)
    ax.axhline(0, color=GREY, linewidth=0.8)
    ax.axvline(0, color=GREY, linewidth=0.8)
    ax.set(xlabel="pre-activation z", xlim=(-limit, limit))
    ax.legend(loc="upper left")
    ax.set_title(" ")  # keeps room for a note
    return ax


@in_course_style
def training_curves(curves: Mapping[str, ArrayLike], *, ylabel: str = "loss", ax: Axes | None = None) -> Axes:
    """A curve over the steps of a training run for each name."""
    ax = ax or own_axes(5.2, 3.0)
    for style, (name, values) in zip(["-", "--", "-.", ":"], curves.items(), strict=False):
        ax.plot(np.asarray(values), style, label=name)
    ax.set(xlabel="step", ylabel=ylabel, ylim=(0, None))
    ax.legend(loc="upper right")
    return ax


@in_course_style
def probability_bars(probabilities: ArrayLike, *, names: Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
    """P (C,) as bars with their percentages, the largest one stressed; names of the classes, else 0 to C - 1."""
    p = np.asarray(probabilities, float)
    if ax is None:
        ax = probability_frame(len(p), names=names, ax=own_axes(5.2, 2.8))
    colours = np.where(np.arange(len(p)) == p.argmax(), ORANGE, BLUE)
    ax.bar(np.arange(len(p)), p, color=list(colours), width=0.8)
    for c, share in enumerate(p):
        if share >= 0.005:
            ax.text(c, share + 0.015, f"{share:.0%}", ha="center", va="bottom", fontsize=8.5)
    return ax


@in_course_style
def probability_frame(C: int, *, names: Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
    """The axes of `probability_bars`, without bars."""
    ax = ax or own_axes(5.2, 2.8)
    ax.set(xlabel="class", ylabel="probability", xlim=(-0.6, C - 0.4), ylim=(0, 1.12))
    ax.set_xticks(range(C), names or [str(c) for c in range(C)])
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    ax.grid(axis="x", visible=False)
    return ax


@in_course_style
def logit_bars(logits: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """Logits (C,) as bars up and down from 0."""
    Z = np.asarray(logits, float)
    ax = ax or own_axes(4, 2.8)
    ax.bar(np.arange(len(Z)), Z, color=GREY, width=0.8)
    ax.axhline(0, color=INK, linewidth=0.8)
    ax.set(xlabel="class", ylabel="logit")
    ax.set_xticks(range(len(Z)))
    ax.grid(axis="x", visible=False)
    return ax


@in_course_style
def histogram_frame(low: float, high: float, *, xlabel: str, ax: Axes | None = None) -> Axes:
    """The axes of `histogram`, without bars: values from low to high, shares from 0 to 1."""
    ax = ax or own_axes(4, 3)
    ax.set(xlabel=xlabel, ylabel="share of the units", xlim=(low, high), ylim=(0, 1.02))
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    ax.set_title(" ")  # keeps room for a note
    return ax


@in_course_style
def histogram(
    values: ArrayLike, low: float, high: float, *, stressed: ArrayLike, bins: int = 25, ax: Axes | None = None
) -> Axes:
    """The share of the values in each bin from low to high, what lies outside in the end bins.

    stressed: a bool for each value; those are drawn in the second colour, within the bar.
    """
    ax = ax or histogram_frame(low, high, xlabel="value")
    inside, edges = np.clip(np.ravel(values), low, high), np.linspace(low, high, bins + 1)
    counted = (inside, inside[np.ravel(stressed)])
    shapes = [_steps(edges, np.histogram(part, edges)[0] / inside.size, 0) for part in counted]
    ax.add_collection(PolyCollection(shapes, facecolors=[BLUE, ORANGE]), autolim=False)
    return ax


def _steps(edges: Array, tops: Array, base: float) -> Array:
    """The outline of a histogram as a polygon (2 B + 2, 2), from B + 1 edges and B tops."""
    x = np.repeat(edges, 2)
    return np.stack([x, np.concatenate([[base], np.repeat(tops, 2), [base]])], axis=1)


@in_course_style
def point(x: float, y: float, *, ax: Axes | None = None) -> Axes:
    """A dot on a curve, with thin lines to both axes."""
    ax = ax or own_axes(4, 3)
    (left, _), (bottom, _) = ax.get_xlim(), ax.get_ylim()
    ax.plot([x, x, left], [bottom, y, y], ":", color=GREY, linewidth=1)
    ax.plot([x], [y], "o", color=INK, markersize=8)
    return ax


@in_course_style
def note(text: str, *, colour: str = INK, ax: Axes | None = None) -> Axes:
    """A line of text over the axes, where a title would be."""
    ax = ax or own_axes(4, 3)
    ax.text(0.5, 1.02, text, transform=ax.transAxes, ha="center", va="bottom", fontsize=11.5, color=colour)
    return ax


# ---- depth ---------------------------------------------------------------------------------------


@in_course_style
def layer_histograms_frame(depth: int, *, xlabel: str, ax: Axes | None = None) -> Axes:
    """The axes of `layer_histograms`: sizes on a logarithmic axis, layer 1 at the top."""
    ax = ax or own_axes(4, 3.6)
    ax.set(xlabel=xlabel, ylabel="hidden layer", xscale="log", xlim=(1e-4, 1e4), ylim=(depth + 0.35, -0.15))
    ax.set_yticks(range(1, depth + 1))
    ax.set_title(" ")  # keeps room for a note
    return ax


@in_course_style
def layer_histograms(activations: Sequence[Array], *, ax: Axes | None = None) -> Axes:
    """How large the activations of each layer are, |a|: one histogram over the other, zeros left out."""
    ax = ax or layer_histograms_frame(len(activations), xlabel="size of an activation")
    edges = np.geomspace(1e-4, 1e4, 81)
    shapes = []
    for layer, A in enumerate(activations, start=1):
        counts = np.histogram(np.abs(A), edges)[0]
        shapes.append(_steps(edges, layer - 0.9 * counts / max(counts.max(), 1), layer))
    ax.add_collection(PolyCollection(shapes, facecolors=BLUE), autolim=False)
    return ax


@in_course_style
def spread_frame(references: Mapping[str, ArrayLike], *, ylabel: str, ax: Axes | None = None) -> Axes:
    """Reference lines of a size by layer on a logarithmic axis, each named at its right end."""
    ax = ax or own_axes(4.5, 3.6)
    depth = 0
    for name, sizes in references.items():
        y = np.asarray(sizes, float)
        depth = len(y)
        ax.plot(np.arange(1, depth + 1), y, "--", color=GREY, linewidth=1.2)
        ax.text(depth + 0.35, y[-1], name, va="center", color=GREY, fontsize=10)
    ax.set(xlabel="hidden layer", ylabel=ylabel, yscale="log", xlim=(0.6, depth + 2.2), ylim=(1e-4, 1e4))
    ax.set_xticks(range(1, depth + 1))
    ax.set_title(" ")
    return ax


@in_course_style
def spread_line(sizes: ArrayLike, *, factor: float, ax: Axes | None = None) -> Axes:
    """Sizes by layer, in a band from first / factor to first * factor."""
    y = np.asarray(sizes, float)
    ax = ax or spread_frame({}, ylabel="size")
    ax.axhspan(y[0] / factor, y[0] * factor, color=GREEN, alpha=0.15, linewidth=0)
    ax.plot(np.arange(1, len(y) + 1), y, "o-", color=BLUE, markersize=5)
    return ax


# ---- two classes in the plane --------------------------------------------------------------------


@in_course_style
def plane_frame(extent: tuple[float, float, float, float], *, ax: Axes | None = None) -> Axes:
    """The axes of two features, over extent = (left, right, bottom, top)."""
    ax = ax or own_axes(4, 3.4)
    ax.set(xlabel="feature 1", ylabel="feature 2", xlim=extent[:2], ylim=extent[2:])
    ax.set_title(" ")  # keeps room for a note
    return ax


@in_course_style
def labelled_points(X: Array, y: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """Points X (N, 2) of two classes, told apart by colour and by shape."""
    ax = ax or own_axes(4, 3.4)
    labels = np.asarray(y)
    for label, colour, marker in ((0, BLUE, "o"), (1, ORANGE, "^")):
        rows = X[labels == label]
        ax.plot(
            rows[:, 0], rows[:, 1], marker, color=colour, markersize=5, markeredgecolor="white", markeredgewidth=0.6
        )
    return ax


@in_course_style
def decision_regions(p: Array, extent: tuple[float, float, float, float], *, ax: Axes | None = None) -> Axes:
    """The probability p (M, M) of class 1 on a grid over extent = (left, right, bottom, top), and the line p = 0.5."""
    ax = ax or own_axes(4, 3.4)
    x, y = np.linspace(*extent[:2], p.shape[1]), np.linspace(*extent[2:], p.shape[0])
    ax.contourf(x, y, p, levels=np.linspace(0, 1, 11), cmap=TWO_CLASSES)  # an image would take four times as long
    if p.min() < 0.5 < p.max():
        ax.contour(x, y, p, levels=[0.5], colors=[INK], linewidths=1.8)
    return ax


# ---- backprop ------------------------------------------------------------------------------------


@in_course_style
def computation_graph(
    values: Mapping[str, Sequence[Sequence[str]]],
    boxes: Sequence[Mapping[str, Any]],
    nodes: Sequence[Mapping[str, Any]],
    wires: Sequence[Mapping[str, Any]],
    size: Mapping[str, float],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Arrays as boxes of numbers, operations between them, and wires: values in blue, gradients in orange.

    values: the text of every number by the array's name, the gradient of W under "dW". The places of boxes, nodes and
    wires, and the sizes of their parts, are those of the backprop stepper.
    """
    ax = ax or own_axes(8.4, 8.4 * size["height"] / size["width"])
    for box in boxes:
        corner = (box["x"], box["y"])
        ax.add_patch(Rectangle(corner, box["width"], box["height"], fill=False, edgecolor=GREY, linewidth=0.8))
        for half, colour in enumerate([BLUE, ORANGE][: 1 + box["gradient"]]):
            name = "d" * half + box["name"]
            top = box["y"] + half * (size["head"] + box["rows"] * size["cellHeight"])
            ax.text(box["x"] + 5, top + 14, name, color=colour, fontsize=8.5, weight="bold")
            for row, numbers in enumerate(values.get(name, ())):
                for column, number in enumerate(numbers):
                    right = box["x"] + size["margin"] + (column + 1) * size["cellWidth"] - 4
                    bottom = top + size["head"] + row * size["cellHeight"] + 13
                    ax.text(right, bottom, number, color=colour, fontsize=8, ha="right", family="monospace")
    for node in nodes:
        half_size = node["size"] / 2
        corner = (node["x"] - half_size, node["y"] - half_size)
        ax.add_patch(Rectangle(corner, node["size"], node["size"], facecolor="#f3f4f6", edgecolor=GREY, linewidth=0.8))
        ax.text(node["x"], node["y"] + 3, node["label"], ha="center", fontsize=8.5)
    for wire in wires:
        arrow = {"arrowstyle": "-|>", "color": ORANGE if wire["backward"] else BLUE, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", (wire["x2"], wire["y2"]), (wire["x1"], wire["y1"]), arrowprops=arrow)
    ax.set(xlim=(0, size["width"]), ylim=(size["height"], 0))
    ax.set_axis_off()
    return ax


# ---- shapes --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """A matrix as a rectangle of cells with its middle at (x, y), in tenths of an inch; of size (0, 0), only its name.

    rows, columns: what its sides are called, "N" and "D"; numbers: what stands in the cells, if anything.
    """

    name: str
    x: float
    y: float
    size: tuple[int, ...] = (0, 0)
    rows: str = ""
    columns: str = ""
    numbers: NDArray[np.floating[Any]] | None = None
    colour: str = BLUE
    rows_colour: str = INK
    columns_colour: str = INK


@in_course_style
def blocks_frame(*, ax: Axes | None = None) -> Axes:
    """The axes of `blocks`, without blocks: 84 by 39 tenths of an inch."""
    ax = ax or own_axes(8.4, 3.9)
    ax.set(xlim=(0, 84), ylim=(0, 39))
    ax.set_axis_off()
    return ax


@in_course_style
def blocks(drawn: Sequence[Block], *, ax: Axes | None = None) -> Axes:
    """Matrices as rectangles, every side as long as it has cells; the name above, the letters at the sides."""
    ax = ax or blocks_frame()
    cell = 2.6
    for block in drawn:
        if block.size == (0, 0):
            ax.text(block.x, block.y, block.name, ha="center", va="center", color=block.colour, fontsize=14)
            continue
        height, width = (cell * side for side in block.size)
        left, bottom = block.x - width / 2, block.y - height / 2
        for row in range(block.size[0]):
            for column in range(block.size[1]):
                corner = (left + column * cell, bottom + (block.size[0] - 1 - row) * cell)
                ax.add_patch(Rectangle(corner, cell, cell, facecolor=block.colour, alpha=0.18, linewidth=0))
                ax.add_patch(Rectangle(corner, cell, cell, fill=False, edgecolor=block.colour, linewidth=0.8))
                if block.numbers is not None:
                    number = f"{block.numbers[row, column]:.0f}".replace("-", "−")
                    ax.text(corner[0] + cell / 2, corner[1] + cell / 2, number, ha="center", va="center", fontsize=10)
        ax.add_patch(Rectangle((left, bottom), width, height, fill=False, edgecolor=block.colour, linewidth=2))
        top = bottom + height
        ax.text(left - 0.6, block.y, block.rows, ha="right", va="center", color=block.rows_colour, fontsize=12)
        ax.text(block.x, top + 0.5, block.columns, ha="center", va="bottom", color=block.columns_colour, fontsize=12)
        name = ax.text(block.x, top + 2.6, block.name, ha="center", va="bottom", fontsize=13, weight="bold")
        name.set_color(block.colour)
    return ax


# ---- numerical gradients -------------------------------------------------------------------------


@in_course_style
def step_error_frame(right: float, wrong: float, *, ax: Axes | None = None) -> Axes:
    """The axes of `step_error`: logarithmic, with the errors below `right` and above `wrong` shaded."""
    ax = ax or own_axes(8.4, 4.2)
    ax.set(xlabel="step h", ylabel="relative error", xscale="log", yscale="log", xlim=(7e-13, 1.4), ylim=(2e-14, 60))
    ax.axhspan(2e-14, right, color=GREEN, alpha=0.08, linewidth=0)
    ax.axhspan(wrong, 60, color=ORANGE, alpha=0.08, linewidth=0)
    ax.text(1e-12, 1.5e-13, f"below {right:.0e}: the gradient is right", va="bottom", color=GREEN, fontsize=10)
    ax.text(1e-12, 30, f"above {wrong:.0e}: it is wrong, or there is a kink", va="top", color=ORANGE, fontsize=10)
    ax.set_title(" ")  # keeps room for a note
    return ax


@in_course_style
def step_error(steps: Array, errors: Array, crossings: Array, *, h: float, ax: Axes | None = None) -> Axes:
    """The error at each step as a curve with a dot at h, and marks at the bottom for the steps that cross a kink.

    crossings: the step from which each kink is crossed; marks up to h are stressed.
    """
    ax = ax or step_error_frame(1e-7, 1e-2)
    ax.plot(steps, errors, color=BLUE, linewidth=1.6, marker="o", markersize=3)
    marks = np.ravel(crossings)
    for colour, chosen in ((GREY, marks >= h), (ORANGE, marks < h)):
        ax.plot(marks[chosen], np.full(chosen.sum(), 5e-14), "|", color=colour, markersize=12, markeredgewidth=1.4)
    ax.axvline(h, color=INK, linewidth=0.8, linestyle=":")
    ax.plot(h, errors[np.abs(steps - h).argmin()], "o", color=INK, markersize=8)
    return ax


@in_course_style
def power_law(slope: float, level: float, low: float, high: float, *, name: str, ax: Axes | None = None) -> Axes:
    """The line error = 10^level h^slope from step low to high on logarithmic axes, with its name and its slope."""
    ax = ax or step_error_frame(1e-7, 1e-2)
    ends = np.array([low, high])
    ax.plot(ends, 10**level * ends**slope, color=ORANGE, linewidth=3, alpha=0.6)
    text = f"{name}: slope {slope:.2f}".replace("-", "−")
    if slope > 0:  # outside of the V, on its right and on its left
        ax.text(min(2 * low, 1.3e-3), 10**level * low**slope / 2, text, va="top", color=ORANGE)
    else:
        middle = np.sqrt(low * high)
        ax.text(middle / 1.6, 10**level * middle**slope, text, ha="right", va="top", color=ORANGE)
    return ax


# ---- one weight ----------------------------------------------------------------------------------


@in_course_style
def small_network(
    layers: Mapping[str, Sequence[str]],
    *,
    weights: Mapping[tuple[int, int, int], str],
    stressed: tuple[int, int, int],
    faint: Sequence[tuple[int, int]],
    remarks: Mapping[tuple[int, int], str],
    ax: Axes | None = None,
) -> Axes:
    """A network unit by unit, with a number in each.

    layers: for each layer its name and the texts in its units; weights: texts for connections (layer, from, to), or for
    the bias of a unit (-1, layer, unit); stressed: the one of them in orange; faint: units (layer, unit) drawn in grey;
    remarks: a text beside a unit.
    """
    ax = ax or own_axes(4.6, 3.4)
    places = {
        (x, unit): (2.0 * x, (len(texts) - 1) / 2 - unit)
        for x, texts in enumerate(layers.values())
        for unit in range(len(texts))
    }
    for (x, a), start in places.items():
        for (to, b), end in places.items():
            if to == x + 1:
                colour, width = (ORANGE, 3.5) if (x, a, b) == stressed else (GREY, 0.8)
                ax.plot(*zip(start, end, strict=True), color=colour, linewidth=width, zorder=1)
    for (x, a, b), text in weights.items():
        colour = ORANGE if (x, a, b) == stressed else INK
        start, end = (places[a, b],) * 2 if x < 0 else (places[x, a], places[x + 1, b])
        near = (start[0] + 0.36 * (end[0] - start[0]), start[1] + 0.36 * (end[1] - start[1]))
        middle = (start[0], start[1] - 0.48) if x < 0 else near
        box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"}
        ax.text(*middle, text, ha="center", va="center", color=colour, fontsize=10, bbox=box, zorder=2)
    for x, (name, texts) in enumerate(layers.items()):
        ax.text(2.0 * x, -1.75, name, ha="center", va="center", color=GREY, fontsize=10)
        for unit, text in enumerate(texts):
            off = (x, unit) in faint
            edge = ORANGE if (-1, x, unit) == stressed else GREY if off else BLUE
            circle = ax.scatter(*places[x, unit], s=1050, color="white", edgecolors=edge, linewidths=2, zorder=3)
            circle.set_linestyle("dashed" if off else "solid")
            colour = GREY if off else INK
            ax.text(*places[x, unit], text, ha="center", va="center", color=colour, fontsize=10, zorder=4)
    for (x, unit), text in remarks.items():
        across, up = places[x, unit]
        beside = (across + 0.42, up) if x == len(layers) - 1 else (across, up - 0.45)
        ax.text(*beside, text, ha="left" if x == len(layers) - 1 else "center", va="center", color=GREY, fontsize=9)
    ax.set(xlim=(-0.6, 5.3), ylim=(-2, 1.7))
    ax.set_axis_off()
    return ax


@in_course_style
def weight_loss_frame(weight: float, loss: float, reach: float, *, label: str, ax: Axes | None = None) -> Axes:
    """The axes of `weight_loss`: the weight and the loss in the middle, with a dot; 1 to the left and right."""
    ax = ax or own_axes(3.6, 3.2)
    ax.set(xlabel=label, ylabel="loss", xlim=(weight - 1.05, weight + 1.05), ylim=(loss - reach, loss + reach))
    ax.plot(weight, loss, "o", color=INK, markersize=8)
    ax.set_title(" ")  # keeps room for a note
    return ax


@in_course_style
def weight_loss(
    weights: Array, losses: Array, *, weight: float, loss: float, slope: float, move: float, ax: Axes | None = None
) -> Axes:
    """The loss along one weight, its tangent at (weight, loss), and the loss after a move of the weight in orange."""
    ax = ax or weight_loss_frame(weight, loss, 1, label="weight")
    ax.plot(weights, losses, color=BLUE)
    ends = np.array([-0.6, 0.6])
    ax.plot(weight + ends, loss + slope * ends, "--", color=ORANGE, linewidth=1.4)
    after = float(np.interp(weight + move, weights, losses))
    ax.plot([weight, weight + move], [loss, after], color=ORANGE, linewidth=3)
    ax.plot(weight + move, after, "o", color=ORANGE, markersize=8)
    ax.plot(weight, loss, "o", color=INK, markersize=8)
    return ax
