"""The capstone's own code, from the lesson: does a network trained as it trains one read digits that are drawn?"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from handwriting import DRAWINGS, Strokes, inked

from course_lib.authoring.source import read_cells
from course_lib.data import at_hand
from course_lib.explorers.mnist_preprocessing import mnist_pixels

SOURCE = Path(__file__).parents[1] / "solutions" / "07_capstone.py"
CODE = [cell.text for cell in read_cells(SOURCE) if cell.kind == "code"]
# The cells that it takes, by what they contain: from the images to `read`, which the pad is given.
NEEDED = ("import numpy as np", 'images = load("mnist")', "def prepare", "config = ", "def train",
          "params, curves = train(X_train", "def read")  # fmt: skip


@pytest.fixture(scope="module")
def lesson() -> dict[str, Any]:
    """The names that the notebook has after these cells."""
    if not at_hand("mnist"):
        pytest.skip("the files of MNIST are not on this machine: load('mnist') fetches them, or COURSE_DATA names them")
    names: dict[str, Any] = {}
    for needed in NEEDED:
        (code,) = (code for code in CODE if f"\n{needed}" in f"\n{code}" or f"\n    {needed}" in code)
        exec(compile(code, needed, "exec"), names)  # a part of the course's own lesson
    return names


def test_the_settings_it_starts_with_are_good_already(lesson: dict[str, Any]) -> None:
    assert lesson["images"].name == "mnist" and len(lesson["y_val"]) == 5000
    assert lesson["curves"]["accuracy"][-1] > 0.96
    assert np.mean(lesson["X_train"]) == pytest.approx(0, abs=1e-3) and np.std(lesson["X_train"]) == pytest.approx(1)


def right(lesson: dict[str, Any], drawings: Iterable[Strokes]) -> int:
    """How many of ten drawings, of 0 to 9, the network reads right."""
    P = lesson["read"](np.stack([mnist_pixels(inked(strokes)) for strokes in drawings]))
    assert P.shape == (10, 10) and np.allclose(P.sum(axis=1), 1, atol=1e-5)
    print(f"\nread as {''.join(map(str, P.argmax(axis=1)))}")
    return int((P.argmax(axis=1) == range(10)).sum())


@pytest.mark.parametrize("hand", DRAWINGS)
def test_drawn_digits_are_read(lesson: dict[str, Any], hand: str) -> None:
    assert right(lesson, DRAWINGS[hand].values()) >= 9


def test_digits_that_lean_far_are_worth_a_try(lesson: dict[str, Any]) -> None:
    """What the pad suggests to those who want to fool it."""

    def fallen(strokes: Strokes) -> Strokes:  # turned by 45 degrees round the middle of the pad
        c = np.sqrt(0.5)
        return [[[50 + c * (x - y), 50 + c * (x + y - 100)] for x, y in stroke] for stroke in strokes]

    assert all(right(lesson, map(fallen, drawings.values())) < 9 for drawings in DRAWINGS.values())
