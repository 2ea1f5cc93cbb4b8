"""What the ledger knows about whether letters may be sent now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from tasks.model.letter import Letter, LetterOutcome
from tasks.model.submission import Verdict
from tasks.store.outbox import close_letter, enqueue_letters, letter_records, load_ready_letters
from tasks.store.record_verdicts import write_verdicts
from tasks.store.send_limits import count_left_since, is_any_accepted, requeue_rehearsed, was_login_refused

PLAN = "yanqi-2023"
At = Callable[..., dt.datetime]
MakeLetter = Callable[..., Letter]


def test_what_is_accepted_what_was_refused_and_what_was_rehearsed(
    url: str, letter: MakeLetter, verdict: Callable[..., Verdict], at: At
) -> None:
    write_verdicts(url, [verdict(), verdict("returned", unit="县住建局")], at(18))
    done, back = ((PLAN, unit, "progress", "2023-10") for unit in ("县商工局", "县住建局"))
    assert [is_any_accepted(url, duties) for duties in ([], [back], [back, done])] == [False, False, True]

    first, other, waits = letter(), letter("县住建局"), letter("县教育局")
    enqueue_letters(url, [first, other, waits], at(23))
    close_letter(url, first.key, LetterOutcome("failed", "未发出", "login_refused"), at(23, 9))
    assert [was_login_refused(url, PLAN, at(23, hour)) for hour in (9, 10)] == [True, False]
    close_letter(url, first.key, LetterOutcome("sent", "未寄出", "rehearsed"), at(23, 10))
    close_letter(url, other.key, LetterOutcome("failed", "未发出", "login_refused"), at(23, 10))
    # A dry run says nothing of the login; a letter that left does.
    assert was_login_refused(url, PLAN, at(23, 9))
    close_letter(url, waits.key, LetterOutcome("failed", "未发出", "login_refused"), at(23, 10))
    close_letter(url, other.key, LetterOutcome("sent", "服务器已接收"), at(23, 11))
    assert not was_login_refused(url, PLAN, at(23, 9))

    assert count_left_since(url, at(23, 9)) == 1
    assert requeue_rehearsed(url, [replace(first, text="另一稿"), other], at(23, 12)) == 1
    assert load_ready_letters(url, PLAN, at(23, 12)) == (replace(first, text="另一稿"), waits)
    assert [(each.state, each.closed_at) for each in letter_records(url, PLAN)][:2] == [
        ("ready", None),
        ("sent", at(23, 11)),
    ]
