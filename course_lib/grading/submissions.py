"""The files that a class has handed in.

    SUBMISSIONS/alice/01_forward_pass.ipynb             the folder in SUBMISSIONS says whose it is
    SUBMISSIONS/01_forward_pass_alice.ipynb             or the name of the file, without that of the notebook
    alice/01_forward_pass.ipynb                         or, for a single student, the folder that is named

Whatever ends in .ipynb gets a row. So does any other file that stands in the place of a notebook, such as an archive:
one that is called after a notebook, or whose student has handed in none.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from course_lib.checkpoints.exercise import notebooks

NO_NOTEBOOK = "no notebook: its name does not end in .ipynb (an archive has to be unpacked first)"
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
    folder = Path(os.path.abspath(folder))  # a student may be called after it, so "." and ".." will not do
    if folder.is_file():
        if not _is_notebook(folder):
            raise SubmissionError(f"{folder.name} is {NO_NOTEBOOK}. Name a notebook, or the folder of your class.")
        return [_read(folder.parent, folder)]
    if not folder.is_dir():
        raise SubmissionError(f"There is no folder {folder}. Name the one with the notebooks of your class in it.")
    found = [
        file
        for file in sorted(folder.rglob("*"))
        if not any(part.startswith(".") for part in file.relative_to(folder).parts)  # JupyterLab's own copies
    ]
    files = [file for file in found if _is_notebook(file)]
    if not files:
        raise SubmissionError(f"There is no notebook in {folder}: no file there, or below it, ends in .ipynb.")
    students = {_student(folder, file) for file in files}
    instead = [
        file
        for file in found
        if file.is_file() and file not in files and (_called_after(file) or _student(folder, file) not in students)
    ]
    return [_read(folder, file) for file in sorted(files + instead)]


def _is_notebook(file: Path) -> bool:
    return file.suffix.lower() == ".ipynb"


def _called_after(file: Path) -> str:
    """The name of the course's notebook that the file is called after, or ""."""
    return next((notebook.name for notebook in notebooks() if notebook.name in file.name), "")


def _read(folder: Path, file: Path) -> Submission:
    name = file.relative_to(folder)
    text, trouble = "", ""
    try:
        if not _is_notebook(file):
            trouble = f"it is {NO_NOTEBOOK}"
        elif not file.is_file():
            trouble = "this is not a file"
        elif file.stat().st_size > LARGEST:
            trouble = f"it is larger than {LARGEST // 1_000_000} million bytes"
        else:
            text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        trouble = "it is not a text in UTF-8"
    except OSError as error:
        trouble = error.strerror or str(error)
    return Submission(_in_utf8(_student(folder, file)), _in_utf8(name.as_posix()), text, trouble)


def _in_utf8(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()


def _student(folder: Path, file: Path) -> str:
    parts = file.relative_to(folder).parts
    if len(parts) > 1:
        return re.sub(r"_\d+_assignsubmission_.*", "", parts[0])  # what Moodle adds to a name
    copy_of = re.sub(r" ?\(\d+\)|-Copy\d+", "", file.stem)  # what browsers and JupyterLab add to a second one
    if not (called := _called_after(file)):
        return copy_of
    return re.sub(r"^[\W_]+|[\W_]+$", "", copy_of.replace(called, "")) or folder.name
