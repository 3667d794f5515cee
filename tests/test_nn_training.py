"""Training: the exercises' loop, the fast loop that does the same, and what a long run needs."""

import math
import os
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import threadpoolctl

from course_lib.nn import (
    SGD,
    Adam,
    Dense,
    DivergenceError,
    History,
    Network,
    Progress,
    ReLU,
    RMSprop,
    Training,
    evaluate,
    fit,
    functional,
    mlp,
    train,
)
from course_lib.nn.schedules import cosine_decay
from course_lib.nn.threads import one_blas_thread
from course_lib.nn.training import early_stopping, minibatches, train_epoch

RNG = np.random.default_rng
ROOT = Path(__file__).parents[1]


def blobs(N: int, seed: int = 0, spread: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """Three clouds of points in the plane."""
    rng = RNG(seed)
    y = np.arange(N) % 3
    centres = np.array([[0.0, 2.0], [-2.0, -1.0], [2.0, -1.0]])
    return (centres[y] + rng.normal(scale=spread, size=(N, 2))).astype(np.float32), y


def network(seed: int = 0, dtype: Any = np.float32) -> Network:
    return mlp([2, 16, 3], rng=RNG(seed), dtype=dtype)


# ---- the exercises


def test_minibatches_give_every_example_once_in_a_new_order_with_its_label() -> None:
    X, y = np.arange(10)[:, None] * 1.0, np.arange(10)
    rng = RNG(0)
    epochs = [list(minibatches(X, y, 4, rng)) for _ in range(2)]
    for batches in epochs:
        assert [len(y_batch) for _, y_batch in batches] == [4, 4, 2]  # the last batch is kept
        assert sorted(np.concatenate([y_batch for _, y_batch in batches])) == list(range(10))
        for X_batch, y_batch in batches:
            np.testing.assert_array_equal(X_batch[:, 0], y_batch)
    orders = [np.concatenate([y_batch for _, y_batch in batches]).tolist() for batches in epochs]
    assert orders[0] != orders[1] != list(range(10))


def test_train_epoch_learns_and_returns_the_mean_over_the_examples() -> None:
    X, y = blobs(100)
    params = {name: value.copy() for name, value in network().named_parameters().items()}
    before = functional.cross_entropy(functional.mlp_forward(X, params)[0], y)
    assert train_epoch(params, X, y, 16, 0.0, RNG(0)) == pytest.approx(before, rel=1e-5)  # nothing learnt: lr is 0
    losses = [train_epoch(params, X, y, 16, 0.1, RNG(epoch)) for epoch in range(5)]
    assert losses == sorted(losses, reverse=True) and losses[-1] < 0.2


@pytest.mark.parametrize(
    ("losses", "patience", "expected"),
    [
        ([3, 2, 1], 1, (2, None)),
        ([3, 1, 2, 2, 2], 2, (1, 3)),
        ([3, 1, 1, 0.5], 2, (3, None)),
        ([3, 1, 1, 1, 0.5], 2, (1, 3)),  # equal is not better
        ([1, 2], 1, (0, 1)),
        ([math.nan, 2, 3, 4], 2, (1, 3)),
    ],
)
def test_early_stopping(losses: list[float], patience: int, expected: tuple[int, int | None]) -> None:
    assert early_stopping(losses, patience) == expected


# ---- the fast loop is the exercises' loop


@pytest.mark.parametrize("batch_size", [16, 7])
def test_fit_does_what_train_epoch_does(batch_size: int) -> None:
    X, y = blobs(50)
    X = X.astype(np.float64)
    fast = network(1, np.float64)
    params = {name: value.copy() for name, value in fast.named_parameters().items()}
    history = fit(fast, X, y, epochs=4, batch_size=batch_size, lr=0.1, rng=RNG(2))
    rng = RNG(2)
    losses = [train_epoch(params, X, y, batch_size, 0.1, rng) for _ in range(4)]
    np.testing.assert_allclose(history.train_loss, losses, rtol=1e-10)
    for name, value in fast.named_parameters().items():
        np.testing.assert_allclose(value, params[name], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("every", [1, 3, 1000])
def test_small_steps_end_where_whole_epochs_end(every: int) -> None:
    X, y = blobs(50)
    whole, stepwise = network(3), network(3)
    history = fit(whole, X, y, epochs=3, batch_size=8, rng=RNG(4))
    records = list(train(stepwise, X, y, epochs=3, batch_size=8, rng=RNG(4), every=every))
    np.testing.assert_array_equal(whole.flatten().values, stepwise.flatten().values)
    ends = [record for record in records if record.end_of_epoch]
    np.testing.assert_allclose([record.train_loss for record in ends], history.train_loss, rtol=1e-6)
    assert [record.epoch for record in ends] == [1, 2, 3]
    assert records[-1].step == 3 * 7
    if every == 1:
        assert [record.step for record in records] == list(range(1, 22))


def test_history_has_everything_the_run_saw() -> None:
    X, y = blobs(60)
    history = fit(
        network(),
        X,
        y,
        epochs=4,
        batch_size=16,
        lr=partial(cosine_decay, 0.1, total=16),
        validation=blobs(30, 1),
        rng=RNG(0),
    )
    for column in ("train_loss", "train_accuracy", "val_loss", "val_accuracy", "lr", "gradient_norm"):
        assert len(getattr(history, column)) == 4, column
    assert history.train_loss[-1] < history.train_loss[0] and history.val_accuracy[-1] > 0.9
    assert history.lr == pytest.approx([cosine_decay(0.1, step, 16) for step in (3, 7, 11, 15)])
    assert history.best_epoch == int(np.argmin(history.val_loss)) and history.reason == "all epochs done"
    assert fit(network(), X, y, epochs=1, rng=RNG(0)).val_loss == []


def test_the_gradient_norm_is_that_of_the_last_batch() -> None:
    X, y = blobs(8)
    net = network(5, np.float64)
    params = net.named_parameters()
    logits, cache = functional.mlp_forward(X, params)
    grads = functional.mlp_backward(functional.softmax_cross_entropy_backward(logits, y), params, cache)
    expected = math.sqrt(sum(float((g**2).sum()) for g in grads.values()))
    for optimizer in (SGD(), Adam()):
        record = next(train(network(5, np.float64), X, y, epochs=1, batch_size=8, optimizer=optimizer, rng=RNG(0)))
        assert record.gradient_norm == pytest.approx(expected)


def test_clipping_shortens_long_gradients_and_leaves_short_ones() -> None:
    X, y = blobs(8)

    def move(clip: float | None) -> tuple[np.ndarray, float]:
        net = network(6, np.float64)
        before = net.flatten().values.copy()
        record = next(train(net, X, y, epochs=1, batch_size=8, lr=0.5, clip=clip, rng=RNG(0)))
        return net.flatten().values - before, record.gradient_norm

    free, norm = move(None)
    clipped, measured = move(norm / 4)
    np.testing.assert_allclose(clipped, free / 4)
    assert measured == norm  # what is reported is the unclipped one
    np.testing.assert_array_equal(move(norm * 2)[0], free)


@pytest.mark.parametrize("optimizer", [SGD(), SGD(momentum=0.9, nesterov=True, lam=1e-3), RMSprop(), Adam()])
def test_every_optimizer_learns_the_blobs(optimizer: Any) -> None:
    X, y = blobs(150)
    net, lr = network(), 0.1 if isinstance(optimizer, SGD) else 0.01
    fit(net, X, y, epochs=20, batch_size=16, lr=lr, optimizer=optimizer, rng=RNG(0))
    assert evaluate(net, *blobs(300, 1))[1] > 0.97


def test_overfitting_50_random_labels_is_possible() -> None:
    rng = RNG(7)
    X, y = rng.normal(size=(50, 20)).astype(np.float32), rng.integers(0, 10, 50)
    net = mlp([20, 128, 10], rng=rng)
    fit(net, X, y, epochs=200, batch_size=10, lr=0.05, optimizer=SGD(momentum=0.9), rng=rng)
    assert evaluate(net, X, y)[1] == 1


def test_the_first_loss_of_a_network_with_small_weights_is_log_C() -> None:
    X, y = RNG(8).normal(size=(64, 20)).astype(np.float32), np.arange(64) % 10
    net = mlp([20, 30, 10], rng=RNG(8), init=lambda D, H, rng: 1e-3 * rng.normal(size=(D, H)))
    assert evaluate(net, X, y)[0] == pytest.approx(math.log(10), abs=1e-3)


def test_a_frozen_layer_stays_and_the_others_learn() -> None:
    X, y = blobs(60)
    net = network()
    W1, b1, W2, b2 = net.parameters
    W1.requires_grad = b1.requires_grad = False
    before = [p.value.copy() for p in net.parameters]
    fit(net, X, y, epochs=3, optimizer=SGD(momentum=0.9, lam=0.1), rng=RNG(0))
    np.testing.assert_array_equal(W1.value, before[0])
    np.testing.assert_array_equal(b1.value, before[1])
    assert not np.array_equal(W2.value, before[2]) and not np.array_equal(b2.value, before[3])
    W1.requires_grad = b1.requires_grad = True  # thawed: the next run moves it
    fit(net, X, y, epochs=1, rng=RNG(0))
    assert not np.array_equal(W1.value, before[0])


def test_evaluate_is_the_mean_over_all_examples_also_in_parts() -> None:
    X, y = blobs(4500, spread=2.0)
    net = network(9, np.float64)
    logits = net.forward(X.astype(np.float64))
    loss, accuracy = evaluate(net, X, y)
    assert loss == pytest.approx(functional.cross_entropy(logits, y))
    assert accuracy == pytest.approx(functional.accuracy(logits, y))


# ---- early stopping, interruption, divergence


def overfitting(patience: int | None, epochs: int = 60) -> tuple[Network, History, tuple[np.ndarray, np.ndarray]]:
    """A wide network on few noisy points: its validation loss soon rises."""
    (X, y), val = blobs(30, 1, spread=2.5), blobs(300, 2, spread=2.5)
    net = mlp([2, 100, 3], rng=RNG(0))
    history = fit(net, X, y, epochs=epochs, batch_size=5, lr=0.2, validation=val, patience=patience, rng=RNG(0))
    return net, history, val


def test_early_stopping_stops_and_restores_the_best_weights() -> None:
    net, history, val = overfitting(patience=3)
    best, stop = early_stopping(history.val_loss, 3)
    assert history.best_epoch == best and stop == len(history.val_loss) - 1 < 59
    assert "early stopping" in history.reason
    assert evaluate(net, *val)[0] == history.val_loss[best] < history.val_loss[-1]


def test_without_patience_the_last_weights_stay() -> None:
    net, history, val = overfitting(patience=None, epochs=15)
    assert evaluate(net, *val)[0] == history.val_loss[-1] > min(history.val_loss)


def interrupting(progress_bar_after: int) -> Any:
    """A progress bar at which Ctrl-C is pressed after so many epochs."""

    def bar(epochs: Iterator[Progress], total: int) -> Iterator[Progress]:
        for i, progress in enumerate(epochs):
            if i == progress_bar_after:
                raise KeyboardInterrupt
            yield progress

    return bar


def test_ctrl_c_keeps_the_best_so_far() -> None:
    (X, y), val = blobs(30, 1, spread=2.5), blobs(300, 2, spread=2.5)
    net = mlp([2, 100, 3], rng=RNG(0))
    history = fit(net, X, y, epochs=60, batch_size=5, lr=0.2, validation=val, rng=RNG(0), progress_bar=interrupting(20))
    assert history.reason == "interrupted" and len(history.val_loss) == 21
    assert history.best_epoch is not None and history.best_epoch < 20
    assert evaluate(net, *val)[0] == min(history.val_loss)


def test_a_progress_bar_sees_every_epoch_and_the_total() -> None:
    seen = []

    def bar(epochs: Iterator[Progress], total: int) -> Iterator[Progress]:
        seen.append(total)
        for progress in epochs:
            seen.append(progress.epoch)
            yield progress

    fit(network(), *blobs(20), epochs=3, rng=RNG(0), progress_bar=bar)
    assert seen == [3, 1, 2, 3]


def test_divergence_is_an_error_that_names_step_and_layer_and_nothing_else_is_printed() -> None:
    X, y = blobs(60)
    net = mlp([2, 16, 16, 3], rng=RNG(0))
    net.layers[2].parameters[0].value[...] = 1e38  # the second Dense overflows at once
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(
            DivergenceError, match=r"step 0 \(epoch 1\): the output of layer 3, Dense\(16, 16, float32\)"
        ):
            fit(net, X, y, epochs=3, rng=RNG(0))


def test_weights_that_overflow_in_an_update_are_named() -> None:
    X, y = blobs(60)
    with pytest.raises(
        DivergenceError, match=r"step 1 .*by the update before, the parameters of layer 1, Dense\(2, 3, float32\)"
    ):
        fit(Network([Dense(2, 3, rng=RNG(0))]), X * 1e20, y, epochs=9, batch_size=20, lr=1e25, rng=RNG(0))


def test_weights_that_overflow_in_the_very_last_update_are_not_overlooked() -> None:
    X, y = blobs(60)
    training = Training(Network([Dense(2, 3, rng=RNG(0))]), X * 1e20, y, epochs=1, batch_size=60, lr=1e25, rng=RNG(0))
    with pytest.raises(DivergenceError, match="by the update before"):
        list(training.epochs_left())
    assert "diverged" in training.history.reason


def test_a_learning_rate_that_is_far_too_high_diverges_with_advice() -> None:
    X, y = RNG(0).normal(size=(200, 20)).astype(np.float32), np.arange(200) % 10
    with pytest.raises(DivergenceError, match="try a smaller one"):
        fit(Network([Dense(20, 64, rng=RNG(1)), Dense(64, 10, rng=RNG(2))]), X, y, epochs=50, lr=1e4, rng=RNG(0))


def until_step(step: int, then: float) -> Any:
    """A learning rate of 0.1, and from this step on another one."""
    return lambda now: 0.1 if now < step else then


@pytest.mark.parametrize(
    ("lr", "complaint"), [(1e30, "diverged"), (0.0, "above 0, but at step 8"), (math.nan, "above 0, but at step 8")]
)
def test_a_run_that_breaks_off_gives_back_the_best_weights_and_the_history(lr: float, complaint: str) -> None:
    net, val = network(), blobs(30, 1)
    with pytest.raises(DivergenceError, match=complaint) as caught:
        fit(net, *blobs(60), epochs=4, batch_size=16, lr=until_step(8, lr), validation=val, rng=RNG(0))
    history = caught.value.history
    assert len(history.val_loss) == 2 and history.best_epoch == 1 and history.reason == str(caught.value)
    assert evaluate(net, *val)[0] == history.val_loss[1]
    assert str(caught.value).endswith("The network has its weights of epoch 2 again.")


def test_a_run_that_breaks_off_in_its_first_epoch_promises_nothing() -> None:
    with pytest.raises(DivergenceError, match=r"fewer epochs\.$") as caught:
        fit(network(), *blobs(60), epochs=4, batch_size=16, lr=until_step(2, 0.0), rng=RNG(0))
    assert caught.value.history.best_epoch is None


@pytest.mark.parametrize("every", [None, 2])
def test_a_second_training_of_the_same_network_ends_the_first(every: int | None) -> None:
    net = network()
    first = train(net, *blobs(60), epochs=3, batch_size=8, rng=RNG(0), every=every)
    next(first)
    fit(net, *blobs(60), epochs=1, rng=RNG(0))
    with pytest.raises(RuntimeError, match="Another training has begun with this network"):
        next(first)


def test_a_second_training_with_the_same_optimizer_ends_the_first() -> None:
    optimizer, second = SGD(momentum=0.9), network(1)
    first = train(network(), *blobs(60), epochs=3, optimizer=optimizer, rng=RNG(0))
    next(first)
    fit(second, *blobs(60), epochs=1, optimizer=optimizer, rng=RNG(0))
    before = second.parameters[0].value.copy()
    with pytest.raises(RuntimeError, match="Another training has begun with this optimizer"):
        next(first)
    np.testing.assert_array_equal(second.parameters[0].value, before)


@pytest.mark.parametrize("losses", [[math.nan, 1, 0.5, 0.7], [math.nan] * 2, [3, math.nan, 2], [1, 1], [math.inf]])
def test_the_best_epoch_is_that_of_early_stopping(losses: list[float]) -> None:
    history = History()
    for epoch, loss in enumerate(losses, start=1):
        history.append(Progress(epoch, epoch, 0.0, 0.0, 0.1, 0.0, True, loss, 0.0))
    assert history.best_epoch == early_stopping(losses, 99)[0]


def test_a_logit_of_minus_infinity_is_a_probability_of_0_and_one_of_nan_or_inf_is_noticed() -> None:
    X, y = blobs(9)
    for logit in (-math.inf, math.inf, math.nan):
        net = network()
        net.parameters[-1].value[1] = logit  # the bias of class 1
        training = Training(net, X[y != 1], y[y != 1], epochs=1, rng=RNG(0))
        if logit == -math.inf:
            training._take_steps(np.arange(6))
            assert np.isfinite(training.vector.gradients).all()
        else:
            with pytest.raises(DivergenceError, match="layer 3"):
                training._take_steps(np.arange(6))


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"X": np.full((9, 2), np.nan, np.float32)}, "X holds nan or inf"),
        ({"y": np.full(9, 3)}, "between 0 and 2"),
        ({"y": np.zeros(8, int)}, r"shape \(9,\)"),
        ({"X": np.zeros((9, 5), np.float32)}, r"wants X of shape \(N, 2\)"),
        ({"patience": 3}, "needs validation"),
        ({"lr": 0.0}, "learning rate must be above 0"),
        ({"lr": lambda step: math.nan}, "learning rate must be above 0"),
        ({"lr": None}, "learning rate must be above 0 .* but it is None"),
        ({"lr": math.inf}, "learning rate must be above 0"),
        ({"epochs": -1}, "epochs must be a whole number"),
        ({"epochs": 2.5}, "epochs must be a whole number"),
        ({"batch_size": 0}, "batch_size must be a whole number above 0"),
        ({"batch_size": 2.5}, "batch_size must be a whole number above 0"),
        ({"patience": 0, "validation": blobs(9)}, "patience must be a whole number above 0"),
        ({"clip": 0.0}, "clip must be above 0"),
        ({"clip": math.nan}, "clip must be above 0"),
        ({"rng": 0}, r"rng must be a generator such as .*, but it is 0\."),
        ({"optimizer": "adam"}, r"optimizer must be an object such as nn.Adam\(\), but it is 'adam'"),
        ({"optimizer": Adam}, r"optimizer must be an object such as nn.Adam\(\)"),
        ({"X": np.zeros((0, 2)), "y": []}, r"one example or more, but its shape is \(0, 2\)"),
        ({"validation": blobs(9)[0]}, r"a pair \(X_val, y_val\), but its type is ndarray of length 9"),
        ({"validation": (*blobs(9), 1)}, r"a pair \(X_val, y_val\), but its type is tuple of length 3"),
        ({"validation": (np.zeros((0, 2)), [])}, "validation data cannot be used: X must hold one example"),
        ({"validation": (np.zeros((9, 5)), np.zeros(9, int))}, r"validation data .* wants X of shape \(N, 2\)"),
        ({"validation": (np.zeros((9, 2)), np.zeros(8, int))}, r"validation data .* shape \(9,\)"),
        ({"validation": (np.zeros((9, 2)), np.full(9, 3))}, "validation data .* between 0 and 2"),
        ({"validation": (np.full((9, 2), np.nan), np.zeros(9, int))}, "validation data .* nan or inf"),
    ],
)
def test_wrong_settings_are_refused_in_words(settings: dict[str, Any], complaint: str) -> None:
    X, y = blobs(9)
    arguments = {"X": X, "y": y, "epochs": 1, "rng": RNG(0), **settings}
    with pytest.raises(ValueError, match=complaint):
        fit(network(), **arguments)


