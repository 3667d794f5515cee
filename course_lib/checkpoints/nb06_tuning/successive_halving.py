"""successive_halving: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from course_lib.checkpoints.exercise import Exercise
from course_lib.checkpoints.nb06_tuning.onlookers import HALVING_FACTS, Config, Evaluate, rounds_of_halving
from course_lib.checkpoints.nb06_tuning.searches import upside_down
from course_lib.tuning import searches as reference

HALVING = "06#6. Successive halving"


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
    return right(upside_down(evaluate), configs, budget, eta)


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
