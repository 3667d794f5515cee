"""train_val_test_split: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib import data
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.checkpoints.nb06_tuning.onlookers import SPLIT_FACTS, Rng, Rows, facts_of_splits
from course_lib.nn.arrays import Array

PARTS = "06#1. Three parts, three questions"


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
