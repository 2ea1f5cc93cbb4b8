"""Issues of the brief: numbered once, drafted as often as needed, frozen once.

Belongs here: drafts, numbers, freezing. Does not belong here: the content of a brief (`tasks/brief`), which is opaque
text in this module.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, func, insert, select, update

from tasks.errors import InputError
from tasks.store.audit_chain import append_act
from tasks.store.engine import reading, writing
from tasks.store.schema.columns import OFFICE_ZONE
from tasks.store.schema.meeting_tables import BriefRow

LAST_NUMBER = 9999


@dataclass(frozen=True, slots=True)
class StoredBrief:
    """One issue as stored. Once `state` is frozen, none of its fields changes."""

    plan: str
    period: str
    year: int
    issue_no: int
    state: Literal["draft", "frozen"]
    content_json: str
    drafted_at: dt.datetime
    frozen_at: dt.datetime | None
    frozen_by: str | None


def next_issue_no(url: str, plan: str, year: int) -> int:
    """The number of the plan's next issue of that year, from 1. Issues drafted before keep theirs."""
    query = select(func.max(BriefRow.issue_no)).where(BriefRow.plan == plan, BriefRow.year == year)
    with reading(url) as connection:
        return int(connection.execute(query).scalar() or 0) + 1


def save_brief_draft(
    url: str, plan: str, period: str, issue_no: int, content_json: str, now: dt.datetime, year: int | None = None
) -> StoredBrief:
    """Save a draft. A later draft replaces the content but keeps number and year of the first.

    `year` is the year of issue, by default that of `now`. Saving the content of a frozen issue again changes nothing.
    Raises InputError if the issue is frozen with other content, or if another period has the number.
    """
    with writing(url, plan) as connection:
        before = _find(connection, plan, period)
        if before is None:
            year = year or now.astimezone(OFFICE_ZONE).year
            _reject_taken(connection, plan, year, issue_no)
            values = {"plan": plan, "period": period, "year": year, "issue_no": issue_no, "state": "draft"}
            connection.execute(insert(BriefRow), [{**values, "content_json": content_json, "drafted_at": now}])
        elif before.state == "frozen" and before.content_json != content_json:
            raise InputError(f"{period} 简报（第{before.issue_no}期）已定稿，内容不能再改；更正请写入下一期")
        elif before.content_json != content_json:
            _update_draft(connection, plan, period, content_json=content_json, drafted_at=now)
        return _known(connection, plan, period)


def freeze_issue(
    url: str,
    plan: str,
    period: str,
    by: str,
    now: dt.datetime,
    *,
    issue_no: int | None = None,
    content_json: str | None = None,
) -> StoredBrief:
    """Freeze the draft as approved by `by` and record it in the audit log. Freezing again changes nothing.

    `issue_no` and `content_json` replace those of the draft where the approver changed them (number, 按语).
    Raises InputError if there is no draft, `by` is blank, or another period has the number.
    """
    if not by.strip():
        raise InputError("简报定稿须写明审批人")
    if issue_no is not None and not 1 <= issue_no <= LAST_NUMBER:
        raise InputError(f"期号须为 1 到 {LAST_NUMBER} 的整数")
    changed = {"issue_no": issue_no, "content_json": content_json}
    values = {name: value for name, value in changed.items() if value is not None}
    with writing(url, plan) as connection:
        before = _find(connection, plan, period)
        if before is None:
            raise InputError(f"{period} 还没有简报草稿，请先编发该期简报")
        if before.state == "draft" and issue_no not in (None, before.issue_no):
            _reject_taken(connection, plan, before.year, issue_no)
        _update_draft(connection, plan, period, state="frozen", frozen_at=now, frozen_by=by, **values)
        after = _known(connection, plan, period)
        if before.state == "draft":
            content = hashlib.sha256(after.content_json.encode()).hexdigest()
            detail = f"{after.year}年第{after.issue_no}期，内容校验值 {content}"
            append_act(connection, plan, "简报定稿", period, by, detail, now)
        return after


def number_is_free(url: str, plan: str, period: str, issue_no: int) -> bool:
    """Whether the period's draft may take this number: it is in range and no other issue of the same year has it."""
    with reading(url) as connection:
        own = _find(connection, plan, period)
        if own is None or not 1 <= issue_no <= LAST_NUMBER:
            return False
        query = select(BriefRow.period).where(
            BriefRow.plan == plan, BriefRow.year == own.year, BriefRow.issue_no == issue_no, BriefRow.period != period
        )
        return connection.execute(query).scalar() is None


def load_brief(url: str, plan: str, period: str) -> StoredBrief | None:
    """The issue of a period, draft or frozen; None if there is none yet."""
    with reading(url) as connection:
        return _find(connection, plan, period)


def load_briefs(url: str, plan: str) -> tuple[StoredBrief, ...]:
    """All issues of a plan, ordered by year and number."""
    query = select(BriefRow.__table__).where(BriefRow.plan == plan).order_by(BriefRow.year, BriefRow.issue_no)
    with reading(url) as connection:
        return tuple(StoredBrief(**row._mapping) for row in connection.execute(query))


def _find(connection: Connection, plan: str, period: str) -> StoredBrief | None:
    query = select(BriefRow.__table__).where(BriefRow.plan == plan, BriefRow.period == period)
    row = connection.execute(query).one_or_none()
    return None if row is None else StoredBrief(**row._mapping)


def _known(connection: Connection, plan: str, period: str) -> StoredBrief:
    found = _find(connection, plan, period)
    if found is None:
        raise LookupError(f"brief {plan} {period} vanished within its own transaction")
    return found


def _update_draft(connection: Connection, plan: str, period: str, **values: Any) -> None:
    """Change a draft. The only UPDATE of issues: its WHERE clause keeps frozen ones unchanged."""
    is_draft = (BriefRow.plan == plan, BriefRow.period == period, BriefRow.state == "draft")
    connection.execute(update(BriefRow).where(*is_draft).values(values))


def _reject_taken(connection: Connection, plan: str, year: int, issue_no: int | None) -> None:
    query = select(BriefRow.period).where(BriefRow.plan == plan, BriefRow.year == year, BriefRow.issue_no == issue_no)
    other = connection.execute(query).scalar()
    if other is not None:
        raise InputError(f"{year}年第{issue_no}期已用于 {other} 的简报，请重新取号")
