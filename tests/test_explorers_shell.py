"""The shell of an explorer: it calls the learner's code safely, draws the newest settings, and keeps its mission."""

from __future__ import annotations

import base64
import threading
from typing import Any

import ipywidgets as widgets
import numpy as np
import pytest
import threadpoolctl

from course_lib import explorers, plots
from course_lib.explorers.shell import (
    Explorer,
    LearnerError,
    Line,
    Mission,
    call,
    call_in_place,
    call_with_cache,
    slider,
)

# ---- call ----------------------------------------------------------------------------------------


def test_call_hands_over_copies_and_takes_the_first_of_a_tuple() -> None:
    X, params = np.ones(3), {"W1": np.ones(2)}

    def greedy(X: np.ndarray, params: dict[str, np.ndarray]) -> tuple[np.ndarray, str]:
        X += 1
        params["W1"] *= 5
        return X, "cache"

    assert np.array_equal(call(greedy, X, params, shape=(3,)), [2, 2, 2])
    assert np.array_equal(X, [1, 1, 1]) and np.array_equal(params["W1"], [1, 1])


def not_written(Z: np.ndarray) -> np.ndarray:
    raise NotImplementedError


def misspelt(Z: np.ndarray) -> np.ndarray:
    return Z.maximum()


def sideways(Z: np.ndarray) -> np.ndarray:
    return Z.T


def divides(Z: np.ndarray) -> np.ndarray:
    return Z / (Z - 1)


def halves_to_nan(Z: np.ndarray) -> np.ndarray:
    return np.where(Z > 1, np.nan, Z)


def forgets(Z: np.ndarray) -> None:
    Z + 1


def ragged(Z: np.ndarray) -> list[list[float]]:
    return [[1.0, 2.0], [3.0]]


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (not_written, "Your not_written is not written yet"),
        (misspelt, r"at its line 'return Z.maximum\(\)': AttributeError"),
        (sideways, r"Your sideways should return an array of shape \(2, 3\) here, but its shape is \(3, 2\)"),
        (divides, "Your divides returned inf in 1 of 6 places"),
        (halves_to_nan, "Your halves_to_nan returned nan in 4 of 6 places"),
        (ragged, "Your ragged should return an array of numbers, but it returned list"),
        (forgets, "Your forgets should return an array of numbers, but it returned NoneType"),
    ],
)
def test_call_says_what_is_wrong(function: Any, sentence: str) -> None:
    with pytest.raises(LearnerError, match=sentence):
        call(function, np.arange(6.0).reshape(2, 3), shape=(2, 3))


def test_call_copies_dicts_in_dicts() -> None:
    state = {"m": {"W1": np.ones(2)}}

    def greedy(state: dict[str, dict[str, np.ndarray]]) -> float:
        state["m"]["W1"] *= 5
        return 1.0

    call(greedy, state, shape=())
    assert np.array_equal(state["m"]["W1"], [1, 1])


def test_a_cache_comes_with_the_numbers() -> None:
    numbers, cache = call_with_cache(lambda Z: (2 * Z, {"Z": Z}), np.ones(3), shape=(3,))
    assert np.array_equal(numbers, [2, 2, 2]) and list(cache) == ["Z"]
    with pytest.raises(LearnerError, match="two things, the result and the cache"):
        call_with_cache(sideways, np.ones((2, 3)), shape=(3, 2))


def test_in_place_the_learners_function_works_on_what_it_is_given() -> None:
    params = {"W1": np.ones(2)}

    def step(params: dict[str, np.ndarray], by: float) -> None:
        params["W1"] -= by / np.array([1.0, 0.0])

    call_in_place(step, params, 0.5)
    assert np.array_equal(params["W1"], [0.5, -np.inf])  # a step may be too long


def widens(params: dict[str, np.ndarray]) -> None:
    params["W1"] = np.ones((2, 2))


def empties(params: dict[str, np.ndarray]) -> None:
    params.clear()


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (widens, r'leave params\["W1"\] with the shape \(2,\), but now its shape is \(2, 2\)'),
        (empties, r'leave params\["W1"\] with the shape \(2,\), but now it is gone'),
        (not_written, "Your not_written is not written yet"),
        (misspelt, "Your misspelt stopped at its line"),
    ],
)
def test_in_place_it_is_said_what_is_wrong(function: Any, sentence: str) -> None:
    with pytest.raises(LearnerError, match=sentence):
        call_in_place(function, {"W1": np.ones(2)})


# ---- the explorer --------------------------------------------------------------------------------


class FindSeven(Mission):
    line = Line("Mission: find <seven>.")

    def predict(self, answer: str) -> Line:
        return Line(f"Mission: you said {answer}.")

    def see(self, numbers: float) -> Line:
        return Line("Done: seven.", done=True) if numbers == 7 else Line(self.line.text, f"This is {numbers:g}.")


class Doubling(Explorer):
    name = "doubling"
    caption = "One bar."

    def __init__(self, function: Any = lambda x: x, question: Any = None) -> None:
        self.function = function
        self.looked: list[int] = []
        controls = {"x": slider(widgets.IntSlider, 1, max=9, description="x")}
        super().__init__(plots.panels([1]), controls, FindSeven(), question=question)

    def look(self, *, x: int) -> float:
        self.looked.append(x)
        return float(call(self.function, np.array(float(x)), shape=()))

    def draw_frame(self) -> None:
        plots.plane_frame((0, 10, 0, 10), ax=self.axes[0])

    def draw(self, numbers: float) -> None:
        plots.point(numbers, numbers, ax=self.axes[0])

    def describe(self, numbers: float) -> str:
        return f"A point at {numbers:g}."


