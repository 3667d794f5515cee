"""add_backward and multiply_backward: how they are tried, and the mistakes that are made in them."""

from __future__ import annotations

from typing import Any

from course_lib.checkpoints.exercise import Exercise
from course_lib.nn import functional

GRAPH = "02#2. Numbers that flow back"


add_backward = Exercise(
    "add_backward",
    reference=functional.add_backward,
    cases=lambda: [(2.0,), (-0.5,), (1.0,), (3.25,)],
    returns=("dx", "dy"),
    hints=(
        "If x grows by a little, by how much does x + y grow?",
        "The slope of x + y with respect to x is 1, and with respect to y it is 1 too. The chain rule multiplies each "
        "of them with dout.",
        "Nearly the code: return `dout * 1` twice, as a pair.",
    ),
)


@add_backward.misconception("shares the gradient out", see=GRAPH)
def _(dout: float) -> Any:
    """**A gradient is not shared out.** You gave each input half of it. Both inputs move the sum with slope 1, so
    both get all of dout."""
    return dout / 2, dout / 2


@add_backward.misconception("leaves out dout", see=GRAPH)
def _(dout: float) -> Any:
    """**The local slope alone is not enough.** 1 is the slope of this node; the chain rule multiplies it with what
    arrives from the side of the loss, dout."""
    return 1.0, 1.0


@add_backward.misconception("leaves out dout for one input", see=GRAPH)
def _(dout: float) -> Any:
    """**dy is the local slope alone.** 1 is the slope of this node; the chain rule multiplies it with dout, for y as
    well as for x."""
    return dout, 1.0


@add_backward.misconception("leaves out dout for one input", see=GRAPH)
def _(dout: float) -> Any:
    """**dx is the local slope alone.** 1 is the slope of this node; the chain rule multiplies it with dout, for x as
    well as for y."""
    return 1.0, dout


@add_backward.misconception("subtracts for y", see=GRAPH)
def _(dout: float) -> Any:
    """**The sign of dy is that of a difference.** For x - y it would be right; this node adds."""
    return dout, -dout


@add_backward.misconception("gives y nothing", see=GRAPH)
def _(dout: float) -> Any:
    """**y has a slope as well.** Only x got the gradient; y moves the sum just as much."""
    return dout, 0.0


multiply_backward = Exercise(
    "multiply_backward",
    reference=functional.multiply_backward,
    cases=lambda: [(1.0, 2.0, 3.0), (-0.5, 4.0, -1.5), (2.0, 0.25, 3.0), (3.0, -2.0, 0.5)],
    returns=("dx", "dy"),
    hints=(
        "Hold y fixed. If x grows by a little, x y grows by y times that little. So what is the slope with respect to "
        "x?",
        "Each input's slope is the other input. The chain rule multiplies it with dout.",
        "Nearly the code: return `dout * y` and the same with the other one.",
    ),
)


@multiply_backward.misconception("each input keeps its own factor", see=GRAPH)
def _(dout: float, x: float, y: float) -> Any:
    """**The factors have changed places.** The slope of x y with respect to x is y: each input gets the *other*
    one."""
    return dout * x, dout * y


@multiply_backward.misconception("leaves out dout", see=GRAPH)
def _(dout: float, x: float, y: float) -> Any:
    """**The local slopes are right, but dout is missing.** The chain rule multiplies them with what arrives from the
    side of the loss."""
    return y, x


@multiply_backward.misconception("hands dout on as it is", see=GRAPH)
def _(dout: float, x: float, y: float) -> Any:
    """**Both inputs got dout as it came.** That is the way back through an addition, whose slopes are 1. The slope of
    x y with respect to x is y, and with respect to y it is x."""
    return dout, dout


@multiply_backward.misconception("takes the product for both", see=GRAPH)
def _(dout: float, x: float, y: float) -> Any:
    """**That is dout times the value x y.** The value is what flows forward; backward each input needs the slope,
    which is the other input."""
    return dout * x * y, dout * x * y


@multiply_backward.misconception("adds dout instead of multiplying", see=GRAPH)
def _(dout: float, x: float, y: float) -> Any:
    """**The chain rule multiplies slopes.** You added dout to them."""
    return dout + y, dout + x
