"""The pictures of tuning: splits, searches, halving, seeds, and the trials of the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_hex

matplotlib.use("agg")

from course_lib import plots  # noqa: E402  the backend comes first

PICTURES: dict[str, Callable[[Axes | None], Axes]] = {
    "split_bars": lambda ax: plots.split_bars({"a": [3, 4], "b": [1, 2]}, ax=ax),
    "score_curves": lambda ax: plots.score_curves({"a": ([1, 10], [0.5, 0.9])}, xlabel="lr", ylabel="score", ax=ax),
    "search_points": lambda ax: plots.search_points([1, 10], [1, 2], [0.5, 0.9], xlabel="lr", ylabel="lam", ax=ax),
    "halving_curves": lambda ax: plots.halving_curves([[(1, 0.5)], [(1, 0.6), (2, 0.9)]], ax=ax),
    "seed_dots": lambda ax: plots.seed_dots({"A": [0.9, 0.91], "B": [0.8, 0.85]}, xlabel="accuracy", ax=ax),
    "parallel_frame": lambda ax: plots.parallel_frame({"lr": [(0, "0.1"), (1, "1")], "lam": []}, ax=ax),
    "parallel_labels": lambda ax: plots.parallel_labels({"lr": [(0, "0.1"), (1, "1")], "lam": []}, ax=ax),
    "parallel_lines": lambda ax: plots.parallel_lines([[0, 1], [1, 0]], [0.5, 0.9], ax=ax),
    "parallel_marker": lambda ax: plots.parallel_marker([0.5, 1], ax=ax),
    "table_frame": lambda ax: plots.table_frame(["1", "2"], ["a"], xlabel="lr", ylabel="lam", ax=ax),
    "table_cells": lambda ax: plots.table_cells({(0, 0): 0.5}, ax=ax),
    "table_cursor": lambda ax: plots.table_cursor(0, 0, ax=ax),
    "epochs_frame": lambda ax: plots.epochs_frame(10, lowest=0.5, ylabel="accuracy", ax=ax),
    "epochs_curve": lambda ax: plots.epochs_curve([0.5, 0.9], ax=ax),
}


@pytest.fixture(autouse=True)
def figures() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_draws_into_the_axes_given_or_its_own(name: str) -> None:
    mine = plt.figure().add_subplot()
    assert PICTURES[name](mine) is mine and plt.get_fignums() == [1]
    own = PICTURES[name](None)
    assert own is not mine and plt.get_fignums() == [1, 2]
    own.figure.canvas.draw()


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_text()]


def test_sharpness_spreads_out_what_is_nearly_right() -> None:
    assert np.allclose(plots.sharpness([0, 0.9, 0.99]), [0, 1, 2])
    assert plots.sharpness(1.0) == plots.sharpness(0.9999) == 3  # all right is not infinitely sharp


def test_the_parts_of_a_class_stand_side_by_side_with_their_counts() -> None:
    ax = plots.split_bars({"training": [30, 20], "test": [10, 5]})
    widths = [(bar.get_x(), bar.get_width()) for bar in ax.patches]
    assert widths == [(0, 30), (0, 20), (30, 10), (20, 5)]
    assert texts(ax) == ["30", "20", "10", "5"]


def test_scores_have_a_log_axis_and_keep_their_gaps() -> None:
    ax = plots.score_curves({"a": ([0.1, 1, 10], [0.5, np.nan, 0.9])}, xlabel="lr", ylabel="score")
    assert ax.get_xscale() == "log" and np.isnan(ax.lines[0].get_ydata()[1])
    assert ax.yaxis.get_major_formatter()(0.975) == "97.5%"


def test_a_search_stresses_the_best_and_marks_what_failed_and_what_was_tried() -> None:
    ax = plots.search_points([1, 10, 100], [5, 5, 50], [0.5, 0.9, np.nan], xlabel="lr", ylabel="lam")
    ran, failed, best = ax.collections
    assert ran.get_offsets().tolist() == [[1, 5], [10, 5]] and failed.get_offsets().tolist() == [[100, 50]]
    assert best.get_offsets().tolist() == [[10, 5]] and to_hex(best.get_edgecolor()[0]) == plots.ORANGE.lower()
    dark, light = (sum(colour[:3]) for colour in ran.get_facecolors()[::-1])
    assert dark < light  # the better, the darker
    assert texts(ax) == ["50%", "90%", "nan"]
    assert [list(line.get_xdata()) for line in ax.lines][0] == [1, 10, 100]
    assert plots.search_points([1], [1], [np.nan], xlabel="lr", ylabel="lam").collections


def test_halving_shows_where_each_was_dropped_and_who_won() -> None:
    ax = plots.halving_curves([[(1, 0.5)], [(1, 0.6), (2, 0.9)], [(1, 0.7), (2, 0.8)]])
    lines, ends = ax.lines[::2], ax.lines[1::2]
    assert [list(line.get_xdata()) for line in lines] == [[1], [1, 2], [1, 2]]
    assert [list(end.get_xdata()) for end in ends] == [[1], [2], [2]]
    assert [line.get_color() for line in lines] == [plots.BLUE, plots.ORANGE, plots.BLUE]
    assert np.allclose(lines[1].get_ydata(), plots.sharpness([0.6, 0.9]))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1", "2"]


def test_seeds_are_piled_up_and_their_deviation_divides_by_n_minus_1() -> None:
    scores = [0.9, 0.92, 0.92, 0.94]
    ax = plots.seed_dots({"A": scores}, xlabel="accuracy")
    places = ax.collections[0].get_offsets()
    assert places[:, 0].tolist() == scores and places[2, 1] < places[1, 1] == places[0, 1]
    (left, right), _ = ax.containers[0].lines[2][0].get_segments()[0].T
    assert (right - left) / 2 == pytest.approx(np.std(scores, ddof=1))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["A"]


def test_lines_lie_from_the_worst_to_the_best_and_the_best_is_orange() -> None:
    ax = plots.parallel_lines([[0, 1, 0.9], [1, 0, 0.2], [0.5, 0.5, 0]], [0.9, 0.4, np.nan])
    (lines,) = (each for each in ax.collections if isinstance(each, LineCollection))
    assert [segment[:, 1].tolist() for segment in lines.get_segments()] == [[0.5, 0.5, 0], [1, 0, 0.2], [0, 1, 0.9]]
    assert to_hex(lines.get_colors()[-1]) == plots.ORANGE.lower()
    assert lines.get_linestyles()[0][1] is not None and lines.get_linestyles()[1][1] is None  # dotted: it failed
    assert not plots.parallel_lines(np.zeros((0, 3)), []).collections


def test_cells_hold_percents_and_a_cross() -> None:
    ax = plots.table_cells({(0, 1): 0.972, (2, 0): np.nan})
    assert texts(ax) == ["97.2", "×"]
    (squares,) = (each for each in ax.collections if isinstance(each, PolyCollection))
    middles = [path.vertices[:-1].mean(axis=0) for path in squares.get_paths()]
    assert np.allclose(middles, [[0, 1], [2, 0]])


def test_a_cursor_frames_its_cell() -> None:
    frame = plots.table_cursor(2, 1).lines[-1]
    assert (frame.get_xdata().min(), frame.get_xdata().max()) == (1.5, 2.5)
    assert (frame.get_ydata().min(), frame.get_ydata().max()) == (0.5, 1.5)


def test_a_curve_that_is_too_low_lies_on_the_edge() -> None:
    ax = plots.epochs_frame(3, lowest=0.6, ylabel="accuracy")
    plots.epochs_curve([0.1, 0.9], ax=ax)
    assert np.allclose(ax.lines[-1].get_ydata(), [ax.get_ylim()[0], 1])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["80%", "90%", "95%", "98%", "99%"]
