"""The quick check reads an idle ledger as a full pass does; in every other case it returns nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from tasks.model.letter import Letter, LetterOutcome
from tasks.model.seen_files import SeenFiles
from tasks.model.submission import Verdict
from tasks.store.engine import writing
from tasks.store.ledger_location import HEAD
from tasks.store.originals import load_known_files
from tasks.store.outbox import close_letter, enqueue_letters, mark_sending
from tasks.store.pending import claim_pending_originals
from tasks.store.quick_check import read_if_idle
from tasks.store.record_verdicts import write_verdicts
from tasks.store.submissions import record_reply_rows

At = Callable[..., dt.datetime]


def test_an_empty_ledger_has_nothing_waiting(url: str, verdict: Callable[..., Verdict]) -> None:
    seen = read_if_idle(url, verdict().reading.plan)
    assert seen is not None
    assert (seen.known, seen.head) == (SeenFiles(), None)


def test_a_file_waits_until_it_is_judged_and_answered_and_its_letter_until_it_is_sent(
    url: str, verdict: Callable[..., Verdict], letter: Callable[..., Letter], at: At
) -> None:
    judged, post = verdict(path="县商工局/上报/a\x00b.xlsx"), letter()
    plan = judged.reading.plan
    claim_pending_originals(url, [judged.reading.original], at(18), plan)
    assert read_if_idle(url, plan) is None
    (made,) = write_verdicts(url, [judged], at(18))
    assert read_if_idle(url, plan) is None
    record_reply_rows(url, [(made.id, None)], at(18))
    seen = read_if_idle(url, plan)
    assert seen is not None
    assert seen.known == load_known_files(url, plan)
    original = judged.reading.original
    assert seen.known == SeenFiles([("县商工局/上报/a\x00b.xlsx", original.size_bytes, original.mtime_ns)])
    enqueue_letters(url, [post], at(19))
    assert read_if_idle(url, plan) is None
    mark_sending(url, post.key, at(19))
    close_letter(url, post.key, LetterOutcome("sent", "250"), at(19))
    assert read_if_idle(url, plan) == seen


def test_another_plan_is_another_matter(url: str, verdict: Callable[..., Verdict], at: At) -> None:
    judged = verdict()
    claim_pending_originals(url, [judged.reading.original], at(18), judged.reading.plan)
    assert read_if_idle(url, "another-2023") is not None


def test_a_failed_check_returns_nothing(url: str, tmp_path: Path) -> None:
    assert read_if_idle(f"sqlite:///{tmp_path}/none.db", "any") is None
    assert not (tmp_path / "none.db").exists()
    assert read_if_idle("postgresql://nobody@127.0.0.1:9/none", "any") is None
    with writing(url, "any") as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    try:
        assert read_if_idle(url, "any") is None
    finally:
        with writing(url, "any") as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": HEAD})
