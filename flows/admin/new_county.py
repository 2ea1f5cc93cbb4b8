"""`lianxi new`: a document of another county -> its files, a register draft, its share and a first set of workbooks.

Nothing that is there is written over; what an earlier run of the same command made is left and the rest is done. Runs
without Prefect. Order only: the drafts are `tasks.register`'s, the workbooks `tasks.issue`'s.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from config.calendar import Period, calendar_path, load_calendar
from config.county import County
from config.county_file import load_county
from config.plan import Plan
from config.plan_checks import plan_faults
from config.plan_file import DRAFT_MARK
from config.plan_text import plan_text
from config.settings import Settings
from config.settings_file import load_settings
from config.validation_errors import shown
from config.vocabulary import load_vocabulary
from config.workbook_file import load_layout
from flows.context import instant_of
from flows.steps.audit_trail import note_head, operator
from flows.steps.documents import AS_READ, plan_id_of, read_document_bytes
from tasks.errors import InputError
from tasks.issue.duties_due import duties_of
from tasks.issue.place_workbook import issued_path, make_folders, place_workbook
from tasks.model.submission import Duty
from tasks.register.county_draft import (
    CountyDraft,
    county_names_of,
    draft_county,
    similar_names,
    with_default_duties,
    with_default_section,
)
from tasks.register.draft import Draft
from tasks.register.parse_document import parse_document
from tasks.register.write_draft import write_draft
from tasks.storage.atomic_write import write_atomically
from tasks.storage.signature import load_or_create_secret
from tasks.store import audit_chain
from tasks.store.migrate import migrate

_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
_MONTHS_AHEAD = 15


@dataclass(frozen=True, slots=True)
class NewCounty:
    """What was made for a county, what its document holds, and what is left for a person, in order."""

    county: str
    plan: str
    name: str
    measures: int
    units: int
    groups: int
    period: str
    workbooks: int
    files: tuple[str, ...]
    todo: tuple[str, ...]


def new_county(
    county_id: str,
    document: Path,
    plan: str | None = None,
    name: str | None = None,
    period: str | None = None,
    now: str | None = None,
) -> NewCounty:
    """Make everything a county needs from its document; see `Founded.todo` for what only a person can do.

    Raises InputError for a name that cannot be a folder's, a document without a register, or a county or plan that is
    there already with other content.
    """
    settings = load_settings()
    at = instant_of(now, settings.timezone)
    plan_id = plan or f"{county_id}-{plan_id_of(document.name)}"
    for what, value in (("县的编号", county_id), ("方案编号", plan_id)):
        if not _ID.fullmatch(value):
            raise InputError(
                f"{what}“{shown(value)}”不能用：请用小写字母开头，只含小写字母、数字和短横，不超过40个字符"
            )
    content, file_name = read_document_bytes(document)
    vocabulary = load_vocabulary()
    draft = parse_document(content, file_name, vocabulary, None)
    founding = draft_county(draft, county_names_of(draft, vocabulary, name), county_id, vocabulary)
    files = _lay_down_county(settings.config / "counties" / county_id, founding)
    county = load_county(county_id, settings.config)
    # Read again with its own units at hand: names resolve now.
    draft = parse_document(content, file_name, vocabulary, county)
    the_plan, assumed = with_default_duties(
        with_default_section(draft.to_plan(plan_id, county_id)), _day(at.date(), settings)
    )
    files += _drafted(settings, draft, the_plan)
    faults = plan_faults(the_plan, county)
    if faults:
        todo = _todo(settings, founding, draft, document, the_plan, assumed, "", [str(fault) for fault in faults])
        return _founded(founding, the_plan, county_id, "", 0, files, todo)
    files += _lay_down_plan(settings, the_plan)
    wanted, duties = _first_period(the_plan, county, settings, at.date(), period)
    workbooks = _give_out(settings, the_plan, county, duties)
    _record(settings, county_id, the_plan, at)
    todo = _todo(settings, founding, draft, document, the_plan, assumed, wanted, [])
    return _founded(founding, the_plan, county_id, wanted, workbooks, files, todo)


def _lay_down_county(folder: Path, founding: CountyDraft) -> list[str]:
    """units.csv, then county.toml, which makes a folder a county."""
    contents = {"units.csv": founding.units_csv, "county.toml": founding.county_toml.encode("utf-8")}
    for name, content in contents.items():
        if (folder / name).exists() and (folder / name).read_bytes() != content:
            raise InputError(f"{folder / name} 已存在，不会覆盖：请另用一个县的编号，或用 lianxi register 登记新方案")
    for name, content in contents.items():
        write_atomically(folder / name, content)
    return [str(folder / name) for name in contents]


def _drafted(settings: Settings, draft: Draft, plan: Plan) -> list[str]:
    """The register draft that a person confirms: as read, and with the reports that had to be added."""
    folder = settings.data / "register" / plan.id
    path = folder / f"{plan.id}.toml"
    if path.exists():
        return []
    written = write_draft(draft, folder, plan.id, plan.county)
    # As `register` marks what it read: a draft that differs was mended and is not read anew.
    write_atomically(folder / AS_READ, hashlib.sha256(path.read_bytes()).hexdigest().encode("ascii"))
    write_atomically(path, plan_text(plan).encode("utf-8"))
    return [str(folder / each.path) for each in written]


def _lay_down_plan(settings: Settings, plan: Plan) -> list[str]:
    path = settings.config / "plans" / f"{plan.id}.toml"
    content = (DRAFT_MARK + plan_text(plan)).encode("utf-8")
    if path.exists() and path.read_bytes() != content:
        raise InputError(f"{path} 已存在，不会覆盖：请用 --plan 另起方案编号")
    write_atomically(path, content)
    return [str(path)]


def _day(today: dt.date, settings: Settings) -> dt.date:
    """The next due day of the settings: what a document that names none is given."""
    month = today if today.day <= settings.duties.due_day else today.replace(day=1) + dt.timedelta(days=32)
    last = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return last.replace(day=min(settings.duties.due_day, last.day))


def _first_period(
    plan: Plan, county: County, settings: Settings, today: dt.date, named: str | None
) -> tuple[str, tuple[Duty, ...]]:
    """The first month with reports that are not yet over, else the first there is; '' where there is none."""
    calendar = load_calendar(calendar_path(settings.config))
    if named:
        try:
            period = Period.parse(named)
        except ValueError as fault:
            raise InputError(str(fault)) from None
        return named, duties_of(plan, county, period, calendar, settings)
    past: tuple[str, tuple[Duty, ...]] = ("", ())
    for period in _months(plan, today):
        duties = duties_of(plan, county, period, calendar, settings)
        if duties and max(duty.due for duty in duties) >= today:
            return period.text, duties
        past = past if past[1] or not duties else (period.text, duties)
    return past


def _months(plan: Plan, today: dt.date) -> list[Period]:
    """The months in which something may be due: from the document's day on, of each dated report, from today on."""
    days = [plan.document.issued_on, today, *(duty.due for duty in plan.duties)]
    found: set[Period] = set()
    for day in days:
        period = Period.parse(f"{day:%Y-%m}") if day else None
        for _ in range(_MONTHS_AHEAD if day in days[:2] else 1):
            if period:
                found.add(period)
                period = period.next()
    return sorted(found, key=lambda period: period.start)


