"""adam_step: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.checkpoints.nb08_going_further.rmsprop_step import mean_of_squares, small_network
from course_lib.checkpoints.nb08_going_further.shared import (
    after_the_step,
    all_zeros,
    copies,
    network_arrays,
    only_weights,
)
from course_lib.nn import optimizers
from course_lib.nn.arrays import Array, Params

Step = Callable[..., Any]

ADAM = "08#3. Adam: both averages, corrected"


State = dict[str, Params]


def _moments(seed: int, *sizes: int, scale: float = 1.0, dtype: type = np.float64) -> State:
    """A state as it is in the middle of a training."""
    m = network_arrays(seed, *sizes, scale=scale, dtype=dtype)
    return {"m": m, "v": {name: w**2 * 1.5 for name, w in m.items()}}


def _adam_cases() -> list[Case]:
    params, grads = small_network()
    late, late_grads = network_arrays(1, 3, 2), network_arrays(11, 3, 2)
    single = network_arrays(21, 4, 3, 2, dtype=np.float32)
    tiny = network_arrays(51, 1, 3, 2)
    tiny_grads = network_arrays(52, 1, 3, 2, scale=2e-8)
    tiny_grads["b1"][1] = 0.0
    tiny_state = _moments(53, 1, 3, 2, scale=2e-8)
    tiny_state["m"]["b1"][1] = tiny_state["v"]["b1"][1] = 0.0
    return [
        (params, grads, {"m": all_zeros(params), "v": all_zeros(params)}, 1, 0.1),
        (late, late_grads, _moments(13, 3, 2, scale=0.2), 3, 0.05),
        (late, late_grads, _moments(14, 3, 2), 60, 0.2, 0.5, 0.75, 0.25),
        (
            single,
            network_arrays(22, 4, 3, 2, dtype=np.float32),
            _moments(23, 4, 3, 2, scale=0.1, dtype=np.float32),
            2,
            0.01,
        ),
        (tiny, tiny_grads, tiny_state, 20_000, 0.1),
        (
            network_arrays(31, 2, 3, 2, 2),
            network_arrays(32, 2, 3, 2, 2, scale=0.1),
            _moments(33, 2, 3, 2, 2),
            7,
            0.1,
            0.8,
        ),
    ]


adam_step = Exercise(
    "adam_step",
    reference=optimizers.adam_step,
    cases=_adam_cases,
    experiment=after_the_step,
    changes=("params", "state"),
    any_names=True,
    returns=("params", "state"),
    points=2,
    hints=(
        'For each name: update the mean of the gradients, `state["m"][name]`, and the mean of their squares, '
        '`state["v"][name]`. Then correct both, then move.',
        "m <- beta1 m + (1 - beta1) g and v <- beta2 v + (1 - beta2) g². The corrected m / (1 - beta1^t) and "
        "v / (1 - beta2^t) are for this step alone: the state keeps m and v themselves. The step is the corrected m "
        "over the root of the corrected v, plus eps, times lr.",
        'Nearly the code: `m, v = state["m"], state["v"]`, `for name in params:`, `m[name] = beta1 * m[name] + ...`, '
        "the same for v, `m_hat = m[name] / (1 - beta1**t)`, `v_hat = ...`, `params[name] -= lr * m_hat / (...)`.",
    ),
)


Average = Callable[[Array, Array, float], Array]


AdamMove = Callable[[Array, Array, Array, float], Array]


def _average(m: Array, g: Array, beta: float) -> Array:
    average: Array = beta * m + (1 - beta) * g
    return average


def _corrected(beta: float, t: int) -> float:
    return 1 - beta**t


def _adam_move(m_hat: Array, v_hat: Array, g: Array, eps: float) -> Array:
    move: Array = m_hat / (np.sqrt(v_hat) + eps)
    return move


def _moved_by_adam(
    params: Params, grads: Params, state: State, t: int, lr: float, beta1: float, beta2: float, eps: float, *,
    first: Average = _average, second: Average = mean_of_squares,
    first_part: Callable[[float, int], float] = _corrected, second_part: Callable[[float, int], float] = _corrected,
    move: AdamMove = _adam_move,
) -> None:  # fmt: skip
    """Adam with other averages, other corrections, or another move."""
    m, v = state["m"], state["v"]
    for name, g in grads.items():
        m[name] = first(m[name], g, beta1)
        v[name] = second(v[name], g, beta2)
        m_hat, v_hat = (np.divide(each[name], part(beta, t))
                        for each, part, beta in ((m, first_part, beta1), (v, second_part, beta2)))  # fmt: skip
        params[name] = params[name] - lr * move(m_hat, v_hat, g, eps)


def _nothing(beta: float, t: int) -> float:
    return 1.0


@adam_step.misconception("no correction", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**The means are not corrected.** They began at 0 and are still too small, v much more than m, so your first
    steps are several times too long. Divide m by 1 - beta1^t and v by 1 - beta2^t."""
    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, first_part=_nothing, second_part=_nothing)


