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
    "image_stages": lambda ax: plots.image_stages({"before": np.eye(4), "after": np.eye(2)}, ax=ax),
    "confusion_matrix": lambda ax: plots.confusion_matrix([[3, 1], [0, 2]], names=["0", "1"], ax=ax),
    "weight_images": lambda ax: plots.weight_images(np.eye(4), ax=ax),
    "epoch_curves": lambda ax: plots.epoch_curves({"training": [2.0, 1.0]}, marks={"best": 1}, ax=ax),
    "penalty_frame": lambda ax: plots.penalty_frame([0.0, 0.1], highest=2, ax=ax),
    "penalty_curves": lambda ax: plots.penalty_curves([0, 1], [0.1, 0.2], [0.5, 0.4], here=1, ax=ax),
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
    "descent_frame": lambda ax: plots.descent_frame(lambda w: (w * w).sum(axis=-1), (-1, 1, -1, 1), ax=ax),
    "descent_path": lambda ax: plots.descent_path(np.array([[0.5, 0.5], [1e300, -np.inf]]), ax=ax),
    "loss_frame": lambda ax: plots.loss_frame(10, 1e-3, 1e2, goal=1, ax=ax),
    "loss_line": lambda ax: plots.loss_line([1, 2, 3], [0, np.nan, 1e300], ax=ax),
    "accuracy_frame": lambda ax: plots.accuracy_frame(20, goal=0.97, ax=ax),
    "accuracy_line": lambda ax: plots.accuracy_line([1, 2, 3], [0, 0.5, 1], ax=ax),
    "run_names": lambda ax: plots.run_names({"run 1": plots.BLUE}, ax=ax),
    "plane_frame": lambda ax: plots.plane_frame((-1, 1, -1, 1), ax=ax),
    "labelled_points": lambda ax: plots.labelled_points(np.eye(2), [0, 1], ax=ax),
    "layer_sizes_frame": lambda ax: plots.layer_sizes_frame(3, ylabel="size", limits=(0.1, 10), names=["He"], ax=ax),
    "layer_sizes": lambda ax: plots.layer_sizes([[1.0, 2.0, 4.0], [1.0, 1.0, 1.0]], ax=ax),
    "valley_frame": lambda ax: plots.valley_frame((2, 1), ax=ax),
    "valley": lambda ax: plots.valley(30, 50, ax=ax),
    "paths": lambda ax: plots.paths({"SGD": np.eye(2)}, ax=ax),
    "race_frame": lambda ax: plots.race_frame(["SGD", "Adam"], 10, 1e-6, ax=ax),
    "race_curves": lambda ax: plots.race_curves({"SGD": np.array([1.0, 0.1])}, ax=ax),
    "race_bands": lambda ax: plots.race_bands({"SGD": np.array([1.0, 0.1])}, ax=ax),
    "rate_curves": lambda ax: plots.rate_curves([0.1, 1.0], {"SGD": [2.0, 0.1]}, ax=ax),
    "flow_graph": lambda ax: plots.flow_graph({"X": (0, 0), "Z": (2, 1)}, [("X", "Z")], ax=ax),
    "number_grid": lambda ax: plots.number_grid(
        np.eye(2), rows=[1, 2], columns=["a", "b"], ylabel="row", xlabel="column", ax=ax
    ),
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


def test_stages_of_an_image_are_equally_tall_and_in_proportion() -> None:
    tall, square = np.ones((4, 2)), np.arange(9.0).reshape(3, 3)
    ax = plots.image_stages({"boxed": tall, "centred": square})
    first, second = ax.images
    assert np.array_equal(first.get_array(), tall) and np.array_equal(second.get_array(), square)
    (left, right, bottom, top), (left_2, right_2, bottom_2, top_2) = first.get_extent(), second.get_extent()
    assert (right - left, top - bottom) == (0.5, 1) and top_2 - bottom_2 == 1
    assert right_2 - left_2 == pytest.approx(1) and left_2 > right
    assert [text.get_text() for text in ax.texts] == ["boxed", "centred"]


