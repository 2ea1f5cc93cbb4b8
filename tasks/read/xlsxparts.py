"""What the fast reader does not tell of an .xlsx: percentage formats, error values, formulas without a result.

Belongs here: looking into the XML parts, already unpacked and checked by `guard`. Values come from `loading`.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

from tasks.read.grid import position
from tasks.read.guard import BrokenError

Position = tuple[int, int]

# Percentages among the number formats that every program has built in (ECMA-376, 18.8.30).
_BUILT_IN_PERCENTS = frozenset({"9", "10"})
_CELL = re.compile(rb"<((?:[\w.-]+:)?)c\b([^>]*?)(?:/>|>(.*?)</\1c\s*>)", re.DOTALL)
_ATTRIBUTE = re.compile(rb"""\b(r|s|t)\s*=\s*["']([^"']*)["']""")
_VALUE = re.compile(rb"<(?:[\w.-]+:)?v\b[^>]*>([^<]+)<")
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f\b[^>]*?(?:/>|>([^<]*)<)")
_LITERAL = re.compile(r'"[^"]*"|\\.')


@dataclass(frozen=True, slots=True)
class Extras:
    """What one sheet has beyond its values: texts by position, and the positions formatted as percentages."""

    overlay: Mapping[Position, str] = field(default_factory=dict)
    percents: frozenset[Position] = frozenset()


def extras_of(parts: Mapping[str, bytes]) -> dict[str, Extras]:
    """The extras of every sheet by its name. Raises BrokenError for parts that do not fit together."""
    try:
        styles = _percent_styles(parts.get("xl/styles.xml", b""))
        return {name: _extras(parts[path], styles) for name, path in _sheets(parts) if path in parts}
    except (ElementTree.ParseError, KeyError, ValueError) as error:
        raise BrokenError(str(error)) from error


def _parsed(data: bytes) -> ElementTree.Element:
    # Safe here: `guard` has refused every part with a document type, and so every entity.
    return ElementTree.fromstring(data)  # noqa: S314


def _sheets(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """(name, part) of every sheet."""
    targets = {link.get("Id"): link.get("Target", "") for link in _parsed(parts["xl/_rels/workbook.xml.rels"])}
    for element in _parsed(parts["xl/workbook.xml"]).iter():
        if _local(element.tag) == "sheet":
            link = next((value for key, value in element.attrib.items() if _local(key) == "id"), "")
            target = targets.get(link, "")
            yield element.get("name", ""), posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _percent_styles(data: bytes) -> frozenset[bytes]:
    """The numbers of the cell styles that show a percentage."""
    if not data:
        return frozenset()
    root = _parsed(data)
    custom = {
        element.get("numFmtId", ""): "%" in _LITERAL.sub("", element.get("formatCode", ""))
        for element in root.iter()
        if _local(element.tag) == "numFmt"
    }
    cells = next((element for element in root if _local(element.tag) == "cellXfs"), None)
    styles = [element.get("numFmtId", "") for element in cells] if cells is not None else []
    return frozenset(
        str(index).encode() for index, number in enumerate(styles) if custom.get(number, number in _BUILT_IN_PERCENTS)
    )


def _extras(data: bytes, percent_styles: frozenset[bytes]) -> Extras:
    # Most sheets have none of the three; then one search in bytes is all it costs.
    if not percent_styles and b"<f" not in data and b":f" not in data and b'"e"' not in data:
        return Extras()
    overlay: dict[Position, str] = {}
    percents: set[Position] = set()
    for _, head, body in _CELL.findall(data):
        attributes = dict(_ATTRIBUTE.findall(head))
        if not body or b"r" not in attributes:
            continue
        place = position(attributes[b"r"].decode("ascii"))
        if text := _hidden_text(attributes.get(b"t", b""), body):
            overlay[place] = text
        elif attributes.get(b"s") in percent_styles and attributes.get(b"t", b"n") == b"n":
            percents.add(place)
    return Extras(overlay, frozenset(percents))


def _hidden_text(kind: bytes, body: bytes) -> str:
    """An error value as its text, a formula without a result as its text; '' for everything else."""
    value = _VALUE.search(body)
    if kind == b"e":
        return value[1].decode("utf-8", "replace") if value else "#ERROR"
    formula = None if value or kind == b"str" else _FORMULA.search(body)
    return "=" + html.unescape((formula[1] or b"").decode("utf-8", "replace")) if formula else ""


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
