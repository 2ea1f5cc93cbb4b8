"""Workbook of any format -> sheets; the only module that imports the reading library (python-calamine).

Belongs here: loading by content, within limits. Does not belong here: what the cells mean (`header`, `table_rows`).
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from config.settings import LimitSettings
from tasks.read.formats.cell_pictures import without_pictures
from tasks.read.formats.format_errors import BrokenError, EncryptedError, SheetFault, TooLargeError
from tasks.read.formats.ods_metadata import ods_metadata
from tasks.read.formats.safety_checks import check_declarations
from tasks.read.formats.sheet_grid import NO_METADATA, SheetGrid, SheetMetadata, grid_cells
from tasks.read.formats.sheet_limits import within_limits
from tasks.read.formats.sheet_positions import TOP_ROWS
from tasks.read.formats.workbook_parts import unpack_workbook
from tasks.read.formats.xlsb_metadata import xlsb_metadata
from tasks.read.formats.xlsx_fast_reader import read_fast
from tasks.read.formats.xlsx_metadata import xlsx_metadata
from tasks.read.formats.zip_package import ZipPackage

_METADATA = {"xlsx": xlsx_metadata, "xlsm": xlsx_metadata, "ods": ods_metadata, "xlsb": xlsb_metadata}


def load_workbook(
    content: bytes, file_format: str, limits: LimitSettings, skipped: Collection[str] = ()
) -> tuple[SheetGrid, ...]:
    """Every sheet of a workbook in its order, hidden ones included, except those named in `skipped`.

    `file_format` is one of `detect_format.WORKBOOKS`. Raises EncryptedError, TooLargeError or BrokenError.
    """
    if file_format == "xls":
        return _load_by_library(content, {}, limits, skipped)
    package = unpack_workbook(content, limits, file_format)
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
    package, faults = within_limits(package, file_format, limits, skipped)
    return _load_by_library(package.repacked(), _METADATA[file_format](package.parts), limits, skipped, faults)


def _load_by_library(
    content: bytes,
    metadata: Mapping[str, SheetMetadata],
    limits: LimitSettings,
    skipped: Collection[str],
    faults: Mapping[str, SheetFault] | None = None,
) -> tuple[SheetGrid, ...]:
    with _library_errors():
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            sheet
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.name not in skipped
        ]
    grids = tuple(
        _grid(
            book,
            sheet.name,
            sheet.visible == SheetVisibleEnum.Visible,
            metadata.get(sheet.name, NO_METADATA),
            limits,
            (faults or {}).get(sheet.name),
        )
        for sheet in sheets
    )
    if grids and all(isinstance(grid.fault, BrokenError) for grid in grids):
        raise BrokenError("no sheet can be read")
    return grids


@contextmanager
def _library_errors() -> Iterator[None]:
    """What the library raises, as EncryptedError or BrokenError."""
    try:
        yield
    except PasswordError as error:
        raise EncryptedError from error
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise BrokenError(str(error)) from error
    except BaseException as error:
        # A panic of the library derives from BaseException; only this sheet is lost, not the whole pass.
        if type(error).__name__ != "PanicException":
            raise
        raise BrokenError("the reader gave up") from error


def _grid(
    book: CalamineWorkbook,
    name: str,
    visible: bool,
    metadata: SheetMetadata,
    limits: LimitSettings,
    fault: SheetFault | None,
) -> SheetGrid:
    """One sheet; one that cannot be read has no cells, one that is too long those of its top, and both have their fault."""
    try:
        with _library_errors():
            sheet = book.get_sheet_by_name(name)
            rows, start = sheet.to_python(), sheet.start or (0, 0)
            merged = tuple(sheet.merged_cell_ranges or ())
    except BrokenError as error:
        return SheetGrid(name, (), visible, fault=fault or error)
    if fault is None and (sheet.total_height > limits.rows or sheet.total_width > limits.columns):
        fault = TooLargeError(
            f"用到第{sheet.total_height}行、第{sheet.total_width}列", f"{limits.rows}行、{limits.columns}列"
        )
        rows = [row[: max(0, limits.columns - start[1])] for row in rows[: max(0, TOP_ROWS - start[0])]]
        start = start if rows and rows[0] else (0, 0)
    cells = grid_cells(rows, start, metadata.overlay)
    return without_pictures(SheetGrid(name, cells, visible, merged, metadata, fault))
