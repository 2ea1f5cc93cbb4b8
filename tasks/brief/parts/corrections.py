"""更正: what earlier issues said and the ledger now holds otherwise, each said once.

Belongs here: the comparison, and the part of the brief that prints it.
Does not belong here: the earlier months' roll-ups (rollup), the frozen issues themselves (store).
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
    """Every figure and status of `issues` that differs from what `past` (the same months, as they stand now) holds.

    What a later issue has already corrected is compared with that correction, so that nothing is said twice.
    """
    said = _published(issues)
    numbers = {issue.period: issue.issue_no for issue in issues}
    found = []
    for month in past:
        if month.period not in numbers:
            continue
        number = numbers[month.period]
        for (measure, metric), (words, said_by) in _now(month).items():
            before = said.get((month.period, measure, metric))
            if before is not None and before != words and words != NOTHING:
                what = (month.period, number, measure, metric or STATUS, said_by.unit)
                found.append(Correction(*what, before, words, sources.add(said_by)))
    return tuple(found)


def corrections_of_year(
    issues: Sequence[Brief], past: Iterable[RollUp], sources: SourceList
) -> tuple[tuple[Correction, ...], int]:
    """Every correction to `issues`: those a later one of them has printed, then those none has, and how many these are.

    Of two corrections to one figure the later one holds; both are against what was printed first.
    """
    months = {issue.period for issue in issues}
    new = find_corrections(issues, past, sources)
    found: dict[_Key, Correction] = {}
    for issue in issues:
        for one in issue.corrections:
            if one.period in months:
                source = None if one.source is None else sources.cite(issue.sources[one.source])
                _keep(found, replace(one, source=source))
    for one in new:
        _keep(found, one)
    return tuple(found.values()), len(new)


def _keep(found: dict[_Key, Correction], one: Correction) -> None:
    key = (one.period, one.measure, one.metric)
    found[key] = replace(one, before=found[key].before) if key in found else one


def _published(issues: Sequence[Brief]) -> dict[_Key, str]:
    """The last printed word on each figure and status."""
    said: dict[_Key, str] = {}
    for issue in issues:
        for row in issue.ledger:
            words = _figure(row.cumulative, row.metric_unit) if row.metric else row.status or NOTHING
            said[(issue.period, row.measure, row.metric)] = words
        for one in issue.corrections:
            said[(one.period, one.measure, "" if one.metric == STATUS else one.metric)] = one.after
    return said


def _now(month: RollUp) -> dict[tuple[str, str], tuple[str, TargetProgress | MeasureProgress]]:
    """(measure, metric) -> the words of today, and whose they are; a measure without figures has its status."""
    found: dict[tuple[str, str], tuple[str, TargetProgress | MeasureProgress]] = {}
    for item in month.figures:
        found[(item.measure, item.metric)] = (_figure(item.cumulative, item.metric_unit), item)
    counted = {item.measure for item in month.figures}
    for measure in month.measures:
        if measure.no not in counted:
            found[(measure.no, "")] = (measure.status or NOTHING, measure)
    return found


def _figure(value: float | None, unit: str) -> str:
    return NOTHING if value is None else f"{figure_text(value)}{unit}"


def corrections_part(corrections: Sequence[Correction]) -> list[Block]:
    """The part that prints them; no such part where there is nothing to correct."""
    if not corrections:
        return []
    text = f"本简报{_issues(corrections)}印发后，有关单位{_counts(corrections)}，现予更正，以本期为准。"
    return [Heading(1, "六、往期简报更正"), text_paragraph(text), _table("往期简报更正表", corrections)]


def year_part(corrections: Sequence[Correction], unprinted: int) -> list[Block]:
    """The summary's part: what was corrected over the year, and that the summary goes by the corrected figures."""
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
