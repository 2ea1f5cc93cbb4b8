"""Attack 14, the year has no calendar: November to January played day by day, with and without the notice.

The form of the notice and its faults are proved beside `config.holiday_notice`.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from config.calendar import Period, load_calendar
from config.plan import Document, DutyRule
from config.settings_file import load_settings
from flows.admin.doctor import run_checks
from flows.admin.status import read_status
from flows.brief import brief
from flows.chase import Chased, chase
from flows.context import open_context
from flows.holidays import holidays
from flows.intake import intake
from flows.issue import issue
from flows.steps.make_backup import make_backup
from tasks.errors import InputError
from tasks.issue.duties_due import dates_of, duties_of
from tasks.model.letter import Letter
from tasks.model.words import PROVISIONAL, PROVISIONAL_WHY
from tasks.store import audit_chain, outbox
from tasks.store.duty_table import read_duties, write_duties
from tasks.store.migrate import migrate
from tests import factories, workbooks
from tests.counties import configuration
from tests.factories import COMMERCE, HOUSING
from tests.plain_flows import Pages, unknown_from, without_prefect
from tests.unit.config.test_holiday_notice import NOTICE

COUNTY = factories.county(units=(factories.unit(COMMERCE), factories.unit(HOUSING)))
PLAN = factories.plan(
    id="shili-2026",
    document=Document(
        no="示政办发〔2026〕9号", title="示例县促消费方案", issued_on=dt.date(2026, 9, 19), issuer="示例县人民政府办公室"
    ),
    members=(COMMERCE, HOUSING),
    measures=(
        factories.measure("1", responsible=()),
        factories.measure("3", lead=(HOUSING,), responsible=(), text="开展入户走访。"),
    ),
    duties=(
        DutyRule(
            id="roster", kind="roster", who=("measure_units",), text="报送名单", due=dt.date(2026, 11, 13), period="2026-11"
        ),
        DutyRule(id="first", kind="progress", who=("measure_units",), text="报送", due=dt.date(2026, 11, 25)),
        DutyRule(id="monthly", kind="progress", who=("reporting_units",), text="月度报送", every_month=True),
        # A Sunday: in a year without a notice the duty moves to Monday the 4th, with the one below to Tuesday.
        DutyRule(
            id="list", kind="deliverable", who=(COMMERCE,), text="报送活动清单", due=dt.date(2027, 1, 3), period="2026-12", measure="1",
        ),
        DutyRule(id="year", kind="deliverable", who=(HOUSING,), text="报送走访总结", due=dt.date(2027, 1, 20), measure="3"),
    ),
)  # fmt: skip
# No day of the notice is any other year's: 4 January is off in it, the 9th is worked.
FIRST, LAST, PASTED = dt.date(2026, 11, 1), dt.date(2027, 1, 31), dt.date(2026, 11, 27)
RETURNED = dt.date(2026, 12, 30)


@dataclass
class Played:
    """What the months came to, and what was read on the way."""

    pages: Pages
    asked: set[dt.date] = field(default_factory=set)
    chased: dict[dt.date, Chased] = field(default_factory=dict)
    left_on: dict[str, dt.date] = field(default_factory=dict)
    dues: dict[dt.date, dict[str, str]] = field(default_factory=dict)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pages]:
    """An office with two units, whose year 2027 nobody knows."""
    changes = (
        ("due_day = 20", "due_day = 25"),
        ("pdf = true", "pdf = false"),
        ("settle_seconds = 20", "settle_seconds = 0"),
    )
    configuration(tmp_path / "config", (COUNTY, PLAN), changes=changes)
    for name in [name for name in os.environ if name.startswith("LIANXI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LIANXI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LIANXI_CONFIG", str(tmp_path / "config"))
    monkeypatch.setattr("config.calendar._official", unknown_from(2027))
    (tmp_path / "data" / "share").mkdir(parents=True)
    with without_prefect(monkeypatch) as pages:
        yield pages


def play(pages: Pages, data: Path, pasted: dt.date | None) -> Played:
    """Every day's runs as the schedules start them. Only one unit reports, and its December report is returned."""
    told = Played(pages)
    url = f"sqlite:///{data}/lianxi.db"
    for day in (FIRST + dt.timedelta(days=n) for n in range((LAST - FIRST).days + 1)):
        if day == pasted:
            holidays.fn(NOTICE, 0, True, "甲", f"{day}T08:00")
        if day.day == 10:
            try:
                issue.fn(None, None, f"{day}T08:30")
            except InputError as nobody:
                assert "没有应报事项" in str(nobody)
        _report(data / "share", day)
        # The passes that see something, and one that does not; ten minutes make no difference here.
        intake.fn(None, f"{day}T08:50")
        told.chased[day] = chase.fn(None, f"{day}T09:00")
        if day >= dt.date(2026, 12, 1):
            brief.fn(None, None, "given", f"{day}T09:30", "", 0, "甲")
        if told.chased[day].asked:
            told.asked.add(day)
        for letter in outbox.letter_records(url, PLAN.id):
            if letter.state == "sent":
                told.left_on.setdefault(letter.message_id, day)
        told.dues[day] = {
            f"{duty.unit} {duty.kind} {duty.period}": f"{duty.due}{PROVISIONAL if duty.is_provisional(duty.due) else ''} {duty.closes}"
            for duty in read_duties(url, PLAN.id)
        }
    return told


