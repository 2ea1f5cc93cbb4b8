"""Duties and the extensions granted to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from tasks.errors import InputError
from tasks.model.submission import Duty, Verdict
from tasks.store.duty_table import extension_requests, grant_extension, read_duties, reporting_units, write_duties
from tasks.store.record_verdicts import write_verdicts

PLAN = "yanqi-2023"
At = Callable[..., dt.datetime]
MakeDuty = Callable[..., Duty]


def test_duties_come_back_as_saved_and_in_the_order_of_saving(url: str, duty: MakeDuty) -> None:
    saved = [duty(unit="县住建局"), duty(unit="县商工局", measures=("22", "23")), duty(unit="县发改委", kind="roster")]
    assert write_duties(url, saved) == 3
    assert read_duties(url, PLAN) == tuple(saved)


def test_saving_again_changes_nothing_and_a_moved_day_is_one_change(url: str, duty: MakeDuty) -> None:
    write_duties(url, [duty(), duty(unit="县住建局")])
    assert write_duties(url, [duty(), duty(unit="县住建局")]) == 0
    assert write_duties(url, [duty(due=dt.date(2023, 10, 23)), duty(unit="县住建局")]) == 1
    assert read_duties(url, PLAN)[0].due == dt.date(2023, 10, 23)


def test_a_duty_given_twice_is_saved_once(url: str, duty: MakeDuty) -> None:
    assert write_duties(url, [duty(), duty()]) == 1


def test_units_are_grouped_by_the_measures_they_report_on(url: str, duty: MakeDuty) -> None:
    shared, own = ("3", "22"), ("7",)
    owed = [duty(measures=shared), duty(unit="县住建局", measures=shared), duty(period="2023-11", measures=own)]
    write_duties(url, [*owed, duty(kind="roster", measures=("9",)), duty(plan="hejing-2024", measures=("8",))])
    assert reporting_units(url, PLAN, ("progress",)) == {
        shared: {owed[0].unit, "县住建局"},
        own: {owed[0].unit},
    }


def test_duties_are_kept_by_plan_and_period(url: str, duty: MakeDuty) -> None:
    write_duties(url, [duty(), duty(period="2023-11"), duty(plan="hejing-2024")])
    assert [each.period for each in read_duties(url, PLAN)] == ["2023-10", "2023-11"]
    assert [each.period for each in read_duties(url, PLAN, "2023-11")] == ["2023-11"]
    assert read_duties(url, PLAN, "2024-01") == ()


def test_an_extension_holds_though_the_duty_is_saved_again(url: str, duty: MakeDuty, at: At) -> None:
    write_duties(url, [duty()])
    granted = grant_extension(url, duty().key, dt.date(2023, 10, 27), "数据待核", "张三", at(19))
    assert granted.extended_to == dt.date(2023, 10, 27)
    assert write_duties(url, [duty()]) == 0
    assert read_duties(url, PLAN) == (granted,)


def test_the_last_extension_granted_is_in_force(url: str, duty: MakeDuty, at: At) -> None:
    write_duties(url, [duty()])
    for day in (27, 27, 25):
        grant_extension(url, duty().key, dt.date(2023, 10, day), "数据待核", "张三", at(19))
    assert read_duties(url, PLAN)[0].extended_to == dt.date(2023, 10, 25)


@pytest.mark.parametrize(
    ("day", "reason", "by", "says"),
    [
        (19, "数据待核", "张三", "须晚于"),
        (20, "数据待核", "张三", "须晚于"),
        (21, " ", "张三", "理由"),
        (21, "数据待核", "", "批准人"),
    ],
)
def test_an_extension_needs_a_later_day_a_reason_and_a_name(
    url: str, duty: MakeDuty, at: At, day: int, reason: str, by: str, says: str
) -> None:
    write_duties(url, [duty()])
    with pytest.raises(InputError, match=says):
        grant_extension(url, duty().key, dt.date(2023, 10, day), reason, by, at(19))
    assert read_duties(url, PLAN)[0].extended_to is None


def test_an_unknown_duty_cannot_be_extended(url: str, duty: MakeDuty, at: At) -> None:
    with pytest.raises(InputError, match="没有这项报送任务"):
        grant_extension(url, duty().key, dt.date(2023, 10, 27), "数据待核", "张三", at(19))


def test_a_request_in_a_workbook_waits_until_it_is_answered(
    url: str, duty: MakeDuty, verdict: Callable[..., Verdict], at: At
) -> None:
    write_duties(url, [duty()])
    until = dt.date(2023, 10, 27)
    write_verdicts(url, [verdict("returned", extension=(until, "数据待核")), verdict(unit="县住建局")], at(18))
    (asked,) = extension_requests(url, PLAN, "2023-10")
    assert (asked.key, asked.until, asked.reason, asked.granted) == (duty().key, until, "数据待核", None)
    grant_extension(url, asked.key, asked.until, "同意", "张三", at(19))
    assert extension_requests(url, PLAN)[0].granted == until
    assert extension_requests(url, PLAN, "2023-11") == ()
