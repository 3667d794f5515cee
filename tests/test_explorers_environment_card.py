"""The environment check: each row on a good machine and on one that lacks something, and the page's answer."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest

from course_lib import data
from course_lib.explorers.environment_card import (
    EnvironmentCheck,
    digits_row,
    mnist_row,
    packages_row,
    progress_row,
    python_row,
)


@pytest.fixture(autouse=True)
def _own_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "new folder" / "progress.jsonl"))
    monkeypatch.delenv("COURSE_DATA", raising=False)


@pytest.mark.parametrize(
    ("version", "good"), [((3, 10, 9), False), ((3, 11, 0), True), ((3, 13, 2), True), ((3, 14, 0), False)]
)
def test_python(version: tuple[int, ...], good: bool) -> None:
    row = python_row(version)
    assert row.good is good and ".".join(map(str, version)) in row.text
    assert good or "python -m course_lib lab" in row.text


def test_packages_are_all_here() -> None:
    row = packages_row()
    assert row.good
    for name in ("numpy", "ipywidgets", "anywidget"):
        assert f"{name} {importlib.metadata.version(name)}" in row.text


def test_a_missing_and_an_old_package_are_named(tmp_path: Path) -> None:
    needs = '["numpy>=2.2", "pooch>=1.8", "tqdm>=4.67", "pillow>=11.0"]'
    (tmp_path / "pyproject.toml").write_text(f"[project]\nname = 'x'\ndependencies = {needs}\n")
    here = {"numpy": "2.10.0rc1", "tqdm": "4.9", "pillow": "11"}

    def installed(name: str) -> str:
        if name not in here:
            raise importlib.metadata.PackageNotFoundError(name)
        return here[name]

    row = packages_row(tmp_path, installed)
    assert not row.good and "pooch is missing" in row.text and "tqdm is 4.9 and must be 4.67 or newer" in row.text
    assert "numpy" not in row.text and "pillow" not in row.text and "pip install -r requirements.txt" in row.text


def test_digits() -> None:
    row = digits_row()
    assert row.good and "1,797" in row.text


def test_digits_that_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        raise ImportError("no module named sklearn")

    monkeypatch.setattr(data, "load", broken)
    row = digits_row()
    assert not row.good and "ImportError: no module named sklearn" in row.text and "course_lib lab" in row.text


def test_mnist_is_not_needed_yet() -> None:
    row = mnist_row()
    assert row.good and "Notebook 7" in row.text


def test_mnist_in_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    for name, source in data.SOURCES.items():
        (tmp_path / name).mkdir()
        for file in source.hashes:
            (tmp_path / name / file).touch()
    assert mnist_row().good
    (tmp_path / "fashion-mnist" / "t10k-labels-idx1-ubyte.gz").unlink()
    row = mnist_row()
    assert not row.good and str(tmp_path) in row.text
    assert "fashion-mnist/t10k-labels-idx1-ubyte.gz is not in it" in row.text


def test_progress_can_be_saved_and_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "new folder" / "progress.jsonl"
    row = progress_row()
    assert row.good and str(file) in row.text
    file.write_text('{"event": "check"}\n')
    assert progress_row().good and file.read_text() == '{"event": "check"}\n'


def test_progress_that_cannot_be_saved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "a file" / "progress.jsonl"))
    row = progress_row()
    assert not row.good and str(tmp_path / "a file") in row.text and "COURSE_PROGRESS" in row.text


def test_the_last_row_waits_for_the_page() -> None:
    card = EnvironmentCheck()
    assert [row["name"] for row in card.rows] == ["Python", "Packages", "Digits", "MNIST", "Progress", "Widgets"]
    assert [row["good"] for row in card.rows] == [True] * 5 + [False]
    assert "reload this page" in card.rows[-1]["text"]
    before = card.rows[:-1]
    card._handle_custom_msg({"alive": True}, [])  # what the page sends
    assert card.rows[-1]["good"] and card.rows[:-1] == before


def test_what_stands_there_without_a_page_names_nothing_of_this_machine(tmp_path: Path) -> None:
    card = EnvironmentCheck()
    text = repr(card)
    assert text == repr(EnvironmentCheck()) and "reload the page" in text and str(tmp_path) not in text
    bundle, _ = card._repr_mimebundle_()
    assert bundle["text/plain"] == text
