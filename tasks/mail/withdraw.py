"""Decides which unsent letters to withdraw.

Belongs here: one pure decision over the outbox and the standings. Does not belong here: withdrawing them
(`tasks.store.outbox`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tasks.mail.letter_keys import duties_in_key, version_in_key
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
    """Letters to withdraw, by key, with the reason.

    `settled`: the duty no longer needs the letter. `stale`: the letter could not be sent on its day.
    """

    settled: Mapping[LetterKey, str]
    stale: Mapping[LetterKey, str]


def may_be_withdrawn(records: Iterable[LetterRecord]) -> bool:
    """Whether `decide_withdrawals` could withdraw any of these letters, whatever the standings."""
    return any(each.state in UNCLOSED and each.rung in (*_DAILY, *_RETURNS) for each in records)


def decide_withdrawals(records: Iterable[LetterRecord], standings: Iterable[Standing], today: dt.date) -> Withdrawals:
    """Decide what to withdraw.

    A reminder is settled once one of its duties is; the next morning's ladder covers the others. A return is settled
    by a later accepted version, not by an earlier one, because a unit's addition may be returned too.
    A letter of the ladder, or a digest, that was not sent on its day is stale: it would count the days wrong, and
    letters of several days must not arrive together. A letter that may have arrived already is not stale.
    """
    by_duty = {standing.duty.key: standing for standing in standings}
    settled, stale = {}, {}
    for each in records:
        if each.state in UNCLOSED and (why := _why_settled(each, by_duty)):
            settled[each.key] = why
        elif each.state in TO_SEND and not each.doubtful and each.rung in _DAILY and each.day < today:
            answer = f"（{each.answer}）" if each.answer else ""
            stale[each.key] = f"当日未能发出{answer}，已按新的情况重新研判"
    return Withdrawals(settled, stale)


def _why_settled(record: LetterRecord, by_duty: Mapping[DutyKey, Standing]) -> str:
    if record.rung not in (*RUNGS, *_RETURNS):
        return ""
    reasons = (_why_duty_settled(record, by_duty.get(key)) for key in duties_in_key(record.key))
    return next((f"{why}，{_NO_MORE}" for why in reasons if why), "")


def _why_duty_settled(record: LetterRecord, standing: Standing | None) -> str:
    if standing is None:
        return "事项已取消"
    if record.rung in _RETURNS:
        later = (standing.version or 0) > (version_in_key(record.key) or 0)
        return _SETTLED.get(standing.name, "") if later else ""
    if standing.name in _SETTLED:
        return _SETTLED[standing.name]
    if standing.name == "未到期" and record.rung != "提醒":
        return "期限已调整"
    returned, enqueued = standing.returned_at, record.enqueued_at
    if standing.name not in SENT_BACK or returned is None or enqueued is None:
        return ""
    # The letter says "not received", but a file has arrived since it was written.
    return "已收到来件，另函退回" if returned > enqueued else ""
