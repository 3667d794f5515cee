"""What becomes of the activations, layer after layer."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from numpy.typing import ArrayLike

from .curves import step_outline
from .style import BLUE, GREEN, GREY, ORANGE, Array, in_course_style, own_axes

LINES: tuple[dict[str, Any], ...] = tuple(
    {"color": colour, "marker": marker, "markersize": 5, "linewidth": 1.5}
    for colour, marker in ((BLUE, "o"), (ORANGE, "s"), (GREEN, "^"))
)


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
        shapes.append(step_outline(edges, layer - 0.9 * counts / max(counts.max(), 1), layer))
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


@in_course_style
def layer_sizes_frame(
    deepest: int, *, ylabel: str, limits: tuple[float, float], names: Sequence[str] = (), ax: Axes | None = None
) -> Axes:
    """The axes of `layer_sizes`: a logarithmic size for each hidden layer up to `deepest`; names: of the lines."""
    ax = ax or own_axes(4.5, 3.6)
    for look, name in zip(LINES, names, strict=False):
        ax.plot([], [], **look, label=name)
    ax.set(xlabel="hidden layer", ylabel=ylabel, yscale="log", xlim=(0, deepest + 1), ylim=limits)
    if names:
        ax.legend(loc="upper left", fontsize=9)
    ax.set_title(" ")  # keeps room for a note
    return ax


@in_course_style
def layer_sizes(lines: Sequence[ArrayLike], *, ax: Axes | None = None) -> Axes:
    """A size for each layer, a line each; what is 0 or not finite is left out."""
    ax = ax or layer_sizes_frame(len(np.asarray(lines[0])), ylabel="size", limits=(1e-4, 1e4))
    for look, sizes in zip(LINES, lines, strict=False):
        y = np.asarray(sizes, float)
        ax.plot(np.arange(1, len(y) + 1), np.where((y > 0) & np.isfinite(y), y, np.nan), **look)
    return ax
