"""Grading: every submission gets a row, right answers get their points, and nothing passes that is not right."""

import csv
import io
import json
import os
import textwrap
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from answers import RIGHT
from test_checkpoints_bank import IMPORTS, definition

from course_lib.checkpoints import sandbox
from course_lib.checkpoints.exercise import exercises, notebooks
from course_lib.grading import (
    Submission,
    SubmissionError,
    classes,
    find_submissions,
    grade,
    grade_class,
    judging,
    rules,
    slices,
)
from course_lib.grading.report import checkpoints, page, scores, write
from course_lib.grading.submissions import NO_NOTEBOOK
from course_lib.grading_command import main

pytestmark = pytest.mark.skipif(not sandbox.CAN_FORK, reason="grading runs functions in forks, which needs Linux")

ROOT = Path(__file__).parents[1]
HEAD = "import numpy as np\nfrom course_lib import explorers, plots\nfrom course_lib.checkpoints import check, hint, mine"
EXERCISES = len(next(lesson for lesson in notebooks() if lesson.name == "01_forward_pass").exercises)


def notebook(*cells):
    """The text of a notebook file with these code cells."""
    made = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": textwrap.dedent(cell)}
        for cell in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def submission(*cells, student="kim", file="01_forward_pass.ipynb"):
    return Submission(student, file, notebook(HEAD, *cells))


def answer(name, *cells):
    """What becomes of the exercise `name` of notebook 1 in a submission with these cells."""
    found = grade(submission(*cells))
    return next(each for each in found.answers if each.exercise == name)


# ---- right answers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", notebooks(), ids=lambda lesson: lesson.name)
def test_the_solutions_have_all_points_and_the_blank_notebooks_none(lesson):
    solved, blank = (
        grade(Submission("kim", f"{lesson.name}.ipynb", (ROOT / folder / f"{lesson.name}.ipynb").read_text("utf-8")))
        for folder in ("solutions", "notebooks")
    )
    assert (solved.notebook, solved.trouble, blank.trouble) == (lesson.name, "", "")
    assert solved.points == solved.out_of == sum(exercise.points for exercise in lesson.exercises)
    assert {each.status for each in blank.answers} == {"not started"} and blank.points == 0


REACHES = "course_lib.", "bit_generator", "concurrent"  # in an answer that a teacher is to look at


@pytest.mark.parametrize("name", exercises())
def test_odd_but_right_answers_pass(name):
    bodies = [body for body in RIGHT[name] if not any(each in body for each in REACHES)][::4]
    for body in bodies:
        found = grade(submission(IMPORTS, f"{definition(exercises()[name])}    {body}\n", f"check({name})", file="a.ipynb"))
        (status,) = (each.status for each in found.answers if each.exercise == name)
        assert status == "passed", body


