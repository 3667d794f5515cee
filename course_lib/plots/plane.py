"""Two classes in the plane, and what a network makes of it."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import ArrayLike

from .style import BLUE, INK, ORANGE, Array, in_course_style, own_axes

TWO_CLASSES = LinearSegmentedColormap.from_list("two classes", ["#8fc3e4", "#ffffff", "#f3b48a"])


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
