"""The sealed test set: every look is counted, across restarts, and said."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from course_lib import journal
from course_lib.sealed import SealedTestSet

ROOT = Path(__file__).parents[1]
X = np.arange(20, dtype=np.float32).reshape(10, 2)
y = np.array([0, 1, 0, 1, 0, 1, 0, 1, 0, 1])


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.jsonl"))


def all_ones(X: np.ndarray) -> np.ndarray:
    return np.ones(len(X), int)


def test_a_look_gives_the_accuracy_and_is_counted_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    sealed = SealedTestSet(X, y, name="small")
    assert sealed.looks == 0 and repr(sealed) == 'the test set "small": 10 images, not looked at yet'
    assert sealed.evaluate(all_ones) == 0.5
    said = capsys.readouterr().out
    assert said == 'First look at the test set "small": accuracy 50.0% on 10 images, give or take 15.8%.\n'
    assert sealed.looks == 1 and "looked at once" in repr(sealed)
    assert sealed.evaluate(lambda X: y) == 1.0
    said = capsys.readouterr().out
    assert said.startswith('Look 2 at the test set "small": accuracy 100.0%') and "flatters you" in said
    assert "looked at twice" in repr(sealed)


def test_opening_it_is_a_look_too_and_gives_copies(capsys: pytest.CaptureFixture[str]) -> None:
    sealed = SealedTestSet(X, y, name="small")
    images, labels = sealed.open()
    np.testing.assert_array_equal(images, X)
    np.testing.assert_array_equal(labels, y)
    assert "First look" in capsys.readouterr().out and sealed.looks == 1
    images[:], labels[:] = 0, 0
    assert sealed.evaluate(lambda X: (X[:, 0] // 2).astype(int) % 2) == 1.0


def test_the_count_survives_a_restart_and_is_kept_for_each_name() -> None:
    SealedTestSet(X, y, name="small").evaluate(all_ones)
    code = """
import numpy as np
from course_lib.sealed import SealedTestSet
other = SealedTestSet(np.zeros((3, 2)), np.array([1, 1, 0]), name="other")
small = SealedTestSet(np.zeros((3, 2)), np.array([1, 1, 0]), name="small")
small.evaluate(lambda X: np.ones(3, int))
print(other.looks, small.looks)
"""
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    said, counts = result.stdout.splitlines()
    assert said.startswith("Look 2") and counts == "0 2"
    assert SealedTestSet(X, y, name="small").looks == 2


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (np.zeros((10, 3)), "add .argmax"),
        (np.zeros(9, int), r"shape \(10,\), but returned shape \(9,\)"),
        (1, r"returned shape \(\)"),
        (np.full(10, 0.7), "whole numbers such as 0, but returned float64 such as"),
        (np.full(10, "1"), "whole numbers"),
        (None, r"returned shape \(\)"),
    ],
)
def test_what_is_no_answer_breaks_no_seal(answer: object, complaint: str) -> None:
    sealed = SealedTestSet(X, y, name="small")
    with pytest.raises(ValueError, match=complaint):
        sealed.evaluate(lambda X: answer)  # type: ignore[arg-type, return-value]
    assert sealed.looks == 0


def test_lists_and_whole_floats_are_answers_and_a_predict_may_work_in_place() -> None:
    sealed = SealedTestSet(X, y, name="small")
    assert sealed.evaluate(lambda X: [1.0] * len(X)) == 0.5

    def in_place(X: np.ndarray) -> np.ndarray:
        X -= X.mean()
        return np.ones(len(X), int)

    sealed.evaluate(in_place)
    np.testing.assert_array_equal(sealed.open()[0], X)
    with pytest.raises(ZeroDivisionError):
        sealed.evaluate(lambda X: 1 // 0)  # type: ignore[arg-type, return-value]
    assert sealed.looks == 3


def test_damage_and_a_file_that_cannot_be_written_are_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    sealed = SealedTestSet(X, y, name="small")
    sealed.evaluate(all_ones)
    file = journal.beside_progress("sealed.jsonl")
    assert json.loads(file.read_text())["accuracy"] == 0.5
    with open(file, "a") as stream:
        stream.write('{"test_set": "sm')
    assert sealed.evaluate(all_ones) == 0.5
    assert "1 damaged line(s) in sealed.jsonl" in capsys.readouterr().out and sealed.looks == 2
    file.unlink()
    file.mkdir()
    assert sealed.evaluate(all_ones) == 0.5
    assert "could not be written down" in capsys.readouterr().out


def test_images_and_labels_must_belong_together() -> None:
    for images, labels in [(X, y[:9]), (X[:0], y[:0])]:
        with pytest.raises(ValueError, match="as many images and labels"):
            SealedTestSet(images, labels, name="small")
