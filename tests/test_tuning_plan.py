"""Plans: what they draw, and how they say what is wrong with them."""

import itertools
from pathlib import Path

import pytest

from course_lib.nn.config import Config, ConfigError, parse
from course_lib.tuning.plan import load_plan, parse_plan

PLANS = sorted((Path(__file__).parents[1] / "course_lib" / "configs" / "sweeps").glob("*.yaml"))
GRID = "search:\n  method: grid\n"
RANDOM = "search:\n  method: random\n  trials: 20\n"


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.name)
def test_the_plans_of_the_course_are_right(path: Path) -> None:
    plan = load_plan(path)
    assert len(plan.configs) >= 24
    for settings in plan.configs:
        Config(**settings, seed=plan.seeds[0]).make_schedule(1000)


def test_a_grid_is_every_combination_in_order() -> None:
    plan = parse_plan("epochs: 7\n" + GRID + "  lr: [0.1, 1e-2]\n  hidden: [[8], [8, 4], []]\n")
    assert [(c["lr"], c["hidden"]) for c in plan.configs] == list(itertools.product([0.1, 0.01], [(8,), (8, 4), ()]))
    assert all(Config(**c, seed=0).epochs == 7 for c in plan.configs)
    assert plan.searched == ("lr", "hidden") and plan.seeds == (0,) and plan.method == "grid"


def test_a_random_search_draws_from_ranges_and_lists() -> None:
    text = (
        "search:\n  method: random\n  trials: 400\n  lr: {log_uniform: [1e-3, 1]}\n  momentum: {uniform: [0.5, 0.9]}\n"
        "  batch_size: {log_uniform: [8, 128]}\n  activation: [relu, tanh]\n"
    )
    configs = parse_plan(text).configs
    assert all(1e-3 <= c["lr"] <= 1 and 0.5 <= c["momentum"] <= 0.9 for c in configs)
    assert sum(c["lr"] < 10**-1.5 for c in configs) == pytest.approx(200, abs=40)  # half of the powers of ten
    assert sum(c["momentum"] < 0.7 for c in configs) == pytest.approx(200, abs=40)
    assert {type(c["batch_size"]) for c in configs} == {int}
    assert sum(c["batch_size"] < 32 for c in configs) == pytest.approx(200, abs=40)
    assert sum(c["activation"] == "tanh" for c in configs) == pytest.approx(200, abs=40)
    assert len({c["lr"] for c in configs}) == 400


def test_more_trials_begin_with_the_same_and_another_seed_draws_others() -> None:
    text = RANDOM + "  lr: {log_uniform: [0.01, 1]}\n  hidden: [[8], [16], [32]]\n"
    few = parse_plan(text)
    assert parse_plan(text.replace("20", "50")).configs[:20] == few.configs
    assert parse_plan("seed: 1\n" + text).configs[0] != few.configs[0]


