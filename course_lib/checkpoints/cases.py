"""Arrays to try functions on."""

from __future__ import annotations

import numpy as np


def normal(seed: int, *shape: int, scale: float = 1.0, dtype: type = np.float64) -> np.ndarray:
    """The same normal numbers at every call, of this standard deviation."""
    return (scale * np.random.default_rng(seed).standard_normal(shape)).astype(dtype)
