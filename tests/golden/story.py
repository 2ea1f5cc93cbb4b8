"""A made-up October of 17 units, from submissions to the brief, for the golden tests and the writers' tests.

Belongs here: one plan, one month, and `python -m tests.golden.story`, which writes the golden files again.
Every unit, figure and word is invented.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from docx import Document as open_docx
from docx.oxml.ns import qn
from openpyxl import load_workbook

from config.county import County
from config.plan import Document, Expiry, Measure, Plan, Section, Target
from config.settings import BriefSettings, LightSettings, Settings
from config.settings_file import load_settings
from tasks.brief.brief_document import Brief
from tasks.brief.compose import compose_content
from tasks.brief.writers.ledger_workbook import write_ledger
from tasks.brief.writers.word import write_word
from tasks.model.progress import RollUp
from tasks.model.run_context import Context
from tasks.model.submission import Duty, Finding, ProgressRow, Standing, Submission
from tasks.rollup.roll_up import roll_up
from tasks.rollup.standing import decide_standings_at
from tests import factories
from tests.factories import ZONE

GOLDEN = Path(__file__).parent
TEXT, LEDGER_TEXT = GOLDEN / "brief-2023-10.txt", GOLDEN / "ledger-2023-10.txt"
NOW = dt.datetime(2023, 11, 1, 9, 0, tzinfo=ZONE)
AS_OF = dt.date(2023, 10, 31)
PLAN, PERIOD = "shili-2023", "2023-10"

UNITS = (
    "县商工局", "县财政局", "县住建局", "县医保局", "县文旅局", "县税务局", "县人社局", "县发改委", "县民政局",
    "县农业农村局", "县卫健委", "县公安局", "县总工会", "县供销社", "县金融办", "县市场监管局", "县机关事务管理中心",
)  # fmt: skip
LATE, MISSING, RETURNED, QUERIED, NIL, CORRECTED = (
    "县人社局",
    ("县卫健委", "县供销社"),
    "县民政局",
    "县医保局",
    "县总工会",
    "县商工局",
)
_SECTIONS = ("恢复市场活力", "改善居住条件", "提振旅游消费", "完善民生保障", "优化消费环境")


def settings() -> Settings:
    """The shipped settings, with those the brief depends on held fast."""
    brief = BriefSettings(
        name="促消费联席会议工作简报", quote_chars=60, expiry_days=60, moved_share_pct=50,
        report_to=("县人民政府分管领导",), send_to=("县委办公室", "县人民政府办公室"), issue_to=("联席会议各成员单位",),
    )  # fmt: skip
    return load_settings(env={}).model_copy(
        update={"brief": brief, "lights": LightSettings(yellow_points=10, red_points=30)}
    )


def county() -> County:
    """示例县 with the story's 17 units."""
    return factories.county(units=tuple(factories.unit(name) for name in UNITS))


def context(now: dt.datetime = NOW) -> Context:
    """The story's county and plan as a run at `now` knows them."""
    return factories.context(settings=settings(), plan=plan(), county=county(), now=now)


def plan() -> Plan:
    """25 measures in five sections, one in a unit's own round; 12 figures, one soft; three policy windows."""
    return Plan(
        id=PLAN,
        county="shili",
        document=Document(
            no="示政办发〔2023〕9号", title="关于印发《示例县恢复扩大消费责任分解方案》的通知",
            issued_on=dt.date(2023, 9, 19), issuer="示例县人民政府办公室",
        ),
        sections=tuple(Section(no=no, title=title) for no, title in zip("一二三四五", _SECTIONS, strict=True)),
        measures=tuple(_measure(number) for number in range(1, 26)),
    )  # fmt: skip


