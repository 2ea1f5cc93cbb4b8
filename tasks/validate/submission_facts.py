"""One submission as a whole -> one line of the frame of files: untouched, repeated, nil, extension, missing rows.

Belongs here: what is true of a file and not of one row. No judgement.
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
from tasks.validate.plan_lookup import Key, PlanLookup
from tasks.validate.typed_rows import TypedRow


class FileFacts(NamedTuple):
    """What a submission says as a whole. Each text is None unless it is a fault (or, for `nil`, a plain fact)."""

    unit: str
    period: str
    nil: bool = False
    extend_to: str | None = None
    extend_reason: str = ""
    no_duty: str | None = None
    untouched: str | None = None
    repeated: str | None = None
    only_extension: str | None = None
    missing: tuple[Key, ...] = ()
    nil_unknown: str | None = None
    nil_conflict: str | None = None
    extend_fault: str | None = None
    extend_unfounded: str | None = None

    @property
    def extension(self) -> tuple[dt.date, str] | None:
        """The extension asked for: the day and the reason; None if there is none that can be answered."""
        if self.extend_to is None:
            return None
        return (dt.date.fromisoformat(self.extend_to), self.extend_reason)


def facts_of(reading: Reading, duty: Duty | None, lines: Sequence[TypedRow], register: PlanLookup) -> FileFacts:
    """The facts of one progress, deliverable or annual report. `duty` None: nobody asked for it."""
    unit, period = reading.unit or "", _period(reading.period or "", reading.kind or "")
    asked = _extension(reading)
    nil_text = cell_text_of(_heading(reading, "nil")).strip()
    nil = register.layout.choice_of("nil", nil_text) if nil_text else None
    mine = [line for line in lines if line.aside is None]
    filled = any(line.is_filled for line in mine)
    untouched = not filled and nil != "是" and duty is not None
    extend_to = asked.text if asked.first is not None and asked.first == asked.last else None
    return FileFacts(
        unit=unit,
        period=period,
        nil=nil == "是" and not filled,
        extend_to=extend_to,
        extend_reason=cell_text_of(_heading(reading, "extend_reason")).strip(),
        no_duty=None if duty else unit,
        untouched="空白" if untouched and extend_to is None else None,
        repeated="相同" if filled and _all_repeated(mine, register.layout) else None,
        only_extension=extend_to if untouched else None,
        missing=_missing(duty, lines, register) if filled and duty else (),
        nil_unknown=nil_text if nil_text and nil is None else None,
        nil_conflict=nil_text if nil == "是" and filled else None,
        extend_fault=asked.text if asked.text and extend_to is None else None,
        extend_unfounded="无理由"
        if asked.text and not cell_text_of(_heading(reading, "extend_reason")).strip()
        else None,
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
    """The day in 申请延期至; a day without a year takes the year the file arrived in, for it lies ahead of it."""
    received = reading.original.received_at.date()
    return read_day(_heading(reading, "extend_to"), (), received.replace(day=1), received)


def _all_repeated(lines: Sequence[TypedRow], layout: WorkbookLayout) -> bool:
    """Whether every row says what was last accepted, word for word. Rows that said nothing cannot be copies."""
    return bool(lines) and all(_is_repeated(line, layout) for line in lines)


def _is_repeated(line: TypedRow, layout: WorkbookLayout) -> bool:
    last = line.last
    if last is None or line.cumulative.value != last.cumulative or line.status != last.status:
        return False
    texts = {field: (line.texts[field], getattr(last, field)) for field in ("progress", "problems", "next_steps")}
    return bool(folded_text(line.texts["progress"])) and all(_same(now, then, layout) for now, then in texts.values())


def _same(now: str, then: str, layout: WorkbookLayout) -> bool:
    return folded_text(now) == folded_text(then) or (layout.is_blank(now) and layout.is_blank(then))


def _missing(duty: Duty, lines: Sequence[TypedRow], register: PlanLookup) -> tuple[Key, ...]:
    present = {line.asked.key for line in lines}
    wanted = register.expected(duty)
    if present.issuperset(wanted):
        return ()
    # A row whose metric nobody knows stands for some line of its measure; it has its own finding.
    unclear = {line.key[0] for line in lines if "metric" in line.asked.faults and line.target is None}
    return tuple(key for key in wanted if key not in present and key[0] not in unclear)
