"""Reads an .xlsx in the form that every common program writes, without the reading library.

Belongs here: that one form, matched exactly. Anything written in another way (a formula, an error value, rich text, a
namespace prefix, an unknown number format) is never guessed at: the answer is None, and the library reads the whole
workbook. Nearly every report is in this form, and reading it here takes less than half the time; the tests compare
both readers. Does not belong here: what cells mean (`header`, `table_rows`).
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
from tasks.read.formats.number_format import NumberStyle, NumberWithUnit
from tasks.read.formats.sheet_grid import BLANK, Position, Range, SheetGrid, SheetMetadata, cell_position
from tasks.read.formats.xlsx_comments import comments_and_text_boxes
from tasks.read.formats.xlsx_metadata import SheetPart, Styles, cell_number_styles, hidden_rows, read_workbook_part

# A sheet is cut at its values. Between two values may stand: the end of a cell, blank cells, the end of a row, blank
# rows, and the start of the next cell with a value. Every quotation mark and every tag is matched with its other half,
# so that none of these can be hidden inside something else.
_ADDRESS, _ATTRIBUTES = rb"[A-Z]{1,3}[1-9][0-9]{0,6}", rb'(?: [A-Za-z0-9:]+="[^<>"]*")* ?'
_BLANKS = rb'(?:<c r="%b"%b/>)*' % (_ADDRESS, _ATTRIBUTES)
_ROW = rb'<row r="[1-9][0-9]{0,6}"' + _ATTRIBUTES
_BLANK_ROWS = rb"(?:%b(?:/>|>%b</row>))*" % (_ROW, _BLANKS)
_CELL_START = rb'<c r="(%b)"(?: s="([0-9]+)")?(?: t="([sn])")?><' % _ADDRESS
_BETWEEN_VALUES = re.compile(rb"</c>%b(?:</row>%b%b>%b)?%b" % (_BLANKS, _BLANK_ROWS, _ROW, _BLANKS, _CELL_START))
_AFTER_VALUES = re.compile(rb"</c>%b</row>%b" % (_BLANKS, _BLANK_ROWS))
# Put before the first value, so that it matches like the others.
_ROW_BEFORE = b"</c></row>"
# <v> and </v> both end like this: cut there, a sheet is markup and values by turns.
_CUT, _VALUE_END = b"v>", b"</"
_NUMERALS = b"0123456789.Ee+-" + _VALUE_END
_TEXT_INDEX = re.compile(rb"([0-9]{1,7})</")
# Longer markup is hundreds of blank cells: not worth remembering.
_LONGEST_REMEMBERED = 2048
_MERGES = b"mergeCells"
_DATA_START, _DATA_END, _CELL_TAGS = b"<sheetData>", b"</sheetData>", (b"sheetData", b"<row", b"<c ")
_TEXT_START, _TEXT_END = "<si><t>", "</t></si>"
_TEXTS_HEAD = re.compile(r'\ufeff?<\?xml [^<>]*\?>\s*<sst(?: [A-Za-z0-9:]+="[^<>"]*")*>')
# White space at either end of a text is dropped unless the text is marked to preserve it.
_DROPPED_SPACE = re.compile(r"<t>(?:[ \t\n]|[^<]*[ \t\n]</t>)")
# Chinese and Japanese programs write how a text is pronounced after it.
_PHONETIC = re.compile(r"(?<=</t>)<phoneticPr [^<>]*/>(?=</si>)")
# Blank characters that str.strip does not remove.
_BLANK_NOT_SPACE = [sign for sign in BLANK if not sign.isspace()]
_UNKNOWN_ENTITY = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")
_ENTITIES = {"&quot;": '"', "&apos;": "'"}
_UTF_8 = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml [^>]*encoding=["']UTF-8["']""", re.IGNORECASE)
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3}[1-9][0-9]{0,6}):([A-Z]{1,3}[1-9][0-9]{0,6})"/>')
_DAY_0 = dt.date(1899, 12, 30)
# Reports are a tenth of this at most; for larger workbooks this reader takes more memory than the library.
_LARGEST_BYTES = 4 << 20
# 1 March 1900 (programs disagree about earlier days), and the end of the year 9999.
_FIRST_DAY, _LAST_DAY = 61, 2958465


