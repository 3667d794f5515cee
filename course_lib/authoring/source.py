"""Reading a lesson's source: jupytext's percent format, solved.

    # %% [markdown]              text and LaTeX; a heading of level 1 or 2 on its first line opens a section
    # %%                         code
    # %% tags=["equation"]       code with a tag, at most one, see TAGS
    # %% tags=["exercise"] points=2
    def softmax(Z):              one function, with a docstring and one region, which the learner's copy leaves out
        '''What it computes.'''
        ### BEGIN SOLUTION: two or three lines
        ...
        ### END SOLUTION
    # %%
    check(softmax)               the cell right after an exercise

Comments above the first `# %%` are for maintainers and reach no notebook. Every mistake is one sentence with its line.
"""

import ast
import itertools
import re
from dataclasses import dataclass
from pathlib import Path

import jupytext
from nbformat import NotebookNode

# The tags of code cells. True: the output is not compared when nbval runs the solutions again.
TAGS = {
    "exercise": False,  # the learner writes it
    "equation": False,  # checks an equation on numbers
    "figure": True,     # draws a picture
    "live": True,       # depends on the machine, the time or the learner's progress
    "explorer": True,   # shows a widget
}
PERCENT = {"extension": ".py", "format_name": "percent", "comment_magics": False}
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
REGION = re.compile(rf"^( *){BEGIN}(?:: *(.*?))?\.? *\n(?:.*\n)*? *{END} *$", re.MULTILINE)   # indent, prompt


class LessonError(Exception):
    """A mistake in a lesson's source, as one sentence with the file and the line."""

    def __init__(self, source: Path, line: int, sentence: str) -> None:
        super().__init__(f"{short(source)}:{line}: {sentence}")


@dataclass(frozen=True)
class Cell:
    """One cell of a source.

    `line` is where its `# %%` stands, `exercise` the function that it asks the learner for, `checks` the function that
    it begins by checking.
    """

    line: int
    kind: str
    text: str
    tag: str | None
    points: int
    exercise: str | None
    checks: str | None


def short(path: Path) -> str:
    """A file of the course as a message names it."""
    return f"{path.parent.name}/{path.name}"


def read_cells(source: Path) -> list[Cell]:
    """The cells of a source; raises LessonError for the first mistake in it."""
    lines = source.read_text(encoding="utf-8").split("\n")
    markers = [number for number, line in enumerate(lines, start=1) if re.match(r"# *%%", line)]
    if not markers:
        raise LessonError(source, 1, 'A lesson is made of cells that begin with "# %%"; this file has none.')
    for number, line in enumerate(lines[: markers[0] - 1], start=1):
        if line.strip() and not line.startswith("#"):
            raise LessonError(source, number, 'Only comments may stand above the first "# %%"; move this into a cell.')
    nodes = jupytext.reads("\n".join(lines[markers[0] - 1 :]), fmt=PERCENT).cells
    if len(nodes) != len(markers):
        raise LessonError(source, 1, 'A line inside a string begins with "# %%"; write that string otherwise.')
    cells = [_read_cell(source, line, node) for line, node in zip(markers, nodes, strict=True)]
    _require_checks(source, cells)
    return cells


def _read_cell(source: Path, line: int, node: NotebookNode) -> Cell:
    def error(sentence: str) -> LessonError:
        return LessonError(source, line, sentence)

    options = {key: value for key, value in node.metadata.items() if key not in ("lines_to_next_cell", "cell_marker")}
    tags, points = options.pop("tags", []), options.pop("points", None)
    if node.cell_type not in ("markdown", "code"):
        raise error(f"A cell is code or [markdown], not [{node.cell_type}].")
    if options:
        raise error(f'After "# %%" may stand [markdown], tags=[...] and points=N, not {", ".join(options)}.')
    if not node.source.strip():
        raise error("This cell is empty; fill it or take it out.")
    if not isinstance(tags, list) or len(tags) > 1:
        raise error(f'A cell has at most one tag, written tags=["name"]; this one has {tags!r}.')
    tag = tags[0] if tags else None
    if tag is not None and tag not in TAGS:
        raise error(f'The tag "{tag}" is unknown; the tags are {", ".join(TAGS)}.')
    if tag is not None and node.cell_type == "markdown":
        raise error(f'The tag "{tag}" is for code cells, and this is a text.')
    if points is not None and (tag != "exercise" or not isinstance(points, int) or points < 1):
        raise error(f"points is a whole number, 1 or more, on an exercise; this is points={points!r} on another cell.")
    exercise = _exercise_name(source, line, node.source) if tag == "exercise" else None
    if exercise is None and (BEGIN in node.source or END in node.source):
        raise error('This cell has a solution region but not the tag "exercise".')
    check = re.match(r"check\(\s*(\w+)", node.source) if node.cell_type == "code" else None
    return Cell(line, node.cell_type, node.source, tag, points or 1, exercise, check[1] if check else None)


def _exercise_name(source: Path, line: int, text: str) -> str:
    """The name of the one function in an exercise cell, whose docstring and region are looked at too."""
    try:
        statements = ast.parse(text).body
    except SyntaxError as error:
        raise LessonError(source, line + (error.lineno or 1), f"This is not Python: {error.msg}.") from None
    if len(statements) != 1 or not isinstance(statements[0], ast.FunctionDef):
        raise LessonError(source, line, "An exercise cell holds one function and nothing else.")
    function = statements[0]
    if ast.get_docstring(function) is None:
        raise LessonError(source, line, f"The exercise {function.name} needs a docstring with its formula and shapes.")
    rows = enumerate(text.splitlines(), start=line + 1)
    marks = [(number, row) for number, row in rows if BEGIN in row or END in row]
    if [BEGIN in row for _, row in marks] != [True, False]:
        raise LessonError(source, line, f'The exercise {function.name} needs one "{BEGIN}" and after it one "{END}".')
    indent = function.body[0].col_offset
    for number, row in marks:
        if not row.startswith(" " * indent + "###"):
            raise LessonError(source, number, f"Indent this mark by {indent} spaces, like the body of {function.name}.")
    if REGION.search(text) is None:
        raise LessonError(source, line, f'Nothing may stand beside the marks but ": a prompt" after "{BEGIN}".')
    return function.name


def _require_checks(source: Path, cells: list[Cell]) -> None:
    """An exercise has a name of its own and its check right after it; a check has an exercise."""
    lines: dict[str, int] = {}
    for cell, following in itertools.zip_longest(cells, cells[1:]):
        name = cell.exercise
        if name is None:
            continue
        if name in lines:
            raise LessonError(source, cell.line, f"There is an exercise {name} at line {lines[name]} already.")
        if following is None or following.checks != name:
            raise LessonError(source, cell.line, f"The cell right after this exercise must begin with check({name}).")
        lines[name] = cell.line
    for cell in cells:
        if cell.checks is not None and cell.checks not in lines:
            raise LessonError(source, cell.line, f"This checks {cell.checks}, which is no exercise of this lesson.")
