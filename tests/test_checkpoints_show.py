"""check, hint, progress and mine, as a learner meets them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from course_lib.checkpoints import check, hint, learner, mine, progress, record, show
from course_lib.checkpoints.card import Card
from course_lib.checkpoints.exercise import exercises
from course_lib.checkpoints.learner import portable_source, rebuild
from course_lib.journal import progress_file
from course_lib.nn import functional

RIGHT = "import numpy as np\ndef relu(Z):\n    return np.maximum(Z, 0)\n"
WRONG = "import numpy as np\ndef relu(Z):\n    return np.abs(Z)\n"


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    """An own progress file, a `mine` that knows nothing yet, and the cards that were shown."""
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.jsonl"))
    monkeypatch.setattr(mine, "_passed_here", {})
    monkeypatch.setattr(mine, "_rebuilt", {})


@pytest.fixture
def cards(monkeypatch):
    shown = []
    monkeypatch.setattr(show, "_show", shown.append)
    return shown


def restart():
    """What a new kernel knows: only the file."""
    mine._passed_here.clear()
    mine._rebuilt.clear()


def test_a_check_shows_one_card_and_remembers(cards):
    check(rebuild(WRONG, "relu"))
    check(rebuild(RIGHT, "relu"))
    assert [card.kind for card in cards] == ["wrong values", "passed"]
    events = [json.loads(line) for line in progress_file().read_text().splitlines()]
    assert [event["status"] for event in events] == ["wrong values", "passed"]
    assert events[0]["misconceptions"] == ["takes the absolute value"]


def test_mine_is_the_courses_until_mine_passes(cards):
    assert mine.relu is functional.relu
    check(rebuild(WRONG, "relu"))
    assert mine.relu is functional.relu
    own = rebuild(RIGHT, "relu")
    check(own)
    assert mine.relu is own
    check(rebuild(WRONG, "relu"))
    assert mine.relu is own


def test_mine_comes_back_in_another_notebook(cards):
    check(rebuild(RIGHT, "relu"))
    restart()
    assert mine.relu is not functional.relu
    assert list(mine.relu([[-1.0, 2.0]])[0]) == [0.0, 2.0]
    assert "mine.relu: yours" in repr(mine)
    assert "mine.softmax: the course's" in repr(mine)


def test_helpers_constants_and_imports_come_along():
    source = (
        "import numpy as np\nfrom math import exp as e\nZERO = 0.0\n"
        "def larger(a, b):\n    return np.where(a > b, a, b) * e(ZERO)\n"
        "def relu(Z):\n    return larger(Z, ZERO)\n"
    )
    text = portable_source(rebuild(source, "relu"))
    again = rebuild(text, "relu")
    assert again is not None
    assert list(again(__import__("numpy").array([-1.0, 2.0]))) == [0.0, 2.0]


def test_the_courses_own_function_inside_mine_comes_along(cards):
    source = (
        "from course_lib.checkpoints import mine\n"
        "def mlp_forward(X, params):\n"
        "    Z1 = mine.linear_forward(X, params['W1'], params['b1'])\n"
        "    A1 = mine.relu(Z1)\n"
        "    return mine.linear_forward(A1, params['W2'], params['b2']), {'X': X, 'Z1': Z1, 'A1': A1}\n"
    )
    check(rebuild(source, "mlp_forward"))
    assert cards[0].text == "Passed."
    restart()
    assert mine.mlp_forward is not functional.mlp_forward


def test_a_function_of_mine_under_a_name_of_its_own_comes_along(cards):
    check(rebuild(RIGHT, "relu"))
    restart()  # now mine.relu is one that was rebuilt
    source = (
        "from course_lib.checkpoints import mine\n"
        "positive = mine.relu\n"
        "def mlp_forward(X, params):\n"
        "    Z1 = mine.linear_forward(X, params['W1'], params['b1'])\n"
        "    A1 = positive(Z1)\n"
        "    return mine.linear_forward(A1, params['W2'], params['b2']), {'X': X, 'Z1': Z1, 'A1': A1}\n"
    )
    check(rebuild(source, "mlp_forward"))
    assert cards[-1].text == "Passed."
    restart()
    assert mine.mlp_forward is not functional.mlp_forward


def test_strange_characters_in_what_came_back_are_shown_as_such(cards):
    check(rebuild("def relu(Z):\n    return {'a\\0b': 1}\n", "relu"))
    assert cards[0].kind == "wrong form" and "\N{REPLACEMENT CHARACTER}" in cards[0]._repr_html_()
    check(rebuild("def relu(Z):\n    raise ValueError('```')\n", "relu"))
    assert cards[1]._repr_html_().count("<pre") == 1


def test_a_notebook_variable_with_the_name_of_a_local_one_is_no_obstacle(cards):
    source = "import numpy as np\nZ = A = np.zeros(3)\ndef relu(Z: np.ndarray):\n    A = np.maximum(Z, 0)\n    return A\n"
    check(rebuild(source, "relu"))
    assert cards[0].text == "Passed."


def test_a_function_that_needs_its_notebook_says_so(cards):
    source = "import numpy as np\ntable = np.zeros(1)\ndef relu(Z):\n    return np.maximum(Z, table)\n"
    check(rebuild(source, "relu"))
    assert "other notebooks go on with the course's own" in cards[0].text
    restart()
    assert mine.relu is functional.relu


def test_a_lambda_is_right_and_told_to_be_written_with_def(cards):
    check(rebuild("add_backward = lambda dout: (dout, dout)\n", "add_backward"))
    assert cards[0].kind == "passed" and "Write it with `def`" in cards[0].message
    assert "something of this notebook" not in cards[0].text


def test_a_name_that_does_not_exist_gets_the_nearest():
    with pytest.raises(AttributeError, match=r"Did you mean mine\.softmax"):
        mine.sofmax  # noqa: B018


def test_the_courses_own_function_is_not_a_pass(cards):
    check(mine.softmax)
    assert cards[0].kind == "notice"
    assert "course's own" in cards[0].text
    assert record.history().events == ()


@pytest.mark.parametrize("wrong_thing", [3.0, "softmax", None, [1, 2], len])
def test_the_wrong_thing_gets_a_sentence_not_a_traceback(wrong_thing, cards):
    check(wrong_thing)
    assert cards[0].kind == "notice"
    assert "Nothing was checked" in cards[0].text


def test_hints_climb_a_ladder(cards):
    relu = rebuild(WRONG, "relu")
    for _ in range(4):
        hint(relu)
    ladder = exercises()["relu"].hints
    assert [card.message for card in cards[:3]] == list(ladder)
    assert "01_forward_pass.ipynb" in cards[3].text
    assert "hint 2 of 3" in cards[1].label


def test_a_damaged_progress_file_loses_only_the_damaged_line(cards):
    check(rebuild(RIGHT, "relu"))
    good = progress_file().read_bytes()
    progress_file().write_bytes(b"\xff\x00 half a li\n[1, 2]\n{}\n" + good + b'{"event": "check", "exer')
    check(rebuild(RIGHT, "relu"))
    found = record.history()
    assert found.passed("relu")
    assert len(found.of("relu", "check")) == 2
    assert "(line 1, 2, 3, 5)" in found.damage
    progress()
    assert "4 damaged line(s)" in cards[-1].text
    assert "✓\u00a0`relu`" in cards[-1].text


def test_a_file_that_cannot_be_written_is_a_note_not_an_error(cards, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "file" / "progress.jsonl"))
    check(rebuild(RIGHT, "relu"))
    assert cards[0].kind == "passed"
    assert "could not be saved" in cards[0].text


def test_progress_tells_passed_tried_and_open(cards):
    check(rebuild(RIGHT, "relu"))
    check(rebuild("def softmax(Z):\n    return Z\n", "softmax"))
    check(rebuild("def sigmoid(Z):\n    raise NotImplementedError\n", "sigmoid"))
    progress()
    text = cards[-1].text
    assert f"1 of {len(exercises())} exercises passed (✓)." in text
    assert "✓\u00a0`relu`" in text
    assert "`softmax` (1 try)" in text
    assert "✓\u00a0`sigmoid`" not in text and "`sigmoid`," in text


def test_under_nbgrader_a_check_that_did_not_pass_fails_its_cell(cards, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    check(rebuild(RIGHT, "relu"))
    with pytest.raises(show.NotPassedError, match="absolute value"):
        check(rebuild(WRONG, "relu"))


def test_a_card_escapes_what_the_learner_wrote(cards):
    check(rebuild("def relu(Z):\n    return Z.__getitem__('<script>')\n", "relu"))
    assert "<script>" not in cards[0]._repr_html_()
    assert "<script>" in cards[0].text


def test_every_link_of_the_bank_has_the_form_of_one():
    for exercise in exercises().values():
        for mistake in exercise.misconceptions:
            number, heading = mistake.see.split("#")
            assert number.isdigit() and heading


def test_rebuilding_nonsense_gives_nothing():
    assert rebuild("def relu(Z) return Z", "relu") is None
    assert rebuild("1 / 0", "relu") is None
    assert rebuild("relu = 3", "relu") is None
    assert learner.portable_source(len) is None


def test_lists_pass_and_mine_hands_arrays_on(cards):
    check(rebuild("def relu(Z):\n    return [[max(0.0, z) for z in row] for row in Z]\n", "relu"))
    assert cards[0].kind == "passed"
    assert "list or an iterator" in cards[0].text
    for _ in range(2):
        A = mine.relu(np.array([[-1.0, 2.0]]))
        assert A.tolist() == [[0.0, 2.0]]
        assert A.mean() == 1.0
        restart()


def test_lending_yourself_the_answer_is_not_a_pass(cards):
    check(rebuild("from course_lib.checkpoints import mine\ndef relu(Z):\n    return mine.relu(Z)\n", "relu"))
    assert cards[0].kind == "crashed"
    assert "is what this function is to become" in cards[0].text


def test_a_lambda_and_a_callable_object_are_judged_by_the_name_they_are_given(cards):
    check(rebuild("import numpy as np\nrelu = lambda Z: np.maximum(Z, 0)\n", "relu"))
    check(rebuild("import numpy as np\nclass relu:\n    def __call__(self, Z):\n        return np.maximum(Z, 0)\nrelu = relu()\n", "relu"))
    assert [card.kind for card in cards] == ["passed", "passed"]


def test_powers_in_code_stay_powers_in_both_twins():
    card = Card("notice", "x", "**Bold with `a**2`** and `b**3 * c**4`.")
    assert card.text == "Bold with `a**2` and `b**3 * c**4`."
    assert "<b>Bold with <code>a**2</code></b> and <code>b**3 * c**4</code>." in card._repr_html_()


def test_a_step_for_the_four_promised_names_passes_and_later_cells_get_the_courses_own(cards):
    step = "def sgd_step(params, grads, lr):\n    for name in ('W1', 'b1', 'W2', 'b2'):\n        params[name] -= lr * grads[name]\n"
    check(rebuild(step, "sgd_step"))
    assert cards[0].kind == "passed" and "names W1, b1, W2 and b2" in cards[0].text
    for _ in range(2):  # here, and in a new kernel
        assert mine.sgd_step is exercises()["sgd_step"].reference
        restart()
    assert record.history().passed("sgd_step")
    uphill = step.replace("-=", "+=")
    check(rebuild(uphill, "sgd_step"))
    assert cards[1].kind == "wrong values" and "uphill" in cards[1].text