class _UnusualError(Exception):
    """Something is not in the expected form."""


def read_fast(
    parts: Mapping[str, bytes], limits: LimitSettings, skipped: Collection[str]
) -> tuple[SheetGrid, ...] | None:
    """Every sheet except those named in `skipped`; None if any part is not in the expected form.

    The parts have passed `check_declarations`. A sheet that reaches beyond the limits gives None too. Raises
    BrokenError for a workbook without its main parts.
    """
    book = read_workbook_part(parts)
    wanted = [sheet for sheet in book.sheets if sheet.name not in skipped]
    if book.from_1904 or any(sheet.part not in parts or sheet.kind != "worksheet" for sheet in wanted):
        return None
    strings = parts.get("xl/sharedStrings.xml", b"")
    if sum(len(parts[sheet.part]) for sheet in wanted) + len(strings) > _LARGEST_BYTES:
        return None
    try:
        texts, styles = _shared_texts(strings), cell_number_styles(parts)
        return tuple(_grid(sheet, parts, texts, styles, limits) for sheet in wanted)
    except (_UnusualError, KeyError, ValueError, IndexError, ElementTree.ParseError):
        return None


def _shared_texts(data: bytes) -> Sequence[str | None]:
    """The shared texts in their order, None for a blank one."""
    if not data:
        return []
    if not _UTF_8.match(data):
        raise _UnusualError
    original = data.decode()
    xml = original.replace('<t xml:space="preserve">', "<t>")
    texts = _texts_between_tags(xml) or _texts_between_tags(_PHONETIC.sub("", xml))
    # _x0041_ is an escaped character.
    if texts is None or ("_" in xml and "_x" in xml):
        raise _UnusualError
    is_stripped = list(map(str.strip, texts)) == texts
    if not is_stripped and _DROPPED_SPACE.search(original):
        raise _UnusualError
    if "&" in xml:
        if _UNKNOWN_ENTITY.search(xml):
            raise _UnusualError
        texts = [unescape(text, _ENTITIES) if "&" in text else text for text in texts]
    if is_stripped and all(texts) and not any(sign in xml for sign in _BLANK_NOT_SPACE):
        return texts
    return [None if text[:1] in BLANK and not text.strip(BLANK) else text for text in texts]


def _texts_between_tags(xml: str) -> list[str] | None:
    """The texts of a table without any other tags and without Windows line ends; else None."""
    before, _, rest = xml.partition(_TEXT_START)
    body, _, after = rest.rpartition(_TEXT_END)
    texts = body.split(_TEXT_END + _TEXT_START)
    is_whole = _TEXTS_HEAD.fullmatch(before) and after.strip() == "</sst>" and "\r" not in body
    return texts if is_whole and body.count("<") == 4 * (len(texts) - 1) else None


def _grid(
    sheet: SheetPart,
    parts: Mapping[str, bytes],
    texts: Sequence[str | None],
    styles: Styles,
    limits: LimitSettings,
) -> SheetGrid:
    data = parts[sheet.part]
    start, end = data.find(_DATA_START), data.rfind(_DATA_END)
    if not 0 <= start < end or not _UTF_8.match(data):
        raise _UnusualError
    before, cells, after = data[:start], data[start + len(_DATA_START) : end], data[end + len(_DATA_END) :]
    _check_before(before)
    rows, overlay, percents = _rows(cells.split(_CUT), texts, styles, limits)
    metadata = SheetMetadata(overlay, percents, hidden_rows(cells), *comments_and_text_boxes(parts, sheet.part))
    return SheetGrid(sheet.name, rows, sheet.visible, _merged_ranges(after), metadata)


