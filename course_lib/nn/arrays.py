"""What all modules of `nn` mean by an array, and the checks that they share."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array: TypeAlias = NDArray[Any]
Params: TypeAlias = dict[str, Array]
"""Arrays by name: "W1", "b1", "W2", "b2"."""


def check_labels(y: ArrayLike, C: int, N: int | None = None) -> Array:
    """Return labels `y` as an array of shape (N,) of integers in 0..C-1; any integer dtype will do.

    Raises ValueError otherwise: without this, label -1 would silently mean the last class, and a column of labels
    (N, 1) would silently be compared with every row.
    """
    y = np.asarray(y)
    if y.ndim != 1 or (N is not None and len(y) != N):
        wanted = "(N,)" if N is None else f"({N},)"
        raise ValueError(f"Labels must have shape {wanted}, one for each example, but have shape {y.shape}.")
    if y.dtype.kind not in "iu":
        raise ValueError(f"Labels must be integers from 0 to {C - 1}, but their dtype is {y.dtype}.")
    if y.size and not 0 <= y.min() <= y.max() < C:
        raise ValueError(f"Labels must lie between 0 and {C - 1}, but they run from {y.min()} to {y.max()}.")
    return y


def check_setting(name: str, value: object, right: bool, wanted: str) -> None:
    """Raise ValueError unless the setting is right. `wanted` says in words what it must be: "a number above 0"."""
    if not right:
        raise ValueError(f"{name} must be {wanted}, but it is {value!r}.")


def check_keep(keep: float) -> None:
    """Raise ValueError unless `keep` can be dropout's."""
    check_setting("keep", keep, 0 < keep <= 1, "the probability of keeping a unit, above 0 and at most 1")


def check_rng(rng: object) -> None:
    """Raise ValueError for a seed, or anything else, in the place of a generator."""
    check_setting("rng", rng, isinstance(rng, np.random.Generator), "a generator such as np.random.default_rng(0)")


def is_whole(value: object, low: int = 1) -> bool:
    """Whether the value is a whole number, and `low` or more."""
    return isinstance(value, (int, np.integer)) and bool(value >= low)
