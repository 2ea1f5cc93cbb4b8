"""Contacts with a unit, from the outbox and the call notes: last contacts, undelivered letters, dead addresses.

Belongs here: pure functions over letter records and call notes, for the ladder, the call list and the digest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from tasks.mail.letter_keys import duties_in_key, sent_rungs
from tasks.mail.letter_wording import duty_title, short_day, shorten
from tasks.model.letter import Call, CallNote, LetterKey, LetterRecord
from tasks.model.submission import DutyKey, Standing
from tasks.model.words import LETTER_STATE_WORDS, NOT_SENT_FOR_GOOD, REPORTED, RUNGS

_SHOWN_MOST = 3
_WORDS_MOST = 60


def counted_keys(records: Iterable[LetterRecord], *, live: bool) -> tuple[LetterKey, ...]:
    """Keys of letters that count as sent: all but refused and withdrawn ones; if `live`, also without dry runs."""
    counted = (each for each in records if each.state not in NOT_SENT_FOR_GOOD)
    return tuple(each.key for each in counted if not (live and each.rehearsed))


def undelivered(records: Iterable[LetterRecord]) -> Mapping[DutyKey, str]:
    """Duties whose last letter of the ladder was refused for all recipients, with the reason."""
    last: dict[DutyKey, LetterRecord] = {}
    for each in sorted((each for each in records if each.rung in RUNGS), key=lambda each: each.day):
        if each.state != "withdrawn":
            last |= dict.fromkeys(duties_in_key(each.key), each)
    return {
        key: f"{short_day(each.day)}的{each.rung}信件未能送达：{each.answer}"
        for key, each in last.items()
        if each.state == "refused"
    }


def dead_addresses(records: Iterable[LetterRecord], since: dt.datetime) -> frozenset[str]:
    """Addresses (lower case) that a server reported unknown since `since`, without a letter accepted afterwards."""
    dead: set[str] = set()
    closed = [(each.closed_at, each) for each in records if each.closed_at is not None and each.closed_at >= since]
    for _, each in sorted(closed, key=lambda pair: pair[0]):
        gone = {address.lower() for address in each.dead}
        if each.state == "sent":
            dead -= {address.lower() for address in (*each.to, *each.cc)}
        dead |= gone
    return frozenset(dead)


def known_at(
    records: Iterable[LetterRecord], notes: Iterable[CallNote], now: dt.datetime
) -> tuple[tuple[LetterRecord, ...], tuple[CallNote, ...]]:
    """Letters written and calls made up to `now`: repeating an earlier morning must not use later contacts."""
    written = tuple(each for each in records if each.enqueued_at is None or each.enqueued_at <= now)
    return written, tuple(each for each in notes if each.called_at <= now)


def with_last_contacts(
    calls: Iterable[Call], records: Sequence[LetterRecord], notes: Sequence[CallNote] = ()
) -> tuple[Call, ...]:
    """Add to each call the last contacts with its unit and the answer of the last call."""
    return tuple(
        replace(call, last=last_contacts(call.unit, records, notes), said=last_answer(call.unit, notes))
        for call in calls
    )


def last_contacts(unit: str, records: Iterable[LetterRecord], notes: Iterable[CallNote] = ()) -> tuple[str, ...]:
    """The last three letters and calls with a unit and their outcome, the newest first.

    Digests and withdrawn letters are left out.
    """
    contacts = [
        (_instant(each), f"{short_day(each.day)}{each.subject}（{letter_outcome(each)}）")
        for each in records
        if each.unit == unit and each.rung != "摘要" and each.state != "withdrawn"
    ]
    contacts += [(each.called_at, f"{_call_title(each)}：{_answer(each)}") for each in notes if each.unit == unit]
    newest = sorted(contacts, key=lambda pair: pair[0])[::-1][:_SHOWN_MOST]
    return tuple(line for _, line in newest)


def last_answer(unit: str, notes: Iterable[CallNote]) -> str:
    """The answer of the last call that a unit took, with its time and the person called; '' if there is none."""
    answered = [each for each in notes if each.unit == unit and each.answered and each.words]
    last = max(answered, key=lambda each: each.called_at, default=None)
    return f"{_call_title(last)}：{last.words}" if last else ""


def _instant(record: LetterRecord) -> dt.datetime:
    return record.closed_at or record.enqueued_at or dt.datetime.combine(record.day, dt.time(), dt.UTC)


def _call_title(note: CallNote) -> str:
    return f"{short_day(note.called_at.date())}{note.called_at:%H:%M}电话（{note.who}）"


def _answer(note: CallNote) -> str:
    return "未接通" if not note.answered else shorten(note.words, _WORDS_MOST) or "已接通"


def letter_outcome(record: LetterRecord) -> str:
    """The state of a letter in a few words; for a dry run, that it was one."""
    if record.partly:
        return "部分收件人未收到"
    return "演练，未寄出" if record.rehearsed else LETTER_STATE_WORDS[record.state]


def closed_supervisions(
    standings: Iterable[Standing], records: Sequence[LetterRecord], today: dt.date
) -> tuple[str, ...]:
    """销号: duties with a 督办单 whose file was accepted since the last digest before today, one line each."""
    rungs = sent_rungs(each.key for each in records if each.state not in NOT_SENT_FOR_GOOD)
    since = max((each.day for each in records if each.rung == "摘要" and each.day < today), default=dt.date.min)
    lines = []
    for each in standings:
        reds = [rung.day for rung in rungs.get(each.duty.key, ()) if rung.rung == RUNGS[-1]]
        done_on = each.first_accepted.date() if each.first_accepted and each.name in REPORTED else None
        if reds and done_on and done_on >= max(since, reds[0]):
            title = duty_title(each.duty)
            lines.append(
                f"{each.duty.unit}：{title}，{short_day(reds[-1])}的督办单，{short_day(done_on)}报送受理，销号"
            )
    return tuple(lines)
