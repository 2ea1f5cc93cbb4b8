"""Values over several months: the table of the year's figures, and the earlier months of each ledger row.

Belongs here: combining the roll-ups of several months. Does not belong here: comparing them with what was printed
(`corrections`), the ledger's file (`writers.ledger_workbook`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from config.calendar import Period
from tasks.brief.brief_document import Block, PastValue, Run, Table, TableColumn
from tasks.brief.source_list import SourceList
from tasks.brief.words.prose import percent_words
from tasks.model.progress import MeasureProgress, RollUp, TargetProgress
from tasks.text import figure_text

# More months would be too narrow to read, fewer show no more than 较上月 does. The ledger has all months.
_MOST_MONTHS, _FEWEST_MONTHS = 6, 3
_TABLE_MM, _MEASURE_MM, _WIDEST_MONTH_MM, _MONTHS_MM = 156.0, 11.0, 24.0, 106.0


def trend_table(rollup: RollUp, past: Sequence[RollUp], sources: SourceList) -> list[Block]:
    """Cumulative figures of the latest months, for targets with a figure in an earlier one; empty before the third month."""
    months = [*past, rollup][-_MOST_MONTHS:]
    if len(months) < _FEWEST_MONTHS:
        return []
    by_period = {month.period: {(f.measure, f.metric): f for f in month.figures} for month in months}
    earlier = [by_period[month.period] for month in months[:-1]]
    shown = [f for f in rollup.figures if any(_has_figure(month.get((f.measure, f.metric))) for month in earlier)]
    if not shown:
        return []
    columns = month_columns([month.period for month in months])
    rows = tuple(
        (
            Run(item.measure),
            Run(f"{item.metric}（{item.metric_unit}）"),
            *(_cell(by_period[month.period].get((item.measure, item.metric)), sources) for month in months),
        )
        for item in shown
    )
    return [Table("量化指标年内走势表（累计）", columns, rows)]


def month_columns(periods: Sequence[str]) -> tuple[TableColumn, ...]:
    """Columns of measure, metric with its unit, and one per month, as wide as the page allows."""
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
    """(measure, metric) -> its earlier months in order; metric '' for a measure without figures."""
    values: dict[tuple[str, str], list[PastValue]] = {}
    for month in past:
        measures = {measure.no: measure for measure in month.measures}
        counted = {item.measure for item in month.figures}
        for item in month.figures:
            values.setdefault((item.measure, item.metric), []).append(
                _past_value(month.period, item, measures.get(item.measure), sources)
            )
        for measure in month.measures:
            if measure.no not in counted:
                values.setdefault((measure.no, ""), []).append(_past_value(month.period, None, measure, sources))
    return {key: tuple(months) for key, months in values.items()}


def _past_value(
    period: str, item: TargetProgress | None, measure: MeasureProgress | None, sources: SourceList
) -> PastValue:
    share = percent_words(item.share) if item and item.share is not None else None
    origin = item or measure
    return PastValue(
        period=period,
        cumulative=item.cumulative if item else None,
        share_pct=share,
        light=origin.light if origin else "无",
        status=measure.status if measure else "",
        source=sources.add(origin) if origin else None,
    )
