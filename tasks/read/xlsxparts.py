"""What the fast reader does not tell of an .xlsx: number formats, error values, formulas without a result, hidden rows.

Belongs here: looking into the XML parts, already unpacked and checked by `guard`. Values come from `loading`, the
meaning of a number format from `numberformat`, what floats above the cells from `xlsxnotes`.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from xml.etree import ElementTree

from tasks.read.grid import position
from tasks.read.guard import BrokenError
from tasks.read.numberformat import Shown, is_percent, unit_shown
from tasks.read.xlsxnotes import beside

Position = tuple[int, int]

# Percentages among the number formats that every program has built in (ECMA-376, 18.8.30).
_BUILT_IN_PERCENTS = frozenset({"9", "10"})
_CELL = re.compile(rb"<((?:[\w.-]+:)?)c\b([^>]*?)(?:/>|>(.*?)</\1c\s*>)", re.DOTALL)
# A number in the usual form of a cell, and its value.
_NUMBER = re.compile(rb'<c r="([A-Z]+[0-9]+)" s="([0-9]+)"(?: t="n")? ?>(?:<v>([^<]+)<)?')
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
class Styles:
    """The numbers of the cell styles that show a percentage, and of those that show a unit behind the number."""

    percents: frozenset[bytes] = frozenset()
    units: Mapping[bytes, Shown] = field(default_factory=dict)


def extras_of(parts: Mapping[str, bytes], usual: Mapping[str, bytes]) -> dict[str, Extras]:
    """The extras of every sheet by its name. `usual` are the cells of sheets in the usual form (`guard.check_parts`).

    Raises BrokenError for parts that do not fit together.
    """
    try:
        styles = _styles(parts.get("xl/styles.xml", b""))
        book = _book(parts["xl/workbook.xml"], parts["xl/_rels/workbook.xml.rels"])
        return {
            name: _extras(parts[path], usual.get(path), styles, book.from_1904, *beside(parts, path))
            for name, path in book.sheets
            if path in parts
        }
    except (ElementTree.ParseError, KeyError, ValueError) as error:
        raise BrokenError(str(error)) from error


def _parsed(data: bytes) -> ElementTree.Element:
    # Safe here: `guard` has refused every part with a document type, and so every entity.
    return ElementTree.fromstring(data)  # noqa: S314


@dataclass(frozen=True, slots=True)
class Book:
    """What workbook.xml says: (name, part) of every sheet, and whether serial days count from 1904."""

    sheets: tuple[tuple[str, str], ...]
    from_1904: bool


# As with styles: what one program wrote for one issue is the same to the byte.
@lru_cache(maxsize=32)
def _book(data: bytes, relations: bytes) -> Book:
    root = _parsed(data)
    targets = {link.get("Id"): link.get("Target", "") for link in _parsed(relations)}
    sheets: list[tuple[str, str]] = []
    from_1904 = False
    for element in root.iter():
        if _local(element.tag) == "sheet":
            link = next((value for key, value in element.attrib.items() if _local(key) == "id"), "")
            part = posixpath.normpath(posixpath.join("/xl", targets.get(link, ""))).lstrip("/")
            sheets.append((element.get("name", ""), part))
        elif _local(element.tag) == "workbookPr":
            from_1904 = from_1904 or element.get("date1904") in ("1", "true")
    return Book(tuple(sheets), from_1904)


# All workbooks from one program have the same styles: those of one issue are byte for byte alike.
@lru_cache(maxsize=32)
def _styles(data: bytes) -> Styles:
    if not data:
        return Styles()
    root = _parsed(data)
    codes = {
        element.get("numFmtId", ""): element.get("formatCode", "")
        for element in root.iter()
        if _local(element.tag) == "numFmt"
    }
    cells = next((element for element in root if _local(element.tag) == "cellXfs"), None)
    used = [element.get("numFmtId", "") for element in cells] if cells is not None else []
    percents = {number for number, code in codes.items() if is_percent(code)} | (_BUILT_IN_PERCENTS - codes.keys())
    units = {number: shown for number, code in codes.items() if (shown := unit_shown(code)) is not None}
    numbered = [(str(index).encode(), number) for index, number in enumerate(used)]
    return Styles(
        frozenset(index for index, number in numbered if number in percents),
        {index: units[number] for index, number in numbered if number in units},
    )


def _extras(
    data: bytes, usual: bytes | None, styles: Styles, from_1904: bool, notes: tuple[str, ...], boxes: bool
) -> Extras:
    cells = data if usual is None else usual
    hidden = frozenset(int(number) - 1 for number in _HIDDEN_ROW.findall(cells)) if b"hidden=" in cells else frozenset()
    if usual is None or b"<f" in usual or b't="e"' in usual:
        overlay, percents = _looked_at(cells, styles)
    else:
        # Most sheets have neither formulas nor errors: only their plain numbers may be shown as something else.
        overlay, percents = _numbers(usual, styles)
    return Extras(overlay, frozenset(percents), hidden, notes, boxes, from_1904)


Found = tuple[dict[Position, str], set[Position]]


def _numbers(cells: bytes, styles: Styles) -> Found:
    percents = {position(ref) for style in styles.percents for ref, _ in _styled(cells, style)}
    overlay = {
        position(ref): shown.text(float(value))
        for style, shown in styles.units.items()
        for ref, value in _styled(cells, style)
        if value
    }
    return overlay, percents


def _styled(cells: bytes, style: bytes) -> Iterator[tuple[str, bytes | None]]:
    """(address, value) of the numbers in one style. Few cells have such a style: they are looked for, not looked at."""
    mark = b'" s="%s"' % style
    place = cells.find(mark)
    while place >= 0:
        found = _NUMBER.match(cells, cells.rfind(b"<c ", 0, place))
        if found is not None and found[2] == style:
            yield found[1].decode(), found[3]
        place = cells.find(mark, place + len(mark))


def _looked_at(data: bytes, styles: Styles) -> Found:
    overlay: dict[Position, str] = {}
    percents: set[Position] = set()
    for _, head, body in _CELL.findall(data):
        # Most cells are blank or a text of the common table; neither hides anything.
        if not body or (b't="s"' in head and b"<f" not in body and b":f" not in body):
            continue
        attributes = dict(_ATTRIBUTE.findall(head))
        if b"r" not in attributes:
            continue
        place = position(attributes[b"r"].decode("ascii"))
        kind, style = attributes.get(b"t", b"n"), attributes.get(b"s", b"")
        if text := _hidden_text(kind, body):
            overlay[place] = text
        elif kind == b"n" and style in styles.percents:
            percents.add(place)
        elif kind == b"n" and style in styles.units and (value := _VALUE.search(body)):
            overlay[place] = styles.units[style].text(float(value[1]))
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
