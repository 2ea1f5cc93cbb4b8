"""The cells that many rows have in common: what the row is about, its status and its day. Each combination is read once.

Belongs here: those cells and their repairs. The prefilled cells among them are read in `prefilled_cells`; figures and
narrative, which differ in each row, in `typed_rows`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from tasks.validate.cell_text import cell_text_of
from tasks.validate.parse_day import CellDay, read_day
from tasks.validate.plan_lookup import PlanLookup
from tasks.validate.prefilled_cells import PrefilledCells, PrefilledReader

FieldRepair = tuple[str, str, str, str]
"""A lossless repair before its cell address is known: field, value read, value after, reason."""

_FIELDS = ("measure_no", "measure_text", "metric", "metric_unit", "status", "expected")
_NO_DAY = CellDay("")


class RepeatedCells(NamedTuple):
    """`status_given` as written, `status` its word from the fixed list or None, `expected` the day."""

    prefilled: PrefilledCells
    status_given: str
    status: str | None
    expected: CellDay
    repairs: tuple[FieldRepair, ...]


class RepeatedCellReader:
    """Reads the repeated cells of the reports on one period, with a cache by content."""

    def __init__(self, lookup: PlanLookup, prefilled: PrefilledReader, start: dt.date, end: dt.date) -> None:
        self._layout, self._prefilled, self._start, self._end = lookup.layout, prefilled, start, end
        columns = lookup.layout.columns("progress")
        self._words = next(column.words for column in columns if column.field == "expected")
        self._cache: dict[tuple[object, ...], RepeatedCells] = {}

    def read(self, values: Mapping[str, object]) -> RepeatedCells:
        """The repeated cells of the row with these raw values."""
        cells = tuple(map(values.get, _FIELDS))
        repeated = self._cache.get(cells)
        if repeated is None:
            repeated = self._read(*cells)
            # 1, 1.0 and True are equal as keys but differ as texts: only texts are cached.
            if all(cell is None or isinstance(cell, str) for cell in cells):
                self._cache[cells] = repeated
        return repeated

    def _read(
        self, no: object, text: object, metric: object, unit: object, state: object, expected: object
    ) -> RepeatedCells:
        given = cell_text_of(state).strip()
        status = self._layout.status_of(given) if given else None
        blank = self._layout.is_blank(expected)
        day = _NO_DAY if blank else read_day(expected, self._words, self._start, self._end, status == "已完成")
        repairs: list[FieldRepair] = []
        if status and status != given:
            repairs.append(("status", given, status, "进展状态按固定写法归一"))
        if day.repair and not day.fault:
            repairs.append(("expected", cell_text_of(expected), day.text, day.repair))
        return RepeatedCells(self._prefilled.read(no, text, metric, unit), given, status, day, tuple(repairs))
