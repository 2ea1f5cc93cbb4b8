"""Notices of holidays in the forms that offices paste: read whole, or refused with the sentence that is not understood."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from config.calendar import load_calendar
from config.calendar_file import calendar_with
from config.config_errors import ConfigError
from config.holiday_notice import days_in_words, read_holiday_notice

# Made up in the form of an official notice; the days are not those of any year's.
HEAD = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕99号
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
　　经国务院批准，现将2027年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
"""
FESTIVALS = (
    "　　一、元旦：1月1日（周五）至4日（周一）放假调休，共4天。1月9日（周六）上班。",
    "　　二、春节：2月5日（农历除夕、周五）至11日（农历正月初六、周四）放假调休，共7天。1月31日（周日）上班。",
    "　　三、清明节：4月5日（周一）放假，与周末连休。",
    "　　四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。",
    "　　五、端午节：6月9日（周三）放假1天，不调休。",
    "　　六、中秋节：9月15日（周三）放假1天，不调休。",
    "　　七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。",
)
TAIL = """
　　节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作，遇有重大突发事件，要按规定及时报告并妥善处置。
国务院办公厅
2026年11月5日
（此件公开发布）
"""
NOTICE = HEAD + "\n".join(FESTIVALS) + TAIL
WORKED = ("2027-01-09", "2027-01-31", "2027-05-08", "2027-09-26", "2027-10-09")


def with_festival(place: int, words: str) -> str:
    return HEAD + "\n".join([*FESTIVALS[:place], words, *FESTIVALS[place + 1 :]]) + TAIL


def days(*texts: str) -> tuple[dt.date, ...]:
    return tuple(map(dt.date.fromisoformat, texts))


def test_the_whole_notice_is_read() -> None:
    notice = read_holiday_notice(NOTICE, None, 2030)
    assert (notice.year, notice.faults, notice.hints) == (2027, (), ())
    assert [each.name for each in notice.festivals] == [
        "元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节",
    ]  # fmt: skip
    assert len(notice.holidays) == 4 + 7 + 1 + 5 + 1 + 1 + 7
    assert notice.workdays == days(*WORKED)


@pytest.mark.parametrize(
    "form",
    [
        lambda text: text.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        lambda text: text.replace("（", "(").replace("）", ")").replace("：", ":").replace("，", ",").replace("；", ";"),
        lambda text: text.replace("\n", ""),
        lambda text: text.replace("\n", "\r\n\r\n"),
        lambda text: text.replace("周", "星期").replace("星期末", "周末"),
        lambda text: text.replace("（周日）", "（星期天）"),
        lambda text: text.replace("月", " 月 ").replace("日", " 日 "),
        lambda text: text.replace("\u3000", "\u00a0").replace("放假", "放\u200b假"),
        lambda text: text.replace("日（周六）至5日", "日（周六）—5月5日").replace("至4日", "-4日").replace("至11日", "～11日"),
        lambda text: text.replace("一、", "（一）").replace("二、", "（二）").replace("七、", "7."),
        lambda text: text.replace("。1月9日", "；1月9日").replace("上班。", "照常上班。"),
        lambda text: text[text.index("　　一、") :],
        lambda text: "来源：新华社 发布时间：2026年11月5日 12:00\n" + text + "责任编辑：某某\n",
        lambda text: text.replace("2月5日", "二月五日").replace("10月1日", "十月一日").replace("10月9日", "十月九日"),
        lambda text: text.replace("9月26日（周日）、10月9日（周六）上班", "9月26日、10月9日（周日、周六）上班"),
        lambda text: text.replace("一、元旦：", "一、元旦放假安排：").replace("共4天", "共计4天"),
        lambda text: text.replace("1月9日（周六）上班", "调休上班时间为1月9日（周六）"),
        lambda text: text.replace("七、国庆节：10月1日", "七、国庆节：2027年10月1日"),
        lambda text: text.replace("至4日（周一）放假调休，共4天", "至3日（周日）放假，1月4日（周一）补休，共4天"),
        lambda text: text.replace("6月9日（周三）放假1天，不调休。", "放假时间为6月9日（周三），共1天。"),
    ],
)  # fmt: skip
def test_every_form_of_the_same_text_says_the_same(form: object) -> None:
    told = read_holiday_notice(form(NOTICE), None, 2027)  # type: ignore[operator]
    plain = read_holiday_notice(NOTICE, None, 2027)
    assert told.faults == ()
    assert (told.year, told.holidays, told.workdays) == (2027, plain.holidays, plain.workdays)


