"""Prefect task of the read stage."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from config.county import County
from config.plan import Plan
from config.settings import LimitSettings
from config.workbook import WorkbookLayout
from tasks.model.submission import Original, Reading


@task(name="读取", task_run_name="读取 {label}", retries=2, retry_delay_seconds=[2, 10], cache_policy=NO_CACHE)
def read_task(
    originals: Sequence[Original],
    root: Path,
    plan: Plan,
    county: County,
    layout: WorkbookLayout,
    secret: bytes,
    limits: LimitSettings,
    *,
    label: str,
) -> tuple[Reading, ...]:
    """Read a chunk of originals; see `apart.read_in_subprocess`."""
    # Imported here: a pass without new files needs no reader.
    from tasks.read.read_in_subprocess import read_in_subprocess

    readings = read_in_subprocess(originals, root, plan, county, layout, secret, limits)
    refused = sum(any(found.severity == "refuse" for found in reading.findings) for reading in readings)
    get_run_logger().info("%s：读出 %d 份，不能读的 %d 份", label, len(readings) - refused, refused)
    return readings
