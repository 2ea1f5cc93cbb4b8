"""The chasing of one morning: which steps and calls, and the coordinator's digest, from the ledger's records.

Belongs here: what outbox and call notes mean for this morning. The ladder itself is `ladder`, wording `event_letters`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tasks.mail import contact_history, event_letters
from tasks.mail.ladder import LadderStep, MailHistory, decide_ladder
from tasks.mail.letter_builder import LetterBuilder
from tasks.model.letter import Call, CallNote, Letter, LetterRecord
from tasks.model.run_context import Context
from tasks.model.submission import Contact, Standing

_LOST = ("uncertain", "failed", "refused")
_OPEN = ("uncertain", "failed")
_TOLD_DAYS = 3


def decide_steps(
    standings: Sequence[Standing],
    contacts: Sequence[Contact],
    records: Sequence[LetterRecord],
    notes: Sequence[CallNote],
    context: Context,
) -> tuple[tuple[LadderStep, ...], tuple[Call, ...]]:
    """The steps of the ladder and the call list, each call with the last contacts with its unit.

    `records` is the whole outbox, `notes` are all calls noted.
    """
    history = MailHistory(
        contact_history.counted_keys(records, live=context.settings.mail.mode == "send"),
        _dead_addresses(records, context),
        contact_history.undelivered(records),
    )
    steps, calls = decide_ladder(standings, contacts, history, context)
    return steps, contact_history.with_last_contacts(calls, *contact_history.known_at(records, notes, context.now))


def write_digest(
    standings: Sequence[Standing],
    calls: Sequence[Call],
    letters: Sequence[Letter],
    contacts: Sequence[Contact],
    records: Sequence[LetterRecord],
    context: Context,
    asked: Sequence[str] = (),
) -> Letter | None:
    """This morning's digest; None where the coordinator has no usable address.

    `records` is the whole outbox, `asked` what the coordinator is to do for the system.
    """
    known, _ = contact_history.known_at(records, (), context.now)
    morning = event_letters.Morning(
        standings,
        calls,
        letters,
        failed=[each for each in known if (each.state in _LOST or each.partly) and _is_news(each, context.today)],
        resolved=contact_history.closed_supervisions(standings, known, context.today),
        without_contact=event_letters.units_without_contact(standings, contacts, _dead_addresses(known, context)),
        asked=asked,
    )
    return event_letters.digest(morning, LetterBuilder.of(context), context.today)


def _is_news(record: LetterRecord, today: dt.date) -> bool:
    """A letter given up, or that some did not get, is named for three days; one that is still open every morning."""
    return record.state in _OPEN or (today - record.day).days <= _TOLD_DAYS


def _dead_addresses(records: Sequence[LetterRecord], context: Context) -> frozenset[str]:
    since = context.now - dt.timedelta(days=context.settings.mail.dead_days)
    return contact_history.dead_addresses(records, since)
