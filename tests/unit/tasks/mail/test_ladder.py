"""The ladder's decisions: every standing, every rung, every kind of day.

The due day is Friday 2023-10-20 unless said otherwise; 10-07 and 10-08 were working weekend days (调休), 09-29 to 10-06
the holiday.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, get_args

import pytest

from config.settings import Settings
from tasks.mail.ladder import LadderStep
from tasks.mail.letter_keys import duty_field, duty_part
from tasks.model.letter import LetterKey
from tasks.model.submission import Contact, Duty, Standing
from tasks.model.words import StandingName
from tests.unit.tasks.mail.mail_values import CALENDAR, DUE, PLAN, UNIT, decided, duty, people, settings, standing

SHIPPED = settings()
RUNGS = {"提醒-3": -3, "提醒+0": 0, "蓝": 1, "黄": 3, "红": 5}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2023-{text}")


def key(owed: Duty, rung: str, workdays: int, on: dt.date) -> LetterKey:
    return (PLAN, owed.unit, duty_field([duty_part(owed, rung, workdays)]), rung, on.isoformat())


def steps_of(
    *standings: Standing,
    on: dt.date,
    contacts: tuple[Contact, ...] | None = None,
    sent: tuple[LetterKey, ...] = (),
    rules: Settings = SHIPPED,
) -> list[str]:
    steps, _ = decided(standings, people() if contacts is None else contacts, sent, on, rules)
    return [named(step) for step in steps]


def named(step: LadderStep) -> str:
    return step.rung.name if step.rung.name != "提醒" else f"提醒{step.rung.workdays:+d}"


@pytest.mark.parametrize(
    ("on", "rung"),
    [
        ("10-16", []),
        ("10-17", ["提醒-3"]),
        ("10-18", ["提醒-3"]),
        ("10-19", ["提醒-3"]),
        ("10-20", ["提醒+0"]),
        ("10-21", []),
        ("10-22", []),
        ("10-23", ["蓝"]),
        ("10-24", ["蓝"]),
        ("10-25", ["黄"]),
        ("10-26", ["黄"]),
        ("10-27", ["红"]),
        ("10-28", []),
        ("10-30", ["红"]),
        ("12-29", ["红"]),
        ("12-31", []),
    ],
)
def test_the_highest_rung_now_due_is_sent_and_none_on_a_day_off(on: str, rung: list[str]) -> None:
    today = day(on)
    assert steps_of(standing("未报" if today > DUE else "未到期", today), on=today) == rung


@pytest.mark.parametrize(
    ("on", "rung"),
    [
        ("09-28", ["提醒-3"]),
        ("09-29", []),
        ("10-03", []),
        ("10-06", []),
        ("10-07", ["提醒-3"]),
        ("10-08", ["提醒-3"]),
        ("10-09", ["提醒+0"]),
        ("10-10", ["蓝"]),
    ],
)
def test_the_holiday_counts_for_nothing_and_the_working_weekend_counts(on: str, rung: list[str]) -> None:
    owed = replace(duty(due=day("10-09")), opens=day("09-20"))
    assert steps_of(standing("未报" if day(on) > owed.due else "未到期", day(on), owed), on=day(on)) == rung


@pytest.mark.parametrize(
    ("due", "on", "rung"),
    [
        (dt.date(2023, 12, 29), dt.date(2023, 12, 29), ["提醒+0"]),
        (dt.date(2023, 12, 29), dt.date(2024, 1, 1), []),
        (dt.date(2023, 12, 29), dt.date(2024, 1, 2), ["蓝"]),
        (dt.date(2024, 2, 29), dt.date(2024, 3, 1), ["蓝"]),
        (dt.date(2024, 1, 31), dt.date(2024, 2, 4), ["黄"]),
        # A due day kept on a Sunday: the last workday before it is the day to remind.
        (dt.date(2023, 10, 22), dt.date(2023, 10, 20), ["提醒+0"]),
        (dt.date(2023, 10, 22), dt.date(2023, 10, 23), ["蓝"]),
    ],
)
def test_month_ends_year_ends_and_due_days_off(due: dt.date, on: dt.date, rung: list[str]) -> None:
    owed = duty(due=due)
    assert steps_of(standing("未报" if on > due else "未到期", on, owed), on=on) == rung


@pytest.mark.parametrize("name", get_args(StandingName))
@pytest.mark.parametrize("elapsed", [-4, -3, -1, 0, 1, 2, 3, 4, 5, 6, 20])
def test_every_standing_at_every_rung(name: StandingName, elapsed: int) -> None:
    today = CALENDAR.add_workdays(DUE, elapsed) if elapsed else DUE
    chased = {"未报": True, "待更正": True, "待说明": True, "未到期": elapsed <= 0}.get(name, False)
    due = [rung for rung, workdays in RUNGS.items() if workdays <= elapsed]
    if name == "未到期" and elapsed > 0:
        # The roll-up never says so; were it to, the duty is treated as on its last day.
        due, chased = ["提醒-3", "提醒+0"], True
    assert steps_of(standing(name, today), on=today) == (due[-1:] if chased else [])


@pytest.mark.parametrize("on", ["10-21", "10-22", "10-03"])
@pytest.mark.parametrize("name", get_args(StandingName))
def test_nothing_happens_on_a_day_off_whatever_the_standing(name: StandingName, on: str) -> None:
    assert decided([standing(name, day(on))], people(), (), day(on), SHIPPED) == ((), ())


@pytest.mark.parametrize(
    ("sent", "on", "rung"),
    [
        ([("提醒", -3, "10-17")], "10-18", []),
        ([("提醒", -3, "10-17")], "10-20", ["提醒+0"]),
        ([("提醒", 0, "10-20")], "10-23", ["蓝"]),
        ([("蓝", 1, "10-23")], "10-24", []),
        ([("蓝", 1, "10-23")], "10-25", ["黄"]),
        ([("蓝", 1, "10-23")], "10-30", ["红"]),
        ([("黄", 3, "10-25")], "10-26", []),
        ([("红", 5, "10-27")], "10-30", []),
        # Out of order in the outbox, as after a clock that was set back: nothing lower follows.
        ([("红", 5, "10-23")], "10-24", []),
        ([("黄", 3, "10-23")], "10-24", []),
    ],
)
def test_each_rung_goes_out_once_and_never_below_one_that_went(
    sent: list[tuple[str, int, str]], on: str, rung: list[str]
) -> None:
    keys = tuple(key(duty(), name, workdays, day(when)) for name, workdays, when in sent)
    assert steps_of(standing("未报", day(on)), on=day(on), sent=keys) == rung


def test_a_rung_that_an_office_moves_to_another_day_is_not_sent_twice() -> None:
    ladder = tuple(rung.model_copy(update={"workdays": 2}) if rung.name == "蓝" else rung for rung in SHIPPED.ladder)
    moved = SHIPPED.model_copy(update={"ladder": ladder})
    sent = (key(duty(), "蓝", 1, day("10-23")),)
    assert steps_of(standing("未报", day("10-24")), on=day("10-24"), sent=sent, rules=moved) == []
    assert steps_of(standing("未报", day("10-25")), on=day("10-25"), sent=sent, rules=moved) == ["黄"]


def test_another_duty_another_period_and_another_unit_have_ladders_of_their_own() -> None:
    sent = (key(duty(), "蓝", 1, day("10-23")),)
    others = [duty(unit="县乙局"), duty(kind="annual", period="2023"), duty(period="2023-11")]
    contacts = people() + people("县乙局", "b")
    for on, found in (("10-23", ["蓝"]), ("10-24", ["蓝"] * 3)):
        standings = [standing("未报", day(on), each) for each in others]
        # One mail a unit and morning: on the 23rd the first unit had its letter already.
        assert steps_of(*standings, on=day(on), contacts=contacts, sent=sent) == found


def test_one_mails_key_remembers_the_rung_of_each_of_its_duties() -> None:
    roster = duty(kind="roster", period="2023-09", due=day("09-25"))
    field = duty_field([duty_part(duty(), "蓝", 1), duty_part(roster, "红", 5)])
    sent = ((PLAN, UNIT, field, "红", "2023-10-23"),)
    standings = [standing("未报", day("10-25"), each) for each in (duty(), roster)]
    steps, _ = decided(standings, people(), sent, day("10-25"), SHIPPED)
    assert [(step.standing.duty.kind, step.rung.name) for step in steps] == [("progress", "黄")]


@pytest.mark.parametrize(
    ("on", "rung"),
    [
        ("10-24", []),  # the day it was sent back: the return notice says it all
        ("10-25", []),
        ("10-27", ["提醒+0"]),  # three workdays to correct
        ("10-30", ["蓝"]),
        ("11-01", ["黄"]),
        ("11-03", ["红"]),
    ],
)
@pytest.mark.parametrize("name", ["待更正", "待说明"])
def test_a_file_sent_back_restarts_the_ladder_from_the_return(name: StandingName, on: str, rung: list[str]) -> None:
    sent = (key(duty(), "蓝", 1, day("10-23")),)
    now = standing(name, day(on), returned_on=day("10-24"))
    assert steps_of(now, on=day(on), sent=sent) == rung


def test_a_file_sent_back_on_the_due_day_restarts_it_too() -> None:
    """Returned on Friday the 20th with three workdays to correct: that day's reminder no longer counts."""
    sent = (key(duty(), "提醒", 0, day("10-20")),)
    for on, rung in [("10-23", []), ("10-24", []), ("10-25", ["提醒+0"]), ("10-26", ["蓝"])]:
        now = standing("待更正", day(on), returned_on=day("10-20"))
        assert steps_of(now, on=day(on), sent=sent) == rung


