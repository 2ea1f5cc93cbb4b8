"""What came before an issue, gathered from the ledger, the frozen issues and the registers of decisions."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path

from config.calendar import Period
from flows.steps.standings import standings_for
from tasks.brief.background import BriefBackground
from tasks.brief.brief_document import Brief
from tasks.brief.brief_json import from_json
from tasks.brief.cited_originals import copy_paths, sheet_names
from tasks.brief.render import MEETING_FOLDER
from tasks.brief.writers.decisions_workbook import DECISIONS_FILE, DECISIONS_SHEET, as_issued, read_decisions
from tasks.model.meeting import DecisionsRegister, Matter, UnitRecord
from tasks.model.progress import RollUp
from tasks.model.run_context import Context
from tasks.model.submission import Duty, Submission
from tasks.rollup.past_months import issues_before, months_before, roll_months
from tasks.rollup.scorecard import quarter_ended_by, scorecard
from tasks.store.accepted_rows import load_accepted_rows, load_previous_rows
from tasks.store.brief_issues import StoredBrief, load_briefs
from tasks.store.duty_table import read_duties
from tasks.store.meeting_matters import apply_register, load_matters
from tasks.store.submissions import load_received

_MONTHS_CORRECTED = 12


def gather_history(context: Context, period: Period) -> tuple[BriefBackground, tuple[Submission, ...]]:
    """The background of a period's issue, and every submission of the plan (for copies of what the issue cites)."""
    url, plan = context.url, context.plan.id
    duties, received, stored = read_duties(url, plan), load_received(url, plan), frozen(url, plan)
    own_year = months_before(duties, period)
    issued = issues_before([one.period for one in stored], period)
    # A month can be corrected for a year. Older ones are not rolled up again: an issue must not cost more every year.
    rolled = roll_again(context, (*issued[-_MONTHS_CORRECTED:], *own_year), duties, received)
    registers, troubles = read_registers(context, stored)
    span = quarter_ended_by(period)
    due = context.today + dt.timedelta(days=context.settings.brief.matter_days)
    matter_due = context.calendar.shift(due, "next_workday")
    if not context.calendar.knows(context.today, matter_due):
        told = f"新提出的会议事项的办结期限{matter_due}暂按周一至周五推算，放假通知公布后请核对"
        if not context.calendar.knows(context.today):
            told = f"{context.today.year}年的放假安排还没有登记，本期的逾期工作日也是暂按周一至周五推算的；{told}"
        troubles = (*troubles, told)
    annals = BriefBackground(
        past=tuple(month for month in rolled if month.period in own_year),
        before=tuple(month for month in rolled if month.period not in own_year),
        issues=tuple(from_json(one.content_json) for one in stored if one.period in issued or is_year(one.period)),
        matters=matters_on_record(context, registers),
        matter_due=matter_due,
        scores=scores_of(context, span, duties, received, stored) if span else (),
        span=span.label if span else "",
        files=copy_paths(received, plan),
        sheets=sheet_names(received),
        troubles=troubles,
    )
    return annals, received


def roll_again(
    context: Context, months: Sequence[str], duties: Sequence[Duty], received: Sequence[Submission]
) -> tuple[RollUp, ...]:
    """The roll-ups of these months as of today, the earliest month first."""
    url, plan = context.url, context.plan.id
    rows = {
        month: (load_accepted_rows(url, plan, month), load_previous_rows(url, plan, month))
        for month in sorted(set(months))
    }
    return roll_months(context, rows, duties, received)


def matters_on_record(context: Context, registers: Sequence[DecisionsRegister]) -> tuple[Matter, ...]:
    """Enter what people wrote into the registers of decisions, then return every matter of the plan."""
    for register in registers:
        apply_register(context.url, context.plan.id, register, context.now)
    return load_matters(context.url, context.plan.id)


def frozen(url: str, plan: str) -> tuple[StoredBrief, ...]:
    """The frozen issues of a plan, in order."""
    return tuple(stored for stored in load_briefs(url, plan) if stored.state == "frozen")


def is_year(period: str) -> bool:
    """Whether an issue is a year's summary. What it corrected or closed is not reported again, as with a month's issue."""
    return Period.parse(period).months == 12


def last_issued(url: str, plan: str, period: Period) -> dt.datetime | None:
    """When the last issue before a period's was approved; None for a first issue."""
    stored = frozen(url, plan)
    earlier = issues_before([one.period for one in stored], period)
    return max((one.frozen_at for one in stored if one.frozen_at and one.period in earlier), default=None)


def frozen_months(url: str, plan: str, year: Period) -> tuple[Brief, ...]:
    """The frozen monthly issues of a year as they were approved, by month."""
    months = [
        one for one in frozen(url, plan) if (p := Period.parse(one.period)).months == 1 and year.contains(p.start)
    ]
    return tuple(from_json(one.content_json) for one in sorted(months, key=lambda one: one.period))


def scores_of(
    context: Context,
    span: Period,
    duties: Sequence[Duty],
    received: Sequence[Submission],
    stored: Sequence[StoredBrief],
) -> tuple[UnitRecord, ...]:
    """Units' records over a span."""
    due = [duty for duty in duties if span.contains(duty.due)]
    standings = standings_for(context, due, None)
    days = {one.period: one.frozen_at for one in stored if one.frozen_at}
    return scorecard(standings, received, span, days, context)


def read_registers(
    context: Context, stored: Sequence[StoredBrief]
) -> tuple[tuple[DecisionsRegister, ...], tuple[str, ...]]:
    """The registers of decisions that went out with the issues, the earliest first, and the faults of the last one."""
    folder = context.data / "briefs" / context.plan.id
    issued = {one.period: from_json(one.content_json).matters for one in stored}
    registers: list[DecisionsRegister] = []
    troubles: tuple[str, ...] = ()
    for path in sorted(folder.glob(f"*/{MEETING_FOLDER}/{DECISIONS_FILE}")):
        matters, troubles, digest = _read_one(context, path)
        period = path.parent.parent.name
        registers.append(DecisionsRegister(period, matters, as_issued(issued.get(period, ())), digest))
    return tuple(registers), troubles


def _read_one(context: Context, path: Path) -> tuple[tuple[Matter, ...], tuple[str, ...], str]:
    """The matters of one register, its faults, and the digest of what was read."""
    # Imported here: most runs find no register yet, and need no reading library.
    from tasks.read.formats.format_errors import BrokenError, EncryptedError, TooLargeError
    from tasks.read.formats.load_workbook import load_workbook

    name = f"{path.parent.parent.name} {DECISIONS_SHEET}"
    try:
        content = path.read_bytes()
        grids = load_workbook(content, "xlsx", context.settings.limits)
    except (BrokenError, EncryptedError, TooLargeError, OSError):
        return (), (f"{name}打不开，未读入，请检查文件是否加密、损坏或正被占用",), ""
    grid = next((one for one in grids if one.name == DECISIONS_SHEET), grids[0])
    rows = [[grid.value(row, column) for column in range(grid.width)] for row in range(grid.height)]
    return *read_decisions(rows, name), hashlib.sha256(content).hexdigest()
