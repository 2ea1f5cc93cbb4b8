"""A year's history by measure and figure, built from its frozen monthly issues.

Belongs here: values and lights by month, the outcome of each target.
Does not belong here: sentences and tables of the summary (`compose_annual`, `parts.annual_parts`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from config.calendar import Period
from config.plan import Plan
from tasks.brief.background import BriefBackground
from tasks.brief.brief_document import Brief, Correction, LedgerRow, PastValue
from tasks.brief.parts.corrections import STATUS
from tasks.brief.parts.trend import past_of
from tasks.brief.source_list import SourceList
from tasks.model.words import Light, worst_light

Outcome = Literal["完成", "未完成", "期限未到", "无有效数据", "不评定"]
OUTCOMES: tuple[Outcome, ...] = ("完成", "未完成", "期限未到", "无有效数据", "不评定")


@dataclass(frozen=True, slots=True)
class AnnualHistory:
    """A year's frozen months, with corrections applied.

    `rows` is the last month's ledger, each row with its earlier months; `ledgers` is each month's own ledger by period.
    `soft` are the (measure, metric) pairs whose targets are shown but not judged.
    """

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
        """The outcome of one target at the end of the last month."""
        if row.share_pct is not None and row.share_pct >= 100:
            return "完成"
        if (row.measure, row.metric) in self.soft:
            return "不评定"
        if row.due is not None and row.due > self.year.end:
            return "期限未到"
        return "无有效数据" if row.cumulative is None else "未完成"

    def targets(self) -> tuple[LedgerRow, ...]:
        """The rows with a target, each with its latest figure from any month."""
        return tuple(_with_values_of(row, self._latest_past(row)) for row in self.rows if row.metric)

    def _latest_past(self, row: LedgerRow) -> PastValue | None:
        """The latest earlier month with a figure, if the row has none in the last month."""
        if row.cumulative is not None:
            return None
        return next((past for past in reversed(row.past) if past.cumulative is not None), None)

    def period_of_figure(self, row: LedgerRow) -> str | None:
        """The earlier month of a target's latest figure; None where that is the last month, or there is no figure."""
        own = next(one for one in self.rows if (one.measure, one.metric) == (row.measure, row.metric))
        return past.period if (past := self._latest_past(own)) else None

    def lights(self, measure: str) -> tuple[tuple[str, Light], ...]:
        """(period, light) of a measure in each month: the worst light of its figures."""
        return tuple((period, light_of(rows, measure)) for period, rows in self.ledgers.items())

    def figures(self, row: LedgerRow) -> dict[str, float | None]:
        """Period -> cumulative figure of one target."""
        last = None if self.period_of_figure(row) else row.cumulative
        return {**{past.period: past.cumulative for past in row.past}, self.months[-1].period: last}


def build_annual_history(
    year: Period, background: BriefBackground, plan: Plan, sources: SourceList, corrections: Sequence[Correction] = ()
) -> AnnualHistory:
    """The history of `year` from its frozen months (at least one); adds their sources to `sources`.

    Values that `corrections` name come from `background.past`; all others are as printed.
    """
    months = background.issues
    wanted = {(one.period, one.measure, "" if one.metric == STATUS else one.metric) for one in corrections}
    past_sources = SourceList(background.files, background.sheets)
    corrected = {
        (value.period, *key): replace(
            value, source=None if value.source is None else sources.cite(past_sources[value.source])
        )
        for key, values in past_of(background.past, past_sources).items()
        for value in values
        if (value.period, *key) in wanted
    }
    ledgers = {month.period: _corrected(month, corrected, sources) for month in months}
    soft = frozenset((m.no, t.metric) for m in plan.measures for t in m.targets if t.soft)
    return AnnualHistory(year, months, ledgers[months[-1].period], soft, ledgers)


def _corrected(
    month: Brief, corrected: Mapping[tuple[str, str, str], PastValue], sources: SourceList
) -> tuple[LedgerRow, ...]:
    """A month's ledger with the corrections to it and to the earlier months in its rows."""

    def cited(index: int | None) -> int | None:
        return None if index is None else sources.cite(month.sources[index])

    rows = []
    for row in month.ledger:
        past_values = tuple(
            corrected.get((past.period, row.measure, row.metric)) or replace(past, source=cited(past.source))
            for past in row.past
        )
        row = replace(row, source=cited(row.source), past=past_values)
        own = corrected.get((month.period, row.measure, row.metric))
        rows.append(replace(_with_values_of(row, own), status=own.status) if own else row)
    return tuple(rows)


def _with_values_of(row: LedgerRow, past: PastValue | None) -> LedgerRow:
    if past is None:
        return row
    return replace(row, cumulative=past.cumulative, share_pct=past.share_pct, light=past.light, source=past.source)


def light_of(rows: Sequence[LedgerRow], measure: str) -> Light:
    """A measure's light in one month: the worst of its rows; 无 counts only where there is no other light."""
    return worst_light(row.light for row in rows if row.measure == measure)


def month_name(period: str) -> str:
    """2023-10 -> 10月."""
    return f"{Period.parse(period).start.month}月"


def missing_months(year: Period, periods: Sequence[str], expected: Sequence[str], today: dt.date) -> list[str]:
    """Months of the year that are over, had reports due (`expected`) and have no frozen issue (`periods`)."""
    over = [text for text in expected if (p := Period.parse(text)).end <= today and year.contains(p.start)]
    return sorted(set(over) - set(periods))