@adam_step.misconception("corrects m alone", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**v is not corrected.** It began at 0 as well, and forgets it even more slowly: divide v by 1 - beta2^t."""
    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, second_part=_nothing)


@adam_step.misconception("corrects v alone", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**m is not corrected.** It began at 0 as well: divide m by 1 - beta1^t."""
    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, first_part=_nothing)


@adam_step.misconception("counts t from 0", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**Your exponent is t - 1.** t counts from 1 here: after the first step one gradient is in the mean, and 1 -
    beta^1 is its weight. With exponent 0 you divide by 0."""

    def part(beta: float, t: int) -> float:
        return 1 - beta ** (t - 1)

    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, first_part=part, second_part=part)


@adam_step.misconception("counts one step too many", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**Your exponent is t + 1.** t counts from 1 already; take it as it comes."""

    def part(beta: float, t: int) -> float:
        return 1 - beta ** (t + 1)

    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, first_part=part, second_part=part)


@adam_step.misconception("t moves on with every parameter", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**t grows inside your loop over the parameters**, so that each has another correction. All parameters take the
    same step, and the caller counts: use t as it comes."""
    for name, g in grads.items():
        one = {"m": {name: state["m"][name]}, "v": {name: state["v"][name]}}
        _moved_by_adam(params, {name: g}, one, t, lr, beta1, beta2, eps)
        state["m"][name], state["v"][name] = one["m"][name], one["v"][name]
        t += 1


@adam_step.misconception("t moves on with every parameter", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**t grows inside your loop over the parameters**, so that each has another correction. All parameters take the
    same step, and the caller counts from 1: use t as it comes."""
    for name, g in grads.items():
        t += 1
        one = {"m": {name: state["m"][name]}, "v": {name: state["v"][name]}}
        _moved_by_adam(params, {name: g}, one, t, lr, beta1, beta2, eps)
        state["m"][name], state["v"][name] = one["m"][name], one["v"][name]


@adam_step.misconception("multiplies with t instead of raising to it", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**beta times t is not beta to the power t.** The weight of the zeros shrinks by beta at every step: `beta**t`.
    At t = 1 both are the same, which is why the first step is right."""

    def part(beta: float, t: int) -> float:
        return 1 - beta * t

    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, first_part=part, second_part=part)


@adam_step.misconception("the correction ignores t", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**The correction does not follow `t`.** Yours divides by 1 - beta, as is right for the first step alone. The
    caller counts the steps and tells you: 1 - beta^t says how far the mean has filled up by now."""

    def part(beta: float, t: int) -> float:
        return 1 - beta

    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, first_part=part, second_part=part)


@adam_step.misconception("the power of 1 - beta", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**You raise 1 - beta to the power t.** It is beta that shrinks step by step: 1 - beta^t, in Python `1 - beta1**t`
    without brackets. At t = 1 both are the same."""

    def part(beta: float, t: int) -> float:
        return (1 - beta) ** t

    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, first_part=part, second_part=part)


@adam_step.misconception("multiplies where it should divide", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**The correction goes the wrong way.** The means are too *small* at first; multiplying by 1 - beta^t makes
    them smaller still. Divide."""

    def part(beta: float, t: int) -> float:
        return 1 / (1 - beta**t)

    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, first_part=part, second_part=part)


@adam_step.misconception("beta1 and beta2 exchanged", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**beta1 and beta2 have changed places.** beta1 belongs to m, the mean of the gradients, and beta2 to v, the mean
    of their squares, which needs the longer memory."""
    _moved_by_adam(params, grads, state, t, lr, beta2, beta1, eps)


@adam_step.misconception("beta1 where beta2 belongs", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**v takes beta1.** beta1 belongs to m alone. v, the mean of the squares, has beta2, in its mean and in its
    correction."""
    _moved_by_adam(params, grads, state, t, lr, beta1, beta1, eps)


@adam_step.misconception("beta1 where beta2 belongs", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**v is corrected with beta1.** It was averaged with beta2, so its zeros still have the weight beta2^t: divide v
    by 1 - beta2^t."""
    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, second_part=lambda _, t: _corrected(beta1, t))


@adam_step.misconception("beta2 where beta1 belongs", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**m is corrected with beta2.** It was averaged with beta1, so its zeros still have the weight beta1^t: divide m
    by 1 - beta1^t."""
    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, first_part=lambda _, t: _corrected(beta2, t))


@adam_step.misconception("v is corrected after the root", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**The root comes before the correction.** 1 - beta2^t belongs to v, not to its root. Divide v by it, then take
    the root: sqrt(v / (1 - beta2^t))."""
    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, second_part=lambda b, t: _corrected(b, t) ** 2)


@adam_step.misconception("the corrections have changed places", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**The two corrections have changed places.** m was averaged with beta1 and is divided by 1 - beta1^t; v was
    averaged with beta2 and is divided by 1 - beta2^t."""
    first, second = (lambda _, t: _corrected(beta2, t)), (lambda _, t: _corrected(beta1, t))
    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, first_part=first, second_part=second)


@adam_step.misconception("1 - beta1 is missing", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**m is a sum, not a mean.** The new gradient must be taken 1 - beta1 times, so that the weights add up to 1."""
    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, first=lambda m, g, beta: beta * m + g)


@adam_step.misconception("1 - beta2 is missing", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**v is a sum, not a mean.** The new square must be taken 1 - beta2 times, so that the weights add up to 1."""
    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, second=lambda v, g, beta: beta * v + g**2)


@adam_step.misconception("the gradient is not squared", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**v is a mean of the gradients, not of their squares.** It can become negative, which has no
    root. The mean wanted is of g²."""
    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, second=_average)


@adam_step.misconception("squares the mean", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**v takes in m², not g².** m is a mean in which gradients to and fro cancel, and v must not miss them:
    square the gradient of this step."""
    m, v = state["m"], state["v"]
    for name, g in grads.items():
        m[name] = _average(m[name], g, beta1)
        v[name] = beta2 * v[name] + (1 - beta2) * m[name] ** 2
        m_hat, v_hat = m[name] / (1 - beta1**t), v[name] / (1 - beta2**t)
        params[name] = params[name] - lr * _adam_move(m_hat, v_hat, g, eps)


@adam_step.misconception("divides by v, not by its root", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**The square root is missing.** v is a mean of squares; its root has the size of a gradient."""
    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, move=lambda m, v, g, eps: m / (v + eps))


@adam_step.misconception("eps inside the square root", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**eps stands inside the square root.** The root of 1e-8 is 1e-4, which is much for a small gradient: such
    weights hardly move. The formula here is sqrt(v) + eps, with the corrected v."""
    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, move=lambda m, v, g, eps: m / np.sqrt(v + eps))


@adam_step.misconception("eps is missing", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**Nothing protects you from 0 / 0.** A weight of a dead unit has m = 0 and v = 0, and 0 / 0 is
    nan. Divide by sqrt(v) + eps."""
    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, move=lambda m, v, g, eps: m / np.sqrt(v))


@adam_step.misconception("brackets missing round sqrt(v_hat) + eps", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**Brackets are missing.** `m_hat / np.sqrt(v_hat) + eps` divides first and then adds eps; where v is 0, that is
    0 / 0. Write `m_hat / (np.sqrt(v_hat) + eps)`."""
    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, move=lambda m, v, g, eps: m / np.sqrt(v))
    for name in params:
        params[name] = params[name] - eps


@adam_step.misconception("brackets missing round sqrt(v_hat) + eps", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**Brackets are missing.** `m_hat / np.sqrt(v_hat) + eps` divides first and then adds eps; where v is 0, that is
    0 / 0. Write `m_hat / (np.sqrt(v_hat) + eps)`."""
    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, move=lambda m, v, g, eps: m / np.sqrt(v) + eps)


@adam_step.misconception("moves with the old means", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**The weights move before m and v are updated.** At the first step the old means are 0, and nothing moves. Update
    both first, then step with the new ones."""
    m, v = state["m"], state["v"]
    for name, g in grads.items():
        m_hat, v_hat = m[name] / (1 - beta1**t), v[name] / (1 - beta2**t)
        params[name] = params[name] - lr * _adam_move(m_hat, v_hat, g, eps)
        m[name], v[name] = _average(m[name], g, beta1), mean_of_squares(v[name], g, beta2)


@adam_step.misconception("m and v start anew at every step", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**The m and v of the steps before are forgotten.** Zeros are for the start of the training, and the caller makes
    them. Take the means that stand in `state`."""
    first, second = (lambda _, g, beta: (1 - beta) * g), (lambda _, g, beta: (1 - beta) * g**2)
    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, first=first, second=second)


@adam_step.misconception("steps with g instead of m", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**The step uses this gradient alone.** That is RMSprop with a correction. Adam goes along
    m, the mean of the gradients."""
    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, eps, move=lambda m, v, g, eps: g / (np.sqrt(v) + eps))


@adam_step.misconception("leaves out the learning rate", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**lr has no effect.** The quotient is about 1 in size; the learning rate says how far a step goes."""
    _moved_by_adam(params, grads, state, t, 1.0, beta1, beta2, eps)


@adam_step.misconception("steps uphill", see=ADAM)
def _(right: Step, params: Params, grads: Params, state: State, t: int, lr: float, *rest: float) -> Any:
    """**The step goes uphill.** The gradients say where the loss grows; the weights go the other way, with a minus."""
    before = copies(params)
    right(params, grads, state, t, lr, *rest)
    for name in params:
        params[name] = 2 * before[name] - params[name]


@adam_step.misconception("the state keeps the corrected means", see=ADAM)
def _(right: Step, params: Params, grads: Params, state: State, t: int, lr: float, *rest: float) -> Any:
    """**You stored the corrected means.** The next step builds on numbers that are corrected already, and corrects
    them again. Keep m and v as they are, and use the corrected ones for this step alone."""
    beta1, beta2, *_ = [*rest, *(0.9, 0.999)[len(rest) :]]
    right(params, grads, state, t, lr, *rest)
    for name in params:
        state["m"][name] = state["m"][name] / (1 - beta1**t)
        state["v"][name] = state["v"][name] / (1 - beta2**t)


@adam_step.misconception("nothing changes", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float, *rest: float) -> Any:
    """**Neither `params` nor `state` has changed.** What you return is not looked at; the caller keeps the dicts that
    it gave you. Write into them: `params[name] -= ...`, and `state` likewise."""


@adam_step.misconception("the state remembers nothing", see=ADAM)
def _(right: Step, params: Params, grads: Params, state: State, t: int, lr: float, *rest: float) -> Any:
    """**The caller's `state` is as it was before the step.** `m = beta1 * m + ...` makes a new array under the name m,
    and the dict keeps the old one; with `state = {...}` the caller keeps the old dict. So nothing is remembered. Write
    `state["m"][name] = ...`, or change the array itself with `*=` and `+=`."""
    right(params, grads, {name: copies(each) for name, each in state.items()}, t, lr, *rest)


@adam_step.misconception("m is not kept", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**The state does not keep m.** The new m has been used for the step and is then lost. Write it into the dict of
    the means: `state["m"][name] = ...`."""
    _moved_by_adam(params, grads, {"m": copies(state["m"]), "v": state["v"]}, t, lr, beta1, beta2, eps)


@adam_step.misconception("v is not kept", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**The state does not keep v.** The new v has been used for the step and is then lost. Write it into the dict of
    the squares: `state["v"][name] = ...`."""
    _moved_by_adam(params, grads, {"m": state["m"], "v": copies(state["v"])}, t, lr, beta1, beta2, eps)


@adam_step.misconception("the weights stay where they were", see=ADAM)
def _(right: Step, params: Params, grads: Params, state: State, t: int, lr: float, *rest: float) -> Any:
    """**The caller's weights have not moved.** `w = w - ...` makes a new array under the name w, and the dict keeps
    the old one. A dict of new weights that you return is not looked at either. Write `params[name] -= ...`."""
    right(copies(params), grads, state, t, lr, *rest)


@adam_step.misconception("the betas and eps are fixed inside", see=ADAM)
def _(right: Step, params: Params, grads: Params, state: State, t: int, lr: float, *rest: float) -> Any:
    """**beta1, beta2 and eps have no effect.** 0.9, 0.999 and 1e-8 are what they are if nobody says otherwise; who
    calls you may choose other values. Use the arguments."""
    right(params, grads, state, t, lr)


@adam_step.misconception("the betas are fixed inside", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**beta1 and beta2 have no effect.** 0.9 and 0.999 are what they are if nobody says otherwise; who calls you may
    choose other values. Use the arguments."""
    _moved_by_adam(params, grads, state, t, lr, 0.9, 0.999, eps)


@adam_step.misconception("eps is fixed inside", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**eps has no effect.** 1e-8 is what it is if nobody says otherwise; who calls you may choose another value. Use
    the argument."""
    _moved_by_adam(params, grads, state, t, lr, beta1, beta2, 1e-8)


@adam_step.misconception("only the first parameter moves", see=ADAM)
def _(right: Step, params: Params, grads: Params, state: State, t: int, lr: float, *rest: float) -> Any:
    """**Only the first parameter moves.** The function ends after one round of its loop. Is there a `return` that
    stands too far to the right?"""
    name = next(iter(params))
    one, memory = {name: params[name]}, {key: {name: each[name]} for key, each in state.items()}
    right(one, {name: grads[name]}, memory, t, lr, *rest)
    params.update(one)
    for key, each in state.items():
        each.update(memory[key])


@adam_step.misconception("only the weights move", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**The biases stay where they were.** Only L2 makes a difference between weights and biases; a step is for all
    parameters."""
    _moved_by_adam(params, only_weights(grads), state, t, lr, beta1, beta2, eps)
