"""Sends letters, or writes them as .eml files in a dry run, and reports on each as soon as it is done.

Belongs here: the order and pace of a batch. Does not belong here: checking and packing one letter (`message`), reading
the server's replies (`smtp_replies`), the outbox (`tasks.store`), which the flow updates through `before` and the
yielded reports.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from config.settings import MailSettings
from tasks.mail import smtp_replies
from tasks.mail.message import Sender as Sender
from tasks.mail.message import allow_list_refusal, prepare_message, refusal_reason
from tasks.mail.smtp_client import SmtpClient, check_settings
from tasks.model.letter import REHEARSED, Letter, LetterKey
from tasks.storage.atomic_write import write_atomically

Before = Callable[[Letter], bool | None]


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one letter. `dead` are recipients that do not exist, `again` those to send it to once more."""

    key: LetterKey
    state: smtp_replies.Outcome
    answer: str
    dead: tuple[str, ...] = ()
    again: tuple[str, ...] = ()


def deliver(
    letters: Iterable[Letter],
    mail: MailSettings,
    counter: Sender,
    now: dt.datetime,
    before: Before,
    lately: int = 0,
    pace: Pace | None = None,
) -> Iterator[Report]:
    """Send each letter and yield its report right after it; the next leaves only when asked for.

    `before` is called for each letter right before it leaves, and for none that is refused here or finds no server;
    a letter for which it answers False (another process has it) is passed over without a report. `lately` is how many
    letters other processes have sent within the last minute.
    States: `sent`; `retry` (certainly not delivered, try later); `permanent` (needs a person); `uncertain` (may have
    been delivered: send again with the same Message-ID). In dry-run nothing leaves, and `sent` means that the .eml is
    written. Raises InputError for settings that cannot or must not be used.
    """
    if mail.mode != "send":
        yield from _write_all(letters, SmtpClient(mail, counter.mailbox), counter, now, before)
        return
    check_settings(mail)
    wire, pace = SmtpClient(mail, counter.mailbox), pace or Pace(mail.per_minute)
    for _ in range(min(lately, mail.per_minute)):
        pace.leaves()
    try:
        yield from _send_all(letters, wire, mail.allow, counter, now, before, pace)
    except BaseException:
        # Interrupted, perhaps in the middle of a letter: the server would take a QUIT for its text.
        wire.abort()
        raise
    finally:
        wire.close()


def _send_all(
    letters: Iterable[Letter],
    wire: SmtpClient,
    allow: tuple[str, ...],
    counter: Sender,
    now: dt.datetime,
    before: Before,
    pace: Pace,
) -> Iterator[Report]:
    down = ""
    for letter in letters:
        if reason := refusal_reason(letter, counter) or allow_list_refusal(letter, allow):
            yield Report(letter.key, "permanent", reason)
            continue
        if not down:
            pace.wait()
            down = _connect(wire)
        if down:
            # After one failed connection the batch tries no more: repeated logins could lock the account.
            yield Report(letter.key, "retry", down)
            continue
        if before(letter) is False:
            continue
        pace.leaves()
        answer = _send(wire, letter, counter, now)
        down = answer.words if wire.stage == "connect" else ""
        yield Report(letter.key, answer.outcome, answer.words, answer.dead, answer.again)


def _connect(wire: SmtpClient) -> str:
    """Make sure of a live connection with TLS and login. Returns why there is none, or ''."""
    try:
        wire.login()
    except Exception as error:
        return smtp_replies.reply_from_error(error, "connect").words
    return ""


def _send(wire: SmtpClient, letter: Letter, counter: Sender, now: dt.datetime) -> smtp_replies.SmtpReply:
    try:
        return smtp_replies.reply_from_result(wire.send(**prepare_message(letter, counter, now)))
    except Exception as error:
        return smtp_replies.reply_from_error(error, wire.stage)


def _write_all(
    letters: Iterable[Letter], wire: SmtpClient, counter: Sender, now: dt.datetime, before: Before
) -> Iterator[Report]:
    """Dry run: build the same messages, but write them into data/outbox instead of sending them."""
    for letter in letters:
        if reason := refusal_reason(letter, counter):
            yield Report(letter.key, "permanent", reason)
            continue
        if before(letter) is False:
            continue
        _, message = wire.prepare_send(**prepare_message(letter, counter, now))
        write_atomically(counter.data / eml_path(letter), re.sub(r"\r?\n", "\r\n", message).encode("ascii"))
        yield Report(letter.key, "sent", f"{REHEARSED}：未寄出，已写入 {eml_path(letter)}")


def eml_path(letter: Letter) -> str:
    """Path of a dry run's file, relative to data/: outbox/<day>/<rung>-<unit>-<mark>.eml."""
    mark = hashlib.sha256("\x1f".join(letter.key).encode()).hexdigest()[:8]
    name = re.sub(r"[^\w（）-]+", "_", f"{letter.rung}-{letter.unit}")
    return f"outbox/{letter.day.isoformat()}/{name}-{mark}.eml"


@dataclass(slots=True)
class Pace:
    """At most `per_minute` letters in any 60 seconds. `clock` and `sleep` count in seconds."""

    per_minute: int
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    sent_at: deque[float] = field(default_factory=deque)

    def wait(self) -> None:
        """Sleep until the next letter may be sent."""
        if len(self.sent_at) == self.per_minute:
            rest_seconds = 60 - (self.clock() - self.sent_at[0])
            if rest_seconds > 0:
                self.sleep(rest_seconds)
            self.sent_at.popleft()

    def leaves(self) -> None:
        """Count one letter sent now."""
        self.sent_at.append(self.clock())
