"""The layout of the workbooks (`workbook.toml`): one source for issuing, reading, checking and testing them.

Belongs here: sheets, columns, headings, choices and their fixed synonyms, as values. Does not belong here: writing
or reading a workbook, and any judgement on what a unit filled in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field

from config.kinds import Kind
from config.name_matching import normalise, normalise_title

ValueKind = Literal["text", "number", "date", "choice"]
Text = Annotated[str, Field(min_length=1)]
_Key = TypeVar("_Key")
_Found = TypeVar("_Found")

_PATH = Path(__file__).with_name("workbook.toml")
_MOST_ASKED, _MOST_ROWS = 4096, 256
# Of a text without blanks around it: those are taken off first, for a pattern would try each of very many.
_LABEL = re.compile(r"(.{2,12}?)\s*[:：]", re.DOTALL)
# Titles, and labels with their values, are shorter, as is a row of them; what is longer comes once, and any number of
# such texts would be kept.
_LONGEST_KNOWN, _LONGEST_ROW = 200, 4000


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(_Frozen):
    """Another field of the same row: holds when it is filled, or has one of `values` where these are given."""

    field: Text
    values: tuple[str, ...] = ()


class Choice(_Frozen):
    """One choice of a drop-down: its canonical word and the fixed list of other ways to write it."""

    value: str
    synonyms: tuple[str, ...] = ()


class Column(_Frozen):
    """One column: its field name in the rows, its Chinese title, and how it is filled.

    `width` is in characters of a spreadsheet column; `values` are the canonical words of a choice column;
    `words` are what a date column takes besides dates; `message` is shown when the cell is entered.
    """

    field: Text
    title: Text
    synonyms: tuple[Text, ...] = ()
    width: Annotated[float, Field(gt=0, le=120)] = 12
    editable: bool = False
    required: bool = False
    required_when: Condition | None = None
    value: ValueKind = "text"
    choice: str | None = None
    values: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    message: str = ""


class HeadingField(Column):
    """One labelled cell above the table, for the kinds of workbook named in `kinds`."""

    kinds: tuple[Kind, ...]


class SheetLayout(_Frozen):
    """One sheet that holds a table, and the kinds of duty it serves."""

    name: Text
    kinds: tuple[Kind, ...]
    synonyms: tuple[Text, ...] = ()
    columns: tuple[Column, ...]


class WorkbookLayout(_Frozen):
    """The whole layout. `template` is its version; `accepts` are the versions that can still be read."""

    kinds: ClassVar[tuple[str, ...]] = get_args(Kind)

    template: Text
    accepts: tuple[Text, ...]
    guide_sheet: Text
    pending_sheet: Text
    signed_sheet: Text
    signed_keys: tuple[Text, ...]
    header_search_rows: Annotated[int, Field(ge=1, le=100)]
    footer_words: tuple[Text, ...]
    blank_words: tuple[Text, ...]
    choices: Mapping[str, tuple[Choice, ...]]
    heading: tuple[HeadingField, ...]
    sheets: tuple[SheetLayout, ...]

    @property
    def statuses(self) -> tuple[Choice, ...]:
        """The words of 进展状态, in order, each with its fixed synonyms."""
        return self.choices["status"]

    def sheet(self, kind: Kind) -> SheetLayout:
        """The sheet a duty of this kind is reported on."""
        return next(sheet for sheet in self.sheets if kind in sheet.kinds)

    def columns(self, kind: Kind) -> tuple[Column, ...]:
        """The columns of the table of this kind, from left to right."""
        return self.sheet(kind).columns

    def headings(self, kind: Kind) -> tuple[HeadingField, ...]:
        """The labelled cells above the table of this kind, in order."""
        return tuple(heading for heading in self.heading if kind in heading.kinds)

    def field_of(self, title: str, kind: Kind = "progress") -> str | None:
        """The field a column title names, by title or listed synonym after normalising; None if unknown."""
        key = (title, kind)
        if key in self._asked:
            return self._asked[key]
        found = self._titles[kind].get(normalise_title(title).casefold())
        if len(title) <= _LONGEST_KNOWN:
            _keep(self._asked, key, found, _MOST_ASKED)
        return found

    def columns_of(self, titles: tuple[str, ...], kind: Kind = "progress") -> Mapping[str, int]:
        """field -> place from 0 of a row of titles; the leftmost of two with one meaning counts."""
        key = (kind, titles)
        if key in self._rows:
            return self._rows[key]
        found: dict[str, int] = {}
        for place, title in enumerate(titles):
            if title and (field := self.field_of(title, kind)) is not None:
                found.setdefault(field, place)
        if sum(map(len, titles)) <= _LONGEST_ROW:
            _keep(self._rows, key, found, _MOST_ROWS)
        return found

    def labelled(self, text: str, kind: Kind = "progress") -> tuple[str | None, str]:
        """(field, value) of a cell above the table: `填报单位：县商工局`, or a label alone, whose value stands elsewhere."""
        known = self._labelled[kind]
        if text in known:
            return known[text]
        plain = text.strip()
        pair = _LABEL.match(plain)
        label, value = (pair[1], plain[pair.end() :].lstrip()) if pair else (text, "")
        found = (self._headings[kind].get(normalise_title(label).casefold()), value)
        if len(text) <= _LONGEST_KNOWN:
            _keep(known, text, found, _MOST_ASKED)
        return found

    def choice_of(self, name: str, text: str) -> str | None:
        """The canonical word of list `name` (status, nil, measure_role, contact_role) for a text; None if unlisted."""
        return self._words[name].get(normalise(text).casefold())

    def status_of(self, text: str) -> str | None:
        """The canonical 进展状态 for a text, from the fixed list only."""
        return self.choice_of("status", text)

    def is_blank(self, value: object) -> bool:
        """Whether a value says nothing: empty, white space, or one of the words for "none"."""
        if not isinstance(value, str):
            return value is None
        # A sentence: whatever normalising takes from it, more is left than the longest word for "none".
        if len(value) > self._blank_chars and value[: self._blank_chars].isalnum():
            return False
        return normalise(value) in self._blanks

    def is_footer(self, text: str) -> bool:
        """Whether a row that begins with this text is a footer (合计, 填表人 …) and no data."""
        return normalise(text).startswith(self._footers)

    @cached_property
    def _rows(self) -> dict[tuple[Kind, tuple[str, ...]], Mapping[str, int]]:
        return {}

    @cached_property
    def _asked(self) -> dict[tuple[str, Kind], str | None]:
        return {}

    @cached_property
    def _labelled(self) -> dict[str, dict[str, tuple[str | None, str]]]:
        return {kind: {} for kind in get_args(Kind)}

    @cached_property
    def _titles(self) -> dict[str, dict[str, str]]:
        return {kind: _title_table(sheet.columns) for sheet in self.sheets for kind in sheet.kinds}

    @cached_property
    def _headings(self) -> dict[str, dict[str, str]]:
        return {kind: _title_table(self.headings(kind)) for sheet in self.sheets for kind in sheet.kinds}

    @cached_property
    def _words(self) -> dict[str, dict[str, str]]:
        return {
            name: {normalise(word).casefold(): each.value for each in choices for word in (each.value, *each.synonyms)}
            for name, choices in self.choices.items()
        }

    @cached_property
    def _blanks(self) -> frozenset[str]:
        return frozenset({"", *(normalise(word) for word in self.blank_words)})

    @cached_property
    def _blank_chars(self) -> int:
        return 2 * max(map(len, self._blanks))

    @cached_property
    def _footers(self) -> tuple[str, ...]:
        return tuple(normalise(word) for word in self.footer_words)


def _keep(known: dict[_Key, _Found], key: _Key, found: _Found, most: int) -> None:
    """Remember what was found under a key; of too many, none."""
    if len(known) >= most:
        known.clear()
    known[key] = found


def _title_table(columns: tuple[Column, ...] | tuple[HeadingField, ...]) -> dict[str, str]:
    return {
        normalise_title(title).casefold(): column.field
        for column in columns
        for title in (column.title, *column.synonyms)
    }
