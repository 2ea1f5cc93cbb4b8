"""The course of a year, measure by measure and figure by figure, read off its frozen months.

Belongs here: which month said what, lights by month, what became of each target.
Does not belong here: sentences and tables of the summary (annual, annual_parts).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from config.calendar import Period
from config.plan import Plan
from tasks.brief.background import BriefBackground
from tasks.brief.model import Brief, LedgerRow
from tasks.brief.parts.corrections import STATUS
from tasks.brief.parts.trend import past_of
from tasks.brief.past_values import Correction, PastValue
from tasks.brief.sources import Sources
from tasks.model.words import Light, worst_light

Outcome = Literal["完成", "未完成", "期限未到", "无有效数据", "不评定"]
OUTCOMES: tuple[Outcome, ...] = ("完成", "未完成", "期限未到", "无有效数据", "不评定")


@dataclass(frozen=True, slots=True)
class Course:
    """A year as its frozen months tell it, corrected. `rows` are the last month's ledger with every earlier month beside
    it, `ledgers` each month's own; both hold corrected figures, lights and statuses where there are corrections."""

    year: Period
    months: tuple[Brief, ...]
    rows: tuple[LedgerRow, ...]
    soft: frozenset[tuple[str, str]]
    ledgers: Mapping[str, tuple[LedgerRow, ...]]

    @property
    def periods(self) -> tuple[str, ...]:
        """The months, in order."""
        return tuple(month.period for month in self.months)

    def outcome(self, row: LedgerRow) -> Outcome:
        """What became of one target by the end of the last month."""
        if row.share_pct is not None and row.share_pct >= 100:
            return "完成"
        if (row.measure, row.metric) in self.soft:
            return "不评定"
        if row.due is not None and row.due > self.year.end:
            return "期限未到"
        return "无有效数据" if row.cumulative is None else "未完成"

    def targets(self) -> tuple[LedgerRow, ...]:
        """The rows that have a target, each with the last figure it had in any month."""
        return tuple(_with(row, self.last_known(row)) for row in self.rows if row.metric)

    def last_known(self, row: LedgerRow) -> PastValue | None:
        """The last earlier month with a figure, for a target without one in the last month."""
        if row.cumulative is not None:
            return None
        return next((past for past in reversed(row.past) if past.cumulative is not None), None)

    def told_in(self, row: LedgerRow) -> str | None:
        """The earlier month a target's last figure is of; None where the last month has one, or no month has."""
        own = next(one for one in self.rows if (one.measure, one.metric) == (row.measure, row.metric))
        return past.period if (past := self.last_known(own)) else None

    def lights(self, measure: str) -> tuple[tuple[str, Light], ...]:
        """(period, light) of a measure in each month, as corrected; the worst of its figures."""
        return tuple((period, light_of(rows, measure)) for period, rows in self.ledgers.items())

    def figures(self, row: LedgerRow) -> dict[str, float | None]:
        """Period -> cumulative figure of one target: corrected ones as the last month knew them."""
        known = {past.period: past.cumulative for past in row.past}
        own = None if self.told_in(row) else row.cumulative
        return {**known, self.months[-1].period: own}


def course_of(
    year: Period, annals: BriefBackground, plan: Plan, sources: Sources, corrections: Sequence[Correction] = ()
) -> Course:
    """The course of `year` from its frozen months, at least one; their sources are cited in `sources`.

    What `corrections` name is taken from the same months as they stand now; all else is as it was printed.
    """
    months = annals.issues
    wanted = {(one.period, one.measure, "" if one.metric == STATUS else one.metric) for one in corrections}
    known = Sources(annals.files, annals.sheets)
    corrected = {
        (found.period, *key): replace(found, source=None if found.source is None else sources.cite(known[found.source]))
        for key, each in past_of(annals.past, known).items()
        for found in each
        if (found.period, *key) in wanted
    }
    ledgers = {month.period: _corrected(month, corrected, sources) for month in months}
    soft = frozenset((m.no, t.metric) for m in plan.measures for t in m.targets if t.soft)
    return Course(year, months, ledgers[months[-1].period], soft, ledgers)


def _corrected(
    month: Brief, corrected: Mapping[tuple[str, str, str], PastValue], sources: Sources
) -> tuple[LedgerRow, ...]:
    """A month's ledger with its corrections, and those of the months beside it."""

    def cited(index: int | None) -> int | None:
        return None if index is None else sources.cite(month.sources[index])

    rows = []
    for row in month.ledger:
        beside = tuple(
            corrected.get((past.period, row.measure, row.metric)) or replace(past, source=cited(past.source))
            for past in row.past
        )
        row = replace(row, source=cited(row.source), past=beside)
        own = corrected.get((month.period, row.measure, row.metric))
        rows.append(replace(_with(row, own), status=own.status) if own else row)
    return tuple(rows)


def _with(row: LedgerRow, past: PastValue | None) -> LedgerRow:
    if past is None:
        return row
    return replace(row, cumulative=past.cumulative, share_pct=past.share_pct, light=past.light, source=past.source)


def light_of(rows: Sequence[LedgerRow], measure: str) -> Light:
    """The light of a measure in one month: the worst of its rows; a missing one counts only where no other is."""
    return worst_light(row.light for row in rows if row.measure == measure)


def month_name(period: str) -> str:
    """2023-10 -> 10月."""
    return f"{Period.parse(period).start.month}月"


def missing_months(year: Period, periods: Sequence[str], expected: Sequence[str], today: dt.date) -> list[str]:
    """Months of the year that had reports to give and have no frozen issue though they are over."""
    over = [text for text in expected if (p := Period.parse(text)).end <= today and year.contains(p.start)]
    return sorted(set(over) - set(periods))
