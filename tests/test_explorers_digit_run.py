"""A training run of the desk: it is the plain loop, it hears its settings at every step, it judges what it is given."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from course_lib.explorers.digit_run import Data, TrainingRun, initial, train, training_digits
from course_lib.explorers.learner_step import EPOCHS, Functions, Settings, learning_rate
from course_lib.explorers.shell import LearnerError
from course_lib.nn import functional, schedules
from course_lib.nn.training import minibatches, train_epoch

PLAIN = Settings(lr=0.1, mu=0, batch_size=128, schedule="constant")


@cache
def digits() -> Data:
    return training_digits()


def trained(settings: Settings | Callable[[], Settings] = PLAIN, hidden: int = 16, **functions: Any) -> TrainingRun:
    """A run to its end, with the course's functions except for those given."""
    run = TrainingRun(1, hidden)
    ask = settings if callable(settings) else lambda: settings
    for _ in train(run, digits(), Functions(**functions), ask):
        pass
    return run


# ---- the loop ------------------------------------------------------------------------------------


def test_the_parts_are_the_lessons_and_standardised() -> None:
    data = digits()
    assert data.X.shape == (1150, 64) and data.X_val.shape == (287, 64) and data.X.dtype == np.float32
    assert np.allclose(data.X.mean(axis=0), 0, atol=1e-5)
    assert abs(float(data.X_val.mean())) < 0.05


def test_a_run_is_the_plain_loop() -> None:
    run = trained()
    rng = np.random.default_rng(0)
    params = initial(16, rng)
    for epoch in range(EPOCHS):
        loss = train_epoch(params, digits().X, digits().y, 128, 0.1, rng)
        batches = [loss for at, loss in run.losses if epoch < at <= epoch + 1]
        weights = [128] * 8 + [1150 - 8 * 128]
        assert np.average(batches, weights=weights) == pytest.approx(loss, rel=1e-4)
    logits, _ = functional.mlp_forward(digits().X_val, params)
    assert run.validation[-1][2] == pytest.approx(functional.accuracy(logits, digits().y_val), abs=0.005)
    assert [epochs for epochs, _, _ in run.validation] == list(range(1, EPOCHS + 1)) and run.epochs == EPOCHS


def test_two_runs_with_the_same_settings_are_alike() -> None:
    assert trained().losses == trained().losses


def test_settings_act_while_it_runs_and_the_batch_size_from_the_next_epoch_on() -> None:
    now = PLAIN
    run, rates, sizes = TrainingRun(1, 16), [], []

    def watched(params: Any, grads: Any, lr: float) -> None:
        rates.append(lr)

    def counted(X: Any, y: Any, batch_size: int, rng: Any) -> Iterator[Any]:
        sizes.append(batch_size)
        return minibatches(X, y, batch_size, rng)

    def still(params: Any, grads: Any, lr: float) -> None:
        watched(params, grads, lr)
        params["W2"] += 1e-9 + lr * 1e-6

    steps = train(run, digits(), Functions(minibatches=counted, sgd_step=still), lambda: now)
    for number, _ in enumerate(steps, start=1):
        if number == 5:
            now = replace(now, lr=0.5, batch_size=64)
        if run.epochs > 2:
            break
    assert rates[:5] == [0.1] * 5 and rates[5:] == [0.5] * len(rates[5:])
    assert sizes == [128, 64, 64]
    assert run.settings == [PLAIN, replace(PLAIN, lr=0.5), replace(PLAIN, lr=0.5, batch_size=64)]
    assert run.largest_lr == 0.5


def test_with_momentum_the_other_function_makes_the_steps() -> None:
    def never(params: Any, grads: Any, lr: float) -> None:
        raise AssertionError

    assert trained(replace(PLAIN, mu=0.9, lr=0.02), sgd_step=never).best[1] > 0.9