def _report(share: Path, day: dt.date) -> None:
    own = share / HOUSING
    if day == dt.date(2026, 11, 11):
        for unit in (COMMERCE, HOUSING):
            people = {
                role: {"姓名": "张某某", "职务": "科长", "电话": "0990-1234567", "邮箱": f"{mail}@shili.example"}
                for role, mail in (("分管领导", "leader"), ("业务负责人", "clerk"))
            }
            form = (share / unit / "发放" / f"{unit}_2026-11_联系人名单.xlsx").read_bytes()
            _drop(share / unit / "上报" / "名单.xlsx", workbooks.roster(form, people), day)
    if day in (dt.date(2026, 11, 20), RETURNED):
        form = (own / "发放" / f"{HOUSING}_{day:%Y-%m}_月度报送.xlsx").read_bytes()
        content = workbooks.filled(form)
        _drop(
            own / "上报" / f"{day:%m}月.xlsx",
            workbooks.with_cell(content, "3", "进展情况", None) if day.month == 12 else content,
            day,
        )


def _drop(path: Path, content: bytes, day: dt.date) -> None:
    path.write_bytes(content)
    moment = dt.datetime.combine(day, dt.time(7), factories.ZONE).timestamp()
    os.utime(path, (moment, moment))


def _letters(data: Path) -> list[Letter]:
    return [letter for letter, _, _ in outbox.load_letters(f"sqlite:///{data}/lianxi.db", PLAN.id)]


def _each_once(data: Path) -> None:
    # The digest is daily; a letter of the ladder names each duty it is about with its rung. The ladder of the report
    # that was sent back begins anew.
    told = Counter(
        (
            letter.unit,
            letter.rung,
            part,
            letter.unit == HOUSING and "progress/2026-12" in part and letter.day > RETURNED,
        )
        for letter in _letters(data)
        if letter.rung != "摘要"
        for part in letter.duty.split()
    )
    assert set(told.values()) == {1}, told
    assert {"发放", "提醒", "蓝", "黄", "红", "退回", "受理", "简报"} <= {rung for _, rung, *_ in told}


def test_attack_14_nobody_enters_the_year_and_nothing_stops(office: Pages, tmp_path: Path) -> None:
    data = tmp_path / "data"
    told = play(office, data, None)
    _each_once(data)
    # From six weeks ahead, every workday, to the end.
    assert min(told.asked) == dt.date(2026, 11, 20)
    assert told.asked == {day for day, done in told.chased.items() if done.workday and day >= dt.date(2026, 11, 20)}
    # 1 January is off by law; the next workday is Monday the 4th.
    works = [day.day for day, done in told.chased.items() if day.year == 2027 and done.workday]
    assert works[:5] == [4, 5, 6, 7, 8] and 9 not in works
    last = told.dues[LAST]
    assert last[f"{COMMERCE} progress 2026-12"] == "2026-12-25 2027-01-06"
    assert last[f"{COMMERCE} deliverable 2026-12"].startswith(f"2027-01-04{PROVISIONAL}")
    assert last[f"{HOUSING} deliverable 2027-01"].startswith(f"2027-01-20{PROVISIONAL}")
    letters = _letters(data)
    returned = next(each.text for each in letters if each.rung == "退回")
    assert f"1月5日{PROVISIONAL}" in returned and PROVISIONAL_WHY in returned
    notice = next(each.text for each in letters if each.rung == "发放" and "走访总结" in each.text)
    assert PROVISIONAL_WHY in notice
    assert any(PROVISIONAL_WHY in each.text for each in letters if each.rung == "提醒")
    assert any("七、请办理" in each.text and "lianxi holidays" in each.text for each in letters if each.rung == "摘要")
    assert PROVISIONAL in office["matrix-shili-2026-2027-01"]
    assert any(PROVISIONAL_WHY in call.what for done in told.chased.values() for call in done.calls)
    status = read_status("2027-01", None, "2027-01-15")
    assert [each.duty.is_provisional(each.duty.due) for each in status.standings] == [True]
    assert {check.name: check.state for check in run_checks(now="2027-01-15")}["工作日历"] == "bad"
    # Late is better than never. The day on which a form was given out moves to a Sunday that was worked: no second notice.
    holidays.fn(NOTICE.replace("1月9日（周六）上班", "1月10日（周日）上班"), 0, True, "甲", "2027-01-31T10:00")
    issue.fn("2027-01", None, "2027-01-31T10:10")
    _each_once(data)
    [status] = read_status("2027-01", None, "2027-01-31T10:20").standings
    assert not status.duty.is_provisional(status.duty.due) and status.duty.opens == dt.date(2027, 1, 10)


