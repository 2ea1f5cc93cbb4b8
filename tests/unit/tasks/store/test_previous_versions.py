"""The version in force before a submission was decided, and the changes against it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from tasks.model.submission import Change, ProgressRow, Verdict
from tasks.store.previous_versions import load_previous_versions
from tasks.store.record_verdicts import write_verdicts
from tasks.store.submissions import load_received

PLAN = "yanqi-2023"


def test_each_version_knows_what_counted_before_it_and_what_it_changes(
    url: str, verdict: Callable[..., Verdict], row: Callable[..., ProgressRow], at: Callable[..., dt.datetime]
) -> None:
    first = (row(cumulative=6.0), row(measure="23", metric="", cumulative=None, problems="缺资金"))
    last = (row(cumulative=7.5, status="已完成"), row(measure="23", metric="", cumulative=None))
    given = [
        verdict("returned", path="a/上报/0.xlsx", day=16),
        verdict("accepted", path="a/上报/1.xlsx", day=17, rows=first),
        verdict("returned", path="a/上报/2.xlsx", day=18),
        verdict("accepted", path="a/上报/3.xlsx", day=19, rows=last),
        verdict("accepted", path="b/上报/1.xlsx", day=19, unit="县财政局"),
    ]
    write_verdicts(url, given, at(20))
    by_id = {each.id: each.path for each in load_received(url, PLAN)}
    found = {by_id[id_]: before for id_, before in load_previous_versions(url, load_received(url, PLAN)).items()}
    # Before the first accepted version, and for another unit, nothing was in force.
    assert sorted(found) == ["a/上报/2.xlsx", "a/上报/3.xlsx"]
    assert {(each.version, each.path, each.received_at) for each in found.values()} == {(2, "a/上报/1.xlsx", at(17))}
    assert found["a/上报/2.xlsx"].changes == ()
    changed = [
        ("22", "cumulative", "6", "7.5"),
        ("22", "status", "正常推进", "已完成"),
        ("23", "problems", "缺资金", "无"),
    ]
    metrics = {"22": "新增限上企业", "23": ""}
    assert found["a/上报/3.xlsx"].changes == tuple(Change(no, metrics[no], *rest) for no, *rest in changed)
