"""What the training desk draws beside losses: accuracies towards 100%, and the names of runs."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from .style import BLUE, GREEN, in_course_style, own_axes


@in_course_style
def accuracy_frame(last: float, *, goal: float, ax: Axes | None = None) -> Axes:
    """The axes of accuracies by epoch, stretched towards 100% (the logit scale); a dotted line at the goal."""
    ax = ax or own_axes(4, 3.3)
    ax.set(xlabel="epoch", ylabel="validation accuracy", yscale="logit", xlim=(0, last), ylim=(0.06, 0.993))
    marks = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.97, 0.98, 0.99]
    ax.set_yticks(marks, [f"{mark:.0%}" for mark in marks])
    ax.set_yticks([], minor=True)
    ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    ax.axhline(goal, color=GREEN, linestyle=":", linewidth=1.6)
    ax.set_title(" ")  # keeps room for a note
    return ax


@in_course_style
def accuracy_line(
    epochs: ArrayLike, accuracies: ArrayLike, *, colour: str = BLUE, width: float = 1.6, ax: Axes | None = None
) -> Axes:
    """An accuracy after each epoch, as a line with a dot for each."""
    ax = ax or accuracy_frame(20, goal=0.97)
    inside = np.clip(np.asarray(accuracies, float), 1e-3, 0.999)  # 0 and 1 have no logit
    ax.plot(np.asarray(epochs, float), inside, "o-", color=colour, linewidth=width, markersize=3)
    return ax


@in_course_style
def run_names(names: Mapping[str, str], *, ax: Axes | None = None) -> Axes:
    """The names of runs in their colours (name -> colour), in the lower right corner, the last one lowest."""
    ax = ax or own_axes(4, 3.3)
    for line, (name, colour) in enumerate(reversed(list(names.items()))):
        ax.text(0.985, 0.03 + 0.062 * line, name, transform=ax.transAxes, ha="right", color=colour, fontsize=8.5)
    return ax
