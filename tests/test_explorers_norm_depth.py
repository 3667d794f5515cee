"""Depth with and without batch norm as an explorer: nothing is given away, and both halves of the mission."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import explorers, plots
from course_lib.explorers.norm_depth import MILLION, SAME, BatchNormDepth, Both, WhatItKeeps
from course_lib.explorers.signals import Signals


@pytest.fixture(scope="module")
def explorer() -> BatchNormDepth:
    return explorers.batch_norm_depth()


def both(*, scale: float = 1.0, depth: int = 20, plain: float = 0.8, normed: float = 40.0) -> Both:
    def signal(backward: float) -> Signals:
        return Signals(np.ones(depth), np.geomspace(backward, 1, depth))

    return Both(scale, depth, signal(plain), signal(normed))


def test_before_the_prediction_batch_norm_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    original = plots.layer_sizes

    def layer_sizes(lines, *, ax):  # type: ignore[no-untyped-def]
        drawn.append(len(lines))
        return original(lines, ax=ax)

    monkeypatch.setattr(plots, "layer_sizes", layer_sizes)
    explorer = explorers.batch_norm_depth()
    assert drawn == [1, 1] and "with batch norm" not in explorer.picture.tooltip
    explorer.question.value = SAME
    assert drawn[-2:] == [2, 2] and "with batch norm" in explorer.picture.tooltip


@pytest.mark.parametrize(("answer", "told"), [(SAME, "as you predicted"), (MILLION, f"and you predicted “{MILLION}”")])
def test_the_whole_mission(answer: str, told: str) -> None:
    explorer = explorers.batch_norm_depth()
    explorer.question.value = answer
    assert "settle it" in explorer.mission_line.value
    explorer.controls["scale"].value = 2**0.5
    assert "1.41 times He" in explorer.remark.value
    explorer.controls["scale"].value = 2
    assert told in explorer.mission_line.value and "second half" in explorer.mission_line.value
    assert "Without batch norm it has" in explorer.remark.value
    explorer.controls["scale"].value = 0.5
    assert "Which would be best?" in explorer.remark.value
    explorer.controls["scale"].value = 1
    assert explorer.mission.line.done and "by about 1.2" in explorer.mission_line.value


def test_few_layers_do_not_count() -> None:
    mission = WhatItKeeps()
    mission.predict(SAME)
    assert "about 20 or more" in mission.see(both(scale=2.0, depth=5)).remark
    mission.see(both(scale=2.0, plain=1e5))
    line = mission.see(both(depth=10, normed=11.0))
    assert not line.done and "about 20 or more" in line.remark
    assert mission.see(both()).done


def test_nothing_counts_before_the_prediction() -> None:
    mission = WhatItKeeps()
    assert mission.see(both(scale=2.0)) == WhatItKeeps.line and mission.settled is None


def test_batch_norm_keeps_the_activations_at_every_scale(explorer: BatchNormDepth) -> None:
    for scale in (0.5, 1.0, 2.0):
        assert explorer.look(scale=scale, depth=20).normed.forward == pytest.approx(1, abs=0.15)
    assert explorer.look(scale=2.0, depth=20).plain.forward > 1e5


def test_without_a_page_there_is_a_picture_and_a_stable_text() -> None:
    first, second = explorers.batch_norm_depth()._repr_mimebundle_(), explorers.batch_norm_depth()._repr_mimebundle_()
    assert first["image/png"] == second["image/png"] and len(first["image/png"]) > 5_000
    assert first["text/plain"] == second["text/plain"] and first["text/plain"].startswith("batch_norm_depth: ")
