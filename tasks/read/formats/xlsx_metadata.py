"""Cell metadata of an .xlsx that the reading library does not give: number formats, error values, formulas, hidden rows.

Belongs here: looking into XML parts, already unpacked and checked by `safety_checks`. Does not belong here: what a
number format means (`number_format`), comments and text boxes (`xlsx_comments`).
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from tasks.caching import cached
from tasks.read.formats.format_errors import BrokenError
from tasks.read.formats.number_format import NumberStyle, NumberWithUnit, number_style
from tasks.read.formats.sheet_grid import Position, SheetMetadata, cell_position
from tasks.read.formats.xlsx_comments import comments_and_text_boxes, local_name

_CELL = re.compile(rb"<((?:[\w.-]+:)?)c\b([^>]*?)(?:/>|>(.*?)</\1c\s*>)", re.DOTALL)
_ATTRIBUTE = re.compile(rb"""\b(r|s|t)\s*=\s*["']([^"']*)["']""")
_VALUE = re.compile(rb"<(?:[\w.-]+:)?v\b[^>]*>([^<]+)<")
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f\b[^>]*?(?:/>|>([^<]*)<)")
_HIDDEN_ROW = re.compile(
    rb"""<(?:[\w.-]+:)?row\b(?=[^>]*\shidden\s*=\s*["'](?:1|true)["'])[^>]*?\sr\s*=\s*["'](\d+)["']"""
)

Styles = Mapping[bytes, NumberStyle | NumberWithUnit]


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet as the workbook lists it: its name, its part, whether it is visible, its kind ("worksheet")."""

    name: str
    part: str
    visible: bool
    kind: str


@dataclass(frozen=True, slots=True)
class WorkbookPart:
    """The content of workbook.xml: the sheets in their order, and whether serial days count from 1904."""

    sheets: tuple[SheetPart, ...]
    from_1904: bool


def xlsx_metadata(parts: Mapping[str, bytes]) -> dict[str, SheetMetadata]:
    """The metadata of every sheet by the sheet's name. Raises BrokenError for parts that do not fit together."""
    styles, book = cell_number_styles(parts), read_workbook_part(parts)
    try:
        return {
            sheet.name: _sheet_metadata(parts, sheet.part, styles, book.from_1904)
            for sheet in book.sheets
            if sheet.part in parts
        }
    except (ElementTree.ParseError, ValueError) as error:
        raise BrokenError(str(error)) from error


def read_workbook_part(parts: Mapping[str, bytes]) -> WorkbookPart:
    """The content of workbook.xml. Raises BrokenError where it is missing or not XML."""
    try:
        return _workbook_part(parts["xl/workbook.xml"], parts["xl/_rels/workbook.xml.rels"])
    except (ElementTree.ParseError, KeyError) as error:
        raise BrokenError(str(error)) from error


def cell_number_styles(parts: Mapping[str, bytes]) -> Styles:
    """How each cell style shows a number, by the style index as cells write it; b"" for a cell without a style.

    Raises BrokenError for styles that are not XML.
    """
    try:
        return _number_styles(parts.get("xl/styles.xml", b""))
    except ElementTree.ParseError as error:
        raise BrokenError(str(error)) from error


def _parsed(data: bytes) -> ElementTree.Element:
    # Safe: `safety_checks` refuses every part with a document type declaration, and so every entity.
    return ElementTree.fromstring(data)  # noqa: S314


# Cached: the part is byte for byte the same in all workbooks of one issue. Saves an eighth of the reading.
@cached(32, 64 << 10)
def _workbook_part(data: bytes, relations: bytes) -> WorkbookPart:
    links = {link.get("Id"): link for link in _parsed(relations)}
    sheets: list[SheetPart] = []
    from_1904 = False
    for element in _parsed(data).iter():
        if local_name(element.tag) == "sheet":
            link = links.get(next((value for key, value in element.attrib.items() if local_name(key) == "id"), ""))
            target, kind = (link.get("Target", ""), link.get("Type", "")) if link is not None else ("", "")
            part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
            is_visible = element.get("state", "visible") == "visible"
            sheets.append(SheetPart(element.get("name", ""), part, is_visible, kind.rpartition("/")[2]))
        elif local_name(element.tag) == "workbookPr":
            from_1904 = from_1904 or element.get("date1904") in ("1", "true")
    return WorkbookPart(tuple(sheets), from_1904)


# Cached: as above. Saves a third of the reading.
@cached(32, 256 << 10)
def _number_styles(data: bytes) -> Styles:
    root = _parsed(data) if data else ElementTree.Element("styleSheet")
    codes = {
        element.get("numFmtId", ""): element.get("formatCode", "")
        for element in root.iter()
        if local_name(element.tag) == "numFmt"
    }
    cells = next((element for element in root if local_name(element.tag) == "cellXfs"), None)
    styles = [number_style(number := each.get("numFmtId", "0"), codes.get(number)) for each in cells or ()]
    return {b"": styles[0] if styles else NumberStyle.NUMBER} | {
        str(index).encode(): style for index, style in enumerate(styles)
    }


def _sheet_metadata(parts: Mapping[str, bytes], part: str, styles: Styles, from_1904: bool) -> SheetMetadata:
    data = parts[part]
    overlay, percents = _overlay_and_percents(data, styles)
    commented, has_text_box = comments_and_text_boxes(parts, part)
    return SheetMetadata(overlay, frozenset(percents), hidden_rows(data), commented, has_text_box, from_1904)


def hidden_rows(data: bytes) -> frozenset[int]:
    """The rows, from 0, that a sheet does not show."""
    if b"hidden=" not in data:
        return frozenset()
    return frozenset(int(number) - 1 for number in _HIDDEN_ROW.findall(data))


def _overlay_and_percents(data: bytes, styles: Styles) -> tuple[dict[Position, str], set[Position]]:
    overlay: dict[Position, str] = {}
    percents: set[Position] = set()
    # One match at a time: all cells of a large sheet at once would take many times its size.
    for _, head, body in map(re.Match.groups, _CELL.finditer(data)):
        # Most cells are blank or a shared text; neither has anything to add.
        if not body or (b't="s"' in head and b"<f" not in body and b":f" not in body):
            continue
        attributes = dict(_ATTRIBUTE.findall(head))
        if b"r" not in attributes:
            continue
        position = cell_position(attributes[b"r"].decode("ascii"))
        kind, style = attributes.get(b"t", b"n"), styles.get(attributes.get(b"s", b""))
        if text := _overlay_text(kind, body):
            overlay[position] = text
        elif kind == b"n" and style is NumberStyle.PERCENT:
            percents.add(position)
        elif kind == b"n" and isinstance(style, NumberWithUnit) and (value := _VALUE.search(body)):
            overlay[position] = style.text(float(value[1]))
    return overlay, percents


def _overlay_text(kind: bytes, body: bytes) -> str:
    """An error value as its text, a formula without a result as its text; '' for everything else."""
    value = _VALUE.search(body)
    if kind == b"e":
        return value[1].decode("utf-8", "replace") if value else "#ERROR"
    formula = None if value or kind == b"str" else _FORMULA.search(body)
    return "=" + html.unescape((formula[1] or b"").decode("utf-8", "replace")) if formula else ""
