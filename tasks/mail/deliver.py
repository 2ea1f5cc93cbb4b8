"""Sends letters, or in dry-run writes them as .eml files, and reports on each one as soon as it is done.

Belongs here: the order of a batch and its pace. What a single letter must be is in `parcel`, what an answer means in
`answers`; the outbox belongs to the store, and the flow lends it through `before` and the yielded answers.
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
from tasks.mail.message import not_allowed, prepare_message, why_not
from tasks.mail.smtp_client import SmtpClient, check_settings
from tasks.model.letter import Letter, LetterKey, LetterOutcome
from tasks.storage.atomic_write import write_atomically

Before = Callable[[Letter], bool | None]


class Report(NamedTuple):
    """What became of one letter."""

    key: LetterKey
    outcome: LetterOutcome


def deliver(
    letters: Iterable[Letter],
    mail: MailSettings,
    counter: Sender,
    now: dt.datetime,
    before: Before,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    lately: int = 0,
) -> Iterator[Report]:
    """Send each letter and yield its report right after it; the next leaves only when asked for.

    `before` is called for each letter right before it leaves, and for none that is refused here or finds no server;
    a letter for which it answers False (another process has it) is passed over without a report. `lately` is how many
    left within the last minute by other hands.
    In dry-run nothing leaves, and `sent` means that the .eml is written. Raises InputError for settings that cannot or must not be used.
    """
    if mail.mode != "send":
        yield from _write_all(letters, SmtpClient(mail, counter.sender), counter, now, before)
        return
    check_settings(mail)
    wire, pace = SmtpClient(mail, counter.sender), Pace(mail.per_minute, clock, sleep)
    for _ in range(min(lately, mail.per_minute)):
        pace.leaves()
    try:
        yield from _send_all(letters, wire, mail.allow, counter, now, before, pace)
    except BaseException:
        # Interrupted, perhaps in the middle of a letter: a goodbye would be taken for its text.
        wire.hang_up()
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
        if reason := why_not(letter, counter) or not_allowed(letter, allow):
            yield Report(letter.key, LetterOutcome("refused", reason))
            continue
        if not down:
            pace.wait()
            down = _connect(wire)
        if down:
            # One failed login a batch: a locked account or a dead server gains nothing from fifty more.
            yield Report(letter.key, down)
            continue
        if before(letter) is False:
            continue
        pace.leaves()
        outcome = _send(wire, letter, counter, now)
        down = outcome if wire.stage == "connect" else None
        yield Report(letter.key, outcome)


def _connect(wire: SmtpClient) -> LetterOutcome | None:
    """Open a secured, logged-in connection. Returns why there is none."""
    try:
        wire.login()
    except Exception as error:
        return smtp_replies.of_error(error, "connect")
    return None


def _send(wire: SmtpClient, letter: Letter, counter: Sender, now: dt.datetime) -> LetterOutcome:
    try:
        return smtp_replies.of_result(wire.send(**prepare_message(letter, counter, now)))
    except Exception as error:
        return smtp_replies.of_error(error, wire.stage)


def _write_all(
    letters: Iterable[Letter], wire: SmtpClient, counter: Sender, now: dt.datetime, before: Before
) -> Iterator[Report]:
    """Dry run: the same message, built the same way, into data/outbox instead of onto the wire."""
    for letter in letters:
        if reason := why_not(letter, counter):
            yield Report(letter.key, LetterOutcome("refused", reason))
            continue
        if before(letter) is False:
            continue
        _, message = wire.prepare_send(**prepare_message(letter, counter, now))
        write_atomically(counter.data / eml_path(letter), re.sub(r"\r?\n", "\r\n", message).encode("ascii"))
        yield Report(letter.key, LetterOutcome("sent", f"演练：未寄出，已写入 {eml_path(letter)}", "rehearsed"))


def eml_path(letter: Letter) -> str:
    """Where a dry run puts a letter, relative to data/: outbox/<day>/<rung>-<unit>-<mark>.eml."""
    mark = hashlib.sha256("\x1f".join(letter.key).encode()).hexdigest()[:8]
    name = re.sub(r"[^\w（）-]+", "_", f"{letter.rung}-{letter.unit}")
    return f"outbox/{letter.day.isoformat()}/{name}-{mark}.eml"


@dataclass(slots=True)
class Pace:
    """At most `per_minute` letters in any 60 seconds. `clock` and `sleep` count in seconds."""

    per_minute: int
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    sent_at: deque[float] = field(default_factory=deque)

    def wait(self) -> None:
        """Return when the next letter may leave."""
        if len(self.sent_at) == self.per_minute:
            rest_seconds = 60 - (self.clock() - self.sent_at[0])
            if rest_seconds > 0:
                self.sleep(rest_seconds)
            self.sent_at.popleft()

    def leaves(self) -> None:
        """Count one letter that leaves now."""
        self.sent_at.append(self.clock())
