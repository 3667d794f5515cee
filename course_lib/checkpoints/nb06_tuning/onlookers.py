"""How the exercises of notebook 6 are tried. There are many right ways to draw a split or to walk through a grid, so an
onlooker notes what the function draws and evaluates, and facts about that are compared, not the order of the work.

    learner's search ---evaluate(config)---> noted, then answered
                     ---(config, score)----> facts: how many evaluations, is it the best one, is the score its own, ...

Beside each experiment stand the names of what it returns, as a card shows them.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from course_lib.checkpoints.values import MisfitError, describe, plain, show
from course_lib.nn.arrays import Array

Rng = np.random.Generator
Rows = tuple[Array, Array, Array]  # the numbers of the rows in the training, validation and test part
Config = dict[str, Any]
Grid = Mapping[str, Sequence[Any]]
Evaluate = Callable[..., float]
Sample = Callable[[Rng], Config]


# ---- splits ---------------------------------------------------------------------------------------------------------

SPLITS = 6  # looked at together: what comes by chance does not come six times
PARTS = ("X_train", "y_train", "X_val", "y_val", "X_test", "y_test")
SPLIT_FACTS = (
    "the share of all examples in X_val, about",
    "the share of all examples in X_test, about",
    "X_train has all the others",
    "nearly every example comes in one of six splits",
    "every example is in a part",
    "no example stands twice in a part",
    "no example is in two parts",
    "every label stays with its example",
    "all classes in proportion in X_train",
    "all classes in proportion in X_val",
    "all classes in proportion in X_test",
    "X_val is chosen at random",
    "X_test is chosen at random",
)


def facts_of_splits(split: Callable[..., Any], X: Array, y: Array, val: float, test: float, rng: Rng) -> Any:
    """Six splits: the share of each part, and what holds in all of them.

    The first feature of each example in X is the number of its row.
    """
    splits = [_rows_in(split(X, y, val, test, rng), X, y) for _ in range(SPLITS)]
    rows, in_step = [each for each, _ in splits], [each for _, each in splits]
    return (
        _share([val_rows for _, val_rows, _ in rows], y, (val, test, val * (1 - test))),
        _share([test_rows for _, _, test_rows in rows], y, (test, val, test * (1 - val))),
        all(set(train) == set(range(len(X))) - {*val_rows, *test_rows} for train, val_rows, test_rows in rows),
        len(np.unique(np.concatenate([part for parts in rows for part in parts]))) > 0.95 * len(X),
        all(len(np.unique(np.concatenate(parts))) == len(X) for parts in rows),
        all(len(np.unique(part)) == len(part) for parts in rows for part in parts),
        not any(np.intersect1d(a, b).size for parts in rows for a, b in itertools.combinations(parts, 2)),
        all(in_step),
        *(all(_in_proportion(parts[k], y) for parts in rows) for k in range(3)),
        *(len({tuple(np.unique(parts[k])) for parts in rows}) > 1 for k in (1, 2)),
    )


def _rows_in(returned: Any, X: Array, y: Array) -> tuple[Rows, bool]:
    """The rows of X that stand in each part, and whether each label stands with its example."""
    if returned is None:
        raise MisfitError("Your function returned None where six arrays were wanted. Is a `return` missing?")
    arrays = [np.asarray(plain(part)) for part in returned] if isinstance(returned, Iterable) else []
    if len(arrays) != 6:
        raise MisfitError(f"Six arrays were wanted, ({', '.join(PARTS)}); yours is {describe(plain(returned))}.")
    rows, in_step = [], True
    for k in (0, 2, 4):
        (X_name, y_name), (X_part, y_part) = PARTS[k : k + 2], arrays[k : k + 2]
        if not X_part.size:
            raise MisfitError(f"There is no example in {X_name}.")
        if X_part.ndim != 2 or y_part.ndim != 1:
            raise MisfitError(
                f"{X_name} should be a table of examples, (n, D), and after it {y_name} their labels, (n,); yours "
                f"have {X_part.ndim} and {y_part.ndim} dimensions."
            )
        if len(X_part) != len(y_part):
            raise MisfitError(f"{X_name} and {y_name} should have the same number of rows, and do not.")
        at = X_part[:, 0].astype(int)
        if at.min() < 0 or at.max() >= len(X) or not np.array_equal(X[at], X_part):
            raise MisfitError(f"{X_name} holds examples that are not in X.")
        rows.append(at)
        in_step &= np.array_equal(y[at], y_part)
    return (rows[0], rows[1], rows[2]), in_step


def _share(parts: Sequence[Array], y: Array, known: tuple[float, ...]) -> float:
    """The share of the examples in a part: one of the known ones, if rounding by two examples a class explains it."""
    share = float(np.mean([len(part) / len(y) for part in parts]))
    nearest = min(known, key=lambda each: abs(each - share))
    return nearest if abs(nearest - share) <= 2 * len(np.unique(y)) / len(y) else round(share, 2)


def _in_proportion(rows: Array, y: Array) -> bool:
    """Every class has the same share in the part as in the whole, give or take less than two examples."""
    counts = np.bincount(y)
    wanted = len(rows) * counts / len(y)
    return bool((np.abs(np.bincount(y[rows], minlength=len(counts)) - wanted) < 2).all())


# ---- samples --------------------------------------------------------------------------------------------------------

SAMPLES = 300
FEW = 200  # fewer different values among the samples than this come from a list, not from a range
SAMPLE_FACTS = (
    "evenly spread on the log scale",
    "evenly spread on the plain scale",
    "e to an exponent between log10(low) and log10(high)",
    "10 to an exponent between ln(low) and ln(high)",
    "an exponent between ln(low) and ln(high)",
    "an exponent between log10(low) and log10(high)",
    "e to an exponent between low and high",
    "10 to an exponent between low and high",
    "the natural logarithm of a number between low and high",
    "log10 of a number between low and high",
    "all samples between low and high",
    "samples differ",
    "hardly a value comes twice",
)


def laws_of_samples(sample: Callable[..., Any], low: float, high: float, rng: Rng) -> Any:
    """300 samples, and which law they follow: each law is a number that it spreads evenly between two ends."""
    x = np.array([number(sample(low, high, rng)) for _ in range(SAMPLES)])
    different = len(np.unique(x))
    with np.errstate(all="ignore"):
        ln, log10, exp, exp10 = np.log(x), np.log10(x), np.exp(x), 10**x
    ends = np.array([low, high])
    laws = (
        (ln, np.log(ends)),
        (x, ends),
        (ln, np.log10(ends)),
        (log10, np.log(ends)),
        (x, np.log(ends)),
        (x, np.log10(ends)),
        (ln, ends),
        (log10, ends),
        (exp, ends),
        (exp10, ends),
    )
    return (
        *(different >= FEW and _uniform((value - a) / (b - a)) for value, (a, b) in laws),
        bool(((x >= low * (1 - 1e-6)) & (x <= high * (1 + 1e-6))).all()),  # float32 rounds
        different > 1,
        different >= FEW,
    )


def _uniform(u: Array) -> bool:
    """Whether numbers can be uniform between 0 and 1, by the test of Kolmogorov and Smirnov: the largest distance
    between their distribution and the uniform one. A right law exceeds the limit once in ten million times."""
    steps = (np.arange(len(u)) + 0.5) / len(u)
    return bool(np.abs(np.sort(np.nan_to_num(u, nan=9.0)) - steps).max() < 2.9 / math.sqrt(len(u)))


def number(value: Any) -> float:
    """A number that the learner's function gave. Raises MisfitError for anything else."""
    found = np.asarray(plain(value))
    if value is None or found.dtype.kind not in "fiu":
        raise MisfitError(f"A number was wanted; your function gave {describe(plain(value))}.")
    if found.ndim:
        raise MisfitError(f"One number was wanted; your function gave {describe(found)}.")
    return float(found)


