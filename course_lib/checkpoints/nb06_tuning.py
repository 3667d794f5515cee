"""Notebook 6: the exercises of tuning, and the mistakes that are made in them. onlookers.py tries them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_lib import data
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.checkpoints.onlookers import (
    GRID_FACTS,
    HALVING_FACTS,
    RANDOM_FACTS,
    SAMPLE_FACTS,
    SPLIT_FACTS,
    Array,
    Config,
    Evaluate,
    Grid,
    Rng,
    Rows,
    Sample,
    facts_of_a_grid_search,
    facts_of_a_random_search,
    facts_of_splits,
    laws_of_samples,
    rounds_of_halving,
    worth,
)
from course_lib.tuning import searches as reference

Found = tuple[Config, float]

PARTS = "06#1. Three parts, three questions"
LOG = "06#3. Learning rates live on a log scale"
GRID = "06#4. Grid search"
RANDOM = "06#5. Random search"
HALVING = "06#6. Successive halving"
SPREAD = "06#7. How sure are you?"


# ---- train_val_test_split -------------------------------------------------------------------------------------------


def _split_cases() -> list[Case]:
    """X whose first feature is the number of the row; y ordered by class, in the first case in three blocks."""

    def case(labels: list[int], counts: list[int], val: float, test: float, dtype: type) -> Case:
        y = np.repeat(labels, counts)
        n = np.arange(len(y))
        return np.stack([n, n * 7 % 101], axis=1).astype(dtype), y, val, test, np.random.default_rng(len(y))

    return [
        case([1, 0, 1], [30, 80, 10], 0.25, 0.125, np.float32),
        case([0, 1, 2], [96, 64, 40], 0.25, 0.375, np.float64),
        case([0, 1, 2], [121, 83, 53], 0.4, 0.3, np.float64),
        case([*range(12)], [*[20, 30] * 5, 20, 4], 0.3, 0.1, np.float64),  # of four, none goes to the test part
    ]


train_val_test_split = Exercise(
    "train_val_test_split",
    reference=data.train_val_test_split,
    experiment=facts_of_splits,
    cases=_split_cases,
    returns=SPLIT_FACTS,
    points=2,
    hints=(
        "Think in rows, not in images: which rows of X belong to which part? One class at a time.",
        "For each class: `rng.permutation` of the rows where y is that class. The first `round(test * len(rows))` of "
        "them are for the test part, the next `round(val * len(rows))` for the validation part, the others are for "
        "training. Gather the rows of all classes.",
        "Nearly the code: `for c in np.unique(y):`, `rows = rng.permutation(np.flatnonzero(y == c))`, `n_test = "
        "round(test * len(rows))`, `n_val = ...`, `parts[2].append(rows[:n_test])`, and so on. After the loop "
        "`train, val, test = (np.concatenate(part) for part in parts)`, and return `X[train], y[train], ...`.",
    ),
)


def _dealt(X: Array, y: Array, rng: Rng, cut: Callable[[Array], Rows]) -> Any:
    """The split in which the rows of each class, in random order, are cut in three."""
    cuts = [cut(rng.permutation(np.flatnonzero(y == c))) for c in np.unique(y)]
    train, val, test = (np.concatenate(rows) for rows in zip(*cuts, strict=True))
    return _parts(X, y, (train, val, test))


def _parts(X: Array, y: Array, rows: Rows) -> Any:
    train, val, test = rows
    return X[train], y[train], X[val], y[val], X[test], y[test]


def _cut(rows: Array, val: float, test: float) -> Rows:
    """Training, validation and test rows: the fractions `val` and `test` of the rows, and the others."""
    n_val, n_test = round(val * len(rows)), round(test * len(rows))
    return rows[n_val + n_test :], rows[:n_val], rows[n_val : n_val + n_test]


@train_val_test_split.misconception("not stratified", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**The classes are not in proportion.** In your parts some classes have more examples than their share, and some
    have fewer. Deal the rows out class by class, so that each class gives the same fraction to each part."""
    return _parts(X, y, _cut(rng.permutation(len(y)), val, test))


