"""Targets, and not parameters or counts; deadlines, policy windows and reports."""

from __future__ import annotations

import datetime as dt

import pytest

from config.document_vocabulary import load_vocabulary
from tasks.register.duties_and_deadlines import DutyReader
from tasks.register.language.grammar import Grammar
from tasks.register.language.numerals import NumberReader
from tasks.register.language.text_dates import TextDateReader
from tasks.register.language.unit_lists import UnitListReader
from tasks.register.parse_document import parse_document
from tasks.register.targets import TargetReader

GRAMMAR = Grammar(load_vocabulary())
DATES = TextDateReader(GRAMMAR, dt.date(2024, 3, 1))
TARGETS = TargetReader(GRAMMAR, DATES)
DUTIES = DutyReader(GRAMMAR, DATES, UnitListReader(GRAMMAR))

Figure = tuple[str, float, str]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024年新建高标准农田12万亩，改造提升5万亩。", [("=", 12, "万亩"), ("=", 5, "万亩")]),
        ("新增城镇就业不少于3000人，失业率控制在4.5%以内。", [(">=", 3000, "人"), ("<=", 4.5, "%")]),
        ("森林覆盖率提高到25.5%。", [("->", 25.5, "%")]),
        ("覆盖率达到百分之九十五以上。", [(">=", 95, "%")]),
        ("不少于十家企业入库，完成改造一百二十户。", [(">=", 10, "家"), ("=", 120, "户")]),
        ("审批时间由15个工作日压缩至5个工作日以内。", [("<=", 5, "个工作日")]),
        ("推出精品线路1—2条。", [("range", 1, "条")]),
        ("培训农民1,000人次、发放资料2万份。", [("=", 1000, "人次"), ("=", 2, "万份")]),
        ("到2025年基本实现乡镇全覆盖。", [("=", 100, "%")]),
        ("符合条件的机构全部接入平台。", [("=", 100, "%")]),
        ("对 5 家企业进行帮扶。", [("=", 5, "家")]),
        ("将额度提高到 15000 元每年。", [("->", 15000, "元/年")]),
        ("首付比例不低于50%。", []),
        ("按20%的税率缴纳企业所得税。", []),
        ("对月销售额10万元以下的纳税人免征增值税。", []),
        ("可申请将比例提高至100%。", []),
        ("动员县域内 19 家加油站开展活动。", []),
        ("全县现有景区12家。", []),
        ("申报第三批试点，推进4A级景区建设，开展“四馆一站”“510”服务。", []),
        ("对投资500万元以上的项目提供服务。", []),
        ("每户补贴3000元。", []),
        ("新增学位3600个，全面消除56人以上大班额。", [("=", 3600, "个")]),
        ("清淤沟渠150公里，整修山坪塘86口。", [("=", 150, "公里"), ("=", 86, "口")]),
        ("确保90%以上的农户受益。", [(">=", 90, "%")]),
        ("机构压减率保持100%。", [(">=", 100, "%")]),
        ("提供24小时服务，办好3月5日的活动。", []),
    ],
)
def test_targets_are_no_parameters_scopes_or_names(text: str, expected: list[Figure]) -> None:
    assert [(each.operator, each.value, each.unit) for each in TARGETS.read(text)] == expected


@pytest.mark.parametrize(
    ("text", "due", "soft"),
    [
        ("2024年底前建成站点3个。", dt.date(2024, 12, 31), False),
        ("年内建成站点3个。", dt.date(2024, 12, 31), False),
        ("到2025年，培育企业50家左右。", dt.date(2025, 12, 31), True),
        ("力争6月底前建成站点3个。", dt.date(2024, 6, 30), True),
        ("制定2024年方案，建成站点3个。", None, False),
        ("全年建成站点3个。", None, False),
        ("建成站点3个。2024年底前验收。", None, False),
        ("三年内建成站点3个。", None, False),
    ],
)
def test_a_target_is_due_on_the_day_before_it_in_its_sentence(text: str, due: dt.date | None, soft: bool) -> None:
    assert [(each.due, each.soft) for each in TARGETS.read(text)] == [(due, soft)]


def test_metrics_of_one_measure_never_share_a_name() -> None:
    found = TARGETS.read("新建站点3个。新建站点5个。")
    assert [each.metric for each in found] == ["新建站点", "新建站点（2）"]


