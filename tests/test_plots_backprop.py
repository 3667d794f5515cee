"""The pictures of backprop and of numerical gradients: what is drawn, where, and in which colour."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation

matplotlib.use("agg")

from course_lib import plots  # noqa: E402  the backend comes first

SIZE = {"width": 100, "height": 60, "head": 18, "margin": 4, "cellWidth": 20, "cellHeight": 17}
BOX = {"name": "W", "x": 10, "y": 5, "rows": 1, "columns": 2, "width": 48, "height": 50, "gradient": True}


@pytest.fixture(autouse=True)
def figures() -> Iterator[None]:
    yield
    plt.close("all")


def texts(ax: Axes) -> dict[str, str]:
    """What is written, with its colour."""
    return {str(text.get_text()): str(text.get_color()) for text in ax.texts if text.get_text()}


def test_a_graph_writes_values_in_one_colour_and_gradients_in_another() -> None:
    node = {"name": "linear1", "label": "linear", "x": 80, "y": 30, "size": 20}
    wires = [{"x1": 60, "y1": 20, "x2": 70, "y2": 20, "backward": backward} for backward in (False, True)]
    ax = plots.computation_graph({"W": [["1.00", "2.00"]], "dW": [["0.100", "0.200"]]}, [BOX], [node], wires, SIZE)
    written = texts(ax)
    assert written["1.00"] == written["W"] == plots.BLUE and written["0.200"] == written["dW"] == plots.ORANGE
    assert "linear" in written
    places = {text.get_text(): text.get_position() for text in ax.texts}
    assert places["1.00"][0] < places["2.00"][0] and places["1.00"][1] == places["2.00"][1] < places["0.100"][1]


def test_a_graph_without_numbers_can_be_drawn() -> None:
    assert set(texts(plots.computation_graph({}, [BOX], [], [], SIZE))) == {"W", "dW"}


def test_a_block_has_a_cell_for_each_number_in_the_order_of_the_matrix() -> None:
    numbers = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, 6.0]])
    block = plots.Block("X", 30, 20, (2, 3), "N", "D", numbers, plots.GREEN, rows_colour=plots.ORANGE)
    ax = plots.blocks([block, plots.Block("×", 60, 20)])
    cells = [patch for patch in ax.patches if isinstance(patch, Rectangle) and patch.get_alpha()]
    assert len(cells) == 6
    written = texts(ax)
    assert {"X", "N", "D", "×", "−2"} <= set(written) and written["X"] == plots.GREEN and written["N"] == plots.ORANGE
    places = {text.get_text(): text.get_position() for text in ax.texts}
    assert places["1"][0] < places["−2"][0] < places["3"][0] and places["1"][1] > places["4"][1]
    assert (places["1"][0] + places["6"][0]) / 2 == pytest.approx(30)


def test_the_step_curve_has_every_error_and_the_marks_their_steps() -> None:
    steps, errors = np.array([1e-6, 1e-4, 1e-2]), np.array([1e-5, 1e-9, 1e-4])
    ax = plots.step_error(steps, errors)
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), np.column_stack([steps, errors]))
    plots.step_marks(np.array([1e-3, 2e-3]), colour=plots.ORANGE, ax=ax)
    assert ax.lines[-1].get_xdata().tolist() == [1e-3, 2e-3] and ax.lines[-1].get_color() == plots.ORANGE
    plots.step_dot(1e-4, 1e-9, ax=ax)
    assert ax.lines[-1].get_xydata().tolist() == [[1e-4, 1e-9]]
    assert ax.get_xscale() == ax.get_yscale() == "log"


def test_differences_are_chords_of_the_curve_and_told_with_their_slopes() -> None:
    ax = plots.differences(lambda x: x**3, 2.0, 0.5, 12.0)
    lines = {line.get_label().split(":")[0]: line.get_xydata() for line in ax.lines}
    assert lines["one-sided"].tolist() == [[2.0, 8.0], [2.5, 15.625]]
    assert lines["central"].tolist() == [[1.5, 3.375], [2.5, 15.625]]
    (x0, y0), (x1, y1) = lines["tangent"][[0, -1]]
    assert (y1 - y0) / (x1 - x0) == pytest.approx(12) and np.interp(2.0, [x0, x1], [y0, y1]) == pytest.approx(8)
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["tangent: slope 12", "one-sided: 15.25", "central: 12.25"]


def test_a_graph_of_numbers_has_values_forward_and_gradients_back() -> None:
    nodes = [("u", "×", "w", "x"), ("L", "+", "u", "b")]
    values = {"w": 3, "x": -2, "u": -6, "b": 1, "L": -5}
    ax = plots.scalar_graph(nodes, values)
    assert {text: colour for text, colour in texts(ax).items() if "=" in text} == dict.fromkeys(
        ["w = 3", "x = −2", "u = −6", "b = 1", "L = −5"], plots.BLUE
    )
    assert {"×", "+"} <= set(texts(ax)) and len(arrows(ax)) == 5
    ax = plots.scalar_graph(nodes, values, {"L": 1, "u": 1, "w": -2})
    assert {text for text, colour in texts(ax).items() if colour == plots.ORANGE} == {"dL = 1", "du = 1", "dw = −2"}
    assert len(arrows(ax)) == 8
    places = {text.get_text(): text.get_position() for text in ax.texts}
    assert places["w = 3"][0] < places["×"][0] < places["u = −6"][0] < places["+"][0] < places["L = −5"][0]
    assert places["dw = −2"][1] < 0 < places["w = 3"][1] < places["x = −2"][1]
    there, back = (next(arrow for arrow in arrows(ax) if is_at(arrow, colour)) for colour in (plots.BLUE, plots.ORANGE))
    assert there.xy[0] > there.xyann[0] and back.xy[0] < back.xyann[0]  # of w: to the right, and back


def arrows(ax: Axes) -> list[Annotation]:
    return [text for text in ax.texts if isinstance(text, Annotation)]


def is_at(arrow: Annotation, colour: str) -> bool:
    assert arrow.arrow_patch is not None
    return to_hex(arrow.arrow_patch.get_edgecolor()).upper() == colour


@pytest.mark.parametrize(("slope", "text"), [(2.0, "truncation: slope 2.00"), (-1.0, "truncation: slope −1.00")])
def test_a_power_law_is_a_line_with_its_slope(slope: float, text: str) -> None:
    ax = plots.power_law(slope, -3.0, 1e-4, 1e-2, name="truncation")
    (line,) = [line for line in ax.lines if len(line.get_xdata()) == 2]
    x, y = line.get_xdata(), line.get_ydata()
    assert np.diff(np.log10(y)) / np.diff(np.log10(x)) == pytest.approx(slope)
    assert y[0] == pytest.approx(1e-3 * 1e-4**slope)
    assert text in texts(ax)


def test_a_small_network_stresses_one_weight_and_fades_closed_units() -> None:
    layers = {"x": ["1", "2"], "A1": ["0", "3"], "P": ["0.4", "0.6"]}
    weights = {(0, 1, 0): "0.25", (1, 0, 1): "−0.50"}
    ax = plots.small_network(
        layers, weights=weights, stressed=(0, 1, 0), faint=[(1, 0)], remarks={(2, 1): "right class"}
    )
    written = texts(ax)
    assert written["0.25"] == plots.ORANGE and written["−0.50"] == plots.INK and written["0"] == plots.GREY
    (stressed,) = [line for line in ax.lines if line.get_color() == plots.ORANGE]
    assert stressed.get_xydata().tolist() == [[0, -0.5], [2, 0.5]]  # from the lower input to the upper unit
    assert len(ax.lines) == 8
    places = {text.get_text(): text.get_position() for text in ax.texts}
    assert places["right class"][0] > 4 and places["right class"][1] == places["0.6"][1]


def test_a_stressed_bias_is_written_under_its_unit() -> None:
    ax = plots.small_network(
        {"x": ["1"], "A1": ["2"], "P": ["1"]}, weights={(-1, 1, 0): "0.75"}, stressed=(-1, 1, 0), faint=[], remarks={}
    )
    places = {text.get_text(): text.get_position() for text in ax.texts}
    assert places["0.75"][0] == places["2"][0] and places["0.75"][1] < places["2"][1]
    assert not any(line.get_color() == plots.ORANGE for line in ax.lines)


def test_the_loss_along_a_weight_has_a_tangent_and_the_moved_point() -> None:
    weights = np.linspace(-1, 1, 81)
    ax = plots.weight_loss(weights, weights**2, weight=0.5, loss=0.25, slope=1.0, move=0.25)
    tangent = next(line for line in ax.lines if line.get_linestyle() == "--")
    (x0, x1), (y0, y1) = tangent.get_xdata(), tangent.get_ydata()
    assert (y1 - y0) / (x1 - x0) == pytest.approx(1) and (y0 + y1) / 2 == pytest.approx(0.25)
    moved = [line for line in ax.lines if line.get_color() == plots.ORANGE and line.get_marker() == "o"]
    assert moved[0].get_xydata()[0] == pytest.approx([0.75, 0.5625], abs=1e-3)
