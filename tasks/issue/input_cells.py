"""Cells that units fill: input message, drop-down and number check; and the height that a row's text needs.

Belongs here: data validation and row heights of the spreadsheet programs. What was filled in is checked by `validate`.
"""

from __future__ import annotations

from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from config.workbook import Column

# Limits of the file format: a longer title or message makes Excel call the workbook damaged.
_TITLE_CHARS, _MESSAGE_CHARS = 32, 255
_LINE_POINTS, _MOST_POINTS = 16.5, 409


def input_validation(column: Column, percent: bool = False) -> dict[str, Any]:
    """The data validation of one cell to fill. `percent`: the figure is stored as a fraction (`is_percent_unit`)."""
    message = f"按百分数填写，如 85%。{column.message}" if percent else column.message
    shown = {"input_title": column.title[:_TITLE_CHARS], "input_message": message[:_MESSAGE_CHARS]} if message else {}
    return {"ignore_blank": True, **shown, **_allowed(column)}


def _allowed(column: Column) -> dict[str, Any]:
    if column.value == "choice":
        words = "、".join(column.values)
        return {
            "validate": "list",
            "source": list(column.values),
            "error_title": "请从下拉列表中选择",
            "error_message": f"“{column.title}”只能选：{words}。",
        }
    if column.value == "number":
        return {
            "validate": "decimal",
            "criteria": ">=",
            "value": 0,
            "error_title": "请填写一个数字",
            "error_message": f"“{column.title}”只填一个数字，不写单位，不写“约”“左右”。",
        }
    return {"validate": "any"}


def write_text(sheet: Worksheet, row: int, column: int, text: str, style: Format) -> None:
    """Write a text, never as a formula or link; an empty one leaves the cell blank, as '' would count as filled."""
    if text:
        sheet.write_string(row, column, text, style)
    else:
        sheet.write_blank(row, column, None, style)


def row_height(text: str, width: float, least: int = 1) -> float:
    """Points that a text needs in a column of `width` half-width characters, for `least` lines or more."""
    # 12 pt type is a tenth wider than the type that column widths are counted in, and a cell is indented.
    per_line = max(int((width - 3) / 1.1), 1)
    lines = sum(max(-(-_half_widths(part) // per_line), 1) for part in text.splitlines())
    return min(max(lines, least) * _LINE_POINTS + 6, _MOST_POINTS)


def _half_widths(text: str) -> int:
    """Width in half-width characters: a Chinese one takes two."""
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)
