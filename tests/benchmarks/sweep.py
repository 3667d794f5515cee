"""How much a second process speeds up a sweep: 24 networks for the digits, by one process and by two, in turns.

From the call until the results are there: the start of the processes and their reading of the images are included.
"""

import statistics
import tempfile
import time
from pathlib import Path

from course_lib.tuning.log import ExperimentLog
from course_lib.tuning.networks import train_and_validate
from course_lib.tuning.plan import load_plan
from course_lib.tuning.sweep import sweep

PLAN = Path(__file__).parents[2] / "course_lib" / "configs" / "sweeps" / "digits.yaml"


def seconds(workers: int) -> float:
    """One sweep with so many processes, by the clock."""
    plan = load_plan(PLAN)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        sweep(train_and_validate, plan.configs, workers=workers, log=ExperimentLog(Path(folder, "log.jsonl")))
        return time.perf_counter() - start


def show(rounds: int) -> None:
    measured = [(seconds(1), seconds(2)) for _ in range(rounds)]
    one, two = (statistics.median(column) for column in zip(*measured, strict=True))
    print(f"{len(load_plan(PLAN).configs)} trials of digits: one process {one:.2f} s, two {two:.2f} s", end="; ")
    print(f"{one / two:.2f} times as fast, rounds from {min(a / b for a, b in measured):.2f} to", end=" ")
    print(f"{max(a / b for a, b in measured):.2f}")
