"""momentum_step: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Exercise
from course_lib.checkpoints.nb04_sgd.shared import (
    TINY,
    TINY_GRADS,
    changed_in_place,
    network_parameters,
    output_layer_first,
)
from course_lib.nn import optimizers
from course_lib.nn.arrays import Array, Params

MOMENTUM = "04#8. Momentum"


def state_afterwards(
    step: Callable[..., Any], params: Params, grads: Params, velocity: Params, lr: float, mu: float
) -> tuple[Params, Params]:
    """The caller's parameters and velocities after one step in place."""
    before = copy.deepcopy(params)
    changed_in_place(step(params, grads, velocity, lr, mu), params, before)
    return params, velocity


momentum_step = Exercise(
    "momentum_step",
    reference=optimizers.momentum_step,
    cases=lambda: [
        (TINY, TINY_GRADS, {"W1": np.array([[0.5, -1.0]]), "b1": np.array([2.0, 0.0])}, 0.1, 0.5),
        (network_parameters(10, 2, 3, 4), network_parameters(20, 2, 3, 4), network_parameters(70, 2, 3, 4), 0.5, 0.9),
        (*(network_parameters(seed, 4, 2, 3, np.float32) for seed in (30, 40, 80)), 0.02, 0.8),
        (
            network_parameters(50, 2, 2, 2),
            *(output_layer_first(network_parameters(seed, 2, 2, 2)) for seed in (60, 90)),
            2.0,
            0.25,
        ),
    ],
    experiment=state_afterwards,
    changes=("params", "velocity"),
    any_names=True,
    returns=("params", "velocity"),
    points=2,
    hints=(
        "There are two lines for each parameter: first the velocity changes, then the parameter moves with it.",
        "The new velocity is mu times the old one, minus lr times the gradient. The parameter then moves by the *new* "
        "velocity. Both must change in the caller's dicts, because the next step begins with them.",
        "Nearly the code: in the loop over the names `velocity[name] = mu * velocity[name] - ...`, then `params[name] "
        "+= ...`.",
    ),
)


def _by_rule(
    rule: Callable[[Array, Array, Array], tuple[Array, Array]], params: Params, grads: Params, velocity: Params
) -> None:
    """(w, g, v) -> new (w, v), in place, for every name."""
    for name in params:
        params[name], velocity[name] = rule(params[name], grads[name], velocity[name])


