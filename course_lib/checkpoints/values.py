"""What a learner's function gave back: made plain, sent between processes, compared.

    raw value --plain--> arrays, numbers, lists, dicts --encode--> bytes --decode--> plain --fit--> like the
    reference's value

`plain` runs beside the learner's code, the rest in the judge. Nothing is pickled, so a value cannot run code on its
way.
"""

from __future__ import annotations

import io
import json
import numbers
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

MOST_ITEMS = 100_000  # an endless generator is cut here instead of filling the memory
MOST_BYTES = 10_000_000  # nor does a huge array travel; no exercise has a result of this size
DEEPEST = 20


@dataclass(frozen=True)
class Unknown:
    """A value that is no number, array or container of them: only its type's name is kept."""

    type_name: str


class MisfitError(Exception):
    """The value does not have the form of the reference's value; the message is a sentence for the learner."""


# ---- raw -> plain ---------------------------------------------------------------------------------------------------


def plain(raw: Any, depth: int = DEEPEST) -> Any:
    """`raw` as a tree of arrays, numbers, strings, None, lists, tuples and dicts. Iterators are run to their end."""
    if depth == 0:
        return Unknown(type(raw).__name__)
    if isinstance(raw, str):
        return raw[:200].encode("utf-8", "replace").decode()
    if raw is None or isinstance(raw, (bool, float)):
        return raw
    if isinstance(raw, int):
        return int(raw) if abs(raw) < 2**63 else Unknown("int with very many digits")
    if isinstance(raw, (np.ndarray, np.generic)):
        if raw.nbytes > MOST_BYTES:
            return Unknown(f"array of shape {raw.shape}")
        array = np.array(raw, subok=False)
        return plain(array.tolist(), depth - 1) if array.dtype == object else array
    if isinstance(raw, numbers.Complex) and not isinstance(raw, numbers.Real):
        return np.array(complex(raw))
    if isinstance(raw, numbers.Number):  # fractions and decimals among them
        return float(raw)  # type: ignore[arg-type]
    if isinstance(raw, Mapping):
        return {str(key): plain(value, depth - 1) for key, value in raw.items()}
    if isinstance(raw, tuple):
        return tuple(plain(value, depth - 1) for value in raw)
    if hasattr(raw, "__array__") or isinstance(raw, memoryview):
        return plain(np.asarray(raw), depth - 1)
    if isinstance(raw, Iterable) and not isinstance(raw, (bytes, set, frozenset, type)):
        return [plain(value, depth - 1) for value, _ in zip(raw, range(MOST_ITEMS), strict=False)]
    return Unknown(type(raw).__name__)


# ---- plain <-> bytes ------------------------------------------------------------------------------------------------


def encode(value: Any) -> bytes:
    """`value` as an .npz archive: a JSON skeleton, and the arrays it points to."""
    arrays: list[np.ndarray] = []

    def skeleton(node: Any) -> Any:
        match node:
            case np.ndarray():
                arrays.append(node)
                return {"array": len(arrays) - 1}
            case Unknown(type_name):
                return {"unknown": type_name}
            case dict():
                return {"dict": [[key, skeleton(item)] for key, item in node.items()]}
            case tuple():
                return {"tuple": [skeleton(item) for item in node]}
            case list():
                return {"list": [skeleton(item) for item in node]}
            case _:
                return {"value": node}

    text = json.dumps(skeleton(value)).encode()
    buffer = io.BytesIO()
    np.savez(buffer, np.frombuffer(text, np.uint8), *arrays)
    return buffer.getvalue()


def decode(data: bytes) -> Any:
    """The value that `encode` was given."""
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        arrays = [archive[f"arr_{i}"] for i in range(len(archive.files))]

    def value(node: dict[str, Any]) -> Any:
        ((kind, content),) = node.items()
        match kind:
            case "array":
                return arrays[content + 1]
            case "unknown":
                return Unknown(content)
            case "dict":
                return {key: value(item) for key, item in content}
            case "tuple":
                return tuple(value(item) for item in content)
            case "list":
                return [value(item) for item in content]
            case _:
                return content

    return value(json.loads(arrays[0].tobytes()))