def test_a_break_may_begin_in_the_year_before() -> None:
    for words in (
        "一、元旦：2026年12月31日（周四）至2027年1月2日（周六）放假调休，共3天。2026年12月26日（周六）上班。",
        "一、元旦：2026年12月31日至1月2日放假调休，共3天。2026年12月26日（周六）上班。",
        "一、元旦：12月31日（周四）至次年1月2日（周六）放假调休，共3天。12月26日（周六）上班。",
        "一、元旦：12月31日至1月2日放假调休，共3天。12月26日（周六）上班。",
    ):
        notice = read_holiday_notice(with_festival(0, words), None, 2027)
        assert notice.faults == (), words
        assert notice.holidays[:3] == days("2026-12-31", "2027-01-01", "2027-01-02")
        assert notice.workdays[0] == dt.date(2026, 12, 26)


def test_festivals_told_together_and_local_ones_are_read() -> None:
    both = (
        HEAD + "\n".join(FESTIVALS[:5]) + "\n六、国庆节、中秋节：10月1日（周五）至8日（周五）放假调休，共8天。" + TAIL
    )
    assert read_holiday_notice(both, None, 2027).faults == ()
    local = NOTICE.replace("　　节假日期间", "　　八、肉孜节：3月10日（周三）放假1天。\n　　节假日期间")
    notice = read_holiday_notice(local, None, 2027)
    assert notice.faults == () and dt.date(2027, 3, 10) in notice.holidays
    # One weekday more than the law's is worth a look, no more.
    assert len(notice.hints) == 1 and "14天" in notice.hints[0]


def test_advice_and_an_ordinary_workday_are_told_and_not_entered() -> None:
    words = FESTIVALS[1] + "2月12日（周五）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在2月4日休息。"
    notice = read_holiday_notice(with_festival(1, words), None, 2027)
    assert notice.faults == () and len(notice.hints) == 2
    assert not {dt.date(2027, 2, 4), dt.date(2027, 2, 12)} & {*notice.holidays, *notice.workdays}


@pytest.mark.parametrize(
    ("place", "words", "says"),
    [
        (0, "一、元旦：1月1日（周四）放假。", "是周五，不是周四"),
        (0, "一、元旦：1月1日（周五）至3日（周日）放假，共4天。", "按日期算是3天"),
        (0, "一、元旦：放假安排另行通知。", "没有看到放假的日期"),
        (0, "", "没有看到元旦"),
        (1, "二、春节：2月5日（周五）至11日（周四），共7天。", "没有看懂是放假还是上班"),
        (1, "二、春节：2月11日至5日放假。", "先后"),
        (1, "二、春节：2月29日至3月5日放假。", "没有2月29日"),
        (1, "二、春节：5日至11日放假。", "没有写明月份"),
        (1, FESTIVALS[1] + "2月8日（周一）起视情况安排。", "2月8日"),
        (1, FESTIVALS[1] + "2月7日（周日）上班。", "既写放假又写上班"),
        (1, FESTIVALS[1] + "1月9日（周六）上班。", "写了两次上班"),
        (2, "三、清明节：2月8日（周一）放假。", "两个节日"),
        (3, "四、劳动节：5月1日至5日不放假。", "改清楚"),
        (4, "五、端午节：2028年6月9日放假。", "不在2027年"),
        (6, "七、国庆节：9月31日至10月7日放假。", "没有9月31日"),
    ],
)
def test_what_does_not_fit_is_a_fault_that_quotes_it(place: int, words: str, says: str) -> None:
    faults = read_holiday_notice(with_festival(place, words), None, 2027).faults
    assert any(says in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("text", "year", "says"),
    [
        ("", None, "没有看到"),
        ("你好", None, "没有看到"),
        (NOTICE, 2028, "2027年，填写的是2028年"),
        ("\n".join(FESTIVALS).replace("周", ""), None, "看不出是哪一年"),
        (HEAD + "1月1日放假。" + "\n".join(FESTIVALS), None, "没有看懂"),
        ("\n".join(FESTIVALS[:2]), None, "没有看到国庆节"),
    ],
)
def test_what_is_no_whole_notice_says_what_is_missing(text: str, year: int | None, says: str) -> None:
    faults = read_holiday_notice(text, year, 2027).faults
    assert any(says in fault for fault in faults), faults