def test_a_second_return_restarts_it_again() -> None:
    sent = (key(duty(), "蓝", 1, day("10-30")), key(duty(), "黄", 3, day("11-01")))
    again = standing("待更正", day("11-07"), returned_on=day("11-01"))
    assert steps_of(again, on=day("11-07"), sent=sent) == ["蓝"]


def test_a_file_sent_back_well_before_the_due_day_is_chased_by_the_due_day() -> None:
    early = day("10-12")
    for on, rung in [("10-16", []), ("10-17", ["提醒-3"]), ("10-20", ["提醒+0"]), ("10-23", ["蓝"])]:
        assert steps_of(standing("待更正", day(on), returned_on=early), on=day(on)) == rung


def test_an_extension_is_silent_until_it_ends_and_then_counts_from_its_own_day() -> None:
    owed = duty(extended_to=day("10-27"))
    assert steps_of(standing("延期", day("10-23"), owed), on=day("10-23")) == []
    assert steps_of(standing("延期", day("10-27"), owed), on=day("10-27")) == []
    assert steps_of(standing("未报", day("10-30"), owed), on=day("10-30")) == ["蓝"]


def test_in_grace_only_the_reminder_is_due_and_the_ladder_counts_from_its_end() -> None:
    owed = duty(grace_until=day("10-24"))
    for on, rung in [("10-23", "提醒+0"), ("10-24", "提醒+0"), ("10-25", "蓝"), ("10-27", "黄"), ("10-31", "红")]:
        assert steps_of(standing("未报", day(on), owed), on=day(on)) == [rung]
    reminded = (key(owed, "提醒", 0, day("10-20")),)
    assert steps_of(standing("未报", day("10-23"), owed), on=day("10-23"), sent=reminded) == []
    # A due day that is over is no day to name.
    for on, deadline in [("10-20", "10-20"), ("10-23", "10-24"), ("10-24", "10-24"), ("10-25", "10-24")]:
        [step], _ = decided([standing("未报", day(on), owed)], people(), (), day(on), SHIPPED)
        assert step.deadline == day(deadline)


