"""Prefect tasks of the brief stage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from config.calendar import Period
from config.settings import PrefectureSettings
from tasks.brief.brief_document import Brief
from tasks.brief.compose import compose_content
from tasks.brief.compose_annual import compose_annual
from tasks.brief.compose_counties import compose_counties
from tasks.brief.render import write_counties, write_issue
from tasks.brief.writers.markdown import to_markdown
from tasks.model.county_tally import CountyLine, UnreadablePlan
from tasks.model.submission import WrittenFile
from tasks.task import as_task


def _summary(made: Brief) -> str:
    counts = f"{len(made.blocks)}段、{len(made.sources)}处数据来源，送审时须核对{len(made.checks)}项"
    return f"{made.name}第{made.issue_no}期：{counts}"


compose_brief = as_task(compose_content, "编写简报", run_name="编写简报 {rollup.period}", log=_summary)
compose_summary = as_task(compose_annual, "编写年度总结", run_name="编写年度总结 {year.label}", log=_summary)
render_brief = as_task(
    write_issue,
    "生成文件",
    run_name="生成文件 {brief.period}",
    log=lambda made: "；".join(filter(None, [made.trouble, "、".join(each.path for each in made.files)])),
    retries=True,
)


def _render_counties(
    period: Period,
    lines: Sequence[CountyLine],
    unreadable: Sequence[UnreadablePlan],
    office: PrefectureSettings,
    now: datetime,
    folder: Path,
    data: Path,
) -> tuple[str, tuple[WrittenFile, ...]]:
    """The prefecture's issue: its text in Markdown, and its files in `folder`, paths relative to `data`."""
    issue = compose_counties(period, lines, unreadable, office, now)
    return to_markdown(issue), write_counties(issue, folder, data)


render_counties = as_task(_render_counties, "编写各县情况", run_name="编写各县情况 {period.label}")
