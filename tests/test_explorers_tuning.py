"""The tuning desk: a training counts and is kept, the sliders go back to the best, the kernel may answer meanwhile."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course_lib import explorers, journal
from course_lib.explorers.tuning import TuningDesk
from course_lib.explorers.tuning_space import SPACE, START
from course_lib.explorers.tuning_trials import BUDGET, SCORE
from course_lib.tuning.searches import sample_log_uniform

GOOD = {"lr": 0.1, "hidden": 32, "lam": 0.0, "batch": 16, "momentum": 0.5}


def parts(seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((120, 4)).astype(np.float32)
    y = (X[:, 0] > 0).astype(np.int64)
    return X[:80], y[:80], X[80:], y[80:]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.jsonl"))
    return tmp_path


def made(sample: Callable[..., Any] = sample_log_uniform, seed: int = 0) -> TuningDesk:
    return TuningDesk(parts(seed), sample)


def press(desk: TuningDesk, name: str) -> None:
    assert not desk.buttons[name].disabled
    desk.buttons[name].click()


def put(desk: TuningDesk, **settings: float) -> None:
    for name, value in settings.items():
        desk.controls[name].value = value


def known(desk: TuningDesk) -> list[Any]:
    """What is the same before and after a restart; the seconds are rounded."""
    return [(trial.key, trial.scores, trial.reason) for trial in desk.trials]


# ---- the budget and the log ----------------------------------------------------------------------


def test_a_training_counts_is_kept_and_drawn(folder: Path) -> None:
    desk = made()
    assert desk.best is None and desk.buttons["best"].disabled and desk.buttons["again"].disabled
    before = desk.picture.value
    press(desk, "train")
    (kept,) = folder.glob("tuning-desk-*.jsonl")
    (row,) = [json.loads(line) for line in kept.read_text().splitlines()]
    assert row["config"] == START and row["status"] == "done"
    assert desk.trials[0].scores[SCORE] == row["scores"][SCORE]
    assert f"{BUDGET - 1} of {BUDGET} trainings left" in desk.budget.value
    assert desk.picture.value != before and "1 trainings so far" in desk.picture.tooltip


def test_after_a_restart_the_trials_and_the_budget_are_there() -> None:
    desk = made()
    press(desk, "train")
    put(desk, **GOOD)
    press(desk, "train")
    again = made()
    assert known(again) == known(desk) and again.best == GOOD
    assert f"{BUDGET - 2} of {BUDGET} trainings left" in again.budget.value
    assert again.picture.value != made(seed=1).picture.value


def test_a_trial_that_the_sliders_cannot_show_is_left_out() -> None:
    desk = made()
    press(desk, "train")
    file = desk.experiments.file
    file.write_text(file.read_text().replace(f'"lr": {desk.trials[0].config["lr"]}', '"lr": 0.123'))
    assert '"lr": 0.123' in file.read_text()
    assert made().trials == ()


def test_trials_on_other_validation_images_are_not_mixed_in() -> None:
    press(made(), "train")
    assert made(seed=1).trials == ()


def test_the_budget_ends_and_begins_again(folder: Path) -> None:
    desk = made()
    for seed in range(10):
        for momentum in (0.0, 0.5):
            put(desk, seed=seed, momentum=momentum)
            press(desk, "train")
    assert len(desk.trials) == BUDGET
    assert desk.buttons["train"].disabled and desk.buttons["random"].disabled
    desk.buttons["train"].click()
    assert len(desk.trials) == BUDGET
    press(desk, "again")
    assert desk.trials == () and not desk.buttons["train"].disabled
    press(desk, "train")
    assert len(list(folder.glob("tuning-desk-*.jsonl"))) == 2
    assert len(made().trials) == 1


def test_the_same_settings_and_seed_are_not_trained_twice() -> None:
    desk = made()
    press(desk, "train")
    press(desk, "train")
    assert len(desk.trials) == 1 and "Training 1 was exactly this" in desk.remark.value
    put(desk, seed=1)
    assert desk.remark.value == "" or "exactly" not in desk.remark.value
    press(desk, "train")
    assert len(desk.trials) == 2


def test_a_damaged_line_is_told_and_the_others_stand(folder: Path) -> None:
    desk = made()
    press(desk, "train")
    (file,) = folder.glob("tuning-desk-*.jsonl")
    strange = {"config": {"lr": 1}, "seed": 0, "scores": {}, "seconds": 0, "status": "failed", "reason": "by hand"}
    file.write_text("no line of ours\n" + json.dumps(strange) + "\n" + file.read_text())
    again = made()
    assert known(again) == known(desk) and "1 damaged line(s)" in again.budget.value


def test_a_log_that_cannot_be_read_is_told(folder: Path) -> None:
    desk = made()
    desk.experiments.file.mkdir()
    again = made()
    assert again.trials == () and "cannot be read" in again.budget.value


def test_a_folder_that_cannot_be_written_is_told_and_the_training_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: Path, entry: Any) -> None:
        raise OSError(28, "No space left on device")

    desk = made()
    monkeypatch.setattr(journal, "append", full)
    press(desk, "train")
    assert len(desk.trials) == 1 and "No space left on device" in desk.remark.value
    assert "it will be forgotten at a restart" in desk.remark.value
    put(desk, seed=1)
    press(desk, "train")
    assert len(desk.trials) == 2


# ---- the sliders ---------------------------------------------------------------------------------


def test_the_sliders_go_back_to_the_best() -> None:
    desk = made()
    put(desk, **GOOD, seed=4)
    press(desk, "train")
    put(desk, lr=0.001, hidden=4, seed=0)
    press(desk, "train")
    assert desk.trials[0].scores[SCORE] > desk.trials[1].scores[SCORE]
    press(desk, "best")
    assert {name: control.value for name, control in desk.controls.items() if name != "across"} == {**GOOD, "seed": 4}


def test_a_random_config_comes_from_the_learners_function() -> None:
    calls = []

    def always_the_middle(low: float, high: float, rng: np.random.Generator) -> float:
        calls.append((low, high))
        return (low * high) ** 0.5

    desk = made(always_the_middle)
    press(desk, "random")
    assert calls == [SPACE["lr"].log_uniform, SPACE["lam"].log_uniform]
    assert desk.trials[0].config["lr"] == desk.controls["lr"].value == 0.0562


def test_an_error_of_the_learner_is_a_sentence_and_costs_nothing() -> None:
    def sample_log_uniform(low: float, high: float, rng: np.random.Generator) -> float:
        raise NotImplementedError

    desk = made(sample_log_uniform)
    press(desk, "random")
    assert "Your sample_log_uniform is not written yet" in desk.remark.value and desk.trials == ()
    press(desk, "train")
    assert len(desk.trials) == 1


def test_the_pictures_follow_the_sliders_and_say_so() -> None:
    desk = made()
    press(desk, "train")
    for name, value in {"lr": 1.0, "hidden": 128, "seed": 3, "across": "momentum"}.items():
        before, words = desk.picture.value, desk.picture.tooltip
        put(desk, **{name: value})
        assert desk.picture.value != before or name == "seed"  # a seed has no axis
        assert desk.picture.tooltip != words or name == "across"
    assert desk.axes[1].get_ylabel() == "momentum"


# ---- live ----------------------------------------------------------------------------------------


def test_a_training_runs_on_the_loop_and_the_sliders_answer_meanwhile() -> None:
    async def scenario() -> None:
        desk = made()
        press(desk, "train")
        assert desk.trials == () and not desk.buttons["stop"].disabled and desk.buttons["train"].disabled
        async with asyncio.timeout(20):
            while desk.progress is None or len(desk.progress.accuracies) < 3:
                await asyncio.sleep(0.005)
        before = desk.picture.value
        put(desk, lr=1.0)
        assert desk.picture.value != before
        assert desk.driver.task is not None
        await asyncio.wait_for(asyncio.wrap_future(desk.driver.task), 20)
        assert desk.trials[0].config == START  # as it was begun
        assert desk.buttons["stop"].disabled and not desk.buttons["train"].disabled

    asyncio.run(scenario())


def test_a_training_that_is_stopped_counts(folder: Path) -> None:
    async def scenario() -> None:
        desk = made()
        press(desk, "train")
        async with asyncio.timeout(20):
            while desk.progress is None or not desk.progress.accuracies:
                await asyncio.sleep(0.005)
        press(desk, "stop")
        assert desk.driver.task is not None
        await asyncio.wait_for(asyncio.wrap_future(desk.driver.task), 20)
        (trial,) = desk.trials
        assert trial.reason.startswith("stopped after") and "was stopped, and counts" in desk.remark.value
        assert len(made().trials) == 1 and not desk.buttons["train"].disabled

    asyncio.run(scenario())


def test_without_parts_the_desk_has_digits() -> None:
    desk = explorers.tuning_desk()
    assert [len(part) for part in desk.parts] == [1078, 1078, 359, 359]
    assert abs(float(desk.parts[0].mean())) < 0.01
    assert repr(desk).startswith("tuning_desk: ") and "image/png" in desk._repr_mimebundle_()
