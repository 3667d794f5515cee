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
        """The statements that `name` needs, in order, as they stand before its last check(...).

        Of an import only the names that are needed remain. [] if `name` is not defined.
        """
        ends = [i for i, each in enumerate(self.statements) if _checked(each.node) == name]
        return list(_pruned(self.statements[: ends[-1]] if ends else self.statements, name))


def read(text: str) -> Notebook:
    """The code of a notebook file. Raises SubmissionError if it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of cells without an id, and the like
            cells = nbformat.reads(text, as_version=4).cells  # type: ignore[no-untyped-call]
        sources = [cell.source for cell in cells if cell.cell_type == "code"]
    except nbformat.reader.NotJSONError:
        raise SubmissionError("This is not a notebook: it is not JSON, perhaps because it was cut short.") from None
    except Exception:  # whatever nbformat stumbles over in a foreign file; a RecursionError too
        raise SubmissionError("This is not a notebook: its JSON does not have the form of one.") from None
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
    text = TransformerManager().transform_cell(cell)  # type: ignore[no-untyped-call]  # %magic and !command: calls
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of "\d" in a string
        for node in ast.parse(text).body:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                continue
            yield _statement(node, text)


def _statement(node: ast.stmt, text: str) -> Statement:
    code = compile(ast.Module([node], []), "<a notebook>", "exec", dont_inherit=True)
    needs = frozenset(globals_in_body(code)) - set(dir(builtins))
    source, defines = ast.unparse(node), ""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        source, defines = _whole_lines(node, text), "" if _loads_now(code, node.name) else node.name
    return Statement(node, source, needs, frozenset(_stored(code)), frozenset(_altered(node)), defines)


def _whole_lines(node: ast.FunctionDef | ast.ClassDef, text: str) -> str:
    """The source of a definition as it was written, comments and all, with its decorators."""
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
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
    match node:
        case ast.Expr(ast.Call(ast.Name("check"), [ast.Name(name)])):
            return name
    return ""


def _pruned(statements: Sequence[Statement], name: str) -> Iterator[Statement]:
    """The statements that `name` needs, and those that these need, in order."""
    last_definition = {each.defines: i for i, each in enumerate(statements) if each.defines}
    imports = [each for each in statements if isinstance(each.node, (ast.Import, ast.ImportFrom))]
    imported = {bound for each in imports for bound in each.binds}
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