# ---- plain -> the form of the reference -----------------------------------------------------------------------------


def fit(value: Any, like: Any, name: str = "the result", names: tuple[str, ...] = ()) -> Any:
    """`value` with the containers of `like`: a float for a float, an array for an array, and so on inside tuples and
    dicts. Facts, True or False, come from an experiment of the course, and always fit.

    `names` are the names of the parts, if `like` is a tuple. Raises MisfitError where shape, dtype or kind differ.
    """
    if value is None:
        raise MisfitError(
            f"Your function returned None where {describe(like)} was wanted for {name}. Is a `return` missing?"
        )
    if isinstance(like, tuple):
        return _fit_tuple(value, like, name, names)
    if isinstance(like, dict):
        return _fit_dict(value, like, f"`{names[0]}`" if names else name)
    if isinstance(like, bool):
        return bool(value)
    array = _fit_array(value, like, name)
    if isinstance(like, np.ndarray):
        return array
    return int(array) if isinstance(like, int) and array == np.round(array) else float(array)


def _fit_tuple(value: Any, like: tuple[Any, ...], name: str, names: tuple[str, ...]) -> tuple[Any, ...]:
    wanted = f"({', '.join(names)})"
    if isinstance(value, np.ndarray) and value.ndim > 0:
        value = list(value)
    if not isinstance(value, (tuple, list)):
        raise MisfitError(f"{len(like)} values were wanted, {wanted}; your function returned {describe(value)}.")
    if len(value) != len(like):
        raise MisfitError(f"{len(like)} values were wanted, {wanted}; your function returned {len(value)}.")
    return tuple(fit(item, part, f"`{label}`") for item, part, label in zip(value, like, names, strict=True))


