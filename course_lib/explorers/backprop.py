"""Backprop through a small network as data: what each step computes, from which numbers, and how.

    X --linear--> Z1 --ReLU--> A1 --linear--> logits --softmax, cross-entropy--> L        forward:  Z1, A1, logits, P, L
      <--W1, b1--    <--------    <--W2, b2--        <-------------------------           backward: dlogits ... dW1, db1

`run` computes all arrays with the functions it is given; `STEPS` tells about each of them, in the order of the program
`PROGRAM`; `worked` writes one number of one of them as a sum that can be followed by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.explorers.shell import Array, call
from course_lib.nn import functional

Arrays = dict[str, Array]


@dataclass(frozen=True)
class Functions:
    """What computes the steps: the learner's functions, or the course's."""

    linear_forward: Callable[..., Any] = functional.linear_forward
    relu: Callable[..., Any] = functional.relu
    softmax: Callable[..., Any] = functional.softmax
    cross_entropy: Callable[..., Any] = functional.cross_entropy
    softmax_cross_entropy_backward: Callable[..., Any] = functional.softmax_cross_entropy_backward
    linear_backward: Callable[..., Any] = functional.linear_backward
    relu_backward: Callable[..., Any] = functional.relu_backward


class Part:
    """One part of what a function returns, as a function: `call` judges one array at a time."""

    def __init__(self, function: Callable[..., Any], part: int | str) -> None:
        self.function, self.part = function, part
        self.__name__: str = getattr(function, "__name__", "function")  # what an error is told about
        self.__code__: CodeType | None = getattr(function, "__code__", None)

    def __call__(self, *arguments: Any) -> Any:
        returned = self.function(*arguments)
        if not isinstance(returned, tuple | dict):
            raise TypeError(f"it should return several arrays, but it returned one {type(returned).__name__}")
        return returned[self.part]  # type: ignore[index]  # a tuple by number, a dict by name


def run(params: Mapping[str, Array], X: Array, y: NDArray[np.int64], functions: Functions) -> Arrays:
    """Every array of one forward and one backward pass, by the name it has in PROGRAM. L has shape ().

    X (N, D), W1 (D, H), b1 (H,), W2 (H, C), b2 (C,). LearnerError if a function stops or returns a wrong shape.
    """
    (N, _), (H, C) = X.shape, params["W2"].shape
    V: Arrays = {"X": X, **params}
    V["Z1"] = call(functions.linear_forward, X, V["W1"], V["b1"], shape=(N, H))
    V["A1"] = call(functions.relu, V["Z1"], shape=(N, H))
    V["logits"] = call(functions.linear_forward, V["A1"], V["W2"], V["b2"], shape=(N, C))
    V["P"] = call(functions.softmax, V["logits"], shape=(N, C))
    V["L"] = call(functions.cross_entropy, V["logits"], y, shape=())
    V["dlogits"] = call(functions.softmax_cross_entropy_backward, V["logits"], y, shape=(N, C))
    layer = V["dlogits"], V["A1"], V["W2"]
    for part, name in enumerate(("A1", "W2", "b2")):
        V[f"d{name}"] = call(Part(functions.linear_backward, part), *layer, shape=V[name].shape)
    V["dZ1"] = call(functions.relu_backward, V["dA1"], V["Z1"], shape=(N, H))
    layer = V["dZ1"], V["X"], V["W1"]
    for part, name in ((1, "W1"), (2, "b1")):
        V[f"d{name}"] = call(Part(functions.linear_backward, part), *layer, shape=V[name].shape)
    return V


# ---- the steps in words --------------------------------------------------------------------------

PROGRAM = (
    "# forward",
    "Z1 = linear_forward(X, W1, b1)",
    "A1 = relu(Z1)",
    "logits = linear_forward(A1, W2, b2)",
    "P = softmax(logits)",
    "L = cross_entropy(logits, y)",
    "# backward",
    "dlogits = softmax_cross_entropy_backward(logits, y)",
    "dA1, dW2, db2 = linear_backward(dlogits, A1, W2)",
    "dZ1 = relu_backward(dA1, Z1)",
    "_, dW1, db1 = linear_backward(dZ1, X, W1)",
)


@dataclass(frozen=True)
class Step:
    """One step: the array it makes, the node of the graph where, its line of PROGRAM, and what to say about it.

    equation: LaTeX-like, with _1 for an index and ^T for a transpose; shapes: in the letters N, D, H, C.
    """

    makes: str
    node: str
    line: int
    title: str
    equation: str
    shapes: str
    says: str

    @property
    def backward(self) -> bool:
        return self.makes.startswith("d")

    @property
    def function(self) -> str:
        """The name of the function that PROGRAM calls here."""
        return PROGRAM[self.line].split(" = ")[1].split("(")[0]


GIVEN = Step(
    "", "", 0, "What is given", "", "",
    "Two examples, one in each row of X, with their labels y, and the weights and biases of both layers. Which way "
    "should each weight go, to make the loss smaller? First forward to the loss, then back to every weight.",
)  # fmt: skip
STEPS = (
    Step(
        "Z1", "linear1", 1, "First layer, forward", "Z_1 = X W_1 + b_1", "(N, D) (D, H) + (H,) → (N, H)",
        "Each hidden unit multiplies the inputs by its weights, adds up, and adds its bias. A row is an example, a "
        "column is a unit.",
    ),
    Step(
        "A1", "relu", 2, "ReLU, forward", "A_1 = max(Z_1, 0)", "(N, H) → (N, H)",
        "What is above 0 passes unchanged. The rest becomes 0: there the unit is closed for that example.",
    ),
    Step(
        "logits", "linear2", 3, "Second layer, forward", "logits = A_1 W_2 + b_2", "(N, H) (H, C) + (C,) → (N, C)",
        "The same again, with the activations as inputs. Now a column is a class.",
    ),
    Step(
        "P", "loss", 4, "Probabilities", "P = softmax(logits)", "(N, C) → (N, C)",
        "The logits of each row become probabilities that add up to 1. The larger logit gets the larger share.",
    ),
    Step(
        "L", "loss", 5, "The loss", "L = −(1/N) Σ_n ln P[n, y_n]", "(N, C) and (N,) → one number",
        "The loss looks only at the probability of the right class, and takes the mean over the examples. Here the "
        "way forward ends.",
    ),
    Step(
        "dlogits", "loss", 7, "Softmax and cross-entropy, backward", "dlogits = (P − Y) / N", "(N, C) → (N, C)",
        "The way back begins with dL/dL = 1. Probability minus one-hot label, divided by N: below 0 for the right "
        "class, above 0 for the other. Each row adds up to 0.",
    ),
    Step(
        "dW2", "linear2", 8, "Second layer, backward: its weights", "dW_2 = A_1^T dlogits", "(H, N) (N, C) → (H, C)",
        "A weight was multiplied by an activation, so its gradient is that activation times what comes back. The sum "
        "runs over the examples.",
    ),
    Step(
        "db2", "linear2", 8, "Second layer, backward: its biases", "db_2 = Σ_n dlogits[n]", "(N, C) → (C,)",
        "A bias was added to every example, so what comes back from every example is added up.",
    ),
    Step(
        "dA1", "linear2", 8, "Second layer, backward: its inputs", "dA_1 = dlogits W_2^T", "(N, C) (C, H) → (N, H)",
        "Each logit sends its gradient back along the same weights, so W2 is used the other way round: from the "
        "classes to the units.",
    ),
    Step(
        "dZ1", "relu", 9, "ReLU, backward", "dZ_1 = dA_1 ⊙ [Z_1 > 0]", "(N, H) (N, H) → (N, H)",
        "The ReLU is a switch. Where Z1 was above 0 the gradient passes unchanged; where the unit was closed it "
        "becomes 0.",
    ),
    Step(
        "dW1", "linear1", 10, "First layer, backward: its weights", "dW_1 = X^T dZ_1", "(D, N) (N, H) → (D, H)",
        "The same rule as for W2: the layer's input, transposed, times what comes back.",
    ),
    Step(
        "db1", "linear1", 10, "First layer, backward: its biases", "db_1 = Σ_n dZ_1[n]", "(N, H) → (H,)",
        "And the biases of the hidden units. Now every weight has its gradient: backprop is done.",
    ),
)  # fmt: skip


# ---- one number by hand --------------------------------------------------------------------------


class Place(NamedTuple):
    """One number: row and column of an array; a vector is one row."""

    array: str
    row: int
    column: int


@dataclass(frozen=True)
class Worked:
    """How one number comes about: a calculation in words, its result, and the numbers that go into it."""

    text: str
    result: float
    uses: tuple[Place, ...]


def table(V: Arrays, name: str) -> Array:
    """An array as rows and columns: a vector (H,) as one row, a single number as (1, 1)."""
    return np.atleast_2d(V[name])


def shown(name: str, value: float) -> str:
    """A number in print: two decimals, three for a gradient; exactly 0 is "0", unlike a small number."""
    if value == 0:
        return "0"
    digits = 3 if name.startswith("d") else 2
    rounded = f"{value:.{digits}f}"
    return (rounded if float(rounded) else f"{0:.{digits}f}").replace("-", "−")


def worked(V: Arrays, y: NDArray[np.int64], makes: str, row: int, column: int) -> Worked:
    """The number of V[makes] at (row, column), worked out from the arrays that its step reads."""

    def at(place: Place) -> float:
        return float(table(V, place.array)[place.row, place.column])

    def digits(place: Place, *, first: bool = False) -> str:
        text = shown(place.array, at(place))
        return text if first or not text.startswith("−") else f"({text})"

    def products(*terms: tuple[Place, ...]) -> Worked:
        text = " + ".join(
            " × ".join(digits(place, first=t == k == 0) for k, place in enumerate(term)) for t, term in enumerate(terms)
        )
        return Worked(text, sum(float(np.prod([at(p) for p in term])) for term in terms), sum(terms, ()))

    (N, D), (H, C) = V["X"].shape, V["W2"].shape
    n = row
    match makes:
        case "Z1":
            pairs = [(Place("X", n, d), Place("W1", d, column)) for d in range(D)]
            return products(*pairs, (Place("b1", 0, column),))
        case "A1":
            z = Place("Z1", n, column)
            return Worked(f"max({digits(z, first=True)}, 0)", max(at(z), 0.0), (z,))
        case "logits":
            pairs = [(Place("A1", n, h), Place("W2", h, column)) for h in range(H)]
            return products(*pairs, (Place("b2", 0, column),))
        case "P":
            scores = tuple(Place("logits", n, c) for c in range(C))
            powers = [f"exp({digits(score, first=True)})" for score in scores]
            exponentials = np.exp([at(score) for score in scores])
            result = float(exponentials[column] / exponentials.sum())
            return Worked(f"{powers[column]} / ({' + '.join(powers)})", result, scores)
        case "L":
            right = tuple(Place("P", n, int(y[n])) for n in range(N))
            logs = " − ".join(f"ln {digits(p)}" for p in right)
            return Worked(f"(−{logs}) / {N}", -sum(float(np.log(at(p))) for p in right) / N, right)
        case "dlogits":
            p, label = Place("P", n, column), int(column == y[n])
            return Worked(f"({digits(p, first=True)} − {label}) / {N}", (at(p) - label) / N, (p, Place("y", n, 0)))
        case "dW2":
            return products(*((Place("A1", n, row), Place("dlogits", n, column)) for n in range(N)))
        case "db2":
            return products(*((Place("dlogits", n, column),) for n in range(N)))
        case "dA1":
            return products(*((Place("dlogits", n, c), Place("W2", column, c)) for c in range(C)))
        case "dZ1":
            upstream, z = Place("dA1", n, column), Place("Z1", n, column)
            is_open = at(z) > 0
            why = f"Z1 = {digits(z, first=True)} is {'above' if is_open else 'not above'} 0"
            return Worked(
                f"{digits(upstream, first=True)} × {int(is_open)}, as {why},", at(upstream) * is_open, (upstream, z)
            )
        case "dW1":
            return products(*((Place("X", n, row), Place("dZ1", n, column)) for n in range(N)))
        case "db1":
            return products(*((Place("dZ1", n, column),) for n in range(N)))
        case _:
            raise ValueError(f"{makes!r} is not made by a step of PROGRAM.")
