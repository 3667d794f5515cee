"""The V-curve as an explorer: its mission, its near misses, what it says of errors, and its picture."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import plots
from course_lib.explorers.gradient_error import STEPS
from course_lib.explorers.step_size import VCurve

BEST = 10**-4.75


@pytest.fixture
def explorer() -> VCurve:
    return VCurve()


def set_to(explorer: VCurve, **values: object) -> None:
    for name, value in values.items():
        explorer.controls[name].value = value


def test_both_halves_of_the_mission(explorer: VCurve) -> None:
    assert "Mission: for float64 and central" in explorer.mission_line.value and explorer.remark.value == ""
    set_to(explorer, h=BEST)
    assert "second half" in explorer.mission_line.value
    assert "That is it" in explorer.remark.value and "h = 2e-05" in explorer.remark.value
    set_to(explorer, activation="ReLU", batch=64)
    assert explorer.remark.value == "" and not explorer.mission.line.done
    set_to(explorer, h=1e-3)
    assert "No kink is crossed yet" in explorer.remark.value
    set_to(explorer, h=10**-2.75)
    assert "Nearly: a kink is crossed" in explorer.remark.value
    set_to(explorer, h=0.1)
    assert "0.01 or less" in explorer.remark.value and not explorer.mission.line.done
    set_to(explorer, h=0.01)
    assert explorer.mission.line.done
    assert "8 of 768 moves cross a kink at h = 1e-02" in explorer.mission_line.value
    set_to(explorer, h=1e-5)
    assert "Done" in explorer.mission_line.value


def test_near_the_best_step_it_says_which_way(explorer: VCurve) -> None:
    set_to(explorer, h=1e-4)
    assert "Nearly" in explorer.remark.value and "smaller step" in explorer.remark.value
    set_to(explorer, h=1e-6)
    assert "Nearly" in explorer.remark.value and "larger step" in explorer.remark.value
    set_to(explorer, h=1e-9)
    assert explorer.remark.value == ""


def test_other_settings_do_not_count(explorer: VCurve) -> None:
    set_to(explorer, dtype="float32", h=0.01)
    set_to(explorer, dtype="float32", scheme="one-sided", h=1e-3)
    set_to(explorer, h=1e-7, dtype="float64")
    assert "second half" not in explorer.mission_line.value
    set_to(explorer, scheme="central", h=BEST)
    set_to(explorer, activation="tanh", h=0.01)
    assert "tanh has no kink" in explorer.remark.value
    set_to(explorer, scheme="one-sided", activation="ReLU", batch=64)
    assert not explorer.mission.line.done


def test_the_view_is_the_curve_at_the_slider(explorer: VCurve) -> None:
    view = explorer.look(activation="ReLU", dtype="float64", scheme="central", batch=64, h=0.0101)
    assert view.h == pytest.approx(0.01) and view.moves == 768
    assert view.error == view.curve.errors[40] and view.kinks == view.curve.kinks[40]


def test_the_curve_is_drawn_where_the_slider_has_been_until_the_best_step_is_found(
    explorer: VCurve, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    branches: list[str] = []

    def step_error(steps: np.ndarray, errors: np.ndarray, *, ax: object) -> None:
        drawn.append(int(np.isfinite(errors).sum()))

    def power_law(*line: float, name: str, ax: object) -> None:
        branches.append(name)

    monkeypatch.setattr(plots, "step_error", step_error)
    monkeypatch.setattr(plots, "power_law", power_law)
    set_to(explorer, h=1e-2)
    assert drawn == [2] and branches == []  # where it was at first, and here
    set_to(explorer, h=1e-3)
    set_to(explorer, h=1e-2)
    assert drawn == [2, 3, 3]
    set_to(explorer, activation="tanh")
    assert drawn[-1] == 1  # another curve
    set_to(explorer, activation="sigmoid")
    assert drawn[-1] == 3 and branches == []
    set_to(explorer, h=BEST)
    assert drawn[-1] == len(STEPS) and branches == ["rounding", "truncation"]
    set_to(explorer, h=1e-3)  # the frame is drawn once more, with the curve
    assert len(drawn) == 7 and len(branches) == 4
    set_to(explorer, h=1e-2)
    assert len(drawn) == 7
    set_to(explorer, scheme="one-sided")
    assert drawn[-1] == len(STEPS) and len(drawn) == 8


@pytest.mark.parametrize("settings", [{"dtype": "float32"}, {"scheme": "one-sided"}])
def test_the_best_step_of_other_settings_reveals_nothing(explorer: VCurve, settings: dict[str, str]) -> None:
    set_to(explorer, **settings)
    best = explorer.look(**{name: control.value for name, control in explorer.controls.items()}).curve.best
    set_to(explorer, h=STEPS[best])
    assert not explorer.revealed


def test_the_picture_without_a_page_has_the_whole_curve_and_gives_nothing_away_in_the_page(
    explorer: VCurve, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    monkeypatch.setattr(plots, "step_error", lambda steps, errors, *, ax: drawn.append(int(np.isfinite(errors).sum())))
    still = explorer.still()
    assert drawn == [len(STEPS), 1] and not explorer.revealed and explorer.picture.file != still
    set_to(explorer, h=BEST)
    drawn.clear()
    explorer.still()
    assert set(drawn) == {len(STEPS)} and explorer.revealed


def test_an_error_above_the_line_is_no_mistake_of_float32(explorer: VCurve, monkeypatch: pytest.MonkeyPatch) -> None:
    words: list[str] = []
    monkeypatch.setattr(plots, "step_error_frame", lambda *limits, above="", ax: words.append(above))
    set_to(explorer, dtype="float32")
    set_to(explorer, dtype="float64")
    assert "float32" in words[0] and words[1] == ""


def test_a_curve_is_computed_once() -> None:
    calls = 0

    def counted(f, x, h=1e-5):  # type: ignore[no-untyped-def]
        nonlocal calls
        calls += 1
        return np.zeros_like(x)

    explorer = VCurve(counted)
    assert calls == len(STEPS)
    set_to(explorer, h=1e-3)
    set_to(explorer, scheme="one-sided")
    set_to(explorer, scheme="central")
    assert calls == len(STEPS)


def test_an_error_is_told_and_the_explorer_recovers() -> None:
    def stopped(f, x, h=1e-5):  # type: ignore[no-untyped-def]
        raise NotImplementedError

    explorer = VCurve(stopped)
    assert "Your stopped is not written yet" in explorer.remark.value
    set_to(explorer, scheme="one-sided")
    assert "error" not in explorer.remark.value


def test_a_function_that_is_always_exact_can_be_drawn(explorer: VCurve) -> None:
    def exact(f, x, h=1e-5):  # type: ignore[no-untyped-def]
        return f.__self__.gradient()  # no numerical gradient is: its relative error is 0, which has no logarithm

    assert VCurve(exact).picture.value


def test_the_picture_has_a_branch_for_each_slope(explorer: VCurve, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: dict[str, float] = {}

    def power_law(slope: float, level: float, low: float, high: float, *, name: str, ax: object) -> None:
        drawn[name] = slope

    monkeypatch.setattr(plots, "power_law", power_law)
    set_to(explorer, h=BEST)
    set_to(explorer, activation="tanh")
    assert drawn == {"rounding": pytest.approx(-1, abs=0.1), "truncation": pytest.approx(2, abs=0.03)}
    set_to(explorer, scheme="one-sided")
    assert drawn["truncation"] == pytest.approx(1, abs=0.03)
    assert "tanh, float64, one-sided" in explorer.picture.tooltip and "no kinks" in explorer.picture.tooltip


def test_marks_of_kinks_are_stressed_when_they_are_crossed(explorer: VCurve, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[str, int]] = []

    def step_marks(steps: np.ndarray, *, ax: object, colour: str = "all") -> None:
        drawn.append((colour, len(steps)))

    monkeypatch.setattr(plots, "step_marks", step_marks)
    set_to(explorer, activation="ReLU", batch=64, h=0.01)
    assert ("all", 768) in drawn and drawn[-1] == (plots.ORANGE, 8)
    set_to(explorer, h=1e-6)
    assert drawn[-1] == (plots.ORANGE, 0)


def test_without_a_page_there_is_a_picture_and_a_stable_text() -> None:
    first, second = VCurve()._repr_mimebundle_(), VCurve()._repr_mimebundle_()
    assert first["image/png"] == second["image/png"] and len(first["image/png"]) > 10_000
    assert first["text/plain"] == second["text/plain"] and first["text/plain"].startswith("v_curve: ")
