"""What the cells of a row say that hold the same in many rows: what it is about, its status, its day. Each read once.

Belongs here: those cells and what is repaired in them. What a row is about is `asked`; figures and narrative, which are
each row's own, are `lines`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from tasks.validate.cell_text import cell_text_of
from tasks.validate.parse_day import CellDay, read_day
from tasks.validate.plan_lookup import PlanLookup
from tasks.validate.prefilled_cells import Asked, Questions

Change = tuple[str, str, str, str]
"""A lossless repair before its row is known: field, what was read, what it became, why."""

_FIELDS = ("measure_no", "measure_text", "metric", "metric_unit", "status", "expected")
_NO_DAY = CellDay("")


class Usual(NamedTuple):
    """`status_given` as written, `status` its word from the fixed list (None: there is none), `expected` the day."""

    asked: Asked
    status_given: str
    status: str | None
    expected: CellDay
    changes: tuple[Change, ...]


class UsualCells:
    """`Usual` by what the cells hold, for the reports on one period."""

    def __init__(self, register: PlanLookup, questions: Questions, start: dt.date, end: dt.date) -> None:
        self._layout, self._questions, self._start, self._end = register.layout, questions, start, end
        columns = register.layout.columns("progress")
        self._words = next(column.words for column in columns if column.field == "expected")
        self._known: dict[tuple[object, ...], Usual] = {}

    def __call__(self, values: Mapping[str, object]) -> Usual:
        """What those cells of the row with these raw values say."""
        cells = tuple(map(values.get, _FIELDS))
        usual = self._known.get(cells)
        if usual is None:
            usual = self._read(*cells)
            # 1, 1.0 and True are one key and three texts: only texts are remembered.
            if all(cell is None or isinstance(cell, str) for cell in cells):
                self._known[cells] = usual
        return usual

    def _read(self, no: object, text: object, metric: object, unit: object, state: object, expected: object) -> Usual:
        given = cell_text_of(state).strip()
        status = self._layout.status_of(given) if given else None
        blank = self._layout.is_blank(expected)
        day = _NO_DAY if blank else read_day(expected, self._words, self._start, self._end, status == "已完成")
        changes: list[Change] = []
        if status and status != given:
            changes.append(("status", given, status, "进展状态按固定写法归一"))
        if day.repair and not day.fault:
            changes.append(("expected", cell_text_of(expected), day.text, day.repair))
        return Usual(self._questions(no, text, metric, unit), given, status, day, tuple(changes))
