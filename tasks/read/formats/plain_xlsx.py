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

from config.settings import LimitSettings
from tasks.caching import cached
from tasks.read.formats.grid import BLANK, Position, Range, SheetGrid, cell_position
from tasks.read.formats.number_format import NumberStyle, ShownNumber
from tasks.read.formats.xlsx_extras import SheetParts, hidden_rows, number_styles_of, workbook_parts_of
from tasks.read.formats.xlsx_notes import beside

# What may stand between one value and the next: the end of a cell, blank cells, rows, and the cell that holds it.
# Every quotation mark and every tag has its other half: nothing can be inside of something else.
_ADDRESS, _ATTRIBUTES = rb"[A-Z]{1,3}[1-9][0-9]{0,6}", rb'(?: [A-Za-z0-9:]+="[^<>"]*")* ?'
_BLANKS = rb'(?:<c r="%b"%b/>)*' % (_ADDRESS, _ATTRIBUTES)
_ROW = rb'<row r="[1-9][0-9]{0,6}"' + _ATTRIBUTES
_BLANK_ROWS = rb"(?:%b(?:/>|>%b</row>))*" % (_ROW, _BLANKS)
_VALUE = rb'<c r="(%b)"(?: s="([0-9]+)")?(?: t="([sn])")?><' % _ADDRESS
_UP_TO_VALUE = re.compile(rb"</c>%b(?:</row>%b%b>%b)?%b" % (_BLANKS, _BLANK_ROWS, _ROW, _BLANKS, _VALUE))
_BEHIND_VALUES = re.compile(rb"</c>%b</row>%b" % (_BLANKS, _BLANK_ROWS))
# As if a row had gone before.
_BEFORE_ALL = b"</c></row>"
# <v> and </v> both end so: cut there, a sheet is what stands between values and the values, by turns.
_CUT, _TAIL = b"v>", b"</"
_NUMERALS = b"0123456789.Ee+-" + _TAIL
_TEXT_NUMBER = re.compile(rb"([0-9]{1,7})</")
# Larger pieces are rows of blank cells by the hundred: not worth remembering.
_LONGEST_BETWEEN = 2048
_REMEMBERED = 10_000
_MERGES = b"mergeCells"
_OPENS, _CLOSES, _OF_CELLS = b"<sheetData>", b"</sheetData>", (b"sheetData", b"<row", b"<c ")
_TEXT_OPENS, _TEXT_CLOSES = "<si><t>", "</t></si>"
_TEXT_HEAD = re.compile(r'\ufeff?<\?xml [^<>]*\?>\s*<sst(?: [A-Za-z0-9:]+="[^<>"]*")*>')
# White space at the ends of a text that does not say that it be kept: not part of the text.
_DROPPED = re.compile(r"<t>(?:[ \t\n]|[^<]*[ \t\n]</t>)")
# How a text is read aloud, which Chinese and Japanese programs write behind it.
_PHONETIC = re.compile(r"(?<=</t>)<phoneticPr [^<>]*/>(?=</si>)")
# Blanks that are no white space.
_UNSEEN = [sign for sign in BLANK if not sign.isspace()]
_UNKNOWN_ENTITY = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")
_ENTITIES = {"&quot;": '"', "&apos;": "'"}
_UTF_8 = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml [^>]*encoding=["']UTF-8["']""", re.IGNORECASE)
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3}[1-9][0-9]{0,6}):([A-Z]{1,3}[1-9][0-9]{0,6})"/>')
_DAY_0 = dt.date(1899, 12, 30)
# Reports are a tenth of this at most; larger sheets and tables of texts would take more memory than in the library.
_LARGEST_BYTES = 4 << 20
# 1 March 1900, before which programs count differently, and the end of 9999.
_FIRST_DAY, _LAST_DAY = 61, 2958465

Ways = Mapping[bytes, NumberStyle | ShownNumber]


class _OtherwiseError(Exception):
    """Something is written in another way than the usual one."""


