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
from typing import NamedTuple

from config.settings import MailSettings
from tasks.mail import smtp_replies
from tasks.mail.message import Sender as Sender
from tasks.mail.message import allow_list_refusal, prepare_message, refusal_reason
from tasks.mail.smtp_client import SmtpClient, check_settings
from tasks.model.letter import Letter, LetterKey, LetterOutcome
from tasks.storage.atomic_write import write_atomically

Before = Callable[[Letter], bool | None]


class Report(NamedTuple):
    """The outcome of one letter."""

    key: LetterKey
    outcome: LetterOutcome


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
    down: LetterOutcome | None = None
    for letter in letters:
        if reason := refusal_reason(letter, counter) or allow_list_refusal(letter, allow):
            yield Report(letter.key, LetterOutcome("refused", reason))
            continue
        if not down:
            pace.wait()
            down = _connect(wire)
        if down:
            # After one failed connection the batch tries no more: repeated logins could lock the account.
            yield Report(letter.key, down)
            continue
        if before(letter) is False:
            continue
        pace.leaves()
        outcome = _send(wire, letter, counter, now)
        down = outcome if wire.stage == "connect" else None
        yield Report(letter.key, outcome)


def _connect(wire: SmtpClient) -> LetterOutcome | None:
    """Make sure of a live connection with TLS and login. Returns the failure if there is none."""
    try:
        wire.login()
    except Exception as error:
        return smtp_replies.reply_from_error(error, "connect")
    return None


def _send(wire: SmtpClient, letter: Letter, counter: Sender, now: dt.datetime) -> LetterOutcome:
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
            yield Report(letter.key, LetterOutcome("refused", reason))
            continue
        if before(letter) is False:
            continue
        _, message = wire.prepare_send(**prepare_message(letter, counter, now))
        write_atomically(counter.data / eml_path(letter), re.sub(r"\r?\n", "\r\n", message).encode("ascii"))
        yield Report(letter.key, LetterOutcome("sent", f"演练：未寄出，已写入 {eml_path(letter)}", "rehearsed"))


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
