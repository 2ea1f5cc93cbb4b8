"""The style of our sheets in a reply: colours, fonts, widths, and writing text as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tasks.model.words import Severity

# Distinct from the light yellow of input cells. In grey print, the word beside a colour tells the severity.
MARKS: Mapping[Severity, str] = {"refuse": "F8CBAD", "return": "F8CBAD", "query": "FFD966", "hint": "BDD7EE"}
BLACK, GREY, LINE_GREY, BLUE = "1F2937", "6B7280", "BFC5CD", "1F4E79"
_FONT, _TITLE_FONT = "等线", "黑体"
_EDGE = Side(style="thin", color=LINE_GREY)
_BOX = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)
_CHARS = 400
_LINE_POINTS = 16.5
# A spreadsheet program interprets text that begins with these as a formula.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def cell_fill(colour: str) -> PatternFill:
    """A solid fill."""
    return PatternFill("solid", fgColor=colour)


def put_text(cell: Cell, text: str) -> None:
    """Write text that no program reads as a formula, without the characters that the file format cannot hold."""
    plain = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.value = plain if len(plain) <= _CHARS else plain[:_CHARS] + "……"
    if plain.startswith(_DANGEROUS):
        cell.data_type = "s"
        cell.quotePrefix = True


def cell_style(
    cell: Cell,
    *,
    size: float = 11,
    bold: bool = False,
    colour: str = BLACK,
    centre: bool = False,
    box: bool = False,
    title: bool = False,
) -> None:
    """Set font, alignment and border of one cell."""
    cell.font = Font(name=_TITLE_FONT if title else _FONT, size=size, bold=bold, color=colour)
    aligned = "center" if centre else "left"
    cell.alignment = Alignment(horizontal=aligned, vertical="center", wrap_text=True, indent=0 if centre else 1)
    if box:
        cell.border = _BOX


def title_band(sheet: Worksheet, row: int, last_column: int, text: str, height: float) -> Cell:
    """Merge a row up to `last_column` and write `text` into it; returns the cell."""
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=last_column)
    sheet.row_dimensions[row].height = height
    cell = sheet.cell(row, 1)
    put_text(cell, text)
    return cell


def page_setup(sheet: Worksheet, widths: Sequence[float], header_row: int | None = None) -> None:
    """A4 landscape, one page wide, no grid lines; the header row is repeated on every page."""
    for index, width in enumerate(widths):
        sheet.column_dimensions[get_column_letter(index + 1)].width = width
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.print_options.horizontalCentered = True
    if header_row:
        sheet.print_title_rows = f"{header_row}:{header_row}"


def height_for(texts: Sequence[str], widths: Sequence[float], least: float = 24) -> float:
    """The row height in points for its longest text: programs do not adjust the height of such rows themselves."""
    lines = [_lines(text, max(int(width) - 3, 1)) for text, width in zip(texts, widths, strict=True)]
    return min(max(least, max(lines, default=1) * _LINE_POINTS + 8), 409)


def _lines(text: str, columns: int) -> int:
    return sum(-(-max(_columns(part), 1) // columns) for part in text.split("\n"))


def _columns(text: str) -> int:
    """Width in half-width columns: a Chinese character takes two."""
    return sum(2 if ord(char) > 0x2E7F or char in "“”‘’…—" else 1 for char in text)
