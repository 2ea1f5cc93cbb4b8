"""The Prefect coat of this stage: name, log line, one call.

Opening and closing a single letter (`outbox.mark_sending`, `outbox.close`) has no coat: a task run costs more than it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from tasks.errors import RetryableError
from tasks.model.letter import Letter
from tasks.model.meeting import DecisionsRegister, Matter
from tasks.model.seen_files import SeenFiles
from tasks.model.submission import (
    AnsweredQuery,
    Contact,
    Duty,
    Original,
    PreviousVersion,
    ProgressRow,
    Submission,
    Verdict,
    WrittenFile,
)
from tasks.model.words import Kind
from tasks.store import (
    accepted_rows,
    brief_issues,
    duty_table,
    meeting_matters,
    migrate,
    originals,
    outbox,
    pending,
    previous_versions,
    settled_queries,
    submissions,
)
from tasks.store.compare_versions import Comparison
from tasks.store.record_verdicts import write_verdicts


async def _is_passing(_task: Any, _run: Any, state: State[Any]) -> bool:
    """Only a busy or absent database is worth another try; anything else fails the same way again."""
    return isinstance(await state.aresult(raise_on_failure=False), RetryableError)


_PATIENT: dict[str, Any] = {
    "retries": 2,
    "retry_delay_seconds": [2, 10],
    "retry_condition_fn": _is_passing,
    "cache_policy": NO_CACHE,
}


@task(name="准备台账", **_PATIENT)
def prepare_ledger(url: str) -> None:
    """See `database.migrate`."""
    migrate.migrate(url)
    get_run_logger().info("台账已就绪")


@task(name="登记任务", task_run_name="登记任务 {label}", **_PATIENT)
def save_duties(url: str, given: Sequence[Duty], *, label: str) -> int:
    """See `duties.save_duties`."""
    changed = duty_table.write_duties(url, given)
    get_run_logger().info("%s：任务 %d 项，新增或变动 %d 项", label, len(given), changed)
    return changed


@task(name="调取任务", task_run_name="调取任务 {label}", **_PATIENT)
def load_duties(
    url: str, plan: str, period: str | None = None, units: Collection[str] | None = None, *, label: str
) -> tuple[Duty, ...]:
    """See `duties.load_duties`."""
    found = duty_table.read_duties(url, plan, period, units)
    get_run_logger().info("%s：任务 %d 项", label, len(found))
    return found


@task(name="调取分工", task_run_name="调取分工 {label}", **_PATIENT)
def load_reporting(
    url: str, plan: str, kinds: Collection[Kind], *, label: str
) -> Mapping[tuple[str, ...], Collection[str]]:
    """See `duties.reporting`."""
    found = duty_table.reporting_units(url, plan, kinds)
    get_run_logger().info("%s：措施组合 %d 种", label, len(found))
    return found


@task(name="核对已收文件", task_run_name="核对已收文件 {label}", **_PATIENT)
def known_files(url: str, plan: str, *, label: str) -> SeenFiles:
    """See `claims.known_files`."""
    known = originals.load_known_files(url, plan)
    get_run_logger().info("%s：已收过 %d 个文件", label, len(known))
    return known


@task(name="登记来件", task_run_name="登记来件 {label}", **_PATIENT)
def claim_originals(
    url: str, originals: Sequence[Original], now: dt.datetime, plan: str, *, label: str
) -> pending.PendingOriginals:
    """See `waiting.claim_originals`."""
    found = pending.claim_pending_originals(url, originals, now, plan)
    get_run_logger().info("%s：新到 %d 件，待审核 %d 件", label, len(originals), len(found))
    return found


@task(name="记入台账", task_run_name="记入台账 {label}", **_PATIENT)
def record_verdicts(
    url: str, given: Sequence[Verdict], now: dt.datetime, by: Comparison | None = None, *, label: str
) -> tuple[Submission, ...]:
    """See `verdicts.record_verdicts`."""
    made = write_verdicts(url, given, now, by)
    accepted = sum(one.state == "accepted" for one in made)
    get_run_logger().info("%s：入账 %d 件，其中受理 %d 件", label, len(made), accepted)
    return made


@task(name="查找待答复来件", task_run_name="查找待答复来件 {label}", **_PATIENT)
def unanswered(url: str, plan: str, after: int = 0, most: int | None = None, *, label: str) -> tuple[Submission, ...]:
    """See `submissions.unanswered`."""
    found = submissions.load_unanswered(url, plan, after, most)
    get_run_logger().info("%s：待答复 %d 件", label, len(found))
    return found


@task(name="比对版本", task_run_name="比对版本 {label}", **_PATIENT)
def load_precedents(url: str, given: Sequence[Submission], *, label: str) -> dict[int, PreviousVersion]:
    """See `precedents.precedents`."""
    found = previous_versions.load_previous_versions(url, given)
    get_run_logger().info("%s：此前已有受理版本的 %d 件", label, len(found))
    return found


@task(name="登记答复", task_run_name="登记答复 {label}", **_PATIENT)
def record_replies(
    url: str, replies: Sequence[tuple[int, WrittenFile | None]], now: dt.datetime, *, label: str
) -> None:
    """See `submissions.record_replies`."""
    submissions.record_reply_rows(url, replies, now)
    get_run_logger().info("%s：已答复 %d 件", label, len(replies))


@task(name="调取来件", task_run_name="调取来件 {label}", **_PATIENT)
def load_submissions(url: str, plan: str, period: str | None = None, *, label: str) -> tuple[Submission, ...]:
    """See `submissions.submissions`."""
    found = submissions.load_received(url, plan, period)
    get_run_logger().info("%s：来件 %d 件", label, len(found))
    return found


@task(name="调取数据", task_run_name="调取数据 {label}", **_PATIENT)
def load_rows(
    url: str, plan: str, period: str, *, label: str
) -> tuple[tuple[ProgressRow, ...], tuple[ProgressRow, ...]]:
    """The rows in force for a period and the last ones before it; see `rows.accepted_rows` and `rows.previous_rows`."""
    accepted, previous = (
        accepted_rows.load_accepted_rows(url, plan, period),
        accepted_rows.load_previous_rows(url, plan, period),
    )
    get_run_logger().info("%s：本期数据 %d 行，上期数据 %d 行", label, len(accepted), len(previous))
    return accepted, previous


@task(name="调取上期数据", task_run_name="调取上期数据 {label}", **_PATIENT)
def load_previous(
    url: str, plan: str, periods: Collection[str], units: Collection[str], *, label: str
) -> tuple[ProgressRow, ...]:
    """The last rows before each of these periods, of these units alone: what judging one chunk needs."""
    found = tuple(
        row for period in sorted(periods) for row in accepted_rows.load_previous_rows(url, plan, period, units)
    )
    get_run_logger().info("%s：上期数据 %d 行", label, len(found))
    return found


@task(name="调取已作说明", task_run_name="调取已作说明 {label}", **_PATIENT)
def load_answered(
    url: str, plan: str, periods: Collection[str], units: Collection[str], *, label: str
) -> dict[str, frozenset[AnsweredQuery]]:
    """What these units have explained; see `answered.answered`."""
    found = settled_queries.load_answered_queries(url, plan, periods, units)
    get_run_logger().info("%s：已作说明的单位 %d 家", label, len(found))
    return found


@task(name="调取联系人", task_run_name="调取联系人 {label}", **_PATIENT)
def load_contacts(url: str, plan: str, on: dt.date, *, label: str) -> tuple[Contact, ...]:
    """See `rows.contacts`."""
    found = accepted_rows.contacts_on(url, plan, on)
    get_run_logger().info("%s：联系人 %d 名", label, len(found))
    return found


@task(name="存入发件箱", task_run_name="存入发件箱 {label}", **_PATIENT)
def enqueue(url: str, letters: Sequence[Letter], now: dt.datetime, *, label: str) -> tuple[Letter, ...]:
    """See `outbox.enqueue`."""
    new = outbox.enqueue_letters(url, letters, now)
    get_run_logger().info("%s：新信件 %d 封", label, len(new))
    return new


@task(name="取待发信件", task_run_name="取待发信件 {label}", **_PATIENT)
def ready_letters(
    url: str,
    plan: str,
    now: dt.datetime,
    policy: outbox.UncertainPolicy = "resend",
    patience: outbox.Patience = outbox.PATIENCE,
    *,
    label: str,
) -> tuple[Letter, ...]:
    """See `outbox.ready`."""
    found = outbox.load_ready_letters(url, plan, now, policy, patience)
    get_run_logger().info("%s：待发信件 %d 封", label, len(found))
    return found


@task(name="保存简报草稿", task_run_name="保存简报草稿 {label}", **_PATIENT)
def save_draft(
    url: str, plan: str, period: str, issue_no: int, content_json: str, now: dt.datetime, *, label: str
) -> brief_issues.StoredBrief:
    """See `briefs.save_draft`."""
    stored = brief_issues.save_brief_draft(url, plan, period, issue_no, content_json, now)
    get_run_logger().info("%s：第%d期草稿已保存", label, stored.issue_no)
    return stored


@task(name="简报定稿", task_run_name="简报定稿 {label}", **_PATIENT)
def freeze_brief(
    url: str,
    plan: str,
    period: str,
    by: str,
    now: dt.datetime,
    issue_no: int | None = None,
    content_json: str | None = None,
    *,
    label: str,
) -> brief_issues.StoredBrief:
    """See `briefs.freeze`."""
    stored = brief_issues.freeze_issue(url, plan, period, by, now, issue_no=issue_no, content_json=content_json)
    get_run_logger().info("%s：第%d期已定稿", label, stored.issue_no)
    return stored


@task(name="调取历月数据", task_run_name="调取历月数据 {label}", **_PATIENT)
def load_months(
    url: str, plan: str, periods: Sequence[str], *, label: str
) -> dict[str, tuple[tuple[ProgressRow, ...], tuple[ProgressRow, ...]]]:
    """Of each period: the rows in force now, and the last ones before it."""
    found = {
        one: (accepted_rows.load_accepted_rows(url, plan, one), accepted_rows.load_previous_rows(url, plan, one))
        for one in periods
    }
    get_run_logger().info("%s：此前 %d 个月的数据", label, len(found))
    return found


@task(name="登记会议事项", task_run_name="登记会议事项 {label}", **_PATIENT)
def keep_matters(
    url: str,
    plan: str,
    raised: Sequence[Matter],
    registers: Sequence[DecisionsRegister],
    now: dt.datetime,
    *,
    label: str,
) -> tuple[Matter, ...]:
    """Enter what a brief raised, take over what was entered in registers, return all; see `meeting`."""
    new = meeting_matters.enter_matters(url, plan, raised, now) if raised else 0
    changed = sum(meeting_matters.apply_register(url, plan, each, now) for each in registers)
    found = meeting_matters.load_matters(url, plan)
    get_run_logger().info("%s：会议事项 %d 项，新增 %d 项，变动 %d 项", label, len(found), new, changed)
    return found


@task(name="登记议定事项", task_run_name="登记议定事项 {label}", **_PATIENT)
def settle_matter(
    url: str, plan: str, matter: Matter, first_number: int, by: str, now: dt.datetime, *, label: str
) -> tuple[Matter, ...]:
    """Enter a decision, or change the matter whose number it bears, and return all; see `meeting`."""
    if matter.no:
        meeting_matters.change_matters(url, plan, [matter], meeting_matters.ChangedBy(by), now)
    else:
        matter = meeting_matters.enter_decision(url, plan, matter, first_number, meeting_matters.ChangedBy(by), now)
    get_run_logger().info("%s：已登记 %s", label, matter.no)
    return meeting_matters.load_matters(url, plan)
