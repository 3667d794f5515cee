"""python -m course_lib test: the tests and all solutions, as pyproject.toml lists them."""

import os
from collections.abc import Sequence

import pytest

from course_lib.environment import ROOT


def main(arguments: Sequence[str]) -> int:
    """Run pytest in the course's folder, with further arguments such as `tests/test_data.py` or `-k softmax`."""
    os.chdir(ROOT)
    return int(pytest.main([*arguments]))
