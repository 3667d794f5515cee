"""The explorers of notebook 8 in a real page: how quick they answer, their keys, their missions, their looks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from harness import Lab, Notebook, assert_slider_quick, button, line, press, push, shots, slider
from playwright.sync_api import Browser, Locator, expect

ANSWERS = {"optimizer_race": "only the turn", "batch_norm_depth": "about as large"}
CELLS = ["from course_lib import explorers", *(f"explorers.{name}()" for name in ANSWERS)]
DRAGGED = [("optimizer_race", "learning rate"), ("optimizer_race", "turned by"), ("batch_norm_depth", "scale (1 is")]


@pytest.fixture(scope="module")
def explorers(browser: Browser, either_lab: Lab) -> Iterator[Notebook]:
    """Both explorers, their questions answered."""
    notebook = Notebook(browser, either_lab, CELLS)
    notebook.run_all()
    for name, answer in ANSWERS.items():
        answer_the_question(notebook.cell(f"explorers.{name}"), answer)
    yield notebook
    notebook.close()


def answer_the_question(cell: Locator, answer: str) -> None:
    push(button(cell, answer))
    expect(line(cell, 1)).to_contain_text("settle it")  # from now on the sliders can be moved


@pytest.mark.parametrize(("name", "label"), DRAGGED)
def test_a_slider_answers_quickly(explorers: Notebook, name: str, label: str) -> None:
    cell = explorers.cell(f"explorers.{name}")
    handle, picture = slider(cell, label), cell.locator("img.widget-image")
    assert_slider_quick(explorers, handle, picture, f"{name}, {label}")
    explorers.fail_on_errors()


def test_the_race_by_keys(open_explorer: Callable[..., tuple[Notebook, Locator]]) -> None:
    notebook, cell = open_explorer("optimizer_race()")
    expect(slider(cell, "learning rate")).to_have_attribute("tabindex", "0")
    shots(notebook, "race-question", "optimizer_race")
    answer_the_question(cell, "both")
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
    answer_the_question(cell, "twice as large")
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
    answer_the_question(cell, "both")
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
