"""All files of an issue, and the pages LibreOffice makes of the Word file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from tasks.brief.pdf import FREE_FONTS, find_soffice, write_pdf
from tasks.brief.render import write_all
from tests.golden import story

POINTS_PER_MM = 72 / 25.4


def test_an_issue_is_three_files_and_a_second_run_changes_none(tmp_path: Path) -> None:
    first = write_all(story.brief(), tmp_path / "briefs" / "2023-10", tmp_path)
    assert [file.path for file in first] == [
        f"briefs/2023-10/{name}" for name in ("简报.docx", "简报.html", "措施台账.xlsx")
    ]
    assert write_all(story.brief(), tmp_path / "briefs" / "2023-10", tmp_path) == first
    assert sorted(path.name for path in (tmp_path / "briefs" / "2023-10").iterdir()) == sorted(
        ["简报.docx", "简报.html", "措施台账.xlsx"]
    )


def test_without_libreoffice_there_is_no_pdf_and_no_error(tmp_path: Path) -> None:
    assert write_pdf(tmp_path / "brief.docx", tmp_path / "brief.pdf", None) is None


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The pages of the story's brief."""
    soffice = find_soffice()
    if soffice is None:
        pytest.skip("LibreOffice is not installed: the Word file cannot be rendered to pages here")
    folder = tmp_path_factory.mktemp("pdf")
    write_all(story.brief(), folder, folder)
    pdf = write_pdf(folder / "简报.docx", folder / "简报.pdf", soffice)
    assert pdf is not None
    return list(pypdfium2.PdfDocument(pdf))


def lines(page: Any) -> list[tuple[float, float, float]]:
    """(baseline box bottom, left, right) of each line of text above the page number, in points."""
    text = page.get_textpage()
    boxes = [text.get_rect(i) for i in range(text.count_rects())]
    rows: dict[int, list[tuple[float, float, float, float]]] = {}
    for box in boxes:
        if (box[1] + box[3]) / 2 > 35 * POINTS_PER_MM:
            rows.setdefault(round((box[1] + box[3]) / 2 / 14), []).append(box)
    return [(min(b[1] for b in row), min(b[0] for b in row), max(b[2] for b in row)) for row in rows.values()]


def test_every_page_is_a4_and_none_is_empty(pages: list[Any]) -> None:
    assert 5 < len(pages) < 20
    for page in pages:
        assert [round(side / POINTS_PER_MM) for side in page.get_size()] == [210, 297]
        assert len(page.get_textpage().get_text_range().strip()) > 30


def test_a_full_page_of_text_has_22_lines(pages: list[Any]) -> None:
    text = pages[2].get_textpage().get_text_range()
    assert len([line for line in text.splitlines() if line.strip() and "—" not in line]) == 22


def test_nothing_is_cut_at_the_edges(pages: list[Any]) -> None:
    # One punctuation mark may hang in the right margin, as Chinese typesetting lets it.
    left, right = 28 * POINTS_PER_MM - 2, (210 - 26) * POINTS_PER_MM + 16
    for page in pages:
        assert all(start >= left and end <= right for _, start, end in lines(page))


def test_a_full_line_holds_28_characters(pages: list[Any]) -> None:
    if not FREE_FONTS.is_dir():
        pytest.skip("no free 仿宋 (texlive-lang-chinese): widths of other fonts prove nothing")
    text = "".join(page.get_textpage().get_text_range() for page in pages[1:5])
    # Lines of Chinese characters only are exactly 28 long, or 26 at the head of a paragraph, give or take a mark.
    wide = [line for line in text.splitlines() if line and all(ord(char) > 0x2E7F for char in line) and len(line) >= 24]
    assert all(len(line) <= 29 for line in wide)


def test_the_page_numbers_stand_outside(pages: list[Any]) -> None:
    for number, page in enumerate(pages, start=1):
        assert f"— {number} —" in page.get_textpage().get_text_range().replace("—\xa0", "— ")


def test_the_lists_stand_at_the_foot_of_the_last_page(pages: list[Any]) -> None:
    text = pages[-1].get_textpage()
    found = text.search("印发").get_next()
    assert found is not None
    box = text.get_charbox(found[0])
    assert 35 * POINTS_PER_MM - 2 < box[1] < 45 * POINTS_PER_MM
