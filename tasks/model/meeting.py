"""Frozen values of the joint meeting itself: matters it follows until they are closed (销号), and units' records.

Belongs here: what passes between store, rollup and brief about the meeting. Does not belong here: reports and their
rows (`shapes`), how a matter is worded or a record is counted (the stages).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tasks.model.words import MatterKind, MatterState


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing the meeting follows. `no` names it for ever: 协2023-10-1 was raised first in October's brief.

    `owner` is the unit that must act ('' until the meeting names one), `due` its last day. `measure` is '' for a
    decision about no single measure. A closed matter (已销号) never opens again.
    """

    no: str
    kind: MatterKind
    period: str
    measure: str
    raised_by: str
    words: str
    owner: str
    due: dt.date | None
    progress: str = ""
    state: MatterState = "办理中"
    closed_on: dt.date | None = None

    def is_overdue(self, on: dt.date) -> bool:
        """Whether it is still open on a day after its last."""
        return self.state == "办理中" and self.due is not None and on > self.due


@dataclass(frozen=True, slots=True)
class DecisionsRegister:
    """The workbook of matters given out with one issue: what it holds now (`told`) and held when given out (`issued`).

    `sha256` is that of the file as it was read: what changes by it is on the audit log under it.
    """

    period: str
    told: tuple[Matter, ...]
    issued: tuple[Matter, ...] = ()
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """One unit's record over a quarter or a year, in duties whose day has come.

    `first_right` counts duties whose very first file was accepted; `late_workdays` adds up those past the last day
    in time; `returns` are files sent back; `corrections` files accepted after the period's brief was frozen.
    `exemptions` are the approved extensions, in words.
    """

    unit: str
    expected: int
    on_time: int
    first_right: int
    late_workdays: int
    missing: int
    returns: int
    corrections: int
    exemptions: tuple[str, ...] = ()
