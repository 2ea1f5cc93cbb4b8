"""The layout of the workbooks (`workbook.toml`): the only source for issuing, reading, checking and testing them.

Belongs here: sheets, columns, headings, choices and their fixed synonyms, as values. Does not belong here: writing
or reading a workbook, and checking what a unit filled in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, ClassVar, Literal, TypeVar, get_args

from pydantic import Field

from config.frozen_model import FrozenModel, NonEmptyText
from config.kinds import Kind
from config.name_matching import normalise, normalise_title

ValueKind = Literal["text", "number", "date", "choice"]
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

# Matched against stripped text: on long runs of blanks the pattern would try every split.
_LABEL = re.compile(r"(.{2,12}?)\s*[:：]", re.DOTALL)
# The caches are bounded in entries and in characters per key: a hostile file must not fill the memory. Titles, labels and
# header rows, which repeat, are shorter.
_MOST_CELLS, _MOST_ROWS = 4096, 256
_LONGEST_CELL, _LONGEST_ROW = 200, 4000


class Condition(FrozenModel):
    """A condition on another field of the same row: it is filled, or, with `values`, it has one of these."""

    field: NonEmptyText
    values: tuple[str, ...] = ()


class Choice(FrozenModel):
    """One choice of a drop-down list: its canonical word and the other accepted ways to write it."""

    value: str
    synonyms: tuple[str, ...] = ()


class Column(FrozenModel):
    """One column: its field name in the rows, its Chinese title, and how it is filled.

    `width` is in spreadsheet characters; `values` are the canonical words of a choice column; `words` are accepted in a
    date column besides dates; `message` appears when the cell is selected.
    """

    field: NonEmptyText
    title: NonEmptyText
    synonyms: tuple[NonEmptyText, ...] = ()
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


class SheetLayout(FrozenModel):
    """One sheet that holds a table, and the kinds of duty it serves."""

    name: NonEmptyText
    kinds: tuple[Kind, ...]
    synonyms: tuple[NonEmptyText, ...] = ()
    columns: tuple[Column, ...]


class WorkbookLayout(FrozenModel):
    """The whole layout. `template` is its version; `accepts` lists the versions that can still be read."""

    kinds: ClassVar[tuple[str, ...]] = get_args(Kind)

    template: NonEmptyText
    accepts: tuple[NonEmptyText, ...]
    guide_sheet: NonEmptyText
    pending_sheet: NonEmptyText
    signed_sheet: NonEmptyText
    signed_keys: tuple[NonEmptyText, ...]
    header_search_rows: Annotated[int, Field(ge=1, le=100)]
    footer_words: tuple[NonEmptyText, ...]
    blank_words: tuple[NonEmptyText, ...]
    choices: Mapping[str, tuple[Choice, ...]]
    heading: tuple[HeadingField, ...]
    sheets: tuple[SheetLayout, ...]

    @property
    def statuses(self) -> tuple[Choice, ...]:
        """The choices of 进展状态, in order."""
        return self.choices["status"]

    def sheet(self, kind: Kind) -> SheetLayout:
        """The sheet for reports of this kind."""
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
        if key in self._field_cache:
            return self._field_cache[key]
        field = self._titles[kind].get(normalise_title(title).casefold())
        if len(title) <= _LONGEST_CELL:
            _remember(self._field_cache, key, field, _MOST_CELLS)
        return field

    def columns_of(self, titles: tuple[str, ...], kind: Kind = "progress") -> Mapping[str, int]:
        """field -> column index from 0, for a row of titles; of two titles of one field the leftmost counts."""
        key = (kind, titles)
        if key in self._columns_cache:
            return self._columns_cache[key]
        columns: dict[str, int] = {}
        for index, title in enumerate(titles):
            if title and (field := self.field_of(title, kind)) is not None:
                columns.setdefault(field, index)
        if sum(map(len, titles)) <= _LONGEST_ROW:
            _remember(self._columns_cache, key, columns, _MOST_ROWS)
        return columns

    def read_label(self, text: str, kind: Kind = "progress") -> tuple[str | None, str]:
        """(field, value) of a cell above the table: `填报单位：县商工局`, or a label alone, whose value is in another cell."""
        cache = self._label_cache[kind]
        if text in cache:
            return cache[text]
        plain = text.strip()
        pair = _LABEL.match(plain)
        label, value = (pair[1], plain[pair.end() :].lstrip()) if pair else (text, "")
        result = (self._headings[kind].get(normalise_title(label).casefold()), value)
        if len(text) <= _LONGEST_CELL:
            _remember(cache, text, result, _MOST_CELLS)
        return result

    def choice_of(self, name: str, text: str) -> str | None:
        """The canonical word for a text in the list `name` (status, nil, measure_role, contact_role); None if unlisted."""
        return self._words[name].get(normalise(text).casefold())

    def status_of(self, text: str) -> str | None:
        """The canonical 进展状态 for a text, from the fixed list only."""
        return self.choice_of("status", text)

    def is_blank(self, value: object) -> bool:
        """Whether a value is empty, white space, or one of the words for "none"."""
        if not isinstance(value, str):
            return value is None
        # Shortcut for sentences: normalising them leaves more characters than the longest word for "none" has.
        if len(value) > self._blank_chars and value[: self._blank_chars].isalnum():
            return False
        return normalise(value) in self._blanks

    def is_footer(self, text: str) -> bool:
        """Whether a row that begins with this text is a footer (合计, 填表人 …), not data."""
        return normalise(text).startswith(self._footers)

    @cached_property
    def _columns_cache(self) -> dict[tuple[Kind, tuple[str, ...]], Mapping[str, int]]:
        return {}

    @cached_property
    def _field_cache(self) -> dict[tuple[str, Kind], str | None]:
        return {}

    @cached_property
    def _label_cache(self) -> dict[str, dict[str, tuple[str | None, str]]]:
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


def _remember(cache: dict[_Key, _Value], key: _Key, value: _Value, most: int) -> None:
    """Add an entry to a cache; a full cache is emptied first."""
    if len(cache) >= most:
        cache.clear()
    cache[key] = value


def _title_table(columns: tuple[Column, ...] | tuple[HeadingField, ...]) -> dict[str, str]:
    return {
        normalise_title(title).casefold(): column.field
        for column in columns
        for title in (column.title, *column.synonyms)
    }
