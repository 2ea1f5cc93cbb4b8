"""Workbooks in the form that every common program writes, read without the reading library.

Belongs here: that form, to the letter, and the values of such sheets. Whatever is written in any other way (a formula,
an error, rich text, a prefix, an unknown number format) is nobody's guess here: the answer is None, and the library
reads the whole workbook. Nearly every report that comes in is in this form, and reading it so costs a third; the tests
hold both ways against each other. What cells mean is `header` and `rows`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from xml.etree import ElementTree
from xml.sax.saxutils import unescape

from config.settings import Limits
from tasks.read.grid import BLANK, Grid, Position, Range, position
from tasks.read.numberformat import Shown, Way
from tasks.read.xlsxnotes import beside
from tasks.read.xlsxparts import book_of, hidden_rows, ways_of

_CELL = re.compile(rb'<c r="([A-Z]+[1-9][0-9]*)"(?: s="([0-9]+)")?(?: t="([sn])")?><v>([0-9.Ee+-]+)</v></c>')
_OPENS, _CLOSES, _NAME = b"<sheetData>", b"</sheetData>", b"sheetData"
_TEXT_OPENS, _TEXT_CLOSES = "<si><t>", "</t></si>"
# How a text is read aloud, which Chinese and Japanese programs write behind it.
_PHONETIC = re.compile(r"(?<=</t>)<phoneticPr [^<>]*/>(?=</si>)")
_UNKNOWN_ENTITY = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")
_ENTITIES = {"&quot;": '"', "&apos;": "'"}
_UTF_8 = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml [^>]*encoding=["']UTF-8["']""", re.IGNORECASE)
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3}[0-9]{1,7}):([A-Z]{1,3}[0-9]{1,7})"/>')
_DAY_0 = dt.date(1899, 12, 30)
# Reports are a tenth of this at most; larger sheets and tables of texts would take more memory than in the library.
_LARGEST_BYTES = 4 << 20
# 1 March 1900, before which programs count differently, and the end of 9999.
_FIRST_DAY, _LAST_DAY = 61, 2958465

Ways = Mapping[bytes, Way | Shown]


class _OtherwiseError(Exception):
    """Something is written in another way than the usual one."""


def read_plain(parts: Mapping[str, bytes], limits: Limits, unread: Collection[str]) -> tuple[Grid, ...] | None:
    """Every sheet but those named in `unread`, of parts that `guard` has let through; None if any is out of the form.

    A sheet that reaches beyond the limits is out of the form too. Raises BrokenError for a workbook without its main
    parts.
    """
    book = book_of(parts)
    wanted = [sheet for sheet in book.sheets if sheet.name not in unread]
    if book.from_1904 or any(sheet.part not in parts or sheet.kind != "worksheet" for sheet in wanted):
        return None
    strings = parts.get("xl/sharedStrings.xml", b"")
    if sum(len(parts[sheet.part]) for sheet in wanted) + len(strings) > _LARGEST_BYTES:
        return None
    try:
        texts, ways = _texts(strings), ways_of(parts)
        return tuple(
            _grid(sheet.name, sheet.visible, parts[sheet.part], texts, ways, limits, *beside(parts, sheet.part))
            for sheet in wanted
        )
    except (_OtherwiseError, KeyError, ValueError, IndexError, ElementTree.ParseError):
        return None


def _texts(data: bytes) -> list[str | None]:
    """The common texts in their order, None for one that is blank."""
    if not data:
        return []
    if not _UTF_8.match(data):
        raise _OtherwiseError
    written = data.decode().replace('<t xml:space="preserve">', "<t>")
    if "<phoneticPr " in written:
        written = _PHONETIC.sub("", written)
    before, _, rest = written.partition(_TEXT_OPENS)
    body, _, after = rest.rpartition(_TEXT_CLOSES)
    found = body.split(_TEXT_CLOSES + _TEXT_OPENS)
    # No tag but those between the texts, no line end or sign that is written as a code.
    if "<si" in before or after.strip() != "</sst>" or body.count("<") != 4 * (len(found) - 1) or "\r" in body:
        raise _OtherwiseError
    if ("_" in body and "_x" in body) or ("&" in body and _UNKNOWN_ENTITY.search(body)):
        raise _OtherwiseError
    if "&" in body:
        found = [unescape(text, _ENTITIES) if "&" in text else text for text in found]
    return [None if text[:1] in BLANK and not text.strip(BLANK) else text for text in found]


