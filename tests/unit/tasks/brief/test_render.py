"""All files of an issue, and the pages that LibreOffice renders from the Word file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from tasks.brief.brief_document import Annex, Bar, Block, Brief, Chart, Heading, Paragraph, Run, Table, TableColumn
from tasks.brief.render import write_brief_files, write_issue, write_meeting, write_pdf_beside
from tasks.brief.writers.word import write_word
from tasks.brief.writers.word_to_pdf import FREE_FONTS, find_soffice, write_pdf
from tests.golden import november, story

# One worker, so that the pages are rendered only once.
pytestmark = pytest.mark.xdist_group("test_render")
POINTS_PER_MM = 72 / 25.4
_COLUMNS = (TableColumn("序号", 20), TableColumn("单位", 46, "left"), TableColumn("情况", 90, "left"))
_UNIT = "示例县住房公积金管理中心驻工业园区服务大厅"


def test_an_issue_is_three_files_and_a_second_run_changes_none(tmp_path: Path) -> None:
    first = write_brief_files(story.brief(), tmp_path / "briefs" / "2023-10", tmp_path)
    assert [file.path for file in first] == [
        f"briefs/2023-10/{name}" for name in ("简报.docx", "简报.html", "措施台账.xlsx")
    ]
    assert write_brief_files(story.brief(), tmp_path / "briefs" / "2023-10", tmp_path) == first
    assert sorted(path.name for path in (tmp_path / "briefs" / "2023-10").iterdir()) == sorted(
        ["简报.docx", "简报.html", "措施台账.xlsx"]
    )


def large() -> Brief:
    """The story's brief at the size of a large plan: sections of many lengths, so that headings fall on every line of a
    page, tables over several pages with rows of one to four lines, a chart of the maximum size."""
    attached = next(i for i, block in enumerate(story.brief().blocks) if isinstance(block, Annex))
    blocks = list(story.brief().blocks)
    return replace(story.brief(), blocks=(*blocks[:attached], *_more(), *blocks[attached:]))


def _more() -> Iterator[Block]:
    for section in range(1, 24):
        yield Heading(2, f"（{section}）第{section}部分的标题")
        for measure in range(section % 4 + 1):
            words = "按照方案要求推进各项工作，" * (section * 3 % 7 + measure + 1)
            yield Paragraph((Run(f"{section}.{measure} 措施（{_UNIT}，绿灯）。“{words}已完成。”"),))
        if section % 8 == 0:
            yield Table(f"第{section}部分的表", _COLUMNS, tuple(_row(section, number) for number in range(45)))
    bars = tuple(Bar(f"第{i}项指标完成情况累计数值比例", i, 83, "红", f"{i}%") for i in range(10, 40))
    yield Chart("一页最大的图", bars)
    yield Paragraph((Run("注：横条为完成率。"),), "note")


def _row(section: int, number: int) -> tuple[Run, ...]:
    words = "整改措施正在落实，资金已经到位，" * (number % 5)
    return Run(f"{section}甲{number}乙"), Run(_UNIT), Run(f"{section}丙{number}丁{words}{section}戊{number}己")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The pages of a large plan's brief."""
    soffice = find_soffice()
    if soffice is None:
        pytest.skip("LibreOffice is not installed: the Word file cannot be rendered to pages here")
    folder = tmp_path_factory.mktemp("pdf")
    write_word(large(), folder / "简报.docx")
    pdf = write_pdf(folder / "简报.docx", folder / "简报.pdf", soffice)
    assert pdf is not None
    return list(pypdfium2.PdfDocument(pdf))


@pytest.fixture(scope="module")
def texts(pages: list[Any]) -> list[list[str]]:
    """The lines of each page in the order of reading, without its number."""
    read = [page.get_textpage().get_text_range().splitlines() for page in pages]
    return [
        [line for line in lines if line.strip() and not re.fullmatch(r"—\s*\d+\s*—", line.strip())] for lines in read
    ]


def bare(text: str) -> str:
    """Without white space and hyphens, which a line break may add or change."""
    return re.sub(r"[\s\ufffe\u2011-]", "", text)


def lines(page: Any) -> list[tuple[float, float, float]]:
    """(baseline box bottom, left, right) of each line of text above the page number, in points."""
    text = page.get_textpage()
    boxes = [text.get_rect(i) for i in range(text.count_rects())]
    rows: dict[int, list[tuple[float, float, float, float]]] = {}
    for box in boxes:
        if (box[1] + box[3]) / 2 > 35 * POINTS_PER_MM:
            rows.setdefault(round((box[1] + box[3]) / 2 / 14), []).append(box)
    return [(min(b[1] for b in row), min(b[0] for b in row), max(b[2] for b in row)) for row in rows.values()]


def test_every_page_is_a4_and_none_is_empty(pages: list[Any], texts: list[list[str]]) -> None:
    assert 20 < len(pages) < 50
    for page, found in zip(pages, texts, strict=True):
        assert [round(side / POINTS_PER_MM) for side in page.get_size()] == [210, 297]
        assert len("".join(found)) > 30


