"""The Word brief: page, fonts, tables and bytes, read from the file itself."""

from __future__ import annotations

import dataclasses
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from tasks.brief.brief_document import Bar, Chart, Paragraph, Run
from tasks.brief.writers.build_template import TEMPLATE, build_template
from tasks.brief.writers.word import write_word
from tasks.errors import InputError
from tests.golden import story

MM = 36000


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("word") / "简报.docx"
    write_word(story.brief(), made)
    return made


def part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as package:
        return package.read(name)


def test_the_same_brief_gives_the_same_bytes(path: Path, tmp_path: Path) -> None:
    write_word(story.brief(), tmp_path / "again.docx")
    assert (tmp_path / "again.docx").read_bytes() == path.read_bytes()


def test_the_committed_template_is_what_the_script_builds(tmp_path: Path) -> None:
    build_template(tmp_path / "brief.docx")
    for name in ("word/styles.xml", "word/document.xml", "word/settings.xml", "word/footer1.xml", "word/footer2.xml"):
        assert part(tmp_path / "brief.docx", name) == part(TEMPLATE, name), name


def test_the_page_is_a4_with_the_margins_of_an_official_document(path: Path) -> None:
    section = Document(str(path)).sections[0]
    sides = (
        section.page_width,
        section.page_height,
        section.top_margin,
        section.bottom_margin,
        section.left_margin,
        section.right_margin,
    )
    assert [round(side / MM) for side in sides if side is not None] == [210, 297, 37, 35, 28, 26]


def test_no_theme_is_left_for_an_office_suite_to_miss(path: Path) -> None:
    with zipfile.ZipFile(path) as package:
        assert not [name for name in package.namelist() if "theme" in name]
        for name in package.namelist():
            assert b"asciiTheme" not in package.read(name)
            assert b"eastAsiaTheme" not in package.read(name)


@pytest.mark.parametrize(
    ("style", "font", "half_points"),
    [
        ("Normal", "仿宋_GB2312", 32), ("Heading1", "黑体", 32), ("Heading2", "楷体_GB2312", 32),
        ("BriefTitle", "方正小标宋简体", 44), ("FooterOdd", "宋体", 28), ("Imprint", "仿宋_GB2312", 28),
    ],
)  # fmt: skip
def test_each_style_names_the_offices_font_and_size(path: Path, style: str, font: str, half_points: int) -> None:
    root = etree.fromstring(part(path, "word/styles.xml"))
    found = root.xpath(f"//w:style[@w:styleId='{style}']/w:rPr", namespaces={"w": root.nsmap["w"]})[0]
    assert found.find(qn("w:rFonts")).get(qn("w:eastAsia")) == font
    assert found.find(qn("w:rFonts")).get(qn("w:ascii"))
    assert int(found.find(qn("w:sz")).get(qn("w:val"))) == half_points


def test_body_lines_are_exact_and_22_of_them_fill_the_page(path: Path) -> None:
    spacing = Document(str(path)).styles["Normal"].element.pPr.find(qn("w:spacing"))
    assert spacing.get(qn("w:lineRule")) == "exact"
    assert 22 * int(spacing.get(qn("w:line"))) <= 225 / 25.4 * 1440 < 23 * int(spacing.get(qn("w:line")))


def test_odd_and_even_pages_have_their_number_at_the_outer_side(path: Path) -> None:
    document = Document(str(path))
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    assert section.footer.paragraphs[0].style.name == "页码单页"
    assert section.even_page_footer.paragraphs[0].style.name == "页码双页"
    for footer in (section.footer, section.even_page_footer):
        words = "".join(t.text for t in footer._element.iter(qn("w:t")))
        assert words == "— 1 —"


def test_ruled_tables_repeat_their_heading_and_no_row_is_ever_split(path: Path) -> None:
    document = Document(str(path))
    ruled = [table for table in document.tables if table.style.name == "简报表格"]
    assert len(ruled) == 5
    for table in document.tables:
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert all(table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for table in ruled)


def test_tables_are_exactly_as_wide_as_the_text(path: Path) -> None:
    for table in Document(str(path)).tables:
        width = sum(int(col.get(qn("w:w"))) for col in table._tbl.tblGrid.iterchildren())
        assert abs(width / 1440 * 25.4 - 156) < 1


