"""Frozen values that pass between stages. They have no behaviour beyond their own fields.

Dates are calendar days in the office's zone (Asia/Shanghai); instants are aware datetimes in that zone.
Paths inside the share or inside data/ are relative POSIX strings, so that they stay valid when a folder is moved.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tasks.model.words import Kind, Severity, StandingName, State

DutyKey = tuple[str, str, str, str]
"""(plan, unit, kind, period): identifies a duty."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One report that is expected of one unit. Every rate counts duties.

    On time means received by the end of `grace_until`; after `closes` the brief no longer waits.
    `measures` are the numbers the unit reports on; `extended_to` an approved extension. `provisional_from` is the first
    of the four dates that a notice of holidays, not published yet, may still move; None where all are settled.
    """

    plan: str
    unit: str
    kind: Kind
    period: str
    opens: dt.date
    due: dt.date
    grace_until: dt.date
    closes: dt.date
    text: str = ""
    measures: tuple[str, ...] = ()
    extended_to: dt.date | None = None
    provisional_from: dt.date | None = None

    @property
    def key(self) -> DutyKey:
        """(plan, unit, kind, period)."""
        return (self.plan, self.unit, self.kind, self.period)

    def is_provisional(self, day: dt.date) -> bool:
        """Whether this one of its dates may still move. A day that a person granted does not."""
        return self.provisional_from is not None and day >= self.provisional_from and day != self.extended_to


@dataclass(frozen=True, slots=True)
class Original:
    """One byte-exact copy taken from the share.

    `path` is where it was found, relative to the share; `folder_unit` the unit whose folder that is
    (None for 公共上报); `stored` its content address relative to data/originals.
    """

    plan: str
    sha256: str
    path: str
    folder_unit: str | None
    size_bytes: int
    mtime_ns: int
    received_at: dt.datetime
    stored: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with one file, in words a clerk can act on. Rules: `expectations.catalogue`.

    `cells` are A1 addresses; `value` what was read, `expected` what is wanted, `remedy` what to do.
    """

    code: str
    severity: Severity
    text: str
    remedy: str
    sheet: str = ""
    cells: tuple[str, ...] = ()
    measure: str | None = None
    value: str = ""
    expected: str = ""


class ReadRow(NamedTuple):
    """One row of a sheet: 1-based sheet row number and raw values by field name (config/workbook.toml)."""

    # A named tuple, because there are very many rows and a frozen dataclass takes twice as long to make.
    number: int
    values: Mapping[str, object]


class Repair(NamedTuple):
    """One lossless repair, logged with its cell: what was read and what it became."""

    cell: str
    before: str
    after: str
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One original as read: who it is from, for when, and its rows with cell addresses.

    `columns` maps a field name to its column letter, so a value's address is letter + row number;
    `heading` maps a field above the table (报送期间, 零报告 …) to (value, cell).
    `identified_by` is the first of signature, content, folder, filename that named unit and period; or person.
    `findings` are what reading itself found (refused formats, broken signature, missing columns); `saved_at` is when
    a file inside an archive was last saved, by its own clock, None for a file by itself.
    """

    original: Original
    plan: str
    unit: str | None
    period: str | None
    kind: Kind | None
    identified_by: str
    template: str | None
    sheet: str
    columns: Mapping[str, str] = field(default_factory=dict)
    heading: Mapping[str, tuple[object, str]] = field(default_factory=dict)
    rows: tuple[ReadRow, ...] = ()
    repairs: tuple[Repair, ...] = ()
    findings: tuple[Finding, ...] = ()
    format: str = "xlsx"
    saved_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """One validated row: a unit's report on one measure and metric for one period.

    `cumulative` and `target` are in `metric_unit`; None where the measure has no figure.
    `cell` is the address of the cumulative figure, or of 进展情况 where there is none.
    """

    plan: str
    unit: str
    period: str
    measure: str
    role: str
    metric: str
    metric_unit: str
    target: float | None
    cumulative: float | None
    status: str
    progress: str
    problems: str
    coordination: str
    coordination_unit: str
    next_steps: str
    highlights: str
    expected: str
    explanation: str
    row: int
    cell: str


@dataclass(frozen=True, slots=True)
class AnsweredQuery:
    """A query that a unit has answered: its code, the measure, and the value in question, as read."""

    code: str
    measure: str
    value: str


@dataclass(frozen=True, slots=True)
class FigureInForce:
    """One cumulative figure in force, in the register's unit of measure."""

    unit: str
    period: str
    measure: str
    metric: str
    cumulative: float


@dataclass(frozen=True, slots=True)
class FiguresWanted:
    """The figures to compare with: those of these units on these measures in these periods."""

    periods: frozenset[str]
    units: frozenset[str]
    measures: frozenset[str]


@dataclass(frozen=True, slots=True)
class Contact:
    """One person of a unit's roster. `role` is 分管领导 or 业务负责人. Personal data: never in a brief or a log."""

    plan: str
    unit: str
    role: str
    name: str
    title: str
    phone: str
    mail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement on one reading. `nil` marks a confirmed 零报告; `extension` a request filed in the workbook.

    `repairs` are all that were made, those in reading it among them.
    """

    reading: Reading
    state: State
    findings: tuple[Finding, ...]
    rows: tuple[ProgressRow, ...] = ()
    contacts: tuple[Contact, ...] = ()
    nil: bool = False
    extension: tuple[dt.date, str] | None = None
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """One version of one file in the ledger. `version` counts from 1 within (plan, unit, kind, period)."""

    id: int
    plan: str
    unit: str | None
    kind: Kind | None
    period: str | None
    version: int
    state: State
    sha256: str
    path: str
    stored: str
    received_at: dt.datetime
    decided_at: dt.datetime
    nil: bool
    findings: tuple[Finding, ...]
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that a new version changes: its field name, and both values as text ('' for blank)."""

    measure: str
    metric: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PreviousVersion:
    """The version in force right before a submission was judged, and the cells that the submission changes."""

    version: int
    path: str
    received_at: dt.datetime
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """The standing of one duty at one instant. `rollup.standing` decides it once, and every page and letter shows it.

    `overdue_workdays` is 0 on or before the due day; `blocking` are the findings that hold it up;
    `submission_id` and `version` name the file that counts (or, failing that, the last that came).
    """

    duty: Duty
    name: StandingName
    overdue_workdays: int
    first_received: dt.datetime | None
    first_accepted: dt.datetime | None
    returned_at: dt.datetime | None
    submission_id: int | None
    version: int | None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """Files a stage wrote, relative to data/, with their sha256."""

    path: str
    sha256: str
