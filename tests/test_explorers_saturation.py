"""Saturation: the measured slope is the slope, the share is what theory says, the mission follows the learner."""

from __future__ import annotations

import math

import numpy as np
import pytest

from course_lib import explorers
from course_lib.explorers.saturation import Layer, Saturate, layer, slope
from course_lib.nn.functional import relu, sigmoid

NORMAL = np.random.default_rng(0).standard_normal(200_000)


def test_the_slope_needs_no_formula() -> None:
    z = np.array([[-2.0], [0.5], [3.0]])
    assert np.allclose(slope(relu, z), [[0], [1], [1]])
    assert np.allclose(slope(np.tanh, z), 1 / np.cosh(z) ** 2, atol=1e-7)


def test_a_single_unit_is_where_the_slider_is() -> None:
    unit = layer("sigmoid", sigmoid, NORMAL[:100], scale=3.0, z=0.0)
    assert unit.a == 0.5 and unit.slope == pytest.approx(0.25)
    assert unit.A.size == 100


@pytest.mark.parametrize("scale", [1.0, 4.0, 8.0, 15.0])
def test_the_share_of_saturated_sigmoids_is_that_of_the_normal_tails(scale: float) -> None:
    edge = math.log(49 + math.sqrt(49**2 - 1))  # a (1 - a) = 0.01, that is e^z + e^-z = 98
    assert math.exp(edge) / (1 + math.exp(edge)) ** 2 == pytest.approx(0.01)
    expected = math.erfc(edge / scale / math.sqrt(2))
    assert layer("sigmoid", sigmoid, NORMAL, scale, 0.0).share == pytest.approx(expected, abs=0.005)


def test_relu_has_no_slope_for_half_of_the_units_at_every_scale() -> None:
    for scale in (0.1, 1.0, 20.0):
        share = layer("ReLU", relu, NORMAL, scale, 1.0).share
        assert share == pytest.approx((NORMAL < 0).mean(), abs=1e-3)  # at z = 0 itself it is between


def numbers(function: str, scale: float, share: float) -> Layer:
    saturated = np.arange(100) < 100 * share
    return Layer(function, scale, np.zeros(100), saturated, 0.0, 0.5, 0.25)


def test_the_mission_is_done_with_relu_at_the_scale_that_saturates_sigmoids() -> None:
    mission = Saturate()
    assert not mission.see(numbers("sigmoid", 7.0, 0.6)).done
    wrong_scale = mission.see(numbers("ReLU", 2.0, 0.5))
    assert not wrong_scale.done and "back to 7.0" in wrong_scale.remark
    done = mission.see(numbers("ReLU", 7.0, 0.52))
    assert done.done and "60%" in done.text and "52%" in done.text


def test_half_is_not_more_than_half() -> None:
    mission = Saturate()
    near = mission.see(numbers("sigmoid", 6.0, 0.5))
    assert near.text == Saturate.line.text and "50% are saturated" in near.remark
    assert not mission.see(numbers("ReLU", 6.0, 0.5)).done


def test_relu_alone_does_not_count() -> None:
    line = Saturate().see(numbers("ReLU", 7.0, 0.55))
    assert line.text == Saturate.line.text and "starts with the sigmoid" in line.remark


def test_the_sliders_reach_the_goal() -> None:
    explorer = explorers.activations()
    assert "Mission: find" in explorer.mission_line.value
    explorer.controls["scale"].value = 10.0
    assert "second half" in explorer.mission_line.value
    explorer.controls["function"].value = "ReLU"
    assert "Done" in explorer.mission_line.value


def test_the_learners_function_is_the_one_that_runs() -> None:
    explorer = explorers.activations(sigmoid=lambda Z: 0 * Z + 0.25)
    assert "activation is 0.250 and the slope 0.000" in explorer.picture.tooltip
    assert "100% of the units are saturated" in explorer.picture.tooltip