# ---- searches -------------------------------------------------------------------------------------------------------

_SEARCH_FACTS = (
    "different configs evaluated",
    "no config is evaluated twice",
    "the returned config has the highest score",
    "the returned config has the lowest score",
    "the returned config is the first one tried, not the best",
    "the returned config is the last one tried, not the best",
    "the returned score is the highest",
    "the returned score is that of the returned config",
)
GRID_FACTS = (
    "values tried of each name",
    "the first value of each name tried together",
    *_SEARCH_FACTS,
    "of equal scores the first counts",
)
RANDOM_FACTS = ("configs drawn", *_SEARCH_FACTS)


def facts_of_a_grid_search(search: Callable[..., Any], evaluate: Evaluate, grid: Grid) -> Any:
    """What the search has tried, and what it has found."""
    given = {name: list(values) for name, values in grid.items()}  # however the search treats the grid itself
    tried: list[Config] = []

    @functools.wraps(evaluate)
    def noted(config: Any) -> float:
        if set(_config(config)) != set(given) or not all(_is_one_of(config[name], given[name]) for name in given):
            raise MisfitError(
                f"**`evaluate` was called with {show(dict(config))}.** A config has for each name of the grid one of "
                "its values, as it stands there."
            )
        tried.append(dict(config))
        return evaluate(config)

    config, score = _found(search(noted, grid), tried)
    scores = [worth(evaluate(each)) for each in tried]
    return (
        np.array([len({each[name] for each in tried}) for name in given]),
        {name: values[0] for name, values in given.items()} in tried,
        *_facts_of_a_search(config, score, tried, evaluate),
        worth(evaluate(config)) < max(scores) or config == tried[scores.index(max(scores))],
    )


