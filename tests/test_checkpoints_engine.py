"""The stages of a check, one after another, with functions as learners write them."""

from __future__ import annotations

import os
import random
import sys
import time
import warnings

import numpy as np
import pytest

from course_lib.checkpoints import exercise as exercise_module
from course_lib.checkpoints import judge, sandbox
from course_lib.checkpoints.exercise import Exercise
from course_lib.checkpoints.learner import rebuild
from course_lib.checkpoints.values import MisfitError


def function(source: str, name: str):
    """The function `name` of a notebook cell with this source."""
    made = rebuild("import numpy as np\nimport math\n" + source, name)
    assert made is not None
    return made


BOTH_WAYS_OF_RUNNING = pytest.mark.parametrize("can_fork", [sys.platform == "linux", False])


def test_a_stub_is_not_started():
    stub = 'def softmax(Z):\n    """Doc."""\n    # Your code here.\n    raise NotImplementedError\n'
    verdict = judge(function(stub, "softmax"))
    assert verdict.status == "not started"
    assert verdict.text.startswith("Not started.")
    assert "hint(softmax)" in verdict.text


@pytest.mark.parametrize("body", ["pass", "...", '"""Doc."""'])
def test_an_empty_body_is_not_started(body):
    assert judge(function(f"def relu(Z):\n    {body}\n", "relu")).status == "not started"


def test_a_forgotten_raise_is_pointed_out():
    source = "def relu(Z):\n    A = np.maximum(Z, 0)\n    raise NotImplementedError\n"
    verdict = judge(function(source, "relu"))
    assert verdict.status == "not started"
    assert "still stands" in verdict.text


def test_a_crash_shows_the_learners_line_and_the_shapes():
    source = "def softmax(Z):\n    E = np.exp(Z)\n    return E / E.summ(axis=1)\n"
    verdict = judge(function(source, "softmax"))
    assert verdict.status == "crashed"
    assert "line 3 of your `softmax`" in verdict.text
    assert "return E / E.summ(axis=1)" in verdict.text
    assert "has no attribute 'summ'" in verdict.text
    assert "(1, 2), float64" in verdict.text
    assert "Traceback" not in verdict.text


def test_a_crash_inside_a_library_shows_the_learners_line():
    verdict = judge(function("def relu(Z):\n    return np.concatenate([Z, 3])\n", "relu"))
    assert "return np.concatenate([Z, 3])" in verdict.text


def test_a_helper_that_is_a_stub_is_named_as_the_reason():
    source = "def linear_forward(X, W, b):\n    raise NotImplementedError\ndef mlp_forward(X, params):\n    return linear_forward(X, params['W1'], params['b1'])\n"
    verdict = judge(function(source, "mlp_forward"))
    assert verdict.status == "crashed"
    assert "not written yet" in verdict.text


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("params = None; return params['W1']", "Something in this line is None."),
        ("params -= 0.1 * params", "Arithmetic works on arrays"),
        ("for name in params: name *= 0.5", "This is a string or a list"),
        ("for name in params: name -= X", "This is a string or a list"),
        ("return np.asarray((X, X[0]))", "Several arrays of different shapes"),
        ("return 2.0 ^ 3", "is not the power in Python"),
        ("return X[len(X) / 2]", "is a whole number"),
        ("return params['W1'] ^ 2", "is not the power in Python"),
        ("for name in params: name ** 2", "This is a string or a list"),
        ("return np.random.default_rng(0).rand(3)", "A generator has other names"),
    ],
)
def test_what_a_message_of_python_usually_means_is_said(body, says):
    verdict = judge(function(f"def mlp_forward(X, params):\n    {body}\n", "mlp_forward"))
    assert verdict.status == "crashed"
    assert says in verdict.text


def test_who_takes_math_for_imported_is_told_of_numpy():
    verdict = judge(rebuild("def relu(Z):\n    return math.fabs(Z)\n", "relu"))
    assert verdict.status == "crashed"
    assert "`math` is not imported here" in verdict.text


def test_another_signature_is_a_crash_that_names_the_right_one():
    verdict = judge(function("def linear_forward(X, W):\n    return X @ W\n", "linear_forward"))
    assert verdict.status == "crashed"
    assert "linear_forward(X, W, b)" in verdict.text


