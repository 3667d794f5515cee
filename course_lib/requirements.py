"""What requirements.txt asks for, and what of it this Python lacks.

    numpy==2.4.6                            wanted everywhere
    pywinpty==3.1.2 ; os_name == 'nt'       wanted where the marker holds
    -e .                                    the course itself: looked up in its own folder, so never lacking

`python -m course_lib.requirements FOLDER` prints what the Python that runs it lacks, a line each.
Only the standard library is imported here, because nothing else may be there yet.
"""

import functools
import importlib.metadata
import os
import platform
import re
import sys
from pathlib import Path
from typing import NamedTuple


class SetupError(Exception):
    """The course cannot be set up; the text is one sentence for the learner, with what to do."""


class Pin(NamedTuple):
    """A package in exactly one version."""

    name: str
    version: str


def pins(root: Path) -> list[Pin]:
    """The packages that requirements.txt in the folder `root` wants on this machine with this Python."""
    path = root / "requirements.txt"
    wanted = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = line.partition(" #")[0].strip()
        if not line or line.startswith(("#", "-e ")):
            continue
        match = re.fullmatch(r"([\w.-]+)==([\w.!+-]+)(?:\s*;\s*(.+))?", line)
        try:
            if match is None:
                raise SyntaxError
            name, version, marker = match.groups()
            if marker is None or _holds(marker):
                wanted.append(Pin(name, version))
        except (SyntaxError, NameError, TypeError):
            raise SetupError(
                f"Line {number} of {path} should read name==version, perhaps with a marker, and reads {line!r}; "
                "make the file again as CONTRIBUTING.md says."
            ) from None
    return wanted


def lacking(root: Path) -> list[str]:
    """The pins of requirements.txt that this Python has not, and the files that installed packages have lost.

    A package without a list of its files (some systems install it so) is taken as whole.
    """
    missing = []
    for name, version in pins(root):
        try:
            package = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(f"{name} {version}")
            continue
        if package.version != version:
            missing.append(f"{name} {version} (here is {package.version})")
            continue
        folder = str(package.locate_file(""))
        for row in (package.read_text("RECORD") or "").splitlines():
            file = row.partition(",")[0]
            if not file.endswith(".pyc") and not os.path.exists(os.path.join(folder, file)):
                missing.append(f"{name} {version}: {file}")
    return missing


@functools.total_ordering
class _Version:
    """A version of Python in a marker: 3.9 < 3.11.5, and 3.12 is 3.12.0."""

    def __init__(self, text: str) -> None:
        self.numbers = tuple(int(number) for number in re.sub(r"(\.0)+$", "", text).split("."))

    def __eq__(self, other: object) -> bool:
        return self.numbers == _Version(str(other)).numbers

    def __lt__(self, other: str) -> bool:
        return self.numbers < _Version(other).numbers


def _holds(marker: str) -> bool:
    """Whether an environment marker holds here. Source: PEP 508; its grammar is part of Python's own, so eval reads it.

    (requirements.txt decides what is installed and run, so it is trusted as much as code.)
    """
    return bool(
        eval(
            marker,
            {"__builtins__": {}},
            {
                "implementation_name": sys.implementation.name,
                "os_name": os.name,
                "platform_machine": platform.machine(),
                "platform_python_implementation": platform.python_implementation(),
                "platform_system": platform.system(),
                "python_full_version": _Version("{}.{}.{}".format(*sys.version_info)),
                "python_version": _Version("{}.{}".format(*sys.version_info)),
                "sys_platform": sys.platform,
            },
        )
    )


if __name__ == "__main__":
    print(*lacking(Path(sys.argv[1])), sep="\n")
