"""The case study: what the record holds, what the report's rule really is, and a learner's own step in its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from real_data import needs_real_data

from course_lib import case_study
from course_lib.case_study import LAMS, OTHER_LAMS, Epoch, LearnersStep, recorded, reproduce, trained
from course_lib.data import Dataset, load
from course_lib.nn import SGD
from course_lib.nn.arrays import Params
from course_lib.nn.optimizers import weight_decay_step
from course_lib.nn.unscaled_shrink import UnscaledShrink

# ---- the record ----


def test_the_record_holds_every_run_of_the_lesson() -> None:
    runs = recorded()
    wanted = {(form, lam) for form in ("printed", "mended") for lam in LAMS} | {("mended", lam) for lam in OTHER_LAMS}
    assert set(runs) == wanted
    for (form, lam), run in runs.items():
        assert (run.form, run.lam) == (form, lam)
        assert len(run.epochs) == case_study.EPOCHS
        assert all(0.09 < accuracy < 1 for accuracy in run.curve("test_accuracy"))


def test_the_record_shows_what_the_lesson_tells() -> None:
    runs = recorded()
    falling, rising = runs["printed", 0.001], runs["mended", 0.001]
    for images in ("train_accuracy", "test_accuracy"):
        assert np.all(np.diff(falling.curve(images)) < 0)
        assert rising.curve(images)[-1] > rising.curve(images)[0] > falling.curve(images)[0]
    assert np.all(np.diff(falling.curve("weight_size")) < 0)
    # While lr is 1e-4, the report's 0.001 is an L2 of 10.
    assert falling.epochs[0].test_accuracy == pytest.approx(runs["mended", 10.0].epochs[0].test_accuracy, abs=0.002)
    # Without decay both rules are one.
    assert runs["printed", 0.0].epochs == runs["mended", 0.0].epochs


@pytest.mark.parametrize(
    ("argument", "code", "told"),
    [("--help", 0, "in place of the record before"), ("--epochs=1", 2, "unrecognized arguments: --epochs=1")],
)
def test_help_and_unknown_arguments_train_nothing(
    argument: str, code: int, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(case_study, "load", lambda name: pytest.fail("it loaded something"))
    with pytest.raises(SystemExit) as ended:
        case_study.main([argument])
    assert ended.value.code == code
    shown = capsys.readouterr()
    assert told in " ".join((shown.out + shown.err).split())


# ---- a step of the learner's own ----


def rebinding_step(params: Params, grads: Params, lr: float, lam: float) -> None:
    """The same as weight_decay_step, but with new arrays in the dict."""
    for name in params:
        params[name] = params[name] - lr * (grads[name] + lam * params[name] * name.startswith("W"))


@pytest.mark.parametrize("step", [weight_decay_step, rebinding_step])
def test_a_learners_step_moves_the_network_as_sgd_does(step: case_study.StepFunction) -> None:
    images = tiny_images()
    curves = []
    for make in (lambda network: LearnersStep(network, step, lam=3.0), lambda network: SGD(lam=3.0)):
        rng = np.random.default_rng(1)
        network = case_study.first_network(6, rng)
        curves.append(list(trained(network, make(network), images, epochs=2, rng=rng)))
    assert curves[0][0] != curves[0][1]
    for mine, courses in zip(*curves, strict=True):
        assert vars(mine) == pytest.approx(vars(courses), rel=1e-3)


def tiny_images() -> Dataset:
    """Noise in the shape of MNIST: for what must not depend on the images."""
    rng = np.random.default_rng(0)
    X, y = rng.random((60, 784), dtype=np.float32), rng.integers(0, 10, 60)
    return Dataset("noise", X[:40], y[:40], X[40:], y[40:], (28, 28), tuple("0123456789"))


# ---- reproduce ----


def test_without_mnist_it_says_what_to_do_and_fetches_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    monkeypatch.setattr(case_study, "load", lambda name: pytest.fail("it loaded something"))
    reproduce(weight_decay_step)
    assert "load('mnist')" in capsys.readouterr().out


def test_it_prints_a_line_for_every_epoch(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(case_study, "at_hand", lambda name: True)
    monkeypatch.setattr(case_study, "load", lambda name: tiny_images())
    reproduce(weight_decay_step, 0.5, hidden=5, epochs=3)
    header, *lines = capsys.readouterr().out.splitlines()
    assert "784-5-10" in header and "lam = 0.5" in header
    assert [line.split()[:2] for line in lines] == [["epoch", "1"], ["epoch", "2"], ["epoch", "3"]]


@needs_real_data
def test_the_first_epoch_of_the_record_comes_out_again() -> None:
    rng = np.random.default_rng(case_study.SEED)
    network = case_study.first_network(case_study.HIDDEN, rng)
    first: Epoch = next(trained(network, UnscaledShrink(lam=0.001), load("mnist"), epochs=1, rng=rng))
    assert first.test_accuracy == pytest.approx(recorded()["printed", 0.001].epochs[0].test_accuracy, abs=0.01)
    assert first.weight_size == pytest.approx(recorded()["printed", 0.001].epochs[0].weight_size, rel=0.05)
