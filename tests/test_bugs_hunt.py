"""The board of the bug hunt, with gradient checkers as learners write them: right ones, faulty ones, and accidents."""

from __future__ import annotations

import copy
import sys
import time

import numpy as np
import pytest

from course_lib.bugs import board, flaws, hunt
from course_lib.bugs.lineup import LINEUP
from course_lib.checkpoints import sandbox
from course_lib.checkpoints.learner import rebuild
from course_lib.nn.gradient_check import gradient_check as reference
from course_lib.nn.gradient_check import numerical_gradient

BROKEN = {number for number, each in LINEUP.items() if not each.is_correct}
CORRECT = set(LINEUP) - BROKEN


def number_of(name):
    return next(number for number, each in LINEUP.items() if each.name == name)


# ---- the parts that checkers are made of ----------------------------------------------------------------------------


def central(loss, params, name, h=1e-5):
    """In place, and put back: how most people write it."""
    array = params[name]
    slopes = np.zeros_like(array)
    for i in np.ndindex(array.shape):
        kept = array[i]
        array[i] = kept + h
        above = loss(params)
        array[i] = kept - h
        below = loss(params)
        array[i] = kept
        slopes[i] = (above - below) / (2 * h)
    return slopes


def relative(a, b):
    return np.max(np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8))


def checker(slopes=central, error=relative):
    def gradient_check(loss, params, grads, h=1e-5):
        return {name: error(grads[name], slopes(loss, params, name)) for name in params}

    return gradient_check


# ---- right ones -----------------------------------------------------------------------------------------------------


def with_copies(loss, params, name, h=1e-5):
    slopes = np.empty(params[name].shape)
    for i in np.ndindex(slopes.shape):
        up, down = copy.deepcopy(params), copy.deepcopy(params)
        up[name][i] += h
        down[name][i] -= h
        slopes[i] = (loss(up) - loss(down)) / (2 * h)
    return slopes


def back_by_subtraction(loss, params, name, h=1e-5):
    """The parameters come back only up to rounding."""
    flat = params[name].reshape(-1)
    slopes = []
    for i in range(flat.size):
        flat[i] += h
        above = loss(params)
        flat[i] -= 2 * h
        below = loss(params)
        flat[i] += h
        slopes.append((above - below) / 2 / h)
    return np.array(slopes).reshape(params[name].shape)


def in_own_dict(loss, params, name, h=1e-5):
    own = {key: array.copy() for key, array in params.items()}
    return central(loss, own, name, h)


def by_functions(loss, params, grads):
    functions = {name: (lambda p, name=name: loss({**params, name: p, "extra": None})) for name in params}
    return {name: relative(numerical_gradient(f, params[name]), grads[name]) for name, f in functions.items()}


def along_unit_vectors(loss, params, name, h=1e-5):
    p = params[name]
    steps = h * np.eye(p.size).reshape(-1, *p.shape)
    differences = [loss(params | {name: p + step}) - loss(params | {name: p - step}) for step in steps]
    return np.reshape(differences, p.shape) / (2 * h)


def by_python(a, b):
    return max(abs(x - y) / max(abs(x), abs(y), 1e-8) for x, y in zip(a.ravel(), b.ravel(), strict=True))


def with_sum_below(a, b):
    return (np.abs(a - b) / (np.abs(a) + np.abs(b) + 1e-12)).max()


def with_another_step(h):
    return lambda loss, params, name: central(loss, params, name, h)


