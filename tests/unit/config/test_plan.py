"""A plan's file: a written plan is read back, and all faults are reported together with their lines."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.config_errors import ConfigError
from config.county_file import load_county
from config.plan import Document, DutyRule, Expiry, Measure, Plan, Section, Target
from config.plan_checks import plan_faults
from config.plan_file import load_plan
from config.plan_text import plan_text

COUNTY = load_county("yanqi")
CONFIG = Path(load_county.__code__.co_filename).parent

PLAN = Plan(
    id="test-2023",
    county="yanqi",
    document=Document(
        no="焉政办发〔2023〕22号", title="方案", issued_on=dt.date(2023, 9, 19), issuer="县人民政府办公室"
    ),
    sections=(Section(no="八", title="改善住房居住条件", place="第165行"), Section(no="九", title="提振旅游行业信心")),
    members=("县商工局", "县住建局", "各驻焉银行"),
    measures=(
        Measure(
            no="22",
            section="八",
            text="实施保障性公租房 110 套。",
            lead=("县住建局",),
            responsible=("中国人民银行焉耆县支行", "各驻焉银行"),
            targets=(
                Target(metric="公租房", operator=">=", value=110, unit="套", due=dt.date(2023, 12, 31), words="110 套"),
                Target(metric="线路", operator="range", value=1, value_max=2, unit="条"),
                Target(metric="覆盖", operator="=", value=99.5, unit="%", soft=True),
            ),
            expires=(Expiry(on=dt.date(2024, 3, 31), words="延至2024年3月31日"),),
        ),
        Measure(no="25", section="九", text="落实政策。", responsible=("县文旅局",), flags=("lead_inferred",)),
    ),
    duties=(
        DutyRule(id="roster", kind="roster", who=("measure_units",), text="报送名单", due=dt.date(2023, 9, 25)),
        DutyRule(id="monthly", kind="progress", who=("reporting_units",), text="月度报送", every_month=True),
        DutyRule(
            id="m22",
            kind="deliverable",
            who=("县住建局",),
            text="办法",
            due=dt.date(2023, 9, 30),
            period="2023-09",
            measure="22",
        ),
    ),
)


def home(tmp_path: Path, text: str, name: str = "test-2023") -> Path:
    (tmp_path / "plans").mkdir(exist_ok=True)
    (tmp_path / "plans" / f"{name}.toml").write_text(text, "utf-8", newline="")
    if not (tmp_path / "counties").exists():
        (tmp_path / "counties").symlink_to(CONFIG / "counties")
    return tmp_path


def test_a_written_plan_is_read_back_equal(tmp_path: Path) -> None:
    assert load_plan("test-2023", home(tmp_path, plan_text(PLAN))) == PLAN


def test_the_file_reads_like_a_list_of_measures() -> None:
    text = plan_text(PLAN)
    assert text.count("\n[[measure]]\n") == 2 and text.count("\n[[duty]]\n") == 3
    assert 'lead = ["县住建局"]\n' in text
    target = '  { metric = "公租房", operator = ">=", value = 110, unit = "套", due = 2023-12-31, words = "110 套" },\n'
    assert f"targets = [\n{target}" in text
    assert text.startswith("# 责任清单：方案\n") and 'place = ""' not in text


def test_a_long_list_is_written_one_name_per_line_and_a_short_one_on_one_line() -> None:
    names = tuple(unit.name for unit in COUNTY.units[:20])
    text = plan_text(PLAN.model_copy(update={"members": names}))
    assert f'members = [\n  "{names[0]}",\n  "{names[1]}",\n' in text
    assert (
        max(sum(1 if c.isascii() else 2 for c in line) for line in text.split("\n") if line.startswith("members")) < 110
    )


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
filled = words.filter(lambda text: bool(text.strip()))
unit_names = st.lists(st.sampled_from([unit.name for unit in COUNTY.units]), unique=True, min_size=1, max_size=12).map(
    tuple
)
dates = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))
figures = st.floats(allow_nan=False, allow_infinity=False)
targets = st.builds(
    Target,
    metric=filled,
    operator=st.sampled_from([">=", "<=", "=", "->"]),
    value=figures,
    unit=filled,
    due=st.none() | dates,
    words=words,
    soft=st.booleans(),
)
measures = st.builds(
    Measure,
    no=words,
    section=st.just("一"),
    text=filled,
    lead=st.just(()),
    responsible=unit_names,
    targets=st.lists(targets, max_size=3).map(tuple),
    expires=st.lists(st.builds(Expiry, on=dates, words=words), max_size=2).map(tuple),
    deadlines=st.lists(words, max_size=3).map(tuple),
    flags=st.lists(words, max_size=3).map(tuple),
    place=words,
)
plans = st.builds(
    Plan,
    id=st.just("test-2023"),
    county=st.just("yanqi"),
    document=st.builds(Document, no=words, title=words, issued_on=st.none() | dates, issuer=words),
    sections=st.just((Section(no="一", title="甲"),)),
    measures=st.lists(measures, min_size=1, max_size=4, unique_by=lambda measure: measure.no).map(tuple),
    members=unit_names,
    duties=st.just(PLAN.duties[:2]),
)


@settings(deadline=None, max_examples=60)
@given(plans)
def test_any_plan_is_read_back_equal(tmp_path_factory: pytest.TempPathFactory, plan: Plan) -> None:
    folder = tmp_path_factory.getbasetemp() / "round-trip"
    folder.mkdir(exist_ok=True)
    text = plan_text(plan)
    tomllib.loads(text)
    assert load_plan("test-2023", home(folder, text)) == plan
    assert plan_text(plan) == text


@pytest.mark.parametrize(
    ("before", "after", "at", "words"),
    [
        ('lead = ["县住建局"]', 'lead = ["县建住局"]', 'lead = ["县建住局"]', ("不在单位名册里", "是否应为“县住建局”")),
        ('lead = ["县住建局"]', 'lead = ["住建局"]', 'lead = ["住建局"]', ("请写成“县住建局”",)),
        ('section = "九"\n', "", "[[measure]]", ("缺少“measure[2].section”",)),
        ('section = "九"\n', 'section = "十"\n', 'section = "十"', ("小节“十”不存在",)),
        ('no = "25"', 'no = "22"', "[[measure]]", ("措施序号“22”重复",)),
        ('responsible = ["县文旅局"]\n', "", "[[measure]]", ("没有任何单位",)),
        ('responsible = ["县文旅局"]', 'responsible = "县文旅局"', 'responsible = "县文旅局"', ("列表",)),
        ("due = 2023-09-25", 'due = "9月25日"', 'due = "9月25日"', ("日期请写成",)),
        ('unit = "套", ', "", "公租房", ("缺少",)),
        ('unit = "条", ', 'unit = "", ', "线路", ("没有计量单位",)),
        (", value_max = 2", "", "线路", ("上限",)),
        ('operator = ">="', 'operator = "≥"', "公租房", ("≥", ">=")),
        ('who = ["县住建局"]', 'who = ["县住房局"]', 'who = ["县住房局"]', ("县住房局",)),
        ('who = ["县住建局"]', "who = []", "[[duty]]", ("由谁报",)),
        ("every_month = true", "every_month = false", "[[duty]]", ("没有日期",)),
        ('measure = "22"', 'measure = "99"', 'measure = "99"', ("措施“99”不存在",)),
        ('period = "2023-09"', 'period = "9月"', 'period = "9月"', ("期间不可用",)),
        ('id = "test-2023"', 'id = "other"', 'id = "other"', ("与文件名",)),
        ('county = "yanqi"', 'county = "hejing"', 'county = "hejing"', ("没有“hejing”这个县",)),
        ('[[section]]\nno = "九"', '[[sections]]\nno = "九"', "[[sections]]", ("[[section]]",)),
        (
            'issuer = "县人民政府办公室"',
            'isuer = "县人民政府办公室"',
            'isuer = "县人民政府办公室"',
            ("document.isuer",),
        ),
    ],
)
def test_a_fault_is_reported_with_its_line_and_remedy(
    tmp_path: Path, before: str, after: str, at: str, words: tuple[str, ...]
) -> None:
    text = plan_text(PLAN)
    assert before in text
    text = text.replace(before, after)
    with pytest.raises(ConfigError) as caught:
        load_plan("test-2023", home(tmp_path, text))
    faults = [fault for fault in caught.value.faults if all(word in str(fault) for word in words)]
    assert faults, str(caught.value)
    assert faults[0].line and at in text.split("\n")[faults[0].line - 1]
    assert all(fault.remedy for fault in caught.value.faults)


def test_all_faults_of_a_plan_come_at_once(tmp_path: Path) -> None:
    text = (
        plan_text(PLAN)
        .replace('section = "九"', 'section = "十"')
        .replace('no = "25"', 'no = "22"')
        .replace('"套"', '""')
    )
    with pytest.raises(ConfigError) as caught:
        load_plan("test-2023", home(tmp_path, text))
    assert len(caught.value.faults) == 3
    lines = [fault.line or 0 for fault in caught.value.faults]
    assert lines == sorted(lines) and all(lines)


def test_a_plan_that_is_absent_or_not_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="不存在"):
        load_plan("absent", tmp_path)
    with pytest.raises(ConfigError, match="TOML"):
        load_plan("test-2023", home(tmp_path, "id = "))


def test_a_draft_can_be_checked_before_it_has_a_file() -> None:
    assert plan_faults(PLAN, COUNTY) == []
    lone = PLAN.model_copy(
        update={"measures": (PLAN.measures[1].model_copy(update={"responsible": ()}),), "duties": ()}
    )
    assert [fault.line for fault in plan_faults(lone, COUNTY)] == [None]


def test_a_measure_is_found_by_its_number() -> None:
    assert PLAN.measure("25").reporting_unit == "县文旅局"
