"""The numbers of the V-curve: slopes as theory has them, kinks counted one by one, and the learner's own function."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.explorers.gradient_error import (
    ACTIVATIONS,
    EXAMPLES,
    STEPS,
    Curve,
    Problem,
    curve,
    one_sided_gradient,
    problem,
)
from course_lib.explorers.shell import LearnerError
from course_lib.nn.gradient_check import numerical_gradient


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("batch", [1, 8, 64])
def test_the_gradient_is_the_slope_of_the_loss(activation: str, batch: int) -> None:
    p = problem(activation, "float64", batch)
    np.testing.assert_allclose(p.gradient(), numerical_gradient(p.loss, p.W1, 1e-5), atol=1e-9)


def test_a_float32_loss_is_the_same_with_fewer_digits() -> None:
    fine, coarse = (problem("tanh", dtype, 64) for dtype in ("float64", "float32"))
    assert fine.loss(fine.W1) != coarse.loss(coarse.W1) == pytest.approx(fine.loss(fine.W1), rel=1e-5)
    assert coarse.loss(coarse.W1 + 1e-10) == coarse.loss(coarse.W1)  # such a step is rounded away
    assert fine.loss(fine.W1 + 1e-10) != fine.loss(fine.W1)


def test_a_smaller_batch_is_the_beginning_of_a_larger_one() -> None:
    small, large = problem("ReLU", "float64", 8), problem("ReLU", "float64", EXAMPLES)
    np.testing.assert_array_equal(small.X, large.X[:8])
    np.testing.assert_array_equal(small.W1, large.W1)


# ---- kinks ----


def changes_of_sign(p: Problem, h: float, *, central: bool) -> int:
    """Counted as it is defined: pre-activations whose sign differs at the two ends of a move of one weight."""
    count = 0
    for place in np.ndindex(p.W1.shape):
        ends = []
        for sign in (1, -1 if central else 0):
            W1 = p.W1.copy()
            W1[place] += sign * h
            ends.append(p.X @ W1 + p.b1 > 0)
        count += int((ends[0] != ends[1]).sum())
    return count


@pytest.mark.parametrize("central", [True, False])
def test_kinks_are_the_pre_activations_that_change_their_sign(central: bool) -> None:
    p = problem("ReLU", "float64", 64)
    found = Curve(np.ones(len(STEPS)), p.crossings(central=central))
    for k in (28, 36, 40, 44, 48):
        assert found.kinks[k] == changes_of_sign(p, STEPS[k], central=central)
    assert found.kinks[48] > found.kinks[40] > 0 == found.kinks[28]
    assert p.crossings(central=True).size == 64 * 12


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_smooth_activations_have_no_kinks(activation: str) -> None:
    assert np.isinf(problem(activation, "float64", 8).crossings(central=True)).all()


def test_a_kink_makes_the_error_jump() -> None:
    p = problem("ReLU", "float64", 64)
    now = curve(p, "central", numerical_gradient)
    first = int(np.flatnonzero(now.kinks)[0])
    assert now.errors[first] > 100 * now.errors[first - 1]
    smooth = curve(problem("tanh", "float64", 64), "central", numerical_gradient)
    assert smooth.errors[first] < 10 * smooth.errors[first - 1]


# ---- the branches ----


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("batch", [1, 8, 64])
@pytest.mark.parametrize(("scheme", "order"), [("central", 2), ("one-sided", 1)])
def test_the_slopes_are_those_of_theory(activation: str, batch: int, scheme: str, order: int) -> None:
    now = curve(problem(activation, "float64", batch), scheme, numerical_gradient)
    assert now.truncation is not None and now.truncation.slope == pytest.approx(order, abs=0.03)
    assert now.rounding is not None and now.rounding.slope == pytest.approx(-1, abs=0.1)
    assert now.rounding.high < STEPS[now.best] < now.truncation.low


def test_the_best_step_is_near_a_power_of_the_rounding_error() -> None:
    best = {
        (scheme, dtype): STEPS[curve(problem("sigmoid", dtype, 8), scheme, numerical_gradient).best]
        for scheme in ("central", "one-sided")
        for dtype in ("float64", "float32")
    }
    for (scheme, dtype), h in best.items():
        expected = np.finfo(dtype).eps ** (1 / 3 if scheme == "central" else 1 / 2)
        assert 0.1 < h / expected < 15, (scheme, dtype, h)


def test_float32_never_says_right() -> None:
    for activation in ACTIVATIONS:
        assert curve(problem(activation, "float32", 8), "central", numerical_gradient).errors.min() > 1e-5


def test_a_fit_finds_the_power_it_is_given() -> None:
    exact = Curve(1e-16 / STEPS + 0.5 * STEPS**2, np.full(3, np.inf))
    assert exact.truncation is not None and exact.truncation.slope == pytest.approx(2, abs=0.02)
    assert 10**exact.truncation.level == pytest.approx(0.5, rel=0.1)
    assert exact.rounding is not None and exact.rounding.slope == pytest.approx(-1, abs=0.02)


def test_there_is_no_branch_through_too_few_points_or_through_kinks() -> None:
    errors = 1e-16 / STEPS + 0.5 * STEPS**2
    assert Curve(errors, np.array([1e-6])).truncation is None  # crossed from the start
    falling = Curve(1e-13 / STEPS, np.array([np.inf]))
    assert falling.truncation is None and falling.rounding is not None
    assert Curve(np.zeros(len(STEPS)), np.array([np.inf])).rounding is None


# ---- the learner's function ----


def test_one_sided_differences_of_a_square() -> None:
    x = np.array([[1.0, -2.0]])
    slopes = one_sided_gradient(lambda x: float((x**2).sum()), x, 0.5)
    np.testing.assert_allclose(slopes, [[2.5, -3.5]])  # 2 x + h
    np.testing.assert_array_equal(x, [[1.0, -2.0]])


def test_the_central_curve_is_that_of_the_function_handed_over() -> None:
    now = curve(problem("sigmoid", "float64", 8), "central", one_sided_gradient)
    assert now.truncation is not None and now.truncation.slope == pytest.approx(1, abs=0.03)


def test_an_error_in_it_is_one_sentence_with_its_name_and_line() -> None:
    def my_gradient(f, x, h=1e-5):  # type: ignore[no-untyped-def]
        return f(x, x)

    p = problem("ReLU", "float64", 1)
    with pytest.raises(LearnerError, match=r"^Your my_gradient stopped at its line 'return f\(x, x\)': TypeError"):
        curve(p, "central", my_gradient)
    with pytest.raises(LearnerError, match=r"^Your .* should return an array of shape \(3, 4\) here"):
        curve(p, "central", lambda f, x, h: f(x))
    curve(p, "one-sided", my_gradient)  # not asked
