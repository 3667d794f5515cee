"""grid_search and random_search: how they are tried, and the mistakes that are made in them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Exercise
from course_lib.checkpoints.nb06_tuning.onlookers import (
    GRID_FACTS,
    RANDOM_FACTS,
    Config,
    Evaluate,
    Grid,
    Rng,
    Sample,
    facts_of_a_grid_search,
    facts_of_a_random_search,
    worth,
)
from course_lib.tuning import searches as reference

Found = tuple[Config, float]

GRID = "06#4. Grid search"
RANDOM = "06#5. Random search"


def upside_down(evaluate: Evaluate) -> Evaluate:
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
    config, score = right(upside_down(evaluate), *rest)
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
