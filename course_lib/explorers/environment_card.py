"""Is everything there that the course needs? A card with a row for each thing: a tick, or what to do.

    Python, packages, digits, MNIST, progress      asked of this machine when the cell runs
    Widgets                                        a tick as soon as the page has answered
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import anywidget
import traitlets

from course_lib import data
from course_lib.environment import ROOT
from course_lib.journal import progress_file

INSTALL = (
    "give the command `python -m course_lib lab` in a terminal, or `pip install -r requirements.txt`, and start "
    "JupyterLab again."
)


class Row(NamedTuple):
    """One thing the course needs: its name, whether all is well with it, and what to tell the learner."""

    name: str
    good: bool
    text: str


def python_row(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> Row:
    """Python 3.11 to 3.13."""
    here = ".".join(map(str, version))
    if (3, 11) <= version[:2] <= (3, 13):
        return Row("Python", True, f"This is version {here}.")
    return Row("Python", False, f"This is version {here}; install 3.11, 3.12 or 3.13, with it {INSTALL}")


def packages_row(root: Path = ROOT, installed: Callable[[str], str] = importlib.metadata.version) -> Row:
    """The packages under `dependencies` in pyproject.toml in `root`, each "name>=lowest version"."""
    needs = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    found, troubles = [], []
    for name, _, lowest in (need.partition(">=") for need in needs):
        try:
            version = installed(name)
        except importlib.metadata.PackageNotFoundError:
            troubles.append(f"{name} is missing")
            continue
        found.append(f"{name} {version}")
        if _numbers(version) < _numbers(lowest):
            troubles.append(f"{name} is {version} and must be {lowest} or newer")
    if troubles:
        return Row("Packages", False, f"Something is not as it should be: {', '.join(troubles)}. To mend it, {INSTALL}")
    return Row("Packages", True, f"All are here: {', '.join(found)}.")


def _numbers(version: str) -> list[int]:
    """2.4rc1 -> [2, 4, 1], 11 -> [11, 0, 0]: enough to compare a release with a lowest version."""
    return [int(number) for number in [*re.findall(r"\d+", version), 0, 0][:3]]


def digits_row() -> Row:
    """scikit-learn's digits, which need no download."""
    try:
        digits = data.load("digits")
    except Exception as error:  # whatever is wrong with scikit-learn on this machine, the learner must read it
        return Row("Digits", False, f"They cannot be loaded ({type(error).__name__}: {error}). To mend it, {INSTALL}")
    count = len(digits.X_train) + len(digits.X_test)
    return Row("Digits", True, f"{count:,} images of handwritten digits are here, installed with the course.")


def mnist_row() -> Row:
    """MNIST and Fashion-MNIST, which are not needed before notebook 7."""
    folder = os.environ.get("COURSE_DATA")
    if not folder:
        return Row("MNIST", True, "It is not needed yet. Notebook 7 fetches it, unless it is on this machine already.")
    root = Path(folder).expanduser()
    missing = [f"{name}/{file}" for name, source in data.SOURCES.items() for file in source.hashes
               if not (root / name / file).is_file()]  # fmt: skip
    if not missing:
        return Row("MNIST", True, "MNIST and Fashion-MNIST are in the folder that COURSE_DATA names.")
    return Row(
        "MNIST", False,
        f"COURSE_DATA names the folder {folder}, and {missing[0]} is not in it. Put the official files there, or unset "
        "COURSE_DATA to have them fetched. You do not need them before notebook 7.",
    )  # fmt: skip


def progress_row() -> Row:
    """The file that remembers what you have passed."""
    file = progress_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(file, "ab"):
            pass
    except OSError as error:
        return Row(
            "Progress", False,
            f"It cannot be saved in {file} ({error.strerror}). You can work without it. To mend it, copy the course to "
            "a folder of your own, or name another file in the environment variable COURSE_PROGRESS.",
        )  # fmt: skip
    return Row("Progress", True, f"It is saved in {file}.")


WAITING = Row(
    "Widgets", False,
    "The page is being asked. If there is no tick here after ten seconds, reload this page in the browser and run the "
    "cell again.",
)  # fmt: skip
ANSWERED = Row("Widgets", True, "The page and Python answer each other: sliders and the drawing pad will work.")


class EnvironmentCheck(anywidget.AnyWidget):
    """The card, about this machine as it is now. Its last row waits for the page's first message."""

    _esm = Path(__file__).with_name("environment_card.js")
    _css = Path(__file__).with_name("environment_card.css")

    rows: traitlets.List[dict[str, object]] = traitlets.List().tag(sync=True)

    def __init__(self) -> None:
        self._asked = [python_row(), packages_row(), digits_row(), mnist_row(), progress_row()]
        super().__init__(rows=[row._asdict() for row in [*self._asked, WAITING]])
        self.on_msg(lambda *_: self._page_answered())

    def _page_answered(self) -> None:
        self.rows = [row._asdict() for row in [*self._asked, ANSWERED]]

    def __repr__(self) -> str:  # what stands there without widgets
        return (
            "environment_check: a card should be here. If you read this in JupyterLab, its widgets do not work: "
            f"reload the page and run the cell again; if that is no help, {INSTALL}"
        )
