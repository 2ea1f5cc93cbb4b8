"""The sheet of measures (月度报送): one prefilled row per measure and metric.

Belongs here: header row and rows of that sheet. What the rows say is `rows`, what stands above them `heading`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from config.workbook import Column
from tasks.issue.cell_formats import Formats, figure_format, is_percent_unit, stored_value, target_format
from tasks.issue.input_cells import guide_entry, height, write_text
from tasks.issue.prefilled_rows import PrefilledRow

_CENTRED = frozenset({"measure_no", "role", "metric", "metric_unit", "target", "previous"})
# A third of the page's height: no text may push the rest of the table off it.
_TALL_POINTS = 260.0


def write_header(sheet: Worksheet, formats: Formats, columns: Sequence[Column], row: int) -> None:
    """Write the header row; titles of the columns to fill stand out."""
    sheet.set_row(row, 38)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        sheet.write_string(row, index, column.title, formats.get("head_fill" if column.editable else "head"))


def write_prefilled_rows(
    sheet: Worksheet, formats: Formats, columns: Sequence[Column], lines: Sequence[PrefilledRow], row: int
) -> None:
    """Write the prefilled rows from `row` on, each with its drop-downs and messages."""
    place, width = _text_column(columns, lines)
    sheet.set_column(place, place, width)
    metric_width = next((column.width for column in columns if column.field == "metric"), width)
    for offset, line in enumerate(lines):
        metric = line.target.metric if line.target else ""
        sheet.set_row(row + offset, max(height(line.text, width, least=3), height(metric, metric_width)))
        for index, column in enumerate(columns):
            _write_cell(sheet, formats, column, line, row + offset, index)
    _write_guides(sheet, columns, lines, row)


def _text_column(columns: Sequence[Column], lines: Sequence[PrefilledRow]) -> tuple[int, float]:
    """Where the measures' texts stand, and how wide: as set, or wider for a text that would fill the page's height."""
    place, column = next((each for each in enumerate(columns) if each[1].field == "measure_text"), (0, columns[0]))
    widths = (column.width, column.width * 1.3, column.width * 1.6)
    return place, next(
        (width for width in widths if all(height(line.text, width) <= _TALL_POINTS for line in lines)), widths[-1]
    )


def _write_cell(sheet: Worksheet, formats: Formats, column: Column, line: PrefilledRow, row: int, index: int) -> None:
    style = _style(formats, column, line)
    value = _value(column.field, line)
    if isinstance(value, float):
        sheet.write_number(row, index, value, style)
    else:
        write_text(sheet, row, index, value or "", style)


def _write_guides(sheet: Worksheet, columns: Sequence[Column], lines: Sequence[PrefilledRow], row: int) -> None:
    """One rule for each run of cells that are told and allowed the same: a rule a cell is most of a sheet's bytes."""
    for index, column in enumerate(columns):
        if column.editable:
            first = row
            for percent, run in groupby(column.value == "number" and is_percent_unit(line.target) for line in lines):
                last = first + sum(1 for _ in run) - 1
                sheet.data_validation(first, index, last, index, guide_entry(column, percent))
                first = last + 1


def _value(field: str, line: PrefilledRow) -> str | float | None:
    """What stands in a prefilled cell; None where there is nothing to say or the unit is to fill it."""
    target = line.target
    values: dict[str, str | float | None] = {
        "measure_no": line.measure.no,
        "measure_text": line.text,
        "role": line.role,
        "metric": target.metric if target else None,
        "metric_unit": target.unit if target else None,
        "target": float(stored_value(target.value, target)) if target else None,
        "previous": float(stored_value(line.previous, target)) if line.previous is not None else None,
    }
    return values.get(field)


def _style(formats: Formats, column: Column, line: PrefilledRow) -> Format:
    number = ""
    if column.field == "target" and line.target is not None:
        number = target_format(line.target)
    elif column.value == "number":
        number = figure_format(line.target)
    elif column.value == "date":
        # Pure text: a month (2023-12) or 持续推进 is a legal answer, and 10.20 must not become the number 10.2.
        number = "@"
    centred = column.field in _CENTRED or column.value in ("number", "choice", "date")
    name = ("fill" if column.editable else "fixed") + ("" if centred else "_text")
    return formats.get(name, number)
