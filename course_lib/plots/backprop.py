"""Backprop: computation graphs, matrices as blocks of cells, and what one weight does to the loss."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from .style import BLUE, GREY, INK, ORANGE, Array, in_course_style, own_axes


@in_course_style
def computation_graph(
    values: Mapping[str, Sequence[Sequence[str]]],
    boxes: Sequence[Mapping[str, Any]],
    nodes: Sequence[Mapping[str, Any]],
    wires: Sequence[Mapping[str, Any]],
    size: Mapping[str, float],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Arrays as boxes of numbers, operations between them, and wires: values in blue, gradients in orange.

    values: the text of every number by the array's name, the gradient of W under "dW". The places of boxes, nodes and
    wires, and the sizes of their parts, are those of the backprop stepper.
    """
    ax = ax or own_axes(8.4, 8.4 * size["height"] / size["width"])
    for box in boxes:
        corner = (box["x"], box["y"])
        ax.add_patch(Rectangle(corner, box["width"], box["height"], fill=False, edgecolor=GREY, linewidth=0.8))
        for half, colour in enumerate([BLUE, ORANGE][: 1 + box["gradient"]]):
            name = "d" * half + box["name"]
            top = box["y"] + half * (size["head"] + box["rows"] * size["cellHeight"])
            ax.text(box["x"] + 5, top + 14, name, color=colour, fontsize=8.5, weight="bold")
            for row, numbers in enumerate(values.get(name, ())):
                for column, number in enumerate(numbers):
                    right = box["x"] + size["margin"] + (column + 1) * size["cellWidth"] - 4
                    bottom = top + size["head"] + row * size["cellHeight"] + 13
                    ax.text(right, bottom, number, color=colour, fontsize=8, ha="right", family="monospace")
    for node in nodes:
        half_size = node["size"] / 2
        corner = (node["x"] - half_size, node["y"] - half_size)
        ax.add_patch(Rectangle(corner, node["size"], node["size"], facecolor="#f3f4f6", edgecolor=GREY, linewidth=0.8))
        ax.text(node["x"], node["y"] + 3, node["label"], ha="center", fontsize=8.5)
    for wire in wires:
        arrow = {"arrowstyle": "-|>", "color": ORANGE if wire["backward"] else BLUE, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", (wire["x2"], wire["y2"]), (wire["x1"], wire["y1"]), arrowprops=arrow)
    ax.set(xlim=(0, size["width"]), ylim=(size["height"], 0))
    ax.set_axis_off()
    return ax


@dataclass(frozen=True)
class Block:
    """A matrix as a rectangle of cells with its middle at (x, y), in tenths of an inch; of size (0, 0), only its name.

    rows, columns: what its sides are called, "N" and "D"; numbers: what stands in the cells, if anything.
    """

    name: str
    x: float
    y: float
    size: tuple[int, ...] = (0, 0)
    rows: str = ""
    columns: str = ""
    numbers: NDArray[np.floating[Any]] | None = None
    colour: str = BLUE
    rows_colour: str = INK
    columns_colour: str = INK


@in_course_style
def blocks_frame(*, ax: Axes | None = None) -> Axes:
    """The axes of `blocks`, without blocks: 84 by 39 tenths of an inch."""
    ax = ax or own_axes(8.4, 3.9)
    ax.set(xlim=(0, 84), ylim=(0, 39))
    ax.set_axis_off()
    return ax


@in_course_style
def blocks(drawn: Sequence[Block], *, ax: Axes | None = None) -> Axes:
    """Matrices as rectangles, every side as long as it has cells; the name above, the letters at the sides."""
    ax = ax or blocks_frame()
    cell = 2.6
    for block in drawn:
        if block.size == (0, 0):
            ax.text(block.x, block.y, block.name, ha="center", va="center", color=block.colour, fontsize=14)
            continue
        height, width = (cell * side for side in block.size)
        left, bottom = block.x - width / 2, block.y - height / 2
        for row in range(block.size[0]):
            for column in range(block.size[1]):
                corner = (left + column * cell, bottom + (block.size[0] - 1 - row) * cell)
                ax.add_patch(Rectangle(corner, cell, cell, facecolor=block.colour, alpha=0.18, linewidth=0))
                ax.add_patch(Rectangle(corner, cell, cell, fill=False, edgecolor=block.colour, linewidth=0.8))
                if block.numbers is not None:
                    number = f"{block.numbers[row, column]:.0f}".replace("-", "−")
                    ax.text(corner[0] + cell / 2, corner[1] + cell / 2, number, ha="center", va="center", fontsize=10)
        ax.add_patch(Rectangle((left, bottom), width, height, fill=False, edgecolor=block.colour, linewidth=2))
        top = bottom + height
        ax.text(left - 0.6, block.y, block.rows, ha="right", va="center", color=block.rows_colour, fontsize=12)
        ax.text(block.x, top + 0.5, block.columns, ha="center", va="bottom", color=block.columns_colour, fontsize=12)
        name = ax.text(block.x, top + 2.6, block.name, ha="center", va="bottom", fontsize=13, weight="bold")
        name.set_color(block.colour)
    return ax


@in_course_style
def small_network(
    layers: Mapping[str, Sequence[str]],
    *,
    weights: Mapping[tuple[int, int, int], str],
    stressed: tuple[int, int, int],
    faint: Sequence[tuple[int, int]],
    remarks: Mapping[tuple[int, int], str],
    ax: Axes | None = None,
) -> Axes:
    """A network unit by unit, with a number in each.

    layers: for each layer its name and the texts in its units; weights: texts for connections (layer, from, to), or for
    the bias of a unit (-1, layer, unit); stressed: the one of them in orange; faint: units (layer, unit) drawn in grey;
    remarks: a text beside a unit.
    """
    ax = ax or own_axes(4.6, 3.4)
    places = {
        (x, unit): (2.0 * x, (len(texts) - 1) / 2 - unit)
        for x, texts in enumerate(layers.values())
        for unit in range(len(texts))
    }
    for (x, a), start in places.items():
        for (to, b), end in places.items():
            if to == x + 1:
                colour, width = (ORANGE, 3.5) if (x, a, b) == stressed else (GREY, 0.8)
                ax.plot(*zip(start, end, strict=True), color=colour, linewidth=width, zorder=1)
    for (x, a, b), text in weights.items():
        colour = ORANGE if (x, a, b) == stressed else INK
        start, end = (places[a, b],) * 2 if x < 0 else (places[x, a], places[x + 1, b])
        near = (start[0] + 0.36 * (end[0] - start[0]), start[1] + 0.36 * (end[1] - start[1]))
        middle = (start[0], start[1] - 0.48) if x < 0 else near
        box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"}
        ax.text(*middle, text, ha="center", va="center", color=colour, fontsize=10, bbox=box, zorder=2)
    for x, (name, texts) in enumerate(layers.items()):
        ax.text(2.0 * x, -1.75, name, ha="center", va="center", color=GREY, fontsize=10)
        for unit, text in enumerate(texts):
            off = (x, unit) in faint
            edge = ORANGE if (-1, x, unit) == stressed else GREY if off else BLUE
            circle = ax.scatter(*places[x, unit], s=1050, color="white", edgecolors=edge, linewidths=2, zorder=3)
            circle.set_linestyle("dashed" if off else "solid")
            colour = GREY if off else INK
            ax.text(*places[x, unit], text, ha="center", va="center", color=colour, fontsize=10, zorder=4)
    for (x, unit), text in remarks.items():
        across, up = places[x, unit]
        beside = (across + 0.42, up) if x == len(layers) - 1 else (across, up - 0.45)
        ax.text(*beside, text, ha="left" if x == len(layers) - 1 else "center", va="center", color=GREY, fontsize=9)
    ax.set(xlim=(-0.6, 5.3), ylim=(-2, 1.7))
    ax.set_axis_off()
    return ax


@in_course_style
def weight_loss_frame(weight: float, loss: float, reach: float, *, label: str, ax: Axes | None = None) -> Axes:
    """The axes of `weight_loss`: the weight and the loss in the middle, with a dot; 1 to the left and right."""
    ax = ax or own_axes(3.6, 3.2)
    ax.set(xlabel=label, ylabel="loss", xlim=(weight - 1.05, weight + 1.05), ylim=(loss - reach, loss + reach))
    ax.plot(weight, loss, "o", color=INK, markersize=8)
    ax.set_title(" ")  # keeps room for a note
    return ax


@in_course_style
def weight_loss(
    weights: Array, losses: Array, *, weight: float, loss: float, slope: float, move: float, ax: Axes | None = None
) -> Axes:
    """The loss along one weight, its tangent at (weight, loss), and the loss after a move of the weight in orange."""
    ax = ax or weight_loss_frame(weight, loss, 1, label="weight")
    ax.plot(weights, losses, color=BLUE)
    ends = np.array([-0.6, 0.6])
    ax.plot(weight + ends, loss + slope * ends, "--", color=ORANGE, linewidth=1.4)
    after = float(np.interp(weight + move, weights, losses))
    ax.plot([weight, weight + move], [loss, after], color=ORANGE, linewidth=3)
    ax.plot(weight + move, after, "o", color=ORANGE, markersize=8)
    ax.plot(weight, loss, "o", color=INK, markersize=8)
    return ax


@in_course_style
def flow_graph(
    nodes: Mapping[str, tuple[float, float]], arrows: Sequence[tuple[str, str]], *, ax: Axes | None = None
) -> Axes:
    """Values by name at places (x, y), and between them an arrow forward in blue and one backward in orange."""
    places = np.array(list(nodes.values()), float)
    low, high = places.min(axis=0), places.max(axis=0)
    ax = ax or own_axes(8.4, 2.4)
    box = {"boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": GREY}
    labels = {name: ax.text(x, y, name, ha="center", va="center", bbox=box) for name, (x, y) in nodes.items()}
    for start, end in arrows:
        along = np.subtract(nodes[end], nodes[start])
        aside = 0.07 * np.array([-along[1], along[0]]) / np.hypot(*along)
        for colour, (a, b), offset in ((BLUE, (start, end), aside), (ORANGE, (end, start), -aside)):
            arrow = {"arrowstyle": "-|>", "color": colour, "patchA": labels[a].get_bbox_patch(),
                     "patchB": labels[b].get_bbox_patch(), "shrinkA": 2, "shrinkB": 2}  # fmt: skip
            ax.annotate("", np.add(nodes[b], offset), np.add(nodes[a], offset), arrowprops=arrow)
    ax.set(xlim=(low[0] - 0.6, high[0] + 1.5), ylim=(low[1] - 0.4, high[1] + 0.4))
    ax.set_axis_off()
    return ax