@train_val_test_split.misconception("only the test part is stratified", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**In the test part all classes are in proportion, in the other two they are not.** The second cut, between
    training and validation, must go class by class too."""
    rest, test_rows = data.stratified_split(y, test, rng)
    n_val = round(val * len(y))
    return _parts(X, y, (rest[n_val:], rest[:n_val], test_rows))


@train_val_test_split.misconception("val is a fraction of the rest", see=PARTS)
def _(right: Callable[..., Any], X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**The validation part is too small.** `val` is a fraction of all examples. You took it of those that are left
    when the test part is out: of these, the fraction is val / (1 - test)."""
    return right(X, y, val * (1 - test), test, rng)


@train_val_test_split.misconception("test is a fraction of the rest", see=PARTS)
def _(right: Callable[..., Any], X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**The test part is too small.** `test` is a fraction of all examples. You took it of those that are left when
    the validation part is out: of these, the fraction is test / (1 - val)."""
    return right(X, y, val, test * (1 - val), rng)


@train_val_test_split.misconception("val and test have changed places", see=PARTS)
def _(right: Callable[..., Any], X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Validation and test have changed places.** X_val has the fraction `test` of the examples, and X_test the
    fraction `val`. Look at the order of your cuts, and of what you return."""
    return right(X, y, test, val, rng)


@train_val_test_split.misconception("X and y are out of step", see=PARTS)
def _(right: Callable[..., Any], X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Images have got the labels of other images.** X and y must be indexed with the same rows, in the same order;
    shuffled each on its own, they lose one another."""
    X_train, y_train, X_val, y_val, X_test, y_test = right(X, y, val, test, rng)
    return X_train, y_train[::-1], X_val, y_val[::-1], X_test, y_test[::-1]


@train_val_test_split.misconception("X and y are out of step", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Images have got the labels of other images.** X and y must be indexed with the same rows, in the same order;
    shuffled each on its own, they lose one another, and then the classes are not in proportion either."""
    return data.train_val_test_split(rng.permutation(X), rng.permutation(y), val, test, rng)


@train_val_test_split.misconception("validation and test part overlap", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Some examples stand in two parts.** When the rows of the validation part and those of the test part are drawn
    independently, some are drawn for both. Draw one order, and cut it in three."""

    def cut(rows: Array) -> Rows:
        val_rows, test_rows = _cut(rows, val, 0)[1], _cut(rng.permutation(rows), 0, test)[2]
        return np.setdiff1d(rows, [*val_rows, *test_rows]), val_rows, test_rows

    return _dealt(X, y, rng, cut)


@train_val_test_split.misconception("validation and test part overlap", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Some examples stand in two parts.** When the rows of the validation part and those of the test part are drawn
    independently, some are drawn for both. Draw one order, and cut it in three; class by class, because the classes
    are not in proportion either."""
    rows = np.arange(len(y))
    val_rows, test_rows = _cut(rng.permutation(rows), val, 0)[1], _cut(rng.permutation(rows), 0, test)[2]
    return _parts(X, y, (np.setdiff1d(rows, [*val_rows, *test_rows]), val_rows, test_rows))


@train_val_test_split.misconception("validation and test part overlap", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Some examples stand in two parts, and others in none.** Validation and test are cut from the same end of your
    rows. The second cut begins where the first has ended: `rows[n_val : n_val + n_test]`."""

    def cut(rows: Array) -> Rows:
        train, val_rows, _ = _cut(rows, val, test)
        return train, val_rows, _cut(rows, test, 0)[1]

    return _dealt(X, y, rng, cut)


def _ends_at_a_length(test_first: bool, train_follows: bool) -> Callable[..., Any]:
    """The mistake, whichever part is cut first, and whether training begins at the wrong end or at the right one."""

    def mistaken(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
        """**Your second slice ends too early.** The second number of a slice is the place where it ends, not how many
        rows it has. From row n on, m rows are `rows[n : n + m]`."""

        def cut(rows: Array) -> Rows:
            n, m = (round(part * len(rows)) for part in ((test, val) if test_first else (val, test)))
            first, second, train = rows[:n], rows[n:m], rows[m if train_follows else n + m :]
            return (train, second, first) if test_first else (train, first, second)

        return _dealt(X, y, rng, cut)

    return mistaken


for test_first, train_follows in itertools.product((False, True), repeat=2):
    train_val_test_split.misconception("a slice that ends at a length", see=PARTS)(
        _ends_at_a_length(test_first, train_follows)
    )


@train_val_test_split.misconception("counts from the end, and from -0", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Where a class gives 0 examples, you take all of them.** -0 is 0, so `rows[-0:]` is the whole, and `rows[:-0]`
    is nothing. Count from the front: `rows[:n]` and `rows[n:]` are right for n = 0 too."""

    def cut(rows: Array) -> Rows:
        n_val, n_test = round(val * len(rows)), round(test * len(rows))
        return rows[: -(n_val + n_test)], rows[-(n_val + n_test) : -n_test], rows[-n_test:]

    return _dealt(X, y, rng, cut)


@train_val_test_split.misconception("counts from the end, and from -0", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Where a class gives 0 examples, you take all of them.** -0 is 0, so `rows[-0:]` is the whole, and `rows[n:-0]`
    is nothing. Count from the front: `rows[:n]` and `rows[n:]` are right for n = 0 too."""

    def cut(rows: Array) -> Rows:
        n_val, n_test = round(val * len(rows)), round(test * len(rows))
        return rows[n_val:-n_test], rows[:n_val], rows[-n_test:]

    return _dealt(X, y, rng, cut)


@train_val_test_split.misconception("takes the fraction of all from every class", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Every class gives a fraction of the whole.** Inside the loop the count is that of the class: `val * len(rows)`,
    not `val * len(y)`."""

    def cut(rows: Array) -> Rows:
        n_val, n_test = round(val * len(y)), round(test * len(y))
        return rows[n_val + n_test :], rows[:n_val], rows[n_val : n_val + n_test]

    return _dealt(X, y, rng, cut)


@train_val_test_split.misconception("some classes are left out", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**With more than ten classes, some are left out.** Not every data set has ten: `np.unique(y)` gives all the
    classes that there are."""
    some = y < 10
    return data.train_val_test_split(X[some], y[some], val, test, rng)


@train_val_test_split.misconception("some classes are left out", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**The last class is left out.** `range(y.max())` ends before y.max(). `np.unique(y)` gives all the classes that
    there are."""
    some = y < y.max()
    return data.train_val_test_split(X[some], y[some], val, test, rng)


@train_val_test_split.misconception("only one class is dealt out", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Only the first class is dealt out.** Does a `return` stand inside the loop? It belongs behind it, as far left
    as the `for`."""
    some = y == y.min()
    return data.train_val_test_split(X[some], y[some], val, test, rng)


@train_val_test_split.misconception("only one class is dealt out", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Only the last class is dealt out.** Each round of the loop replaces the rows of the round before. Gather them
    in lists, and join these when the loop is through."""
    some = y == y.max()
    return data.train_val_test_split(X[some], y[some], val, test, rng)


@train_val_test_split.misconception("examples of the other parts are in training", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Examples of the other parts are in the training part too.** A network that is judged by images it has learned
    from looks better than it is. Take the rows of the validation part and of the test part out."""

    def cut(rows: Array) -> Rows:
        train, val_rows, test_rows = _cut(rows, val, test)
        return np.concatenate([train, val_rows]), val_rows, test_rows

    return _dealt(X, y, rng, cut)


@train_val_test_split.misconception("draws with replacement", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Some examples come twice, others not at all.** `rng.choice` and `rng.integers` may draw the same row again;
    `rng.permutation` has every row once."""
    return _dealt(X, y, rng, lambda rows: _cut(rng.choice(rows, len(rows)), val, test))


@train_val_test_split.misconception("draws with replacement", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Some examples come twice, others not at all.** `rng.choice` and `rng.integers` may draw the same row again;
    `rng.permutation` has every row once. Shuffle and cut class by class: the classes are not in proportion either."""
    return _parts(X, y, _cut(rng.integers(0, len(y), len(y)), val, test))


@train_val_test_split.misconception("draws with replacement", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Some examples come twice.** `rng.choice` and `rng.integers` may draw the same row again, in one part and for
    both. Shuffle the rows once, with `rng.permutation`, and cut them; class by class, because the classes are not in
    proportion either."""
    val_rows, test_rows = rng.integers(0, len(y), round(val * len(y))), rng.integers(0, len(y), round(test * len(y)))
    return _parts(X, y, (np.setdiff1d(np.arange(len(y)), [*val_rows, *test_rows]), val_rows, test_rows))


@train_val_test_split.misconception("loses examples to rounding", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Some examples stand in no part.** Three sizes, each rounded down, need not add up to the whole. Give the
    training part all that the other two leave."""

    def cut(rows: Array) -> Rows:
        train, val_rows, test_rows = _cut(rows, val, test)
        return train[: int((1 - val - test) * len(rows))], val_rows, test_rows

    return _dealt(X, y, rng, cut)


@train_val_test_split.misconception("numbers the rows inside their class", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Your rows are counted inside a class, and looked up in the whole of X.** Row 5 of a class stands somewhere else
    in X: `np.flatnonzero(y == c)` tells where. Shuffle what that gives."""
    cuts = [_cut(rng.permutation(n), val, test) for n in np.bincount(y)]
    train, val_rows, test_rows = (np.concatenate(rows) for rows in zip(*cuts, strict=True))
    return _parts(X, y, (train, val_rows, test_rows))


@train_val_test_split.misconception("looks rows of the rest up in the whole", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Some examples stand in two parts, and others in none.** A second cut numbers the rows that were left over,
    from 0. Look them up there: `rest[rows]` are the rows of X."""
    rest, test_rows = data.stratified_split(y, test, rng)
    train, val_rows = data.stratified_split(y[rest], val / (1 - test), rng)
    return _parts(X, y, (train, val_rows, test_rows))


@train_val_test_split.misconception("the same split at every call", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Every call gives the same parts.** The rows are not shuffled, or shuffled with a seed of your own. Shuffle
    the rows of each class with the `rng` that you are given."""
    return _dealt(X, y, np.random.default_rng(0), lambda rows: _cut(rows, val, test))


@train_val_test_split.misconception("cuts the rows as they stand", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**Every call gives the same parts, and the classes are not in proportion.** If the examples are ordered by
    class, a part can lack a class altogether. Shuffle the rows, with `rng`, and cut them class by class."""
    return _parts(X, y, _cut(np.arange(len(y)), val, test))


@train_val_test_split.misconception("first all X, then all y", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**The parts come in another order.** scikit-learn returns first all X, then all y. Here each part stands
    together: X_train, y_train, X_val, y_val, X_test, y_test."""
    X_train, y_train, X_val, y_val, X_test, y_test = _dealt(X, y, rng, lambda rows: _cut(rows, val, test))
    return X_train, X_val, X_test, y_train, y_val, y_test


@train_val_test_split.misconception("the training part comes last", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**The parts come in another order.** First the training part, then validation, then test: X_train, y_train,
    X_val, y_val, X_test, y_test."""
    X_train, y_train, *others = data.train_val_test_split(X, y, val, test, rng)
    return *others, X_train, y_train


@train_val_test_split.misconception("changes the examples", see=PARTS)
def _(X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """**The examples are not those of X.** A split only deals them out. Standardising comes after it, with the mean
    and the standard deviation of the training part alone; before it, test images would have a say in them."""
    return _dealt((X - X.mean(axis=0)) / X.std(axis=0), y, rng, lambda rows: _cut(rows, val, test))


# ---- sample_log_uniform ---------------------------------------------------------------------------------------------

sample_log_uniform = Exercise(
    "sample_log_uniform",
    reference=reference.sample_log_uniform,
    experiment=laws_of_samples,
    cases=lambda: [
        (1e-4, 1.0, np.random.default_rng(0)),
        (1e-3, 10.0, np.random.default_rng(1)),
        (2e-6, 0.5, np.random.default_rng(2)),
        (1.0, 10.0, np.random.default_rng(3)),
    ],
    returns=SAMPLE_FACTS,
    hints=(
        "You want every power of ten to be equally likely. Which number is then uniform: x, or its logarithm?",
        "Draw the logarithm: uniform between log(low) and log(high). Then undo the logarithm. `np.log` is undone by "
        "`np.exp`, and `np.log10` by `10 ** ...`; do not mix them.",
        "Nearly the code: `exponent = rng.uniform(np.log(low), ...)`, then return `np.exp(...)`.",
    ),
)


@sample_log_uniform.misconception("uniform on the plain scale", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**These are spread evenly on the plain scale.** Between 0.0001 and 1, nine samples of ten are then above 0.1,
    and hardly any is below 0.001. Draw the logarithm evenly, and undo it."""
    return rng.uniform(low, high)


@sample_log_uniform.misconception("e to a power of base ten", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**Two bases are mixed.** You draw an exponent between log10(low) and log10(high), and raise e to it.
    `10 ** exponent` undoes `np.log10`; `np.exp` undoes `np.log`."""
    return np.exp(rng.uniform(np.log10(low), np.log10(high)))


@sample_log_uniform.misconception("ten to a natural power", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**Two bases are mixed.** You draw an exponent between ln(low) and ln(high), and raise 10 to it. `np.exp` undoes
    `np.log`; `10 ** exponent` undoes `np.log10`."""
    return 10 ** rng.uniform(np.log(low), np.log(high))


@sample_log_uniform.misconception("returns the exponent", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**This is the exponent, evenly spread between ln(low) and ln(high).** One step is left: undo the logarithm,
    with `np.exp`."""
    return rng.uniform(np.log(low), np.log(high))


@sample_log_uniform.misconception("returns the exponent", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**This is the exponent, evenly spread between log10(low) and log10(high).** One step is left: 10 to the power
    of it."""
    return rng.uniform(np.log10(low), np.log10(high))


@sample_log_uniform.misconception("no logarithm of the bounds", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**You draw an exponent between low and high themselves**, and raise e to it. The exponent lies between their
    logarithms, np.log(low) and np.log(high)."""
    return np.exp(rng.uniform(low, high))


@sample_log_uniform.misconception("no logarithm of the bounds", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**You draw an exponent between low and high themselves**, and raise 10 to it. The exponent lies between their
    logarithms, np.log10(low) and np.log10(high)."""
    return 10 ** rng.uniform(low, high)


@sample_log_uniform.misconception("the logarithm after the draw", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**This is the logarithm of a number between low and high.** The other way round: first the logarithms of low and
    high, then a uniform number between those, then undo the logarithm."""
    return np.log(rng.uniform(low, high))


@sample_log_uniform.misconception("the logarithm after the draw", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**This is log10 of a number between low and high.** The other way round: first the logarithms of low and high,
    then a uniform number between those, then undo the logarithm."""
    return np.log10(rng.uniform(low, high))


@sample_log_uniform.misconception("the bounds are written into the function", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**All samples lie between 0.0001 and 1, whatever low and high are.** The exponents -4 and 0 suit one range only.
    Take the logarithms of the arguments."""
    return 10 ** rng.uniform(-4, 0)


@sample_log_uniform.misconception("the same values again and again", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**The same values come again and again.** Whole exponents, or a list to choose from, leave gaps between them:
    that is a grid again. Draw the exponent from the whole range, with `rng.uniform`."""
    return 10.0 ** rng.integers(math.ceil(np.log10(low)), math.floor(np.log10(high)) + 1)


@sample_log_uniform.misconception("the same values again and again", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**Whole exponents give the same few values again and again**, and `rng.integers` leaves its upper end out. That
    is a grid, with gaps. Draw the exponent from the whole range, with `rng.uniform`."""
    return 10.0 ** rng.integers(int(np.log10(low)), int(np.log10(high)))


@sample_log_uniform.misconception("the same values again and again", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**Whole exponents give the same few values again and again**, and some lie outside the bounds. That is a grid,
    with gaps. Draw the exponent from the whole range, with `rng.uniform`."""
    return 10.0 ** rng.integers(int(np.log10(low)), int(np.log10(high)) + 1)


@sample_log_uniform.misconception("the same number at every call", see=LOG)
def _(low: float, high: float, rng: Rng) -> Any:
    """**Every call gives the same number.** A seed inside the function begins anew at each call. Draw from the `rng`
    that you are given."""
    return reference.sample_log_uniform(low, high, np.random.default_rng(0))


# ---- the searches: what is shared ------------------------------------------------------------------------------------


def _upside_down(evaluate: Evaluate) -> Evaluate:
    return lambda *arguments: -evaluate(*arguments)


def _if_a_number(config: Config, score: float) -> Any:
    """What a loop has found that begins with None and -inf."""
    return (None, -math.inf) if math.isnan(score) else (config, score)


def _walk(evaluate: Evaluate, configs: Sequence[Config]) -> Found:
    """The first of the best of these configs, and its score."""
    scores = [worth(evaluate(config)) for config in configs]
    at = scores.index(max(scores))
    return configs[at], scores[at]


# ---- grid_search ----------------------------------------------------------------------------------------------------


def bump(config: Config) -> float:
    """score = -|log10(lr) + 2|"""
    return -abs(math.log10(float(config["lr"])) + 2)


def ridge(config: Config) -> float:
    """score = 1 - |log10(lr) + 2| / 10 - |hidden - 32| / 100 - |lam - 0.01|"""
    off = abs(math.log10(config["lr"]) + 2) / 10 + abs(config["hidden"] - 32) / 100
    return float(1 - off - abs(config["lam"] - 0.01))


def steps(config: Config) -> float:
    """score = hidden // 32"""
    return float(config["hidden"] // 32)


def diverging(config: Config) -> float:
    """score = nan where lr > 0.5 (the run diverged), else -lr - |momentum - 0.9|"""
    return math.nan if config["lr"] > 0.5 else -float(config["lr"]) - abs(config["momentum"] - 0.9)


def named(config: Config) -> float:
    """score = 2 for tanh, 1 for the others, less batch / 300"""
    return (2.0 if config["activation"] == "tanh" else 1.0) - float(config["batch"]) / 300


grid_search = Exercise(
    "grid_search",
    reference=reference.grid_search,
    experiment=facts_of_a_grid_search,
    cases=lambda: [
        (bump, {"lr": [1.0, 0.1, 0.01, 0.001]}),
        (ridge, {"lr": [0.1, 0.01, 0.001], "hidden": [16, 32], "lam": [0.0, 0.001, 0.01, 0.1]}),
        (steps, {"hidden": [16, 40, 32, 20, 50], "batch": [8, 16]}),
        (diverging, {"lr": [1.0, 0.01, 0.1, 2.0], "momentum": [0.5, 0.9, 0.0]}),
        (named, {"activation": ("relu", "tanh", "sigmoid"), "batch": range(8, 40, 8)}),
        (bump, {"lr": [0.1]}),
    ],
    returns=GRID_FACTS,
    points=2,
    hints=(
        "Two tasks: walk through all combinations, whatever the names in the grid are, and remember the best so far.",
        "`itertools.product(*grid.values())` walks through all combinations of the values, and `dict(zip(grid, "
        "values))` gives them their names. Compare inside the loop, right after each evaluation.",
        "Nearly the code: `best, best_score = None, -np.inf`, `for values in itertools.product(...):`, `config = "
        "dict(zip(grid, values))`, `score = evaluate(config)`, `if score > best_score: ...`.",
    ),
)


@grid_search.misconception("selects outside the loop", see=GRID)
def _(evaluate: Evaluate, grid: Grid) -> Any:
    """**Only the last config competes.** Every one is evaluated, but what you return is the last one tried. The
    comparison must stand inside the loop, right after each evaluation."""
    configs = reference.combinations(grid)
    return configs[-1], [evaluate(config) for config in configs][-1]


@grid_search.misconception("evaluates outside the inner loop", see=GRID)
def _(evaluate: Evaluate, grid: Grid) -> Any:
    """**Of the last name only one value is tried, and not the first.** That happens when `evaluate` stands outside
    the innermost loop: when that loop is through, the config holds its last value, and only that is evaluated."""
    last = list(grid)[-1]
    return _walk(evaluate, reference.combinations({**grid, last: grid[last][-1:]}))


@grid_search.misconception("a loop is missing", see=GRID)
def _(evaluate: Evaluate, grid: Grid) -> Any:
    """**One name never moves.** Of its values only the first is tried. Every name of the grid needs its loop;
    `itertools.product` makes one for each."""
    names = list(grid)
    still = names[1] if len(names) > 1 else names[0]
    return _walk(evaluate, reference.combinations({**grid, still: grid[still][:1]}))


@grid_search.misconception("a loop is missing", see=GRID)
def _(evaluate: Evaluate, grid: Grid) -> Any:
    """**The last name never moves.** Of its values only the first is tried. Every name of the grid needs its loop;
    `itertools.product` makes one for each."""
    last = list(grid)[-1]
    return _walk(evaluate, reference.combinations({**grid, last: grid[last][:1]}))


@grid_search.misconception("returns inside the loop", see=GRID)
def _(evaluate: Evaluate, grid: Grid) -> Any:
    """**Only the first combination is tried.** A `return` inside the loop ends the function in the first round: it
    belongs behind the loop, as far left as the `for`."""
    return _if_a_number(*reference.grid_search(evaluate, {name: values[:1] for name, values in grid.items()}))


@grid_search.misconception("itertools.product without its star", see=GRID)
def _(evaluate: Evaluate, grid: Grid) -> Any:
    """**`itertools.product` wants the lists one by one.** `product(grid.values())` hands out whole lists; with a star,
    `product(*grid.values())`, it takes one value out of each."""
    return _walk(evaluate, [dict(zip(grid, lists, strict=False)) for lists in itertools.product(grid.values())])


@grid_search.misconception("zip instead of product", see=GRID)
def _(evaluate: Evaluate, grid: Grid) -> Any:
    """**The values are paired, not combined.** `zip` takes the first of each, then the second of each, and stops at
    the shortest list. `itertools.product` gives every combination."""
    return _walk(evaluate, [dict(zip(grid, values, strict=True)) for values in zip(*grid.values(), strict=False)])


@grid_search.misconception("one name at a time", see=GRID)
def _(evaluate: Evaluate, grid: Grid) -> Any:
    """**Only one name moves at a time.** Settings depend on one another: the best lr of a small network need not be the
    best of a large one. Try every combination."""
    start = {name: values[0] for name, values in grid.items()}
    others = [{**start, name: value} for name, values in grid.items() for value in values[1:]]
    return _walk(evaluate, [start, *others])


@grid_search.misconception("the best score beside the last config", see=GRID)
def _(evaluate: Evaluate, grid: Grid) -> Any:
    """**The score is that of the best config, but the config is the last one tried.** Set both under the same `if`. Are
    they? Then your loop writes its next values into one and the same dict: `best = config` makes no copy, and your best
    changes with it. Make a new dict for each combination, or keep `dict(config)`."""
    configs = reference.combinations(grid)
    return configs[-1], _walk(evaluate, configs)[1]


@grid_search.misconception("a tie keeps the last", see=GRID)
def _(evaluate: Evaluate, grid: Grid) -> Any:
    """**Of equal scores you keep a later one.** With `>=`, a config that is no better pushes the earlier one out; only
    a higher score should: `>`. (And what is sorted and then turned round, with `[::-1]`, has the later one first.)"""
    configs = reference.combinations(grid)
    scores = [worth(evaluate(config)) for config in configs][::-1]
    at = scores.index(max(scores))
    return configs[::-1][at], scores[at]


# ---- random_search --------------------------------------------------------------------------------------------------


def any_lr(rng: Rng) -> Config:
    """{"lr": 10 ** u}, u uniform from -4 to 0"""
    return {"lr": float(10 ** rng.uniform(-4, 0))}


def any_lr_and_width(rng: Rng) -> Config:
    """{"lr": 10 ** u, "hidden": n}, u uniform from -4 to 0, n from 8 to 128"""
    return {"lr": float(10 ** rng.uniform(-4, 0)), "hidden": int(rng.integers(8, 129))}


def hill(config: Config) -> float:
    """score = 1 / (1 + |log10(lr) + 2|) + hidden / 1000"""
    return 1 / (1 + abs(math.log10(config["lr"]) + 2)) + float(config["hidden"]) / 1000


def falling(config: Config) -> float:
    """score = nan where lr > 0.1 (the run diverged), else -lr"""
    return math.nan if config["lr"] > 0.1 else -float(config["lr"])


random_search = Exercise(
    "random_search",
    reference=reference.random_search,
    experiment=facts_of_a_random_search,
    cases=lambda: [
        (bump, any_lr, 5, np.random.default_rng(1)),
        (hill, any_lr_and_width, 12, np.random.default_rng(2)),
        (falling, any_lr, 8, np.random.default_rng(10)),  # nan first, last and between
        (hill, any_lr_and_width, 1, np.random.default_rng(4)),
    ],
    returns=RANDOM_FACTS,
    hints=(
        "It is grid_search with another way to come by the configs. How many are drawn, and where from?",
        "In a loop of `trials` rounds: a config from `sample(rng)`, its score from `evaluate`, and a comparison with "
        "the best so far. One call of each in every round.",
        "Nearly the code: `best, best_score = None, -np.inf`, `for _ in range(trials):`, `config = sample(rng)`, "
        "`score = evaluate(config)`, `if score > best_score: ...`.",
    ),
)


def _drawn(sample: Sample, trials: int, rng: Rng) -> list[Config]:
    return [sample(rng) for _ in range(trials)]


@random_search.misconception("returns the last one", see=RANDOM)
def _(evaluate: Evaluate, sample: Sample, trials: int, rng: Rng) -> Any:
    """**You return the last config, not the best.** Compare each score with the best so far, inside the loop."""
    configs = _drawn(sample, trials, rng)
    return configs[-1], [evaluate(config) for config in configs][-1]


@random_search.misconception("returns the first one", see=RANDOM)
def _(evaluate: Evaluate, sample: Sample, trials: int, rng: Rng) -> Any:
    """**You return the first config, not the best.** A `return` inside the loop ends it, or the comparison never
    replaces the first one. Every better score should replace both, config and score."""
    configs = _drawn(sample, trials, rng)
    return configs[0], [evaluate(config) for config in configs][0]


@random_search.misconception("the best score beside the last config", see=RANDOM)
def _(evaluate: Evaluate, sample: Sample, trials: int, rng: Rng) -> Any:
    """**The score is that of the best config, but the config is the last one drawn.** Set both under the same `if`.
    (If they are: `best = config` makes no copy, and a dict into which you write the next config changes your best.)"""
    configs = _drawn(sample, trials, rng)
    return configs[-1], _walk(evaluate, configs)[1]


@random_search.misconception("returns inside the loop", see=RANDOM)
def _(evaluate: Evaluate, sample: Sample, trials: int, rng: Rng) -> Any:
    """**Only one config is tried.** A `return` inside the loop ends the function in the first round: it belongs behind
    the loop, as far left as the `for`."""
    return _if_a_number(*reference.random_search(evaluate, sample, 1, rng))


@random_search.misconception("one trial too few", see=RANDOM)
def _(right: Callable[..., Found], evaluate: Evaluate, sample: Sample, trials: int, rng: Rng) -> Any:
    """**One config fewer than asked for is tried.** `range(1, trials)` has trials - 1 rounds; `range(trials)` has
    them all."""
    return right(evaluate, sample, trials - 1, rng) if trials > 1 else (None, -math.inf)


@random_search.misconception("one trial too many", see=RANDOM)
def _(right: Callable[..., Found], evaluate: Evaluate, sample: Sample, trials: int, rng: Rng) -> Any:
    """**One config more than asked for is drawn and evaluated.** If a first config is tried before the loop, the loop
    has one round less to go. Each trial is a whole training run."""
    return right(evaluate, sample, trials + 1, rng)


@random_search.misconception("draws one config and tries it again and again", see=RANDOM)
def _(evaluate: Evaluate, sample: Sample, trials: int, rng: Rng) -> Any:
    """**One config is drawn, and all trials are of that one.** Call `sample(rng)` inside the loop: it gives a new
    config at every call."""
    config = sample(rng)
    return _if_a_number(config, [evaluate(config) for _ in range(trials)][0])


@random_search.misconception("draws the same config every time", see=RANDOM)
def _(evaluate: Evaluate, sample: Sample, trials: int, rng: Rng) -> Any:
    """**Every draw gives the same config.** `sample` needs the `rng` that you are given: a new one with a fixed seed
    begins anew in each round."""
    return _walk(evaluate, [sample(np.random.default_rng(0)) for _ in range(trials)])


@random_search.misconception("returns a config that was not tried", see=RANDOM)
def _(evaluate: Evaluate, sample: Sample, trials: int, rng: Rng) -> Any:
    """**The config that you return was never evaluated.** `sample(rng)` gives a new config at every call: draw once in
    each round, give the config a name, and evaluate and keep that one."""
    _, score = _walk(evaluate, _drawn(sample, trials, rng))
    return sample(rng), score


# ---- mistakes of both searches --------------------------------------------------------------------------------------


def _of_both(name: str) -> Callable[[Callable[..., Any]], None]:
    """Decorator: a known mistake of grid_search and of random_search."""

    def add(function: Callable[..., Any]) -> None:
        grid_search.misconception(name, see=GRID)(function)
        random_search.misconception(name, see=RANDOM)(function)

    return add


@_of_both("keeps the lowest score")
def _(right: Callable[..., Found], evaluate: Evaluate, *rest: Any) -> Any:
    """**You keep the lowest score.** Here a score is something good, such as an accuracy: higher is better. (With a
    loss it would be the other way round.)"""
    config, score = right(_upside_down(evaluate), *rest)
    return config, -score


@_of_both("nan wins")
def _(right: Callable[..., Found], evaluate: Evaluate, *rest: Any) -> Any:
    """**A run that diverged has won.** Its score is nan, and every comparison with nan is False: a nan that comes
    first is never beaten, and `score <= best_score` stops none. (`np.argmax` even takes nan for the largest.) Begin
    with -np.inf, and let only `score > best_score` replace it."""

    def nan_on_top(config: Config) -> float:
        score = evaluate(config)
        return math.inf if math.isnan(score) else score

    config, score = right(nan_on_top, *rest)
    return config, math.nan if score == math.inf else score


@_of_both("nan counts as 0")
def _(right: Callable[..., Found], evaluate: Evaluate, *rest: Any) -> Any:
    """**You take nan for 0.** Where the other scores are negative, 0 is the highest, and a run that diverged wins. A
    nan must lose to every number; it does so by itself if only `score > best_score` counts, and -np.inf is where you
    begin."""

    def nan_as_0(config: Config) -> float:
        score = evaluate(config)
        return 0.0 if math.isnan(score) else score

    return right(nan_as_0, *rest)


@_of_both("never updates the best score")
def _(right: Callable[..., Found], evaluate: Evaluate, *rest: Any) -> Any:
    """**The best score stays as it began**, so that every config beats it, and the last one is what you return. When
    a config is better, keep both: the config, and its score as the new best score."""
    beaten: tuple[Config | None, float] = None, -math.inf

    def noted(config: Config) -> float:
        nonlocal beaten
        score = evaluate(config)
        beaten = beaten if math.isnan(score) else (config, -math.inf)
        return score

    right(noted, *rest)
    return beaten


@_of_both("the score of another config")
def _(right: Callable[..., Found], evaluate: Evaluate, *rest: Any) -> Any:
    """**The config is the best one, but the score beside it is not its own.** Set both under the same `if`, and
    return that score, not the one of the last trial."""
    tried: list[Found] = []

    def noted(config: Config) -> float:
        tried.append((config, evaluate(config)))
        return tried[-1][1]

    right(noted, *rest)
    return max(tried, key=lambda found: worth(found[1]))[0], tried[-1][1]


@_of_both("nothing is returned")
def _(evaluate: Evaluate, *rest: Any) -> Any:
    """**Your function returns nothing.** Behind the loop, return the best config and its score."""


@_of_both("no config ever wins")
def _(evaluate: Evaluate, *rest: Any) -> Any:
    """**No config ever beats your best score**, so that None is returned. Is the comparison the other way round? Or
    does the best score begin so high that nothing comes above it? Begin with -np.inf, and let `score > best_score`
    replace it."""
    return None, -math.inf


@_of_both("starts from a score of 0")
def _(right: Callable[..., Found], evaluate: Evaluate, *rest: Any) -> Any:
    """**Where all scores are negative, you find no config.** A best score that begins at 0 beats them all. Begin with
    -np.inf, which every number beats."""
    config, score = right(evaluate, *rest)
    return (config, score) if score > 0 else (None, 0)


@_of_both("evaluates a config twice")
def _(right: Callable[..., Found], evaluate: Evaluate, *rest: Any) -> Any:
    """**Some config is evaluated twice.** An evaluation is a whole training run, minutes or hours. Give its score a
    name, `score = evaluate(config)`, and go on with that."""
    tried: list[Config] = []

    def noted(config: Config) -> float:
        tried.append(config)
        return evaluate(config)

    found = right(noted, *rest)
    evaluate(tried[-1])
    return found


@_of_both("returns the config alone")
def _(right: Callable[..., Found], evaluate: Evaluate, *rest: Any) -> Any:
    """**The score is missing.** Return both, the best config and its score."""
    return right(evaluate, *rest)[0]


@_of_both("the score comes first")
def _(right: Callable[..., Found], evaluate: Evaluate, *rest: Any) -> Any:
    """**The two have changed places.** First the best config, then its score."""
    return right(evaluate, *rest)[::-1]


# ---- successive_halving ---------------------------------------------------------------------------------------------


def learning_curve(config: Config, budget: float) -> float:
    """score = limit (1 - exp(-speed budget))"""
    return float(config["limit"] * (1 - math.exp(-config["speed"] * budget)))


def overfitting(config: Config, budget: float) -> float:
    """score = start - fall budget"""
    return float(config["start"] - config["fall"] * budget)


def _candidates(*places: int) -> list[Config]:
    """Learning curves that cross: those that start quickly are not those that end high."""
    curves = (
        (0.5, 0.8),
        (0.8, 1.5),
        (0.97, 0.45),
        (0.6, 3.0),
        (0.9, 0.9),
        (0.7, 0.4),
        (0.95, 0.2),
        (0.85, 0.6),
        (0.4, 2.0),
    )
    return [{"limit": curves[place][0], "speed": curves[place][1]} for place in places]


successive_halving = Exercise(
    "successive_halving",
    reference=reference.successive_halving,
    experiment=rounds_of_halving,
    cases=lambda: [
        (learning_curve, _candidates(0, 1, 4), 1, 2),
        (learning_curve, _candidates(5, 1, 2, 3, 4, 0, 7, 6), 2, 2),
        (learning_curve, _candidates(0, 3, 7, 4, 5), 2, 2),
        (learning_curve, _candidates(0, 2, 1, 8, 4, 5, 3, 7, 6), 1, 3),
        (learning_curve, _candidates(5, 7), 3, 4),
        (learning_curve, _candidates(3, 1, 2, 6, 4, 0, 5), 1.5, 3),
        (learning_curve, _candidates(2), 1, 2),
        (
            overfitting,
            [{"start": s, "fall": f} for s, f in ((1.0, 0.125), (0.5, 0.0), (0.75, 0.25), (0.8125, 0.0))],
            1,
            2,
        ),
    ],
    returns=HALVING_FACTS,
    instead="Make a new list instead, with `sorted` or a slice.",
    points=2,
    hints=(
        "One round: give every config that is left the same budget, look at the scores, keep the best. Then again with "
        "fewer configs and more budget. When is it over?",
        "A `while` loop as long as more than one config is left. Inside: all scores with this budget; the configs in "
        "the order of their scores, best first; the first max(1, len // eta) of them; then the budget times eta.",
        "Nearly the code: `scores = [evaluate(config, budget) for config in configs]`, `order = np.argsort(scores)"
        "[::-1]`, `configs = [configs[i] for i in order[: max(1, ...)]]`, `budget = ...`. After the loop return "
        "`configs[0]`.",
    ),
)


def _halve(
    evaluate: Evaluate,
    configs: list[Config],
    budget: float,
    keep: Callable[[int], int],
    more: Callable[[float], float],
    rank: Callable[[Config, float], float] | None = None,
    until: int = 1,
) -> Config:
    """Halving in which `keep` of n are kept, the budget grows as `more` says, `rank` says who is good, and `until` so
    many are left."""
    while len(configs) > until:
        scores = [evaluate(config, budget) for config in configs]
        if rank is not None:
            scores = [rank(config, budget) for config in configs]
        best_first = sorted(range(len(configs)), key=lambda i: -scores[i])
        configs = [configs[i] for i in best_first[: keep(len(configs))]]
        budget = more(budget)
    return configs[0]


def _one_of(eta: int) -> Callable[[int], int]:
    return lambda n: max(1, n // eta)


@successive_halving.misconception("keeps the worst", see=HALVING)
def _(right: Callable[..., Config], evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**The worst ones are kept.** `sorted` and `np.argsort` put the smallest first: the best stand at the end. Turn
    the order round, or take the last ones."""
    return right(_upside_down(evaluate), configs, budget, eta)


@successive_halving.misconception("keeps the first ones in the list", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**The first of the list wins, whatever its score.** The configs that go on must be those with the highest
    scores, so bring them into that order before you cut."""
    return _halve(evaluate, configs, budget, _one_of(eta), lambda b: eta * b, lambda config, _: -configs.index(config))


@successive_halving.misconception("ranks by the scores of the first round", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**The winner is the best of the first round.** Every round trains, but its scores change nothing. Some start
    slowly and end high; to see that, rank by the scores of this round."""
    first = lambda config, _: evaluate(config, budget)  # noqa: E731
    return _halve(evaluate, configs, budget, _one_of(eta), lambda b: eta * b, first)


@successive_halving.misconception("keeps the best score of all rounds", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**The config with the highest score of any round wins.** But scores of different rounds had different budgets,
    and some fall when training goes on. The last round decides: return the config that is left."""
    scored: list[tuple[float, int]] = []

    def noted(config: Config, budget: float) -> float:
        score = evaluate(config, budget)
        scored.append((score, configs.index(config)))
        return score

    winner = reference.successive_halving(noted, configs, budget, eta)
    return configs[max(scored)[1]] if scored else winner


@successive_halving.misconception("evaluates a config twice", see=HALVING)
def _(right: Callable[..., Config], evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**Every config is evaluated twice in a round.** An evaluation is a whole training run. Evaluate each config once,
    keep the scores in a list, and go on with these numbers."""
    return right(lambda *arguments: (evaluate(*arguments), evaluate(*arguments))[0], configs, budget, eta)


@successive_halving.misconception("one round only", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**There is one round only**, with the smallest budget. Go on with those that are left, and with more budget,
    until one is left: `while len(configs) > 1`."""
    return _halve(evaluate, configs, budget, lambda n: 1, lambda b: eta * b)


@successive_halving.misconception("the budget does not grow", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**Every round has the same budget.** Multiply it by eta at the end of each round: fewer configs, trained for
    longer. With the same budget the second round has nothing new to say."""
    return _halve(evaluate, configs, budget, _one_of(eta), lambda b: b)


@successive_halving.misconception("adds to the budget", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**The budget grows by addition.** It should be multiplied by eta, as the number of configs is divided by it:
    then every round costs about the same."""
    return _halve(evaluate, configs, budget, _one_of(eta), lambda b: b + budget)


@successive_halving.misconception("adds to the budget", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**You add eta to the budget.** It should be multiplied by eta, as the number of configs is divided by it: then
    every round costs about the same."""
    return _halve(evaluate, configs, budget, _one_of(eta), lambda b: b + eta)


@successive_halving.misconception("the first round has too much budget", see=HALVING)
def _(right: Callable[..., Config], evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**The budget is multiplied before the first round.** That round, with the most configs, should have the budget
    that was given. Multiply at the end of a round."""
    return right(evaluate, configs, eta * budget, eta)


@successive_halving.misconception("eta is taken for the budget", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**Every config is evaluated with eta as its budget.** Call evaluate(config, budget); eta says how many go on,
    and how the budget grows."""
    return _halve(evaluate, configs, eta, _one_of(eta), lambda b: b)


@successive_halving.misconception("does not round down", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**Where the number cannot be divided by eta, you sometimes keep one too many.** `round` goes to the nearest
    number. Round down: `len(configs) // eta`, but at least 1."""
    return _halve(evaluate, configs, budget, lambda n: max(1, round(n / eta)), lambda b: eta * b)


@successive_halving.misconception("does not round down", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**One too many is kept where the number cannot be divided by eta.** Round down: `len(configs) // eta`, but at
    least 1."""
    return _halve(evaluate, configs, budget, lambda n: -(-n // eta), lambda b: eta * b)


@successive_halving.misconception("keeps none where fewer than eta are left", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**No config is left.** Where there are fewer than eta, n // eta is 0, and a list without elements has no first
    one. Keep at least one: `max(1, len(configs) // eta)`."""
    return _halve(evaluate, configs, budget, lambda n: n // eta, lambda b: eta * b)


@successive_halving.misconception("keeps one too many", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**You keep n // eta + 1.** Of two configs that is two with eta = 2, again and again, so it never ends. Keep
    `max(1, len(configs) // eta)`."""
    return _halve(evaluate, configs, budget, lambda n: n // eta + 1, lambda b: eta * b)


@successive_halving.misconception("goes on with one config", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**The loop never ends.** One config is left, and max(1, 1 // eta) is 1 again. Go on only as long as there are
    several: `while len(configs) > 1`."""
    return _halve(evaluate, configs, budget, _one_of(eta), lambda b: eta * b, until=0)


@successive_halving.misconception("stops before one is left", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**You stop as soon as fewer than eta configs are left**, and take the first of them. Go on until one is left:
    `while len(configs) > 1`."""
    return _halve(evaluate, configs, budget, _one_of(eta), lambda b: eta * b, until=eta - 1)


@successive_halving.misconception("stops before one is left", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**You stop as soon as eta configs are left**, and take the first of them. Go on until one is left: `while
    len(configs) > 1`."""
    return _halve(evaluate, configs, budget, _one_of(eta), lambda b: eta * b, until=eta)


@successive_halving.misconception("drops one part of eta", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**You drop n // eta configs and keep the others.** It is the other way round: max(1, n // eta) go on. With
    eta = 3, one third is kept."""
    return _halve(evaluate, configs, budget, lambda n: n - max(1, n // eta), lambda b: eta * b)


@successive_halving.misconception("always halves", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**eta is not used.** Half of the configs are kept, and the budget is doubled, whatever eta is. With eta = 3, one
    third is kept, and the budget is tripled."""
    return _halve(evaluate, configs, budget, _one_of(2), lambda b: 2 * b)


@successive_halving.misconception("always halves", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**Half of the configs are kept, whatever eta is.** Keep `max(1, len(configs) // eta)`: with eta = 3 that is one
    third."""
    return _halve(evaluate, configs, budget, _one_of(2), lambda b: eta * b)


@successive_halving.misconception("always doubles the budget", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**The budget is doubled, whatever eta is.** Multiply it by eta: with eta = 3 a third of the configs is left, and
    each can have three times as much."""
    return _halve(evaluate, configs, budget, _one_of(eta), lambda b: 2 * b)


@successive_halving.misconception("drops one config a round", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**Each round drops one config only.** Of n configs keep max(1, n // eta). Otherwise the last rounds, whose
    budget is large, train far too many."""
    return _halve(evaluate, configs, budget, lambda n: n - 1, lambda b: eta * b)


@successive_halving.misconception("one round too many", see=HALVING)
def _(right: Callable[..., Config], evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**The winner is trained once more.** When one config is left, nothing is to be decided any more, and that round
    would cost as much as each of the others. Stop there."""
    budgets: list[float] = []

    def noted(config: Config, budget: float) -> float:
        budgets.append(budget)
        return evaluate(config, budget)

    winner = right(noted, configs, budget, eta)
    if budgets:
        evaluate(winner, eta * budgets[-1])
    return winner


@successive_halving.misconception("one round too many", see=HALVING)
def _(evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**Sometimes the winner is trained once more.** A logarithm that is rounded up can be one round too many, where
    the number of configs is no power of eta. Do not count rounds: `while len(configs) > 1`."""
    for _ in range(math.ceil(math.log(len(configs), eta))):
        scores = [evaluate(config, budget) for config in configs]
        configs = [configs[i] for i in reference.survivors(scores, eta)]
        budget *= eta
    return configs[0]


@successive_halving.misconception("returns a list", see=HALVING)
def _(right: Callable[..., Config], evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**You return a list with the winner in it.** The winner itself is wanted: `configs[0]`."""
    return [right(evaluate, configs, budget, eta)]


@successive_halving.misconception("returns more than the config", see=HALVING)
def _(right: Callable[..., Config], evaluate: Evaluate, configs: list[Config], budget: float, eta: int = 2) -> Any:
    """**You return two values.** Here the config alone is wanted; its score depends on the budget of the round."""
    return right(evaluate, configs, budget, eta), 0.0


# ---- seed_spread ----------------------------------------------------------------------------------------------------


def wobble(config: Config, seed: int) -> float:
    """score = lr + sin(seed) / 10"""
    return float(config["lr"]) + math.sin(seed) / 10


def _spread_cases() -> list[Case]:
    return [
        (wobble, {"lr": 0.5}, [3, 1, 4]),
        (wobble, {"lr": 0.1}, [2, 7, 1, 8, 9]),
        (wobble, {"lr": 0.3}, range(10, 14)),
    ]


seed_spread = Exercise(
    "seed_spread",
    reference=reference.seed_spread,
    cases=_spread_cases,
    returns=("mean", "standard deviation"),
    hints=(
        "Train the same config once with each seed. How large are the scores on average, and how far apart are they?",
        "`scores = [evaluate(config, seed) for seed in seeds]`; then the mean of the scores, and their standard "
        "deviation. NumPy divides by n unless you say ddof=1: then by n - 1.",
        "Nearly the code: after the list of scores, `return np.mean(scores), np.std(scores, ...)`.",
    ),
)


def _scores(evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Array:
    return np.array([evaluate(config, seed) for seed in seeds])


@seed_spread.misconception("divides by n", see=SPREAD)
def _(evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**The standard deviation divides by n.** The mean was fitted to the same few scores, so they lie closer to it
    than to the truth, and n makes the spread too small. Divide by n - 1: `ddof=1`."""
    scores = _scores(evaluate, config, seeds)
    return scores.mean(), scores.std()


@seed_spread.misconception("the variance", see=SPREAD)
def _(evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**This is the variance.** Its square root, the standard deviation, has the unit of the scores, so that you can
    hold it beside a difference of two of them."""
    scores = _scores(evaluate, config, seeds)
    return scores.mean(), scores.var(ddof=1)


@seed_spread.misconception("the variance", see=SPREAD)
def _(evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**This is the variance, and it divides by n.** Take its square root, the standard deviation, and divide by
    n - 1: `np.std(scores, ddof=1)`."""
    scores = _scores(evaluate, config, seeds)
    return scores.mean(), scores.var()


@seed_spread.misconception("the standard error", see=SPREAD)
def _(evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**This is the standard error**, the deviation divided by the square root of n: how sure the mean is. Asked for
    is the standard deviation: how far one score lies from the mean."""
    scores = _scores(evaluate, config, seeds)
    return scores.mean(), scores.std(ddof=1) / math.sqrt(len(scores))


@seed_spread.misconception("the standard error", see=SPREAD)
def _(evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**This is a standard error, with n instead of n - 1 in it**: how sure the mean is. Asked for is the standard
    deviation, how far one score lies from the mean: `np.std(scores, ddof=1)`."""
    scores = _scores(evaluate, config, seeds)
    return scores.mean(), scores.std() / math.sqrt(len(scores))


@seed_spread.misconception("the deviation comes first", see=SPREAD)
def _(right: Callable[..., Any], evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**The two have changed places.** First the mean, then the standard deviation."""
    return right(evaluate, config, seeds)[::-1]


@seed_spread.misconception("other seeds than those given", see=SPREAD)
def _(right: Callable[..., Any], evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**The seeds are 0, 1, 2, ..., and not those that you are given.** Loop over `seeds` itself, not over
    `range(len(seeds))`: whoever calls you may want fresh ones."""
    return right(evaluate, config, range(len(seeds)))


@seed_spread.misconception("only the first seed", see=SPREAD)
def _(evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**There is no spread, because the first seed is the only one.** Evaluate once with each seed: `seed`, not
    `seeds[0]`. And a `return` inside the loop would end it after the first."""
    return evaluate(config, seeds[0]), 0.0


@seed_spread.misconception("a seed of its own", see=SPREAD)
def _(evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**There is no spread, because every run has the seed 42.** Evaluate once with each of the seeds that you are
    given."""
    return evaluate(config, 42), 0.0


@seed_spread.misconception("a seed of its own", see=SPREAD)
def _(evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**There is no spread, because every run has the seed 0.** Evaluate once with each of the seeds that you are
    given."""
    return evaluate(config, 0), 0.0


@seed_spread.misconception("the best seed instead of the mean", see=SPREAD)
def _(right: Callable[..., Any], evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**The first value is the best score of all seeds.** The best of several tries flatters, the more so the more
    tries there are. Return the mean."""
    return _scores(evaluate, config, seeds).max(), right(evaluate, config, seeds)[1]


@seed_spread.misconception("the median", see=SPREAD)
def _(right: Callable[..., Any], evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**The first value is the median.** The course means the mean: the sum of the scores divided by their number."""
    return np.median(_scores(evaluate, config, seeds)), right(evaluate, config, seeds)[1]


@seed_spread.misconception("the range instead of the deviation", see=SPREAD)
def _(right: Callable[..., Any], evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**The second value is the distance from the lowest to the highest score.** That grows with the number of seeds.
    Return the standard deviation, `np.std(scores, ddof=1)`."""
    scores = _scores(evaluate, config, seeds)
    return right(evaluate, config, seeds)[0], scores.max() - scores.min()


@seed_spread.misconception("the spread of the seeds", see=SPREAD)
def _(right: Callable[..., Any], evaluate: Evaluate, config: Config, seeds: Sequence[int]) -> Any:
    """**The second value is the standard deviation of the seeds.** Take it of the scores."""
    return right(evaluate, config, seeds)[0], np.std(list(seeds), ddof=1)
