"""The shape puzzle by its buttons: what can be pressed, what is said, and how the rounds follow one another."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import plots
from course_lib.explorers.puzzle import ShapePuzzle


@pytest.fixture
def puzzle() -> ShapePuzzle:
    return ShapePuzzle()


def put(puzzle: ShapePuzzle, *tiles: str) -> None:
    """Tiles named "X" or "Xt", one after the other."""
    for tile in tiles:
        name = tile.removesuffix("t")
        puzzle.turns[name].value = tile.endswith("t")
        puzzle.tiles[name].click()


def test_all_four_rounds(puzzle: ShapePuzzle) -> None:
    assert "Round 1 of 4: build dW" in puzzle.mission_line.value
    put(puzzle, "X", "dZ")
    assert "cannot be multiplied" in puzzle.remark.value and puzzle.onward.disabled
    puzzle.turns["X"].value = True
    assert "solved" in puzzle.mission_line.value and "Right" in puzzle.remark.value
    puzzle.onward.click()
    assert "Round 2 of 4: build dX" in puzzle.mission_line.value and puzzle.remark.value == ""
    put(puzzle, "dZ", "Wt")
    puzzle.onward.click()
    assert "Round 3 of 4: build db" in puzzle.mission_line.value
    put(puzzle, "dZ")
    puzzle.sums[1].click()
    assert "(N,), one number for each example" in puzzle.remark.value
    puzzle.sums[0].click()
    puzzle.onward.click()
    assert "Round 4 of 4" in puzzle.mission_line.value
    put(puzzle, "X", "dZ")
    assert "was measured as" in puzzle.remark.value
    put(puzzle, "Xt", "dZ")
    assert "Done" in puzzle.mission_line.value and puzzle.mission.line.done
    assert puzzle.onward.layout.display == "none"


def test_the_buttons_say_how_the_tiles_lie(puzzle: ShapePuzzle) -> None:
    assert [button.description for button in puzzle.tiles.values()] == ["X (N, D)", "dZ (N, H)", "W (D, H)"]
    puzzle.turns["W"].value = True
    assert puzzle.tiles["W"].description == "Wᵀ (H, D)"


def test_a_solved_round_rests_until_the_next_which_begins_with_tiles_unturned(puzzle: ShapePuzzle) -> None:
    put(puzzle, "Xt", "dZ")
    assert all(button.disabled for button in (*puzzle.tiles.values(), *puzzle.turns.values()))
    puzzle.onward.click()
    assert not any(button.disabled for button in (*puzzle.tiles.values(), *puzzle.turns.values()))
    assert not any(turn.value for turn in puzzle.turns.values()) and puzzle.build.slots == ()


def test_an_axis_before_its_tile_is_kept_and_says_what_is_missing(puzzle: ShapePuzzle) -> None:
    for tiles in (("Xt", "dZ"), ("dZ", "Wt")):
        put(puzzle, *tiles)
        puzzle.onward.click()
    puzzle.sums[0].click()
    assert puzzle.remark.value.count("Now a tile.") == 1 and puzzle.onward.disabled
    put(puzzle, "W")
    assert "b does not go through W" in puzzle.remark.value
    put(puzzle, "dZ")
    assert puzzle.remark.value == ""  # of another tile the axis is chosen anew
    puzzle.sums[0].click()
    assert "solved" in puzzle.mission_line.value


def test_axes_are_offered_only_for_db(puzzle: ShapePuzzle) -> None:
    assert [button.layout.display for button in puzzle.sums] == ["none", "none"]
    assert [button.layout.display for button in puzzle.tiles.values()] == [None] * 3
    put(puzzle, "Xt", "dZ")
    puzzle.onward.click()
    put(puzzle, "dZ", "Wt")
    puzzle.onward.click()
    assert [button.layout.display for button in puzzle.sums] == [None, None]


def test_the_picture_is_told_in_words(puzzle: ShapePuzzle) -> None:
    assert "empty" in puzzle.picture.tooltip
    put(puzzle, "Xt", "dZ")
    assert "Xᵀ (D, N), dZ (N, H)" in puzzle.picture.tooltip


def test_what_is_drawn_follows_the_build(puzzle: ShapePuzzle, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[plots.Block] = []
    monkeypatch.setattr(plots, "blocks", lambda blocks, ax: drawn.extend(blocks))

    def last() -> plots.Block:
        return drawn[-1]

    put(puzzle, "X", "dZ")
    assert last().name == "cannot be multiplied" and last().colour == plots.ORANGE
    assert [b.columns_colour for b in drawn[-5:-1] if b.name == "X"] == [plots.ORANGE]
    put(puzzle, "Xt", "W")
    assert last().name == "cannot be multiplied"
    put(puzzle, "X", "W")
    assert (last().name, last().rows, last().columns, last().size) == ("not dW", "N", "H", (4, 2))
    put(puzzle, "Xt", "dZ")
    assert (last().name, last().size, last().colour, last().numbers) == ("dW", (3, 2), plots.GREEN, None)
    assert [b.columns_colour for b in drawn[-5:-1] if b.name == "Xᵀ"] == [plots.GREEN]


def test_numbers_are_shown_in_the_last_round_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    puzzle = ShapePuzzle()
    for tiles in (("Xt", "dZ"), ("dZ", "Wt")):
        put(puzzle, *tiles)
        puzzle.onward.click()
    put(puzzle, "dZ")
    puzzle.sums[0].click()
    drawn: list[plots.Block] = []
    monkeypatch.setattr(plots, "blocks", lambda blocks, ax: drawn.extend(blocks))
    puzzle.onward.click()
    wanted = next(block for block in drawn if block.name == "dW, measured")
    assert wanted.numbers is not None and np.array_equal(wanted.numbers, [[2, -1], [7, 1]])
    assert all(block.numbers is not None and block.rows == "2" for block in drawn if block.size != (0, 0))


def test_without_a_page_there_is_a_picture_and_a_stable_text() -> None:
    first, second = ShapePuzzle()._repr_mimebundle_(), ShapePuzzle()._repr_mimebundle_()
    assert first["image/png"] == second["image/png"] and len(first["image/png"]) > 5_000
    assert first["text/plain"] == second["text/plain"] and first["text/plain"].startswith("shape_puzzle: ")
