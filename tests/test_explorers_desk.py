"""The training desk: its buttons and sliders while it trains, its missions, the doctor, errors, and its picture."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from course_lib import explorers
from course_lib.explorers import desk
from course_lib.explorers.desk import TrainingDesk
from course_lib.explorers.desk_missions import DivergeAndReach, View
from course_lib.explorers.digit_run import TrainingRun
from course_lib.explorers.learner_step import Functions, Settings
from course_lib.nn import optimizers

SETTINGS = Settings(lr=0.1, mu=0, batch_size=32, schedule="constant")


@pytest.fixture
def quiet_desk() -> TrainingDesk:
    """A desk where no event loop runs: Play works to the end."""
    return TrainingDesk(Functions())


def press(table: TrainingDesk, name: str) -> None:
    assert not table.buttons[name].disabled, f"{name} cannot be pressed"
    table.buttons[name].click()


def set_to(table: TrainingDesk, **values: object) -> None:
    for name, value in values.items():
        table.controls[name].value = value


def enabled(table: TrainingDesk) -> set[str]:
    return {name for name, button in table.buttons.items() if not button.disabled}


def live(scenario: Callable[[TrainingDesk], Any], monkeypatch: pytest.MonkeyPatch, **functions: Any) -> None:
    """Play a scenario at a desk on an event loop, where training runs beside it; nothing may be left behind."""
    monkeypatch.setattr(desk, "PACE", 0.02)  # seconds for an epoch

    async def on_a_loop() -> None:
        table = TrainingDesk(Functions(**functions))
        await scenario(table)
        table.driver.stop()
        if table.driver.task is not None:
            await asyncio.wrap_future(table.driver.task)
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(on_a_loop())


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.001)


# ---- when it opens -------------------------------------------------------------------------------


def test_it_opens_with_a_run_that_was_too_slow_and_what_the_doctor_says(quiet_desk: TrainingDesk) -> None:
    (run,) = quiet_desk.runs
    assert run.epochs == 20 and 0.5 < run.best[1] < 0.9
    assert quiet_desk.status.value == "All 20 epochs are done."
    assert "The training doctor on run 1:" in quiet_desk.doctor.value
    assert "<b>Learning rate too low.</b>" in quiet_desk.doctor.value
    assert "First mission: make training diverge" in quiet_desk.mission_line.value
    assert enabled(quiet_desk) == {"Play", "Reset"}


def test_without_a_page_there_is_a_picture_with_a_run_in_it_and_a_stable_text() -> None:
    first, second = explorers.training_desk()._repr_mimebundle_(), explorers.training_desk()._repr_mimebundle_()
    assert first["image/png"] == second["image/png"] and len(first["image/png"]) > 10_000
    assert first["text/plain"] == second["text/plain"] and first["text/plain"].startswith("training_desk: Left")


# ---- runs ----------------------------------------------------------------------------------------


def test_play_begins_a_new_run_with_the_sliders_settings(quiet_desk: TrainingDesk) -> None:
    before = quiet_desk.picture.value
    set_to(quiet_desk, lr=0.1, mu=0.9, batch_size=64, hidden=64, schedule="cosine decay")
    press(quiet_desk, "Play")
    run = quiet_desk.runs[-1]
    assert (run.number, run.hidden, run.settings) == (2, 64, [Settings(pytest.approx(0.1), 0.9, 64, "cosine decay")])
    assert run.best[1] > 0.95
    assert "Nothing is wrong" in quiet_desk.doctor.value and "on run 2" in quiet_desk.doctor.value
    assert quiet_desk.picture.value != before
    assert quiet_desk.picture.tooltip == (
        "lr 0.1, momentum 0.9, batch 64, cosine decay, 64 hidden units. run 2, epoch 20.0: "
        f"loss {run.curve()[1][-1]:.2g}, {run.validation[-1][2]:.1%} right."
    )


def test_the_last_four_runs_are_kept(quiet_desk: TrainingDesk) -> None:
    set_to(quiet_desk, lr=10.0)  # such runs are short
    for _ in range(5):
        press(quiet_desk, "Play")
    assert [run.number for run in quiet_desk.runs] == [3, 4, 5, 6]


def test_sliders_act_on_the_run_while_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(table: TrainingDesk) -> None:
        press(table, "Play")
        run = table.runs[-1]
        assert run.number == 2
        await until(lambda: run.epochs > 1)
        assert enabled(table) == {"Pause", "Stop", "Reset", "Ask the doctor"}
        await asyncio.to_thread(set_to, table, lr=0.05, mu=0.5, batch_size=16, schedule="cosine decay")
        await until(lambda: run.settings[-1] == Settings(pytest.approx(0.05, rel=0.1), 0.5, 16, "cosine decay"))
        assert "lr 0.05, momentum 0.5, batch 16, cosine decay" in table.picture.tooltip
        assert table.driver.run.state == "running"

    live(scenario, monkeypatch)


def test_hidden_units_wait_for_the_next_reset_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(table: TrainingDesk) -> None:
        press(table, "Play")
        run = table.runs[-1]
        await until(lambda: run.epochs > 1)
        set_to(table, hidden=8)
        assert "8 hidden units come with the next reset." in table.status.value and run.hidden == 32
        press(table, "Reset")
        assert table.status.value == "New weights, 8 hidden units: press Play."
        set_to(table, hidden=4)
        assert table.status.value == "New weights, 4 hidden units: press Play."
        assert enabled(table) == {"Play"} and table.doctor.value == ""
        here = run.epochs
        press(table, "Play")
        await until(lambda: table.runs[-1].epochs > 1)
        assert [(each.number, each.hidden) for each in table.runs] == [(1, 32), (2, 32), (3, 4)]
        assert run.epochs - here < 0.5  # the run that was forgotten does not go on

    live(scenario, monkeypatch)


def test_pause_play_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(table: TrainingDesk) -> None:
        press(table, "Play")
        run = table.runs[-1]
        await until(lambda: run.epochs > 1)
        press(table, "Pause")
        assert table.driver.task is not None
        await asyncio.wrap_future(table.driver.task)
        here = run.epochs
        assert table.status.value.startswith("Paused in epoch ")
        assert enabled(table) == {"Play", "Stop", "Reset", "Ask the doctor"}
        await asyncio.sleep(0.05)
        assert run.epochs == here
        press(table, "Play")
        await until(lambda: run.epochs > here + 1)
        assert table.status.value.startswith("Epoch ") and table.doctor.value == ""
        press(table, "Stop")
        assert table.status.value.startswith("Stopped in epoch ") and "on run 2" in table.doctor.value
        assert enabled(table) == {"Play", "Reset"}
        assert table.runs[-1] is run
        press(table, "Play")
        await until(lambda: table.runs[-1].epochs > 1)
        assert table.runs[-1].number == 3

    live(scenario, monkeypatch)


def test_the_doctor_can_be_asked_in_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(table: TrainingDesk) -> None:
        set_to(table, lr=3.0)
        press(table, "Play")
        await until(lambda: len(table.runs[-1].losses) > 30)
        press(table, "Ask the doctor")
        assert "<b>Learning rate too high.</b>" in table.doctor.value and table.driver.run.state == "running"

    live(scenario, monkeypatch)


def test_a_run_that_overflows_says_so(quiet_desk: TrainingDesk) -> None:
    set_to(quiet_desk, lr=10.0)
    press(quiet_desk, "Play")
    assert quiet_desk.status.value == "The numbers are no longer finite: the run has ended."
    assert "<b>Not finite.</b>" in quiet_desk.doctor.value


# ---- errors --------------------------------------------------------------------------------------


def moody(params: Any, grads: Any, lr: float) -> None:
    if lr > 0.5:
        raise ValueError("lr <is> too much")
    optimizers.sgd_step(params, grads, lr)


def test_an_error_is_one_sentence_and_the_next_run_works() -> None:
    table = TrainingDesk(Functions(sgd_step=moody))
    set_to(table, lr=1.0)
    press(table, "Play")
    assert table.status.value == "An error has ended the run."
    assert "Your moody stopped at its line" in table.remark.value
    assert "ValueError: lr &lt;is&gt; too much" in table.remark.value
    assert enabled(table) == {"Play", "Reset"} and table.doctor.value == ""
    set_to(table, lr=0.1)
    press(table, "Play")
    assert table.runs[-1].epochs == 20 and "error" not in table.remark.value


def test_an_error_while_it_runs_live(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(table: TrainingDesk) -> None:
        press(table, "Play")
        await until(lambda: table.runs[-1].epochs > 1)
        set_to(table, lr=1.0)
        await until(lambda: table.driver.run.state == "failed")
        await asyncio.wrap_future(table.driver.task)  # type: ignore[arg-type]
        assert "Your moody stopped" in table.remark.value and table.doctor.value == ""

    live(scenario, monkeypatch, sgd_step=moody)


def test_an_unwritten_function_opens_an_empty_desk() -> None:
    def unwritten(X: Any, params: Any) -> Any:
        raise NotImplementedError

    table = TrainingDesk(Functions(mlp_forward=unwritten))
    assert "Your unwritten is not written yet" in table.remark.value
    assert bytes(table.picture.value).startswith(b"\x89PNG")
    press(table, "Reset")
    assert "error" not in table.remark.value and enabled(table) == {"Play"}


def test_an_error_of_the_course_is_not_blamed_on_the_learner(
    quiet_desk: TrainingDesk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(desk, "train", lambda *_: iter([1 / 0 for _ in range(1)]))
    press(quiet_desk, "Play")
    assert "The desk itself has stopped, and not your code: ZeroDivisionError" in quiet_desk.remark.value
    assert "Traceback" in capsys.readouterr().err


# ---- the missions --------------------------------------------------------------------------------


def test_both_missions_can_be_done_at_the_desk(quiet_desk: TrainingDesk) -> None:
    set_to(quiet_desk, lr=3.0)
    press(quiet_desk, "Play")
    assert "Diverged, with a learning rate of 3. A tenth of it can be enough." in quiet_desk.remark.value
    assert "Your smallest so far is 3." in quiet_desk.mission_line.value
    set_to(quiet_desk, lr=0.3, mu=0.9)
    press(quiet_desk, "Play")
    assert "Momentum 0.9 adds up 10 steps." in quiet_desk.remark.value
    set_to(quiet_desk, lr=0.03, mu=0.99, batch_size=16)
    press(quiet_desk, "Play")
    assert "First mission done: it diverged with a learning rate of 0.03" in quiet_desk.mission_line.value
    set_to(quiet_desk, lr=0.02, mu=0, batch_size=32)
    press(quiet_desk, "Play")
    assert re.search(r"9\d\.\d%( so far|, after epoch)", quiet_desk.remark.value) and not quiet_desk.mission.line.done
    set_to(quiet_desk, hidden=64, lr=0.3)
    press(quiet_desk, "Play")
    assert quiet_desk.mission.line.done and quiet_desk.remark.value == ""
    assert "Second mission done: 9" in quiet_desk.mission_line.value


def run_with(accuracies: list[float], losses: list[float] | None = None, **settings: float) -> TrainingRun:
    run = TrainingRun(2, 32, epochs=len(accuracies), settings=[replace(SETTINGS, **settings)])
    run.validation = [(epoch, 0.5, accuracy) for epoch, accuracy in enumerate(accuracies, start=1)]
    run.record.losses = losses or [2.3, 1.0]
    return run


def seen(run: TrainingRun, *, over: bool = True, mission: DivergeAndReach | None = None) -> Any:
    return (mission or DivergeAndReach()).see(View(run, (), SETTINGS, 32, over))


@pytest.mark.parametrize(
    ("accuracies", "words"),
    [
        ([0.5, 0.85], ""),
        ([0.8, 0.94, 0.93], "94.0% so far. It has stopped rising."),
        (list(np.linspace(0.5, 0.96, 20)), "Nearly: 96.0%, after epoch 20. It was still rising"),
        ([0.9, 0.965, 0.96, 0.96], "Nearly: 96.5%, after epoch 2. It has stopped rising"),
    ],
)
def test_near_misses_of_the_accuracy(accuracies: list[float], words: str) -> None:
    remark = seen(run_with(accuracies)).remark
    assert remark.startswith(words) if words else remark == ""
    assert seen(run_with(accuracies), over=False).remark == ""  # not while it can still get there


def test_the_largest_learning_rate_of_a_run_counts() -> None:
    run = run_with([0.1], [2.3] + [100.0] * 20, lr=2.0)
    run.settings.append(replace(SETTINGS, lr=0.01))
    line = seen(run, over=False)
    assert "smallest so far is 2." in line.text and "A tenth of it" in line.remark


@pytest.mark.parametrize(
    ("mu", "words"), [(0, "What else makes a step longer?"), (0.5, "adds up 2 steps"), (0.99, "Smaller batches")]
)
def test_near_misses_of_divergence(mu: float, words: str) -> None:
    assert words in seen(run_with([0.1], [2.3] + [100.0] * 20, lr=0.2, mu=mu)).remark


def test_what_is_done_stays_done() -> None:
    mission = DivergeAndReach()
    seen(run_with([0.975]), mission=mission)
    line = seen(run_with([0.5]), mission=mission)
    assert "Second mission done: 97.5% on the validation digits after epoch 1." in line.text and not line.done
    line = seen(run_with([0.1], [2.3] + [100.0] * 20, lr=0.04), mission=mission)
    assert line.done and "First mission done: it diverged with a learning rate of 0.04." in line.text
