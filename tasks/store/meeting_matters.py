"""Matters followed by the joint meeting: entered once under their number, changed until closed, then kept.

The audit log records what a person enters, changes or closes, by form or by register. A matter raised by a brief is
covered by the entry for that brief's approval.
Belongs here: entering, changing and reading matters. Does not belong here: numbering and wording (`tasks/brief`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from sqlalchemy import Connection, insert, select, update

from tasks.model.meeting import DecisionsRegister, Matter
from tasks.store.audit_chain import append_act
from tasks.store.engine import reading, writing
from tasks.store.schema.meeting_tables import MatterRegisterRow, MatterRow

_FIELDS = tuple(field.name for field in fields(Matter))
# Number, kind and period of a matter never change.
_CHANGEABLE = ("words", "owner", "due", "progress", "raised_by", "measure")
# Names of changed fields in the audit log. It records no free text, which may name a person: the log is never erased.
_LOGGED = {"words": "事项", "owner": "责任单位", "progress": "办理情况", "raised_by": "提出单位", "measure": "措施"}
_ENTERED, _CHANGED, _CLOSED = "登记会议事项", "更新会议事项", "会议事项销号"


@dataclass(frozen=True, slots=True)
class ChangedBy:
    """Source of a change, for the audit log: the person or register (`by`) and the document that proves it, if any."""

    by: str
    proof: str = ""


def enter_matters(url: str, plan: str, matters: Iterable[Matter], now: dt.datetime) -> int:
    """Enter the matters that are not in the ledger yet and leave the others unchanged. Returns how many are new."""
    with writing(url, plan) as connection:
        known = _load(connection, plan)
        new = [matter for matter in matters if matter.no not in known]
        if new:
            connection.execute(insert(MatterRow), [_values(plan, matter, now) for matter in new])
    return len(new)


def change_matters(url: str, plan: str, changes: Iterable[Matter], changed_by: ChangedBy, now: dt.datetime) -> int:
    """Apply changes to matters in the order given. Returns how many matters are new or have changed.

    A blank field changes nothing. A closed matter stays as it was closed.
    """
    with writing(url, plan) as connection:
        return sum(_change(connection, plan, matter, changed_by, now) for matter in changes)


def apply_register(url: str, plan: str, register: DecisionsRegister, now: dt.datetime) -> int:
    """Apply what a person entered in a register since it was last read or issued. Returns how many matters changed.

    Cells left unchanged are ignored, so that they do not undo what a form or a later register has changed meanwhile.
    """
    changed = 0
    changed_by = ChangedBy(
        f"{register.period}议定事项登记表", f"登记表校验值 {register.sha256}" if register.sha256 else ""
    )
    with writing(url, plan) as connection:
        last_read = _last_read(connection, plan, register.period)
        before = {m.no: m for m in (register.issued if last_read is None else last_read)}
        for matter in register.told:
            if matter != before.get(matter.no):
                changed += _change(connection, plan, _only_changes(before.get(matter.no), matter), changed_by, now)
        _save_register(connection, plan, register, now, is_new=last_read is None)
    return changed


def enter_decision(
    url: str, plan: str, decided: Matter, first_number: int, changed_by: ChangedBy, now: dt.datetime
) -> Matter:
    """Enter a decision under the next number of its period, starting at `first_number`; returns it with its number.

    `decided.no` is ignored. A decision with the same words, owner and due day is not entered twice: the existing one is
    returned.
    """
    with writing(url, plan) as connection:
        own = [m for m in _load(connection, plan).values() if m.kind == decided.kind and m.period == decided.period]
        for known in own:
            if (known.words, known.owner, known.due) == (decided.words, decided.owner, decided.due):
                return known
        numbers = [int(m.no.rpartition("-")[2]) for m in own]
        number = max([first_number, *(n + 1 for n in numbers)])
        new = replace(decided, no=f"议{decided.period}-{number}")
        _enter(connection, plan, new, changed_by, now)
        return new


def load_matters(url: str, plan: str) -> tuple[Matter, ...]:
    """All matters of a plan, open and closed, in the order in which they were raised."""
    with reading(url) as connection:
        return tuple(sorted(_load(connection, plan).values(), key=_sort_key))


def _change(connection: Connection, plan: str, change: Matter, changed_by: ChangedBy, now: dt.datetime) -> bool:
    before = _load(connection, plan).get(change.no)
    if before is None:
        _enter(connection, plan, change, changed_by, now)
        return True
    values = _changed_values(before, change)
    if values:
        same = (MatterRow.plan == plan, MatterRow.no == change.no)
        connection.execute(update(MatterRow).where(*same).values(**values, changed_at=now))
        _log(connection, plan, change, _CLOSED if "state" in values else _CHANGED, values, changed_by, now)
    return bool(values)


def _enter(connection: Connection, plan: str, new: Matter, changed_by: ChangedBy, now: dt.datetime) -> None:
    connection.execute(insert(MatterRow), [_values(plan, new, now)])
    values = {name: getattr(new, name) for name in ("due", "closed_on")}
    _log(connection, plan, new, _CLOSED if new.state == "已销号" else _ENTERED, values, changed_by, now)


def _log(
    connection: Connection,
    plan: str,
    matter: Matter,
    act: str,
    values: Mapping[str, Any],
    changed_by: ChangedBy,
    now: dt.datetime,
) -> None:
    """Add one entry to the audit log: the new days, and the names of the other changed fields."""
    details = [f"{words}有改动" for name, words in _LOGGED.items() if name in values]
    details += [f"办结期限 {values['due']}"] if values.get("due") else []
    details += [f"办结日期 {values['closed_on']}"] if values.get("closed_on") else []
    details += [changed_by.proof] if changed_by.proof else []
    append_act(connection, plan, act, matter.no, changed_by.by, "；".join(details), now)


def _only_changes(before: Matter | None, after: Matter) -> Matter:
    """The matter with only the fields that differ from `before`; the others are blank and so change nothing."""
    if before is None:
        return after
    same = {name for name in _CHANGEABLE if getattr(after, name) == getattr(before, name)}
    blanks: dict[str, Any] = {name: None if name == "due" else "" for name in same}
    return replace(after, **blanks)


def _last_read(connection: Connection, plan: str, period: str) -> list[Matter] | None:
    query = select(MatterRegisterRow.told).where(MatterRegisterRow.plan == plan, MatterRegisterRow.period == period)
    rows = connection.execute(query).scalar_one_or_none()
    return None if rows is None else [_from_json(row) for row in rows]


def _save_register(
    connection: Connection, plan: str, register: DecisionsRegister, now: dt.datetime, *, is_new: bool
) -> None:
    values = {"told": [_to_json(matter) for matter in register.told], "read_at": now}
    if is_new:
        connection.execute(insert(MatterRegisterRow), [{"plan": plan, "period": register.period, **values}])
        return
    same = (MatterRegisterRow.plan == plan, MatterRegisterRow.period == register.period)
    connection.execute(update(MatterRegisterRow).where(*same).values(**values))


def _to_json(matter: Matter) -> dict[str, Any]:
    values = asdict(matter)
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()}


def _from_json(values: Mapping[str, Any]) -> Matter:
    days = {name: dt.date.fromisoformat(values[name]) if values[name] else None for name in ("due", "closed_on")}
    return Matter(**{**values, **days})


def _load(connection: Connection, plan: str) -> dict[str, Matter]:
    columns = [MatterRow.__table__.c[name] for name in _FIELDS]
    rows = connection.execute(select(*columns).where(MatterRow.plan == plan))
    return {row.no: Matter(**row._mapping) for row in rows}


def _values(plan: str, matter: Matter, now: dt.datetime) -> dict[str, Any]:
    own = {name: getattr(matter, name) for name in _FIELDS}
    return {"plan": plan, **own, "entered_at": now, "changed_at": now}


def _changed_values(before: Matter, change: Matter) -> dict[str, Any]:
    if before.state == "已销号":
        return {}
    values = {
        name: value for name in _CHANGEABLE if (value := getattr(change, name)) and value != getattr(before, name)
    }
    if change.state == "已销号":
        values |= {"state": change.state, "closed_on": change.closed_on}
    return values


def _sort_key(matter: Matter) -> tuple[str, str, int, str]:
    """Sort key: period, coordination before decisions, then the running number at the end."""
    last = matter.no.rpartition("-")[2]
    return (matter.period, matter.kind, int(last) if last.isdigit() else 0, matter.no)
