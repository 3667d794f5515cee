"""The lessons as they stand in the repository: built from their sources, executed, and kind to a learner who starts."""

import os
import re
import time
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from course_lib.authoring import main, notebook_path, solution_path, sources
from course_lib.authoring.notebooks import cards, cards_not_passed, code_cells
from course_lib.environment import ROOT
from course_lib.nn.functional import standardize

LESSONS = sources(ROOT)
CELL_SECONDS = 10

every_lesson = pytest.mark.parametrize("source", LESSONS, ids=[source.stem for source in LESSONS])


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def test_there_are_lessons() -> None:
    assert LESSONS


def test_every_notebook_is_what_its_source_gives(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().err


@every_lesson
def test_the_solution_was_executed_and_passes_its_checkpoints(source: Path) -> None:
    solved = read(solution_path(source))
    cells = code_cells(solved)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert set(cards(solved)) == {cell.id for cell in cells if "exercise" in cell.metadata.get("tags", [])}
    assert cards_not_passed(solved) == {}


@every_lesson
def test_the_learners_copy_holds_no_solution(source: Path) -> None:
    cells = code_cells(read(notebook_path(source)))
    exercises = [cell for cell in cells if "exercise" in cell.metadata.get("tags", [])]
    assert all("\n    raise NotImplementedError" in cell.source for cell in exercises)
    assert not any("SOLUTION" in cell.source or cell.outputs for cell in cells)


def test_the_lessons_standardize_makes_a_constant_feature_0_in_every_image() -> None:
    """As its text and the reference say, also where the feature has another value: the checkpoint does not ask."""
    (lesson,) = [source for source in LESSONS if source.stem.startswith("01")]
    (cell,) = [cell for cell in code_cells(read(solution_path(lesson))) if "def standardize" in cell.source]
    namespace: dict[str, Any] = {"np": np}
    exec(cell.source, namespace)
    X_train, X = np.array([[1.0, 5.0], [3.0, 5.0]], np.float32), np.array([[3.0, 9.0]], np.float32)
    for function in (namespace["standardize"], standardize):
        assert function(X_train, X).tolist() == [[1.0, 0.0]] and function(X_train, X).dtype == np.float32


@every_lesson
def test_a_blank_notebook_runs_to_its_end(source: Path, tmp_path: Path) -> None:
    """Every checkpoint says "Not started", no cell raises, and none keeps the learner waiting without a bar."""
    path = notebook_path(source)
    notebook = read(path)
    seconds = [0.0] * len(notebook.cells)

    def start(cell: NotebookNode, cell_index: int) -> None:
        seconds[cell_index] -= time.perf_counter()

    def end(cell: NotebookNode, cell_index: int, execute_reply: object) -> None:
        seconds[cell_index] += time.perf_counter()

    client = NotebookClient(
        notebook,
        timeout=60,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_start=start,
        on_cell_executed=end,  # on_cell_complete comes when the cell has been sent, and not when it is done
    )
    search = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    client.execute(env=os.environ | {"COURSE_PROGRESS": str(tmp_path / "progress"), "PYTHONPATH": search})

    errors = {cell.id: output.evalue for cell in code_cells(notebook) for output in cell.outputs if is_error(output)}
    assert errors == {}
    found = cards(notebook)
    assert {name: text for name, text in found.items() if not text.startswith(f"[{name}: not started]")} == {}
    slow = {cell.id: spent for cell, spent in zip(notebook.cells, seconds, strict=True)
            if spent > CELL_SECONDS and not shows_a_bar(cell)}  # fmt: skip
    assert slow == {}


def shows_a_bar(cell: NotebookNode) -> bool:
    """Whether one of tqdm's progress bars is among the outputs, such as " 40%|####      | 4/10 [00:03<00:05, ...]"."""
    shown = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    return any(re.search(r"\d+%\|.*\| [\d.]+k?/[\d.]+", text) for text in shown)


def test_a_bar_is_known_by_its_looks() -> None:
    def cell(*outputs: NotebookNode) -> NotebookNode:
        return nbformat.v4.new_code_cell(outputs=list(outputs))

    output = nbformat.v4.new_output
    printed = output("stream", name="stdout", text="seed 0:  25%|##5       | 860/3440 [00:04<00:10, 254 steps/s]\n")
    widget = output("display_data", data={"text/plain": "  0%|          | 0/100 [00:00<?, ?it/s]"})
    assert shows_a_bar(cell(printed)) and shows_a_bar(cell(widget))
    assert not shows_a_bar(cell(output("stream", name="stdout", text="accuracy 97% | 3/4\n")))
    assert not shows_a_bar(cell())


def is_error(output: NotebookNode) -> bool:
    return bool(output.output_type == "error")