@pytest.mark.parametrize(
    "ending", ["raise SystemExit", "import os; os._exit(0)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]
)
@pytest.mark.skipif(not sandbox.CAN_FORK, reason="without fork, code that ends its process ends the tests")
def test_ending_the_process_is_a_crash_and_the_tests_live_on(ending):
    assert judge(function(f"def relu(Z):\n    {ending}\n", "relu")).status == "crashed"


@pytest.mark.parametrize(
    "loop",
    [
        "while True:\n        pass",
        "while True:\n        try:\n            while True: pass\n        except:\n            pass",
        "for i in iter(int, 1):\n        try: i += 1\n        except BaseException: pass",
    ],
)
@pytest.mark.skipif(not sandbox.CAN_FORK, reason="a loop that swallows everything ends only in a forked child")
def test_an_endless_loop_is_stopped(loop, monkeypatch):
    monkeypatch.setattr(sandbox, "LIMIT", 0.3)
    start = time.monotonic()
    verdict = judge(function(f"def relu(Z):\n    {loop}\n    return Z\n", "relu"))
    assert verdict.status == "timed out"
    assert "(1, 3)" in verdict.text
    assert time.monotonic() - start < 2


def test_the_watchdog_stops_an_endless_loop_where_forking_is_not_safe(monkeypatch):
    monkeypatch.setattr(sandbox, "CAN_FORK", False)
    monkeypatch.setattr(sandbox, "LIMIT", 0.3)
    source = "def relu(Z):\n    while True:\n        try: Z = Z + 1\n        except ValueError: pass\n"
    assert judge(function(source, "relu")).status == "timed out"


def test_the_limit_leaves_room_for_the_promised_five_seconds():
    assert sandbox.LIMIT <= 4


@pytest.mark.skipif(not sandbox.CAN_FORK, reason="memory is limited in a forked child only")
def test_asking_for_far_too_much_memory_is_a_crash():
    verdict = judge(function("def relu(Z):\n    return np.ones(2**36)\n", "relu"))
    assert verdict.status == "crashed"


def test_an_endless_generator_ends_as_wrong_form_or_timeout(monkeypatch):
    monkeypatch.setattr(sandbox, "LIMIT", 1.0)
    verdict = judge(function("def relu(Z):\n    while True:\n        yield 1.0\n", "relu"))
    assert verdict.status in ("wrong form", "timed out")


@BOTH_WAYS_OF_RUNNING
def test_nothing_leaks(can_fork, monkeypatch, capfd):
    monkeypatch.setattr(sandbox, "CAN_FORK", can_fork)
    np.random.seed(1)
    random.seed(1)
    expected = np.random.random(), random.random()
    np.random.seed(1)
    random.seed(1)
    source = (
        "import warnings, random, sys\n"
        "def relu(Z):\n"
        "    print('noise'); print('noise', file=sys.stderr); warnings.warn('noise')\n"
        "    np.random.seed(7); random.seed(7); np.seterr(all='raise')\n"
        "    return np.maximum(Z, 0)\n"
    )
    before = np.geterr()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        verdict = judge(function(source, "relu"))
    assert verdict.passed
    assert not [warning for warning in caught if "noise" in str(warning.message)]
    assert (np.random.random(), random.random()) == expected
    assert capfd.readouterr() == ("", "")
    assert np.geterr() == before


@BOTH_WAYS_OF_RUNNING
@pytest.mark.parametrize(
    "body, right",
    [
        ("Z[Z < 0] = 0\n    return Z", True),
        ("np.maximum(Z, 0, out=Z)\n    return Z", True),
        ("Z *= 2\n    return Z", False),
    ],
)
def test_changing_the_input(body, right, can_fork, monkeypatch):
    monkeypatch.setattr(sandbox, "CAN_FORK", can_fork)
    verdict = judge(function(f"def relu(Z):\n    {body}\n", "relu"))
    assert verdict.status == "changed its input"
    assert "changes its input" in verdict.misconceptions
    assert ("Right values" in verdict.text) == right
    assert "`Z`" in verdict.text


def test_changing_an_array_inside_the_params_is_noticed():
    source = "def mlp_forward(X, params):\n    params['b1'] += 0.1\n    Z1 = X @ params['W1'] + params['b1']\n    A1 = np.maximum(Z1, 0)\n    return A1 @ params['W2'] + params['b2'], {'X': X, 'Z1': Z1, 'A1': A1}\n"
    verdict = judge(function(source, "mlp_forward"))
    assert verdict.status == "changed its input"
    assert '`params["b1"]`' in verdict.text and "copies the dict, and not the arrays in it" in verdict.text


def test_nan_in_a_list_of_inputs_is_not_a_change_unless_it_is_one():
    source = "def early_stopping(val_losses, patience):\n    {line}return 0, None\n"
    assert judge(function(source.format(line=""), "early_stopping")).status == "wrong values"
    filled = source.format(line="val_losses[:] = [loss if loss == loss else 9.0 for loss in val_losses]\n    ")
    assert judge(function(filled, "early_stopping")).status == "changed its input"


FORWARD = (
    "    Z1 = X @ params['W1'] + params['b1']\n    A1 = np.maximum(Z1, 0)\n"
    "    answer = A1 @ params['W2'] + params['b2'], {'X': X, 'Z1': Z1, 'A1': A1}\n"
)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("params['A1'] = 0", '**Right values, but you added `params["A1"]` to the caller\'s `params`.**'),
        ("params.pop('W2')", '**Right values, but you took `params["W2"]` out of the caller\'s `params`.**'),
        ("params.update(A=1, B=2)", 'you added `params["A"]` and `params["B"]` to the caller\'s'),
        ("params['W1'] = params['W1'] - 1", '`params["W1"] = ...` puts something else into the dict'),
        ("p = params; p['b1'], p['b2'] = 1, 2", 'you changed the caller\'s `params["b1"]` and `params["b2"]`'),
        ("params.copy()['W1'][0, 0] += 1", "`params.copy()` copies the dict, and not the arrays in it"),
        ("params['W1'] += 0.1; params['W1'] -= 0.1", "Only the last digits differ"),
        ("params['W1'] = params['W1'] + 0.1 - 0.1", "Only the last digits differ"),
        ("params['W1'] += 0.1; params['W1'] -= 0.1; params['A1'] = 0", 'you added `params["A1"]`'),
        ("X[0] = 0; params['W1'] = 3", "`y = X.copy()` makes a new one"),
    ],
)
def test_a_change_inside_a_dict_is_told_as_what_it_is(line, says):
    verdict = judge(function(f"def mlp_forward(X, params):\n{FORWARD}    {line}\n    return answer\n", "mlp_forward"))
    assert verdict.status == "changed its input" and verdict.misconceptions == ("changes its input",)
    assert says in verdict.message
    assert ("last digits" in verdict.text) == ("last digits" in says)


