"""The matters the joint meeting follows: entered once under their number, changed until closed, then kept.

What a person enters, changes or closes is on the audit log with whose hand it was, whichever way it came; what a brief
raised is on it as that brief's approval.
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
# What may be changed of a matter; its number, kind and origin stay.
_CHANGEABLE = ("words", "owner", "due", "progress", "raised_by", "measure")
# As the log tells what changed. Words that people wrote stay out of it: they may name somebody, and it forgets nothing.
_TOLD = {"words": "事项", "owner": "责任单位", "progress": "办理情况", "raised_by": "提出单位", "measure": "措施"}
_ENTERED, _CHANGED, _CLOSED = "登记会议事项", "更新会议事项", "会议事项销号"


@dataclass(frozen=True, slots=True)
class ChangedBy:
    """Whose hand an entry is: `by` as the log names it, and by what paper (`proof`), where there is one."""

    by: str
    proof: str = ""


def enter_matters(url: str, plan: str, matters: Iterable[Matter], now: dt.datetime) -> int:
    """Enter the matters that are not in the ledger yet; those that are stay as they are. Returns how many are new."""
    with writing(url, plan) as connection:
        known = _known(connection, plan)
        new = [matter for matter in matters if matter.no not in known]
        if new:
            connection.execute(insert(MatterRow), [_values(plan, matter, now) for matter in new])
    return len(new)


def change_matters(url: str, plan: str, told: Iterable[Matter], hand: ChangedBy, now: dt.datetime) -> int:
    """Take over what is told of matters, in its order. Returns how many matters are new or have changed.

    A blank tells nothing: it never wipes out what is known. A closed matter stays as it was closed.
    """
    with writing(url, plan) as connection:
        return sum(_change(connection, plan, matter, hand, now) for matter in told)


def apply_register(url: str, plan: str, register: DecisionsRegister, now: dt.datetime) -> int:
    """Take over what a person entered in a register since it was last read, or given out. Returns how many matters changed.

    What stands there unchanged tells nothing: what a form or a later register changed meanwhile is not undone by it.
    """
    changed = 0
    hand = ChangedBy(f"{register.period}议定事项登记表", f"登记表校验值 {register.sha256}" if register.sha256 else "")
    with writing(url, plan) as connection:
        read = _last_read(connection, plan, register.period)
        before = {m.no: m for m in (register.issued if read is None else read)}
        for matter in register.told:
            if matter != before.get(matter.no):
                changed += _change(connection, plan, _typed(before.get(matter.no), matter), hand, now)
        _remember(connection, plan, register, now, is_new=read is None)
    return changed


def enter_decision(
    url: str, plan: str, decided: Matter, first_number: int, hand: ChangedBy, now: dt.datetime
) -> Matter:
    """Enter a decision under the next number of its period, from `first_number` up, and return it with that number.

    The same decision entered again (its words, owner and day) is the one it was. `decided.no` is not looked at.
    """
    with writing(url, plan) as connection:
        own = [m for m in _known(connection, plan).values() if m.kind == decided.kind and m.period == decided.period]
        for known in own:
            if (known.words, known.owner, known.due) == (decided.words, decided.owner, decided.due):
                return known
        numbers = [int(m.no.rpartition("-")[2]) for m in own]
        number = max([first_number, *(n + 1 for n in numbers)])
        new = replace(decided, no=f"议{decided.period}-{number}")
        _enter(connection, plan, new, hand, now)
        return new


def load_matters(url: str, plan: str) -> tuple[Matter, ...]:
    """Every matter of a plan, open and closed, in the order in which they were raised."""
    with reading(url) as connection:
        return tuple(sorted(_known(connection, plan).values(), key=_order))


def _change(connection: Connection, plan: str, told: Matter, hand: ChangedBy, now: dt.datetime) -> bool:
    before = _known(connection, plan).get(told.no)
    if before is None:
        _enter(connection, plan, told, hand, now)
        return True
    values = _news(before, told)
    if values:
        same = (MatterRow.plan == plan, MatterRow.no == told.no)
        connection.execute(update(MatterRow).where(*same).values(**values, changed_at=now))
        _record(connection, plan, told, _CLOSED if "state" in values else _CHANGED, values, hand, now)
    return bool(values)


def _enter(connection: Connection, plan: str, new: Matter, hand: ChangedBy, now: dt.datetime) -> None:
    connection.execute(insert(MatterRow), [_values(plan, new, now)])
    values = {name: getattr(new, name) for name in ("due", "closed_on")}
    _record(connection, plan, new, _CLOSED if new.state == "已销号" else _ENTERED, values, hand, now)


def _record(
    connection: Connection,
    plan: str,
    matter: Matter,
    act: str,
    values: Mapping[str, Any],
    hand: ChangedBy,
    now: dt.datetime,
) -> None:
    """One link: days as they are now, of everything else only that it changed."""
    told = [f"{words}有改动" for name, words in _TOLD.items() if name in values]
    told += [f"办结期限 {values['due']}"] if values.get("due") else []
    told += [f"办结日期 {values['closed_on']}"] if values.get("closed_on") else []
    append_act(connection, plan, act, matter.no, hand.by, "；".join([*told, *filter(None, [hand.proof])]), now)


def _typed(before: Matter | None, told: Matter) -> Matter:
    """The matter with only what differs from `before`; the rest is blank and so tells nothing."""
    if before is None:
        return told
    same = {name for name in _CHANGEABLE if getattr(told, name) == getattr(before, name)}
    blanks: dict[str, Any] = {name: None if name == "due" else "" for name in same}
    return replace(told, **blanks)


def _last_read(connection: Connection, plan: str, period: str) -> list[Matter] | None:
    query = select(MatterRegisterRow.told).where(MatterRegisterRow.plan == plan, MatterRegisterRow.period == period)
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else [_from_json(one) for one in found]


def _remember(
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


def _known(connection: Connection, plan: str) -> dict[str, Matter]:
    columns = [MatterRow.__table__.c[name] for name in _FIELDS]
    rows = connection.execute(select(*columns).where(MatterRow.plan == plan))
    return {row.no: Matter(**row._mapping) for row in rows}


def _values(plan: str, matter: Matter, now: dt.datetime) -> dict[str, Any]:
    own = {name: getattr(matter, name) for name in _FIELDS}
    return {"plan": plan, **own, "entered_at": now, "changed_at": now}


def _news(before: Matter, told: Matter) -> dict[str, Any]:
    if before.state == "已销号":
        return {}
    values = {name: value for name in _CHANGEABLE if (value := getattr(told, name)) and value != getattr(before, name)}
    if told.state == "已销号":
        values |= {"state": told.state, "closed_on": told.closed_on}
    return values


def _order(matter: Matter) -> tuple[str, str, int, str]:
    """By period, coordination before decisions, then by the running number at the end."""
    last = matter.no.rpartition("-")[2]
    return (matter.period, matter.kind, int(last) if last.isdigit() else 0, matter.no)
