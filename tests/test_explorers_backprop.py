"""The steps of backprop as data: gradients against differences of the loss, calculations against their numbers."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from course_lib.explorers.backprop import PROGRAM, STEPS, Arrays, Functions, Part, Place, run, shown, table, worked
from course_lib.explorers.shell import LearnerError, call

SIZES = [(2, 2, 3, 2), (1, 2, 3, 2), (4, 3, 5, 4)]


def network(N: int, D: int, H: int, C: int) -> tuple[Arrays, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(N)
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    params = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    return params, rng.standard_normal((N, D)), rng.integers(0, C, N)


@pytest.mark.parametrize("sizes", SIZES)
def test_the_gradients_are_the_slopes_of_the_loss(sizes: tuple[int, int, int, int]) -> None:
    params, X, y = network(*sizes)
    V = run(params, X, y, Functions())

    def loss(name: str, place: tuple[int, ...], moved: float) -> float:
        changed = params[name].copy()
        changed[place] += moved
        return float(run({**params, name: changed}, X, y, Functions())["L"])

    for name, value in params.items():
        for place in np.ndindex(value.shape):
            slope = (loss(name, place, 1e-5) - loss(name, place, -1e-5)) / 2e-5
            assert V[f"d{name}"][place] == pytest.approx(slope, abs=1e-8), (name, place)


@pytest.mark.parametrize("sizes", SIZES)
def test_each_number_is_worked_out_from_what_was_there_before(sizes: tuple[int, int, int, int]) -> None:
    params, X, y = network(*sizes)
    V = run(params, X, y, Functions())
    known = {"X", "y", *params}
    for step in STEPS:
        for (row, column), value in np.ndenumerate(table(V, step.makes)):
            work = worked(V, y, step.makes, row, column)
            assert work.result == pytest.approx(value, abs=1e-12), (step.makes, row, column)
            assert {place.array for place in work.uses} <= known
            for place in work.uses:
                assert place.array == "y" or 0 <= place.column < table(V, place.array).shape[1]
        known.add(step.makes)


@pytest.mark.parametrize("makes", [step.makes for step in STEPS])
def test_the_text_of_a_calculation_comes_to_its_result(makes: str) -> None:
    params, X, y = network(2, 2, 3, 2)
    V = run(params, X, y, Functions())
    for (row, column), _ in np.ndenumerate(table(V, makes)):
        work = worked(V, y, makes, row, column)
        text = re.sub(r", as .*", "", work.text)  # the reason of the ReLU
        code = re.sub(r"ln (\S+?)(?=[ )])", r"log(\1)", text.replace("×", "*").replace("−", "-"))
        value = eval(code, {"exp": np.exp, "log": np.log, "max": max})
        assert value == pytest.approx(work.result, abs=0.03), text


def test_the_steps_are_the_program() -> None:
    functions = {field.name for field in dataclasses.fields(Functions)}
    letters = {"N": 5, "D": 4, "H": 3, "C": 2}
    params, X, y = network(*letters.values())
    V = run(params, X, y, Functions())
    made = [name for line in PROGRAM if "=" in line for name in line.split(" = ")[0].split(", ") if name != "_"]
    assert sorted(made) == sorted(step.makes for step in STEPS)
    for step in STEPS:
        assert step.makes in PROGRAM[step.line].split(" = ")[0].split(", ")
        assert step.function in functions
        assert step.backward == (step.line > PROGRAM.index("# backward"))
        if step.makes != "L":
            names = re.findall(r"[NDHC]", step.shapes.split("→")[1])
            assert V[step.makes].shape == tuple(letters[name] for name in names)


def test_the_functions_that_are_handed_over_compute_the_steps() -> None:
    params, X, y = network(2, 2, 3, 2)
    right = run(params, X, y, Functions())
    doubled = Functions(linear_backward=lambda dZ, X, W: (dZ @ W.T, 2 * X.T @ dZ, dZ.sum(axis=0)))
    wrong = run(params, X, y, doubled)
    np.testing.assert_allclose(wrong["dW1"], 2 * right["dW1"])
    assert worked(wrong, y, "dW1", 0, 0).result == pytest.approx(right["dW1"][0, 0])


def test_an_error_in_a_function_is_one_sentence() -> None:
    params, X, y = network(2, 2, 3, 2)

    def linear_backward(dZ, X, W):  # type: ignore[no-untyped-def]
        return X.T @ dZ

    def relu(Z):  # type: ignore[no-untyped-def]
        return Z.nothing

    with pytest.raises(LearnerError, match="^Your linear_backward stopped: TypeError: it should return several arrays"):
        run(params, X, y, Functions(linear_backward=linear_backward))
    with pytest.raises(LearnerError, match=r"^Your relu stopped at its line 'return Z.nothing': AttributeError"):
        run(params, X, y, Functions(relu=relu))
    with pytest.raises(LearnerError, match=r"shape \(2, 3\) here, but its shape is \(3, 2\)"):
        run(params, X, y, Functions(linear_backward=lambda dZ, X, W: ((dZ @ W.T).T, X.T @ dZ, dZ.sum(axis=0))))


def test_a_part_is_taken_by_number_or_by_name() -> None:
    assert call(Part(lambda x: (x, 2 * x), 1), np.array(3.0), shape=()) == 6
    assert call(Part(lambda x: {"W1": x, "b1": -x}, "b1"), np.array(3.0), shape=()) == -3


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [("Z1", 0.0, "0"), ("Z1", -0.0, "0"), ("Z1", -0.125, "−0.12"), ("Z1", -0.001, "0.00"), ("dZ1", -0.001, "−0.001"),
     ("dZ1", 1e-9, "0.000"), ("W1", 1.0, "1.00")],
)  # fmt: skip
def test_numbers_in_print(name: str, value: float, text: str) -> None:
    assert shown(name, value) == text


def test_a_vector_is_one_row() -> None:
    V = {"b1": np.array([1.0, 2.0]), "L": np.array(3.0)}
    assert table(V, "b1").shape == (1, 2) and table(V, "L").shape == (1, 1)
    assert Place("b1", 0, 1)[1:] == (0, 1)
