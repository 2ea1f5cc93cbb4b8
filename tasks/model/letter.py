"""Frozen values of letters and telephone calls.

Belongs here: what passes between `mail`, `store` and the UI. Does not belong here: duties, files and standings
(`submission`), the roll-up (`progress`). Dates are calendar days in the office's zone, paths relative to data/.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tasks.model.submission import DutyKey
from tasks.model.words import AnswerCode, ClosedState, LetterState

LetterKey = tuple[str, str, str, str, str]
"""(plan, unit, duty, rung, ISO day): identifies a letter in the outbox."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file attached to a letter: its name as the recipient sees it and its path relative to data/."""

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
    """One mail, written but not sent. Its `key` is unique in the outbox.

    `rung` is one of the ladder (提醒 蓝 黄 红), or another occasion: 发放 退回 待说明 受理 简报 摘要 …. `message_id` is fixed
    before the first try to send, so that a letter sent twice can be recognised.
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
class LetterOutcome:
    """How one try to send a letter ended, and the answer in words.

    `failed`: certainly not delivered, to be tried again. `refused`: not delivered, and a person must act. `uncertain`: it
    may have been delivered, and is sent again with the same Message-ID. `dead` are recipients that do not exist. `again`:
    the other recipients have the letter, and these alone, who were refused only for now, are sent it once more.
    """

    state: ClosedState
    answer: str
    code: AnswerCode | None = None
    dead: tuple[str, ...] = ()
    again: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterRecord:
    """One letter as the outbox has it, without its text.

    `answer` is the last one, `code` what the program must know of it; `dead` are the recipients the server said do not
    exist. `closed_at` is the instant of the last answer or decision; `doubtful` once it may have arrived, whatever was
    said later.
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
    state: LetterState
    answer: str = ""
    code: AnswerCode | None = None
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
        """Whether it was only written as a file, in a dry run."""
        return self.state == "sent" and self.code == "rehearsed"

    @property
    def partly(self) -> bool:
        """Whether some recipients did not get it; while it is `uncertain`, `to` and `cc` hold only those."""
        return self.state in ("sent", "uncertain") and self.code == "partly"


@dataclass(frozen=True, slots=True)
class Supervision:
    """The words of one unit's 督办单, before they become a Word file.

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
    """One entry of the coordinator's call list: whom to call today, and what is missing.

    `last` are the last three contacts with the unit (letters and calls), the newest first; `said` is what was noted of
    the last call that was answered.
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
    """One telephone call as the coordinator noted it. `who` is a role, never a name; the roster has the name.

    `called_at` is aware, in the office's zone; `words` may be empty where the call was not answered.
    """

    plan: str
    unit: str
    who: str
    called_at: dt.datetime
    answered: bool
    words: str
    noted_by: str
