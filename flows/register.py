"""登记方案: official document -> draft plan and points for a person to check -> in force once confirmed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from prefect import flow
from prefect.runtime import deployment

from config.config_errors import ConfigError
from config.plan import Plan
from config.plan_file import is_draft, load_plan, read_plan
from config.plan_text import plan_text
from config.settings import Settings
from config.settings_file import load_settings
from config.validation_errors import checked_id
from flows.context import instant_of
from flows.steps.audit_trail import note_head, operator
from flows.steps.documents import AS_READ, county_of, in_inbox, plan_id_of, read_draft
from flows.ui.artifacts import publish_register
from flows.ui.forms import CONFIRM, CONFIRMED_BY, COUNTY, DOCUMENT, NEW_PLAN, NOW, Words
from tasks.errors import InputError
from tasks.register.compare_plans import differences
from tasks.register.draft import Draft
from tasks.register.draft_summary import summary_text
from tasks.register.write_draft import write_draft
from tasks.storage.atomic_write import write_atomically
from tasks.store import audit_chain
from tasks.store.migrate import migrate
from tasks.task import as_task

_CONFIRMED = "确认方案"

read_draft_task = as_task(
    read_draft,
    "读文件",
    run_name="读文件 {document}",
    log=lambda draft: f"读出措施 {len(draft.measures)} 条，待确认 {len(draft.uncertainties)} 项",
)


@dataclass(frozen=True, slots=True)
class Registered:
    """What one run read: counts, what is uncertain, what would change in the plan in force, and where the files are."""

    plan: str
    title: str
    measures: int
    units: int
    duties: int
    uncertain: tuple[str, ...]
    changes: tuple[str, ...]
    confirmed: bool
    files: tuple[str, ...]


@flow(name="登记方案", flow_run_name="登记方案 {document}")
def register(
    document: str = DOCUMENT,
    plan: str | None = NEW_PLAN,
    county: str | None = COUNTY,
    confirm: bool = CONFIRM,
    now: str | None = NOW,
    by: Words | None = CONFIRMED_BY,
) -> Registered:
    """Read a document into a draft; with `confirm`, put the draft, as a person may have edited it, in force.

    A form in the UI can only name a document in data/inbox. A draft that a person has edited is never overwritten.
    Raises InputError for a document that holds no register, ConfigError with every fault of a draft that cannot come
    into force.
    """
    settings = load_settings()
    if deployment.id:
        # Anyone who reaches the page can fill in the form, so it opens only files that the office put there.
        document = str(in_inbox(document, settings.data))
    draft = read_draft_task(document, settings, county)
    plan_id = checked_id(plan or plan_id_of(document), "方案编号", settings.config / "plans")
    owner = county or getattr(county_of(draft, settings), "id", None)
    if owner is None:
        raise InputError("看不出文件属于哪个县：请用 --county 指明单位名册（config/counties/ 下的文件夹名）")
    folder = settings.data / "register" / plan_id
    drafted = _draft(draft, folder, plan_id, owner)
    proposed = read_plan(drafted, settings.config) if confirm else draft.to_plan(plan_id, owner)
    in_force = settings.config / "plans" / f"{plan_id}.toml"
    changes = _changes(proposed, in_force, settings)
    if confirm:
        _put_in_force(proposed, in_force, folder, partial(_record, settings, plan_id, by or operator(), now))
    publish_register(plan_id, summary_text(draft, plan_id), changes, confirmed=confirm)
    return Registered(
        plan=plan_id,
        title=draft.document.title or draft.document.no,
        measures=len(draft.measures),
        units=len(draft.units()),
        duties=len(draft.duties),
        uncertain=tuple(f"〔{each.weight}〕{each.text}" for each in draft.uncertainties),
        changes=changes,
        confirmed=confirm,
        files=(str(in_force),) if confirm else tuple(str(path) for path in sorted(folder.glob("[!.]*"))),
    )


def _draft(draft: Draft, folder: Path, plan_id: str, owner: str) -> Path:
    """The draft plan's file, written unless a person has edited it since the parser wrote it."""
    path, mark = folder / f"{plan_id}.toml", folder / AS_READ
    if path.exists() and mark.exists() and mark.read_text(encoding="ascii") != _digest(path):
        return path
    write_draft(draft, folder, plan_id, owner)
    mark.write_text(_digest(path), encoding="ascii")
    return path


def _changes(proposed: Plan, in_force: Path, settings: Settings) -> tuple[str, ...]:
    if not in_force.exists() or is_draft(in_force):
        return ()
    try:
        return tuple(str(each) for each in differences(load_plan(proposed.id, settings.config), proposed))
    except ConfigError:
        # units.csv has changed since. Confirming this draft is the remedy, so the fault must not stop it.
        return ("现行方案与单位名册不一致，无法逐项比较",)


def _put_in_force(proposed: Plan, in_force: Path, folder: Path, record: Callable[[str], None]) -> None:
    """Write the plan's file atomically and keep the one it replaces beside the draft.

    The confirmation is recorded first: a run that died in between is started again and finds it on record.
    """
    content = plan_text(proposed).encode()
    if in_force.exists() and in_force.read_bytes() == content:
        return
    record(hashlib.sha256(content).hexdigest())
    if in_force.exists():
        write_atomically(folder / f"原方案-{_digest(in_force)[:8]}.toml", in_force.read_bytes())
    write_atomically(in_force, content)


def _record(settings: Settings, plan_id: str, by: str, now: str | None, digest: str) -> None:
    proof = f"方案文件校验值 {digest}"
    migrate(settings.database_url)
    last = audit_chain.latest_act(settings.database_url, plan_id, _CONFIRMED, plan_id)
    if last is None or last.detail != proof:
        at = instant_of(now, settings.timezone)
        audit_chain.record_act(settings.database_url, plan_id, _CONFIRMED, plan_id, by, proof, at)
    note_head(settings.database_url, settings.data)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
