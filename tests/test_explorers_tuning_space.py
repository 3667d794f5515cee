"""The settings of the tuning desk: stops, heights and groups, and draws by the learner's function."""

from __future__ import annotations

import math

import numpy as np
import pytest

from course_lib.explorers.shell import LearnerError
from course_lib.explorers.tuning_space import SPACE, START, Setting, random_config, short, text
from course_lib.tuning.searches import sample_log_uniform

HALVES = Setting("halves", (0.0, 0.5, 1.0), (0.0, 1.0))


def test_a_value_lies_where_its_stop_is() -> None:
    assert [HALVES.height(value) for value in HALVES.values] == [0, 0.5, 1]
    assert HALVES.ticks == [(0, "0"), (1, "1")]
    for setting in SPACE.values():
        heights = [setting.height(value) for value in setting.values]
        assert heights[0] == 0 and heights[-1] == 1
        assert heights == sorted(set(heights))


def test_the_learning_rate_is_on_a_log_scale() -> None:
    lr = SPACE["lr"]
    assert lr.height(0.1) - lr.height(0.01) == pytest.approx(lr.height(0.01) - lr.height(0.001))
    assert lr.values[lr.at(0.0123)] == 0.0133  # the nearest by its logarithm


def test_no_penalty_stands_apart_from_the_smallest_one() -> None:
    lam = SPACE["lam"]
    assert lam.values[0] == 0
    assert lam.height(lam.values[1]) > 2 * (lam.height(lam.values[2]) - lam.height(lam.values[1]))


def test_neighbouring_stops_share_a_group_and_every_group_is_used() -> None:
    for setting in SPACE.values():
        groups = [setting.group(value) for value in setting.values]
        assert groups == sorted(groups) and set(groups) == set(range(len(setting.groups)))
        assert [setting.group(value) for value in setting.groups] == list(range(len(setting.groups)))
        assert len(setting.labels) == len(set(setting.labels))


def test_labels_are_short_and_tell_apart() -> None:
    assert [short(value) for value in (0.0, 1e-6, 0.000316, 0.0316, 0.95, 3.16, 128)] == [
        "0", "1e-6", "0.0003", "0.03", "0.95", "3", "128",
    ]  # fmt: skip
    assert text(0.0316) == "0.0316"
    for setting in SPACE.values():
        assert len({text(value) for value in setting.values}) == len(setting.values)


def test_the_desk_starts_on_stops() -> None:
    assert {name: SPACE[name].values[SPACE[name].at(value)] for name, value in START.items()} == START


def test_a_random_config_has_stops_alone_and_covers_them() -> None:
    rng = np.random.default_rng(0)
    drawn = [random_config(sample_log_uniform, rng) for _ in range(400)]
    for name, setting in SPACE.items():
        values = {config[name] for config in drawn}
        assert values <= set(setting.values)
        assert values == set(setting.values) or setting.log_uniform is not None
    lr = np.log10([config["lr"] for config in drawn])
    assert abs(np.mean(lr < (np.log10(0.001) + np.log10(3)) / 2) - 0.5) < 0.1  # half of them below the middle


def not_written(low: float, high: float, rng: np.random.Generator) -> float:
    raise NotImplementedError


def stops(low: float, high: float, rng: np.random.Generator) -> float:
    return low.logarithm


def plain(low: float, high: float, rng: np.random.Generator) -> float:
    return 10 * high


def nothing(low: float, high: float, rng: np.random.Generator) -> float:
    return math.nan


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (not_written, "Your not_written is not written yet"),
        (stops, "Your stops stopped: AttributeError"),
        (plain, "Your plain should draw a number between 0.001 and 3, but it gave 30"),
        (nothing, "between 0.001 and 3, but it gave nan"),
        (lambda low, high, rng: None, "stopped: TypeError"),
    ],
)
def test_a_function_that_cannot_draw_is_told_so(function: object, sentence: str) -> None:
    with pytest.raises(LearnerError, match=sentence):
        random_config(function, np.random.default_rng(0))
