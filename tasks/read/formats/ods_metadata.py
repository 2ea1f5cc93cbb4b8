"""Cell metadata of an .ods that the reading library does not give: percentages, error values, formulas, comments.

Belongs here: one walk over content.xml, already unpacked and checked by `safety_checks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from tasks.read.formats.format_errors import BrokenError
from tasks.read.formats.sheet_grid import Position, SheetMetadata, cell_address
from tasks.read.formats.xlsx_comments import is_office_comment, local_name

_CELLS = ("table-cell", "covered-table-cell")


def ods_metadata(parts: Mapping[str, bytes]) -> dict[str, SheetMetadata]:
    """The metadata of every sheet by the sheet's name. Raises BrokenError for a content.xml that is not XML."""
    try:
        # Safe: `safety_checks` refuses every part with a document type declaration, and so every entity.
        root = ElementTree.fromstring(parts["content.xml"])  # noqa: S314
        tables = (element for element in root.iter() if local_name(element.tag) == "table")
        return {_attribute(table, "name"): _sheet_metadata(table) for table in tables}
    except (ElementTree.ParseError, KeyError, ValueError) as error:
        raise BrokenError(str(error)) from error


def _sheet_metadata(table: ElementTree.Element) -> SheetMetadata:
    overlay: dict[Position, str] = {}
    percents: set[Position] = set()
    hidden: set[int] = set()
    comments: list[str] = []
    number = 0
    for row in table.iter():
        if local_name(row.tag) != "table-row":
            continue
        # Rows with content are not stored as repeats; the empty padding at the end is, a million times.
        if _attribute(row, "visibility") in ("collapse", "filter"):
            hidden.add(number)
        for column, cell in _cells(row):
            if text := _overlay_text(cell):
                overlay[number, column] = text
            elif _attribute(cell, "value-type") == "percentage":
                percents.add((number, column))
            if _has_unit_comment(cell):
                comments.append(cell_address(number, column))
        number += _repeats(row, "number-rows-repeated")
    return SheetMetadata(overlay, frozenset(percents), frozenset(hidden), tuple(comments))


def _cells(row: ElementTree.Element) -> Iterator[tuple[int, ElementTree.Element]]:
    column = 0
    for cell in row:
        if local_name(cell.tag) in _CELLS:
            yield column, cell
            column += _repeats(cell, "number-columns-repeated")


def _overlay_text(cell: ElementTree.Element) -> str:
    """An error value as its text, a formula without a result as its text; '' for everything else."""
    kinds = [value for key, value in cell.attrib.items() if local_name(key) == "value-type"]
    if "error" in kinds:
        return "".join(text for each in cell if local_name(each.tag) == "p" for text in each.itertext()) or "#ERROR"
    formula = _attribute(cell, "formula")
    return "=" + formula.partition("=")[2] if formula and not kinds else ""


def _has_unit_comment(cell: ElementTree.Element) -> bool:
    comment = next((each for each in cell if local_name(each.tag) == "annotation"), None)
    if comment is None:
        return False
    author = next((each.text or "" for each in comment if local_name(each.tag) == "creator"), "")
    text = "".join(text for each in comment if local_name(each.tag) == "p" for text in each.itertext()).strip()
    return bool(text) and not is_office_comment(author, text)


def _repeats(element: ElementTree.Element, name: str) -> int:
    return int(_attribute(element, name) or 1)


def _attribute(element: ElementTree.Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if local_name(key) == name), "")
