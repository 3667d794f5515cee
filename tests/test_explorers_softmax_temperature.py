"""Temperature: the entropy is the entropy, the order is kept, and the mission knows near from done."""

from __future__ import annotations

import math

import numpy as np
import pytest

from course_lib import explorers
from course_lib.data import load
from course_lib.explorers.shell import LearnerError
from course_lib.explorers.softmax_temperature import Prediction, SharpAndFlat, at_temperature, entropy, unsure_digit
from course_lib.nn.functional import softmax


def test_entropy() -> None:
    assert entropy(np.array([0.0, 1.0, 0.0])) == 0
    assert entropy(np.full(10, 0.1)) == pytest.approx(math.log(10))
    assert entropy(np.array([0.5, 0.25, 0.25])) == pytest.approx(1.5 * math.log(2))


def test_a_temperature_of_two_takes_the_root_of_the_odds() -> None:
    P = at_temperature(softmax, np.array([0.0, math.log(9)]), 2.0).P
    assert P == pytest.approx([0.25, 0.75])


def test_no_temperature_changes_the_order() -> None:
    _, _, logits = unsure_digit()
    for T in np.geomspace(0.05, 100, 20):
        assert np.array_equal(at_temperature(softmax, logits, T).P.argsort(), logits.argsort())


def test_the_digit_is_a_test_image_that_the_network_is_unsure_of() -> None:
    image, label, logits = unsure_digit()
    digits = load("digits")
    (place,) = np.flatnonzero((digits.X_test == image).all(axis=1))
    assert digits.y_test[place] == label
    assert 0.5 < softmax(logits[None]).max() < 0.7


def test_what_is_no_softmax_is_named() -> None:
    with pytest.raises(LearnerError, match=r"adds up to 0\.500"):
        at_temperature(lambda Z: softmax(Z) / 2, np.arange(3.0), 1.0)

    def naive(Z: np.ndarray) -> np.ndarray:
        return np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)

    with pytest.raises(LearnerError, match="Your naive returned nan"):
        at_temperature(naive, np.array([0.0, 40.0]), 0.05)


def numbers(T: float, top: float) -> Prediction:
    return Prediction(T, np.append(np.full(9, (1 - top) / 9), top))


@pytest.mark.parametrize("order", [1, -1])
def test_the_mission_takes_both_halves_in_either_order(order: int) -> None:
    mission = SharpAndFlat()
    first, second = (numbers(0.2, 0.995), numbers(40.0, 0.115))[::order]
    half = mission.see(first)
    assert not half.done and "half done" in half.text
    done = mission.see(second)
    assert done.done and "99.5%" in done.text and "11.5%" in done.text and "order" in done.text


def test_near_misses_are_explained() -> None:
    mission = SharpAndFlat()
    sharp, flat = mission.see(numbers(0.3, 0.985)), mission.see(numbers(20.0, 0.13))
    assert "98.5%" in sharp.remark and "smaller T" in sharp.remark
    assert "13.0%" in flat.remark and "larger T" in flat.remark
    assert not sharp.done and not flat.done
    assert mission.see(numbers(1.0, 0.6)).remark == ""


def test_the_slider_reaches_both_ends() -> None:
    explorer = explorers.temperature()
    explorer.controls["T"].value = 10**-1.5
    explorer.controls["T"].value = 100.0
    assert "Done" in explorer.mission_line.value