@pytest.mark.parametrize(
    ("text", "expires", "deadlines", "duties"),
    [
        ("免征政策执行至2025年12月31日。", ["2025-12-31"], (), []),
        ("2024年1月1日至2027年12月31日，减半征收。", ["2027-12-31"], (), []),
        ("允许企业在2024年底前补缴到位。", ["2024-12-31"], (), []),
        ("于4月底前制定实施方案并报县政府备案。", [], ("2024-04-30",), ["2024-04-30"]),
        ("二〇二四年九月三十日前出台办法。", [], ("2024-09-30",), ["2024-09-30"]),
        ("6月30日前完成清理。", [], ("2024-06-30",), []),
        ("第三季度末前完成验收。", [], ("2024-09-30",), []),
        ("明年1月底前完成。", [], ("2025-01-31",), []),
        ("2月30日前完成。", [], (), []),
        ("到2025年建成体系。", [], (), []),
    ],
)
def test_days_are_windows_deadlines_or_deliverables(
    text: str, expires: list[str], deadlines: tuple[str, ...], duties: list[str]
) -> None:
    dates = DUTIES.read_measure(text, "1", "县财政局", (), "第1行")
    assert [each.on.isoformat() for each in dates.expires] == expires
    assert dates.deadlines == deadlines
    assert [str(each.due) for each in dates.duties] == duties


def test_a_day_without_a_year_before_a_late_issue_belongs_to_the_next_year() -> None:
    reader = TextDateReader(GRAMMAR, dt.date(2024, 12, 20))
    assert [(day.on, day.inferred) for day in reader.find("1月15日前报送")] == [(dt.date(2025, 1, 15), True)]


@pytest.mark.parametrize(
    ("text", "kind", "who", "due", "monthly"),
    [
        ("各单位要明确1名联络员，于3月10日前将名单报县政府办。", "roster", "measure_units", "2024-03-10", False),
        ("各单位于3月20日前报送工作开展情况。", "progress", "measure_units", "2024-03-20", False),
        ("请各牵头单位于2024年3月20日前将实施方案报县发改委。", "deliverable", "reporting_units", "2024-03-20", False),
        ("各单位于12月10日前将年度工作总结报送县政府办。", "annual", "measure_units", "2024-12-10", False),
        ("建立工作进展月度报送机制。", "progress", "reporting_units", "None", True),
        ("各单位于每月25日前将工作进展情况报送县发改委。", "progress", "reporting_units", "None", True),
        ("县发改局要于6月底前向县政府报告落实情况。", "progress", "县发改局", "2024-06-30", False),
    ],
)
def test_the_kind_of_a_report_follows_from_what_units_hand_in(
    text: str, kind: str, who: str, due: str, monthly: bool
) -> None:
    found = DUTIES.read_paragraphs((("三（一）", text, 9),))
    assert [(each.kind, each.who, str(each.due), each.every_month) for each in found] == [(kind, (who,), due, monthly)]
    assert found[0].place == "三（一），第9行"


@pytest.mark.parametrize(
    ("text", "value"),
    [("604", 604), ("1,200", 1200), ("3.5", 3.5), ("一百二十", 120), ("十", 10), ("二十", 20), ("二〇二三", 2023),
     ("三万五千", 35000), ("两", 2), ("廿五", 25), ("一千零五", 1005), ("局", None), ("", None)],
)  # fmt: skip
def test_numerals_are_read(text: str, value: float | None) -> None:
    assert NumberReader(load_vocabulary().numerals).value(text) == value


@pytest.mark.parametrize("between", ["\n", ""], ids=["lines", "one line"])
def test_days_and_leaders_printed_apart_are_no_words_of_the_measure(between: str) -> None:
    item = "{no}.新建幼儿园{no}所。", "牵头领导：王某某", "牵头单位：县教育局", "责任单位：县财政局", "完成时限：{day}"
    days = ("2024年8月底", "长期坚持", "2024年10月底")
    text = between.join(
        part.format(no=no, day=day)
        for no, day in enumerate(days, start=1)
        for part in ("" if no > 1 else "一、教育", *item)
    )
    measures = parse_document(f"任务清单\n{text}".encode(), "清单.txt", load_vocabulary(), None).measures
    assert [(each.text, each.lead, each.deadlines) for each in measures] == [
        ("新建幼儿园1所。", ("县教育局",), ("2024-08-31",)),
        ("新建幼儿园2所。", ("县教育局",), ("长期坚持",)),
        ("新建幼儿园3所。", ("县教育局",), ("2024-10-31",)),
    ]


def test_a_day_inside_a_clause_is_the_measures_deadline() -> None:
    text = "1.清欠。（县工信局牵头，县财政局配合；2024年9月底前完成）\n2.核查。（县审计局负责）"
    measure = parse_document(text.encode(), "文件.txt", load_vocabulary(), None).measures[0]
    assert measure.deadlines == ("2024-09-30",)
