"""What the fast reader does not tell of an .xlsb: which of its numbers are shown as percentages.

Belongs here: the few records of styles and sheets that say so ([MS-XLSB] 2.4). What a format code means is
`numberformat`'s, how far a sheet reaches is looked at by `guard_other`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from tasks.read.formats.binary_limits import xlsb_records
from tasks.read.formats.number_format import NumberStyle, number_style_of
from tasks.read.formats.safety_checks import BrokenError
from tasks.read.formats.sheet_grid import Position
from tasks.read.formats.xlsx_metadata import Extras

# BrtRowHdr; BrtCellRk, BrtCellReal and BrtFmlaNum; BrtFmt, BrtXF, and between which marks BrtXF is a cell's; BrtBundleSh.
_ROW, _NUMBERS, _FORMAT, _STYLE, _BEGIN_STYLES, _END_STYLES, _SHEET = 0, frozenset({2, 5, 9}), 44, 47, 617, 618, 156
_LINK = re.compile(rb"<Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(rb"""\b(Id|Target)\s*=\s*["']([^"']*)["']""")


def extras_of_xlsb(parts: Mapping[str, bytes]) -> dict[str, Extras]:
    """The percentages of every sheet by its name. Raises BrokenError for parts that do not fit together."""
    try:
        styles = _percents(parts.get("xl/styles.bin", b""))
        sheets = _sheets(parts) if styles else ()
        return {name: Extras(percents=frozenset(_shown(parts[part], styles))) for name, part in sheets if part in parts}
    except (KeyError, UnicodeDecodeError) as error:
        raise BrokenError(str(error)) from error


def _percents(data: bytes) -> frozenset[int]:
    """The numbers of the cell styles that show a percentage."""
    codes: dict[int, str] = {}
    styles: list[int] = []
    is_of_cells = False
    for kind, told in xlsb_records(data):
        if kind == _FORMAT:
            codes[_short(told, 0)] = _text(told, 2)[0]
        elif kind in (_BEGIN_STYLES, _END_STYLES):
            is_of_cells = kind == _BEGIN_STYLES
        elif kind == _STYLE and is_of_cells:
            styles.append(_short(told, 2))
    return frozenset(
        index
        for index, number in enumerate(styles)
        if number_style_of(str(number), codes.get(number)) is NumberStyle.PERCENT
    )


def _sheets(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """(name, part) of every sheet."""
    links = [dict(_ATTRIBUTE.findall(link)) for link in _LINK.findall(parts["xl/_rels/workbook.bin.rels"])]
    targets = {link[b"Id"].decode(): link[b"Target"].decode() for link in links}
    for kind, told in xlsb_records(parts["xl/workbook.bin"]):
        if kind == _SHEET:
            link, end = _text(told, 8)
            yield _text(told, end)[0], posixpath.normpath(posixpath.join("/xl", targets[link])).lstrip("/")


def _shown(data: bytes, styles: frozenset[int]) -> Iterator[Position]:
    row = 0
    for kind, told in xlsb_records(data):
        if kind == _ROW:
            row = int.from_bytes(told[:4], "little")
        elif kind in _NUMBERS and int.from_bytes(told[4:7], "little") in styles:
            yield row, int.from_bytes(told[:4], "little")


def _short(told: bytes, place: int) -> int:
    return int.from_bytes(told[place : place + 2], "little")


def _text(told: bytes, place: int) -> tuple[str, int]:
    """A text behind its length in characters, and where it ends."""
    end = place + 4 + 2 * int.from_bytes(told[place : place + 4], "little")
    return told[place + 4 : end].decode("utf-16-le"), end
