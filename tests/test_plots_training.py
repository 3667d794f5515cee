"""The pictures of training show the numbers that they are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

matplotlib.use("agg")

from course_lib import plots  # noqa: E402  the backend comes first

PICTURES: dict[str, Callable[[Axes | None], Axes]] = {
    "batch_errors": lambda ax: plots.batch_errors([1, 4], [[2.0, 2.0], [1.0, 1.0]], ax=ax),
    "descents": lambda ax: plots.descents(lambda w: w**2, {"lr = 1": [1.0, -1.0]}, ax=ax),
    "run_curves": lambda ax: plots.run_curves({"run": ([1, 2], [3.0, 1.0])}, xlabel="epoch", ax=ax),
    "range_test": lambda ax: plots.range_test([0.1, 1.0], [2.0, 1.0], 0.1, ax=ax),
}


@pytest.fixture(autouse=True)
def figures_closed() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.filterwarnings("error")
def test_a_picture_draws_into_the_axes_given_or_its_own(name: str) -> None:
    mine = plt.figure().add_subplot()
    assert PICTURES[name](mine) is mine
    own = PICTURES[name](None)
    assert own is not mine
    own.figure.canvas.draw()


def lines(ax: Axes) -> list[np.ndarray]:
    return [np.asarray(line.get_xydata()) for line in ax.lines]


def test_errors_that_fall_like_one_over_the_root_lie_on_the_line() -> None:
    ax = plots.batch_errors([1, 4, 16], [[2.0, 2.0], [1.0, 1.0], [0.5, 0.5]])
    *dots, line = lines(ax)
    assert np.allclose(line, dots[0])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1", "4", "16"]


def test_each_walker_stands_on_its_own_valley_at_the_right_height() -> None:
    ax = plots.descents(lambda w: 2 * w**2, {"slow": [1.0, 0.5], "fast": [1.0, -1.5]})
    valleys = [line for line in lines(ax) if len(line) == 101]
    walkers = [line for line in lines(ax) if len(line) == 2]
    middles = [valley[:, 0].mean() for valley in valleys]
    assert np.allclose(walkers[0], [[middles[0] + 1, 2], [middles[0] + 0.5, 0.5]])
    assert np.allclose(walkers[1], [[middles[1] + 1, 2], [middles[1] - 1.5, 4.5]])
    assert valleys[0][:, 0].max() < valleys[1][:, 0].min()
    assert [text.get_text() for text in ax.texts] == ["slow", "fast"]


def test_runs_keep_their_own_places_and_lose_what_is_not_finite() -> None:
    runs = {f"run {n}": (np.arange(n, n + 3), [n, np.inf, np.nan]) for n in range(1, 7)}
    ax = plots.run_curves(runs, xlabel="epoch", ylabel="validation loss", ylim=(0, 9))
    assert len(ax.lines) == 6
    drawn = lines(ax)
    assert drawn[2][:, 0].tolist() == [3, 4, 5] and drawn[2][0, 1] == 3 and np.isnan(drawn[2][1:, 1]).all()
    assert ax.get_ylim() == (0, 9) and (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "validation loss")
    looks = {(line.get_color(), str(line.get_linestyle())) for line in ax.lines}
    assert len(looks) == 6


def test_a_run_of_one_epoch_can_be_seen() -> None:
    ax = plots.run_curves({"short": ([1], [0.5]), "long": ([1, 2], [0.5, 0.4])}, xlabel="epoch")
    assert [line.get_marker() for line in ax.lines] == ["o", ""]


def test_the_range_test_stresses_the_pair_that_begins_at_the_chosen_rate() -> None:
    ax = plots.range_test([0.001, 0.01, 0.1, 1.0], [2.3, 2.0, 0.9, np.inf], 0.01)
    stressed = next(line for line in ax.lines if line.get_color() == plots.ORANGE)
    assert np.allclose(stressed.get_xydata(), [[0.01, 2.0], [0.1, 0.9]])
    assert ax.get_xscale() == "log" and ax.get_ylim()[1] > 2.3
    assert [text.get_text().strip() for text in ax.texts] == ["0.01"]
