"""What the fast reader does not tell of an .ods: percentages, error values, formulas without a result, notes.

Belongs here: one walk over content.xml, already unpacked and checked by `guard`. Values come from `loading`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from tasks.read.formats.safety_checks import BrokenError
from tasks.read.formats.sheet_grid import Position, cell_address
from tasks.read.formats.xlsx_comments import is_ours
from tasks.read.formats.xlsx_metadata import Extras

_CELLS = ("table-cell", "covered-table-cell")


def extras_of_ods(parts: Mapping[str, bytes]) -> dict[str, Extras]:
    """The extras of every sheet by its name. Raises BrokenError for a content.xml that is no XML."""
    try:
        # Safe here: `guard` has refused every part with a document type, and so every entity.
        root = ElementTree.fromstring(parts["content.xml"])  # noqa: S314
        return {_attribute(table, "name"): _extras(table) for table in root.iter() if _local(table.tag) == "table"}
    except (ElementTree.ParseError, KeyError, ValueError) as error:
        raise BrokenError(str(error)) from error


def _extras(table: ElementTree.Element) -> Extras:
    overlay: dict[Position, str] = {}
    percents: set[Position] = set()
    hidden: set[int] = set()
    notes: list[str] = []
    number = 0
    for row in table.iter():
        if _local(row.tag) != "table-row":
            continue
        # A row that says something is never repeated; padding up to the sheet's end is, a million times.
        if _attribute(row, "visibility") in ("collapse", "filter"):
            hidden.add(number)
        for column, cell in _cells(row):
            if text := _hidden_text(cell):
                overlay[number, column] = text
            elif _attribute(cell, "value-type") == "percentage":
                percents.add((number, column))
            if _is_noted(cell):
                notes.append(cell_address(number, column))
        number += _count(row, "number-rows-repeated")
    return Extras(overlay, frozenset(percents), frozenset(hidden), tuple(notes))


def _cells(row: ElementTree.Element) -> Iterator[tuple[int, ElementTree.Element]]:
    column = 0
    for cell in row:
        if _local(cell.tag) in _CELLS:
            yield column, cell
            column += _count(cell, "number-columns-repeated")


def _hidden_text(cell: ElementTree.Element) -> str:
    """An error value as its text, a formula without a result as its text; '' for everything else."""
    kinds = [value for key, value in cell.attrib.items() if _local(key) == "value-type"]
    if "error" in kinds:
        return "".join(text for each in cell if _local(each.tag) == "p" for text in each.itertext()) or "#ERROR"
    formula = _attribute(cell, "formula")
    return "=" + formula.partition("=")[2] if formula and not kinds else ""


def _is_noted(cell: ElementTree.Element) -> bool:
    note = next((each for each in cell if _local(each.tag) == "annotation"), None)
    if note is None:
        return False
    author = next((each.text or "" for each in note if _local(each.tag) == "creator"), "")
    said = "".join(text for each in note if _local(each.tag) == "p" for text in each.itertext()).strip()
    return bool(said) and not is_ours(author, said)


def _count(element: ElementTree.Element, name: str) -> int:
    return int(_attribute(element, name) or 1)


def _attribute(element: ElementTree.Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if _local(key) == name), "")


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]
