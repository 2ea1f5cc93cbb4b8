"""Read figures and contacts: rows in force, the last rows before a period, the contacts of a day.

Belongs here: queries over progress rows and contacts. Does not belong here: what the figures mean (`tasks/rollup`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select, true

from config.calendar import Period
from tasks.errors import InputError
from tasks.model.submission import Contact, ProgressRow
from tasks.model.words import Kind
from tasks.store.engine import reading
from tasks.store.schema.submission_tables import ContactRow, ProgressRecord, SubmissionRow


def load_accepted_rows(
    url: str, plan: str, period: str, kinds: Collection[Kind] = ("progress", "annual")
) -> tuple[ProgressRow, ...]:
    """The rows in force for a period: those of accepted submissions, ordered by unit and sheet row.

    A queried file does not count until its explanation is accepted. Deliverables are left out by default,
    because a figure repeated there must not count twice.
    """
    query = _with_submission().where(
        SubmissionRow.plan == plan,
        SubmissionRow.period == period,
        SubmissionRow.state == "accepted",
        SubmissionRow.kind.in_(kinds),
    )
    with reading(url) as connection:
        return tuple(_progress_row(row) for row in _by_unit(connection.execute(query)))


def load_previous_rows(
    url: str, plan: str, period: str, units: Collection[str] | None = None
) -> tuple[ProgressRow, ...]:
    """The last accepted progress row before a period, for each unit, measure and metric.

    `units` limits the query to those units; None means all. A month counts as before the quarter or year that ends
    with it. Raises InputError if `period` is not a period.
    """
    try:
        this = Period.parse(period)
    except ValueError as error:
        raise InputError(str(error)) from None
    same_row = (SubmissionRow.unit, ProgressRecord.measure, ProgressRecord.metric)
    newest_first = (SubmissionRow.period_end.desc(), SubmissionRow.period_start.desc(), ProgressRecord.position)
    ends_before = or_(
        SubmissionRow.period_end < this.end,
        and_(SubmissionRow.period_end == this.end, SubmissionRow.period_start > this.start),
    )
    # A chunk names its units: the cost of one chunk must not grow with the number of units.
    wanted = true() if units is None else SubmissionRow.unit.in_(units)
    ranked = (
        _with_submission()
        .add_columns(func.row_number().over(partition_by=same_row, order_by=newest_first).label("nth"))
        .where(
            SubmissionRow.plan == plan,
            SubmissionRow.kind == "progress",
            SubmissionRow.state == "accepted",
            ends_before,
            wanted,
        )
        .subquery()
    )
    query = select(ranked).where(ranked.c.nth == 1)
    with reading(url) as connection:
        return tuple(_progress_row(row) for row in _by_unit(connection.execute(query)))


def contacts_on(url: str, plan: str, on: dt.date) -> tuple[Contact, ...]:
    """The contacts valid on a day: for each unit, those of its last roster accepted by the end of that day."""
    newest_first = (SubmissionRow.received_at.desc(), SubmissionRow.version.desc(), SubmissionRow.id.desc())
    ranked = (
        select(
            ContactRow.__table__,
            func.dense_rank().over(partition_by=ContactRow.unit, order_by=newest_first).label("nth"),
        )
        .join(SubmissionRow, SubmissionRow.id == ContactRow.submission_id)
        .where(SubmissionRow.plan == plan, ContactRow.valid_from <= on)
        .subquery()
    )
    query = select(ranked).where(ranked.c.nth == 1)
    with reading(url) as connection:
        return tuple(
            Contact(plan, row.unit, row.role, row.name, row.title, row.phone, row.mail)
            for row in _by_unit(connection.execute(query))
            # `redact_person` leaves an empty row, so that an older roster does not come back into force.
            if row.name or row.phone or row.mail
        )


def _by_unit(rows: Iterable[Row[Any]]) -> list[Row[Any]]:
    """Rows sorted by unit and position in the file. Not in SQL: databases disagree on the order of Chinese names."""
    return sorted(rows, key=lambda row: (row.unit, row.submission_id, row.position))


def _with_submission() -> Select[Any]:
    return select(
        ProgressRecord.__table__,
        SubmissionRow.plan,
        SubmissionRow.unit,
        SubmissionRow.period,
        SubmissionRow.period_end,
    ).join(SubmissionRow, SubmissionRow.id == ProgressRecord.submission_id)


def _progress_row(row: Row[Any]) -> ProgressRow:
    return ProgressRow(
        plan=row.plan,
        unit=row.unit,
        period=row.period,
        measure=row.measure,
        role=row.role,
        metric=row.metric,
        metric_unit=row.metric_unit,
        target=row.target,
        cumulative=row.cumulative,
        status=row.status,
        progress=row.progress,
        problems=row.problems,
        coordination=row.coordination,
        coordination_unit=row.coordination_unit,
        next_steps=row.next_steps,
        highlights=row.highlights,
        expected=row.expected,
        explanation=row.explanation,
        row=row.row,
        cell=row.cell,
    )
