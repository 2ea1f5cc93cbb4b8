"""The top of an .xlsb or .ods sheet that is too long.

Belongs here: the two formats beside .xlsx (`sheet_positions`). How far sheets reach is told by `safety_checks`.
"""

from __future__ import annotations

from config.settings import LimitSettings
from tasks.read.formats.safety_checks import LAST_CELL_RECORD, ROW_HEADER, ods_tags
from tasks.read.formats.sheet_positions import TOP_ROWS
from tasks.read.formats.xlsb_metadata import record_bounds

_END_OF_ROWS = 146  # BrtEndSheetData


def top_of_xlsb_sheet(data: bytes, limits: LimitSettings) -> bytes:
    """The first `TOP_ROWS` rows of a sheet, without the cells beyond the limit of columns. Raises BrokenError."""
    kept, is_below = bytearray(), False
    for kind, start, payload, end in record_bounds(data):
        number = int.from_bytes(data[payload : payload + 4], "little")
        if kind == ROW_HEADER:
            is_below = is_below or number >= TOP_ROWS
        elif kind == _END_OF_ROWS:
            is_below = False
        is_beside = kind != ROW_HEADER and kind <= LAST_CELL_RECORD and number >= limits.columns
        if not (is_below or is_beside):
            kept += data[start:end]
    return bytes(kept)


def top_of_ods_tables(data: bytes, tables: frozenset[int], limits: LimitSettings) -> bytes:
    """The content of an .ods with these tables cut off below their first `TOP_ROWS` rows, and each row at the limit."""
    kept, taken, cut_until = bytearray(), 0, b""
    for each in ods_tags(data):
        closing, name, _, _ = each.tag.groups()
        if cut_until:
            if closing and name == cut_until:
                taken, cut_until = each.tag.start(), b""
        elif each.table not in tables or closing:
            continue
        elif name == b"table-row" and each.row + each.repeat > TOP_ROWS:
            kept += data[taken : each.tag.start()]
            cut_until = b"table"
        elif each.has_content and each.column > limits.columns:
            kept += data[taken : each.tag.start()]
            cut_until = b"table-row"
    return bytes(kept + data[taken:])
