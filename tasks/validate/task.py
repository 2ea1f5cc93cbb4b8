"""The Prefect coat of validating: name, retries, a log line, one call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from config.county import County
from config.plan import Plan
from config.settings import Settings
from config.workbook import Layout
from tasks.shapes import Duty, ProgressRow, Reading, Verdict
from tasks.validate.verdicts import judge


@task(name="校验", task_run_name="校验 {label}", retries=2, retry_delay_seconds=[2, 10], cache_policy=NO_CACHE)
def judge_chunk(
    readings: Sequence[Reading],
    plan: Plan,
    county: County,
    layout: Layout,
    duties: Sequence[Duty],
    previous: Sequence[ProgressRow],
    settings: Settings,
    *,
    label: str,
) -> tuple[Verdict, ...]:
    """See `verdicts.judge`."""
    verdicts = judge(readings, plan, county, layout, duties, previous, settings)
    states = Counter(verdict.state for verdict in verdicts)
    get_run_logger().info("%s：%s", label, "，".join(f"{state} {count}" for state, count in sorted(states.items())))
    return verdicts
