"""The situations of "predict the sign": of each kind as promised, answered by the loss itself, with true reasons."""

from __future__ import annotations

import re
from typing import get_args

import numpy as np
import pytest

from course_lib.explorers.gradient_sign import (
    MOVE,
    Kind,
    Network,
    Situation,
    reveal,
    rounds,
    situation,
    why,
)
from course_lib.explorers.shell import LearnerError
from course_lib.nn import functional

KINDS: tuple[Kind, ...] = get_args(Kind)
MANY = [(kind, seed) for kind in KINDS for seed in range(6)]


def drawn(kind: Kind, seed: int = 0) -> Situation:
    return situation(kind, rng=np.random.default_rng(seed))


@pytest.mark.parametrize(("kind", "seed"), MANY)
def test_a_situation_is_of_its_kind_and_plain(kind: Kind, seed: int) -> None:
    now = drawn(kind, seed)
    Z1 = now.x @ now.params["W1"] + now.params["b1"]
    closed = kind in ("from a closed unit", "into a closed unit")
    assert (Z1[now.unit] < -0.6) == closed and (Z1[now.unit] > 0.6) != closed
    assert now.name == {"bias": "b1", "positive input": "W1", "negative input": "W1", "into a closed unit": "W1"}.get(
        kind, "W2"
    )
    if kind == "to the right class":
        assert now.place[1] == now.y
    if kind == "to the wrong class":
        assert now.place[1] != now.y
    if kind in ("positive input", "negative input"):
        assert (now.x[now.place[0]] > 0) == (kind == "positive input")
    assert all((4 * value == np.round(4 * value)).all() for value in (*now.params.values(), now.x))


@pytest.mark.parametrize(("kind", "seed"), MANY)
def test_the_answer_is_what_the_loss_does(kind: Kind, seed: int) -> None:
    now = drawn(kind, seed)
    found = reveal(now, Network())
    X, y = now.x[None], np.array([now.y])
    losses = []
    for by in (0, MOVE, 1e-5, -1e-5):
        params = {name: value.copy() for name, value in now.params.items()}
        params[now.name][now.place] += by
        losses.append(functional.cross_entropy(functional.mlp_forward(X, params)[0], y))
    assert (found.before, found.after) == pytest.approx((losses[0], losses[1]))
    assert found.gradient == pytest.approx((losses[2] - losses[3]) / 2e-5, abs=1e-8)
    assert found.answer == ("up" if losses[1] > losses[0] else "down" if losses[1] < losses[0] else "same")


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_that_fix_the_answer(kind: Kind) -> None:
    answers = {reveal(drawn(kind, seed), Network()).answer for seed in range(30)}
    fixed = {"to the right class": {"down"}, "to the wrong class": {"up"}, "from a closed unit": {"same"},
             "into a closed unit": {"same"}}  # fmt: skip
    assert answers == fixed.get(kind, {"up", "down"})


@pytest.mark.parametrize(("kind", "seed"), MANY)
def test_the_calculations_in_the_reason_come_out(kind: Kind, seed: int) -> None:
    now = drawn(kind, seed)
    text = why(now)
    assert text.count("×") >= 1 or kind == "into a closed unit"
    for calculation, result in re.findall(r"= ([−\d.()+ ]+×[−\d.()+× ]+) = (−?[\d.]+\d|0)", text):
        value = eval(calculation.replace("×", "*").replace("−", "-"))
        assert value == pytest.approx(float(result.replace("−", "-")), abs=0.02), text
    assert text.count("closed") >= 1 if "closed" in kind else "open" in text
    if kind not in ("bias", "into a closed unit"):
        assert f"d{now.label} = " in text


def test_all_kinds_once_the_output_layer_first() -> None:
    asked = rounds(rng=np.random.default_rng(0))
    assert sorted(now.kind for now in asked) == sorted(KINDS)
    assert [now.name == "W2" for now in asked] == [True] * 3 + [False] * 4
    assert [now.kind for now in rounds(rng=np.random.default_rng(1))] != [now.kind for now in asked]


def test_moving_the_weight_leaves_the_situation_as_it_was() -> None:
    now = drawn("bias")
    before = now.weight
    assert now.moved(0.5)["b1"][now.place] == before + 0.5
    assert now.weight == before and now.moved(0.5)["W1"] is now.params["W1"]


def test_a_gradient_that_contradicts_the_loss_is_told() -> None:
    def mlp_backward(dlogits, params, cache):  # type: ignore[no-untyped-def]
        return {name: -grad for name, grad in functional.mlp_backward(dlogits, params, cache).items()}

    with pytest.raises(LearnerError, match=r"^Your mlp_backward returned .* the loss goes from"):
        reveal(drawn("positive input"), Network(mlp_backward=mlp_backward))


def test_a_gradient_that_is_missing_is_told() -> None:
    def mlp_backward(dlogits, params, cache):  # type: ignore[no-untyped-def]
        return {}

    with pytest.raises(LearnerError, match=r"^Your mlp_backward stopped: KeyError: 'b1'"):
        reveal(drawn("bias"), Network(mlp_backward=mlp_backward))
