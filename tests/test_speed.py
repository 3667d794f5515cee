"""The table of speeds: what it says of each peer, and that it is kept and read again."""

import json
from pathlib import Path

import pytest

from course_lib import speed
from course_lib.speed import SpeedTable, Workload

TABLE = SpeedTable(
    "Made in June.",
    {
        "A": Workload("MNIST, small", {"products": 0.1, "course_lib": 0.2, "PyTorch": 0.5}),
        "start": Workload("from the start", {"course_lib": 2.0, "JAX": 2.46}),
    },
)


def test_the_table_has_a_column_for_each_peer_and_a_row_for_each_workload() -> None:
    heading, _, small, start, _, note = str(TABLE).replace("\N{NO-BREAK SPACE}", " ").splitlines()
    assert [name.strip() for name in heading.split("|")] == ["", "", "products", "course_lib", "PyTorch", "JAX", ""]
    assert small == "| MNIST, small | 0.1 s, 0.50 × | 0.2 s, 1.00 × | 0.5 s, 2.50 × |  |"
    assert start == "| from the start |  | 2 s, 1.00 × |  | 2.46 s, 1.23 × |"
    assert note.endswith("Made in June.*") and TABLE._repr_markdown_() == str(TABLE) == repr(TABLE)


def test_a_peer_that_took_twice_as_long_is_said_to() -> None:
    cell = Workload("x", {"course_lib": 0.0123456, "slow": 0.0246912}).cell("slow")
    assert cell.split() == ["0.0247", "s,", "2.00", "×"] and " " not in cell  # so that no line is broken in it
    assert Workload("x", {"course_lib": 0.0123456}).cell("slow") == ""


def test_what_is_recorded_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "RECORD", tmp_path / "speed.json")
    speed.record(TABLE)
    assert speed.recorded() == TABLE
    assert json.loads((tmp_path / "speed.json").read_text(encoding="utf-8"))["made"] == "Made in June."


def test_the_record_of_the_course_has_what_the_notebook_speaks_of() -> None:
    table = speed.recorded()
    assert set(table.workloads) == {"A", "B", "C", "D", "E", "start"}
    for letter in "ABCDE":
        assert {"products", "course_lib", "JAX", "PyTorch", "scikit-learn"} <= set(table.workloads[letter].seconds)
    assert all(seconds > 0 for each in table.workloads.values() for seconds in each.seconds.values())
