"""Frozen values of letters and calls: what is sent, what became of it, whom the coordinator calls and what was said.

Belongs here: what `mail`, `store` and the UI hand to one another. Does not belong here: duties, files and standings
(`submission`), the roll-up (`progress`). Dates are calendar days in the office's zone, paths relative to data/.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from tasks.model.submission import DutyKey

LetterKey = tuple[str, str, str, str, str]
"""(plan, unit, duty, rung, ISO day): identifies a letter in the outbox."""

# How those answers to a letter begin that more than one room must know again: it was only written as a file; the mail
# account was turned away; some of its recipients were.
REHEARSED, LOGIN_REFUSED, PARTLY = "演练", "邮件账号登录失败", "已送达其余收件人"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter: its name as the recipient sees it and its path relative to data/."""

    name: str
    path: str

    @classmethod
    def in_data(cls, path: str) -> Attachment:
        """A file of data/, under its own name."""
        return cls(path.rpartition("/")[2], path)

    @classmethod
    def in_share(cls, path: str) -> Attachment:
        """A file of the share (`path` relative to it), wherever the share lies."""
        return cls(path.rpartition("/")[2], f"share/{path}")


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
    def key(self) -> LetterKey:
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
    def key(self) -> LetterKey:
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

    keys: tuple[DutyKey, ...]
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
class Undelivered:
    """Recipients who did not get a letter: `dead` addresses do not exist, those in `again` are tried once more."""

    dead: Collection[str] = ()
    again: Collection[str] = ()


EVERYBODY_GOT_IT = Undelivered()
