"""What several exercises of notebook 3 are tried with."""

from __future__ import annotations

import numpy as np

from course_lib.nn.arrays import Array


def sum_of_cubes(x: Array) -> float:
    """f(x) = sum of x**3"""
    return float(np.sum(x**3))


def weighted_exponentials(x: Array) -> float:
    """f(x) = sum of (i + 1) exp(x_i)"""
    return float(np.sum(np.arange(1, x.size + 1) * np.exp(x.ravel())))
