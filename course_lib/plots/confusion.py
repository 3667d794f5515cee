"""What a network takes for what."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from .style import INK, in_course_style, own_axes


@in_course_style
def confusion_matrix(counts: ArrayLike, *, names: Sequence[str], ax: Axes | None = None) -> Axes:
    """How many images of each class (a row) were taken for each class (a column): counts (C, C).

    The mistakes are shaded, the more of them the darker. The diagonal, where all is well, is left grey, or it would
    outshine them; zeros are left out.
    """
    M = np.asarray(counts)
    C = len(M)
    mistakes = np.where(np.eye(C, dtype=bool), 0, M)
    most = max(1, int(mistakes.max()))
    ax = ax or own_axes(1.9 + 0.5 * C, 1.5 + 0.42 * C)
    ax.imshow(mistakes, cmap="Oranges", vmin=0, vmax=1.25 * most, aspect="auto")
    for row, column in np.ndindex(M.shape):
        if row == column:
            ax.axvspan(column - 0.5, column + 0.5, 1 - (row + 1) / C, 1 - row / C, color="#e5e7eb")
        if M[row, column]:
            dark = row != column and M[row, column] > 0.75 * most
            colour = "white" if dark else INK
            ax.text(column, row, str(M[row, column]), ha="center", va="center", fontsize=9, color=colour)
    long = max(map(len, names)) > 2
    ax.set(xlabel="the network says", ylabel="the label")
    ax.set_xticks(range(C), names, rotation=40 if long else 0, ha="right" if long else "center")
    ax.set_yticks(range(C), names)
    ax.grid(visible=False)
    ax.tick_params(length=0)
    return ax
