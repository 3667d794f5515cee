"""The line-up of the bug hunt: what is called correct is, what is called broken is, and only where it says so."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from course_lib.bugs import suspect
from course_lib.bugs.lineup import LINEUP
from course_lib.bugs.networks import MLP
from course_lib.nn import functional
from course_lib.nn.gradient_check import gradient_check, numerical_gradient

SUSPECTS = list(LINEUP.values())
CORRECT = [each for each in SUSPECTS if each.is_correct]
BROKEN = [each for each in SUSPECTS if not each.is_correct]
by_name = pytest.mark.parametrize("each", SUSPECTS, ids=lambda each: each.name)

# Which inputs show a broken one: the situations, and the parameters whose gradient is wrong there.
SHOWN = {
    "sign_flipped": {
        "a batch of one image": "W b",
        "a batch of five images": "W b",
        "as many images as features": "W b",
    },
    "product_without_transpose": {"as many images as features": "W"},
    "mean_missing": {"a batch of five images": "W b", "as many images as features": "W b"},
    "softmax_over_everything": {"a batch of five images": "W b", "as many images as features": "W b"},
    "adds_to_old_gradients": {"arrays that hold the gradients of the batch before": "W b"},
    "mask_from_output": {
        "a batch of five images": "W1 b1",
        "a unit that never fires": "W1 b1",
        "as many images as hidden units": "W1 b1",
    },
    "mask_from_input": {
        "a batch of five images": "W1 b1",
        "a unit that never fires": "W1 b1",
        "as many images as hidden units": "W1 b1",
    },
    "dead_units_revived": {"a unit that never fires": "W1 b1"},
    "squeezed": {"a batch of one image": "b1"},
    "bias_over_the_units": {"as many images as hidden units": "b1"},
    "bias_forgotten": {
        "a batch of one image": "b2",
        "a batch of five images": "b2",
        "every unit firing on every image": "b2",
        "a unit that never fires": "b2",
        "as many images as hidden units": "b2",
    },
    "mean_taken_twice": {
        "a batch of five images": "b1 b2",
        "every unit firing on every image": "b1 b2",
        "a unit that never fires": "b1 b2",
        "as many images as hidden units": "b1 b2",
    },
    "slope_of_the_wrong_array": {"a batch of one image": "W1 b1", "a batch of five images": "W1 b1"},
    "writes_into_what_it_was_handed": {"a batch of five images": "W1 b1"},
    "norm_without_its_square": {
        "biases of 0, as at the start of training": "W1 W2",
        "biases that are not 0": "W1 W2",
    },
    "factor_of_the_square_kept": {
        "biases of 0, as at the start of training": "W1 W2",
        "biases that are not 0": "W1 W2",
    },
    "biases_decayed_too": {"biases that are not 0": "b1 b2"},
    "decay_forgotten_in_one_layer": {
        "biases of 0, as at the start of training": "W2",
        "biases that are not 0": "W2",
    },
    "scale_missing_on_the_way_back": {"keep = 0.5, where half of the units are dropped": "W1 b1"},
    "mask_drawn_again": {"keep = 0.5, where half of the units are dropped": "W1 b1"},
    "eps_forgotten": {"one hidden unit that hardly varies from image to image": "W1"},
}


def reports(each):
    """situation -> errors, from the course's own gradient check."""
    cases = zip(each.situations, each.cases(), strict=True)
    return {situation.name: gradient_check(*case) for situation, case in cases}


def test_there_are_enough_of_both_kinds():
    assert len(CORRECT) == 7 and len(BROKEN) == 21
    assert {each.name for each in BROKEN} == set(SHOWN)


@pytest.mark.parametrize("each", CORRECT, ids=lambda each: each.name)
def test_a_correct_one_is_acquitted_at_1e_7_everywhere(each):
    assert max(error for errors in reports(each).values() for error in errors.values()) < 1e-7