def test_no_reminder_before_the_period_opens() -> None:
    owed = replace(duty(), opens=day("10-18"))
    assert steps_of(standing("未到期", day("10-17"), owed), on=day("10-17")) == []
    assert steps_of(standing("未到期", day("10-18"), owed), on=day("10-18")) == ["提醒-3"]


def recipients(on: str, contacts: tuple[Contact, ...] | None = None) -> tuple[list[str], list[str]]:
    name: StandingName = "未报" if day(on) > DUE else "未到期"
    [step], _ = decided([standing(name, day(on))], contacts or people(), (), day(on), SHIPPED)
    return [each.role for each in step.to], [each.role for each in step.cc]


@pytest.mark.parametrize(
    ("on", "to", "cc"),
    [
        ("10-17", ["业务负责人"], []),
        ("10-23", ["业务负责人"], []),
        ("10-25", ["业务负责人"], ["分管领导"]),
        ("10-27", ["业务负责人", "分管领导"], []),
    ],
)
def test_each_rung_goes_to_its_roles(on: str, to: list[str], cc: list[str]) -> None:
    assert recipients(on) == (to, cc)


def test_a_unit_with_a_leader_only_is_written_to_through_the_leader() -> None:
    assert recipients("10-23", people()[1:]) == (["分管领导"], [])
    assert recipients("10-25", people()[1:]) == (["分管领导"], [])


