"""What the learner has done: one line of JSON for each check and each hint, appended to a local file.

    {"at": "2026-01-31T10:15:00+00:00", "event": "check", "exercise": "softmax", "status": "passed", ...}

The file is .progress/progress.jsonl beside the course, or what COURSE_PROGRESS names. Nothing in it is ever
rewritten. A line that cannot be read is skipped and counted, and everything else stands.
"""

from __future__ import annotations

import functools
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Event = dict[str, Any]


def path() -> Path:
    """Where the progress file is."""
    chosen = os.environ.get("COURSE_PROGRESS")
    return Path(chosen) if chosen else Path(__file__).resolve().parents[2] / ".progress" / "progress.jsonl"


def append(event: Event) -> str:
    """Add one event. Returns "" or, if the file cannot be written, a sentence that says so."""
    line = json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds"), **event}) + "\n"
    file = path()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(file, "ab+") as stream:
            if stream.tell() and not _ends_with_newline(file):
                stream.write(b"\n")  # a line cut short by a crash must not swallow this one
            stream.write(line.encode())
    except OSError as error:
        return (
            f"This could not be saved in {file}: {error.strerror}. The answer stands; only your progress was not kept."
        )
    return ""


def _ends_with_newline(file: Path) -> bool:
    with open(file, "rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) == b"\n"


@dataclass(frozen=True)
class History:
    """All readable events, oldest first, and the numbers of the lines that are not."""

    events: tuple[Event, ...]
    damaged_lines: tuple[int, ...] = ()

    @functools.cached_property
    def _by_exercise(self) -> dict[tuple[str, str], list[Event]]:
        found: dict[tuple[str, str], list[Event]] = {}
        for each in self.events:
            found.setdefault((each["exercise"], each["event"]), []).append(each)
        return found

    def of(self, exercise: str, event: str) -> list[Event]:
        return self._by_exercise.get((exercise, event), [])

    def passed(self, exercise: str) -> bool:
        return any(each["status"] == "passed" for each in self.of(exercise, "check"))

    def last_pass(self, exercise: str) -> Event | None:
        """The check that passed last: "source", None if that cannot stand on its own, and whether it is "loose"."""
        passed = [each for each in self.of(exercise, "check") if each["status"] == "passed"]
        return passed[-1] if passed else None


def history() -> History:
    """What the file says; nothing yet if there is none. (A file that cannot be opened is reported by `append`.)"""
    try:
        state = path().stat()
        return _read(path(), state.st_mtime_ns, state.st_size)
    except OSError:
        return History(())


@functools.lru_cache(maxsize=1)
def _read(file: Path, changed: int, size: int) -> History:
    """The events of the file; read again only when it has changed, since `mine` asks at every use."""
    events, damaged = [], []
    for number, line in enumerate(file.read_bytes().split(b"\n"), start=1):
        event = _event(line)
        if event is not None:
            events.append(event)
        elif line.strip():
            damaged.append(number)
    return History(tuple(events), tuple(damaged))


def _event(line: bytes) -> Event | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict) or not isinstance(event.get("exercise"), str):
        return None
    is_check = event.get("event") == "check" and isinstance(event.get("status"), str)
    is_hint = event.get("event") == "hint"
    source_is_text = isinstance(event.get("source", ""), (str, type(None)))
    return event if (is_check or is_hint) and source_is_text else None


def damage_report(found: History) -> str:
    """A sentence about lines that were skipped; "" if there are none."""
    if not found.damaged_lines:
        return ""
    numbers = ", ".join(str(number) for number in found.damaged_lines[:5])
    return (
        f"{len(found.damaged_lines)} damaged line(s) in {path().name} were skipped (line {numbers}). "
        "Everything else stands; check an exercise again if it is missing here."
    )
