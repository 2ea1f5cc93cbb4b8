"""登记议定事项: the meeting's decisions, entered, updated and closed (销号) through a form.

The workbook that goes with each issue (议定事项登记表) does the same; both end in the same ledger, and the next brief
follows what is open there.
"""

from __future__ import annotations

from dataclasses import dataclass

from prefect import flow

from config.calendar import Period
from flows.context import open_context
from flows.steps.audit_trail import note_head
from flows.steps.brief_history import frozen
from flows.ui.artifacts import publish_matters
from flows.ui.forms import BY, NOW, PLAN, Words, field, run_name
from tasks.brief.decision_form import DecisionEntry, matter_of
from tasks.brief.writers.decisions_workbook import FIRST_FREE_NUMBER
from tasks.model.meeting import Matter
from tasks.model.run_context import Context
from tasks.store.meeting_matters import ChangedBy, change_matters, enter_decision, load_matters
from tasks.store.task import prepare_ledger

_NO = field("编号", "更新或销号时填已有事项的编号，如 议2023-10-1；新的议定事项留空，自动编号", "")
_WORDS = field("议定事项", "会议议定的内容，如 拨付消费券补贴资金；更新已有事项可留空", "")
_OWNER = field("责任单位", "单位名册中的名称或简称，几个单位用顿号隔开", "")
_DUE = field("办结期限", "如 2023-11-30", "")
_PROGRESS = field("办理情况", "责任单位报告的进展", "")
_CLOSED_ON = field("销号日期", "办结的填实际办结日期，如 2023-11-28；未办结留空", "")
_PERIOD = field("期间", "会议研究的是哪一期，如 2023-10；留空为最近一期已印发的简报")


@dataclass(frozen=True, slots=True)
class DecidedMatter:
    """The matter as entered or changed, and all matters of the plan."""

    matter: Matter
    matters: tuple[Matter, ...]


@flow(name="登记议定事项", flow_run_name=run_name)
def decide(
    words: Words = _WORDS,
    owner: Words = _OWNER,
    due: Words = _DUE,
    no: Words = _NO,
    progress: Words = _PROGRESS,
    closed_on: Words = _CLOSED_ON,
    period: str | None = _PERIOD,
    by: Words = BY,
    plan: str | None = PLAN,
    now: str | None = NOW,
) -> DecidedMatter:
    """Enter a decision, or update the matter numbered `no`; with `closed_on` the matter is closed for good.

    Raises InputError for an entry that cannot be used; nothing is changed then.
    """
    context = open_context(plan, now)
    prepare_ledger(context.url)
    known = load_matters(context.url, context.plan.id)
    entry = DecisionEntry(no=no, words=words, owner=owner, due=due, progress=progress, closed_on=closed_on)
    decided = matter_of(entry, _period(context, period), known, context.county, context.today)
    no = _save(context, decided, ChangedBy(by))
    note_head(context.url, context.data)
    matters = load_matters(context.url, context.plan.id)
    publish_matters(context.plan.id, matters, context.today)
    return DecidedMatter(next(matter for matter in matters if matter.no == no), matters)


def _save(context: Context, decided: Matter, changed_by: ChangedBy) -> str:
    """Save the decision under its number, or under the next free one; returns the number."""
    url, plan, now = context.url, context.plan.id, context.now
    if not decided.no:
        return enter_decision(url, plan, decided, FIRST_FREE_NUMBER, changed_by, now).no
    change_matters(url, plan, [decided], changed_by, now)
    return decided.no


def _period(context: Context, period: str | None) -> str:
    """The period named in the form, else that of the last month's issue, else this month."""
    if period:
        return context.period(period).text
    issued = [one.period for one in frozen(context.url, context.plan.id) if Period.parse(one.period).months == 1]
    return max(issued, default=context.period(None).text)