def test_a_light_is_a_word_as_well_as_a_tint(path: Path) -> None:
    table = Document(str(path)).tables[1]
    for row in table.rows[1:]:
        cell = row.cells[7]
        shade = cell._tc.tcPr.find(qn("w:shd"))
        assert cell.text in ("绿", "黄", "红", "—", "不评")
        assert (shade is not None) == (cell.text in ("绿", "黄", "红"))


def test_bars_are_as_long_as_their_percentages(path: Path) -> None:
    chart = Document(str(path)).tables[2]
    for bar, row in zip(story_bars(), chart.rows, strict=False):
        spans = [(tc.grid_span, tc.tcPr.find(qn("w:shd")).get(qn("w:fill"))) for tc in row._tr.tc_lst[1:-1]]
        assert sum(span for span, _ in spans) == 100
        done = sum(span for span, fill in spans if fill not in ("EDEDED", "000000"))
        marked = next(i for i, (_, fill) in enumerate(spans) if fill == "000000")
        assert sum(span for span, _ in spans[: marked + 1]) == max(1, bar.elapsed_pct)
        # The mark takes one point of the bar it crosses.
        assert done in (min(bar.done_pct, 100), min(bar.done_pct, 100) - 1)


def story_bars() -> tuple[Bar, ...]:
    return next(block for block in story.brief().blocks if isinstance(block, Chart)).bars


def test_a_long_name_stays_on_one_line_of_the_masthead(tmp_path: Path) -> None:
    brief = dataclasses.replace(story.brief(), name="示例县贯彻落实恢复和扩大消费各项措施联席会议工作简报")
    write_word(brief, tmp_path / "long.docx")
    size = Document(str(tmp_path / "long.docx")).paragraphs[0].runs[0].font.size
    assert size is not None
    assert size.pt * len(brief.name) <= 156 / 25.4 * 72


def test_words_that_look_like_markup_are_only_words(tmp_path: Path) -> None:
    hostile = Paragraph((Run("<w:p/>&amp;=HYPERLINK(1)\x0b"),))
    write_word(dataclasses.replace(story.brief(), blocks=(hostile,)), tmp_path / "hostile.docx")
    assert "<w:p/>&amp;=HYPERLINK(1)" in Document(str(tmp_path / "hostile.docx")).paragraphs[4].text


def restyled(path: Path, *changes: tuple[str, str]) -> Path:
    """The template with words of its parts changed, as an office's own program might have saved it."""
    with zipfile.ZipFile(TEMPLATE) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            for before, after in changes:
                text = text.replace(before.encode(), after.encode())
            new.writestr(name, text)
    return path


def test_a_template_restyled_and_saved_by_another_program_is_followed(path: Path, tmp_path: Path) -> None:
    ids = ("Masthead", "TableHead", "TableText", "BriefTable", "ChartText", "ImprintList", "Heading1", "RunIn")
    renumbered = [(f'Id="{name}"', f'Id="{n}"') for n, name in enumerate(ids, start=20)]
    renumbered += [('w:val="heading 1"', 'w:val="Heading 1"'), ("仿宋_GB2312", "方正仿宋_GBK")]
    template = restyled(tmp_path / "brief.docx", *renumbered)
    write_word(story.brief(), tmp_path / "own.docx", template)
    assert story.word_text(tmp_path / "own.docx") == story.word_text(path)
    root = etree.fromstring(part(tmp_path / "own.docx", "word/document.xml"))
    used = set(root.xpath("//w:pStyle/@w:val | //w:rStyle/@w:val | //w:tblStyle/@w:val", namespaces=root.nsmap))
    styles = etree.fromstring(part(tmp_path / "own.docx", "word/styles.xml"))
    assert used <= set(styles.xpath("//w:style/@w:styleId", namespaces=styles.nsmap))
    assert used.isdisjoint(ids)
    assert "方正仿宋_GBK" in part(tmp_path / "own.docx", "word/styles.xml").decode()


@pytest.mark.parametrize("name", ["表文", "简报表格", "段首标题"])
def test_a_template_without_a_style_is_told_by_its_name(tmp_path: Path, name: str) -> None:
    template = restyled(tmp_path / "brief.docx", (f'w:val="{name}"', 'w:val="别的"'))
    with pytest.raises(InputError, match=f"没有样式“{name}”"):
        write_word(story.brief(), tmp_path / "none.docx", template)


def test_a_template_that_is_no_word_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "brief.docx").write_bytes(b"PK")
    with pytest.raises(InputError, match="简报模板打不开"):
        write_word(story.brief(), tmp_path / "none.docx", tmp_path / "brief.docx")
