"""Prefect tasks of the store: what an operator would see or retry. Look-ups are plain calls of the modules beside it.

Taking and closing a single letter is no task: a task run costs more than the row.
"""

from __future__ import annotations

from tasks.store import brief_issues, migrate, pending
from tasks.task import as_task

# The first use of the database in every flow, so that here a database that is away for a moment is waited for.
prepare_ledger = as_task(migrate.migrate, "准备台账", log=lambda _: "台账已就绪", retries=True)
claim_originals = as_task(
    pending.claim_pending_originals,
    "登记来件",
    run_name="登记来件 {now:%Y-%m-%d %H:%M}",
    log=lambda waiting: f"待审核 {len(waiting)} 件",
    retries=True,
)
freeze_brief = as_task(
    brief_issues.freeze_issue,
    "简报定稿",
    run_name="简报定稿 {period}",
    log=lambda stored: f"第{stored.issue_no}期已定稿",
    retries=True,
)
