"""The audit log: every act adds one entry, the database refuses changes, and tampering is found."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from tasks.errors import LianxiError
from tasks.model.letter import Letter, LetterOutcome
from tasks.model.submission import Duty
from tasks.store.audit_chain import (
    FIRST,
    AuditEntry,
    AuditHead,
    _digest,
    audit_entries,
    chain_head,
    check_chain,
    latest_act,
    record_act,
)
from tasks.store.brief_issues import freeze_issue, save_brief_draft
from tasks.store.duty_table import grant_extension, write_duties
from tasks.store.engine import engine_for, writing
from tasks.store.outbox import close_letter, enqueue_letters, mark_sending, resolve_uncertain
from tests.factories import NOW
from tests.forking import forked

At = Callable[..., dt.datetime]
PLAN = "yanqi-2023"


def test_entries_are_read_back_as_recorded_and_the_chain_is_intact(url: str, at: At) -> None:
    first = record_act(url, PLAN, "批准延期", "县商工局\x00 \udce9", "示例甲", "延至2023-10-25", at(20))
    second = record_act(url, "", "恢复备份", "lianxi.tar.gz", "示例乙", "", at(21))
    assert audit_entries(url) == (first, second)
    assert (first.prev, second.prev, second.seq) == (FIRST, first.hash, 2)
    assert audit_entries(url, "another") == (second,)
    assert latest_act(url, PLAN, "批准延期", first.subject) == first and latest_act(url, PLAN, "批准延期", "x") is None
    assert (
        chain_head(url) == AuditHead(2, second.hash, "")
        and check_chain(audit_entries(url), [AuditHead(1, first.hash, "x")]) is None
    )


def test_approval_extension_and_resolved_letter_are_recorded_once(
    url: str, at: At, duty: Callable[..., Duty], letter: Callable[..., Letter]
) -> None:
    save_brief_draft(url, PLAN, "2023-10", 1, "{}", at(30))
    for _ in range(2):
        freeze_issue(url, PLAN, "2023-10", "示例甲", at(31))
    write_duties(url, [duty()])
    for _ in range(2):
        grant_extension(url, duty().key, dt.date(2023, 10, 25), "等省里数据", "示例乙", at(19))
    enqueue_letters(url, [letter()], at(23))
    assert mark_sending(url, letter().key, at(23))
    close_letter(url, letter().key, LetterOutcome("uncertain", "断线"), at(23))
    resolve_uncertain(url, PLAN, letter().message_id.strip("<>")[:8], True, at(24), by="示例丙")
    told = audit_entries(url)
    assert [(one.act, one.by) for one in told] == [
        ("简报定稿", "示例甲"), ("批准延期", "示例乙"), ("核实信件", "示例丙"),
    ]  # fmt: skip
    # No address, and nothing a unit wrote.
    assert "@" not in "".join(one.subject + one.detail for one in told) and "等省里数据" not in told[1].detail


def test_an_act_that_fails_adds_no_entry(url: str, at: At) -> None:
    with pytest.raises(LianxiError):
        freeze_issue(url, PLAN, "2023-10", "示例甲", at(31))
    assert audit_entries(url) == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET act = 'x' WHERE seq = 1",
        "DELETE FROM audit WHERE seq = 2",
        "INSERT INTO audit SELECT 9, at, plan, act, subject, \"by\", detail, hash, 'h' FROM audit WHERE seq = 2",
        "INSERT INTO audit SELECT 3, at, plan, act, subject, \"by\", detail, prev || 'x', 'h' FROM audit WHERE seq = 2",
    ],
)
def test_the_database_refuses_to_change_the_log(url: str, at: At, statement: str) -> None:
    made = [record_act(url, PLAN, "试", str(number), "甲", "", at(20)) for number in range(2)]
    with pytest.raises(LianxiError, match="audit"), writing(url, "test") as connection:
        connection.execute(text(statement))
    assert list(audit_entries(url)) == made


def test_not_even_replacing_or_emptying_gets_past_the_triggers(url: str, at: At) -> None:
    made = record_act(url, PLAN, "试", "", "甲", "", at(20))
    postgresql = engine_for(url).dialect.name == "postgresql"
    copy = "audit SELECT seq, at, plan, 'x', subject, \"by\", detail, prev, hash FROM audit"
    statement = "TRUNCATE audit" if postgresql else f"INSERT OR REPLACE INTO {copy}"
    with pytest.raises(LianxiError, match="audit"), writing(url, "test") as connection:
        connection.execute(text(statement))
    assert audit_entries(url) == (made,)


def test_many_processes_add_to_one_chain(url: str, at: At) -> None:
    def add(name: str) -> None:
        for number in range(8):
            record_act(url, PLAN, "试", f"{name}{number}", name, "", at(20))

    processes = [forked(add, name) for name in "甲乙丙"]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    made = audit_entries(url)
    assert len({one.subject for one in made}) == 24 and check_chain(made) is None


def _chained(*fields: Any) -> AuditEntry:
    entry = AuditEntry(*fields, hash="")
    return dataclasses.replace(entry, hash=_digest(entry))


def _chain(length: int) -> list[AuditEntry]:
    made: list[AuditEntry] = []
    for seq in range(1, length + 1):
        prev = made[-1].hash if made else FIRST
        own = (seq, NOW, "p", "事项", f"对象{seq}", "甲", "", prev)
        made.append(_chained(*own))
    return made


@given(st.integers(2, 7), st.data())
def test_whatever_is_changed_removed_or_reordered_is_found(length: int, data: st.DataObject) -> None:
    links = _chain(length)
    noted = [AuditHead(length, links[-1].hash, "见证文件")]
    assert check_chain(links, noted) is None
    place = data.draw(st.integers(0, length - 1))
    how = data.draw(st.sampled_from(["changed", "removed", "swapped", "cut", "made anew"]))
    if how == "changed":
        links[place] = dataclasses.replace(links[place], by="乙")
    elif how == "removed":
        del links[place]
    elif how == "swapped":
        links[place - 1], links[place] = links[place], links[place - 1]
    elif how == "cut":
        links = links[:place]
    else:
        # A whole chain that holds in itself, with one other word: only the head noted elsewhere tells.
        links = _chain(length)
        forged: list[AuditEntry] = []
        for one in links:
            own = (
                one.seq,
                one.at,
                one.plan,
                one.act,
                one.subject,
                "乙",
                one.detail,
                forged[-1].hash if forged else FIRST,
            )
            forged.append(_chained(*own))
        assert check_chain(forged) is None
        links = forged
    assert check_chain(links, noted) is not None


def test_the_first_broken_entry_is_named(at: At) -> None:
    links = _chain(5)
    assert "第3条内容" in str(check_chain([*links[:2], dataclasses.replace(links[2], act="x"), *links[3:]]))
    assert "第3条缺失" in str(check_chain([*links[:2], *links[3:]]))
    assert "记到第5条，现在只有4条" in str(check_chain(links[:4], [AuditHead(5, links[4].hash, "见证文件")]))