@pytest.mark.parametrize("line", ["params['W1'] = params.pop('W1')", "params['W1'] = params['W1'].copy()", "params |= {}"])
def test_a_dict_with_the_same_arrays_in_it_is_as_it_was(line):
    verdict = judge(function(f"def mlp_forward(X, params):\n{FORWARD}    {line}\n    return answer\n", "mlp_forward"))
    assert verdict.passed


def test_wrong_values_come_before_last_digits_and_after_real_changes():
    source = "def relu_backward(dA, Z):\n    {line}\n    return dA * (Z >= 0)\n"
    rounded = judge(function(source.format(line="dA += 0.1; dA -= 0.1"), "relu_backward"))
    assert rounded.message.startswith("**At Z = 0 exactly") and "`dA` did not come back as it was" in rounded.text
    assert rounded.see and rounded.misconceptions == ("changes its input", "lets the gradient pass at 0")
    changed = judge(function(source.format(line="dA[Z < 0] = 0"), "relu_backward"))
    assert changed.message.startswith("**You changed the caller's `dA`.**") and "Z = 0" not in changed.text


@pytest.mark.parametrize(
    "name, source, words",
    [
        ("relu", "def relu(Z):\n    A = np.maximum(Z, 0)\n", "return"),
        ("relu", "def relu(Z):\n    return np.maximum(Z, 0).ravel()\n", "shape"),
        ("relu", "def relu(Z):\n    return np.maximum(Z, 0).astype(np.float16)\n", "float16"),
        ("relu", "def relu(Z):\n    return np.maximum(Z, 0).astype(int)\n", "whole numbers"),
        ("relu", "def relu(Z):\n    return np.maximum(Z, 0) + 0j\n", "Real numbers"),
        ("sigmoid", "def sigmoid(Z):\n    return 1 - Z * Z > 0\n", "`a * b > 0` is `(a * b) > 0`"),
        ("relu", "def relu(Z):\n    return 'zero'\n", "a string"),
        ("relu", "def relu(Z):\n    return {1, 2}\n", "type set"),
        ("relu", "def relu(Z):\n    return [[1.0], [2.0, 3.0]]\n", "different lengths"),
        ("relu", "def relu(Z):\n    return np.maximum(Z, 0), {'Z': Z}\n", "your function returned 2 things, in a tuple"),
        ("relu", "def relu(Z):\n    return np.where(Z > 0)\n", "your function returned 2 things, in a tuple"),
        ("softmax", "def softmax(Z):\n    return ['a', 'b']\n", "Real numbers"),
        ("accuracy", "def accuracy(logits, y):\n    return np.array([0.5])\n", "A single number"),
        ("mlp_forward", "def mlp_forward(X, params):\n    return X\n", "(logits, cache)"),
        (
            "mlp_forward",
            "def mlp_forward(X, params):\n    return X @ params['W1'] @ params['W2'], {'X': X}\n",
            '"Z1", "A1"',
        ),
        ("mlp_forward", "def mlp_forward(X, params):\n    return X, X, X\n", "returned 3"),
    ],
)
def test_wrong_form(name, source, words):
    verdict = judge(function(source, name))
    assert verdict.status == "wrong form"
    assert words in verdict.text


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("relu", "return np.maximum(Z, 0) + np.sin(Z)", "Work this small case through by hand"),
        ("softmax_cross_entropy_backward", "return mine.softmax(logits) ** 2", "Work this small case through by hand"),
        ("relu", "return np.maximum(Z, 0) + (np.round(Z, 2) != Z)", "Below is a case in which it shows"),
    ],
)
def test_only_a_case_that_can_be_reckoned_on_paper_is_to_be_reckoned_on_paper(name, body, says):
    parameters = {"relu": "Z"}.get(name, "logits, y")
    source = f"from course_lib.checkpoints import mine\ndef {name}({parameters}):\n    {body}\n"
    verdict = judge(function(source, name))
    assert verdict.misconceptions == () and says in verdict.text