def test_a_confusion_matrix_shades_mistakes_by_their_number_and_nothing_else() -> None:
    counts = np.array([[90, 8, 0], [4, 70, 0], [0, 1, 80]])
    ax = plots.confusion_matrix(counts, names=["0", "1", "2"])
    shades = np.asarray(ax.images[0].get_array())
    assert np.array_equal(shades, [[0, 8, 0], [4, 0, 0], [0, 1, 0]])
    numbers = {text.get_position(): text.get_text() for text in ax.texts}  # (column, row): what is written there
    assert numbers == {(0, 0): "90", (1, 0): "8", (0, 1): "4", (1, 1): "70", (1, 2): "1", (2, 2): "80"}
    assert [label.get_text() for label in ax.get_yticklabels()] == ["0", "1", "2"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("the network says", "the label")
    ax.figure.canvas.draw()
    for (row,) in np.ndindex(3):  # the grey squares lie on the diagonal, which imshow draws from the top
        (square,) = (patch for patch in ax.patches if abs(patch.get_x() - (row - 0.5)) < 1e-9)
        middle = square.get_window_extent().get_points().mean(axis=0)
        assert np.allclose(ax.transData.inverted().transform(middle), [row, row], atol=1e-6)


def test_a_confusion_matrix_without_a_mistake_has_nothing_shaded() -> None:
    ax = plots.confusion_matrix(np.diag([5, 6]), names=["0", "1"])
    assert not np.asarray(ax.images[0].get_array()).any() and len(ax.texts) == 2


def test_a_network_diagram_has_a_circle_for_each_unit_or_says_how_many_there_are() -> None:
    small = plots.network_diagram([2, 3, 2])
    assert _circles(small) == 7 and len(small.lines) == 2 * 3 + 3 * 2
    large = plots.network_diagram([784, 8, 10])
    assert _circles(large) == 7 + 3 + 8 + 7 + 3  # three dots stand for what is left out
    assert [text.get_text() for text in large.texts] == ["inputs\n784", "hidden\n8", "logits\n10"]


def _circles(ax: Axes) -> int:
    return sum(len(c.get_offsets()) for c in ax.collections if isinstance(c, PathCollection))


def test_bars_are_as_tall_as_the_probabilities_and_the_largest_is_stressed() -> None:
    ax = plots.probability_bars([0.1, 0.7, 0.2])
    (bars,) = ax.collections
    boxes = [bar.get_extents() for bar in bars.get_paths()]
    assert np.allclose([(box.xmin, box.xmax, box.ymin, box.ymax) for box in boxes],
                       [(-0.4, 0.4, 0, 0.1), (0.6, 1.4, 0, 0.7), (1.6, 2.4, 0, 0.2)])  # fmt: skip
    colours = [tuple(colour) for colour in bars.get_facecolor()]
    assert colours[0] == colours[2] != colours[1]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0", "1", "2"]
    assert [text.get_text() for text in ax.texts] == ["10%", "70%", "20%"]


def test_no_curve_is_left_out() -> None:
    six = {f"run {i}": [0.1 * i, 0.2] for i in range(6)}
    assert len(plots.training_curves(six).lines) == 6
    assert len(plots.score_curves({name: ([1, 10], y) for name, y in six.items()}, xlabel="x", ylabel="y").lines) == 6


def test_a_histogram_counts_shares_and_keeps_what_lies_outside_in_the_end_bins() -> None:
    values = [-5.0, 0.02, 0.15, 0.15, 7.0]
    ax = plots.histogram(values, 0, 1, stressed=[True, False, True, False, False])
    (shapes,) = (c for c in ax.collections if isinstance(c, PolyCollection))
    everything, stressed = (path.vertices for path in shapes.get_paths())
    assert everything[:, 1].max() == pytest.approx(2 / 5)
    assert _height(everything, 0.02) == pytest.approx(2 / 5) and _height(everything, 0.98) == pytest.approx(1 / 5)
    assert _height(stressed, 0.02) == pytest.approx(1 / 5) and _height(stressed, 0.98) == 0


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


def test_a_path_and_a_curve_are_marked_where_they_are_now() -> None:
    path = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    for ax in (plots.paths({"SGD": path}), plots.race_curves({"SGD": path[:, 1]})):
        line = ax.lines[-1]
        assert line.get_markevery() == [2] and line.get_ydata()[-1] == 2


def test_losses_that_are_too_large_or_gone_leave_the_picture() -> None:
    ax = plots.rate_curves([0.1, 1.0, 10.0], {"SGD": [0.5, 50.0, np.nan], "Adam": [1.0, 2.0, 3.0]})
    sgd, adam = (line.get_ydata() for line in ax.lines)
    assert sgd[0] == 0.5 and min(sgd[1:]) > ax.get_ylim()[1] == 10 and np.array_equal(adam, [1, 2, 3])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["SGD", "Adam"]


def test_a_layer_without_a_size_is_left_out() -> None:
    ax = plots.layer_sizes([[1.0, 0.0, np.inf, 2.0]])
    assert np.array_equal(ax.lines[-1].get_ydata(), [1, np.nan, np.nan, 2], equal_nan=True)


def test_a_number_grid_has_every_number_in_its_cell() -> None:
    ax = plots.number_grid([[0.1, 0.25], [0.95, 1.0]], rows=[2, 4], columns=[0.1, 0.3], ylabel="depth", xlabel="lr")
    assert {text.get_position(): text.get_text() for text in ax.texts} == {
        (0, 0): "0.10", (1, 0): "0.25", (0, 1): "0.95", (1, 1): "1.00"}  # fmt: skip
    assert [label.get_text() for label in ax.get_yticklabels()] == ["2", "4"]


def test_a_flow_graph_has_an_arrow_each_way() -> None:
    ax = plots.flow_graph({"X": (0, 0), "C": (2, 0), "Z": (4, 1)}, [("X", "C"), ("C", "Z")])
    arrows = [text for text in ax.texts if getattr(text, "arrow_patch", None) is not None]
    forward, backward = arrows[0], arrows[1]
    assert len(arrows) == 4
    assert forward.xy[0] == backward.get_position()[0] == 2 and forward.get_position()[0] == backward.xy[0] == 0


def test_lines_of_equal_loss_are_ellipses_of_the_valley() -> None:
    ax = plots.valley(30, 50)
    (lines,) = ax.collections
    angle = np.deg2rad(30)
    for line in lines.get_segments():
        along, across = line @ [np.cos(angle), np.sin(angle)], line @ [-np.sin(angle), np.cos(angle)]
        losses = along**2 + 50 * across**2
        assert np.allclose(losses, losses[0])


def test_a_descent_is_drawn_until_it_is_far_outside() -> None:
    ax = plots.descent_frame(lambda w: (w * w).sum(axis=-1), (-1, 1, -1, 1))
    plots.descent_path(np.array([[0.5, 0.5], [-1.5, 0], [3, 0], [1e300, 0], [np.inf, 0]]), ax=ax)
    assert ax.lines[1].get_xdata().tolist() == [0.5, -1.5, 3]


def test_losses_that_are_not_finite_leave_the_picture_at_the_top() -> None:
    ax = plots.loss_frame(10, 1e-3, 1e2)
    plots.loss_line([1, 2, 3, 4], [0, np.nan, 5, np.inf], ax=ax)
    drawn = ax.lines[0].get_ydata()
    assert 0 < drawn[0] < 1e-3 and drawn[2] == 5 and (drawn[[1, 3]] > 1e2).all()


def test_run_names_stand_one_over_the_other_in_their_colours() -> None:
    ax = plots.run_names({"run 1": plots.BLUE, "run 2": plots.ORANGE})
    first, second = sorted(ax.texts, key=lambda text: -text.get_position()[1])
    assert (first.get_text(), first.get_color()) == ("run 1", plots.BLUE) and second.get_text() == "run 2"
