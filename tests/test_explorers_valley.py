"""The loss valley as an explorer: prediction, both halves of the mission, near misses, pictures."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import explorers, plots
from course_lib.explorers.valley import ACROSS, ALONG, TOGETHER, LossValley
from course_lib.nn.optimizers import momentum_step, sgd_step


@pytest.fixture
def valley() -> LossValley:
    return LossValley(sgd_step, momentum_step)


def set_to(explorer: LossValley, **values: float) -> None:
    for name, value in values.items():
        explorer.controls[name].value = value


def predicted(explorer: LossValley, answer: str = ACROSS) -> LossValley:
    assert explorer.question is not None
    explorer.question.value = answer
    return explorer


def test_the_prediction_comes_first(valley: LossValley) -> None:
    assert "predict first" in valley.mission_line.value and valley.controls["lr"].disabled
    predicted(valley)
    assert not valley.controls["lr"].disabled and "largest learning rate" in valley.mission_line.value


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [(ACROSS, "as you predicted"), *((other, f"and you predicted “{other}”") for other in (ALONG, TOGETHER))],
)
def test_both_halves_of_the_mission(valley: LossValley, answer: str, verdict: str) -> None:
    predicted(valley, answer)
    assert "Safe, but slow" in valley.remark.value
    set_to(valley, lr=0.1)
    assert "How much more can it take?" in valley.remark.value
    set_to(valley, lr=0.3)
    assert "It flies apart. Try a smaller" in valley.remark.value
    set_to(valley, lr=0.19)
    assert "at 0.300 it flies apart. Where between" in valley.remark.value
    set_to(valley, lr=0.2)
    assert "neither comes down nor flies apart" in valley.remark.value
    set_to(valley, lr=0.21)
    assert f"it comes down at 0.190, and at 0.210 it flies apart, across the valley, {verdict}." in (
        valley.mission_line.value
    )
    set_to(valley, lr=0.03, mu=0.5)
    assert "Try a larger learning rate" in valley.remark.value or "steps. More momentum" in valley.remark.value
    set_to(valley, mu=0.9)
    assert "rolls past the bottom" in valley.remark.value
    set_to(valley, mu=0.5, lr=0.2)
    assert valley.mission.line.done
    assert "Done: down in 19 steps, with momentum 0.50 and learning rate 0.200" in valley.mission_line.value


def test_other_settings_do_not_count_and_are_explained(valley: LossValley) -> None:
    predicted(valley)
    set_to(valley, mu=0.5, lr=0.19)
    assert "set both to 0" in valley.remark.value
    set_to(valley, lr=0.21)
    set_to(valley, mu=0, noise=1)
    assert "set both to 0" in valley.remark.value and not valley.mission.limit_found
    set_to(valley, noise=0, lr=0.205)
    set_to(valley, lr=0.195)
    assert valley.mission.limit_found
    assert valley.remark.value == ""
    set_to(valley, lr=0.2)
    assert "without momentum" in valley.remark.value
    set_to(valley, noise=2, mu=0.5)
    assert "away from the bottom, on average" in valley.remark.value and not valley.mission.line.done
    set_to(valley, lr=0.4, noise=0)
    assert "with momentum the limit is higher" in valley.remark.value


def test_the_path_that_is_drawn_is_the_learners(monkeypatch: pytest.MonkeyPatch) -> None:
    def half(params: dict[str, np.ndarray], grads: dict[str, np.ndarray], lr: float) -> None:
        params["W1"] /= 2

    drawn: list[np.ndarray] = []
    monkeypatch.setattr(plots, "descent_path", lambda w, *, ax: drawn.append(w))
    LossValley(half, momentum_step)
    assert drawn[-1][:3].tolist() == [[-8, 2], [-4, 1], [-2, 0.5]]


def test_an_error_is_a_sentence_and_momentum_still_works() -> None:
    def unwritten(params: object, grads: object, lr: float) -> None:
        raise NotImplementedError

    valley = predicted(LossValley(unwritten, momentum_step))
    assert "Your unwritten is not written yet" in valley.remark.value
    set_to(valley, mu=0.5)
    assert "not written" not in valley.remark.value and "Learning rate 0.050" in valley.picture.tooltip


def test_extreme_settings_can_be_drawn(valley: LossValley) -> None:
    predicted(valley)
    for settings in ({"lr": 0.4}, {"noise": 3}, {"mu": 0.95}, {"lr": 0.005}):
        before = valley.picture.value
        set_to(valley, **settings)
        assert valley.picture.value != before


def test_without_a_page_there_is_a_picture_and_a_stable_text() -> None:
    first, second = explorers.loss_valley()._repr_mimebundle_(), explorers.loss_valley()._repr_mimebundle_()
    assert first["image/png"] == second["image/png"] and len(first["image/png"]) > 10_000
    assert first["text/plain"] == second["text/plain"] and first["text/plain"].startswith("loss_valley: ")