_TARGETS: dict[int, tuple[Target, ...]] = {
    1: (Target(metric="展销活动", operator=">=", value=12, unit="场"),),
    3: (
        Target(metric="公租房", operator="=", value=110, unit="套"),
        Target(metric="老旧小区改造", operator="=", value=600, unit="户"),
    ),
    4: (Target(metric="医保凭证激活率", operator=">=", value=85, unit="%"),),
    5: (Target(metric="旅游线路", operator="range", value=1, value_max=2, unit="条"),),
    7: (Target(metric="招聘活动", operator="=", value=24, unit="项"),),
    8: (Target(metric="审批时限", operator="<=", value=3, unit="个工作日"),),
    9: (Target(metric="家庭养老床位", operator="=", value=50, unit="张"),),
    10: (Target(metric="贷款额度", operator="->", value=80, unit="万元", words="提高至80万元"),),
    15: (Target(metric="景区充电桩覆盖率", operator="=", value=100, unit="%", due=dt.date(2025, 12, 31), soft=True),),
    17: (Target(metric="新能源公务用车占比", operator=">=", value=60, unit="%", due=dt.date(2023, 10, 15)),),
    20: (Target(metric="惠民演出", operator=">=", value=30, unit="场"),),
}
_EXPIRES = {
    2: Expiry(on=dt.date(2023, 12, 25), words="贴息政策执行至2023年12月25日"),
    6: Expiry(on=dt.date(2023, 6, 30), words="延期还本付息至2023年6月30日"),
    11: Expiry(on=dt.date(2024, 12, 31), words="减免政策执行至2024年12月31日"),
}
# Numbers that belong to nobody, in the form of a mobile number and of an identity number.
_PRIVATE = "联系人手机13800138000，身份证652801199001011234。"
_DONE = (0.9, 0.5, 1.0, 0.72, 1.05, 0.85, 0.4)


