"""A whole class graded, on several processes or machines.

A submission's code runs in children of a grading process, so it should never end that one. Should it do so all the
same, the submissions that were under way are graded once more, each in a process of its own, and the one that does it
again has that as its row.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, as_completed
from dataclasses import replace

from course_lib.checkpoints import sandbox
from course_lib.grading.judging import Grade, grade
from course_lib.grading.submissions import Submission, SubmissionError

Numbered = Mapping[int, Submission]
ProgressBar = Callable[..., Iterable[tuple[int, Grade]]]
DIED = "The process that graded it died, each time it was tried."


def grade_class(
    submissions: Sequence[Submission],
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    progress_bar: ProgressBar | None = None,
) -> list[Grade]:
    """A Grade for every submission, in their order, whatever some of them do.

    workers       how many processes; as many as there are processors unless you choose
    executor      instead of processes: whatever runs functions, such as that of a cluster
    progress_bar  for example tqdm: it is called with the generator of grades and total=

    Raises SubmissionError where nobody's code can be run safely.
    """
    if not sandbox.CAN_FORK:
        raise SubmissionError(
            "Grading needs Linux: it runs each function in a fork, with a limit of time and memory. "
            "On Windows it works in WSL, on a Mac in a container."
        )
    numbered = dict(enumerate(submissions))
    grades = _by(executor, numbered) if executor else _by_processes(workers, numbered)
    found = dict(progress_bar(grades, total=len(submissions)) if progress_bar else grades)
    return _counted([found[number] for number in numbered])


def _counted(grades: Sequence[Grade]) -> list[Grade]:
    """The same, with a note where a student has handed in a notebook several times: a teacher has to choose."""
    times = Counter((each.student, each.notebook) for each in grades if each.notebook)

    def note(each: Grade) -> str:
        count = times[each.student, each.notebook]
        return f"{each.student} has {count} files of this notebook." if count > 1 else ""

    return [replace(each, trouble=" ".join(filter(None, (each.trouble, note(each))))) for each in grades]


def _by(executor: Executor, submissions: Numbered) -> Iterator[tuple[int, Grade]]:
    """The grades as they come. A submission that the executor could not bring to an end has a row that says so.

    Raises BrokenExecutor when its processes are gone.
    """
    futures = {executor.submit(grade, each): number for number, each in submissions.items()}
    for future in as_completed(futures):
        number = futures[future]
        error = future.exception()
        if isinstance(error, BrokenExecutor):
            raise error
        yield number, _row(submissions[number], f"It could not be graded: {error}") if error else future.result()


def _by_processes(workers: int | None, submissions: Numbered) -> Iterator[tuple[int, Grade]]:
    left = dict(submissions)
    try:
        with _pool(min(workers or len(os.sched_getaffinity(0)), len(left))) as pool:
            for number, found in _by(pool, submissions):
                del left[number]
                yield number, found
    except BrokenExecutor:
        for number, each in left.items():
            try:
                with _pool(1) as pool:
                    yield from _by(pool, {number: each})
            except BrokenExecutor:
                yield number, _row(each, DIED)


def _row(submission: Submission, trouble: str) -> Grade:
    return Grade(submission.student, submission.file, trouble=trouble)


def _pool(workers: int) -> Executor:
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))  # one thread each, so that it can fork
