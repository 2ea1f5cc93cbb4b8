"""编发简报: roll-up -> draft -> approval -> freeze -> mail.

While it waits for approval in the UI the run is suspended: no process waits, and server and worker may be restarted.
The stored draft that was shown is what is frozen, never a newer one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from prefect import flow, get_run_logger
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput
from prefect.runtime import flow_run
from pydantic import Field

from config.calendar import Period
from flows.context import open_context
from flows.steps.annual_draft import draft_year
from flows.steps.approval import asked_about, is_asked_already, mark_as_asking
from flows.steps.brief_draft import (
    DRAFT,
    SENT_BACK,
    Briefed,
    brief_result,
    draft_issue,
    enter_matters_of,
    freeze_draft,
    render_issue,
    send_back,
)
from flows.steps.brief_history import last_issued
from flows.steps.results import Posted
from flows.steps.send_letters import send_letters
from flows.steps.settle_calendar import settle_calendar
from flows.steps.standings import standings_for
from flows.ui import events
from flows.ui.artifacts import publish_matrix
from flows.ui.forms import APPROVAL, APPROVALS, NOW, PERIOD, PLAN, WORDS_MOST, Approval, Words, field, run_name
from flows.ui.links import artifact_key, artifact_link, file_link, files_base_url
from tasks.brief.brief_json import from_json
from tasks.brief.writers.decisions_workbook import DECISIONS_FILE
from tasks.brief.writers.markdown import checks_markdown
from tasks.errors import InputError
from tasks.mail.event_letters import ApprovedIssue, brief_notices
from tasks.mail.letter_builder import LetterBuilder
from tasks.model.letter import Attachment
from tasks.model.run_context import Context
from tasks.model.submission import WrittenFile
from tasks.rollup.brief_standings import standings_of_issue
from tasks.rollup.due_brief import period_to_brief
from tasks.store.accepted_rows import contacts_on, load_accepted_rows, load_previous_rows
from tasks.store.brief_issues import LAST_NUMBER, StoredBrief, load_brief, number_is_free
from tasks.store.duty_table import read_duties
from tasks.store.task import prepare_ledger
from tasks.text import xml_safe

_BY_HAND = "联席会议办公室"
_REDRAFTED = "**送审稿在等待期间有变动，请按现在的稿子重新核对。**\n\n"
_SUSPENDED_AT_MOST_SECONDS = 30 * 24 * 3600
_NOTE = field("按语", "直接定稿时印在正文之前；没有则留空", "")
_BY = field("审定人", "直接定稿时记入办理日志；留空为联席会议办公室")
_ISSUE_NO = field("期号", "直接定稿时为本年第几期；0 为自动接续", 0)


def _number(default: int) -> Any:
    """The form's field for the number. Made for each default, because a bare default would lose the title."""
    return Field(default=default, title="期号", description="本年第几期；0 为沿用送审稿的期号", ge=0, le=LAST_NUMBER)


class BriefApproval(RunInput):
    """The form behind the Resume button."""

    approved: bool = Field(default=True, title="同意印发", description="不同意则退回修改，并写明意见")
    by: str = Field(default=_BY_HAND, title="审定人", min_length=1, max_length=50)
    issue_no: int = _number(0)
    note: str = Field(default="", title="按语", description="印在正文之前，可分行；没有则留空", max_length=WORDS_MOST)
    remark: str = Field(default="", title="意见", description="退回修改时填写", max_length=WORDS_MOST)


@dataclass(frozen=True, slots=True)
class ApprovalAnswer:
    """Who approved, and the number and 按语 they decided on; `issue_no` 0 keeps the draft's number.

    `sent_back` is the reason why the draft was not approved; None where it was.
    """

    by: str
    issue_no: int = 0
    note: str = ""
    sent_back: str | None = None


@flow(name="编发简报", flow_run_name=run_name, persist_result=True)
def brief(
    period: str | None = PERIOD,
    plan: str | None = PLAN,
    approval: Approval = APPROVAL,
    now: str | None = NOW,
    note: Words = _NOTE,
    issue_no: int = _ISSUE_NO,
    by: Words | None = _BY,
) -> Briefed | None:
    """Draft the brief of a period and, as `approval` says, leave it, wait for the coordinator, or freeze it.

    Without `period`: the latest period that has closed and has no approved brief; returns None where there is none.
    `note`, `issue_no` and `by` are the 按语, the number and the approver for an approval by command; in the UI the form
    asks for them. A frozen issue is rendered again as it was. Raises InputError for a period without duties.
    """
    approval = APPROVALS.get(approval, approval)
    context = open_context(plan, now)
    prepare_ledger(context.url)
    settle_calendar(context)
    # A resumed run starts from the top and must not draft again: the coordinator approves the draft that was shown.
    resumed = approval == "ui" and (flow_run.run_count or 1) > 1
    period = period or (asked_about(context.plan.id) if resumed else None)
    wanted = context.period(period) if period else _closed_period(context)
    if wanted is None:
        return None
    if approval == "ui" and not resumed:
        if is_asked_already(context.plan.id, wanted):
            get_run_logger().info("%s简报已在等待审定，不再重复送审", wanted.label)
            return None
        mark_as_asking(context.plan.id, wanted)
    stored = load_brief(context.url, context.plan.id, wanted.text)
    if stored is None or (stored.state == "draft" and not resumed):
        stored = _draft(context, wanted)
    if stored.state == "draft":
        written = render_issue(context, wanted, stored)
        answer = _answer(context, wanted, stored, approval, ApprovalAnswer(by or _BY_HAND, issue_no, note))
        if answer is None:
            return brief_result(context, wanted, stored, written)
        if answer.sent_back is not None:
            stored = send_back(context, wanted, stored, answer.by, answer.sent_back)
            return replace(
                brief_result(context, wanted, stored, render_issue(context, wanted, stored)), state=SENT_BACK
            )
        stored = freeze_draft(context, wanted, stored, answer.by, answer.issue_no or stored.issue_no, answer.note)
        events.emit_brief_approved(context.plan.id, wanted.text, stored.issue_no, context.plan.members)
    enter_matters_of(context, wanted, stored)
    written = render_issue(context, wanted, stored)
    return brief_result(context, wanted, stored, written, _send(context, wanted, stored, written))


