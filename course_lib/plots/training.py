"""Training by SGD: how rough the gradient of a batch is, steps down a valley, runs side by side, the range test."""

import itertools
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, NullLocator
from numpy.typing import ArrayLike

from .style import BLUE, GREY, INK, ORANGE, Array, in_course_style, own_axes


@in_course_style
def batch_errors(batch_sizes: Sequence[int], errors: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """The errors of some batches of each size, (sizes, batches), as dots; and the line that falls like 1 / sqrt(B)."""
    ax = ax or own_axes(5.6, 3.2)
    sizes, dots = np.asarray(batch_sizes, float), np.asarray(errors, float)
    ax.plot(sizes, dots, "o", color=BLUE, markersize=4, alpha=0.5)
    level = np.exp(np.mean(np.log(dots.mean(axis=1) * np.sqrt(sizes))))  # the best fit on logarithmic axes
    ax.plot(sizes, level / np.sqrt(sizes), color=ORANGE, linewidth=2, label="falls like 1 / √B")
    ax.set(xlabel="batch size B", ylabel="error of the gradient", xscale="log", yscale="log")
    ax.set_xticks(sizes, [str(size) for size in batch_sizes])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 3)))
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    ax.legend()
    return ax


@in_course_style
def descents(
    loss: Callable[[Array], ArrayLike], paths: Mapping[str, Sequence[float]], *, ax: Axes | None = None
) -> Axes:
    """One valley beside the other, all alike, each with the steps of a walker in it, from blue to orange.

    loss: of an array of weights; paths: for each name the weights after 0, 1, 2, ... steps.
    """
    ax = ax or own_axes(8.4, 2.9)
    reach = 1.15 * max(abs(w) for path in paths.values() for w in path)
    weights, pitch = np.linspace(-reach, reach, 101), 2.4 * reach
    top = float(np.max(loss(weights)))
    for number, (name, path) in enumerate(paths.items()):
        middle = number * pitch
        ax.plot(middle + weights, np.asarray(loss(weights)), color=GREY, linewidth=1.4)
        places = np.asarray(path, float)
        heights = np.asarray(loss(places))
        ax.plot(middle + places, heights, "o-", color=BLUE, linewidth=1, markersize=5)
        ax.plot(middle + places[0], heights[0], "o", color=BLUE, markersize=8)
        ax.plot(middle + places[-1], heights[-1], "o", color=ORANGE, markersize=8)
        ax.text(middle, -0.05 * top, name, ha="center", va="top", color=INK)
    ax.set(xlim=(-1.1 * reach, middle + 1.1 * reach), ylim=(-0.2 * top, 1.02 * top))
    ax.set_axis_off()
    return ax


@in_course_style
def run_curves(
    runs: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    xlabel: str,
    ylabel: str = "loss",
    xscale: str = "linear",
    yscale: str = "linear",
    ylim: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Training runs as curves, (where, how much) for each name. What is not finite is left out."""
    ax = ax or own_axes(6.4, 3.3)
    for style, (name, (x, y)) in zip(itertools.cycle(["-", "--", "-.", ":", (0, (6, 2))]), runs.items(), strict=False):
        values = np.asarray(y, float)
        marker = "o" if values.size == 1 else ""  # a line through one point cannot be seen
        shown = np.where(np.isfinite(values), values, np.nan)
        ax.plot(np.asarray(x, float), shown, linestyle=style, marker=marker, label=name)
    ax.set(xlabel=xlabel, ylabel=ylabel, xscale=xscale, yscale=yscale)
    if xscale == "linear":
        ax.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True))  # steps and epochs are whole
    if ylim is not None:
        ax.set_ylim(ylim)
    elif yscale == "linear":
        ax.set_ylim(bottom=0)
    ax.legend()
    return ax


@in_course_style
def range_test(lrs: ArrayLike, losses: ArrayLike, chosen: float, *, ax: Axes | None = None) -> Axes:
    """The loss that each learning rate came to, and the steepest fall, from `chosen` to its neighbour, in orange.

    The picture ends above the first loss: what explodes leaves it.
    """
    ax = ax or own_axes(6.4, 3.3)
    x, y = np.asarray(lrs, float), np.asarray(losses, float)
    ax.plot(x, np.where(np.isfinite(y), y, np.nan), "o-", color=BLUE, markersize=5)
    left = int(np.argmin(np.abs(x - chosen)))
    ax.plot(x[left : left + 2], y[left : left + 2], color=ORANGE, linewidth=5, alpha=0.6)
    ax.axvline(chosen, color=INK, linewidth=0.8, linestyle=":")
    ax.annotate(f" {chosen:.2g}", (chosen, 1), xycoords=("data", "axes fraction"), va="top", color=INK)
    ax.set(xlabel="learning rate", ylabel="loss", xscale="log", ylim=(0, 1.3 * y[0]))
    return ax
