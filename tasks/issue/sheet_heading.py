"""The title and the labelled cells above a table, placed over whatever columns the layout has.

Belongs here: where label and value cells stand, and writing them. The table is `measures_sheet` or `contacts_sheet`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from config.workbook import HeadingField
from tasks.issue.cell_formats import Formats
from tasks.issue.input_cells import input_validation, write_text

_LABEL_WIDTH = 15
_DATE_FORMAT = 'yyyy"年"m"月"d"日"'


@dataclass(frozen=True, slots=True)
class HeadingBand:
    """Where one label and its value stand: first and last column of each, from 0."""

    label: tuple[int, int]
    value: tuple[int, int]


def heading_bands(widths: Sequence[float], count: int) -> tuple[HeadingBand, ...]:
    """Divide columns of these widths (characters) into `count` bands of label and value side by side."""
    share, edge = sum(widths) / count, 0.0
    groups: list[list[int]] = [[] for _ in range(count)]
    for column, width in enumerate(widths):
        groups[min(int((edge + width / 2) // share), count - 1)].append(column)
        edge += width
    return tuple(_band(group, widths) for group in groups)


def _band(columns: Sequence[int], widths: Sequence[float]) -> HeadingBand:
    # At least one column stays for the value, even where the label is wider than the rest.
    label = _first_columns(columns[:-1], widths, _LABEL_WIDTH)
    return HeadingBand((label[0], label[-1]), (columns[len(label)], columns[-1]))


def _first_columns(columns: Sequence[int], widths: Sequence[float], enough: float) -> Sequence[int]:
    """The first columns that are wide enough together; all of them where they are too narrow."""
    total = 0.0
    for count, column in enumerate(columns, start=1):
        total += widths[column]
        if total >= enough:
            return columns[:count]
    return columns


def write_title(sheet: Worksheet, formats: Formats, last_column: int, title: str, subtitle: str, note: str) -> int:
    """Write title, source and the note on how to fill the sheet; returns the next free row."""
    for row, (text, style, height) in enumerate(((title, "title", 42), (subtitle, "subtitle", 22), (note, "note", 24))):
        sheet.set_row(row, height)
        sheet.merge_range(row, 0, row, last_column, text, formats.get(style))
    return 3


def write_headings(
    sheet: Worksheet,
    formats: Formats,
    headings: Sequence[HeadingField],
    places: Sequence[HeadingBand],
    values: Mapping[str, str],
    row: int,
) -> int:
    """Write the labelled cells, as many side by side as there are bands; returns the next free row."""
    for index, heading in enumerate(headings):
        line, band = row + index // len(places), places[index % len(places)]
        sheet.set_row(line, 26)
        _write(sheet, line, band.label, f"{heading.title}：", formats.get("label"))
        style = "fill_value" if heading.editable else "fixed_value"
        kind = _DATE_FORMAT if heading.value == "date" else "@"
        _write(sheet, line, band.value, values.get(heading.field, ""), formats.get(style, kind))
        if heading.editable:
            sheet.data_validation(line, band.value[0], line, band.value[0], input_validation(heading))
    return row + -(-len(headings) // len(places))


def _write(sheet: Worksheet, row: int, columns: tuple[int, int], text: str, style: Format) -> None:
    if columns[0] == columns[1]:
        write_text(sheet, row, columns[0], text, style)
    else:
        sheet.merge_range(row, columns[0], row, columns[1], "", style)
        write_text(sheet, row, columns[0], text, style)
