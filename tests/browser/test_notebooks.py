"""The learner's notebooks as a learner does them: run blank, answer wrongly, take a hint, answer rightly, play."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from harness import REPOSITORY, Notebook
from playwright.sync_api import expect

LESSONS = sorted(path.stem for path in (REPOSITORY / "notebooks").glob("*.ipynb"))

WRONG = {  # what many write first, and words of the card that names it
    "one_hot": ("def one_hot(y, C):\n    Y = np.zeros((len(y), C))\n    Y[:, y] = 1\n    return Y", "row"),
    "softmax": ("def softmax(Z):\n    return np.exp(Z) / np.exp(Z).sum()", "row"),
}


def exercises(lesson: str) -> dict[str, str]:
    """The solved cell of each exercise of a lesson, by the function's name."""
    cells = json.loads((REPOSITORY / "solutions" / f"{lesson}.ipynb").read_text(encoding="utf-8"))["cells"]
    solved = ["".join(cell["source"]) for cell in cells if "exercise" in cell["metadata"].get("tags", [])]
    names = [re.search(r"^def (\w+)", source, re.MULTILINE) for source in solved]
    return {name[1]: source for name, source in zip(names, solved, strict=True) if name}


def stub(solved: str) -> str:
    """A text that only the exercise's own cell has: the first line of its docstring."""
    docstring = re.search(r'"""(.*)', solved)
    assert docstring
    return docstring[1].removesuffix('"""')


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_learner_goes_through_a_notebook(open_notebook: Callable[..., Notebook], lesson: str) -> None:
    notebook = open_notebook(f"notebooks/{lesson}.ipynb")
    notebook.run_all()
    for name in exercises(lesson):
        assert notebook.text(f"check({name})").startswith(f"{name}: not started")
    for name, solved in exercises(lesson).items():
        if name in WRONG:
            code, words = WRONG[name]
            notebook.write(stub(solved), f'{code}\n# "{stub(solved)}"')
            notebook.run(stub(solved))
            notebook.run(f"check({name})")
            assert words in notebook.text(f"check({name})")
            notebook.screenshot(f"{lesson}-wrong-{name}", cell=f"check({name})")
        notebook.write(stub(solved), solved)
        notebook.run(stub(solved))
        notebook.run(f"check({name})")
        assert "Passed" in notebook.text(f"check({name})")
    notebook.run_all()
    notebook.screenshot(f"{lesson}-solved")
    notebook.theme("dark")
    notebook.screenshot(f"{lesson}-solved-dark")


def test_the_explorers_of_a_lesson_run_what_the_learner_wrote(open_notebook: Callable[..., Notebook]) -> None:
    notebook = open_notebook("notebooks/01_forward_pass.ipynb")
    notebook.run_all()
    solved = exercises("01_forward_pass")["softmax"]
    counted = solved.replace("    E =", "    global times_called\n    times_called += 1\n    E =")
    notebook.write(stub(solved), f"times_called = 0\n\n\n{counted}")
    notebook.run(stub(solved))
    notebook.run("check(softmax)")
    notebook.run("explorers.temperature")
    cell = notebook.cell("explorers.temperature")
    handle = cell.locator(".noUi-handle")
    before = int(notebook.kernel("print(times_called)"))
    box = handle.bounding_box()
    assert box
    notebook.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    notebook.page.mouse.down()
    for step in range(1, 31):
        notebook.page.mouse.move(box["x"] + 4 * step, box["y"] + box["height"] / 2)
    notebook.page.mouse.up()
    expect(cell.locator(".course-line").first).to_contain_text("no class gets more than")
    assert int(notebook.kernel("print(times_called)")) > before
    notebook.screenshot("01-temperature-by-the-learner", cell="explorers.temperature")
