"""Prefect task of the register stage."""

from __future__ import annotations

from tasks.register.parse import parse_document
from tasks.task import as_task

parse_document_task = as_task(
    parse_document,
    "读文件",
    run_name="读文件 {name}",
    log=lambda draft: f"读出措施 {len(draft.measures)} 条，待确认 {len(draft.uncertainties)} 项",
)
