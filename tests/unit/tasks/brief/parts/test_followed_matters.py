"""Matters are numbered once, followed until closed, and asked for again under their old number."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from tasks.brief.approve_draft import approved_draft
from tasks.brief.background import BriefBackground
from tasks.brief.model import Heading, Table
from tasks.brief.parts.followed_matters import docket, followed_blocks, standing_words
from tasks.brief.writers.agenda_word import write_agenda
from tasks.brief.writers.pdf import find_soffice, write_pdf
from tasks.model.meeting import Matter
from tests.golden import november, story

ON = dt.date(2023, 12, 1)


def test_what_units_ask_gets_a_number_an_owner_and_a_day() -> None:
    found = docket(story.rollup(), BriefBackground(matter_due=dt.date(2023, 12, 1)))
    assert [(m.no, m.measure, m.raised_by, m.owner, m.due) for m in found.raised] == [
        ("协2023-10-1", "3", "县住建局", "县财政局", dt.date(2023, 12, 1)),
        ("协2023-10-2", "19", "县财政局", "县财政局", dt.date(2023, 12, 1)),
    ]


def test_numbering_again_gives_the_same_numbers() -> None:
    once = docket(story.rollup(), BriefBackground())
    again = docket(story.rollup(), BriefBackground(matters=once.raised))
    assert again.raised == once.raised
    assert again.followed == ()


def test_what_is_asked_again_in_the_same_words_keeps_its_number() -> None:
    found = docket(november.rollup(), november.annals())
    assert found.again == ("协2023-10-1",)
    assert "3" not in {m.measure for m in found.raised}


def test_what_is_asked_again_after_it_was_closed_is_new() -> None:
    found = docket(november.rollup(), november.annals())
    assert ("19", "协2023-11-3") in {(m.measure, m.no) for m in found.raised}


def test_a_closed_matter_is_told_once() -> None:
    annals = replace(november.annals(), issues=(november.first_issue(), november.brief()))
    followed = docket(replace(november.rollup(), period="2023-12"), annals).followed
    assert [m.no for m in followed] == ["协2023-10-1", "议2023-10-1", "议2023-10-2"]


def test_the_followed_matters_are_counted_and_the_late_owner_is_named() -> None:
    blocks = followed_blocks(docket(november.rollup(), november.annals()), ON, 60)
    assert "4项，本期销号1项，办理中3项，其中超过办结期限1项（县财政局）。" in blocks[1].runs[0].text  # type: ignore[union-attr]


@pytest.mark.parametrize(("day", "words"), [(30, "办理中"), (29, "超期未办结"), (31, "办理中")])
def test_a_matter_is_late_from_the_day_after_its_last(day: int, words: str) -> None:
    matter = Matter("议2023-10-1", "议定事项", "2023-10", "", "联席会议", "办事。", "县财政局", dt.date(2023, 10, day))
    assert standing_words(matter, dt.date(2023, 10, 30), 60) == words


def test_a_brief_without_earlier_matters_has_no_such_section() -> None:
    assert followed_blocks(docket(story.rollup(), BriefBackground()), ON, 60) == []


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
    brief = november.compose_content(replace(story.rollup(), measures=tuple(measures)), story.context(), 1)
    write_agenda(brief, tmp_path / "agenda.docx")
    pdf = write_pdf(tmp_path / "agenda.docx", tmp_path / "agenda.pdf", soffice)
    assert pdf is not None
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    assert sum("需议定的事项" in page for page in pages) == 1
    assert "一览表" in pages[-1]
    assert "其余" in pages[-1]


def test_the_approver_settles_number_and_note_and_nothing_else() -> None:
    draft = story.brief()
    made = approved_draft(draft, 7, "按语：请各单位抓紧。\n\n二、请按期报送。")
    assert (made.issue_no, made.note_lines) == (7, 2)
    assert [run.text for block in made.blocks[:2] for run in block.runs] == [
        "按语：",
        "请各单位抓紧。",
        "二、请按期报送。",
    ]  # type: ignore[union-attr]
    assert made.blocks[2:] == draft.blocks
    assert approved_draft(made, draft.issue_no) == draft


@pytest.mark.parametrize(
    ("on", "dated"), [(dt.date(2023, 11, 3), dt.date(2023, 11, 3)), (dt.date(2024, 1, 2), dt.date(2023, 11, 1))]
)
def test_an_issue_bears_the_day_of_its_approval_within_the_year_of_its_number(on: dt.date, dated: dt.date) -> None:
    assert approved_draft(story.brief(), 1, on=on).date == dated


def test_parts_and_tables_are_numbered_on() -> None:
    blocks = november.brief().blocks
    assert [b.text[:2] for b in blocks if isinstance(b, Heading) and b.level == 1] == [
        f"{n}、" for n in "一二三四五六七"
    ]
    captions = [b.caption.split()[0] for b in blocks if isinstance(b, Table) and b.caption]
    assert captions == [f"表{n}" for n in range(1, 6)]
