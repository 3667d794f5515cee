"""A real JupyterLab in a real Chromium, for tests and for people who want to look at a lesson.

    test  ->  Notebook (one document, its own kernel)  ->  Chromium (Playwright)  ->  Lab (a server on loopback)

How to use it, in a test:

    def test_it(open_notebook):                         # the fixture of conftest.py: it also fails on unexpected errors
        notebook = open_notebook("notebooks/01_forward_pass.ipynb")    # a copy: the repository is never written to
        notebook = open_notebook(["x = 2", "x + 1"])    # or a notebook made of cells, for this test alone
        notebook.run_all()                              # waits for the kernel; run("x = 2") runs one cell
        notebook.write("def relu", "def relu(Z): ...")  # types into the first code cell with that text
        notebook.text("check(relu)")                    # what the cell shows, as text
        notebook.kernel("print(x)")                     # -> "2", asked of the kernel without a cell
        notebook.page.locator(".widget-slider")...      # everything else: Playwright's page
        notebook.theme("dark"); notebook.screenshot("relu-dark", cell="check(relu)")
        with pytest.raises(NotebookError, match="ZeroDivision"): notebook.run("1 / 0")
        notebook.key_latency(handle, picture), notebook.drag_latency(handle, picture)   # -> Latency, in milliseconds
        assert_slider_quick(notebook, handle, picture, "relu")          # measures both, and compares with the bar
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[2]
SCREENSHOTS = Path(__file__).resolve().parent / "screenshots"
PROBE = (Path(__file__).resolve().parent / "probe.js").read_text(encoding="utf-8")

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM_ARGUMENTS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                      "--disable-component-update", "--disable-sync", "--mute-audio"]  # fmt: skip
SETTINGS = {  # no pop-ups, every cell in the page, no saving behind the test's back
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    "notebook-extension/tracker": {"windowingMode": "none", "scrollPastEnd": False},
    "docmanager-extension/plugin": {"autosave": False},
}


class NotebookError(AssertionError):
    """The kernel or the page reported an error. A test that expects it says so with pytest.raises."""


def find_chromium() -> str | None:
    """The path of a Chromium on this machine, or None."""
    found = (shutil.which(name) for name in CHROMIUM_NAMES)
    return next((path for path in found if path), None)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium. RuntimeError if this machine has none."""
    path = find_chromium()
    if path is None:
        raise RuntimeError(f"No Chromium on this machine: install one of {', '.join(CHROMIUM_NAMES)}.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, chromium_sandbox=False, args=CHROMIUM_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Lab:
    """A JupyterLab server on loopback with its own folders, token and free port, as a context manager.

    folder: where it keeps everything, its notebooks in folder/work; options: further command-line options.
    """

    def __init__(self, folder: Path, options: Sequence[str] = ()) -> None:
        self.folder = folder.resolve()  # absolute: the kernel runs elsewhere
        self.work = self.folder / "work"
        self.options = list(options)
        self.token = secrets.token_hex(16)

    def __enter__(self) -> Lab:
        self.work.mkdir(parents=True)
        for name, value in SETTINGS.items():
            file = self.folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(value), encoding="utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._log_file = (self.folder / "lab.log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
             "--ServerApp.port_retries=0", f"--ServerApp.root_dir={self.work}",
             f"--IdentityProvider.token={self.token}",
             "--expose-app-in-browser", "--LabApp.news_url=None", "--ServerApp.terminals_enabled=False",
             "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", *self.options],
            stdin=subprocess.DEVNULL, stdout=self._log_file, stderr=subprocess.STDOUT, env=self._environment(),
        )  # fmt: skip
        try:
            self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _environment(self) -> dict[str, str]:
        own = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime",
               "IPYTHONDIR": "ipython", "JUPYTERLAB_SETTINGS_DIR": "settings",
               "JUPYTERLAB_WORKSPACES_DIR": "workspaces", "COURSE_PROGRESS": "progress.jsonl"}  # fmt: skip
        paths = [str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])]
        return {**os.environ, **{name: str(self.folder / value) for name, value in own.items()},
                "PYTHONPATH": os.pathsep.join(paths), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}  # fmt: skip

    def _wait_until_ready(self) -> None:
        request = urllib.request.Request(f"{self.url}/api/status", headers={"Authorization": f"token {self.token}"})
        give_up = time.monotonic() + 90
        while time.monotonic() < give_up:
            if self._process.poll() is not None:
                raise RuntimeError(f"JupyterLab ended while starting:\n{self.log()}")
            with contextlib.suppress(OSError):
                urllib.request.urlopen(request, timeout=2).read()
                return
            time.sleep(0.05)
        raise TimeoutError(f"JupyterLab did not answer within 90 s:\n{self.log()}")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()  # lets the server shut its kernels down
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
            self._process.wait(15)
        self._log_file.close()

    def log(self) -> str:
        """The end of what the server wrote."""
        return (self.folder / "lab.log").read_text(encoding="utf-8", errors="replace")[-3000:]

    def place(self, source: str | Path | Sequence[str]) -> str:
        """Put a copy of a notebook file, or a notebook made of these code cells, where the server finds it."""
        if isinstance(source, str | Path):
            path = REPOSITORY / source
            notebook = nbformat.read(path, as_version=4)
            stem = path.stem
        else:
            notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in source])
            notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
            stem = "cells"
        name = f"{stem}-{secrets.token_hex(3)}.ipynb"
        nbformat.write(notebook, self.work / name)
        return name


