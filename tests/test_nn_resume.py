"""A run that stops and goes on ends where an unbroken one ends, to the bit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course_lib.nn import SGD, Adam, Dropout, RMSprop, Training, mlp
from course_lib.nn.resume import restore_run, run_state
from course_lib.nn.storage import load_extra, save

RNG = np.random.default_rng


def training(optimizer: Any) -> Training:
    """A run with everything that has a state: momentum, dropout, batch norm, a best epoch, a partial last batch."""
    data, rng = RNG(0), RNG(1)
    X, y = data.normal(size=(90, 6)).astype(np.float32), data.integers(0, 3, 90)
    network = mlp([6, 16, 3], rng=rng, batch_norm=True, dropout=(0.1, 0.2))
    return Training(
        network,
        X[:70],
        y[:70],
        epochs=8,
        batch_size=16,
        lr=lambda step: 0.05 / (1 + 0.1 * step),
        optimizer=optimizer,
        validation=(X[70:], y[70:]),
        patience=7,
        rng=rng,
    )


@pytest.mark.parametrize(
    "optimizer", [lambda: SGD(momentum=0.9, lam=1e-2), lambda: SGD(momentum=0.9, nesterov=True), RMSprop, Adam]
)
@pytest.mark.parametrize("stop", [1, 4])
def test_resumed_equals_unbroken(optimizer: Any, stop: int, tmp_path: Path) -> None:
    unbroken, first, second = (training(optimizer()) for _ in range(3))
    list(unbroken.epochs_left())
    for progress in first.epochs_left():
        if progress.epoch == stop:
            save(tmp_path / "run.npz", first.network, run_state(first))
            break
    second.rng.random(1000)  # whatever the new process has drawn by now
    restore_run(second, load_extra(tmp_path / "run.npz"))
    list(second.epochs_left())
    for one, other in zip(unbroken.network.parameters, second.network.parameters, strict=True):
        np.testing.assert_array_equal(one.value, other.value)
    assert second.history == unbroken.history and second.step == unbroken.step
    for one_best, other_best in zip(unbroken.best, second.best, strict=True):
        np.testing.assert_array_equal(one_best, other_best)


def test_a_run_that_was_out_of_patience_does_not_go_on() -> None:
    first, second = training(SGD(momentum=0.9)), training(SGD(momentum=0.9))
    first.patience = second.patience = 1
    first.epochs = second.epochs = 50
    *_, last = first.epochs_left()  # it stops early
    first.patience = None  # the state as it was before the best weights came back
    restore_run(second, run_state(first))
    assert last.epoch < 50 and list(second.epochs_left()) == [] and "early stopping" in second.history.reason


@pytest.mark.parametrize(("optimizer", "name"), [(Adam(), "optimizer/[mv]"), (SGD(), "optimizer/v")])
def test_a_state_that_does_not_fit_is_an_error(optimizer: Any, name: str) -> None:
    state = run_state(training(SGD(momentum=0.9)))
    with pytest.raises(ValueError, match=f"{name} is .* go on with the same"):
        restore_run(training(optimizer), state)


def test_a_state_in_another_dtype_is_an_error_and_changes_nothing() -> None:
    state = run_state(training(SGD()))
    state["now/0"] = state["now/0"].astype(np.float64)
    state["position"] = np.array([1, 5])
    run = training(SGD())
    with pytest.raises(ValueError, match="now/0 is float64 .* there and float32 .* here"):
        restore_run(run, state)
    assert run.epoch == 0


@pytest.mark.parametrize("bits", [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64])
def test_dropout_with_a_generator_of_its_own_goes_on_where_it_was(bits: Any) -> None:
    def run() -> Training:
        whole = training(SGD())
        for layer in whole.network.layers:
            if isinstance(layer, Dropout):
                layer.rng = np.random.Generator(bits(5))
        return whole

    unbroken, first, second = run(), run(), run()
    list(unbroken.epochs_left())
    next(first.epochs_left())
    restore_run(second, run_state(first))
    list(second.epochs_left())
    assert second.history == unbroken.history
