"""Open requests for an extension, and refusing one. `duty_table.grant_extension` grants one."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, insert, select

from tasks.errors import InputError
from tasks.model.submission import DutyKey
from tasks.store.audit_chain import append_act
from tasks.store.duty_table import ExtensionRequest, extension_requests, is_duty
from tasks.store.engine import reading, writing
from tasks.store.schema.duty_tables import DutyRow, ExtensionRow, RefusalRow


def open_requests(url: str, plan: str) -> tuple[ExtensionRequest, ...]:
    """The last request of each duty if it is newer than the duty's last answer; oldest first."""
    answered = _answered(url, plan)
    last = {request.key: request for request in extension_requests(url, plan)}
    waiting = (each for each in last.values() if each.key not in answered or answered[each.key] < each.received_at)
    return tuple(sorted(waiting, key=lambda each: (each.received_at, each.key)))


def refuse_extension(url: str, key: DutyKey, reason: str, by: str, now: dt.datetime) -> dt.date:
    """Record that the duty's open request was refused; returns the day that was requested.

    Raises InputError if no request is open, or for a blank reason or name.
    """
    if not reason.strip() or not by.strip():
        raise InputError("不批准延期须写明理由和批复人")
    waiting = {each.key: each for each in open_requests(url, key[0])}
    if key not in waiting:
        raise InputError(f"{key[1]}没有待批复的延期申请（{key[3]}）")
    with writing(url, key[0]) as connection:
        duty_id = connection.execute(select(DutyRow.id).where(is_duty(DutyRow, key))).scalar_one_or_none()
        if duty_id is None:
            raise InputError(f"没有这项报送任务：{key[1]} {key[3]}，请先发放该期报表")
        asked = waiting[key].until
        values = {"duty_id": duty_id, "asked": asked, "reason": reason, "refused_by": by, "refused_at": now}
        connection.execute(insert(RefusalRow), [values])
        append_act(connection, key[0], "不批准延期", " ".join(key[1:]), by, f"申请延至{asked}", now)
    return asked


def _answered(url: str, plan: str) -> dict[DutyKey, dt.datetime]:
    """When the last request of each duty was granted or refused."""
    found: dict[DutyKey, dt.datetime] = {}
    key = (DutyRow.plan, DutyRow.unit, DutyRow.kind, DutyRow.period)
    with reading(url) as connection:
        for row, at in ((ExtensionRow, ExtensionRow.granted_at), (RefusalRow, RefusalRow.refused_at)):
            query = select(*key, func.max(at)).join(row, row.duty_id == DutyRow.id).where(DutyRow.plan == plan)
            for *of_duty, when in connection.execute(query.group_by(*key)):
                name: DutyKey = (of_duty[0], of_duty[1], of_duty[2], of_duty[3])
                found[name] = max(found.get(name, when), when)
    return found
