"""From a configuration to a run: what goes where, whose statistics are used, and what stays as it was."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from real_data import needs_real_data

from course_lib.data import Dataset
from course_lib.nn.config import Config, ConfigError
from course_lib.preparation import divide, standard_deviation, start

RNG = np.random.default_rng


def numbered(N_train: int = 60, N_test: int = 20) -> Dataset:
    """Images of four pixels, in five classes; the first pixel is the image's number, so that each can be told."""
    N = N_train + N_test
    X = RNG(0).random((N, 4)).astype(np.float32)
    X[:, 0], y = np.arange(N), np.arange(N) % 5
    return Dataset("numbered", X[:N_train], y[:N_train], X[N_train:], y[N_train:], (2, 2), tuple("abcde"))


def numbers(X: np.ndarray) -> list[int]:
    return sorted(X[:, 0].round().astype(int).tolist())


def settings(**changes: Any) -> Config:
    return replace(Config(standardize="none", validation=0.2, hidden=(6,), epochs=2, batch_size=16), **changes)


def test_validation_is_taken_from_the_training_images_and_the_test_images_are_the_datasets_own() -> None:
    images = divide(numbered(), settings(), RNG(1))
    assert len(images.X) == 48 and len(images.X_val) == 12
    assert sorted(numbers(images.X) + numbers(images.X_val)) == list(range(60))
    assert numbers(images.X_test) == list(range(60, 80))
    for X, y in ((images.X, images.y), (images.X_val, images.y_val), (images.X_test, images.y_test)):
        np.testing.assert_array_equal(X[:, 0] % 5, y)  # labels stay with their images


def test_a_fraction_for_testing_is_drawn_from_all_images_and_by_the_seed() -> None:
    images = divide(numbered(), settings(test=0.25), RNG(1))
    assert len(images.X_test) == 20 and len(images.X) == 48 and len(images.X_val) == 12
    assert sorted(numbers(images.X) + numbers(images.X_val) + numbers(images.X_test)) == list(range(80))
    assert numbers(images.X_test) != list(range(60, 80))
    assert np.bincount(images.y_test).tolist() == [4] * 5  # stratified
    np.testing.assert_array_equal(images.X_test[:, 0] % 5, images.y_test)
    assert numbers(divide(numbered(), settings(test=0.25), RNG(2)).X_test) != numbers(images.X_test)


@pytest.mark.parametrize("standardize", ["all", "pixels", "bytes"])
@pytest.mark.parametrize("test", [None, 0.25])
def test_statistics_are_those_of_the_training_images_and_the_dataset_stays(
    standardize: str, test: float | None
) -> None:
    dataset = numbered()
    before = dataset.X_train.copy(), dataset.X_test.copy()
    raw = divide(dataset, settings(test=test), RNG(3))
    images = divide(dataset, settings(test=test, standardize=standardize), RNG(3))
    if standardize == "bytes":
        expected = raw.X_val * 255
    else:
        axis = None if standardize == "all" else 0
        expected = (raw.X_val - raw.X.mean(axis)) / raw.X.std(axis)
    np.testing.assert_allclose(images.X_val, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(images.standardize.forward(raw.X_val), images.X_val, rtol=1e-6)
    np.testing.assert_array_equal(images.X_test, raw.X_test)
    np.testing.assert_array_equal(dataset.X_train, before[0])
    np.testing.assert_array_equal(dataset.X_test, before[1])


def test_the_run_has_every_setting() -> None:
    config = settings(lr=0.3, schedule="cosine", momentum=0.9, lam=0.01, patience=3, clip=2.0)
    training = start(config, divide(numbered(), config, RNG(4)), RNG(5))
    assert repr(training.network) == repr(config.make_network(4, 5, RNG(0)))
    assert (training.epochs, training.batch_size, training.patience, training.clip) == (2, 16, 3, 2.0)
    assert [training.schedule(step) for step in (0, 3, 6)] == pytest.approx([0.3, 0.15, 0])  # three steps an epoch
    assert vars(training.optimizer)["momentum"] == 0.9 and training.optimizer.lam == 0.01
    assert training.validation is not None and len(training.validation[0]) == 12


def test_without_validation_images_nothing_is_validated() -> None:
    config = settings(validation=0.0)
    training = start(config, divide(numbered(), config, RNG(6)), RNG(7))
    assert training.validation is None and len(training.X) == 60
    assert [progress.val_loss for progress in training.epochs_left()] == [None, None]


def test_a_validation_part_without_a_single_image_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"validation 0\.001 of 60 images is not a single one: make it larger, or 0"):
        divide(numbered(), settings(validation=0.001), RNG(8))


@needs_real_data
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak memory in /proc")
@pytest.mark.parametrize(("test", "limit"), [(None, 500_000), (0.2, 600_000)])
def test_mnist_is_divided_with_one_copy_of_the_images(test: float | None, limit: int) -> None:
    program = (
        "import numpy; from course_lib.data import load; from course_lib.preparation import Config, divide;"
        f"config = Config(dataset='mnist', test={test}, standardize='pixels');"
        "divide(load('mnist'), config, numpy.random.default_rng(0));"
        "print(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) < limit  # in KB


def test_the_deviation_of_all_pixels_needs_no_second_array() -> None:
    X = np.random.default_rng(0).normal(3, 2, (2500, 7)).astype(np.float32)
    assert standard_deviation(X) == pytest.approx(X.std(dtype=np.float64), rel=1e-6)
