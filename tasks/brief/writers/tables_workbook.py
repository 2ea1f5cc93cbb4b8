"""A brief's tables as a workbook, one sheet per table, with figures as numbers for further calculation.

Does not belong here: the 措施台账 (`ledger_workbook`).
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

from tasks.brief.brief_document import Brief, Paragraph, Run, Table
from tasks.brief.words.prose import long_date
from tasks.brief.writers.xlsx_book import new_book
from tasks.storage.atomic_write import write_atomically

_CELL = {"font_name": "宋体", "font_size": 11, "valign": "vcenter", "border": 1, "text_wrap": True}
_HEAD_ROW = 2
# Column width in digits per millimetre of the printed table.
_DIGITS_A_MM = 0.62
_FIGURE = re.compile(r"(\d+)(%?)")


def write_tables(brief: Brief, path: Path) -> None:
    """Write every table of `brief` to `path`; the same brief gives the same bytes."""
    packed = BytesIO()
    book = new_book(packed, brief, brief.title)
    notes = [block for block in brief.blocks if isinstance(block, Paragraph) and block.style == "note"]
    tables = [block for block in brief.blocks if isinstance(block, Table)]
    for table, note in zip(tables, notes, strict=True):
        _sheet(book, brief, table, "".join(run.text for run in note.runs))
    book.close()
    write_atomically(path, packed.getvalue())


def _sheet(book: Any, brief: Brief, table: Table, note: str) -> None:
    sheet = book.add_worksheet(table.caption.split("  ")[-1])
    title = book.add_format({"font_name": "黑体", "font_size": 16, "valign": "vcenter"})
    small = book.add_format({"font_name": "宋体", "font_size": 10, "valign": "vcenter"})
    head = book.add_format({**_CELL, "font_name": "黑体", "align": "center", "bg_color": "#EDEDED"})
    sheet.write(0, 0, brief.title, title)
    sheet.write(1, 0, f"{brief.office}  {long_date(brief.date)}", small)
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, max(8, column.width_mm * _DIGITS_A_MM))
        sheet.write(_HEAD_ROW, index, column.title, head)
    for position, row in enumerate(table.rows, start=_HEAD_ROW + 1):
        for index, run in enumerate(row):
            _write(book, sheet, position, index, run, table.columns[index].align)
        sheet.set_row(position, 20)
    end = _HEAD_ROW + len(table.rows) + 1
    wrapped = book.add_format({"font_name": "宋体", "font_size": 10, "text_wrap": True, "valign": "top"})
    sheet.merge_range(end, 0, end, len(table.columns) - 1, note, wrapped)
    sheet.set_row(end, 45)
    sheet.set_row(0, 30)
    sheet.set_row(_HEAD_ROW, 24)
    sheet.freeze_panes(_HEAD_ROW + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD_ROW)


def _write(book: Any, sheet: Any, position: int, index: int, run: Run, align: str) -> None:
    properties = {**_CELL, "align": align, "bold": run.strong}
    if match := _FIGURE.fullmatch(run.text):
        whole = not match[2]
        properties["num_format"] = "0" if whole else "0%"
        sheet.write_number(position, index, int(match[1]) / (1 if whole else 100), book.add_format(properties))
    else:
        sheet.write_string(position, index, run.text, book.add_format(properties))
