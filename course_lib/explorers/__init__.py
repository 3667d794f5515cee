"""Explorers: pictures with sliders that run your own functions. Each function returns a widget; end a cell with it.

    explorers.activations(sigmoid=my_sigmoid)

Without arguments an explorer runs the functions of course_lib.nn.functional. What is heavy is imported on the first
call, so importing this package costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from course_lib.nn import functional, gradient_check, optimizers, schedules, training
from course_lib.tuning import searches

if TYPE_CHECKING:
    from course_lib.data import Dataset
    from course_lib.explorers.drawing import DrawADigit
    from course_lib.explorers.environment_card import EnvironmentCheck
    from course_lib.explorers.shell import Explorer
    from course_lib.explorers.stepper import BackpropStepper
    from course_lib.explorers.tuning import TuningDesk

Function = Callable[..., Any]


def environment_check() -> EnvironmentCheck:
    """Whether everything that the course needs is there, and what to do if not."""
    from course_lib.explorers.environment_card import EnvironmentCheck

    return EnvironmentCheck()


def draw_a_digit(read: Function | None = None, data: Dataset | None = None) -> DrawADigit:
    """A pad to draw on, and a network that reads what you draw: one trained on the digits on the spot, or your own.

    read    pixels (N, D) between 0 and 1 -> probabilities (N, 10): your network
    data    the dataset that it learned from, load("mnist") or load("digits"): a drawing becomes an image like its own
    """
    from course_lib.data import load
    from course_lib.explorers.drawing import DrawADigit, digits_reader

    data = data or load("digits")
    if read is not None:
        return DrawADigit(read, data)
    read, words = digits_reader(data)
    return DrawADigit(read, data, words)


def activations(relu: Function = functional.relu, sigmoid: Function = functional.sigmoid) -> Explorer:
    """An activation function, its slope, and how much of a layer saturates as the weights grow."""
    from course_lib.explorers.saturation import Saturation

    return Saturation(relu, sigmoid)


def temperature(softmax: Function = functional.softmax) -> Explorer:
    """The logits of one digit, divided by a temperature before the softmax."""
    from course_lib.explorers.softmax_temperature import SoftmaxTemperature

    return SoftmaxTemperature(softmax)


def init_scale(linear_forward: Function = functional.linear_forward, relu: Function = functional.relu) -> Explorer:
    """The size of the activations, layer after layer, for a scale of the first weights."""
    from course_lib.explorers.depth import InitScale

    return InitScale(linear_forward, relu)


def boundary(
    mlp_forward: Function = functional.mlp_forward, linear_forward: Function = functional.linear_forward
) -> Explorer:
    """The decision boundary of a small network in the plane, with and without its ReLU."""
    from course_lib.explorers.decision_boundary import DecisionBoundary

    return DecisionBoundary(mlp_forward, linear_forward)


def backprop_stepper(
    linear_forward: Function = functional.linear_forward,
    relu: Function = functional.relu,
    softmax: Function = functional.softmax,
    cross_entropy: Function = functional.cross_entropy,
    softmax_cross_entropy_backward: Function = functional.softmax_cross_entropy_backward,
    linear_backward: Function = functional.linear_backward,
    relu_backward: Function = functional.relu_backward,
) -> BackpropStepper:
    """Forward and backward through a small network, one step at a time, with every number."""
    from course_lib.explorers.backprop import Functions
    from course_lib.explorers.stepper import BackpropStepper

    return BackpropStepper(
        Functions(
            linear_forward, relu, softmax, cross_entropy, softmax_cross_entropy_backward, linear_backward, relu_backward
        )
    )


def shape_puzzle() -> Explorer:
    """Which product of X, dZ and W is dW? And which is dX, and what is db?"""
    from course_lib.explorers.puzzle import ShapePuzzle

    return ShapePuzzle()


def v_curve(numerical_gradient: Function = gradient_check.numerical_gradient) -> Explorer:
    """The error of a numerical gradient for every step h: truncation, rounding and kinks."""
    from course_lib.explorers.step_size import VCurve

    return VCurve(numerical_gradient)


def predict_sign(
    mlp_forward: Function = functional.mlp_forward,
    cross_entropy: Function = functional.cross_entropy,
    softmax_cross_entropy_backward: Function = functional.softmax_cross_entropy_backward,
    mlp_backward: Function = functional.mlp_backward,
) -> Explorer:
    """Will the loss go up or down if this weight grows? Predict first, then see."""
    from course_lib.explorers.gradient_sign import Network
    from course_lib.explorers.prediction import PredictSign

    return PredictSign(Network(mlp_forward, cross_entropy, softmax_cross_entropy_backward, mlp_backward))


def loss_valley(
    sgd_step: Function = optimizers.sgd_step, momentum_step: Function = optimizers.momentum_step
) -> Explorer:
    """The path of gradient descent down a long valley: learning rate, momentum, and the noise of small batches."""
    from course_lib.explorers.valley import LossValley

    return LossValley(sgd_step, momentum_step)


def training_desk(
    minibatches: Function = training.minibatches,
    mlp_forward: Function = functional.mlp_forward,
    cross_entropy: Function = functional.cross_entropy,
    softmax_cross_entropy_backward: Function = functional.softmax_cross_entropy_backward,
    mlp_backward: Function = functional.mlp_backward,
    sgd_step: Function = optimizers.sgd_step,
    momentum_step: Function = optimizers.momentum_step,
    step_decay: Function = schedules.step_decay,
    exponential_decay: Function = schedules.exponential_decay,
    cosine_decay: Function = schedules.cosine_decay,
) -> Explorer:
    """Training on the digits, live: Play, Pause, Stop, Reset, sliders that act while it runs, and the doctor."""
    from course_lib.explorers.desk import TrainingDesk
    from course_lib.explorers.learner_step import Functions

    return TrainingDesk(
        Functions(
            minibatches, mlp_forward, cross_entropy, softmax_cross_entropy_backward, mlp_backward, sgd_step,
            momentum_step, step_decay, exponential_decay, cosine_decay,
        )
    )  # fmt: skip


def weight_decay(l2_gradient: Function = functional.l2_gradient) -> Explorer:
    """Networks trained on a hundred images with more and more L2: losses, weights, and what was learnt by heart."""
    from course_lib.explorers.regularisation import WeightDecay

    return WeightDecay(l2_gradient)


def optimizer_race(
    sgd_step: Function = optimizers.sgd_step,
    momentum_step: Function = optimizers.momentum_step,
    rmsprop_step: Function = optimizers.rmsprop_step,
    adam_step: Function = optimizers.adam_step,
) -> Explorer:
    """SGD, momentum, RMSprop and Adam in one valley, which can be made steeper and turned."""
    from course_lib.explorers.race import OptimizerRace

    return OptimizerRace(sgd_step, momentum_step, rmsprop_step, adam_step)


def batch_norm_depth(
    linear_forward: Function = functional.linear_forward,
    relu: Function = functional.relu,
    batchnorm_forward: Function = functional.batchnorm_forward,
    softmax_cross_entropy_backward: Function = functional.softmax_cross_entropy_backward,
    linear_backward: Function = functional.linear_backward,
    relu_backward: Function = functional.relu_backward,
    batchnorm_backward: Function = functional.batchnorm_backward,
) -> Explorer:
    """Activations and gradients, layer after layer, with and without batch norm."""
    from course_lib.explorers.norm_depth import BatchNormDepth
    from course_lib.explorers.signals import Functions

    return BatchNormDepth(
        Functions(
            linear_forward,
            relu,
            batchnorm_forward,
            softmax_cross_entropy_backward,
            linear_backward,
            relu_backward,
            batchnorm_backward,
        )
    )


def tuning_desk(
    parts: tuple[Any, Any, Any, Any] | None = None, sample_log_uniform: Function = searches.sample_log_uniform
) -> TuningDesk:
    """Five settings, a budget of trainings, and a log of what came of them.

    parts: X_train, y_train, X_val, y_val; without them, the digits, split by the course.
    """
    import numpy as np

    from course_lib.data import Standardizer, load, train_val_test_split
    from course_lib.explorers.tuning import TuningDesk

    if parts is None:
        digits = load("digits")
        X, y, X_val, y_val, _, _ = train_val_test_split(
            digits.X_train, digits.y_train, 0.25, 0.0, np.random.default_rng(0)
        )
        standardizer = Standardizer.fit(X)
        parts = standardizer(X), y, standardizer(X_val), y_val
    return TuningDesk(parts, sample_log_uniform)
