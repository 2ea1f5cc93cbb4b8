"""The matters the joint meeting follows: entered once under their number, changed until closed, then kept.

Belongs here: entering, changing and reading matters. Does not belong here: numbering and wording (`tasks/brief`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, insert, select, update

from tasks.matters import Matter
from tasks.store.engine import reading, writing
from tasks.store.meeting_models import MatterRow

_FIELDS = tuple(field.name for field in fields(Matter))
# What a register may change of a matter; its number, kind and origin stay.
_CHANGEABLE = ("words", "owner", "due", "progress", "raised_by", "measure")


def enter_matters(url: str, plan: str, matters: Iterable[Matter], now: dt.datetime) -> int:
    """Enter the matters that are not in the ledger yet; those that are stay as they are. Returns how many are new."""
    with writing(url, plan) as connection:
        known = _known(connection, plan)
        new = [matter for matter in matters if matter.no not in known]
        if new:
            connection.execute(insert(MatterRow), [_values(plan, matter, now) for matter in new])
    return len(new)


def change_matters(url: str, plan: str, told: Iterable[Matter], now: dt.datetime) -> int:
    """Take over what a register of matters tells, in its order. Returns how many matters are new or have changed.

    A blank tells nothing: it never wipes out what is known. A closed matter stays as it was closed.
    """
    changed = 0
    with writing(url, plan) as connection:
        for matter in told:
            before = _known(connection, plan).get(matter.no)
            if before is None:
                connection.execute(insert(MatterRow), [_values(plan, matter, now)])
                changed += 1
            elif values := _news(before, matter):
                same = (MatterRow.plan == plan, MatterRow.no == matter.no)
                connection.execute(update(MatterRow).where(*same).values(**values, changed_at=now))
                changed += 1
    return changed


def load_matters(url: str, plan: str) -> tuple[Matter, ...]:
    """Every matter of a plan, open and closed, in the order in which they were raised."""
    with reading(url) as connection:
        return tuple(sorted(_known(connection, plan).values(), key=_order))


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
