"""The optimiser race as an explorer: a prediction, two things to look at, two winners to find, near misses."""

from __future__ import annotations

import pytest

from course_lib import explorers, plots
from course_lib.explorers.race import BOTH, TURNED, OptimizerRace


@pytest.fixture
def explorer() -> OptimizerRace:
    return explorers.optimizer_race()


def set_to(explorer: OptimizerRace, **values: object) -> None:
    for name, value in values.items():
        explorer.controls[name].value = value


def test_nothing_can_be_moved_before_the_prediction(explorer: OptimizerRace) -> None:
    assert all(control.disabled for control in explorer.controls.values())
    explorer.question.value = BOTH
    assert not any(control.disabled for control in explorer.controls.values())


@pytest.mark.parametrize(("answer", "told"), [(TURNED, "as you predicted"), (BOTH, "and you predicted “both”")])
def test_the_whole_mission(explorer: OptimizerRace, answer: str, told: str) -> None:
    explorer.question.value = answer
    assert "settle it" in explorer.mission_line.value
    set_to(explorer, steepness=10)
    assert "10 times as steep. Go on to 100." in explorer.remark.value
    set_to(explorer, steepness=100)
    assert "As in the given valley: RMSprop and Adam. Not so: SGD and momentum." in explorer.remark.value
    assert "one part done" in explorer.mission_line.value
    set_to(explorer, turn=45)
    assert "Both at once" in explorer.remark.value
    set_to(explorer, steepness=1)
    assert "As in the given valley: SGD and momentum. Not so: RMSprop and Adam." in explorer.remark.value
    assert told in explorer.mission_line.value
    assert "that momentum wins, and one that Adam wins" in explorer.mission_line.value
    set_to(explorer, lr=0.05)
    assert "momentum wins this one" in explorer.remark.value
    assert "a race that Adam wins" in explorer.mission_line.value and not explorer.mission.line.done
    set_to(explorer, turn=0, lr=0.1)
    assert explorer.mission.line.done
    assert "momentum with learning rate 0.050, steepness 1, turned by 45°" in explorer.mission_line.value
    assert "Adam with learning rate 0.100, steepness 1, turned by 0°" in explorer.mission_line.value
    set_to(explorer, turn=90)
    assert "Done" in explorer.mission_line.value


def test_the_turn_can_come_first(explorer: OptimizerRace) -> None:
    explorer.question.value = TURNED
    set_to(explorer, turn=20)
    assert "Go on to 45°" in explorer.remark.value
    set_to(explorer, lr=0.2, turn=45)
    assert "0.04 or less" in explorer.remark.value and "settle it" in explorer.mission_line.value
    set_to(explorer, lr=0.03)
    assert "without a turn, and 100 times as steep" in explorer.mission_line.value


def test_a_close_race_has_no_winner(explorer: OptimizerRace) -> None:
    explorer.question.value = TURNED
    set_to(explorer, steepness=100)
    set_to(explorer, steepness=1, turn=45)
    set_to(explorer, turn=0, lr=0.03)
    now = explorer.look(lr=0.03, steepness=1, turn=0, step=100)
    assert now.winner == "" and "less than a factor of ten" in explorer.remark.value


def test_the_step_slider_shows_a_part_of_the_same_race(
    explorer: OptimizerRace, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    monkeypatch.setattr(plots, "paths", lambda runs, ax: drawn.extend(len(path) for path in runs.values()))
    explorer.question.value = TURNED
    drawn.clear()
    set_to(explorer, step=10)
    assert drawn == [11] * 4
    assert "after 10 steps" in explorer.picture.tooltip


def test_words_for_who_is_gone(explorer: OptimizerRace) -> None:
    explorer.question.value = TURNED
    set_to(explorer, steepness=1000)
    assert "SGD gone, momentum gone, RMSprop " in explorer.picture.tooltip


def test_a_stub_is_told_and_a_right_function_draws_again() -> None:
    def adam_step(params, grads, state, t, lr):  # type: ignore[no-untyped-def]
        if lr > 0.05:
            raise NotImplementedError

    explorer = explorers.optimizer_race(adam_step=adam_step)
    explorer.question.value = TURNED
    set_to(explorer, lr=0.1)
    assert "Your adam_step is not written yet" in explorer.remark.value
    set_to(explorer, lr=0.04)
    assert "not written" not in explorer.remark.value


def test_without_a_page_there_is_a_picture_and_a_stable_text() -> None:
    first, second = explorers.optimizer_race()._repr_mimebundle_(), explorers.optimizer_race()._repr_mimebundle_()
    assert first["image/png"] == second["image/png"] and len(first["image/png"]) > 10_000
    assert first["text/plain"] == second["text/plain"] and first["text/plain"].startswith("optimizer_race: ")