@dataclass(frozen=True)
class Latency:
    """Times from an input to the pixels that answer it, in milliseconds.

    answers   for each frame shown, from the newest input that it shows to its pixels
    last      from the last input to the last frame that was still to come
    frames    how many were shown
    seconds   how long the inputs went on
    waits     for each input, to the first frame that is at least as new: in a drag inputs come faster than frames
    """

    answers: tuple[float, ...]
    last: float
    frames: int
    seconds: float
    waits: tuple[float, ...] = ()

    def quantile(self, q: float) -> float:
        ordered = sorted(self.answers)
        return ordered[min(len(ordered) - 1, math.ceil(q * len(ordered)) - 1)]

    @property
    def median(self) -> float:
        return self.quantile(0.5)

    @property
    def p95(self) -> float:
        return self.quantile(0.95)

    def __str__(self) -> str:
        waits = f", an input waits {sorted(self.waits)[len(self.waits) // 2]:.0f} ms" if self.waits else ""
        return (
            f"median {self.median:.0f} ms, p95 {self.p95:.0f} ms over {len(self.answers)} frames, last frame after "
            f"{self.last:.0f} ms, {self.frames / self.seconds:.0f} frames a second{waits}"
        )


class Notebook:
    """One notebook in a browser page of its own, with its own kernel. A cell is named by a text in its code."""

    def __init__(self, browser: Browser, lab: Lab, source: str | Path | Sequence[str], *, width: int = 1200) -> None:
        self.page: Page = browser.new_page(viewport={"width": width, "height": 1000})
        self.page_errors: list[str] = []
        self.page.on("pageerror", lambda error: self.page_errors.append(f"{error.name}: {error.message}"))
        self.page.goto(f"{lab.url}/doc/tree/{lab.place(source)}?token={lab.token}&reset")
        opened = "() => window.jupyterapp?.shell.currentWidget?.content?.widgets?.length > 0"
        self.page.wait_for_function(opened, timeout=60_000)
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
        self.page.evaluate(PROBE)
        self.page.evaluate("() => probe.ready()")
        self.theme("light")  # the server remembers the theme of the last notebook

    def close(self) -> None:
        """Shut the kernel down and close the page."""
        self.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.page.close()

    # Errors

    def fail_on_errors(self) -> None:
        """NotebookError with every error that the kernel or the page reported since the last call, if there was one."""
        reported = [*self.page.evaluate("() => probe.errors.splice(0)"), *self.page_errors]
        self.page_errors.clear()
        if reported:
            raise NotebookError("\n\n".join(reported))

    # Cells

    def run_all(self) -> None:
        """Run every cell and wait for the kernel; an error is a NotebookError."""
        self.page.evaluate("() => probe.runAll()")
        self.fail_on_errors()

    def run(self, cell: str) -> None:
        """Run the first code cell whose source contains this text; an error is a NotebookError."""
        self.page.evaluate("index => probe.run(index)", self._index(cell))
        self.fail_on_errors()

    def write(self, cell: str, text: str) -> None:
        """Click into a cell, select its source and type the text in its place."""
        self._cell(cell).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)

    def cell(self, cell: str) -> Locator:
        """The whole cell, input and output, scrolled into view."""
        locator = self._cell(cell)
        locator.scroll_into_view_if_needed()
        return locator

    def text(self, cell: str) -> str:
        """The text that a cell shows under its source."""
        return self._cell(cell).locator(".jp-Cell-outputArea").inner_text().strip()

    def kernel(self, code: str) -> str:
        """Run code in the kernel, without a cell; what it prints, without spaces round it."""
        return str(self.page.evaluate("code => probe.kernel(code)", code)).strip()

    def _index(self, cell: str) -> int:
        index = int(self.page.evaluate("text => probe.find(text)", cell))
        assert index >= 0, f"no code cell contains {cell!r}"
        return index

    def _cell(self, cell: str) -> Locator:
        return self.page.locator(".jp-NotebookPanel .jp-Cell").nth(self._index(cell))

    # Looks

    def theme(self, name: str) -> None:
        """Switch to the "light" or the "dark" theme."""
        change = "theme => jupyterapp.commands.execute('apputils:change-theme', {theme})"
        self.page.evaluate(change, f"JupyterLab {name.title()}")
        changed = "light => document.body.dataset.jpThemeLight === light"
        self.page.wait_for_function(changed, arg="true" if name == "light" else "false")
        self.settle()

    def settle(self) -> None:
        """Wait until every picture in the page is decoded and two frames are on the screen."""
        self.page.evaluate("() => probe.settled()")

    def screenshot(self, name: str, *, cell: str | None = None) -> list[Path]:
        """Save a cell, or the whole notebook as numbered slices one screen high; the files' paths."""
        SCREENSHOTS.mkdir(exist_ok=True)
        if cell is not None:
            path = SCREENSHOTS / f"{name}.png"
            target = self.cell(cell)
            self.settle()
            target.screenshot(path=path)
            return [path]
        scroller = self.page.locator(".jp-NotebookPanel .jp-WindowedPanel-outer")
        paths = []
        total, step = scroller.evaluate("e => { e.scrollTop = 0; return [e.scrollHeight, e.clientHeight]; }")
        for number, top in enumerate(range(0, total, step), start=1):
            scroller.evaluate("(e, top) => { e.scrollTop = top; }", top)
            self.settle()
            paths.append(SCREENSHOTS / f"{name}-{number:02}.png")
            scroller.screenshot(path=paths[-1])
        return paths

    # Latency

    def key_latency(self, handle: Locator, picture: Locator, *, presses: int = 30) -> Latency:
        """From an arrow key on a slider's handle to the new pixels of a picture, four presses a second.

        Faster presses are a drag: an answer then waits for the network's acknowledgement of the one before.
        """
        self._start_probe(handle, picture)
        handle.focus()
        for press in range(presses):
            self.page.keyboard.press("ArrowRight" if press % 10 < 5 else "ArrowLeft")
            self.page.wait_for_function("() => probe.answered()", polling=20, timeout=10_000)
            self.page.wait_for_timeout(250)
        return self._stop_probe(warm_up=4)

    def drag_latency(self, handle: Locator, picture: Locator, *, seconds: float = 2.5) -> Latency:
        """The same while the mouse drags the handle to and fro without a pause, a move every 16 ms."""
        self._start_probe(handle, picture)
        box = handle.bounding_box()
        track = handle.locator("xpath=ancestor::*[contains(@class,'noUi-base')]").bounding_box()
        assert box and track
        y = box["y"] + box["height"] / 2
        self.page.mouse.move(box["x"] + box["width"] / 2, y)
        self.page.mouse.down()
        end = time.monotonic() + seconds
        moves = 0
        while time.monotonic() < end:
            moves += 1
            self.page.mouse.move(track["x"] + track["width"] * (0.5 + 0.4 * math.sin(moves / 25)), y)
            self.page.wait_for_timeout(16)
        self.page.mouse.up()
        self.page.wait_for_function("() => probe.answered()", polling=20, timeout=10_000)
        return self._stop_probe(warm_up=0)

    def _start_probe(self, handle: Locator, picture: Locator) -> None:
        picture.scroll_into_view_if_needed()
        handle.scroll_into_view_if_needed()
        self.settle()
        picture.evaluate("(picture, handle) => probe.start(picture, handle)", handle.element_handle())

    def _stop_probe(self, *, warm_up: int) -> Latency:
        record: dict[str, Any] = self.page.evaluate("() => probe.stop()")
        inputs = record["inputs"][warm_up:]
        first, last = inputs[0]["time"], inputs[-1]["time"]
        frames = [frame for frame in record["frames"] if frame["answers"] >= inputs[0]["sent"]]
        newest = [max(i["time"] for i in inputs if i["sent"] <= frame["answers"]) for frame in frames]
        return Latency(
            answers=tuple(frame["time"] - time for frame, time in zip(frames, newest, strict=True)),
            last=max(0.0, frames[-1]["time"] - last),
            frames=len(frames),
            seconds=(last - first) / 1000,
            waits=tuple(next(f["time"] for f in frames if f["answers"] >= i["sent"]) - i["time"] for i in inputs),
        )


