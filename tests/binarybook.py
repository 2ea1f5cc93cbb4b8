"""A workbook in Excel's binary format (.xlsb), which no library writes: the parts and records that a reader needs.

Belongs here: writing texts and numbers cell by cell. What stands in them comes from an issued workbook.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Sequence

import openpyxl

_MAIN = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ROW, _REAL, _TEXT = 0, 5, 6
_BEGIN_SHEET, _END_SHEET, _BEGIN_BOOK, _END_BOOK, _BEGIN_SHEETS, _END_SHEETS = 129, 130, 131, 132, 143, 144
_BEGIN_DATA, _END_DATA, _SIZE, _SHEET = 145, 146, 148, 156


def as_xlsb(content: bytes) -> bytes:
    """The workbook's sheets as .xlsb: the same texts and numbers in the same cells."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        sheets, links = b"", ""
        for number, sheet in enumerate(book.worksheets, start=1):
            hidden = 0 if sheet.sheet_state == "visible" else 2
            sheets += _record(_SHEET, struct.pack("<II", hidden, number) + _wide(f"rId{number}") + _wide(sheet.title))
            links += f'<Relationship Id="rId{number}" Type="{_MAIN}/worksheet" Target="worksheets/sheet{number}.bin"/>'
            archive.writestr(f"xl/worksheets/sheet{number}.bin", _sheet(list(sheet.iter_rows(values_only=True))))
        listed = _record(_BEGIN_SHEETS) + sheets + _record(_END_SHEETS)
        archive.writestr("xl/workbook.bin", _record(_BEGIN_BOOK) + listed + _record(_END_BOOK))
        space = "http://schemas.openxmlformats.org/package/2006/relationships"
        archive.writestr("xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{space}">{links}</Relationships>')
    return target.getvalue()


def _sheet(rows: Sequence[Sequence[object]]) -> bytes:
    widest = max(map(len, rows), default=1)
    size = _record(_SIZE, struct.pack("<IIII", 0, len(rows) - 1, 0, widest - 1))
    data = b"".join(
        _record(_ROW, struct.pack("<I", number) + bytes(13)) + _cells(row) for number, row in enumerate(rows)
    )
    return _record(_BEGIN_SHEET) + size + _record(_BEGIN_DATA) + data + _record(_END_DATA) + _record(_END_SHEET)


def _cells(row: Iterable[object]) -> bytes:
    told = b""
    for column, value in enumerate(row):
        place = struct.pack("<II", column, 0)
        if isinstance(value, int | float):
            told += _record(_REAL, place + struct.pack("<d", value))
        elif value is not None:
            told += _record(_TEXT, place + _wide(str(value)))
    return told


def _record(kind: int, data: bytes = b"") -> bytes:
    """Number and length in seven bits a byte, the lowest first."""
    return _seven(kind) + _seven(len(data)) + data


def _seven(number: int) -> bytes:
    told = b""
    while number > 0x7F:
        told, number = told + bytes([number & 0x7F | 0x80]), number >> 7
    return told + bytes([number])


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
