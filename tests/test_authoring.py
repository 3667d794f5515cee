"""A small lesson of its own goes all the way: source, two notebooks, the check, nbval; and every mistake is told."""

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from course_lib.authoring import LessonError, execution, main
from course_lib.authoring.notebooks import learner_notebook, solved_notebook
from course_lib.authoring.source import read_cells

LESSON = '''\
# A note for maintainers, which no learner sees.

# %% [markdown]
# # 7. A small lesson
#
# Words and $x^2$.

# %%
import os
import time

from IPython.display import display


class Widget:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": "a slider", "application/vnd.jupyter.widget-view+json": {"model_id": str(time.time())}}


def check(function):
    number = function(3)
    status = "passed" if number in (6, 9) else "wrong values"
    text = f"[{function.__name__}: {status}] It gives {number}."
    display({"text/plain": text, "text/html": f"<b>{text}</b>"}, raw=True)

# %% [markdown]
# ## 7.1 Twice a number
#
# Words.

# %% tags=["equation"]
print(2 + 2, os.path.basename(os.getcwd()), os.path.exists(os.environ["COURSE_PROGRESS"]))

# %% tags=["exercise"] points=2
def twice(x):
    """2 x"""
    ### BEGIN SOLUTION: one line
    return 2 * x
    ### END SOLUTION

# %%
check(twice)

# %% [markdown]
# ## 7.2 Thrice a number

# %% tags=["exercise"]
def thrice(x):
    """3 x"""
    y = 3
    ### BEGIN SOLUTION
    return y * x
    ### END SOLUTION

# %%
check(thrice)

# %% tags=["live"]
for percent in (0, 50, 100):
    print(f"{percent} %", end="\\r", flush=True)
# %time stays a comment
print(time.time())

# %% tags=["explorer"]
Widget()
'''

FIGURE = """
# %% tags=["figure"]
import matplotlib.pyplot as plt

plt.plot([0, 1]);
"""


def write_lesson(root: Path, text: str, name: str = "07_small.py") -> Path:
    source = root / "solutions" / name
    source.parent.mkdir(exist_ok=True)
    source.write_text(text, encoding="utf-8")
    return source


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    write_lesson(root, LESSON + FIGURE)
    assert main([], root) == 0
    return root


@pytest.fixture
def course(built_once: Path, tmp_path: Path) -> Path:
    """A copy of the built course, to be spoiled."""
    return Path(shutil.copytree(built_once, tmp_path / "course"))


def read(path: Path) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def cell_of(notebook: dict[str, Any], identifier: str) -> dict[str, Any]:
    return next(cell for cell in notebook["cells"] if cell["id"] == identifier)