# ---- explorers -----------------------------------------------------------------------------------

# The options of `python -m course_lib lab`.
QUICK_LAB = ["--ServerApp.kernel_websocket_connection_class=course_lib.lab.PromptConnection"]


def slider(cell: Locator, label: str) -> Locator:
    """The handle of the slider with this label, to be dragged, or moved by arrow keys."""
    rows = cell.locator(".widget-inline-hbox", has=cell.page.locator(".noUi-handle"))
    return rows.filter(has_text=label).first.locator(".noUi-handle")


def button(cell: Locator, name: str) -> Locator:
    return cell.get_by_role("button", name=name, exact=True)


def push(target: Locator) -> None:
    """Push a button by the keyboard, once it can be used: Playwright's `press` does not wait for that."""
    expect(target).to_be_enabled()
    target.press("Enter")


def line(cell: Locator, number: int = 0) -> Locator:
    """The first line of text, which is the mission; or with 1 the one after it, such as the remark."""
    return cell.locator(".course-line").nth(number)


def press(handle: Locator, key: str, times: int = 1) -> None:
    """Press a key on a slider's handle, once the slider can be used: it takes no keys before a prediction is made."""
    whole = handle.locator("xpath=ancestor::*[contains(@class,'noUi-target')]")
    expect(whole).not_to_have_attribute("disabled", "true")
    handle.focus()
    for _ in range(times):
        handle.page.keyboard.press(key)