def calls_of(
    *standings: Standing, on: str, contacts: tuple[Contact, ...] = (), **more: Any
) -> list[tuple[str, str, str]]:
    _, calls = decided(standings, contacts, more.pop("sent", ()), day(on), SHIPPED, **more)
    return [(call.unit, call.why, call.phone) for call in calls]


NO_MAIL = "没有可用的邮箱，催报信件无法发出"


def test_a_unit_without_a_usable_address_is_called_and_every_morning_again() -> None:
    deaf = (replace(people()[0], mail=""), replace(people()[1], mail="张三@unit.example"))
    expected = [(UNIT, NO_MAIL, "0990-0000001")]
    for on in ("10-23", "10-24", "10-26", "10-30"):
        assert calls_of(standing("未报", day(on)), on=on, contacts=deaf) == expected
    assert calls_of(standing("未报", day("10-23")), on="10-23") == [(UNIT, NO_MAIL, "")]


def test_an_address_the_server_refused_for_good_no_longer_counts() -> None:
    clerk, leader = people()
    late = standing("未报", day("10-23"))
    steps, calls = decided([late], (clerk, leader), (), day("10-23"), SHIPPED, {clerk.mail})
    assert [each.mail for each in steps[0].to] == [leader.mail]
    [call] = calls
    assert (call.what, call.phone) == ("业务负责人的邮箱", clerk.phone)
    assert "请单位重报联系人名单" in call.why
    gone = {clerk.mail, leader.mail}
    # One line, though both addresses are gone and a report is late.
    called = calls_of(standing("未报", day("10-23")), on="10-23", contacts=people(), unreachable=gone)
    assert called == [(UNIT, NO_MAIL, clerk.phone)]


def test_a_unit_that_cannot_be_reminded_is_called_before_the_due_day_too() -> None:
    assert calls_of(standing("未到期", day("10-16")), on="10-16") == []
    assert calls_of(standing("未到期", day("10-17")), on="10-17") == [(UNIT, NO_MAIL, "")]


def test_a_returned_file_of_a_unit_without_an_address_is_called_about_at_once() -> None:
    assert calls_of(standing("待更正", day("10-24"), returned_on=day("10-24")), on="10-24") == [(UNIT, NO_MAIL, "")]


def test_when_the_last_rung_has_not_helped_the_telephone_follows_from_the_next_day() -> None:
    sent = (key(duty(), "红", 5, day("10-27")),)
    assert calls_of(standing("未报", day("10-27")), on="10-27", contacts=people(), sent=sent) == []
    [(unit, why, phone)] = calls_of(standing("未报", day("10-30")), on="10-30", contacts=people(), sent=sent)
    assert (unit, why, phone) == (UNIT, "红色督办已于10月27日发出，至今未办结", "0990-0000001")
    assert calls_of(standing("迟报", day("10-31")), on="10-31", contacts=people(), sent=sent) == []