def test_numbers_are_shown_as_they_are_meant():
    text = judge(function("def relu_backward(dA, Z):\n    return dA * np.tanh(Z)\n", "relu_backward")).text
    assert "-0.0" not in text
    text = judge(function("def linear_backward(dZ, X, W):\n    return dZ, X[0], W\n", "linear_backward")).text
    assert "yours:  dX = [[" in text and ", dW = [" in text and ", db = [[" in text
    source = "def gradient_check(loss, params, grads, h=1e-5):\n    return dict.fromkeys(params, 0.123)\n"
    text = judge(function(source, "gradient_check")).text
    assert 'wanted errors["W1"]: about 0\nyours errors["W1"]:  0.123' in text
    assert "\nloss = sum of W1**3" in text  # its own words begin with its name
    text = judge(function("def seed_spread(evaluate, config, seeds):\n    return 9.0, 9.0\n", "seed_spread")).text
    assert "\nevaluate: score = " in text


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("return Z * np.nan", "There is nan or infinity in the result."),
        ("return np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)", "nan for large ones"),
        ("return np.where(np.abs(Z) > 30, np.inf, mine.softmax(Z))", "Numbers at first, then nan or infinity."),
    ],
)
def test_nan_is_a_matter_of_values_and_not_of_form(body, says):
    source = f"import course_lib.nn.functional as mine\ndef softmax(Z):\n    {body}\n"
    verdict = judge(function(source, "softmax"))
    assert verdict.status == "wrong values" and says in verdict.text


def test_a_flipped_sign_with_a_factor_does_not_contradict_itself():
    text = judge(function("def relu(Z):\n    return -2 * np.maximum(Z, 0)\n", "relu")).text
    assert "Two things at once." in text and "2 times" not in text and ": Y" not in text


def test_a_factor_may_come_from_an_inner_loop():
    text = judge(function("def relu(Z):\n    return np.maximum(Z, 0) * Z.shape[1]\n", "relu")).text
    assert "H times too large" in text and "added H times, in an inner loop" in text


def test_an_unknown_mistake_gets_the_smallest_counterexample():
    verdict = judge(function("def relu(Z):\n    return np.maximum(Z, 0) + np.sin(Z)\n", "relu"))
    assert verdict.status == "wrong values"
    assert verdict.misconceptions == ()
    assert "Not right yet" in verdict.text
    assert "Z = [[-2.0, 0.0, 3.0]]" in verdict.text
    assert "wanted: [[0.0, 0.0, 3.0]]" in verdict.text


@pytest.mark.parametrize(
    "name, source, names",
    [
        ("relu", "def relu(Z):\n    return -np.maximum(Z, 0)\n", ("the sign is flipped",)),
        ("relu", "def relu(Z):\n    return 3.5 * np.maximum(Z, 0)\n", ("3.5 times what is wanted",)),
        ("relu", "def relu(Z):\n    return np.maximum(Z, 0) * len(Z)\n", ("too large by a factor N",)),
        ("relu", "def relu(Z):\n    return np.maximum(Z, 0) / len(Z)\n", ("too small by a factor N",)),
        ("relu", "def relu(Z):\n    return np.maximum(Z, 0) / Z.size\n", ("too small by a factor N times H",)),
        ("relu", "def relu(Z):\n    return np.maximum(Z, 0) / len(Z)**2\n", ("too small by a factor N times N",)),
        (
            "relu",
            "def relu(Z):\n    return np.maximum(Z, 0) * np.sqrt(len(Z) + 1)\n",
            ("a multiple that changes with N",),
        ),
        (
            "relu",
            "def relu(Z):\n    return -np.maximum(Z, 0) / len(Z)\n",
            ("the sign is flipped", "too small by a factor N"),
        ),
        ("relu", "def relu(Z):\n    return Z\n", ("equal to the input Z",)),
        ("relu", "def relu(Z):\n    return np.maximum(Z, 0).T\n", ("transposed",)),
        ("linear_forward", "def linear_forward(X, W, b):\n    return (X @ W + b).T\n", ("transposed",)),
    ],
)
def test_probes_explain_without_a_bank(name, source, names):
    verdict = judge(function(source, name))
    assert not verdict.passed
    assert verdict.misconceptions == names


