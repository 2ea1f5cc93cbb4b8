"""发放报表: the duties of a period, each unit's workbook into the share, a notice by mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prefect import flow

from config.calendar import Period
from config.plan_file import is_draft
from flows.context import open_context
from flows.steps.nothing_due import nothing_to_do
from flows.steps.send_letters import Posted, send_letters
from flows.steps.settle_calendar import settle_calendar
from flows.steps.standings import standings_of
from flows.ui.artifacts import publish_matrix
from flows.ui.forms import NOW, PERIOD, PLAN, run_name
from tasks.issue.task import duties_task, issue_task
from tasks.mail.task import write_issue_notices
from tasks.model.context import Context
from tasks.model.letter import Letter
from tasks.model.submission import Duty
from tasks.store.meeting_matters import load_matters
from tasks.store.outbox import letter_records
from tasks.store.task import load_contacts, load_rows, load_submissions, prepare_ledger, save_duties

_NOTICE = "发放"
_SAID = ("ready", "sending", "sent", "uncertain", "failed")


@dataclass(frozen=True, slots=True)
class Issued:
    """What one run gave out: periods, duties in all, new or changed ones, workbooks, and the notices."""

    periods: tuple[str, ...]
    duties: int
    new: int
    posted: Posted


@flow(name="发放报表", flow_run_name=run_name)
def issue(period: str | None = PERIOD, plan: str | None = PLAN, now: str | None = NOW) -> Issued:
    """Give out the workbooks of one period; where `period` is empty, of the month and of the year if it opens now.

    Running it again changes nothing: duties, workbooks and notices that are there already stay as they are.
    Raises InputError for a period in which the plan asks nobody for anything, and for a plan that nobody confirmed;
    by the schedule such a run is done, and says why: a month in which nobody is to be asked is no failure.
    """
    context = open_context(plan, now)
    if told := _unconfirmed(context):
        return _nobody_is_asked(told)
    prepare_ledger(context.url)
    settle_calendar(context)
    dealt = {each: _duties(context, each, only_opening=period is None) for each in _periods(context, period)}
    if not any(dealt.values()):
        asked = "、".join(each.label for each in dealt)
        return _nobody_is_asked(f"{asked}没有应报事项：方案“{context.plan.id}”在这一期间不要求报送")
    new = 0
    letters: list[Letter] = []
    for each, duties in dealt.items():
        if duties:
            new += save_duties(context.url, duties, label=each.label)
            letters += _give_out(context, each, duties)
            publish_matrix(context, each, standings_of(context, each.text, each.label))
    periods = tuple(each.text for each, duties in dealt.items() if duties)
    return Issued(periods, sum(map(len, dealt.values())), new, send_letters(context, letters))


def _unconfirmed(context: Context) -> str:
    """What to do about a plan that is still a draft; nothing where a person has confirmed it."""
    plan = context.plan
    if not is_draft(context.settings.config / "plans" / f"{plan.id}.toml"):
        return ""
    return (
        f"方案“{plan.id}”还是草稿，没有人核对过，不能正式发放。请先核对 {context.data / 'register' / plan.id} 里的草稿和摘要，"
        f"再确认：lianxi register 文件 --plan {plan.id} --county {plan.county} --confirm（网页上是“登记方案”）"
    )


def _nobody_is_asked(told: str) -> Issued:
    return nothing_to_do(told, Issued((), 0, 0, Posted()))


def _periods(context: Context, text: str | None) -> tuple[Period, ...]:
    named = context.period(text)
    return (named,) if text else (named, Period.parse(f"{context.now:%Y}"))


def _duties(context: Context, period: Period, *, only_opening: bool) -> tuple[Duty, ...]:
    """The duties of a period; by the schedule only those that open in this month, for the year's open in its last."""
    duties = duties_task(context.plan, context.county, period, context.calendar, context.settings, label=period.label)
    return tuple(duty for duty in duties if not only_opening or _opens_now(context, period, duty))


def _opens_now(context: Context, period: Period, duty: Duty) -> bool:
    """Whether a duty opens in this month, or would but for the days off at the month's end."""
    month = Period.of(context.today)
    if month.contains(duty.opens):
        return True
    return period == month and duty.opens == context.calendar.shift(month.next().start, "next_workday")


def _give_out(context: Context, period: Period, duties: Sequence[Duty]) -> tuple[Letter, ...]:
    """The workbooks into the share; returns the notices."""
    _, previous = load_rows(context.url, context.plan.id, period.text, label=period.label)
    contacts = load_contacts(context.url, context.plan.id, context.now.date(), label=period.label)
    before = load_submissions(context.url, context.plan.id, period.previous().text, label=period.label)
    matters = load_matters(context.url, context.plan.id)
    plan, county, share = context.plan, context.county, context.exchange
    workbooks = issue_task(
        duties,
        plan,
        county,
        context.layout,
        previous,
        contacts,
        context.secret,
        share,
        before,
        matters,
        label=period.label,
    )
    letters = write_issue_notices(duties, workbooks, contacts, plan, county, context.now, label=period.label)
    return _not_told_before(context, letters)


def _not_told_before(context: Context, letters: Sequence[Letter]) -> tuple[Letter, ...]:
    """Without notices that left under another day. A notice bears the day on which its duties open, and the holidays of
    a year may move that day once they are known.
    """
    told = {
        (each.unit, each.duty): each.day
        for each in letter_records(context.url, context.plan.id, _SAID)
        if each.rung == _NOTICE and not (each.rehearsed and context.settings.mail.mode == "send")
    }
    return tuple(each for each in letters if told.get((each.unit, each.duty), each.day) == each.day)
