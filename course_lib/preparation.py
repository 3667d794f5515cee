"""From a configuration to a training run that is ready to start.

    load(config.dataset) --divide--> Images --start--> Training
                           standardise         network, optimiser, schedule

`python -m course_lib train` and whoever else trains from a Config goes this way, so that the same settings and the same
seed are the same run everywhere.
"""

from typing import NamedTuple

import numpy as np

from course_lib.data import Dataset, Standardizer, stratified_split
from course_lib.nn.arrays import Array
from course_lib.nn.config import Config, ConfigError
from course_lib.nn.layers import Standardize
from course_lib.nn.run import Training


class Images(NamedTuple):
    """A dataset divided; training and validation standardised, the test images as they come."""

    X: Array
    y: Array
    X_val: Array
    y_val: Array
    X_test: Array
    y_test: Array
    standardize: Standardize
    classes: int


def divide(dataset: Dataset, config: Config, rng: np.random.Generator) -> Images:
    """Divide and standardise as `config` says; the statistics are those of the training images alone.

    `dataset` stays as it is. Every image is copied once, and the copies are changed in place, because MNIST is 188 MB.
    Raises ConfigError if no image is left to validate on.
    """
    y = np.concatenate([dataset.y_train, dataset.y_test])
    if config.test is None:
        rest, X_test, y_test = np.arange(len(dataset.y_train)), dataset.X_test, dataset.y_test
    else:
        rest, test = stratified_split(y, config.test, rng)
        X_test, y_test = copied(dataset, test), y[test]
    train, val = stratified_split(y[rest], config.validation, rng)
    if config.validation and not len(val):
        few = f"validation {config.validation:g} of {len(rest)} images is not a single one"
        raise ConfigError(f"{few}: make it larger, or 0 to train without.")
    train, val = rest[train], rest[val]
    X, y, X_val, y_val = copied(dataset, train), y[train], copied(dataset, val), y[val]
    mean, std = np.zeros(X.shape[1], X.dtype), np.ones(X.shape[1], X.dtype)
    if config.standardize == "all":
        mean[:], std[:] = X.mean(), standard_deviation(X)
    elif config.standardize == "pixels":
        standardizer = Standardizer.fit(X)
        mean[:], std[:] = standardizer.mean, standardizer.std
    elif config.standardize == "bytes":
        std[:] = 1 / 255
    for part in (X, X_val):
        part -= mean
        part /= std
    return Images(X, y, X_val, y_val, X_test, y_test, Standardize(mean, std), len(dataset.class_names))


def copied(dataset: Dataset, rows: Array) -> Array:
    """The images with these numbers, when the test images are counted on after the training images; a new array."""
    first_test = len(dataset.X_train)
    X = dataset.X_train.take(rows, axis=0, mode="clip")  # a test image's number is clipped: the next lines mend it
    test = rows >= first_test
    X[test] = dataset.X_test[rows[test] - first_test]
    return X


def standard_deviation(X: Array) -> float:
    """The standard deviation of all elements of X (N, D). X.std() would need room for a second X."""
    mean, total = X.mean(dtype=np.float64), 0.0
    for start in range(0, len(X), 1000):
        total += float(np.square(X[start : start + 1000] - mean).sum())
    return float(np.sqrt(total / X.size))


def start(config: Config, images: Images, rng: np.random.Generator) -> Training:
    """A new network, and its training run before the first step."""
    return Training(
        config.make_network(images.X.shape[1], images.classes, rng),
        images.X,
        images.y,
        epochs=config.epochs,
        rng=rng,
        batch_size=config.batch_size,
        lr=config.make_schedule(len(images.X)),
        optimizer=config.make_optimizer(),
        validation=(images.X_val, images.y_val) if config.validation else None,
        patience=config.patience,
        clip=config.clip,
    )
