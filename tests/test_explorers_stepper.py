"""The backprop stepper without a page: the numbers it sends, its mission, its picture, and what it says of errors."""

from __future__ import annotations

import json

import numpy as np
import pytest

from course_lib.explorers import graph_layout as layout
from course_lib.explorers.backprop import STEPS, Functions
from course_lib.explorers.stepper import CLOSED, NO_INPUT, SLIDERS, START, UNHEARD, BackpropStepper
from course_lib.nn import functional

AWAKE = [0.25, 0.5, 0.5, -0.75, 0.5]
DEAD = [-2.0, -1.0, -0.25, -0.75, 0.5]  # Z1: -2 - 2 - 0.25 and -4 + 1 - 0.25
UNHEARD_WEIGHTS = [0.25, 0.5, 0.5, 0.5, 0.5]  # both weights out are the same


def stepper(**functions: object) -> BackpropStepper:
    return BackpropStepper(Functions(**functions))  # type: ignore[arg-type]


def values(explorer: BackpropStepper) -> dict[str, list[list[str]]]:
    return explorer.graph.numbers["values"]


def test_the_numbers_are_those_of_the_network_and_follow_the_sliders() -> None:
    explorer = stepper()
    assert explorer.graph.weights == AWAKE
    assert values(explorer)["Z1"] == [["1.00", "1.75", "0.75"], ["0.75", "0.50", "−3.00"]]
    explorer.graph.weights = [1.0, 0.5, 0.5, -0.75, 0.5]
    assert values(explorer)["W1"][0] == ["0.50", "1.00", "−0.75"]
    assert values(explorer)["Z1"] == [["1.00", "2.50", "0.75"], ["0.75", "2.00", "−3.00"]]
    assert np.array_equal(START["W1"], [[0.5, 0.25, -0.75], [0.25, 0.5, 1.0]])  # the start is left as it was


def test_the_middle_unit_is_open_for_both_examples_and_another_for_one_at_the_start() -> None:
    Z1 = values(stepper())["Z1"]
    assert [[number.startswith("−") for number in row] for row in Z1] == [[False, False, False], [False, False, True]]


def test_what_goes_to_the_page_is_small_and_complete() -> None:
    graph = stepper().graph
    sent = json.loads(json.dumps(graph.numbers))
    assert len(json.dumps(sent)) < 15_000  # for each move of a slider
    for step, calculations in zip(STEPS, sent["worked"], strict=True):
        rows = sent["values"][step.makes]
        assert [(c["row"], c["column"]) for c in calculations] == list(np.ndindex(len(rows), len(rows[0])))
        assert all(c["text"].endswith(rows[c["row"]][c["column"]]) for c in calculations)
    boxes = {box["name"] for box in graph.fixed["boxes"]}
    gradients = {f"d{box['name']}" for box in graph.fixed["boxes"] if box["gradient"]}
    assert boxes | gradients == set(sent["values"])


def test_a_wrong_function_is_told_beside_the_number_it_should_be() -> None:
    def linear_backward(dZ, X, W):  # type: ignore[no-untyped-def]
        dX, dW, db = functional.linear_backward(dZ, X, W)
        return dX, dW / len(X), db

    worked = stepper(linear_backward=linear_backward).graph.numbers["worked"]
    texts = {step.makes: calculations[0]["text"] for step, calculations in zip(STEPS, worked, strict=True)}
    assert texts["dW2"] == "dW2[0, 0] = 1.00 × (−0.346) + 0.75 × 0.181 = −0.210, but linear_backward returned −0.105"
    assert "but" not in texts["db2"]


def test_a_function_that_stops_is_told_and_the_next_slider_move_recovers() -> None:
    broken = True

    def relu(Z):  # type: ignore[no-untyped-def]
        if broken:
            raise ZeroDivisionError("no")
        return np.maximum(Z, 0)

    explorer = stepper(relu=relu)
    assert explorer.graph.numbers == {}
    assert "Your relu stopped" in explorer.remark.value and "error" in explorer.remark.value
    assert explorer._repr_mimebundle_()["image/png"]
    broken = False
    explorer.graph.weights = AWAKE[:-1] + [0.25]
    assert values(explorer)["A1"][1][2] == "0"
    assert explorer.remark.value == ""


# ---- the mission ----


