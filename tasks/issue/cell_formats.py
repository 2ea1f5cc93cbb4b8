"""Formats of the issued workbook: colours, fonts, borders and number formats.

The fonts are those that Windows, WPS and a Chinese Linux desktop all map to something similar.
"""

from __future__ import annotations

from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from config.plan import Target

FILL_COLOUR = "#FFF9DB"
_INK, _RULE, _LOCKED, _HEAD, _HEAD_FILL = "#1F2937", "#9CA3AF", "#F3F4F6", "#1F4E79", "#2E6CA4"
_SANS = "等线"
_OPERATORS = {">=": "≥", "<=": "≤", "=": "", "->": "→", "range": ""}

_CENTRED = {"align": "center", "border": 1, "text_wrap": True}
_LEFT = {"align": "left", "indent": 1, "border": 1, "text_wrap": True}
_TO_FILL = {"bg_color": FILL_COLOUR, "locked": False}
_COLUMN_TITLE = _CENTRED | {"bold": True, "font_color": "#FFFFFF"}
_ONE_LINE = {"align": "left", "indent": 1, "border": 1}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"font_name": "黑体", "font_size": 24, "align": "center", "font_color": _HEAD},
    "subtitle": {"font_size": 12, "align": "center", "font_color": "#4B5563"},
    "note": {"font_size": 12, "align": "left", "font_color": "#4B5563"},
    "label": {"align": "right", "bold": True, "font_color": _HEAD},
    "fixed_value": _ONE_LINE | {"bg_color": _LOCKED},
    "fill_value": _LEFT | _TO_FILL,
    "head": _COLUMN_TITLE | {"bg_color": "#6B7F93"},
    "head_fill": _COLUMN_TITLE | {"bg_color": _HEAD},
    "fixed": _CENTRED | {"bg_color": _LOCKED},
    "fixed_text": _LEFT | {"bg_color": _LOCKED},
    "fill": _CENTRED | _TO_FILL,
    "fill_text": _LEFT | _TO_FILL,
    "guide_title": {"font_name": "黑体", "font_size": 18, "align": "center", "font_color": _HEAD},
    "guide_head": _ONE_LINE | {"bold": True, "font_color": "#FFFFFF", "bg_color": _HEAD_FILL},
    "guide_key": _LEFT | {"bold": True, "bg_color": _LOCKED},
    "guide_text": _LEFT,
}


class Formats:
    """The formats of one workbook; each is made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, str], Format] = {}

    def get(self, style: str, num_format: str = "") -> Format:
        """The format of a style, with a number format where the cell holds a number, a date or pure text (`@`)."""
        key = (style, num_format)
        if key not in self._made:
            base = {"font_name": _SANS, "font_size": 12, "valign": "vcenter", "font_color": _INK, "border_color": _RULE}
            number = {"num_format": num_format} if num_format else {}
            self._made[key] = self._book.add_format(base | _STYLES[style] | number)
        return self._made[key]


def is_percent_unit(target: Target | None) -> bool:
    """Whether the figure is stored as a fraction: 85 % is 0.85 in the cell and typed as 85%."""
    return target is not None and target.unit == "%"


def stored_value(value: float, target: Target | None) -> float:
    """A figure in its unit as the number that the cell holds; rounded, as 0.07 * 100 is 7.000000000000001."""
    return round(value / 100, 12) if is_percent_unit(target) else value


def figure_format(target: Target | None) -> str:
    """The number format of the cells 上期累计 and 本期累计."""
    return "0.0#%" if is_percent_unit(target) else "General"


def target_format(target: Target) -> str:
    """The number format of 目标值: the number with its operator, or both ends of a range (`2—3`)."""
    number = _digits(target.value) + ("%" if is_percent_unit(target) else "")
    tail = (
        f'"—{_plain(target.value_max)}{"%" if is_percent_unit(target) else ""}"' if target.value_max is not None else ""
    )
    operator = _OPERATORS[target.operator]
    return (f'"{operator}"' if operator else "") + number + tail


def _digits(value: float) -> str:
    decimals = len(_plain(value).partition(".")[2])
    return "0" + ("." + "0" * decimals if decimals else "")


def _plain(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