RIGHT = {
    "the course's": reference,
    "in place": checker(),
    "with copies": checker(with_copies),
    "back by subtraction": checker(back_by_subtraction),
    "in plain Python": checker(error=by_python),
    "sum in the denominator": checker(error=with_sum_below),
    "an array for a number": checker(error=lambda a, b: np.array(relative(a, b))),
    "h = 1e-4": checker(with_another_step(1e-4)),
    "h = 1e-6": checker(with_another_step(1e-6)),
    "a dict of its own": checker(lambda loss, params, name: in_own_dict(loss, params, name)),
    "functions made beforehand": lambda loss, params, grads: by_functions(loss, params, grads),
    "along the unit vectors": checker(lambda loss, params, name: along_unit_vectors(loss, params, name)),
    "more keys than wanted": lambda loss, params, grads: reference(loss, params, grads) | {"all": 3.0},
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_checker_completes_the_hunt(name):
    found = hunt(RIGHT[name])
    assert found.complete and found.missed == () and found.wrongly_condemned == () and found.flaw == ""
    assert {each.number for each in found.findings if each.condemned} == BROKEN
    assert "All 28 suspects are judged rightly." in found.text
    assert "condemned the 21 broken ones and acquitted the 7 correct ones" in found.text


def test_the_complete_board_reveals_every_suspect_and_states_the_rule():
    text = hunt(reference).text
    assert "relative error above 1e-5" in text
    for number, each in LINEUP.items():
        verdict = "correct" if each.is_correct else "broken"
        assert f"Suspect {number}, {verdict}. {each.says}" in text


def test_the_answers_are_folded_away_under_the_table():
    found = hunt(reference)
    assert "Suspect 1" not in found.card.message
    page = found._repr_html_()
    table, folded = page.index("largest error"), page.index("<details>")
    assert table < folded < page.index("Suspect 1, ") and page.index("</details>") > page.index("Suspect 28, ")
    assert "What there is to find in the 28 suspects</summary>" in page


def test_a_hunt_is_quick():
    seconds = []
    for _ in range(3):  # the best of three, on a machine that may be busy with other things
        start = time.perf_counter()
        hunt(checker())
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 3


def test_a_hunt_says_the_same_every_time_and_changes_nothing():
    first = hunt(checker())
    assert hunt(checker()).card == first.card == hunt(reference).card
    assert first._repr_html_() == first.card._repr_html_() and repr(first) == f"[bug hunt: complete] {first.text}"


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
def test_it_works_without_forking_too(monkeypatch):
    expected = hunt(checker()).card
    monkeypatch.setattr(sandbox, "CAN_FORK", False)
    assert hunt(checker()).card == expected


# ---- faulty ones: each named, and never for another reason ----------------------------------------------------------


def one_sided(loss, params, name, h=1e-5):
    array = params[name]
    slopes, here = np.zeros_like(array), loss(params)
    for i in np.ndindex(array.shape):
        kept = array[i]
        array[i] = kept + h
        slopes[i] = (loss(params) - here) / h
        array[i] = kept
    return slopes


def not_put_back(loss, params, name, h=1e-5):
    array = params[name]
    slopes = np.zeros_like(array)
    for i in np.ndindex(array.shape):
        array[i] += h
        above = loss(params)
        array[i] -= 2 * h
        slopes[i] = (above - loss(params)) / (2 * h)
    return slopes


def in_a_dict(changed):
    """Central differences of the loss of `changed(params, name, p)`."""

    def slopes(loss, params, name):
        return numerical_gradient(lambda p: loss(changed(params, name, p)), params[name])

    return slopes


def in_two_shallow_copies(loss, params, name, h=1e-5):
    slopes = np.zeros(params[name].shape)
    for i in np.ndindex(slopes.shape):
        up, down = params.copy(), params.copy()
        up[name][i] += h
        down[name][i] -= h
        slopes[i] = (loss(up) - loss(down)) / (2 * h)
    return slopes


def in_float32(loss, params, name, h=1e-5):
    params = {key: array.astype(np.float32) for key, array in params.items()}
    return central(lambda p: np.float32(loss(p)), params, name, np.float32(h))


def first_parameter_only(loss, params, grads):
    for name in params:
        return dict.fromkeys(params, relative(grads[name], central(loss, params, name)))


def last_parameter_only(loss, params, grads):
    for name in params:
        error = relative(grads[name], central(loss, params, name))
    return dict.fromkeys(params, error)


def first_column_only(a, b):
    return relative(a[..., 0], b[..., 0])


def mean_error(a, b):
    return np.mean(np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8))


def without_floor(a, b):
    with np.errstate(invalid="ignore"):
        return np.max(np.abs(a - b) / np.maximum(np.abs(a), np.abs(b)))


def without_abs(a, b):
    return np.max((a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8))


def norm_of_difference(a, b):
    return np.linalg.norm(a - b) / max(np.linalg.norm(a), np.linalg.norm(b), 1e-8)


def of_norms(a, b):
    return abs(np.linalg.norm(a) - np.linalg.norm(b)) / max(np.linalg.norm(a), np.linalg.norm(b), 1e-8)