def test_days_are_shown_in_runs_with_weekdays() -> None:
    told = days_in_words(days("2027-01-01", "2027-01-02", "2027-01-09"))
    assert told == "1月1日（周五）至1月2日（周六）（2天）、1月9日（周六）"


YEAR = {2027: (frozenset(days("2027-01-01", "2027-01-02")), frozenset(days("2027-01-09")))}
LINE = '2027 = { holidays = ["2027-01-01..2027-01-02"], workdays = ["2027-01-09"] }'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# 说明\n\n[years]\n", f"# 说明\n\n[years]\n{LINE}\n"),
        ("# 说明\n[years]", f"# 说明\n[years]\n{LINE}\n"),
        ("# 只有说明\n", f"# 只有说明\n\n[years]\n{LINE}\n"),
        ("", f"\n[years]\n{LINE}\n"),
        (
            '[years]  # 每年一行\n2026 = { holidays = ["2026-06-28"] } # 本地\n# 以后的\n2028 = { workdays = [] }\n# 完\n',
            '[years]  # 每年一行\n2026 = { holidays = ["2026-06-28"] } # 本地\n'
            f"{LINE}\n# 以后的\n2028 = {{ workdays = [] }}\n# 完\n",
        ),
        (
            '[years]\r\n2027 = { holidays = ["2027-03-10"] } # “#”后面\r\n# 完\r\n',
            f"[years]\r\n{LINE}  # “#”后面\r\n# 完\r\n",
        ),
        (
            '[years]\n2027 = { holidays = [\n  "2027-03-10", # 一\n], workdays = [] }\n2028 = {}\n',
            f"[years]\n{LINE}\n2028 = {{}}\n",
        ),
    ],
)
def test_a_year_is_written_where_it_belongs_and_nothing_else_changes(before: str, after: str, tmp_path: Path) -> None:
    assert calendar_with(tmp_path / "calendar.toml", before, YEAR) == after
    assert calendar_with(tmp_path / "calendar.toml", after, YEAR) == after


def test_a_file_written_in_another_way_is_left_alone_and_the_line_is_given(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="2027 = "):
        calendar_with(tmp_path / "calendar.toml", '[years.2027]\nholidays = ["2027-03-10"]\n', YEAR)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    shipped = load_calendar().path.read_text("utf-8")
    notice = read_holiday_notice(NOTICE, None, 2027)
    path = tmp_path / "calendar.toml"
    path.write_text(
        calendar_with(path, shipped, {2027: (frozenset(notice.holidays), frozenset(notice.workdays))}), "utf-8"
    )
    calendar = load_calendar(path)
    assert calendar.knows(dt.date(2027, 6, 1))
    assert not calendar.is_workday(dt.date(2027, 1, 4)) and calendar.is_workday(dt.date(2027, 1, 9))
    kept = [line for line in shipped.splitlines() if line.startswith("#")]
    assert kept == [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
