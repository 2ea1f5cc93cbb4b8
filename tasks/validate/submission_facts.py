"""The facts about one submission as a whole: untouched, repeated, nil, extension, missing rows.

Belongs here: facts about a file that are not about one row. No checks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from config.calendar import Period
from config.workbook import WorkbookLayout
from tasks.model.submission import Duty, Reading
from tasks.model.words import KIND_TITLES, Kind
from tasks.validate.cell_text import cell_text_of, folded_text
from tasks.validate.parse_day import CellDay, read_day
from tasks.validate.plan_lookup import PlanLookup, RowKey
from tasks.validate.typed_rows import TypedRow


class FileFacts(NamedTuple):
    """The facts about a submission. Each optional text is None unless the fact applies; the text is quoted in a finding."""

    unit: str
    period: str
    nil: bool = False
    extend_to: str | None = None
    extend_reason: str = ""
    no_duty: str | None = None
    untouched: str | None = None
    repeated: str | None = None
    only_extension: str | None = None
    missing: tuple[RowKey, ...] = ()
    nil_unknown: str | None = None
    nil_conflict: str | None = None
    extend_fault: str | None = None
    extend_unfounded: str | None = None

    @property
    def extension(self) -> tuple[dt.date, str] | None:
        """The day and the reason of a request for extension; None if there is none with a single day."""
        if self.extend_to is None:
            return None
        return (dt.date.fromisoformat(self.extend_to), self.extend_reason)


def facts_of(reading: Reading, duty: Duty | None, rows: Sequence[TypedRow], lookup: PlanLookup) -> FileFacts:
    """The facts about one reading. `duty` None: no duty requires it."""
    unit, period = reading.unit or "", _period(reading.period or "", reading.kind or "")
    extension = _extension(reading)
    reason = cell_text_of(_heading(reading, "extend_reason")).strip()
    nil_text = cell_text_of(_heading(reading, "nil")).strip()
    nil = lookup.layout.choice_of("nil", nil_text) if nil_text else None
    own = [row for row in rows if row.aside is None]
    filled = any(row.is_filled for row in own)
    untouched = not filled and nil != "是" and duty is not None
    extend_to = extension.text if extension.first is not None and extension.first == extension.last else None
    return FileFacts(
        unit=unit,
        period=period,
        nil=nil == "是" and not filled,
        extend_to=extend_to,
        extend_reason=reason,
        no_duty=None if duty else unit,
        untouched="空白" if untouched and extend_to is None else None,
        repeated="相同" if filled and _all_repeated(own, lookup.layout) else None,
        only_extension=extend_to if untouched else None,
        missing=_missing(duty, rows, lookup) if filled and duty else (),
        nil_unknown=nil_text if nil_text and nil is None else None,
        nil_conflict=nil_text if nil == "是" and filled else None,
        extend_fault=extension.text if extension.text and extend_to is None else None,
        extend_unfounded="无理由" if extension.text and not reason else None,
    )


def _heading(reading: Reading, field: str) -> object:
    return reading.heading.get(field, (None, ""))[0]


@lru_cache(maxsize=256)
def _period(period: str, kind: Kind) -> str:
    try:
        label = Period.parse(period).label
    except ValueError:
        label = period or "期间不明"
    return f"{label}{KIND_TITLES.get(kind, '')}"


def _extension(reading: Reading) -> CellDay:
    """The day in 申请延期至. A day without a year is in the year of arrival if that is not past."""
    received = reading.original.received_at.date()
    return read_day(_heading(reading, "extend_to"), (), received.replace(day=1), received)


def _all_repeated(rows: Sequence[TypedRow], layout: WorkbookLayout) -> bool:
    """Whether every row repeats what was last accepted, word for word. A row without progress text is no copy."""
    return bool(rows) and all(_is_repeated(row, layout) for row in rows)


def _is_repeated(row: TypedRow, layout: WorkbookLayout) -> bool:
    last = row.last
    if last is None or row.cumulative.value != last.cumulative or row.status != last.status:
        return False
    texts = {field: (row.texts[field], getattr(last, field)) for field in ("progress", "problems", "next_steps")}
    return bool(folded_text(row.texts["progress"])) and all(_same(now, then, layout) for now, then in texts.values())


def _same(now: str, then: str, layout: WorkbookLayout) -> bool:
    return folded_text(now) == folded_text(then) or (layout.is_blank(now) and layout.is_blank(then))


def _missing(duty: Duty, rows: Sequence[TypedRow], lookup: PlanLookup) -> tuple[RowKey, ...]:
    present = {row.prefilled.key for row in rows}
    wanted = lookup.expected(duty)
    if present.issuperset(wanted):
        return ()
    # A row with an unknown metric may be any row of its measure, and has a finding of its own.
    unclear = {row.key[0] for row in rows if "metric" in row.prefilled.faults and row.target is None}
    return tuple(key for key in wanted if key not in present and key[0] not in unclear)
