"""The results of formulas in a returned workbook: openpyxl writes formulas without them, and a preview shows blank cells.

Belongs here: putting the results that the unit's file holds behind the same formulas in the file that was saved. A program
that calculates replaces them; one that does not shows what the unit saw.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from openpyxl import load_workbook
from openpyxl.utils.datetime import to_excel
from openpyxl.workbook import Workbook

# A cell with a formula as openpyxl writes it: no kind, an empty value.
_CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"((?: s="[0-9]+")?)>(<f(?:[^>]*/>|[^>]*>[^<]*</f>))<v ?(?:/>|></v>)</c>')
_ERROR = re.compile(r"^#(?:[A-Z]+(?:/[A-Z0])?[!?]?|N/A)$")


def sheets_with_results(parts: Mapping[str, bytes], book: Workbook, source: bytes) -> Mapping[str, bytes]:
    """Those parts of a saved workbook that hold formulas, with the results of the formulas of `source`.

    `book` is the open workbook that was saved, `source` the file it was opened from.
    """
    # openpyxl numbers the parts by the order of the sheets.
    names = {f"xl/worksheets/sheet{number}.xml": sheet.title for number, sheet in enumerate(book.worksheets, 1)}
    with_formulas = {part: name for part, name in names.items() if part in parts and _CELL.search(parts[part])}
    if not with_formulas:
        return {}
    values = load_workbook(io.BytesIO(source), data_only=True)
    return {
        part: _with_results(parts[part], values, name)
        for part, name in with_formulas.items()
        if name in values.sheetnames
    }


def _with_results(part: bytes, values: Workbook, name: str) -> bytes:
    sheet = values[name]

    def put(match: re.Match[bytes]) -> bytes:
        kind, text = _written(sheet[match[1].decode()].value, values.epoch)
        if not text:
            return match[0]
        attribute = f' t="{kind}"'.encode() if kind else b""
        value = escape(text).encode("utf-8", "replace")
        return b'<c r="%b"%b%b>%b<v>%b</v></c>' % (match[1], match[2], attribute, match[3], value)

    return _CELL.sub(put, part)


def _written(value: object, epoch: dt.datetime) -> tuple[str, str]:
    """(the kind of a cell, its value) as a sheet has them; ('', '') for a value that is not put back."""
    if isinstance(value, bool):
        return "b", str(int(value))
    if isinstance(value, int | float):
        return "", repr(value)
    if isinstance(value, dt.datetime | dt.date | dt.time | dt.timedelta):
        return "", repr(to_excel(value, epoch))
    if isinstance(value, str):
        return ("e" if _ERROR.match(value) else "str"), value
    return "", ""
