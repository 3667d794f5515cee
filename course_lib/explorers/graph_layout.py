"""Where everything in the backprop stepper's picture stands, in pixels, for stepper.js and for plots.

      W1, b1         the units       W2, b2             P, y
       |  ^                           |  ^               |
    X > linear > Z1 > ReLU > A1 >    linear > logits >  loss > L

Beside each forward wire (>) runs a backward one (<), where a gradient goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

WIDTH, HEIGHT = 840, 366
CELL_WIDTH, CELL_HEIGHT, HEAD, MARGIN = 43, 17, 18, 4  # of a box: its numbers, its name, round them
ROW = 308  # the height at which the main row's wires run
TOP = 224  # where the boxes above it end
LETTERS = {"N": 2, "D": 2, "H": 3, "C": 2}


@dataclass(frozen=True)
class Box:
    """An array: its name, its shape in letters, where it stands, and whether its gradient stands under it."""

    name: str
    shape: str
    x: float
    y: float
    rows: int
    columns: int
    gradient: bool

    @property
    def width(self) -> float:
        return self.columns * CELL_WIDTH + 2 * MARGIN

    @property
    def height(self) -> float:
        return (1 + self.gradient) * (HEAD + self.rows * CELL_HEIGHT) + MARGIN


@dataclass(frozen=True)
class Node:
    """An operation: the middle of its box."""

    name: str
    label: str
    x: float
    y: float = ROW
    size: float = 46


@dataclass(frozen=True)
class Wire:
    """A way for numbers from (x1, y1) to (x2, y2), and the steps that use it."""

    x1: float
    y1: float
    x2: float
    y2: float
    backward: bool
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Unit:
    """A unit of the small drawing of the network: number `column` of the arrays that have a column for it."""

    arrays: tuple[str, ...]
    column: int
    x: float
    y: float


def _boxes() -> Iterator[Box]:
    def box(name: str, shape: str, x: float, *, bottom: float | None = None, gradient: bool = True) -> Box:
        """A box with its middle at x; it ends at `bottom`, or has its middle in the main row."""
        lengths = [LETTERS[letter] for letter in shape if letter in LETTERS]
        rows, columns = ([1, 1] + lengths)[-2:] if name != "y" else (lengths[0], 1)
        at_origin = Box(name, shape, 0, 0, rows, columns, gradient)
        y = ROW - at_origin.height / 2 if bottom is None else bottom - at_origin.height
        return Box(name, shape, x - at_origin.width / 2, y, rows, columns, gradient)

    yield box("X", "(N, D)", 51, gradient=False)
    yield box("Z1", "(N, H)", 242)
    yield box("A1", "(N, H)", 456)
    yield box("logits", "(N, C)", 649)
    yield box("L", "", 808)
    for number, shape, bias, x in (("1", "(D, H)", "(H,)", 135), ("2", "(H, C)", "(C,)", 563)):
        below = box(f"b{number}", bias, x, bottom=TOP)
        yield box(f"W{number}", shape, x, bottom=below.y - 6)
        yield below
    yield box("P", "(N, C)", 735, bottom=TOP, gradient=False)
    yield box("y", "(N,)", 811, bottom=TOP, gradient=False)


BOXES = {box.name: box for box in _boxes()}
NODES = {
    node.name: node
    for node in (
        Node("linear1", "linear", 135),
        Node("relu", "ReLU", 349),
        Node("linear2", "linear", 563),
        Node("loss", "loss", 735),
    )
}


def _wires() -> Iterator[Wire]:
    def across(left: float, right: float, forward: tuple[str, ...], backward: tuple[str, ...] = ()) -> Iterator[Wire]:
        gap = 10 if backward else 0
        yield Wire(left, ROW - gap, right, ROW - gap, False, forward)
        if backward:
            yield Wire(right, ROW + gap, left, ROW + gap, True, backward)

    def right_of(box: str) -> float:
        return BOXES[box].x + BOXES[box].width

    def edges(node: str) -> tuple[float, float]:
        return NODES[node].x - NODES[node].size / 2, NODES[node].x + NODES[node].size / 2

    chain = (
        ("X", "linear1", "Z1", ("Z1",), (), ("dW1", "db1")),
        ("Z1", "relu", "A1", ("A1",), ("dZ1",), ("dZ1",)),
        ("A1", "linear2", "logits", ("logits",), ("dA1",), ("dW2", "db2", "dA1")),
        ("logits", "loss", "L", ("P", "L"), ("dlogits",), ("dlogits",)),
    )
    for before, node, after, forward, out_of_node, into_node in chain:
        left, right = edges(node)
        yield from across(right_of(before), left, forward, out_of_node)
        yield from across(right, BOXES[after].x, forward[-1:], into_node)
    top = ROW - NODES["loss"].size / 2
    for number, x in (("1", NODES["linear1"].x), ("2", NODES["linear2"].x)):
        forward = {"1": ("Z1",), "2": ("logits",)}[number]
        yield Wire(x - 8, TOP, x - 8, top, False, forward)
        yield Wire(x + 8, top, x + 8, TOP, True, (f"dW{number}", f"db{number}"))
    x = NODES["loss"].x
    yield Wire(x, top, x, TOP, False, ("P",))
    yield Wire(BOXES["y"].x + BOXES["y"].width / 2, TOP, x + 20, top, False, ("L", "dlogits"))


WIRES = tuple(_wires())
UNITS = tuple(
    Unit(arrays, column, x, 112 + (column - (count - 1) / 2) * spread)
    for arrays, count, x, spread in (
        (("X",), 2, 268, 64),
        (("b1", "Z1", "A1", "dA1", "dZ1", "db1"), 3, 362, 64),
        (("b2", "logits", "P", "dlogits", "db2"), 2, 456, 64),
    )
    for column in range(count)
)