@pytest.mark.parametrize(
    "cells",
    [
        ["TINY = 0.0\ndef relu(Z):\n    return np.maximum(Z, TINY)"],
        ["def helper(Z):\n    return Z * (Z > 0)", "relu = helper"],
        ["relu = lambda Z: np.clip(Z, 0, None)"],
        ["import functools", "@functools.lru_cache\ndef zero():\n    return 0", "def relu(Z): return np.maximum(Z, zero())"],
        ["LIMITS = {}", 'LIMITS["low"] = 1.0', 'LIMITS["low"] -= 1', 'def relu(Z):\n    return np.maximum(Z, LIMITS["low"])'],
        ["names = []", "names.append(0)", "def relu(Z):\n    return np.maximum(Z, names[0])"],
        ["def relu(Z):\n    raise NotImplementedError", "def relu(Z):\n    return np.maximum(Z, 0)"],
        ["def relu(Z):\n    return np.maximum(Z, 0)", "check(relu)", "def relu(Z):\n    return 'played with afterwards'"],
        ["%%time\ndef relu(Z):\n    return np.maximum(Z, 0)", "%matplotlib inline\n!ls"],
        ["%matplotlib inline\nfrom numpy import *\ndef relu(Z):\n    return maximum(Z, 0)"],
        ["class Relu:\n    def __init__(self):\n        self.low = 0\n    def __call__(self, Z):\n        return np.maximum(Z, self.low)", "relu = Relu()"],
        ["from __future__ import annotations\ndef relu(Z: np.ndarray) -> np.ndarray:\n    return np.maximum(Z, 0)"],
        ["this is not Python", "def relu(Z):\n    return np.maximum(Z, 0)"],
        ["1 / 0", "raise SystemExit", "def relu(Z):\n    return np.maximum(Z, 0)", "while True: pass"],
        ["for k in range(2):\n    low = 0 * k", "def relu(Z):\n    return np.maximum(Z, low)"],
        ["if True:\n    def relu(Z):\n        return np.maximum(Z, 0)"],
        ["def deco(f):\n    return f", "def relu(Z):\n    return np.maximum(Z, 0)", "relu = deco(relu)"],
        ["check(relu)", "def relu(Z):\n    return np.maximum(Z, low)", "low = 0"],
        ["table = {}\nfor k, v in [('low', 0)]:\n    table[k] = v", "def relu(Z):\n    return np.maximum(Z, table['low'])"],
        ["class Settings:\n    pass", "Settings.low = 0", "def relu(Z):\n    return np.maximum(Z, Settings.low)"],
        ["low = np.ones(1)\nnp.copyto(low, 0)", "def relu(Z):\n    return np.maximum(Z, low)"],
        ["from dataclasses import dataclass", "@dataclass\nclass A:\n    low: float = 0", "def relu(Z):\n    return np.maximum(Z, A().low)"],
        ["from numpy import maximum as max", "def relu(Z):\n    return max(Z, 0)"],
        ["def act(input):\n    open = input > 0\n    return input * open", "relu = act"],
        ["class Node:\n    pass", "def relu(Z):\n    out = Node()\n    out.value = np.maximum(Z, 0)\n    return out.value"],
        ["# pasted\u2028text\n\x0c\ndef relu(Z):\n    display(Z)\n    return np.maximum(Z, 0)"],
        ["def relu(Z):\n    return np.maximum(Z, 0)", "first = relu", "def relu(Z):\n    return first(Z)"],
        ["\n%%time\n%%capture\ndef relu(Z):\n    return np.maximum(Z, 0)", "relu = relu(np.ones(3))"],
        ["X = mine.does_not_exist", "def relu(X):\n    X = np.maximum(X, 0)\n    return X"],
    ],
)
def test_what_a_function_needs_comes_with_it_and_nothing_else(cells):
    found = answer("relu", *cells)
    assert found.status == "passed", found


def test_a_magic_that_takes_the_whole_cell_away_takes_the_answer_too():
    assert answer("relu", "%%writefile relu.py\ndef relu(Z):\n    return np.maximum(Z, 0)").status == "missing"


# ---- wrong ones -----------------------------------------------------------------------------------------------------


def test_mistakes_are_named_as_in_the_notebook():
    found = answer("softmax", "def softmax(Z):\n    E = np.exp(Z - Z.max())\n    return E / E.sum()")
    assert (found.status, found.points, found.out_of) == ("wrong values", 0, 1)
    assert found.misconceptions == ("normalises the whole array, not each row",)
    stray = answer("relu", "data = np.arange(6.0).reshape(2, 3)", "def relu(Z):\n    return data * (data > 0)")
    assert stray.misconceptions == ("uses what stands in the notebook instead of its arguments",)


def test_a_cell_that_is_no_python_is_told_at_its_exercise():
    found = answer("relu", "def relu(Z):\n    return np.maximum(Z, 0")
    assert (found.status, found.points) == ("crashed", 0) and "SyntaxError" in found.message


