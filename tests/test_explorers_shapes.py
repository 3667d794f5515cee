"""The shape puzzle's rounds and verdicts: there is one right answer, and every wrong one is told why."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from course_lib.explorers.shapes import LETTERS, ROUNDS, Build, Round, in_words, verdict
from course_lib.nn import functional

TURNS = [frozenset(turned) for k in range(4) for turned in itertools.combinations(LETTERS, k)]
DW, DX, DB, ALIKE = ROUNDS


def builds(goal: Round) -> Iterator[Build]:
    """Everything that can be put together in a round, each way of turning the tiles that matter once."""
    if goal.target == "db":
        for tile, axis in itertools.product(LETTERS, (0, 1)):
            for turned in (frozenset(), frozenset({tile})):
                yield Build(goal, (tile,), turned, axis)
        return
    for slots in itertools.product(LETTERS, repeat=2):
        for turned in TURNS:
            if turned <= set(slots):
                yield Build(goal, slots, turned)


def judged(goal: Round, *tiles: str, axis: int | None = None) -> tuple[bool, str]:
    """The verdict on tiles named "X" or "Xt"."""
    slots = tuple(tile.removesuffix("t") for tile in tiles)
    turned = frozenset(tile.removesuffix("t") for tile in tiles if tile.endswith("t"))
    found = verdict(Build(goal, slots, turned, axis))
    assert found is not None
    return found.right, found.text


@pytest.mark.parametrize("goal", ROUNDS, ids=lambda goal: f"{goal.number}-{goal.target}")
def test_what_is_wanted_is_the_gradient_of_the_layer(goal: Round) -> None:
    X, dZ, W = (goal.arrays[name] for name in ("X", "dZ", "W"))
    dX, dW, db = functional.linear_backward(dZ, X, W)
    np.testing.assert_array_equal(goal.wanted, {"dW": dW, "dX": dX, "db": db}[goal.target])
    assert goal.wanted.any()


@pytest.mark.parametrize("goal", ROUNDS, ids=lambda goal: f"{goal.number}-{goal.target}")
def test_only_the_right_answer_is_right(goal: Round) -> None:
    right = [(b.slots, b.turned, b.axis) for b in builds(goal) if (v := verdict(b)) and v.right]
    expected = {
        "dW": [(("X", "dZ"), {"X"}, None)],
        "dX": [(("dZ", "W"), {"W"}, None)],
        "db": [(("dZ",), set(), 0), (("dZ",), {"dZ"}, 1)],  # the same sum, said in two ways
    }[goal.target]
    assert right == expected


@pytest.mark.parametrize("goal", ROUNDS, ids=lambda goal: f"{goal.number}-{goal.target}")
def test_every_wrong_answer_is_explained(goal: Round) -> None:
    for build in builds(goal):
        found = verdict(build)
        assert found is not None
        if not found.right:
            reasons = ("cannot be multiplied", "has the shape", "the numbers are not", "the numbers are wrong")
            assert sum(reason in found.text for reason in reasons) == 1, found.text
            assert build.title(build.slots[0]) in found.text


def test_inner_letters_that_do_not_meet_are_named() -> None:
    right, text = judged(DW, "X", "dZ")
    assert not right
    assert text.startswith("X (N, D) times dZ (N, H) cannot be multiplied")
    assert "D is not N" in text


def test_the_transpose_is_recognised() -> None:
    _, text = judged(DW, "dZt", "X")
    assert "the shape (H, D), and dW must have the shape of W, (D, H)" in text and "the transpose" in text
    _, text = judged(DW, "Xt", "X")
    assert "Xᵀ (D, N) times Xᵀ (D, N) cannot" in text  # one tile cannot lie both ways
    _, text = judged(DX, "W", "dZt")
    assert "the shape (D, N)" in text and "the transpose" in text
    _, text = judged(DW, "X", "W")
    assert "the shape (N, H)" in text and "Which two letters must be outside?" in text


def test_the_sum_over_the_wrong_axis_and_of_the_wrong_tile() -> None:
    _, text = judged(DB, "dZ", axis=1)
    assert "the shape (N,), one number for each example" in text
    _, text = judged(DB, "W", axis=0)
    assert "right shape" in text and "b does not go through W" in text


def test_with_equal_sides_the_numbers_and_the_letters_tell() -> None:
    right, text = judged(ALIKE, "X", "dZ")
    assert not right and "at [0, 0] the product has 4, and dW[0, 0] was measured as 2" in text
    assert "D would meet N" in text
    _, text = judged(ALIKE, "dZt", "X")
    assert "is (H, D), and dW is (D, H)" in text  # these letters meet, and come out in the wrong places
    right, text = judged(ALIKE, "Xt", "dZ")
    assert right and "Sizes can agree by accident" in text


def test_a_verdict_waits_until_the_slots_are_full() -> None:
    assert verdict(Build(DW)) is None and verdict(Build(DW, ("X",))) is None
    assert verdict(Build(DB, ("dZ",))) is None and verdict(Build(DB, axis=0)) is None


def test_tiles_fill_the_slots_and_a_further_one_begins_anew() -> None:
    build = Build(DW).with_tile("X").with_tile("dZ")
    assert build.slots == ("X", "dZ")
    assert build.with_tile("W").slots == ("W",)
    summed = Build(DB, ("W",), axis=1)
    assert summed.with_tile("dZ") == Build(DB, ("dZ",))


def test_shapes_are_letters_unless_all_sides_are_the_same() -> None:
    turned = frozenset({"X"})
    assert Build(DW, turned=turned).shape("X") == "(D, N)" and Build(DW).shape("X") == "(N, D)"
    assert Build(ALIKE, turned=turned).shape("X") == "(2, 2)"
    assert Build(DW, turned=turned).title("X") == "Xᵀ"
    assert in_words("H") == "(H,)"
