"""python -m course_lib grade SUBMISSIONS [--out FOLDER] [--workers N]

Grades all notebooks in a folder and below it: scores.csv, checkpoints.csv and report.html. Every submission gets a row.
"""

import argparse
import functools
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from course_lib.grading import Grade, SubmissionError, find_submissions, grade_class
from course_lib.grading.judging import LOOK
from course_lib.grading.report import check_place, write


def main(arguments: Sequence[str]) -> int:
    """Run the command. Returns the exit code: 0, 1 after an error, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m course_lib grade", description="Grade the notebooks of a class: two tables and a report."
    )
    parser.add_argument("submissions", type=Path, help="the folder of the notebooks, or one notebook")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where the results go (SUBMISSIONS-grades)")
    parser.add_argument("--workers", type=int, metavar="N", help="processes (as many as processors unless you choose)")
    options = parser.parse_args(arguments)
    if options.workers is not None and options.workers < 1:
        parser.error(f"argument --workers: there must be at least 1, not {options.workers}")
    submitted = options.submissions.resolve()
    folder = options.out or submitted.with_name(f"{submitted.stem}-grades")
    bar = functools.partial(tqdm, unit="notebook", disable=None)
    try:
        submissions = find_submissions(options.submissions)
        check_place(folder)
        grades = grade_class(submissions, workers=options.workers, progress_bar=bar)
        written, kept = write(grades, folder)
    except SubmissionError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The results cannot be written to {folder}: {error.strerror}. Choose another --out.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. Nothing was written.", file=sys.stderr)
        return 130
    _show(grades)
    print(f"\nWritten: {', '.join(map(str, written))}")
    if kept:
        print(f"Kept, as they were before: {', '.join(map(str, kept))}")
    return 0


def _show(grades: Sequence[Grade]) -> None:
    width = max(len(each.student) for each in grades)
    for each in grades:
        notes = [f"{each.count(LOOK)} to look at" if each.count(LOOK) else "", each.trouble]
        result = f"{each.points:>3} of {each.out_of:<3} {each.notebook}" if each.notebook else each.file
        print("  ".join([each.student.ljust(width), result, *filter(None, notes)]).rstrip())
