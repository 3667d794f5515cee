"""Notebook 8: steps with a size for every weight, first weights, batch norm, and the mistakes that are made in them.

What an optimiser does is judged by the parameters and the state after one step, however they got there: in place,
or as new arrays in the caller's dicts. First weights are judged by what holds for a few ten thousand of them.

    eps    sqrt(s) + eps is the formula; sqrt(s + eps) is told apart, by gradients as small as eps and by a large eps.
           Adam's shortcut, lr sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + eps), counts as right: Kingma and Ba
           give it too. It differs only in eps, so wherever eps matters below, beta2^t is as good as 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.checkpoints.values import MisfitError, fit, plain
from course_lib.nn import functional, initializers, optimizers

Array = np.ndarray
Params = dict[str, Array]
Step = Callable[..., Any]
Rng = np.random.Generator

RMSPROP = "08#2. RMSprop: a step size for every weight"
ADAM = "08#3. Adam: both averages, corrected"
INIT = "08#5. How large the first weights should be"
FORWARD = "08#6. Batch norm, forward"
BACKWARD = "08#7. Batch norm, backward"


def _normal(seed: int, *shape: int, scale: float = 1.0, dtype: type = np.float64) -> Array:
    return (scale * np.random.default_rng(seed).standard_normal(shape)).astype(dtype)


def _network(seed: int, *sizes: int, scale: float = 1.0, dtype: type = np.float64) -> Params:
    """Arrays named as the parameters of a network of these sizes."""
    arrays: Params = {}
    for k, (D, H) in enumerate(zip(sizes[:-1], sizes[1:], strict=True), start=1):
        arrays[f"W{k}"] = _normal(seed + 2 * k, D, H, scale=scale, dtype=dtype)
        arrays[f"b{k}"] = _normal(seed + 2 * k + 1, H, scale=scale, dtype=dtype)
    return arrays


def _zeros(params: Params) -> Params:
    return {name: np.zeros_like(w) for name, w in params.items()}


def _copies(params: Params) -> Params:
    return {name: w.copy() for name, w in params.items()}


def _of_one_hidden_layer(params: Params) -> Params:
    return {name: w for name, w in params.items() if name in ("W1", "b1", "W2", "b2")}


def _weights(params: Params) -> Params:
    return {name: w for name, w in params.items() if name.startswith("W")}


def _squares(params: Params) -> Params:
    return {name: w**2 for name, w in params.items()}


def after_the_step(step: Step, params: Params, grads: Params, state: Any, *rest: Any) -> tuple[Params, Any]:
    """The caller's parameters and state once the step is done."""
    step(params, grads, state, *rest)
    return params, state


# ---- rmsprop_step ---------------------------------------------------------------------------------------------------


def _small() -> tuple[Params, Params]:
    """Parameters and gradients that can be followed by hand; one gradient is 0, as at a dead unit."""
    return (
        {"W1": np.array([[1.0, -2.0]]), "b1": np.array([0.5, 0.0])},
        {"W1": np.array([[0.5, -3.0]]), "b1": np.array([2.0, 0.0])},
    )


def _rmsprop_cases() -> list[Case]:
    params, grads = _small()
    mid, mid_grads = _network(1, 3, 2), _network(11, 3, 2)
    single = _network(21, 4, 3, 2, dtype=np.float32)
    deep = _network(31, 2, 3, 2, 2)
    tiny = {"W1": np.array([[1e-8, -3e-8, 2e-9]]), "b1": np.array([5e-9, 0.0])}
    return [
        (params, grads, _zeros(params), 0.1),
        (mid, mid_grads, _squares(_network(13, 3, 2)), 0.05),
        (mid, mid_grads, _squares(_network(14, 3, 2)), 0.2, 0.5, 0.25),
        (single, _network(22, 4, 3, 2, dtype=np.float32), _squares(_network(23, 4, 3, 2, dtype=np.float32)), 0.01),
        (_network(41, 1, 3, 2), {"W1": tiny["W1"], "b1": np.zeros(3), "W2": np.full((3, 2), 4e-8),
                                 "b2": tiny["b1"]}, _zeros(_network(41, 1, 3, 2)), 0.1),
        (deep, _network(32, 2, 3, 2, 2, scale=0.1), _squares(_network(33, 2, 3, 2, 2)), 0.1, 0.99),
    ]  # fmt: skip


rmsprop_step = Exercise(
    "rmsprop_step",
    reference=optimizers.rmsprop_step,
    cases=_rmsprop_cases,
    experiment=after_the_step,
    changes=("params", "state"),
    returns=("params", "state"),
    points=2,
    hints=(
        "For each name there are two lines: one that updates the running mean of squares in `state[name]`, and one "
        "that moves `params[name]`. Which comes first?",
        "First s <- rho s + (1 - rho) g², then w <- w - lr g / (sqrt(s) + eps) with the new s. Write into the arrays "
        "(`*=`, `+=`, `-=`), or put the new arrays into the dicts: the caller looks into these.",
        "Nearly the code: `for name in params:`, `g = grads[name]`, `state[name] = rho * state[name] + ...`, "
        "`params[name] -= lr * g / (...)`.",
    ),
)

Mean = Callable[[Array, Array, float], Array]
Move = Callable[[Array, Array, float], Array]


def _mean(s: Array, g: Array, rho: float) -> Array:
    """The running mean of squares after this gradient."""
    new: Array = rho * s + (1 - rho) * g**2
    return new


def _move(g: Array, s: Array, eps: float) -> Array:
    """What lr is multiplied with."""
    move: Array = g / (np.sqrt(s) + eps)
    return move


def _rms(
    params: Params, grads: Params, state: Params, lr: float, rho: float, eps: float, *,
    mean: Mean = _mean, move: Move = _move,
) -> None:  # fmt: skip
    """RMSprop with other averages, or other moves."""
    for name, g in grads.items():
        state[name] = mean(state[name], g, rho)
        params[name] = params[name] - lr * move(g, state[name], eps)


