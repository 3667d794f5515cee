"""The network, in NumPy alone: what a learner builds, at its best.

The formulas, on plain arrays: what the notebooks ask for, under the same names.

    functional.py      forward, backward, L2, dropout, batch norm                           notebooks 0, 1, 2, 5, 8
    gradient_check.py  is a gradient right? numerical_gradient, gradient_check, ...          3
    optimizers.py      sgd_step, momentum_step, weight_decay_step, rmsprop_step, adam_step   4, 5, 8
    schedules.py       step_decay, cosine_decay, ..., learning_rate_range_test               4
    training.py        minibatches, train_epoch, early_stopping                              4, 5
    initializers.py    he_init, xavier_init                                                  8

The same mathematics as objects, fast:

    network = nn.mlp([64, 64, 10], rng=rng)                        parameters.py, layers.py, network.py
    optimizer = nn.SGD(momentum=0.9, lam=1e-4)                     optimizers.py
    history = nn.fit(network, X, y, epochs=30, lr=0.1, optimizer=optimizer, rng=rng)    training.py, run.py
    loss, accuracy = nn.evaluate(network, X_test, y_test)
    labels = network.predict(X_new)

    for progress in nn.train(network, X, y, epochs=30, lr=0.1, rng=rng, every=20):     the same, 20 steps at a time
        draw(progress.step, progress.train_loss)                                       history.py

As files:  config.py a network and its training in YAML, storage.py its weights, resume.py a run that is to go on.
"""

from . import functional as functional
from .history import History, Progress
from .layers import BatchNorm, Dense, Dropout, Layer, ReLU, Sigmoid, Standardize, Tanh
from .losses import SoftmaxCrossEntropy
from .network import Network, mlp
from .optimizers import SGD, Adam, Optimizer, RMSprop
from .parameters import Parameter, ParameterVector
from .run import DivergenceError, Training, evaluate
from .training import fit, train

__all__ = [
    "SGD",
    "Adam",
    "BatchNorm",
    "Dense",
    "DivergenceError",
    "Dropout",
    "History",
    "Layer",
    "Network",
    "Optimizer",
    "Parameter",
    "ParameterVector",
    "Progress",
    "RMSprop",
    "ReLU",
    "Sigmoid",
    "SoftmaxCrossEntropy",
    "Standardize",
    "Tanh",
    "Training",
    "evaluate",
    "fit",
    "functional",
    "mlp",
    "train",
]