HOSTILE = {
    "replaces check": "from course_lib.checkpoints import engine\nengine.judge = print\ndef relu(Z):\n    return Z",
    "is the solution": "from course_lib.nn.functional import relu",
    "calls the solution": "def relu(Z):\n    from course_lib.nn import functional\n    return functional.relu(Z)",
    "calls it by another way": "def relu(Z):\n    return __import__('course_lib.nn.functional').nn.functional.relu(Z)",
    "lends itself": "def relu(Z):\n    return mine.relu(Z)",
    "is lent": "relu = mine.relu",
    "changes NumPy": "def relu(Z):\n    np.allclose = np.array_equal = lambda *a, **k: True\n    return Z",
    "changes NumPy by another name": "def relu(Z):\n    n = np\n    n.allclose = lambda *a, **k: True\n    return Z",
    "equals everything": "class A(np.ndarray):\n    def __eq__(self, other):\n        return True\ndef relu(Z):\n    return Z.view(A)",
    "ends the process": "def relu(Z):\n    raise SystemExit",
    "kills its parent": "import os\ndef relu(Z):\n    os.kill(os.getppid(), 9)",
    "kills by what NumPy imports": "def relu(Z):\n    np.lib.npyio.os.kill(1, 9)",
    "writes files": "def relu(Z):\n    open('forged.csv', 'w').write('relu,passed')\n    return np.maximum(Z, 0)",
    "writes files with NumPy": "def relu(Z):\n    Z.tofile('forged.csv')\n    return np.maximum(Z, 0)",
    "reads the frames": "def relu(Z):\n    return (x for x in Z).gi_frame.f_back.f_locals['case']",
    "reads by a text": "import operator\ndef relu(Z):\n    return operator.attrgetter('__globals__')(relu)",
    "starts processes": "import subprocess\ndef relu(Z):\n    subprocess.run(['true'])\n    return np.maximum(Z, 0)",
    "takes all memory": "def relu(Z):\n    return np.ones((10**6, 10**7))",
    "recurses": "def relu(Z):\n    return relu(Z)",
    "hides its code in a comment": "#\u2028def relu(Z):\u2028    from course_lib.nn.functional import relu as r; return r(Z)\ndef relu(Z):\n    return Z",
    "takes the builtins": "def relu(Z):\n    return __builtins__['__import__']('course_lib.nn.functional', fromlist=['x']).relu(Z)",
    "matches what is inside": "def relu(Z):\n    match mine.softmax:\n        case object(__globals__=g):\n            return g['relu'](Z)",
    "formats what is inside": "def relu(Z):\n    return '{0.__globals__}'.format(mine.softmax)",
    "finds a module in a module": "import random\ndef relu(Z):\n    return [random][0]._os.sys.modules['course_lib.nn.functional'].relu(Z)",
    "saves a picture": "import scipy.sparse as s\ndef relu(Z):\n    s.save_npz('forged.npz', s.csr_matrix(Z))\n    return np.maximum(Z, 0)",
    "imports everything": "from tqdm.utils import *\ndef relu(Z):\n    return sys.modules['course_lib.nn.functional'].relu(Z)",
    "is nested deeply": "def relu(Z):\n    return " + "(" * 3000 + "Z" + ")" * 3000,
    "holds a null": "def relu(Z):\n    return '\0'",
    "returns itself": "def relu(Z):\n    return relu",
    "is no function": "relu = 3",
    "is deleted": "relu = 1\ndel relu",
    "raises as it is defined": "def relu(Z, low=1 / 0):\n    return np.maximum(Z, 0)",
}  # fmt: skip


