"""One raw cell of a figure column -> the figure in the registered unit of measure, or the code of its fault.

Belongs here: every unambiguous way to write a number. An ambiguous text gets a code and no value; only V109 keeps the
literal number beside the code, to be used once the unit confirms it.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from tasks.caching import cached
from tasks.validate.cell_text import cell_text_of, folded_text, number_text
from tasks.validate.chinese_numerals import CHARACTERS, parse_chinese_number

_ERROR = re.compile(r"^#(REF!|N/A|DIV/0!|NAME\?|VALUE!|NUM!|NULL!|SPILL!|CALC!|#+)$", re.IGNORECASE)
_NOTHING = re.compile(r"^(无|暂无|没有|不适用|[-—–/\\]+|/|N/?A)[。.]?$", re.IGNORECASE)
_RANGE = re.compile(r"^[\d.,]+ ?\D{0,4} ?[-—–~至到] ?[\d.,]+ ?\D*$")
_VAGUE = re.compile(
    r"约|左右|近|余|若干|几|数十|数百|过半|大半|半数|上下|不足|超|以上|以下|以内|多|大概|预计|[><≥≤≈+]$|^[><≥≤≈]|成$"
)
_NUMBER = re.compile(r"^([+-]?[\d][\d,.、 ]*)(.*)$")
_GROUPED = re.compile(r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$|^[+-]?\d{1,3}(?: \d{3})+(?:\.\d+)?$")
_PLAIN = re.compile(r"^[+-]?\d+(?:\.\d+)?$")
_SCALES = {"": 1.0, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8}
_SCALED = re.compile(r"^(千万|百万|千|万|亿)?(.*)$")
# Other ways to write a unit of measure, as folded text (NFKC turns ㎡ into m2).
_SAME_UNIT = {"m2": "平方米", "平米": "平方米", "平方": "平方米", "km": "公里", "千米": "公里", "t": "吨"}


@dataclass(frozen=True, slots=True)
class Number:
    """A figure as read: `value` in the registered unit of measure, or None; `fault` the code of its fault, or None.

    `text` is the cell as written; `repair` is the reason why the value differs from the text, "" if it does not.
    """

    value: float | None
    text: str = ""
    fault: str | None = None
    repair: str = ""
    expected: str = ""


_NOTHING_GIVEN = Number(None)


def read_number(value: object, unit: str) -> Number:
    """Read one cell. `unit` is the registered 计量单位 ("%", "套", "万元", or "" where there is none)."""
    if value is None:
        return _NOTHING_GIVEN
    # The most frequent types first: every row has two or three figures.
    if isinstance(value, float):
        return _from_float(value, unit)
    if isinstance(value, str):
        return _from_text(cell_text_of(value), unit)
    if isinstance(value, bool):
        return Number(None, cell_text_of(value), "V102")
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return Number(None, _as_date(value), "V106")
    return _from_float(float(value), unit) if isinstance(value, int) else _from_text(cell_text_of(value), unit)


def _as_date(value: object) -> str:
    return f"{value.month}月{value.day}日" if isinstance(value, dt.date) else str(value)


@lru_cache(maxsize=4096)
def _from_float(value: float, unit: str) -> Number:
    if not math.isfinite(value):
        return Number(None, str(value), "V102")
    if unit == "%" and value != 0:
        return _bare_percentage(value, number_text(value))
    return Number(value, number_text(value))


def _bare_percentage(value: float, text: str) -> Number:
    readings = f"{text}%还是{number_text(round(value * 100, 8))}%" if abs(value) <= 1 else f"{text}%"
    return Number(value, text, "V109", expected=readings)


@cached(4096, 64)
def _from_text(written: str, unit: str) -> Number:
    text = folded_text(written)
    if not text:
        return Number(None)
    fault = _fault_of(text, written)
    if fault:
        return Number(None, written.strip(), fault, expected=unit)
    return _with_unit(text, written.strip(), folded_text(unit))


def _fault_of(text: str, written: str) -> str | None:
    """The code of a text that is no number at all, by what it looks like."""
    if _ERROR.match(text):
        return "V104"
    if text.startswith("="):
        return "V105"
    if _NOTHING.match(text):
        return "V111"
    if _RANGE.match(text):
        return "V107"
    if _VAGUE.search(text):
        return "V103"
    # NFKC makes 1 of ① and 1⁄2 of ½: signs, not figures that anyone reports.
    if any(unicodedata.category(char) == "No" for char in written):
        return "V102"
    return None


def _with_unit(text: str, written: str, unit: str) -> Number:
    match = _NUMBER.match(text)
    if match is None:
        return _in_words(text, written, unit)
    digits, suffix = match.group(1).strip(), match.group(2).strip()
    if not (_PLAIN.match(digits) or _GROUPED.match(digits)):
        return Number(None, written, "V110" if re.search(r"[,、]", digits) else "V102")
    number = float(digits.replace(",", "").replace(" ", ""))
    if unit == "%" and not suffix and number != 0 and math.isfinite(number):
        return _bare_percentage(number, number_text(number))
    factor = _factor(suffix, unit)
    if factor is None:
        return Number(None, written, "V108", expected=unit or "数字")
    return _read(round(number * factor, 8), written, _why(written, digits, suffix, factor))


def _in_words(text: str, written: str, unit: str) -> Number:
    """Pure Chinese numerals, with or without the unit: 一百一十套, 百分之八十五."""
    if text.startswith("百分之"):
        share = parse_chinese_number(text[3:]) if unit == "%" else None
        return Number(None, written, "V102") if share is None else _read(share, written, "中文数字转为数字")
    numeral = text[: len(text) - len(text.lstrip(CHARACTERS))]
    count = parse_chinese_number(numeral)
    if count is None or _factor(text[len(numeral) :].strip(), unit) != 1.0 or unit == "%":
        return Number(None, written, "V102")
    return _read(count, written, "中文数字转为数字")


def _read(value: float, written: str, why: str) -> Number:
    # More digits than a float holds give infinity.
    return Number(value, written, repair=why) if math.isfinite(value) else Number(None, written, "V102")


def _factor(suffix: str, unit: str) -> float | None:
    """The factor from the written unit (`suffix`) to the registered `unit`; None if they do not match."""
    if not suffix or suffix == unit:
        return 1.0
    (scale, base), (unit_scale, unit_base) = _split(suffix), _split(unit)
    if not base:
        # 2.3万 of 套 is 23,000 套; with 万元 it could mean 万 or 万万 元.
        return _SCALES[scale] if not unit_scale and unit_base not in ("%", "") else None
    if base != unit_base:
        return None
    return _SCALES[scale] / _SCALES[unit_scale]


@lru_cache(maxsize=1024)
def _split(unit: str) -> tuple[str, str]:
    match = _SCALED.match(unit)
    assert match is not None  # the pattern matches every text
    base = match.group(2)
    return match.group(1) or "", _SAME_UNIT.get(base, base)


def _why(written: str, digits: str, suffix: str, factor: float) -> str:
    if factor != 1.0:
        return "按写明的单位换算"
    if suffix and suffix != "%":
        return "去掉单元格内的单位"
    if not _PLAIN.match(digits):
        return "去掉千分位"
    return "" if written.isascii() else "全角转为半角"
