"""A trial of a network: train it as its settings say, and measure it on the validation images."""

import functools

import numpy as np

from course_lib import data
from course_lib.nn.config import Config
from course_lib.nn.run import evaluate
from course_lib.preparation import divide, start

from .processes import SweepError
from .searches import Settings

load = functools.lru_cache(maxsize=1)(data.load)  # a process that makes many trials reads the images once


def train_and_validate(settings: Settings, seed: int) -> dict[str, float]:
    """The scores of the network that `python -m course_lib train` trains with these settings and this seed.

    Nobody looks at the test images. Raises DivergenceError if a number of the network becomes nan or infinite, and
    SweepError if the images cannot be had.
    """
    config = Config(**settings, seed=seed)
    rng = np.random.default_rng(seed)
    try:
        dataset = load(config.dataset)
    except (data.DataError, ImportError) as error:
        raise SweepError(str(error)) from None
    images = divide(dataset, config, rng)
    training = start(config, images, rng)
    for _ in training.epochs_left():
        pass
    val_loss, val_accuracy = evaluate(training.network, images.X_val, images.y_val)
    return {"val_accuracy": val_accuracy, "val_loss": val_loss}