def test_a_call_says_what_is_missing_and_the_longest_overdue_comes_first() -> None:
    roster = duty(unit="县乙局", kind="roster", period="2023-09", due=day("09-25"))
    both = [standing("未报", day("10-23")), standing("未报", day("10-23"), roster)]
    _, calls = decided(both, (), (), day("10-23"), SHIPPED)
    assert [call.unit for call in calls] == ["县乙局", UNIT]
    assert calls[1].what == "2023年10月月度报送（措施3、5、12，共3项），未报，已逾期1个工作日"


@pytest.mark.parametrize(
    ("name", "on", "called"),
    [
        ("未到期", "10-09", False),
        ("未到期", "10-17", True),
        ("未报", "10-27", True),
        ("待更正", "10-27", True),
        ("按时", "10-27", False),
        ("延期", "10-27", False),
    ],
)
def test_a_unit_that_left_is_not_written_to_and_somebody_must_take_over_what_is_open(
    name: StandingName, on: str, called: bool
) -> None:
    today, left = day(on), {UNIT: day("10-08")}
    staying = standing(name, today, duty("县乙局"))
    contacts = (*people(), *people("县乙局", "b"))
    steps, calls = decided(
        [standing(name, today), staying], contacts, (), today, SHIPPED, (people()[0].mail,), None, left
    )
    assert {step.standing.duty.unit for step in steps} <= {"县乙局"}
    why = "该单位已于2023年10月8日撤并，不再发信，请确定由哪个单位接续报送"
    # The people of a unit that is no more are not to be rung up either.
    assert [(call.unit, call.why, call.phone) for call in calls] == ([(UNIT, why, "")] if called else [])


def own_ladder(**kinds: dict[int, str]) -> Settings:
    """The shipped settings, with other ladders for some kinds: {workdays: name}."""
    made = [
        SHIPPED.ladder[0].model_copy(update={"name": name, "workdays": workdays, "kinds": (kind,)})
        for kind, rungs in kinds.items()
        for workdays, name in rungs.items()
    ]
    return SHIPPED.model_copy(update={"ladder": (*SHIPPED.ladder, *made)})


ANNUAL = own_ladder(annual={-10: "提醒", 2: "蓝", 4: "红"})


@pytest.mark.parametrize(
    ("on", "annual", "progress"),
    [
        ("10-09", ["提醒-10"], []),
        ("10-17", ["提醒-10"], ["提醒-3"]),
        ("10-20", ["提醒-10"], ["提醒+0"]),
        ("10-23", ["提醒-10"], ["蓝"]),
        ("10-24", ["蓝"], ["蓝"]),
        ("10-26", ["红"], ["黄"]),
        ("10-27", ["红"], ["红"]),
    ],
)
def test_a_kind_with_a_ladder_of_its_own_climbs_that_and_the_others_the_general_one(
    on: str, annual: list[str], progress: list[str]
) -> None:
    today = day(on)
    name: StandingName = "未报" if today > DUE else "未到期"
    for kind, rungs in (("annual", annual), ("progress", progress), ("roster", progress)):
        owed = replace(duty(kind=kind, period="2023"), opens=day("09-01"))  # type: ignore[arg-type]
        assert steps_of(standing(name, today, owed), on=today, rules=ANNUAL) == rungs


def test_the_top_of_its_own_ladder_is_where_a_kinds_telephone_begins() -> None:
    owed, today = duty(kind="annual", period="2023"), day("10-30")
    sent = (key(owed, "红", 4, day("10-26")),)
    _, calls = decided([standing("未报", today, owed)], people(), sent, today, ANNUAL)
    assert [call.why for call in calls] == ["红色督办已于10月26日发出，至今未办结"]
