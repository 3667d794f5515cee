"""Tests that need MNIST and Fashion-MNIST are skipped where the files are not at hand: the repository has none."""

import pytest

from course_lib.data import at_hand

needs_real_data = pytest.mark.skipif(
    not (at_hand("mnist") and at_hand("fashion-mnist")),
    reason="MNIST and Fashion-MNIST are not on this machine: load(...) fetches them, or COURSE_DATA names their folder",
)
