"""认定来件: a person says whose file it is -> read again as such -> judged, recorded, answered like any other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from prefect import flow, get_run_logger

from config.calendar import Period
from flows.context import open_context
from flows.steps.audit_trail import note_head
from flows.steps.intake_pass import answer
from flows.steps.send_letters import Posted, send_letters
from flows.steps.standings import show_month
from flows.steps.task_runs import as_task
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
from flows.ui.todo import ASSIGNED_FOLDER, publish_todo
from tasks.errors import InputError
from tasks.model.context import Context
from tasks.model.submission import DutyKey, Original, Reading, Submission
from tasks.model.words import Kind, State
from tasks.store import audit_chain
from tasks.store.submissions import load_received
from tasks.store.task import load_answered, load_duties, load_previous, load_reporting, prepare_ledger, record_verdicts
from tasks.validate.cross_unit import COMPARED_KINDS, shared_measures

_ASSIGNED = "认定来件"


@dataclass(frozen=True, slots=True)
class Assigned:
    """What became of the file as that unit's: its version and state, and the letters."""

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
    """Take a file on record as that unit's report; what came stays on record as it was. Twice changes nothing.

    The bytes enter once more under a path that says a person decided it, received when they came. Raises InputError
    for an unknown number or unit, a period nobody was asked about, and an archive of several tables.
    """
    context = open_context(plan, now)
    prepare_ledger(context.url)
    key, label = context.duty_key(unit, kind_titled(kind), period), f"来件{submission}"
    duties = load_duties(context.url, context.plan.id, units=[key[1]], label=label)
    if key not in {duty.key for duty in duties}:
        raise InputError(f"{key[1]}在{key[3]}没有{kind}任务，不能认定为它的报表")
    came = _on_record(context, submission)
    get_run_logger().info("%s 由 %s 认定为 %s %s %s", label, by, key[1], key[3], kind)
    reading = _read(context, came, key, kind_titled(kind), label)
    from tasks.validate.task import judge_chunk

    previous = load_previous(context.url, context.plan.id, [key[3]], [key[1]], label=label)
    known = load_answered(context.url, context.plan.id, [key[3]], [key[1]], label=label)
    verdicts = judge_chunk(
        [reading], context.plan, context.county, context.layout, duties, previous, context.settings, known, label=label
    )
    reporting = load_reporting(context.url, context.plan.id, COMPARED_KINDS, label=label)
    several = shared_measures(context.plan, context.county, reporting)
    _put_on_log(context, f"来件{submission}", by, " ".join(key[1:]))
    [made] = record_verdicts(context.url, verdicts, context.now, several, label=label) or [came]
    events.emit_submission(made)
    answer(context, label, as_task)
    show_month(context, Period.parse(key[3]))
    publish_todo(context)
    return Assigned(key[1], key[3], made.version, made.state, send_letters(context, ()))


def _put_on_log(context: Context, subject: str, by: str, told: str) -> None:
    """First, so that a run that dies after it is done again and finds it there: nothing is assigned without a link."""
    last = audit_chain.latest_act(context.url, context.plan.id, _ASSIGNED, subject)
    if last is None or last.detail != told:
        audit_chain.record_act(context.url, context.plan.id, _ASSIGNED, subject, by, told, context.now)
    note_head(context.url, context.data)


def _on_record(context: Context, number: int) -> Submission:
    found = next((each for each in load_received(context.url, context.plan.id) if each.id == number), None)
    if found is None:
        raise InputError(f"没有编号为 {number} 的来件，编号见“待办事项”页面或 lianxi todo")
    if not found.stored:
        raise InputError(f"来件 {number} 过大，没有留存原件，请单位重新报送")
    return found


def _read(context: Context, came: Submission, key: DutyKey, kind: Kind, label: str) -> Reading:
    # Imported here: naming a wrong number needs no reader.
    from tasks.read.manual_assignment import assign_manually
    from tasks.read.task import read_task

    size_bytes = (context.originals / came.stored).stat().st_size
    # In the unit's own folder, where nothing is ever put: the answer goes to the unit, and the path tells why.
    path = f"{key[1]}/{ASSIGNED_FOLDER}/{PurePosixPath(came.path).name}"
    original = Original(came.plan, came.sha256, path, key[1], size_bytes, 0, came.received_at, came.stored)
    readings = read_task(
        [original],
        context.originals,
        context.plan,
        context.county,
        context.layout,
        context.secret,
        context.settings.limits,
        label=label,
    )
    if len(readings) != 1:
        raise InputError(f"来件 {came.id} 是装有多张表的压缩包，请单位分开报送")
    return assign_manually(readings[0], key[1], kind, key[3])
