"""`lianxi new`: another county's document -> its files, a register draft, its share and a first set of workbooks.

Nothing is overwritten: run again, the command keeps what an earlier run made and does the rest. Runs without Prefect.
Belongs here: the order of the steps and what is left for a person. Does not belong here: reading the document and
drafting (`tasks.register`), workbooks (`tasks.issue`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from config.calendar import calendar_path, load_calendar
from config.county_file import load_county
from config.document_vocabulary import load_vocabulary
from config.plan import Plan
from config.plan_checks import plan_faults
from config.plan_file import DRAFT_MARK
from config.plan_text import plan_text
from config.settings import Settings
from config.settings_file import load_settings
from config.validation_errors import printable
from config.workbook_file import load_layout
from flows.context import instant_of
from flows.steps.audit_trail import note_head, operator
from flows.steps.documents import AS_READ, plan_id_of, read_document_bytes
from tasks.errors import InputError
from tasks.issue.first_period import first_period, next_due_day
from tasks.issue.place_workbook import find_issued, make_folders, place_workbook
from tasks.model.run_context import Context
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


@dataclass(frozen=True, slots=True)
class NewCounty:
    """What was made for a county, the counts from its document, and what is left for a person, in order."""

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


@dataclass(frozen=True, slots=True)
class _Drafts:
    """What was drafted from the document. `assumed`: the document named no reports, so the plan has the usual ones."""

    document: Path
    county: CountyDraft
    register: Draft
    plan: Plan
    assumed: bool


def new_county(
    county_id: str,
    document: Path,
    plan: str | None = None,
    name: str | None = None,
    period: str | None = None,
    now: str | None = None,
) -> NewCounty:
    """Make everything a county needs from its document; `NewCounty.todo` lists what only a person can do.

    Raises InputError for an id that cannot be a folder's name, a document without a register, or a county or plan that
    exists already with other content.
    """
    settings = load_settings()
    at = instant_of(now, settings.timezone)
    plan_id = plan or f"{county_id}-{plan_id_of(document.name)}"
    for what, value in (("县的编号", county_id), ("方案编号", plan_id)):
        if not _ID.fullmatch(value):
            raise InputError(
                f"{what}“{printable(value)}”不能用：请用小写字母开头，只含小写字母、数字和短横，不超过40个字符"
            )
    content, file_name = read_document_bytes(document)
    vocabulary = load_vocabulary()
    draft = parse_document(content, file_name, vocabulary, None)
    county_draft = draft_county(draft, county_names_of(draft, vocabulary, name), county_id, vocabulary)
    files = _write_county_files(settings.config / "counties" / county_id, county_draft)
    county = load_county(county_id, settings.config)
    # Parse again: with the county's own units the names in the document resolve.
    draft = parse_document(content, file_name, vocabulary, county)
    due_day = next_due_day(at.date(), settings.duties)
    the_plan, assumed = with_default_duties(with_default_section(draft.to_plan(plan_id, county_id)), due_day)
    drafts = _Drafts(document, county_draft, draft, the_plan, assumed)
    files += _write_register_draft(settings, draft, the_plan)
    faults = [str(fault) for fault in plan_faults(the_plan, county)]
    issued, workbooks = "", 0
    if not faults:
        files += _write_plan(settings, the_plan)
        secret = settings.secret.get_secret_value() if settings.secret else None
        key = load_or_create_secret(settings.secret_file, secret)
        calendar = load_calendar(calendar_path(settings.config))
        context = Context(settings, the_plan, county, calendar, load_layout(), key, at)
        issued, duties = first_period(context, period)
        workbooks = _issue_workbooks(context, duties)
        _record_new_county(settings, county_id, the_plan, at)
    return NewCounty(
        county=county_id,
        plan=plan_id,
        name=county_draft.county.name,
        measures=len(the_plan.measures),
        units=len(county_draft.units),
        groups=len(county_draft.groups),
        period=issued,
        workbooks=workbooks,
        files=tuple(files),
        todo=_todo(settings, drafts, issued, faults),
    )


def _write_county_files(folder: Path, draft: CountyDraft) -> list[str]:
    """units.csv first: a folder with a county.toml is taken for a complete county."""
    contents = {"units.csv": draft.units_csv, "county.toml": draft.county_toml.encode("utf-8")}
    for name, content in contents.items():
        if (folder / name).exists() and (folder / name).read_bytes() != content:
            raise InputError(f"{folder / name} 已存在，不会覆盖：请另用一个县的编号，或用 lianxi register 登记新方案")
    for name, content in contents.items():
        write_atomically(folder / name, content)
    return [str(folder / name) for name in contents]


def _write_register_draft(settings: Settings, draft: Draft, plan: Plan) -> list[str]:
    """The register draft that a person confirms, including duties that were assumed. An existing draft is kept."""
    folder = settings.data / "register" / plan.id
    path = folder / f"{plan.id}.toml"
    if path.exists():
        return []
    written = write_draft(draft, folder, plan.id, plan.county)
    # The mark that `register` leaves: a draft that differs from it was corrected by hand and is not overwritten.
    write_atomically(folder / AS_READ, hashlib.sha256(path.read_bytes()).hexdigest().encode("ascii"))
    write_atomically(path, plan_text(plan).encode("utf-8"))
    return [str(folder / each.path) for each in written]


def _write_plan(settings: Settings, plan: Plan) -> list[str]:
    path = settings.config / "plans" / f"{plan.id}.toml"
    content = (DRAFT_MARK + plan_text(plan)).encode("utf-8")
    if path.exists() and path.read_bytes() != content:
        raise InputError(f"{path} 已存在，不会覆盖：请用 --plan 另起方案编号")
    write_atomically(path, content)
    return [str(path)]


def _issue_workbooks(context: Context, duties: tuple[Duty, ...]) -> int:
    """Make the share's folders and each duty's workbook unless it exists. Example units, not confirmed, get none."""
    from tasks.issue.build_workbook import build_workbook

    real = {unit.name for unit in context.county.units if unit.confirmed and unit.kind == "unit"}
    named = [name for measure in context.plan.measures for name in (*measure.lead, *measure.responsible)]
    owing = [duty for duty in duties if duty.unit in real]
    share = context.share
    make_folders(share, dict.fromkeys(name for name in (*named, *(d.unit for d in owing)) if name in real))
    for duty in owing:
        if find_issued(share, duty) is None:
            place_workbook(share, duty, build_workbook(duty, context))
    return len(owing)


def _record_new_county(settings: Settings, county_id: str, plan: Plan, at: dt.datetime) -> None:
    url = settings.database_url
    migrate(url)
    if audit_chain.latest_act(url, plan.id, "新建县", county_id) is None:
        audit_chain.record_act(
            url, plan.id, "新建县", county_id, operator(), f"{plan.document.no} {plan.document.title}".strip(), at
        )
    note_head(url, settings.data)


def _todo(settings: Settings, drafts: _Drafts, period: str, faults: list[str]) -> tuple[str, ...]:
    """What only a person can do, in the order to do it."""
    plan, draft = drafts.plan, drafts.county
    county = settings.config / "counties" / plan.county
    register = settings.data / "register" / plan.id
    todo = [f"核对 {county}/units.csv：补上各单位的常用简称（aliases）"]
    if pairs := similar_names(draft.units, draft.county):
        named = "、".join(f"{short}与{long}" for short, long in pairs)
        todo.append(f"看看是不是同一单位，是的在 units.csv 里并成一行（另一个写进 aliases）：{named}")
    if draft.groups:
        todo.append(
            f"在 units.csv 里把 {len(draft.groups)} 个群组（{'、'.join(draft.groups)}）的示例成员换成实际单位，"
            "status 改为“已确认”"
        )
    guess = f"（文件没有写明，暂取牵头最多的“{draft.convener}”）" if draft.convener_is_guess else ""
    todo.append(f"核对 {county}/county.toml：联席会议名称、召集单位{guess}、发信邮箱和电话（.invalid 必须换掉）")
    if drafts.register.uncertainties:
        todo.append(f"逐条看 {register}/摘要.md：{len(drafts.register.uncertainties)} 处需要核对")
    if drafts.assumed:
        todo.append(
            f"文件没有写报送要求，已按惯例写上联系人名单和每月报送：请在 {register}/{plan.id}.toml 的 [[duty]] 里核对"
        )
    todo += [f"方案草稿有错，改好之后才能用：{fault}" for fault in faults]
    todo.append(f"确认方案：lianxi register {drafts.document} --plan {plan.id} --county {plan.county} --confirm")
    todo.append(f'在 config/settings.toml 写 plan = "{plan.id}"，或设环境变量 LIANXI_PLAN={plan.id}')
    if period:
        todo.append(f"确认后重新发放（报表按确认后的方案更新）：lianxi issue {period} --plan {plan.id}")
    todo.append("体检：lianxi doctor；长期运行：make up")
    return tuple(todo)
