"""The explorers of notebook 4 in a real page: how quick they answer, also while they train; missions; looks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from harness import QUICK_LAB, Lab, Notebook, assert_quick, button, line, press, shots, slider
from playwright.sync_api import Browser, Locator, expect

Opened = tuple[Notebook, Locator]
CELLS = ["from course_lib import explorers", "explorers.loss_valley()"]


@pytest.fixture(scope="module", params=["jupyter lab", "course_lib lab"])
def both(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Notebook]:
    """The explorers in plain JupyterLab and in that of `python -m course_lib lab`."""
    options = QUICK_LAB if request.param == "course_lib lab" else []
    with Lab(tmp_path_factory.mktemp("quick") / "lab", options) as lab:
        notebook = Notebook(browser, lab, CELLS)
        notebook.run_all()
        yield notebook
        notebook.close()


# ---- the loss valley -----------------------------------------------------------------------------


def test_the_loss_valley_answers_quickly(both: Notebook) -> None:
    cell = both.cell("explorers.loss_valley")
    button(cell, "Both at once").click()
    handle, picture = slider(cell, "learning rate"), cell.locator("img.widget-image")
    times: dict[str, list[float]] = {"key": [], "drag": [], "last frame": []}
    for _ in range(3):
        key, drag = both.key_latency(handle, picture), both.drag_latency(handle, picture)
        print(f"\nloss_valley\n  key  {key}\n  drag {drag}")
        times["key"].append(key.p95)
        times["drag"].append(drag.p95)
        times["last frame"].append(drag.last)
    assert_quick(times, {"key": 70, "drag": 110, "last frame": 200})


def test_the_mission_of_the_loss_valley_by_keys(open_explorer: Callable[..., Opened]) -> None:
    notebook, cell = open_explorer("loss_valley()")
    shots(notebook, "valley-question", "loss_valley")
    button(cell, "Across it, where it is steep").press("Enter")
    expect(line(cell, 1)).to_contain_text("find the largest learning rate")
    lr, mu = slider(cell, "learning rate"), slider(cell, "momentum")
    press(lr, "ArrowRight", 30)  # 0.05 -> 0.2
    expect(line(cell, 2)).to_contain_text("neither comes down nor flies apart")
    press(lr, "ArrowRight")
    expect(line(cell, 2)).to_contain_text("It flies apart")
    shots(notebook, "valley-apart", "loss_valley")
    press(lr, "ArrowLeft", 2)
    expect(line(cell, 1)).to_contain_text("at 0.205 it flies apart, across the valley, as you predicted")
    shots(notebook, "valley-limit", "loss_valley")
    press(mu, "ArrowRight", 10)
    expect(line(cell, 1)).to_contain_text("Done: down in")
    shots(notebook, "valley-done", "loss_valley")
    press(slider(cell, "batch noise"), "ArrowRight", 8)
    seen = re.compile(r"^Learning rate 0\.195, momentum 0\.50, noise 2\.00: in the second half 1\.\d+ away")
    expect(cell.get_by_role("img")).to_have_attribute("title", seen)
    shots(notebook, "valley-noise", "loss_valley")