def shots(notebook: Notebook, name: str, cell: str) -> None:
    """Pictures of a cell in both themes."""
    for theme in ("dark", "light"):
        notebook.theme(theme)
        notebook.page.locator("#jupyterlab-splash").wait_for(state="detached")
        notebook.screenshot(f"{name}-{theme}", cell=cell)


def assert_slider_quick(notebook: Notebook, handle: Locator, picture: Locator, title: str) -> None:
    """A slider moves a picture within 70 ms of a key and 110 ms of a drag, and 200 ms after it all is drawn."""
    measured: dict[str, list[float]] = {"key": [], "drag": [], "last frame": []}
    for _ in range(3):
        key, drag = notebook.key_latency(handle, picture), notebook.drag_latency(handle, picture)
        print(f"\n{title}\n  key  {key}\n  drag {drag}")
        measured["key"].append(key.p95)
        measured["drag"].append(drag.p95)
        measured["last frame"].append(drag.last)
    assert_quick(measured, {"key": 70, "drag": 110, "last frame": 200})


def assert_quick(measured: dict[str, list[float]], limits: dict[str, float]) -> None:
    """The best round of each is within its limit; on a machine that is too busy to measure on, the test is skipped."""
    slow = {name: min(measured[name]) for name, limit in limits.items() if min(measured[name]) > limit}
    load, processors = os.getloadavg()[0], os.cpu_count() or 1
    if slow and load > 2 * processors:
        pytest.skip(f"the machine is too busy to measure on: load {load:.1f} on {processors} processors, {slow} ms")
    assert not slow, f"ms, with limits {limits}"
