"""The Prefect coat of the brief stage: decorator, log, one call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from config.calendar import Period
from config.county import County
from config.plan import Plan
from config.settings import PrefectureSettings, Settings
from tasks.brief.background import BriefBackground
from tasks.brief.brief_document import Brief
from tasks.brief.brief_json import to_json
from tasks.brief.cited_originals import copy_cited
from tasks.brief.compose import compose_content
from tasks.brief.compose_annual import compose_annual
from tasks.brief.compose_counties import compose_counties
from tasks.brief.render import write_brief_files, write_counties, write_meeting, write_pdf_beside
from tasks.brief.writers.markdown import to_markdown
from tasks.errors import RetryableError
from tasks.model.county_tally import CountyLine, UnreadablePlan
from tasks.model.letter import Supervision
from tasks.model.progress import RollUp
from tasks.model.submission import Standing, Submission, WrittenFile


@task(name="编写简报", task_run_name="编写简报 {label}", cache_policy=NO_CACHE)
def compose_brief(
    rollup: RollUp,
    plan: Plan,
    county: County,
    settings: Settings,
    issue_no: int,
    now: dt.datetime,
    annals: BriefBackground,
    *,
    label: str,
) -> str:
    """The brief of a period as JSON (`tasks.brief.brief_document.from_json` reads it)."""
    brief = compose_content(rollup, plan, county, settings, issue_no, now, annals)
    told = (brief.name, issue_no, len(brief.blocks), len(brief.sources), len(brief.checks))
    get_run_logger().info("%s第%d期：%d段、%d处数据来源，送审时须核对%d项", *told)
    return to_json(brief)


@task(name="编写年度总结", task_run_name="编写年度总结 {label}", cache_policy=NO_CACHE)
def compose_summary(
    year: Period,
    annals: BriefBackground,
    standings: Sequence[Standing],
    plan: Plan,
    county: County,
    settings: Settings,
    issue_no: int,
    now: dt.datetime,
    *,
    label: str,
) -> str:
    """The year's summary as JSON; see `annual.compose_annual`."""
    made = compose_annual(year, annals, standings, plan, county, settings, issue_no, now)
    get_run_logger().info("%s：根据%d期简报编写年度总结，送审时须核对%d项", label, len(annals.issues), len(made.checks))
    return to_json(made)


@task(name="生成文件", task_run_name="生成文件 {label}", retries=2, retry_delay_seconds=[2, 10], cache_policy=NO_CACHE)
def render_brief(
    brief: Brief, folder: Path, data: Path, register: bool = False, pdf: bool = False, *, label: str
) -> tuple[WrittenFile, ...]:
    """Word, HTML, the ledger and the meeting's papers of one issue, in `folder`; paths relative to `data`.

    `register` adds the register of decisions, `pdf` a PDF where LibreOffice is present; its absence is said in the log.
    """
    written = [*write_brief_files(brief, folder, data), *write_meeting(brief, folder, data, register=register)]
    try:
        made = write_pdf_beside(folder, data) if pdf else None
        trouble = "本机没有 LibreOffice，未生成 PDF；Word 文件不受影响"
    except RetryableError as error:
        # An approved issue goes out on its day: whoever wants the PDF runs the same command again.
        made, trouble = None, str(error)
    if made:
        written.append(made)
    elif pdf:
        get_run_logger().warning("%s：%s", label, trouble)
    get_run_logger().info("已生成：%s", "、".join(file.path for file in written))
    return tuple(written)


@task(name="备份原件", task_run_name="备份原件 {label}", cache_policy=NO_CACHE)
def copy_originals(
    brief: Brief, submissions: Sequence[Submission], places: Mapping[int, str], data: Path, *, label: str
) -> int:
    """See `originals.copy_cited`."""
    copied = copy_cited(brief, submissions, places, data)
    get_run_logger().info("%s：新备份所引原件 %d 份", label, copied)
    return copied


@task(name="制作督办单", task_run_name="制作督办单 {label}", cache_policy=NO_CACHE)
def write_supervision_forms(
    supervisions: Sequence[Supervision], folder: Path, data: Path, *, label: str
) -> tuple[WrittenFile, ...]:
    """See `supervision.write_forms`."""
    # Imported here: most mornings nobody has come as far as the red rung.
    from tasks.brief.writers.supervision_form import write_forms

    return write_forms(supervisions, folder, data)


@task(name="编写各县情况", task_run_name="编写各县情况 {label}", cache_policy=NO_CACHE)
def render_counties(
    period: Period,
    lines: Sequence[CountyLine],
    untold: Sequence[UnreadablePlan],
    office: PrefectureSettings,
    now: dt.datetime,
    folder: Path,
    data: Path,
    *,
    label: str,
) -> tuple[str, tuple[WrittenFile, ...]]:
    """The prefecture's issue: its text in Markdown, and its files in `folder`, paths relative to `data`."""
    issue = compose_counties(period, lines, untold, office, now)
    written = write_counties(issue, folder, data)
    get_run_logger().info("%s：%d个县（市），%d个未能汇总", label, len(lines), len(untold))
    return to_markdown(issue), written
