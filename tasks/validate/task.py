"""The Prefect coat of validating: name, retries, a log line, one call."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from config.county import County
from config.plan import Plan
from config.settings import Settings
from config.workbook import WorkbookLayout
from tasks.model.submission import AnsweredQuery, Duty, ProgressRow, Reading, Verdict
from tasks.validate.judge import judge


@task(name="校验", task_run_name="校验 {label}", retries=2, retry_delay_seconds=[2, 10], cache_policy=NO_CACHE)
def judge_chunk(
    readings: Sequence[Reading],
    plan: Plan,
    county: County,
    layout: WorkbookLayout,
    duties: Sequence[Duty],
    previous: Sequence[ProgressRow],
    settings: Settings,
    answered: Mapping[str, frozenset[AnsweredQuery]] | None = None,
    *,
    label: str,
) -> tuple[Verdict, ...]:
    """See `verdicts.judge`."""
    verdicts = judge(readings, plan, county, layout, duties, previous, settings, answered)
    states = Counter(verdict.state for verdict in verdicts)
    get_run_logger().info("%s：%s", label, "，".join(f"{state} {count}" for state, count in sorted(states.items())))
    return verdicts


@task(name="更新质量文档", task_run_name="更新质量文档 {label}", cache_policy=NO_CACHE)
def keep_docs(files: int, caught: Mapping[str, int], folder: Path, now: dt.datetime, *, label: str) -> None:
    """See `docs.write_docs`. Comes last, and never fails: the month does not wait for a page about its data."""
    from tasks.validate.data_docs import write_docs

    try:
        get_run_logger().info("%s：质量文档在 %s", label, write_docs(files, caught, folder, now))
    except Exception as error:
        # Whatever the library makes of a full disk or of its own pages.
        get_run_logger().warning("%s：质量文档没有更新（%s），不影响收件", label, error)