@pytest.mark.parametrize("cell", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_submission_gets_a_row_and_no_points(cell, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = grade(submission(cell, "print('relu: passed')", "check(relu)"))
    assert (found.points, len(found.answers)) == (0, EXERCISES)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("body", ["while True: pass", "import time; time.sleep(60)", "while True: print('x' * 10**6)"])
def test_what_does_not_end_is_ended_and_never_runs_here(body, monkeypatch):
    monkeypatch.setattr(sandbox, "LIMIT", 0.5)
    monkeypatch.setattr(sandbox, "_run_watched", lambda *a: pytest.fail("a stranger's code ran in the judge's process"))
    assert answer("relu", f"def relu(Z):\n    {body}").status == "timed out"


def test_where_no_process_can_be_started_nothing_runs(monkeypatch):
    def no_fork():
        raise OSError

    monkeypatch.setattr(os, "fork", no_fork)
    assert answer("relu", "def relu(Z):\n    return np.maximum(Z, 0)").status == "timed out"


def test_what_is_to_be_looked_at_says_why():
    found = answer("relu", HOSTILE["calls the solution"])
    assert (found.status, found.points) == ("to look at", 0)
    assert found.message == "It was not run, because it uses `course_lib.nn.functional`."


SPLIT = """
    def train_val_test_split(X, y, val, test, rng):
        {trick}
        rows = [rng.permutation(np.flatnonzero(y == c)) for c in np.unique(y)]
        cuts = [(round(test * len(r)), round((test + val) * len(r))) for r in rows]
        train = np.concatenate([r[b:] for r, (a, b) in zip(rows, cuts)])
        val = np.concatenate([r[a:b] for r, (a, b) in zip(rows, cuts)])
        test = np.concatenate([r[:a] for r, (a, b) in zip(rows, cuts)])
        return X[train], {y}[train], X[val], {y}[val], X[test], {y}[test]
"""


@pytest.mark.parametrize(
    ("trick", "y", "status"),
    [
        ("pass", "y", "passed"),
        ("pass", "(0 * y)", "wrong values"),
        ("np.array_equal = lambda *a, **k: True", "(0 * y)", "to look at"),
        ("(lambda self: exec('self.array_equal = print'))(np)", "(0 * y)", "to look at"),
        ("patch(np)", "(0 * y)", "to look at"),
        ("pass", "np.array([Any() for _ in y] + [None])[:-1]", "wrong values"),
    ],
)
def test_facts_cannot_be_forged(trick, y, status):
    helpers = """
        def patch(self):
            self.array_equal = lambda *a, **k: True

        class Any:
            def __eq__(self, other):
                return True
    """
    found = grade(submission(helpers, SPLIT.format(trick=trick, y=y), file="06_tuning.ipynb"))
    assert found.answers[0].status == status, found.answers[0]


def test_a_function_that_gets_past_the_rules_finds_the_solution_gone(monkeypatch):
    monkeypatch.setattr(judging, "violations", lambda statements: [])
    ways = (
        "from course_lib.nn.functional import relu",
        "def relu(Z):\n    import sys\n    return sys.modules['course_lib.nn.functional'].relu(Z)",
        "def relu(Z):\n    return mine.softmax.__globals__['relu'](Z)",
        "def relu(Z):\n    open('forged', 'w')",
        "def relu(Z):\n    import os\n    os.fork()",
        "def relu(Z):\n    import os\n    os.kill(os.getppid(), 9)",
    )
    for way in ways:
        found = answer("relu", way)
        assert (found.status, found.points) == ("to look at", 0), found
        assert "It was stopped" in found.message


def test_the_wanted_values_are_not_in_the_frames_of_the_child(monkeypatch):
    monkeypatch.setattr(judging, "violations", lambda statements: [])
    body = """
        def relu(Z):
            import sys
            frame, names = sys._getframe(), []
            while frame:
                names += frame.f_locals
                frame = frame.f_back
            raise ValueError("trial" in names)
    """
    assert "ValueError: False" in answer("relu", body).message


def test_a_lesson_is_known_by_its_file_before_what_else_is_in_it():
    cells = "def predict(X, params):\n    pass", "softmax = mine.softmax\naccuracy = relu = 0.97"
    assert grade(submission(*cells, file="07_capstone.ipynb")).notebook == "07_capstone"
    assert grade(submission(*cells, file="kim.ipynb")).notebook == "07_capstone"
    assert grade(submission(cells[0], file="02_backprop.ipynb")).notebook == "07_capstone"
    assert grade(submission("x = 1", file="02_backprop.ipynb")).notebook == "02_backprop"


def test_a_report_takes_any_name_and_any_length(tmp_path):
    folder = os.fsdecode(bytes(tmp_path) + b"/M\xfcller")
    os.mkdir(folder)
    Path(folder, "01_forward_pass.ipynb").write_text(
        notebook(HEAD, "def mlp_forward(X, params):\n    return X, {'\\ud800' + 'x' * 10**6: 1}"), "utf-8-sig"
    )
    grades = [grade(each) for each in find_submissions(tmp_path)]
    assert grades[0].student == "M\\udcfcller" and grades[0].answers[-2].status == "wrong form"
    texts = page(grades), scores(grades), checkpoints(grades)
    assert all(len(text.encode("utf-8")) < 50_000 for text in texts)


def test_more_code_than_any_notebook_needs_is_not_read():
    assert "characters of code" in grade(submission("x = 1\n" * 100_000)).trouble


def test_the_teachers_own_functions_are_not_lent(tmp_path, monkeypatch):
    progress = tmp_path / "progress.jsonl"
    source = "def relu(Z):\n    return 1 / 0\n"
    progress.write_text(json.dumps({"event": "check", "exercise": "relu", "status": "passed", "source": source}) + "\n")
    monkeypatch.setenv("COURSE_PROGRESS", str(progress))
    body = """
        def mlp_forward(X, params):
            Z1 = X @ params["W1"] + params["b1"]
            A1 = mine.relu(Z1)
            return A1 @ params["W2"] + params["b2"], {"X": X, "Z1": Z1, "A1": A1}
    """
    assert answer("mlp_forward", body).status == "passed"


# ---- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("", "not JSON"),
        ("{ cut short", "not JSON"),
        ("[]", "does not have the form"),
        ('{"cells": 3, "nbformat": 4}', "does not have the form"),
        ("[" * 100_000, "not a notebook"),
        (notebook("x = 1"), "none of the course's notebooks"),
    ],
)
def test_a_file_that_is_no_notebook_of_the_course_gets_a_row(text, trouble):
    found = grade(Submission("kim", "essay.ipynb", text))
    assert trouble in found.trouble and found.answers == ()


