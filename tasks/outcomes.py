"""Frozen values of what comes out: the roll-up of a period, and the letters and calls that follow from it.

Belongs here: what the stages from `rollup` on hand to one another. What goes in (duties, files, rows, standings) is in
`shapes`. No behaviour beyond what a value knows of itself; dates and paths as there.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from tasks.shapes import Standing

Light = Literal["绿", "黄", "红", "无"]

# How those answers to a letter begin that more than one room must know again: it was only written as a file; the mail
# account was turned away; some of its recipients were.
REHEARSED, LOGIN_REFUSED, PARTLY = "演练", "邮件账号登录失败", "已送达其余收件人"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter: its name as the recipient sees it and its path relative to data/."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, decided but not sent. `key` is (plan, unit, duty, rung, day) and is unique in the outbox.

    `kind`: reminder rungs (提醒 蓝 黄 红) or 发放 退回 受理 简报 摘要. `message_id` is fixed before anything is sent.
    """

    plan: str
    unit: str
    duty: str
    rung: str
    day: dt.date
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    text: str
    html: str
    message_id: str
    attachments: tuple[Attachment, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """(plan, unit, duty, rung, ISO day)."""
        return (self.plan, self.unit, self.duty, self.rung, self.day.isoformat())


@dataclass(frozen=True, slots=True)
class LetterRecord:
    """What the outbox knows of one letter, without its text.

    `state`: ready sending sent uncertain failed refused withdrawn; `answer` the last one; `dead` the recipients the
    server said do not exist. `closed_at` is the instant of the last answer or decision; `doubtful` once it may have
    arrived, whatever was said later.
    """

    plan: str
    unit: str
    duty: str
    rung: str
    day: dt.date
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    message_id: str
    state: str
    answer: str = ""
    dead: tuple[str, ...] = ()
    enqueued_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    doubtful: bool = False

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """(plan, unit, duty, rung, ISO day), as `Letter.key`."""
        return (self.plan, self.unit, self.duty, self.rung, self.day.isoformat())

    @property
    def rehearsed(self) -> bool:
        """Whether it was only written as a file, in a dry run: nobody was sent it."""
        return self.state == "sent" and self.answer.startswith(REHEARSED)

    @property
    def partly(self) -> bool:
        """Whether some of its recipients did not get it; while `uncertain`, those in `to` and `cc` alone still wait."""
        return self.state in ("sent", "uncertain") and self.answer.startswith(PARTLY)


@dataclass(frozen=True, slots=True)
class Supervision:
    """What one unit's 督办单 says: the words of the red rung, before they become a Word file.

    `keys` are the duties it is about; `no` its number (督办〔2023〕3号); `heading` the meeting's name and the form's.
    `reason`, `matters`, `missing` and `demand` are paragraphs in order; `day` in words (2023年10月27日).
    """

    keys: tuple[tuple[str, str, str, str], ...]
    unit: str
    no: str
    heading: str
    reason: tuple[str, ...]
    matters: tuple[str, ...]
    missing: tuple[str, ...]
    demand: tuple[str, ...]
    signature: str
    contact: str
    day: str


@dataclass(frozen=True, slots=True)
class Call:
    """One line of the coordinator's call list: whom to call today and what exactly is missing.

    `last` are the last three contacts with this unit (letters with what became of them, calls), the newest first;
    `said` is what was said in the last call that was answered.
    """

    unit: str
    what: str
    why: str
    phone: str
    overdue_workdays: int
    last: tuple[str, ...] = ()
    said: str = ""


@dataclass(frozen=True, slots=True)
class CallNote:
    """One telephone call as the coordinator noted it. `who` is a role, never a name: the roster says who held it.

    `called_at` is aware, in the office's zone; `words` may be empty where nobody answered.
    """

    plan: str
    unit: str
    who: str
    called_at: dt.datetime
    answered: bool
    words: str
    noted_by: str


@dataclass(frozen=True, slots=True)
class Figure:
    """Progress of one target at a period's end. `share` is achieved/target (1.0 = done), `elapsed` the share of time.

    `change` is the difference to last month's accepted cumulative value; None where there is none.
    """

    measure: str
    metric: str
    metric_unit: str
    operator: str
    target: float
    cumulative: float | None
    share: float | None
    elapsed: float
    light: Light
    change: float | None
    unit: str
    submission_id: int | None
    version: int | None
    cell: str
    due: dt.date


@dataclass(frozen=True, slots=True)
class MeasureProgress:
    """One measure at a period's end: its light, who reported, and the unit's own words."""

    no: str
    section: str
    text: str
    unit: str
    status: str
    light: Light
    progress: str
    problems: str
    coordination: str
    coordination_unit: str
    next_steps: str
    highlights: str
    reported: bool
    submission_id: int | None
    version: int | None
    cell: str
    supporting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """How the measures and figures of one group (a lead unit, a section, a plan, or all: ()) stand, in counts.

    `lights` are counts of measures by light and add up to `measures`; `done` of the `figures` have reached their target.
    """

    group: tuple[str, ...]
    measures: int
    reported: int
    lights: tuple[tuple[Light, int], ...]
    figures: int
    done: int


@dataclass(frozen=True, slots=True)
class RollUp:
    """A period as a whole: every standing, every measure, every figure, what is about to expire, and the count of each
    lead unit, in the order of the measures."""

    plan: str
    period: str
    as_of: dt.date
    standings: tuple[Standing, ...]
    measures: tuple[MeasureProgress, ...]
    figures: tuple[Figure, ...]
    expiring: tuple[tuple[str, dt.date, str], ...]
    by_unit: tuple[Tally, ...] = ()
