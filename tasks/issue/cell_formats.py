"""How the issued workbook looks: colours, fonts, borders and number formats.

Belongs here: looks only. Fonts are those that Windows, WPS and a Chinese Linux desktop all map to something close.
"""

from __future__ import annotations

from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from config.plan import Target

FILL_COLOUR = "#FFF9DB"
_INK, _RULE, _LOCKED, _HEAD, _HEAD_FILL = "#1F2937", "#9CA3AF", "#F3F4F6", "#1F4E79", "#2E6CA4"
_SANS, _SONG = "等线", "宋体"
_OPERATORS = {">=": "≥", "<=": "≤", "=": "", "->": "→", "range": ""}

_STYLES: dict[str, dict[str, Any]] = {
    "title": {"font_name": "黑体", "font_size": 24, "align": "center", "font_color": _HEAD},
    "subtitle": {"font_size": 12, "align": "center", "font_color": "#4B5563"},
    "note": {"font_size": 12, "align": "left", "font_color": "#4B5563"},
    "label": {"align": "right", "bold": True, "font_color": _HEAD},
    "fixed_value": {"align": "left", "indent": 1, "border": 1, "bg_color": _LOCKED},
    "fill_value": {
        "align": "left",
        "indent": 1,
        "border": 1,
        "bg_color": FILL_COLOUR,
        "locked": False,
        "text_wrap": True,
    },
    "head": {
        "align": "center",
        "bold": True,
        "border": 1,
        "bg_color": "#6B7F93",
        "font_color": "#FFFFFF",
        "text_wrap": True,
    },
    "head_fill": {
        "align": "center",
        "bold": True,
        "border": 1,
        "bg_color": _HEAD,
        "font_color": "#FFFFFF",
        "text_wrap": True,
    },
    "fixed": {"align": "center", "border": 1, "bg_color": _LOCKED, "text_wrap": True},
    "fixed_text": {"align": "left", "indent": 1, "border": 1, "bg_color": _LOCKED, "text_wrap": True},
    "fill": {"align": "center", "border": 1, "bg_color": FILL_COLOUR, "locked": False, "text_wrap": True},
    "fill_text": {
        "align": "left",
        "indent": 1,
        "border": 1,
        "bg_color": FILL_COLOUR,
        "locked": False,
        "text_wrap": True,
    },
    "guide_title": {"font_name": "黑体", "font_size": 18, "align": "center", "font_color": _HEAD},
    "guide_head": {
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": _HEAD_FILL,
        "align": "left",
        "indent": 1,
        "border": 1,
    },
    "guide_key": {"bold": True, "align": "left", "indent": 1, "border": 1, "bg_color": _LOCKED, "text_wrap": True},
    "guide_text": {"align": "left", "indent": 1, "border": 1, "text_wrap": True},
}


class Formats:
    """The formats of one workbook, made once each however often they are asked for."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, str], Format] = {}

    def get(self, style: str, num_format: str = "") -> Format:
        """The format of a style, with a number format where the cell holds a number, a date or pure text (`@`)."""
        key = (style, num_format)
        if key not in self._made:
            look = {"font_name": _SANS, "font_size": 12, "valign": "vcenter", "font_color": _INK, "border_color": _RULE}
            look |= _STYLES[style]
            self._made[key] = self._book.add_format(look | ({"num_format": num_format} if num_format else {}))
        return self._made[key]


def is_percent_unit(target: Target | None) -> bool:
    """Whether the figure is kept as a true percentage: 85 % is stored as 0.85 and typed as 85%."""
    return target is not None and target.unit == "%"


def stored_value(value: float, target: Target | None) -> float:
    """A figure in its unit as the number that the cell holds. Rounded, for 0.07 * 100 is 7.000000000000001."""
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
