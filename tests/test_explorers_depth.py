"""Initialisation against depth: the layers are what the formula says, He keeps the size, and the mission asks first."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import explorers
from course_lib.explorers.depth import DEEPEST, GROW, SHRINK, XAVIER, Depth, InitScale, KeepTheSize, forward_layers
from course_lib.nn.functional import linear_forward, relu


@pytest.fixture(scope="module")
def explorer() -> InitScale:
    made = explorers.init_scale()
    made.question.value = SHRINK
    return made


def test_two_layers_by_hand() -> None:
    G1, G2 = np.array([[1.0, -1.0], [2.0, 1.0]]), np.array([[1.0], [3.0]])
    first, second = forward_layers(np.array([[1.0, 1.0]]), [G1, G2], 0.5, linear_forward, relu)
    assert np.allclose(first, [[1.5, 0.0]])  # sqrt(2 / 2) = 1
    assert np.allclose(second, [[0.75]])


def test_relu_multiplies_every_layer_by_the_scale(explorer: InitScale) -> None:
    he = explorer.look(activation="ReLU", scale=1.0, depth=DEEPEST)
    for scale in (XAVIER, 1.3, 2.0):
        other = explorer.look(activation="ReLU", scale=scale, depth=DEEPEST)
        assert other.spreads == pytest.approx(he.spreads * scale ** np.arange(1, DEEPEST + 1))


def test_he_keeps_the_size_and_xavier_shrinks_it(explorer: InitScale) -> None:
    assert 0.5 < explorer.look(activation="ReLU", scale=1.0, depth=DEEPEST).growth < 2
    assert explorer.look(activation="ReLU", scale=XAVIER, depth=DEEPEST).growth < 0.1


def test_tanh_cannot_explode(explorer: InitScale) -> None:
    assert explorer.look(activation="tanh", scale=2.0, depth=DEEPEST).spreads.max() <= 1


def numbers(growth: float, *, scale: float = 1.0, activation: str = "ReLU", depth: int = DEEPEST) -> Depth:
    layers = [np.array([-1.0, 1.0])] * (depth - 1) + [growth * np.array([-1.0, 1.0])]
    return Depth(activation, scale, layers)


def test_nothing_counts_before_the_prediction() -> None:
    mission = KeepTheSize()
    assert mission.see(numbers(1.0)) == KeepTheSize.line
    mission.predict(SHRINK)
    assert "half done" not in mission.see(numbers(5.0)).text


@pytest.mark.parametrize("order", [1, -1])
def test_the_mission_takes_both_halves_in_either_order(order: int) -> None:
    mission = KeepTheSize()
    mission.predict(SHRINK)
    first, second = (numbers(0.045, scale=XAVIER), numbers(1.2))[::order]
    assert "half done" in mission.see(first).text
    done = mission.see(second)
    assert done.done and "0.045" in done.text and "1.20" in done.text


def test_a_wrong_prediction_is_told_kindly_and_a_right_one_too() -> None:
    texts = []
    for answer in (SHRINK, GROW):
        mission = KeepTheSize()
        mission.predict(answer)
        texts.append(mission.see(numbers(0.045, scale=XAVIER)).text)
    assert "you were right" in texts[0] and "you were right" not in texts[1]


@pytest.mark.parametrize("other", [{"activation": "tanh"}, {"depth": 5}])
def test_another_activation_or_depth_does_not_count(other: dict[str, object]) -> None:
    mission = KeepTheSize()
    mission.predict(SHRINK)
    line = mission.see(numbers(1.0, **other))
    assert "half done" not in line.text and "ReLU at depth 10" in line.remark


@pytest.mark.parametrize(("growth", "word"), [(0.4, "up"), (2.5, "down")])
def test_near_misses_are_explained(growth: float, word: str) -> None:
    mission = KeepTheSize()
    mission.predict(SHRINK)
    line = mission.see(numbers(growth))
    assert f"{growth:.2f} times" in line.remark and f"a little {word}" in line.remark


def test_the_picture_does_not_give_the_answer_away() -> None:
    explorer = explorers.init_scale()
    assert _references(explorer) == ["He"]
    explorer.question.value = GROW
    assert _references(explorer) == ["He", "Xavier"]


def _references(explorer: InitScale) -> list[str]:
    return [text.get_text() for text in explorer.axes[1].texts]


def test_the_sliders_reach_the_goal() -> None:
    explorer = explorers.init_scale()
    explorer.question.value = SHRINK
    explorer.controls["scale"].value = 1.0
    explorer.controls["scale"].value = 2**-0.5
    assert "Done" in explorer.mission_line.value


def test_the_learners_functions_are_the_ones_that_run() -> None:
    explorer = explorers.init_scale(relu=lambda Z: np.maximum(Z, 0) + 1)
    assert min(A.min() for A in explorer.look(activation="ReLU", scale=1.0, depth=3).layers) == 1
    explorer = explorers.init_scale(linear_forward=lambda X, W, b: X @ W.T @ W)
    assert "shape" not in explorer.remark.value  # square weights hide it, and that is fine: nothing is judged here
