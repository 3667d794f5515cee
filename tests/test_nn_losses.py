"""The loss: the formulas of functional.py, fast and in place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.nn import SoftmaxCrossEntropy, functional

RNG = np.random.default_rng


@given(st.integers(0, 10**6), st.integers(1, 7), st.integers(2, 12), st.sampled_from("CF"), st.floats(0.01, 10))
def test_backward_is_the_formula_in_any_memory_order(seed: int, N: int, C: int, order: str, scale: float) -> None:
    rng = RNG(seed)
    logits, y = np.asarray(rng.normal(size=(N, C)), order=order), rng.integers(0, C, N)
    expected = functional.softmax_cross_entropy_backward(logits, y)
    dlogits = SoftmaxCrossEntropy().backward(logits, functional.one_hot(y, C), scale)
    np.testing.assert_allclose(dlogits, scale * expected, atol=1e-14 * scale)


def test_forward_is_the_formula() -> None:
    logits, y = RNG(0).normal(size=(5, 3)), [0, 1, 2, 1, 0]
    assert SoftmaxCrossEntropy().forward(logits, y) == functional.cross_entropy(logits, y)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_logits_and_untouched_inputs(dtype: type) -> None:
    logits = np.array([[1e30, 0, -1e30], [0, 0, 0]], dtype)
    Y = functional.one_hot([2, 1], 3).astype(dtype)
    logits.flags.writeable = Y.flags.writeable = False
    with np.errstate(all="raise", under="ignore"):
        dlogits = SoftmaxCrossEntropy().backward(logits, Y)
    assert dlogits.dtype == dtype
    np.testing.assert_allclose(dlogits, [[0.5, 0, -0.5], [1 / 6, -1 / 3, 1 / 6]], rtol=1e-6)


def test_the_array_is_allocated_once_for_each_shape() -> None:
    loss, Y = SoftmaxCrossEntropy(), np.eye(3)
    first = loss.backward(np.zeros((3, 3)), Y)
    assert np.shares_memory(loss.backward(np.ones((3, 3)), Y), first)
    assert loss.backward(np.zeros((2, 3)), Y[:2]).shape == (2, 3)
