"""The experiment log: rows that survive, failures among them, and the best of them."""

import math
from pathlib import Path

import numpy as np
import pytest

from course_lib.tuning import ExperimentLog, Trial


def test_trials_come_back_after_a_restart(tmp_path: Path) -> None:
    trials = [
        Trial({"lr": 0.1, "hidden": [64, 32], "nesterov": True}, seed=0, scores={"val_accuracy": 0.9}, seconds=1.5),
        Trial({"lr": 3.0}, seed=1, reason="DivergenceError: Training diverged at step 3."),
    ]
    log = ExperimentLog(tmp_path / "log.jsonl")
    assert log.trials() == () and log.best("val_accuracy") is None
    for trial in trials:
        log.append(trial)
    again = ExperimentLog(tmp_path / "log.jsonl")
    assert list(again.trials()) == trials
    assert [trial.status for trial in again.trials()] == ["done", "failed"]
    assert repr(again) == "2 trials in log.jsonl, 1 of them failed."


def test_the_default_file_is_beside_the_progress_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.jsonl"))
    ExperimentLog().append(Trial({}, 0))
    assert (tmp_path / "experiments.jsonl").exists()


def test_the_best_is_the_first_with_the_largest_score_and_failures_do_not_compete(tmp_path: Path) -> None:
    log = ExperimentLog(tmp_path / "log.jsonl")
    for lr, accuracy in [(0.1, 0.9), (0.2, math.nan), (0.3, 0.95), (0.4, 0.95)]:
        log.append(Trial({"lr": lr}, 0, {"val_accuracy": accuracy, "val_loss": 1 - accuracy}))
    log.append(Trial({"lr": 0.5}, 0, {"val_accuracy": 1.0}, reason="the run was stopped"))
    found = log.best("val_accuracy")
    assert found and found.config == {"lr": 0.3}
    lowest = log.best("val_loss")
    assert lowest and lowest.config == {"lr": 0.1}
    with pytest.raises(LookupError, match="There is no score 'val_acc'; there are val_accuracy, val_loss"):
        log.best("val_acc")


def test_a_score_that_is_not_finite_makes_a_failed_trial_with_a_reason() -> None:
    trial = Trial({}, 0, {"val_accuracy": 0.1, "val_loss": math.nan})
    assert trial.status == "failed" and trial.reason == "val_loss is nan" and trial.scores == {"val_accuracy": 0.1}
    assert Trial({}, 0, {"val_loss": math.inf}).reason == "val_loss is inf"
    assert Trial({}, 0, {"val_loss": math.nan}, reason="stopped").reason == "stopped"


def test_damaged_lines_are_skipped_and_reported(tmp_path: Path) -> None:
    log = ExperimentLog(tmp_path / "log.jsonl")
    good = Trial({"lr": 0.1}, 0, {"score": 1.0})
    log.append(good)
    row = log.file.read_text().strip()
    lines = [
        row,
        '{"config": 3}',
        "half a li",
        row.replace('"done"', '"failed"'),  # without a reason
        row.replace('"seed": 0', '"seed": "x"'),
        row.replace('"score": 1.0', '"score": "x"'),
        row.replace('{"lr": 0.1}', "[1]"),
        row[:-9],
    ]
    log.file.write_text("\n".join(lines))
    log.append(good)
    assert log.trials() == (good, good)
    assert log.read().damaged_lines == (2, 3, 4, 5, 6, 7, 8)
    assert repr(log).startswith("2 trials in log.jsonl, 0 of them failed. 7 damaged line(s)")


def test_equal_settings_have_equal_keys_whatever_they_are_made_of(tmp_path: Path) -> None:
    one = Trial({"lr": np.float64(0.1), "hidden": (64, 32), "batch": np.int64(8)}, 0)
    other = Trial({"batch": 8, "hidden": [64, 32], "lr": 0.1}, 0)
    log = ExperimentLog(tmp_path / "log.jsonl")
    log.append(one)
    assert one.key == other.key == log.trials()[0].key
    assert other.key != Trial(other.config, 1).key != Trial({"batch": 9, "hidden": [64, 32], "lr": 0.1}, 1).key
