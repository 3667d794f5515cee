"""A calculation with single numbers as a graph: values flow forward along the arrows, gradients flow back.

       x               b
       |               |
w --> (x) -- u = w x -(+)-- z = u + b -- ...
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from .style import BLUE, GREY, INK, ORANGE, in_course_style, own_axes

APART = 3.0  # between two nodes
SHIFT = 0.13  # of an arrow to its side, where another one goes the other way


@in_course_style
def scalar_graph(
    nodes: Sequence[tuple[str, str, str, str]],
    values: Mapping[str, float],
    gradients: Mapping[str, float] | None = None,
    *,
    ax: Axes | None = None,
) -> Axes:
    """A chain of operations, its values in blue and, in orange, the gradients that are given.

    nodes: (output, what stands in the node, first input, second input), in order. The first input comes from the left,
    where it is the output of the node before; the second one comes from above.
    """
    ax = ax or own_axes(8.4, 2.3)
    for wire in _wires(nodes):
        _draw(wire, values[wire.name], (gradients or {}).get(wire.name), ax)
    for k, (_, sign, _, _) in enumerate(nodes):
        box = {"boxstyle": "round,pad=0.4,rounding_size=0.6", "facecolor": "#f3f4f6", "edgecolor": GREY}
        ax.text(APART * k, 0, sign, ha="center", va="center", color=INK, fontsize=12, bbox=box)
    ax.set(xlim=(-APART + 0.1, APART * len(nodes) - 0.1), ylim=(-0.7, 2.0))
    ax.set_axis_off()
    return ax


@dataclass(frozen=True)
class _Wire:
    """The way of a value, from (x1, y1) to (x2, y2); its gradient goes back beside it."""

    name: str
    x1: float
    y1: float
    x2: float
    y2: float


def _wires(nodes: Sequence[tuple[str, str, str, str]]) -> list[_Wire]:
    half = [0.3 + 0.045 * len(sign) for _, sign, _, _ in nodes]  # of a node's width
    wires = [_Wire(nodes[0][2], -APART + 0.3, 0, -half[0], 0)]
    for k, (output, _, _, above) in enumerate(nodes):
        x, is_last = APART * k, k + 1 == len(nodes)
        end = APART - (0.3 if is_last else half[k + 1])
        wires += [_Wire(above, x, 1.9, x, 0.42), _Wire(output, x + half[k], 0, x + end, 0)]
    return wires


def _draw(wire: _Wire, value: float, gradient: float | None, ax: Axes) -> None:
    across = wire.y1 == wire.y2
    shift = 0.0 if gradient is None else SHIFT
    start, end = (wire.x1, wire.y1), (wire.x2, wire.y2)
    for side, name, number in ((1, wire.name, value), (-1, f"d{wire.name}", gradient)):
        if number is None:
            continue
        colour, (begin, stop) = (BLUE, (start, end)) if side > 0 else (ORANGE, (end, start))
        dx, dy = (0.0, side * shift) if across else (side * shift, 0.0)
        arrow = {"arrowstyle": "-|>", "color": colour, "shrinkA": 0, "shrinkB": 0, "linewidth": 1.4}
        ax.annotate("", (stop[0] + dx, stop[1] + dy), (begin[0] + dx, begin[1] + dy), arrowprops=arrow)
        x, y = (wire.x1 + wire.x2) / 2, (wire.y1 + wire.y2) / 2
        text = f"{name} = {number:g}".replace("-", "−")
        beside = side * (shift + 0.13)
        if across:
            ax.text(x, beside, text, color=colour, ha="center", va="bottom" if side > 0 else "top")
        else:
            ax.text(x + beside, y + 0.2, text, color=colour, ha="left" if side > 0 else "right", va="center")