def _fit_dict(value: Any, like: dict[str, Any], name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MisfitError(
            f"A dict with the keys {_quoted(like)} was wanted for {name}; your function returned {describe(value)}."
        )
    missing = [key for key in like if key not in value]
    if missing:
        keys = "key" if len(missing) == 1 else "keys"
        raise MisfitError(f"The dict {name} lacks the {keys} {_quoted(missing)}. It has {_quoted(value) or 'no keys'}.")
    return {key: fit(value[key], part, f'{name}["{key}"]') for key, part in like.items()}


def _fit_array(value: Any, like: Any, name: str) -> np.ndarray:
    if isinstance(value, (dict, str, Unknown)):
        raise MisfitError(
            f"{_capital(describe(like))} was wanted for {name}; your function returned {describe(value)}."
        )
    shape = np.shape(like)
    try:
        array = np.array(value) if isinstance(value, (list, tuple)) else np.asarray(value)
    except ValueError:
        array = None
    if isinstance(value, tuple) and (array is None or array.shape != shape):
        raise MisfitError(
            f"{_capital(describe(like))} was wanted for {name}; your function returned {len(value)} things, in a tuple."
        )
    if array is None:
        raise MisfitError(
            f"An array of shape {shape} was wanted for {name}; the rows of yours have different lengths."
        )
    if array.dtype.kind not in "fiub":
        raise MisfitError(f"Real numbers were wanted for {name}; yours has dtype {array.dtype}.")
    if array.shape != shape:
        raise MisfitError(f"{_capital(describe(like))} was wanted for {name}; yours is {describe(array)}.")
    if array.dtype == np.float16 and not np.array_equal(array, like):
        raise MisfitError(
            f"Yours has dtype float16 for {name}, which keeps three digits only. Keep the dtype that came in."
        )
    has_decimals = bool(np.any(np.asarray(like) != np.round(like)))
    if array.dtype == bool and has_decimals:
        raise MisfitError(
            f"Numbers were wanted for {name}; yours are True and False. A comparison comes last in Python: `a * b > 0` "
            "is `(a * b) > 0`. In parentheses, as in `a * (b > 0)`, it comes first."
        )
    if array.dtype.kind != "f" and has_decimals:
        raise MisfitError(
            f"The wanted numbers for {name} have decimals; yours are whole numbers of dtype {array.dtype}."
        )
    return array


def is_loose(value: Any, like: Any) -> bool:
    """Right numbers in a list where an array is natural."""
    if isinstance(like, np.ndarray):
        return not isinstance(value, np.ndarray)
    if isinstance(like, tuple):
        return any(is_loose(item, part) for item, part in zip(value, like, strict=True))
    if isinstance(like, dict):
        return any(is_loose(value[key], part) for key, part in like.items())
    return False


def tighten(value: Any) -> Any:
    """A plain value with arrays in place of its lists; parts that make no array together stay apart."""
    if isinstance(value, dict):
        return {key: tighten(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(tighten(item) for item in value)
    if not isinstance(value, list):
        return value
    try:
        return np.array(value)
    except ValueError:
        return tuple(tighten(item) for item in value)


# ---- comparing ------------------------------------------------------------------------------------------------------


def leaves(value: Any, names: tuple[str, ...] = ()) -> Iterator[tuple[str, np.ndarray]]:
    """The arrays inside a fitted value with their names: ("dW", array), ('grads["W1"]', array); "" for a lone array."""
    if isinstance(value, tuple):
        for label, part in zip(names, value, strict=True):
            for inner, array in leaves(part):
                yield label + inner, array
    elif isinstance(value, dict):
        for key, part in value.items():
            for inner, array in leaves(part):
                yield f'{"".join(names)}["{key}"]' + inner, array
    else:
        yield "", np.asarray(value)


def close(a: np.ndarray, b: np.ndarray) -> bool:
    """Equal up to float32 rounding of numbers as large as b's; where b is not finite, a need only be not finite too.

    The tolerance is float32's even for float64, so that a computation done in float32 counts as right.
    """
    if a.shape != b.shape:
        return False
    if b.dtype == bool:
        return np.array_equal(a, b)
    finite = np.isfinite(b)
    if not np.array_equal(np.isfinite(a), finite):
        return False
    largest = np.abs(b[finite]).max(initial=0.5)
    return bool(np.allclose(a[finite], b[finite], rtol=1e-4, atol=2e-6 * largest))


# ---- words ----------------------------------------------------------------------------------------------------------


def describe(value: Any) -> str:
    """What kind of thing `value` is, for a sentence: "an array of shape (3, 5)"."""
    if isinstance(value, np.ndarray) and value.ndim == 0 or isinstance(value, (float, int)):
        return "a single number"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, dict):
        return f"a dict with the keys {_quoted(value)}"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, Unknown):
        return f"an object of type {value.type_name}"
    return "None"


def show(value: Any) -> str:
    """`value` in few characters: a small array in full, a large one by its shape, a function by its docstring."""
    if callable(value):
        return str(value.__doc__ or value.__name__).splitlines()[0]
    if isinstance(value, np.random.Generator):
        return "np.random.default_rng(...)"
    if isinstance(value, np.ndarray) and value.size > 12:
        return f"an array of shape {value.shape}, {value.dtype}"
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}": {show(item)}' for key, item in value.items()) + "}"
    if isinstance(value, (np.ndarray, float, int, list)):
        return _nested(np.asarray(value).tolist())
    return repr(value)


def _nested(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_nested(item) for item in value) + "]"
    if isinstance(value, float):
        text = f"{value + 0.0:.4g}"  # -0.0 is shown as 0.0
        return text if "." in text or "e" in text or "n" in text else text + ".0"
    return str(value)


def listed(words: Iterable[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def _quoted(keys: Iterable[str]) -> str:
    return ", ".join(f'"{key}"' for key in keys)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
