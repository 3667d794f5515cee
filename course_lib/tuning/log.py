"""The experiment log: what was tried, and what came of it. It survives a crash and a restart (see journal.py).

    log = ExperimentLog()                                           # .progress/experiments.jsonl, or a file you name
    log.append(Trial({"lr": 0.1, "hidden": [64]}, seed=0, scores={"val_accuracy": 0.968}, seconds=0.4))
    log.trials()                                                    # all of them, oldest first
    log.best("val_accuracy")

A trial that failed is a row too, with its reason: that lr = 3 diverges is worth knowing.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from course_lib import journal

from .searches import Settings


@dataclass(frozen=True)
class Trial:
    """One row: the settings and the seed, the scores by name, the seconds it took; if it failed, why.

    A score that is nan or inf makes it a failed trial, and is left out.
    """

    config: Settings
    seed: int
    scores: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    reason: str = ""  # why it failed

    def __post_init__(self) -> None:
        strange = [name for name, value in self.scores.items() if not math.isfinite(value)]
        if strange and not self.reason:
            object.__setattr__(self, "reason", f"{strange[0]} is {self.scores[strange[0]]}")
        finite = {name: float(value) for name, value in self.scores.items() if name not in strange}
        object.__setattr__(self, "scores", finite)

    @property
    def status(self) -> str:
        return "failed" if self.reason else "done"

    def score(self, by: str) -> float:
        """The score called `by`, nan if the trial failed. Raises LookupError for a name that no score has."""
        if self.status == "done" and by not in self.scores:
            raise LookupError(f"There is no score {by!r}; there are {', '.join(self.scores) or 'none at all'}.")
        return self.scores.get(by, math.nan)

    @property
    def key(self) -> str:
        """What was tried, as a text: equal for equal settings and seeds, before and after a restart."""
        return json.dumps([self.config, self.seed], sort_keys=True, default=journal.plain)


class LogError(OSError):
    """The log cannot be written or read. The sentence names the file and says what to do."""


class ExperimentLog:
    """A file of trials."""

    def __init__(self, file: str | Path | None = None) -> None:
        self.file = journal.beside_progress("experiments.jsonl") if file is None else Path(file)

    def append(self, trial: Trial) -> None:
        """Add a row. Raises LogError."""
        row = {"config": trial.config, "seed": trial.seed, "scores": trial.scores, "seconds": round(trial.seconds, 3)}
        try:
            journal.append(self.file, {**row, "status": trial.status, "reason": trial.reason})
        except OSError as error:
            raise self._error("written", error) from None

    def read(self) -> journal.Journal[Trial]:
        """The trials in the file, oldest first, and which lines are damaged. Raises LogError."""
        try:
            return journal.read(self.file, _trial)
        except OSError as error:
            raise self._error("read", error) from None

    def _error(self, what: str, error: OSError) -> LogError:
        return LogError(f"The log {self.file} cannot be {what} ({error.strerror}): choose another file for it.")

    def trials(self) -> tuple[Trial, ...]:
        """All trials, oldest first."""
        return self.read().entries

    def best(self, by: str) -> Trial | None:
        """The trial with the largest score of that name; None while there is none."""
        return best(self.trials(), by)

    def __repr__(self) -> str:
        found = self.read()
        failed = sum(trial.status == "failed" for trial in found.entries)
        text = f"{len(found.entries)} trials in {self.file.name}, {failed} of them failed."
        return f"{text} {found.damage}".rstrip()


def best(trials: Iterable[Trial], by: str) -> Trial | None:
    """The trial with the largest score called `by`, the first of equal ones; None if all failed, or there is none.

    Raises LookupError if no trial has a score of that name.
    """
    done = [trial for trial in trials if trial.status == "done"]
    scored = [trial for trial in done if by in trial.scores] or done
    return max(scored, key=lambda trial: trial.score(by), default=None)


def _trial(entry: journal.Entry) -> Trial:
    """A row of the file. Raises KeyError, TypeError or ValueError if it is none."""
    seed, reason = entry["seed"], entry["reason"]
    if type(seed) is not int or (entry["status"] == "failed") != bool(reason):
        raise ValueError(entry)
    return Trial({**entry["config"]}, seed, {**entry["scores"]}, float(entry["seconds"]), str(reason))
