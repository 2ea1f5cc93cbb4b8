"""Verdicts are recorded once, all or nothing, whichever process comes first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from tasks.model.submission import AnsweredQuery, Contact, Finding, Original, ProgressRow, Repair, Verdict
from tasks.store.accepted_rows import load_accepted_rows
from tasks.store.engine import reading
from tasks.store.pending import claim_pending_originals
from tasks.store.record_verdicts import write_verdicts
from tasks.store.schema.submission_tables import SubmissionRow
from tasks.store.schema.tables import METADATA
from tasks.store.settled_queries import load_answered_queries
from tasks.store.submissions import load_received
from tasks.validate.cross_unit import SharedMeasures
from tests.forking import FORK, forked

PLAN = "yanqi-2023"
At = Callable[..., dt.datetime]
MakeVerdict = Callable[..., Verdict]
MakeRow = Callable[..., ProgressRow]

FINDING = Finding("V-012", "return", "本期累计不是数字", "请填数字", "月度报送", ("H7", "H8"), "22", "约6家", "数字")


def counts(url: str) -> dict[str, int]:
    """How many rows each table holds."""
    with reading(url) as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in METADATA.tables.items()
        }


def test_a_submission_says_all_that_was_decided(url: str, verdict: MakeVerdict, at: At) -> None:
    judged = verdict("returned", findings=(FINDING, replace(FINDING, code="V-013", measure=None, cells=())), nil=True)
    (made,) = write_verdicts(url, [judged], at(19))
    assert load_received(url, PLAN) == (made,)
    original = judged.reading.original
    assert (made.unit, made.kind, made.period, made.version) == ("县商工局", "progress", "2023-10", 1)
    assert (made.sha256, made.path, made.stored) == (original.sha256, original.path, original.stored)
    assert (made.state, made.nil, made.findings) == ("returned", True, judged.findings)
    assert (made.received_at, made.decided_at) == (original.received_at, at(19))
    assert str(made.received_at.tzinfo) == "Asia/Shanghai"


def test_an_unidentified_file_is_recorded(url: str, verdict: MakeVerdict, at: At) -> None:
    (made,) = write_verdicts(url, [verdict("refused", None, None, None, path="公共上报/照片.jpg")], at(19))
    assert (made.unit, made.kind, made.period, made.version) == (None, None, None, 1)
    assert load_received(url, PLAN) == (made,)


def test_recording_again_changes_nothing_and_returns_the_same(url: str, verdict: MakeVerdict, at: At) -> None:
    chunk = [verdict(findings=(FINDING,)), verdict("returned", unit="县住建局")]
    first, before = write_verdicts(url, chunk, at(19)), counts(url)
    assert write_verdicts(url, chunk, at(20)) == first
    assert counts(url) == before


def test_versions_count_within_unit_kind_and_period(url: str, verdict: MakeVerdict, at: At) -> None:
    keys: list[dict[str, Any]] = [
        {},
        {"unit": "县住建局"},
        {"period": "2023-11"},
        {"kind": "roster", "path": "县商工局/上报/名单.xlsx"},
        {"path": "县商工局/上报/改.xlsx"},
    ]
    made = write_verdicts(url, [verdict(**key) for key in keys], at(19))
    assert {(one.unit, one.kind, one.period, one.version) for one in made} == {
        ("县商工局", "progress", "2023-10", 1),
        ("县商工局", "progress", "2023-10", 2),
        ("县住建局", "progress", "2023-10", 1),
        ("县商工局", "progress", "2023-11", 1),
        ("县商工局", "roster", "2023-10", 1),
    }


def test_over_several_passes_the_last_accepted_stays_in_force(url: str, verdict: MakeVerdict, at: At) -> None:
    for day, state in ((16, "returned"), (17, "accepted"), (18, "queried"), (19, "accepted"), (20, "returned")):
        write_verdicts(url, [verdict(state, path=f"县商工局/上报/{day}.xlsx", day=day)], at(day, 12))
    states = [(one.version, one.state) for one in load_received(url, PLAN, "2023-10")]
    assert states == [(1, "returned"), (2, "superseded"), (3, "queried"), (4, "accepted"), (5, "returned")]
    with reading(url) as connection:
        by = connection.execute(select(SubmissionRow.superseded_by).order_by(SubmissionRow.version)).scalars().all()
    assert by == [None, 4, None, None, None]


def test_first_received_and_first_accepted_stay_derivable(url: str, verdict: MakeVerdict, at: At) -> None:
    for day, state in ((16, "returned"), (17, "accepted"), (18, "accepted")):
        write_verdicts(url, [verdict(state, path=f"县商工局/上报/{day}.xlsx", day=day)], at(day, 12))
    known = load_received(url, PLAN)
    assert min(one.received_at for one in known) == at(16)
    assert min(one.decided_at for one in known if one.state in ("accepted", "superseded")) == at(17, 12)


def test_in_one_chunk_the_newer_file_counts_whatever_order_they_come_in(url: str, verdict: MakeVerdict, at: At) -> None:
    newer = verdict(path="县商工局/上报/a.xlsx", mtime_ns=20)
    older = verdict(path="县商工局/上报/b.xlsx", mtime_ns=10)
    made = write_verdicts(url, [newer, older], at(19))
    assert [(one.path[-6:], one.version, one.state) for one in made] == [
        ("b.xlsx", 1, "accepted"),
        ("a.xlsx", 2, "accepted"),
    ]
    assert [one.state for one in load_received(url, PLAN)] == ["superseded", "accepted"]


def test_the_same_bytes_elsewhere_are_a_sighting_and_no_version(url: str, verdict: MakeVerdict, at: At) -> None:
    (first,) = write_verdicts(url, [verdict(content="同", path="县商工局/上报/a.xlsx")], at(18))
    again = verdict(content="同", path="公共上报/副本.xlsx", day=19)
    claim_pending_originals(url, [again.reading.original], at(19))
    assert write_verdicts(url, [again], at(19)) == ()
    assert tuple(claim_pending_originals(url, [], at(19), PLAN)) == ()
    assert load_received(url, PLAN) == (first,)
    assert counts(url)["sighting"] == 1


def test_a_file_put_back_as_it_was_is_no_new_version(url: str, verdict: MakeVerdict, at: At) -> None:
    first, second = verdict(content="一稿"), verdict(content="二稿", day=19)
    write_verdicts(url, [first], at(18))
    write_verdicts(url, [second], at(19))
    write_verdicts(url, [first], at(20))
    assert [(one.version, one.state) for one in load_received(url, PLAN)] == [(1, "superseded"), (2, "accepted")]


def test_a_zip_may_hold_several_submissions(
    url: str, verdict: MakeVerdict, original: Callable[..., Original], at: At
) -> None:
    packed = original("公共上报/打包.zip")
    chunk = [verdict(of=packed), verdict("returned", unit="县住建局", of=packed), verdict(unit="县发改委", of=packed)]
    made = write_verdicts(url, chunk, at(19))
    assert [(one.unit, one.state) for one in made] == [
        ("县商工局", "accepted"),
        ("县住建局", "returned"),
        ("县发改委", "accepted"),
    ]
    assert write_verdicts(url, chunk, at(20)) == made


def test_plans_do_not_mix(url: str, verdict: MakeVerdict, original: Callable[..., Original], at: At) -> None:
    other = verdict(of=original(plan="hejing-2024"))
    write_verdicts(url, [verdict(of=original())], at(19))
    (made,) = write_verdicts(url, [other], at(19))
    assert (made.version, made.state) == (1, "accepted")
    with pytest.raises(ValueError, match="one plan"):
        write_verdicts(url, [verdict(), other], at(19))


def test_nothing_to_record_is_nothing_recorded(url: str, at: At) -> None:
    assert write_verdicts(url, [], at(19)) == ()


def test_repairs_and_odd_text_are_kept(url: str, verdict: MakeVerdict, row: Callable[..., ProgressRow], at: At) -> None:
    odd = row(progress="=HYPERLINK(1)\x00\udcb1\n　全角", cumulative=None, target=0.1 + 0.2)
    judged = verdict(rows=(odd,))
    repair = Repair("H7", "１１０", "110", "全角数字")
    write_verdicts(url, [replace(judged, repairs=(repair,))], at(19))
    assert load_accepted_rows(url, PLAN, "2023-10") == (odd,)
    with reading(url) as connection:
        assert connection.execute(select(SubmissionRow.repairs)).scalar_one() == [["H7", "１１０", "110", "全角数字"]]


def _record(url: str, verdicts: Sequence[Verdict], now: dt.datetime, barrier: Any) -> None:
    barrier.wait(20)
    write_verdicts(url, verdicts, now)


def test_processes_that_record_the_same_verdicts_at_once_record_them_once(
    url: str, verdict: MakeVerdict, row: Callable[..., ProgressRow], at: At
) -> None:
    chunk = [
        verdict(
            state,
            unit=f"局{number}",
            path=f"局{number}/上报/{state}.xlsx",
            findings=(FINDING,),
            rows=(row(), row(row=8)),
        )
        for number in range(30)
        for state in ("returned", "accepted")
    ]
    barrier = FORK.Barrier(4)
    processes = [forked(_record, url, chunk, at(19), barrier) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    found = counts(url)
    assert (found["original"], found["submission"], found["finding"], found["progress"]) == (60, 60, 60, 120)
    assert sorted({one.version for one in load_received(url, PLAN)}) == [1, 2]


def test_a_returned_roster_adds_no_contacts(url: str, verdict: MakeVerdict, at: At) -> None:
    person = Contact(PLAN, "县商工局", "业务负责人", "张三", "科员", "0996-1234567", "a@example.cn")
    write_verdicts(url, [verdict("returned", kind="roster", contacts=(person,))], at(19))
    assert counts(url)["contact"] == 0


def test_a_new_version_is_held_against_the_figures_in_force_and_a_file_seen_before_against_nothing(
    url: str, verdict: MakeVerdict, row: MakeRow, at: At
) -> None:
    several = SharedMeasures({"22": "县商工局"}, {"22": frozenset({"县商工局", "县财政局"})})

    def take(unit: str, cumulative: float, day: int, **changes: Any) -> list[str]:
        file = {"path": f"{unit}/上报/{day}.xlsx", "content": f"{unit}{cumulative}", "day": day, **changes}
        judged = verdict(unit=unit, rows=(row(unit=unit, cumulative=cumulative),), **file)
        made = write_verdicts(url, [judged], at(day), several)
        return [found.expected for one in made for found in one.findings if found.code == "V412"]

    assert take("县商工局", 6.0, 11) == []
    assert take("县财政局", 5.0, 12) == ["县商工局6"]
    assert take("县商工局", 5.0, 13) == []
    assert take("县商工局", 6.0, 14, path="县商工局/上报/旧/11.xlsx") == []
    assert take("县财政局", 5.0, 15, content="又一次") == []
    assert take("县商工局", 7.0, 16) == ["县财政局5"]


def test_what_was_explained_is_known_from_the_last_accepted_report_alone(
    url: str, verdict: MakeVerdict, at: At
) -> None:
    told = replace(FINDING, code="V103", severity="hint", measure="22、23", value="约6家")
    open_one, no_query = replace(told, severity="query"), replace(told, code="V206")

    def take(day: int, period: str, *findings: Finding, state: str = "accepted") -> None:
        judged = verdict(state, period=period, findings=findings, path=f"县商工局/上报/{day}.xlsx", day=day)
        write_verdicts(url, [judged], at(day))

    take(11, "2023-09", told, no_query)
    take(12, "2023-10", open_one, state="queried")
    marks = {"县商工局": {AnsweredQuery("V103", "22", "约6家"), AnsweredQuery("V103", "23", "约6家")}}
    assert (
        load_answered_queries(url, PLAN, ["2023-10"], ["县商工局"])
        == load_answered_queries(url, PLAN, ["2023-09"])
        == marks
    )
    assert (
        load_answered_queries(url, PLAN, ["2023-08"])
        == load_answered_queries(url, PLAN, ["2023-10"], ["县财政局"])
        == {}
    )
    take(13, "2023-10", no_query)
    assert load_answered_queries(url, PLAN, ["2023-10"]) == {}
