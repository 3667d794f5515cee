"""The explorers of notebook 1 in a real page: quick, usable with keys alone, and their missions come to an end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from harness import Lab, Notebook, assert_slider_quick, button, line, press, push, shots, slider
from playwright.sync_api import Browser, Locator, expect

SLIDERS = {  # the slider that is dragged
    "activations": "weight scale",
    "temperature": "temperature T",
    "init_scale": "scale (1 is He's)",
    "boundary": "hidden units",
}

CELLS = ["from course_lib import explorers", *(f"explorers.{name}()" for name in SLIDERS)]


# ---- how quick -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def explorers(browser: Browser, either_lab: Lab) -> Iterator[Notebook]:
    notebook = Notebook(browser, either_lab, CELLS)
    notebook.run_all()
    yield notebook
    notebook.close()


@pytest.mark.parametrize("name", SLIDERS)
def test_a_slider_answers_quickly(explorers: Notebook, name: str) -> None:
    cell = explorers.cell(f"explorers.{name}()")
    if name == "init_scale":
        button(cell, "It keeps them").click()
    assert_slider_quick(explorers, slider(cell, SLIDERS[name]), cell.locator("img.widget-image"), name)
    explorers.fail_on_errors()


# ---- how they feel -------------------------------------------------------------------------------


def test_activations_by_keys(open_explorer: Callable[..., tuple[Notebook, Locator]]) -> None:
    notebook, cell = open_explorer("activations()")
    shots(notebook, "activations", "explorers.act")
    press(slider(cell, "weight scale"), "End")
    expect(line(cell)).to_contain_text("second half: at scale 20.0")
    shots(notebook, "activations-saturated", "explorers.act")
    push(cell.get_by_role("button", name="ReLU"))
    expect(line(cell)).to_contain_text("Done")
    expect(line(cell)).to_have_class("course-line done")
    shots(notebook, "activations-done", "explorers.act")


def test_temperature_by_keys(open_explorer: Callable[..., tuple[Notebook, Locator]]) -> None:
    notebook, cell = open_explorer("temperature()")
    handle = slider(cell, "temperature T")
    shots(notebook, "temperature", "explorers.temp")
    press(handle, "Home")
    expect(line(cell)).to_contain_text("half done: at T = 0.03")
    press(handle, "End")
    expect(line(cell)).to_contain_text("Done")
    shots(notebook, "temperature-done", "explorers.temp")


def test_init_scale_by_keys_after_a_prediction(open_explorer: Callable[..., tuple[Notebook, Locator]]) -> None:
    notebook, cell = open_explorer("init_scale()")
    handle = slider(cell, "scale (1 is He's)")
    shots(notebook, "init_scale-question", "explorers.init")
    expect(cell.get_by_role("button", name="tanh")).to_be_disabled()
    push(cell.get_by_role("button", name="It makes them grow"))
    expect(cell.get_by_role("button", name="tanh")).to_be_enabled()
    press(handle, "Home")
    press(handle, "ArrowRight", 20)  # 2^(-1 + 20 * 0.025) = 0.71
    expect(cell.locator(".course-line").nth(1)).to_contain_text("Xavier's scale makes them shrink")
    shots(notebook, "init_scale-xavier", "explorers.init")
    press(handle, "ArrowRight", 20)
    expect(cell.locator(".course-line").nth(1)).to_contain_text("Done: scale")
    cell.get_by_role("button", name="tanh").click()
    expect(cell.get_by_role("img")).to_have_attribute("title", re.compile("tanh, scale 1.00"))
    shots(notebook, "init_scale-tanh", "explorers.init")


def test_boundary_by_keys(open_explorer: Callable[..., tuple[Notebook, Locator]]) -> None:
    notebook, cell = open_explorer("boundary()")
    handle = slider(cell, "hidden units")
    for units in (2, 3, 4):
        press(handle, "ArrowRight")
        expect(cell.get_by_role("img")).to_have_attribute("title", re.compile(f"without the ReLU, {units} hidden"))
    expect(line(cell)).to_contain_text("It cannot be done")
    shots(notebook, "boundary-line", "explorers.bound")
    push(cell.get_by_role("button", name="with ReLU"))
    press(handle, "Home")
    for units in (2, 3, 4, 6, 8):
        press(handle, "ArrowRight")
        expect(cell.get_by_role("img")).to_have_attribute("title", re.compile(f"with the ReLU, {units} hidden"))
    expect(line(cell)).to_contain_text("Done: with the ReLU")
    shots(notebook, "boundary-done", "explorers.bound")


def test_an_error_in_the_learners_code_is_a_line_and_the_slider_lives_on(
    open_explorer: Callable[..., tuple[Notebook, Locator]],
) -> None:
    broken = """
import numpy as np
def softmax(Z):
    if Z.max() > 50:
        return Z / no_such_name
    return np.exp(Z) / np.exp(Z).sum()"""
    notebook, cell = open_explorer("temperature(softmax)", broken)
    handle = slider(cell, "temperature T")
    press(handle, "Home")
    expect(cell.locator(".course-line.error")).to_have_text(
        "Your softmax stopped at its line 'return Z / no_such_name': NameError: name 'no_such_name' is not defined"
    )
    shots(notebook, "temperature-error", "explorers.temp")
    press(handle, "End")
    expect(cell.locator(".course-line.error")).to_have_count(0)


def test_a_screen_reader_is_told_what_the_picture_shows(
    open_explorer: Callable[..., tuple[Notebook, Locator]],
) -> None:
    _, cell = open_explorer("activations()")
    picture = cell.get_by_role("img")
    expect(picture).to_have_attribute("title", "sigmoid: at z = 1.0 the activation is 0.731 and the slope 0.197. "
                                               "At weight scale 1.0, 0% of the units are saturated.")  # fmt: skip
    press(slider(cell, "z of the one unit"), "Home")
    expect(picture).to_have_attribute("title", "sigmoid: at z = -8.0 the activation is 0.000 and the slope 0.000. "
                                               "At weight scale 1.0, 0% of the units are saturated.")  # fmt: skip


def test_a_narrow_window_shows_the_whole_picture(open_notebook: Callable[..., Notebook]) -> None:
    notebook = open_notebook(["from course_lib import explorers", "explorers.activations()"], width=620)
    notebook.run_all()
    cell = notebook.cell("explorers.act")
    picture, output = cell.get_by_role("img").bounding_box(), cell.locator(".jp-Cell-outputArea").bounding_box()
    assert picture and output
    assert picture["x"] + picture["width"] <= output["x"] + output["width"]
    assert picture["width"] / picture["height"] == pytest.approx(8.4 / 3.3, rel=0.01)
    notebook.screenshot("activations-narrow", cell="explorers.act")
