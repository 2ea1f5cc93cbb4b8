"""附件1 报送情况表, 附件2 未报送、迟报单位名单, 附件3 措施台账 (a separate file).

Belongs here: the attachments' tables and the rows of the 措施台账.
Does not belong here: its file (`writers.ledger_workbook`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from config.plan import Plan
from tasks.brief.brief_document import Annex, Block, LedgerRow, Run, Table, TableColumn, text_paragraph
from tasks.brief.parts.trend import past_of
from tasks.brief.parts.unit_records import unit_record_blocks
from tasks.brief.source_list import SourceList
from tasks.brief.words.brief_wording import target_words
from tasks.brief.words.prose import joined, percent_words, short_date
from tasks.model.meeting import UnitRecord
from tasks.model.progress import MeasureProgress, RollUp, TargetProgress
from tasks.model.submission import Standing
from tasks.model.words import IN_PRINT, KIND_TITLES, NEEDS_ACTION, NOT_REPORTED_IN_TIME, SENT_BACK
from tasks.personal_numbers import mask_personal_numbers

LEDGER_FILE = "措施台账.xlsx"
_STANDING_COLUMNS = (
    TableColumn("序号", 10),
    TableColumn("单位", 39, "left"),
    TableColumn("报送事项", 17),
    TableColumn("应报日期", 19),
    TableColumn("首次报送", 19),
    TableColumn("受理版本", 17),
    TableColumn("情形", 14),
    TableColumn("逾期工作日", 21),
)
_LATE_COLUMNS = (
    TableColumn("序号", 12),
    TableColumn("单位", 50, "left"),
    TableColumn("报送事项", 24),
    TableColumn("应报日期", 24),
    TableColumn("情况", 46, "left"),
)


def annex_blocks(rollup: RollUp, scores: Sequence[UnitRecord] = (), span: str = "") -> list[Block]:
    """The attachments in order. 附件2 is there even when every unit was on time.

    `scores` are units' records over `span` (2023年第四季度), empty except at the end of a span.
    """
    blocks: list[Block] = [Annex(1, "报送情况表"), *_standing_blocks(rollup.standings)]
    blocks.append(Annex(2, "未报送、迟报单位名单"))
    late = [s for s in rollup.standings if s.name in NOT_REPORTED_IN_TIME]
    blocks.append(_late_table(late) if late else text_paragraph("本期无未报送、迟报单位。", "note"))
    waiting = [s for s in rollup.standings if s.name in SENT_BACK]
    if waiting:
        units = joined(list(dict.fromkeys(f"{s.duty.unit}（{s.name}）" for s in waiting)))
        blocks.append(text_paragraph(f"注：{units}已报送，正在更正或者说明，不列入本名单。", "note"))
    blocks.append(Annex(3, "措施台账", LEDGER_FILE))
    if scores:
        blocks += [Annex(4, f"{span}单位报送情况记录表"), *unit_record_blocks(scores)]
    return blocks


def _sorted(standings: Iterable[Standing]) -> list[Standing]:
    return sorted(standings, key=lambda s: (list(KIND_TITLES).index(s.duty.kind), IN_PRINT.index(s.name)))


def _standing_blocks(standings: Sequence[Standing]) -> list[Block]:
    """The table of duties. Rosters filed on time are only counted: they would fill two pages without news."""
    filed = [s for s in standings if s.duty.kind == "roster" and s.name == "按时"]
    table = _standing_table([s for s in standings if s not in filed])
    return [table, *([text_paragraph(f"注：联系人名单按时报送的{len(filed)}家未列入本表。", "note")] if filed else [])]


def _standing_table(standings: Sequence[Standing]) -> Table:
    rows = tuple(
        (
            Run(str(number)),
            Run(s.duty.unit),
            Run(KIND_TITLES[s.duty.kind]),
            Run(_due(s)),
            Run(short_date(s.first_received) if s.first_received else "—"),
            Run(f"第{s.version}版" if s.first_accepted and s.version else "—"),
            Run(s.name, strong=s.name in NEEDS_ACTION),
            Run(str(s.overdue_workdays) if s.overdue_workdays else "—"),
        )
        for number, s in enumerate(_sorted(standings), start=1)
    )
    return Table("", _STANDING_COLUMNS, rows)


def _late_table(standings: Sequence[Standing]) -> Table:
    rows = tuple(
        (
            Run(str(number)),
            Run(s.duty.unit),
            Run(KIND_TITLES[s.duty.kind]),
            Run(_due(s)),
            Run(_lateness(s)),
        )
        for number, s in enumerate(_sorted(standings), start=1)
    )
    return Table("", _LATE_COLUMNS, rows)


def _lateness(standing: Standing) -> str:
    if standing.name == "未报":
        return f"未报，逾期{standing.overdue_workdays}个工作日" if standing.overdue_workdays else "未报"
    received = standing.first_accepted
    return f"迟报，{short_date(received)}报送" if received else "迟报"


def _due(standing: Standing) -> str:
    return short_date(standing.duty.extended_to or standing.duty.due)


def compose_ledger(
    rollup: RollUp, plan: Plan, sources: SourceList, past: Sequence[RollUp] = ()
) -> tuple[LedgerRow, ...]:
    """One row per measure and metric, one for a measure without figures; full text, personal numbers masked.

    `past` are the earlier months of the year, which become one block of columns each.
    """
    figures: dict[str, list[TargetProgress]] = {}
    for item in rollup.figures:
        figures.setdefault(item.measure, []).append(item)
    sections = {section.no: f"（{section.no}）{section.title}" for section in plan.sections}
    responsible = {m.no: "、".join(m.responsible) for m in plan.measures}
    upper = {(m.no, t.metric): t.value_max for m in plan.measures for t in m.targets}
    months = past_of(past, sources)
    rows = []
    for measure in rollup.measures:
        own: list[TargetProgress | None] = [*figures.get(measure.no, ())]
        section = sections.get(measure.section, measure.section)
        for figure in own or [None]:
            value_max = upper.get((measure.no, figure.metric)) if figure else None
            row = _ledger_row(measure, figure, section, responsible.get(measure.no, ""), value_max, sources)
            rows.append(replace(row, past=months.get((row.measure, row.metric), ())))
    return tuple(rows)


def _ledger_row(
    measure: MeasureProgress,
    item: TargetProgress | None,
    section: str,
    responsible: str,
    value_max: float | None,
    sources: SourceList,
) -> LedgerRow:
    return LedgerRow(
        measure=measure.no,
        section=section,
        text=measure.text,
        unit=measure.unit,
        responsible=responsible,
        metric=item.metric if item else "",
        metric_unit=item.metric_unit if item else "",
        target=target_words(item, value_max) if item else "",
        due=item.due if item else None,
        cumulative=item.cumulative if item else None,
        share_pct=percent_words(item.share) if item and item.share is not None else None,
        elapsed_pct=percent_words(item.elapsed) if item else None,
        light=item.light if item else measure.light,
        change=item.change if item else None,
        status=measure.status,
        progress=mask_personal_numbers(measure.progress),
        problems=mask_personal_numbers(measure.problems),
        coordination=mask_personal_numbers(measure.coordination),
        coordination_unit=measure.coordination_unit,
        next_steps=mask_personal_numbers(measure.next_steps),
        highlights=mask_personal_numbers(measure.highlights),
        supporting=mask_personal_numbers("；".join(measure.supporting)),
        source=sources.add(item or measure),
    )
