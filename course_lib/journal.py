"""Local files that remember: one JSON object a line, and a line is only ever added.

    {"at": "2026-01-31T10:15:00+00:00", "event": "check", "exercise": "softmax", "status": "passed"}
    {"at": "2026-01-31T10:16:30+00:00", "event": "check", "exercise": "rel        <- the power failed here
    {"at": "2026-01-31T10:20:00+00:00", "event": "hint", "exercise": "relu"}

Nothing is rewritten, so a crash can spoil the last line at most. A line that cannot be read is skipped and counted, and
everything else stands. The progress file, the experiment log and the looks at a sealed test set are kept like this.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

Entry = dict[str, Any]
T = TypeVar("T")


def progress_file() -> Path:
    """.progress/progress.jsonl beside the course, or what the environment variable COURSE_PROGRESS names."""
    chosen = os.environ.get("COURSE_PROGRESS")
    return Path(chosen) if chosen else Path(__file__).resolve().parents[1] / ".progress" / "progress.jsonl"


def beside_progress(name: str) -> Path:
    """The file of that name in the folder of the progress file: where all that a learner keeps is."""
    return progress_file().with_name(name)


def append(file: Path, entry: Entry) -> None:
    """Add one entry, with the time, to the file. NumPy's numbers and arrays become plain ones. Raises OSError."""
    line = json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds"), **entry}, default=plain) + "\n"
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file, "ab+") as stream:
        if stream.tell():
            stream.seek(-1, os.SEEK_END)
            if stream.read(1) != b"\n":
                line = "\n" + line  # a line cut short by a crash must not swallow this one
        stream.write(line.encode())  # at the end, whatever was read: the file is open for appending


def plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{value!r} cannot be kept in a file: use numbers, texts, lists and dicts.")


@dataclass(frozen=True)
class Journal(Generic[T]):
    """What a file holds: all readable entries, oldest first, and the numbers of the lines that are not."""

    file: Path
    entries: tuple[T, ...] = ()
    damaged_lines: tuple[int, ...] = ()

    @property
    def damage(self) -> str:
        """A sentence about lines that were skipped; "" if there are none."""
        if not self.damaged_lines:
            return ""
        numbers = ", ".join(str(number) for number in self.damaged_lines[:5])
        return (
            f"{len(self.damaged_lines)} damaged line(s) in {self.file.name} were skipped (line {numbers}). "
            "Everything else stands."
        )


def read(file: Path, entry_of: Callable[[Entry], T]) -> Journal[T]:
    """The entries of a file, each made by `entry_of` from an object in it; empty if there is no file.

    A line is damaged if it is no JSON object, or if `entry_of` raises KeyError, TypeError or ValueError for it. Raises
    OSError if the file cannot be opened.
    """
    try:
        lines = file.read_bytes().split(b"\n")
    except FileNotFoundError:
        lines = []
    entries, damaged = [], []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entries.append(entry_of({**json.loads(line)}))
        except (ValueError, TypeError, KeyError, RecursionError):
            damaged.append(number)
    return Journal(file, tuple(entries), tuple(damaged))
