"""The package of explorers is cheap to import, and hands the learner's functions on."""

from __future__ import annotations

import inspect
import pkgutil
import subprocess
import sys

import pytest

from course_lib import explorers
from course_lib.nn import functional, optimizers, schedules, training

NOTEBOOK_1 = ("activations", "temperature", "init_scale", "boundary")
NOTEBOOK_4 = ("loss_valley", "training_desk")
NOTEBOOK_8 = ("optimizer_race", "batch_norm_depth")


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys; from course_lib import explorers; print([m for m in sys.argv[1:] if m in sys.modules])"
    heavy = ["ipywidgets", "anywidget", "matplotlib", "sklearn"]
    done = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", [*NOTEBOOK_1, *NOTEBOOK_4, *NOTEBOOK_8])
def test_every_argument_is_a_function_of_the_learner_with_the_reference_for_default(name: str) -> None:
    for parameter in inspect.signature(getattr(explorers, name)).parameters.values():
        homes = [module for module in (functional, optimizers, schedules, training) if hasattr(module, parameter.name)]
        assert parameter.default is getattr(homes[0], parameter.name)


def test_no_module_takes_the_name_of_a_function() -> None:
    """Importing a module of the package would put it in the function's place."""
    modules = {module.name for module in pkgutil.iter_modules(explorers.__path__)}
    functions = {name for name, value in vars(explorers).items() if inspect.isfunction(value)}
    assert functions and not functions & modules
