"""Splits and searches: who goes where, what was tried, and how the scores lie."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.ticker import FuncFormatter
from numpy.typing import ArrayLike

from .style import BLUE, GREEN, GREY, INK, ORANGE, Array, in_course_style, own_axes

ACCURACIES = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99)
_COLOURS = LinearSegmentedColormap.from_list("scores", ["#d9e2ec", BLUE, "#0b2545"])  # the darker, the better


def sharpness(accuracies: ArrayLike) -> Array:
    """-log10 of the error, so that what happens between 95% and 98% can be seen: 0% -> 0, 90% -> 1, 99% -> 2."""
    errors = np.clip(1 - np.asarray(accuracies, float), 1e-3, 1)
    return np.asarray(-np.log10(errors))


def accuracy_colours(accuracies: ArrayLike) -> Array:
    """A colour (N, 4) for each accuracy, light for a bad one and dark for a good one."""
    colours: Array = _COLOURS(Normalize(0, 1.7)(sharpness(accuracies)))
    return colours


def percent(share: float, _place: object = None) -> str:
    """97.2% for 0.972; also for Matplotlib, which hands over a place too."""
    return f"{100 * share:.4g}%"


@in_course_style
def split_bars(counts: Mapping[str, ArrayLike], *, ax: Axes | None = None) -> Axes:
    """How many examples of each class are in each part: a bar for each class, cut in the parts, by their names."""
    table = np.array([np.asarray(part) for part in counts.values()])  # (parts, C)
    classes = np.arange(table.shape[1])
    ax = ax or own_axes(6.2, 3.4)
    left = np.zeros(len(classes))
    for colour, name, part in zip(cycle((BLUE, ORANGE, GREEN)), counts, table, strict=False):
        ax.barh(classes, part, left=left, color=colour, height=0.75, label=name)
        for c, count in enumerate(part):
            ax.text(left[c] + count / 2, c, str(count), ha="center", va="center", fontsize=9, color="white")
        left += part
    ax.set(xlabel="images", ylabel="class", yticks=classes)
    ax.invert_yaxis()
    ax.grid(visible=False)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(counts))
    return ax


@in_course_style
def score_curves(
    curves: Mapping[str, tuple[ArrayLike, ArrayLike]], *, xlabel: str, ylabel: str, ax: Axes | None = None
) -> Axes:
    """Scores between 0 and 1 at some values on a log axis: (values, scores) for each name. nan leaves a gap."""
    ax = ax or own_axes(6.2, 3.4)
    looks = zip(cycle("os^D"), cycle((ORANGE, BLUE, GREEN, INK)), strict=False)
    for (marker, colour), (name, (x, scores)) in zip(looks, curves.items(), strict=False):
        ax.plot(np.asarray(x, float), np.asarray(scores, float), f"{marker}-", color=colour, markersize=6, label=name)
    ax.set(xlabel=xlabel, ylabel=ylabel, xscale="log")
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.yaxis.set_major_formatter(FuncFormatter(percent))
    ax.legend(loc="best")
    return ax


@in_course_style
def search_points(
    x: ArrayLike, y: ArrayLike, scores: ArrayLike, *, xlabel: str, ylabel: str, ax: Axes | None = None
) -> Axes:
    """The settings that a search has tried, on two log axes, with their scores in percent; the best in orange.

    Marks along the edges show which values of each setting were tried. A score of nan is a cross.
    """
    ax = ax or own_axes(4.2, 3.6)
    x, y, scores = (np.asarray(values, float) for values in (x, y, scores))
    ran = np.isfinite(scores)
    ax.scatter(x[ran], y[ran], c=accuracy_colours(scores[ran]), s=90, zorder=3)
    ax.scatter(x[~ran], y[~ran], marker="x", color=GREY, s=60, zorder=3)
    if ran.any():
        best = int(np.nanargmax(scores))
        ax.scatter(x[best], y[best], s=170, facecolors="none", edgecolors=ORANGE, linewidths=2.5, zorder=4)
    for place in zip(x, y, scores, strict=True):
        text = f"{place[2]:.0%}" if np.isfinite(place[2]) else "nan"
        ax.annotate(text, place[:2], xytext=(0, 9), textcoords="offset points", ha="center", fontsize=8.5, zorder=5)
    ax.plot(x, np.zeros(len(x)), "|", color=INK, markersize=14, transform=ax.get_xaxis_transform(), clip_on=False)
    ax.plot(np.zeros(len(y)), y, "_", color=INK, markersize=14, transform=ax.get_yaxis_transform(), clip_on=False)
    ax.set(xlabel=xlabel, ylabel=ylabel, xscale="log", yscale="log")
    ax.margins(0.15)
    ax.set_title(" ")  # keeps room for a note
    return ax


@in_course_style
def halving_curves(curves: Sequence[Sequence[tuple[float, float]]], *, ax: Axes | None = None) -> Axes:
    """The rounds of successive halving: for each config its (budget, accuracy) in every round it took part in.

    The one that won the last round is orange; a dot shows where another was dropped.
    """
    ax = ax or own_axes(6.2, 3.8)
    winner = max(curves, key=lambda curve: curve[-1])
    for curve in curves:
        budgets, accuracies = np.transpose(curve)
        colour, width = (ORANGE, 3.0) if curve is winner else (BLUE, 1.3)
        ax.plot(budgets, sharpness(accuracies), "-", color=colour, linewidth=width, alpha=0.8)
        ax.plot(budgets[-1:], sharpness(accuracies[-1:]), "o", color=colour, markersize=6)
    rounds = sorted({budget for curve in curves for budget, _ in curve})
    ax.set(xlabel="budget (epochs), on a log scale", ylabel="accuracy (validation)", xscale="log")
    ax.set_xticks(rounds, [f"{budget:g}" for budget in rounds])
    ax.minorticks_off()
    accuracy_ticks(ax)
    return ax


def accuracy_ticks(ax: Axes) -> None:
    """Percentages on a y-axis of sharpness."""
    low = ax.get_ylim()[0]
    shown = [accuracy for accuracy in ACCURACIES if sharpness(accuracy) >= low]
    ax.set_yticks(sharpness(shown), [percent(accuracy) for accuracy in shown])


@in_course_style
def seed_dots(scores: Mapping[str, ArrayLike], *, xlabel: str, ax: Axes | None = None) -> Axes:
    """A row of dots for each name, one for each seed, and under it the mean with one standard deviation (n - 1)."""
    ax = ax or own_axes(6.2, 0.9 + 0.8 * len(scores))
    tops = []
    for row, (colour, values) in enumerate(zip(cycle((BLUE, ORANGE, GREEN, INK)), scores.values(), strict=False)):
        s = np.sort(np.asarray(values, float))
        below = np.array([np.sum(np.isclose(s[:at], value)) for at, value in enumerate(s)])  # equal ones are piled up
        heights = row - 0.4 * below / max(4, below.max())
        ax.scatter(s, heights, color=colour, s=36, alpha=0.8, zorder=3)
        ax.errorbar(s.mean(), row + 0.25, xerr=s.std(ddof=1), color=colour, fmt="D", markersize=6, capsize=4)
        tops.append(heights.min())
    ax.set(xlabel=xlabel, ylim=(len(scores) - 0.5, min(tops) - 0.2))
    ax.set_yticks(range(len(scores)), list(scores))
    ax.xaxis.set_major_formatter(FuncFormatter(percent))
    ax.grid(axis="y", visible=False)
    return ax
