"""Rules that hold for the repository as a whole."""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from course_lib.requirements import pins

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MODULES = sorted((ROOT / "course_lib").rglob("*.py"))

# The arrows of the course: which of its parts each part may import. Whoever is not named imports none.
MAY_IMPORT = {
    "diagnosis": {"nn"},
    "preparation": {"nn", "data"},
    "case_study": {"nn", "data"},
    "training_command": {"nn", "data", "preparation"},
    "claims": {"nn", "data", "preparation"},
    "bugs": {"nn", "checkpoints"},
    "sealed": {"journal"},
    "model_card": {"journal"},
    "tuning": {"nn", "data", "journal", "preparation"},
    "tuning_command": {"nn", "journal", "tuning"},
    "checkpoints": {"nn", "data", "journal", "tuning"},
    "grading": {"checkpoints"},
    "grading_command": {"grading"},
    "explorers": {"nn", "data", "plots", "journal", "checkpoints", "diagnosis", "environment", "tuning", "sealed"},
    "authoring": {"environment"},
    "environment": {"requirements"},
    "commands": {"environment", "requirements"},
    "testing": {"environment"},
    "lab": {"environment"},
    "__main__": {"commands"},
}
# Who may import a package that is not everybody's business.
ONLY_FOR = {
    "ipywidgets": {"explorers"},
    "anywidget": {"explorers"},
    "matplotlib": {"plots", "explorers"},
    "jupytext": {"authoring"},
    "nbformat": {"authoring", "grading"},
    "jinja2": {"grading"},
    "nbclient": {"authoring"},
    "jupyterlab": {"lab"},
    "pytest": {"testing"},
    "cloudpickle": {"tuning"},
    "distributed": {"tuning_command"},
}
NN_NEEDS = {"numpy"}
NN_MODULE_NEEDS = {"threads": "threadpoolctl", "config": "yaml"}


def tracked_files() -> list[str]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode != 0:
        pytest.skip("this copy of the course is not a git repository")
    return [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def part_of(module: Path) -> str:
    """The part of the course a file belongs to: course_lib/nn/layers.py -> nn, course_lib/data.py -> data."""
    return module.relative_to(ROOT / "course_lib").parts[0].removesuffix(".py")


def imports(module: Path) -> Iterator[str]:
    """The full names of all that a file imports, at its top or inside functions: numpy, course_lib.nn.functional."""
    package = module.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            whole = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{whole}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_arrows_point_one_way(module: Path) -> None:
    part = part_of(module)
    for name in imports(module):
        package, *rest = name.split(".")
        if package == "course_lib":
            assert rest[0] in {part, *MAY_IMPORT.get(part, set())}, f"{part} must not import {name}"
        elif package in ONLY_FOR:
            assert part in ONLY_FOR[package], f"{part} must not import {package}"
        elif part == "nn" and package not in sys.stdlib_module_names:
            assert package in NN_NEEDS | {NN_MODULE_NEEDS.get(module.stem)}, f"nn must not import {package}"
        elif part in {"__main__", "commands", "environment", "requirements"}:
            assert package in sys.stdlib_module_names, f"{part} runs before {package} is installed"


@pytest.mark.parametrize(
    ("imported", "absent"),
    [
        ("course_lib", ["numpy", "course_lib.nn", "course_lib.data", "IPython"]),
        ("course_lib.nn", ["matplotlib", "sklearn", "yaml", "IPython", "course_lib.data"]),
    ],
)
def test_importing_is_light(imported: str, absent: list[str]) -> None:
    program = f"import sys, {imported}; print(*(name for name in {absent!r} if name in sys.modules))"
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""


@pytest.mark.parametrize("tool", [["ruff", "check", "--output-format=concise", "."], ["mypy"]], ids=["ruff", "mypy"])
def test_style_and_types(tool: list[str]) -> None:
    result = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True)
    if result.returncode != 0:
        pytest.fail(result.stdout + result.stderr, pytrace=False)


def test_everything_imported_is_declared() -> None:
    project = PROJECT["project"]
    declared = {
        canonicalize_name(Requirement(line).name)
        for line in [*project["dependencies"], *sum(project["optional-dependencies"].values(), [])]
    }
    where = importlib.metadata.packages_distributions()
    imported = {name.split(".")[0] for module in MODULES for name in imports(module)}
    foreign = imported - set(sys.stdlib_module_names) - {"course_lib"}
    undeclared = {
        name for name in foreign if not declared & {canonicalize_name(owner) for owner in where.get(name, [name])}
    }
    assert undeclared == set()


def test_requirements_are_what_pyproject_asks_for() -> None:
    project = PROJECT["project"]
    pinned = {canonicalize_name(pin.name): pin.version for pin in pins(ROOT)}
    for line in project["dependencies"] + project["optional-dependencies"]["dev"]:
        wanted = Requirement(line)
        version = pinned.get(canonicalize_name(wanted.name), "absent")
        assert version != "absent" and wanted.specifier.contains(version), f"{line}: requirements.txt has {version}"
    assert (ROOT / "requirements.txt").read_text(encoding="utf-8").endswith("\n-e .\n")


def test_requirements_name_no_place_to_get_them_from() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("--") or "://" in line or " @ " in line] == []


def test_every_file_of_the_package_is_installed_with_it() -> None:
    patterns = [f"course_lib/{pattern}" for pattern in PROJECT["tool"]["setuptools"]["package-data"]["course_lib"]]
    suffixes = {PurePosixPath(pattern).suffix for pattern in patterns} | {".py"}
    files = [name for name in tracked_files() if name.startswith("course_lib/")]
    assert [name for name in files if PurePosixPath(name).suffix not in suffixes] == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    machine = re.compile(r"(?<![\w.:/])(/(home|Users|root|work|tmp)/\w|[A-Z]:\\Users)")
    found = []
    for name in tracked_files():
        if name == "tests/test_repository.py":
            continue
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a picture
            continue
        found += [f"{name}: {match[0]}" for match in machine.finditer(text)]
    assert found == []


def test_the_readme_has_every_lesson_with_its_minutes() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (\d) \|.*\| (\d+) \|$", readme, flags=re.MULTILINE)
    lessons = sorted((ROOT / "solutions").glob("*.py"))
    times = [re.search(r"\*\*Time:\*\* about (\d+) minutes", path.read_text(encoding="utf-8")) for path in lessons]
    assert listed == [(str(int(path.name[:2])), time[1]) for path, time in zip(lessons, times, strict=True) if time]
    assert len(listed) == len(lessons)
