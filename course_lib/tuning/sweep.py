"""A sweep: many trials, on several processes or machines, each in the log as soon as it is finished.

    results = sweep(evaluate, configs, workers=2, log=ExperimentLog("lr.jsonl"))

    configs x seeds  --minus those in the log-->  evaluate(config, seed) in other processes  -->  the log
                                                                                             -->  results, in order

What comes out depends on the configs and the seeds alone: not on the number of processes, nor on who finishes first,
nor on how often the sweep was interrupted. A trial that raises, that dies, or whose score is nan is a row with its
reason, and the others go on.
"""

import contextlib
import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from .log import ExperimentLog, Trial
from .processes import Evaluate
from .runners import Run, runner
from .searches import Settings, ranking, survivors

ProgressBar = Callable[..., Iterable[Trial]]


@dataclass(frozen=True)
class Result:
    """A config and its trials, one for each seed."""

    config: Settings
    trials: tuple[Trial, ...]

    @property
    def reason(self) -> str:
        """Why a trial of it failed; "" if none did."""
        return next((trial.reason for trial in self.trials if trial.reason), "")

    def mean(self, by: str) -> float:
        """The mean of the score called `by` over the seeds; nan if a trial failed."""
        return statistics.fmean(trial.score(by) for trial in self.trials)

    def spread(self, by: str) -> float:
        """The standard deviation of that score over the seeds; nan if there is only one."""
        return statistics.stdev(trial.score(by) for trial in self.trials) if len(self.trials) > 1 else math.nan


def sweep(
    evaluate: Evaluate,
    configs: Sequence[Settings],
    *,
    seeds: Sequence[int] = (0,),
    workers: int | None = None,
    executor: Executor | None = None,
    log: ExperimentLog | None = None,
    progress_bar: ProgressBar | None = None,
) -> list[Result]:
    """Try every config with every seed. Returns a result for each config, in their order.

    evaluate      evaluate(config, seed) gives a score, or several by name; a number alone is called "score"
    workers       how many processes, each with one BLAS thread; as many as there are processors unless you choose
    executor      instead of processes: whatever runs functions, such as a ThreadPoolExecutor or that of a cluster
    log           trials that it holds are not repeated, and new ones are added to it
    progress_bar  for example tqdm: it is called with the generator of trials, total= and initial=

    Raises SweepError when trials cannot be run at all.
    """
    with runner(evaluate, workers, executor) as run:
        return _sweep(run, configs, seeds, log, progress_bar)


def halving(
    evaluate: Evaluate,
    configs: Sequence[Settings],
    *,
    by: str,
    eta: int = 2,
    seeds: Sequence[int] = (0,),
    workers: int | None = None,
    executor: Executor | None = None,
    log: ExperimentLog | None = None,
    progress_bar: ProgressBar | None = None,
) -> list[list[Result]]:
    """Successive halving as sweeps: a list of results for each round, the last one with the winner.

    Each round keeps the best max(1, n // eta) of n configs, by the mean of the score `by`, and multiplies their epochs
    by eta, until one is left. The other arguments are those of `sweep`.
    """
    rounds = []
    with runner(evaluate, workers, executor) as run:
        while len(configs) > 1:
            rounds.append(_sweep(run, configs, seeds, log, progress_bar))
            kept = survivors([result.mean(by) for result in rounds[-1]], eta)
            configs = [{**configs[i], "epochs": configs[i]["epochs"] * eta} for i in kept]
    return rounds


def _sweep(
    run: Run,
    configs: Sequence[Settings],
    seeds: Sequence[int],
    log: ExperimentLog | None,
    progress_bar: ProgressBar | None,
) -> list[Result]:
    tasks = {Trial(config, seed).key: (config, seed) for config in configs for seed in seeds}
    known = {trial.key: trial for trial in log.trials()} if log else {}
    finished = {key: known[key] for key in tasks if key in known}
    with contextlib.closing(run([task for key, task in tasks.items() if key not in finished])) as trials:
        bar = progress_bar(trials, total=len(tasks), initial=len(finished)) if progress_bar else trials
        for trial in bar:
            if log:
                log.append(trial)
            finished[trial.key] = trial

    def result(config: Settings) -> Result:
        own = (finished[Trial(config, seed).key] for seed in seeds)
        return Result(config, tuple(replace(trial, config=config) for trial in own))

    return [result(config) for config in configs]


def ranked(results: Sequence[Result], by: str) -> list[Result]:
    """The best first, by the mean of the score `by`; equal ones stay in order, failed ones come last."""
    return [results[i] for i in ranking([result.mean(by) for result in results])]