def _rows(
    pieces: Sequence[bytes], texts: Sequence[str | None], styles: Styles, limits: LimitSettings
) -> tuple[list[list[object]], dict[Position, str], frozenset[Position]]:
    """The values in rows of equal width, and the `overlay` and `percents` of the grid's metadata.

    `pieces` are markup and values by turns, beginning and ending with markup.
    """
    overlay: dict[Position, str] = {}
    percents: set[Position] = set()
    first, values = _ROW_BEFORE + pieces[0], pieces[1::2]
    cells = [_next_cell(first), *map(_next_cell, pieces[2:-1:2])] if values else []
    if (
        len(cells) != len(values)
        or b"".join(values).translate(None, _NUMERALS)
        or not _AFTER_VALUES.fullmatch(pieces[-1] if values else first)
    ):
        raise _UnusualError
    width = 1 + max(map(itemgetter(1), cells), default=-1)
    if width > limits.columns:
        raise _UnusualError
    blank = list[object]([None]) * width
    rows: list[list[object]] = []
    current_row, current = blank, -1
    for (row, column, style_index), value in zip(cells, values, strict=True):
        if row != current:
            if row < current or row >= limits.rows:
                raise _UnusualError
            rows += [blank] * (row - current - 1)
            current_row, current = blank.copy(), row
            rows.append(current_row)
        if style_index is None:
            current_row[column] = texts[_text_index(value)]
        elif (style := styles[style_index]) is NumberStyle.NUMBER:
            current_row[column] = float(value.removesuffix(_VALUE_END))
        else:
            number = float(value.removesuffix(_VALUE_END))
            current_row[column] = _styled(number, style, (row, column), overlay, percents)
    # A cell that appears twice.
    if any(rows[row][column] is not text for (row, column), text in overlay.items()):
        raise _UnusualError
    return rows, overlay, frozenset(percents)


# Cached: reports have the same few hundred cells, with the same few kinds of blank cells between them. Saves a fifth.
@lru_cache(maxsize=1 << 14)
def _next_cell(markup: bytes) -> tuple[int, int, bytes | None]:
    """(row, column, style index) of the cell whose value follows; the index is None for a shared text."""
    match = _BETWEEN_VALUES.fullmatch(markup) if len(markup) <= _LONGEST_REMEMBERED else None
    if match is None:
        raise _UnusualError
    return *cell_position(match[1].decode()), None if match[3] == b"s" else match[2] or b""


def _text_index(value: bytes) -> int:
    match = _TEXT_INDEX.fullmatch(value)
    if match is None:
        raise _UnusualError
    return int(match[1])


def _styled(
    value: float,
    style: NumberStyle | NumberWithUnit,
    position: Position,
    overlay: dict[Position, str],
    percents: set[Position],
) -> object:
    """The value of a cell with this number, as its format shows it."""
    if style is NumberStyle.PERCENT:
        percents.add(position)
        return value
    if isinstance(style, NumberWithUnit):
        text = overlay[position] = style.text(value)
        return text
    if style is not NumberStyle.DAY or not value.is_integer() or not _FIRST_DAY <= value <= _LAST_DAY:
        raise _UnusualError
    return _DAY_0 + dt.timedelta(days=int(value))


def _check_before(before: bytes) -> None:
    # Cells stand in one place only, and no comment, CDATA section or instruction can make another place look like it.
    if b"!" in before or before.count(b"<?") != 1 or any(name in before for name in (*_CELL_TAGS, _MERGES)):
        raise _UnusualError


def _merged_ranges(after: bytes) -> tuple[Range, ...]:
    """The merged ranges, from the markup after a sheet's cells."""
    if any(name in after for name in (*_CELL_TAGS, b"<!", b"<?")):
        raise _UnusualError
    start = after.find(_MERGES)
    if start < 0:
        return ()
    end = after.find(b"</mergeCells>", start)
    ranges = _MERGED.findall(after, start, end)
    # Besides the ranges, the word appears in the opening and in the closing tag only.
    if end < 0 or len(ranges) != after.count(b"mergeCell") - 2:
        raise _UnusualError
    return tuple((cell_position(first.decode()), cell_position(last.decode())) for first, last in ranges)
