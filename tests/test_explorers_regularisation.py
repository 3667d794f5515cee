"""The strength of L2: training is what it says, the networks do what the mission tells, and it asks first."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from course_lib import explorers
from course_lib.data import load
from course_lib.explorers import regularisation
from course_lib.explorers.regularisation import (
    LAMS,
    LARGER,
    SAME,
    SMALLER,
    BestAndNoGap,
    Trained,
    View,
    WeightDecay,
    gradients_by,
    hundred_images,
    train,
)
from course_lib.explorers.shell import LearnerError
from course_lib.nn.functional import l2_gradient

Params = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def explorer() -> WeightDecay:
    made = explorers.weight_decay()
    made.question.value = LARGER
    return made


# ---- images and training ----


def test_ten_of_the_hundred_labels_are_wrong_and_validation_images_are_others() -> None:
    digits = load("digits")
    images = hundred_images(digits)
    assert len(images.X) == 100 and len(images.X_val) == 400
    assert np.array_equal(np.flatnonzero(images.y != images.y_true), np.sort(images.wrong)) and len(images.wrong) == 10
    assert not (images.X_val[:, None] == images.X).all(axis=2).any()
    assert images.y.min() >= 0 and images.y.max() <= 9


def test_without_gradients_of_the_images_the_weights_decay_by_the_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regularisation, "EPOCHS", 3)
    images = hundred_images(load("digits"))

    def only_the_penalty(params: Params, grads: Params, lam: float) -> Params:
        return {name: lam * p if name[0] == "W" else 0 * p for name, p in params.items()}

    start, after = (train(images, lam, only_the_penalty) for lam in (0.0, 0.2))
    np.testing.assert_allclose(after["W1"], 0.9**3 * start["W1"])  # lr is 0.5
    np.testing.assert_allclose(after["b1"], start["b1"])


def test_the_networks_are_what_the_mission_says(explorer: WeightDecay) -> None:
    networks = explorer.networks
    assert [network.lam for network in networks] == list(LAMS)
    plain, crushed = networks[0], networks[-1]
    assert plain.train_accuracy == 1 and plain.by_heart == 10  # by heart, even what is false
    best = min(networks, key=lambda network: network.val_loss)
    assert 0 < best.lam < 0.05 and best.val_accuracy > plain.val_accuracy
    assert np.all(np.diff([network.gap for network in networks]) < 0)  # the gap says: the more the better
    assert crushed.train_accuracy < 0.3 and crushed.gap < 0.1
    spreads = [network.W1.std() for network in networks]
    assert spreads[0] > 2 * spreads[LAMS.index(0.03)] > 4 * spreads[-1]


def test_pixels_without_ink_keep_their_first_weights_without_l2(explorer: WeightDecay) -> None:
    empty = np.all(explorer.images.X == 0, axis=0)
    assert empty.sum() > 3
    edge = [np.abs(network.W1[empty]).max() for network in explorer.networks]
    assert edge[0] > 0.3 and edge[LAMS.index(0.05)] < 1e-3


# ---- the learner's function ----


def tiny() -> tuple[Params, Params]:
    params = {"W1": np.array([[1.0, 2.0]]), "b1": np.array([3.0])}
    return params, {name: 10 * p for name, p in params.items()}


def test_the_learners_gradients_come_back_in_their_shapes_and_order_does_not_matter() -> None:
    params, grads = tiny()

    def the_other_way_round(params: Params, grads: Params, lam: float) -> Params:
        return {"b1": grads["b1"], "W1": grads["W1"] + lam * params["W1"]}

    new = gradients_by(the_other_way_round, params, grads, 0.5)
    assert new["W1"].tolist() == [[10.5, 21.0]] and new["b1"].tolist() == [30.0]


def test_an_error_is_told_with_the_learners_line() -> None:
    def misspelt(params: Params, grads: Params, lam: float) -> Params:
        return {name: g + lam * parms[name] for name, g in grads.items()}  # noqa: F821

    params, grads = tiny()
    with pytest.raises(LearnerError, match=r"Your misspelt stopped at its line .*parms.*NameError"):
        gradients_by(misspelt, params, grads, 0.5)


def test_a_function_that_is_not_written_leaves_a_picture_and_a_sentence() -> None:
    def l2_gradient(params: Params, grads: Params, lam: float) -> Params:
        raise NotImplementedError

    explorer = explorers.weight_decay(l2_gradient)
    assert "Your l2_gradient is not written yet" in explorer.remark.value
    assert explorer.picture.file


def test_it_runs_the_learners_function() -> None:
    calls = []

    def mine(params: Params, grads: Params, lam: float) -> Params:
        calls.append(lam)
        return l2_gradient(params, grads, lam)

    explorers.weight_decay(mine)
    assert set(calls) == set(LAMS)


# ---- the mission ----

W1 = np.zeros((64, 64))


def view(at: int, *, seen: frozenset[int] = frozenset({0, 1})) -> View:
    """Four networks, of which number 1 is the best and number 3 has no gap."""
    losses = [(0.0, 0.8), (0.2, 0.5), (0.45, 0.6), (1.9, 1.95)]
    networks = [Trained(lam, *pair, 0.62, 0.6, 3, W1) for lam, pair in zip((0, 0.01, 0.02, 0.3), losses, strict=True)]
    return View(networks, seen, at)


def test_nothing_counts_before_the_prediction() -> None:
    mission = BestAndNoGap()
    assert mission.see(view(1)) == BestAndNoGap.line
    assert not mission.see(view(3)).done


@pytest.mark.parametrize(
    ("answer", "words"),
    [(LARGER, "as you predicted"), (SMALLER, "you predicted at a smaller lam"), (SAME, "at the same lam")],
)
def test_first_the_best_then_no_gap_and_what_that_is_worth(answer: str, words: str) -> None:
    mission = BestAndNoGap()
    mission.line = mission.predict(answer)
    assert "lowest validation loss" in mission.line.text
    assert "second half" not in mission.see(view(3)).text  # no gap, but the best is not found yet
    mission.line = mission.see(view(1))
    assert "second half" in mission.line.text and "0.50" in mission.line.remark
    done = mission.see(view(3))
    assert done.done and words in done.text
    assert "1.95" in done.text and "0.50" in done.text and "62%" in done.text and "under-fitting" in done.text


def test_near_misses_are_explained() -> None:
    mission = BestAndNoGap()
    mission.line = mission.predict(SAME)
    assert "0.60 here, and 0.50 is possible. Try a smaller lam." in mission.see(view(2)).remark
    mission.line = mission.see(view(1))
    assert "gap is 0.15" in mission.see(view(2)).remark


def test_the_start_gives_no_hint() -> None:
    mission = BestAndNoGap()
    mission.line = mission.predict(SAME)
    start = dataclasses.replace(view(0), seen=frozenset({0}))
    assert mission.see(start).remark == ""


def test_the_slider_reaches_the_goal_and_leaves_its_trail() -> None:
    explorer = explorers.weight_decay()
    assert explorer.controls["at"].disabled
    explorer.question.value = LARGER
    for at in range(1, len(LAMS) - 1):
        explorer.controls["at"].value = at
    assert "Done" in explorer.mission_line.value
    assert explorer.seen == frozenset(range(len(LAMS) - 1))
    assert "lam = 0.2" in explorer.picture.tooltip
