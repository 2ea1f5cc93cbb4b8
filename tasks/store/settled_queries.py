"""Queries that a unit has already answered: the settled queries of its last accepted report.

Does not belong here: which queries stay settled (`tasks/validate/answered_queries`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, select, true

from config.calendar import Period
from tasks.errors import InputError
from tasks.model.finding import SETTLES, answered_by
from tasks.model.submission import AnsweredQuery
from tasks.store.engine import reading
from tasks.store.schema.submission_tables import FindingRow, SubmissionRow


def load_answered_queries(
    url: str, plan: str, periods: Collection[str], units: Collection[str] | None = None
) -> dict[str, frozenset[AnsweredQuery]]:
    """By unit: the queries settled in its last accepted report up to and including each period.

    `units` limits the query to those units; None means all. Raises InputError for an invalid period.
    """
    found: dict[str, set[AnsweredQuery]] = {}
    with reading(url) as connection:
        for row in (row for period in periods for row in connection.execute(_settled(plan, _end_of(period), units))):
            found.setdefault(row.unit, set()).update(answered_by(row.code, row.measure, row.value))
    return {unit: frozenset(marks) for unit, marks in found.items()}


def _end_of(period: str) -> dt.date:
    try:
        return Period.parse(period).end
    except ValueError as error:
        raise InputError(str(error)) from None


def _settled(plan: str, end: dt.date, units: Collection[str] | None) -> Select[Any]:
    newest_first = (SubmissionRow.period_end.desc(), SubmissionRow.period_start.desc())
    nth = func.row_number().over(partition_by=SubmissionRow.unit, order_by=newest_first).label("nth")
    last = (
        select(SubmissionRow.id, SubmissionRow.unit, nth)
        .where(
            SubmissionRow.plan == plan,
            SubmissionRow.kind == "progress",
            SubmissionRow.state == "accepted",
            SubmissionRow.period_end <= end,
            true() if units is None else SubmissionRow.unit.in_(units),
        )
        .subquery()
    )
    return (
        select(last.c.unit, FindingRow.code, FindingRow.measure, FindingRow.value)
        .join(FindingRow, FindingRow.submission_id == last.c.id)
        .where(last.c.nth == 1, FindingRow.severity == "hint", FindingRow.code.in_(SETTLES))
    )
