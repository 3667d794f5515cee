"""Files that only grow: what a crash can and cannot spoil."""

import json
from pathlib import Path

import numpy as np
import pytest

from course_lib import journal


def number(entry: journal.Entry) -> int:
    return int(entry["n"])


def test_entries_come_back_in_order_with_their_time(tmp_path: Path) -> None:
    file = tmp_path / "a new folder" / "log.jsonl"
    assert journal.read(file, number).entries == ()
    for n in range(3):
        journal.append(file, {"n": n})
    assert journal.read(file, number) == journal.Journal(file, (0, 1, 2))
    assert all(set(json.loads(line)) == {"at", "n"} for line in file.read_text().splitlines())


def test_an_append_after_a_crash_mid_line_loses_that_line_alone(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    for n in range(2):
        journal.append(file, {"n": n})
    file.write_bytes(file.read_bytes()[:-5])  # the power failed while the second was written
    journal.append(file, {"n": 2})
    found = journal.read(file, number)
    assert found.entries == (0, 2) and found.damaged_lines == (2,)
    assert found.damage == "1 damaged line(s) in log.jsonl were skipped (line 2). Everything else stands."


@pytest.mark.parametrize(
    "line",
    [b"\xff\x00", b"null", b"3", b"[1]", b'"n"', b"{}", b'{"n": "x"}', b'{"n": [1]}', b'{"n": 1', b"[" * 100_000],
)
def test_a_damaged_line_is_skipped_and_counted(line: bytes, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    journal.append(file, {"n": 1})
    file.write_bytes(line + b"\n\n" + file.read_bytes())
    found = journal.read(file, number)
    assert found.entries == (1,) and found.damaged_lines == (1,)


def test_numpy_values_are_kept_as_plain_ones_and_nothing_else_is(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    journal.append(file, {"n": np.int64(3), "lr": np.float32(0.5), "hidden": np.array([1, 2]), "tuple": (1,)})
    entry = json.loads(file.read_text())
    assert [entry[name] for name in ("n", "lr", "hidden", "tuple")] == [3, 0.5, [1, 2], [1]]
    before = file.read_bytes()
    with pytest.raises(TypeError, match="cannot be kept in a file"):
        journal.append(file, {"n": object()})
    assert file.read_bytes() == before


def test_where_the_files_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "mine.jsonl"))
    assert journal.progress_file() == tmp_path / "mine.jsonl"
    assert journal.beside_progress("sealed.jsonl") == tmp_path / "sealed.jsonl"
    monkeypatch.delenv("COURSE_PROGRESS")
    root = Path(__file__).resolve().parents[1]
    assert journal.progress_file() == root / ".progress" / "progress.jsonl"
