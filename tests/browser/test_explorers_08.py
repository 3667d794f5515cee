"""The explorers of notebook 8 in a real page: how quick they answer, their keys, their missions, their looks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from harness import Lab, Latency, Notebook
from playwright.sync_api import Browser, Locator, expect

ANSWERS = {"optimizer_race": "only the turn", "batch_norm_depth": "about as large"}
DRAGGED = [("optimizer_race", "learning rate"), ("optimizer_race", "turned by"), ("batch_norm_depth", "scale (1 is")]

# A picture without any work, to measure the machine with: on a busy one everything takes longer, and the bars rise.
BARE = """
import ipywidgets, numpy as np
from course_lib.explorers.picture import more_than_a_packet, png
pictures = [more_than_a_packet(png(np.full((390, 840, 3), level, np.uint8))) for level in range(101)]
bare = ipywidgets.IntSlider(50, 0, 100)
picture = ipywidgets.Image(value=pictures[50])
bare.observe(lambda change: setattr(picture, "value", pictures[change.new]), "value")
ipywidgets.VBox([bare, picture])
"""
CELLS = ["from course_lib import explorers", *(f"explorers.{name}()" for name in ANSWERS), BARE]
BARS = {"key": 70, "drag": 110, "last frame": 200}  # milliseconds, the 95th percentiles, on a quiet machine
QUIET = {"key": 45, "drag": 60}  # what the bare picture takes there


def button(cell: Locator, name: str) -> Locator:
    return cell.get_by_role("button", name=name, exact=True)


def slider(cell: Locator, label: str) -> Locator:
    rows = cell.locator(".widget-inline-hbox", has=cell.page.locator(".noUi-handle"))
    return rows.filter(has_text=label).first.locator(".noUi-handle")


def press(handle: Locator, key: str, times: int = 1) -> None:
    handle.focus()
    for _ in range(times):
        handle.page.keyboard.press(key)


def line(cell: Locator, number: int) -> Locator:
    """The question, the mission under it, and the remark."""
    return cell.locator(".course-line").nth(number)


def shots(notebook: Notebook, name: str, cell: str) -> None:
    """Pictures of a cell in both themes."""
    for theme in ("dark", "light"):
        notebook.theme(theme)
        notebook.page.locator("#jupyterlab-splash").wait_for(state="detached")
        notebook.screenshot(f"{name}-{theme}", cell=cell)


# ---- how quick -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def both(browser: Browser, lab: Lab) -> Iterator[Notebook]:
    """Both explorers, their questions answered, in what `jupyter lab` starts."""
    notebook = Notebook(browser, lab, CELLS)
    notebook.run_all()
    for name, answer in ANSWERS.items():
        cell = notebook.cell(f"explorers.{name}")
        button(cell, answer).click()
        expect(line(cell, 1)).to_contain_text("settle it")
    yield notebook
    notebook.close()


def measured(notebook: Notebook, cell: str, label: str) -> tuple[Latency, Latency]:
    output = notebook.cell(cell)
    handle, picture = slider(output, label), output.locator("img.widget-image")
    return notebook.key_latency(handle, picture, presses=20), notebook.drag_latency(handle, picture)


def quick_enough(notebook: Notebook, name: str, label: str) -> bool:
    """One round of measurements, beside the bare picture."""
    notebook.page.bring_to_front()
    bare_key, bare_drag = measured(notebook, "bare =", "")
    key, drag = measured(notebook, f"explorers.{name}()", label)
    busy_key, busy_drag = max(1, bare_key.p95 / QUIET["key"]), max(1, bare_drag.p95 / QUIET["drag"])
    print(f"\n{name}, {label}\n  bare key   {bare_key}\n  key        {key}")
    print(f"  bare drag  {bare_drag}\n  drag       {drag}")
    return (
        key.p95 <= BARS["key"] * busy_key
        and drag.p95 <= BARS["drag"] * busy_drag
        and drag.last <= BARS["last frame"] * busy_drag
    )


@pytest.mark.parametrize(("name", "label"), DRAGGED)
def test_a_slider_answers_quickly(both: Notebook, name: str, label: str) -> None:
    assert any(quick_enough(both, name, label) for _ in range(4))  # other programs only ever make a round slower
    both.fail_on_errors()


# ---- how they feel -------------------------------------------------------------------------------


@pytest.fixture
def open_explorer(open_notebook: Callable[..., Notebook]) -> Callable[..., tuple[Notebook, Locator]]:
    """open_explorer("optimizer_race()", setup="def adam_step...") -> the notebook, and the cell with the explorer."""

    def open_one(source: str, setup: str = "") -> tuple[Notebook, Locator]:
        notebook = open_notebook([f"from course_lib import explorers\n{setup}", f"explorers.{source}"])
        notebook.run_all()
        return notebook, notebook.cell(f"explorers.{source}")

    return open_one


def test_the_race_by_keys(open_explorer: Callable[..., tuple[Notebook, Locator]]) -> None:
    notebook, cell = open_explorer("optimizer_race()")
    expect(slider(cell, "learning rate")).to_have_attribute("tabindex", "0")
    shots(notebook, "race-question", "optimizer_race")
    button(cell, "both").press("Enter")
    expect(line(cell, 1)).to_contain_text("settle it")  # now the sliders can be moved
    press(slider(cell, "steepness"), "ArrowRight", 8)  # 10^(8 * 0.25) = 100
    expect(line(cell, 1)).to_contain_text("one part done")
    expect(line(cell, 2)).to_have_text("As in the given valley: RMSprop and Adam. Not so: SGD and momentum.")
    shots(notebook, "race-steep", "optimizer_race")
    press(slider(cell, "steepness"), "Home")
    press(slider(cell, "turned by"), "ArrowRight", 9)
    expect(line(cell, 1)).to_contain_text("last part")
    expect(line(cell, 2)).to_have_text("As in the given valley: SGD and momentum. Not so: RMSprop and Adam.")
    shots(notebook, "race-turned", "optimizer_race")
    press(slider(cell, "learning rate"), "ArrowRight", 4)  # 10^(-1.5 + 4 * 0.05) = 0.050
    expect(line(cell, 2)).to_have_text("momentum wins this one.")
    press(slider(cell, "turned by"), "Home")
    press(slider(cell, "learning rate"), "ArrowRight", 6)  # 0.1
    expect(line(cell, 1)).to_contain_text("Done: momentum with learning rate 0.050")
    expect(line(cell, 1)).to_have_class("course-line done")
    press(slider(cell, "step"), "ArrowLeft", 20)
    expect(cell.get_by_role("img")).to_have_attribute("title", re.compile("after 80 steps"))
    shots(notebook, "race-done", "optimizer_race")


def test_depth_by_keys(open_explorer: Callable[..., tuple[Notebook, Locator]]) -> None:
    notebook, cell = open_explorer("batch_norm_depth()")
    shots(notebook, "depth-question", "batch_norm_depth")
    button(cell, "twice as large").press("Enter")
    expect(line(cell, 1)).to_contain_text("settle it")  # now the sliders can be moved
    press(slider(cell, "scale (1 is"), "End")
    expect(line(cell, 1)).to_contain_text("second half: with batch norm layer 20 has 1.0")
    expect(line(cell, 2)).to_contain_text("Without batch norm it has")
    shots(notebook, "depth-settled", "batch_norm_depth")
    press(slider(cell, "scale (1 is"), "ArrowLeft", 20)  # 2^(1 - 20 * 0.05) = 1
    expect(line(cell, 1)).to_contain_text("Done: at scale 1.00")
    press(slider(cell, "hidden layers"), "Home")
    expect(cell.get_by_role("img")).to_have_attribute("title", re.compile("Scale 1.00, 2 hidden layers"))
    press(slider(cell, "hidden layers"), "End")
    expect(cell.get_by_role("img")).to_have_attribute("title", re.compile("24 hidden layers"))
    shots(notebook, "depth-done", "batch_norm_depth")


def test_an_error_in_the_learners_step_is_a_line_and_the_race_goes_on(
    open_explorer: Callable[..., tuple[Notebook, Locator]],
) -> None:
    broken = """