@rmsprop_step.misconception("divides by s, not by its root", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**The square root is missing.** s is a mean of *squares*, so g / s is large where gradients are small. The root
    brings s back to the size of a gradient, and g / sqrt(s) is about 1 in size for every weight."""
    _rms(params, grads, state, lr, rho, eps, move=lambda g, s, eps: g / (s + eps))


@rmsprop_step.misconception("eps inside the square root", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**eps stands inside the square root.** Some libraries put it there too. But the root of 1e-8 is 1e-4, which is
    much for a small gradient: such weights hardly move. The formula here is sqrt(s) + eps."""
    _rms(params, grads, state, lr, rho, eps, move=lambda g, s, eps: g / np.sqrt(s + eps))


@rmsprop_step.misconception("eps is missing", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**Nothing protects you from 0 / 0.** A weight of a dead unit has the gradient 0 and s = 0, and 0 / 0 is
    nan. Divide by sqrt(s) + eps."""
    _rms(params, grads, state, lr, rho, eps, move=lambda g, s, eps: g / np.sqrt(s))


@rmsprop_step.misconception("brackets missing round sqrt(s) + eps", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**Brackets are missing.** `g / np.sqrt(s) + eps` divides first and then adds eps; where s is 0, that is 0 / 0.
    Write `g / (np.sqrt(s) + eps)`."""
    for name, g in grads.items():
        state[name] = _mean(state[name], g, rho)
        params[name] = params[name] - (lr * g / np.sqrt(state[name]) + eps)


@rmsprop_step.misconception("brackets missing round sqrt(s) + eps", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**Brackets are missing.** `g / np.sqrt(s) + eps` divides first and then adds eps; where s is 0, that is 0 / 0.
    Write `g / (np.sqrt(s) + eps)`."""
    _rms(params, grads, state, lr, rho, eps, move=lambda g, s, eps: g / np.sqrt(s) + eps)


@rmsprop_step.misconception("1 - rho is missing", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**The weights of your mean do not add up to 1.** The old s is taken rho times, so the new square must be taken 1
    - rho times. Otherwise s grows to 1 / (1 - rho) times the mean of the squares."""
    _rms(params, grads, state, lr, rho, eps, mean=lambda s, g, rho: rho * s + g**2)


@rmsprop_step.misconception("rho and 1 - rho exchanged", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**rho and 1 - rho have changed places.** rho is how much of the *old* s is kept. With 0.9 the mean remembers
    about ten gradients; yours nearly forgets all but the last."""
    _rms(params, grads, state, lr, rho, eps, mean=lambda s, g, rho: (1 - rho) * s + rho * g**2)


@rmsprop_step.misconception("the old squares never fade", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**The old s is not multiplied by rho.** Then s can only grow, and all steps become smaller and
    smaller. Take rho times the old s."""
    _rms(params, grads, state, lr, rho, eps, mean=lambda s, g, rho: s + (1 - rho) * g**2)


@rmsprop_step.misconception("adds up all squares, as AdaGrad does", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**You add up all squares.** That is an optimiser of its own, AdaGrad, whose steps shrink for ever. RMSprop keeps
    a running *mean*: rho times the old s and 1 - rho times the new square."""
    _rms(params, grads, state, lr, rho, eps, mean=lambda s, g, rho: s + g**2)


@rmsprop_step.misconception("the gradient is not squared", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**s is a mean of the gradients, not of their squares.** It can become negative, which has no root, and gradients
    to and fro cancel in it. The mean wanted is of g²."""
    _rms(params, grads, state, lr, rho, eps, mean=lambda s, g, rho: rho * s + (1 - rho) * g)


@rmsprop_step.misconception("takes |g| for g squared", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**s is a mean of |g|.** The root taken afterwards belongs to squares. Put g² into the mean."""
    _rms(params, grads, state, lr, rho, eps, mean=lambda s, g, rho: rho * s + (1 - rho) * np.abs(g))


@rmsprop_step.misconception("squares the mean", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**The mean comes first, then the square; it must be the other way round.** Square each gradient, then take the
    running mean of these squares."""
    _rms(params, grads, state, lr, rho, eps, mean=lambda s, g, rho: (rho * s + (1 - rho) * g) ** 2)


@rmsprop_step.misconception("one number for a whole array", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**All weights of an array share one mean of squares.** The point of RMSprop is that each weight has its own, so
    nothing is averaged over the array: square element by element."""
    _rms(params, grads, state, lr, rho, eps, mean=lambda s, g, rho: rho * s + (1 - rho) * np.mean(g**2))


@rmsprop_step.misconception("s starts anew at every step", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**The s of the steps before is forgotten.** Zeros are for the start of the training, and the caller makes them.
    Take the s that stands in `state`: rho times it, and 1 - rho times the new square."""
    _rms(params, grads, state, lr, rho, eps, mean=lambda s, g, rho: (1 - rho) * g**2)


@rmsprop_step.misconception("moves with the old s", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**The weights move before s is updated.** At the first step the old s is 0, and dividing by eps alone throws the
    weights far away. Update s first, then divide by the new one."""
    for name, g in grads.items():
        params[name] = params[name] - lr * _move(g, state[name], eps)
        state[name] = _mean(state[name], g, rho)


@rmsprop_step.misconception("leaves out the learning rate", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**lr has no effect.** g / (sqrt(s) + eps) is about 1 in size; the learning rate says how far a step goes."""
    _rms(params, grads, state, 1.0, rho, eps)


@rmsprop_step.misconception("leaves out the gradient", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**The gradient is missing above the fraction line.** Without g all weights move the same way, downhill or
    not: lr g / (sqrt(s) + eps)."""
    _rms(params, grads, state, lr, rho, eps, move=lambda g, s, eps: 1 / (np.sqrt(s) + eps))


@rmsprop_step.misconception("steps uphill", see=RMSPROP)
def _(right: Step, params: Params, grads: Params, state: Params, lr: float, *rest: float) -> Any:
    """**The step goes uphill.** The gradient says where the loss grows; the weights go the other way, with a minus."""
    right(params, {name: -g for name, g in grads.items()}, state, lr, *rest)


@rmsprop_step.misconception("nothing changes", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, *rest: float) -> Any:
    """**Neither `params` nor `state` has changed.** What you return is not looked at; the caller keeps the dicts that
    it gave you. Write into them: `params[name] -= ...`, and `state` likewise."""


@rmsprop_step.misconception("the state remembers nothing", see=RMSPROP)
def _(right: Step, params: Params, grads: Params, state: Params, lr: float, *rest: float) -> Any:
    """**The caller's `state` is as it was before the step.** `s = rho * s + ...` makes a new array under the name s,
    and the dict keeps the old one; with `state = {...}` the caller keeps the old dict. So nothing is remembered. Write
    `state[name] = ...`, or change the array itself with `*=` and `+=`."""
    right(params, grads, _copies(state), lr, *rest)


@rmsprop_step.misconception("the weights stay where they were", see=RMSPROP)
def _(right: Step, params: Params, grads: Params, state: Params, lr: float, *rest: float) -> Any:
    """**The caller's weights have not moved.** `w = w - ...` makes a new array under the name w, and the dict keeps
    the old one. A dict of new weights that you return is not looked at either. Write `params[name] -= ...`."""
    right(_copies(params), grads, state, lr, *rest)


@rmsprop_step.misconception("rho and eps are fixed inside", see=RMSPROP)
def _(right: Step, params: Params, grads: Params, state: Params, lr: float, *rest: float) -> Any:
    """**rho and eps have no effect.** 0.9 and 1e-8 are what they are if nobody says otherwise; who calls you may
    choose other values. Use the arguments."""
    right(params, grads, state, lr)


@rmsprop_step.misconception("rho is fixed inside", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**rho has no effect.** 0.9 is what it is if nobody says otherwise; who calls you may choose another value. Use
    the argument."""
    _rms(params, grads, state, lr, 0.9, eps)


@rmsprop_step.misconception("eps is fixed inside", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**eps has no effect.** 1e-8 is what it is if nobody says otherwise; who calls you may choose another value. Use
    the argument."""
    _rms(params, grads, state, lr, rho, 1e-8)


@rmsprop_step.misconception("only the first parameter moves", see=RMSPROP)
def _(right: Step, params: Params, grads: Params, state: Params, lr: float, *rest: float) -> Any:
    """**Only the first parameter moves.** The function ends after one round of its loop. Is there a `return` that
    stands too far to the right?"""
    name = next(iter(params))
    one, memory = {name: params[name]}, {name: state[name]}
    right(one, {name: grads[name]}, memory, lr, *rest)
    params.update(one)
    state.update(memory)


@rmsprop_step.misconception("only the names of one hidden layer", see=RMSPROP)
def _(right: Step, params: Params, grads: Params, state: Params, lr: float, *rest: float) -> Any:
    """**Only W1, b1, W2 and b2 move.** A deeper network has a W3, and one with batch norm a gamma1. Go through all
    names with a loop: `for name in params`."""
    some, memory = _of_one_hidden_layer(params), _of_one_hidden_layer(state)
    right(some, _of_one_hidden_layer(grads), memory, lr, *rest)
    params.update(some)
    state.update(memory)


@rmsprop_step.misconception("only the names of one hidden layer", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**W1, b1, W2 and b2 are written into your function.** But there may be fewer names in the dicts, or others: a
    deeper network has a W3, and one with batch norm a gamma1. Go through all that there are with a loop: `for name in
    params`."""
    _rms(params, {name: grads[name] for name in ("W1", "b1", "W2", "b2")}, state, lr, rho, eps)


@rmsprop_step.misconception("only the weights move", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**The biases stay where they were.** Only L2 makes a difference between weights and biases; a step is for all
    parameters."""
    _rms(params, _weights(grads), state, lr, rho, eps)


# ---- adam_step ------------------------------------------------------------------------------------------------------

State = dict[str, Params]


def _moments(seed: int, *sizes: int, scale: float = 1.0, dtype: type = np.float64) -> State:
    """A state as it is in the middle of a training."""
    m = _network(seed, *sizes, scale=scale, dtype=dtype)
    return {"m": m, "v": {name: w**2 * 1.5 for name, w in m.items()}}


def _adam_cases() -> list[Case]:
    params, grads = _small()
    late, late_grads = _network(1, 3, 2), _network(11, 3, 2)
    single = _network(21, 4, 3, 2, dtype=np.float32)
    tiny = _network(51, 1, 3, 2)
    tiny_grads = _network(52, 1, 3, 2, scale=2e-8)
    tiny_grads["b1"][1] = 0.0
    tiny_state = _moments(53, 1, 3, 2, scale=2e-8)
    tiny_state["m"]["b1"][1] = tiny_state["v"]["b1"][1] = 0.0
    return [
        (params, grads, {"m": _zeros(params), "v": _zeros(params)}, 1, 0.1),
        (late, late_grads, _moments(13, 3, 2, scale=0.2), 3, 0.05),
        (late, late_grads, _moments(14, 3, 2), 60, 0.2, 0.5, 0.75, 0.25),
        (single, _network(22, 4, 3, 2, dtype=np.float32), _moments(23, 4, 3, 2, scale=0.1, dtype=np.float32), 2, 0.01),
        (tiny, tiny_grads, tiny_state, 20_000, 0.1),
        (_network(31, 2, 3, 2, 2), _network(32, 2, 3, 2, 2, scale=0.1), _moments(33, 2, 3, 2, 2), 7, 0.1, 0.8),
    ]


adam_step = Exercise(
    "adam_step",
    reference=optimizers.adam_step,
    cases=_adam_cases,
    experiment=after_the_step,
    changes=("params", "state"),
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
    first: Average = _average, second: Average = _mean,
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
        m[name], v[name] = _average(m[name], g, beta1), _mean(v[name], g, beta2)


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
    before = _copies(params)
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
    right(params, grads, {name: _copies(each) for name, each in state.items()}, t, lr, *rest)


@adam_step.misconception("m is not kept", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**The state does not keep m.** The new m has been used for the step and is then lost. Write it into the dict of
    the means: `state["m"][name] = ...`."""
    _moved_by_adam(params, grads, {"m": _copies(state["m"]), "v": state["v"]}, t, lr, beta1, beta2, eps)


@adam_step.misconception("v is not kept", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**The state does not keep v.** The new v has been used for the step and is then lost. Write it into the dict of
    the squares: `state["v"][name] = ...`."""
    _moved_by_adam(params, grads, {"m": state["m"], "v": _copies(state["v"])}, t, lr, beta1, beta2, eps)


@adam_step.misconception("the weights stay where they were", see=ADAM)
def _(right: Step, params: Params, grads: Params, state: State, t: int, lr: float, *rest: float) -> Any:
    """**The caller's weights have not moved.** `w = w - ...` makes a new array under the name w, and the dict keeps
    the old one. A dict of new weights that you return is not looked at either. Write `params[name] -= ...`."""
    right(_copies(params), grads, state, t, lr, *rest)


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


@adam_step.misconception("only the names of one hidden layer", see=ADAM)
def _(right: Step, params: Params, grads: Params, state: State, t: int, lr: float, *rest: float) -> Any:
    """**Only W1, b1, W2 and b2 move.** A deeper network has a W3, and one with batch norm a gamma1. Go through all
    names with a loop: `for name in params`."""
    some, memory = _of_one_hidden_layer(params), {key: _of_one_hidden_layer(each) for key, each in state.items()}
    right(some, _of_one_hidden_layer(grads), memory, t, lr, *rest)
    params.update(some)
    for key, each in state.items():
        each.update(memory[key])


@adam_step.misconception("only the names of one hidden layer", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**W1, b1, W2 and b2 are written into your function.** But there may be fewer names in the dicts, or others: a
    deeper network has a W3, and one with batch norm a gamma1. Go through all that there are with a loop: `for name in
    params`."""
    some = {name: grads[name] for name in ("W1", "b1", "W2", "b2")}
    _moved_by_adam(params, some, state, t, lr, beta1, beta2, eps)


@adam_step.misconception("only the weights move", see=ADAM)
def _(params: Params, grads: Params, state: State, t: int, lr: float,
      beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:  # fmt: skip
    """**The biases stay where they were.** Only L2 makes a difference between weights and biases; a step is for all
    parameters."""
    _moved_by_adam(params, _weights(grads), state, t, lr, beta1, beta2, eps)


# ---- he_init and xavier_init ----------------------------------------------------------------------------------------

GRID = 1.12  # a standard deviation is told to the nearest of s0, 1.12 s0, 1.12^2 s0, ... where s0 is the right one


def weights_drawn(std: Callable[[int, int], float]) -> Callable[..., tuple[float, float, bool]]:
    """The experiment for first weights: what holds for any right draw of so many, whichever way they are drawn.

    Mean and standard deviation are rounded on grids so coarse beside chance (12 sigma and more) that they are the same
    at every draw. The sizes below keep the known mistakes away from the edges of the grid too.
    """

    def experiment(init: Step, D: int, H: int, rng: Rng) -> tuple[float, float, bool]:
        W = fit(plain(init(D, H, rng)), np.zeros((D, H)), f"W with D = {D} and H = {H}")
        if len(np.unique(W)) < 0.9 * W.size:
            raise MisfitError("Many of the weights are equal; each wants a draw of its own.")
        wanted, spread = std(D, H), float(W.std())
        size = wanted * GRID ** round(math.log(spread / wanted, GRID)) if 0 < spread < math.inf else spread
        mean = 0.1 * round(10 * float(W.mean()) / spread) + 0.0 if math.isfinite(spread) else spread
        far = np.mean(np.abs(W - W.mean()) > 2 * spread)  # of normal weights 4.55% +- 0.14%
        return mean, size, bool(0.037 < far < 0.054)

    return experiment


DRAWN = ("mean / std, about", "std, about", "bell-shaped (one in twenty beyond 2 std)")


def _sizes_to_draw() -> list[Case]:
    return [(D, H, np.random.default_rng(D)) for D, H in ((96, 364), (144, 148), (364, 96))]


he_init = Exercise(
    "he_init",
    reference=initializers.he_init,
    cases=_sizes_to_draw,
    experiment=weights_drawn(lambda D, H: math.sqrt(2 / D)),
    returns=DRAWN,
    hints=(
        "`rng.standard_normal` draws numbers with mean 0 and standard deviation 1. Which shape, and which factor?",
        "Multiplying a number by s multiplies its standard deviation by s. The variance is to be 2 / D, so the "
        "standard deviation is the root of that.",
        "Nearly the code: return `np.sqrt(...) * rng.standard_normal((D, H))`.",
    ),
)

xavier_init = Exercise(
    "xavier_init",
    reference=initializers.xavier_init,
    cases=_sizes_to_draw,
    experiment=weights_drawn(lambda D, H: math.sqrt(2 / (D + H))),
    returns=DRAWN,
    hints=(
        "It is he_init with another variance. Which two numbers does Xavier take the middle of?",
        "Forward wants the variance 1 / D, backward 1 / H. The compromise is 2 / (D + H), and the standard deviation "
        "is its root.",
        "Nearly the code: return `np.sqrt(2 / (...)) * rng.standard_normal((D, H))`.",
    ),
)


@he_init.misconception("the variance is 1 / D", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The variance is 1 / D, which suits linear layers.** A ReLU sets half of the values to 0 and so halves the mean
    square; the 2 in 2 / D makes up for it."""
    return rng.standard_normal((D, H)) * math.sqrt(1 / D)


@he_init.misconception("Xavier's variance", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**That is Xavier's variance, 2 / (D + H).** He looks at the way forward alone: 2 / D."""
    return rng.standard_normal((D, H)) * math.sqrt(2 / (D + H))


@he_init.misconception("H for D", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The variance is 2 / H.** A unit adds up D products, one for each of its *inputs*, so
    D is the number that counts."""
    return rng.standard_normal((D, H)) * math.sqrt(2 / H)


@he_init.misconception("variance for standard deviation", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The standard deviation is 2 / D; it is the variance that should be.** Take the square root of 2 / D as your
    factor, or as the scale of rng.normal."""
    return rng.standard_normal((D, H)) * (2 / D)


@he_init.misconception("the root of 2 alone", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**Only the 2 is under the root, and D is not.** The standard deviation is sqrt(2 / D), not sqrt(2) / D."""
    return rng.standard_normal((D, H)) * (math.sqrt(2) / D)


@he_init.misconception("the root of D alone", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**Only D is under the root, and the 2 is not.** The standard deviation is sqrt(2 / D), not 2 / sqrt(D)."""
    return rng.standard_normal((D, H)) * (2 / math.sqrt(D))


@he_init.misconception("divides by the standard deviation", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The standard deviation is sqrt(D / 2), the inverse of what it should be.** The more inputs, the *smaller* the
    weights: multiply by sqrt(2 / D)."""
    return rng.standard_normal((D, H)) / math.sqrt(2 / D)


@he_init.misconception("the 6 of the uniform variant", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The variance is 6 / D.** The 6 belongs to a variant with *uniform* weights, in which sqrt(6 / D) is the limit
    and not the standard deviation. Normal weights have the variance 2 / D."""
    return rng.standard_normal((D, H)) * math.sqrt(6 / D)


@he_init.misconception("the factor became the mean", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The weights lie round sqrt(2 / D), with standard deviation 1.** In `rng.normal` the first number is the mean, 0
    here, and the second the standard deviation. With `rng.standard_normal` the factor multiplies."""
    return rng.standard_normal((D, H)) + math.sqrt(2 / D)


@he_init.misconception("uniform between -sqrt(2 / D) and sqrt(2 / D)", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**These weights are spread evenly between -sqrt(2 / D) and sqrt(2 / D).** Then their standard deviation is
    smaller by sqrt(3). Draw normal numbers: `rng.standard_normal`."""
    return rng.uniform(-1, 1, (D, H)) * math.sqrt(2 / D)


@he_init.misconception("uniform with the right variance", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The variance is right, and the weights are spread evenly.** Many libraries offer that too, with the limit
    sqrt(6 / D). Here normal ones are wanted: `rng.standard_normal`."""
    return rng.uniform(-1, 1, (D, H)) * math.sqrt(6 / D)


@he_init.misconception("only positive weights", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**All your weights are positive.** `rng.random` draws from 0 to 1. Then all units of a layer compute nearly the
    same, and the activations grow from layer to layer. The mean must be 0: `rng.standard_normal`."""
    return rng.random((D, H)) * math.sqrt(2 / D)


@he_init.misconception("standard deviation 1", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The standard deviation is 1, whatever D is.** Is the factor sqrt(2 / D) missing? (In `rng.normal` the first
    number is the mean, and the second the standard deviation.)"""
    return rng.standard_normal((D, H))


@he_init.misconception("rows and columns exchanged", see=INIT)
def _(right: Step, D: int, H: int, rng: Rng) -> Any:
    """**W has H rows and D columns.** In Z = X W the rows of W meet the columns of X: W is (D, H)."""
    return np.asarray(right(D, H, rng)).T


@he_init.misconception("many weights are equal", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**Many of your weights are equal.** Units that begin with equal weights get equal gradients, and stay alike for
    ever. Draw (D, H) numbers, one for each weight."""
    return np.repeat(rng.standard_normal((D, 1)), H, axis=1) * math.sqrt(2 / D)


@xavier_init.misconception("He's variance", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**That is He's variance, 2 / D.** Xavier takes the middle between the way forward
    and the way back: 2 / (D + H)."""
    return rng.standard_normal((D, H)) * math.sqrt(2 / D)


@xavier_init.misconception("the variance is 1 / (D + H)", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The 2 is missing.** Forward wants a variance of 1 / D, backward 1 / H. One over the
    *mean* of D and H is 2 / (D + H)."""
    return rng.standard_normal((D, H)) * math.sqrt(1 / (D + H))


@xavier_init.misconception("the variance is 1 / D", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The variance is 1 / D: that looks at the way forward alone.** It is half of Xavier's thought; the other half
    is the way back, which wants 1 / H. The compromise is 2 / (D + H)."""
    return rng.standard_normal((D, H)) * math.sqrt(1 / D)


@xavier_init.misconception("the variance is 1 / H", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The variance is 1 / H: that looks at the way back alone.** The way forward wants 1 / D.
    The compromise is 2 / (D + H)."""
    return rng.standard_normal((D, H)) * math.sqrt(1 / H)


@xavier_init.misconception("variance for standard deviation", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The standard deviation is 2 / (D + H); it is the variance that should be.** Take the square root as your
    factor, or as the scale of rng.normal."""
    return rng.standard_normal((D, H)) * (2 / (D + H))


@xavier_init.misconception("the root of 2 alone", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**Only the 2 is under the root, and D + H is not.** The standard deviation is sqrt(2 / (D + H)), not sqrt(2) /
    (D + H)."""
    return rng.standard_normal((D, H)) * (math.sqrt(2) / (D + H))


@xavier_init.misconception("the root of D + H alone", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**Only D + H is under the root, and the 2 is not.** The standard deviation is sqrt(2 / (D + H)), not 2 / sqrt(D +
    H)."""
    return rng.standard_normal((D, H)) * (2 / math.sqrt(D + H))


@xavier_init.misconception("divides by the standard deviation", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The standard deviation is sqrt((D + H) / 2), the inverse of what it should be.** The larger the layer, the
    *smaller* its weights: multiply by sqrt(2 / (D + H))."""
    return rng.standard_normal((D, H)) / math.sqrt(2 / (D + H))


@xavier_init.misconception("the product of D and H", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The variance is 2 / (D H).** Xavier takes the *mean* of D and H, so they are added: 2 / (D + H)."""
    return rng.standard_normal((D, H)) * math.sqrt(2 / (D * H))


@xavier_init.misconception("the mean of 1 / D and 1 / H", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**You take the mean of 1 / D and 1 / H.** Xavier takes one over the mean of D and H, which is
    less: 2 / (D + H)."""
    return rng.standard_normal((D, H)) * math.sqrt((1 / D + 1 / H) / 2)


@xavier_init.misconception("the 6 of the uniform variant", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The variance is 6 / (D + H).** The 6 belongs to the variant with *uniform* weights, in which sqrt(6 / (D + H))
    is the limit and not the standard deviation. Normal weights have the variance 2 / (D + H)."""
    return rng.standard_normal((D, H)) * math.sqrt(6 / (D + H))


@xavier_init.misconception("the factor became the mean", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The weights lie round sqrt(2 / (D + H)), with standard deviation 1.** In `rng.normal` the first number is the
    mean, 0 here, and the second the standard deviation. With `rng.standard_normal` the factor multiplies."""
    return rng.standard_normal((D, H)) + math.sqrt(2 / (D + H))


@xavier_init.misconception("only positive weights", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**All your weights are positive.** `rng.random` draws from 0 to 1. Then all units of a layer compute nearly the
    same. The mean must be 0: `rng.standard_normal`."""
    return rng.random((D, H)) * math.sqrt(2 / (D + H))


@xavier_init.misconception("brackets missing round D + H", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**Brackets are missing.** `2 / D + H` divides by D alone and then adds H, so the weights
    become huge. Write 2 / (D + H)."""
    return rng.standard_normal((D, H)) * math.sqrt(2 / D + H)


@xavier_init.misconception("uniform between -sqrt(2 / (D + H)) and sqrt(2 / (D + H))", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**These weights are spread evenly between -sqrt(2 / (D + H)) and sqrt(2 / (D + H)).** Then their standard
    deviation is smaller by sqrt(3). Draw normal numbers: `rng.standard_normal`."""
    return rng.uniform(-1, 1, (D, H)) * math.sqrt(2 / (D + H))


@xavier_init.misconception("uniform with the right variance", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The variance is right, and the weights are spread evenly.** That is Xavier's uniform variant, with the limit
    sqrt(6 / (D + H)). Here normal ones are wanted: `rng.standard_normal`."""
    return rng.uniform(-1, 1, (D, H)) * math.sqrt(6 / (D + H))


@xavier_init.misconception("standard deviation 1", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**The standard deviation is 1, whatever D and H are.** Is the factor sqrt(2 / (D + H)) missing? (In `rng.normal`
    the first number is the mean, and the second the standard deviation.)"""
    return rng.standard_normal((D, H))


@xavier_init.misconception("rows and columns exchanged", see=INIT)
def _(right: Step, D: int, H: int, rng: Rng) -> Any:
    """**W has H rows and D columns.** In Z = X W the rows of W meet the columns of X: W is (D, H)."""
    return np.asarray(right(D, H, rng)).T


@xavier_init.misconception("many weights are equal", see=INIT)
def _(D: int, H: int, rng: Rng) -> Any:
    """**Many of your weights are equal.** Units that begin with equal weights get equal gradients, and stay alike for
    ever. Draw (D, H) numbers, one for each weight."""
    return np.repeat(rng.standard_normal((D, 1)), H, axis=1) * math.sqrt(2 / (D + H))


# ---- batchnorm_forward ----------------------------------------------------------------------------------------------


def _norm_cases() -> list[Case]:
    """A feature as small as sqrt(eps), a constant one, a batch of one example, and a square batch are among them."""
    uneven = _normal(1, 4, 3) * np.array([1.0, 5.0, 2e-3]) + np.array([3.0, -2.0, 0.5])
    constant = _normal(2, 5, 2) + 1.0
    constant[:, 1] = 4.0
    return [
        (np.array([[1.0], [5.0]]), np.array([3.0]), np.array([0.5])),
        (uneven, np.array([1.0, -2.0, 0.5]), np.array([0.0, 1.0, -1.0])),
        (constant, np.array([2.0, 3.0]), np.array([-1.0, 0.25])),
        (np.array([[2.0, -1.0, 0.5]]), np.array([1.5, 2.0, -1.0]), np.array([0.1, 0.2, 0.3])),
        (_normal(3, 3, 3) + 2.0, _normal(4, 3), _normal(5, 3)),
        (_normal(6, 5, 4, dtype=np.float32) + np.float32(1), _normal(7, 4, dtype=np.float32),
         _normal(8, 4, dtype=np.float32)),
        (_normal(9, 6, 2) - 1.0, _normal(10, 2), _normal(11, 2), 0.5),
    ]  # fmt: skip


batchnorm_forward = Exercise(
    "batchnorm_forward",
    reference=functional.batchnorm_forward,
    cases=_norm_cases,
    returns=("out", "cache"),
    sizes=lambda X, *rest: {"N": len(X), "D": X.shape[1]},
    points=2,
    hints=(
        "It is standardize from notebook 1, with the mean and the variance of the batch itself, and then a scale and a "
        "shift. Which way do mean and variance go?",
        "mean and var run down the columns, axis=0. std = sqrt(var + eps), X_hat = (X - mean) / std, and out = gamma "
        "X_hat + beta. The way back needs X_hat, std and gamma: they go into the cache.",
        "Nearly the code: `std = np.sqrt(X.var(axis=0) + eps)`, `X_hat = (X - ...) / std`, return "
        '`gamma * X_hat + beta, {"X_hat": X_hat, ...}`.',
    ),
)

Norm = tuple[Array, Params]


def _normed(X: Array, gamma: Array, beta: Array, mean: Any, std: Any) -> Norm:
    X_hat = (X - mean) / std
    return gamma * X_hat + beta, {"X_hat": X_hat, "std": np.asarray(std), "gamma": gamma}


@batchnorm_forward.misconception("measures each example, not each feature", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**Each example is measured over its own features.** That is layer norm. Batch norm measures each *feature* over
    the batch: `axis=0`, one mean and one std for each column."""
    return _normed(X, gamma, beta, X.mean(axis=1, keepdims=True), np.sqrt(X.var(axis=1, keepdims=True) + eps))


@batchnorm_forward.misconception("measures along the rows", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**Mean and variance run along the rows.** You get one number for each example, and they do not even line up with
    the columns. Each *feature* is measured over the batch: `axis=0`."""
    return _normed(X, gamma, beta, X.mean(axis=1), np.sqrt(X.var(axis=1) + eps))


@batchnorm_forward.misconception("measures the whole array", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**One mean and one std for everything.** Each feature has its own: give `axis=0` to mean and var."""
    return _normed(X, gamma, beta, X.mean(), np.sqrt(X.var() + eps))


@batchnorm_forward.misconception("measures the whole array", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**One mean for everything, beside a std for each feature.** Give `axis=0` to the mean too."""
    return _normed(X, gamma, beta, X.mean(), np.sqrt(X.var(axis=0) + eps))


@batchnorm_forward.misconception("divides the variance by N - 1", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**The variance is divided by N - 1.** Here it is the mean of the squares, divided by N (`ddof=0`, NumPy's
    default). With a batch of one example yours is 0 / 0."""
    return _normed(X, gamma, beta, X.mean(axis=0), np.sqrt(X.var(axis=0, ddof=1) + eps))


@batchnorm_forward.misconception("eps is missing", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**eps is missing.** A feature that is constant in the batch has the variance 0, and 0 / 0 is nan.
    Take the root of var + eps."""
    return _normed(X, gamma, beta, X.mean(axis=0), X.std(axis=0))


@batchnorm_forward.misconception("eps outside the square root", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**eps is added after the root.** In batch norm it belongs to the variance: sqrt(var + eps). (In RMSprop and Adam
    it is the other way round.)"""
    return _normed(X, gamma, beta, X.mean(axis=0), X.std(axis=0) + eps)


@batchnorm_forward.misconception("eps outside the square root, and not in the cache", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**eps is added after the root, and the std in the cache is without it.** One number does for both: std =
    sqrt(var + eps). (In RMSprop and Adam eps stands outside.)"""
    out, cache = _normed(X, gamma, beta, X.mean(axis=0), X.std(axis=0) + eps)
    return out, {**cache, "std": X.std(axis=0)}


@batchnorm_forward.misconception("eps only in the cache", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**X_hat is divided by a std without eps.** `standardize` from notebook 1 has no eps; here the std that you keep,
    sqrt(var + eps), is also what X - mean is divided by."""
    X_hat = functional.standardize(X, X)
    return gamma * X_hat + beta, {"X_hat": X_hat, "std": np.sqrt(X.var(axis=0) + eps), "gamma": gamma}


@batchnorm_forward.misconception("eps only in the cache", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**X_hat is divided by a std without eps**, and where a feature is constant, that is 0 / 0. Divide by the std that
    you keep, sqrt(var + eps)."""
    out, cache = _normed(X, gamma, beta, X.mean(axis=0), X.std(axis=0))
    return out, {**cache, "std": np.sqrt(X.var(axis=0) + eps)}


@batchnorm_forward.misconception("the root of the std", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**The root is taken twice.** `X.std` is the root of the variance already. Take that of the variance: `np.sqrt(
    X.var(axis=0) + eps)`."""
    return _normed(X, gamma, beta, X.mean(axis=0), np.sqrt(X.std(axis=0) + eps))


@batchnorm_forward.misconception("the variance is a sum", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**Your variance is a sum over the batch.** It should be the mean of the squared distances: divide by N."""
    return _normed(X, gamma, beta, X.mean(axis=0), np.sqrt(len(X) * X.var(axis=0) + eps))


@batchnorm_forward.misconception("the squares are of X itself", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**Your variance is the mean of the squares of X.** A variance is the mean of the squared *distances from the
    mean*, (X - mean)², which is what `X.var(axis=0)` gives."""
    return _normed(X, gamma, beta, X.mean(axis=0), np.sqrt((X**2).mean(axis=0) + eps))


@batchnorm_forward.misconception("brackets missing round X - mean", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**Brackets are missing.** `X - mean / std` divides the mean alone. Write `(X - mean) / std`."""
    std = np.sqrt(X.var(axis=0) + eps)
    X_hat = X - X.mean(axis=0) / std
    return gamma * X_hat + beta, {"X_hat": X_hat, "std": std, "gamma": gamma}


@batchnorm_forward.misconception("divides by the variance", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**You divide by the variance.** Then X_hat does not have the standard deviation 1. Divide
    by its root, sqrt(var + eps)."""
    return _normed(X, gamma, beta, X.mean(axis=0), X.var(axis=0) + eps)


@batchnorm_forward.misconception("divides by the variance", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**You divide by the variance, and the cache holds it under the name std.** Take the root of var + eps once, and
    use that for both."""
    out, cache = _normed(X, gamma, beta, X.mean(axis=0), X.var(axis=0) + eps)
    return out, {**cache, "std": X.var(axis=0)}


@batchnorm_forward.misconception("does not take off the mean", see=FORWARD)
def _(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**The mean is still in X_hat.** Take it off before you divide: (X - mean) / std."""
    return _normed(X, gamma, beta, 0.0, np.sqrt(X.var(axis=0) + eps))


@batchnorm_forward.misconception("leaves out gamma", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**gamma has no effect on the output.** It lets the network choose the scale again: gamma X_hat + beta."""
    out, cache = right(X, np.ones_like(gamma), beta, *rest)
    return out, {**cache, "gamma": gamma}


@batchnorm_forward.misconception("leaves out beta", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**beta has no effect on the output.** It lets the network choose the mean again: gamma X_hat + beta."""
    return right(X, gamma, np.zeros_like(beta), *rest)


@batchnorm_forward.misconception("leaves out gamma and beta", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**The output is X_hat itself.** gamma and beta are missing, with which the network can choose scale and
    mean again: gamma X_hat + beta."""
    _, cache = right(X, gamma, beta, *rest)
    return cache["X_hat"], cache


@batchnorm_forward.misconception("gamma and beta exchanged", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**gamma and beta have changed places in the output.** gamma multiplies, beta is added: gamma X_hat + beta."""
    out, cache = right(X, beta, gamma, *rest)
    return out, {**cache, "gamma": gamma}


@batchnorm_forward.misconception("multiplies beta as well", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**gamma multiplies beta too.** First scale, then shift: gamma X_hat + beta, not gamma (X_hat + beta)."""
    return right(X, gamma, gamma * beta, *rest)


@batchnorm_forward.misconception("caches the std without eps", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**The std in the cache is without eps.** Keep sqrt(var + eps), the number that X - mean is divided by, because
    the way back divides by it again."""
    out, cache = right(X, gamma, beta, *rest)
    return out, {**cache, "std": X.std(axis=0)}


@batchnorm_forward.misconception("caches the variance", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**The cache holds a variance under the name std.** Keep the root, sqrt(var + eps),
    which X - mean is divided by."""
    out, cache = right(X, gamma, beta, *rest)
    return out, {**cache, "std": cache["std"] ** 2}


@batchnorm_forward.misconception("caches the centred X", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**The X_hat in the cache is not divided yet.** Keep X_hat after the division by std."""
    out, cache = right(X, gamma, beta, *rest)
    return out, {**cache, "X_hat": X - X.mean(axis=0)}


@batchnorm_forward.misconception("caches the output as X_hat", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**The X_hat in the cache is scaled and shifted already.** Keep X_hat as it is before gamma and beta."""
    out, cache = right(X, gamma, beta, *rest)
    return out, {**cache, "X_hat": out}


@batchnorm_forward.misconception("returns the output alone", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**Only the output comes back.** The way back needs the cache: return both, `out` and a
    dict with X_hat, std and gamma."""
    return right(X, gamma, beta, *rest)[0]


@batchnorm_forward.misconception("the std keeps a dimension", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, *rest: float) -> Any:
    """**The std in the cache has the shape (1, D); (D,) is wanted.** Leave out `keepdims`: a row of D numbers
    broadcasts over the batch by itself."""
    out, cache = right(X, gamma, beta, *rest)
    return out, {**cache, "std": cache["std"][None]}


@batchnorm_forward.misconception("eps is fixed inside", see=FORWARD)
def _(right: Step, X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Any:
    """**eps has no effect.** 1e-5 is what it is if nobody says otherwise; who calls you may choose
    another value. Use the argument."""
    return right(X, gamma, beta)


# ---- batchnorm_backward ---------------------------------------------------------------------------------------------


def _norm_back_cases() -> list[Case]:
    three = np.array([[0.0], [2.0], [4.0]]), np.array([2.0]), np.array([1.0])
    forward = [three, *_norm_cases()[1:]]
    upstream = [np.array([[1.0], [0.0], [0.0]]), *(_normal(70 + k, *X.shape) for k, (X, *_) in enumerate(forward[1:]))]
    return [
        (dout.astype(X.dtype), functional.batchnorm_forward(X, *rest)[1])
        for dout, (X, *rest) in zip(upstream, forward, strict=True)
    ]


batchnorm_backward = Exercise(
    "batchnorm_backward",
    reference=functional.batchnorm_backward,
    cases=_norm_back_cases,
    returns=("dX", "dgamma", "dbeta"),
    sizes=lambda dout, cache: {"N": len(dout), "D": dout.shape[1]},
    points=3,
    hints=(
        "dgamma and dbeta are like the gradients of a weight and of a bias: gamma and beta are used once by every "
        "example. Write these two first.",
        "dgamma = sum over n of dout X_hat, and dbeta = sum over n of dout. For dX go over X_hat: dX_hat = gamma dout. "
        "Then take off two means over the batch, that of dX_hat, and X_hat times that of dX_hat X_hat, and divide by "
        "std.",
        "Nearly the code: `dX_hat = dout * gamma`, `dX = (dX_hat - dX_hat.mean(axis=0) - X_hat * (...).mean(axis=0)) / "
        "std`, `dgamma = (...).sum(axis=0)`, `dbeta = dout.sum(axis=0)`.",
    ),
)

Back = tuple[Array, Array, Array]


def _back(dout: Array, cache: Params, dX: Callable[[Array, Array], Array]) -> Back:
    """Right but for dX, which is worked out from dX_hat and X_hat and then divided by std."""
    _, dgamma, dbeta = functional.batchnorm_backward(dout, cache)
    return dX(cache["gamma"] * dout, cache["X_hat"]) / cache["std"], dgamma, dbeta


@batchnorm_backward.misconception("treats mean and std as constants", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**dX holds the mean and the std still.** But each example moves them a little, and with them all the others. Two
    terms are missing: mean(dX_hat), and X_hat mean(dX_hat X_hat)."""
    return _back(dout, cache, lambda d, X_hat: d)


@batchnorm_backward.misconception("treats the std as a constant", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**dX holds the std still.** The way over the mean is there; the one over the std is missing: X_hat mean(dX_hat
    X_hat) must be taken off as well."""
    return _back(dout, cache, lambda d, X_hat: d - d.mean(axis=0))


@batchnorm_backward.misconception("treats the mean as a constant", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**dX holds the mean still.** The way over the std is there; the one over the mean is missing:
    mean(dX_hat) must be taken off as well."""
    return _back(dout, cache, lambda d, X_hat: d - X_hat * (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("sums where dX needs means", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In dX the two terms are sums over the batch; they should be means.** The mean and the variance of the forward
    pass were divided by N, and the N comes back here."""
    return _back(dout, cache, lambda d, X_hat: d - d.sum(axis=0) - X_hat * (d * X_hat).sum(axis=0))


@batchnorm_backward.misconception("sums where dX needs means", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In dX the term with mean(dX_hat) is a sum over the batch.** mu is a mean of all X, so what comes back over it
    is divided by N."""
    return _back(dout, cache, lambda d, X_hat: d - d.sum(axis=0) - X_hat * (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("sums where dX needs means", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In dX the term with X_hat mean(dX_hat X_hat) is a sum over the batch.** The variance is a mean of squares, so
    what comes back over it is divided by N."""
    return _back(dout, cache, lambda d, X_hat: d - d.mean(axis=0) - X_hat * (d * X_hat).sum(axis=0))


@batchnorm_backward.misconception("N is missing before dX_hat", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**All of dX is divided by N; only the two sums should be.** If you take the N out in front of the bracket, dX_hat
    gets one inside: (N dX_hat - sum(dX_hat) - X_hat sum(dX_hat X_hat)) / (N std)."""
    return _back(dout, cache, lambda d, X_hat: (d - d.sum(axis=0) - X_hat * (d * X_hat).sum(axis=0)) / len(d))


@batchnorm_backward.misconception("gamma is missing in the means", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In dX the two means are without gamma.** dbeta and dgamma are sums of dout; the means are those of dX_hat =
    gamma dout. If you use dbeta and dgamma here, multiply them by gamma too."""
    return _back(dout, cache, lambda d, X_hat: d - dout.mean(axis=0) - X_hat * (dout * X_hat).mean(axis=0))


@batchnorm_backward.misconception("the way over the std counts twice", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In dX the term with X_hat mean(dX_hat X_hat) counts twice.** The 2 of the square goes with the 1/2 of the root:
    dvar = dstd / (2 std)."""
    return _back(dout, cache, lambda d, X_hat: d - d.mean(axis=0) - 2 * X_hat * (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("the way over the std counts half", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In dX the term with X_hat mean(dX_hat X_hat) is half of what it should be.** The slope of C² is 2 C: dC gets
    2 C / N dvar."""
    return _back(dout, cache, lambda d, X_hat: d - d.mean(axis=0) - X_hat * (d * X_hat).mean(axis=0) / 2)


@batchnorm_backward.misconception("X_hat for C", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**You take X_hat where C = X - mean belongs.** C is X_hat std: multiply X_hat by std where the formulas have C,
    in dstd and in dC."""
    scale = 1 / cache["std"] ** 2
    return _back(dout, cache, lambda d, X_hat: d - d.mean(axis=0) - scale * X_hat * (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("X_hat for C", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In one place you take X_hat where C = X - mean belongs.** C is X_hat std. Look at dstd and at dC: where the
    formula has C, multiply X_hat by std."""
    scale = 1 / cache["std"]
    return _back(dout, cache, lambda d, X_hat: d - d.mean(axis=0) - scale * X_hat * (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("the second mean is without X_hat", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In the last term of dX a factor X_hat is missing under the mean.** It says how dX_hat and X_hat go
    together: X_hat mean(dX_hat X_hat)."""
    return _back(dout, cache, lambda d, X_hat: d - d.mean(axis=0) - X_hat * d.mean(axis=0))


@batchnorm_backward.misconception("the last term is not multiplied by X_hat", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In the last term of dX a factor X_hat is missing before the mean.** An example that is far from the mean moves
    the std more than one near it: X_hat mean(dX_hat X_hat)."""
    return _back(dout, cache, lambda d, X_hat: d - d.mean(axis=0) - (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("the two means are added", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**The two terms in dX have the wrong sign.** Mean and std both work against a
    change: their terms are taken off."""
    return _back(dout, cache, lambda d, X_hat: d + d.mean(axis=0) + X_hat * (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("one of the two means is added", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In dX the term with mean(dX_hat) has the wrong sign.** C is X *minus* mu, so what comes back over mu is taken
    off."""
    return _back(dout, cache, lambda d, X_hat: d + d.mean(axis=0) - X_hat * (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("one of the two means is added", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**In dX the term with X_hat mean(dX_hat X_hat) has the wrong sign.** X_hat is C *divided* by std, so dstd has a
    minus, and this term is taken off."""
    return _back(dout, cache, lambda d, X_hat: d - d.mean(axis=0) + X_hat * (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("brackets missing in dX", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**Brackets are missing.** Only the last term of dX is divided by std. All three are: (... - ... - ...) / std."""
    std = cache["std"]
    return _back(dout, cache, lambda d, X_hat: (d - d.mean(axis=0)) * std - X_hat * (d * X_hat).mean(axis=0))


@batchnorm_backward.misconception("the means run along the rows", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**The means in dX run over the features of each example.** Forward, each feature was measured over the batch; so
    the means are over the batch here too: `axis=0`."""
    return _back(
        dout,
        cache,
        lambda d, X_hat: d - d.mean(axis=1, keepdims=True) - X_hat * (d * X_hat).mean(axis=1, keepdims=True),
    )


@batchnorm_backward.misconception("the means run over the whole array", see=BACKWARD)
def _(dout: Array, cache: Params) -> Any:
    """**The means in dX run over everything.** Each feature has its own mean and std, so each has its
    own two means here: `axis=0`."""
    return _back(dout, cache, lambda d, X_hat: d - d.mean() - X_hat * (d * X_hat).mean())


@batchnorm_backward.misconception("gamma is missing in dX", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dX starts from dout.** The last step forward was out = gamma X_hat + beta, so the first step
    back is dX_hat = gamma dout."""
    return right(dout, {**cache, "gamma": np.ones_like(cache["gamma"])})


@batchnorm_backward.misconception("dX is not divided by the std", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dX is not divided by std.** Forward, X - mean was divided by it; so the gradient is divided by it as well."""
    dX, dgamma, dbeta = right(dout, cache)
    return dX * cache["std"], dgamma, dbeta


@batchnorm_backward.misconception("dX is multiplied by the std", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dX is multiplied by std; it should be divided.** If the std is large, X_hat hardly moves when X moves."""
    dX, dgamma, dbeta = right(dout, cache)
    return dX * cache["std"] ** 2, dgamma, dbeta


@batchnorm_backward.misconception("dX is divided by the std twice", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dX is divided by std twice.** Forward, X - mean was divided by it once."""
    dX, dgamma, dbeta = right(dout, cache)
    return dX / cache["std"], dgamma, dbeta


@batchnorm_backward.misconception("dgamma and dbeta exchanged", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dgamma and dbeta have changed places.** gamma is multiplied with X_hat, so its gradient has X_hat in it; beta
    is added, so its gradient is the sum of dout."""
    dX, dgamma, dbeta = right(dout, cache)
    return dX, dbeta, dgamma


@batchnorm_backward.misconception("dgamma and dbeta are means", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dgamma and dbeta are too small by exactly N.** They are sums over the batch, like db in a linear layer: the
    mean is inside dout already."""
    dX, dgamma, dbeta = right(dout, cache)
    return dX, dgamma / len(dout), dbeta / len(dout)


@batchnorm_backward.misconception("dgamma is without X_hat", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dgamma is the sum of dout alone.** That is dbeta. gamma is multiplied with X_hat: sum dout X_hat."""
    dX, _, dbeta = right(dout, cache)
    return dX, dbeta, dbeta


@batchnorm_backward.misconception("dgamma has gamma in it", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dgamma is gamma times what it should be.** The slope of gamma X_hat with respect to gamma is X_hat. Sum
    dout X_hat, not dX_hat X_hat."""
    dX, dgamma, dbeta = right(dout, cache)
    return dX, dgamma * cache["gamma"], dbeta


@batchnorm_backward.misconception("dbeta has gamma in it", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dbeta is gamma times what it should be.** beta is added after gamma has multiplied: sum dout, not dX_hat."""
    dX, dgamma, dbeta = right(dout, cache)
    return dX, dgamma, dbeta * cache["gamma"]


@batchnorm_backward.misconception("dgamma and dbeta are taken from dX_hat", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dgamma and dbeta are gamma times what they should be.** You sum dX_hat, which has gamma in it. Both are
    worked out from dout."""
    dX, dgamma, dbeta = right(dout, cache)
    return dX, dgamma * cache["gamma"], dbeta * cache["gamma"]


@batchnorm_backward.misconception("dgamma and dbeta are not summed", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dgamma and dbeta still have a row for each example.** Every example uses the same gamma and beta, so their
    gradients add up over the batch: `axis=0`."""
    dX, _, _ = right(dout, cache)
    return dX, dout * cache["X_hat"], dout


@batchnorm_backward.misconception("dgamma and dbeta along the rows", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dgamma and dbeta have one number for each example; each feature needs one.** Add
    up over the batch: `axis=0`."""
    dX, _, _ = right(dout, cache)
    return dX, (dout * cache["X_hat"]).sum(axis=1), dout.sum(axis=1)


@batchnorm_backward.misconception("dgamma and dbeta are single numbers", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**dgamma and dbeta became single numbers.** Each feature has a gamma and a beta of its own: add up
    over the batch alone, `axis=0`."""
    dX, _, _ = right(dout, cache)
    return dX, (dout * cache["X_hat"]).sum(), dout.sum()


@batchnorm_backward.misconception("returns dX alone", see=BACKWARD)
def _(right: Step, dout: Array, cache: Params) -> Any:
    """**Only dX comes back.** gamma and beta are learned too: return dX, dgamma and dbeta."""
    return right(dout, cache)[0]
