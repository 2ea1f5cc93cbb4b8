"""Sending letters: into the outbox first, then one by one, each row closed with the server's answer.

Belongs here: the order. `tasks.mail` decides what letters say and which to withdraw, `tasks.store` a row's states.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pydantic import SecretStr

from config.settings import MailSettings
from flows.steps.results import Posted
from flows.steps.standings import standings_of
from flows.ui import events
from flows.ui.artifacts import publish_letters
from tasks.errors import InputError
from tasks.mail.letter_keys import duties_in_key
from tasks.mail.letter_wording import without_numbers
from tasks.mail.sending_hours import LOGIN_REST, LOGIN_RESTS, day_begins, is_quiet, may_leave, waits_for_a_workday
from tasks.mail.withdraw import ACCEPTED, decide_withdrawals, may_be_withdrawn
from tasks.model.letter import Letter
from tasks.model.run_context import Context
from tasks.model.submission import Standing
from tasks.model.words import RUNGS, UNCLOSED
from tasks.store import outbox, send_limits
from tasks.task import as_task

if TYPE_CHECKING:
    from tasks.mail.message import Sender


def send_letters(context: Context, letters: Sequence[Letter]) -> Posted:
    """Put `letters` into the outbox, then send everything that is ready, including what an earlier run left.

    Letters that are no longer needed are withdrawn first.
    """
    withdraw_stale_letters(context)
    if letters:
        if context.settings.mail.mode == "send":
            send_limits.requeue_rehearsed(context.url, letters, context.now)
        outbox.enqueue_letters(context.url, letters, context.now)
    mail = context.settings.mail
    waiting = outbox.load_ready_letters(context.url, context.plan.id, context.now, mail.when_uncertain, _patience(mail))
    if waiting and _account_rests(context):
        return Posted(0, (LOGIN_RESTS,), len(waiting))
    leaving = _leaving(context, waiting)
    held = len(waiting) - len(leaving)
    if not leaving:
        return Posted(held=held)
    posted = _send_task(context, leaving, held)
    show_letters_of_today(context)
    return posted


def show_letters_of_today(context: Context) -> None:
    """Publish today's letters and what became of them, without the digest, which the coordinator gets."""
    day = context.today
    records = outbox.letter_records(context.url, context.plan.id)
    todays = [each for each in records if each.day == day and each.rung != "摘要"]
    publish_letters(context.plan.id, day.isoformat(), todays)


def _account_rests(context: Context) -> bool:
    """Whether the mail account was refused a short while ago: another failed login might get it locked."""
    since = context.now - LOGIN_REST
    return context.settings.mail.mode == "send" and send_limits.was_login_refused(context.url, context.plan.id, since)


def _leaving(context: Context, waiting: Sequence[Letter]) -> Sequence[Letter]:
    """The waiting letters that may leave now; quiet hours, days off and the day's limit hold the others."""
    mail, now = context.settings.mail, context.now
    if not waiting or is_quiet(mail, now):
        return ()
    if not context.calendar.is_workday(now.date()):
        waiting = [letter for letter in waiting if not waits_for_a_workday(letter)]
    return waiting[: may_leave(mail, send_limits.count_left_since(context.url, day_begins(now)), len(waiting))]


def withdraw_stale_letters(context: Context, standings: Sequence[Standing] | None = None) -> None:
    """Withdraw waiting letters that need not, or must not, be sent any more."""
    waiting = outbox.letter_records(context.url, context.plan.id, UNCLOSED)
    if not may_be_withdrawn(waiting):
        return
    now = standings_of(context, None) if standings is None else standings
    withdrawals = decide_withdrawals(waiting, now, context.today)
    for key, why in withdrawals.settled.items():
        outbox.withdraw_letters(context.url, [key], why, context.now)
    for key, why in withdrawals.stale.items():
        outbox.give_up_letters(context.url, [key], why, context.now)


def _send(context: Context, waiting: Sequence[Letter], held: int) -> Posted:
    # Imported here: a run without letters needs no mail library.
    from tasks.mail.message import Sender

    county, mail = context.county, _with_password(context.settings.mail)
    sender = (county.mail_sender, county.mail_sender_name)
    counter = Sender(context.data, sender, county.coordinator_mail, context.share, mail.attachments_bytes)
    sent, troubles = dispatch(context.url, waiting, mail, counter, context.now)
    if troubles and not sent:
        events.emit_letters_held(context.plan.id, len(troubles))
    return Posted(sent, troubles, held)


# No retries: letters that left are closed in the outbox, and the next run sends the others.
_send_task = as_task(
    _send,
    "寄送",
    run_name="寄送 {context.now:%Y-%m-%d %H:%M}",
    log=lambda done: f"寄出 {done.sent} 封，未寄出 {len(done.troubles)} 封，留待以后 {done.held} 封",
)


def dispatch(
    url: str,
    waiting: Sequence[Letter],
    mail: MailSettings,
    counter: Sender,
    now: dt.datetime,
    on_sent: Callable[[Letter], None] = events.emit_letter_sent,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[int, tuple[str, ...]]:
    """Send letters that are on record. Returns how many left, and why the others did not (without any address).

    One connection serves the whole batch. Each row is taken by this process right before its letter leaves, so that of
    two runs at once only one gets it, and is closed right after, before the next letter leaves. A long batch stops when
    the quiet hours begin, and skips a unit whose report has been accepted meanwhile. `clock` counts in seconds.
    """
    from tasks.mail.deliver import deliver

    patience, letters, began = _patience(mail), {letter.key: letter for letter in waiting}, clock()

    def left_today() -> int:
        return send_limits.count_left_since(url, day_begins(now))

    def take(letter: Letter) -> bool:
        if is_quiet(mail, now + dt.timedelta(seconds=clock() - began)) or not may_leave(mail, left_today(), 1):
            return False
        if letter.rung in RUNGS and send_limits.is_any_accepted(url, duties_in_key(letter.key)):
            outbox.withdraw_letters(url, [letter.key], ACCEPTED, now)
            return False
        return outbox.mark_sending(url, letter.key, now, mail.when_uncertain, patience)

    sent, troubles = 0, []
    lately = send_limits.count_left_since(url, now - dt.timedelta(minutes=1))
    for report in deliver(waiting, mail, counter, now, take, lately=lately):
        key, outcome = report
        outbox.close_letter(url, key, outcome, now, patience)
        if outcome.state == "sent":
            sent += 1
            on_sent(letters[key])
        if outcome.state != "sent" or outcome.dead:
            troubles.append(f"{key[1]}《{letters[key].subject}》：{without_numbers(outcome.answer)}")
    return sent, tuple(troubles)


def _patience(mail: MailSettings) -> outbox.Patience:
    return outbox.Patience(mail.retry_minutes, mail.give_up_hours)


def _with_password(mail: MailSettings) -> MailSettings:
    """The settings with the password from the Prefect Secret block they name, where the environment gave none."""
    if mail.mode != "send" or not mail.user or not mail.password_block or mail.password.get_secret_value():
        return mail
    from prefect.blocks.system import Secret

    try:
        password = str(Secret.load(mail.password_block).get())  # type: ignore[union-attr]
    except ValueError:
        raise InputError(f"Prefect 中没有名为“{mail.password_block}”的 Secret 块，请在界面的 Blocks 中建立") from None
    return mail.model_copy(update={"password": SecretStr(password)})
