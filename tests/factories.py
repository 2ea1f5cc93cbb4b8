"""Functions that make values for the tests: an invented county, its plan, and the values that pass between stages.

Belongs here: functions with defaults that a test overrides by keyword. Files are in `workbooks.py`.
Every name and number is invented; 示例县 stands in for a county and nobody works there.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from config.calendar import load_calendar
from config.county import County, Unit
from config.plan import Document, DutyRule, Expiry, Measure, Plan, Section, Target
from config.settings import LimitSettings, Settings
from config.settings_file import load_settings
from config.workbook_file import load_layout
from tasks.collect.content_store import ContentStore
from tasks.model.run_context import Context
from tasks.model.submission import Contact, Duty, Original, ProgressRow, Reading, ReadRow, Submission

ZONE = ZoneInfo("Asia/Shanghai")
SECRET = b"a secret that is made for the tests only"
NOW = dt.datetime(2023, 10, 20, 10, 0, tzinfo=ZONE)

COMMERCE, FINANCE, HOUSING, INSURANCE, TOURISM = "县商工局", "县财政局", "县住建局", "县医保局", "县文旅局"
TOWNS, TOWN_NAMES = "各乡镇人民政府", ("青禾镇人民政府", "柳林乡人民政府")


def unit(name: str = COMMERCE, **changes: Any) -> Unit:
    """One unit (or group) of the invented county."""
    return Unit(**{"code": f"U{sum(name.encode()) % 9973}", "name": name, **changes})


def county(**changes: Any) -> County:
    """示例县: five bureaus with aliases, a group of two townships, and one bureau that owes nothing."""
    units = (
        unit(COMMERCE, aliases=("商工局", "示例县商工局", "县商务和工业信息化局")),
        unit(FINANCE, aliases=("财政局", "示例县财政局")),
        unit(HOUSING, aliases=("住建局", "住房和城乡建设局", "县住房和城乡建设局")),
        unit(INSURANCE, aliases=("医保局",)),
        unit(TOURISM, aliases=("文旅局",)),
        unit("县税务局", aliases=("税务局",)),
        unit(TOWNS, kind="group"),
        *(unit(name, group=TOWNS, confirmed=False) for name in TOWN_NAMES),
    )
    values: dict[str, Any] = {
        "id": "shili",
        "name": "示例县",
        "full_name": "示例县",
        "level": "县",
        "convener": COMMERCE,
        "office": "示例县促消费联席会议办公室",
        "meeting": "示例县促消费联席会议",
        "mail_sender": "office@shili.example",
        "mail_sender_name": "示例县促消费联席会议办公室",
        "coordinator_mail": "coordinator@shili.example",
        "coordinator_phone": "0990-0000000",
        "units": units,
    }
    return County(**{**values, **changes})


def target(
    metric: str = "改造户数", operator: str = ">=", value: float = 604, unit: str = "户", **changes: Any
) -> Target:
    """One figure to reach by the end of 2023."""
    return Target(
        **{
            "metric": metric,
            "operator": operator,
            "value": value,
            "unit": unit,
            "due": dt.date(2023, 12, 31),
            **changes,
        }
    )


def measure(no: str = "1", **changes: Any) -> Measure:
    """One measure that 县商工局 leads and 县财政局 supports, without a figure."""
    values = {
        "no": no,
        "section": "一",
        "text": f"第{no}项措施：组织促消费活动。",
        "lead": (COMMERCE,),
        "responsible": (FINANCE,),
    }
    return Measure(**{**values, **changes})


def context(data: Path = Path("/nowhere"), settings: Settings | None = None, **changes: Any) -> Context:
    """What a run of the made-up county knows at NOW. Its data lies in `data`, its share within, unless `settings` say."""
    paths = {"LIANXI_DATA": str(data), "LIANXI_SHARE": str(data / "share")}
    values: dict[str, Any] = {
        "settings": settings or load_settings(env=paths),
        "plan": plan(),
        "county": county(),
        "calendar": load_calendar(),
        "layout": load_layout(),
        "secret": SECRET,
        "now": NOW,
    }
    return Context(**{**values, **changes})


def context_with(limits: LimitSettings, data: Path, **changes: Any) -> Context:
    """The same with other limits; its folder for originals is there."""
    settings = context(data).settings.model_copy(update={"limits": limits})
    made = context(settings=settings, **changes)
    made.originals.mkdir(parents=True, exist_ok=True)
    return made


def plan(**changes: Any) -> Plan:
    """Six measures in two sections: with and without figures, without a lead, and supported by a group."""
    values: dict[str, Any] = {
        "id": "shili-2023",
        "county": "shili",
        "document": Document(
            no="示政办发〔2023〕9号",
            title="示例县恢复扩大消费责任分解方案",
            issued_on=dt.date(2023, 9, 19),
            issuer="示例县人民政府办公室",
        ),
        "sections": (Section(no="一", title="恢复市场活力"), Section(no="二", title="改善居住条件")),
        "measures": measures(),
        "members": (COMMERCE, FINANCE, HOUSING, INSURANCE, TOURISM),
        "duties": rules(),
    }
    return Plan(**{**values, **changes})


def measures() -> tuple[Measure, ...]:
    """The six measures of `plan`."""
    return (
        measure("1", responsible=(FINANCE, TOWNS)),
        measure("2", text="推进成品油促销，开展有奖销售。", responsible=(TOURISM,)),
        measure(
            "3",
            section="二",
            text="2023年实施公租房110套、老旧小区改造604户。",
            lead=(HOUSING,),
            targets=(target("公租房套数", value=110, unit="套"), target()),
            expires=(Expiry(on=dt.date(2023, 12, 31), words="至2023年12月31日"),),
        ),
        measure(
            "4",
            section="二",
            text="医保电子凭证激活率达到85%，药店增加至2—3家。",
            lead=(INSURANCE,),
            targets=(target("激活率", value=85, unit="%"), target("药店数量", "range", 2, "家", value_max=3)),
        ),
        measure(
            "5",
            section="二",
            text="落实旅行社质保金暂退政策。",
            lead=(),
            responsible=(TOURISM,),
            flags=("lead_inferred",),
        ),
        measure("6", section="二", text="制定奖励办法并报备。", lead=(COMMERCE,), responsible=(FINANCE,)),
    )


def rules() -> tuple[DutyRule, ...]:
    """The duties of `plan`, one of each kind, and the monthly report."""
    return (
        DutyRule(
            id="roster",
            kind="roster",
            who=("measure_units",),
            text="报送联系人名单",
            due=dt.date(2023, 9, 25),
            period="2023-09",
        ),
        DutyRule(
            id="first",
            kind="progress",
            who=("measure_units",),
            text="报送工作开展情况",
            due=dt.date(2023, 10, 20),
            period="2023-10",
        ),
        DutyRule(id="monthly", kind="progress", who=("reporting_units",), text="月度报送", every_month=True),
        DutyRule(
            id="reward",
            kind="deliverable",
            who=(COMMERCE,),
            text="制定奖励办法并报备",
            due=dt.date(2023, 9, 30),
            period="2023-09",
            measure="6",
        ),
        DutyRule(
            id="year",
            kind="annual",
            who=("measure_units",),
            text="全年活动总结",
            due=dt.date(2023, 12, 31),
            period="2023",
        ),
    )


def duty(unit: str = HOUSING, kind: str = "progress", period: str = "2023-10", **changes: Any) -> Duty:
    """A unit's duty for October 2023: due on the 20th, grace of one workday, closed at the end of the month."""
    of_unit = {
        COMMERCE: ("1", "2", "6"),
        HOUSING: ("3",),
        INSURANCE: ("4",),
        TOURISM: ("5",),
        FINANCE: ("1", "3", "4", "6"),
    }
    values: dict[str, Any] = {
        "plan": "shili-2023",
        "unit": unit,
        "kind": kind,
        "period": period,
        "opens": dt.date(2023, 10, 9),
        "due": dt.date(2023, 10, 20),
        "grace_until": dt.date(2023, 10, 23),
        "closes": dt.date(2023, 10, 31),
        "text": "月度报送",
        "measures": of_unit.get(unit, ("1",)),
    }
    return Duty(**{**values, **changes})


