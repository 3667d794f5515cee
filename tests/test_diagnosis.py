"""The training doctor: each illness, in a real run that has it and nothing else; silence where all is well."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from course_lib.data import load, stratified_split
from course_lib.diagnosis import Diagnosis, Record, diagnose
from course_lib.diagnosis.measures import training_loss
from course_lib.nn import functional, optimizers
from course_lib.nn.training import minibatches

SEEDS = (0, 1, 2)
Arrays = dict[str, np.ndarray]


@cache
def digits() -> tuple[np.ndarray, ...]:
    """Standardised training and validation digits: X (1150, 64), y, X_val (287, 64), y_val."""
    data = load("digits")
    train, val = stratified_split(data.y_train, 0.2, rng=np.random.default_rng(0))
    X = data.X_train[train].astype(float)
    return (
        functional.standardize(X, X), data.y_train[train],
        functional.standardize(X, data.X_train[val]), data.y_train[val],
    )  # fmt: skip


def unchanged(params: Arrays, grads: Arrays) -> Arrays:
    return grads


def run(
    *,
    seed: int = 0,
    lr: float = 0.1,
    mu: float = 0.0,
    batch_size: int = 32,
    hidden: int = 64,
    epochs: int = 6,
    examples: int | None = None,
    init: float = 1.0,
    bias: float = 0.0,
    dtype: type = float,
    gradients: Callable[[Arrays, Arrays], Arrays] = unchanged,
    forward: Callable[..., Any] = functional.mlp_forward,
    cross_entropy: Callable[..., float] = functional.cross_entropy,
    step: Callable[..., None] = optimizers.momentum_step,
    validate: bool = True,
) -> Record:
    """A training run as a lesson writes it, and its record. `gradients` may change them before the update."""
    X, y, X_val, y_val = digits()
    X, y = X[:examples].astype(dtype), y[:examples]
    rng = np.random.default_rng(seed)
    params: Arrays = {
        "W1": init * np.sqrt(2 / 64) * rng.standard_normal((64, hidden)), "b1": np.full(hidden, bias),
        "W2": init * np.sqrt(2 / hidden) * rng.standard_normal((hidden, 10)), "b2": np.zeros(10),
    }  # fmt: skip
    params = {name: p.astype(dtype) for name, p in params.items()}
    velocity = {name: np.zeros_like(p) for name, p in params.items()}
    record = Record()
    with np.errstate(all="ignore"):
        for _ in range(epochs):
            for X_batch, y_batch in minibatches(X, y, batch_size, rng):
                logits, kept = forward(X_batch, params)
                dlogits = functional.softmax_cross_entropy_backward(logits, y_batch)
                grads = gradients(params, functional.mlp_backward(dlogits, params, kept))
                step(params, grads, velocity, lr, mu)
                record.step(cross_entropy(logits, y_batch), params, grads, kept)
            logits, _ = functional.mlp_forward(X_val, params)
            record.epoch(functional.cross_entropy(logits, y_val) if validate else None)
    return record


def l2(lam: float) -> Callable[[Arrays, Arrays], Arrays]:
    return lambda params, grads: functional.l2_gradient(params, grads, lam)


def names(record: Record) -> list[str]:
    return [finding.name for finding in diagnose(record).findings]


# ---- each illness, and no other ------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "settings",
    [
        {"lr": 0.03, "epochs": 12},
        {"lr": 0.3},
        {"lr": 0.03, "mu": 0.9},
        {"lr": 0.001, "mu": 0.99, "epochs": 12},
        {"lr": 0.1, "dtype": np.float32},
        {"lr": 0.1, "gradients": l2(0.01)},
        {"lr": 0.3, "batch_size": 256, "epochs": 20},
        {"lr": 0.01, "batch_size": 1, "epochs": 1},
        {"lr": 0.1, "init": 0.01},
    ],
    ids=lambda settings: ", ".join(settings),
)
def test_a_healthy_run_is_silent(seed: int, settings: dict[str, Any]) -> None:
    assert names(run(seed=seed, **settings)) == []


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("illness", "settings"),
    [
        ("Learning rate too high", {"lr": 3}),
        ("Learning rate too high", {"lr": 0.4, "mu": 0.9}),
        ("Learning rate too high", {"lr": 0.03, "gradients": lambda _, g: {k: 100 * v for k, v in g.items()}}),
        ("Learning rate too high", {"lr": -0.1}),  # uphill
        ("Learning rate too low", {"lr": 0.001}),
        ("Learning rate too low", {"lr": 0.01, "batch_size": 128, "epochs": 15}),
        ("Updates too large", {"gradients": l2(5.0)}),
        ("Dead ReLU units", {"bias": -6}),
        ("Dead ReLU units", {"bias": -8}),
        ("A layer does not move", {"gradients": lambda _, g: g | {"W1": 0 * g["W1"]}}),
        ("A layer does not move", {"gradients": lambda _, g: g | {"W1": 1e-4 * g["W1"]}}),
        ("The weights do not move", {"step": lambda params, *_: {name: 0.9 * p for name, p in params.items()}}),
        ("A bad start", {"init": 8}),
        ("Under-fitting", {"hidden": 2, "lr": 0.3, "epochs": 12}),
        ("Under-fitting", {"gradients": l2(0.3), "epochs": 10}),
        ("Over-fitting", {"examples": 100, "epochs": 100, "hidden": 128}),
        ("Over-fitting", {"examples": 60, "epochs": 60, "mu": 0.9}),
    ],
)
def test_a_run_with_one_illness_has_that_finding_and_no_other(
    seed: int, illness: str, settings: dict[str, Any]
) -> None:
    assert names(run(seed=seed, **settings)) == [illness]


@pytest.mark.parametrize("seed", SEEDS)
def test_dead_units_are_counted(seed: int) -> None:
    def kill(params: Arrays, grads: Arrays) -> Arrays:
        params["b1"][:16] = -100
        return grads

    (finding,) = diagnose(run(seed=seed, gradients=kill)).findings
    assert finding.evidence == "16 of the 64 units of layer 1 gave 0 for each of the last 1,150 examples."


def test_a_unit_that_sleeps_for_less_than_an_epoch_is_not_dead() -> None:
    """Each unit is active for examples of one class only, so it is silent in most batches."""
    X, y, _, _ = digits()
    one_class_each = {"A1": np.repeat(functional.one_hot(y, 10), 6, axis=1)}
    record, longest = Record(), 0
    for start in range(0, 1150, 5):
        record.step(1.0, {"W1": np.ones((2, 2))}, cache={"A1": one_class_each["A1"][start : start + 5]})
        longest = max(longest, record.silent["A1"].max())
    record.epoch()
    assert longest > 30 and "Dead ReLU units" not in names(record)


def test_two_hidden_layers_are_told_apart() -> None:
    record = Record()
    for _ in range(30):
        record.step(1.0, {"W1": np.ones((2, 2))}, cache={"A1": np.ones((100, 8)), "A2": np.zeros((100, 4))})
    assert "4 of the 4 units of layer 2" in diagnose(record).findings[0].evidence


def test_the_best_epoch_of_an_over_fitted_run_is_named() -> None:
    record = run(examples=60, epochs=60, mu=0.9)
    losses = [epoch.val_loss for epoch in record.epochs]
    best = int(np.argmin(losses)) + 1
    (finding,) = diagnose(record).findings
    assert f"lowest after epoch {best}, {losses[best - 1]:.3g}" in finding.evidence


def test_without_validation_nothing_is_said_of_over_fitting() -> None:
    assert names(run(examples=100, epochs=100, hidden=128, validate=False)) == []


def test_a_learning_rate_that_is_raised_in_the_middle_is_noticed() -> None:
    steps = 0

    def burst(params: Arrays, grads: Arrays) -> Arrays:
        nonlocal steps
        steps += 1
        return grads if steps < 200 else {name: 4 * g for name, g in grads.items()}

    record = run(lr=0.5, gradients=burst, epochs=15)
    assert names(record) == ["Learning rate too high"]
    assert names(run(lr=0.5, epochs=15)) == []


# ---- what is not finite --------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_that_overflows_names_the_step_and_the_learning_rate(seed: int) -> None:
    record = run(seed=seed, lr=30)
    (finding,) = diagnose(record).findings
    assert finding.name == "Not finite"
    assert f"at step {len(record.losses)}." in finding.evidence
    assert "learning rate is too high" in finding.remedy
    assert all(math.isfinite(loss) for loss in record.losses)


def poisoned(name: str, at: int, value: float) -> Callable[..., Any]:
    """mlp_forward that puts a bad value into one array of the cache, at one step."""
    calls = 0

    def forward(X: np.ndarray, params: Arrays) -> tuple[np.ndarray, Arrays]:
        nonlocal calls
        calls += 1
        kept = {"X": X.copy()}
        for step, compute in {
            "Z1": lambda: functional.linear_forward(kept["X"], params["W1"], params["b1"]),
            "A1": lambda: functional.relu(kept["Z1"]),
        }.items():
            if calls == at + 1 and name in kept:
                kept[name][0, 0] = value
            kept[step] = compute()
        if calls == at + 1:
            kept[name][0, 0] = value
        return functional.linear_forward(kept["A1"], params["W2"], params["b2"]), kept

    return forward


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("name", "where", "remedy"),
    [("X", "nan in X, ", "came in with the data"), ("Z1", "nan in Z1 (layer 1), ", "line that computes this"),
     ("A1", "nan in A1 (layer 1), ", "line that computes this")],
)  # fmt: skip
def test_the_first_array_that_is_not_finite_is_named(seed: int, name: str, where: str, remedy: str) -> None:
    (finding,) = diagnose(run(seed=seed, forward=poisoned(name, 25, math.nan))).findings
    assert finding.evidence == f"The first number that is not finite is {where}at step 25."
    assert remedy in finding.remedy


def test_the_layer_of_a_deep_network_is_named_in_full() -> None:
    record = Record()
    record.step(1.0, {f"W{i}": np.full((2, 2), math.nan if i == 12 else 1.0) for i in range(1, 13)})
    assert "(layer 12)" in diagnose(record).findings[0].evidence


def test_the_first_gradient_on_the_way_back_is_named() -> None:
    steps = 0

    def poison(params: Arrays, grads: Arrays) -> Arrays:
        nonlocal steps
        steps += 1
        if steps == 31:
            grads["W1"][0, 0] = grads["b1"][0] = math.inf
        return grads

    (finding,) = diagnose(run(gradients=poison)).findings
    assert "inf in db1 (layer 1), at step 30." in finding.evidence  # b1 comes last forward, so first on the way back


def test_a_loss_that_overflows_by_itself_is_told_from_a_learning_rate() -> None:
    def careless(logits: np.ndarray, y: np.ndarray) -> float:
        Z = 300 * logits  # confident logits, as an untamed loss meets them
        P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
        return float(-np.log(P[np.arange(len(y)), y]).mean())

    (finding,) = diagnose(run(cross_entropy=careless)).findings
    assert "in the loss, at step" in finding.evidence and "largest one of each row" in finding.remedy


def test_without_the_cache_a_loss_is_not_blamed_for_what_came_before_it() -> None:
    record = Record()
    record.step(math.nan, {"W1": np.ones((2, 2))})
    (finding,) = diagnose(record).findings
    assert "largest one of each row" not in finding.remedy


def test_large_numbers_whose_sum_overflows_are_finite() -> None:
    record = Record()
    record.step(1.0, {"W1": np.full((9, 9), 1e38, np.float32)})
    assert record.broken is None


# ---- the record and the words --------------------------------------------------------------------


def test_the_ratio_is_that_of_the_update_to_the_weights() -> None:
    record, params = Record(), {"W1": np.full((3, 2), 2.0), "b1": np.zeros(2)}
    record.step(1.0, params)
    params["W1"] += 0.01
    record.step(1.0, params)
    assert record.ratios == {"W1": [pytest.approx(0.005)]}


def test_epochs_are_means_of_their_steps() -> None:
    record = Record()
    for loss in (4.0, 2.0, 1.0):
        record.step(loss, {"W1": np.ones((1, 1))})
        if loss != 4:
            record.epoch(0.5)
            record.epoch(0.5)  # nothing was done in between
    assert [(epoch.steps, epoch.train_loss) for epoch in record.epochs] == [(2, 3.0), (3, 1.0)]


def test_arguments_in_the_wrong_order_get_a_sentence() -> None:
    with pytest.raises(TypeError, match="loss, then params"):
        Record().step({"W1": np.ones((1, 1))}, 2.3)  # type: ignore[arg-type]


def test_a_few_steps_are_too_few() -> None:
    record = run(examples=32, epochs=5)
    assert repr(diagnose(record)) == "Only 5 steps were recorded. Train for at least 20, then ask again."


def test_an_empty_record_and_one_without_matrices_are_no_error() -> None:
    assert "Only 0 steps" in repr(diagnose(Record()))
    record = Record()
    for _ in range(40):
        record.step(0.1, {"b": np.ones(3)})
    assert "Nothing is wrong, as far as 40 steps" in repr(diagnose(record))


def test_findings_read_as_text_and_as_markdown() -> None:
    diagnosis: Diagnosis = diagnose(run(lr=3))
    (finding,) = diagnosis.findings
    assert repr(diagnosis) == f"Learning rate too high. {finding.evidence} {finding.remedy}"
    assert diagnosis._repr_markdown_().startswith("**Learning rate too high.** The loss began at ")


def test_a_loss_that_leapt_and_came_back_does_not_drown_the_ones_after_it() -> None:
    record = Record()
    for step in range(400):
        record.step(1e30 if step == 20 else 0.1, {"W1": np.ones((1, 1))})
    assert training_loss(record) == pytest.approx(0.1)
    assert "Its highest mean over 10 steps is 1e+29" in diagnose(record).findings[0].evidence
