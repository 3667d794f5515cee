"""Slopes without calculus: differences beside the tangent, and the error of a numerical gradient against its step."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from .style import BLUE, GREEN, GREY, INK, ORANGE, Array, in_course_style, own_axes


@in_course_style
def differences(f: Callable[[Array], Array], x: float, h: float, slope: float, *, ax: Axes | None = None) -> Axes:
    """f near x, its tangent with the given slope, and what the one-sided and the central difference take for it: the
    chords from x to x + h and from x - h to x + h.
    """
    ax = ax or own_axes(5.6, 3.4)
    near = np.linspace(x - 1.6 * h, x + 1.6 * h, 201)
    left, here, right = (float(f(np.asarray(place))) for place in (x - h, x, x + h))
    ax.plot(near, f(near), color=GREY, linewidth=1.6)
    ax.plot(near, here + slope * (near - x), "--", color=INK, linewidth=1.4, label=f"tangent: slope {slope:g}")
    ax.plot([x, x + h], [here, right], color=ORANGE, label=f"one-sided: {(right - here) / h:g}")
    ax.plot([x - h, x + h], [left, right], color=BLUE, label=f"central: {(right - left) / (2 * h):g}")
    ax.plot([x - h, x, x + h], [left, here, right], "o", color=INK, markersize=6)
    ax.set_xticks([x - h, x, x + h], ["x − h", "x", "x + h"])
    ax.set_ylabel("f")
    ax.legend(loc="upper left")
    return ax


@in_course_style
def step_error_frame(
    right: float, wrong: float, *, above: str = "it is wrong, or there is a kink", ax: Axes | None = None
) -> Axes:
    """The axes of `step_error`: logarithmic, with the errors below `right` and above `wrong` shaded, and in words what
    an error `above` says.
    """
    ax = ax or own_axes(8.4, 4.2)
    ax.set(xlabel="step h", ylabel="relative error", xscale="log", yscale="log", xlim=(7e-13, 1.4), ylim=(2e-14, 60))
    ax.axhspan(2e-14, right, color=GREEN, alpha=0.08, linewidth=0)
    ax.axhspan(wrong, 60, color=ORANGE, alpha=0.08, linewidth=0)
    ax.text(1e-12, 1.5e-13, f"below {right:.0e}: the gradient is right", va="bottom", color=GREEN, fontsize=10)
    ax.text(1e-12, 30, f"above {wrong:.0e}: {above}", va="top", color=ORANGE, fontsize=10)
    ax.set_title(" ")  # keeps room for a note
    return ax


@in_course_style
def step_error(steps: Array, errors: Array, *, ax: Axes | None = None) -> Axes:
    """The error at each step as a curve."""
    ax = ax or step_error_frame(1e-7, 1e-2)
    ax.plot(steps, errors, color=BLUE, linewidth=1.6, marker="o", markersize=3)
    return ax


@in_course_style
def step_marks(steps: Array, *, colour: str = GREY, ax: Axes | None = None) -> Axes:
    """A mark at the bottom of `step_error_frame` for each step: where a kink is crossed."""
    ax = ax or step_error_frame(1e-7, 1e-2)
    ax.plot(steps, np.full(len(steps), 5e-14), "|", color=colour, markersize=12, markeredgewidth=1.4)
    return ax


@in_course_style
def step_dot(h: float, error: float, *, ax: Axes | None = None) -> Axes:
    """A dot on the curve, with a line down to its step."""
    ax = ax or step_error_frame(1e-7, 1e-2)
    ax.axvline(h, color=INK, linewidth=0.8, linestyle=":")
    ax.plot(h, error, "o", color=INK, markersize=8)
    return ax


@in_course_style
def power_law(slope: float, level: float, low: float, high: float, *, name: str, ax: Axes | None = None) -> Axes:
    """The line error = 10^level h^slope from step low to high on logarithmic axes, with its name and its slope."""
    ax = ax or step_error_frame(1e-7, 1e-2)
    ends = np.array([low, high])
    ax.plot(ends, 10**level * ends**slope, color=ORANGE, linewidth=3, alpha=0.6)
    text = f"{name}: slope {slope:.2f}".replace("-", "−")
    if slope > 0:  # outside of the V, on its right and on its left
        ax.text(min(2 * low, 1.3e-3), 10**level * low**slope / 5, text, va="top", color=ORANGE)
    else:
        middle = np.sqrt(low * high)
        ax.text(middle / 1.6, 10**level * middle**slope, text, ha="right", va="top", color=ORANGE)
    return ax