FAULTY = {
    "always small": [
        lambda loss, params, grads: dict.fromkeys(params, 0.0),
        checker(error=lambda a, b: 1e-9 * relative(a, b)),
        lambda loss, params, grads: {name: relative(grads[name], grads[name]) for name in params},
    ],
    "parameters not restored": [checker(not_put_back)],
    "numerical gradient of 0": [
        checker(in_a_dict(lambda params, name, p: {**params, "name": p})),
        checker(in_a_dict(lambda params, name, p: params)),
        checker(in_two_shallow_copies),
    ],
    "factor 2 in the difference": [
        checker(lambda *arguments: 2 * central(*arguments)),
        checker(lambda *arguments: one_sided(*arguments) / 2),
    ],
    "sign of the difference": [checker(lambda *arguments: -central(*arguments))],
    "one-sided difference": [checker(one_sided)],
    "numerical gradient not exact enough": [
        checker(in_float32),
        checker(with_another_step(1e-12)),
        checker(with_another_step(0.1)),
    ],
    "absolute value missing": [checker(error=without_abs), checker(error=lambda a, b: without_abs(b, a))],
    "sign not compared": [checker(error=lambda a, b: relative(np.abs(a), np.abs(b)))],
    "only the size compared": [checker(error=lambda a, b: relative(a.sum(), b.sum()))],
    "only one parameter": [first_parameter_only, last_parameter_only],
    "only some elements": [
        checker(error=first_column_only),
        checker(error=lambda a, b: relative(a.flat[0], b.flat[0])),
        checker(error=lambda a, b: relative(a[..., :-1], b[..., :-1])),
    ],
    "absolute error": [checker(error=lambda a, b: np.max(np.abs(a - b)))],
    "0 divided by 0": [checker(error=without_floor)],
    "mean instead of maximum": [checker(error=mean_error), checker(error=norm_of_difference)],
}
EVERY_FAULTY = [pytest.param(name, each, id=f"{name}-{i}") for name in FAULTY for i, each in enumerate(FAULTY[name])]


def test_every_flaw_of_the_list_is_tried():
    assert list(FAULTY) == [flaw.name for flaw in flaws.FLAWS]


@pytest.mark.parametrize(("name", "faulty"), EVERY_FAULTY)
def test_a_faulty_checker_fails_and_its_fault_is_named(name, faulty):
    found = hunt(faulty)
    assert not found.complete
    assert found.flaw == name
    assert next(flaw.says for flaw in flaws.FLAWS if flaw.name == name) in found.card.message


def test_norms_are_told_as_a_wrong_sign_first():
    """Norms see neither signs nor places; the sign comes first."""
    assert hunt(checker(error=of_norms)).flaw == "sign not compared"


def test_a_flaw_that_does_no_harm_in_the_hunt_is_not_told():
    """Twice the mean has the pattern of a mean, but it condemns all broken suspects."""
    found = hunt(checker(error=lambda a, b: 2 * mean_error(a, b)))
    assert found.complete and found.flaw == ""


def test_what_is_missed_is_told_with_the_input_that_shows_it():
    found = hunt(first_parameter_only)
    squeezed = number_of("squeezed")
    assert found.missed == tuple(
        sorted(number_of(name) for name in ("squeezed", "bias_over_the_units", "bias_forgotten", "mean_taken_twice",
                                            "biases_decayed_too", "decay_forgotten_in_one_layer"))
    )
    assert f"Suspect {squeezed} is broken, and your checker acquitted it." in found.text
    assert "Only a batch of one image shows it" in found.text
    assert "in the situation “a batch of one image”" in found.text
    assert "a right checker reports 1.8 for `b1` there, and yours reports less than 1e-5" in found.text
    assert "It condemned 15 of the 21 broken ones and acquitted 7 of the 7 correct ones." in found.text


def test_only_an_error_of_one_unit_escapes_a_mean():
    found = hunt(checker(error=mean_error))
    assert found.missed == (number_of("eps_forgotten"),) and found.wrongly_condemned == ()
    assert "reports 5.6e-05 for `W1` there, and yours reports less than 1e-5" in found.text


def test_who_is_condemned_wrongly_is_told_with_the_number():
    found = hunt(checker(error=without_floor))
    innocent = number_of("greater_or_equal")
    assert found.wrongly_condemned == (innocent,) and found.missed == ()
    assert f"Suspect {innocent} is correct, and your checker condemned it." in found.text
    assert "In the situation “a unit that never fires” your checker reports nan for `W1`." in found.text