def test_a_full_page_of_text_has_22_lines(texts: list[list[str]]) -> None:
    words = bare("".join(run.text for block in large().blocks if isinstance(block, Paragraph) for run in block.runs))
    headings = {bare(block.text) for block in large().blocks if isinstance(block, Heading)}
    running = [page for page in texts if all(bare(line) in words or bare(line) in headings for line in page)]
    # All but those that end early, for what follows them keeps together.
    assert sum(len(page) == 22 for page in running) >= 5
    assert max(map(len, running)) == 22


def test_everything_is_there_and_in_its_order(texts: list[list[str]]) -> None:
    text = bare("".join(line for page in texts for line in page))
    at = 0
    for block in large().blocks:
        if isinstance(block, Paragraph):
            words = bare("".join(run.text for run in block.runs))
            at = text.index(words, at) + len(words)
        elif isinstance(block, Table):
            assert all(bare(run.text) in text for row in block.rows for run in row)


def test_no_heading_and_no_caption_stands_at_the_foot_of_a_page(texts: list[list[str]]) -> None:
    blocks = large().blocks
    heads = {bare(b.text) for b in blocks if isinstance(b, Heading)}
    heads |= {bare(b.caption) for b in blocks if isinstance(b, Table | Chart)}
    assert [page[-1] for page in texts if bare(page[-1]) in heads] == []


def test_no_row_is_split_and_every_page_repeats_the_tables_heading(texts: list[list[str]]) -> None:
    whole = [bare("".join(page)) for page in texts]
    for section in (8, 16):
        on = [[i for i, page in enumerate(whole) if f"{section}丙{n}丁" in page] for n in range(45)]
        assert all(len(found) == 1 and f"{section}戊{n}己" in whole[found[0]] for n, found in enumerate(on))
        spread = {found[0] for found in on}
        assert len(spread) >= 2
        assert all("序号单位情况" in whole[i] for i in spread)


def test_a_chart_is_on_one_page(texts: list[list[str]]) -> None:
    whole = [bare("".join(page)) for page in texts]
    (page,) = [text for text in whole if "一页最大的图" in text]
    assert all(f"第{i}项指标完成" in page for i in range(10, 40))


def test_nothing_is_cut_at_the_edges(pages: list[Any]) -> None:
    # One punctuation mark may hang in the right margin, as Chinese typesetting lets it.
    left, right = 28 * POINTS_PER_MM - 2, (210 - 26) * POINTS_PER_MM + 16
    for page in pages:
        assert all(start >= left and end <= right for _, start, end in lines(page))


def test_a_full_line_holds_28_characters(texts: list[list[str]]) -> None:
    if not FREE_FONTS.is_dir():
        pytest.skip("no free 仿宋 (texlive-lang-chinese): widths of other fonts prove nothing")
    # Lines of Chinese characters only are exactly 28 long, or 26 at the head of a paragraph, give or take a mark.
    every = {line.strip() for page in texts for line in page if "按照方案要求" in line}
    wide = {len(line) for line in every if all(ord(char) > 0x2E7F for char in line)}
    assert max(wide) - 1 == 28 in wide


def test_the_page_numbers_stand_outside(pages: list[Any]) -> None:
    for number, page in enumerate(pages, start=1):
        assert f"— {number} —" in page.get_textpage().get_text_range().replace("—\xa0", "— ")


def test_the_lists_stand_at_the_foot_of_the_last_page(pages: list[Any]) -> None:
    text = pages[-1].get_textpage()
    found = text.search("印发").get_next()
    assert found is not None
    box = text.get_charbox(found[0])
    assert 35 * POINTS_PER_MM - 2 < box[1] < 45 * POINTS_PER_MM


def test_an_existing_decisions_workbook_is_never_overwritten(tmp_path: Path) -> None:
    written = write_meeting(november.brief(), tmp_path, tmp_path, register=True)
    assert [file.path for file in written] == ["议事材料/联席会议议程.docx", "议事材料/议定事项登记表.xlsx"]
    (tmp_path / written[1].path).write_bytes(b"filled by a person")
    write_meeting(november.brief(), tmp_path, tmp_path, register=True)
    assert (tmp_path / written[1].path).read_bytes() == b"filled by a person"


def test_an_issue_without_an_agenda_writes_none(tmp_path: Path) -> None:
    assert write_meeting(replace(november.brief(), agenda=()), tmp_path, tmp_path, register=True) == ()


def test_without_libreoffice_the_other_files_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    written = write_issue(november.brief(), tmp_path, tmp_path, register=True, pdf=True).files
    assert [file.path.rpartition("/")[2] for file in written] == [
        "简报.docx",
        "简报.html",
        "措施台账.xlsx",
        "联席会议议程.docx",
        "议定事项登记表.xlsx",
    ]


def test_a_failing_libreoffice_does_not_hold_back_an_approved_issue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "bin" / "soffice"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}:/bin")
    written = write_issue(november.brief(), tmp_path, tmp_path, pdf=True).files
    assert [file.path.rpartition("/")[2] for file in written][:3] == ["简报.docx", "简报.html", "措施台账.xlsx"]
    assert not (tmp_path / "简报.pdf").exists()


def test_an_existing_pdf_stays(tmp_path: Path) -> None:
    (tmp_path / "简报.pdf").write_bytes(b"%PDF")
    written = write_pdf_beside(tmp_path, tmp_path)
    assert written is not None
    assert (tmp_path / written.path).read_bytes() == b"%PDF"
