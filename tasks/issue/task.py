"""Prefect task of the issue stage."""

from __future__ import annotations

from tasks.issue.issue_workbooks import issue_workbooks
from tasks.task import as_task

issue_workbooks_task = as_task(
    issue_workbooks,
    "发放",
    run_name="发放 {duties[0].period}",
    log=lambda written: f"发放报表 {len(written)} 份",
    retries=True,
)