@pytest.mark.parametrize(
    "name, source, names",
    [
        (
            "cross_entropy",
            "def cross_entropy(Z, y):\n    S = Z - Z.max(axis=1, keepdims=True)\n    return (S[np.arange(len(y)), y] - np.log(np.exp(S).sum(axis=1))).sum()\n",
            {"adds up instead of averaging", "leaves out the minus"},
        ),
        (
            "softmax",
            "def softmax(Z):\n    E = np.exp(Z)\n    return E / E.sum()\n",
            {"normalises the whole array, not each row", "no shift, so that exp overflows"},
        ),
        (
            "mlp_forward",
            "def mlp_forward(X, params):\n    Z1 = X @ params['W1'] + params['b1']\n    return Z1 @ params['W2'], {'X': X, 'Z1': Z1, 'A1': Z1}\n",
            {"no bend between the layers", "leaves out b2"},
        ),
        (
            "standardize",
            "def standardize(X_train, X):\n    v = X.var(axis=0)\n    return (X - X.mean(axis=0)) / np.where(v == 0, 1, v)\n",
            {"measures X instead of X_train", "divides by the variance"},
        ),
    ],
)
def test_two_mistakes_at_once_are_both_named(name, source, names):
    verdict = judge(function(source, name))
    assert set(verdict.misconceptions) == names
    assert "Two things at once" in verdict.text


def test_what_cannot_be_judged_says_so():
    with pytest.raises(TypeError, match="The function itself is wanted.*an array of shape"):
        judge(np.zeros((2, 2)))
    with pytest.raises(TypeError, match="a single number"):
        judge(1.5)
    with pytest.raises(LookupError, match="Did you mean softmax"):
        judge(function("def sofmax(Z):\n    return Z\n", "sofmax"))


@BOTH_WAYS_OF_RUNNING
def test_an_answer_comes_within_its_bar(can_fork, monkeypatch):
    """A tenth of a second is far above what is needed, and far below the 0.3 s that a learner is promised."""
    monkeypatch.setattr(sandbox, "CAN_FORK", can_fork)
    relu = function("def relu(Z):\n    return np.maximum(Z, 0)\n", "relu")
    judge(relu)
    durations = []
    for _ in range(5):
        start = time.perf_counter()
        assert judge(relu).passed
        durations.append(time.perf_counter() - start)
    assert min(durations) < 0.3


@pytest.mark.skipif(not sandbox.CAN_FORK, reason="there are no children without a fork")
def test_no_child_stays_behind(monkeypatch):
    forked, fork = [], os.fork
    monkeypatch.setattr(os, "fork", lambda: forked.append(fork()) or forked[-1])
    judge(function("def relu(Z):\n    return np.maximum(Z, 0)\n", "relu"))
    (child,) = forked
    with pytest.raises(ChildProcessError):
        os.waitpid(child, os.WNOHANG)


def test_the_same_function_gets_the_same_text_twice():
    wrong = function("def relu(Z):\n    return np.maximum(Z, 0) + np.sin(Z)\n", "relu")
    assert judge(wrong).text == judge(wrong).text
    assert judge(wrong)._repr_html_() == judge(wrong)._repr_html_()


def test_a_crash_is_explained_where_the_bank_knows_the_mistake():
    verdict = judge(function("def linear_forward(X, W, b):\n    return X * W + b\n", "linear_forward"))
    assert not verdict.passed
    assert verdict.misconceptions == ("multiplies element by element",)
    assert "`*` multiplies element by element" in verdict.text


@pytest.mark.parametrize(
    "name, source, words",
    [
        ("softmax", "def softmax(Z):\n    E = np.exp(Z)\n    return E / E.sum(axis=1)\n", "keepdims=True"),
        ("l2_penalty", "def l2_penalty(params, lam):\n    return lam / 2 * (sum(params['W1'] ** 2) + sum(params['W2'] ** 2))\n", "`np.sum`"),
        ("relu", "def relu(Z):\n    return max(Z, 0)\n", "np.maximum"),
        ("relu", "def relu(Z):\n    if Z > 0:\n        return Z\n    return 0\n", "not about a whole array"),
        ("softmax", "def softmax(Z):\n    E = np.exp(Z)\n    s = np.sum(E, 1)\n    return E / s\n", "keepdims=True"),
        ("linear_forward", "def linear_forward(X, W, b):\n    return W @ X.T @ X + b\n", "cannot be multiplied"),
        ("linear_forward", "def linear_forward(X, W, b):\n    return np.dot(X, W[:-1]) + b\n", "cannot be multiplied"),
        ("sigmoid_backward", "def sigmoid_backward(dA, A):\n    return dA * A(1 - A)\n", "Write the `*`."),
        ("multiply_backward", "def multiply_backward(dout, x, y):\n    return dout(y), x\n", "Write the `*`."),
        ("relu", "def relu(Z):\n    return np.maximum(Z, -Z, 0)\n", "take two arrays"),
        ("softmax_cross_entropy_backward", "def softmax_cross_entropy_backward(logits, y):\n    return softmax(logits)\n", "in `mine`: `mine.softmax`"),
        ("mlp_backward", "def mlp_backward(dlogits, params, cache):\n    return X.T @ dlogits\n", 'X is in `cache`: `cache["X"]`'),
        ("grid_search", "def grid_search(evaluate, grid):\n    return [evaluate({'lr': v, 'hidden': h}) for v in grid['lr'] for h in grid['hidden']]\n", "`grid` has no 'hidden' here."),
        ("seed_spread", "def seed_spread(evaluate, config, seeds):\n    return [evaluate(config) for seed in seeds]\n", "TypeError: evaluate() missing 1"),
    ],
)
def test_what_numpy_says_is_put_in_plain_words(name, source, words):
    verdict = judge(function(source, name))
    assert words in verdict.text


