"""The units of a plan's measures, each with its role: 牵头 (reports on the measure) or 责任 (supports it).

Belongs here: assigning measures to units, groups expanded to members. Dates are `duties_due`, rows `prefilled_rows`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from config.county import County
from config.plan import Measure, Plan

LEAD, SUPPORT = "牵头", "责任"


def members_of(name: str, county: County, day: dt.date) -> Iterator[str]:
    """The canonical names of the units a name stands for on that day: a group's members, or the unit itself.

    A unit that has ceased, or does not exist yet, gives none. A name unknown to the county is kept as it is.
    """
    unit = county.resolve(name)
    if unit is None:
        yield name
    elif unit.kind == "group":
        yield from (member.name for member in county.members(unit.name, day))
    elif unit.is_valid_on(day):
        yield unit.name


def units_with_roles(measure: Measure, county: County, day: dt.date) -> Iterator[tuple[str, str]]:
    """Every (unit, role) of one measure, reporting unit first; a unit named twice keeps its first role."""
    seen: set[str] = set()
    for name in (*measure.lead, *measure.responsible):
        role = LEAD if name == measure.reporting_unit else SUPPORT
        for unit in members_of(name, county, day):
            if unit not in seen:
                seen.add(unit)
                yield unit, role


def measures_by_unit(plan: Plan, county: County, day: dt.date) -> dict[str, dict[str, str]]:
    """unit -> {measure number: role}, units in the order in which the plan first names them."""
    assigned: dict[str, dict[str, str]] = {}
    for measure in plan.measures:
        for unit, role in units_with_roles(measure, county, day):
            assigned.setdefault(unit, {})[measure.no] = role
    return assigned


def measures_to_report(roles: dict[str, str]) -> tuple[str, ...]:
    """The measures a unit reports on: those it leads; a unit that leads none reports on those it supports."""
    leads = tuple(no for no, role in roles.items() if role == LEAD)
    return leads or tuple(roles)
