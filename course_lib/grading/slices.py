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

Notebooks are not always run from top to bottom, so there may be several slices, the likeliest first: what stands before
the exercise's check, up to its definition, or anywhere; and that with every statement that may have changed what it
needs.
"""

from __future__ import annotations

import ast
import builtins
import dis
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import CodeType

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

from course_lib.checkpoints.learner import globals_in_body
from course_lib.grading.submissions import SubmissionError

HARMLESS_MAGIC = ("%%time", "%%capture", "%%prun")  # the rest of such a cell is plain Python
SHOWS = frozenset({"check", "hint", "judge", "progress", "print", "display"})  # calls that change nothing
MOST_CODE = 500_000  # characters in one notebook; those of the course have up to 40,000


@dataclass(frozen=True)
class Statement:
    """A statement at the top level of a notebook, and its names.

    needs       what it looks up, at once or in a function that it defines; builtins are among them
    binds       what it gives a meaning
    alters      whose object it changes without binding the name: LIMITS["lr"] = 1, names.append("W3")
    mentions    what it looks up at once
    """

    node: ast.stmt
    needs: frozenset[str]
    binds: frozenset[str]
    alters: frozenset[str]
    mentions: frozenset[str]

    @property
    def source(self) -> str:
        """What is run: made from what was looked at, so that the two cannot differ."""
        return ast.unparse(self.node)

    @property
    def defines(self) -> str:
        """The one name that it gives a new meaning whatever that was before, "" if it does not: def, class."""
        is_definition = isinstance(self.node, (ast.FunctionDef, ast.ClassDef)) and self.node.name not in self.mentions
        return self.node.name if is_definition else ""  # type: ignore[attr-defined]

    @property
    def is_import(self) -> bool:
        return isinstance(self.node, (ast.Import, ast.ImportFrom))

    @property
    def imports_everything(self) -> bool:
        return isinstance(self.node, ast.ImportFrom) and any(alias.name == "*" for alias in self.node.names)


@dataclass(frozen=True)
class Notebook:
    """The statements of a notebook in order, and the errors of cells that are no Python."""

    statements: tuple[Statement, ...]
    unreadable: tuple[tuple[str, str], ...] = ()  # a cell's text and what is wrong in it

    @property
    def defined(self) -> set[str]:
        return {each.defines for each in self.statements if each.defines}

    @property
    def names(self) -> set[str]:
        """All names that are given a meaning."""
        return {name for each in self.statements for name in each.binds}

    @property
    def checked(self) -> set[str]:
        """The names in check(...)."""
        return {name for each in self.statements if (name := _checked(each.node))}

    def slices(self, name: str) -> list[list[Statement]]:
        """The statements that `name` needs, in order: one or several lists; none if `name` is not defined.

        Of an import only the names that are needed remain.
        """
        checks = [i for i, each in enumerate(self.statements) if _checked(each.node) == name]
        definitions = [i + 1 for i, each in enumerate(self.statements) if each.defines == name]
        ends = [*checks[-1:], *definitions[-1:], None]
        found = [_pruned(self.statements[:end], name) for end in ends]
        found.append(_pruned(self.statements, name, wide=True))
        return [each for i, each in enumerate(found) if each and each not in found[:i]]


def read(text: str) -> Notebook:
    """The code of a notebook file. Raises SubmissionError if it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of cells without an id, and the like
            cells = nbformat.reads(text, as_version=4).cells  # type: ignore[no-untyped-call]
        sources = [str(cell.get("source", "")) for cell in cells if cell.cell_type == "code"]
    except nbformat.reader.NotJSONError:
        raise SubmissionError("This is not a notebook: it is not JSON, perhaps because it was cut short.") from None
    except Exception:  # whatever nbformat stumbles over in a foreign file; a RecursionError too
        raise SubmissionError("This is not a notebook: its JSON does not have the form of one.") from None
    if (size := sum(map(len, sources))) > MOST_CODE:
        raise SubmissionError(f"It holds {size} characters of code; no notebook of the course needs {MOST_CODE}.")
    statements: list[Statement] = []
    unreadable = []
    for source in sources:
        try:
            statements += list(_statements(source))
        except Exception as error:  # SyntaxError; a null character; monstrous ones: RecursionError, MemoryError
            unreadable.append((source, f"{type(error).__name__}: {error}"))
    return Notebook(tuple(statements), tuple(unreadable))


