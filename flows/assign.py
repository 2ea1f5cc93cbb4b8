"""认定来件: a person decides whose file it is -> read again as that unit's -> judged, recorded, answered as any other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from prefect import flow, get_run_logger

from config.calendar import Period
from flows.context import open_context
from flows.steps.answer_submissions import answer_submissions
from flows.steps.audit_trail import note_head
from flows.steps.judge_one_chunk import judge_readings
from flows.steps.results import Posted
from flows.steps.send_letters import send_letters
from flows.steps.standings import show_month
from flows.ui import events
from flows.ui.forms import (
    BY,
    NOW,
    OWED_KIND,
    OWED_PERIOD,
    PLAN,
    SUBMISSION,
    UNIT,
    KindTitle,
    Words,
    kind_titled,
    run_name,
)
from flows.ui.todo import publish_todo
from tasks.errors import InputError
from tasks.model.run_context import Context
from tasks.model.submission import DutyKey, Original, Reading, Submission
from tasks.model.words import Kind, State
from tasks.read.manual_assignment import ASSIGNED_FOLDER
from tasks.store import audit_chain
from tasks.store.duty_table import read_duties, reporting_units
from tasks.store.record_verdicts import write_verdicts
from tasks.store.submissions import load_received
from tasks.store.task import prepare_ledger
from tasks.validate.cross_unit import COMPARED_KINDS, shared_measures

_ASSIGNED = "认定来件"


@dataclass(frozen=True, slots=True)
class Assigned:
    """The file as that unit's submission: its version and state, and the letters."""

    unit: str
    period: str
    version: int
    state: State
    posted: Posted


@flow(name="认定来件", flow_run_name=run_name)
def assign(
    submission: int = SUBMISSION,
    unit: Words = UNIT,
    period: str = OWED_PERIOD,
    kind: KindTitle = OWED_KIND,
    by: Words = BY,
    plan: str | None = PLAN,
    now: str | None = NOW,
) -> Assigned:
    """Take a file on record as that unit's report. The earlier submission stays as it is; assigning twice changes nothing.

    The same bytes are recorded again under a path that shows that a person decided, with the time at which they came.
    Raises InputError for an unknown number or unit, a duty that does not exist, and an archive of several tables.
    """
    context = open_context(plan, now)
    prepare_ledger(context.url)
    key, subject = context.duty_key(unit, kind_titled(kind), period), f"来件{submission}"
    if key not in {duty.key for duty in read_duties(context.url, context.plan.id, units=[key[1]])}:
        raise InputError(f"{key[1]}在{key[3]}没有{kind}任务，不能认定为它的报表")
    came = _on_record(context, submission)
    get_run_logger().info("%s 由 %s 认定为 %s %s %s", subject, by, key[1], key[3], kind)
    verdicts = judge_readings([_read(context, came, key, kind_titled(kind))], context)
    compared = shared_measures(
        context.plan, context.county, reporting_units(context.url, context.plan.id, COMPARED_KINDS)
    )
    _put_on_log(context, subject, by, " ".join(key[1:]))
    [made] = write_verdicts(context.url, verdicts, context.now, compared) or [came]
    events.emit_submission(made)
    answer_submissions(context)
    show_month(context, Period.parse(key[3]))
    publish_todo(context)
    return Assigned(key[1], key[3], made.version, made.state, send_letters(context, ()))


def _put_on_log(context: Context, subject: str, by: str, duty: str) -> None:
    """Before recording: a run that died after it is started again and finds the entry, so no file lacks one."""
    last = audit_chain.latest_act(context.url, context.plan.id, _ASSIGNED, subject)
    if last is None or last.detail != duty:
        audit_chain.record_act(context.url, context.plan.id, _ASSIGNED, subject, by, duty, context.now)
    note_head(context.url, context.data)


def _on_record(context: Context, number: int) -> Submission:
    found = next((each for each in load_received(context.url, context.plan.id) if each.id == number), None)
    if found is None:
        raise InputError(f"没有编号为 {number} 的来件，编号见“待办事项”页面或 lianxi todo")
    if not found.stored:
        raise InputError(f"来件 {number} 过大，没有留存原件，请单位重新报送")
    return found


def _read(context: Context, came: Submission, key: DutyKey, kind: Kind) -> Reading:
    # Imported here: naming a wrong number needs no reader.
    from tasks.read.manual_assignment import assign_manually
    from tasks.read.read_in_subprocess import read_in_subprocess

    size_bytes = (context.originals / came.stored).stat().st_size
    # A path in the unit's own folder at which no file ever lies: the answer goes to the unit, and the path tells why.
    path = f"{key[1]}/{ASSIGNED_FOLDER}/{PurePosixPath(came.path).name}"
    original = Original(came.plan, came.sha256, path, key[1], size_bytes, 0, came.received_at, came.stored)
    readings = read_in_subprocess([original], context)
    if len(readings) != 1:
        raise InputError(f"来件 {came.id} 是装有多张表的压缩包，请单位分开报送")
    return assign_manually(readings[0], key[1], kind, key[3])