def contact(unit: str = HOUSING, role: str = "业务负责人", **changes: Any) -> Contact:
    """An invented contact at a domain that cannot exist."""
    values = {
        "plan": "shili-2023",
        "unit": unit,
        "role": role,
        "name": "张某某",
        "title": "科长",
        "phone": "0990-1234567",
        "mail": "zhang@shili.example",
    }
    return Contact(**{**values, **changes})


def progress_row(measure: str = "3", metric: str = "公租房套数", **changes: Any) -> ProgressRow:
    """县住建局's row for one metric in October 2023."""
    values: dict[str, Any] = {
        "plan": "shili-2023",
        "unit": HOUSING,
        "period": "2023-10",
        "measure": measure,
        "role": "牵头",
        "metric": metric,
        "metric_unit": "套",
        "target": 110.0,
        "cumulative": 85.0,
        "status": "正常推进",
        "progress": "已开工建设。",
        "problems": "无",
        "coordination": "",
        "coordination_unit": "",
        "next_steps": "加快施工。",
        "highlights": "",
        "expected": "2023-12-31",
        "explanation": "",
        "row": 8,
        "cell": "H8",
    }
    return ProgressRow(**{**values, **changes})


def original(path: str = f"{HOUSING}/上报/县住建局_2023-10_月度报送.xlsx", **changes: Any) -> Original:
    """A file found in a unit's folder; the test provides its bytes, if any are needed."""
    folder = path.split("/")[0]
    values: dict[str, Any] = {
        "plan": "shili-2023",
        "sha256": "0" * 64,
        "path": path,
        "folder_unit": None if folder == "公共上报" else folder,
        "size_bytes": 9000,
        "mtime_ns": 1_697_760_000_000_000_000,
        "received_at": NOW,
        "stored": "shili-2023/00/" + "0" * 64,
    }
    return Original(**{**values, **changes})


def kept(content: bytes, originals: Path, plan: str) -> tuple[str, str]:
    """Keep one file's bytes as a pass does; returns (sha256, address relative to the originals)."""
    store = ContentStore(originals, plan)
    told = store.keep(content)
    store.finish()
    return told


def reading(*rows: ReadRow, **changes: Any) -> Reading:
    """A clean reading of 县住建局's monthly report for October 2023, with the rows given."""
    values: dict[str, Any] = {
        "original": original(),
        "plan": "shili-2023",
        "unit": HOUSING,
        "period": "2023-10",
        "kind": "progress",
        "identified_by": "signature",
        "template": "2023.1",
        "sheet": "月度报送",
        "rows": rows,
    }
    return Reading(**{**values, **changes})


def submission(state: str = "accepted", **changes: Any) -> Submission:
    """The first version of 县住建局's monthly report for October 2023, received and decided at `NOW`."""
    values: dict[str, Any] = {
        "id": 1,
        "plan": "shili-2023",
        "unit": HOUSING,
        "kind": "progress",
        "period": "2023-10",
        "version": 1,
        "state": state,
        "sha256": "0" * 64,
        "path": original().path,
        "stored": original().stored,
        "received_at": NOW,
        "decided_at": NOW,
        "nil": False,
        "findings": (),
    }
    return Submission(**{**values, **changes})
