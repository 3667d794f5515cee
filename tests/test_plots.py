"""The pictures show the numbers that they are given, in the axes that they are given, and leave settings alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, PolyCollection

matplotlib.use("agg")

from course_lib import plots  # noqa: E402  the backend comes first

PICTURES: dict[str, Callable[[Axes | None], Axes]] = {
    "image_grid": lambda ax: plots.image_grid(np.eye(4)[None], titles=["one"], ax=ax),
    "network_diagram": lambda ax: plots.network_diagram([64, 32, 10], ax=ax),
    "activation_curves": lambda ax: plots.activation_curves({"tanh": np.tanh}, ax=ax),
    "probability_bars": lambda ax: plots.probability_bars([0.2, 0.8], ax=ax),
    "probability_frame": lambda ax: plots.probability_frame(3, ax=ax),
    "logit_bars": lambda ax: plots.logit_bars([1.0, -2.0], ax=ax),
    "histogram_frame": lambda ax: plots.histogram_frame(0, 1, xlabel="value", ax=ax),
    "histogram": lambda ax: plots.histogram([0.1, 0.9], 0, 1, stressed=[True, False], ax=ax),
    "point": lambda ax: plots.point(0.5, 0.5, ax=ax),
    "note": lambda ax: plots.note("a note", ax=ax),
    "layer_histograms_frame": lambda ax: plots.layer_histograms_frame(3, xlabel="size", ax=ax),
    "layer_histograms": lambda ax: plots.layer_histograms([np.ones(5), np.zeros(5)], ax=ax),
    "spread_frame": lambda ax: plots.spread_frame({"He": [1.0, 1.1]}, ylabel="size", ax=ax),
    "spread_line": lambda ax: plots.spread_line([1.0, 2.0], factor=2, ax=ax),
    "plane_frame": lambda ax: plots.plane_frame((-1, 1, -1, 1), ax=ax),
    "labelled_points": lambda ax: plots.labelled_points(np.eye(2), [0, 1], ax=ax),
    "decision_regions": lambda ax: plots.decision_regions(np.array([[0.2, 0.8], [0.3, 0.9]]), (0, 1, 0, 1), ax=ax),
}


@pytest.fixture(autouse=True)
def figures_closed() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_draws_into_the_axes_given_or_its_own(name: str) -> None:
    mine = plt.figure().add_subplot()
    assert PICTURES[name](mine) is mine
    assert plt.get_fignums() == [1]
    own = PICTURES[name](None)
    assert own is not mine and plt.get_fignums() == [1, 2]
    own.figure.canvas.draw()


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_leaves_matplotlibs_settings_as_they_were(name: str) -> None:
    before = dict(matplotlib.rcParams)
    PICTURES[name](None)
    assert dict(matplotlib.rcParams) == before


def test_settings_come_back_after_an_error() -> None:
    before = dict(matplotlib.rcParams)
    with pytest.raises(ValueError), plots.course_style():
        raise ValueError
    assert dict(matplotlib.rcParams) == before


def test_the_style_is_in_force_inside_and_nested() -> None:
    with plots.course_style():
        assert not matplotlib.rcParams["axes.spines.top"]
        with plots.course_style():
            pass
        assert not matplotlib.rcParams["axes.spines.top"]
    assert matplotlib.rcParams["axes.spines.top"]


def test_an_image_grid_holds_every_pixel_of_every_image() -> None:
    images = np.random.default_rng(0).random((5, 8, 8))
    tiles = np.asarray(plots.image_grid(images, columns=3).images[0].get_array())
    assert sorted(tiles[~np.isnan(tiles)]) == sorted(images.ravel())
    assert np.array_equal(tiles[:8, 9:17], images[1])  # one white column between two tiles
    flat = plots.image_grid(images.reshape(5, 64), columns=3)
    assert np.array_equal(flat.images[0].get_array(), tiles, equal_nan=True)


def test_an_image_grid_writes_the_titles_over_the_tiles_and_wants_one_for_each() -> None:
    ax = plots.image_grid(np.zeros((3, 64)), titles=["4", "7", "1"])
    assert [text.get_text() for text in ax.texts] == ["4", "7", "1"]
    with pytest.raises(ValueError, match="3 images, not 1"):
        plots.image_grid(np.zeros((3, 64)), titles=["4"])


def test_a_network_diagram_has_a_circle_for_each_unit_or_says_how_many_there_are() -> None:
    small = plots.network_diagram([2, 3, 2])
    assert _circles(small) == 7 and len(small.lines) == 2 * 3 + 3 * 2
    large = plots.network_diagram([784, 8, 10])
    assert _circles(large) == 7 + 3 + 8 + 7 + 3  # three dots stand for what is left out
    assert [text.get_text() for text in large.texts] == ["inputs\n784", "hidden\n8", "logits\n10"]


def _circles(ax: Axes) -> int:
    return sum(len(c.get_offsets()) for c in ax.collections if isinstance(c, PathCollection))


def test_bars_are_as_tall_as_the_probabilities_and_the_largest_is_stressed() -> None:
    ax = plots.probability_bars([0.1, 0.7, 0.2], names=["cat", "dog", "owl"])
    (bars,) = ax.collections
    boxes = [bar.get_extents() for bar in bars.get_paths()]
    assert np.allclose([(box.xmin, box.xmax, box.ymin, box.ymax) for box in boxes],
                       [(-0.4, 0.4, 0, 0.1), (0.6, 1.4, 0, 0.7), (1.6, 2.4, 0, 0.2)])  # fmt: skip
    colours = [tuple(colour) for colour in bars.get_facecolor()]
    assert colours[0] == colours[2] != colours[1]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["cat", "dog", "owl"]
    assert [text.get_text() for text in ax.texts] == ["10%", "70%", "20%"]


def test_a_histogram_counts_shares_and_keeps_what_lies_outside_in_the_end_bins() -> None:
    values = [-5.0, 0.05, 0.15, 0.15, 7.0]
    ax = plots.histogram(values, 0, 1, stressed=[True, False, True, False, False], bins=10)
    (shapes,) = (c for c in ax.collections if isinstance(c, PolyCollection))
    everything, stressed = (path.vertices for path in shapes.get_paths())
    assert everything[:, 1].max() == pytest.approx(2 / 5)
    assert _height(everything, 0.05) == pytest.approx(2 / 5) and _height(everything, 0.95) == pytest.approx(1 / 5)
    assert _height(stressed, 0.05) == pytest.approx(1 / 5) and _height(stressed, 0.95) == 0


def _height(outline: np.ndarray, x: float) -> float:
    """The height of a stepped outline over x."""
    tops = outline[1:-2]
    return float(tops[np.searchsorted(tops[:, 0], x), 1])


def test_a_boundary_is_drawn_where_the_probability_is_one_half() -> None:
    x = np.linspace(-1, 1, 21)
    ax = plots.decision_regions(np.tile((x + 1) / 2, (21, 1)), (-1, 1, -1, 1))
    line = ax.collections[-1].get_paths()[0].vertices
    assert np.allclose(line[:, 0], 0, atol=1e-6)
    everywhere_sure = plots.decision_regions(np.full((5, 5), 0.9), (-1, 1, -1, 1))
    assert len(everywhere_sure.collections) == 1