@pytest.mark.parametrize(
    ("schedule", "halfway", "at_the_end"),
    [("constant", 1, 1), ("step decay", 0.5**2, 0.5**3), ("exponential decay", 0.1, 0.01), ("cosine decay", 0.5, 0)],
)
def test_schedules_are_laid_over_the_whole_run(schedule: str, halfway: float, at_the_end: float) -> None:
    now = replace(PLAIN, schedule=schedule, lr=2.0)
    assert learning_rate(now, 0, 10, Functions()) == 2
    assert learning_rate(now, 100, 10, Functions()) == pytest.approx(2 * halfway)
    assert learning_rate(now, 199, 10, Functions()) == pytest.approx(2 * at_the_end, abs=0.03)


def test_a_schedule_that_is_chosen_late_goes_on_from_where_the_run_is() -> None:
    asked = [PLAIN]
    run = TrainingRun(1, 16)
    for _ in train(run, digits(), Functions(), lambda: asked[-1]):
        if run.epochs == 10:
            asked.append(replace(PLAIN, schedule="cosine decay", batch_size=64))
        if 10 < run.epochs <= 11:
            assert run.lr == pytest.approx(schedules.cosine_decay(0.1, run.epochs, EPOCHS), rel=0.15)
        if run.epochs > 11:
            break


def test_a_run_that_overflows_ends_and_has_diverged() -> None:
    run = trained(replace(PLAIN, lr=30))
    assert run.record.broken is not None and run.diverged and run.epochs < EPOCHS
    assert not math.isfinite(run.losses[-1][1]) and np.isfinite(run.curve()[0]).all()


def test_diverged_means_twice_the_loss_of_the_start() -> None:
    run = TrainingRun(1, 16)
    run.record.losses = [3.0] + [5.9] * 10
    assert not run.diverged
    run.record.losses = [3.0] + [6.1] * 10
    assert run.diverged
    run.record.losses = [0.1] + [4.0] * 10  # an easy first batch: guessing costs 2.3
    assert not run.diverged
    run.record.losses = [3.0] + [100.0] * 3  # too early to say
    assert not run.diverged


def test_the_curve_has_the_mean_of_each_fifth_of_an_epoch() -> None:
    run = TrainingRun(1, 16)
    run.losses = [(0.1, 4.0), (0.2, 2.0), (0.3, 7.0), (1.0, 5.0), (1.05, 1.0)]
    at, means = run.curve()
    assert at.tolist() == [0.2, 0.3, 1.0, 1.05] and means.tolist() == [3, 7, 5, 1]
    assert TrainingRun(1, 16).curve()[0].size == 0


def test_the_text_has_what_the_run_was_given() -> None:
    run = TrainingRun(3, 64)
    run.settings = [PLAIN]
    assert run.text() == "run 3: lr 0.1, μ 0, B 128, 64 units"
    run.settings += [replace(PLAIN, mu=0.9), replace(PLAIN, lr=0.5, mu=0.9, schedule="cosine decay")]
    assert run.text() == "run 3: lr 0.1→0.5, μ 0→0.9, B 128, 64 units, constant→cosine"
    run.settings += [replace(PLAIN, lr=lr) for lr in (0.2, 0.3, 0.4)]
    assert run.text().startswith("run 3: lr 0.1→…→0.4, μ 0→0.9→0, ")


# ---- the learner's functions ---------------------------------------------------------------------


def stops(*arguments: Any) -> Any:
    return arguments[0].no_such_thing


def unwritten(*arguments: Any) -> Any:
    raise NotImplementedError


def nothing(X: Any, y: Any, batch_size: int, rng: Any) -> Any:
    return iter(())


def for_ever(X: Any, y: Any, batch_size: int, rng: Any) -> Any:
    while True:
        yield X[:batch_size], y[:batch_size]


def without_labels(X: Any, y: Any, batch_size: int, rng: Any) -> Any:
    yield X[:batch_size]


