"""Training beside validation: along the epochs, and along the strength of a penalty."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from .style import BLUE, GREY, INK, ORANGE, in_course_style, own_axes
from .training import run_curves


@in_course_style
def epoch_curves(
    curves: Mapping[str, ArrayLike],
    *,
    ylabel: str = "loss",
    first: int = 0,
    marks: Mapping[str, int] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """A curve over the epochs for each name: `run_curves` of numbers that come one for each epoch.

    first: the number of the first epoch; marks: vertical lines by name, such as {"best": 12}.
    """
    runs = {name: (first + np.arange(len(np.asarray(values))), values) for name, values in curves.items()}
    ax = run_curves(runs, xlabel="epoch", ylabel=ylabel, ax=ax)
    for name, epoch in (marks or {}).items():
        ax.axvline(epoch, color=GREY, linestyle=":", linewidth=1.2)
        ax.annotate(f" {name}", (epoch, 1), xycoords=("data", "axes fraction"), va="top", color=INK, fontsize=10)
    return ax


@in_course_style
def penalty_frame(lams: Sequence[float], *, highest: float, ax: Axes | None = None) -> Axes:
    """The axes of `penalty_curves`: a place for each lam, losses from 0 to `highest`."""
    ax = ax or own_axes(4.4, 3.4)
    ax.set(xlabel="lam", ylabel="loss", xlim=(-0.5, len(lams) - 0.5), ylim=(0, highest))
    ax.set_xticks(range(len(lams)), [f"{lam:g}".removeprefix("0") or "0" for lam in lams], rotation=60, fontsize=9)
    ax.set_title(" ")  # keeps room for a note
    ax.plot([], [], "o-", color=BLUE, label="training")
    ax.plot([], [], "o-", color=ORANGE, label="validation")
    ax.legend(loc="upper left")
    return ax


@in_course_style
def penalty_curves(
    places: Sequence[int],
    train: Sequence[float],
    validation: Sequence[float],
    *,
    here: int,
    ax: Axes | None = None,
) -> Axes:
    """Losses at some of the places on the axis, joined, and the gap between the two at the place `here`."""
    ax = ax or penalty_frame([0.0] * (max(places) + 1), highest=1.1 * max(validation))
    at = list(places).index(here)
    ax.vlines(here, train[at], validation[at], color=GREY, linewidth=5, alpha=0.4)
    for values, colour in ((train, BLUE), (validation, ORANGE)):
        ax.plot(places, values, "o-", color=colour, linewidth=1.2, markersize=4)
        ax.plot([here], [values[at]], "o", color=colour, markersize=9)
    return ax
