"""rmsprop_step: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Case, Exercise
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

RMSPROP = "08#2. RMSprop: a step size for every weight"


def _squares(params: Params) -> Params:
    return {name: w**2 for name, w in params.items()}


def small_network() -> tuple[Params, Params]:
    """Parameters and gradients that can be followed by hand; one gradient is 0, as at a dead unit."""
    return (
        {"W1": np.array([[1.0, -2.0]]), "b1": np.array([0.5, 0.0])},
        {"W1": np.array([[0.5, -3.0]]), "b1": np.array([2.0, 0.0])},
    )


def _rmsprop_cases() -> list[Case]:
    params, grads = small_network()
    mid, mid_grads = network_arrays(1, 3, 2), network_arrays(11, 3, 2)
    single, single_grads = (network_arrays(seed, 4, 3, 2, dtype=np.float32) for seed in (21, 22))
    deep = network_arrays(31, 2, 3, 2, 2)
    tiny = {
        "W1": np.array([[1e-8, -3e-8, 2e-9]]),
        "b1": np.zeros(3),
        "W2": np.full((3, 2), 4e-8),
        "b2": np.array([5e-9, 0.0]),
    }
    return [
        (params, grads, all_zeros(params), 0.1),
        (mid, mid_grads, _squares(network_arrays(13, 3, 2)), 0.05),
        (mid, mid_grads, _squares(network_arrays(14, 3, 2)), 0.2, 0.5, 0.25),
        (single, single_grads, _squares(network_arrays(23, 4, 3, 2, dtype=np.float32)), 0.01),
        (network_arrays(41, 1, 3, 2), tiny, all_zeros(tiny), 0.1),
        (deep, network_arrays(32, 2, 3, 2, 2, scale=0.1), _squares(network_arrays(33, 2, 3, 2, 2)), 0.1, 0.99),
    ]


rmsprop_step = Exercise(
    "rmsprop_step",
    reference=optimizers.rmsprop_step,
    cases=_rmsprop_cases,
    experiment=after_the_step,
    changes=("params", "state"),
    any_names=True,
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


def mean_of_squares(s: Array, g: Array, rho: float) -> Array:
    """The running mean of squares after this gradient."""
    new: Array = rho * s + (1 - rho) * g**2
    return new


def _move(g: Array, s: Array, eps: float) -> Array:
    """What lr is multiplied with."""
    move: Array = g / (np.sqrt(s) + eps)
    return move


def _rms(
    params: Params, grads: Params, state: Params, lr: float, rho: float, eps: float, *,
    mean: Mean = mean_of_squares, move: Move = _move,
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
        state[name] = mean_of_squares(state[name], g, rho)
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
        state[name] = mean_of_squares(state[name], g, rho)


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
    right(params, grads, copies(state), lr, *rest)


@rmsprop_step.misconception("the weights stay where they were", see=RMSPROP)
def _(right: Step, params: Params, grads: Params, state: Params, lr: float, *rest: float) -> Any:
    """**The caller's weights have not moved.** `w = w - ...` makes a new array under the name w, and the dict keeps
    the old one. A dict of new weights that you return is not looked at either. Write `params[name] -= ...`."""
    right(copies(params), grads, state, lr, *rest)


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


@rmsprop_step.misconception("only the weights move", see=RMSPROP)
def _(params: Params, grads: Params, state: Params, lr: float, rho: float = 0.9, eps: float = 1e-8) -> Any:
    """**The biases stay where they were.** Only L2 makes a difference between weights and biases; a step is for all
    parameters."""
    _rms(params, only_weights(grads), state, lr, rho, eps)
