"""Unsent letters are withdrawn once they are no longer needed or no longer true."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tasks.mail.letter_keys import duties_in_key, duty_field, duty_part
from tasks.mail.withdraw import decide_withdrawals, may_be_withdrawn
from tasks.model.letter import LetterRecord
from tasks.model.submission import Standing
from tasks.model.words import StandingName
from tests.unit.tasks.mail.mail_values import UNIT, at, duty, letter, record, standing

TODAY = dt.date(2023, 10, 24)
ROSTER = duty(kind="roster", period="2023-09")


def waiting(
    rung: str = "蓝", field: str = "progress/2023-10/蓝+1", day: dt.date = TODAY, state: str = "failed"
) -> LetterRecord:
    return record(letter(unit=UNIT, duty=field, rung=rung, day=day), state, "421")


def settled(each: LetterRecord, *now: Standing) -> str:
    return decide_withdrawals([each], now, TODAY).settled.get(each.key, "")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("按时", "已受理"),
        ("迟报", "已受理"),
        ("零报告", "已受理"),
        ("延期", "已批准延期"),
        ("未到期", "期限已调整"),
        ("未报", ""),
        ("待更正", ""),
        ("待说明", ""),
    ],
)
@pytest.mark.parametrize("state", ["ready", "failed", "uncertain"])
def test_a_reminder_is_withdrawn_once_its_duty_is_settled(name: StandingName, why: str, state: str) -> None:
    assert settled(waiting(state=state), standing(name, TODAY)).partition("，")[0] == why


def test_a_reminder_ahead_of_the_day_stays_while_nothing_is_due() -> None:
    """After an extension an overdue letter is withdrawn; a reminder is still true."""
    now = standing("未到期", TODAY)
    assert settled(waiting("提醒", "progress/2023-10/提醒-3"), now) == ""
    assert settled(waiting("黄", "progress/2023-10/黄+3"), now) == "期限已调整，不再发出"


@pytest.mark.parametrize("state", ["sending", "sent", "refused", "withdrawn"])
def test_what_has_left_or_is_closed_is_never_taken_back(state: str) -> None:
    each = waiting(state=state, day=TODAY - dt.timedelta(days=1))
    assert not may_be_withdrawn([each])
    found = decide_withdrawals([each], [standing("按时", TODAY)], TODAY)
    assert (found.settled, found.stale) == ({}, {})


def test_a_not_received_letter_is_withdrawn_if_a_file_arrived_after_it_was_written() -> None:
    back = standing("待更正", TODAY, returned_on=TODAY)
    before, after = (replace(waiting(), enqueued_at=at(TODAY, hour)) for hour in (9, 11))
    assert settled(before, back) == "已收到来件，另函退回，不再发出"
    assert settled(after, back) == ""


def test_a_letter_about_two_duties_goes_with_the_first_that_is_settled_or_gone() -> None:
    parts = (duty_part(duty(), "蓝", 1), duty_part(ROSTER, "红", 5))
    both = waiting(field=duty_field(parts))
    assert set(duties_in_key(both.key)) == {duty().key, ROSTER.key}
    late = standing("未报", TODAY)
    assert settled(both, late, standing("未报", TODAY, ROSTER)) == ""
    assert settled(both, late, standing("按时", TODAY, ROSTER)) == "已受理，不再发出"
    assert settled(both, late) == "事项已取消，不再发出"


@pytest.mark.parametrize(("rung", "withdrawn"), [("退回", True), ("待说明", True), ("受理", False)])
def test_a_return_is_withdrawn_once_a_later_version_was_accepted(rung: str, withdrawn: bool) -> None:
    each = waiting(rung, "progress/2023-10/v1")
    assert bool(settled(each, replace(standing("按时", TODAY), version=2))) == withdrawn
    assert settled(each, standing("待更正", TODAY, returned_on=TODAY)) == ""


@pytest.mark.parametrize("rung", ["退回", "待说明"])
def test_what_a_unit_adds_to_an_accepted_report_is_returned_too(rung: str) -> None:
    """The first version is in force, the second was returned: the unit must get that letter."""
    assert settled(waiting(rung, "progress/2023-10/v2"), replace(standing("按时", TODAY), version=1)) == ""


@pytest.mark.parametrize("field", ["brief/2023-10/1", "progress/2023-10"])
@pytest.mark.parametrize("rung", ["简报", "发放"])
def test_notices_are_never_taken_back(rung: str, field: str) -> None:
    each = waiting(rung, field, TODAY - dt.timedelta(days=3))
    assert decide_withdrawals([each], [], TODAY).settled == decide_withdrawals([each], [], TODAY).stale == {}


@pytest.mark.parametrize("state", ["ready", "failed", "uncertain"])
@pytest.mark.parametrize("rung", ["蓝", "摘要"])
def test_a_letter_not_sent_on_its_day_is_stale_unless_it_may_have_been_sent(rung: str, state: str) -> None:
    field = "digest" if rung == "摘要" else "progress/2023-10/蓝+1"
    late = standing("未报", TODAY)
    for day, stale in ((TODAY, False), (TODAY - dt.timedelta(days=1), state != "uncertain")):
        found = decide_withdrawals([waiting(rung, field, day, state)], [late], TODAY).stale
        assert bool(found) == stale
        assert all("421" in why for why in found.values())


def test_a_letter_a_person_had_sent_again_is_not_stale() -> None:
    again = replace(waiting(day=TODAY - dt.timedelta(days=1), state="ready"), doubtful=True)
    assert decide_withdrawals([again], [standing("未报", TODAY)], TODAY).stale == {}
