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

    @property
    def key(self) -> str:
        """What was tried, as a text: equal for equal settings and seeds, before and after a restart."""
        return json.dumps([self.config, self.seed], sort_keys=True, default=journal.plain)


class ExperimentLog:
    """A file of trials."""

    def __init__(self, file: str | Path | None = None) -> None:
        self.file = journal.beside_progress("experiments.jsonl") if file is None else Path(file)

    def append(self, trial: Trial) -> None:
        """Add a row. Raises OSError if the file cannot be written."""
        row = {"config": trial.config, "seed": trial.seed, "scores": trial.scores, "seconds": round(trial.seconds, 3)}
        journal.append(self.file, {**row, "status": trial.status, "reason": trial.reason})

    def read(self) -> journal.Journal[Trial]:
        """The trials in the file, oldest first, and which lines are damaged. Raises OSError if it cannot be opened."""
        return journal.read(self.file, _trial)

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
    """The trial with the largest score called `by`, the first of equal ones; None if no trial has any score.

    Failed trials do not compete. Raises LookupError if there are scores, but none of that name.
    """
    done = [trial for trial in trials if trial.status == "done"]
    scored = [trial for trial in done if by in trial.scores]
    if done and not scored:
        names = sorted({name for trial in done for name in trial.scores})
        raise LookupError(f"No trial has a score {by!r}; there are {', '.join(names) or 'no scores at all'}.")
    return max(scored, key=lambda trial: trial.scores[by], default=None)


def _trial(entry: journal.Entry) -> Trial:
    """A row of the file. Raises KeyError, TypeError or ValueError if it is none."""
    seed, reason = entry["seed"], entry["reason"]
    if type(seed) is not int or (entry["status"] == "failed") != bool(reason):
        raise ValueError(entry)
    return Trial({**entry["config"]}, seed, {**entry["scores"]}, float(entry["seconds"]), str(reason))
