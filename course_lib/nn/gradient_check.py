"""Is this gradient right? Compare it with differences of the loss, which need no calculus.

           f                     slope of the chord between x - h and x + h:
           |       . '                    f(x + h) - f(x - h)
           |    . '                s  =  ---------------------
           | . '                                  2 h
           +--|---|---|--> x     its distance from the true slope shrinks like h^2, and rounding adds about 1e-16 / h:
             x-h  x  x+h         in float64 h = 1e-5 is a good compromise, in float32 there is none.

In float64, a relative error below 1e-7 means "right" and one above 1e-2 "wrong", or a kink (a ReLU whose input is
within h of 0). In between look for a kink, which goes away with a smaller h, and for a gradient so small that rounding
counts, which gets better with a larger h, before blaming the gradient.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Array


def numerical_gradient(f: Callable[[Array], float], x: ArrayLike, h: float = 1e-5) -> Array:
    """g[i] = (f(x + h e_i) - f(x - h e_i)) / (2 h) for every element i of x: an array like x. Two calls of f each.

    f gets a float64 copy of x with one element moved, also when x is float32: a float32 step would be rounded away.
    """
    x = np.asarray(x)
    moved = x.astype(np.float64)
    gradient = np.empty_like(moved)
    for i in np.ndindex(x.shape):
        here = moved[i]
        moved[i] = here + h
        above = f(moved)
        moved[i] = here - h
        below = f(moved)
        moved[i] = here
        gradient[i] = (above - below) / (2 * h)
    return gradient.astype(x.dtype) if x.dtype.kind == "f" else gradient


def relative_error(a: ArrayLike, b: ArrayLike) -> float:
    """The largest |a - b| / max(|a|, |b|, 1e-8) over the elements: 0 for equal, at most 2. nan when a or b holds one.

    Raises ValueError when the shapes differ: broadcasting would compare the wrong elements.
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        raise ValueError(f"The two gradients must have the same shape, but have {a.shape} and {b.shape}.")
    with np.errstate(invalid="ignore"):  # inf - inf is nan, and nan is the answer then
        return float(np.max(np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8), initial=0.0))


def directional_check(f: Callable[[Array], float], x: ArrayLike, grad: ArrayLike, rng: np.random.Generator) -> float:
    """|s - grad.v| / max(|s|, |grad.v|, 1e-8) for a random direction v of length 1; s is the slope of f along v.

    s = (f(x + h v) - f(x - h v)) / (2 h) with h = 1e-5: two calls of f check all elements at once, however many.
    """
    x, grad, h = np.asarray(x, dtype=np.float64), np.asarray(grad), 1e-5
    if x.shape != grad.shape:
        raise ValueError(f"The gradient must have the shape of x, {x.shape}, but has {grad.shape}.")
    v = rng.standard_normal(x.shape)
    v /= np.sqrt(np.sum(v * v))
    s = (f(x + h * v) - f(x - h * v)) / (2 * h)
    return relative_error(s, np.sum(grad * v))


def gradient_check(
    loss: Callable[[dict[str, Array]], float],
    params: Mapping[str, Array],
    grads: Mapping[str, Array],
    h: float = 1e-5,
) -> dict[str, float]:
    """The relative error of each gradient in `grads`: name -> `relative_error` to the numerical one.

    `loss(params)` is called with a dict in which one array at a time is replaced. Every name in `params` is checked.
    """

    def error(name: str) -> float:
        numerical = numerical_gradient(lambda p: loss({**params, name: p}), params[name], h)
        return relative_error(grads[name], numerical)

    return {name: error(name) for name in params}
