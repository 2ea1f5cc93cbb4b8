"""The brief's content: from a roll-up to a Brief value.

Belongs here: the order of the parts, the masthead's and the foot's facts, the opening sentence.
Does not belong here: the parts themselves (overall, progress, voices, attachments), how they look (word, html, excel).
"""

from __future__ import annotations

import re
from dataclasses import replace

from config.calendar import Period
from config.county import County
from config.plan import Plan
from tasks.brief.background import BriefBackground
from tasks.brief.draft_checks import draft_checks
from tasks.brief.model import Block, Brief, Heading, Paragraph, Run, Table
from tasks.brief.parts.agenda import agenda
from tasks.brief.parts.annexes import attachments, ledger
from tasks.brief.parts.corrections import corrections_part, find_corrections
from tasks.brief.parts.followed_matters import docket
from tasks.brief.parts.measures_figures import figures_part, measures_part
from tasks.brief.parts.overall import overall_part
from tasks.brief.parts.unit_reports import highlights_part, next_part, problems_part
from tasks.brief.sources import Sources
from tasks.brief.words.prose import chinese, long_date
from tasks.model.context import Context
from tasks.model.progress import RollUp
from tasks.text import in_title_marks

_FIRST = BriefBackground()
_NOTICE = re.compile(r"关于.*?[印转下]发《(.+)》的通知")


def compose_content(rollup: RollUp, context: Context, issue_no: int, annals: BriefBackground = _FIRST) -> Brief:
    """The brief of a period as of `rollup.as_of`, dated `context.now`, numbered `issue_no` within its year. Pure.

    `annals` are what came before, none for a first issue. Raises ValueError where the roll-up is of another plan.
    """
    plan, county, settings, now = context.plan, context.county, context.settings, context.now
    if rollup.plan != plan.id:
        raise ValueError(f"the roll-up is of plan {rollup.plan}, not of {plan.id}")
    sources = Sources(annals.files, annals.sheets)
    found, on = docket(rollup, annals), now.date()
    corrections = find_corrections(annals.issues, (*annals.before, *annals.past), sources)
    parts: list[list[Block]] = [
        overall_part(rollup, on),
        measures_part(rollup, plan, sources, settings),
        figures_part(rollup, plan, sources, settings, annals.past),
        highlights_part(rollup, sources, settings),
        problems_part(rollup, found, on, sources, settings),
        # Before what is asked of the units: a table at the very end would leave the list of attachments alone.
        corrections_part(corrections),
        next_part(rollup, on, sources, settings),
    ]
    body = numbered_headings([part for part in parts if part])
    rows = ledger(rollup, plan, sources, annals.past)
    return Brief(
        plan=plan.id,
        period=rollup.period,
        name=settings.brief.name,
        issue_no=issue_no,
        year=now.year,
        office=county.office,
        date=on,
        title=_title(rollup, county),
        blocks=(_opening(rollup, plan), *body, *attachments(rollup, annals.scores, annals.span)),
        sources=sources.all(),
        ledger=rows,
        to_report=tuple(settings.brief.report_to),
        to_send=tuple(settings.brief.send_to),
        to_issue=tuple(settings.brief.issue_to),
        checks=draft_checks(rollup, county, settings, annals, corrections, found.all),
        corrections=corrections,
        matters=found.all,
        agenda=agenda(rollup, county, found, on),
    )


def _title(rollup: RollUp, county: County) -> str:
    """2023年10月促消费各项措施进展情况: the meeting's subject, where its name is one."""
    return f"{Period.parse(rollup.period).label}{subject_of(county)}各项措施进展情况"


def subject_of(county: County) -> str:
    """What the meeting is about: its name without 联席会议."""
    return county.meeting.removesuffix("联席会议")


def _opening(rollup: RollUp, plan: Plan) -> Paragraph:
    leads = len({measure.unit for measure in rollup.measures})
    text = (
        f"{document_words(plan)}明确措施{len(plan.measures)}项，由{leads}家单位报送进展。"
        f"现将{Period.parse(rollup.period).label}进展情况通报如下。"
    )
    return Paragraph((Run(text),))


def document_words(plan: Plan) -> str:
    """2023年9月19日印发的《…方案》（…号）: what a notice 关于印发《…》的通知 is about, or the title in brackets."""
    issued = f"{long_date(plan.document.issued_on)}印发的" if plan.document.issued_on else ""
    number = f"（{plan.document.no}）" if plan.document.no else ""
    found = _NOTICE.fullmatch(plan.document.title)
    title = found[1] if found else plan.document.title
    return f"{issued}{in_title_marks(title)}{number}"


def numbered_headings(parts: list[list[Block]]) -> list[Block]:
    """The parts with headings and tables numbered on: a plan without targets has no part 三, and no gap either."""
    blocks: list[Block] = []
    tables = 0
    for number, part in enumerate(parts, start=1):
        for block in part:
            if isinstance(block, Heading) and block.level == 1:
                block = Heading(1, f"{chinese(number)}、{block.text.split('、', 1)[1]}")
            elif isinstance(block, Table) and block.caption:
                tables += 1
                block = replace(block, caption=f"表{tables}  {block.caption}")
            blocks.append(block)
    return blocks
