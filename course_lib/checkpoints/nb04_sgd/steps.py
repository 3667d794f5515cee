"""sgd_step and momentum_step: how they are tried, and the mistakes that are made in them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Exercise
from course_lib.checkpoints.values import MisfitError
from course_lib.nn import optimizers

Array = np.ndarray
Params = dict[str, Array]

STEP = "04#2. One step downhill"
MOMENTUM = "04#8. Momentum"


def parameters_afterwards(step: Callable[..., Any], params: Params, grads: Params, lr: float) -> Params:
    """The caller's parameters after one step in place."""
    before = copy.deepcopy(params)
    _changed_in_place(step(params, grads, lr), params, before)
    return params


def state_afterwards(
    step: Callable[..., Any], params: Params, grads: Params, velocity: Params, lr: float, mu: float
) -> tuple[Params, Params]:
    """The caller's parameters and velocities after one step in place."""
    before = copy.deepcopy(params)
    _changed_in_place(step(params, grads, velocity, lr, mu), params, before)
    return params, velocity


def _changed_in_place(returned: Any, params: Params, before: Params) -> None:
    """Raises MisfitError if new parameters were returned and the caller's stayed as they were."""
    untouched = all(name in params and np.array_equal(params[name], before[name]) for name in before)
    if untouched and returned is not None:
        raise MisfitError(
            "Your function returned something, and left the caller's `params` as it was. It should change the arrays "
            "in `params`, and return nothing."
        )


def network_parameters(seed: int, D: int, H: int, C: int, dtype: type = np.float64) -> Params:
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    return {name: normal(seed + i, *shape, dtype=dtype) for i, (name, shape) in enumerate(shapes.items())}


def _output_layer_first(arrays: Params) -> Params:
    return {name: arrays[name] for name in ("W2", "b2", "W1", "b1")}


TINY = {"W1": np.array([[1.0, -2.0]]), "b1": np.array([0.5, 3.0])}


TINY_GRADS = {"W1": np.array([[3.0, 1.0]]), "b1": np.array([-2.0, 0.5])}


sgd_step = Exercise(
    "sgd_step",
    reference=optimizers.sgd_step,
    cases=lambda: [
        (TINY, TINY_GRADS, 0.1),
        (network_parameters(10, 2, 3, 4), network_parameters(20, 2, 3, 4), 0.5),
        (network_parameters(30, 4, 2, 3, np.float32), network_parameters(40, 4, 2, 3, np.float32), 0.02),
        (network_parameters(50, 2, 2, 2), _output_layer_first(network_parameters(60, 2, 2, 2)), 2.0),
    ],
    experiment=parameters_afterwards,
    changes=("params",),
    any_names=True,
    returns=("params",),
    hints=(
        "The gradient says where the loss grows. Which way do you want to go, and how far?",
        "For each name: take lr times the gradient off the parameter. It must happen in the caller's arrays: `w -= "
        "...` changes the array that w names, `w = w - ...` only gives the name w to a new one.",
        "Nearly the code: `for name in params:`, and in it `params[name] -= lr * ...`.",
    ),
)


@sgd_step.misconception("goes uphill", see=STEP)
def _(right: Callable[..., None], params: Params, grads: Params, lr: float) -> Any:
    """**You step uphill.** The gradient points to where the loss grows; take it *off* the parameters."""
    right(params, {name: -grad for name, grad in grads.items()}, lr)


@sgd_step.misconception("leaves out the learning rate", see=STEP)
def _(right: Callable[..., None], params: Params, grads: Params, lr: float) -> Any:
    """**The learning rate has no effect.** You took off the whole gradient; it should be lr times the gradient."""
    right(params, grads, 1.0)


@sgd_step.misconception("divides by the learning rate", see=STEP)
def _(right: Callable[..., None], params: Params, grads: Params, lr: float) -> Any:
    """**You divided by lr.** Then a small learning rate makes a large step. Multiply."""
    right(params, grads, 1 / lr)


