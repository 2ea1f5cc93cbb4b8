"""Prefect task of the collect stage."""

from __future__ import annotations

from tasks.collect.collect import collect
from tasks.task import as_task

collect_task = as_task(
    collect,
    "收集",
    run_name="收集 {context.now:%Y-%m-%d %H:%M}",
    log=lambda collected: collected.summary,
    retries=True,
)