def test_seeds_are_kept_apart_from_the_settings() -> None:
    plan = parse_plan("seed: 3\n" + RANDOM + "  lr: {uniform: [0.1, 1]}\n")
    assert plan.seeds == (3,) and all("seed" not in c for c in plan.configs)
    several = parse_plan("seed: 3\n" + RANDOM + "  lr: {uniform: [0.1, 1]}\n  seed: [0, 1, 2]\n")
    assert several.seeds == (0, 1, 2) and several.searched == ("lr",)
    assert several.configs == plan.configs


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("# later\n", "plan.yaml is empty: write settings such as `lr: 0.1`, one a line, and a section `search` with"),
        ("lr: 0.1\n", "plan.yaml: what to try is missing: add a section `search`"),
        ("search: 3\n", "what to try is missing"),
        ("epoch: 3\n" + GRID + "  lr: [1]\n", "line 1: there is no setting 'epoch'; did you mean epochs?"),
        (GRID + "  learning: [1]\n", "line 3: there is no setting 'learning'; it can be dataset"),
        (GRID + "  batchsize: [1]\n", "line 3: there is no setting 'batchsize'; did you mean batch_size?"),
        (GRID + "  trails: 3\n", "line 3: there is no setting 'trails'; did you mean trials?"),
        ("search:\n  method: gird\n", "line 2: method cannot be 'gird'; did you mean grid?"),
        ("seed: 1\nsearch:\n  lr: [1]\n", "line 2: the search needs a method: grid, random, halving."),
        ("search:\n  method: random\n  lr: [1]\n", "line 1: random needs trials, how many settings to draw."),
        ("search:\n  method: random\n  trials: 0\n", "line 3: trials must be a whole number, at least 2, not 0."),
        (GRID + "  trials: 5\n  lr: [1]\n", "line 3: a grid tries every combination, so it has no trials"),
        (RANDOM + "  eta: 2\n  lr: [1]\n", "line 4: eta belongs to halving, and this method is random."),
        (GRID, "line 2: there is nothing to try: add settings, each with a list of values or a range."),
        (RANDOM + "  lr: {uniform: [0, 1]}\n", "line 4: lr must be at least 1e-12, not 0."),
        (GRID + "  lr: {uniform: [0.1, 1]}\n", "line 3: a grid has no ranges: list the values of lr to try."),
        (RANDOM + "  lr: {log_uniform: [1, 0.1]}\n", "line 4: log_uniform takes two numbers, above 0, the smaller one"),
        (RANDOM + "  lam: {log_uniform: [0, 0.1]}\n", "line 4: log_uniform takes two numbers, above 0"),
        (RANDOM + "  lr: {log_uniform: 3}\n", "line 4: log_uniform takes two numbers, the smallest and the largest"),
        (RANDOM + "  lr: {loguniform: [0.1, 1]}\n", "there is no range 'loguniform'; did you mean log_uniform?"),
        (RANDOM + "  lr: {log_uniform: [0.1, fast]}\n", "line 4: lr must be a number, not 'fast'."),
        (RANDOM + "  batch_size: {uniform: [1.5, 3]}\n", "line 4: batch_size must be a whole number, not 1.5."),
        (RANDOM + "  hidden: {uniform: [16, 64]}\n", "line 4: hidden has no range: list the values to try."),
        (RANDOM + "  seed: {uniform: [0, 9]}\n", "line 4: seed must be a list of seeds such as [0, 1, 2]"),
        (RANDOM + "  lr: 0.1\n", "line 4: lr takes a list of values to try, or a range such as {log_uniform:"),
        (RANDOM + "  lr: []\n", "line 4: lr takes a list of values to try"),
        (GRID + "  lr: [0.1, fast]\n", "line 3: every value to try: lr must be a number, not 'fast'."),
        (GRID + "  hidden: [64, 128]\n", "line 3: every value to try: hidden must be a list such as [128, 64], not 64"),
        (GRID + "  optimizer: [sgd, adamm]\n", "optimizer cannot be 'adamm'; did you mean adam?"),
        ("lr: 0.1\n" + GRID + "  lr: [1]\n", "line 4: lr is set in line 1 too; remove one of them."),
        (GRID + "  lr: [1]\n  lr: [2]\n", "line 4: search.lr is set twice, in line 3 too"),
        ("momentum: 0.9\n" + GRID + "  optimizer: [sgd, adam]\n", "line 1: momentum belongs to the optimizer sgd"),
        ("nesterov: true\n" + GRID + "  momentum: [0.9, 0]\n", "line 1: nesterov looks ahead along the momentum"),
        (
            "dropout: [0, 0.1]\n" + GRID + "  hidden: [[8], [8, 8]]\n",
            "line 1: dropout takes 3 fractions, for the input and each hidden layer, not 2.",
        ),
        ("validation: 0\n" + GRID + "  lr: [1]\n", "line 1: settings are compared on validation images"),
        (GRID + "  validation: [0.1, 0]\n", "line 3: settings are compared on validation images"),
        ("search:\n  method: halving\n  trials: 4\n  epochs: [1, 2]\n", "line 4: halving chooses the epochs itself"),
        ("search:\n  method: [grid]\n", "line 2: method cannot be ['grid']"),
        ("search: [\n", "this is not YAML"),
    ],
)
def test_mistakes_are_named_with_key_line_and_the_nearest_right_one(text: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_plan(text, name="plan.yaml")
    assert complaint in str(error.value) and str(error.value).startswith("plan.yaml")


def test_a_momentum_that_is_searched_may_be_what_nesterov_needs() -> None:
    assert len(parse_plan("nesterov: true\n" + GRID + "  momentum: [0.8, 0.9]\n").configs) == 2


def test_a_plan_is_no_configuration_and_a_file_may_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="line 2: a search is for `python -m course_lib tune`"):
        parse("lr: 0.1\n" + GRID, name="run.yaml")
    with pytest.raises(ConfigError, match="There is no file .*none.yaml: correct"):
        load_plan(tmp_path / "none.yaml")


def test_halving_begins_with_the_epochs_above_the_search() -> None:
    plan = parse_plan("epochs: 3\nsearch:\n  method: halving\n  trials: 9\n  eta: 3\n  lr: {log_uniform: [0.1, 1]}\n")
    assert plan.eta == 3 and len(plan.configs) == 9 and {c["epochs"] for c in plan.configs} == {3}
