"""The five write-ups this course grew from: their networks trained, their claims beside what they come to.

    configs/claims/*.yaml --runs.py--> Run --__init__.py--> Result --results.py--> a table, measured.json
    writeups.py: what is claimed, by which run it is measured, what was wrong

`python -m course_lib claims [S0 S1 ...] [--seeds N] [--record]` is the command; `recorded()["S0"]` the last table.
"""

import argparse
import platform
import statistics
import sys
from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
from tqdm import tqdm

from course_lib.claims.results import Result, Row, record, recorded
from course_lib.claims.runs import Run, train
from course_lib.claims.writeups import WRITE_UPS, Claim
from course_lib.data import DataError, load
from course_lib.nn.config import Config

__all__ = ["WRITE_UPS", "Result", "main", "measure", "recorded"]


def main(arguments: Sequence[str]) -> int:
    """Run the command. Returns the exit code: 0, 1 without the images, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m course_lib claims",
        description="Train the networks of the five write-ups, and compare what they claim with what is measured.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(WRITE_UPS)}; all unless you choose")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="runs of each network (default 3)")
    parser.add_argument("--record", action="store_true", help="keep the tables for the notebooks, in measured.json")
    options = parser.parse_args(arguments)
    names = [name.upper() for name in options.names] or list(WRITE_UPS)
    if unknown := [name for name in names if name not in WRITE_UPS]:
        parser.error(f"there is no write-up {', '.join(unknown)}; there are {', '.join(WRITE_UPS)}")
    if options.seeds < 1:
        parser.error(f"--seeds must be at least 1, not {options.seeds}")
    try:
        for dataset in {config.dataset for name in names for config in configs(WRITE_UPS[name].claims, seeds=1)}:
            load(dataset)  # what is missing is told before the first training, not after
        for name in dict.fromkeys(names):
            result = measure(name, seeds=options.seeds)
            print(result, flush=True)
            if options.record:
                record(result)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The tables above are complete.", file=sys.stderr)
        return 130
    return 0


def measure(name: str, *, seeds: int) -> Result:
    """Train all that a write-up's claims need, with seeds 0, 1, ..., and put the numbers beside the claims."""
    claims = WRITE_UPS[name].claims
    runs = train_all(name, configs(claims, seeds))
    made = f"{date.today()}, NumPy {np.__version__}, {platform.machine()}"
    return Result(name, made, seeds, [row(claim, runs, seeds) for claim in claims])


def configs(claims: Iterable[Claim], seeds: int) -> list[Config]:
    """The trainings that the claims need, each once: many claims are about the same network."""
    return list(dict.fromkeys(c.config(seed) for claim in claims for c in claim.cells for seed in range(seeds)))


def train_all(name: str, configs: Sequence[Config]) -> dict[Config, Run]:
    """One run of each. A bar shows the epochs done and the time that is left."""
    runs, datasets = {}, {config.dataset: load(config.dataset) for config in configs}
    with tqdm(total=sum(config.epochs for config in configs), desc=name, unit="epoch", disable=None) as bar:
        for config in configs:
            end = bar.n + config.epochs
            runs[config] = train(config, datasets[config.dataset], lambda progress: bar.update())
            bar.update(end - bar.n)  # the epochs that early stopping saved
    return runs


def row(claim: Claim, runs: dict[Config, Run], seeds: int) -> Row:
    """The claim beside its numbers; the first column is the one that is judged and timed."""
    measured, seconds = [], []
    for cell in claim.cells:
        its_runs = [runs[cell.config(seed)] for seed in range(seeds)]
        measured.append((cell.quantity, [float(getattr(run, cell.quantity)) for run in its_runs]))
        seconds.append(statistics.median(run.seconds for run in its_runs))
    reached = claim.reached(statistics.median(measured[0][1]))
    return Row(claim.what, claim.claimed, measured, reached, seconds[0])
