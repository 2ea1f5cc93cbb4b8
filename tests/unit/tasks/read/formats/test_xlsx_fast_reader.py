"""The fast reader gives the same as the reading library, or leaves a workbook to it."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from config.settings_file import load_settings
from config.workbook_file import load_layout
from tasks.read.formats.detect_format import detect_format
from tasks.read.formats.format_errors import BrokenError
from tasks.read.formats.load_workbook import load_package, load_workbook
from tasks.read.formats.sheet_grid import SheetGrid
from tasks.read.formats.xlsx_fast_reader import read_fast
from tasks.read.formats.zip_package import ZipPackage, unpack_package
from tests import workbooks
from tests.golden import damaged

LIMITS = load_settings(env={}).limits
LAYOUT = load_layout()
GUIDES = (LAYOUT.guide_sheet, LAYOUT.pending_sheet)
# Filled, and in the form in which the office's workbooks are written.
GOOD = next(damaged.files(damaged.Office(Path(), 1)))[2]
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
FORMATS = (
    *("General", "0", "0.00", "#,##0", "0%", "0.00%", "@", '0"套"', '0.0,,"亿元"', '#,##0.00"万元"', '0!.0000"万元"'),
    *("yyyy-mm-dd", "yyyy/m/d;@", 'yyyy"年"m"月"d"日"', "m/d", "[$-F800]dddd, mmmm dd, yyyy", "h:mm", "[h]:mm:ss"),
    *("yyyy-mm-dd hh:mm", "#,##0_);[Red](#,##0)", "0.00E+00", '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '),
    *('"共"0"日"', "[>100]0;[<=100]0.0", "G/通用格式", "0\\d", "_d0", '"第"0', "# ?/?", "aaaa", "[DBNum1]0"),
)


def both(content: bytes, skipped: tuple[str, ...] = ()) -> tuple[tuple[SheetGrid, ...] | None, tuple[SheetGrid, ...]]:
    """(sheets from the fast reader or None, sheets from the library)."""
    package = unpack_package(content, LIMITS)
    return read_fast(package.parts, LIMITS, skipped), load_package(package, "xlsx", LIMITS, skipped)


def content_of(grids: tuple[SheetGrid, ...]) -> list[tuple[object, ...]]:
    """All fields of the grids, values with their types."""
    return [
        (
            grid.name,
            [[(type(cell), cell) for cell in row] for row in grid.cells],
            *(grid.visible, grid.merged, grid.metadata),
        )
        for grid in grids
    ]


def book_of(rows: list[list[object]], formats: list[str] | None = None, more: bool = False) -> bytes:
    """A workbook of these rows; a format a column. With `more`, merged cells, a hidden row and a hidden sheet."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target, dict.fromkeys(("strings_to_numbers", "strings_to_formulas", "strings_to_urls"), False)
    ) as book:
        sheet = book.add_worksheet("数据")
        shown = [book.add_format({"num_format": code}) for code in formats or []]
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                if value is not None:
                    sheet.write(row, column, value, shown[column] if column < len(shown) else None)
        if more:
            sheet.merge_range(len(rows), 1, len(rows) + 1, 3, "合并")
            sheet.set_row(1, None, None, {"hidden": True})
            book.add_worksheet("另一张").hide()
    return target.getvalue()


def test_an_issued_workbook_and_a_filled_one_are_read_fast() -> None:
    for content in (workbooks.issued(), GOOD):
        fast_grids, library = both(content, GUIDES)
        assert fast_grids is not None
        assert content_of(fast_grids) == content_of(library)
        assert [grid.name for grid in fast_grids] == [LAYOUT.sheet("progress").name, LAYOUT.signed_sheet]


def test_workbooks_with_every_usual_mistake_are_read_alike(tmp_path: Path) -> None:
    """Those with formulas, error values or inline texts are left to the library."""
    fast = 0
    for _unit, slips, content in damaged.files(damaged.Office(tmp_path, damaged.COUNT)):
        if detect_format(content) == "xlsx":
            fast_grids, library = both(content)
            fast += fast_grids is not None
            assert fast_grids is None or content_of(fast_grids) == content_of(library), slips
    assert fast > damaged.COUNT * 0.8


