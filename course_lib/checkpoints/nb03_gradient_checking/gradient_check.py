"""gradient_check: how it is tried, and the mistakes that are made in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from course_lib.checkpoints.cases import normal
from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.checkpoints.nb03_gradient_checking.numerical_gradient import difference_quotients
from course_lib.checkpoints.values import describe, listed, plain
from course_lib.nn import gradient_check as reference
from course_lib.nn.arrays import Array, Params

Loss = Callable[[Any], float]

NETWORK = "03#6. Checking a whole network"
FLOOR = 1e-8


def require_all(params: Any, names: Sequence[str]) -> None:
    """Raise TypeError, with what a loss wants, if `params` is not a dict with all these parameters."""
    if not isinstance(params, Mapping):
        raise TypeError(f"loss wants the whole dict of parameters, but it was given {describe(plain(params))}.")
    if not set(names) <= set(params):
        raise TypeError(
            f"loss wants all parameters, {listed(names)}, but it was given {listed(params) if params else 'none'}."
        )


def cubic_loss(params: Params) -> float:
    """loss = sum of W1**3 + 2 * sum of b1**3"""
    require_all(params, ("W1", "b1"))
    return float(np.sum(params["W1"] ** 3) + 2 * np.sum(params["b1"] ** 3))


def mixed_loss(params: Params) -> float:
    """loss = mean of (tanh(x W1 + b1) W2 + b2)**2 for one fixed x"""
    require_all(params, ("W1", "b1", "W2", "b2"))
    D = len(params["W1"])
    A = np.tanh(np.linspace(-1, 1, D) @ params["W1"] + params["b1"])
    return float(np.mean((A @ params["W2"] + params["b2"]) ** 2))


def _of_one(loss: Loss, params: Params, name: str) -> Loss:
    """The loss as a function of one array, the others held still."""
    return lambda p: loss({**params, name: p})


def _check_cases() -> list[Case]:
    tiny = {"W1": np.array([[1.0, 2.0]]), "b1": np.array([-1.0])}
    slopes = {"W1": 3 * tiny["W1"] ** 2, "b1": 6 * tiny["b1"] ** 2}
    net = {"W1": normal(1, 3, 4), "b1": normal(2, 4), "W2": normal(3, 4, 2), "b2": normal(4, 2)}
    truth = {name: reference.numerical_gradient(_of_one(mixed_loss, net, name), net[name], 1e-5) for name in net}
    return [
        (cubic_loss, tiny, slopes, 1e-4),
        (cubic_loss, tiny, {**slopes, "b1": 2 * slopes["b1"]}, 1e-4),
        (cubic_loss, tiny, {**slopes, "W1": slopes["W1"] * [[1.0, -1.0]]}, 1e-4),
        (cubic_loss, tiny, slopes, 0.1),
        (mixed_loss, net, truth, 1e-5),
        (mixed_loss, net, {**truth, "W2": truth["W2"] * 1.01, "b2": truth["b2"] + 0.5}, 1e-5),
        (mixed_loss, net, {name: -grad for name, grad in truth.items()}, 1e-5),
    ]


gradient_check = Exercise(
    "gradient_check",
    reference=reference.gradient_check,
    cases=_check_cases,
    returns=("errors",),
    instead="`{**params, name: p}` is a new dict with one array replaced: hand that to `loss`.",
    points=2,
    hints=(
        "For one name: how does the loss depend on that array alone, when all others stay as they are? That is a "
        "function f(x) you can hand to numerical_gradient.",
        "`{**params, name: p}` is a copy of the dict in which one array is replaced. So f is `lambda p: "
        "loss({**params, name: p})`, and the answer for this name is the relative_error between grads[name] and the "
        "numerical gradient.",
        "Nearly the code: `errors = {}`, `for name in params:`, `numerical = mine.numerical_gradient(lambda p: "
        "loss({**params, name: p}), params[name], h)`, `errors[name] = mine.relative_error(...)`, return errors.",
    ),
)


def _checked(
    loss: Loss,
    params: Params,
    grads: Params,
    h: float,
    slope: Callable[[Loss, Array, float], Array],
    error: Callable[[Array, Array], float] = reference.relative_error,
) -> dict[str, float]:
    return {name: error(grads[name], slope(_of_one(loss, params, name), params[name], h)) for name in params}


@gradient_check.misconception("one-sided difference", see=NETWORK)
def _(loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**The differences inside are one-sided.** Compare the loss at p + h with the loss at p - h: use your
    numerical_gradient."""
    return _checked(loss, params, grads, h, lambda f, x, h: difference_quotients(f, x, h, 1, 0, 1))


