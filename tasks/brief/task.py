"""The Prefect coat of the brief stage: decorator, log, one call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from config.county import County
from config.plan import Plan
from config.settings import Settings
from tasks.brief.content import compose
from tasks.brief.render import write_all
from tasks.brief.value import Brief, to_json
from tasks.shapes import RollUp, Supervision, Written


@task(name="编写简报", task_run_name="编写简报 {label}", cache_policy=NO_CACHE)
def compose_brief(
    rollup: RollUp, plan: Plan, county: County, settings: Settings, issue_no: int, now: dt.datetime, *, label: str
) -> str:
    """The brief of a period as JSON (`tasks.brief.value.from_json` reads it)."""
    brief = compose(rollup, plan, county, settings, issue_no, now)
    get_run_logger().info("%s第%d期：%d段、%d处数据来源", brief.name, issue_no, len(brief.blocks), len(brief.sources))
    return to_json(brief)


@task(name="生成文件", task_run_name="生成文件 {label}", retries=2, retry_delay_seconds=[2, 10], cache_policy=NO_CACHE)
def render_brief(brief: Brief, folder: Path, data: Path, *, label: str) -> tuple[Written, ...]:
    """Word, HTML and the ledger of one issue, in `folder`; paths relative to `data`."""
    written = write_all(brief, folder, data)
    get_run_logger().info("已生成：%s", "、".join(file.path for file in written))
    return written


@task(name="制作督办单", task_run_name="制作督办单 {label}", cache_policy=NO_CACHE)
def write_supervision_forms(
    supervisions: Sequence[Supervision], folder: Path, data: Path, *, label: str
) -> tuple[Written, ...]:
    """See `supervision.write_forms`."""
    # Imported here: most mornings nobody has come as far as the red rung.
    from tasks.brief.supervision import write_forms

    return write_forms(supervisions, folder, data)
