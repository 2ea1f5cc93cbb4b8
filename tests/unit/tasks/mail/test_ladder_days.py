"""Every standing × every rung × every kind of day, against a table written out by hand.

For each day the due day is moved so that the rung falls exactly on it: what is asked is what happens on that very day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import get_args

import pytest

from config.settings import RungSettings
from tasks.mail.ladder_letters import compose_ladder_letters
from tasks.mail.letter_keys import duty_field, duty_part
from tasks.model.submission import Duty
from tasks.model.words import Kind, StandingName
from tests.unit.tasks.mail.mail_values import CALENDAR, PLAN, UNIT, decided, letter_builder, people, settings, standing

RULES = settings()
RUNGS = tuple(RULES.ladder)

WORKDAYS = {
    "an ordinary Tuesday": "2023-10-17",
    "a Saturday worked for the holiday (调休)": "2023-10-07",
    "a Sunday worked for the holiday (调休)": "2024-02-04",
    "the first day after the long holiday": "2024-02-18",
    "the last day of a month": "2023-10-31",
    "the first day of a month": "2023-11-01",
    "the leap day": "2024-02-29",
    "the last day of a year": "2024-12-31",
    "the first workday of a year": "2024-01-02",
    "the last workday before the long holiday": "2023-09-28",
}
DAYS_OFF = {
    "a Saturday": "2023-10-21",
    "a Sunday": "2023-10-22",
    "a Monday of the holiday": "2023-10-02",
    "the last day of a month in the holiday": "2023-09-30",
    "the last day of a year, a Sunday": "2023-12-31",
    "New Year's day": "2024-01-01",
    "New Year's eve of the old calendar": "2024-02-10",
}
# Which standings are chased at a rung of that name. 未到期 knows no overdue rung: the roll-up never says so.
CHASED: dict[str, dict[StandingName, bool]] = {
    "提醒": {"未到期": True, "未报": True, "待更正": True, "待说明": True},
    "蓝": {"未报": True, "待更正": True, "待说明": True},
    "黄": {"未报": True, "待更正": True, "待说明": True},
    "红": {"未报": True, "待更正": True, "待说明": True},
}


def _owed(today: dt.date, workdays: int) -> Duty:
    """A duty due so many workdays before `today`; after it for a negative number."""
    due = CALENDAR.add_workdays(today, -workdays) if workdays else today
    opens, closes = due - dt.timedelta(days=40), CALENDAR.add_workdays(due, 7)
    return Duty(PLAN, UNIT, "progress", "2023-10", opens, due, due, closes, "", ("3",))


@pytest.mark.parametrize("place", range(len(RUNGS)), ids=lambda place: f"{RUNGS[place].name}{RUNGS[place].workdays:+d}")
@pytest.mark.parametrize("name", get_args(StandingName))
@pytest.mark.parametrize("day", WORKDAYS.values(), ids=WORKDAYS)
def test_on_a_workday_the_rung_of_the_day_goes_out_once_to_whom_it_concerns(
    day: str, name: StandingName, place: int
) -> None:
    today, rung = dt.date.fromisoformat(day), RUNGS[place]
    now = standing(name, today, _owed(today, rung.workdays))
    steps, calls = decided([now], people(), (), today, RULES)
    chased = CHASED[rung.name].get(name, False)
    # The table above is the truth; for the impossible 未到期 past its day the last reminder is as far as it goes.
    expected = [rung] if chased else [RUNGS[1]] if name == "未到期" else []
    assert [step.rung for step in steps] == expected
    assert calls == ()
    for step in steps:
        assert [each.role for each in step.to] == [role for role in ("业务负责人", "分管领导") if role in step.rung.to]
    sent = {(PLAN, UNIT, duty_field([duty_part(now.duty, rung.name, rung.workdays)]), rung.name, day)}
    if chased:
        assert decided([now], people(), sent, today, RULES)[0] == ()
    steps, calls = decided([now], (), (), today, RULES)
    assert (steps, [call.unit for call in calls]) == ((), [UNIT] if expected else [])


@pytest.mark.parametrize("place", range(len(RUNGS)), ids=lambda place: f"{RUNGS[place].name}{RUNGS[place].workdays:+d}")
@pytest.mark.parametrize("name", get_args(StandingName))
@pytest.mark.parametrize("day", DAYS_OFF.values(), ids=DAYS_OFF)
def test_no_letter_and_no_call_on_a_day_off(day: str, name: StandingName, place: int) -> None:
    today = dt.date.fromisoformat(day)
    for shift in (0, 1):
        now = standing(name, today, _owed(today, RUNGS[place].workdays + shift))
        assert decided([now], people(), (), today, RULES) == ((), ())
        assert decided([now], (), (), today, RULES) == ((), ())


def test_the_days_of_the_table_are_what_they_are_called() -> None:
    assert all(CALENDAR.is_workday(dt.date.fromisoformat(day)) for day in WORKDAYS.values())
    assert not any(CALENDAR.is_workday(dt.date.fromisoformat(day)) for day in DAYS_OFF.values())


@pytest.mark.parametrize(
    ("kind", "period", "text", "title"),
    [
        ("roster", "2023-09", "", "联系人名单"),
        ("progress", "2023-10", "", "2023年10月月度报送"),
        ("progress", "2023-Q4", "", "2023年第四季度报送"),
        ("deliverable", "2023-09", "促消费奖励办法", "促消费奖励办法"),
        ("annual", "2023", "", "2023年全年总结"),
    ],
)
@pytest.mark.parametrize("rung", RUNGS, ids=lambda rung: f"{rung.name}{rung.workdays:+d}")
def test_every_kind_of_duty_climbs_the_same_ladder_under_its_own_name(
    rung: RungSettings, kind: Kind, period: str, text: str, title: str
) -> None:
    today = dt.date(2023, 12, 29)
    owed = replace(_owed(today, rung.workdays), kind=kind, period=period, text=text)
    now = standing("未报" if rung.workdays > 0 else "未到期", today, owed)
    steps, _ = decided([now], people(), (), today, RULES)
    [sent] = compose_ladder_letters(steps, letter_builder(), today)
    assert (sent.rung, title in sent.subject) == (rung.name, True)
    assert decided([now], people(), {sent.key}, today, RULES)[0] == ()