def _grid(
    name: str,
    visible: bool,
    data: bytes,
    texts: Sequence[str | None],
    ways: Ways,
    limits: Limits,
    notes: tuple[str, ...],
    boxes: bool,
) -> Grid:
    start = data.find(_OPENS)
    end = data.find(_CLOSES, start)
    # One place only where cells may stand, and no comment or CDATA that could make it look like another.
    if start < 0 or end < 0 or b"!" in data or data.count(_NAME) != 2 or not _UTF_8.match(data):
        raise _OtherwiseError
    cells = data[start:end]
    found = _CELL.findall(cells)
    # As many values, and as many cells that hold anything, as were found: no other form among them.
    if cells.count(b"v>") != 2 * len(found) or cells.count(b"</c>") != len(found):
        raise _OtherwiseError
    rows, overlay, percents = _laid_out(found, texts, ways, limits)
    return Grid(name, rows, visible, _merged(data[end:]), overlay, percents, hidden_rows(cells), notes, boxes)


def _laid_out(
    found: Sequence[tuple[bytes, bytes, bytes, bytes]], texts: Sequence[str | None], ways: Ways, limits: Limits
) -> tuple[list[list[object]], dict[Position, str], frozenset[Position]]:
    """The values in rows of one width, and what formats make of numbers: `overlay` and `percents` of the grid.

    `found` are (address, style, type, value) of every cell with a value.
    """
    overlay: dict[Position, str] = {}
    percents: set[Position] = set()
    places = [_place(address) for address, _, _, _ in found]
    width = 1 + max(map(itemgetter(1), places), default=-1)
    if width > limits.columns or (places and places[-1][0] >= limits.rows):
        raise _OtherwiseError
    blank: list[object] = [None] * width
    rows: list[list[object]] = []
    line, current = blank, -1
    for place, (_, style, kind, written) in zip(places, found, strict=True):
        row, column = place
        if row != current:
            if row < current:
                raise _OtherwiseError
            rows += [blank] * (row - current - 1)
            line, current = blank.copy(), row
            rows.append(line)
        if kind == b"s":
            line[column] = texts[int(written)]
        else:
            line[column] = _number(float(written), ways[style], place, overlay, percents)
    return rows, overlay, frozenset(percents)


# Reports have the same few hundred cells.
@lru_cache(maxsize=1 << 15)
def _place(address: bytes) -> Position:
    return position(address.decode())


def _number(
    value: float, way: Way | Shown, place: Position, overlay: dict[Position, str], percents: set[Position]
) -> object:
    """What a cell with this number says, by what its format shows it as."""
    if way is Way.NUMBER:
        return value
    if way is Way.PERCENT:
        percents.add(place)
        return value
    if isinstance(way, Shown):
        shown = overlay[place] = way.text(value)
        return shown
    if way is not Way.DAY or not value.is_integer() or not _FIRST_DAY <= value <= _LAST_DAY:
        raise _OtherwiseError
    return _DAY_0 + dt.timedelta(days=int(value))


def _merged(behind: bytes) -> tuple[Range, ...]:
    """The merged ranges, of what stands behind a sheet's cells."""
    start = behind.find(b"mergeCells")
    return _ranges(behind[start : behind.find(b"mergeCells>", start)]) if start >= 0 else ()


# Workbooks of one issue have the same ones.
@lru_cache(maxsize=32)
def _ranges(merges: bytes) -> tuple[Range, ...]:
    found = _MERGED.findall(merges)
    # The first word opens them all.
    if len(found) != merges.count(b"mergeCell") - 1:
        raise _OtherwiseError
    return tuple((_place(first), _place(last)) for first, last in found)
