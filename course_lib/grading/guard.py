"""What the child process does before and after it runs a stranger's function; rules.py has looked at the source before.

    before     the solution of the exercise is taken away, wherever it can be found; no file is written, no process
               started or ended, no connection opened from then on
    after      NumPy, Python and the course must be what they were: an experiment relies on them

An exception with WITHHELD in it means that the function has tried.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from course_lib.checkpoints import sandbox
from course_lib.checkpoints.exercise import Exercise, Function

WITHHELD = "withheld by the grading"
FORBIDDEN = tuple(
    "os.system os.exec os.fork os.posix_spawn os.spawn os.kill os.remove os.rename os.rmdir os.mkdir os.link "
    "os.symlink os.truncate os.chmod os.chown os.chdir shutil. subprocess. socket. ctypes. gc. "
    "sys._current pty. signal. mmap. fcntl. resource. syslog.".split()
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Guard:
    """Wraps the experiment of one exercise. To be used in a child process only: what it takes away stays away."""

    def __init__(self, exercise: Exercise, experiment: Callable[..., Any]) -> None:
        self.exercise, self.experiment = exercise, experiment
        self.before: dict[str, dict[str, Any]] = {}

    def __call__(self, function: Function, *arguments: Any) -> Any:
        if not self.before:
            os.environ["COURSE_PROGRESS"] = os.devnull  # `mine` lends the course's functions, not the teacher's
            sandbox.judged = self.exercise.name
            withhold(self.exercise.reference)
            sys.dont_write_bytecode = True
            sys.addaudithook(_refuse)
            relied_on = filter(_is_relied_on, list(sys.modules))
            self.before = {name: dict(vars(sys.modules[name])) for name in relied_on}
        result = self.experiment(function, *arguments)
        for name, values in self.before.items():
            now = vars(sys.modules[name])
            if any(now.get(key) is not value for key, value in values.items()):
                raise PermissionError(f"{WITHHELD}: it has changed {name}")
        return result


def withhold(solution: Any) -> None:
    """Every call of this function raises from now on, by whatever name or way it was found."""

    def gone(*arguments: Any, **keywords: Any) -> Any:
        # a literal: this code runs among the solution's globals, where there is no WITHHELD
        raise PermissionError("withheld by the grading: the course's own solution")

    solution.__code__ = gone.__code__


def _is_relied_on(name: str) -> bool:
    top = name.partition(".")[0]
    return top in ("builtins", "math", "itertools", "functools", "operator", "copy", "course_lib") or (
        top == "numpy" and "._" not in name
    )


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(FORBIDDEN):
        raise PermissionError(f"{WITHHELD}: {event}")
    if event == "open" and arguments[0] != os.devnull:
        _, mode, flags = arguments
        if (flags or 0) & WRITING or set(mode or "") & set("wax+"):
            raise PermissionError(f"{WITHHELD}: writing a file")
    if event == "import" and arguments[0].startswith("course_lib"):
        raise PermissionError(f"{WITHHELD}: {arguments[0]}")
