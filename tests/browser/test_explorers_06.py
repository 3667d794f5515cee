"""The tuning desk in a real page: by keys alone, quick also while it trains, and nothing is lost by a restart."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from harness import Notebook, assert_quick, assert_slider_quick, button, line, press, push, shots, slider
from playwright.sync_api import Locator, expect

SETUP = """
import numpy as np
from course_lib import explorers
from course_lib.data import Standardizer, load, train_val_test_split
digits = load("digits")
rng = np.random.default_rng({seed})
X, y, X_val, y_val, _, _ = train_val_test_split(digits.X_train, digits.y_train, 0.25, 0.0, rng)
standardizer = Standardizer.fit(X)
parts = standardizer(X), y, standardizer(X_val), y_val
"""
DESK = "desk = explorers.tuning_desk(parts)\ndesk"
BUDGET = 20
Opened = tuple[Notebook, Locator]


@pytest.fixture
def open_desk(open_notebook: Callable[..., Notebook]) -> Callable[..., Opened]:
    """open_desk(3) -> a notebook with a desk of the third split, and its cell. Each split has a log of its own."""

    def open_one(seed: int, more: str = "", *, width: int = 1200) -> Opened:
        notebook = open_notebook([SETUP.format(seed=seed) + more, DESK], width=width)
        notebook.run_all()
        return notebook, notebook.cell("explorers.tuning_desk")

    return open_one


def budget(cell: Locator) -> Locator:
    return cell.locator(".course-caption").first


def train(cell: Locator, name: str = "Train") -> None:
    """Press a button that trains, and wait for the end of it."""
    left = re.match(r"\d+", budget(cell).inner_text())
    assert left
    expect(button(cell, name)).to_be_enabled()
    push(button(cell, name))
    expect(budget(cell)).to_contain_text(f"{int(left[0]) - 1} of {BUDGET} trainings left")


def stands_at(cell: Locator, settings: str) -> None:
    """Wait until the kernel knows of what was pressed: a click may overtake a slider that still moves."""
    picture = cell.get_by_role("img")
    expect(picture).to_have_attribute("title", re.compile(re.escape(settings)))


# ---- how it feels --------------------------------------------------------------------------------


def test_the_mission_by_keys(open_desk: Callable[..., Opened]) -> None:
    notebook, cell = open_desk(3)
    lr, lam, batch, momentum = (slider(cell, name) for name in ("learning rate", "lam", "batch size", "momentum"))
    shots(notebook, "tuning-1", "tuning_desk")
    expect(button(cell, "Best so far")).to_be_disabled()
    train(cell)
    expect(line(cell)).to_contain_text("or more, within 20 trainings.")
    press(slider(cell, "hidden units"), "End")
    press(batch, "Home")
    press(momentum, "End")
    press(lr, "End")
    stands_at(cell, "learning rate 3.16, hidden units 128, lam 0.1, batch size 8, momentum 0.99")
    train(cell)
    expect(line(cell, 1)).to_contain_text("Training 2 diverged")
    shots(notebook, "tuning-diverged", "tuning_desk")
    press(lam, "Home")
    press(batch, "ArrowRight")
    press(momentum, "Home")
    press(momentum, "ArrowRight")
    press(lr, "ArrowLeft", 12)
    stands_at(cell, "learning rate 0.1, hidden units 128, lam 0, batch size 16, momentum 0.5, seed 0")
    train(cell)
    for _ in range(4):
        train(cell, "At random")
    expect(line(cell)).to_contain_text("Mission, second half")
    shots(notebook, "tuning-7", "tuning_desk")
    push(button(cell, "Best so far"))
    for seed in (1, 2):  # the best had seed 0, as all have here
        press(slider(cell, "seed"), "ArrowRight")
        stands_at(cell, f"seed {seed}.")
        train(cell)
    expect(line(cell)).to_contain_text("Done: the training you chose said")
    expect(line(cell)).to_have_class("course-line done")
    push(button(cell, "table of lr and momentum"))
    shots(notebook, "tuning-done", "tuning_desk")


def test_a_training_moves_the_curve_and_can_be_stopped(open_desk: Callable[..., Opened]) -> None:
    notebook, cell = open_desk(4, "from course_lib.explorers import tuning; tuning.PACE = 0.8")
    picture = cell.get_by_role("img")
    push(button(cell, "Train"))
    expect(picture).to_have_attribute("title", re.compile(r"The last one: epoch \d: "))
    expect(button(cell, "Train")).to_be_disabled()
    press(slider(cell, "learning rate"), "ArrowRight")
    expect(picture).to_have_attribute("title", re.compile(r"learning rate 0.00133.*The last one: epoch \d: "))
    shots(notebook, "tuning-running", "tuning_desk")
    push(button(cell, "Stop"))
    expect(line(cell, 1)).to_have_text("Training 1 was stopped, and counts.")
    expect(budget(cell)).to_contain_text(f"{BUDGET - 1} of {BUDGET}")
    expect(button(cell, "Stop")).to_be_disabled()
    notebook.kernel("tuning.PACE = 0")
    train(cell)


def test_a_restart_loses_nothing(open_desk: Callable[..., Opened]) -> None:
    _, cell = open_desk(5)
    press(slider(cell, "learning rate"), "End")
    press(slider(cell, "learning rate"), "ArrowLeft", 12)
    stands_at(cell, "learning rate 0.1, ")
    train(cell)
    said = budget(cell).inner_text()
    _, again = open_desk(5)
    expect(budget(again)).to_have_text(said)
    push(button(again, "Best so far"))
    stands_at(again, "learning rate 0.1, hidden units 8")
    push(button(again, "Begin again"))
    expect(budget(again)).to_contain_text(f"{BUDGET} of {BUDGET} trainings left")


def test_a_narrow_window_shows_the_whole_picture(open_desk: Callable[..., Opened]) -> None:
    notebook, cell = open_desk(6, width=620)
    picture, output = cell.get_by_role("img").bounding_box(), cell.locator(".jp-Cell-outputArea").bounding_box()
    assert picture and output
    assert picture["x"] + picture["width"] <= output["x"] + output["width"]
    notebook.screenshot("tuning-narrow", cell="tuning_desk")


# ---- how quick -----------------------------------------------------------------------------------


def test_a_slider_answers_quickly(open_desk: Callable[..., Opened]) -> None:
    notebook, cell = open_desk(7)
    for _ in range(6):
        train(cell, "At random")  # so that there is something to draw
    handle, picture = slider(cell, "learning rate"), cell.locator("img.widget-image")
    assert_slider_quick(notebook, handle, picture, "tuning_desk at rest")


def test_sliders_keep_up_while_it_trains(open_desk: Callable[..., Opened]) -> None:
    """A picture of the training may show an older value once more, so what counts is how long an input waits."""
    notebook, cell = open_desk(8)
    notebook.kernel("from course_lib.explorers import tuning_trials; tuning_trials.EPOCHS = 10**6")
    handle, picture = slider(cell, "learning rate"), cell.locator("img.widget-image")
    press(slider(cell, "batch size"), "Home")  # where an epoch takes longest
    stands_at(cell, "batch size 8, ")
    times: dict[str, list[float]] = {"key": []}
    for seed in (1, 2, 3):
        press(slider(cell, "seed"), "ArrowRight")
        stands_at(cell, f"seed {seed}.")
        push(button(cell, "Train"))
        expect(button(cell, "Stop")).to_be_enabled()
        key = notebook.key_latency(handle, picture, presses=20)
        waits = sorted(key.waits)
        times["key"].append(waits[int(0.95 * len(waits))])
        print(f"\ntuning_desk while it trains\n  key p95 {times['key'][-1]:.0f} ms")
        assert notebook.kernel("print(desk.driver.run.state)") == "running"
        push(button(cell, "Stop"))
        expect(button(cell, "Train")).to_be_enabled()
    assert_quick(times, {"key": 100})