def _answer(
    context: Context, period: Period, stored: StoredBrief, approval: Approval, by_hand: ApprovalAnswer
) -> ApprovalAnswer | None:
    """The approver's answer: asked for in the UI, given by command, or None where it is left for later."""
    if approval == "later":
        return None
    return by_hand if approval == "given" else _ask(context, period, stored)


def _closed_period(context: Context) -> Period | None:
    text = period_to_brief(read_duties(context.url, context.plan.id), context.today)
    stored = load_brief(context.url, context.plan.id, text) if text else None
    return Period.parse(text) if text and not (stored and stored.state == "frozen") else None


def _draft(context: Context, period: Period) -> StoredBrief:
    if period.months == 12:
        return draft_year(context, period)
    url, plan = context.url, context.plan.id
    duties = [d for d in read_duties(url, plan) if d.period == period.text or d.kind != "progress"]
    if all(duty.period != period.text for duty in duties):
        raise InputError(f"{period.label}还没有应报事项，无从汇总。请先运行：lianxi issue {period.text}")
    standings = standings_for(context, duties, None)
    reported = standings_of_issue(standings, period.text, last_issued(url, plan, period))
    rows, previous = load_accepted_rows(url, plan, period.text), load_previous_rows(url, plan, period.text)
    stored = draft_issue(context, period, reported, rows, previous)
    # Published again, now that it can link to the draft.
    publish_matrix(context, period, [each for each in standings if each.duty.period == period.text])
    return stored


def _ask(context: Context, period: Period, stored: StoredBrief) -> ApprovalAnswer:
    """Suspend until the coordinator answers.

    Asks again while the number is taken, a draft is sent back without a reason, or the draft has changed since it was
    shown.
    """
    trouble = _REDRAFTED if (flow_run.run_count or 1) > 1 else ""
    # Each round suspends once. A resumed run gets its earlier answers back in order, then suspends with a new form. The
    # key binds an answer to the draft it was given on.
    shown = hashlib.sha256(stored.content_json.encode()).hexdigest()[:16]
    for attempt in count(1):
        text = f"{trouble}{_form_text(context, period, stored)}"
        form = BriefApproval.with_initial_data(description=text, issue_no=_number(stored.issue_no))
        answer = suspend_flow_run(wait_for_input=form, timeout=_SUSPENDED_AT_MOST_SECONDS, key=f"{shown}-{attempt}")
        if not answer.approved:
            if answer.remark.strip():
                return ApprovalAnswer(xml_safe(answer.by), sent_back=xml_safe(answer.remark).strip())
            trouble = "**退回修改须在“意见”栏写明理由。**\n\n"
            continue
        number = answer.issue_no or stored.issue_no
        if number_is_free(context.url, context.plan.id, period.text, number):
            return ApprovalAnswer(xml_safe(answer.by), number, xml_safe(answer.note))
        trouble = f"**{stored.year}年第{number}期已用于其他简报，请另填期号。**\n\n"
    raise AssertionError("counting never ends")


def _form_text(context: Context, period: Period, stored: StoredBrief) -> str:
    """The text above the form: links to the draft, and the points to check."""
    word = f"briefs/{stored.plan}/{period.text}/{DRAFT}/简报.docx"
    where = (
        f"请核对{period.label}简报（第{stored.issue_no}期）："
        f"{artifact_link(artifact_key('brief', stored.plan, period.text), '全文')}、"
        f"{file_link(files_base_url(context.settings), word, 'Word 文件')}。\n\n"
    )
    return where + checks_markdown(from_json(stored.content_json))


def _send(context: Context, period: Period, frozen: StoredBrief, written: tuple[WrittenFile, ...]) -> Posted:
    """Send the approved brief to the members. Letters are keyed by the day of approval: a second run adds none."""
    on = (frozen.frozen_at or context.now).date()
    contacts = contacts_on(context.url, context.plan.id, on)
    units = [member.name for name in context.plan.members for member in context.county.members(name, on)]
    # The register of decisions is the office's own working paper.
    files = tuple(Attachment.in_data(each.path) for each in written if not each.path.endswith(DECISIONS_FILE))
    issue = ApprovedIssue(context.settings.brief.name, frozen.issue_no, period, on, files)
    return send_letters(context, brief_notices(issue, units, contacts, LetterBuilder.of(context)))
