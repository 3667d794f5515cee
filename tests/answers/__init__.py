"""Answers of which it is known whether they are right: RIGHT and WRONG, exercise -> bodies of the function."""

import importlib
import pkgutil

RIGHT: dict[str, list[str]] = {}
WRONG: dict[str, list[str]] = {}
for module in pkgutil.iter_modules(__path__, f"{__name__}."):
    answers = importlib.import_module(module.name)
    RIGHT |= answers.RIGHT
    WRONG |= answers.WRONG