@pytest.mark.parametrize("code", FORMATS)
def test_numbers_in_every_format(code: str) -> None:
    """Whole numbers and fractions, days and percentages; the library reads any doubtful format."""
    for value in (45217.0, 45217.5, 0.85, 60.0, 110.0, -3.0, 0.0, 1e8):
        fast_grids, library = both(book_of([["数", value]], ["General", code]))
        assert fast_grids is None or content_of(fast_grids) == content_of(library), value


def test_a_time_span_that_overflows_breaks_its_file_only() -> None:
    """The library raises an error of its own."""
    with pytest.raises(BrokenError):
        load_workbook(book_of([["时长", 1e15]], ["General", "[h]:mm:ss"]), "xlsx", LIMITS)


def test_most_formats_are_known() -> None:
    """Otherwise the test of formats above would prove nothing."""
    known = [code for code in FORMATS if both(book_of([["数", 45217.0]], ["General", code]))[0] is not None]
    assert len(known) >= 20
    assert {"General", "0", "0%", '0"套"', "yyyy-mm-dd", 'yyyy"年"m"月"d"日"'} <= set(known)


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t &<>\"'　_x0041\u200b"), max_size=12
)
VALUES = st.none() | TEXTS | st.floats(-1e12, 1e12) | st.integers(0, 60000) | st.booleans()


@given(st.lists(st.lists(VALUES, max_size=6), max_size=8))
def test_whatever_xlsxwriter_writes_is_read_alike(rows: list[list[object]]) -> None:
    """Any values, with blank rows and columns, merged cells, hidden rows and hidden sheets."""
    fast_grids, library = both(book_of(rows, more=len(rows) > 2))
    assert fast_grids is None or content_of(fast_grids) == content_of(library)


def _in_sheet(change: Callable[[bytes], bytes]) -> bytes:
    return workbooks.with_part(GOOD, SHEET, change)


def _in_strings(change: Callable[[bytes], bytes]) -> bytes:
    return workbooks.with_part(GOOD, STRINGS, change)