@pytest.mark.parametrize("every", [0, -1, 2.5])
def test_records_come_every_so_many_whole_steps(every: Any) -> None:
    with pytest.raises(ValueError, match="every must be a whole number above 0"):
        next(train(network(), *blobs(9), epochs=1, rng=RNG(0), every=every))


def test_batch_norm_does_not_learn_from_one_example_at_a_time() -> None:
    net = mlp([2, 8, 3], rng=RNG(0), batch_norm=True)
    X, y = blobs(9)
    fit(net, X, y, epochs=1, batch_size=4, rng=RNG(0))  # a last batch of one is no harm
    for few, batch_size in ((9, 1), (1, 4)):
        with pytest.raises(ValueError, match="two or more at a time"):
            fit(net, X[:few], y[:few], epochs=1, batch_size=batch_size, rng=RNG(0))


@pytest.mark.parametrize("layers", [[], [ReLU()]])
def test_a_network_without_parameters_cannot_be_trained(layers: Any) -> None:
    with pytest.raises(ValueError, match="no parameters, so there is nothing to train"):
        fit(Network(layers), *blobs(9), epochs=1, rng=RNG(0))


def test_evaluate_wants_a_label_for_each_example_also_in_parts() -> None:
    X, y = blobs(5000)
    with pytest.raises(ValueError, match=r"shape \(4000,\)"):
        evaluate(network(), X[:4000], y)


