"""编发简报: roll-up -> draft -> approval -> freeze -> mail.

Approved in the UI, the run is suspended meanwhile: no process waits, and server and worker may be restarted.
What is approved is what was drafted: the stored draft is frozen, never a newer one.
"""

from __future__ import annotations

from prefect import flow
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput
from prefect.runtime import flow_run
from pydantic import Field

from config.calendar import Period
from flows.editing import Briefed, briefed, draft, render
from flows.forms import Approval, Now, PeriodText, PlanId, run_name
from flows.office import Office, open_office
from flows.post import Posted, post
from flows.standings import standings_of
from tasks.errors import InputError
from tasks.mail.task import in_data, write_brief_notices
from tasks.rollup.closing import period_to_brief
from tasks.shapes import Written
from tasks.store.briefs import StoredBrief, load_brief
from tasks.store.task import freeze_brief, load_contacts, load_duties, load_rows, prepare_ledger

_BY_HAND = "联席会议办公室"
_SUSPENDED_AT_MOST_SECONDS = 30 * 24 * 3600


class BriefApproval(RunInput):
    """The form behind the Resume button."""

    approved: bool = Field(default=True, title="同意印发", description="不同意则退回修改，并写明意见")
    by: str = Field(default=_BY_HAND, title="审定人", min_length=1)
    remark: str = Field(default="", title="意见", description="退回修改时填写")


@flow(name="编发简报", flow_run_name=run_name, persist_result=True)
def brief(
    period: PeriodText = None, plan: PlanId = None, approval: Approval = "later", now: Now = None
) -> Briefed | None:
    """Draft the brief of a period and, as `approval` says, leave it, wait for the coordinator, or freeze it.

    With `period` empty: the latest period that has closed and has no approved brief; None where there is none.
    A frozen issue is rendered again as it was. Raises InputError for a period without duties.
    """
    office = open_office(plan, now)
    prepare_ledger(office.url)
    wanted = office.period(period) if period else _closed_period(office)
    if wanted is None:
        return None
    stored = load_brief(office.url, office.plan.id, wanted.text)
    # A resumed run starts from the top: what was shown to the coordinator stays what is approved.
    resumed = approval == "ui" and (flow_run.run_count or 1) > 1
    if stored is None or (stored.state == "draft" and not resumed):
        stored = _draft(office, wanted)
    written = render(office, wanted, stored)
    if stored.state == "draft":
        by = {"given": _BY_HAND, "later": ""}.get(approval)
        by = _ask(wanted, stored) if by is None else by
        if not by:
            return briefed(wanted, stored, written)
        stored = freeze_brief(office.url, office.plan.id, wanted.text, by, office.now, label=wanted.label)
        written = render(office, wanted, stored)
    return briefed(wanted, stored, written, _send(office, wanted, stored, written))


def _closed_period(office: Office) -> Period | None:
    duties = load_duties(office.url, office.plan.id, label=office.plan.id)
    text = period_to_brief(duties, office.now.date())
    stored = load_brief(office.url, office.plan.id, text) if text else None
    return Period.parse(text) if text and not (stored and stored.state == "frozen") else None


def _draft(office: Office, period: Period) -> StoredBrief:
    standings = standings_of(office, period.text, period.label)
    if not standings:
        raise InputError(f"{period.label}还没有应报事项，无从汇总。请先运行：lianxi issue {period.text}")
    rows, previous = load_rows(office.url, office.plan.id, period.text, label=period.label)
    return draft(office, period, standings, rows, previous)


def _ask(period: Period, stored: StoredBrief) -> str:
    """Suspend until the coordinator answers. Returns who approved; raises InputError when it was sent back."""
    told = (
        f"请核对{period.label}简报（第{stored.issue_no}期）。全文见本次运行的 Artifacts，"
        f"Word 文件在数据文件夹 briefs/{stored.plan}/{period.text}/ 内。"
    )
    answer = suspend_flow_run(
        wait_for_input=BriefApproval.with_initial_data(description=told), timeout=_SUSPENDED_AT_MOST_SECONDS
    )
    if not answer.approved:
        raise InputError(f"{period.label}简报未获同意，退回修改：{answer.remark or '（没有写明意见）'}")
    return str(answer.by)


def _send(office: Office, period: Period, frozen: StoredBrief, written: tuple[Written, ...]) -> Posted:
    """The approved brief to the members. Their letters bear the day of approval: a second run writes none anew."""
    label = period.label
    on = (frozen.frozen_at or office.now).date()
    contacts = load_contacts(office.url, office.plan.id, on, label=label)
    units = [member.name for name in office.plan.members for member in office.county.members(name, on)]
    attachments = [in_data(each) for each in written]
    name = office.settings.brief.name
    letters = write_brief_notices(
        units, contacts, office.plan, office.county, on, period, name, frozen.issue_no, attachments, label=label
    )
    return post(office, letters)
