"""更正: figures printed in earlier issues that have changed since; each correction is printed once.

Belongs here: the comparison, and the part of the brief that prints it.
Does not belong here: rolling up the earlier months (`tasks.rollup.past_months`), the frozen issues (`tasks.store`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from config.calendar import Period
from tasks.brief.brief_document import (
    Block,
    Brief,
    Correction,
    Heading,
    Run,
    Table,
    TableColumn,
    text_paragraph,
)
from tasks.brief.source_list import SourceList
from tasks.brief.words.prose import joined
from tasks.model.progress import MeasureProgress, RollUp, TargetProgress
from tasks.text import figure_text

NOTHING = "—"
_Key = tuple[str, str, str]
_COLUMNS = (
    TableColumn("期间", 24),
    TableColumn("措施", 13),
    TableColumn("指标", 37, "left"),
    TableColumn("报送单位", 34, "left"),
    TableColumn("原刊", 24),
    TableColumn("更正为", 24),
)
STATUS = "进展状态"


def find_corrections(issues: Sequence[Brief], past: Iterable[RollUp], sources: SourceList) -> tuple[Correction, ...]:
    """Every figure and status in `issues` that differs from `past`, the same months rolled up from current data.

    A value that a later issue corrected is compared with that correction, so no correction is printed twice.
    """
    published = _published(issues)
    numbers = {issue.period: issue.issue_no for issue in issues}
    corrections = []
    for month in past:
        if month.period not in numbers:
            continue
        number = numbers[month.period]
        for (measure, metric), (after, item) in _current(month).items():
            before = published.get((month.period, measure, metric))
            if before is not None and before != after and after != NOTHING:
                where = (month.period, number, measure, metric or STATUS, item.unit)
                corrections.append(Correction(*where, before, after, sources.add(item)))
    return tuple(corrections)


def corrections_of_year(
    issues: Sequence[Brief], past: Iterable[RollUp], sources: SourceList
) -> tuple[tuple[Correction, ...], int]:
    """All corrections to `issues`, printed ones first, and the number of those that no issue has printed yet.

    Two corrections to one figure become one: from the value printed first to the latest value.
    """
    months = {issue.period for issue in issues}
    unprinted = find_corrections(issues, past, sources)
    merged: dict[_Key, Correction] = {}
    for issue in issues:
        for one in issue.corrections:
            if one.period in months:
                source = None if one.source is None else sources.cite(issue.sources[one.source])
                _merge(merged, replace(one, source=source))
    for one in unprinted:
        _merge(merged, one)
    return tuple(merged.values()), len(unprinted)


def _merge(merged: dict[_Key, Correction], one: Correction) -> None:
    key = (one.period, one.measure, one.metric)
    merged[key] = replace(one, before=merged[key].before) if key in merged else one


def _published(issues: Sequence[Brief]) -> dict[_Key, str]:
    """The value last printed for each figure and status."""
    published: dict[_Key, str] = {}
    for issue in issues:
        for row in issue.ledger:
            words = _figure(row.cumulative, row.metric_unit) if row.metric else row.status or NOTHING
            published[(issue.period, row.measure, row.metric)] = words
        for one in issue.corrections:
            published[(one.period, one.measure, "" if one.metric == STATUS else one.metric)] = one.after
    return published


def _current(month: RollUp) -> dict[tuple[str, str], tuple[str, TargetProgress | MeasureProgress]]:
    """(measure, metric) -> current value as text, and its item; metric '' is the status of a measure without figures."""
    current: dict[tuple[str, str], tuple[str, TargetProgress | MeasureProgress]] = {}
    for item in month.figures:
        current[(item.measure, item.metric)] = (_figure(item.cumulative, item.metric_unit), item)
    counted = {item.measure for item in month.figures}
    for measure in month.measures:
        if measure.no not in counted:
            current[(measure.no, "")] = (measure.status or NOTHING, measure)
    return current


def _figure(value: float | None, unit: str) -> str:
    return NOTHING if value is None else f"{figure_text(value)}{unit}"


def corrections_part(corrections: Sequence[Correction]) -> list[Block]:
    """The monthly brief's part 往期简报更正; empty without corrections."""
    if not corrections:
        return []
    text = f"本简报{_issues(corrections)}印发后，有关单位{_counts(corrections)}，现予更正，以本期为准。"
    return [Heading(1, "六、往期简报更正"), text_paragraph(text), _table("往期简报更正表", corrections)]


def annual_corrections_part(corrections: Sequence[Correction], unprinted: int) -> list[Block]:
    """The annual summary's part 数据更正情况; empty without corrections. `unprinted` of them appear here for the first time."""
    if not corrections:
        return []
    text = f"{_issues(corrections)}印发后，有关单位{_counts(corrections)}，本总结均采用更正后的数据。"
    text += f"其中{unprinted}处此前各期尚未刊登，在此一并更正。" if unprinted else ""
    return [Heading(1, "七、数据更正情况"), text_paragraph(text), _table("全年简报数据更正表", corrections)]


def _issues(corrections: Sequence[Correction]) -> str:
    issues = dict.fromkeys((one.issue, one.period) for one in corrections)
    return joined([f"第{number}期（{Period.parse(period).label}）" for number, period in issues])


def _counts(corrections: Sequence[Correction]) -> str:
    filed = sum(one.before == NOTHING for one in corrections)
    parts = [(len(corrections) - filed, "更正"), (filed, "补报")]
    return "、".join(f"{what}{count}处" for count, what in parts if count)


def _table(caption: str, corrections: Sequence[Correction]) -> Table:
    rows = tuple(
        (
            Run(Period.parse(one.period).label),
            Run(one.measure),
            Run(one.metric),
            Run(one.unit),
            Run("未报" if one.before == NOTHING else one.before),
            Run(one.after, source=one.source),
        )
        for one in corrections
    )
    return Table(caption, _COLUMNS, rows)
