"""Rows as read -> typed lines: every value normalised, every fault a code, every repair logged.

Belongs here: `Line` and how a raw row becomes one. Does not belong here: what the row is about (`asked`), and judging
a line (the suites do).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from config.calendar import Period
from config.plan import Target
from tasks.shapes import Duty, ProgressRow, Reading, Repair, Row
from tasks.validate.asked import Asked, Questions
from tasks.validate.dates import Day, read_day
from tasks.validate.normalise import folded, is_sentence, text_of
from tasks.validate.numbers import Number, read_number
from tasks.validate.register import Key, Register

NARRATIVE = ("progress", "problems", "coordination", "coordination_unit", "next_steps", "highlights", "explanation")
_KEEP_NONE = ("progress", "problems")


class Line(NamedTuple):
    """One row, typed. `aside` keeps it out of the roll-up: "unknown" measure or one that is "foreign" to the unit.

    `texts` are narrative fields as written; `wants_figure` whether this unit owes the figure.
    """

    # A named tuple, for there is one a row and a frozen dataclass takes four times as long to make.
    file: int
    row: Row
    asked: Asked
    aside: str | None
    wants_figure: bool
    target_given: Number
    previous_given: Number
    cumulative: Number
    status_given: str
    status: str | None
    expected: Day
    texts: dict[str, str]
    last: ProgressRow | None
    repairs: tuple[Repair, ...]

    @property
    def key(self) -> Key:
        """(measure number, metric) as registered."""
        return self.asked.key

    @property
    def target(self) -> Target | None:
        """The target the row is about."""
        return self.asked.target

    @property
    def sound(self) -> float | None:
        """The figure, where nothing is wrong with it."""
        return self.cumulative.value if self.cumulative.fault is None else None

    @property
    def explained(self) -> bool:
        """Whether 情况说明 says something for this row."""
        return bool(self.texts["explanation"])

    @property
    def is_filled(self) -> bool:
        """Whether the unit filled in anything (情况说明 alone does not count)."""
        if self.status_given or self.cumulative.text or self.expected.text:
            return True
        return any(self.texts[field] for field in NARRATIVE[:-1])


class Typist:
    """Makes lines of the rows of a chunk. What stands in many rows (measures, words, months) is read once."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._asked = Questions(register)
        self._statuses: dict[str, str | None] = {}
        self._days: dict[tuple[object, ...], Day] = {}
        columns = register.layout.columns("progress")
        self._words = next(column.words for column in columns if column.field == "expected")

    def lines_of(self, file: int, reading: Reading, duty: Duty) -> tuple[Line, ...]:
        """The lines of one reading. `file` is its place in the chunk. The reading must have unit, kind and period."""
        owned = self._register.owned(duty)
        span = _span(reading.period or duty.period)
        return tuple(self._line(file, reading, row, duty, owned, span) for row in reading.rows)

    def _line(
        self, file: int, reading: Reading, row: Row, duty: Duty, owned: frozenset[str], span: tuple[dt.date, dt.date]
    ) -> Line:
        values = row.values
        asked = self._asked(values)
        no, unit = asked.key[0], asked.unit
        cumulative = read_number(values.get("cumulative"), unit)
        status_given = text_of(values.get("status")).strip()
        status = self._status(status_given)
        expected = self._expected(values.get("expected"), span, status == "已完成")
        return Line(
            file,
            row,
            asked,
            None if no in owned else ("foreign" if asked.known else "unknown"),
            asked.target is not None and asked.owner == duty.unit,
            read_number(_bare(values.get("target")), unit),
            read_number(values.get("previous"), unit),
            cumulative,
            status_given,
            status,
            expected,
            self._texts(values),
            self._register.last(duty.unit, asked.key),
            _repairs(reading.columns, row, cumulative, status_given, status, expected),
        )

    def _status(self, given: str) -> str | None:
        if given not in self._statuses:
            self._statuses[given] = self._register.layout.status_of(given) if given else None
        return self._statuses[given]

    def _expected(self, value: object, span: tuple[dt.date, dt.date], done: bool) -> Day:
        if value is None:
            return _NO_DAY
        # 1.0 and True are one key and two values; a number is read quickly anyway.
        key = (value, done, span) if isinstance(value, str) else None
        if key is None or (day := self._days.get(key)) is None:
            is_blank = self._register.layout.is_blank(value)
            day = _NO_DAY if is_blank else read_day(value, self._words, span[0], span[1], done)
            if key is not None:
                self._days[key] = day
        return day

    def _texts(self, values: Mapping[str, object]) -> dict[str, str]:
        """Texts as written; "无" counts as nothing said, except in 进展情况, where it is not an answer, and 存在问题."""
        texts = dict.fromkeys(NARRATIVE, "")
        for field in NARRATIVE:
            if (value := values.get(field)) is not None:
                text = text_of(value)
                if is_sentence(text) or self._says_something(text, field):
                    texts[field] = text
        return texts

    def _says_something(self, text: str, field: str) -> bool:
        return bool(folded(text)) and (field in _KEEP_NONE or not self._register.layout.is_blank(text))


@lru_cache(maxsize=256)
def _span(text: str) -> tuple[dt.date, dt.date]:
    period = Period.parse(text)
    return period.start, period.end


_NO_DAY = Day("")


def _bare(value: object) -> object:
    """A target without the operator that a text export shows before it (≥110)."""
    return value.lstrip("≥≤=→ ") if isinstance(value, str) else value


def _repairs(
    columns: Mapping[str, str], row: Row, cumulative: Number, given: str, status: str | None, expected: Day
) -> tuple[Repair, ...]:
    if not cumulative.repair and not expected.repair and status in (given, None):
        return ()
    changes: list[tuple[str, str, str, str]] = []
    if cumulative.repair and not cumulative.fault:
        changes.append(("cumulative", cumulative.text, text_of(cumulative.value), cumulative.repair))
    if status and status != given:
        changes.append(("status", given, status, "进展状态按固定写法归一"))
    if expected.repair and not expected.fault:
        changes.append(("expected", text_of(row.values.get("expected")), expected.text, expected.repair))
    return tuple(
        Repair(f"{columns[field]}{row.number}", before, after, why)
        for field, before, after, why in changes
        if field in columns
    )
