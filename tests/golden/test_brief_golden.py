"""The story's brief against what was read and found right: its content and its Word paragraphs and tables.

`python -m tests.golden.story` and `… .november` write the files again; the difference is then read by a person.
"""

from __future__ import annotations

from pathlib import Path

from tasks.brief.brief_json import to_json
from tasks.brief.writers.word import write_word
from tests.golden import november, story


def test_the_content_is_the_content_last_read_by_a_person() -> None:
    assert to_json(story.brief()) + "\n" == story.JSON.read_text(encoding="utf-8")


def test_the_word_paragraphs_and_tables_are_those_last_read_by_a_person(tmp_path: Path) -> None:
    write_word(story.brief(), tmp_path / "brief.docx")
    assert story.word_text(tmp_path / "brief.docx") == story.TEXT.read_text(encoding="utf-8")


def test_the_second_issue_and_the_meetings_paper_are_those_last_read_by_a_person() -> None:
    issue, paper = november.texts()
    assert issue == november.TEXT.read_text(encoding="utf-8")
    assert paper == november.AGENDA_TEXT.read_text(encoding="utf-8")
