"""python -m course_lib test: the tests and all solutions, as pyproject.toml lists them."""

import os
from collections.abc import Sequence

import pytest

from course_lib.environment import ROOT

# On several processors; the cells of a notebook, and the tests of a file, stay together on one.
EVERYTHING = ("-n", "logical", "--maxprocesses", "4", "--dist", "loadfile")


def main(arguments: Sequence[str]) -> int:
    """Run all tests; with arguments, such as `tests/test_data.py` or `-k softmax`, what pytest makes of these."""
    os.chdir(ROOT)
    return int(pytest.main([*(arguments or EVERYTHING)]))
