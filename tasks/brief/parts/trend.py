"""Earlier months beside this one: the table of figures over the year, and the past blocks of the ledger.

Belongs here: putting roll-ups of several months side by side. Does not belong here: what was printed then
(corrections), the ledger's file (excel).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from config.calendar import Period
from tasks.brief.brief_document import Block, PastValue, Run, Table, TableColumn
from tasks.brief.source_list import SourceList
from tasks.brief.words.prose import percent_words
from tasks.model.progress import MeasureProgress, RollUp, TargetProgress
from tasks.text import figure_text

# More months than these are too narrow to read on the page, and two say no more than 较上月 does; the ledger has all.
_MONTHS_ON_THE_PAGE, _A_TREND = 6, 3
_TABLE_MM, _MEASURE_MM, _WIDEST_MONTH_MM, _MONTHS_MM = 156.0, 11.0, 24.0, 106.0


def trend_table(rollup: RollUp, past: Sequence[RollUp], sources: SourceList) -> list[Block]:
    """Cumulative figures of the last months and this one, of targets with a figure in an earlier month.

    Nothing before the third month.
    """
    months = [*past, rollup][-_MONTHS_ON_THE_PAGE:]
    if len(months) < _A_TREND:
        return []
    found = {month.period: {(f.measure, f.metric): f for f in month.figures} for month in months}
    earlier = [found[month.period] for month in months[:-1]]
    shown = [f for f in rollup.figures if any(_has_figure(month.get((f.measure, f.metric))) for month in earlier)]
    if not shown:
        return []
    columns = month_columns([month.period for month in months])
    rows = tuple(
        (
            Run(item.measure),
            Run(f"{item.metric}（{item.metric_unit}）"),
            *(_cell(found[month.period].get((item.measure, item.metric)), sources) for month in months),
        )
        for item in shown
    )
    return [Table("量化指标年内走势表（累计）", columns, rows)]


def month_columns(periods: Sequence[str]) -> tuple[TableColumn, ...]:
    """Measure, figure with its unit, and one column a month, as wide as the page allows."""
    width = min(_WIDEST_MONTH_MM, _MONTHS_MM / len(periods))
    rest = _TABLE_MM - _MEASURE_MM - width * len(periods)
    months = (TableColumn(f"{Period.parse(period).start.month}月", width) for period in periods)
    return (TableColumn("措施", _MEASURE_MM), TableColumn("指标（单位）", rest, "left"), *months)


def _has_figure(item: TargetProgress | None) -> bool:
    return item is not None and item.cumulative is not None


def _cell(item: TargetProgress | None, sources: SourceList) -> Run:
    if item is None or item.cumulative is None:
        return Run("—")
    return Run(figure_text(item.cumulative), source=sources.add(item))


def past_of(past: Sequence[RollUp], sources: SourceList) -> Mapping[tuple[str, str], tuple[PastValue, ...]]:
    """(measure, metric) -> its earlier months in order; the metric is '' for a measure without figures."""
    found: dict[tuple[str, str], list[PastValue]] = {}
    for month in past:
        measures = {measure.no: measure for measure in month.measures}
        counted = {item.measure for item in month.figures}
        for item in month.figures:
            found.setdefault((item.measure, item.metric), []).append(
                _past(month.period, item, measures.get(item.measure), sources)
            )
        for measure in month.measures:
            if measure.no not in counted:
                found.setdefault((measure.no, ""), []).append(_past(month.period, None, measure, sources))
    return {key: tuple(months) for key, months in found.items()}


def _past(period: str, item: TargetProgress | None, measure: MeasureProgress | None, sources: SourceList) -> PastValue:
    share = percent_words(item.share) if item and item.share is not None else None
    said = item or measure
    return PastValue(
        period=period,
        cumulative=item.cumulative if item else None,
        share_pct=share,
        light=said.light if said else "无",
        status=measure.status if measure else "",
        source=sources.add(said) if said else None,
    )