@momentum_step.misconception("forgets the velocity for the next step", see=MOMENTUM)
def _(right: Callable[..., None], params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The new velocity is forgotten.** It must stand in the caller's dict `velocity`, or the next step begins with
    the old one. `v = mu * v - ...` only names a new array; `velocity[name] = ...` keeps it."""
    right(params, grads, copy.deepcopy(velocity), lr, mu)


@momentum_step.misconception("puts the velocity in place of the parameter", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The old parameter is lost.** You wrote the velocity into params. It should be added to what was there."""
    _by_rule(lambda w, g, v: (mu * v - lr * g, mu * v - lr * g), params, grads, velocity)


@momentum_step.misconception("takes the new velocity off the old one", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The new velocity was taken off the old one.** `v -= mu * v - lr * g` means v - (mu v - lr g). Put it in its
    place instead: v = mu v - lr g."""
    _by_rule(lambda w, g, v: (w + v - (mu * v - lr * g), v - (mu * v - lr * g)), params, grads, velocity)


@momentum_step.misconception("adds the new velocity to the old one", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The new velocity was added to the old one.** `v += mu * v - lr * g` keeps all of v and adds mu v to it, so it
    never fades. Put it in its place instead: v = mu v - lr g."""
    _by_rule(lambda w, g, v: (w + v + mu * v - lr * g, v + mu * v - lr * g), params, grads, velocity)


@momentum_step.misconception("uses lr twice", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**lr comes in twice.** It is inside the velocity already, so w moves by v itself, not by lr v."""
    _by_rule(lambda w, g, v: (w + lr * (mu * v - lr * g), mu * v - lr * g), params, grads, velocity)


@momentum_step.misconception("lets the velocity fade only where it moves", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**mu stands in the wrong line: v <- v - lr g, then w <- w + mu v.** Then v itself never fades, and grows and
    grows. The factor mu belongs to the old velocity: v <- mu v - lr g, then w <- w + v."""
    _by_rule(lambda w, g, v: (w + mu * (v - lr * g), v - lr * g), params, grads, velocity)


@momentum_step.misconception("moves with the old velocity", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The parameters moved with the old velocity**, so the gradient of this step comes one step late. First v, then
    w with the new v."""
    _by_rule(lambda w, g, v: (w + v, mu * v - lr * g), params, grads, velocity)


@momentum_step.misconception("leaves lr out of the velocity", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**This is another common form: v <- mu v + g, then w <- w - lr v.** It walks the same way while lr is constant,
    but its v means something else. Here lr is inside the velocity: v <- mu v - lr g, then w <- w + v."""
    _by_rule(lambda w, g, v: (w - lr * (mu * v + g), mu * v + g), params, grads, velocity)


@momentum_step.misconception("leaves lr out of the velocity", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**lr stands in the other line: v <- mu v - g, then w <- w + lr v.** It walks the same way while lr is constant,
    but its v means something else. Here lr is inside the velocity: v <- mu v - lr g, then w <- w + v."""
    _by_rule(lambda w, g, v: (w + lr * (mu * v - g), mu * v - g), params, grads, velocity)


@momentum_step.misconception("leaves out the learning rate", see=MOMENTUM)
def _(right: Callable[..., None], params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The learning rate has no effect.** The velocity changes by lr times the gradient, not by the whole
    gradient."""
    right(params, grads, velocity, 1.0, mu)


@momentum_step.misconception("counts the velocity uphill", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**Your velocity has the opposite sign: v <- mu v + lr g, then w <- w - v.** From a start at rest it walks the
    same way, but v points uphill, and whoever plots it or goes on with it is misled. Here v is the movement itself: w
    <- w + v."""
    _by_rule(lambda w, g, v: (w - (mu * v + lr * g), mu * v + lr * g), params, grads, velocity)


@momentum_step.misconception("moves against the velocity", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The velocity is right, and the parameters moved against it.** The minus stands in v already: w <- w + v."""
    _by_rule(lambda w, g, v: (w - (mu * v - lr * g), mu * v - lr * g), params, grads, velocity)


@momentum_step.misconception("goes uphill", see=MOMENTUM)
def _(right: Callable[..., None], params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The gradient is added to the velocity.** It points uphill; take lr times the gradient off: v <- mu v - lr
    g."""
    right(params, {name: -grad for name, grad in grads.items()}, velocity, lr, mu)


@momentum_step.misconception("damps the gradient by 1 - mu", see=MOMENTUM)
def _(right: Callable[..., None], params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The gradient is weighted with 1 - mu.** Then v is a running mean, as in Adam. Here it is a sum that fades:
    the gradient counts in full, v <- mu v - lr g."""
    right(params, grads, velocity, (1 - mu) * lr, mu)


@momentum_step.misconception("damps the gradient by 1 - mu", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**This is a running mean: v <- mu v + (1 - mu) g, then w <- w - lr v.** Adam uses it. Here the gradient counts
    in full, and lr is inside the velocity: v <- mu v - lr g, then w <- w + v."""
    _by_rule(lambda w, g, v: (w - lr * (mu * v + (1 - mu) * g), mu * v + (1 - mu) * g), params, grads, velocity)


@momentum_step.misconception("multiplies the gradient with mu, too", see=MOMENTUM)
def _(right: Callable[..., None], params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**mu was applied to everything: mu (v - lr g).** Only the old velocity fades; the gradient of this step counts
    in full."""
    right(params, grads, velocity, mu * lr, mu)


@momentum_step.misconception("multiplies the old velocity with lr, too", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**lr was applied to everything: lr (mu v - g).** Only the gradient is multiplied with lr; the old velocity has lr
    in it already, from its own step."""
    _by_rule(lambda w, g, v: (w + lr * (mu * v - g), lr * (mu * v - g)), params, grads, velocity)


@momentum_step.misconception("uses mu twice", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**mu comes in twice.** It is inside the new velocity already, so w moves by v itself, not by mu v."""
    _by_rule(lambda w, g, v: (w + mu * (mu * v - lr * g), mu * v - lr * g), params, grads, velocity)


@momentum_step.misconception("takes mu for what is lost", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**You keep 1 - mu of the old velocity.** mu is what *remains* of it: with 0.9 the ball loses a tenth of its speed
    at each step. v <- mu v - lr g."""
    _by_rule(lambda w, g, v: (w + (1 - mu) * v - lr * g, (1 - mu) * v - lr * g), params, grads, velocity)


@momentum_step.misconception("has no memory", see=MOMENTUM)
def _(right: Callable[..., None], params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The old velocity has no effect.** v became -lr g, which is plain SGD. Keep mu times what it was."""
    right(params, grads, velocity, lr, 0.0)


@momentum_step.misconception("leaves out mu", see=MOMENTUM)
def _(right: Callable[..., None], params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The old velocity does not fade.** Without the factor mu it grows and grows, like a ball that rolls without
    friction."""
    right(params, grads, velocity, lr, 1.0)


@momentum_step.misconception("moves without the velocity", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The new velocity is there, but the parameters do not use it.** They moved by -lr g, as in plain SGD. Let them
    move by the velocity: w <- w + v."""
    _by_rule(lambda w, g, v: (w - lr * g, mu * v - lr * g), params, grads, velocity)


@momentum_step.misconception("takes the gradient twice", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The gradient is in the step twice:** once inside v, and once more when w moves. w <- w + v is all."""
    _by_rule(lambda w, g, v: (w + (mu * v - lr * g) - lr * g, mu * v - lr * g), params, grads, velocity)


@momentum_step.misconception("looks ahead, as Nesterov does", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**This is Nesterov's form: w moves by mu v - lr g with the new v in it.** A good rule, but another one. Here w
    moves by the new v itself."""
    _by_rule(lambda w, g, v: (w + mu * (mu * v - lr * g) - lr * g, mu * v - lr * g), params, grads, velocity)


@momentum_step.misconception("moves nothing", see=MOMENTUM)
def _(right: Callable[..., None], params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The caller's parameters stayed where they were.** `w = w + v` only names a new array; `params[name] += ...`
    moves the parameters themselves."""
    right(copy.deepcopy(params), grads, velocity, lr, mu)


@momentum_step.misconception("stops after the first parameter", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**Only the first parameter and its velocity have changed.** A `return` inside the loop ends it after one
    round."""
    name = next(iter(params))
    optimizers.momentum_step({name: params[name]}, grads, velocity, lr, mu)


@momentum_step.misconception("moves the last parameter alone", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**All velocities are new, but only the last parameter has moved.** The line that moves it stands behind the loop.
    Indent it, so that it is done for every name."""
    _by_rule(lambda w, g, v: (w, mu * v - lr * g), params, grads, velocity)
    *_, name = params
    params[name] += velocity[name]


@momentum_step.misconception("moves the weights alone", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**The biases stayed where they were.** They are parameters too, and learn in the same way."""
    weights = {name: w for name, w in params.items() if name.startswith("W")}
    optimizers.momentum_step(weights, grads, velocity, lr, mu)


@momentum_step.misconception("returns new arrays", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**You return new dicts, and the caller's stay as they were.** Here the step is made in place: whoever calls
    momentum_step goes on with the same two dicts. `velocity[name] = ...` and `params[name] += ...` change them, and
    nothing needs to be returned."""
    params, velocity = copy.deepcopy(params), copy.deepcopy(velocity)
    optimizers.momentum_step(params, grads, velocity, lr, mu)
    return params, velocity


@momentum_step.misconception("the caller's arrays stay as they were", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**Nothing has changed for the caller, neither `params` nor `velocity`.** `v = mu * v - lr * g` makes a new
    array and names it v inside your function, where it is lost. Write into the dicts: `velocity[name] = ...`,
    `params[name] += ...`."""


@momentum_step.misconception("pairs by position instead of by name", see=MOMENTUM)
def _(params: Params, grads: Params, velocity: Params, lr: float, mu: float) -> Any:
    """**Parameters, gradients and velocities are paired by their position in the dicts.** Dicts with the same names
    may have them in different orders. Look each one up by its name."""
    for w, grad, v in zip(params.values(), grads.values(), velocity.values(), strict=True):
        v *= mu
        v -= lr * grad
        w += v