@sgd_step.misconception("the caller's arrays stay as they were", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**Nothing has changed for the caller.** `w = w - lr * g` makes a new array and gives it a name inside your
    function, and when that ends it is gone. `w -= lr * g` writes into the array itself; so does `params[name] = ...`
    into the dict."""


@sgd_step.misconception("returns new arrays", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**You return new parameters, and the caller's stay as they were.** Here the step is made in place: whoever
    calls sgd_step goes on with the same dict. `params[name] -= ...` changes it, and nothing needs to be returned."""
    return {name: w - lr * grads[name] for name, w in params.items()}


@sgd_step.misconception("stops after the first parameter", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**Only the first parameter has moved.** A `return` inside the loop ends it after one round."""
    name = next(iter(params))
    params[name] -= lr * grads[name]


@sgd_step.misconception("moves the last parameter alone", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**Only the last parameter has moved.** The line with the step stands behind the loop. Indent it, so that it is
    done for every name."""
    *_, name = params
    params[name] -= lr * grads[name]


@sgd_step.misconception("moves the weights alone", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**The biases stayed where they were.** They are parameters too, and learn in the same way."""
    for name in params:
        if name.startswith("W"):
            params[name] -= lr * grads[name]


@sgd_step.misconception("puts the step in place of the parameter", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**The old value is lost.** You wrote the step, -lr g, into params. It should be added to what was there."""
    for name in params:
        params[name][...] = -lr * grads[name]


@sgd_step.misconception("puts the step in place of the parameter", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**The old value is lost.** You wrote lr g into params. It should be taken off what was there: `-=`, not `=`."""
    for name in params:
        params[name][...] = lr * grads[name]


@sgd_step.misconception("subtracts the parameter itself", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**You took off lr times the parameter, not lr times its gradient.** So it only shrinks, whatever the data
    say."""
    for name in params:
        params[name] -= lr * params[name]


@sgd_step.misconception("takes the parameter off the step", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**The difference is the wrong way round.** You wrote the step minus the parameter, so the parameter has changed
    its sign. It is w - lr g."""
    for name in params:
        params[name] = lr * grads[name] - params[name]


@sgd_step.misconception("divides by a length", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**The step is divided by the length of the array.** The mean over the batch is in the gradient already, and
    that length is no batch size anyway. The step is lr times the gradient, and nothing more."""
    for name in params:
        params[name] -= lr * grads[name] / len(grads[name])


@sgd_step.misconception("goes by the sign of the gradient alone", see=STEP)
def _(right: Callable[..., None], params: Params, grads: Params, lr: float) -> Any:
    """**Every number moved by the same amount, lr.** The size of the gradient counts as well: lr times the gradient,
    not lr times its sign."""
    right(params, {name: np.sign(grad) for name, grad in grads.items()}, lr)


@sgd_step.misconception("pairs by position instead of by name", see=STEP)
def _(params: Params, grads: Params, lr: float) -> Any:
    """**Parameters and gradients are paired by their position in the dicts.** Two dicts with the same names may have
    them in different orders. Look each gradient up by its name: `grads[name]`."""
    for w, grad in zip(params.values(), grads.values(), strict=True):
        w -= lr * grad


momentum_step = Exercise(
    "momentum_step",
    reference=optimizers.momentum_step,
    cases=lambda: [
        (TINY, TINY_GRADS, {"W1": np.array([[0.5, -1.0]]), "b1": np.array([2.0, 0.0])}, 0.1, 0.5),
        (network_parameters(10, 2, 3, 4), network_parameters(20, 2, 3, 4), network_parameters(70, 2, 3, 4), 0.5, 0.9),
        (*(network_parameters(seed, 4, 2, 3, np.float32) for seed in (30, 40, 80)), 0.02, 0.8),
        (
            network_parameters(50, 2, 2, 2),
            *(_output_layer_first(network_parameters(seed, 2, 2, 2)) for seed in (60, 90)),
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