def test_a_broadcast_that_fails_is_no_matter_of_keepdims_if_nothing_was_reduced():
    text = judge(function("def relu(Z):\n    return Z + np.ones(len(Z) + 3)\n", "relu")).text
    assert "could not be broadcast" in text and "keepdims" not in text


BACKWARD = (
    "    dZ1 = (dlogits @ params['W2'].T) * (cache['Z1'] > 0)\n"
    "    return {'W1': {X}.T @ dZ1 / {N}, 'b1': dZ1.sum(0), 'W2': cache['A1'].T @ dlogits, 'b2': dlogits.sum(0)}\n"
)


@pytest.mark.parametrize("size", [1, 3])  # the shapes of the notebook's X may fit in the first case, or nowhere
def test_what_a_function_takes_from_its_notebook_is_told(size):
    cell = f"X, N, EPS = np.ones(({size}, 2)), 5, 1e-8\ndef mlp_backward(dlogits, params, cache):\n    EPS\n"
    verdict = judge(function(cell + BACKWARD.replace("{X}", "X").replace("{N}", "N"), "mlp_backward"))
    assert not verdict.passed
    assert verdict.misconceptions == ("uses what stands in the notebook instead of its arguments",)
    assert "Your function uses `N` and `X` of the notebook." in verdict.text and 'There is `cache["X"]`.' in verdict.text


def test_a_number_of_the_notebook_is_told_before_what_it_looks_like():
    cell = "x, y = 3.0, -2.0\ndef add_backward(dout):\n    return x * dout, y * dout\n"
    verdict = judge(function(cell, "add_backward"))
    assert "Your function uses `x` and `y` of the notebook." in verdict.text and "times" not in verdict.text


def test_a_known_mistake_is_told_before_what_comes_from_the_notebook():
    cell = "TABLE = np.ones(1)\ndef relu(Z):\n    return np.abs(Z) * TABLE\n"
    assert judge(function(cell, "relu")).misconceptions == ("takes the absolute value",)


def test_a_constant_or_helper_of_the_notebook_is_no_stray():
    cell = "EPS, N = 1e-3, 'n'\ndef bent(z):\n    return np.sin(z)\ndef relu(Z):\n    return bent(Z) + EPS\n"
    verdict = judge(function(cell, "relu"))
    assert verdict.misconceptions == () and "Not right yet" in verdict.text


def test_the_line_of_the_checked_function_comes_before_that_of_its_helper():
    source = (
        "def linear_forward(X, W, b):\n    return X @ W + b\n"
        "W1 = np.zeros((50, 2))\n"
        "def mlp_forward(X, params):\n    Z1 = linear_forward(X, W1, params['b1'])\n    return Z1, {}\n"
    )
    text = judge(function(source, "mlp_forward")).text
    assert "line 2 of your `mlp_forward`" in text
    assert "in linear_forward: return X @ W + b" in text


def test_a_wrong_answer_on_a_small_case_comes_before_a_crash_on_a_later_one():
    source = "def one_hot(y, C):\n    Y = np.zeros((len(y), C))\n    for n in range(len(y)):\n        Y[n, y[n] - 1] = 1\n    return Y\n"
    verdict = judge(function(source, "one_hot"))
    assert verdict.status == "wrong values"
    assert verdict.misconceptions == ("counts the classes from 1",)


def test_a_mistake_that_only_ever_crashes_is_known_by_what_numpy_says(two_exercises):
    body = "g = np.ones((N, 2)); return g @ g"
    verdict = judge(function(f"def shuffled(N, rng):\n    {body}\n", "shuffled"))
    assert verdict.status == "crashed" and verdict.misconceptions == ("multiplies what cannot be multiplied",)
    assert "line 2 of your `shuffled`" in verdict.text and "Not like this." in verdict.text
    other = judge(function("def shuffled(N, rng):\n    return np.ones((2, N)) @ np.ones((2, N))\n", "shuffled"))
    assert other.misconceptions == () and "These shapes cannot be multiplied." in other.text


