"""What the fast reader does not tell of an .xlsx: number formats, error values, formulas without a result, hidden rows.

Belongs here: looking into the XML parts, already unpacked and checked by `guard`. Values come from `loading`, the
meaning of a number format from `numberformat`, what floats above the cells from `xlsxnotes`.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

from tasks.caching import cached
from tasks.read.formats.number_format import NumberStyle, ShownNumber, number_style_of
from tasks.read.formats.safety_checks import BrokenError
from tasks.read.formats.sheet_grid import Position, cell_position
from tasks.read.formats.xlsx_comments import beside

_CELL = re.compile(rb"<((?:[\w.-]+:)?)c\b([^>]*?)(?:/>|>(.*?)</\1c\s*>)", re.DOTALL)
_ATTRIBUTE = re.compile(rb"""\b(r|s|t)\s*=\s*["']([^"']*)["']""")
_VALUE = re.compile(rb"<(?:[\w.-]+:)?v\b[^>]*>([^<]+)<")
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f\b[^>]*?(?:/>|>([^<]*)<)")
_HIDDEN_ROW = re.compile(
    rb"""<(?:[\w.-]+:)?row\b(?=[^>]*\shidden\s*=\s*["'](?:1|true)["'])[^>]*?\sr\s*=\s*["'](\d+)["']"""
)


@dataclass(frozen=True, slots=True)
class Extras:
    """What one sheet has beyond its values; the fields are those of `grid.Grid`."""

    overlay: Mapping[Position, str] = field(default_factory=dict)
    percents: frozenset[Position] = frozenset()
    hidden: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()
    boxes: bool = False
    from_1904: bool = False


@dataclass(frozen=True, slots=True)
class SheetParts:
    """What a workbook says of one of its sheets: its name, its part, whether it is shown, its kind ("worksheet")."""

    name: str
    part: str
    visible: bool
    kind: str


@dataclass(frozen=True, slots=True)
class WorkbookParts:
    """What workbook.xml says: the sheets in their order, and whether serial days count from 1904."""

    sheets: tuple[SheetParts, ...]
    from_1904: bool


def extras_of(parts: Mapping[str, bytes]) -> dict[str, Extras]:
    """The extras of every sheet by its name. Raises BrokenError for parts that do not fit together."""
    ways, book = number_styles_of(parts), workbook_parts_of(parts)
    try:
        return {
            sheet.name: _extras(parts[sheet.part], ways, book.from_1904, *beside(parts, sheet.part))
            for sheet in book.sheets
            if sheet.part in parts
        }
    except (ElementTree.ParseError, ValueError) as error:
        raise BrokenError(str(error)) from error


def workbook_parts_of(parts: Mapping[str, bytes]) -> WorkbookParts:
    """What a workbook's main part says. Raises BrokenError where it is missing or no XML."""
    try:
        return _book(parts["xl/workbook.xml"], parts["xl/_rels/workbook.xml.rels"])
    except (ElementTree.ParseError, KeyError) as error:
        raise BrokenError(str(error)) from error


def number_styles_of(parts: Mapping[str, bytes]) -> Mapping[bytes, NumberStyle | ShownNumber]:
    """What each cell style makes of a number, by the style's number as cells write it; b"" for a cell without one.

    Raises BrokenError for styles that are no XML.
    """
    try:
        return _ways(parts.get("xl/styles.xml", b""))
    except ElementTree.ParseError as error:
        raise BrokenError(str(error)) from error


def _parsed(data: bytes) -> ElementTree.Element:
    # Safe here: `guard` has refused every part with a document type, and so every entity.
    return ElementTree.fromstring(data)  # noqa: S314


# As with styles: what one program wrote for one issue is the same to the byte.
@cached(32, 64 << 10)
def _book(data: bytes, relations: bytes) -> WorkbookParts:
    root = _parsed(data)
    links = {link.get("Id"): link for link in _parsed(relations)}
    sheets: list[SheetParts] = []
    from_1904 = False
    for element in root.iter():
        if _local(element.tag) == "sheet":
            link = links.get(next((value for key, value in element.attrib.items() if _local(key) == "id"), ""))
            target, kind = (link.get("Target", ""), link.get("Type", "")) if link is not None else ("", "")
            part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
            is_shown = element.get("state", "visible") == "visible"
            sheets.append(SheetParts(element.get("name", ""), part, is_shown, kind.rpartition("/")[2]))
        elif _local(element.tag) == "workbookPr":
            from_1904 = from_1904 or element.get("date1904") in ("1", "true")
    return WorkbookParts(tuple(sheets), from_1904)


# All workbooks from one program have the same styles: those of one issue are byte for byte alike.
@cached(32, 256 << 10)
def _ways(data: bytes) -> Mapping[bytes, NumberStyle | ShownNumber]:
    root = _parsed(data) if data else ElementTree.Element("styleSheet")
    codes = {
        element.get("numFmtId", ""): element.get("formatCode", "")
        for element in root.iter()
        if _local(element.tag) == "numFmt"
    }
    cells = next((element for element in root if _local(element.tag) == "cellXfs"), None)
    ways = [number_style_of(number := each.get("numFmtId", "0"), codes.get(number)) for each in cells or ()]
    return {b"": ways[0] if ways else NumberStyle.NUMBER} | {str(place).encode(): way for place, way in enumerate(ways)}


def _extras(
    data: bytes, ways: Mapping[bytes, NumberStyle | ShownNumber], from_1904: bool, notes: tuple[str, ...], boxes: bool
) -> Extras:
    overlay, percents = _looked_at(data, ways)
    return Extras(overlay, frozenset(percents), hidden_rows(data), notes, boxes, from_1904)


def hidden_rows(data: bytes) -> frozenset[int]:
    """The rows, from 0, that a sheet does not show."""
    if b"hidden=" not in data:
        return frozenset()
    return frozenset(int(number) - 1 for number in _HIDDEN_ROW.findall(data))


def _looked_at(
    data: bytes, ways: Mapping[bytes, NumberStyle | ShownNumber]
) -> tuple[dict[Position, str], set[Position]]:
    overlay: dict[Position, str] = {}
    percents: set[Position] = set()
    # One by one, as in `guard`: all cells of a large sheet at once would take its size many times over.
    for _, head, body in map(re.Match.groups, _CELL.finditer(data)):
        # Most cells are blank or a text of the common table; neither hides anything.
        if not body or (b't="s"' in head and b"<f" not in body and b":f" not in body):
            continue
        attributes = dict(_ATTRIBUTE.findall(head))
        if b"r" not in attributes:
            continue
        place = cell_position(attributes[b"r"].decode("ascii"))
        kind, style = attributes.get(b"t", b"n"), attributes.get(b"s", b"")
        if text := _hidden_text(kind, body):
            overlay[place] = text
        elif kind == b"n" and (way := ways.get(style)) is NumberStyle.PERCENT:
            percents.add(place)
        elif kind == b"n" and isinstance(way, ShownNumber) and (value := _VALUE.search(body)):
            overlay[place] = way.text(float(value[1]))
    return overlay, percents


def _hidden_text(kind: bytes, body: bytes) -> str:
    """An error value as its text, a formula without a result as its text; '' for everything else."""
    value = _VALUE.search(body)
    if kind == b"e":
        return value[1].decode("utf-8", "replace") if value else "#ERROR"
    formula = None if value or kind == b"str" else _FORMULA.search(body)
    return "=" + html.unescape((formula[1] or b"").decode("utf-8", "replace")) if formula else ""


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
