"""Compose the annual summary (年度总结) as a `Brief` value, from the year's frozen issues.

Belongs here: the order of its parts, masthead, attachments and checks. Does not belong here: the parts
(`parts.annual_parts`), a monthly brief (`compose`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from config.calendar import Period
from config.plan import Plan
from tasks.brief.annual_history import build_annual_history, missing_months, month_name
from tasks.brief.background import BriefBackground
from tasks.brief.brief_document import Annex, Block, Brief, Heading, Paragraph, text_paragraph
from tasks.brief.compose import document_words, numbered_headings, subject_of
from tasks.brief.parts.annexes import LEDGER_FILE
from tasks.brief.parts.annual_parts import (
    annual_highlights,
    annual_matters,
    annual_measures,
    annual_overall,
    annual_targets,
)
from tasks.brief.parts.corrections import annual_corrections_part, corrections_of_year
from tasks.brief.parts.unit_records import unit_record_blocks
from tasks.brief.source_list import SourceList
from tasks.brief.words.prose import joined
from tasks.model.meeting import UnitRecord
from tasks.model.run_context import Context
from tasks.model.submission import Standing
from tasks.model.words import KIND_TITLES

# Units named in the text; the attachment lists all.
_MOST_NAMES = 10


def compose_annual(
    year: Period,
    annals: BriefBackground,
    standings: Sequence[Standing],
    context: Context,
    issue_no: int,
) -> Brief:
    """The summary of `year` from its frozen months (`annals.issues`, at least one), dated `context.now`. Pure.

    `annals.past` are the same months from current data; where they differ, the summary prints a correction.

    `standings` are those of the year's monthly and annual duties; missing ones become points for the coordinator to check.
    """
    plan, county, settings, on = context.plan, context.county, context.settings, context.today
    sources, scores, matters = SourceList(annals.files, annals.sheets), annals.scores, annals.matters
    corrections, unprinted = corrections_of_year(annals.issues, annals.past, sources)
    history = build_annual_history(year, annals, plan, sources, corrections)
    parts: list[list[Block]] = [
        annual_overall(history, scores),
        annual_targets(history, settings),
        annual_measures(history, plan, settings),
        annual_highlights(history, settings),
        annual_matters(matters, on, settings),
        _record_part(scores),
        annual_corrections_part(corrections, unprinted),
    ]
    body = numbered_headings([part for part in parts if part])
    return Brief(
        plan=plan.id,
        period=year.text,
        name=settings.brief.name,
        issue_no=issue_no,
        year=on.year,
        office=county.office,
        date=on,
        title=f"{year.label}{subject_of(county)}工作总结",
        blocks=(_opening(plan, history.periods, year), *body, *_attachments(scores, year)),
        sources=sources.all(),
        ledger=history.rows,
        to_report=tuple(settings.brief.report_to),
        to_send=tuple(settings.brief.send_to),
        to_issue=tuple(settings.brief.issue_to),
        checks=_checks(year, history.periods, standings, on),
        corrections=corrections,
        matters=matters,
    )


def _opening(plan: Plan, periods: Sequence[str], year: Period) -> Paragraph:
    span = month_name(periods[0])
    span = f"{span}至{month_name(periods[-1])}" if len(periods) > 1 else span
    text = (
        f"{document_words(plan)}明确措施{len(plan.measures)}项。{year.label}编发进展简报{len(periods)}期（{span}），"
        f"现根据各期简报总结如下。"
    )
    return text_paragraph(text)


def _record_part(scores: Sequence[UnitRecord]) -> list[Block]:
    """Units always on time, and units most often late or missing; the full record is an attachment."""
    if not scores:
        return []
    clean = [s.unit for s in scores if s.on_time == s.expected]
    late = [s for s in scores if s.on_time < s.expected]
    late.sort(key=lambda s: (s.on_time - s.expected, -s.late_workdays))
    text = f"全年按时报送的{len(clean)}家{f'：{joined(clean, _MOST_NAMES)}' if clean else ''}。"
    named = [f"{s.unit}（应报{s.expected}件，未按时{s.expected - s.on_time}件）" for s in late]
    text += f"有迟报、未报的{len(late)}家：{joined(named, _MOST_NAMES)}。" if late else ""
    return [Heading(1, "六、各单位报送情况"), text_paragraph(f"{text}详见附件1。")]


def _attachments(scores: Sequence[UnitRecord], year: Period) -> list[Block]:
    blocks: list[Block] = []
    if scores:
        blocks += [Annex(1, f"{year.label}单位报送情况记录表"), *unit_record_blocks(scores)]
    return [*blocks, Annex(2 if scores else 1, "措施台账", LEDGER_FILE)]


def _checks(year: Period, periods: Sequence[str], standings: Sequence[Standing], on: dt.date) -> tuple[str, ...]:
    expected = {s.duty.period for s in standings if s.duty.kind == "progress"}
    open_ = missing_months(year, periods, list(expected), on)
    points = [f"{month_name(text)}简报尚未定稿，未计入总结" for text in open_]
    annual = [s.duty.unit for s in standings if s.duty.kind == "annual" and s.name == "未报"]
    return (*points, *([f"{KIND_TITLES['annual']}未报{len(annual)}家：{joined(annual)}"] if annual else []))
