"""The preview shows each kind of letter of a period and no real person."""

from __future__ import annotations

import datetime as dt
import re

from config.calendar import Period
from tasks.mail.letter_templates import SAMPLES
from tasks.mail.letters_preview import preview_page
from tasks.mail.sample_letters import samples
from tests.unit.tasks.mail.mail_values import CALENDAR, context, duty, letter_builder, settings

RULES, PERIOD = settings(), Period.parse("2023-10")
SHOWN = samples([duty(kind="roster"), duty()], PERIOD, letter_builder(), context(rules=RULES))


def test_every_kind_of_letter_is_there_and_every_template_is_used() -> None:
    rungs = [each.letter.rung for each in SHOWN]
    assert rungs == [
        "发放",
        "提醒",
        "提醒",
        "蓝",
        "黄",
        "红",
        "退回",
        "退回",
        "待说明",
        "受理",
        "受理",
        "受理",
        "简报",
        "摘要",
        "批复",
        "报警",
    ]
    assert len({each.letter.subject for each in SHOWN}) >= len(SAMPLES)
    assert "督办单.docx" in SHOWN[5].letter.text


def test_each_letter_is_dated_as_it_would_be() -> None:
    days = [each.letter.day for each in SHOWN[1:6]]
    assert days == [dt.date(2023, 10, day) for day in (17, 20, 23, 25, 27)]
    assert all(CALENDAR.is_workday(day) for day in days)


def test_addresses_are_such_as_exist_nowhere() -> None:
    office = {"coordinator@office.example", "convener@office.example"}
    for each in SHOWN:
        assert all(address.endswith(".invalid") for address in {*each.letter.to, *each.letter.cc} - office)


def test_the_page_needs_nothing_from_outside_and_is_the_same_each_time() -> None:
    shown = preview_page("信件预览", SHOWN)
    assert shown == preview_page("信件预览", SHOWN)
    assert shown.count("<section ") == len(SHOWN)
    assert not re.search(r"(?i)<script|<link|<img|src=|url\(|http", shown)
    assert len(re.findall("</body>", shown)) == 1