def _statements(cell: str) -> Iterator[Statement]:
    cell = cell.lstrip("\n")
    while cell.startswith("%%"):
        if not cell.startswith(HARMLESS_MAGIC):
            return
        cell = cell.partition("\n")[2].lstrip("\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of "\d" in a string, of a form feed
        text = TransformerManager().transform_cell(cell)  # type: ignore[no-untyped-call]  # %magic and !command: calls
        for node in ast.parse(text).body:
            if not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
                yield _statement(node)


def _statement(node: ast.stmt) -> Statement:
    ast.unparse(node)  # may raise RecursionError: here, where the cell is told
    code = compile(ast.Module([node], []), "<a notebook>", "exec", dont_inherit=True)
    return Statement(
        node,
        needs=frozenset(globals_in_body(code)),
        binds=frozenset(_named(code, "STORE_NAME", "STORE_GLOBAL")),
        alters=frozenset(_altered(node)),
        mentions=frozenset(_named(code, "LOAD_NAME")),
    )


def _named(code: CodeType, *operations: str) -> Iterator[str]:
    return (each.argval for each in dis.get_instructions(code) if each.opname in operations)


def _altered(node: ast.stmt) -> Iterator[str]:
    """Roots of x[...] = ..., x.y = ... and x.method(...), in loops and conditions too, but not in functions."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return
    for each in ast.walk(node):
        if isinstance(each, (ast.Subscript, ast.Attribute)) and not isinstance(each.ctx, ast.Load):
            yield root_of(each)
        match each:
            case ast.Expr(ast.Call(ast.Attribute() as method)):
                yield root_of(method)


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


def _shows(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(ast.Call(ast.Name(name))):
            return name in SHOWS
    return False


def _pruned(statements: Sequence[Statement], name: str, *, wide: bool = False) -> list[Statement]:
    """The statements that `name` needs, and those that these need, in order; [] if none gives it a meaning.

    wide    with all earlier meanings of a name, and with every statement that may have changed one
    """
    last_definition = {} if wide else {each.defines: i for i, each in enumerate(statements)}
    imported = {bound for each in statements if each.is_import for bound in each.binds}
    places: dict[str, list[int]] = {}  # name -> the statements that give it its value
    for i, each in enumerate(statements):
        changes = each.alters | (each.mentions - {name} if wide and not _shows(each.node) else set())
        for bound in {*(b for b in each.binds if i >= last_definition.get(b, 0)), *(changes - imported)}:
            places.setdefault(bound, []).append(i)
    if not any(name in statements[i].binds for i in places.get(name, [])):
        return []
    needed, taken, waiting = {name}, set[int](), [name]
    while waiting:
        for i in places.get(waiting.pop(), []):
            if i not in taken:
                taken.add(i)
                waiting += statements[i].needs - needed
                needed |= statements[i].needs
    if any(each not in places and not hasattr(builtins, each) for each in needed):
        taken |= {i for i, each in enumerate(statements) if each.imports_everything}
    return [_only_what_is_needed(statements[i], needed) for i in sorted(taken)]


def _only_what_is_needed(statement: Statement, needed: Iterable[str]) -> Statement:
    node = statement.node
    if not isinstance(node, (ast.Import, ast.ImportFrom)) or statement.imports_everything:
        return statement
    aliases = [each for each in node.names if (each.asname or each.name.partition(".")[0]) in needed]
    if isinstance(node, ast.Import):
        return replace(statement, node=ast.Import(aliases))
    return replace(statement, node=ast.ImportFrom(node.module, aliases, node.level))
