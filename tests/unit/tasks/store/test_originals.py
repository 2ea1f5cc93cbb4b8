"""Originals are recorded once and are pending until they have a verdict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from tasks.model.seen_files import SeenFiles
from tasks.model.submission import Original, Verdict
from tasks.store.originals import load_known_files
from tasks.store.pending import claim_pending_originals
from tasks.store.record_verdicts import write_verdicts

PLAN = "yanqi-2023"
At = Callable[..., dt.datetime]
MakeOriginal = Callable[..., Original]
MakeVerdict = Callable[..., Verdict]


def test_an_original_comes_back_as_it_went_in(url: str, original: MakeOriginal, at: At) -> None:
    one = original("公共上报/10月报表(最终版)(1).xlsx", mtime_ns=2**62)
    assert tuple(claim_pending_originals(url, [one], at(18))) == (one,)


def test_claiming_again_changes_nothing(url: str, original: MakeOriginal, at: At) -> None:
    claim_pending_originals(url, [original()], at(18))
    assert tuple(claim_pending_originals(url, [original()], at(19))) == (original(),)


def test_originals_of_a_dead_pass_are_pending_until_they_have_a_verdict(
    url: str, original: MakeOriginal, verdict: MakeVerdict, at: At
) -> None:
    claim_pending_originals(url, [original("甲局/上报/1.xlsx")], at(18))
    left, new = original("甲局/上报/1.xlsx"), original("乙局/上报/2.xlsx", day=19)
    assert tuple(claim_pending_originals(url, [new], at(19))) == (left, new)
    write_verdicts(url, [verdict(of=left)], at(19))
    assert tuple(claim_pending_originals(url, [], at(20), PLAN)) == (new,)


def test_the_oldest_come_first_whatever_order_they_are_found_in(url: str, original: MakeOriginal, at: At) -> None:
    late, early = original("甲局/上报/b.xlsx", day=19), original("甲局/上报/a.xlsx", day=18, mtime_ns=5)
    earliest = original("甲局/上报/c.xlsx", day=18, mtime_ns=4)
    assert tuple(claim_pending_originals(url, [late, early, earliest], at(19))) == (earliest, early, late)


def test_with_nothing_new_the_plan_says_whose_leftovers(url: str, original: MakeOriginal, at: At) -> None:
    other = original("丙局/上报/1.xlsx", plan="hejing-2024")
    claim_pending_originals(url, [original()], at(18))
    claim_pending_originals(url, [other], at(18))
    assert tuple(claim_pending_originals(url, [], at(18), PLAN)) == (original(),)
    assert tuple(claim_pending_originals(url, [], at(18), "hejing-2024")) == (other,)
    assert set(claim_pending_originals(url, [], at(18))) == {original(), other}


def test_known_files_are_the_files_as_last_seen(url: str, original: MakeOriginal, at: At) -> None:
    path = "甲局/上报/1.xlsx"
    claim_pending_originals(url, [original(path, "第一稿", size_bytes=1, mtime_ns=10)], at(18))
    claim_pending_originals(url, [original(path, "第二稿", size_bytes=2, mtime_ns=20)], at(19))
    assert load_known_files(url, PLAN) == SeenFiles([(path, 2, 20)])
    assert not load_known_files(url, "hejing-2024")


def test_a_new_mtime_alone_makes_no_new_original(url: str, original: MakeOriginal, at: At) -> None:
    claim_pending_originals(url, [original(mtime_ns=10)], at(18))
    assert len(claim_pending_originals(url, [original(mtime_ns=20)], at(19))) == 1
    assert load_known_files(url, PLAN) == SeenFiles([(original().path, original().size_bytes, 20)])


@pytest.mark.parametrize(
    "name", ["-rf.xlsx", "换\n行.xlsx", "\udcc9\udccc.xlsx", "e\u0301.xlsx", "长" * 3000, "a%20b\\c", "\x1a"]
)
def test_any_name_a_file_system_allows_is_known_again(url: str, original: MakeOriginal, at: At, name: str) -> None:
    one = original(f"甲局/上报/{name}")
    assert tuple(claim_pending_originals(url, [one], at(18))) == (one,)
    assert tuple(claim_pending_originals(url, [one], at(18))) == (one,)
    assert load_known_files(url, PLAN) == SeenFiles([(one.path, one.size_bytes, one.mtime_ns)])


def test_more_files_than_fit_one_statement(url: str, original: MakeOriginal, at: At) -> None:
    many = [original(f"甲局/上报/{number}.xlsx") for number in range(2500)]
    assert len(claim_pending_originals(url, many, at(18))) == 2500
    assert len(claim_pending_originals(url, many, at(18))) == 2500
