"""The 措施台账 as a workbook: one row per measure and metric.

Belongs here: formats, links, filters and print set-up.
Does not belong here: its columns (`ledger_columns`), the values of its rows (`parts.annexes`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from tasks.brief.brief_document import Brief, FigureSource, LedgerRow
from tasks.brief.cited_originals import relative_link
from tasks.brief.words.prose import long_date
from tasks.brief.writers.ledger_columns import COLUMNS, PAST_WIDTH, LedgerColumn, past_columns
from tasks.brief.writers.xlsx_book import new_book, write_cell
from tasks.model.words import LIGHT_NAMES, LIGHT_TINTS
from tasks.storage.atomic_write import write_atomically

_SHEET = "措施台账"
_FONT = "宋体"
_TITLE_ROWS = 2
_CELL = {"font_name": _FONT, "font_size": 10, "valign": "vcenter", "border": 1, "text_wrap": True}
_REPEATED = 3
_FIRST_OF_SECOND_HALF = next(place for place, column in enumerate(COLUMNS) if column.title == "措施全文")
# Four months of past columns fit on a page, next to the repeated columns.
_PAST_ON_A_PAGE = 4 * PAST_WIDTH
_LINE_PT = 12.75
# Two fifths of a printed page, so that one long text does not make the table unreadable. The cell keeps the whole text.
_TALLEST_PT = 390.0


def write_ledger(brief: Brief, path: Path, data: Path | None = None) -> None:
    """Write the ledger of `brief` to `path`, with each row's source; the same brief gives the same bytes.

    Sources link to the copies of originals under `data` by relative paths, so that both folders can move together.
    """
    packed = BytesIO()
    book = new_book(packed, brief, f"{brief.title} {_SHEET}")
    sheet = book.add_worksheet(_SHEET)
    columns = [*COLUMNS, *past_columns(brief)]
    _head(book, sheet, brief, columns)
    formats = _formats(book)
    links = [_link(source, data, path.parent) for source in brief.sources]
    for position, row in enumerate(brief.ledger, start=_TITLE_ROWS + 1):
        _row(sheet, position, row, brief, columns, formats, links)
    _view(sheet, len(brief.ledger), len(columns))
    book.close()
    write_atomically(path, packed.getvalue())


def _head(book: Any, sheet: Any, brief: Brief, columns: Sequence[LedgerColumn]) -> None:
    title = book.add_format({"font_name": "黑体", "font_size": 16, "valign": "vcenter"})
    note = book.add_format({"font_name": _FONT, "font_size": 10})
    head = book.add_format({**_CELL, "font_name": "黑体", "align": "center", "bg_color": "#EDEDED"})
    sheet.write(0, 0, f"{brief.title}（{_SHEET}）", title)
    sheet.write(1, 0, f"{brief.name} {brief.year}年第{brief.issue_no}期  {brief.office}  {long_date(brief.date)}", note)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        sheet.write(_TITLE_ROWS, index, column.title, head)
    sheet.set_row(0, 30)
    sheet.set_row(_TITLE_ROWS, 30)


def _formats(book: Any) -> dict[str, Any]:
    centre = {**_CELL, "align": "center"}
    made = {
        "text": _CELL,
        "long": {**_CELL, "valign": "top"},
        "centre": centre,
        "date": {**centre, "num_format": 'yyyy"年"m"月"d"日"'},
        "figure": {**centre, "num_format": "General"},
        "percent": {**centre, "num_format": "0%"},
        "change": {**centre, "num_format": '+General;-General;"持平"'},
        "light": {**centre, "bold": True},
    }
    made |= {light: {**centre, "bold": True, "bg_color": f"#{tint}"} for light, tint in LIGHT_TINTS.items()}
    return {name: book.add_format(properties) for name, properties in made.items()}


def _row(
    sheet: Any,
    position: int,
    row: LedgerRow,
    brief: Brief,
    columns: Sequence[LedgerColumn],
    formats: dict[str, Any],
    links: Sequence[str],
) -> None:
    values = [column.value(row, brief) for column in columns]
    height = max(_height_pt(value, column) for value, column in zip(values, columns, strict=True))
    for index, (column, value) in enumerate(zip(columns, values, strict=True)):
        # Top alignment, so that an overlong text is cut off at the bottom only.
        name = _format_of(column, value)
        format_ = formats["long" if name == "text" and height > _TALLEST_PT else name]
        source = column.source(row)
        if source is None:
            write_cell(sheet, position, index, value, format_)
        elif link := links[source]:
            sheet.write_url(position, index, f"external:{link}", format_, str(value))
        else:
            write_cell(sheet, position, index, value, format_)
    # Set explicitly: LibreOffice and WPS do not fit the height of rows they did not write.
    sheet.set_row(position, min(_TALLEST_PT, height))


def _height_pt(value: object, column: LedgerColumn) -> float:
    lines = 1
    if isinstance(value, str):
        lines = sum(max(1, math.ceil(_width_digits(line) / (column.width - 1))) for line in value.split("\n"))
    return lines * _LINE_PT + 4


def _format_of(column: LedgerColumn, value: object) -> str:
    """The name of a cell's format: a light has a tint of its own."""
    if column.format != "light":
        return column.format
    return next((light for light in LIGHT_TINTS if value == LIGHT_NAMES[light]), "light")


def _link(source: FigureSource, data: Path | None, folder: Path) -> str:
    """Link to the copy of the original, in .xlsx files to the cell; '' where there is no copy."""
    link = relative_link(source, data, folder)
    sheet = source.sheet.replace("'", "''")
    return f"{link}#'{sheet}'!{source.cell}" if link.endswith(".xlsx") else link


def _width_digits(text: str) -> int:
    """Width in digits: a Chinese character is as wide as two."""
    return sum(2 if ord(char) > 0x2E7F or char in "“”‘’—…" else 1 for char in text)


def _view(sheet: Any, rows: int, columns: int) -> None:
    """Frozen panes and filter for the screen; A3 landscape, page breaks and repeated headings for print."""
    sheet.freeze_panes(_TITLE_ROWS + 1, _REPEATED)
    sheet.autofilter(_TITLE_ROWS, 0, _TITLE_ROWS + max(rows, 1), columns - 1)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.set_print_scale(78)
    breaks = [_FIRST_OF_SECOND_HALF, *range(len(COLUMNS), columns, _PAST_ON_A_PAGE)]
    sheet.set_v_pagebreaks(breaks)
    sheet.repeat_rows(_TITLE_ROWS)
    sheet.repeat_columns(0, _REPEATED - 1)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    sheet.set_zoom(90)
