"""The story's brief, ledger and agenda compared with golden texts that a person has read and approved.

`python -m tests.golden.story` and `… .november` write the texts again; a person then reads the difference.
"""

from __future__ import annotations

from pathlib import Path

from tasks.brief.writers.ledger_workbook import write_ledger
from tasks.brief.writers.word import write_word
from tests.golden import november, story


def test_the_ledger_and_the_points_to_check_are_the_approved_ones(tmp_path: Path) -> None:
    write_ledger(story.brief(), tmp_path / "ledger.xlsx")
    assert story.ledger_text(tmp_path / "ledger.xlsx") == story.LEDGER_TEXT.read_text(encoding="utf-8")


def test_the_word_paragraphs_and_tables_are_the_approved_ones(tmp_path: Path) -> None:
    write_word(story.brief(), tmp_path / "brief.docx")
    assert story.word_text(tmp_path / "brief.docx") == story.TEXT.read_text(encoding="utf-8")


def test_the_second_issue_and_the_agenda_are_the_approved_ones() -> None:
    issue, agenda = november.texts()
    assert issue == november.TEXT.read_text(encoding="utf-8")
    assert agenda == november.AGENDA_TEXT.read_text(encoding="utf-8")
