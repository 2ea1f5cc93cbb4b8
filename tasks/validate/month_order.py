"""Reports of one unit for several months in one chunk: the later month is held against the earlier one, as it would be
if the files had come one by one.

Belongs here: who waits for whom, and what those who waited find. Judging is `chunk`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from config.calendar import Period
from tasks.model.submission import Reading, Verdict
from tasks.validate.answered_queries import is_settled_by
from tasks.validate.plan_lookup import PlanLookup


def in_turn(readings: Sequence[Reading], places: Iterable[int]) -> list[list[int]]:
    """The places of readings in groups to be judged one after the other: nearly always one.

    A reading waits for those of its unit that came before it for an earlier period, and nobody overtakes one that waits.
    Every reading at these places names unit and period.
    """
    turns: list[list[int]] = []
    last: dict[str, list[tuple[Period, int]]] = {}
    for place in places:
        reading = readings[place]
        period, before = Period.parse(reading.period or ""), last.setdefault(reading.unit or "", [])
        turn = max((at + earlier.is_before(period) for earlier, at in before), default=0)
        before.append((period, turn))
        if turn == len(turns):
            turns.append([])
        turns[turn].append(place)
    return turns


def having(register: PlanLookup, verdicts: Iterable[Verdict]) -> PlanLookup:
    """The register with what these verdicts, oldest first, put in force: last figures, and what was explained with them."""
    new = {
        (each.reading.unit, each.reading.period): each
        for each in verdicts
        if each.state == "accepted" and each.reading.kind == "progress"
    }
    if not new:
        return register
    kept = [row for row in register.previous if (row.unit, row.period) not in new]
    rows = chain.from_iterable(each.rows for each in new.values())
    explained = {each.reading.unit or "": is_settled_by(each.findings) for each in new.values()}
    return replace(register, previous=(*kept, *rows), answered={**register.answered, **explained})
