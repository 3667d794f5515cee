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
    "itertools logging math matplotlib numbers numpy operator pprint random re scipy sklearn statistics string "
    "textwrap time tqdm types typing warnings".split()
)
STARS = frozenset({"numpy", "math", "cmath", "numpy.random", "numpy.linalg", "scipy.special"})  # import * from these
FROM_THE_COURSE = frozenset({"course_lib.checkpoints.mine", "course_lib.data.load"})
BUILTINS = frozenset("__import__ breakpoint compile delattr eval exec getattr globals input open setattr vars".split())
ATTRIBUTES = frozenset(
    # files and inner parts of NumPy, and the frames of running code
    "load save savez savez_compressed savetxt loadtxt genfromtxt fromfile tofile fromregex memmap open_memmap dump "
    "DataSource savefig imsave ctypeslib ctypes f2py distutils core compat f_back f_globals f_locals f_builtins "
    "tb_frame tb_next gi_frame cr_frame ag_frame gi_code func_globals "
    # attributes by a text, texts that are run, and modules inside of other modules
    "attrgetter methodcaller Formatter get_field get_type_hints ForwardRef update_wrapper redirect_stdout "
    "redirect_stderr singledispatch bltns builtins gc importlib inspect io os pathlib shutil signal subprocess sys "
    "threading FunctionType CodeType".split()
)
DUNDERS = frozenset(
    "__annotations__ __call__ __class__ __doc__ __getitem__ __init__ __iter__ __len__ __module__ __name__ __next__ "
    "__qualname__ __version__".split()
)
SECRETIVE = "__", "course_lib", "f_back", "tb_frame"  # in a text that is no docstring


def violations(statements: Iterable[Statement]) -> list[str]:
    """What a teacher has to look at, in the words of the source: ["course_lib.nn.functional", "open"]. Mostly empty."""
    statements, found = list(statements), dict[str, None]()
    nodes = [node for each in statements for node in ast.walk(each.node)]
    imported = {alias.asname or alias.name.partition(".")[0] for node in nodes for alias in _aliases(node)} | {"mine"}
    for _ in range(2):  # and names for these: n = np
        imported |= {target.id for node in nodes for target in _targets(node) if _is_from(node, imported)}
    own = {member.name for node in nodes if isinstance(node, ast.ClassDef) for member in _members(node)}
    bound = {name for each in statements for name in each.binds}
    texts = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}  # docstrings
    for each in statements:
        found.update(dict.fromkeys(sorted(each.needs & BUILTINS - bound)))
        found.update(dict.fromkeys(sorted(name for name in each.needs if name[:2] == "__" and name not in DUNDERS)))
    for node in nodes:
        if id(node) not in texts:
            found.update(dict.fromkeys(_in(node, imported, own)))
    return list(found)


def _aliases(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, (ast.Import, ast.ImportFrom)) else []


def _targets(node: ast.AST) -> list[ast.Name]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.NamedExpr) else []
    return [target for target in targets if isinstance(target, ast.Name)]


def _is_from(node: ast.AST, imported: set[str]) -> bool:
    """Whether a name is given for something imported itself, as in n = np, and not for what it computes."""
    value = node.value if isinstance(node, (ast.Assign, ast.NamedExpr)) else None
    return isinstance(value, (ast.Name, ast.Attribute)) and root_of(value) in imported


def _members(node: ast.ClassDef) -> Iterator[ast.FunctionDef]:
    return (each for each in node.body if isinstance(each, ast.FunctionDef))


def _in(node: ast.AST, imported: set[str], own: set[str]) -> Iterator[str]:
    match node:
        case ast.Import(names):
            yield from (alias.name for alias in names if not _is_harmless(alias.name))
        case ast.ImportFrom(module, [ast.alias("*")], 0):
            yield from () if module in STARS else (f"everything in {module}",)
        case ast.ImportFrom(module, names, level):
            whole = [f"{'.' * level}{module or ''}.{alias.name}" for alias in names]
            yield from (name for name in whole if name not in FROM_THE_COURSE and not _is_harmless(name))
        case ast.Attribute(ast.Name("self" | "cls"), attribute) if not attribute.startswith("__"):
            pass
        case ast.Attribute(_, attribute, ast.Load()):
            inner = attribute.startswith("_") and root_of(node) in {"", *imported}
            if (_is_inner(attribute) or inner) and attribute not in DUNDERS | own:
                yield ast.unparse(node)
        case ast.Attribute():  # given a value, or deleted
            if root_of(node) in imported | {""}:
                yield ast.unparse(node)
        case ast.MatchClass(_, _, attributes, _):
            yield from filter(_is_inner, attributes)
        case ast.keyword(name) if name in ("assigned", "updated"):
            yield name
        case ast.FunctionDef(name) if name.startswith(("__reduce", "__setstate", "__getattribute", "__set_name")):
            yield name
        case ast.Constant(str(text)) if text != "__main__":
            yield from (f'the text "{each}"' for each in SECRETIVE if each in text)


def _is_inner(attribute: str) -> bool:
    return (attribute.startswith("__") and attribute not in DUNDERS) or attribute in ATTRIBUTES


def _is_harmless(module: str) -> bool:
    top, *parts = module.split(".")
    return top in MODULES and not any(part in ATTRIBUTES or part.startswith("_") for part in parts)
