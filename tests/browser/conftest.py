"""Fixtures of the browser tests: one JupyterLab and one Chromium for the session, a fresh notebook for each test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from harness import QUICK_LAB, Lab, Notebook, chromium, find_chromium
from playwright.sync_api import Browser, Locator, expect

expect.set_options(timeout=30_000)  # a kernel on a busy machine answers late; what comes at once is not waited for


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if find_chromium() is None and not os.environ.get("CI"):  # in CI chromium() says what is missing, as a failure
        pytest.skip("no Chromium on this machine; install one (Debian: apt-get install chromium)")
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("browser") / "lab") as running:
        yield running


@pytest.fixture(scope="module", params=["jupyter lab", "course_lib lab"])
def either_lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """First a plain JupyterLab, then one as `python -m course_lib lab` starts it: for tests of how quick things are."""
    options = QUICK_LAB if request.param == "course_lib lab" else []
    with Lab(tmp_path_factory.mktemp("either") / "lab", options) as running:
        yield running


@pytest.fixture
def open_notebook(browser: Browser, lab: Lab) -> Iterator[Callable[..., Notebook]]:
    """open_notebook(path or list of cells, width=1200) -> Notebook; afterwards no unexpected error may remain."""
    opened: list[Notebook] = []

    def open_one(source: str | list[str], *, lab: Lab = lab, width: int = 1200) -> Notebook:
        opened.append(Notebook(browser, lab, source, width=width))
        return opened[-1]

    yield open_one
    try:
        for notebook in opened:
            notebook.fail_on_errors()
    finally:
        for notebook in opened:
            notebook.close()


@pytest.fixture
def open_explorer(open_notebook: Callable[..., Notebook]) -> Callable[..., tuple[Notebook, Locator]]:
    """open_explorer("shape_puzzle()", setup="def relu...") -> the notebook, and the cell with the explorer."""

    def open_one(source: str, setup: str = "") -> tuple[Notebook, Locator]:
        notebook = open_notebook([f"from course_lib import explorers\n{setup}", f"explorers.{source}"])
        notebook.run_all()
        return notebook, notebook.cell(f"explorers.{source}")

    return open_one
