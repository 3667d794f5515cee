"""Which product of X, dZ and W is dW, which is dX, which sum is db? The rounds of the shape puzzle and its verdicts.

    tiles, each turned or not -> two slots, or one slot and an axis -> verdict: right, or why not

Z = X W + b is one layer. With the loss L = sum of dZ * Z, whose gradient with respect to Z is dZ, the gradients of W, X
and b can be measured, by moving one number at a time; what the learner puts together is compared with that.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from course_lib.explorers.shell import Array

LETTERS = {"X": "ND", "dZ": "NH", "W": "DH"}
ORIGINAL = {"dW": "W", "dX": "X", "db": "b"}


@dataclass(frozen=True)
class Round:
    """What to build, what the letters stand for, and the numbers in the tiles."""

    number: int
    target: str
    sizes: dict[str, int]
    arrays: dict[str, Array]

    @property
    def letters(self) -> str:
        return "H" if self.target == "db" else LETTERS[ORIGINAL[self.target]]

    @property
    def alike(self) -> bool:
        """Whether all sides are the same, so that shapes tell nothing."""
        return len(set(self.sizes.values())) == 1

    @property
    def wanted(self) -> Array:
        """The gradient, measured: L = sum of dZ * (X W + b), each number of W, X or b moved by 1 up and down."""
        start = {**self.arrays, "b": np.zeros(self.sizes["H"])}
        moved = start[ORIGINAL[self.target]]
        slopes = np.empty(moved.shape)
        for place in np.ndindex(moved.shape):
            step = np.zeros(moved.shape)
            step[place] = 1
            up, down = (_loss({**start, ORIGINAL[self.target]: moved + sign * step}) for sign in (1, -1))
            slopes[place] = (up - down) / 2
        return slopes


def _loss(V: dict[str, Array]) -> float:
    return float(np.sum(V["dZ"] * (V["X"] @ V["W"] + V["b"])))


def _rounds() -> tuple[Round, ...]:
    rng = np.random.default_rng(0)
    sizes = {"N": 4, "D": 3, "H": 2}
    arrays = {name: rng.integers(-3, 4, [sizes[letter] for letter in LETTERS[name]]).astype(float) for name in LETTERS}
    alike = {"X": [[1.0, 2.0], [0.0, 3.0]], "dZ": [[2.0, -1.0], [1.0, 1.0]], "W": [[1.0, -2.0], [3.0, 1.0]]}
    return (
        *(Round(number, target, sizes, arrays) for number, target in enumerate(("dW", "dX", "db"), start=1)),
        Round(4, "dW", dict.fromkeys("NDH", 2), {name: np.array(rows) for name, rows in alike.items()}),
    )


ROUNDS = _rounds()


@dataclass(frozen=True)
class Build:
    """What lies in the slots: tiles by name, which tiles are turned, and in the round of db the axis."""

    round: Round
    slots: tuple[str, ...] = ()
    turned: frozenset[str] = field(default_factory=frozenset)
    axis: int | None = None

    def title(self, tile: str) -> str:
        return f"{tile}ᵀ" if tile in self.turned else tile

    def letters(self, tile: str) -> str:
        return LETTERS[tile][::-1] if tile in self.turned else LETTERS[tile]

    def shape(self, tile: str) -> str:
        """Of a tile as it lies: in letters, or in numbers where all sides are the same."""
        return str(self.array(tile).shape) if self.round.alike else in_words(self.letters(tile))

    def array(self, tile: str) -> Array:
        A = self.round.arrays[tile]
        return A.T if tile in self.turned else A

    @property
    def complete(self) -> bool:
        return len(self.slots) == 2 or bool(self.slots) and self.axis is not None

    @property
    def result(self) -> Array | None:
        """What comes out, or None if the slots are not full or the tiles cannot be multiplied."""
        if not self.complete:
            return None
        first = self.array(self.slots[0])
        if self.axis is not None:
            return np.asarray(first.sum(axis=self.axis))
        second = self.array(self.slots[1])
        return first @ second if first.shape[1] == second.shape[0] else None

    @property
    def result_letters(self) -> str:
        first = self.letters(self.slots[0])
        return first[1 - self.axis] if self.axis is not None else first[0] + self.letters(self.slots[1])[1]

    def with_tile(self, tile: str) -> Build:
        """The tile in the next free slot; with no slot free, a new beginning. An axis may be chosen before its tile."""
        begin = self.complete or self.round.target == "db"
        return replace(self, slots=(tile,) if begin else (*self.slots, tile), axis=None if self.slots else self.axis)


def in_words(letters: str) -> str:
    """ "ND" -> "(N, D)", "H" -> "(H,)"."""
    return f"({letters},)" if len(letters) == 1 else f"({letters[0]}, {letters[1]})"


@dataclass(frozen=True)
class Verdict:
    right: bool
    text: str


def verdict(build: Build) -> Verdict | None:
    """Whether it is the gradient that is wanted, and why or why not; None while a slot is empty."""
    if not build.complete:
        return None
    goal, result = build.round, build.result
    right = result is not None and result.shape == goal.wanted.shape and bool(np.all(result == goal.wanted))
    if right:
        return Verdict(True, _why_right(build))
    return Verdict(False, _why_wrong_sum(build) if build.axis is not None else _why_wrong_product(build))


def _why_right(build: Build) -> str:
    goal = build.round
    if goal.target == "db":
        return (
            "Right. b was added to every row of Z, once for each example, so its gradient adds up over the examples: "
            "axis 0 of dZ."
        )
    first, second = (build.letters(tile) for tile in build.slots)
    product = f"{build.title(build.slots[0])} {build.title(build.slots[1])}"
    if goal.alike:
        return (
            f"Right, by the numbers. In letters, {product} is {in_words(first)} times {in_words(second)}: N meets N. "
            "Sizes can agree by accident, letters cannot. That is why a test should use three different sizes, and "
            "why it should compare numbers too."
        )
    vanishes = {"N": "over the examples", "H": "over the units that each input went to"}[first[1]]
    return (
        f"Right. {in_words(first)} times {in_words(second)}: the {first[1]} in the middle vanishes, which means that "
        f"the product adds up {vanishes}. No other product of two tiles has the shape {in_words(goal.letters)}."
    )


def _why_wrong_product(build: Build) -> str:
    goal, result = build.round, build.result
    one, two = build.slots
    first, second = build.letters(one), build.letters(two)
    both = f"{build.title(one)} {in_words(first)} times {build.title(two)} {in_words(second)}"
    if result is None:
        return (
            f"{both} cannot be multiplied: the two letters in the middle must be the same, and {first[1]} is not "
            f"{second[0]}. Turn a tile with its T, or take others."
        )
    if result.shape != goal.wanted.shape:
        turned = result.T.shape == goal.wanted.shape and bool(np.all(result.T == goal.wanted))
        return (
            f"{both} can be multiplied: {first[1]} meets {second[0]} and vanishes. But the product has the shape "
            f"{in_words(build.result_letters)}, and {goal.target} must have the shape of {ORIGINAL[goal.target]}, "
            f"{in_words(goal.letters)}. "
            + (
                "It is the right one lying on its side, the transpose."
                if turned
                else "Which two letters must be outside?"
            )
        )
    row, column = np.argwhere(result != goal.wanted)[0]
    numbers = (
        f"The shape is right, as any shape is here, but the numbers are not: at [{row}, {column}] the product has "
        f"{result[row, column]:.0f}, and {goal.target}[{row}, {column}] was measured as {goal.wanted[row, column]:.0f}."
    )
    if first[1] != second[0]:
        return f"{numbers} In letters, {both}: {first[1]} would meet {second[0]}, and they only happen to be equal."
    product = in_words(build.result_letters)
    return f"{numbers} In letters, {both} is {product}, and {goal.target} is {in_words(goal.letters)}."


def _why_wrong_sum(build: Build) -> str:
    (tile,) = build.slots
    title, letters = build.title(tile), build.result_letters
    each = {"N": "example", "D": "input", "H": "unit"}[letters]
    if letters != "H":
        return (
            f"{title} summed over axis {build.axis} has the shape {in_words(letters)}, one number for each {each}. "
            "But db must have the shape of b, (H,), one number for each unit."
        )
    return (
        f"{title} summed over axis {build.axis} has the right shape, (H,), but the numbers are wrong. b does not go "
        f"through {tile}: it is added to Z, so its gradient is made from dZ."
    )
