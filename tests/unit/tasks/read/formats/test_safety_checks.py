"""How far .xlsb and .ods sheets may reach: at the limit and one beyond."""

from __future__ import annotations

import struct

import pytest

from config.settings_file import load_settings
from tasks.read.formats.format_errors import BrokenError, TooLargeError
from tasks.read.formats.safety_checks import check_ods_content, check_xlsb_sheet

LIMITS = load_settings(env={}).limits


def binary_sheet(row: int, column: int) -> bytes:
    header = b"\x00\x04" + struct.pack("<I", row)
    return b"\x81\x01\x00" + header + b"\x02\x0c" + struct.pack("<III", column, 0, 0) + b"\x82\x01\x00"


def document(rows_before: int, columns_before: int, row_repeat: int = 1) -> bytes:
    gap = f'<t:table-cell t:number-columns-repeated="{columns_before}"/>' if columns_before else ""
    return (
        "<t:table>"
        f'<t:table-row t:number-rows-repeated="{rows_before}">'
        '<t:table-cell t:number-columns-repeated="16384"/></t:table-row>'
        f'<t:table-row t:number-rows-repeated="{row_repeat}">{gap}<t:table-cell><p>1</p></t:table-cell></t:table-row>'
        '<t:table-row t:number-rows-repeated="1040000"><t:table-cell t:number-columns-repeated="16384"/></t:table-row>'
        "</t:table>"
    ).encode()


@pytest.mark.parametrize(
    ("row", "column", "refused"), [(4999, 199, False), (5000, 0, True), (0, 200, True), (1_048_575, 16_383, True)]
)
def test_a_binary_sheet_is_refused_past_the_limits(row: int, column: int, refused: bool) -> None:
    if refused:
        with pytest.raises(TooLargeError):
            check_xlsb_sheet(binary_sheet(row, column), LIMITS)
    else:
        check_xlsb_sheet(binary_sheet(row, column), LIMITS)


def test_a_binary_sheet_cut_short_is_broken() -> None:
    with pytest.raises(BrokenError):
        check_xlsb_sheet(b"\x81", LIMITS)


@pytest.mark.parametrize(
    ("rows", "columns", "repeat", "refused"),
    [(4999, 199, 1, False), (5000, 0, 1, True), (1, 200, 1, True), (1, 0, 1_000_000, True)],
)
def test_an_open_document_is_refused_past_the_limits_but_not_for_empty_padding(
    rows: int, columns: int, repeat: int, refused: bool
) -> None:
    if refused:
        with pytest.raises(TooLargeError):
            check_ods_content(document(rows, columns, repeat), LIMITS)
    else:
        check_ods_content(document(rows, columns, repeat), LIMITS)


def test_a_repeat_of_more_digits_than_python_reads_is_far_beyond_the_limits() -> None:
    with pytest.raises(TooLargeError):
        check_ods_content(document(int("9" * 12), 0).replace(b"9" * 12, b"9" * 5000), LIMITS)
