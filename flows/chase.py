"""催报: standing -> the ladder -> letters -> mail, and the coordinator's call list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from prefect import flow

from config.calendar import Period
from flows.artifacts import publish_calls, publish_matrix
from flows.forms import NOW, PLAN, run_name
from flows.office import Office, open_office
from flows.post import Posted, post, recall, show_today
from flows.standings import standings_of
from flows.todo import publish_todo
from tasks.brief.task import write_supervision_forms
from tasks.issue.share import issued_path
from tasks.mail.keys import DutyKey
from tasks.mail.ladder import Step
from tasks.mail.task import decide_steps, in_data, write_digest, write_reminders, write_supervisions
from tasks.outcomes import Attachment, Call, Letter
from tasks.shapes import Standing
from tasks.store.calls import load_calls
from tasks.store.outbox import records
from tasks.store.replies import reply_paths
from tasks.store.task import load_contacts, prepare_ledger


@dataclass(frozen=True, slots=True)
class Chased:
    """One morning: whether it is a workday, duties by rung, the call list, and the letters."""

    day: str
    workday: bool
    rungs: dict[str, int]
    calls: tuple[Call, ...]
    posted: Posted


@flow(name="催报", flow_run_name=run_name)
def chase(plan: str | None = PLAN, now: str | None = NOW) -> Chased:
    """One morning's reminders, over all duties that are open. On a day that is no workday nobody is written to."""
    office = open_office(plan, now)
    day = office.now.date()
    prepare_ledger(office.url)
    if not office.calendar.is_workday(day):
        return Chased(day.isoformat(), False, {}, (), Posted())
    standings = standings_of(office, None, day.isoformat())
    # First, so that what did not leave on its own day is decided anew and never arrives in a burst.
    recall(office, standings)
    steps, calls, letters = _decide(office, standings)
    posted = post(office, letters)
    if not posted.sent:
        show_today(office)
    _publish(office, standings, calls)
    rungs: Counter[str] = Counter(step.rung.name for step in steps)
    return Chased(day.isoformat(), True, dict(rungs), calls, posted)


def _decide(
    office: Office, standings: Sequence[Standing]
) -> tuple[tuple[Step, ...], tuple[Call, ...], tuple[Letter, ...]]:
    """The steps, the call list, and the letters (reminders and the coordinator's digest) of this morning."""
    plan, county, label = office.plan, office.county, office.now.date().isoformat()
    contacts = load_contacts(office.url, plan.id, office.now.date(), label=label)
    on_record = records(office.url, plan.id)
    steps, calls = decide_steps(
        standings,
        contacts,
        on_record,
        load_calls(office.url, plan.id),
        county,
        office.calendar,
        office.now,
        office.settings,
        label=label,
    )
    workbooks = _workbooks(office, steps)
    supervisions = write_supervisions(steps, on_record, plan, county, office.now, label=label)
    written = write_supervision_forms(
        supervisions, office.data / "supervision" / plan.id / label, office.data, label=label
    )
    forms = {key: (in_data(form),) for said, form in zip(supervisions, written, strict=True) for key in said.keys}
    letters = write_reminders(steps, workbooks, forms, plan, county, office.now, label=label)
    digest = write_digest(
        standings, calls, letters, contacts, on_record, plan, county, office.now, office.settings, label=label
    )
    return steps, calls, (*letters, *digest)


def _workbooks(office: Office, steps: Sequence[Step]) -> dict[DutyKey, tuple[Attachment, ...]]:
    """The workbook each step is about: the unit's own with the remarks where it was sent back, else as it was issued."""
    back = [step.standing for step in steps if step.standing.name in ("待更正", "待说明")]
    # In a file that could not be read there is nothing to remark on.
    legible = [each for each in back if all(finding.severity != "refuse" for finding in each.findings)]
    annotated = reply_paths(office.url, [each.submission_id for each in legible if each.submission_id is not None])
    found: dict[DutyKey, tuple[Attachment, ...]] = {}
    for step in steps:
        path = annotated.get(step.standing.submission_id or 0, "")
        issued = issued_path(step.standing.duty)
        if path and (office.data / path).is_file():
            found[step.standing.duty.key] = (Attachment(path.rpartition("/")[2], path),)
        elif (office.share / issued).is_file():
            found[step.standing.duty.key] = (Attachment(issued.rpartition("/")[2], f"share/{issued}"),)
    return found


def _publish(office: Office, standings: Sequence[Standing], calls: Sequence[Call]) -> None:
    day = office.now.date()
    publish_calls(office.plan.id, day.isoformat(), calls)
    by_period: dict[str, list[Standing]] = {}
    for standing in standings:
        by_period.setdefault(standing.duty.period, []).append(standing)
    for text, found in by_period.items():
        if any(standing.name not in ("按时", "零报告", "迟报", "未到期") for standing in found):
            publish_matrix(office, Period.parse(text), found)
    publish_todo(office)
