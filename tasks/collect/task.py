"""Prefect task of the collect stage."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from config.county import County
from config.settings import LimitSettings
from tasks.collect.collect import Collected, collect
from tasks.model.seen_files import SeenFiles
from tasks.storage.share import Share


@task(name="收集", task_run_name="收集 {label}", retries=2, retry_delay_seconds=[2, 10], cache_policy=NO_CACHE)
def collect_task(
    share: Share,
    originals: Path,
    plan: str,
    county: County,
    known: SeenFiles,
    now: dt.datetime,
    limits: LimitSettings,
    after: str,
    most: int,
    *,
    label: str,
) -> Collected:
    """One look at the share; see `collect.collect`."""
    collected = collect(share, originals, plan, county, known, now, limits, after, most)
    logger = get_run_logger()
    logger.info(
        "%s：新收 %d 份，等待 %d 份，忽略 %d 份",
        label,
        len(collected.originals),
        len(collected.waiting),
        collected.ignored,
    )
    for trouble in collected.troubles:
        logger.warning("%s", trouble)
    return collected
