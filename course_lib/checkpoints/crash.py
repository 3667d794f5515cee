"""What is said of a crash: the learner's own line, the error, what the function was given, and what it often means."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import exercises
from course_lib.checkpoints.sandbox import Crash
from course_lib.checkpoints.trial import Trial
from course_lib.checkpoints.values import describe, listed, show

# What Python and NumPy say, and what it usually means to someone who writes these exercises.
_USUAL_REASONS = (
    (
        r"truth value of an array",
        "**Python's `max` and `if` decide about one number, not about a whole array.** `np.maximum` and `np.where` "
        "work on every element.",
    ),
    (
        r"mismatch in its core dimension|not aligned",
        "**These shapes cannot be multiplied.** In A @ B the number of columns of A must be the number of rows of B.",
    ),
    (
        r"not supported between instances of 'dict' and",
        "**Python compares dicts here, and they have no order.** Of pairs (score, config) the second counts where two "
        "scores are equal. Compare by the score alone: `key=lambda pair: pair[0]`, or `np.argsort(scores)`.",
    ),
    (
        r"'NoneType'",
        "**Something in this line is None.** A function without a `return` gives None. If it only changes its "
        "arguments, call it on its own, without a name and `=` in front.",
    ),
    (
        r"unsupported operand.*'dict'",
        "**Arithmetic works on arrays, not on the dict that holds them.** Take them out one by one: `for name in "
        "params:` gives the names, and `params[name]` the arrays.",
    ),
    (
        r"dtype\('<U|can't multiply sequence by non-int|unsupported operand.*'str'",
        "**This is a string or a list, not an array.** A loop over a dict gives its keys, which are strings; the array "
        "is `params[name]`.",
    ),
    (
        r"Integers to negative integer powers",
        "**A whole number to a negative whole power is a fraction**, and NumPy's integers cannot hold one. Write "
        "`10.0`, with a point.",
    ),
    (
        r"inhomogeneous shape",
        "**Several arrays of different shapes came where one was wanted.** If a function returns two things, give both "
        "a name: `logits, cache = mlp_forward(...)`. If a list of arrays is to become one, `np.concatenate` does it.",
    ),
    (
        r"'tuple' object has no attribute",
        "**This is a tuple: a function has returned several things.** Give each a name: `logits, cache = "
        "mlp_forward(...)`.",
    ),
    (
        r"only integers, slices",
        "**The place in an array is a whole number.** `//` gives one, `/` does not. If a name such as `\"W1\"` stands "
        "there, a dict has become an array on the way.",
    ),
    (
        r"Cannot interpret '.*' as a data type",
        "**The shape is one argument, with brackets of its own:** `rng.standard_normal((D, H))`. What comes after it "
        "stands for something else.",
    ),
    (
        r"unsupported operand type\(s\) for \^|'bitwise_xor' not supported",
        "**`^` is not the power in Python.** It is `**`.",
    ),
    (
        r"'(numpy\.\w+|float|int)' object is not callable",
        "**Write the `*`.** `A (1 - A)` calls A as if it were a function; the product is `A * (1 - A)`.",
    ),
    (
        r"Generator' object has no attribute '(rand|randn|randint)'",
        "**A generator has other names than `np.random`:** `rng.random(shape)` for numbers between 0 and 1, "
        "`rng.standard_normal(shape)`, `rng.integers(low, high, shape)`.",
    ),
    (
        r"return arrays must be of ArrayType",
        "**`np.maximum` and `np.minimum` take two arrays.** A third argument is where the result should go. For three, "
        "put one call into the other: `np.maximum(np.maximum(a, b), c)`.",
    ),
)

_ROWS_LOST = (
    r"operands could not be broadcast together with shapes \((\d+),(\d+)\) \(\1,\)",
    r"axis|\b(sum|mean|max|min|std|var|argmax|argmin)\((\w+, *)?-?1\b",  # in the function's source
    "**A sum, mean or maximum along axis=1 has one dimension less**, so its shape (N,) does not line up with (N, C). "
    "`keepdims=True` keeps it at (N, 1), which does.",
)

_OWN_SUM = (
    r"operands could not be broadcast|only (length-1|size-1|0-dimensional) arrays",
    r"(?<![\w.])sum\((?!.* for )",  # in the line where it stopped
    "**Python's own `sum` only adds the rows of a matrix up**, and what comes out is an array still. `np.sum` adds up "
    "all its numbers.",
)


def usual_reason(trial: Trial, index: int, crash: Crash, source: str) -> str:
    """What an exception mostly means in a function with this source; "" if that is not known."""
    arguments = dict(zip(trial.exercise.parameters, trial.cases[index], strict=False))
    if crash.kind == "NameError" and (name := re.search(r"name '(\w+)' is not defined", crash.message)):
        return _home(name[1], arguments)
    if crash.kind == "KeyError":
        return _no_such_key(crash, arguments)
    says, reduces, text = _ROWS_LOST
    if re.search(says, crash.message) and re.search(reduces, source):
        return text
    says, sums, text = _OWN_SUM
    if re.search(says, crash.message) and re.search(sums, crash.inner_line or crash.line):
        return text
    return next((text for says, text in _USUAL_REASONS if re.search(says, crash.message)), "")


def _home(name: str, arguments: dict[str, Any]) -> str:
    """Where something is that the learner calls by its bare name."""
    if name in exercises():
        return f"**The functions of the course are in `mine`:** `mine.{name}`."
    if name == "math":
        return "**`math` is not imported here.** NumPy has the same: `np.cos`, `np.pi`, `np.exp`."
    for argument, value in arguments.items():
        if isinstance(value, dict) and name in value:
            return f'**{name} is in `{argument}`:** `{argument}["{name}"]`.'
    return ""


def _no_such_key(crash: Crash, arguments: dict[str, Any]) -> str:
    """Which names an argument has, where it was asked for another one."""
    for argument, value in arguments.items():
        asked = isinstance(value, dict) and f"{argument}[" in crash.line
        if asked and value and crash.message not in map(repr, value):
            there = listed(f"`{key}`" for key in value)
            return f"**`{argument}` has no {crash.message} here.** Its names are: {there}."
    return ""


def crash_text(trial: Trial, index: int, crash: Crash, reason: str) -> str:
    """What the learner reads when the function raised an exception in this case, for which a reason may be known."""
    message = _as_called(crash.message, trial, index).replace("```", "'''")  # it stands in a fenced block
    error = f"{crash.kind}: {message}" if message else crash.kind
    called = f"It was called with {call(trial, index)}."
    if crash.kind == "NotImplementedError" and crash.inner_function:
        return (
            f"**It stopped in `{crash.inner_function}`, which is not written yet.** One of your lines calls it:\n\n"
            f"```\n{crash.line}\n```\n\n"
            "Write that function first, or take the course's meanwhile: `mine` has every function of the course."
        )
    if crash.line:
        inner = f"  in {crash.inner_function}: {crash.inner_line}\n" if crash.inner_function else ""
        return (
            f"**It stopped at line {crash.line_number} of your `{trial.exercise.name}`.**\n\n"
            f"```\n{crash.line}\n{inner}{error}\n```\n\n" + (f"{reason}\n\n{called}" if reason else called)
        )
    if crash.kind == "TypeError" and "argument" in crash.message:
        return (
            f"**It could not be called.** The course calls `{trial.exercise.signature}`: these parameters, in this "
            f"order.\n\n```\n{error}\n```"
        )
    return f"**It stopped with an error.**\n\n```\n{error}\n```\n\n{called}"


def _as_called(message: str, trial: Trial, index: int) -> str:
    """Python's words about a function of the course that was handed over, under the name of the learner's parameter."""
    for name, argument in zip(trial.exercise.parameters, trial.cases[index], strict=False):
        message = message.replace(f"{getattr(argument, '__qualname__', name)}()", f"{name}()")
    return message


def call(trial: Trial, index: int) -> str:
    """What the function was called with in a case: "`Z` of shape (3, 5), float64"."""
    described = []
    for name, argument in zip(trial.exercise.parameters, trial.cases[index], strict=False):
        if isinstance(argument, np.ndarray):
            described.append(f"`{name}` of shape {argument.shape}, {argument.dtype}")
        elif isinstance(argument, dict):
            described.append(f"`{name}` with {_shapes(argument)}")
        elif callable(argument):
            words = show(argument)  # mostly they begin with its name
            described.append(f"`{words}`" if words.startswith(name) else f"`{name}`: {words}")
        elif isinstance(argument, (int, float)):
            described.append(f"`{name}` = {argument}")
        elif isinstance(argument, (list, tuple)):
            described.append(f"`{name}`, {describe(argument)}")
        else:
            described.append(f"`{name}`, a {type(argument).__name__}")
    return "; ".join(described)


def _shapes(arrays: dict[str, Any]) -> str:
    """The arrays in a dict by name: "W1 (4, 3), b1 (3,)"; a dict in it in brackets: "m {W1 (4, 3), b1 (3,)}"."""
    return ", ".join(
        f"{key} {{{_shapes(value)}}}" if isinstance(value, dict) else f"{key} {np.shape(value)}"
        for key, value in arrays.items()
    )