def adam_step(params, grads, state, t, lr):
    if lr > 0.05:
        state["u"]"""
    notebook, cell = open_explorer("optimizer_race(adam_step=adam_step)", broken)
    button(cell, "both").click()
    expect(line(cell, 1)).to_contain_text("settle it")
    press(slider(cell, "learning rate"), "End")
    expect(cell.locator(".course-line.error")).to_have_text(
        "Your adam_step stopped at its line 'state[\"u\"]': KeyError: 'u'"
    )
    shots(notebook, "race-error", "optimizer_race")
    press(slider(cell, "learning rate"), "Home")
    expect(cell.locator(".course-line.error")).to_have_count(0)


def test_a_narrow_window_shows_the_whole_picture(open_notebook: Callable[..., Notebook]) -> None:
    notebook = open_notebook(["from course_lib import explorers", "explorers.optimizer_race()"], width=620)
    notebook.run_all()
    cell = notebook.cell("explorers.optimizer_race")
    picture, output = cell.get_by_role("img").bounding_box(), cell.locator(".jp-Cell-outputArea").bounding_box()
    assert picture and output
    assert picture["x"] + picture["width"] <= output["x"] + output["width"]
    assert picture["width"] / picture["height"] == pytest.approx(8.4 / 3.9, rel=0.01)