def test_a_control_redraws_the_picture_and_its_words() -> None:
    explorer = Doubling()
    first = explorer.picture.value
    explorer.controls["x"].value = 5
    assert explorer.picture.value != first
    assert explorer.picture.tooltip == "A point at 5."


def test_a_mission_turns_done_and_stays_done() -> None:
    explorer = Doubling()
    assert "Mission: find &lt;seven&gt;." in explorer.mission_line.value and "This is 1." in explorer.remark.value
    explorer.controls["x"].value = 7
    assert "Done: seven." in explorer.mission_line.value and explorer.remark.value == ""
    explorer.controls["x"].value = 3
    assert "Done: seven." in explorer.mission_line.value and explorer.remark.value == ""


def test_an_error_in_the_learners_code_is_shown_and_the_last_picture_stays() -> None:
    def no_fives(x: np.ndarray) -> np.ndarray:
        if x == 5:
            raise ValueError("five <is> too much")
        return x

    explorer = Doubling(no_fives)
    before = explorer.picture.value
    explorer.controls["x"].value = 5
    assert explorer.picture.value == before
    assert "ValueError: five &lt;is&gt; too much" in explorer.remark.value and "error" in explorer.remark.value
    explorer.controls["x"].value = 7
    assert explorer.remark.value == "" and "Done" in explorer.mission_line.value


def test_an_error_from_the_start_leaves_an_empty_frame() -> None:
    explorer = Doubling(not_written)
    assert "not written yet" in explorer.remark.value
    assert bytes(explorer.picture.value).startswith(b"\x89PNG")


def test_an_error_in_the_course_is_not_taken_for_the_learners(monkeypatch: pytest.MonkeyPatch) -> None:
    explorer = Doubling()
    monkeypatch.setattr(Doubling, "draw", lambda self, numbers: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        explorer.controls["x"].value = 2


def test_a_question_comes_before_the_controls() -> None:
    explorer = Doubling(question=("Predict first: up or down?", ("up", "down")))
    assert explorer.controls["x"].disabled and not explorer.question.disabled
    explorer.question.value = "down"
    assert not explorer.controls["x"].disabled and explorer.question.disabled
    assert "This is 1." in explorer.remark.value


def test_of_requests_that_wait_only_the_newest_is_drawn() -> None:
    at_work, go_on = threading.Event(), threading.Event()

    def slow(x: np.ndarray) -> np.ndarray:
        if x == 2:
            at_work.set()
            assert go_on.wait(10)
        return x

    explorer = Doubling(slow)
    threads = [threading.Thread(target=setattr, args=(explorer.controls["x"], "value", 2))]
    threads[0].start()
    assert at_work.wait(10)
    for newest, x in enumerate((3, 4, 5), start=explorer._newest + 1):
        threads.append(threading.Thread(target=setattr, args=(explorer.controls["x"], "value", x)))
        threads[-1].start()
        while explorer._newest < newest:
            threads[-1].join(0.001)
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert explorer.looked == [1, 2, 5]
    assert explorer.picture.tooltip == "A point at 5."


# ---- without a page ------------------------------------------------------------------------------


def test_a_picture_and_a_caption_stand_in_where_there_is_no_page() -> None:
    explorer = Doubling()
    bundle = explorer._repr_mimebundle_()
    assert bundle["text/plain"] == repr(explorer) == "doubling: One bar."
    assert base64.b64decode(bundle["image/png"]) == explorer.picture.file
    assert "application/vnd.jupyter.widget-view+json" in bundle


@pytest.mark.parametrize("name", ["activations", "temperature", "init_scale", "boundary"])
def test_an_explorer_looks_the_same_twice_and_answers_every_control(name: str) -> None:
    explorer, again = getattr(explorers, name)(), getattr(explorers, name)()
    assert repr(explorer) == repr(again) and explorer.picture.value == again.picture.value
    if explorer.question is not None:
        explorer.question.value = explorer.question.options[0]
    for control in explorer.controls.values():
        before, words = explorer.picture.value, explorer.picture.tooltip
        control.value = _another_value(control)
        assert explorer.picture.value != before and explorer.picture.tooltip != words


def _another_value(control: Any) -> Any:
    if hasattr(control, "options"):
        values = [option[1] if isinstance(option, tuple) else option for option in control.options]
        return values[1] if values[0] == control.value else values[0]
    return control.base**control.min if hasattr(control, "base") else control.min


def test_the_learners_products_run_on_one_thread() -> None:
    counted: list[int] = []

    def count(x: np.ndarray) -> np.ndarray:
        for library in threadpoolctl.threadpool_info():
            if library["user_api"] == "blas" and "numpy" in library["filepath"]:  # SciPy has one of its own
                counted.append(library["num_threads"])
        return x

    Doubling(count)
    if not counted:
        pytest.skip("NumPy's BLAS is not one that threadpoolctl knows")
    assert set(counted) == {1}
