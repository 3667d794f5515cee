"""A table of numbers as a picture."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import ArrayLike

from .style import BLUE, INK, in_course_style, own_axes

SHADES = LinearSegmentedColormap.from_list("shades", ["#ffffff", BLUE])


@in_course_style
def number_grid(
    numbers: ArrayLike,
    *,
    rows: Sequence[object],
    columns: Sequence[object],
    ylabel: str,
    xlabel: str,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Numbers from 0 to 1 (R, C) with two digits, on cells that are the darker the larger they are."""
    values = np.asarray(numbers, float)
    ax = ax or own_axes(1.4 + 0.8 * values.shape[1], 1.1 + 0.42 * values.shape[0])
    ax.imshow(values, cmap=SHADES, vmin=0, vmax=1.2, aspect="auto")
    for row, column in np.ndindex(values.shape):
        dark = values[row, column] > 0.75
        ax.text(column, row, f"{values[row, column]:.2f}", ha="center", va="center", color="white" if dark else INK)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.set_xticks(range(len(columns)), [str(each) for each in columns])
    ax.set_yticks(range(len(rows)), [str(each) for each in rows])
    ax.grid(visible=False)
    ax.tick_params(length=0)
    ax.set_title(title)
    return ax
