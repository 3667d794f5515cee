"""A lesson has one source, and this package makes its two notebooks from it.

    solutions/NN_topic.py ──read──> cells ──execute──> solutions/NN_topic.ipynb    solved, with outputs
          (source.py)                 │   (execution.py)
                                      └─────stub─────> notebooks/NN_topic.ipynb    what a learner opens
                                        (notebooks.py)

Arrows point one way: nothing is read back from a notebook into a source, and a file's time plays no part.
This file builds, checks, and is the command `python -m course_lib build [NN] [--check]`.
"""

import argparse
import copy
import itertools
import sys
import time
from pathlib import Path

from nbformat import NotebookNode

from course_lib.authoring.execution import execute, keep_live_outputs
from course_lib.authoring.notebooks import (
    cards_not_passed,
    code_cells,
    learner_notebook,
    read_notebook,
    serialise,
    solved_notebook,
)
from course_lib.authoring.source import LessonError, read_cells, short
from course_lib.environment import ROOT


def sources(root: Path) -> list[Path]:
    """Every lesson's source under `root`, in order."""
    return sorted((root / "solutions").glob("[0-9][0-9]_*.py"))


def solution_path(source: Path) -> Path:
    return source.with_suffix(".ipynb")


def notebook_path(source: Path) -> Path:
    return source.parent.parent / "notebooks" / solution_path(source).name


def build(source: Path) -> None:
    """Execute a lesson and write both its notebooks; when anything fails (LessonError), neither file is touched."""
    cells = read_cells(source)
    solved = solved_notebook(source, cells)
    learner = learner_notebook(solved)
    execute(source, cells, solved)
    earlier = read_notebook(solution_path(source))
    if earlier is not None:
        keep_live_outputs(solved, earlier)
    _write(solution_path(source), solved)
    _write(notebook_path(source), learner)


def problems(source: Path) -> list[str]:
    """What `build --check` has against a lesson's built files: one sentence a file, none when all is well."""
    try:
        solved = solved_notebook(source, read_cells(source))
    except LessonError as error:
        return [str(error)]
    solution, notebook = solution_path(source), notebook_path(source)
    found = {
        solution: _solution_problem(solution, solved),
        notebook: _learner_problem(notebook, learner_notebook(solved)),
    }
    remedy = f"run `python -m course_lib build {source.name[:2]}`."
    return [f"{short(path)} {problem}; {remedy}" for path, problem in found.items() if problem]


def _solution_problem(path: Path, expected: NotebookNode) -> str | None:
    built = read_notebook(path)
    if built is None:
        return "is missing or is not a notebook"
    for count, cell in enumerate(code_cells(built), start=1):
        if any(output.output_type == "error" for output in cell.outputs):
            return f"holds an error in cell {cell.id}"
        if cell.execution_count is None:
            return f"has a cell that was never executed, {cell.id}"
        if cell.execution_count != count:
            return f"has a cell that was executed out of order, {cell.id}"
    blank = copy.deepcopy(built)
    for cell in code_cells(blank):
        cell.execution_count, cell.outputs = None, []
    if difference := _difference(blank, expected):
        return difference
    open_checks = [f"check-{exercise}" for exercise in cards_not_passed(built)]
    return f"holds a check that does not pass, {open_checks[0]}" if open_checks else None


def _learner_problem(path: Path, expected: NotebookNode) -> str | None:
    built = read_notebook(path)
    if built is None:
        return "is missing or is not a notebook"
    if path.read_bytes() == serialise(expected):
        return None
    return _difference(built, expected) or "is not written the way the builder writes it"


def _difference(built: NotebookNode, expected: NotebookNode) -> str | None:
    for one, other in itertools.zip_longest(built.cells, expected.cells):
        if one != other:
            return f"differs from its source in cell {(other or one).id}"
    return None if built == expected else "differs from its source in the metadata of the notebook"


def orphans(root: Path) -> list[str]:
    """One sentence for each built notebook whose source is gone."""
    known = {path for source in sources(root) for path in (solution_path(source), notebook_path(source))}
    built = [*sorted(root.glob("solutions/*.ipynb")), *sorted(root.glob("notebooks/*.ipynb"))]
    return [f"{short(path)} has no source in solutions/; delete it." for path in built if path not in known]


def _write(path: Path, notebook: NotebookNode) -> None:
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(".ipynb.part")
    draft.write_bytes(serialise(notebook))
    draft.replace(path)


def main(argv: list[str], root: Path = ROOT) -> int:
    """The command: 0 when all is well, otherwise 1 and one sentence a file on the error stream."""
    parser = argparse.ArgumentParser(prog="python -m course_lib build", description="Make the lessons' notebooks.")
    parser.add_argument("number", nargs="?", metavar="NN", help="one lesson, for instance 01; all of them without it")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a notebook is not as its source")
    arguments = parser.parse_args(argv)
    every = sources(root)
    chosen = [source for source in every if arguments.number in (None, source.name[:2])]
    if not chosen:
        known = ", ".join(source.name[:2] for source in every) or "none"
        what = "lesson" if arguments.number is None else f"lesson {arguments.number}"
        print(f"There is no {what} in solutions/; the lessons there are: {known}.", file=sys.stderr)
        return 1
    found = orphans(root) if arguments.check and arguments.number is None else []
    for source in chosen:
        found += problems(source) if arguments.check else _build_and_tell(source)
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 1 if found else 0


def _build_and_tell(source: Path) -> list[str]:
    began = time.perf_counter()
    try:
        build(source)
    except LessonError as error:
        return [str(error)]
    seconds = time.perf_counter() - began
    print(f"{short(solution_path(source))} and {short(notebook_path(source))} built in {seconds:.1f} s.")
    return []