def test_a_notebook_is_known_by_its_exercises_whatever_its_file_is_called():
    found = grade(submission("def linear_backward(dout, X, W):\n    pass", file="homework.ipynb"))
    assert found.notebook == "02_backprop"


def test_students_are_known_by_their_folder_or_their_file(tmp_path):
    moodle = "Eve Müller_1234_assignsubmission_file_/01_forward_pass.ipynb"
    for name in ("alice/01_forward_pass.ipynb", "alice/notes.txt", "alice/02_backprop.zip", "02_backprop_bob.ipynb",
                 "carol-04_sgd (2).ipynb", "05_overfitting.ipynb", moodle, "grace.zip", "zed/01_forward_pass.IPYNB"):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")
    (tmp_path / "alice" / ".ipynb_checkpoints").mkdir()
    (tmp_path / "alice" / ".ipynb_checkpoints" / "01_forward_pass.ipynb").write_text("{}")
    (tmp_path / "dora").mkdir()
    (tmp_path / "dora" / "x.ipynb").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "dora" / "y.ipynb").mkdir()
    found = {each.file: (each.student, each.trouble) for each in find_submissions(tmp_path)}
    assert found == {
        "02_backprop_bob.ipynb": ("bob", ""),
        "05_overfitting.ipynb": (tmp_path.name, ""),
        moodle: ("Eve Müller", ""),
        "alice/02_backprop.zip": ("alice", f"it is {NO_NOTEBOOK}"),
        "grace.zip": ("grace", f"it is {NO_NOTEBOOK}"),
        "zed/01_forward_pass.IPYNB": ("zed", ""),
        "alice/01_forward_pass.ipynb": ("alice", ""),
        "carol-04_sgd (2).ipynb": ("carol", ""),
        "dora/x.ipynb": ("dora", "it is not a text in UTF-8"),
        "dora/y.ipynb": ("dora", "this is not a file"),
    }


def test_a_single_student_is_called_after_the_folder(tmp_path, monkeypatch):
    file = tmp_path / "alice" / "01_forward_pass-Copy1.ipynb"
    (file.parent / "deeper").mkdir(parents=True)
    file.write_text("{}")
    monkeypatch.chdir(file.parent / "deeper")
    for place in (file, file.parent, Path("..")):
        assert [each.student for each in find_submissions(place)] == ["alice"]
    file.rename(file.with_suffix(".zip"))
    with pytest.raises(SubmissionError, match=r"zip is no notebook: .* unpacked first"):
        find_submissions(file.with_suffix(".zip"))


def test_two_files_of_one_notebook_are_told():
    pair = [submission(RELU, student="ann", file=f"{name}.ipynb") for name in ("a", "b")]
    grades = grade_class([*pair, submission(RELU, student="bob")], workers=1)
    assert [each.trouble for each in grades] == ["ann has 2 files of this notebook."] * 2 + [""]