def test_the_case_that_is_shown_is_one_in_which_the_answer_is_wrong():
    twice_a_sine = "def cosine_decay(lr, step, total):\n    return lr * (1 + np.sin(np.pi * step / total))\n"
    verdict = judge(function(twice_a_sine, "cosine_decay"))  # at step 0, where the factor 2 would show, it gives lr
    assert verdict.misconceptions == ("leaves out the half", "a sine instead of a cosine")
    assert "step = 5" in verdict.evidence and "wanted: 0.05\nyours:  0.2" in verdict.evidence


def test_two_mistakes_are_both_named_but_only_the_first_is_explained():
    verdict = judge(function("def softmax(Z):\n    E = np.exp(Z)\n    return E / E.sum()\n", "softmax"))
    assert "Each row needs its own sum" in verdict.text
    assert "2. no shift, so that exp overflows" in verdict.text
    assert "Right for small logits" not in verdict.text
    assert "Z = [[0.0, 1.0, 2.0], [3.0, 3.0, 1.0]]" in verdict.text


@pytest.mark.skipif(not sandbox.CAN_FORK, reason="a function can only spoil its answers in a child")
@pytest.mark.parametrize(
    "body",
    [
        "import os; os.fork(); return np.maximum(Z, 0)",
        "import os; [os.write(fd, b'x' * 99) for fd in range(3, 60) if os.path.exists(f'/proc/self/fd/{fd}') and 'pipe' in os.readlink(f'/proc/self/fd/{fd}')]; return Z",
        "return 'x' * 10**9",
        "return np.zeros(10**8)",
        "raise ValueError('\\ud800')",
    ],
)
def test_whatever_it_does_there_is_a_verdict(body):
    start = time.monotonic()
    verdict = judge(function(f"def relu(Z):\n    {body}\n", "relu"))
    assert verdict._repr_html_().encode()
    assert time.monotonic() - start < 10


def test_a_random_function_must_draw_from_the_generator_it_is_given():
    source = (
        "def directional_check(f, x, grad, rng):\n"
        "    v = np.random.default_rng(0).standard_normal(x.shape)\n"
        "    n = (f(x + 1e-5 * v) - f(x - 1e-5 * v)) / 2e-5\n"
        "    return abs(n - np.sum(grad * v)) / max(abs(n), abs(np.sum(grad * v)), 1e-8)\n"
    )
    verdict = judge(function(source, "directional_check"))
    assert verdict.status == "wrong values"
    assert verdict.misconceptions == ("draws nothing from rng",)


@pytest.mark.skipif(not sandbox.CAN_FORK, reason="only a fork can be caught in another thread's lock")
def test_a_child_that_waits_for_a_lost_lock_is_not_an_endless_loop():
    import threading

    lock, held, done = threading.Lock(), threading.Event(), threading.Event()

    def hold():
        with lock:
            held.set()
            done.wait(1.5)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    relu = function("def relu(Z):\n    with lock:\n        return np.maximum(Z, 0)\n", "relu")
    relu.__globals__["lock"] = lock
    verdict = judge(relu)
    done.set()
    thread.join()
    assert verdict.passed


def test_an_element_put_back_with_a_rounding_error_is_told_so():
    source = (
        "def numerical_gradient(f, x, h=1e-5):\n    g = np.zeros(x.shape)\n    for i in np.ndindex(x.shape):\n"
        "        x[i] += h; a = f(x); x[i] -= 2 * h; b = f(x); x[i] += h; g[i] = (a - b) / (2 * h)\n    return g\n"
    )
    verdict = judge(function(source, "numerical_gradient"))
    assert verdict.status == "changed its input"
    assert "Only the last digits differ" in verdict.text


IN_PLACE = "def gradient_check(loss, params, grads, h=1e-5):\n    import course_lib.nn.gradient_check as course\n"


def test_a_dict_put_back_with_a_rounding_error_is_told_so():
    source = IN_PLACE + (
        "    for name in params:\n        params[name] += 0.1; params[name] -= 0.1\n"
        "    return course.gradient_check(loss, params, grads, h)\n"
    )
    verdict = judge(function(source, "gradient_check"))
    assert verdict.status == "changed its input"
    assert '`params["W1"]`' in verdict.text and "Only the last digits differ" in verdict.text


def test_a_dict_that_is_quite_another_is_no_rounding_error():
    source = IN_PLACE + (
        "    errors = course.gradient_check(loss, params, grads, h)\n    for name in grads:\n"
        "        grads[name] *= 2\n    return errors\n"
    )
    verdict = judge(function(source, "gradient_check"))
    assert verdict.status == "changed its input"
    assert '`grads["W1"]`, `grads["b1"]`' in verdict.text and "last digits" not in verdict.text


