"""When letters may be sent: the quiet hours and the daily limit, as pure decisions.

Does not belong here: the pace within a batch (`deliver`) and the pauses after a failure (`tasks.store.outbox`).
"""

from __future__ import annotations

import datetime as dt

from config.settings import MailSettings
from tasks.model.letter import Letter
from tasks.model.words import RUNGS

# Mail servers commonly lock an account after five wrong passwords within half an hour.
LOGIN_REST = dt.timedelta(minutes=30)
LOGIN_RESTS = f"邮件账号登录失败后{LOGIN_REST.seconds // 60}分钟内不再尝试，以免账号被锁；请核对账号和口令"


def is_quiet(mail: MailSettings, now: dt.datetime) -> bool:
    """Whether `now` (in the office's time zone) is within the quiet hours, which may span midnight."""
    time, start, end = now.time(), mail.quiet_from, mail.quiet_until
    if start == end:
        return False
    return start <= time < end if start < end else time >= start or time < end


def day_begins(now: dt.datetime) -> dt.datetime:
    """Midnight of the office's day, from which letters count towards the daily limit."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def may_leave(mail: MailSettings, left_today: int, waiting: int) -> int:
    """How many of the waiting letters the daily limit allows. A dry run has no limit, because it sends nothing."""
    return max(0, min(waiting, mail.per_day - left_today)) if mail.mode == "send" else waiting


def waits_for_a_workday(letter: Letter) -> bool:
    """Whether a letter must not be sent on a day off: all letters of the ladder, also when sent again, and the notice
    that a form is out. The form itself lies in the share; nobody is at the office to read of it.
    """
    return letter.rung in (*RUNGS, "发放")
