"""Notebook 7 as a learner has it at the end: trained on MNIST, and its pad drawn on with the mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness import Notebook, shots
from pad import DRAWINGS, Page

from course_lib.data import at_hand

PAD = "explorers.draw_a_digit"


@pytest.fixture
def capstone(open_notebook: Callable[..., Notebook]) -> Page:
    """The learner's notebook after all of its cells have run. It trains with the settings that it comes with."""
    if not at_hand("mnist"):
        pytest.skip("the files of MNIST are not on this machine: load('mnist') fetches them, or COURSE_DATA names them")
    return Page(open_notebook("notebooks/07_capstone.ipynb"))


def test_it_reads_four_hands_and_moves_while_the_pen_does(capstone: Page) -> None:
    right = {hand: capstone.right(hand) for hand in DRAWINGS}
    assert min(right.values()) >= 9, right

    def bars() -> list[float]:
        lengths = "all => all.map(fill => +fill.style.transform.slice(7, -1))"
        shown: list[float] = capstone.page.locator(".course-reading-fill").evaluate_all(lengths)
        return shown

    seen = []
    mouse = capstone.page.mouse
    mouse.move(*capstone.at(35, 25))
    mouse.down()
    for x, y in ((65, 25), (50, 55), (45, 80)):  # a 7; the button stays down
        mouse.move(*capstone.at(x, y), steps=5)
        capstone.quiet()
        seen.append(bars())
    mouse.up()
    assert all(len(P) == 10 and sum(P) == pytest.approx(1, abs=1e-4) for P in seen)
    assert seen[0] != seen[1] != seen[2] and max(range(10), key=seen[2].__getitem__) == 7
    shots(capstone.notebook, "07-pad", PAD)


def test_the_pad_follows_the_pen_quickly(capstone: Page) -> None:
    capstone.assert_quick()
