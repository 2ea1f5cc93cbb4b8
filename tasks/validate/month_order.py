"""Reports of one unit for several months in one chunk: the later month is compared with the earlier one, as if the files had
come one by one.

Belongs here: the order of judging, and the lookup that a later group sees. Judging itself is `judge_chunk`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from config.calendar import Period
from tasks.model.submission import Reading, Verdict
from tasks.validate.answered_queries import settled_by_findings
from tasks.validate.plan_lookup import PlanLookup


def judging_order(readings: Sequence[Reading], indices: Iterable[int]) -> list[list[int]]:
    """The indices of readings in groups to judge one after the other; nearly always a single group.

    A reading is in a later group than its unit's preceding readings for an earlier period, and never in an earlier group
    than any preceding reading of its unit. Every reading at these indices has unit and period.
    """
    groups: list[list[int]] = []
    seen: dict[str, list[tuple[Period, int]]] = {}
    for index in indices:
        reading = readings[index]
        period, preceding = Period.parse(reading.period or ""), seen.setdefault(reading.unit or "", [])
        group = max((at + earlier.is_before(period) for earlier, at in preceding), default=0)
        preceding.append((period, group))
        if group == len(groups):
            groups.append([])
        groups[group].append(index)
    return groups


def with_verdicts(lookup: PlanLookup, verdicts: Iterable[Verdict]) -> PlanLookup:
    """The lookup plus the last figures and the answered queries of these verdicts, oldest first."""
    new = {
        (each.reading.unit, each.reading.period): each
        for each in verdicts
        if each.state == "accepted" and each.reading.kind == "progress"
    }
    if not new:
        return lookup
    kept = [row for row in lookup.previous if (row.unit, row.period) not in new]
    rows = chain.from_iterable(each.rows for each in new.values())
    explained = {each.reading.unit or "": settled_by_findings(each.findings) for each in new.values()}
    return replace(lookup, previous=(*kept, *rows), answered={**lookup.answered, **explained})
