"""Compose the monthly brief: from a roll-up to a `Brief` value.

Belongs here: the order of the parts, masthead and foot, the opening sentence.
Does not belong here: the parts themselves (`parts`), how they look (`writers`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from config.calendar import Period
from config.county import County
from config.plan import Plan
from tasks.brief.background import BriefBackground
from tasks.brief.brief_document import Block, Brief, Heading, Paragraph, Table, text_paragraph
from tasks.brief.draft_checks import draft_checks
from tasks.brief.parts.agenda import agenda
from tasks.brief.parts.annexes import annex_blocks, compose_ledger
from tasks.brief.parts.corrections import corrections_part, find_corrections
from tasks.brief.parts.followed_matters import matters_of_issue
from tasks.brief.parts.highlights_problems import highlights_part, problems_part
from tasks.brief.parts.measures_figures import figures_part, measures_part
from tasks.brief.parts.next_steps import next_steps_part
from tasks.brief.parts.overall import overall_part
from tasks.brief.source_list import SourceList
from tasks.brief.words.prose import chinese_numeral, long_date
from tasks.model.progress import RollUp
from tasks.model.run_context import Context
from tasks.text import in_title_marks

_FIRST_ISSUE = BriefBackground()
_NOTICE = re.compile(r"关于.*?[印转下]发《(.+)》的通知")


def compose_content(
    rollup: RollUp, context: Context, issue_no: int, background: BriefBackground = _FIRST_ISSUE
) -> Brief:
    """The brief of a period as of `rollup.as_of`, dated `context.now`, numbered `issue_no` within its year. Pure.

    Raises ValueError where the roll-up belongs to another plan.
    """
    plan, county, settings, on = context.plan, context.county, context.settings, context.today
    if rollup.plan != plan.id:
        raise ValueError(f"the roll-up is of plan {rollup.plan}, not of {plan.id}")
    sources = SourceList(background.files, background.sheets)
    matters = matters_of_issue(rollup, background)
    corrections = find_corrections(background.issues, (*background.before, *background.past), sources)
    parts: list[list[Block]] = [
        overall_part(rollup, on),
        measures_part(rollup, plan, sources, settings),
        figures_part(rollup, plan, sources, settings, background.past),
        highlights_part(rollup, sources, settings),
        problems_part(rollup, matters, on, sources, settings),
        # Not last: the list of attachments is kept on one page with the paragraph before it, and a table is none.
        corrections_part(corrections),
        next_steps_part(rollup, on, sources, settings),
    ]
    body = numbered_headings([part for part in parts if part])
    rows = compose_ledger(rollup, plan, sources, background.past)
    return Brief(
        plan=plan.id,
        period=rollup.period,
        name=settings.brief.name,
        issue_no=issue_no,
        year=on.year,
        office=county.office,
        date=on,
        title=_title(rollup, county),
        blocks=(_opening(rollup, plan), *body, *annex_blocks(rollup, background.scores, background.span)),
        sources=sources.all(),
        ledger=rows,
        to_report=tuple(settings.brief.report_to),
        to_send=tuple(settings.brief.send_to),
        to_issue=tuple(settings.brief.issue_to),
        checks=draft_checks(rollup, county, settings, background, corrections, matters.all),
        corrections=corrections,
        matters=matters.all,
        agenda=agenda(rollup, county, matters, on),
    )


def _title(rollup: RollUp, county: County) -> str:
    """2023年10月促消费各项措施进展情况."""
    return f"{Period.parse(rollup.period).label}{subject_of(county)}各项措施进展情况"


def subject_of(county: County) -> str:
    """The meeting's subject: its name without 联席会议."""
    return county.meeting.removesuffix("联席会议")


def _opening(rollup: RollUp, plan: Plan) -> Paragraph:
    leads = len({measure.unit for measure in rollup.measures})
    text = (
        f"{document_words(plan)}明确措施{len(plan.measures)}项，由{leads}家单位报送进展。"
        f"现将{Period.parse(rollup.period).label}进展情况通报如下。"
    )
    return text_paragraph(text)


def document_words(plan: Plan) -> str:
    """2023年9月19日印发的《…方案》（…号）: the title inside a notice 关于印发《…》的通知, else the whole title."""
    issued = f"{long_date(plan.document.issued_on)}印发的" if plan.document.issued_on else ""
    number = f"（{plan.document.no}）" if plan.document.no else ""
    notice = _NOTICE.fullmatch(plan.document.title)
    title = notice[1] if notice else plan.document.title
    return f"{issued}{in_title_marks(title)}{number}"


def numbered_headings(parts: list[list[Block]]) -> list[Block]:
    """The blocks of all parts, headings and tables renumbered without gaps where a part is missing."""
    blocks: list[Block] = []
    tables = 0
    for number, part in enumerate(parts, start=1):
        for block in part:
            if isinstance(block, Heading) and block.level == 1:
                block = Heading(1, f"{chinese_numeral(number)}、{block.text.split('、', 1)[1]}")
            elif isinstance(block, Table) and block.caption:
                tables += 1
                block = replace(block, caption=f"表{tables}  {block.caption}")
            blocks.append(block)
    return blocks
