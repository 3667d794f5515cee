"""The way in: python -m course_lib COMMAND, on the right Python and on wrong ones."""

import ast
import importlib
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from course_lib import commands, environment
from course_lib.commands import COMMANDS, main
from course_lib.requirements import SetupError

PACKAGE = Path(commands.__file__).parent
WITH_VERSION = """
import runpy, sys
sys.version_info = ({}, {}, 1, "final", 0)
sys.argv[1:] = ["lab"]
runpy.run_module("course_lib", run_name="__main__")
"""


@pytest.mark.parametrize("version", [(2, 7), (3, 8), (3, 10), (3, 14), (4, 0)])
def test_a_wrong_python_is_told_in_a_sentence_what_to_do(version: tuple[int, int]) -> None:
    result = subprocess.run([sys.executable, "-c", WITH_VERSION.format(*version)], capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "needs Python 3.11, 3.12 or 3.13, and this is Python {}.{}.".format(*version) in result.stderr
    assert "python3.13 -m course_lib lab" in result.stderr


@pytest.mark.parametrize("name", ["__init__.py", "__main__.py"])
def test_the_first_files_can_be_read_by_every_python(name: str) -> None:
    """Old Pythons take no letters beyond ASCII, no f-strings and no annotations; and they stop before `course_lib.`."""
    source = (PACKAGE / name).read_text(encoding="ascii")
    new = (ast.JoinedStr, ast.AnnAssign, ast.FunctionDef, ast.AsyncFunctionDef, ast.NamedExpr, ast.Match, ast.Starred)
    assert [ast.unparse(node) for node in ast.walk(ast.parse(source)) if isinstance(node, new)] == []
    imported = [node.names[0].name for node in ast.parse(source).body if isinstance(node, ast.Import)]
    assert set(imported) <= {"sys"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_module_with_a_main(name: str) -> None:
    assert callable(importlib.import_module(COMMANDS[name].module).main)


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["help"]])
def test_help_names_every_command(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    for name, command in COMMANDS.items():
        assert name in shown and command.summary in shown


def test_an_unknown_command_is_named_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lba"]) == 2
    shown = capsys.readouterr().err
    assert "no command 'lba'" in shown and "open the course in JupyterLab" in shown


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was run, when the first command is replaced by one that notes its arguments and ends with 3."""
    ran: list[object] = []

    class Module:
        @staticmethod
        def main(arguments: list[str]) -> int:
            ran.append(arguments)
            return 3

    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(commands.importlib, "import_module", lambda name: Module if name == "course_lib.lab" else None)
    monkeypatch.setattr(environment, "run", lambda python, arguments: ran.append((python, arguments)) or 4)
    return ran


def test_a_complete_python_runs_the_command_itself(chosen: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "lacking", lambda root: [])
    monkeypatch.setattr(environment, "prepare", lambda: pytest.fail("nothing is to be prepared"))
    assert main(["lab", "--no-browser"]) == 3
    assert chosen == [["--no-browser"]]


def test_otherwise_the_same_command_runs_in_the_other_python(
    chosen: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "lacking", lambda root: ["numpy 2.4.6"])
    monkeypatch.setattr(environment, "prepare", lambda: Path("other-python"))
    assert main(["lab", "--no-browser"]) == 4
    assert chosen == [(Path("other-python"), ["-m", "course_lib", "lab", "--no-browser"])]


@pytest.mark.parametrize(
    ("trouble", "code", "said"),
    [(SetupError("The disk is full."), 1, "The disk is full.\n"), (KeyboardInterrupt(), 130, "Interrupted. Give")],
)
def test_trouble_while_setting_up_is_one_sentence(
    trouble: BaseException,
    code: int,
    said: str,
    chosen: list[object],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def prepare() -> Path:
        raise trouble

    monkeypatch.setattr(commands, "lacking", lambda root: ["numpy 2.4.6"])
    monkeypatch.setattr(environment, "prepare", prepare)
    assert main(["lab"]) == code
    assert said in capsys.readouterr().err
    assert chosen == []


def test_ctrl_c_while_a_command_is_imported_is_one_sentence(
    chosen: list[object], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "lacking", lambda root: [])
    monkeypatch.setattr(commands.importlib, "import_module", interrupted)
    assert main(["lab"]) == 130
    assert capsys.readouterr().err == "Interrupted. Give the same command again to go on.\n"


def test_ctrl_c_before_the_commands_are_imported_leaves_no_traceback() -> None:
    code = """
import runpy, sys
class Interrupting:
    def find_spec(name, path, target=None):
        if name == "course_lib.commands":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting)
runpy.run_module("course_lib", run_name="__main__")
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (130, "")


def test_what_a_command_starts_finds_this_copy_of_the_course(
    chosen: list[object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(commands, "lacking", lambda root: [])
    main(["lab"])
    where = [sys.executable, "-c", "import course_lib; print(course_lib.__file__)"]
    found = subprocess.run(where, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.strip()
    assert Path(found).parent == PACKAGE


def test_a_command_runs_on_one_blas_thread_unless_the_user_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {**os.environ, "OMP_NUM_THREADS": "3"})
    monkeypatch.setattr(sys, "path", list(sys.path))
    os.environ.pop("OPENBLAS_NUM_THREADS", None)
    seen: dict[str, str] = {}
    probe = SimpleNamespace(main=lambda _arguments: seen.update(os.environ) or 0)
    monkeypatch.setitem(sys.modules, "a_command_to_test", probe)
    monkeypatch.setitem(COMMANDS, "probe", commands.Command("a_command_to_test", ""))
    assert main(["probe"]) == 0
    assert seen["OPENBLAS_NUM_THREADS"] == "1" and seen["OMP_NUM_THREADS"] == "3"
