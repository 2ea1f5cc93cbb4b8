"""What outbox and call notes tell about a unit: the last contacts, what did not arrive, which addresses are gone.

Belongs here: pure readings of letter records and noted calls, for the ladder, the call list and the digest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from tasks.mail.letter_keys import duties_told, told_by
from tasks.mail.letter_wording import cut, duty_title, short_day
from tasks.model.letter import Call, CallNote, LetterKey, LetterRecord
from tasks.model.submission import DutyKey, Standing
from tasks.model.words import LETTER_STATE_WORDS, NOT_SENT_FOR_GOOD, REPORTED, RUNGS

_SHOWN_MOST = 3
_WORDS_MOST = 60


def said_keys(records: Iterable[LetterRecord], *, live: bool) -> tuple[LetterKey, ...]:
    """The keys of what was said or will be. Once letters are really sent (`live`), those of a dry run do not count."""
    said = (each for each in records if each.state not in NOT_SENT_FOR_GOOD)
    return tuple(each.key for each in said if not (live and each.rehearsed))


def undelivered(records: Iterable[LetterRecord]) -> Mapping[DutyKey, str]:
    """The duties whose last letter of the ladder nobody got, each with why."""
    last: dict[DutyKey, LetterRecord] = {}
    for each in sorted((each for each in records if each.rung in RUNGS), key=lambda each: each.day):
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


def by_now(
    records: Iterable[LetterRecord], notes: Iterable[CallNote], now: dt.datetime
) -> tuple[tuple[LetterRecord, ...], tuple[CallNote, ...]]:
    """What had been written and called by `now`: a morning looked at again knows nothing of later ones."""
    written = tuple(each for each in records if each.enqueued_at is None or each.enqueued_at <= now)
    return written, tuple(each for each in notes if each.called_at <= now)


def with_contacts(
    calls: Iterable[Call], records: Sequence[LetterRecord], notes: Sequence[CallNote] = ()
) -> tuple[Call, ...]:
    """The calls, each with the last contacts with its unit and what was said in the last call."""
    return tuple(
        replace(call, last=last_contacts(call.unit, records, notes), said=last_said(call.unit, notes)) for call in calls
    )


def last_contacts(unit: str, records: Iterable[LetterRecord], notes: Iterable[CallNote] = ()) -> tuple[str, ...]:
    """The last three contacts with a unit, letters and calls, the newest first, and what became of each.

    Without the digest and what was withdrawn.
    """
    told = [
        (_instant(each), f"{short_day(each.day)}{each.subject}（{became(each)}）")
        for each in records
        if each.unit == unit and each.rung != "摘要" and each.state != "withdrawn"
    ]
    told += [(each.called_at, f"{_called(each)}：{_answer(each)}") for each in notes if each.unit == unit]
    newest = sorted(told, key=lambda pair: pair[0])[::-1][:_SHOWN_MOST]
    return tuple(words for _, words in newest)


def last_said(unit: str, notes: Iterable[CallNote]) -> str:
    """What was said in the last call to a unit that was answered, with its day and whom; nothing where there is none."""
    answered = [each for each in notes if each.unit == unit and each.answered and each.words]
    last = max(answered, key=lambda each: each.called_at, default=None)
    return f"{_called(last)}：{last.words}" if last else ""


def _instant(record: LetterRecord) -> dt.datetime:
    return record.closed_at or record.enqueued_at or dt.datetime.combine(record.day, dt.time(), dt.UTC)


def _called(note: CallNote) -> str:
    return f"{short_day(note.called_at.date())}{note.called_at:%H:%M}电话（{note.who}）"


def _answer(note: CallNote) -> str:
    return "未接通" if not note.answered else cut(note.words, _WORDS_MOST) or "已接通"


def became(record: LetterRecord) -> str:
    """What became of a letter, in a few words; of a dry run that it was one."""
    if record.partly:
        return "部分收件人未收到"
    return "演练，未寄出" if record.rehearsed else LETTER_STATE_WORDS[record.state]


def resolved_reds(standings: Iterable[Standing], records: Sequence[LetterRecord], today: dt.date) -> tuple[str, ...]:
    """销号: duties that had a 督办单 and were accepted since the last digest before today, one line each."""
    said = told_by(each.key for each in records if each.state not in NOT_SENT_FOR_GOOD)
    since = max((each.day for each in records if each.rung == "摘要" and each.day < today), default=dt.date.min)
    found = []
    for each in standings:
        reds = [entry.day for entry in said.get(each.duty.key, ()) if entry.rung == RUNGS[-1]]
        done_on = each.first_accepted.date() if each.first_accepted and each.name in REPORTED else None
        if reds and done_on and done_on >= max(since, reds[0]):
            title = duty_title(each.duty)
            found.append(
                f"{each.duty.unit}：{title}，{short_day(reds[-1])}的督办单，{short_day(done_on)}报送受理，销号"
            )
    return tuple(found)
