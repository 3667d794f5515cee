"""The shape puzzle in the page: tiles with a T to turn them, the picture of what is put together, four rounds.

buttons -> Build -> shapes.verdict -> what FourRounds says, and the colours of the picture
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_lib import plots
from course_lib.explorers.shapes import LETTERS, ORIGINAL, ROUNDS, Build, Round, in_words, verdict
from course_lib.explorers.shell import Array, Explorer, Line, Mission

# ---- the mission ---------------------------------------------------------------------------------


class FourRounds(Mission):
    """Solve the rounds one after the other."""

    def __init__(self) -> None:
        self.solved = 0
        self.line = _task(ROUNDS[0])

    def see(self, numbers: Build) -> Line:
        goal, judged = numbers.round, verdict(numbers)
        if judged is None:
            return replace(_task(goal), remark="" if numbers.axis is None else "The axis is chosen. Now a tile.")
        if not judged.right:
            return replace(_task(goal), remark=judged.text)
        self.solved = goal.number
        if self.solved == len(ROUNDS):
            return Line(
                "Done: dW = Xᵀ dZ, dX = dZ Wᵀ, and db is the sum of dZ over the examples. In each, the letter that "
                "vanishes is the one that is added over.",
                judged.text,
                done=True,
            )
        return Line(f"Round {goal.number} of {len(ROUNDS)} is solved. The button leads to the next.", judged.text)


def _task(goal: Round) -> Line:
    begin = f"Round {goal.number} of {len(ROUNDS)}: "
    like = f"{ORIGINAL[goal.target]}, {in_words(goal.letters)}"
    if goal.target == "db":
        return Line(
            f"{begin}build db, of the shape of {like}, from one tile. Choose the tile and the axis to sum over."
        )
    if goal.alike:
        return Line(
            f"{begin}build dW once more. Now N, D and H are all 2, and every product of two tiles has the shape of "
            "dW. Which one has its numbers?"
        )
    return Line(f"{begin}build {goal.target}, of the shape of {like}, as a product of two tiles. T turns a tile.")


# ---- the picture ---------------------------------------------------------------------------------

SHELF, BELOW = 27.5, 8.0  # the heights of the two rows of the picture, in tenths of an inch


def _blocks(build: Build) -> list[plots.Block]:
    """Above: the tiles as they lie, and what is wanted. Below: the slots, and what comes out."""
    goal = build.round
    shelf = [_tile(build, tile, x, SHELF) for tile, x in zip(LETTERS, (11, 31, 51), strict=True)]
    how = "measured" if goal.alike else "wanted"
    shelf.append(_matrix(goal, f"{goal.target}, {how}", goal.letters, goal.wanted, 73, SHELF, plots.GREY))
    slots = [_tile(build, tile, x, BELOW) for tile, x in zip(build.slots, (11, 34), strict=False)]
    slots += [_sign("?", x, plots.GREY) for x in (11, 34)[len(build.slots) :]]
    if goal.target == "db":
        axis = "?" if build.axis is None else build.axis
        return [*shelf, slots[0], _sign(f"summed over axis {axis}", 30), _sign("=", 46), _result(build)]
    if build.complete:  # the two letters in the middle
        meet = plots.ORANGE if build.result is None else plots.GREEN
        slots = [replace(slots[0], columns_colour=meet), replace(slots[1], rows_colour=meet)]
    return [*shelf, slots[0], _sign("×", 22.5), slots[1], _sign("=", 46), _result(build)]


def _result(build: Build) -> plots.Block:
    goal, judged = build.round, verdict(build)
    if judged is None:
        return _sign("?", 62, plots.GREY)
    if build.result is None:
        return _sign("cannot be multiplied", 63, plots.ORANGE)
    name, colour = (goal.target, plots.GREEN) if judged.right else (f"not {goal.target}", plots.ORANGE)
    return _matrix(goal, name, build.result_letters, build.result, 62, BELOW, colour)


def _tile(build: Build, tile: str, x: float, y: float) -> plots.Block:
    return _matrix(build.round, build.title(tile), build.letters(tile), build.array(tile), x, y, plots.BLUE)


def _matrix(goal: Round, name: str, letters: str, A: Array, x: float, y: float, colour: str) -> plots.Block:
    """A matrix, or a vector as one row. Where all sides are the same, numbers tell what letters tell elsewhere."""
    sides = [str(goal.sizes[letter]) if goal.alike else letter for letter in letters]
    rows, columns = sides if len(sides) == 2 else ("", sides[0])
    A = np.atleast_2d(A)
    return plots.Block(name, x, y, A.shape, rows, columns, A if goal.alike else None, colour)


def _sign(text: str, x: float, colour: str = plots.INK) -> plots.Block:
    return plots.Block(text, x, BELOW, colour=colour)


# ---- the explorer --------------------------------------------------------------------------------


def _button(**traits: Any) -> widgets.Button:
    """As wide as its words, with a layout of its own, so that it can be hidden alone."""
    return widgets.Button(layout=widgets.Layout(width="auto"), **traits)


class ShapePuzzle(Explorer):
    children: tuple[widgets.Widget, ...]

    name = "shape_puzzle"
    caption = (
        "Above, the tiles and the gradient that is wanted, for one layer Z = X W + b; below, what you have put "
        "together. A third tile starts a new product. N is the number of examples, D of inputs, H of units."
    )

    def __init__(self) -> None:
        self.build = Build(ROUNDS[0])
        self.tiles = {tile: _button() for tile in LETTERS}
        self.turns = {
            tile: widgets.ToggleButton(description="T", layout=widgets.Layout(width="36px", margin="2px 18px 2px 0"))
            for tile in LETTERS
        }
        self.sums = [_button(description=f"sum over axis {axis}") for axis in (0, 1)]
        self.onward = widgets.Button(description="Next round", button_style="primary")
        self._label()
        super().__init__(plots.panels([1], height=3.9), {}, FourRounds())
        buttons = [widget for tile in LETTERS for widget in (self.tiles[tile], self.turns[tile])]
        row = widgets.HBox([*buttons, *self.sums, self.onward], layout=widgets.Layout(flex_flow="row wrap"))
        at = self.children.index(self.picture)
        self.children = (*self.children[:at], row, *self.children[at:])
        for tile in LETTERS:
            self.tiles[tile].on_click(lambda _, tile=tile: self._change(self.build.with_tile(tile)))
            self.turns[tile].observe(lambda _: self._change(replace(self.build, turned=self._turned())), "value")
        for axis, button in enumerate(self.sums):
            button.on_click(lambda _, axis=axis: self._change(replace(self.build, axis=axis)))
        self.onward.on_click(lambda _: self._next_round())

    def _turned(self) -> frozenset[str]:
        return frozenset(tile for tile, turn in self.turns.items() if turn.value)

    def _change(self, build: Build) -> None:
        with self._lock:
            self.build = build
            self._label()
            self._moved(None)

    def _next_round(self) -> None:
        with self._lock:
            build = Build(ROUNDS[self.build.round.number])
            self.build = build
            for turn in self.turns.values():
                turn.value = False
            self._change(build)

    def _label(self) -> None:
        """What the buttons say, and which can be pressed."""
        goal, judged = self.build.round, verdict(self.build)
        solved = judged is not None and judged.right
        for tile, button in self.tiles.items():
            button.description = f"{self.build.title(tile)} {self.build.shape(tile)}"
            self.turns[tile].tooltip = f"Turn {tile}"
            button.disabled = self.turns[tile].disabled = solved
        for button in self.sums:
            button.layout.display = None if goal.target == "db" else "none"
            button.disabled = solved
        self.onward.layout.display = None if goal.number < len(ROUNDS) else "none"
        self.onward.disabled = not solved

    # What Explorer asks for: the numbers of the picture are the build itself

    def look(self) -> Build:
        return self.build

    def draw_frame(self) -> None:
        plots.blocks_frame(ax=self.axes[0])

    def draw(self, numbers: Build) -> None:
        plots.blocks(_blocks(numbers), ax=self.axes[0])

    def describe(self, numbers: Build) -> str:
        slots = [f"{numbers.title(tile)} {numbers.shape(tile)}" for tile in numbers.slots]
        if not slots:
            return "The slots are empty."
        if numbers.axis is not None:
            return f"In the slot: {slots[0]}, summed over axis {numbers.axis}."
        return f"In the slots: {', '.join(slots)}."
