"""Write a workbook in Excel's binary format (.xlsb), which no library does: the parts and records that a reader needs.

Belongs here: texts, numbers and number formats of an existing workbook, cell by cell.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Sequence

import openpyxl
from openpyxl.cell import Cell

_MAIN = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ROW, _REAL, _TEXT = 0, 5, 6
_BEGIN_SHEET, _END_SHEET, _BEGIN_BOOK, _END_BOOK, _BEGIN_SHEETS, _END_SHEETS = 129, 130, 131, 132, 143, 144
_BEGIN_DATA, _END_DATA, _SIZE, _SHEET = 145, 146, 148, 156
_FORMAT, _STYLE, _BEGIN_STYLE_SHEET, _END_STYLE_SHEET, _BEGIN_FORMATS, _END_FORMATS, _BEGIN_STYLES, _END_STYLES = (
    44, 47, 278, 279, 615, 616, 617, 618,
)  # fmt: skip
_FIRST_FORMAT = 164


def as_xlsb(content: bytes) -> bytes:
    """The workbook's sheets as .xlsb: the same texts and numbers in the same cells, each in its number format."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    formats = sorted({cell.number_format for sheet in book.worksheets for row in sheet.iter_rows() for cell in row})
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        sheets, links = b"", ""
        for number, sheet in enumerate(book.worksheets, start=1):
            hidden = 0 if sheet.sheet_state == "visible" else 2
            sheets += _record(_SHEET, struct.pack("<II", hidden, number) + _wide(f"rId{number}") + _wide(sheet.title))
            links += f'<Relationship Id="rId{number}" Type="{_MAIN}/worksheet" Target="worksheets/sheet{number}.bin"/>'
            archive.writestr(f"xl/worksheets/sheet{number}.bin", _sheet(list(sheet.iter_rows()), formats))
        listed = _record(_BEGIN_SHEETS) + sheets + _record(_END_SHEETS)
        archive.writestr("xl/workbook.bin", _record(_BEGIN_BOOK) + listed + _record(_END_BOOK))
        archive.writestr("xl/styles.bin", _styles(formats))
        links += f'<Relationship Id="rId0" Type="{_MAIN}/styles" Target="styles.bin"/>'
        space = "http://schemas.openxmlformats.org/package/2006/relationships"
        archive.writestr("xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{space}">{links}</Relationships>')
    return target.getvalue()


def _styles(formats: Sequence[str]) -> bytes:
    """One number format and one cell style for each code, in their order."""
    records = _record(_BEGIN_STYLE_SHEET) + _record(_BEGIN_FORMATS, struct.pack("<I", len(formats)))
    for number, code in enumerate(formats, start=_FIRST_FORMAT):
        records += _record(_FORMAT, struct.pack("<H", number) + _wide(code))
    records += _record(_END_FORMATS) + _record(_BEGIN_STYLES, struct.pack("<I", len(formats)))
    for number, _ in enumerate(formats, start=_FIRST_FORMAT):
        records += _record(_STYLE, struct.pack("<HH", 0, number) + bytes(12))
    return records + _record(_END_STYLES) + _record(_END_STYLE_SHEET)


def _sheet(rows: Sequence[Sequence[Cell]], formats: Sequence[str]) -> bytes:
    widest = max(map(len, rows), default=1)
    size = _record(_SIZE, struct.pack("<IIII", 0, len(rows) - 1, 0, widest - 1))
    data = b"".join(
        _record(_ROW, struct.pack("<I", number) + bytes(13)) + _cells(row, formats) for number, row in enumerate(rows)
    )
    return _record(_BEGIN_SHEET) + size + _record(_BEGIN_DATA) + data + _record(_END_DATA) + _record(_END_SHEET)


def _cells(row: Iterable[Cell], formats: Sequence[str]) -> bytes:
    records = b""
    for column, cell in enumerate(row):
        head = struct.pack("<II", column, formats.index(cell.number_format))
        if isinstance(cell.value, int | float):
            records += _record(_REAL, head + struct.pack("<d", cell.value))
        elif cell.value is not None:
            records += _record(_TEXT, head + _wide(str(cell.value)))
    return records


def _record(kind: int, data: bytes = b"") -> bytes:
    """A record: its type and length as variable-length integers, then the data."""
    return _variable_integer(kind) + _variable_integer(len(data)) + data


def _variable_integer(number: int) -> bytes:
    """Seven bits a byte, lowest first."""
    encoded = b""
    while number > 0x7F:
        encoded, number = encoded + bytes([number & 0x7F | 0x80]), number >> 7
    return encoded + bytes([number])


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
