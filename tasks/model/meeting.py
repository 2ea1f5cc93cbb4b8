"""Frozen values of the joint meeting itself: matters it follows until they are closed (销号), and units' records.

Belongs here: what passes between store, rollup and brief about the meeting. Does not belong here: reports and their
rows (`submission`), the wording of a matter and the counting of a record (the stages).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tasks.model.words import MatterKind, MatterState


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter that the meeting follows. `no` never changes: 协2023-10-1 was raised in October's brief as the first.

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
        """Whether it is still open after its last day."""
        return self.state == "办理中" and self.due is not None and on > self.due


@dataclass(frozen=True, slots=True)
class DecisionsRegister:
    """The workbook of matters that goes with one issue: its matters now (`told`) and when it was issued (`issued`).

    `sha256` is the hash of the file as read; the audit log names it with every change that came from the file.
    """

    period: str
    told: tuple[Matter, ...]
    issued: tuple[Matter, ...] = ()
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """One unit's record over a quarter or a year, counted in duties that are due.

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