def _give_out(settings: Settings, plan: Plan, county: County, duties: tuple[Duty, ...]) -> int:
    """The share's folders, and a workbook for each duty where none is yet. Units that are mere examples get none."""
    from tasks.issue.build_workbook import build_workbook

    real = {unit.name for unit in county.units if unit.confirmed and unit.kind == "unit"}
    named = [name for measure in plan.measures for name in (*measure.lead, *measure.responsible)]
    owing = [duty for duty in duties if duty.unit in real]
    make_folders(settings.share, dict.fromkeys(name for name in (*named, *(d.unit for d in owing)) if name in real))
    secret = load_or_create_secret(
        settings.secret_file, settings.secret.get_secret_value() if settings.secret else None
    )
    layout = load_layout()
    for duty in owing:
        if not (settings.share / issued_path(duty)).exists():
            place_workbook(settings.share, duty, build_workbook(duty, plan, county, layout, (), (), secret))
    return len(owing)


def _record(settings: Settings, county_id: str, plan: Plan, at: dt.datetime) -> None:
    url = settings.database_url
    migrate(url)
    if audit_chain.latest_act(url, plan.id, "新建县", county_id) is None:
        audit_chain.record_act(
            url, plan.id, "新建县", county_id, operator(), f"{plan.document.no} {plan.document.title}".strip(), at
        )
    note_head(url, settings.data)


def _todo(
    settings: Settings,
    founding: CountyDraft,
    draft: Draft,
    document: Path,
    plan: Plan,
    assumed: bool,
    period: str,
    faults: list[str],
) -> tuple[str, ...]:
    """What only a person can do, in the order to do it."""
    county = settings.config / "counties" / plan.county
    register = settings.data / "register" / plan.id
    todo = [f"核对 {county}/units.csv：补上各单位的常用简称（aliases）"]
    if pairs := similar_names(founding.units, founding.county):
        named = "、".join(f"{short}与{long}" for short, long in pairs)
        todo.append(f"看看是不是同一单位，是的在 units.csv 里并成一行（另一个写进 aliases）：{named}")
    if founding.groups:
        todo.append(
            f"在 units.csv 里把 {len(founding.groups)} 个群组（{'、'.join(founding.groups)}）的示例成员换成实际单位，"
            "status 改为“已确认”"
        )
    guess = f"（文件没有写明，暂取牵头最多的“{founding.convener}”）" if founding.convener_is_guess else ""
    todo.append(f"核对 {county}/county.toml：联席会议名称、召集单位{guess}、发信邮箱和电话（.invalid 必须换掉）")
    if draft.uncertainties:
        todo.append(f"逐条看 {register}/摘要.md：{len(draft.uncertainties)} 处需要核对")
    if assumed:
        todo.append(
            f"文件没有写报送要求，已按惯例写上联系人名单和每月报送：请在 {register}/{plan.id}.toml 的 [[duty]] 里核对"
        )
    todo += [f"方案草稿有错，改好之后才能用：{fault}" for fault in faults]
    todo.append(f"确认方案：lianxi register {document} --plan {plan.id} --county {plan.county} --confirm")
    todo.append(f'在 config/settings.toml 写 plan = "{plan.id}"，或设环境变量 LIANXI_PLAN={plan.id}')
    if period:
        todo.append(f"确认后重新发放（报表按确认后的方案更新）：lianxi issue {period} --plan {plan.id}")
    todo.append("体检：lianxi doctor；长期运行：make up")
    return tuple(todo)


def _founded(
    founding: CountyDraft,
    plan: Plan,
    county_id: str,
    period: str,
    workbooks: int,
    files: list[str],
    todo: tuple[str, ...],
) -> NewCounty:
    return NewCounty(
        county=county_id,
        plan=plan.id,
        name=founding.county.name,
        measures=len(plan.measures),
        units=len(founding.units),
        groups=len(founding.groups),
        period=period,
        workbooks=workbooks,
        files=tuple(files),
        todo=todo,
    )
