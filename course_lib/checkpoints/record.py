"""What the learner has done: one line for each check and each hint in the progress file (see journal.py).

{"at": "2026-01-31T10:15:00+00:00", "event": "check", "exercise": "softmax", "status": "passed", ...}
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from course_lib import journal
from course_lib.journal import Entry as Event
from course_lib.journal import progress_file


def append(event: Event) -> str:
    """Add one event. Returns "" or, if the file cannot be written, a sentence that says so."""
    try:
        journal.append(progress_file(), event)
    except OSError as error:
        return (
            f"This could not be saved in {progress_file()}: {error.strerror}. "
            "The answer stands; only your progress was not kept."
        )
    return ""


@dataclass(frozen=True)
class History:
    """All readable events, oldest first, and a sentence about the lines that are not, "" if there are none."""

    events: tuple[Event, ...] = ()
    damage: str = ""

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
        state = progress_file().stat()
        return _read(progress_file(), state.st_mtime_ns, state.st_size)
    except OSError:
        return History()


@functools.lru_cache(maxsize=1)
def _read(file: Path, changed: int, size: int) -> History:
    """The events of the file; read again only when it has changed, since `mine` asks at every use."""
    found = journal.read(file, _event)
    advice = " Check an exercise again if it is missing here." if found.damage else ""
    return History(found.entries, found.damage + advice)


def _event(entry: Event) -> Event:
    """The entry, if it is a check or a hint. Raises KeyError or ValueError otherwise."""
    is_check = entry["event"] == "check" and isinstance(entry["status"], str)
    is_hint = entry["event"] == "hint"
    source_is_text = isinstance(entry.get("source", ""), (str, type(None)))
    if not ((is_check or is_hint) and isinstance(entry["exercise"], str) and source_is_text):
        raise ValueError(entry)
    return entry
