"""When letters may leave: the quiet hours and the day's limit, as pure decisions.

Belongs here: the office's clock and count. The pace within a batch is in `post`, the pauses after a failure are the
store's.
"""

from __future__ import annotations

import datetime as dt

from config.settings import MailSettings
from tasks.mail.letter_keys import LADDER
from tasks.model.letter import Letter

# Mail servers commonly lock an account after five wrong passwords within half an hour.
LOGIN_REST = dt.timedelta(minutes=30)
LOGIN_RESTS = f"邮件账号登录失败后{LOGIN_REST.seconds // 60}分钟内不再尝试，以免账号被锁；请核对账号和口令"


def is_quiet(mail: MailSettings, now: dt.datetime) -> bool:
    """Whether `now` (in the office's zone) lies in the quiet hours, which may run over midnight."""
    time, start, end = now.time(), mail.quiet_from, mail.quiet_until
    if start == end:
        return False
    return start <= time < end if start < end else time >= start or time < end


def day_begins(now: dt.datetime) -> dt.datetime:
    """The first instant of the office's day: from it on letters count towards the day's limit."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def may_leave(mail: MailSettings, left_today: int, waiting: int) -> int:
    """How many of the waiting letters the day's limit lets go. A dry run sends none and has no limit."""
    return max(0, min(waiting, mail.per_day - left_today)) if mail.mode == "send" else waiting


def waits_for_a_workday(letter: Letter) -> bool:
    """Whether a letter must not leave on a day off: the ladder's, also when one is sent again after a doubt, and the
    notice that a form is out. The form itself lies in the share; nobody is at the office to read of it.
    """
    return letter.rung in (*LADDER, "发放")