def test_attack_14_the_notice_is_pasted_and_every_date_is_settled(office: Pages, tmp_path: Path) -> None:
    data, config = tmp_path / "data", tmp_path / "config"
    told = play(office, data, PASTED)
    _each_once(data)
    assert told.asked == {
        day for day, done in told.chased.items() if done.workday and "2026-11-20" <= str(day) < str(PASTED)
    }
    works = [day.day for day, done in told.chased.items() if day.year == 2027 and done.workday]
    assert works[:5] == [5, 6, 7, 8, 9]
    last = told.dues[LAST]
    assert last[f"{COMMERCE} progress 2026-12"] == "2026-12-25 2027-01-07"
    assert last[f"{COMMERCE} deliverable 2026-12"].startswith("2027-01-05 ")
    told_by_mail = [each.text for each in _letters(data) if each.rung != "摘要"]
    assert not any(PROVISIONAL in text or PROVISIONAL_WHY in text for text in told_by_mail)
    assert PROVISIONAL not in office["matrix-shili-2026-2027-01"] and "已登记" in office["holidays"]
    # 10 January is a Sunday: the form is out on it, its notice on Monday.
    mail = {each.message_id: each for each in outbox.letter_records(f"sqlite:///{data}/lianxi.db", PLAN.id)}
    notices = {
        each.unit: told.left_on[key] for key, each in mail.items() if each.rung == "发放" and "2027-01" in each.duty
    }
    assert notices == {HOUSING: dt.date(2027, 1, 11)}
    # The office's own folder has the year now, the shipped one is as it was.
    calendar = load_calendar(config / "calendar.toml")
    assert calendar.knows(dt.date(2027, 6, 1)) and not load_calendar().years
    acts = [each.act for each in audit_chain.audit_entries(f"sqlite:///{data}/lianxi.db")]
    assert acts.count("登记放假安排") == 1
    assert make_backup(now="2027-01-31T12:00").files > 0


def test_attack_14_dates_on_record_are_settled_by_whoever_comes_first(office: Pages, tmp_path: Path) -> None:
    """A newer version, or a line written by hand, makes the year known just as well as the form."""
    data = tmp_path / "data"
    issue.fn("2026-12", None, "2026-12-10T08:30")
    before = {
        each.duty.unit: each
        for each in read_status("2026-12", None, "2026-12-10").standings
        if each.duty.kind == "deliverable"
    }
    assert before[COMMERCE].duty.is_provisional(dt.date(2027, 1, 4))
    (tmp_path / "config" / "calendar.toml").write_text(
        '[years]\n2027 = { holidays = ["2027-01-01..2027-01-04"] }\n', "utf-8"
    )
    after = {
        each.duty.unit: each
        for each in read_status("2026-12", None, "2026-12-28").standings
        if each.duty.kind == "deliverable"
    }
    assert after[COMMERCE].duty.due == dt.date(2027, 1, 5) and after[COMMERCE].duty.provisional_from is None
    # It has not opened yet, so its opening moves along.
    assert after[COMMERCE].duty.opens == dt.date(2027, 1, 5)
    last = audit_chain.audit_entries(f"sqlite:///{data}/lianxi.db")[-1]
    assert last.act == "改正期限" and "2027-01-04 改为 2027-01-05" in last.detail