def _is_one_of(value: Any, values: Sequence[Any]) -> bool:
    return np.ndim(value) == 0 and value in values


def facts_of_a_random_search(
    search: Callable[..., Any], evaluate: Evaluate, sample: Sample, trials: int, rng: Rng
) -> Any:
    """What the search has drawn and tried, and what it has found."""
    drawn: list[Config] = []
    tried: list[Config] = []

    @functools.wraps(sample)
    def noted_sample(rng: Rng) -> Config:
        drawn.append(sample(rng))
        return dict(drawn[-1])

    @functools.wraps(evaluate)
    def noted(config: Any) -> float:
        tried.append(dict(_config(config)))
        return evaluate(config)

    config, score = _found(search(noted, noted_sample, trials, rng), tried)
    return len(drawn), *_facts_of_a_search(config, score, tried, evaluate)


def _facts_of_a_search(config: Config, score: float, tried: Sequence[Config], evaluate: Evaluate) -> tuple[Any, ...]:
    scores = [worth(evaluate(each)) for each in tried]
    own = worth(evaluate(config))
    best = own == max(scores)
    worst = not best and own == min(scores)
    different = sum(each not in tried[:at] for at, each in enumerate(tried))
    return (
        different,
        different == len(tried),
        best,
        worst,
        not best and not worst and config == tried[0],
        not best and not worst and config == tried[-1],
        _same(worth(score), max(scores)),
        _same(worth(score), own),
    )


def _same(a: float, b: float) -> bool:
    return bool(np.isclose(a, b, rtol=1e-6, atol=1e-6))


def worth(score: float) -> float:
    """The score, and for nan less than any number."""
    return -math.inf if math.isnan(score) else score


def _config(config: Any) -> Any:
    if not isinstance(config, Mapping):
        raise MisfitError(f"**`evaluate` was called with {describe(plain(config))}.** It wants a config, a dict.")
    return config


def _found(returned: Any, tried: Sequence[Config]) -> tuple[Config, float]:
    """(config, score), which a search returned. Raises MisfitError if it is anything else."""
    if not isinstance(returned, (tuple, list)) or len(returned) != 2:
        raise MisfitError(f"Two values were wanted, (config, score); yours is {describe(plain(returned))}.")
    config, score = returned
    if isinstance(score, Mapping) and not isinstance(config, Mapping):
        raise MisfitError("The score comes first, and then the config; wanted is (config, score).")
    if not isinstance(config, Mapping):
        raise MisfitError(f"The first value returned should be a config, a dict; yours is {show(plain(config))}.")
    if config not in tried:
        raise MisfitError("The config that you return is none of those that `evaluate` was called with.")
    return dict(config), number(score)


# ---- halving --------------------------------------------------------------------------------------------------------

ROUNDS = 5  # so many are compared
ENOUGH = 100  # evaluations; no case needs 20
HALVING_FACTS = ("the winner's place in configs", "configs trained in each round", "budget of each round")


def rounds_of_halving(
    halve: Callable[..., Any], evaluate: Evaluate, configs: list[Config], budget: float, eta: int
) -> Any:
    """The place of the winner, and how many configs each round has trained with which budget."""
    given = list(configs)
    tried: list[float] = []

    @functools.wraps(evaluate)
    def noted(config: Any, budget: Any) -> float:
        if config not in given:
            raise MisfitError(f"**`evaluate` was called with {show(plain(config))}.** It wants one of the configs.")
        if len(tried) == ENOUGH:
            raise MisfitError(f"**It does not come to an end.** A config was evaluated {ENOUGH} times, and none won.")
        tried.append(number(float(budget) if isinstance(budget, int) else budget))  # of any number of digits
        return evaluate(config, budget)

    winner = halve(noted, configs, budget, eta)
    if winner not in given:
        missing = " Is a `return` missing?" if winner is None else ""
        raise MisfitError(f"One of the configs was wanted; your function returned {describe(plain(winner))}.{missing}")
    if len(given) == 1:
        tried = []  # nothing is to be decided, and to train it all the same is no mistake
    counts, budgets = np.zeros(ROUNDS, int), np.zeros(ROUNDS)
    for at, (each, group) in enumerate(itertools.groupby(tried)):
        if at < ROUNDS:
            counts[at], budgets[at] = len(list(group)), each
    return given.index(winner), counts, budgets
