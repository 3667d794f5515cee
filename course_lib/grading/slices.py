"""From a notebook to the source of one exercise: its definition and what that refers to, and nothing else.

    import numpy as np                          import numpy as np
    from course_lib import plots
    X = np.load("big.npy")                      TINY = 1e-12
    TINY = 1e-12                       -->
    def softmax(Z): ... TINY ...                def softmax(Z): ... TINY ...
    check(softmax)
    plots.confusion(...)

Whatever else the notebook does is left out, so it can neither help nor harm. Which names a statement needs and which it
binds is what Python's compiler says.
"""

from __future__ import annotations

import ast
import builtins
import dis
import json
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import CodeType

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

from course_lib.checkpoints.learner import globals_in_body
from course_lib.grading.submissions import SubmissionError

HARMLESS_MAGIC = ("%%time", "%%capture")  # the rest of such a cell is plain Python


@dataclass(frozen=True)
class Statement:
    """A statement at the top level of a notebook: its source, and the names that it needs and binds.

    `alters` are names whose object it changes without binding it: LIMITS["lr"] = 1, names.append("W3").
    `defines` is the one name that it gives a new meaning, whatever that was before: def, class.
    """

    node: ast.stmt
    source: str
    needs: frozenset[str]
    binds: frozenset[str]
    alters: frozenset[str]
    defines: str = ""


@dataclass(frozen=True)
class Notebook:
    """The statements of a notebook in order, and the errors of cells that are no Python."""

    statements: tuple[Statement, ...]
    unreadable: tuple[tuple[str, str], ...] = ()  # a cell's text and what is wrong in it

    @property
    def names(self) -> set[str]:
        """All names that are given a meaning."""
        return {name for each in self.statements for name in each.binds}

    @property
    def checked(self) -> list[str]:
        """The names in check(...), in order."""
        return [name for each in self.statements if (name := _checked(each.node))]

    def slice(self, name: str) -> list[Statement]:
        """The statements that `name` needs, in order, as they stand before its last check(...). [] if it has no meaning.

        Of an import only the names that are needed remain.
        """
        ends = [i for i, each in enumerate(self.statements) if _checked(each.node) == name]
        return list(_pruned(self.statements[: ends[-1]] if ends else self.statements, name))


def read(text: str) -> Notebook:
    """The code of a notebook file. Raises SubmissionError if it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of cells without an id, and the like
            cells = nbformat.reads(text, as_version=4).cells
        sources = [cell.source for cell in cells if cell.cell_type == "code"]
    except RecursionError:
        raise SubmissionError("This is not a notebook: its JSON is nested too deeply.") from None
    except json.JSONDecodeError as error:
        raise SubmissionError(f"This is not a notebook: it is not JSON, from line {error.lineno} on.") from None
    except Exception as error:  # whatever nbformat stumbles over in a foreign file
        raise SubmissionError(f"This is not a notebook: {str(error).splitlines()[0][:200]}") from None
    statements: list[Statement] = []
    unreadable = []
    for source in sources:
        try:
            statements += _statements(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            unreadable.append((source, f"{type(error).__name__}: {error}"))
    return Notebook(tuple(statements), tuple(unreadable))


def _statements(cell: str) -> Iterator[Statement]:
    """Raises SyntaxError or ValueError (a null character), and for monstrous ones RecursionError or MemoryError."""
    first, _, rest = cell.partition("\n")
    if first.startswith("%%"):
        if not first.startswith(HARMLESS_MAGIC):
            return
        cell = "\n" + rest
    text = TransformerManager().transform_cell(cell)  # %magic and !command become calls
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of "\d" in a string
        for node in ast.parse(text).body:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                continue
            yield _statement(node, text)


def _statement(node: ast.stmt, text: str) -> Statement:
    code = compile(ast.Module([node], []), "<a notebook>", "exec", dont_inherit=True)
    needs = frozenset(globals_in_body(code)) - set(dir(builtins))
    is_definition = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    source = _whole_lines(node, text) if is_definition else ast.unparse(node)
    defines = node.name if is_definition and not _loads_now(code, node.name) else ""
    return Statement(node, source, needs, frozenset(_stored(code)), frozenset(_altered(node)), defines)


def _whole_lines(node: ast.stmt, text: str) -> str:
    """The source of a definition as it was written, comments and all, with its decorators."""
    first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
    lines = text.splitlines()[first - 1 : node.end_lineno]
    alone = not lines[0][:1].isspace() and ";" not in lines[0]
    return "\n".join(lines) if alone else ast.unparse(node)


def _stored(code: CodeType) -> set[str]:
    return {each.argval for each in dis.get_instructions(code) if each.opname in ("STORE_NAME", "STORE_GLOBAL")}


def _loads_now(code: CodeType, name: str) -> bool:
    """Whether the statement itself looks the name up, in a decorator or a default value, and not a body later on."""
    return any(each.opname == "LOAD_NAME" and each.argval == name for each in dis.get_instructions(code))


def _altered(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.Delete)):
        targets = [node.target] if isinstance(node, ast.AugAssign) else node.targets
        yield from (root for target in targets if isinstance(target, ast.Subscript) and (root := root_of(target)))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        if root := root_of(node.value.func):
            yield root


def root_of(node: ast.expr) -> str:
    """The name that a chain of attributes and subscripts begins with: "np" for np.random.rand; "" if it is no name."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _checked(node: ast.stmt) -> str:
    """The name in check(name), "" for every other statement."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name):
        call = node.value
        if call.func.id == "check" and len(call.args) == 1 and isinstance(call.args[0], ast.Name):  # type: ignore[attr-defined]
            return call.args[0].id
    return ""


def _pruned(statements: Sequence[Statement], name: str) -> Iterator[Statement]:
    """The statements that `name` needs, and those that these need, in order."""
    last_definition = {each.defines: i for i, each in enumerate(statements) if each.defines}
    imported = {bound for each in statements if isinstance(each.node, (ast.Import, ast.ImportFrom)) for bound in each.binds}
    needed, taken, grown = {name}, set[int](), True
    while grown:
        grown = False
        for i, each in enumerate(statements):
            binds = {bound for bound in each.binds & needed if i >= last_definition.get(bound, 0)}
            alters = {altered for altered in each.alters & needed if altered not in imported}
            if i not in taken and (binds or alters or _imports_everything(each.node)):
                taken.add(i)
                needed |= each.needs
                grown = True
    if any(statements[i].binds & {name} for i in taken):
        yield from (_only_what_is_needed(statements[i], needed) for i in sorted(taken))


def _imports_everything(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)


def _only_what_is_needed(statement: Statement, needed: set[str]) -> Statement:
    node = statement.node
    if not isinstance(node, (ast.Import, ast.ImportFrom)) or _imports_everything(node):
        return statement
    aliases = [each for each in node.names if (each.asname or each.name.partition(".")[0]) in needed]
    shorter: ast.Import | ast.ImportFrom = (
        ast.Import(aliases) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, aliases, node.level)
    )
    return Statement(shorter, ast.unparse(shorter), statement.needs, statement.binds, statement.alters)