def test_attack_14_a_notice_that_is_not_understood_changes_nothing(office: Pages, tmp_path: Path) -> None:
    issue.fn("2026-12", None, "2026-12-10T08:30")
    for wrong in (
        NOTICE.replace("1月1日（周五）", "1月1日（周四）"),
        NOTICE[:400],
        "请各单位注意：明年放假安排另行通知。",
    ):
        with pytest.raises(InputError, match="什么也没有改动"):
            holidays.fn(wrong, 0, True, "甲", "2026-12-11T08:00")
    done = holidays.fn(NOTICE, 0, False, "甲", "2026-12-11T08:00")
    assert not done.confirmed and done.year == 2027 and "未登记" in office["holidays"]
    assert not (tmp_path / "config" / "calendar.toml").exists()
    assert all(each.act == "确认" for each in audit_chain.audit_entries(f"sqlite:///{tmp_path}/data/lianxi.db"))


def test_attack_14_a_corrected_notice_moves_what_is_still_open(office: Pages, tmp_path: Path) -> None:
    issue.fn("2026-12", None, "2026-12-10T08:30")
    settled = holidays.fn(NOTICE, 0, True, "甲", "2026-12-11T08:00").settled
    assert settled == (f"{COMMERCE} 2026-12：2027-01-04 改为 2027-01-05",)
    assert holidays.fn(NOTICE, 0, True, "甲", "2026-12-11T09:00").settled == ()
    shorter = NOTICE.replace("至4日（周一）放假调休，共4天。1月9日（周六）上班", "至3日（周日）放假，共3天")
    again = holidays.fn(shorter, 0, True, "甲", "2026-12-12T08:00")
    assert again.settled == (f"{COMMERCE} 2026-12：2027-01-05 改为 2027-01-04",)
    assert any("2027-01-04放假" in hint for hint in again.hints)


def test_attack_14_days_off_at_the_end_of_the_year_before_join_that_year(office: Pages, tmp_path: Path) -> None:
    early = NOTICE.replace(
        "1月1日（周五）至4日（周一）放假调休，共4天。1月9日（周六）上班",
        "2026年12月31日（周四）至2027年1月3日（周日）放假调休，共4天。2026年12月26日（周六）上班",
    )
    holidays.fn(early, 0, True, "甲", "2026-11-20T08:00")
    calendar = load_calendar(tmp_path / "config" / "calendar.toml")
    assert not calendar.is_workday(dt.date(2026, 12, 31)) and calendar.is_workday(dt.date(2026, 12, 26))
    # The rest of 2026 is as the tables have it.
    assert not calendar.is_workday(dt.date(2026, 10, 1)) and calendar.is_workday(dt.date(2026, 12, 30))
    # 2028's notice reaches back into a year that nobody entered: a few days of it must not pass for the whole.
    (tmp_path / "config" / "calendar.toml").unlink()
    later = early.replace("2027", "2028").replace("2026", "2027").replace("周", "不计")
    with pytest.raises(InputError, match="请先登记2027年的"):
        holidays.fn(later, 0, True, "甲", "2027-11-20T08:00")


def test_attack_14_only_days_that_a_notice_may_move_are_provisional(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("config.calendar._official", unknown_from(2027))
    monkeypatch.setenv("LIANXI_CONFIG", str(configuration(tmp_path / "config", (COUNTY, PLAN))))
    settings, calendar = load_settings(), load_calendar()
    firm = dates_of(dt.date(2026, 12, 18), None, calendar, settings.duties)
    closes = dates_of(dt.date(2026, 12, 25), None, calendar, settings.duties)
    due = dates_of(dt.date(2027, 1, 3), None, calendar, settings.duties)
    assert firm.provisional_from is None
    assert closes.provisional_from == closes.closes == dt.date(2027, 1, 6)
    assert due.provisional_from == due.opens == due.due == dt.date(2027, 1, 4)
    early = settings.duties.model_copy(update={"on_holiday": "previous_workday"})
    # Sunday the 3rd may be worked: that the duty falls on 31 December is provisional, although 2026 is known.
    back = dates_of(dt.date(2027, 1, 3), None, calendar, early)
    assert back.due == dt.date(2026, 12, 31) and back.provisional_from is not None and back.provisional_from <= back.due


def test_attack_14_the_mark_survives_the_ledger(office: Pages, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/data/lianxi.db"
    migrate(url)
    duties = duties_of(open_context(None, "2026-12-01"), Period.parse("2026-12"))
    write_duties(url, duties)
    assert read_duties(url, PLAN.id) == duties and any(each.provisional_from for each in duties)
