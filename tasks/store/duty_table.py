"""Duties, requests for extensions, and the extensions granted.

Does not belong here: which duties a period has (`tasks/issue`), whether one is overdue (`tasks/rollup`), open and
refused requests (`extensions`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, update

from tasks.errors import InputError
from tasks.model.submission import Duty, DutyKey
from tasks.model.words import Kind
from tasks.store.audit_chain import append_act
from tasks.store.engine import in_batches, reading, writing
from tasks.store.schema.duty_tables import DutyRow, ExtensionRow
from tasks.store.schema.submission_tables import SubmissionRow

_FETCH_SIZE = 1000


@dataclass(frozen=True, slots=True)
class ExtensionRequest:
    """One request for an extension from a workbook. `granted` is the extension in force for the duty, if any."""

    key: DutyKey
    until: dt.date
    reason: str
    received_at: dt.datetime
    granted: dt.date | None


def write_duties(url: str, duties: Iterable[Duty]) -> int:
    """Record duties by (plan, unit, kind, period); returns how many were new or changed.

    `extended_to` of the given duties is ignored: only `grant_extension` grants an extension.
    """
    by_plan: dict[str, list[Duty]] = {}
    for duty in duties:
        by_plan.setdefault(duty.plan, []).append(duty)
    return sum(_save(url, plan, group) for plan, group in by_plan.items())


def _save(url: str, plan: str, duties: Iterable[Duty]) -> int:
    with writing(url, plan) as connection:
        stored = {_key(row): row for row in connection.execute(select(DutyRow.__table__).where(DutyRow.plan == plan))}
        # Keyed, so that a duty given twice is saved once.
        wanted = {duty.key: _columns(duty) for duty in duties}
        new = [columns for key, columns in wanted.items() if key not in stored]
        changed = [
            (key, columns) for key, columns in wanted.items() if key in stored and _differs(stored[key], columns)
        ]
        if new:
            connection.execute(insert(DutyRow), new)
        for key, columns in changed:
            connection.execute(update(DutyRow).where(DutyRow.id == stored[key].id).values(columns))
        return len(new) + len(changed)


def read_duties(
    url: str, plan: str, period: str | None = None, units: Collection[str] | None = None
) -> tuple[Duty, ...]:
    """The plan's duties, or those of one period, in the order first saved, with the extensions in force.

    `units` limits the query to those units, so that the cost of one chunk does not grow with the number of units.
    """
    query = select(DutyRow.__table__).where(DutyRow.plan == plan)
    if period is not None:
        query = query.where(DutyRow.period == period)
    queries = (
        [query] if units is None else [query.where(DutyRow.unit.in_(batch)) for batch in in_batches(sorted(units))]
    )
    with reading(url) as connection:
        rows = [row for each in queries for row in connection.execute(each)]
    return tuple(_duty(row) for row in sorted(rows, key=lambda row: row.id))


def provisional_duties(url: str, plan: str) -> tuple[Duty, ...]:
    """The plan's duties with a date that a notice of holidays may still move."""
    query = select(DutyRow.__table__).where(DutyRow.plan == plan, DutyRow.provisional_from.is_not(None))
    with reading(url) as connection:
        return tuple(_duty(row) for row in connection.execute(query.order_by(DutyRow.id)))


def reporting_units(url: str, plan: str, kinds: Collection[Kind]) -> dict[tuple[str, ...], frozenset[str]]:
    """Units grouped by the measures they must report on in these kinds of duty; most groups hold many units."""
    query = select(DutyRow.unit, DutyRow.measures).where(DutyRow.plan == plan, DutyRow.kind.in_(kinds))
    units: dict[tuple[str, ...], set[str]] = {}
    with reading(url) as connection:
        # Streamed, because there may be very many duties.
        for unit, measures in connection.execute(query, execution_options={"yield_per": _FETCH_SIZE}):
            units.setdefault(measures, set()).add(unit)
    return {measures: frozenset(names) for measures, names in units.items()}


def grant_extension(url: str, key: DutyKey, until: dt.date, reason: str, by: str, now: dt.datetime) -> Duty:
    """Extend the duty to the end of the day `until`; `by` is the person who decided.

    Granting the day in force again changes nothing; another day replaces it, and both stay on record. Raises InputError
    for an unknown duty, a day not after the due day, or a blank reason or name.
    """
    if not reason.strip() or not by.strip():
        raise InputError("批准延期须写明理由和批准人")
    with writing(url, key[0]) as connection:
        row = _find(connection, key)
        if until <= row.due:
            raise InputError(f"延期日期 {until} 须晚于截止日期 {row.due}")
        if row.extended_to != until:
            values = {"duty_id": row.id, "until": until, "reason": reason, "granted_by": by, "granted_at": now}
            connection.execute(insert(ExtensionRow), [values])
            connection.execute(update(DutyRow).where(DutyRow.id == row.id).values(extended_to=until))
            append_act(connection, key[0], "批准延期", " ".join(key[1:]), by, f"延至{until}", now)
        return _duty(_find(connection, key))


def extension_requests(url: str, plan: str, period: str | None = None) -> tuple[ExtensionRequest, ...]:
    """All requests for an extension found in workbooks, oldest first."""
    query = (
        select(SubmissionRow.__table__, DutyRow.extended_to)
        .outerjoin(
            DutyRow,
            (DutyRow.plan == SubmissionRow.plan)
            & (DutyRow.unit == SubmissionRow.unit)
            & (DutyRow.kind == SubmissionRow.kind)
            & (DutyRow.period == SubmissionRow.period),
        )
        .where(SubmissionRow.plan == plan, SubmissionRow.extend_to.is_not(None))
        .order_by(SubmissionRow.received_at, SubmissionRow.id)
    )
    if period is not None:
        query = query.where(SubmissionRow.period == period)
    with reading(url) as connection:
        return tuple(
            ExtensionRequest(_key(row), row.extend_to, row.extend_reason, row.received_at, row.extended_to)
            for row in connection.execute(query)
        )


def is_duty(table: type[DutyRow] | type[SubmissionRow], key: DutyKey) -> ColumnElement[bool]:
    """WHERE clause that matches one duty, or the submissions of one duty."""
    columns = (table.plan, table.unit, table.kind, table.period)
    return and_(*(column == value for column, value in zip(columns, key, strict=True)))


def _find(connection: Connection, key: DutyKey) -> Row[Any]:
    row = connection.execute(select(DutyRow.__table__).where(is_duty(DutyRow, key))).one_or_none()
    if row is None:
        raise InputError(f"没有这项报送任务：{key[1]} {key[3]}（{key[2]}），请先发放该期报表")
    return row


def _key(row: Row[Any]) -> DutyKey:
    return (row.plan, row.unit, row.kind, row.period)


def _columns(duty: Duty) -> dict[str, object]:
    names = (
        "plan",
        "unit",
        "kind",
        "period",
        "opens",
        "due",
        "grace_until",
        "closes",
        "text",
        "measures",
        "provisional_from",
    )
    return {name: getattr(duty, name) for name in names}


def _differs(row: Row[Any], columns: Mapping[str, object]) -> bool:
    return any(getattr(row, name) != value for name, value in columns.items())


def _duty(row: Row[Any]) -> Duty:
    return Duty(
        plan=row.plan,
        unit=row.unit,
        kind=row.kind,
        period=row.period,
        opens=row.opens,
        due=row.due,
        grace_until=row.grace_until,
        closes=row.closes,
        text=row.text,
        measures=row.measures,
        extended_to=row.extended_to,
        provisional_from=row.provisional_from,
    )