@pytest.mark.parametrize("each", BROKEN, ids=lambda each: each.name)
def test_a_broken_one_is_broken_exactly_where_it_should_be(each):
    found = {
        situation: " ".join(name for name, error in errors.items() if error > 1e-5)
        for situation, errors in reports(each).items()
    }
    assert {situation: names for situation, names in found.items() if names} == SHOWN[each.name]


@pytest.mark.parametrize("each", BROKEN, ids=lambda each: each.name)
def test_what_is_right_in_a_broken_one_is_clearly_right(each):
    """Nothing lies between: an honest checker never has to hesitate, except at the one that is wrong by 6e-5."""
    errors = [error for errors in reports(each).values() for error in errors.values()]
    assert all(error < 1e-6 or error > 0.1 for error in errors) or each.name == "eps_forgotten"


@pytest.mark.parametrize("each", SUSPECTS, ids=lambda each: each.name)
def test_no_kink_is_within_reach_and_no_gradient_is_drowned_by_rounding(each):
    """Steps a hundred times apart agree; every numerical gradient is exactly 0 or far above rounding."""
    for loss, params, _ in each.cases():
        for name in params:
            fine, coarse = slopes(loss, params, name, 1e-6), slopes(loss, params, name, 1e-4)
            np.testing.assert_allclose(fine, coarse, rtol=1e-5, atol=0)
            assert np.abs(fine[fine != 0]).min() > 1e-3


def slopes(loss, params, name, h):
    return numerical_gradient(lambda moved: loss({**params, name: moved}), params[name], h)


def test_only_the_last_unit_never_fires():
    (situation,) = [each for each in MLP.situations if each.name == "a unit that never fires"]
    Z1 = situation.inputs["X"] @ situation.params["W1"] + situation.params["b1"]
    assert [bool(column.any()) for column in (Z1 > 0).T] == [True, True, True, False]


@by_name
def test_gradients_have_the_shapes_of_the_parameters_and_are_float64(each):
    for _, params, grads in each.cases():
        assert {name: array.shape for name, array in grads.items()} == {
            name: array.shape for name, array in params.items()
        }
        assert {array.dtype for array in grads.values()} == {np.dtype(np.float64)}


@by_name
def test_a_suspect_leaves_no_trace_for_the_next_one(each):
    first, second = reports(each), reports(each)
    assert first == second


@by_name
def test_texts_are_sentences(each):
    for text in [each.says] if each.is_correct else [each.says, each.shown_by]:
        assert text.endswith(".") and "  " not in text
        assert text.count("`") % 2 == 0


@by_name
def test_the_source_that_is_shown_gives_the_same_gradients_and_gives_nothing_away(each):
    shown = each.source()
    namespace = {**vars(functional), "np": np, "zip": zip}
    exec(shown, namespace)
    for situation, (_, _, grads) in zip(each.situations, each.cases(), strict=True):
        params, inputs = copy.deepcopy((situation.params, situation.inputs))
        again = namespace["backprop"](params, **inputs)
        for name, gradient in grads.items():
            np.testing.assert_array_equal(again[name], gradient)
    assert each.name not in shown and '"""' not in shown and "Params" not in shown and "broken" not in shown


def test_suspects_are_shown_with_number_network_and_code():
    exhibit = suspect(7)
    assert repr(exhibit).startswith("Suspect 7: ")
    assert "def backprop(params, X, y" in repr(exhibit) and "def loss(params, X, y" in repr(exhibit)
    assert "```python\ndef loss" in exhibit._repr_markdown_()


@pytest.mark.parametrize("number", [0, 29, "squeezed", None])
def test_another_number_is_refused_with_the_ones_there_are(number):
    with pytest.raises(LookupError, match="1 to 28"):
        suspect(number)


def test_the_order_is_mixed():
    verdicts = [each.is_correct for each in SUSPECTS]
    assert sum(a != b for a, b in zip(verdicts, verdicts[1:], strict=False)) >= 8
