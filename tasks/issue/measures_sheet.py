"""The sheet of measures (月度报送): one prefilled row for each measure and metric.

Belongs here: header row and rows of that sheet. Their values come from `prefilled_rows`; `sheet_heading` writes the
title and the labelled cells above them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from config.workbook import Column
from tasks.issue.cell_formats import Formats, figure_format, is_percent_unit, stored_value, target_format
from tasks.issue.input_cells import input_validation, row_height, write_text
from tasks.issue.prefilled_rows import PrefilledRow

_CENTRED = frozenset({"measure_no", "role", "metric", "metric_unit", "target", "previous"})
# A third of the page's height: no text may push the rest of the table off the page.
_TALL_POINTS = 260.0


def write_header(sheet: Worksheet, formats: Formats, columns: Sequence[Column], row: int) -> None:
    """Write the header row; titles of the columns to fill stand out."""
    sheet.set_row(row, 38)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        sheet.write_string(row, index, column.title, formats.get("head_fill" if column.editable else "head"))


def write_prefilled_rows(
    sheet: Worksheet, formats: Formats, columns: Sequence[Column], rows: Sequence[PrefilledRow], first: int
) -> None:
    """Write the prefilled rows from row `first` on, each with its drop-downs and messages."""
    place, width = _text_column(columns, rows)
    sheet.set_column(place, place, width)
    metric_width = next((column.width for column in columns if column.field == "metric"), width)
    for number, row in enumerate(rows, start=first):
        metric = row.target.metric if row.target else ""
        sheet.set_row(number, max(row_height(row.text, width, least=3), row_height(metric, metric_width)))
        for index, column in enumerate(columns):
            value, style = _value(column.field, row), _style(formats, column, row)
            if isinstance(value, float):
                sheet.write_number(number, index, value, style)
            else:
                write_text(sheet, number, index, value or "", style)
    _write_validations(sheet, columns, rows, first)


def _text_column(columns: Sequence[Column], rows: Sequence[PrefilledRow]) -> tuple[int, float]:
    """Index and width of the column of texts: as set, or wider where a text would fill the page's height."""
    place, column = next((each for each in enumerate(columns) if each[1].field == "measure_text"), (0, columns[0]))
    widths = (column.width, column.width * 1.3, column.width * 1.6)
    return place, next(
        (width for width in widths if all(row_height(row.text, width) <= _TALL_POINTS for row in rows)), widths[-1]
    )


def _write_validations(sheet: Worksheet, columns: Sequence[Column], rows: Sequence[PrefilledRow], first: int) -> None:
    """One rule for each run of cells with the same message and limits.

    A rule for each cell would make up most of the sheet's bytes.
    """
    for index, column in enumerate(columns):
        if column.editable:
            start = first
            for percent, run in groupby(column.value == "number" and is_percent_unit(row.target) for row in rows):
                last = start + sum(1 for _ in run) - 1
                sheet.data_validation(start, index, last, index, input_validation(column, percent))
                start = last + 1


def _value(field: str, row: PrefilledRow) -> str | float | None:
    """The value of a prefilled cell; None where it is empty or the unit fills it."""
    target = row.target
    values: dict[str, str | float | None] = {
        "measure_no": row.measure.no,
        "measure_text": row.text,
        "role": row.role,
        "metric": target.metric if target else None,
        "metric_unit": target.unit if target else None,
        "target": float(stored_value(target.value, target)) if target else None,
        "previous": float(stored_value(row.previous, target)) if row.previous is not None else None,
    }
    return values.get(field)


def _style(formats: Formats, column: Column, row: PrefilledRow) -> Format:
    number = ""
    if column.field == "target" and row.target is not None:
        number = target_format(row.target)
    elif column.value == "number":
        number = figure_format(row.target)
    elif column.value == "date":
        # Pure text: a month (2023-12) or 持续推进 is a legal answer, and 10.20 must not become the number 10.2.
        number = "@"
    centred = column.field in _CENTRED or column.value in ("number", "choice", "date")
    name = ("fill" if column.editable else "fixed") + ("" if centred else "_text")
    return formats.get(name, number)
