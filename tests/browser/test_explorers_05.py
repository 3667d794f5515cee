"""The explorer of notebook 5 in a real page: how quick it answers, its mission by keys, its looks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness import Notebook, assert_slider_quick, button, line, press, push, shots, slider
from playwright.sync_api import Locator, expect

CELL = "explorers.weight_decay()"


@pytest.fixture
def explorer(open_notebook: Callable[..., Notebook]) -> tuple[Notebook, Locator]:
    notebook = open_notebook(["from course_lib import explorers", CELL])
    notebook.run_all()
    return notebook, notebook.cell(CELL)


def test_the_slider_answers_quickly(explorer: tuple[Notebook, Locator]) -> None:
    notebook, cell = explorer
    button(cell, "At a larger lam").click()
    picture = cell.locator("img.widget-image")
    assert_slider_quick(notebook, slider(cell, "lam"), picture, "weight_decay")


def test_the_mission_by_keys(explorer: tuple[Notebook, Locator]) -> None:
    notebook, cell = explorer
    shots(notebook, "weight-decay-asked", CELL)
    expect(cell.locator(".noUi-target")).to_have_attribute("disabled", "true")
    push(button(cell, "At the same lam"))
    expect(line(cell, 1)).to_contain_text("find the lam with the lowest validation loss")
    press(slider(cell, "lam"), "ArrowRight", 4)
    expect(line(cell, 1)).to_contain_text("second half")
    expect(line(cell, 2)).to_contain_text("That is it")
    shots(notebook, "weight-decay-best", CELL)
    press(slider(cell, "lam"), "ArrowRight", 4)
    expect(line(cell, 1)).to_contain_text("at a larger lam, 0.1 (")
    expect(line(cell, 1)).to_contain_text("you predicted at the same lam")
    shots(notebook, "weight-decay-done", CELL)