@gradient_check.misconception("moves what the loss does not see", see=NETWORK)
def _(loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**Your numerical gradient is 0 everywhere: loss saw the same numbers both times.** `{**params, "name": p}` adds
    an array called "name"; without the quotes, `{**params, name: p}` replaces the one that is meant. And
    `params.copy()` copies the dict, but not the arrays in it: two such copies move the same array."""
    return _checked(loss, params, grads, h, lambda f, x, h: np.zeros(x.shape))


@gradient_check.misconception("a copied dict still holds the caller's arrays", see=NETWORK)
def _(loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**You compare the loss at p + h with the loss at p, and divide by 2 h.** That happens when an array is moved in
    `params.copy()`, which copies the dict and not the arrays in it: the step back starts from the moved array, and ends
    at p. `{**params, name: p}` with an array p of its own keeps them apart."""
    return _checked(loss, params, grads, h, lambda f, x, h: difference_quotients(f, x, h, 1, 0, 2))


@gradient_check.misconception("every lambda looks at the last name", see=NETWORK)
def _(loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**All your functions move the last name.** A lambda looks up `name` when it is called, and by then the loop has
    come to its end. Keep the name of its own time: `lambda p, name=name: loss({**params, name: p})`."""
    *_, last = params
    return {
        name: reference.relative_error(
            grads[name], reference.numerical_gradient(_of_one(loss, params, last), params[name], h)
        )
        for name in params
    }


@gradient_check.misconception("keeps the last name alone", see=NETWORK)
def _(right: Callable[..., dict[str, float]], loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**Only the last name is in your dict.** Is it made anew for each name? Make it once, before the loop."""
    return dict(list(right(loss, params, grads, h).items())[-1:])


@gradient_check.misconception("stops after the first name", see=NETWORK)
def _(right: Callable[..., dict[str, float]], loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**Only the first name is in your dict.** Does the `return` stand inside the loop?"""
    return dict(list(right(loss, params, grads, h).items())[:1])


@gradient_check.misconception("ignores h", see=NETWORK)
def _(right: Callable[..., dict[str, float]], loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**The step h has no effect.** Hand it on to numerical_gradient, so that you can choose it."""
    return right(loss, params, grads)


@gradient_check.misconception("the absolute error", see=NETWORK)
def _(loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**These are absolute errors.** Use your relative_error, so that one limit suits all parameters."""
    return _checked(loss, params, grads, h, reference.numerical_gradient, lambda a, b: float(np.max(np.abs(a - b))))


@gradient_check.misconception("takes the mean instead of the worst", see=NETWORK)
def _(loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**You average the errors of an array.** One wrong weight among many right ones disappears in the mean. Use
    your relative_error, which takes the worst."""
    return _checked(
        loss,
        params,
        grads,
        h,
        reference.numerical_gradient,
        lambda a, b: float(np.mean(np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), FLOOR))),
    )


@gradient_check.misconception("compares the gradient with itself", see=NETWORK)
def _(loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**It finds no error in gradients that are wrong.** A check that cannot fail checks nothing. One side must be
    the given `grads`, the other the numerical gradient of `loss`."""
    return dict.fromkeys(params, 0.0)


@gradient_check.misconception("one number for all names", see=NETWORK)
def _(right: Callable[..., dict[str, float]], loss: Loss, params: Params, grads: Params, h: float = 1e-5) -> Any:
    """**Every name got the same number, the worst of all.** Each array needs its own, so that you see where the
    mistake is."""
    errors = right(loss, params, grads, h)
    return dict.fromkeys(errors, max(errors.values()))
