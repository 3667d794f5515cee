"""Predict the sign by its buttons: prediction before answer, round after round, and the score."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import plots
from course_lib.explorers.gradient_sign import Network, reveal
from course_lib.explorers.prediction import PredictSign
from course_lib.nn import functional


@pytest.fixture
def game() -> PredictSign:
    return PredictSign(Network())


def right_answer(game: PredictSign) -> str:
    return reveal(game.asked.situation, Network()).answer


def play(game: PredictSign, *, right: bool) -> None:
    answer = right_answer(game)
    other = next(name for name in game.answers if name != answer)
    game.answers[answer if right else other].click()  # type: ignore[index]


def test_nothing_is_revealed_before_the_prediction(game: PredictSign, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Round 1 of 7" in game.mission_line.value and "What does the loss do?" in game.mission_line.value
    assert not any(button.disabled for button in game.answers.values()) and game.onward.disabled
    shown = game.picture.value
    drawn = []
    monkeypatch.setattr(plots, "weight_loss", lambda *args, **kwargs: drawn.append(list(game.predictions)))
    play(game, right=True)
    assert len(drawn) == 1 and len(drawn[0]) == 1  # it was kept when the answer was drawn, and not before
    assert game.picture.value != shown
    assert all(button.disabled for button in game.answers.values()) and not game.onward.disabled


def test_a_prediction_cannot_be_changed(game: PredictSign) -> None:
    play(game, right=False)
    said = game.mission_line.value
    play(game, right=True)
    assert game.mission_line.value == said and len(game.predictions) == 1


def test_right_and_wrong_are_told_and_counted(game: PredictSign) -> None:
    play(game, right=True)
    assert "as you predicted" in game.mission_line.value and "1 of 1" in game.remark.value
    game.onward.click()
    assert "Round 2 of 7" in game.mission_line.value and "1 of 1" in game.remark.value
    play(game, right=False)
    assert "and you predicted that it" in game.mission_line.value and "1 of 2" in game.remark.value


def test_after_the_last_round_there_is_a_summary_and_another_game(game: PredictSign) -> None:
    first = [now.label for now in game.rounds]
    for number in range(7):
        play(game, right=number != 3)
        assert game.onward.description == ("Next round" if number < 6 else "Again, with new networks")
        if number < 6:
            game.onward.click()
    assert game.mission.line.done and "you predicted 6 of 7" in game.remark.value
    game.onward.click()
    assert "Round 1 of 7" in game.mission_line.value and not game.mission.line.done
    assert game.predictions == [] and game.remark.value == ""
    assert [now.label for now in game.rounds] != first
    assert [now.label for now in PredictSign(Network()).rounds] == first


def test_the_dot_in_the_middle_gives_nothing_away(game: PredictSign) -> None:
    for _ in range(7):
        now = game.asked.situation
        low, high = game.axes[1].get_ylim()
        left, right = game.axes[1].get_xlim()
        assert (low + high) / 2 == pytest.approx(Network().loss(now, 0))
        assert (left + right) / 2 == pytest.approx(now.weight)
        play(game, right=True)
        game.onward.click()


def test_the_network_is_told_in_words(game: PredictSign) -> None:
    words = game.picture.tooltip
    now = game.asked.situation
    assert f"the right class is {now.y}" in words and f"{now.label} = " in words
    assert "goes" not in words


def test_an_error_in_a_function_is_told(game: PredictSign) -> None:
    def mlp_backward(dlogits, params, cache):  # type: ignore[no-untyped-def]
        raise NotImplementedError

    broken = PredictSign(Network(mlp_backward=mlp_backward))
    play(broken, right=True)
    assert "Your mlp_backward is not written yet" in broken.remark.value
    broken.onward.click()
    assert "Round 2 of 7" in broken.mission_line.value


def test_the_learners_functions_make_the_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    game = PredictSign(Network(cross_entropy=lambda logits, y: 2 * functional.cross_entropy(logits, y)))
    curves: list[np.ndarray] = []
    monkeypatch.setattr(plots, "weight_loss", lambda weights, losses, **kwargs: curves.append(losses))
    play(game, right=True)
    reference = PredictSign(Network())
    play(reference, right=True)
    np.testing.assert_allclose(curves[0], 2 * curves[1])


def test_without_a_page_there_is_a_picture_and_a_stable_text() -> None:
    first, second = PredictSign(Network())._repr_mimebundle_(), PredictSign(Network())._repr_mimebundle_()
    assert first["image/png"] == second["image/png"] and len(first["image/png"]) > 10_000
    assert first["text/plain"] == second["text/plain"] and first["text/plain"].startswith("predict_sign: ")
