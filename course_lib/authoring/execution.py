"""Running a solved notebook, so that two runs on one machine give the same bytes.

What would differ is kept out: the learner's progress and start-up files, a widget's random id, the version of the
program that drew a picture. Outputs of `live` cells differ by nature; they stay as they were while their code does.
"""

import base64
import os
import sys
import tempfile
import textwrap
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from course_lib.authoring.notebooks import cards_not_passed, code_cells
from course_lib.authoring.source import Cell, LessonError
from course_lib.environment import ROOT, THREAD_COUNTS

CELL_SECONDS = 120


def execute(source: Path, cells: list[Cell], notebook: NotebookNode) -> None:
    """Run every cell in the folder of its lesson and keep the outputs; raises LessonError for a cell that fails.

    A check fails too when it does not say that the solution has passed.
    """
    reached = 0

    def start(cell: NotebookNode, cell_index: int) -> None:
        nonlocal reached
        reached = cell_index

    language = notebook.metadata.language_info
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        client = NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": str(source.parent)}},
            on_cell_start=start,
            coalesce_streams=True,
            record_timing=False,
            store_widget_state=False,
        )
        try:
            client.execute(env=_environment(Path(scratch)))
        except CellExecutionError as error:
            told = " ".join(f"{error.ename}: {error.evalue}".split())
            raise LessonError(source, cells[reached].line, f"This cell raises {told}") from None
        except CellTimeoutError:
            raise LessonError(source, cells[reached].line, f"This cell ran for more than {CELL_SECONDS} s.") from None
        except DeadKernelError:
            raise LessonError(source, cells[reached].line, "The kernel died in this cell.") from None
    notebook.metadata.language_info = language      # nbclient wrote this kernel's own, with its versions
    for cell, made in zip(cells, notebook.cells, strict=True):
        for output in made.get("outputs", []):
            _settle(output)
            if place := _place_in(output):
                raise LessonError(source, cell.line, f"The output names a place on this machine, {place}; print less.")
    _require_passed(source, cells, notebook)


def _require_passed(source: Path, cells: list[Cell], notebook: NotebookNode) -> None:
    lines = {made.id: cell.line for cell, made in zip(cells, notebook.cells, strict=True)}
    for exercise, card in cards_not_passed(notebook).items():
        told = f"says {textwrap.shorten(card, 160, placeholder=' ...')}" if card else "shows no card."
        raise LessonError(source, lines[f"check-{exercise}"], f"The check of {exercise} does not pass; it {told}")


def _environment(scratch: Path) -> dict[str, str]:
    """This process's environment, with what would change the outputs taken out."""
    environment = os.environ | {
        "COURSE_PROGRESS": str(scratch / "progress"),
        "IPYTHONDIR": str(scratch / "ipython"),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
        "PYTHONHASHSEED": "0",
    }
    environment |= dict.fromkeys(THREAD_COUNTS, "1")
    environment.pop("MPLBACKEND", None)     # then the kernel draws into the notebook
    return environment


def _settle(output: NotebookNode) -> None:
    data = output.get("data", {})
    data.pop("application/vnd.jupyter.widget-view+json", None)
    if "image/png" in data:
        data["image/png"] = _without_texts(data["image/png"])


def _without_texts(encoded: str) -> str:
    """A PNG, in base64, without its text and time chunks: they name the program that drew it, and when."""
    png = base64.b64decode(encoded)
    kept, start = png[:8], 8
    while start < len(png):
        end = start + 12 + int.from_bytes(png[start : start + 4], "big")    # length, type, data, checksum
        if png[start + 4 : start + 8] not in (b"tEXt", b"zTXt", b"iTXt", b"tIME"):
            kept += png[start:end]
        start = end
    return base64.b64encode(kept).decode()


def _place_in(output: NotebookNode) -> str | None:
    """A folder of this machine that stands in the output's text, as in a warning; other machines have another."""
    texts = [text for kind, text in output.get("data", {}).items() if kind.startswith("text/")]
    texts.append(output.get("text", ""))
    places = (str(ROOT), sys.prefix, os.path.join(tempfile.gettempdir(), "ipykernel_"))
    return next((place for place in places if any(place in text for text in texts)), None)


def keep_live_outputs(notebook: NotebookNode, earlier: NotebookNode) -> None:
    """Give each `live` cell its earlier output back if its code, and all code before it, is as it was."""
    for new, old in zip(code_cells(notebook), code_cells(earlier), strict=False):
        if new.source != old.source:
            return
        if "live" in new.metadata.get("tags", []):
            new.outputs = old.outputs