def test_many_misjudged_are_listed_and_three_are_told():
    found = hunt(lambda loss, params, grads: dict.fromkeys(params, 0.0))
    assert set(found.missed) == BROKEN
    assert found.text.count("is broken, and your checker acquitted it") == board.TOLD_IN_FULL
    for number in BROKEN:
        assert f"{number:7}   less than 1e-5    acquitted, but it is broken" in found.text
    listed = ", ".join(str(number) for number in found.missed[board.TOLD_IN_FULL :])
    assert f"Broken and acquitted too: {listed}." in found.text


def test_condemning_everyone_wrongs_the_correct_ones():
    found = hunt(lambda loss, params, grads: dict.fromkeys(params, float("inf")))
    assert set(found.wrongly_condemned) == CORRECT and found.missed == ()


def test_a_negative_error_is_shown_as_it_is():
    found = hunt(lambda loss, params, grads: dict.fromkeys(params, -1.0))
    assert set(found.missed) == BROKEN and "-1 " in found.text


# ---- accidents ------------------------------------------------------------------------------------------------------


def written(body, parameters="loss, params, grads, h=1e-5"):
    source = f"import numpy as np\ndef gradient_check({parameters}):\n" + "".join(f"    {line}\n" for line in body)
    return rebuild(source, "gradient_check")


def test_a_crash_is_told_with_the_learners_line():
    found = hunt(written(["errors = {}", "for name in params:", "    errors[name] = grads[nam]", "return errors"]))
    assert not found.complete and found.findings == ()
    assert found.card.kind == "crashed"
    assert "It stopped at line 4 of your `gradient_check`." in found.text
    assert "errors[name] = grads[nam]\nNameError: name 'nam' is not defined" in found.text
    assert "It was judging suspect 1, which has the parameters" in found.text and "Traceback" not in found.text


def test_a_name_that_only_some_networks_have_crashes_kindly():
    found = hunt(written(["return {'W1': 0.0, 'b1': 0.0, 'W2': 0.0, 'b2': loss(params) * params['W2'].size}"]))
    assert "KeyError: 'W2'" in found.text and "parameters `W` (3, 4), `b` (4,)" in found.text


def test_a_crash_in_a_helper_shows_both_lines():
    helper = "def slope(p):\n    return p.gradient\n"
    source = f"{helper}def gradient_check(loss, params, grads):\n    return slope(params)\n"
    text = hunt(rebuild(source, "gradient_check")).text
    assert "return slope(params)\n  in slope: return p.gradient\nAttributeError" in text


def test_calling_the_loss_with_an_array_says_what_it_wants():
    found = hunt(written(["return {name: loss(params[name]) for name in params}"]))
    assert "return {name: loss(params[name]) for name in params}" in found.text
    assert "loss wants the whole dict of parameters, but it was given an array of shape (2, 3)." in found.text


def test_an_endless_loop_is_stopped(monkeypatch):
    monkeypatch.setattr(sandbox, "LIMIT", 0.3)
    start = time.monotonic()
    found = hunt(written(["while True: pass"]))
    assert found.card.kind == "timed out" and "It did not come to an end." in found.text
    assert "judging suspect 1" in found.text and time.monotonic() - start < 3


@pytest.mark.skipif(not sandbox.CAN_FORK, reason="without fork, code that ends its process ends the tests")
def test_ending_the_process_is_told():
    assert "It ended the whole process." in hunt(written(["import os", "os._exit(0)"])).text


def test_a_stub_is_not_started():
    found = hunt(written(["raise NotImplementedError"]))
    assert found.card.kind == "not started" and "mine.gradient_check" in found.text


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (["pass"], "Is a `return` missing?"),
        (["return 0.0"], "your function returned a single number"),
        (["return {name: 0.0 for name in list(params)[:1]}"], "lacks the key"),
        (["return {name: np.zeros(2) for name in params}"], "yours is an array of shape (2,)"),
        (["return {name: True for name in params}"], "your function returned True or False"),
        (["return {name: np.bool_(True) for name in params}"], "your function returned True or False"),
        (["return {name: 'small' for name in params}"], "your function returned a string"),
    ],
)
def test_another_form_of_answer_is_told(body, sentence):
    found = hunt(written(body))
    assert found.card.kind == "wrong form" and not found.complete
    assert sentence in found.text


def test_other_parameters_are_told_with_the_right_ones():
    found = hunt(written(["return {}"], parameters="loss, params"))
    assert "It could not be called. The hunt calls `gradient_check(loss, params, grads)`" in found.text


def test_what_is_no_function_is_told():
    assert "The function itself is wanted" in hunt({"W": 1.0}).text
