"""What requirements.txt asks for, and noticing what of it is not there."""

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib.requirements import Pin, SetupError, _Version, lacking, pins


def write(root: Path, text: str) -> Path:
    (root / "requirements.txt").write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages in which handful 1.0 is installed."""
    packages = tmp_path / "packages"
    record = packages / "handful-1.0.dist-info"
    record.mkdir(parents=True)
    (packages / "handful").mkdir()
    (packages / "handful" / "__init__.py").touch()
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: handful\nVersion: 1.0\n", encoding="utf-8")
    (record / "RECORD").write_text(
        "handful/__init__.py,sha256=x,0\nhandful/__pycache__/__init__.cpython-311.pyc,,\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(packages)
    return packages


def test_comments_and_the_course_itself_are_not_pins(tmp_path: Path) -> None:
    root = write(tmp_path, "# made by a tool\n\nnumpy==2.4.6   # via matplotlib\n    # via others\n-e .\n")
    assert pins(root) == [Pin("numpy", "2.4.6")]


@pytest.mark.parametrize(
    ("marker", "wanted"),
    [
        (f"sys_platform == '{sys.platform}'", True),
        (f"sys_platform != '{sys.platform}'", False),
        ("python_full_version < '3.9'", False),  # as text, '3.11' would be less than '3.9'
        ("python_full_version >= '3.11'", True),
        ("'3.11' <= python_version", True),
        ("python_version < '3.100'", True),
        ("python_full_version >= '{}.{}.{}'".format(*sys.version_info), True),
        ("python_full_version > '{}.{}.{}'".format(*sys.version_info), False),
        (f"os_name == 'no' or (os_name == '{os.name}' and implementation_name != 'no')", True),
        ("platform_python_implementation == 'PyPy' and os_name != 'no'", False),
        ("'a' in 'abc' and platform_machine not in 'no'", True),
    ],
)
def test_markers(tmp_path: Path, marker: str, wanted: bool) -> None:
    assert bool(pins(write(tmp_path, f"handful==1.0 ; {marker}  # via others"))) is wanted


def test_versions_compare_as_numbers() -> None:
    assert _Version("3.12.0") == "3.12" and not _Version("3.12.0") > "3.12"
    assert _Version("3.10") > "3.9.19" and _Version("3.11.4") < "3.11.5"


@pytest.mark.parametrize("line", ["handful>=1.0", "handful", "handful==1.0 ; os_nam == 'nt'", "handful==1.0 ; or"])
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(SetupError, match=r"Line 2 of .*requirements.txt should read name==version.*CONTRIBUTING.md"):
        pins(write(tmp_path, f"numpy==2.4.6\n{line}\n"))


def test_nothing_lacks_when_the_version_and_all_files_are_there(tmp_path: Path, installed: Path) -> None:
    assert lacking(write(tmp_path, "handful==1.0\n-e .\n")) == []  # no .pyc file is asked for: anyone may delete those


def test_an_absent_package_another_version_and_a_lost_file_are_named(tmp_path: Path, installed: Path) -> None:
    root = write(tmp_path, "handful==2.0\nno-such-package==1.0\n")
    assert lacking(root) == ["handful 2.0 (here is 1.0)", "no-such-package 1.0"]
    (installed / "handful" / "__init__.py").unlink()
    assert lacking(write(tmp_path, "handful==1.0")) == ["handful 1.0: handful/__init__.py"]


def test_a_package_without_a_list_of_files_is_taken_as_whole(tmp_path: Path, installed: Path) -> None:
    (installed / "handful-1.0.dist-info" / "RECORD").unlink()
    assert lacking(write(tmp_path, "handful==1.0")) == []


def test_as_a_program_it_prints_what_lacks(tmp_path: Path) -> None:
    version = importlib.metadata.version("pytest")
    write(tmp_path, f"pytest=={version}\nno-such-package==1.0\n")
    command = [sys.executable, "-m", "course_lib.requirements", str(tmp_path)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "no-such-package 1.0\n"
