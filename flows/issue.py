"""发放报表: the duties of a period, each unit's workbook into the share, a notice by mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prefect import flow

from config.calendar import Period
from config.plan_file import is_draft
from flows.context import open_context
from flows.steps.nothing_due import nothing_to_do
from flows.steps.results import Posted
from flows.steps.send_letters import send_letters
from flows.steps.settle_calendar import settle_calendar
from flows.steps.standings import standings_of
from flows.ui.artifacts import publish_matrix
from flows.ui.forms import NOW, PERIOD, PLAN, run_name
from tasks.issue.duties_due import duties_of
from tasks.issue.task import issue_workbooks_task
from tasks.mail.event_letters import issue_notices
from tasks.mail.letter_builder import LetterBuilder
from tasks.model.letter import Attachment, Letter
from tasks.model.run_context import Context
from tasks.model.submission import Duty
from tasks.store.accepted_rows import contacts_on, load_previous_rows
from tasks.store.duty_table import write_duties
from tasks.store.meeting_matters import load_matters
from tasks.store.outbox import letter_records
from tasks.store.submissions import load_received
from tasks.store.task import prepare_ledger

_NOTICE = "发放"
_SAID = ("ready", "sending", "sent", "uncertain", "failed")


@dataclass(frozen=True, slots=True)
class Issued:
    """What one run issued: the periods, how many duties, how many of them new or changed, and the notices."""

    periods: tuple[str, ...]
    duties: int
    new: int
    posted: Posted


@flow(name="发放报表", flow_run_name=run_name)
def issue(period: str | None = PERIOD, plan: str | None = PLAN, now: str | None = NOW) -> Issued:
    """Issue the workbooks of one period; without `period`, of this month, and of the year if it opens now.

    Running it again changes nothing: duties, workbooks and notices that exist stay as they are. For a period without
    duties and for an unconfirmed plan a scheduled run completes with the reason; any other raises InputError.
    """
    context = open_context(plan, now)
    if reason := _unconfirmed(context):
        return _nothing_issued(reason)
    prepare_ledger(context.url)
    settle_calendar(context)
    due = {each: _duties(context, each, only_opening=period is None) for each in _periods(context, period)}
    if not any(due.values()):
        labels = "、".join(each.label for each in due)
        return _nothing_issued(f"{labels}没有应报事项：方案“{context.plan.id}”在这一期间不要求报送")
    new = 0
    letters: list[Letter] = []
    for each, duties in due.items():
        if duties:
            new += write_duties(context.url, duties)
            letters += _issue_one(context, each, duties)
            publish_matrix(context, each, standings_of(context, each.text))
    periods = tuple(each.text for each, duties in due.items() if duties)
    return Issued(periods, sum(map(len, due.values())), new, send_letters(context, letters))


def _unconfirmed(context: Context) -> str:
    """What to do about a plan that is still a draft; empty where a person has confirmed it."""
    plan = context.plan
    if not is_draft(context.settings.config / "plans" / f"{plan.id}.toml"):
        return ""
    return (
        f"方案“{plan.id}”还是草稿，没有人核对过，不能正式发放。请先核对 {context.data / 'register' / plan.id} 里的草稿和摘要，"
        f"再确认：lianxi register 文件 --plan {plan.id} --county {plan.county} --confirm（网页上是“登记方案”）"
    )


def _nothing_issued(reason: str) -> Issued:
    return nothing_to_do(reason, Issued((), 0, 0, Posted()))


def _periods(context: Context, text: str | None) -> tuple[Period, ...]:
    named = context.period(text)
    return (named,) if text else (named, Period.parse(f"{context.now:%Y}"))


def _duties(context: Context, period: Period, *, only_opening: bool) -> tuple[Duty, ...]:
    """The duties of a period; `only_opening` leaves out those that do not open in this month, as the year's mostly do not."""
    duties = duties_of(context, period)
    return tuple(duty for duty in duties if not only_opening or _opens_now(context, period, duty))


def _opens_now(context: Context, period: Period, duty: Duty) -> bool:
    """Whether a duty opens in this month, or would but for the days off at the month's end."""
    month = Period.of(context.today)
    if month.contains(duty.opens):
        return True
    return period == month and duty.opens == context.calendar.shift(month.next().start, "next_workday")


def _issue_one(context: Context, period: Period, duties: Sequence[Duty]) -> tuple[Letter, ...]:
    """Put the workbooks of one period into the share; returns the notices."""
    url, plan = context.url, context.plan.id
    previous = load_previous_rows(url, plan, period.text)
    contacts = contacts_on(url, plan, context.today)
    before = load_received(url, plan, period.previous().text)
    written = issue_workbooks_task(duties, context, previous, contacts, before, load_matters(url, plan))
    attached = {duty.key: (Attachment.in_share(file.path),) for duty, file in zip(duties, written, strict=True)}
    notices = issue_notices(duties, contacts, LetterBuilder.of(context), context.today, attached)
    return _not_sent_before(context, notices)


def _not_sent_before(context: Context, notices: Sequence[Letter]) -> tuple[Letter, ...]:
    """The notices without those sent under another day. A notice is keyed by the day on which its duties open, and that
    day may move once the holidays of a year are known.
    """
    sent = {
        (each.unit, each.duty): each.day
        for each in letter_records(context.url, context.plan.id, _SAID)
        if each.rung == _NOTICE and not (each.rehearsed and context.settings.mail.mode == "send")
    }
    return tuple(each for each in notices if sent.get((each.unit, each.duty), each.day) == each.day)
