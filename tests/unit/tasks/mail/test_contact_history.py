"""Contact history: last contacts, undelivered letters, dead addresses, closed 督办单."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from tasks.mail.contact_history import (
    closed_supervisions,
    dead_addresses,
    known_at,
    last_answer,
    last_contacts,
    undelivered,
    with_last_contacts,
)
from tasks.mail.event_letters import open_reds, units_without_contact
from tasks.mail.letter_wording import without_numbers
from tasks.model.letter import Call, CallNote, LetterRecord
from tasks.model.submission import Standing
from tests.unit.tasks.mail.mail_values import (
    PLAN,
    UNIT,
    at,
    decided,
    duty,
    letter,
    people,
    record,
    settings,
    standing,
)

RULES = settings()
NOW = at(dt.date(2023, 10, 30), 9)
CLERK, LEADER = (each.mail for each in people())


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2023-{text}")


def said(on: str, rung: str = "蓝", workdays: int = 1, state: str = "sent", **changes: Any) -> LetterRecord:
    field = f"progress/2023-10/{rung}{workdays:+d}"
    sent = letter(unit=UNIT, day=day(on), rung=rung, duty=field, subject=f"【{rung}】", to=(CLERK,), cc=(LEADER,))
    return replace(record(sent, state, "550"), **changes)


def test_the_last_three_letters_the_newest_first_and_what_became_of_them() -> None:
    told = [
        said("10-17", "提醒", -3),
        said("10-23"),
        said("10-25", "黄", 3, "failed"),
        said("10-27", "红", 5, "refused"),
    ]
    told += [said("10-26", "黄", 3, "withdrawn"), said("10-27", "摘要"), replace(said("10-27"), unit="县乙局")]
    assert last_contacts(UNIT, told) == (
        "10月27日【红】（未送达）",
        "10月25日【黄】（未发出，稍后重试）",
        "10月23日【蓝】（已发出）",
    )
    assert with_last_contacts([Call("县乙局", "", "", "", 1)], told)[0].last == ("10月27日【蓝】（已发出）",)


def noted(on: str, hour: int, words: str = "答应今日报来", answered: bool = True, unit: str = UNIT) -> CallNote:
    return CallNote(PLAN, unit, "业务负责人", at(day(on), hour), answered, words, "示例甲")


def test_calls_and_letters_are_one_list_of_contacts_and_the_last_answer_is_shown() -> None:
    letters = [said("10-23"), said("10-25", "黄", 3), said("10-27", "红", 5)]
    calls = [
        noted("10-25", 15),
        noted("10-26", 9, "已转告" + "很" * 80),
        noted("10-27", 16, "", answered=False),
        noted("10-27", 17, unit="县乙局"),
    ]
    [call] = with_last_contacts([Call(UNIT, "", "", "", 1)], letters, calls)
    # The red letter left at ten, the unanswered call followed it, and the call of the day before came first.
    assert call.last == (
        "10月27日16:00电话（业务负责人）：未接通",
        "10月27日【红】（已发出）",
        "10月26日09:00电话（业务负责人）：已转告" + "很" * 56 + "…",
    )
    assert call.said == "10月26日09:00电话（业务负责人）：已转告" + "很" * 80
    assert last_answer(UNIT, calls[2:]) == ""
    assert last_contacts(UNIT, letters, ()) == tuple(
        f"10月{x}（已发出）" for x in ("27日【红】", "25日【黄】", "23日【蓝】")
    )


def test_a_morning_looked_at_again_knows_nothing_of_later_letters_and_calls() -> None:
    letters = [said("10-23"), said("10-25", "黄", 3), said("10-27", "红", 5)]
    calls = [noted("10-24", 15), noted("10-26", 9)]
    assert known_at(letters, calls, at(day("10-25"), 9)) == ((letters[0], letters[1]), (calls[0],))
    assert known_at(letters, calls, at(day("10-25"), 8)) == ((letters[0],), (calls[0],))


def test_a_letter_that_some_recipients_did_not_get_is_reported() -> None:
    assert last_contacts(UNIT, [said("10-23", answer="已送达其余收件人；被拒收：x（452 full）", code="partly")]) == (
        "10月23日【蓝】（部分收件人未收到）",
    )


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("电话09966001234", "电话（号码从略）"),
        ("改打 0996-600 1234，", "改打 （号码从略），"),
        ("手机+86 139 9612 3456", "手机（号码从略）"),
        ("寄到zhang.san@example.cn去", "寄到（号码从略）去"),
        ("2023-10-27报，累计123456元，第2版", "2023-10-27报，累计123456元，第2版"),
        ("10月27日15:30", "10月27日15:30"),
    ],
)
def test_numbers_and_addresses_of_people_are_left_out_of_what_many_may_see(words: str, shown: str) -> None:
    assert without_numbers(words) == shown


def test_an_undelivered_letter_is_sent_again_the_next_workday_and_the_unit_is_called() -> None:
    lost = [said("10-23", state="refused")]
    why = undelivered(lost)
    assert why == {duty().key: "10月23日的蓝信件未能送达：550"}
    late = standing("未报", day("10-24"))
    steps, calls = decided([late], people(), (), day("10-24"), RULES, (), why)
    assert [step.rung.name for step in steps] == ["蓝"]
    assert [call.why for call in calls] == [why[duty().key]]
    assert undelivered([*lost, said("10-24")]) == {}
    assert undelivered([*lost, said("10-24", state="withdrawn")]) == why


@pytest.mark.parametrize("name", ["按时", "延期"])
def test_no_call_about_a_lost_letter_once_the_duty_is_settled(name: Any) -> None:
    why = undelivered([said("10-23", state="refused")])
    assert decided([standing(name, day("10-24"))], people(), (), day("10-24"), RULES, (), why) == (
        (),
        (),
    )


def test_an_address_is_dead_from_its_refusal_until_it_takes_a_letter_or_time_has_passed() -> None:
    since = NOW - dt.timedelta(days=30)
    refused = said("10-23", dead=(CLERK.upper(),))
    assert dead_addresses([refused], since) == {CLERK}
    assert dead_addresses([refused, said("10-25", dead=(LEADER,))], since) == {LEADER}
    assert dead_addresses([refused], at(day("10-24"), 9)) == frozenset()
    # A letter all of whose recipients were refused reached nobody, and clears nobody.
    assert dead_addresses([refused, said("10-25", state="refused", dead=(LEADER,))], since) == {CLERK, LEADER}


def test_a_dead_address_is_listed_until_the_roster_is_corrected_even_if_others_can_be_reached() -> None:
    today = day("10-24")
    for name, steps in (("未报", 1), ("按时", 0)):
        found, calls = decided([standing(name, today)], people(), (), today, RULES, {CLERK})  # type: ignore[arg-type]
        assert len(found) == steps
        assert [(call.unit, call.what) for call in calls] == [(UNIT, "业务负责人的邮箱")]
        assert CLERK not in calls[0].why
    mended = (replace(people()[0], mail="new@unit.example"), people()[1])
    assert decided([standing("按时", today)], mended, (), today, RULES, {CLERK})[1] == ()


def test_units_without_a_usable_address_are_named_once() -> None:
    owed = [standing("未报", day("10-24"), duty(unit)) for unit in (UNIT, "县乙局", "县乙局")]
    assert units_without_contact(owed, people()) == ("县乙局",)
    assert units_without_contact(owed, people(), {CLERK, LEADER}) == (UNIT, "县乙局")


def done(on: str) -> Standing:
    return replace(standing("迟报", day(on)), first_accepted=at(day(on), 15))


def test_a_closed_supervision_is_in_the_next_digest_and_not_again() -> None:
    told = [said("10-27", "红", 5), said("10-27", "摘要"), said("10-30", "摘要")]
    line = "县某局：2023年10月月度报送，10月27日的督办单，10月27日报送受理，销号"
    assert closed_supervisions([done("10-27")], told, day("10-30")) == (line,)
    assert closed_supervisions([done("10-27")], told, day("10-31")) == ()
    assert closed_supervisions([done("10-27")], told[1:], day("10-30")) == ()
    assert closed_supervisions([standing("未报", day("10-30"))], told, day("10-30")) == ()
    lost = [said("10-27", "红", 5, "refused"), *told[1:]]
    assert closed_supervisions([done("10-27")], lost, day("10-30")) == ()


def test_a_red_is_closed_by_the_first_receipt_after_it_and_only_once() -> None:
    red = said("10-27", "红", 5).key
    receipt = (PLAN, UNIT, "progress/2023-10/v1", "受理", "2023-10-28")
    assert open_reds([red]) == {duty().key}
    assert open_reds([red, receipt]) == frozenset()
    assert open_reds([red, (*receipt[:4], "2023-10-26")]) == {duty().key}
    assert open_reds([said("10-25", "黄", 3).key]) == frozenset()
