"""The model card: what it shows, what it asks for, where it is kept."""

import pytest

from course_lib.model_card import QUESTIONS, ModelCard


def test_what_is_empty_is_asked_for() -> None:
    card = ModelCard(name="reader", looks=1, weak="  ")
    assert card.empty == [name for name in QUESTIONS if name not in ("name", "looks")]
    assert "| **name** | reader |" in str(card) and "| **looks** | 1 |" in str(card)
    assert f"| **weak** | *{QUESTIONS['weak']}* |" in str(card)
    assert str(card).endswith("Still to be filled in by you: " + ", ".join(card.empty) + ".")


def test_a_whole_card_asks_for_nothing() -> None:
    card = ModelCard(**dict.fromkeys(QUESTIONS, "said"))
    assert not card.empty and "Still" not in str(card) and card._repr_markdown_() == str(card)


def test_an_answer_cannot_break_the_table() -> None:
    rows = str(ModelCard(**dict.fromkeys(QUESTIONS, "a | b\nc"))).splitlines()
    assert len(rows) == 2 + len(QUESTIONS) and all(r"a \| b c" in row for row in rows[2:])


def test_an_unknown_field_names_the_nearest() -> None:
    with pytest.raises(TypeError, match="no field 'limit'. Did you mean limits?"):
        ModelCard(limit="none")


def test_it_is_kept_beside_the_progress(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "mine" / "progress.jsonl"))
    card = ModelCard(name="reader")
    file = card.save()
    assert file == tmp_path / "mine" / "model-card.md" and file.read_text(encoding="utf-8") == f"{card}\n"
