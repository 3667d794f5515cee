"""The commands of the course: python -m course_lib COMMAND.

A command is a line in COMMANDS and a module with `main(arguments) -> exit code`. The module is imported only once the
packages it needs are there.
"""

import importlib
import os
import sys
from collections.abc import Sequence
from typing import NamedTuple

from course_lib import environment
from course_lib.requirements import SetupError, lacking


class Command(NamedTuple):
    """Where a command is, and what it does in a few words."""

    module: str
    summary: str


COMMANDS = {
    "lab": Command("course_lib.lab", "open the course in JupyterLab"),
    "test": Command("course_lib.testing", "run the tests and all solutions; further arguments go to pytest"),
    "train": Command("course_lib.training_command", "train a network, for example course_lib/configs/digits.yaml"),
    "tune": Command("course_lib.tuning_command", "search settings, for example course_lib/configs/sweeps/digits.yaml"),
    "grade": Command("course_lib.grading_command", "grade the notebooks of a class, in a folder"),
    "claims": Command("course_lib.claims", "train the networks of five write-ups, and compare with what they claim"),
    "build": Command("course_lib.authoring", "build the notebooks from the lesson sources, solutions/*.py"),
    "bench": Command("tests.benchmarks.__main__", "measure how fast training is, beside other libraries"),
}


def main(arguments: Sequence[str]) -> int:
    """Set up the course if that has not been done, then run the command that `arguments` begins with."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(usage())
        return 0
    if arguments[0] not in COMMANDS:
        print(f"There is no command {arguments[0]!r}.\n\n{usage()}", file=sys.stderr)
        return 2
    # This process, and the kernels and programs it starts, are to find this copy of the course and no other.
    sys.path.insert(0, str(environment.ROOT))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(environment.ROOT), os.environ.get("PYTHONPATH")]))
    for name in environment.THREAD_COUNTS:
        os.environ.setdefault(name, "1")
    try:
        if lacking(environment.ROOT):
            return environment.run(environment.prepare(), ["-m", "course_lib", *arguments])
        return int(importlib.import_module(COMMANDS[arguments[0]].module).main(list(arguments[1:])))
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. Give the same command again to go on.", file=sys.stderr)
        return 130


def usage() -> str:
    """The commands, a line each."""
    lines = [f"    {name:<8}{command.summary}" for name, command in COMMANDS.items()]
    return "\n".join(["python -m course_lib COMMAND", "", *lines])
