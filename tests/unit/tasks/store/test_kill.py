"""A process killed in mid-write leaves the ledger consistent, and the next one finishes its work."""

from __future__ import annotations

import datetime as dt
import os
import signal
import time
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import event, func, select

from tasks.model.submission import Finding, Verdict
from tasks.store.engine import engine_for, reading
from tasks.store.pending import claim_pending_originals
from tasks.store.record_verdicts import write_verdicts
from tasks.store.schema.submission_tables import FindingRow, OriginalRow, ProgressRecord, SubmissionRow
from tasks.store.submissions import load_received

PLAN = "yanqi-2023"
FINDING = Finding("V-012", "hint", "与上月雷同", "请核对")


def _chunk(verdict: Callable[..., Verdict]) -> list[Verdict]:
    states = ("returned", "accepted", "queried", "accepted")
    return [
        verdict(state, unit=f"局{number}", path=f"局{number}/上报/{turn}.xlsx", day=17 + turn, findings=(FINDING,))
        for number in range(5)
        for turn, state in enumerate(states)
    ]


def _in_child(work: Callable[[], object]) -> int:
    """Run the work in a forked child; returns its exit code, or the negative number of the signal that killed it."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _record_and_die(url: str, chunk: Sequence[Verdict], now: dt.datetime, statements: int) -> None:
    """Record the chunk, but get killed after this many statements have reached the database."""
    left = [statements]

    def count_down(*_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine_for(url), "after_cursor_execute", count_down)
    write_verdicts(url, chunk, now)


def _tally(url: str) -> tuple[int, ...]:
    tables = (OriginalRow, SubmissionRow, FindingRow, ProgressRecord)
    with reading(url) as connection:
        return tuple(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)


# A chunk takes about a dozen statements: killed after each of them, and once after the last.
@pytest.mark.parametrize("statements", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
def test_killed_after_any_statement_all_of_a_chunk_is_there_or_none(
    url: str, verdict: Callable[..., Verdict], at: Callable[..., dt.datetime], statements: int
) -> None:
    chunk = _chunk(verdict)
    claim_pending_originals(url, [each.reading.original for each in chunk], at(20))
    code = _in_child(lambda: _record_and_die(url, chunk, at(20), statements))
    whole = code == 0
    assert code in (0, -signal.SIGKILL)
    assert _tally(url) == ((20, 20, 20, 20) if whole else (20, 0, 0, 0))
    assert len(claim_pending_originals(url, [], at(20), PLAN)) == (0 if whole else 20)
    write_verdicts(url, chunk, at(20))
    assert _tally(url) == (20, 20, 20, 20)
    states = [one.state for one in load_received(url, PLAN) if one.unit == "局0"]
    assert states == ["returned", "superseded", "queried", "accepted"]


def test_killed_at_any_moment_the_work_is_done_once_in_the_end(
    url: str, verdict: Callable[..., Verdict], at: Callable[..., dt.datetime]
) -> None:
    chunk = _chunk(verdict)

    def passes() -> None:
        claim_pending_originals(url, [each.reading.original for each in chunk], at(20))
        for start in range(0, len(chunk), 4):
            write_verdicts(url, chunk[start : start + 4], at(20))

    for milliseconds in range(0, 60, 5):
        pid = os.fork()
        if pid == 0:
            try:
                passes()
            finally:
                os._exit(0)
        time.sleep(milliseconds / 1000)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    passes()
    assert _tally(url) == (20, 20, 20, 20)
    assert [one.version for one in load_received(url, PLAN) if one.unit == "局4"] == [1, 2, 3, 4]
