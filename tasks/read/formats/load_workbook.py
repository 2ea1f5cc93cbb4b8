"""Workbook of any format -> sheets; the only module that imports the reading library (python-calamine).

Belongs here: loading by content, within limits. Does not belong here: what the cells mean (`header`, `table_rows`).
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
from tasks.read.formats.format_errors import BrokenError, EncryptedError, TooLargeError
from tasks.read.formats.ods_metadata import ods_metadata
from tasks.read.formats.safety_checks import check_declarations, check_sheets
from tasks.read.formats.sheet_grid import NO_METADATA, SheetGrid, SheetMetadata, grid_cells
from tasks.read.formats.xlsb_metadata import xlsb_metadata
from tasks.read.formats.xlsx_fast_reader import read_fast
from tasks.read.formats.xlsx_metadata import xlsx_metadata
from tasks.read.formats.zip_package import ZipPackage, unpack_package

_METADATA = {"xlsx": xlsx_metadata, "xlsm": xlsx_metadata, "ods": ods_metadata, "xlsb": xlsb_metadata}


def load_workbook(
    content: bytes, file_format: str, limits: LimitSettings, skipped: Collection[str] = ()
) -> tuple[SheetGrid, ...]:
    """Every sheet of a workbook in its order, hidden ones included, except those named in `skipped`.

    `file_format` is one of `detect_format.WORKBOOKS`. Raises EncryptedError, TooLargeError or BrokenError.
    """
    if file_format == "xls":
        return _load_by_library(content, {}, limits, skipped)
    package = unpack_package(content, limits)
    if b"encryption-data" in package.parts.get("META-INF/manifest.xml", b""):
        # The manifest of an .ods lists which parts are encrypted.
        raise EncryptedError
    check_declarations(package.parts)
    if file_format in ("xlsx", "xlsm") and (sheets := read_fast(package.parts, limits, skipped)) is not None:
        return sheets
    return load_package(package, file_format, limits, skipped)


def load_package(
    package: ZipPackage, file_format: str, limits: LimitSettings, skipped: Collection[str] = ()
) -> tuple[SheetGrid, ...]:
    """As `load_workbook`, always by the reading library; the package has passed `check_declarations`."""
    check_sheets(package.parts, file_format, limits)
    return _load_by_library(package.repacked(), _METADATA[file_format](package.parts), limits, skipped)


def _load_by_library(
    content: bytes, metadata: Mapping[str, SheetMetadata], limits: LimitSettings, skipped: Collection[str]
) -> tuple[SheetGrid, ...]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return tuple(
            _grid(
                book.get_sheet_by_name(sheet.name),
                sheet.visible == SheetVisibleEnum.Visible,
                metadata.get(sheet.name, NO_METADATA),
                limits,
            )
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.name not in skipped
        )
    except PasswordError as error:
        raise EncryptedError from error
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise BrokenError(str(error)) from error
    except BaseException as error:
        # A panic of the library derives from BaseException; only this file is lost, not the whole pass.
        if type(error).__name__ != "PanicException":
            raise
        raise BrokenError("the reader gave up") from error


def _grid(sheet: CalamineSheet, visible: bool, metadata: SheetMetadata, limits: LimitSettings) -> SheetGrid:
    if sheet.total_height > limits.rows or sheet.total_width > limits.columns:
        raise TooLargeError(
            f"用到第{sheet.total_height}行、第{sheet.total_width}列", f"{limits.rows}行、{limits.columns}列"
        )
    cells = grid_cells(sheet.to_python(), sheet.start or (0, 0), metadata.overlay)
    return SheetGrid(sheet.name, cells, visible, tuple(sheet.merged_cell_ranges or ()), metadata)
