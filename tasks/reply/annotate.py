"""Colours and comments on the unit's own cells. Everything else stays as the unit wrote it.

Belongs here: marking cells, and removing the marks of an earlier reply. The list of findings is `findings_sheet`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.cell import coordinate_from_string
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tasks.model.submission import Finding
from tasks.model.words import SEVERITIES, SEVERITY_WORDS
from tasks.reply.sheet_styles import MARKS, cell_fill

AUTHOR = "联席会议办公室"
_SEPARATOR = "──原批注──"
_CHARS = 600
MARKS_SHEET = "_lianxi_marks"
"""The very hidden sheet with the former colour of each marked cell: sheet, cell, colour."""
_OUR_FILLS = frozenset(f"{alpha}{colour}" for alpha in ("00", "FF") for colour in MARKS.values())


def annotate(book: Workbook, findings: Iterable[Finding]) -> None:
    """Colour the cells of all findings by their gravest severity, and list the findings of each cell in a comment."""
    _clear(book)
    for (name, address), cell_findings in _by_cell(findings).items():
        if name in book.sheetnames and isinstance(sheet := book[name], Worksheet):
            cell = _anchor(sheet, address)
            _record_colour(book, name, cell)
            _mark(cell, cell_findings)


def _by_cell(findings: Iterable[Finding]) -> dict[tuple[str, str], list[Finding]]:
    cells: dict[tuple[str, str], list[Finding]] = {}
    for finding in sorted(findings, key=lambda each: SEVERITIES.index(each.severity)):
        for address in finding.cells:
            cells.setdefault((finding.sheet, address), []).append(finding)
    return cells


def _mark(cell: Cell, findings: Sequence[Finding]) -> None:
    cell.fill = cell_fill(MARKS[findings[0].severity])
    listed = "\n".join(f"【{SEVERITY_WORDS[each.severity]}】{each.text}\n怎么改：{each.remedy}" for each in findings)
    unit_text = _unit_text(cell.comment)
    text = listed[:_CHARS] + (f"\n{_SEPARATOR}\n{unit_text}" if unit_text else "")
    comment = Comment(ILLEGAL_CHARACTERS_RE.sub("", text), AUTHOR)
    comment.width, comment.height = 320, min(60 + 22 * (text.count("\n") + len(text) // 22), 420)
    cell.comment = comment


def _unit_text(comment: Comment | None) -> str:
    """The unit's own comment on a cell, without our part of it."""
    if comment is None:
        return ""
    text = str(comment.text or "")
    return text.partition(f"\n{_SEPARATOR}\n")[2] if comment.author == AUTHOR else text


def _anchor(sheet: Worksheet, address: str) -> Cell:
    """The cell, or the first cell of its merged range, the only one that a program displays."""
    letters, row = coordinate_from_string(address)
    cell = sheet[f"{letters}{row}"]
    for merged in sheet.merged_cells.ranges:
        if cell.coordinate in merged:
            return sheet.cell(merged.min_row, merged.min_col)
    return cell


def _clear(book: Workbook) -> None:
    """Remove the marks of an earlier reply: units correct the file that was returned to them."""
    if MARKS_SHEET not in book.sheetnames:
        return
    for name, address, colour in book[MARKS_SHEET].iter_rows(values_only=True):
        if name in book.sheetnames and isinstance(address, str):
            _unmark(book[str(name)][address], str(colour or ""))
    del book[MARKS_SHEET]


def _unmark(cell: Cell, colour: str) -> None:
    if cell.fill.fgColor.rgb in _OUR_FILLS:
        cell.fill = PatternFill("solid", fgColor=colour) if colour else PatternFill()
    if cell.comment is not None and cell.comment.author == AUTHOR:
        unit_text = _unit_text(cell.comment)
        cell.comment = Comment(unit_text, "") if unit_text else None


def _record_colour(book: Workbook, sheet: str, cell: Cell) -> None:
    """Record the colour of a cell before it is marked, so that the next reply can restore it."""
    if MARKS_SHEET not in book.sheetnames:
        book.create_sheet(MARKS_SHEET).sheet_state = "veryHidden"
    solid = cell.fill.fill_type == "solid" and isinstance(cell.fill.fgColor.rgb, str)
    book[MARKS_SHEET].append([sheet, cell.coordinate, cell.fill.fgColor.rgb if solid else ""])