# ---- one BLAS thread, and not for ever


def blas_threads() -> set[int]:
    libraries = [info for info in threadpoolctl.threadpool_info() if info["user_api"] == "blas"]
    return {info["num_threads"] for info in libraries if "numpy" in info["filepath"]}  # SciPy has one of its own


def test_training_runs_on_one_thread_and_puts_the_number_back() -> None:
    during = []

    class Spy(ReLU):
        def forward(self, X: np.ndarray, *, training: bool = False) -> np.ndarray:
            if training:
                during.append(blas_threads())
            return super().forward(X, training=training)

    net = Network([Dense(2, 4, rng=RNG(0)), Spy(), Dense(4, 3, rng=RNG(0))])
    with threadpoolctl.threadpool_limits(2, user_api="blas"):
        before = blas_threads()
        for _ in train(net, *blobs(20), epochs=2, rng=RNG(0)):
            assert blas_threads() == before  # between two records, too
    assert during and all(threads == {1} for threads in during)


def test_without_threadpoolctl_training_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from course_lib.nn import threads

    monkeypatch.setattr(threads, "_controller", lambda: None)
    with one_blas_thread():
        fit(network(), *blobs(20), epochs=1, rng=RNG(0))


def test_threads_do_not_share_a_network_by_accident() -> None:
    results = {}

    def job(seed: int) -> None:
        net = network(seed)
        fit(net, *blobs(60), epochs=5, rng=RNG(seed))
        results[seed] = net.flatten().values

    jobs = [threading.Thread(target=job, args=(seed,)) for seed in (0, 1)]
    for thread in jobs:
        thread.start()
    for thread in jobs:
        thread.join()
    for seed in (0, 1):
        net = network(seed)
        fit(net, *blobs(60), epochs=5, rng=RNG(seed))
        np.testing.assert_array_equal(net.flatten().values, results[seed])


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_a_real_ctrl_c_in_the_middle_of_training() -> None:
    code = """
import numpy as np
from course_lib.nn import fit, mlp
rng = np.random.default_rng(0)
X, y = rng.normal(size=(2000, 50)).astype(np.float32), np.arange(2000) % 10
def bar(epochs, total):
    for progress in epochs:
        print(progress.epoch, flush=True)
        yield progress
print(fit(mlp([50, 64, 10], rng=rng), X, y, epochs=10**6, rng=rng, progress_bar=bar).reason)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout
    for _ in range(3):
        process.stdout.readline()
    process.send_signal(signal.SIGINT)
    output = process.communicate(timeout=30)[0]
    assert output.splitlines()[-1] == "interrupted" and process.returncode == 0
