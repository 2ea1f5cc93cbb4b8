"""Cell metadata of an .xlsb that the reading library does not give: which numbers are shown as percentages.

Belongs here: the binary records ([MS-XLSB] 2.1.4) and the few of them that carry styles. What a format code means is
in `number_format`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from tasks.read.formats.format_errors import BrokenError
from tasks.read.formats.number_format import NumberStyle, number_style
from tasks.read.formats.sheet_grid import Position, SheetMetadata

# BrtRowHdr; BrtCellRk, BrtCellReal and BrtFmlaNum; BrtFmt; BrtXF, which is a cell's style between the BrtBeginCellXFs and
# BrtEndCellXFs records; BrtBundleSh.
_ROW, _NUMBERS, _FORMAT, _STYLE, _BEGIN_STYLES, _END_STYLES, _SHEET = 0, frozenset({2, 5, 9}), 44, 47, 617, 618, 156
_RELATION = re.compile(rb"<Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(rb"""\b(Id|Target)\s*=\s*["']([^"']*)["']""")


def xlsb_metadata(parts: Mapping[str, bytes]) -> dict[str, SheetMetadata]:
    """The metadata of every sheet by the sheet's name. Raises BrokenError for parts that do not fit together."""
    try:
        styles = _percent_styles(parts.get("xl/styles.bin", b""))
        sheets = _sheets(parts) if styles else ()
        return {
            name: SheetMetadata(percents=frozenset(_percents(parts[part], styles)))
            for name, part in sheets
            if part in parts
        }
    except (KeyError, UnicodeDecodeError) as error:
        raise BrokenError(str(error)) from error


def xlsb_records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a part: (record type, payload). Raises BrokenError for a record cut short."""
    offset, end = 0, len(data)
    while offset < end:
        kind, offset = _variable_integer(data, offset, 2)
        size, offset = _variable_integer(data, offset, 4)
        yield kind, data[offset : offset + size]
        offset += size


def _variable_integer(data: bytes, offset: int, max_bytes: int) -> tuple[int, int]:
    """Decode seven bits a byte, lowest first; returns the value and the offset behind it."""
    value = 0
    for index in range(max_bytes):
        if offset >= len(data):
            raise BrokenError("record cut short")
        byte = data[offset]
        offset += 1
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            break
    return value, offset


def _percent_styles(data: bytes) -> frozenset[int]:
    """The indexes of the cell styles that show a percentage."""
    codes: dict[int, str] = {}
    formats: list[int] = []
    is_cell_style = False
    for kind, payload in xlsb_records(data):
        if kind == _FORMAT:
            codes[_short(payload, 0)] = _text(payload, 2)[0]
        elif kind in (_BEGIN_STYLES, _END_STYLES):
            is_cell_style = kind == _BEGIN_STYLES
        elif kind == _STYLE and is_cell_style:
            formats.append(_short(payload, 2))
    return frozenset(
        index
        for index, number in enumerate(formats)
        if number_style(str(number), codes.get(number)) is NumberStyle.PERCENT
    )


def _sheets(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """(name, part) of every sheet."""
    relations = [dict(_ATTRIBUTE.findall(tag)) for tag in _RELATION.findall(parts["xl/_rels/workbook.bin.rels"])]
    targets = {relation[b"Id"].decode(): relation[b"Target"].decode() for relation in relations}
    for kind, payload in xlsb_records(parts["xl/workbook.bin"]):
        if kind == _SHEET:
            relation_id, end = _text(payload, 8)
            name = _text(payload, end)[0]
            yield name, posixpath.normpath(posixpath.join("/xl", targets[relation_id])).lstrip("/")


def _percents(data: bytes, styles: frozenset[int]) -> Iterator[Position]:
    row = 0
    for kind, payload in xlsb_records(data):
        if kind == _ROW:
            row = int.from_bytes(payload[:4], "little")
        elif kind in _NUMBERS and int.from_bytes(payload[4:7], "little") in styles:
            yield row, int.from_bytes(payload[:4], "little")


def _short(payload: bytes, offset: int) -> int:
    return int.from_bytes(payload[offset : offset + 2], "little")


def _text(payload: bytes, offset: int) -> tuple[str, int]:
    """A text preceded by its length in characters, and the offset behind it."""
    end = offset + 4 + 2 * int.from_bytes(payload[offset : offset + 4], "little")
    return payload[offset + 4 : end].decode("utf-16-le"), end
