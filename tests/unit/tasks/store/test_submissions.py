"""Submissions without a reply are found until the reply is recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import select

from tasks.errors import PipelineError
from tasks.model.submission import Verdict, WrittenFile
from tasks.store.engine import reading
from tasks.store.record_verdicts import write_verdicts
from tasks.store.schema.submission_tables import SubmissionRow
from tasks.store.submissions import load_received, load_unanswered, record_reply_rows

PLAN = "yanqi-2023"
At = Callable[..., dt.datetime]
MakeVerdict = Callable[..., Verdict]


def test_a_submission_is_unanswered_until_its_reply_is_recorded(url: str, verdict: MakeVerdict, at: At) -> None:
    one, two = write_verdicts(url, [verdict(), verdict("returned", unit="县住建局")], at(18))
    assert load_unanswered(url, PLAN) == (one, two)
    assert (load_unanswered(url, PLAN, 0, 1), load_unanswered(url, PLAN, one.id, 9)) == ((one,), (two,))
    record_reply_rows(url, [(one.id, WrittenFile("returned/回执.xlsx", "ab" * 32)), (two.id, None)], at(18))
    assert load_unanswered(url, PLAN) == ()


def test_the_first_reply_stays_on_record(url: str, verdict: MakeVerdict, at: At) -> None:
    (one,) = write_verdicts(url, [verdict()], at(18))
    record_reply_rows(url, [(one.id, WrittenFile("returned/一.xlsx", "aa"))], at(18))
    record_reply_rows(url, [(one.id, WrittenFile("returned/二.xlsx", "bb"))], at(19))
    with reading(url) as connection:
        columns = select(SubmissionRow.replied_at, SubmissionRow.reply_path, SubmissionRow.reply_sha256)
        assert tuple(connection.execute(columns).one()) == (at(18), "returned/一.xlsx", "aa")


def test_a_reply_to_an_unknown_submission_is_an_error(url: str, at: At) -> None:
    with pytest.raises(PipelineError, match="没有编号为 7"):
        record_reply_rows(url, [(7, None)], at(18))


def test_a_version_superseded_before_its_reply_keeps_its_verdict(url: str, verdict: MakeVerdict, at: At) -> None:
    write_verdicts(url, [verdict(path="县商工局/上报/1.xlsx")], at(18))
    write_verdicts(url, [verdict(path="县商工局/上报/2.xlsx", day=19)], at(19))
    assert [one.state for one in load_received(url, PLAN)] == ["superseded", "accepted"]
    assert [one.state for one in load_unanswered(url, PLAN)] == ["accepted", "accepted"]