def read_plain(
    parts: Mapping[str, bytes], limits: LimitSettings, unread: Collection[str]
) -> tuple[SheetGrid, ...] | None:
    """Every sheet but those named in `unread`, of parts that `guard` has let through; None if any is out of the form.

    A sheet that reaches beyond the limits is out of the form too. Raises BrokenError for a workbook without its main
    parts.
    """
    book = workbook_parts_of(parts)
    wanted = [sheet for sheet in book.sheets if sheet.name not in unread]
    if book.from_1904 or any(sheet.part not in parts or sheet.kind != "worksheet" for sheet in wanted):
        return None
    strings = parts.get("xl/sharedStrings.xml", b"")
    if sum(len(parts[sheet.part]) for sheet in wanted) + len(strings) > _LARGEST_BYTES:
        return None
    try:
        texts, ways = _texts(strings), number_styles_of(parts)
        return tuple(_grid(sheet, parts, texts, ways, limits) for sheet in wanted)
    except (_OtherwiseError, KeyError, ValueError, IndexError, ElementTree.ParseError):
        return None


def _texts(data: bytes) -> Sequence[str | None]:
    """The common texts in their order, None for one that is blank."""
    if not data:
        return []
    if not _UTF_8.match(data):
        raise _OtherwiseError
    told = data.decode()
    written = told.replace('<t xml:space="preserve">', "<t>")
    found = _between_tags(written) or _between_tags(_PHONETIC.sub("", written))
    if found is None or ("_" in written and "_x" in written):
        raise _OtherwiseError
    no_blank_ends = list(map(str.strip, found)) == found
    if not no_blank_ends and _DROPPED.search(told):
        raise _OtherwiseError
    if "&" in written:
        if _UNKNOWN_ENTITY.search(written):
            raise _OtherwiseError
        found = [unescape(text, _ENTITIES) if "&" in text else text for text in found]
    if no_blank_ends and all(found) and not any(sign in written for sign in _UNSEEN):
        return found
    return [None if text[:1] in BLANK and not text.strip(BLANK) else text for text in found]


def _between_tags(written: str) -> list[str] | None:
    """The texts of a table with no tags but those between them, and no line ends as Windows has them; else None."""
    before, _, rest = written.partition(_TEXT_OPENS)
    body, _, after = rest.rpartition(_TEXT_CLOSES)
    found = body.split(_TEXT_CLOSES + _TEXT_OPENS)
    is_whole = _TEXT_HEAD.fullmatch(before) and after.strip() == "</sst>" and "\r" not in body
    return found if is_whole and body.count("<") == 4 * (len(found) - 1) else None


def _grid(
    sheet: SheetParts,
    parts: Mapping[str, bytes],
    texts: Sequence[str | None],
    ways: Ways,
    limits: LimitSettings,
) -> SheetGrid:
    data = parts[sheet.part]
    start, end = data.find(_OPENS), data.rfind(_CLOSES)
    if not 0 <= start < end or not _UTF_8.match(data):
        raise _OtherwiseError
    before, cells, behind = data[:start], data[start + len(_OPENS) : end], data[end + len(_CLOSES) :]
    _check_before(before)
    rows, overlay, percents = _laid_out(cells.split(_CUT), texts, ways, limits)
    notes = beside(parts, sheet.part)
    return SheetGrid(sheet.name, rows, sheet.visible, _merges(behind), overlay, percents, hidden_rows(cells), *notes)