def text_of(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def files(root: Path) -> dict[str, bytes]:
    return {path.name + path.parent.name: path.read_bytes() for path in root.glob("*/*.ipynb")}


# ---- the two notebooks ----


def test_two_builds_give_the_same_bytes(course: Path) -> None:
    before = files(course)
    assert len(before) == 2
    assert main(["07"], course) == 0
    assert files(course) == before
    assert main(["--check"], course) == 0


def test_the_learner_gets_stubs_and_no_outputs(course: Path) -> None:
    notebook = read(course / "notebooks/07_small.ipynb")
    assert text_of(cell_of(notebook, "twice")) == (
        'def twice(x):\n    """2 x"""\n    # Your code here: one line.\n    raise NotImplementedError'
    )
    assert text_of(cell_of(notebook, "thrice")) == (
        'def thrice(x):\n    """3 x"""\n    y = 3\n    # Your code here.\n    raise NotImplementedError'
    )
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert "\n# %time stays a comment\n" in text_of(cell_of(notebook, "thrice-a-number-2"))
    everything = json.dumps(notebook)
    assert "SOLUTION" not in everything and "maintainers" not in everything


def test_ids_come_from_exercises_and_sections(course: Path) -> None:
    for folder in ("solutions", "notebooks"):
        notebook = nbformat.read(course / folder / "07_small.ipynb", as_version=nbformat.NO_CONVERT)
        nbformat.validate(notebook)
        assert [cell.id for cell in notebook.cells] == [
            "a-small-lesson-1", "a-small-lesson-2",
            "twice-a-number-1", "twice-a-number-2", "twice", "check-twice",
            "thrice-a-number-1", "thrice", "check-thrice",
            "thrice-a-number-2", "thrice-a-number-3", "thrice-a-number-4",
        ]  # fmt: skip


def test_a_new_cell_changes_no_id_of_another_section(tmp_path: Path) -> None:
    def ids(text: str) -> dict[str, str]:
        source = write_lesson(tmp_path, text)
        return {cell.source: cell.id for cell in solved_notebook(source, read_cells(source)).cells}

    before = ids(LESSON)
    new = '# %% [markdown]\n# A new text.\n\n# %% tags=["equation"]'
    after = ids(LESSON.replace('# %% tags=["equation"]', new).replace("## 7.2", "## 7.3"))
    renamed = {before[text] for text in before if text in after and after[text] != before[text]}
    assert len(after) == len(before) + 1
    assert renamed == {"twice-a-number-2"}


def test_tags_and_nbgrader_metadata(course: Path) -> None:
    for folder in ("solutions", "notebooks"):
        notebook = read(course / folder / "07_small.ipynb")
        tags = {cell["id"]: cell["metadata"]["tags"] for cell in notebook["cells"] if "tags" in cell["metadata"]}
        assert tags == {
            "twice-a-number-2": ["equation"],
            "twice": ["exercise"],
            "thrice": ["exercise"],
            "thrice-a-number-2": ["live", "nbval-ignore-output"],
            "thrice-a-number-3": ["explorer", "nbval-ignore-output"],
            "thrice-a-number-4": ["figure", "nbval-ignore-output"],
        }
        common = {"schema_version": 3, "task": False}
        grading = {c["id"]: c["metadata"]["nbgrader"] for c in notebook["cells"] if "nbgrader" in c["metadata"]}
        solution = common | {"grade": False, "solution": True, "locked": False}
        check = common | {"grade": True, "solution": False, "locked": True}
        assert grading == {
            "twice": solution | {"grade_id": "twice"},
            "check-twice": check | {"grade_id": "check-twice", "points": 2},
            "thrice": solution | {"grade_id": "thrice"},
            "check-thrice": check | {"grade_id": "check-thrice", "points": 1},
        }


def test_nbgrader_accepts_the_metadata(course: Path) -> None:
    nbgraderformat = pytest.importorskip("nbgrader.nbgraderformat", reason="nbgrader is not installed")
    for path in course.glob("*/*.ipynb"):
        nbgraderformat.read(str(path), as_version=4)      # raises when its schema is not met


def test_the_solution_is_executed_where_it_stands_and_holds_nothing_random(course: Path) -> None:
    notebook = read(course / "solutions/07_small.ipynb")
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert cell_of(notebook, "twice-a-number-2")["outputs"][0]["text"] == ["4 solutions False\n"]
    card = cell_of(notebook, "check-twice")["outputs"][0]["data"]
    told = "[twice: passed] It gives 6."
    assert card == {"text/html": [f"<b>{told}</b>"], "text/plain": [told]}
    assert "%" not in cell_of(notebook, "thrice-a-number-2")["outputs"][0]["text"][0]     # overwritten, as on a screen
    assert cell_of(notebook, "thrice-a-number-3")["outputs"][0]["data"] == {"text/plain": ["a slider"]}
    png = base64.b64decode(cell_of(notebook, "thrice-a-number-4")["outputs"][0]["data"]["image/png"])
    assert png.startswith(b"\x89PNG") and png.endswith(b"IEND\xaeB`\x82") and b"IDAT" in png
    assert b"Software" not in png and b"tEXt" not in png
    assert "version" not in notebook["metadata"]["language_info"]
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}


def test_live_outputs_stay_while_the_code_before_them_does(course: Path) -> None:
    source, solution = course / "solutions/07_small.py", course / "solutions/07_small.ipynb"

    def live_output() -> str:
        assert main([], course) == 0
        return str(cell_of(read(solution), "thrice-a-number-2")["outputs"])

    first = live_output()
    source.write_text(source.read_text().replace("Words.", "Other words.").replace("Widget()", "Widget();"))
    assert live_output() == first      # only a text, and code after it
    source.write_text(source.read_text().replace("print(2 + 2", "print(4"))
    assert live_output() != first