def test_a_crash_names_the_arrays_in_a_dict_of_dicts():
    verdict = judge(function("def adam_step(params, grads, state, t, lr):\n    state['u']\n", "adam_step"))
    assert verdict.status == "crashed"
    assert "`state` with m {W1 (1, 2), b1 (2,)}, v {W1 (1, 2), b1 (2,)}; `t` = 1" in verdict.text


# ---- experiments: work in place, by chance, through iterators ------------------------------------------------------


def parameters_afterwards(step, params, lr):
    step(params, lr)
    return params


def shrink_reference(params, lr):
    for w in params.values():
        w *= 1 - lr


def deal(function, N, rng):
    """Facts about two deals of N cards."""
    decks = [np.asarray(function(N, rng)) for _ in range(2)]
    if any(deck.shape != (N,) for deck in decks):
        raise MisfitError(f"An array of shape ({N},) was wanted.")
    every_card_once = all(sorted(deck) == list(range(N)) for deck in decks)
    return every_card_once, N == 1 or not np.array_equal(*decks)


@pytest.fixture
def two_exercises(monkeypatch):
    """`shrink`, which works in place, and `shuffled`, which works by chance, in place of the course's exercises."""
    shrink = Exercise(
        "shrink",
        reference=shrink_reference,
        cases=lambda: [({"W": np.ones((1, 2)), "b": np.ones(1)}, 0.5), ({"W": np.ones((2, 3)), "b": np.ones(3)}, 0.1)],
        hints=("", "", ""),
        experiment=parameters_afterwards,
        changes=("params",),
        returns=("params",),
    )
    shuffled = Exercise(
        "shuffled",
        reference=lambda N, rng: rng.permutation(N),
        cases=lambda: [(N, np.random.default_rng(N)) for N in (30, 40, 1)],  # one card cannot be shuffled
        hints=("", "", ""),
        experiment=deal,
        returns=("every card comes once", "two deals differ"),
    )

    @shrink.misconception("grows", see="01#1")
    def _(params, lr):
        """**It grows.**"""
        for w in params.values():
            w *= 1 + lr

    @shuffled.misconception("multiplies what cannot be multiplied", see="01#1")
    def _(N, rng):
        """**Not like this.**"""
        return np.zeros((N, 2)) @ np.zeros((N, 2))

    @shuffled.misconception("deals the same order again", see="01#1")
    def _(N, rng):
        """**Always the same order.**"""
        rng.random()
        return np.random.default_rng(0).permutation(N)

    monkeypatch.setattr(exercise_module, "exercises", lambda: {"shrink": shrink, "shuffled": shuffled})


@BOTH_WAYS_OF_RUNNING
@pytest.mark.usefixtures("two_exercises")
@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ("for w in params.values(): w *= 1 - lr", "passed", "Passed."),
        ("for k in params: params[k] = params[k] * (1 - lr)", "passed", "Passed."),
        ("for k in params: params[k] = (params[k] * (1 - lr)).tolist()", "passed", "you leave lists where arrays were"),
        ("for w in params.values(): w *= 1 + lr", "wrong values", "It grows."),
        ("return {k: w * (1 - lr) for k, w in params.items()}", "wrong values", 'wanted params["W"]: [[0.5, 0.5]]'),
        ("params.clear()", "wrong form", 'lacks the keys "W", "b"'),
        ("params['W'] = np.ones(5)", "wrong form", "(1, 2) was wanted"),
        ("params['W'] -= lr * missing", "crashed", "line 2 of your `shrink`"),
        ("pass", "not started", "Not started."),
        ("raise NotImplementedError", "not started", "Not started."),
    ],
)
def test_an_experiment_judges_work_in_place(body, status, says, can_fork, monkeypatch):
    monkeypatch.setattr(sandbox, "CAN_FORK", can_fork)
    verdict = judge(function(f"def shrink(params, lr):\n    {body}\n", "shrink"))
    assert verdict.status == status, verdict
    assert says in verdict.text


@pytest.mark.usefixtures("two_exercises")
@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ("return rng.permutation(N)", "passed", "Passed."),
        ("return np.argsort(rng.random(N))", "passed", "Passed."),
        ("a = list(range(N)); rng.shuffle(a); return a", "passed", "Passed."),
        ("return rng.spawn(1)[0].permutation(N)", "passed", "Passed."),
        ("rng.random(); return np.random.default_rng(7).permutation(N)", "wrong values", "Always the same order."),
        ("return rng.integers(0, N, N)", "wrong values", "does not hold: every card comes once"),
        ("return rng.permutation(N)[:-1]", "wrong form", "An array of shape (30,) was wanted."),
        ("return np.random.permutation(N)", "wrong values", "nothing is drawn from `rng`"),
    ],
)
def test_an_experiment_judges_chance_by_facts(body, status, says):
    verdict = judge(function(f"def shuffled(N, rng):\n    {body}\n", "shuffled"))
    assert verdict.status == status, verdict
    assert says in verdict.text
