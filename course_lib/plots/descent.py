"""A loss over two weights, and the way down; losses by step on a logarithmic axis."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from .style import BLUE, GREY, INK, ORANGE, Array, in_course_style, own_axes


@in_course_style
def descent_frame(
    loss: Callable[[Array], Array], extent: tuple[float, float, float, float], *, ax: Axes | None = None
) -> Axes:
    """Lines of equal loss(w), w (..., 2), each twice as high as the one inside it, and a cross at the bottom, 0.

    extent: (left, right, bottom, top).
    """
    ax = ax or own_axes(5, 3.3)
    w1, w2 = np.meshgrid(np.linspace(*extent[:2], 161), np.linspace(*extent[2:], 121))
    heights = loss(np.stack([w1, w2], axis=-1))
    ax.contour(
        w1, w2, heights, levels=heights.max() / 2.0 ** np.arange(10, -1, -1), colors=[GREY], linewidths=0.8, alpha=0.5
    )
    ax.plot(0, 0, "+", color=INK, markersize=11, markeredgewidth=2)
    ax.set(xlabel="w1, along the valley", ylabel="w2, across it", xlim=extent[:2], ylim=extent[2:])
    ax.grid(visible=False)
    ax.set_title(" ")  # keeps room for a note
    return ax


@in_course_style
def descent_path(w: Array, *, ax: Axes | None = None) -> Axes:
    """The places w (T, 2) of a run, step by step, the first and the last one stressed; cut off far outside."""
    ax = ax or own_axes(5, 3.3)
    reach = 2 * np.array([max(map(abs, ax.get_xlim())), max(map(abs, ax.get_ylim()))])
    outside = np.flatnonzero(~(np.abs(w) < reach).all(axis=1))
    w = np.clip(w[: outside[0] + 1] if len(outside) else w, -10 * reach, 10 * reach)
    ax.plot(w[:, 0], w[:, 1], "-o", color=BLUE, linewidth=1.2, markersize=2.6)
    ax.plot(*w[0], "o", color=BLUE, markersize=8)
    ax.plot(*w[-1], "o", color=ORANGE, markersize=8)
    return ax


@in_course_style
def loss_frame(
    last: float, low: float, high: float, *, xlabel: str = "step", goal: float | None = None, ax: Axes | None = None
) -> Axes:
    """The axes of losses from low to high, logarithmic, by step or by epoch up to the last; a dotted line at a goal."""
    ax = ax or own_axes(4, 3.3)
    ax.set(xlabel=xlabel, ylabel="loss", yscale="log", xlim=(0, last), ylim=(low, high))
    if goal is not None:
        ax.axhline(goal, color=GREY, linestyle=":", linewidth=1.6)
    ax.set_title(" ")
    return ax


@in_course_style
def loss_line(
    x: ArrayLike,
    losses: ArrayLike,
    *,
    colour: str = BLUE,
    style: str = "-",
    width: float = 1.6,
    ax: Axes | None = None,
) -> Axes:
    """Losses as a line; what is not finite, or far outside, leaves the picture at the top."""
    ax = ax or own_axes(4, 3.3)
    high = np.nan_to_num(np.asarray(losses, float), nan=np.inf, posinf=np.inf)
    ax.plot(np.asarray(x, float), np.clip(high, 1e-12, 1e12), style, color=colour, linewidth=width)
    return ax
