"""A race of optimisers: their paths through a valley, and what becomes of the loss."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from .style import BLUE, GREEN, GREY, INK, ORANGE, Array, in_course_style, own_axes

RUNNERS: tuple[dict[str, Any], ...] = tuple(  # how they look, in the order of the names
    {"color": colour, "marker": marker, "markersize": 8, "markeredgecolor": "white"}
    for colour, marker in ((BLUE, "o"), (ORANGE, "s"), (GREEN, "^"), ("#CC79A7", "D"))
)


@in_course_style
def valley_frame(reach: tuple[float, float], *, ax: Axes | None = None) -> Axes:
    """The axes of `valley` and `paths`: two weights, from -reach to reach, and a cross at the lowest place, 0."""
    ax = ax or own_axes(4.2, 3.6)
    ax.set(xlabel="weight 1", ylabel="weight 2", xlim=(-reach[0], reach[0]), ylim=(-reach[1], reach[1]))
    ax.set_aspect("equal")
    ax.grid(visible=False)
    ax.plot(0, 0, "+", color=INK, markersize=11, markeredgewidth=2)
    ax.set_title(" ")  # keeps room for a note
    return ax


@in_course_style
def valley(turn: float, ratio: float, *, ax: Axes | None = None) -> Axes:
    """Lines of equal loss of a valley `ratio` times as steep across as along, turned by `turn` degrees."""
    ax = ax or valley_frame((2, 1.6))
    angle, t = np.deg2rad(turn), np.linspace(0, 2 * np.pi, 121)
    along = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    ellipse = np.stack([np.cos(t), np.sin(t) / np.sqrt(ratio)], axis=1) @ along  # (121, 2)
    sizes = 0.4 * 1.45 ** np.arange(11)
    ax.add_collection(LineCollection([size * ellipse for size in sizes], colors=GREY, linewidths=0.6), autolim=False)
    return ax


@in_course_style
def paths(runs: Mapping[str, Array], *, ax: Axes | None = None) -> Axes:
    """The way of each runner through the plane, positions (T, 2), with a mark where it is now."""
    ax = ax or valley_frame((2, 1.6))
    for look, places in zip(RUNNERS, runs.values(), strict=False):
        _add_line(ax, places[:, 0], places[:, 1], linewidth=1.3, **look)
    return ax


@in_course_style
def race_frame(names: Sequence[str], steps: int, floor: float, *, ax: Axes | None = None) -> Axes:
    """The axes of `race_curves`: the loss as a share of the loss at the start, logarithmic, down to `floor`."""
    ax = ax or own_axes(4.6, 3.6)
    for look, name in zip(RUNNERS, names, strict=False):
        ax.plot([], [], **look, label=name)
    ax.set(xlabel="step", ylabel="loss / loss at the start", yscale="log", xlim=(0, steps), ylim=(floor, 1e3))
    ax.legend(loc="upper right", ncols=2)
    ax.set_title(" ")
    return ax


@in_course_style
def race_curves(curves: Mapping[str, Array], *, ax: Axes | None = None) -> Axes:
    """The loss after each step of each runner, with a mark at the last."""
    ax = ax or race_frame(list(curves), max(map(len, curves.values())), 1e-6)
    for look, losses in zip(RUNNERS, curves.values(), strict=False):
        _add_line(ax, np.arange(len(losses), dtype=float), losses, linewidth=1.6, **look)
    return ax


def _add_line(ax: Axes, x: Array, y: Array, **look: Any) -> None:
    """What ax.plot would draw, with a mark at its end alone, in a third of the time: no limits are worked out."""
    ax.add_artist(Line2D(x, y, markevery=[len(x) - 1], **look))


@in_course_style
def race_bands(curves: Mapping[str, Array], *, ax: Axes | None = None) -> Axes:
    """Curves as wide pale bands, for others to lie on."""
    ax = ax or race_frame(list(curves), max(map(len, curves.values())), 1e-6)
    lines = [np.stack([np.arange(len(losses)), losses], axis=1) for losses in curves.values()]
    colours = [look["color"] for look in RUNNERS]
    ax.add_collection(LineCollection(lines, colors=colours, linewidths=7, alpha=0.22), autolim=False)
    return ax


@in_course_style
def rate_curves(
    rates: ArrayLike, losses: Mapping[str, ArrayLike], *, title: str = "", ax: Axes | None = None
) -> Axes:
    """The loss after training for each learning rate, a curve for each runner; it leaves the picture above 10."""
    top = 10.0
    ax = ax or own_axes(5.6, 3.2)
    for look, (name, values) in zip(RUNNERS, losses.items(), strict=False):
        y = np.nan_to_num(np.asarray(values, float), nan=np.inf, posinf=np.inf)
        ax.plot(np.asarray(rates), np.clip(y, None, 1e3 * top), **{**look, "markersize": 6}, linewidth=1.4, label=name)
    ax.set(xlabel="learning rate", ylabel="loss after training", xscale="log", yscale="log", ylim=(0.02, top))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    ax.set_title(title)
    return ax
