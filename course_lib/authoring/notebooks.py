"""A lesson's cells as notebooks: solved and with stubs, with cell ids and nbgrader's metadata; as bytes and back.

A cell's id comes from its exercise ("softmax", "check-softmax"), or else from its section and its place there
("from-scores-to-probabilities-3"). So a new cell changes no id outside its section, and a rebuild changes nothing.
"""

import copy
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from course_lib.authoring.source import REGION, TAGS, Cell, LessonError

# What a notebook says about its language; fixed, so that no version of this machine enters it.
LANGUAGE = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}
SECTION = re.compile(r"##? +(?:\d[\d.]* +)?(.+)")    # the number in "## 4. Softmax" is no part of the section's name


def solved_notebook(source: Path, cells: list[Cell]) -> NotebookNode:
    """The solved notebook as its source gives it, not yet executed."""
    made = []
    before = None
    for cell, identifier in zip(cells, _identifiers(source, cells), strict=True):
        metadata: dict[str, Any] = {}
        if cell.tag is not None:
            metadata["tags"] = [cell.tag, "nbval-ignore-output"] if TAGS[cell.tag] else [cell.tag]
        if cell.exercise is not None:
            metadata["nbgrader"] = _nbgrader(identifier, solution=True)
        elif before is not None and before.exercise is not None:
            metadata["nbgrader"] = _nbgrader(identifier, solution=False) | {"points": before.points}
        node: dict[str, Any] = {"cell_type": cell.kind, "id": identifier, "metadata": metadata, "source": cell.text}
        if cell.kind == "code":
            node |= {"execution_count": None, "outputs": []}
        made.append(node)
        before = cell
    notebook = _nodes({"cells": made, "metadata": LANGUAGE, "nbformat": 4, "nbformat_minor": 5})
    nbformat.validate(notebook)
    return notebook


def learner_notebook(solved: NotebookNode) -> NotebookNode:
    """The same notebook with a stub in place of each solution."""
    notebook = copy.deepcopy(solved)
    for cell in notebook.cells:
        cell.source = REGION.sub(_stub, cell.source)
    return notebook


def _stub(region: re.Match[str]) -> str:
    indent, prompt = region.groups()
    comment = f"# Your code here: {prompt}." if prompt else "# Your code here."
    return f"{indent}{comment}\n{indent}raise NotImplementedError"


def _nbgrader(identifier: str, *, solution: bool) -> dict[str, Any]:
    """nbgrader's metadata, schema 3: a cell for the learner's solution, or a locked one that checks and grades it."""
    return {
        "grade": not solution,
        "grade_id": identifier,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }


def _identifiers(source: Path, cells: list[Cell]) -> Iterator[str]:
    section, place = "top", itertools.count(1)
    sections = {section}
    before = None
    for cell in cells:
        heading = SECTION.match(cell.text) if cell.kind == "markdown" else None
        if heading is not None:
            section, place = re.sub(r"[^a-z0-9]+", "-", heading[1].lower())[:50].strip("-"), itertools.count(1)
            if section in sections or not section:
                raise LessonError(source, cell.line, "Give this section a title of its own; cells are named after it.")
            sections.add(section)
        if cell.exercise is not None:
            yield cell.exercise
        elif before is not None and before.exercise is not None:
            yield f"check-{before.exercise}"
        else:
            yield f"{section}-{next(place)}"
        before = cell


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def cards(notebook: NotebookNode) -> dict[str, str]:
    """Each exercise, and the plain text of the card that its check shows; "" if it shows none.

    Only the check right after an exercise counts: elsewhere a lesson may show what a wrong answer gets.
    """
    checks = [cell for cell in code_cells(notebook) if cell.metadata.get("nbgrader", {}).get("grade")]
    return {
        cell.id.removeprefix("check-"): "".join(output.get("data", {}).get("text/plain", "") for output in cell.outputs)
        for cell in checks
    }


def cards_not_passed(notebook: NotebookNode) -> dict[str, str]:
    """Those of the cards that do not say that the exercise has passed. A solved notebook has none."""
    return {name: text for name, text in cards(notebook).items() if not text.startswith(f"[{name}: passed]")}


def serialise(notebook: NotebookNode) -> bytes:
    """The bytes of a notebook's file: keys sorted, indent 1, a long text line by line, and a new line at the end."""
    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    return f"{text}\n".encode()


def read_notebook(path: Path) -> NotebookNode | None:
    """The notebook in a file, or None when there is no such file or it is not a notebook."""
    try:
        notebook: NotebookNode = nbformat.reads(path.read_text(encoding="utf-8"), 4)  # type: ignore[no-untyped-call]
        nbformat.validate(notebook)
    except (OSError, ValueError, nbformat.ValidationError):
        return None
    return notebook


def _nodes(data: dict[str, Any]) -> NotebookNode:
    nodes: NotebookNode = nbformat.from_dict(data)  # type: ignore[no-untyped-call]
    return nodes
