"""python -m course_lib tune PLAN [--workers N | --dask ADDRESS] [--log LOG.jsonl]

Tries the settings that a YAML file describes: course_lib/tuning/plan.py says how to write one, and there are examples
in course_lib/configs/sweeps/. Every finished trial is in the log at once: after Ctrl-C or a power cut the same command
goes on with what is missing. Settings are compared on the validation images; nobody looks at the test images.
"""

import argparse
import contextlib
import functools
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import yaml
from tqdm import tqdm

from course_lib.journal import beside_progress
from course_lib.nn.config import ConfigError
from course_lib.tuning.log import ExperimentLog, LogError
from course_lib.tuning.networks import train_and_validate
from course_lib.tuning.plan import Plan, load_plan
from course_lib.tuning.processes import SweepError
from course_lib.tuning.sweep import Result, halving, ranked, sweep

BY = "val_accuracy"  # the score that counts
ROWS = 10  # of the table


def main(arguments: Sequence[str]) -> int:
    """Run the command. Returns the exit code: 0, 1 after an error, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog="python -m course_lib tune", description="Try the settings that a YAML file describes."
    )
    parser.add_argument("plan", type=Path, help="what to try, a YAML file")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--workers", type=int, metavar="N", help="processes (as many as processors unless you choose)")
    where.add_argument("--dask", metavar="tcp://HOST:PORT", help="run on this dask cluster instead")
    parser.add_argument("--log", type=Path, metavar="LOG.jsonl", help="the file of the trials")
    options = parser.parse_args(arguments)
    if options.workers is not None and options.workers < 1:
        parser.error(f"argument --workers: there must be at least 1, not {options.workers}")
    log = ExperimentLog(options.log or beside_progress("sweeps") / f"{options.plan.stem}.jsonl")
    kept = f"What is finished is in {log.file}; the same command goes on."
    try:
        plan = load_plan(options.plan)
        with cluster(options.dask) if options.dask else contextlib.nullcontext() as executor:
            results = run(plan, log, workers=options.workers, executor=executor)
    except (ConfigError, LogError) as error:
        print(error, file=sys.stderr)
        return 1
    except SweepError as error:
        print(f"{error}\n{kept}" if log.file.exists() else error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nInterrupted. {kept}", file=sys.stderr)
        return 130
    return show(plan, results)


def run(plan: Plan, log: ExperimentLog, **where: Any) -> list[Result]:
    """Carry out the plan, and return the results, the best first."""
    found = log.read()
    print(f"{len(plan.configs)} settings, {len(plan.seeds)} seed(s) each. Every trial is kept in {log.file}.")
    if found.entries:
        print(f"It holds {len(found.entries)} trials; those of this plan are not repeated. {found.damage}".rstrip())
    bar = functools.partial(tqdm, unit="trial", disable=None)
    how = {"seeds": plan.seeds, "log": log, "progress_bar": bar, **where}
    if plan.method != "halving":
        return ranked(sweep(train_and_validate, plan.configs, **how), BY)
    results: list[Result] = []
    for one_round in reversed(halving(train_and_validate, plan.configs, by=BY, eta=plan.eta, **how)):
        results += ranked(one_round, BY)[len(results) :]  # the first of each round are those of the next
    return results


@contextlib.contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The executor of the dask cluster at that address. Raises SweepError if there is none."""
    try:
        from distributed import Client
    except ImportError:
        raise SweepError('--dask needs the package distributed: pip install -e ".[dask]"') from None
    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise SweepError(f"There is no dask scheduler at {address}: {error}") from None
    with client:
        # A pure function would not be called again for what it was called with before.
        yield client.get_executor(pure=False)


def show(plan: Plan, results: Sequence[Result]) -> int:
    """Print the best results and the failures. Returns the exit code."""
    done = [result for result in results if not result.reason]
    names = (*plan.searched, *(("epochs",) if plan.method == "halving" else ()))
    rows = [[*names, BY, "val_loss", "seconds"]]
    for result in done[:ROWS]:
        accuracy = f"{result.mean(BY):.2%}"
        if len(plan.seeds) > 1:
            accuracy += f" +- {result.spread(BY):.2%}"
        seconds = sum(trial.seconds for trial in result.trials)
        settings = [in_words(result.config[name]) for name in names]
        rows.append([*settings, accuracy, f"{result.mean('val_loss'):.4f}", f"{seconds:.1f}"])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    print()
    for row in rows:
        print("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))
    if len(done) > ROWS:
        print(f"... and {len(done) - ROWS} more.")
    for result in results:
        if result.reason:
            settings = [f"{name} {in_words(result.config[name])}" for name in names]
            print(f"Failed: {', '.join(settings)}. {result.reason}")
    if not done:
        print("No trial has come to a good end.", file=sys.stderr)
        return 1
    best = {name: value for name, value in done[0].config.items() if name in names}
    print(f"\nThe best, as lines of a configuration:\n\n{yaml.safe_dump(best, sort_keys=False)}", end="")
    return 0


def in_words(value: Any) -> str:
    """A setting, short enough for a table."""
    return f"{value:.3g}" if isinstance(value, float) else str(list(value) if isinstance(value, tuple) else value)
