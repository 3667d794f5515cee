"""The files that a class has handed in.

    SUBMISSIONS/alice/01_forward_pass.ipynb             the folder says whose it is
    SUBMISSIONS/01_forward_pass_alice.ipynb             or the name of the file, without that of the notebook

Anything else is a submission too, as long as it ends in .ipynb: it gets a row, and its row says what is wrong with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from course_lib.checkpoints.exercise import notebooks

LARGEST = 50_000_000  # bytes: a notebook with all its pictures has one or two million


class SubmissionError(Exception):
    """There is nothing to grade, or a submission cannot be read. The sentence says why."""


@dataclass(frozen=True)
class Submission:
    """A file of the class: whose it is, where it lies in the folder, what it holds; if it cannot be read, why not.

    The whole class is read before anything is run.
    """

    student: str
    file: str
    text: str
    trouble: str = ""


def find_submissions(folder: Path) -> list[Submission]:
    """All notebooks in `folder` and below it, in order, or the one that it is. Raises SubmissionError."""
    if folder.is_file():
        return [_read(folder.parent, folder)]
    if not folder.is_dir():
        raise SubmissionError(f"There is no folder {folder}. Name the one with the notebooks of your class in it.")
    files = [
        file
        for file in sorted(folder.rglob("*.ipynb"))
        if not any(part.startswith(".") for part in file.relative_to(folder).parts)  # JupyterLab's own copies
    ]
    if not files:
        raise SubmissionError(f"There is no notebook in {folder}: no file there, or below it, ends in .ipynb.")
    return [_read(folder, file) for file in files]


def _read(folder: Path, file: Path) -> Submission:
    name = file.relative_to(folder)
    text, trouble = "", ""
    try:
        if not file.is_file():
            trouble = "this is not a file"
        elif file.stat().st_size > LARGEST:
            trouble = f"it is larger than {LARGEST // 1_000_000} million bytes"
        else:
            text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        trouble = "it is not a text in UTF-8"
    except OSError as error:
        trouble = error.strerror or str(error)
    student, path = (each.encode("utf-8", "backslashreplace").decode() for each in (_student(name), name.as_posix()))
    return Submission(student, path, text, trouble)


def _student(file: Path) -> str:
    if len(file.parts) > 1:
        return file.parts[0]
    for notebook in notebooks():
        if notebook.name in file.stem:
            return re.sub(r"^[\W_]+|[\W_]+$", "", file.stem.replace(notebook.name, "")) or file.stem
    return file.stem