def _replaced(pattern: bytes, by: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        changed, times = re.subn(pattern, by, data, count=1)
        assert times == 1
        return changed

    return change


def _twice_with_a_unit() -> bytes:
    shown = book_of([["数", 110.0]], ["General", '0"套"'])
    return workbooks.with_part(shown, SHEET, _replaced(rb"</row>", b'<c r="B1"><v>7</v></c></row>'))


UNUSUAL = {
    "formula": _in_sheet(_replaced(rb"><v>", b"><f>1+1</f><v>")),
    "formula without a value": _in_sheet(_replaced(rb'(<c r="J9"[^>]*)>.*?</c>', rb'\1><f t="shared" si="0"/></c>')),
    "error": _in_sheet(_replaced(rb'(<c r="J9" s="\d+") t="s"><v>\d+<', rb'\1 t="e"><v>#N/A<')),
    "text in the cell": _in_sheet(
        _replaced(rb'(<c r="J9" s="\d+") t="s"><v>\d+</v>', rb'\1 t="inlineStr"><is><t>x</t></is>')
    ),
    "comment": _in_sheet(_replaced(rb"<row ", b'<!-- <c r="A1"><v>7</v></c> --><row ')),
    "prefix": _in_sheet(lambda data: data.replace(b"<v>", b"<x:v>").replace(b"</v>", b"</x:v>")),
    "cells twice": _in_sheet(_replaced(rb"</sheetData>", b"</sheetData><sheetData></sheetData>")),
    "rows out of order": _in_sheet(_replaced(rb"</sheetData>", b'<row r="1"><c r="A1"><v>1</v></c></row></sheetData>')),
    "row nought": _in_sheet(_replaced(rb"<sheetData>", b'<sheetData><row><c r="A0"><v>1</v></c></row>')),
    "no such text": _in_sheet(_replaced(rb't="s"><v>\d+<', b't="s"><v>999999<')),
    "far away": _in_sheet(
        _replaced(rb"</sheetData>", b'<row r="9999999"><c r="A9999999"><v>1</v></c></row></sheetData>')
    ),
    "far away and then back": _in_sheet(
        _replaced(rb"<sheetData>", b'<sheetData><row r="9999999"><c r="A9999999"><v>1</v></c></row>')
    ),
    "further away": _in_sheet(
        _replaced(rb"<sheetData>", b'<sheetData><row r="1"><c r="A90000000000"><v>1</v></c></row>')
    ),
    "a row that never ends": _in_sheet(_replaced(rb"</row>", b"")),
    "a cell that ends twice": _in_sheet(_replaced(rb"</c>", b"</c></c>")),
    "a cell in a cell": _in_sheet(_replaced(rb"</c>(<c [^<>]*><v>[^<]*</v></c>)", rb"\1</c>")),
    "a tag in a word": _in_sheet(_replaced(rb"</row>", b'<c r="ZZ1" x="/></row>')),
    "a blank cell nowhere": _in_sheet(_replaced(rb"</row>", b'<c r="1A"/></row>')),
    "a row without a number": _in_sheet(_replaced(rb"</sheetData>", b'<row r="x"/></sheetData>')),
    "a unit that is painted over": _twice_with_a_unit(),
    "cells in an instruction": _in_sheet(
        lambda data: data.replace(b"<sheetData>", b"<?x <sheetData>").replace(b"</sheetData>", b"</sheetData>?>")
    ),
    "a row behind them": _in_sheet(_replaced(rb"</worksheet>", b'<x><row r="2" hidden="1"/></x></worksheet>')),
    "an error before them": _in_sheet(_replaced(rb"<sheetData>", b'<x><c r="A1" t="e"><v>#N/A</v></c></x><sheetData>')),
    "merged twice": _in_sheet(
        _replaced(rb"</mergeCells>", b'</mergeCells><mergeCells><mergeCell ref="A1:B2"/></mergeCells>')
    ),
    "merged before": _in_sheet(
        _replaced(rb"<sheetData>", b'<mergeCells><mergeCell ref="A1:B2"/></mergeCells><sheetData>')
    ),
    "merged from nowhere": _in_sheet(_replaced(rb'<mergeCell ref="[A-Z]+\d', b'<mergeCell ref="A0')),
    "very large": _in_sheet(_replaced(rb"</row>", b" " * (5 << 20) + b"</row>")),
    "no number": _in_sheet(_replaced(rb'(<c r="[A-Z]+\d+" s="\d+">)<v>[^<]+<', rb"\1<v>1-1<")),
    "rich text": _in_strings(_replaced(rb"<si><t>([^<]*)</t></si>", rb"<si><r><t>\1</t></r></si>")),
    "written as a code": _in_strings(_replaced(rb"<si><t>", b"<si><t>_x0041_")),
    "blanks before it that are not kept": _in_strings(_replaced(rb"<si><t>", b"<si><t> ")),
    "a line end behind it that is not kept": _in_strings(_replaced(rb"<si><t>([^<]*)<", rb"<si><t>\1\n<")),
    "texts in an instruction": _in_strings(_replaced(rb"(<sst[^<>]*>)", rb"\1<?x y?>")),
    "another entity": _in_strings(_replaced(rb"<si><t>", b"<si><t>&#65;")),
    "other line ends": _in_strings(_replaced(rb"<si><t>", b"<si><t>\r\n")),
    "another encoding": _in_strings(lambda data: data.replace(b"UTF-8", b"GB18030", 1)),
    "days from 1904": workbooks.with_part(
        GOOD, "xl/workbook.xml", lambda data: re.sub(rb"<workbookPr[^>]*/>", b'<workbookPr date1904="1"/>', data)
    ),
}


@pytest.mark.parametrize("content", UNUSUAL.values(), ids=list(UNUSUAL))
def test_a_workbook_in_any_other_form_is_left_to_the_library(content: bytes) -> None:
    assert read_fast(unpack_package(content, LIMITS).parts, LIMITS, GUIDES) is None


USUAL = {
    "read aloud": _in_strings(_replaced(rb"</t></si>", b'</t><phoneticPr fontId="1" type="noConversion"/></si>')),
    "blanks kept": _in_strings(_replaced(rb"<si><t>", b'<si><t xml:space="preserve">  ')),
    "a line end of Excel's": _in_strings(_replaced(rb"\?>\s*<sst", b"?>\r\n<sst")),
    "speaks of XML": _in_strings(_replaced(rb"<si><t>", b'<si><t>a xml:space="preserve" b')),
    "entities": _in_strings(_replaced(rb"<si><t>", b"<si><t>&lt;&amp;amp;&quot;&apos;&gt;")),
    "a cell twice": _in_sheet(_replaced(rb'(<c r="J9"[^>]*>.*?</c>)', rb"\1\1")),
    "white space only": _in_strings(_replaced(rb"<si><t>[^<]*<", "<si><t>　\u00a0<".encode())),
    "a space before the end": _in_sheet(_replaced(rb'<c (r="[A-Z]+1" s="\d+")/>', rb"<c \1 />")),
    "a line end kept": _in_strings(_replaced(rb"<si><t>[^<]*<", b'<si><t xml:space="preserve">a\n<')),
}


@pytest.mark.parametrize("content", USUAL.values(), ids=list(USUAL))
def test_variations_of_the_usual_form_are_read_alike(content: bytes) -> None:
    fast_grids, library = both(content, GUIDES)
    assert fast_grids is not None
    assert content_of(fast_grids) == content_of(library)


def test_mutated_sheets_are_read_alike_or_left_to_the_library() -> None:
    """Values, attributes and tags are replaced at random."""
    chance, fast = random.Random(11), 0
    whole = unpack_package(GOOD, LIMITS)
    tokens = re.compile(rb'"[^"]{1,12}"|>[^<]{1,12}<|<[a-z/]{1,4}')
    for _ in range(300):
        name = chance.choice((SHEET, SHEET, STRINGS, "xl/styles.xml"))
        data = whole.parts[name]
        spots = list(tokens.finditer(data))
        one, other = chance.choice(spots), chance.choice(spots)
        data = data[: one.start()] + other[0] + data[one.end() :]
        packed = workbooks.zipped({**whole.parts, name: data}, packed=False)
        fast += _is_read_alike(unpack_package(packed, LIMITS))
    assert fast > 30


def _is_read_alike(package: ZipPackage) -> bool:
    """Whether the fast reader read it, and then as the library does."""
    try:
        fast_grids = read_fast(package.parts, LIMITS, GUIDES)
        library = load_package(package, "xlsx", LIMITS, GUIDES)
    except BrokenError:
        return False
    if fast_grids is None:
        return False
    assert content_of(fast_grids) == content_of(library)
    return True


def test_days_are_dates_and_figures_are_numbers() -> None:
    [grid] = load_workbook(book_of([["一", 2.0, 45217.0]], ["@", "0", "yyyy-mm-dd"]), "xlsx", LIMITS)
    assert grid.cells == [["一", 2.0, dt.date(2023, 10, 18)]]


def test_comments_that_are_no_xml_break_their_file_only() -> None:
    related = b'<Relationships><Relationship Id="rId9" Target="../comments1.xml"/></Relationships>'
    parts = {**workbooks.parts(GOOD), "xl/worksheets/_rels/sheet1.xml.rels": related, "xl/comments1.xml": b"<comments>"}
    with pytest.raises(BrokenError):
        load_workbook(workbooks.zipped(parts), "xlsx", LIMITS)
