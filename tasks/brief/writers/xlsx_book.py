"""Workbooks written with xlsxwriter: options and cell types that all of the brief's workbooks share."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

import xlsxwriter

from tasks.brief.brief_document import Brief


def new_book(target: BytesIO, brief: Brief, title: str) -> Any:
    """A workbook that never turns text into a formula or a link: units' text may start with = or look like an address.

    Its creation time is the brief's date, so that the same brief gives the same bytes.
    """
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    created = dt.datetime.combine(brief.date, dt.time())
    book.set_properties({"title": title, "author": brief.office, "created": created})
    return book


def write_cell(sheet: Any, row: int, column: int, value: object, format_: Any) -> None:
    """Write a text, date, number or blank (None or '') as a cell of that type; `row` and `column` count from 0."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, format_)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), format_)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, format_)
    else:
        sheet.write_number(row, column, value, format_)
