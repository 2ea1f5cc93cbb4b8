"""Content, recipients and keys of letters."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from config.calendar import Period
from tasks.mail.addresses import has_control_characters, is_deliverable
from tasks.mail.contact_history import with_last_contacts
from tasks.mail.event_letters import (
    Answer,
    ApprovedIssue,
    Morning,
    brief_notices,
    digest,
    issue_notices,
    verdict_notice,
)
from tasks.mail.ladder import LadderStep
from tasks.mail.ladder_letters import compose_ladder_letters, next_no, supervisions
from tasks.mail.letter_keys import message_id
from tasks.model.letter import Attachment, CallNote, Letter
from tasks.model.submission import Contact
from tasks.model.words import StandingName
from tests.unit.tasks.mail.mail_values import (
    DUE,
    PLAN,
    UNIT,
    at,
    context,
    decided,
    duty,
    finding,
    letter_builder,
    people,
    record,
    settings,
    standing,
    submission,
)

RULES, PAPER = settings(), letter_builder()


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2023-{text}")


def steps(on: str, *owed: Any, contacts: tuple[Contact, ...] | None = None) -> tuple[LadderStep, ...]:
    today = day(on)
    name: StandingName = "未报" if today > DUE else "未到期"
    standings = owed or (standing(name, today),)
    return decided(standings, people() if contacts is None else contacts, (), today, RULES)[0]


def one(on: str) -> Letter:
    [letter] = compose_ladder_letters(steps(on), PAPER, day(on))
    return letter


@pytest.mark.parametrize(
    ("on", "rung", "subject"),
    [
        ("10-17", "提醒", "【提醒】2023年10月月度报送10月20日截止"),
        ("10-20", "提醒", "【提醒】2023年10月月度报送今日（10月20日）截止"),
        ("10-23", "蓝", "【催报通知】2023年10月月度报送已逾期1个工作日"),
        ("10-25", "黄", "【督办】2023年10月月度报送已逾期3个工作日"),
        ("10-27", "红", "【督办单】2023年10月月度报送已逾期5个工作日"),
    ],
)
def test_the_subject_says_what_which_period_and_how_late(on: str, rung: str, subject: str) -> None:
    assert (one(on).rung, one(on).subject) == (rung, subject)


@pytest.mark.parametrize("attached", [True, False])
def test_the_prefilled_workbook_goes_along_where_the_rung_says_so(attached: bool) -> None:
    book = Attachment("县某局_2023-10_月度报送.xlsx", "share/a.xlsx")
    chosen = [replace(each, rung=each.rung.model_copy(update={"attach_workbook": attached})) for each in steps("10-25")]
    [letter] = compose_ladder_letters(chosen, PAPER, day("10-25"), {duty().key: [book]})
    assert letter.attachments == ((book,) if attached else ())
    assert (book.name in letter.text) is attached


def test_a_letter_has_the_offices_form_in_text_and_in_html() -> None:
    letter = one("10-25")
    lines = [line.strip() for line in letter.text.splitlines() if line.strip()]
    assert lines[:2] == ["督办通知", "县某局："]
    assert lines[-2:] == ["某县促消费联席会议办公室", "2023年10月25日"]
    assert "电话 0990-0000000" in lines[-3]
    for words in lines:
        assert re.sub(r"^\d+\. |^\W+", "", words).split("：")[0] in plain(letter.html)


def plain(html: str) -> str:
    class CaseReader(HTMLParser):
        text = ""

        def handle_data(self, data: str) -> None:
            self.text += data

    reader = CaseReader()
    reader.feed(html)
    return reader.text


def test_who_gets_the_red_letter() -> None:
    letter = one("10-27")
    assert letter.to == ("a.clerk@unit.example", "a.leader@unit.example")
    assert letter.cc == ("convener@office.example",)


def test_a_unit_gets_one_mail_a_morning_at_its_highest_rung_about_all_its_duties() -> None:
    roster = duty(kind="roster", period="2023-09", due=day("10-23"))
    other = duty("县乙局")
    today = day("10-25")
    standings = [standing("未报", today, each) for each in (roster, other, duty())]
    found = steps("10-25", *standings, contacts=people() + people("县乙局", "b"))
    first, second = compose_ladder_letters(found, PAPER, today)
    assert (first.unit, first.rung, first.duty) == (UNIT, "黄", "progress/2023-10/黄+3 roster/2023-09/蓝+1")
    assert first.subject == "【督办】2023年10月月度报送等2项已逾期3个工作日"
    assert "（2）联系人名单" in first.text
    assert (second.unit, second.to) == ("县乙局", ("b.clerk@unit.example",))


def test_one_person_in_both_roles_is_written_to_once() -> None:
    both = (people()[0], replace(people()[1], mail=people()[0].mail.upper()))
    [letter] = compose_ladder_letters(steps("10-25", contacts=both), PAPER, day("10-25"))
    assert (letter.to, letter.cc) == (("a.clerk@unit.example",), ())


def test_missing_points_name_measure_and_cell_and_a_long_list_is_counted() -> None:
    today = day("10-30")
    back = standing("待更正", today, returned_on=day("10-24"), findings=tuple(finding(n) for n in range(1, 16)))
    [letter] = compose_ladder_letters(steps("10-30", back), PAPER, today)
    assert "当前情况：待更正，应于10月27日前更正，已超过1个工作日" in letter.text
    assert "1. 措施3：第1处本期累计小于上期累计（月度报送：H10）。请核对后改正" in letter.text
    assert "13. 另有3处，见退回的表格批注" in letter.text
    assert "第13处" not in letter.text


def test_on_the_last_day_for_correction_the_letter_says_today() -> None:
    back = standing("待说明", day("10-27"), returned_on=day("10-24"))
    [letter] = compose_ladder_letters(steps("10-27", back), PAPER, day("10-27"))
    assert letter.subject == "【提醒】2023年10月月度报送请于今日（10月27日）内说明"


@pytest.mark.parametrize(("on", "shut"), [("10-31", False), ("11-01", True)])
def test_once_the_period_is_closed_the_letter_says_where_a_late_report_goes(on: str, shut: bool) -> None:
    """October closes seven workdays after the due day, on 2023-10-31."""
    [letter] = compose_ladder_letters(steps(on, standing("未报", day(on))), PAPER, day(on))
    assert ("本期已于10月31日关账，补报的列入下一期" in letter.text) is shut
    roster = standing("未报", day(on), duty(kind="roster", period="2023-10"))
    assert "关账" not in compose_ladder_letters(steps(on, roster), PAPER, day(on))[0].text


def test_every_measure_a_unit_owes_is_named() -> None:
    owed = replace(duty(), measures=tuple(str(number) for number in range(1, 17)))
    [letter] = compose_ladder_letters(steps("10-23", standing("未报", day("10-23"), owed)), PAPER, day("10-23"))
    assert f"措施{'、'.join(owed.measures)}，共16项" in letter.text


def test_the_workbook_goes_along_and_the_supervision_form_only_with_the_red_letter() -> None:
    book, form = Attachment("报表.xlsx", "a.xlsx"), Attachment("督办单.docx", "b.docx")
    for on, attached in [("10-23", (book,)), ("10-27", (book, form))]:
        [letter] = compose_ladder_letters(steps(on), PAPER, day(on), {duty().key: [book]}, {duty().key: [form]})
        assert letter.attachments == attached
        assert all(each.name in letter.text and each.name in letter.html for each in attached)


def test_the_supervision_form_says_what_the_red_letter_says() -> None:
    assert supervisions(steps("10-25"), PAPER, day("10-25")) == ()
    [form] = supervisions(steps("10-27"), PAPER, day("10-27"))
    assert (form.heading, form.unit, form.no) == ("促消费联席会议督办单", UNIT, "督办〔2023〕1号")
    assert (form.signature, form.day) == ("某县促消费联席会议办公室", "2023年10月27日")
    assert form.matters == ("2023年10月月度报送：应于2023年10月20日报送，未报，已逾期5个工作日。措施3、5、12，共3项。",)
    assert form.contact == "联系电话：0990-0000000"
    letter = one("10-27")
    for words in (*form.reason, *form.demand):
        assert words in letter.text


def test_supervision_forms_are_numbered_through_the_year_whatever_became_of_the_letters() -> None:
    red = record(one("10-27"))
    told = [red, replace(red, state="refused"), replace(red, rung="黄"), replace(red, day=dt.date(2022, 12, 30))]
    assert (next_no((), 2023), next_no(told, 2023)) == (1, 3)
    standings = [standing("未报", day("10-27"), duty(unit)) for unit in (UNIT, "县乙局")]
    forms = supervisions(steps("10-27", *standings, contacts=people() + people("县乙局")), PAPER, day("10-27"), 3)
    assert [form.no for form in forms] == ["督办〔2023〕3号", "督办〔2023〕4号"]


@pytest.mark.parametrize(
    ("name", "asked"),
    [("未报", "填好的报表"), ("待更正", "更正后的报表"), ("待说明", "写明情况后的报表")],
)
def test_a_letter_asks_for_what_the_files_fate_calls_for(name: StandingName, asked: str) -> None:
    """A letter about a returned file asks for the correction, and does not offer a nil report."""
    back = None if name == "未报" else day("10-24")
    on, roster = day("10-30"), duty(kind="roster", period="2023-10")
    [letter] = compose_ladder_letters(steps("10-30", standing(name, on, returned_on=back)), PAPER, on)
    assert f"将{asked}放入" in letter.text
    assert ("零报告" in letter.text) is (name == "未报" and letter.rung == "蓝")
    both = standing(name, on, returned_on=back), standing("未报", on, roster)
    [letter] = compose_ladder_letters(steps("10-30", *both), PAPER, on)
    papers = "报表和联系人名单" if name == "未报" else f"联系人名单和{asked}"
    assert f"将填好的{papers}放入" in letter.text


@pytest.mark.parametrize("state", ["returned", "refused", "queried"])
def test_what_is_added_to_an_accepted_report_and_sent_back_leaves_it_in_force(state: Any) -> None:
    for in_force in (0, 1):
        answer = Answer(submission(state, version=2), in_force=in_force)
        letter = verdict_notice(answer, duty(), people(), PAPER, context())
        assert letter is not None
        assert ("此前受理的第1版继续有效" in letter.text) is bool(in_force)
        assert ("仍按首次报送时间统计" in letter.text) is not bool(in_force)


@pytest.mark.parametrize("on", ["10-17", "10-23", "10-25", "10-27"])
def test_a_letter_asks_for_what_its_duties_are_about(on: str) -> None:
    """A letter about a roster does not offer a nil report and does not call the roster a report."""
    roster = duty(kind="roster", period="2023-09")
    name: StandingName = "未报" if day(on) > DUE else "未到期"
    for owed, papers, nil in (
        ([duty()], "报表", True),
        ([roster], "联系人名单", False),
        ([duty(), roster], "报表和联系人名单", True),
    ):
        [letter] = compose_ladder_letters(steps(on, *[standing(name, day(on), each) for each in owed]), PAPER, day(on))
        assert f"填好的{papers}放入" in letter.text
        assert ("零报告" in letter.text) is (nil and on in ("10-17", "10-23"))
    [notice] = issue_notices([roster], people(), PAPER, day("10-10"), {})
    assert "现将联系人名单发给你单位" in notice.text
    assert "零报告" not in notice.text


def test_the_message_id_comes_from_the_key_alone() -> None:
    letter = one("10-23")
    moved = tuple(replace(each, mail="other@elsewhere.example") for each in people())
    [again] = compose_ladder_letters(steps("10-23", contacts=moved), PAPER, day("10-23"))
    assert letter.to != again.to
    assert letter.message_id == again.message_id == message_id(letter.key)
    assert re.fullmatch(r"<[0-9a-f]{32}@demo-2023\.lianxi>", letter.message_id)
    assert message_id((*letter.key[:4], "2023-10-24")) != letter.message_id


HOSTILE = '局\r\nBcc: x@evil.example\r\n\r\n<script>alert(1)</script>{{ 7 * 7 }}"'


def test_a_units_own_words_can_neither_add_a_header_nor_markup_nor_run_as_a_template() -> None:
    """File names and values of findings come from submissions: they must appear as plain text."""
    hostile = replace(submission(path=f"{UNIT}/上报/{HOSTILE}"), findings=(replace(finding(), text=HOSTILE),))
    letter = verdict_notice(Answer(hostile), duty(), people(), PAPER, context())
    assert letter is not None
    assert not has_control_characters(letter.subject)
    assert letter.to == ("a.clerk@unit.example",)
    assert letter.cc == ()
    assert "<script>" not in letter.html
    assert "&lt;script&gt;" in letter.html
    assert "{{ 7 * 7 }}" in letter.text


@pytest.mark.parametrize(
    ("state", "rung", "subject"),
    [
        ("returned", "退回", "【退回更正】2023年10月月度报送，请于10月24日前更正"),
        ("refused", "退回", "【退回更正】2023年10月月度报送，请于10月24日前更正"),
        ("queried", "待说明", "【请予说明】2023年10月月度报送，请于10月24日前说明"),
        ("accepted", "受理", "【受理回执】2023年10月月度报送"),
    ],
)
def test_each_verdict_has_its_letter(state: Any, rung: str, subject: str) -> None:
    letter = verdict_notice(Answer(submission(state, version=2)), duty(), people(), PAPER, context())
    assert letter is not None
    assert (letter.rung, letter.subject, letter.duty) == (rung, subject, "progress/2023-10/v2")
    assert letter.day == day("10-19")
    assert "“10月报表.xlsx”（第2版）" in letter.text


def test_a_receipt_says_nil_and_closes_what_was_supervised() -> None:
    letter = verdict_notice(Answer(submission("accepted", nil=True), closed=True), duty(), people(), PAPER, context())
    assert letter is not None
    assert letter.subject.startswith("【受理并销号】")
    assert "（零报告）" in letter.text
    assert "督办单同时销号" in letter.text
    # Whoever had the 督办单 learns that it is closed.
    assert (letter.to, letter.cc) == (("a.clerk@unit.example",), ("a.leader@unit.example", "convener@office.example"))


@pytest.mark.parametrize("state", ["received", "superseded"])
def test_a_file_not_judged_or_replaced_brings_no_letter(state: Any) -> None:
    assert verdict_notice(Answer(submission(state)), duty(), people(), PAPER, context()) is None


def test_a_verdict_for_a_unit_without_an_address_brings_none() -> None:
    strangers = people("县乙局")
    assert verdict_notice(Answer(submission()), duty(), strangers, PAPER, context()) is None


def test_the_time_for_correction_never_ends_before_the_due_day() -> None:
    letter = verdict_notice(Answer(submission()), duty(due=day("11-20")), people(), PAPER, context())
    assert letter is not None
    assert "请于11月20日前更正" in letter.subject


def test_the_issue_notice_carries_the_workbooks_and_is_the_same_letter_on_a_later_day() -> None:
    book = Attachment("报表.xlsx", "share/a.xlsx")
    owed = [duty(), duty(kind="annual", period="2023"), duty("县丙局")]
    first = issue_notices(owed, people(), PAPER, day("10-10"), {duty().key: [book]})
    later = issue_notices(owed, people(), PAPER, day("10-13"), {duty().key: [book]})
    assert [(each.unit, each.rung, each.attachments) for each in first] == [(UNIT, "发放", (book,))]
    assert first[0].subject == "【填报通知】2023年10月月度报送等2项，10月20日截止"
    assert first[0].key == later[0].key
    assert later[0].text.rstrip().endswith("2023年10月13日")


def test_the_brief_goes_to_the_leaders_with_a_copy_to_the_clerks() -> None:
    files = (Attachment("简报第1期.docx", "briefs/1.docx"),)
    units, period = [UNIT, "县丙局", UNIT], Period.parse("2023-10")
    issue = ApprovedIssue("简报", 1, period, day("11-01"), tuple(files))
    [letter] = brief_notices(issue, units, people(), PAPER)
    assert (letter.to, letter.cc) == (("a.leader@unit.example",), ("a.clerk@unit.example",))
    assert (letter.subject, letter.attachments) == ("【简报】简报第1期（2023年10月）", files)


def test_the_digest_tells_the_coordinator_who_is_late_whom_to_call_and_what_failed() -> None:
    today = day("10-27")
    standings = [
        standing("未报", today),
        standing("待更正", today, duty("县乙局"), returned_on=day("10-25"), findings=(finding(),)),
        standing("按时", today, duty("县丙局")),
        standing("延期", today, duty("县丁局", extended_to=day("11-03"))),
    ]
    chosen, calls = decided(standings, people(), (), today, RULES)
    said = CallNote(PLAN, "县乙局", "分管领导", at(day("10-26"), 15), True, "正在汇总。", "示例甲")
    calls = with_last_contacts(calls, (), [said])
    todays = compose_ladder_letters(chosen, PAPER, today)
    lost = [record(todays[0], "refused", "服务器答复 550：no such user")]
    letter = digest(Morning(standings, calls, todays, lost, ["县戊局：销号"], ["县己局"]), PAPER, today)
    assert letter is not None
    assert (letter.to, letter.unit, letter.rung) == (("coordinator@office.example",), "县商工局", "摘要")
    assert letter.subject == "【催报摘要】2023年10月27日：未办结2项，需打电话1家"
    for words in (
        "到期应报3项，已受理1项，未办结2项。今日拟发信件1封",
        "县乙局（名单中无电话）：2023年10月月度报送（措施3、5、12，共3项），待更正，退回后已过2个工作日",
        "上次通话：10月26日15:00电话（分管领导）：正在汇总。",
        "最近联系：10月26日15:00电话（分管领导）：正在汇总。",
        "县某局：2023年10月月度报送，未报，已逾期5个工作日",
        "县某局：【督办单】2023年10月月度报送已逾期5个工作日。服务器答复 550：no such user",
        "县戊局：销号",
        "县己局",
    ):
        assert words in letter.text
        assert words in plain(letter.html)


def test_a_county_without_a_usable_coordinator_gets_no_digest_and_no_copy() -> None:
    county = PAPER.county.model_copy(update={"coordinator_mail": "nobody", "convener_mail": None})
    paper = replace(PAPER, county=county)
    assert digest(Morning(), paper, day("10-27")) is None
    [letter] = compose_ladder_letters(steps("10-27"), paper, day("10-27"))
    assert letter.cc == ()


def test_the_same_steps_give_the_same_letter() -> None:
    assert one("10-27") == one("10-27")


def test_the_html_needs_nothing_from_outside_and_names_its_colour_in_words() -> None:
    for on, name in [("10-23", "蓝色"), ("10-25", "黄色"), ("10-27", "红色")]:
        html = one(on).html
        assert name in plain(html)
        assert not re.search(r"(?i)<script|<link|<img|<style|src=|url\(|http", html)
        assert 'name="viewport"' in html


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("a@unit.example", True),
        ("a.b-c_d+e@sub.unit.example", True),
        ("a@example", False),
        ("a@unit.example\n", False),
        ("a@unit.example ", False),
        ("a b@unit.example", False),
        ("@unit.example", False),
        ("a@", False),
        ("a@@unit.example", False),
        ("a..b@unit.example", False),
        (".a@unit.example", False),
        ("a@unit..example", False),
        ("a@-unit.example", False),
        ("a@unit.example,b@unit.example", False),
        ("甲 <a@unit.example>", False),
        ('"a b"@unit.example', False),
        ("a@[127.0.0.1]", False),
        ("张三@unit.example", False),
        ("a＠unit.example", False),
        ("a" * 65 + "@unit.example", False),
        ("a@" + "b" * 63 + "." + "c" * 63 + "." + "d" * 63 + "." + "e" * 63 + ".example", False),
    ],
)
def test_which_addresses_a_letter_may_go_to(address: str, good: bool) -> None:
    assert is_deliverable(address) is good


def test_the_plan_is_part_of_every_key() -> None:
    assert one("10-23").key == (PLAN, UNIT, "progress/2023-10/蓝+1", "蓝", "2023-10-23")
