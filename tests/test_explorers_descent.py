"""The way down the valley: what theory says of it, by any step function, and what is said of a wrong one."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.explorers.descent import BOTTOM, CURVATURES, LIMIT, START, STEPS, Path, descend, loss
from course_lib.explorers.shell import LearnerError
from course_lib.nn.gradient_check import numerical_gradient
from course_lib.nn.optimizers import momentum_step, sgd_step


def path(lr: float, mu: float = 0.0, noise: float = 0.0) -> Path:
    return descend(lr, mu, noise, sgd_step=sgd_step, momentum_step=momentum_step)


def test_the_gradient_is_that_of_the_loss() -> None:
    assert np.allclose(CURVATURES * START, numerical_gradient(loss, START), atol=1e-8)


def test_each_coordinate_shrinks_by_one_minus_lr_times_curvature() -> None:
    t = np.arange(STEPS + 1)[:, None]
    assert np.allclose(path(0.13).w, START * (1 - 0.13 * CURVATURES) ** t)


def test_momentum_obeys_its_recurrence() -> None:
    w = path(0.1, mu=0.7).w
    assert np.allclose(w[2:] - w[1:-1], 0.7 * (w[1:-1] - w[:-2]) - 0.1 * CURVATURES * w[1:-1])


def test_two_over_the_largest_curvature_is_the_limit() -> None:
    assert LIMIT == pytest.approx(0.2)
    assert not path(0.198).diverges and path(0.202).diverges


@pytest.mark.parametrize("mu", [0.3, 0.6, 0.9])
def test_with_momentum_the_limit_is_higher_by_one_plus_mu(mu: float) -> None:
    assert not path(0.98 * LIMIT * (1 + mu), mu).diverges
    assert path(1.02 * LIMIT * (1 + mu), mu).diverges


def test_arrival_is_the_step_from_which_the_loss_stays_low() -> None:
    for now in (path(0.195), path(0.05, mu=0.9)):
        assert now.arrival is not None
        assert (now.losses[now.arrival :] < BOTTOM * now.losses[0]).all()
        assert now.losses[now.arrival - 1] >= BOTTOM * now.losses[0]
    assert path(0.05).arrival is None


def test_no_learning_rate_is_quicker_than_42_steps_without_momentum_and_twenty_are_enough_with_it() -> None:
    rates = np.arange(0.005, 0.401, 0.005)
    assert min(path(lr).arrival or STEPS for lr in rates) == 42
    quick = {mu: sum((path(lr, mu).arrival or STEPS) <= 20 for lr in rates) for mu in (0.3, 0.5, 0.7, 0.95)}
    assert quick[0.5] > 5 and quick[0.7] > 5 and quick[0.95] == 0


def test_noise_is_the_same_each_time_and_smaller_steps_wander_less() -> None:
    assert np.array_equal(path(0.1, noise=1).w, path(0.1, noise=1).w)
    near = [path(lr, mu=0.5, noise=3).wandering for lr in (0.05, 0.1, 0.2)]
    assert near[1] < near[2]
    assert path(0.1, mu=0.5, noise=2).wandering > 1.5 * path(0.1, mu=0.5).wandering


def test_the_start_is_not_changed() -> None:
    path(0.2)
    assert START.tolist() == [-8, 2]


def test_a_run_that_overflows_diverges() -> None:
    def explode(params: dict[str, np.ndarray], grads: dict[str, np.ndarray], lr: float) -> None:
        params["W1"] *= -1e200

    now = descend(0.1, 0, 0, sgd_step=explode, momentum_step=momentum_step)
    assert now.diverges and now.arrival is None


# ---- the learner's functions ---------------------------------------------------------------------


def on_a_copy(params: dict[str, np.ndarray], grads: dict[str, np.ndarray], lr: float) -> None:
    w = params["W1"].copy()
    w -= lr * grads["W1"]


def misspelt(params: dict[str, np.ndarray], grads: dict[str, np.ndarray], lr: float) -> None:
    params["W1"] -= lr * grad["W1"]  # type: ignore[name-defined]  # noqa: F821


def to_a_number(params: dict[str, np.ndarray], grads: dict[str, np.ndarray], lr: float) -> None:
    params["W1"] = (params["W1"] - lr * grads["W1"]).sum()


@pytest.mark.parametrize(
    ("step", "sentence"),
    [(on_a_copy, "Your on_a_copy left params as they were"), (misspelt, "Your misspelt stopped at its line"),
     (to_a_number, "Your to_a_number should leave .*with the shape")],
)  # fmt: skip
def test_a_wrong_step_gets_one_sentence(step: object, sentence: str) -> None:
    with pytest.raises(LearnerError, match=sentence):
        descend(0.1, 0, 0, sgd_step=step, momentum_step=momentum_step)  # type: ignore[arg-type]
    assert descend(0.1, 0.5, 0, sgd_step=step, momentum_step=momentum_step).arrival  # type: ignore[arg-type]


def test_putting_a_new_array_into_params_is_as_good() -> None:
    def rebind(params: dict[str, np.ndarray], grads: dict[str, np.ndarray], lr: float) -> None:
        params["W1"] = params["W1"] - lr * grads["W1"]

    assert np.allclose(descend(0.1, 0, 0, sgd_step=rebind, momentum_step=momentum_step).w, path(0.1).w)
