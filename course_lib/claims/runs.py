"""One training of a configuration, and every number of it that a write-up claims.

first_loss, gradient_error --> train --> train_accuracy, test_accuracy, last_test_accuracy, seconds
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib.data import Dataset
from course_lib.nn.arrays import Array
from course_lib.nn.config import Config
from course_lib.nn.gradient_check import directional_check
from course_lib.nn.history import Progress
from course_lib.nn.losses import SoftmaxCrossEntropy
from course_lib.nn.network import Network
from course_lib.nn.run import DivergenceError, evaluate
from course_lib.preparation import divide, start


@dataclass(frozen=True)
class Run:
    """What one training came to. Accuracies are fractions, losses in nats, seconds of processor time, for training.

    With validation images, the network is that of the epoch with the lowest validation loss; without, of the last one.
    """

    first_loss: float  # before the first step
    gradient_error: float  # relative, of a float64 twin of the network before the first step
    train_accuracy: float
    test_accuracy: float
    last_test_accuracy: float  # after the last epoch, whichever was the best
    seconds: float


def train(config: Config, dataset: Dataset, on_epoch: Callable[[Progress], object] = lambda progress: None) -> Run:
    """Train as `config` says, calling `on_epoch` after every epoch. A run that diverges is measured as it stands."""
    rng = np.random.default_rng(config.seed)
    images = divide(dataset, config, rng)
    training = start(config, images, rng)
    X_test = images.standardize.forward(images.X_test)
    network, y_test = training.network, images.y_test
    first_loss = evaluate(network, images.X[:2000], images.y[:2000])[0]
    gradient_error = largest_gradient_error(
        config.make_network(images.X.shape[1], images.classes, np.random.default_rng(config.seed)),
        images.X[:8],
        images.y[:8],
    )
    began = time.process_time()
    try:
        for progress in training.epochs_left():
            on_epoch(progress)
    except DivergenceError:  # the weights are nan, and the accuracy is what a network that says nothing has
        pass
    seconds = time.process_time() - began
    last_test_accuracy = evaluate(network, X_test, y_test)[1]
    training.restore_best()
    return Run(
        first_loss=first_loss,
        gradient_error=gradient_error,
        train_accuracy=evaluate(network, images.X, images.y)[1],
        test_accuracy=evaluate(network, X_test, y_test)[1],
        last_test_accuracy=last_test_accuracy,
        seconds=seconds,
    )


def largest_gradient_error(network: Network, X: Array, y: Array) -> float:
    """The relative error of backprop beside central differences, in float64: the largest in ten directions."""
    for p in network.parameters:
        p.value = p.value.astype(np.float64)
    vector, loss = network.flatten(), SoftmaxCrossEntropy()
    X = X.astype(np.float64)

    def loss_at(values: Array) -> float:
        vector.values[:] = values
        return loss.forward(network.forward(X), y)

    here = vector.values.copy()
    logits = network.forward(X, training=True)
    network.parameter_gradients(loss.backward(logits, np.eye(logits.shape[1])[y]))
    gradients, rng = vector.gradients.copy(), np.random.default_rng(0)
    return max(directional_check(loss_at, here, gradients, rng) for _ in range(10))
