"""What every test run needs: it must never count as the learner's own progress."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Point COURSE_PROGRESS at a temporary file. The kernels that nbval starts inherit it."""
    folder = tempfile.mkdtemp(prefix="course-progress-")
    os.environ["COURSE_PROGRESS"] = str(Path(folder, "progress.jsonl"))
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
