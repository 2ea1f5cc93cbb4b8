"""Which figures count, which precede a period, and which contacts are valid on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection

import pytest

from tasks.errors import InputError
from tasks.model.submission import Contact, ProgressRow, Verdict
from tasks.model.words import Kind
from tasks.store.accepted_rows import contacts_on, load_accepted_rows, load_previous_rows
from tasks.store.record_verdicts import write_verdicts

PLAN = "yanqi-2023"
At = Callable[..., dt.datetime]
MakeRow = Callable[..., ProgressRow]
MakeVerdict = Callable[..., Verdict]


@pytest.mark.parametrize(
    ("state", "counts"), [("accepted", True), ("queried", False), ("returned", False), ("refused", False)]
)
def test_only_accepted_rows_count(url: str, verdict: MakeVerdict, at: At, state: str, counts: bool) -> None:
    judged = verdict(state)
    write_verdicts(url, [judged], at(18))
    assert load_accepted_rows(url, PLAN, "2023-10") == (judged.rows if counts else ())


def test_rows_of_a_superseded_version_no_longer_count(url: str, verdict: MakeVerdict, row: MakeRow, at: At) -> None:
    write_verdicts(url, [verdict(rows=(row(cumulative=5.0),), path="县商工局/上报/1.xlsx")], at(18))
    write_verdicts(url, [verdict(rows=(row(cumulative=7.0),), path="县商工局/上报/2.xlsx", day=19)], at(19))
    assert [one.cumulative for one in load_accepted_rows(url, PLAN, "2023-10")] == [7.0]


def test_figures_of_a_deliverable_count_only_on_request(url: str, verdict: MakeVerdict, row: MakeRow, at: At) -> None:
    write_verdicts(url, [verdict(kind="deliverable", rows=(row(),))], at(18))
    assert load_accepted_rows(url, PLAN, "2023-10") == ()
    asked_for: tuple[Kind, ...] = ("deliverable",)
    assert load_accepted_rows(url, PLAN, "2023-10", asked_for) == (row(),)


@pytest.mark.parametrize(
    ("accepted_in", "asked", "found"),
    [
        (["2023-09"], "2023-10", "2023-09"),
        (["2023-08", "2023-09"], "2023-10", "2023-09"),
        (["2023-10"], "2023-10", None),
        (["2023-11"], "2023-10", None),
        (["2022-12"], "2023-01", "2022-12"),
        (["2023-Q3"], "2023-10", "2023-Q3"),
        (["2023-Q3", "2023-10"], "2023-Q4", "2023-10"),
        (["2023-12"], "2023-Q4", "2023-12"),
        (["2023-Q4"], "2023-12", None),
        (["2023-11", "2023-12"], "2023", "2023-12"),
        (["2023-12", "2023-Q4"], "2024-01", "2023-12"),
    ],
)
def test_the_row_before_is_the_last_accepted_one(
    url: str, verdict: MakeVerdict, at: At, accepted_in: list[str], asked: str, found: str | None
) -> None:
    write_verdicts(url, [verdict(period=period) for period in accepted_in], at(18))
    assert [one.period for one in load_previous_rows(url, PLAN, asked)] == ([found] if found else [])


def test_the_row_before_is_looked_for_by_unit_measure_and_metric(
    url: str, verdict: MakeVerdict, row: MakeRow, at: At
) -> None:
    august = verdict(
        period="2023-08",
        rows=(row(period="2023-08", cumulative=1.0), row(period="2023-08", metric="社零额", cumulative=2.0, row=8)),
    )
    september = verdict(period="2023-09", rows=(row(period="2023-09", cumulative=3.0),))
    other = verdict(period="2023-09", unit="县住建局")
    queried = verdict("queried", period="2023-09", path="县商工局/上报/再报.xlsx", day=19)
    write_verdicts(url, [august, september, other, queried], at(19))
    found = {(one.unit, one.metric): (one.period, one.cumulative) for one in load_previous_rows(url, PLAN, "2023-10")}
    assert found == {
        ("县商工局", "新增限上企业"): ("2023-09", 3.0),
        ("县商工局", "社零额"): ("2023-08", 2.0),
        ("县住建局", "新增限上企业"): ("2023-09", 6.0),
    }


@pytest.mark.parametrize(
    ("units", "found"),
    [
        (None, ["县住建局", "县商工局"]),
        ({"县商工局"}, ["县商工局"]),
        (["县商工局", "县住建局", "县发改委"], ["县住建局", "县商工局"]),
        ((), []),
    ],
)
def test_previous_rows_can_be_limited_to_units(
    url: str, verdict: MakeVerdict, at: At, units: Collection[str] | None, found: list[str]
) -> None:
    write_verdicts(url, [verdict(period="2023-09"), verdict(period="2023-09", unit="县住建局")], at(18))
    assert [one.unit for one in load_previous_rows(url, PLAN, "2023-10", units)] == found


def test_an_invalid_period_is_an_input_error(url: str) -> None:
    with pytest.raises(InputError, match="期间"):
        load_previous_rows(url, PLAN, "十月")


def _person(name: str, unit: str = "县商工局", role: str = "业务负责人") -> Contact:
    return Contact(PLAN, unit, role, name, "科员", "0996-1234567", f"{name}@example.cn")


@pytest.mark.parametrize(
    ("day", "names"), [(17, []), (18, ["张三", "李四"]), (22, ["张三", "李四"]), (23, ["王五"]), (30, ["王五"])]
)
def test_people_are_valid_from_the_day_their_roster_was_accepted(
    url: str, verdict: MakeVerdict, at: At, day: int, names: list[str]
) -> None:
    first, second = (_person("张三"), _person("李四", role="分管领导")), (_person("王五"),)
    for accepted_on, people in ((18, first), (23, second)):
        roster = verdict(kind="roster", path=f"县商工局/上报/{accepted_on}.xlsx", contacts=people, day=accepted_on)
        write_verdicts(url, [roster], at(accepted_on, 23))
    assert [one.name for one in contacts_on(url, PLAN, dt.date(2023, 10, day))] == names


def test_of_two_rosters_on_one_day_the_later_counts_and_units_do_not_mix(
    url: str, verdict: MakeVerdict, at: At
) -> None:
    rosters = [
        verdict(kind="roster", path="县商工局/上报/1.xlsx", contacts=(_person("张三"),)),
        verdict(kind="roster", path="县商工局/上报/2.xlsx", contacts=(_person("王五"),), mtime_ns=2**61),
        verdict(kind="roster", unit="县住建局", contacts=(_person("赵六", "县住建局"),)),
    ]
    write_verdicts(url, rosters, at(18))
    found = {one.unit: one.name for one in contacts_on(url, PLAN, dt.date(2023, 10, 18))}
    assert found == {"县商工局": "王五", "县住建局": "赵六"}
    assert contacts_on(url, "hejing-2024", dt.date(2023, 10, 18)) == ()