def _measure(number: int) -> Measure:
    unit, second = UNITS[(number - 1) % 17], UNITS[number % 17]
    return Measure(
        no=str(number),
        section="一二三四五"[(number - 1) // 5],
        text=f"开展第{number}批惠民促消费行动，由牵头单位统筹推进。其他单位按职责配合。",
        # Two measures without a lead, as real documents have them.
        lead=() if number in (13, 21) else (unit,),
        responsible=(unit, second) if number in (13, 21) else (second,),
        targets=_TARGETS.get(number, ()),
        expires=(_EXPIRES[number],) if number in _EXPIRES else (),
    )


def duties() -> tuple[Duty, ...]:
    """The monthly report of every unit, and one deliverable that was kept late."""
    monthly = tuple(factories.duty(unit, measures=(), grace_until=dt.date(2023, 10, 20)) for unit in UNITS)
    days = {name: dt.date(2023, 9, 28) for name in ("due", "grace_until")}
    return (
        *monthly,
        factories.duty(
            "县人社局", "deliverable", "2023-09", opens=dt.date(2023, 9, 19), closes=dt.date(2023, 10, 9), **days
        ),
    )


def submissions() -> tuple[Submission, ...]:
    """Who sent what and what became of it."""
    sent: list[Submission] = []

    def came(unit: str, day: int, state: str, version: int = 1, nil: bool = False, kind: str = "progress") -> None:
        received = dt.datetime(2023, 10, day, 10, tzinfo=ZONE)
        severity = {"returned": "return", "queried": "query"}.get(state)
        findings = (Finding("V301", severity, "本期累计小于上期累计", "请核对"),) if severity else ()  # type: ignore[arg-type]
        sent.append(
            factories.submission(
                state, id=len(sent) + 1, unit=unit, version=version, received_at=received, nil=nil, kind=kind,
                decided_at=received + dt.timedelta(minutes=5), findings=findings,
                period="2023-10" if kind == "progress" else "2023-09",
            )
        )  # fmt: skip

    for unit in UNITS:
        if unit == CORRECTED:
            came(unit, 18, "returned")
            came(unit, 20, "accepted", version=2)
        elif unit == RETURNED:
            came(unit, 19, "returned")
        elif unit == QUERIED:
            came(unit, 19, "queried")
        elif unit not in MISSING:
            came(unit, 24 if unit == LATE else 17, "accepted", nil=unit == NIL)
    came("县人社局", 9, "accepted", kind="deliverable")
    return tuple(sent)


def standings() -> tuple[Standing, ...]:
    """As decided on the morning of 1 November."""
    return decide_standings_at(duties(), submissions(), context())


def _reported() -> set[str]:
    return {s.unit for s in submissions() if s.unit and s.state == "accepted" and s.kind == "progress" and not s.nil}


def rows(period: str = PERIOD, share_of_month: float = 1.0) -> tuple[ProgressRow, ...]:
    """What the accepted workbooks say; `share_of_month` scales the figures for the month before."""
    found = []
    for measure in plan().measures:
        number, unit = int(measure.no), measure.reporting_unit or ""
        if unit not in _reported() and period == PERIOD:
            continue
        for place, target in enumerate(measure.targets or (None,)):
            found.append(_row(number, unit, target, 8 + number + place, period, share_of_month))
    return tuple(found)


def _row(number: int, unit: str, target: Target | None, row: int, period: str, share: float) -> ProgressRow:
    slow = number % 8 == 3
    figure = None if target is None else round(target.value * _DONE[number % len(_DONE)] * share, 1)
    return factories.progress_row(
        str(number), target.metric if target else "", unit=unit, period=period,
        metric_unit=target.unit if target else "", target=target.value if target else None,
        cumulative=figure, status="进展滞后" if slow else "正常推进",
        progress=f"已组织{number}场次宣传活动，带动消费{number * 10}万元。{_PRIVATE}",
        problems="项目用地手续办理周期较长。" if slow else "无",
        coordination="请加快用地预审。" if slow else "", coordination_unit="县财政局" if slow else "",
        next_steps="11月底前完成剩余点位建设。" if slow else "巩固成果。",
        highlights="探索“政府+银行+企业”模式，发放消费券50万元。" if number in (1, 16) else "无",
        row=row, cell=f"{'H' if target else 'J'}{row}",
    )  # fmt: skip


@cache
def rollup() -> RollUp:
    """The month as a whole; 县财政局 names another figure for measure 3 than its lead."""
    dissent = factories.progress_row("3", "公租房", unit="县财政局", role="责任", cumulative=66.0, cell="H30", row=30)
    return roll_up(context(), PERIOD, standings(), (*rows(), dissent), rows("2023-09", 0.8))


@cache
def brief() -> Brief:
    """The first issue of 2023."""
    return compose_content(rollup(), context(), 1)


def word_text(path: Path) -> str:
    """Paragraphs (with their style) and table rows of a Word file, in order, one a line."""
    document = open_docx(str(path))
    lines = []
    for item in document.iter_inner_content():
        if hasattr(item, "rows"):
            lines += ["| " + " | ".join(_cell_text(cell) for cell in row._tr.tc_lst) + " |" for row in item.rows]
        else:
            lines.append(f"[{item.style.name}] {item.text}")
    return "\n".join(lines) + "\n"


def ledger_text(path: Path) -> str:
    """The cells of a ledger's workbook, a row a line, then the points of 送审核对."""
    rows = load_workbook(path).worksheets[0].iter_rows(values_only=True)
    lines = ["\t".join("" if value is None else str(value) for value in row).rstrip() for row in rows]
    return "\n".join([*lines, "", *brief().checks]) + "\n"


def _cell_text(cell: Any) -> str:
    return "".join(words.text or "" for words in cell.iter(qn("w:t")))


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        write_ledger(brief(), Path(folder) / "ledger.xlsx")
        LEDGER_TEXT.write_text(ledger_text(Path(folder) / "ledger.xlsx"), encoding="utf-8")
        write_word(brief(), Path(folder) / "brief.docx")
        TEXT.write_text(word_text(Path(folder) / "brief.docx"), encoding="utf-8")
