"""Curves, bars, histograms, points and notes."""

from collections.abc import Callable, Mapping
from itertools import cycle

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from numpy.typing import ArrayLike

from .style import BLUE, GREY, INK, ORANGE, Array, in_course_style, own_axes

DASHES = ("-", "--", "-.", ":")


@in_course_style
def activation_curves(
    functions: Mapping[str, Callable[[Array], ArrayLike]], *, limit: float = 6, ax: Axes | None = None
) -> Axes:
    """a = f(z) for z from -limit to limit, a curve for each named function. Each is called with z (M, 1)."""
    ax = ax or own_axes(5.2, 3.3)
    z = np.linspace(-limit, limit, 401)
    for style, (name, f) in zip(cycle(DASHES), functions.items(), strict=False):
        ax.plot(z, np.ravel(f(z[:, None])), style, label=name)
    ax.axhline(0, color=GREY, linewidth=0.8)
    ax.axvline(0, color=GREY, linewidth=0.8)
    ax.set(xlabel="pre-activation z", xlim=(-limit, limit))
    ax.legend(loc="upper left")
    ax.set_title(" ")  # keeps room for a note
    return ax


@in_course_style
def training_curves(curves: Mapping[str, ArrayLike], *, ylabel: str = "loss", ax: Axes | None = None) -> Axes:
    """A curve over the steps of a training run for each name."""
    ax = ax or own_axes(5.2, 3.0)
    for style, (name, values) in zip(cycle(DASHES), curves.items(), strict=False):
        ax.plot(np.asarray(values), style, label=name)
    ax.set(xlabel="step", ylabel=ylabel, ylim=(0, None))
    ax.legend(loc="upper right")
    return ax


@in_course_style
def probability_bars(probabilities: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """P (C,) as bars with their percentages, the largest one stressed."""
    p = np.asarray(probabilities, float)
    ax = ax or probability_frame(len(p))
    colours = np.where(np.arange(len(p)) == p.argmax(), ORANGE, BLUE)
    x = np.arange(len(p))[:, None] + [-0.4, -0.4, 0.4, 0.4]
    y = p[:, None] * [0, 1, 1, 0]
    # One collection is drawn several times as fast as ten rectangles, and this picture follows a slider.
    ax.add_collection(PolyCollection(list(np.stack([x, y], axis=2)), facecolors=list(colours)), autolim=False)
    for c, share in enumerate(p):
        if share >= 0.005:
            ax.text(c, share + 0.015, f"{share:.0%}", ha="center", va="bottom", fontsize=8.5)
    return ax


@in_course_style
def probability_frame(C: int, *, ax: Axes | None = None) -> Axes:
    """The axes of `probability_bars`, without bars."""
    ax = ax or own_axes(5.2, 2.8)
    ax.set(xlabel="class", ylabel="probability", xlim=(-0.6, C - 0.4), ylim=(0, 1.12))
    ax.set_xticks(range(C))
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    ax.grid(axis="x", visible=False)
    return ax


@in_course_style
def logit_bars(logits: ArrayLike, *, ax: Axes | None = None) -> Axes:
    """Logits (C,) as bars up and down from 0."""
    Z = np.asarray(logits, float)
    ax = ax or own_axes(4, 2.8)
    ax.bar(np.arange(len(Z)), Z, color=GREY, width=0.8)
    ax.axhline(0, color=INK, linewidth=0.8)
    ax.set(xlabel="class", ylabel="logit")
    ax.set_xticks(range(len(Z)))
    ax.grid(axis="x", visible=False)
    return ax


@in_course_style
def histogram_frame(
    low: float, high: float, *, xlabel: str, ylabel: str = "share of the units", ax: Axes | None = None
) -> Axes:
    """The axes of `histogram`, without bars: values from low to high, shares from 0 to 1."""
    ax = ax or own_axes(4, 3)
    ax.set(xlabel=xlabel, ylabel=ylabel, xlim=(low, high), ylim=(0, 1.02))
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    ax.set_title(" ")  # keeps room for a note
    return ax


@in_course_style
def histogram(
    values: ArrayLike, low: float, high: float, *, stressed: ArrayLike, ax: Axes | None = None
) -> Axes:
    """The share of the values in each of 25 bins from low to high, what lies outside in the end bins.

    stressed: a bool for each value; those are drawn in the second colour, within the bar.
    """
    ax = ax or histogram_frame(low, high, xlabel="value")
    inside, edges = np.clip(np.ravel(values), low, high), np.linspace(low, high, 25 + 1)
    counted = (inside, inside[np.ravel(stressed)])
    shapes = [step_outline(edges, np.histogram(part, edges)[0] / inside.size, 0) for part in counted]
    ax.add_collection(PolyCollection(shapes, facecolors=[BLUE, ORANGE]), autolim=False)
    return ax


def step_outline(edges: Array, tops: Array, base: float) -> Array:
    """The outline of a histogram as a polygon (2 B + 2, 2), from B + 1 edges and B tops."""
    x = np.repeat(edges, 2)
    return np.stack([x, np.concatenate([[base], np.repeat(tops, 2), [base]])], axis=1)


@in_course_style
def point(x: float, y: float, *, ax: Axes | None = None) -> Axes:
    """A dot on a curve, with thin lines to both axes."""
    ax = ax or own_axes(4, 3)
    (left, _), (bottom, _) = ax.get_xlim(), ax.get_ylim()
    ax.plot([x, x, left], [bottom, y, y], ":", color=GREY, linewidth=1)
    ax.plot([x], [y], "o", color=INK, markersize=8)
    return ax


@in_course_style
def note(text: str, *, colour: str = INK, ax: Axes | None = None) -> Axes:
    """A line of text over the axes, where a title would be."""
    ax = ax or own_axes(4, 3)
    ax.text(0.5, 1.02, text, transform=ax.transAxes, ha="center", va="bottom", fontsize=11.5, color=colour)
    return ax
