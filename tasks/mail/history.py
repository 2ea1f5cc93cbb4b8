"""What the outbox tells about a unit: what was last said to it, what did not arrive, which addresses are gone.

Belongs here: pure readings of letter records, for the ladder, the call list and the digest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from tasks.mail.keys import DutyKey, duties_told, told
from tasks.mail.wording import duty_title, short_day
from tasks.outcomes import Call, LetterRecord
from tasks.shapes import Standing

_LADDER = ("提醒", "蓝", "黄", "红")
_DONE = ("按时", "迟报", "零报告")
_SHOWN_MOST = 3
_STATES: Mapping[str, str] = {
    "ready": "待发", "sending": "正在发出", "sent": "已发出", "uncertain": "不能确定是否送达",
    "failed": "未发出，稍后重试", "refused": "未送达",
    "withdrawn": "已撤回",
}  # fmt: skip


def undelivered(records: Iterable[LetterRecord]) -> Mapping[DutyKey, str]:
    """The duties whose last letter of the ladder nobody got, each with why."""
    last: dict[DutyKey, LetterRecord] = {}
    for each in sorted((each for each in records if each.rung in _LADDER), key=lambda each: each.day):
        if each.state != "withdrawn":
            last |= dict.fromkeys(duties_told(each.key), each)
    return {
        key: f"{short_day(each.day)}的{each.rung}信件未能送达：{each.answer}"
        for key, each in last.items()
        if each.state == "refused"
    }


def dead_addresses(records: Iterable[LetterRecord], since: dt.datetime) -> frozenset[str]:
    """Addresses (lower case) that a server has called unknown since that instant, and that took no letter after."""
    dead: set[str] = set()
    closed = [(each.closed_at, each) for each in records if each.closed_at is not None and each.closed_at >= since]
    for _, each in sorted(closed, key=lambda pair: pair[0]):
        gone = {address.lower() for address in each.dead}
        if each.state == "sent":
            dead -= {address.lower() for address in (*each.to, *each.cc)}
        dead |= gone
    return frozenset(dead)


def with_last_words(calls: Iterable[Call], records: Sequence[LetterRecord]) -> tuple[Call, ...]:
    """The calls, each with the last letters to its unit, the newest first."""
    return tuple(replace(call, last=last_words(call.unit, records)) for call in calls)


def last_words(unit: str, records: Iterable[LetterRecord]) -> tuple[str, ...]:
    """The last three letters to a unit: day, subject, what became of it. Without the digest and what was withdrawn."""
    own = [each for each in records if each.unit == unit and each.rung != "摘要" and each.state != "withdrawn"]
    newest = sorted(own, key=lambda each: each.day)[::-1][:_SHOWN_MOST]
    return tuple(f"{short_day(each.day)}{each.subject}（{became(each)}）" for each in newest)


def became(record: LetterRecord) -> str:
    """What became of a letter, in a few words; of a dry run that it was one."""
    return "演练，未寄出" if record.answer.startswith("演练") else _STATES[record.state]


def resolved_reds(standings: Iterable[Standing], records: Sequence[LetterRecord], today: dt.date) -> tuple[str, ...]:
    """销号: duties that had a 督办单 and were accepted since the last digest before today, one line each."""
    said = told(each.key for each in records if each.state not in ("refused", "withdrawn"))
    since = max((each.day for each in records if each.rung == "摘要" and each.day < today), default=dt.date.min)
    found = []
    for each in standings:
        reds = [entry.day for entry in said.get(each.duty.key, ()) if entry.rung == _LADDER[-1]]
        done_on = each.first_accepted.date() if each.first_accepted and each.name in _DONE else None
        if reds and done_on and done_on >= max(since, reds[0]):
            title = duty_title(each.duty)
            found.append(
                f"{each.duty.unit}：{title}，{short_day(reds[-1])}的督办单，{short_day(done_on)}报送受理，销号"
            )
    return tuple(found)