def _laid_out(
    cut: Sequence[bytes], texts: Sequence[str | None], ways: Ways, limits: LimitSettings
) -> tuple[list[list[object]], dict[Position, str], frozenset[Position]]:
    """The values in rows of one width, and what formats make of numbers: `overlay` and `percents` of the grid.

    `cut` is what stands between values and the values, by turns; it begins and ends with the former.
    """
    overlay: dict[Position, str] = {}
    percents: set[Position] = set()
    first, values = _BEFORE_ALL + cut[0], cut[1::2]
    places = [_behind(first), *map(_behind, cut[2:-1:2])] if values else []
    if (
        len(places) != len(values)
        or b"".join(values).translate(None, _NUMERALS)
        or not _BEHIND_VALUES.fullmatch(cut[-1] if values else first)
    ):
        raise _OtherwiseError
    width = 1 + max(map(itemgetter(1), places), default=-1)
    if width > limits.columns:
        raise _OtherwiseError
    most, blank = limits.rows, list[object]([None]) * width
    rows: list[list[object]] = []
    line, current = blank, -1
    for (row, column, style), value in zip(places, values, strict=True):
        if row != current:
            if row < current or row >= most:
                raise _OtherwiseError
            rows += [blank] * (row - current - 1)
            line, current = blank.copy(), row
            rows.append(line)
        if style is None:
            line[column] = texts[_TEXT_NUMBERS[value]]
        elif (way := ways[style]) is NumberStyle.NUMBER:
            line[column] = float(value.removesuffix(_TAIL))
        else:
            line[column] = _number(float(value.removesuffix(_TAIL)), way, (row, column), overlay, percents)
    # A cell that is there twice.
    if any(rows[row][column] is not text for (row, column), text in overlay.items()):
        raise _OtherwiseError
    return rows, overlay, frozenset(percents)


# Reports have the same few hundred cells, and the same few kinds of blank ones between them.
@lru_cache(maxsize=1 << 14)
def _behind(between: bytes) -> tuple[int, int, bytes | None]:
    """(row, column, style) of the cell whose value follows; the style is None for one of the common texts."""
    found = _UP_TO_VALUE.fullmatch(between) if len(between) <= _LONGEST_BETWEEN else None
    if found is None:
        raise _OtherwiseError
    return *_place(found[1]), None if found[3] == b"s" else found[2] or b""


class _TextNumbers(dict[bytes, int]):
    """Values of cells that stand for one of the common texts -> its number: faster than to read digits each time."""

    def __missing__(self, value: bytes) -> int:
        found = _TEXT_NUMBER.fullmatch(value)
        if found is None:
            raise _OtherwiseError
        number = int(found[1])
        if number < _REMEMBERED:
            self[value] = number
        return number


_TEXT_NUMBERS = _TextNumbers()


# Reports have the same few hundred cells.
@lru_cache(maxsize=1 << 15)
def _place(address: bytes) -> Position:
    return cell_position(address.decode())


def _number(
    value: float, way: NumberStyle | ShownNumber, place: Position, overlay: dict[Position, str], percents: set[Position]
) -> object:
    """What a cell with this number says, by what its format shows it as."""
    if way is NumberStyle.PERCENT:
        percents.add(place)
        return value
    if isinstance(way, ShownNumber):
        shown = overlay[place] = way.text(value)
        return shown
    if way is not NumberStyle.DAY or not value.is_integer() or not _FIRST_DAY <= value <= _LAST_DAY:
        raise _OtherwiseError
    return _DAY_0 + dt.timedelta(days=int(value))


@cached(32, 64 << 10)
def _check_before(before: bytes) -> None:
    # One place only where cells may stand, and no comment, CDATA or instruction that could make it look like another.
    if b"!" in before or before.count(b"<?") != 1 or any(name in before for name in (*_OF_CELLS, _MERGES)):
        raise _OtherwiseError


# Workbooks of one issue have the same ones.
@cached(32, 64 << 10)
def _merges(behind: bytes) -> tuple[Range, ...]:
    """The merged ranges, of what stands behind a sheet's cells."""
    if any(name in behind for name in (*_OF_CELLS, b"<!", b"<?")):
        raise _OtherwiseError
    start = behind.find(_MERGES)
    if start < 0:
        return ()
    end = behind.find(b"</mergeCells>", start)
    found = _MERGED.findall(behind, start, end)
    # The first word opens them all, and the last one closes them.
    if end < 0 or len(found) != behind.count(b"mergeCell") - 2:
        raise _OtherwiseError
    return tuple((_place(first), _place(last)) for first, last in found)
