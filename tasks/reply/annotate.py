"""Colours and comments on the unit's own cells. Everything else stays as the unit wrote it.

Belongs here: marking cells, and taking away the marks of an earlier return. The list is `listing`.
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
_OWN = "──原批注──"
_CHARS = 600
MEMORY = "_lianxi_marks"
"""The very hidden sheet that keeps what marked cells looked like: sheet, cell, colour."""
_OUR_FILLS = frozenset(f"{alpha}{colour}" for alpha in ("00", "FF") for colour in MARKS.values())


def annotate(book: Workbook, findings: Iterable[Finding]) -> None:
    """Colour every cell of every finding by its gravest severity, with a comment that says all of them."""
    _clear(book)
    for (name, address), found in _by_cell(findings).items():
        if name in book.sheetnames and isinstance(sheet := book[name], Worksheet):
            cell = _anchor(sheet, address)
            _remember(book, name, cell)
            _mark(cell, found)


def _by_cell(findings: Iterable[Finding]) -> dict[tuple[str, str], list[Finding]]:
    cells: dict[tuple[str, str], list[Finding]] = {}
    for finding in sorted(findings, key=lambda each: SEVERITIES.index(each.severity)):
        for address in finding.cells:
            cells.setdefault((finding.sheet, address), []).append(finding)
    return cells


def _mark(cell: Cell, findings: Sequence[Finding]) -> None:
    cell.fill = cell_fill(MARKS[findings[0].severity])
    said = "\n".join(f"【{SEVERITY_WORDS[each.severity]}】{each.text}\n怎么改：{each.remedy}" for each in findings)
    own = _unit_text(cell.comment)
    text = said[:_CHARS] + (f"\n{_OWN}\n{own}" if own else "")
    comment = Comment(ILLEGAL_CHARACTERS_RE.sub("", text), AUTHOR)
    comment.width, comment.height = 320, min(60 + 22 * (text.count("\n") + len(text) // 22), 420)
    cell.comment = comment


def _unit_text(comment: Comment | None) -> str:
    """What the unit itself had noted at this cell: ours is put aside, theirs kept."""
    if comment is None:
        return ""
    text = str(comment.text or "")
    return text.partition(f"\n{_OWN}\n")[2] if comment.author == AUTHOR else text


def _anchor(sheet: Worksheet, address: str) -> Cell:
    """The cell itself, or the first cell of the merged range it lies in: only that one is shown."""
    letters, row = coordinate_from_string(address)
    cell = sheet[f"{letters}{row}"]
    for merged in sheet.merged_cells.ranges:
        if cell.coordinate in merged:
            return sheet.cell(merged.min_row, merged.min_col)
    return cell


def _clear(book: Workbook) -> None:
    """Take away the marks of an earlier return: a unit corrects the very file that came back to it."""
    if MEMORY not in book.sheetnames:
        return
    for name, address, colour in book[MEMORY].iter_rows(values_only=True):
        if name in book.sheetnames and isinstance(address, str):
            _unmark(book[str(name)][address], str(colour or ""))
    del book[MEMORY]


def _unmark(cell: Cell, colour: str) -> None:
    if cell.fill.fgColor.rgb in _OUR_FILLS:
        cell.fill = PatternFill("solid", fgColor=colour) if colour else PatternFill()
    if cell.comment is not None and cell.comment.author == AUTHOR:
        own = _unit_text(cell.comment)
        cell.comment = Comment(own, "") if own else None


def _remember(book: Workbook, sheet: str, cell: Cell) -> None:
    """Note the fill a marked cell had, so that the next version can come back without this version's marks."""
    if MEMORY not in book.sheetnames:
        book.create_sheet(MEMORY).sheet_state = "veryHidden"
    solid = cell.fill.fill_type == "solid" and isinstance(cell.fill.fgColor.rgb, str)
    book[MEMORY].append([sheet, cell.coordinate, cell.fill.fgColor.rgb if solid else ""])
