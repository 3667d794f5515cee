"""What a teacher gets of a class: two tables for a spreadsheet, and a page to read.

    scores.csv         a row for each submission
    checkpoints.csv    a row for each exercise of each submission, with the mistakes that were recognised
    report.html        the same for the eye: how each exercise went, and which mistakes are common
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import jinja2

from course_lib.checkpoints.exercise import Exercise, notebooks
from course_lib.grading.judging import LOOK, MISSING, Answer, Grade

SCORES = ("student", "notebook", "points", "out_of", "passed", "exercises", "to_look_at", "note", "file")
CHECKPOINTS = ("student", "notebook", "exercise", "status", "points", "out_of", "misconceptions", "file")
UNTOUCHED = ("not started", MISSING)


def check_place(folder: Path) -> None:
    """Raise the OSError that `write` would, if nothing can be written there."""
    new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass
    if new:
        folder.rmdir()


def write(grades: Sequence[Grade], folder: Path) -> tuple[list[Path], list[Path]]:
    """Write the three files into `folder`, which is made if need be. Raises OSError.

    Returns their paths, and those of the tables that were there: where one is other than the new one, it is kept under
    a name with its time, since a teacher may have written points into it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"scores.csv": scores(grades), "checkpoints.csv": checkpoints(grades), "report.html": page(grades)}
    kept = []
    for name, text in texts.items():
        file, part = folder / name, folder / f".{name}.part"
        table = file.suffix == ".csv"
        part.write_text(text, "utf-8-sig" if table else "utf-8", newline="")  # the mark at the start is for Excel
        if table and file.exists() and file.read_bytes() != part.read_bytes():
            written = datetime.fromtimestamp(file.stat().st_mtime)
            kept.append(file.rename(folder / f"{file.stem}-{written:%Y-%m-%d-%H%M%S}.csv"))
        os.replace(part, file)  # whole or not at all
    return [folder / name for name in texts], kept


def scores(grades: Iterable[Grade]) -> str:
    """scores.csv as a text."""
    return _table(
        SCORES,
        (
            (each.student, each.notebook, each.points, each.out_of, each.count("passed"), len(each.answers))
            + (each.count(LOOK), each.trouble, each.file)
            for each in grades
        ),
    )


def checkpoints(grades: Iterable[Grade]) -> str:
    """checkpoints.csv as a text."""
    return _table(
        CHECKPOINTS,
        (
            (each.student, each.notebook, answer.exercise, answer.status, answer.points, answer.out_of)
            + ("; ".join(answer.misconceptions), each.file)
            for each in grades
            for answer in each.answers
        ),
    )


def _table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(names)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return stream.getvalue()


def _harmless(cell: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front: file names are the students'."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


# ---- the page -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ExerciseRow:
    """How an exercise went: how many passed it, tried it, left it; the mistakes, the most common first."""

    name: str
    passed: int
    tried: int
    untouched: int
    mistakes: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class LessonTable:
    """One notebook of the course: its exercises, and the submissions of it, in the order of their students."""

    title: str
    exercises: tuple[ExerciseRow, ...]
    grades: tuple[Grade, ...]


def page(grades: Sequence[Grade]) -> str:
    """report.html as a text. It needs no other file."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined
    )
    lessons = [_lesson_table(lesson.name, lesson.exercises, grades) for lesson in notebooks()]
    return environment.get_template("report.html").render(
        lessons=[each for each in lessons if each.grades],
        nowhere=[each for each in grades if not each.notebook],
        submissions=len(grades),
        students=len({each.student for each in grades}),
        untouched=UNTOUCHED,
        to_look_at=[(each, answer) for each in grades for answer in each.answers if answer.status == LOOK],
    )


def _lesson_table(name: str, exercises: Iterable[Exercise], grades: Sequence[Grade]) -> LessonTable:
    of_this = tuple(sorted((each for each in grades if each.notebook == name), key=lambda each: each.student.lower()))
    rows = [
        _exercise_row(exercise.name, [each.answers[k] for each in of_this]) for k, exercise in enumerate(exercises)
    ]
    return LessonTable(f"{name[:2]} {name[3:].replace('_', ' ')}", tuple(rows), of_this)


def _exercise_row(name: str, answers: Sequence[Answer]) -> ExerciseRow:
    passed = sum(answer.status == "passed" for answer in answers)
    untouched = sum(answer.status in UNTOUCHED for answer in answers)
    mistakes = Counter(mistake for answer in answers for mistake in answer.misconceptions)
    return ExerciseRow(name, passed, len(answers) - passed - untouched, untouched, tuple(mistakes.most_common()))
