"""The agenda: its points, and the one-page table of matters to decide."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from tasks.brief.brief_document import Table
from tasks.brief.compose import compose_content
from tasks.brief.writers.agenda_word import write_agenda
from tasks.brief.writers.word_to_pdf import find_soffice, write_pdf
from tests.golden import november, story


def test_the_agenda_names_red_measures_missing_units_and_every_matter_to_decide() -> None:
    text = " ".join(run.text for block in november.brief().agenda for run in getattr(block, "runs", ()))
    asked = "研究县商工局、县卫健委、县财政局提出的协调事项3项。"
    for words in ("第17项（县机关事务管理中心）", "县供销社", asked, "超期1项（县财政局）"):
        assert words in text
    (table,) = [block for block in november.brief().agenda if isinstance(block, Table)]
    assert [row[0].text for row in table.rows] == ["协2023-11-1", "协2023-11-2", "协2023-11-3", "议2023-10-1"]


def test_a_figure_two_units_tell_differently_is_for_the_meeting_to_decide() -> None:
    (table,) = [block for block in story.brief().agenda if isinstance(block, Table)]
    assert table.rows[-1][1].text.startswith("数据以何为准：县财政局报“公租房”累计66套")


def test_the_table_to_decide_upon_is_one_page_however_much_there_is(tmp_path: Path) -> None:
    soffice = find_soffice()
    if soffice is None:
        pytest.skip("LibreOffice is not installed: pages cannot be counted here")
    words = "请协调解决项目用地、资金拨付和手续办理等事项，明确牵头单位和完成时限，并在下次会议前反馈。" * 2
    measures = [replace(m, coordination=words, coordination_unit="县财政局") for m in story.rollup().measures]
    brief = compose_content(replace(story.rollup(), measures=tuple(measures)), story.context(), 1)
    write_agenda(brief, tmp_path / "agenda.docx")
    pdf = write_pdf(tmp_path / "agenda.docx", tmp_path / "agenda.pdf", soffice)
    assert pdf is not None
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    assert sum("需议定的事项" in page for page in pages) == 1
    assert "一览表" in pages[-1]
    assert "其余" in pages[-1]
