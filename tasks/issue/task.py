"""The Prefect coat of issuing: names, a log line, one call each. No decisions here."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from config.calendar import Period, WorkCalendar
from config.county import County
from config.plan import Plan
from config.settings import Settings
from config.workbook import WorkbookLayout
from tasks.issue.duties_due import duties_of
from tasks.issue.place_workbook import make_folders, place_workbook
from tasks.model.meeting import Matter
from tasks.model.submission import Contact, Duty, ProgressRow, Submission, WrittenFile
from tasks.storage.share import Share


@task(name="分派任务", task_run_name="分派任务 {label}", cache_policy=NO_CACHE)
def duties_task(
    plan: Plan, county: County, period: Period, calendar: WorkCalendar, settings: Settings, *, label: str
) -> tuple[Duty, ...]:
    """The duties of one period; see `duties.duties_of`."""
    duties = duties_of(plan, county, period, calendar, settings)
    get_run_logger().info(
        "%s：%d 家单位，%d 项报送任务", period.label, len({duty.unit for duty in duties}), len(duties)
    )
    return duties


@task(name="发放", task_run_name="发放 {label}", retries=2, retry_delay_seconds=[2, 10], cache_policy=NO_CACHE)
def issue_task(
    duties: Sequence[Duty],
    plan: Plan,
    county: County,
    layout: WorkbookLayout,
    previous: Sequence[ProgressRow],
    contacts: Sequence[Contact],
    secret: bytes,
    share: Share,
    received: Sequence[Submission] = (),
    matters: Sequence[Matter] = (),
    *,
    label: str,
) -> tuple[WrittenFile, ...]:
    """Build and place the workbook of every duty; one result per duty, in order. Paths are relative to the share.

    `received` are the reports of the period before and `matters` those of the meeting: what is open goes along.
    """
    # Imported here: the writer is needed on the days of issue only.
    from tasks.issue.build_workbook import build_workbook
    from tasks.issue.open_items import open_items_of

    make_folders(share, (duty.unit for duty in duties))
    written = []
    for duty in duties:
        items = open_items_of(duty, received, matters)
        content = build_workbook(duty, plan, county, layout, previous, contacts, secret, items)
        written.append(place_workbook(share, duty, content))
    get_run_logger().info("%s：发放报表 %d 份", label, len(written))
    return tuple(written)
