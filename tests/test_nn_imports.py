"""The arrows of the layout: nn imports NumPy and the standard library, and quickly."""

import ast
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "course_lib" / "nn").glob("*.py"))
OTHERS = {"config.py": {"yaml"}, "threads.py": {"threadpoolctl"}}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_nn_imports_numpy_and_itself_alone(module: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level <= 1, "nn must not import from outside of nn"
            imported |= {node.module.split(".")[0]} if node.level == 0 and node.module else set()
    strangers = imported - set(sys.stdlib_module_names) - {"numpy"} - OTHERS.get(module.name, set())
    assert not strangers


def test_importing_nn_is_quick() -> None:
    code = (
        "import time, numpy, numpy.random; start = time.process_time(); import course_lib.nn; "
        "print(time.process_time() - start)"
    )
    seconds = [
        float(subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout)
        for _ in range(3)
    ]
    assert statistics.median(seconds) < 0.15


def test_importing_nn_loads_neither_yaml_nor_tqdm_nor_threadpoolctl() -> None:
    code = "import sys, course_lib.nn; print(*{'yaml', 'tqdm', 'threadpoolctl', 'sklearn'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert out.split() == []
