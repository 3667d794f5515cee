"""Training beside validation, and weights as images: the numbers stand where they belong."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt

matplotlib.use("agg")

from course_lib import plots  # noqa: E402  the backend comes first


@pytest.fixture(autouse=True)
def figures_closed() -> Iterator[None]:
    yield
    plt.close("all")


def test_epochs_are_counted_from_where_they_should_and_marks_stand_at_theirs() -> None:
    ax = plots.epoch_curves({"training": [3, 2], "validation": [4, 5]}, first=1, marks={"best": 2})
    training, validation, mark = ax.lines
    assert list(training.get_xdata()) == [1, 2] and list(validation.get_ydata()) == [4, 5]
    assert set(mark.get_xdata()) == {2}
    assert [text.get_text() for text in ax.texts] == [" best"]
    assert training.get_color() != validation.get_color() and training.get_linestyle() != validation.get_linestyle()


def test_the_gap_spans_the_two_losses_of_the_place_it_stands_at() -> None:
    ax = plots.penalty_frame([0.0, 0.01, 0.1], highest=3)
    before = len(ax.lines)
    plots.penalty_curves([0, 2], [0.1, 1.0], [0.9, 1.2], here=2, ax=ax)
    (segment,) = ax.collections[0].get_segments()
    assert np.allclose(segment, [[2, 1.0], [2, 1.2]])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0", ".01", ".1"]
    curves = [line for line in ax.lines[before:] if line.get_linestyle() == "-"]
    assert [list(line.get_ydata()) for line in curves] == [[0.1, 1.0], [0.9, 1.2]]


def test_a_units_weights_stand_over_the_pixels_they_belong_to() -> None:
    W = np.zeros((4, 2))  # two units that look at 2 x 2 pixels
    W[1, 0], W[2, 1] = 5.0, -3.0
    (tiles,) = plots.weight_images(W, columns=2).images
    pixels = np.ma.getdata(tiles.get_array())
    assert pixels[:2, :2].tolist() == [[0, 5], [0, 0]]
    assert pixels[:2, 3:].tolist() == [[0, 0], [-3, 0]]
    assert tiles.get_clim() == (-5, 5)  # white is 0
    assert plots.weight_images(W, limit=2).images[0].get_clim() == (-2, 2)


def test_weights_that_are_all_zero_can_be_drawn() -> None:
    plots.weight_images(np.zeros((4, 3))).figure.canvas.draw()
