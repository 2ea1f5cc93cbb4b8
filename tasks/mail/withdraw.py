"""Which letters that have not left need not, or must not, be said any more.

Belongs here: one pure decision over the outbox and the standings. Taking the letters back is the store's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tasks.mail.letter_keys import duties_told, version_told
from tasks.model.letter import LetterKey, LetterRecord
from tasks.model.submission import DutyKey, Standing
from tasks.model.words import REPORTED, RUNGS, SENT_BACK, TO_SEND, UNCLOSED

_RETURNS = ("退回", "待说明")
_DAILY = (*RUNGS, "摘要")
_SETTLED: Mapping[str, str] = {**dict.fromkeys(REPORTED, "已受理"), "延期": "已批准延期"}
_NO_MORE = "不再发出"
ACCEPTED = f"已受理，{_NO_MORE}"


@dataclass(frozen=True, slots=True)
class Withdrawals:
    """Letters to take back, each with why: `settled` need not be said, `stale` could not be said on their day."""

    settled: Mapping[LetterKey, str]
    stale: Mapping[LetterKey, str]


def may_be_withdrawn(records: Iterable[LetterRecord]) -> bool:
    """Whether there is anything here that `recall` might take back."""
    return any(each.state in UNCLOSED and each.rung in (*_DAILY, *_RETURNS) for each in records)


def decide_withdrawals(records: Iterable[LetterRecord], standings: Iterable[Standing], today: dt.date) -> Withdrawals:
    """What to take back now.

    A reminder is settled once a duty it is about is: what else it spoke of is decided anew next morning. A return is
    settled by a later version that was accepted, not by an earlier one: what a unit adds may be returned too.
    A letter of the ladder, or a digest, that did not leave on its own day is stale: it would count the days wrong, and
    letters of several days must not arrive in one burst. One that may have arrived already is not stale.
    """
    now = {standing.duty.key: standing for standing in standings}
    settled, stale = {}, {}
    for each in records:
        if each.state in UNCLOSED and (why := _why_settled(each, now)):
            settled[each.key] = why
        elif each.state in TO_SEND and not each.doubtful and each.rung in _DAILY and each.day < today:
            said = f"（{each.answer}）" if each.answer else ""
            stale[each.key] = f"当日未能发出{said}，已按新的情况重新研判"
    return Withdrawals(settled, stale)


def _why_settled(record: LetterRecord, now: Mapping[DutyKey, Standing]) -> str:
    if record.rung not in (*RUNGS, *_RETURNS):
        return ""
    reasons = (_why_of_duty(record, now.get(key)) for key in duties_told(record.key))
    return next((f"{why}，{_NO_MORE}" for why in reasons if why), "")


def _why_of_duty(record: LetterRecord, standing: Standing | None) -> str:
    if standing is None:
        return "事项已取消"
    if record.rung in _RETURNS:
        later = (standing.version or 0) > (version_told(record.key) or 0)
        return _SETTLED.get(standing.name, "") if later else ""
    if standing.name in _SETTLED:
        return _SETTLED[standing.name]
    if standing.name == "未到期" and record.rung != "提醒":
        return "期限已调整"
    returned, enqueued = standing.returned_at, record.enqueued_at
    came = standing.name in SENT_BACK and returned is not None and enqueued is not None
    # "Not received" must not be said of what came meanwhile.
    return "已收到来件，另函退回" if came and returned > enqueued else ""  # type: ignore[operator]
