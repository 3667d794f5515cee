"""What the source of an exercise may not reach for: with it, an answer could be right without being the learner's.

    from course_lib.nn.functional import softmax      the solution itself
    np.allclose = lambda *a, **k: True                other people's functions changed
    f.__globals__, sys.modules, open, eval            Python's inner workings, files, other programs

Nothing in the course asks for these. Who uses one may still be honest, so it is not a mistake: a teacher looks at it.
Python cannot be made watertight in Python: this keeps out what a class would try, not a burglar.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from course_lib.grading.slices import Statement, root_of

MODULES = frozenset(
    "abc array bisect cmath collections contextlib copy dataclasses datetime decimal enum fractions functools heapq "
    "itertools math matplotlib numbers numpy operator pprint random re scipy sklearn statistics string textwrap time "
    "tqdm typing warnings".split()
)
FROM_THE_COURSE = frozenset({"course_lib.checkpoints.mine", "course_lib.data.load"})
BUILTINS = frozenset(
    "__import__ breakpoint compile delattr eval exec getattr globals input locals memoryview open setattr vars "
    "get_ipython".split()
)
ATTRIBUTES = frozenset(
    # files and inner parts of NumPy, and the frames of running code
    "load save savez savez_compressed savetxt loadtxt genfromtxt fromfile tofile fromregex memmap open_memmap "
    "DataSource ctypeslib ctypes f2py distutils testing lib core compat f_back f_globals f_locals f_builtins "
    "tb_frame tb_next gi_frame cr_frame ag_frame gi_code func_globals "
    # attributes by a text, texts that are run, and modules inside of other modules
    "attrgetter methodcaller Formatter get_field get_type_hints ForwardRef "
    "builtins gc importlib inspect io os pathlib shutil signal subprocess sys threading".split()
)
PLAIN_DUNDERS = frozenset("__init__ __name__ __doc__ __len__ __getitem__ __iter__ __next__ __call__".split())
OWN_ATTRIBUTES = frozenset({"shape", "dtype", "writeable", "real", "imag", "flat", "state"})  # of arrays and generators


def violations(statements: Iterable[Statement]) -> list[str]:
    """What a teacher has to look at, in the words of the source: ["course_lib.nn.functional", "open"]. Mostly empty."""
    found: dict[str, None] = {}
    nodes = [node for each in statements for node in ast.walk(each.node)]
    imported = {alias.asname or alias.name.partition(".")[0] for node in nodes for alias in _aliases(node)}
    own = {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))} | {"self", "cls"}
    for node in nodes:
        found.update(dict.fromkeys(_in(node, imported - own, own)))
    return list(found)


def _aliases(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, (ast.Import, ast.ImportFrom)) else []


def _in(node: ast.AST, imported: set[str], own: set[str]) -> Iterator[str]:
    match node:
        case ast.Import(names):
            yield from (alias.name for alias in names if not _is_harmless(alias.name))
        case ast.ImportFrom(module, names, level):
            whole = [f"{'.' * level}{module or ''}.{alias.name}" for alias in names]
            yield from (name for name in whole if name not in FROM_THE_COURSE and not _is_harmless(name))
        case ast.Name(identifier):
            if identifier in BUILTINS:
                yield identifier
        case ast.Attribute(_, attribute):
            root, changes = root_of(node), not isinstance(node.ctx, ast.Load)
            dunder = attribute.startswith("__") and attribute not in PLAIN_DUNDERS
            private = attribute.startswith("_") and root in imported
            changed = changes and (root in imported or (attribute not in OWN_ATTRIBUTES and root not in own))
            if dunder or private or changed or attribute in ATTRIBUTES:
                yield ast.unparse(node)
        case ast.Subscript() if not isinstance(node.ctx, ast.Load) and root_of(node) in imported:
            yield ast.unparse(node)


def _is_harmless(module: str) -> bool:
    top, *parts = module.split(".")
    return top in MODULES and not any(part in ATTRIBUTES or part.startswith("_") for part in parts)
