"""Letters on their way: into the outbox first, then sent one by one, each row closed with the server's answer.

Order only: what letters say, and which need not be said any more, is decided in `tasks.mail`; what a row may become
in `tasks.store`.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from pydantic import SecretStr

from config.settings import MailSettings
from flows.steps.results import Posted as Posted
from flows.steps.standings import standings_of
from flows.ui import events
from flows.ui.artifacts import publish_letters
from tasks.errors import InputError
from tasks.mail.letter_keys import LADDER, duties_told
from tasks.mail.letter_wording import without_numbers
from tasks.mail.sending_hours import LOGIN_REST, LOGIN_RESTS, day_begins, is_quiet, may_leave, waits_for_a_workday
from tasks.mail.withdraw import ACCEPTED, may_be_withdrawn
from tasks.mail.withdraw import decide_withdrawals as decide_recall
from tasks.model.context import Context
from tasks.model.letter import Letter
from tasks.model.submission import Standing
from tasks.store import outbox, send_limits
from tasks.store.task import enqueue, ready_letters

if TYPE_CHECKING:
    from tasks.mail.message import Sender

# What the post says of a letter, and what its row in the outbox becomes.
_CLOSED: Mapping[str, outbox.ClosedState] = {
    "sent": "sent", "uncertain": "uncertain", "retry": "failed", "permanent": "refused",
}  # fmt: skip
_WAITING = ("ready", "failed", "uncertain")


def send_letters(context: Context, letters: Sequence[Letter]) -> Posted:
    """Put `letters` into the outbox, then send everything that is ready, left-overs of an earlier run included.

    Left-overs that need not be said any more are taken back first.
    """
    withdraw_stale_letters(context)
    if letters:
        if context.settings.mail.mode == "send":
            send_limits.requeue_rehearsed(context.url, letters, context.now)
        enqueue(context.url, letters, context.now, label=f"{len(letters)} 封")
    mail, plan = context.settings.mail, context.plan.id
    patience = _patience(mail)
    waiting = ready_letters(context.url, plan, context.now, mail.when_uncertain, patience, label=plan)
    if waiting and _account_rests(context):
        return Posted(0, (LOGIN_RESTS,), len(waiting))
    leaving = _leaving(context, waiting)
    held = len(waiting) - len(leaving)
    if not leaving:
        return Posted(held=held)
    posted = _send(context, leaving, held, label=f"{len(leaving)} 封")
    show_letters_of_today(context)
    return posted


def show_letters_of_today(context: Context) -> None:
    """Today's letters and what became of them, in the UI. The digest is the coordinator's own."""
    day = context.now.date()
    found = outbox.letter_records(context.url, context.plan.id)
    publish_letters(
        context.plan.id, day.isoformat(), [each for each in found if each.day == day and each.rung != "摘要"]
    )


def _account_rests(context: Context) -> bool:
    """Whether the mail account was turned away a short while ago: another wrong login might get it locked."""
    since = context.now - LOGIN_REST
    return context.settings.mail.mode == "send" and send_limits.was_login_refused(context.url, context.plan.id, since)


def _leaving(context: Context, waiting: Sequence[Letter]) -> Sequence[Letter]:
    """Which of the waiting letters may leave now: the quiet hours, days off and the day's limit hold the others."""
    mail, now = context.settings.mail, context.now
    if not waiting or is_quiet(mail, now):
        return ()
    if not context.calendar.is_workday(now.date()):
        waiting = [letter for letter in waiting if not waits_for_a_workday(letter)]
    return waiting[: may_leave(mail, send_limits.count_left_since(context.url, day_begins(now)), len(waiting))]


def withdraw_stale_letters(context: Context, standings: Sequence[Standing] | None = None) -> None:
    """Take back waiting letters that need not, or must not, be said any more."""
    waiting = outbox.letter_records(context.url, context.plan.id, _WAITING)
    if not may_be_withdrawn(waiting):
        return
    now = standings_of(context, None, "待发信件") if standings is None else standings
    recalled = decide_recall(waiting, now, context.now.date())
    for key, why in recalled.settled.items():
        outbox.withdraw_letters(context.url, [key], why, context.now)
    for key, why in recalled.stale.items():
        outbox.give_up_letters(context.url, [key], why, context.now)


# No retries: what left is closed in the outbox, and the next run takes up what did not.
@task(name="寄送", task_run_name="寄送 {label}", cache_policy=NO_CACHE)
def _send(context: Context, waiting: Sequence[Letter], held: int, *, label: str) -> Posted:
    """See `dispatch`."""
    # Imported here: a run without letters needs no mail library.
    from tasks.mail.message import Sender

    county, mail = context.county, _with_password(context.settings.mail)
    sender = (county.mail_sender, county.mail_sender_name)
    counter = Sender(context.data, sender, county.coordinator_mail, context.share, mail.attachments_bytes)
    sent, troubles = dispatch(context.url, waiting, mail, counter, context.now)
    if troubles and not sent:
        events.emit_letters_held(context.plan.id, len(troubles))
    get_run_logger().info("%s：寄出 %d 封，未寄出 %d 封，留待以后 %d 封", label, sent, len(troubles), held)
    return Posted(sent, troubles, held)


def dispatch(
    url: str,
    waiting: Sequence[Letter],
    mail: MailSettings,
    counter: Sender,
    now: dt.datetime,
    tell: Callable[[Letter], None] = events.emit_letter_sent,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[int, tuple[str, ...]]:
    """Send letters that are on record: (how many left, what became of the others, naming nobody's address).

    One connection for the batch, and the one place where it becomes known what became of a letter. Each row is taken
    by this process right before its letter leaves, so that of two runs at once only one gets it, and is closed right
    after, before the next one leaves. A long batch stops where the quiet hours begin, and for a unit accepted meanwhile.
    `clock` counts in seconds.
    """
    from tasks.mail.deliver import deliver

    patience, letters, began = _patience(mail), {letter.key: letter for letter in waiting}, clock()

    def left_today() -> int:
        return send_limits.count_left_since(url, day_begins(now))

    def take(letter: Letter) -> bool:
        if is_quiet(mail, now + dt.timedelta(seconds=clock() - began)) or not may_leave(mail, left_today(), 1):
            return False
        if letter.rung in LADDER and send_limits.is_any_accepted(url, duties_told(letter.key)):
            outbox.withdraw_letters(url, [letter.key], ACCEPTED, now)
            return False
        return outbox.mark_sending(url, letter.key, now, mail.when_uncertain, patience)

    sent, troubles = 0, []
    lately = send_limits.count_left_since(url, now - dt.timedelta(minutes=1))
    for report in deliver(waiting, mail, counter, now, take, lately=lately):
        outbox.close_letter(
            url, report.key, _CLOSED[report.state], report.answer, now, report.dead, patience, report.again
        )
        if report.state == "sent":
            sent += 1
            tell(letters[report.key])
        if report.state != "sent" or report.dead:
            troubles.append(f"{report.key[1]}《{letters[report.key].subject}》：{without_numbers(report.answer)}")
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
