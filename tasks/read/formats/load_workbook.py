"""Bytes -> sheets: the one place that knows the reading library.

Belongs here: loading a workbook of any kind by its content, within limits. What the cells mean is `header` and `rows`.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from config.settings import LimitSettings
from tasks.read.formats.binary_limits import check_binary_sheet, check_open_document
from tasks.read.formats.ods_metadata import extras_of_ods
from tasks.read.formats.safety_checks import BrokenError, TooLargeError, check_declarations, check_sheets
from tasks.read.formats.sheet_grid import SheetGrid, laid_out
from tasks.read.formats.xlsb_metadata import extras_of_xlsb
from tasks.read.formats.xlsx_fast_reader import read_plain
from tasks.read.formats.xlsx_metadata import Extras, extras_of
from tasks.read.formats.zip_package import Container, unpack_container

_XML = frozenset({"xlsx", "xlsm"})
# Who looks for what the library does not tell; of the others, which are XML, it is `extras_of`.
_EXTRAS = {"ods": extras_of_ods, "xlsb": extras_of_xlsb}


class EncryptedError(Exception):
    """The workbook needs a password to open."""


def load_workbook(
    content: bytes, form: str, limits: LimitSettings, unread: Collection[str] = ()
) -> tuple[SheetGrid, ...]:
    """Every sheet of a workbook in its order, hidden ones included, but for those whose names are in `unread`.

    Raises EncryptedError, TooLargeError or BrokenError.
    """
    if form == "xls":
        return _by_library(content, {}, limits, unread)
    container = unpack_container(content, limits)
    if b"encryption-data" in container.parts.get("META-INF/manifest.xml", b""):
        # An .ods says in its manifest which of its parts are encrypted.
        raise EncryptedError
    check_declarations(container.parts)
    if form in _XML and (plain := read_plain(container.parts, limits, unread)) is not None:
        return plain
    return read_container(container, form, limits, unread)


def read_container(
    container: Container, form: str, limits: LimitSettings, unread: Collection[str] = ()
) -> tuple[SheetGrid, ...]:
    """As `load_workbook`, by the reading library, of a container whose declarations have been looked at."""
    parts = container.parts
    check_sheets(parts, limits)
    for name, data in parts.items():
        if form == "xlsb" and name.lower().startswith("xl/worksheets/") and name.lower().endswith(".bin"):
            check_binary_sheet(data, limits)
        elif form == "ods" and name == "content.xml":
            check_open_document(data, limits)
    extras = _EXTRAS.get(form, extras_of)(parts)
    return _by_library(container.checked(), extras, limits, unread)


def _by_library(
    content: bytes, extras: Mapping[str, Extras], limits: LimitSettings, unread: Collection[str]
) -> tuple[SheetGrid, ...]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            _grid(book.get_sheet_by_name(meta.name), meta.visible == SheetVisibleEnum.Visible, extras, limits)
            for meta in book.sheets_metadata
            if meta.typ == SheetTypeEnum.WorkSheet and meta.name not in unread
        ]
    except PasswordError as error:
        raise EncryptedError from error
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise BrokenError(str(error)) from error
    except BaseException as error:
        # A panic of the library derives from BaseException; it costs this file, not the pass.
        if type(error).__name__ != "PanicException":
            raise
        raise BrokenError("the reader gave up") from error
    return tuple(sheets)


_NO_EXTRAS = Extras()


def _grid(sheet: CalamineSheet, visible: bool, extras: Mapping[str, Extras], limits: LimitSettings) -> SheetGrid:
    if sheet.total_height > limits.rows or sheet.total_width > limits.columns:
        raise TooLargeError(
            f"用到第{sheet.total_height}行、第{sheet.total_width}列", f"{limits.rows}行、{limits.columns}列"
        )
    extra = extras.get(sheet.name, _NO_EXTRAS)
    merged = tuple(sheet.merged_cell_ranges or ())
    return SheetGrid(
        sheet.name,
        laid_out(sheet.to_python(), sheet.start or (0, 0), extra.overlay),
        visible,
        merged,
        extra.overlay,
        extra.percents,
        extra.hidden,
        extra.notes,
        extra.boxes,
        extra.from_1904,
    )