# ---- nbval ----


def nbval(root: Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-q", "-rf", "--nbval", "--nbval-current-env", "solutions"]
    environment = os.environ | {"COURSE_PROGRESS": str(root / "progress"), "PYTEST_ADDOPTS": "--color=no"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout


def test_nbval_passes_what_was_built(course: Path) -> None:
    code, output = nbval(course)
    assert code == 0, output
    assert "9 passed" in output


def test_nbval_compares_texts_and_cards_but_no_live_output(course: Path) -> None:
    solution = course / "solutions/07_small.ipynb"
    notebook = read(solution)
    cell_of(notebook, "twice-a-number-2")["outputs"][0]["text"] = ["5 solutions False\n"]          # code cell 1
    cell_of(notebook, "check-twice")["outputs"][0]["data"]["text/html"] = ["<b>Passed.</b>"]       # code cell 3
    cell_of(notebook, "thrice-a-number-2")["outputs"][0]["text"] = ["another time\n"]
    solution.write_text(json.dumps(notebook))
    code, output = nbval(course)
    assert code == 1
    assert "2 failed, 7 passed" in output
    assert "FAILED solutions/07_small.ipynb::Cell 1" in output
    assert "FAILED solutions/07_small.ipynb::Cell 3" in output


# ---- build --check ----


def change_cell(course: Path, folder: str, identifier: str, **changes: Any) -> None:
    path = course / folder / "07_small.ipynb"
    notebook = read(path)
    cell_of(notebook, identifier).update(changes)
    text = json.dumps(notebook, sort_keys=True, indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")


ERROR = [{"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}]
WRONG = [{"output_type": "display_data", "data": {"text/plain": ["[thrice: wrong values] No."]}, "metadata": {}}]
SOLVED = ["def twice(x):\n", "    return 2 * x"]


@pytest.mark.parametrize(
    ("folder", "identifier", "changes", "sentence"),
    [
        ("notebooks", "twice", {"source": SOLVED}, "differs from its source in cell twice"),
        ("notebooks", "check-twice", {"metadata": {}}, "differs from its source in cell check-twice"),
        ("notebooks", "check-twice", {"execution_count": 4}, "differs from its source in cell check-twice"),
        ("solutions", "twice-a-number-1", {"source": ["Words."]}, "differs from its source in cell twice-a-number-1"),
        ("solutions", "twice", {"metadata": {"tags": ["exercise"]}}, "differs from its source in cell twice"),
        ("solutions", "check-thrice", {"id": "check-three"}, "differs from its source in cell check-thrice"),
        ("solutions", "twice", {"execution_count": None}, "has a cell that was never executed, twice"),
        ("solutions", "twice", {"execution_count": 9}, "has a cell that was executed out of order, twice"),
        ("solutions", "check-twice", {"outputs": ERROR}, "holds an error in cell check-twice"),
        ("solutions", "check-twice", {"outputs": []}, "holds a check that does not pass, check-twice"),
        ("solutions", "check-thrice", {"outputs": WRONG}, "holds a check that does not pass, check-thrice"),
    ],
)
def test_check_finds_a_changed_notebook(
    course: Path,
    capsys: pytest.CaptureFixture[str],
    folder: str,
    identifier: str,
    changes: dict[str, Any],
    sentence: str,
) -> None:
    change_cell(course, folder, identifier, **changes)
    before = files(course)
    assert main(["--check"], course) == 1
    assert capsys.readouterr().err == f"{folder}/07_small.ipynb {sentence}; run `python -m course_lib build 07`.\n"
    assert files(course) == before


def test_check_wants_the_learners_copy_byte_for_byte(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = course / "notebooks/07_small.ipynb"
    path.write_bytes(path.read_bytes() + b"\n")
    assert main(["--check"], course) == 1
    assert "is not written the way the builder writes it" in capsys.readouterr().err


def test_check_finds_a_changed_source(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = course / "solutions/07_small.py"
    source.write_text(source.read_text().replace("return 2 * x", "return x + x"))
    assert main(["--check", "07"], course) == 1
    told = capsys.readouterr().err      # the stub is the same, so only the solution is behind
    assert told.splitlines() == [
        "solutions/07_small.ipynb differs from its source in cell twice; run `python -m course_lib build 07`."
    ]


def test_check_finds_notebooks_that_are_missing_damaged_or_without_a_source(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(course / "notebooks/07_small.ipynb", course / "notebooks/08_gone.ipynb")
    (course / "notebooks/07_small.ipynb").write_text('{"cells": [')
    (course / "solutions/07_small.ipynb").unlink()
    assert main(["--check"], course) == 1
    remedy = "; run `python -m course_lib build 07`."
    assert capsys.readouterr().err.splitlines() == [
        "notebooks/08_gone.ipynb has no source in solutions/; delete it.",
        "solutions/07_small.ipynb is missing or is not a notebook" + remedy,
        "notebooks/07_small.ipynb is missing or is not a notebook" + remedy,
    ]


def test_an_unknown_lesson(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["12"], course) == 1
    assert capsys.readouterr().err == "There is no lesson 12 in solutions/; the lessons there are: 07.\n"


def test_a_course_without_lessons_is_not_fine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"], tmp_path) == 1
    assert capsys.readouterr().err == "There is no lesson in solutions/; the lessons there are: none.\n"


# ---- mistakes in a source ----


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


EXERCISE = '# %% tags=["exercise"] points=2\n'
EQUATION = '# %% tags=["equation"]\n'
SECTION = "# %% [markdown]\n# ## 7.2 Thrice a number\n"


# Each: what is replaced by what in LESSON, text at whose line the mistake is told, and words of the sentence.
@pytest.mark.parametrize(
    ("old", "new", "at", "sentence"),
    [
        ("    ### END SOLUTION\n\n# %%\ncheck(twice)", "\n# %%\ncheck(twice)", EXERCISE, "twice needs one"),
        ("    ### BEGIN SOLUTION: one line\n", "", EXERCISE, "twice needs one"),
        ("    return 2 * x\n", "    return 2 * x\n    ### BEGIN SOLUTION\n", EXERCISE, "twice needs one"),
        ("    ### BEGIN SOLUTION: one", "    ### BEGIN SOLUTION, one", EXERCISE, "Nothing may stand beside"),
        ("    return 2 * x\n    ### END SOLUTION", "    ### END SOLUTION x", EXERCISE, "Nothing may stand beside"),
        ("    ### BEGIN SOLUTION: one", "      ### BEGIN SOLUTION: one", "      ### BEGIN", "Indent this mark by 4"),
        ('    """2 x"""\n', "", EXERCISE, "twice needs a docstring"),
        ("def twice(x):", "import numpy\ndef twice(x):", EXERCISE, "one function and nothing else"),
        ("def twice(x):", "def twice(x:", "def twice(x:", "This is not Python"),
        ("check(twice)", "print(twice)", EXERCISE, "must begin with check(twice)"),
        ("check(twice)", "check(thrice)", EXERCISE, "must begin with check(twice)"),
        ("check(twice)\n", "check(twice)\n\n# %%\ncheck(once)\n", "# %%\ncheck(once)", "which is no exercise"),
        ("def thrice", "def twice", '# %% tags=["exercise"]\n', "There is an exercise twice at line 34 already"),
        (EXERCISE, "# %%\n", "# %%\ndef twice", 'not the tag "exercise"'),
        (EXERCISE, '# %% tags=["exercise"] points=0\n', "points=0", "points is a whole number, 1 or more"),
        (EQUATION, "# %% points=2\n", "# %% points=2\nprint", "points=2 on another cell"),
        (EQUATION, '# %% tags=["equations"]\n', "equations", 'The tag "equations" is unknown'),
        (EQUATION, '# %% tags=["live", "figure"]\n', '"live", "figure"', "at most one tag"),
        (EQUATION, '# %% tag=["equation"]\n', "tag=[", "not tag."),
        (EQUATION, "# %% a title\n", "a title", "not title."),
        (EQUATION, EQUATION + 'x = """\n# %% y\n"""\n', "# A note", "inside a string begins with"),
        (SECTION, SECTION.replace("]", '] tags=["figure"]', 1), 'tags=["figure"]', "is for code cells"),
        (SECTION, SECTION.replace("markdown", "raw"), "[raw]", "code or [markdown], not [raw]"),
        (SECTION, SECTION.replace("Thrice", "Twice"), "# %% [markdown]\n# ## 7.2", "a title of its own"),
        (SECTION, "# %%\n\n" + SECTION, "# %%\n\n" + SECTION, "This cell is empty"),
        ("# A note", "A note", "A note", "Only comments may stand above"),
        ("# %%", "# cell", "# A note", "this file has none"),
    ],
)
def test_a_mistake_in_a_source_is_one_sentence_with_its_line(
    tmp_path: Path, old: str, new: str, at: str, sentence: str
) -> None:
    assert old in LESSON
    text = LESSON.replace(old, new)
    source = write_lesson(tmp_path, text)
    with pytest.raises(LessonError) as caught:
        solved_notebook(source, read_cells(source))
    told = str(caught.value)
    assert told.startswith(f"solutions/07_small.py:{line_of(text, at)}: ")
    assert sentence in told
    assert "\n" not in told


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("raise ValueError('no\\ngood')", "This cell raises ValueError: no good\n"),
        ("import course_lib\nprint(course_lib.__file__)", "The output names a place on this machine, "),
        ("import os\nos._exit(3)", "The kernel died in this cell."),
        ("while True:\n    pass", "This cell ran for more than 1 s."),
    ],
    ids=["raises", "path", "dies", "endless"],
)
def test_a_cell_that_fails_leaves_both_notebooks_as_they_were(
    course: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, code: str, sentence: str
) -> None:
    if "while" in code:
        monkeypatch.setattr(execution, "CELL_SECONDS", 1)
    text = f"# %% [markdown]\n# # Words\n\n# %%\n{code}\n\n# %%\nprint('after')\n"
    write_lesson(course, text)
    before = files(course)
    assert main([], course) == 1
    assert capsys.readouterr().err.startswith(f"solutions/07_small.py:4: {sentence}")
    assert files(course) == before
    assert not list(course.glob("*/*.part"))


CHECKED = """\
# %% [markdown]
# # Checks

# %%
import numpy as np

from course_lib.checkpoints import check, judge

# %%
def relu(Z):
    return -np.maximum(Z, 0)


judge(relu)

# %% tags=["exercise"]
def relu(Z):
    'Z, and 0 for what is negative.'
    ### BEGIN SOLUTION
    return np.maximum(Z, 0)
    ### END SOLUTION

# %%
check(relu)
"""


def test_a_lesson_may_show_what_a_wrong_answer_gets(tmp_path: Path) -> None:
    write_lesson(tmp_path, CHECKED)
    assert main([], tmp_path) == 0
    shown = cell_of(read(tmp_path / "solutions/07_small.ipynb"), "checks-3")["outputs"]
    assert "[relu: wrong values]" in json.dumps(shown)
    assert main(["--check"], tmp_path) == 0


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("    return np.maximum(Z, 0)\n    ###", "    return abs(Z)\n    ###", "says [relu: wrong values] "),
        ("relu", "twice_relu", "says [check] Nothing was checked. There is no exercise called 'twice_relu'."),
        ("check(relu)\n", "check(relu) if False else None\n", "shows no card."),
    ],
    ids=["wrong", "unknown", "no card"],
)
def test_a_check_that_does_not_pass_leaves_both_notebooks_as_they_were(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, sentence: str
) -> None:
    text = CHECKED.replace(old, new).replace("\n\njudge(twice_relu)\n", "")
    source = write_lesson(tmp_path, text)
    assert main([], tmp_path) == 1
    name = "twice_relu" if "twice_relu" in text else "relu"
    told = f"solutions/07_small.py:{line_of(text, '# %%' + chr(10) + 'check(')}: The check of {name} does not pass; it "
    errors = capsys.readouterr().err
    assert errors.startswith(told + sentence) and errors.count("\n") == 1 and len(errors) < 300
    assert not files(source.parent.parent)


def test_the_learners_copy_of_a_solved_notebook_leaves_it_alone(tmp_path: Path) -> None:
    source = write_lesson(tmp_path, LESSON)
    solved = solved_notebook(source, read_cells(source))
    learner_notebook(solved)
    assert any("return 2 * x" in cell.source for cell in solved.cells)
