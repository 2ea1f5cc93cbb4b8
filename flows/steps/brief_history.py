"""What came before an issue, gathered from ledger, frozen issues and the register of decisions.

Order only: what follows from it is `tasks.rollup`'s and `tasks.brief`'s.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from config.calendar import Period
from flows.steps.standings import standings_for
from tasks.brief.background import BriefBackground
from tasks.brief.brief_document import Brief
from tasks.brief.brief_json import from_json
from tasks.brief.cited_originals import copy_paths, sheet_names
from tasks.brief.render import MEETING_FOLDER
from tasks.brief.writers.decisions_workbook import DECISIONS_FILE, DECISIONS_SHEET, as_issued, read_decisions
from tasks.model.context import Context
from tasks.model.meeting import DecisionsRegister, Matter, UnitRecord
from tasks.model.progress import RollUp
from tasks.model.submission import Duty, Submission
from tasks.rollup.past_months import issues_before, months_before
from tasks.rollup.scorecard import quarter_ended_by
from tasks.rollup.task import roll_up_months, score_units
from tasks.store.brief_issues import StoredBrief, load_briefs
from tasks.store.task import keep_matters, load_duties, load_months, load_submissions

_MONTHS_CORRECTED = 12


def gather_history(context: Context, period: Period) -> tuple[BriefBackground, tuple[Submission, ...]]:
    """The annals of a period's issue, and every submission of the plan (for copies of what the issue cites)."""
    url, plan, label = context.url, context.plan, period.label
    duties = load_duties(url, plan.id, label=plan.id)
    received = load_submissions(url, plan.id, label=plan.id)
    stored = frozen(url, plan.id)
    own_year = months_before(duties, period)
    issued = issues_before([one.period for one in stored], period)
    # A month can be corrected for a year: older files change no more, and an issue must not cost more every year.
    rolled = roll_again(context, (*issued[-_MONTHS_CORRECTED:], *own_year), duties, received, label)
    registers, troubles = read_registers(context, stored)
    span = quarter_ended_by(period)
    due = context.now.date() + dt.timedelta(days=context.settings.brief.matter_days)
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
        matters=keep_matters(url, plan.id, (), registers, context.now, label=label),
        matter_due=matter_due,
        scores=scores_of(context, span, duties, received, stored) if span else (),
        span=span.label if span else "",
        files=copy_paths(received, plan.id),
        sheets=sheet_names(received),
        troubles=troubles,
    )
    return annals, received


def roll_again(
    context: Context, months: Sequence[str], duties: Sequence[Duty], received: Sequence[Submission], label: str
) -> tuple[RollUp, ...]:
    """Each of these months, the earliest first, as it would be rolled up today."""
    found = sorted(set(months))
    if not found:
        return ()
    rows = load_months(context.url, context.plan.id, found, label=label)
    return roll_up_months(
        context.plan,
        context.county,
        rows,
        duties,
        received,
        context.calendar,
        context.now,
        context.settings,
        label=label,
    )


def frozen(url: str, plan: str) -> tuple[StoredBrief, ...]:
    """The frozen issues of a plan, in order."""
    return tuple(stored for stored in load_briefs(url, plan) if stored.state == "frozen")


def is_year(period: str) -> bool:
    """Whether an issue is a year's summary: what it corrected and closed is not told again either."""
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
    standings = standings_for(context, due, None, span.label)
    days = {one.period: one.frozen_at for one in stored if one.frozen_at}
    return score_units(standings, received, span, days, context.calendar, context.now.date(), label=span.label)


@task(name="读取登记表", cache_policy=NO_CACHE)
def read_registers(
    context: Context, stored: Sequence[StoredBrief]
) -> tuple[tuple[DecisionsRegister, ...], tuple[str, ...]]:
    """The registers of decisions given out with the issues so far, the earliest first, and the faults of the last one."""
    folder = context.data / "briefs" / context.plan.id
    issued = {one.period: from_json(one.content_json).matters for one in stored}
    registers: list[DecisionsRegister] = []
    troubles: tuple[str, ...] = ()
    for path in sorted(folder.glob(f"*/{MEETING_FOLDER}/{DECISIONS_FILE}")):
        told, troubles, digest = _read(context, path)
        period = path.parent.parent.name
        registers.append(DecisionsRegister(period, told, as_issued(issued.get(period, ())), digest))
    count = sum(len(register.told) for register in registers)
    get_run_logger().info("登记表：会议事项 %d 项，读不了的 %d 处", count, len(troubles))
    return tuple(registers), troubles


def _read(context: Context, path: Path) -> tuple[tuple[Matter, ...], tuple[str, ...], str]:
    """The matters of one register, its faults, and the digest of what was read."""
    # Imported here: most runs find no register yet, and need no reading library.
    from tasks.read.formats.load_sheets import EncryptedError, load_workbook
    from tasks.read.formats.size_limits import BrokenError, TooLargeError

    name = f"{path.parent.parent.name} {DECISIONS_SHEET}"
    try:
        content = path.read_bytes()
        grids = load_workbook(content, "xlsx", context.settings.limits)
    except (BrokenError, EncryptedError, TooLargeError, OSError):
        return (), (f"{name}打不开，未读入，请检查文件是否加密、损坏或正被占用",), ""
    grid = next((one for one in grids if one.name == DECISIONS_SHEET), grids[0])
    rows = [[grid.value(row, column) for column in range(grid.width)] for row in range(grid.height)]
    return *read_decisions(rows, name), hashlib.sha256(content).hexdigest()
