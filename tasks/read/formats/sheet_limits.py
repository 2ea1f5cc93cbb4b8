"""Every sheet of a package held against the limits: one that is too long or damaged is kept by its top, with its fault.

Belongs here: which sheets the reading library may load whole. A sheet beside the report must not refuse the file; whether
the report is on such a sheet is told by its top (`choose_sheet`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from config.settings import LimitSettings
from tasks.read.formats.format_errors import BrokenError, SheetFault, TooLargeError
from tasks.read.formats.ods_metadata import ods_table_names
from tasks.read.formats.other_tops import top_of_ods_tables, top_of_xlsb_sheet
from tasks.read.formats.safety_checks import check_xlsb_sheet, checked_sheet, ods_faults
from tasks.read.formats.sheet_positions import top_of_sheet
from tasks.read.formats.xlsb_metadata import xlsb_sheets
from tasks.read.formats.xlsx_metadata import read_workbook_part
from tasks.read.formats.zip_package import ZipPackage

_CONTENT = "content.xml"
_BLANK = b'<?xml version="1.0" encoding="UTF-8"?><worksheet><sheetData/></worksheet>'


def within_limits(
    package: ZipPackage, file_format: str, limits: LimitSettings, skipped: Collection[str]
) -> tuple[ZipPackage, Mapping[str, SheetFault]]:
    """The package with every sheet within the limits, and the fault of each that was cut, by the sheet's name.

    Raises BrokenError for a package without its main parts.
    """
    if file_format == "ods":
        return _ods(package, limits)
    changed: dict[str, bytes] = {}
    faults: dict[str, SheetFault] = {}
    for name, part in _sheet_parts(package.parts, file_format):
        if name in skipped or part not in package.parts:
            continue
        data = package.parts[part]
        check, top = (_checked_xlsb, top_of_xlsb_sheet) if file_format == "xlsb" else (checked_sheet, top_of_sheet)
        kept, fault = _one_sheet(data, limits, check, top)
        if fault is not None:
            faults[name] = fault
        if kept is not data:
            changed[part] = kept
    return package.changed(changed), faults


def _sheet_parts(parts: Mapping[str, bytes], file_format: str) -> Iterator[tuple[str, str]]:
    if file_format == "xlsb":
        try:
            yield from xlsb_sheets(parts)
        except (KeyError, UnicodeDecodeError) as error:
            raise BrokenError(str(error)) from error
    else:
        yield from ((sheet.name, sheet.part) for sheet in read_workbook_part(parts).sheets)


def _checked_xlsb(data: bytes, limits: LimitSettings) -> bytes:
    check_xlsb_sheet(data, limits)
    return data


_Change = Callable[[bytes, LimitSettings], bytes]


def _one_sheet(data: bytes, limits: LimitSettings, check: _Change, top: _Change) -> tuple[bytes, SheetFault | None]:
    fault: SheetFault
    try:
        return check(data, limits), None
    except BrokenError as error:
        fault = error
    except TooLargeError as error:
        fault = error
        try:
            return top(data, limits), fault
        except BrokenError:
            pass
    return _BLANK if check is checked_sheet else b"", fault


def _ods(package: ZipPackage, limits: LimitSettings) -> tuple[ZipPackage, Mapping[str, SheetFault]]:
    data = package.parts.get(_CONTENT, b"")
    found = ods_faults(data, limits)
    if not found:
        return package, {}
    cut = top_of_ods_tables(data, frozenset(found), limits)
    names = ods_table_names(cut)
    faults = {names[table]: fault for table, fault in found.items() if table < len(names)}
    return package.changed({_CONTENT: cut}), faults
