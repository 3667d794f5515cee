"""The harness itself: it runs, types, sees errors, changes the theme and tells a fast answer from a slow one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness import Notebook, NotebookError

SLIDER = """
import io, time, ipywidgets, numpy as np
from PIL import Image
def png(level):
    file = io.BytesIO(); Image.new("RGB", (300, 100), (level, level, level)).save(file, "png"); return file.getvalue()
slider = ipywidgets.IntSlider(50, 0, 100)
picture = ipywidgets.Image(value=png(50))
slow = 0.0
def draw(change):
    time.sleep(slow)
    picture.value = png(change.new)
slider.observe(draw, "value")
ipywidgets.VBox([slider, picture])
"""


def test_cells_run_and_are_typed_into(open_notebook: Callable[..., Notebook]) -> None:
    notebook = open_notebook(["x = 2", "print(x + 1)"])
    notebook.run_all()
    assert notebook.text("print(x") == "3"
    notebook.write("x = 2", "def double(n):\n    return 2 * n\nx = double(4)")
    notebook.run("def double")
    notebook.run("print(x")
    assert notebook.text("print(x") == "9"
    assert notebook.kernel("print(x)") == "8"


def test_an_error_in_a_cell_fails(open_notebook: Callable[..., Notebook]) -> None:
    notebook = open_notebook(["1 / 0"])
    with pytest.raises(NotebookError, match="ZeroDivisionError"):
        notebook.run_all()
    notebook.fail_on_errors()  # each is reported once


def test_an_error_in_a_widget_callback_fails(open_notebook: Callable[..., Notebook]) -> None:
    cell = "import ipywidgets\nbutton = ipywidgets.Button(description='go')\nbutton.on_click(lambda _: 1 / 0)\nbutton"
    notebook = open_notebook([cell])
    notebook.run_all()
    notebook.page.get_by_text("go", exact=True).click()
    notebook.page.wait_for_function("() => probe.errors.length > 0")
    with pytest.raises(NotebookError, match="ZeroDivisionError"):
        notebook.fail_on_errors()


def test_the_theme_changes_and_pictures_are_saved(open_notebook: Callable[..., Notebook]) -> None:
    notebook = open_notebook(["1"])
    notebook.theme("dark")
    assert notebook.page.evaluate("() => document.body.dataset.jpThemeName") == "JupyterLab Dark"
    (path,) = notebook.screenshot("harness", cell="1")
    assert path.read_bytes().startswith(b"\x89PNG")
    assert len(notebook.screenshot("harness")) == 1
    notebook.theme("light")


def test_latency_tells_a_slow_answer_from_a_fast_one(open_notebook: Callable[..., Notebook]) -> None:
    notebook = open_notebook([SLIDER])
    notebook.run_all()
    handle, picture = notebook.page.locator(".noUi-handle"), notebook.page.locator("img.widget-image")
    fast = notebook.key_latency(handle, picture, presses=15)
    notebook.kernel("slow = 0.3")
    slow = notebook.key_latency(handle, picture, presses=8)
    dragged = notebook.drag_latency(handle, picture, seconds=1)
    print(f"\nfast: {fast}\nslow: {slow}\ndragged: {dragged}")
    assert fast.median < 200 and 300 < slow.median < 600
    assert dragged.p95 > 300 and dragged.frames <= 5