def test_exercises_of_another_notebook_are_told():
    cells = (RELU, "check(relu)", "def one_hot(y, C):\n    return np.eye(C)[y]")
    assert grade(submission(*cells, file="01_forward_pass.ipynb")).trouble == ""
    both = grade(submission(*cells, "check(one_hot)", file="01_forward_pass.ipynb"))
    assert both.trouble == "Exercises of 00_start_here are in it, too, and are not graded."


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_notebooks_is_told(name, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(SubmissionError, match=r"There is no (folder|notebook)"):
        find_submissions(tmp_path / name)


# ---- a class --------------------------------------------------------------------------------------------------------

RELU = "def relu(Z):\n    return np.maximum(Z, 0)"


def test_a_class_is_graded_in_order_by_processes_and_by_any_executor():
    submissions = [submission(RELU, student=f"s{k}", file=f"{k}.ipynb") for k in range(6)]
    submissions.insert(3, Submission("bad", "bad.ipynb", "", "it was lost"))
    by_processes = grade_class(submissions, workers=2)
    with ThreadPoolExecutor(2) as threads:
        assert grade_class(submissions, executor=threads) == by_processes
    assert [each.student for each in by_processes] == ["s0", "s1", "s2", "bad", "s3", "s4", "s5"]
    assert [each.points for each in by_processes] == [1, 1, 1, 0, 1, 1, 1]


def test_the_one_that_ends_its_grading_process_has_that_as_its_row(monkeypatch):
    class Pool:
        def __enter__(self):
            return self

        def __exit__(self, *error):
            return None

    def by(pool, submissions):
        for number, each in submissions.items():
            if each.student == "killer":
                raise BrokenExecutor
            yield number, grade(each)

    monkeypatch.setattr(classes, "_pool", lambda workers: Pool())
    monkeypatch.setattr(classes, "_by", by)
    submissions = [submission(RELU, student=name, file=name) for name in ("ann", "killer", "zoe")]
    assert [(each.points, each.trouble) for each in grade_class(submissions)] == [(1, ""), (0, classes.DIED), (1, "")]


def test_the_tables_have_a_row_for_each_and_no_formulas():
    grades = [grade(submission(RELU, student="=1+1", file="a.ipynb")), grade(Submission("kim", "b.ipynb", "x"))]
    rows = list(csv.DictReader(io.StringIO(scores(grades))))
    assert [(row["student"], row["points"], row["out_of"], row["passed"]) for row in rows] == [
        ("'=1+1", "1", str(EXERCISES), "1"),
        ("kim", "0", "0", "0"),
    ]
    assert rows[1]["note"].startswith("This is not a notebook")
    rows = list(csv.DictReader(io.StringIO(checkpoints(grades))))
    assert {row["exercise"]: row["status"] for row in rows if row["status"] != "missing"} == {"relu": "passed"}


def test_the_page_counts_and_escapes():
    wrong = "def softmax(Z):\n    E = np.exp(Z - Z.max())\n    return E / E.sum()"
    grades = [
        grade(submission(cells, student=student, file=f"{student}.ipynb"))
        for student, cells in (("<b>ann", RELU), ("bob", wrong), ("cid", wrong), ("dee", HOSTILE["calls the solution"]))
    ]
    text = page([*grades, grade(Submission("eve", "e.ipynb", "x"))])
    assert "5 submissions of 5 students" in text and "&lt;b&gt;ann" in text and "<b>ann" not in text
    assert "1 of 4 passed" in text and "normalises the whole array, not each row" in text and "(2 times)" in text
    assert "course_lib.nn.functional" in text and "it is not JSON" in text


def test_the_command_writes_the_results_and_says_so(tmp_path, capsys):
    (tmp_path / "class" / "ann").mkdir(parents=True)
    (tmp_path / "class" / "ann" / "01_forward_pass.ipynb").write_text(notebook(HEAD, RELU))
    assert main([str(tmp_path / "class"), "--workers", "1"]) == 0
    assert sorted(file.name for file in (tmp_path / "class-grades").iterdir()) == [
        "checkpoints.csv",
        "report.html",
        "scores.csv",
    ]
    assert f"ann    1 of {EXERCISES}   01_forward_pass" in capsys.readouterr().out


def test_points_given_by_hand_are_kept_when_it_is_graded_again(tmp_path, capsys):
    grades = [grade(submission(RELU, student="Jörg"))]
    (scores_csv, checkpoints_csv, _), kept = write(grades, tmp_path)
    assert kept == [] and write(grades, tmp_path)[1] == []
    by_hand = scores_csv.read_text("utf-8-sig").replace("Jörg,01_forward_pass,1", "Jörg,01_forward_pass,3")
    scores_csv.write_text(by_hand, "utf-8-sig", newline="")
    _, (kept_csv,) = write(grades, tmp_path)
    assert "Jörg,01_forward_pass,3" in kept_csv.read_text("utf-8-sig")
    assert "Jörg,01_forward_pass,1" in scores_csv.read_text("utf-8-sig")


def test_the_command_tells_what_is_wrong_in_a_sentence(tmp_path, capsys):
    assert main([str(tmp_path / "nowhere")]) == 1
    (tmp_path / "a.ipynb").write_text(notebook(HEAD, RELU))
    (tmp_path / "a-grades").write_text("a file stands in the way")
    assert main([str(tmp_path / "a.ipynb"), "--workers", "1"]) == 1
    errors = capsys.readouterr().err
    assert "There is no folder" in errors and "cannot be written" in errors


# ---- what is read of a notebook -------------------------------------------------------------------------------------


def test_only_the_needed_names_of_an_import_are_taken():
    found = slices.read(notebook(HEAD, "from course_lib import nn", RELU, "plots.show(relu)")).slices("relu")[0]
    assert [each.source for each in found] == ["import numpy as np", RELU]


def test_a_redefinition_leaves_what_the_first_one_needed_behind():
    text = notebook(HEAD, "from course_lib.nn import functional", "def relu(Z): return functional.relu(Z)", RELU)
    assert rules.violations(slices.read(text).slices("relu")[0]) == []