def said(explorer: BackpropStepper) -> str:
    return str(explorer.mission_line.value)


def test_a_dead_unit_is_noticed_and_explained_by_its_closed_relu() -> None:
    explorer = stepper()
    assert explorer.why.layout.display == "none"
    explorer.graph.weights = DEAD
    assert [row[1] for row in values(explorer)["dZ1"]] == ["0", "0"]
    assert explorer.why.layout.display is None and "Why?" in said(explorer)
    explorer.why.value = UNHEARD
    assert "its dA1 was not 0" in explorer.remark.value and not explorer.mission.line.done
    explorer.why.value = NO_INPUT
    assert "none is 0" in explorer.remark.value
    explorer.why.value = CLOSED
    assert "Done" in said(explorer) and "dead ReLU" in said(explorer) and explorer.why.disabled
    assert [row[1] for row in values(explorer)["dW1"]] == ["0", "0"]
    assert values(explorer)["dW2"][1] == ["0", "0"]  # as the card says


def test_a_unit_that_is_not_heard_counts_with_the_other_reason() -> None:
    explorer = stepper()
    explorer.graph.weights = UNHEARD_WEIGHTS
    assert "Why?" in said(explorer)
    explorer.why.value = CLOSED
    assert "above 0" in explorer.remark.value and not explorer.mission.line.done
    explorer.why.value = UNHEARD
    assert "Done" in said(explorer) and "equal" in said(explorer)
    assert float(values(explorer)["dW2"][1][0].replace("−", "-")) != 0  # "the unit is not dead", as the card says


def test_half_a_success_is_a_near_miss() -> None:
    explorer = stepper()
    explorer.graph.weights = [-1.0, 0.5, 0.5, -0.75, 0.5]  # Z1: 0.5 and -2
    assert "Nearly" in explorer.remark.value and "row 0" in explorer.remark.value and "0.50" in explorer.remark.value


def test_the_answer_is_about_the_weights_that_were_found() -> None:
    explorer = stepper()
    explorer.graph.weights = DEAD
    explorer.graph.weights = AWAKE
    assert "Why?" in said(explorer)
    explorer.why.value = CLOSED
    assert explorer.mission.line.done
    explorer.graph.weights = DEAD
    assert "Done" in said(explorer)


def test_an_answer_can_be_given_again_after_moving_on() -> None:
    explorer = stepper()
    explorer.graph.weights = UNHEARD_WEIGHTS
    explorer.why.value = NO_INPUT
    explorer.graph.weights = DEAD
    assert "Not that" not in explorer.remark.value


@pytest.mark.parametrize("place", SLIDERS)
def test_each_slider_belongs_to_the_middle_hidden_unit(place: tuple[str, int, int]) -> None:
    array, row, column = place
    assert (row if array == "W2" else column) == 1


# ---- the picture ----


def test_boxes_stand_apart_and_inside() -> None:
    boxes = list(layout.BOXES.values())
    for k, a in enumerate(boxes):
        assert a.x >= 0 and a.y >= 0 and a.x + a.width <= layout.WIDTH and a.y + a.height <= layout.HEIGHT
        for b in boxes[k + 1 :]:
            apart = a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
            assert apart, (a.name, b.name)


def test_the_boxes_have_the_shapes_of_their_arrays() -> None:
    shown = values(stepper())
    for name, box in layout.BOXES.items():
        assert (box.rows, box.columns) == (len(shown[name]), len(shown[name][0]))
        assert box.gradient == (f"d{name}" in shown)


def test_every_step_lights_a_node_and_a_wire() -> None:
    assert {step.node for step in STEPS} == set(layout.NODES)
    for step in STEPS:
        lit = [wire for wire in layout.WIRES if step.makes in wire.steps]
        assert any(wire.backward == step.backward for wire in lit), step.makes
    assert all(wire.steps and set(wire.steps) <= {step.makes for step in STEPS} for wire in layout.WIRES)


def test_without_a_page_there_is_a_picture_and_a_stable_text() -> None:
    first, second = stepper()._repr_mimebundle_(), stepper()._repr_mimebundle_()
    assert first["text/plain"] == second["text/plain"] == repr(stepper())
    assert first["image/png"] == second["image/png"] and len(first["image/png"]) > 10_000
    assert "0x" not in repr(stepper()) and repr(stepper().graph) == "Graph()"
