"""The explorer of notebook 5 in a real page: how quick it answers, its mission by keys, its looks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness import Notebook
from playwright.sync_api import Locator, expect
from test_explorers_02_03 import assert_quick, button, handle, line, shots

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
    p95: dict[str, list[float]] = {"key": [], "drag": []}
    for _ in range(3):
        key, drag = notebook.key_latency(handle(cell), picture), notebook.drag_latency(handle(cell), picture)
        print(f"\nweight_decay\n  key  {key}\n  drag {drag}")
        p95["key"].append(key.p95)
        p95["drag"].append(drag.p95)
    assert_quick(p95, {"key": 70, "drag": 110})


def test_the_mission_by_keys(explorer: tuple[Notebook, Locator]) -> None:
    notebook, cell = explorer
    shots(notebook, "weight-decay-asked", CELL)
    expect(cell.locator(".noUi-target")).to_have_attribute("disabled", "true")
    button(cell, "At the same lam").press("Enter")
    expect(line(cell, 1)).to_contain_text("find the lam with the lowest validation loss")
    handle(cell).focus()
    for _ in range(4):
        notebook.page.keyboard.press("ArrowRight")
    expect(line(cell, 1)).to_contain_text("second half")
    expect(line(cell, 2)).to_contain_text("That is it")
    shots(notebook, "weight-decay-best", CELL)
    for _ in range(4):
        notebook.page.keyboard.press("ArrowRight")
    expect(line(cell, 1)).to_contain_text("Done: at lam = 0.1")
    expect(line(cell, 1)).to_contain_text("you predicted at the same lam")
    shots(notebook, "weight-decay-done", CELL)