def mixed_up(X: Any, y: Any, batch_size: int, rng: Any) -> Any:
    yield y[:batch_size], X[:batch_size]


def fails_later(X: Any, y: Any, batch_size: int, rng: Any) -> Any:
    yield X[:batch_size], y[:batch_size]
    yield X[:batch_size], y.shuffled


def logits_alone(X: Any, params: Any) -> Any:
    return functional.mlp_forward(X, params)[0]


def transposed(X: Any, params: Any) -> Any:
    logits, cache = functional.mlp_forward(X, params)
    return logits.T, cache


def two_of_four(dlogits: Any, params: Any, cache: Any) -> Any:
    grads = functional.mlp_backward(dlogits, params, cache)
    return {name: grads[name] for name in ("W1", "W2")}


def on_copies(params: Any, grads: Any, lr: float) -> Any:
    return {name: params[name] - lr * grads[name] for name in params}


def a_list(logits: Any, y: Any) -> Any:
    return [2.3, 2.4]


@pytest.mark.parametrize(
    ("function", "wrong", "sentence"),
    [
        ("minibatches", stops, "Your stops stopped at its line 'return arguments"),
        ("minibatches", unwritten, "Your unwritten is not written yet"),
        ("minibatches", nothing, "Your nothing hands out no batch at all"),
        ("minibatches", for_ever, "Your for_ever hands out more than the 1150 examples"),
        ("minibatches", without_labels, r"should hand out pairs \(X_batch, y_batch\), not ndarray"),
        ("minibatches", mixed_up, r"their shapes are \(128,\) and \(128, 64\)"),
        ("minibatches", fails_later, "Your fails_later stopped at its line 'yield X"),
        ("mlp_forward", stops, "Your stops stopped"),
        ("mlp_forward", logits_alone, r"Your logits_alone should return \(logits, cache\)"),
        ("mlp_forward", transposed, r"shape \(128, 10\) here, but its shape is \(10, 128\)"),
        ("cross_entropy", a_list, r"shape \(\) here, but its shape is \(2,\)"),
        ("softmax_cross_entropy_backward", unwritten, "not written yet"),
        ("mlp_backward", two_of_four, "a dict with W1, b1, W2 and b2, but returned W1, W2"),
        ("mlp_backward", a_list, r"stopped: TypeError"),
        ("sgd_step", on_copies, "Your on_copies left params as they were"),
        ("sgd_step", stops, "Your stops stopped"),
    ],
)
def test_a_wrong_function_gets_one_sentence(function: str, wrong: Callable[..., Any], sentence: str) -> None:
    with pytest.raises(LearnerError, match=sentence):
        trained(**{function: wrong})


@pytest.mark.parametrize("schedule", ["step_decay", "exponential_decay", "cosine_decay"])
def test_a_schedule_is_called_when_it_is_chosen_and_not_before(schedule: str) -> None:
    trained(**{schedule: unwritten})
    with pytest.raises(LearnerError, match="not written yet"):
        trained(replace(PLAIN, schedule=schedule.replace("_", " ")), **{schedule: unwritten})


def test_momentum_on_copies_is_noticed() -> None:
    with pytest.raises(LearnerError, match="left params as they were"):
        trained(replace(PLAIN, mu=0.9), momentum_step=lambda params, grads, velocity, lr, mu: None)


def test_right_functions_of_another_kind_are_as_good() -> None:
    def a_list_of_batches(X: Any, y: Any, batch_size: int, rng: np.random.Generator) -> Any:
        order = rng.permutation(len(X))
        return [[X[order[i : i + batch_size]], y[order[i : i + batch_size]]] for i in range(0, len(X), batch_size)]

    def in_place_of(params: Any, grads: Any, lr: float) -> None:
        for name in params:
            params[name] = params[name] - lr * grads[name]

    assert trained(minibatches=a_list_of_batches, sgd_step=in_place_of).losses == trained().losses
