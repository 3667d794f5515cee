"""The cell of lesson 8 that compares its network with PyTorch, run where PyTorch is installed and where it is not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from course_lib.authoring.source import read_cells

SOURCE = Path(__file__).parents[1] / "solutions" / "08_going_further.py"
NEEDED = ("import numpy as np", "def deep_params", "def deep_loss", "    import torch")  # what the cells contain


def run_the_cells() -> None:
    namespace: dict[str, object] = {}
    texts = [cell.text for cell in read_cells(SOURCE) if cell.kind == "code"]
    for needed in NEEDED:
        (text,) = (text for text in texts if f"\n{needed}" in f"\n{text}")
        exec(compile(text, needed, "exec"), namespace)  # a part of the course's own lesson


def test_with_pytorch_everything_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
    run_the_cells()
    lines = capsys.readouterr().out.splitlines()[-3:]
    assert [line.split()[-1] for line in lines] == ["True", "True", "True"], lines


def test_without_it_the_cell_says_what_it_would_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)  # `import torch` raises ImportError
    run_the_cells()
    printed = capsys.readouterr().out
    assert "PyTorch is not installed. With it, this cell would" in printed and "pip install torch" in printed
