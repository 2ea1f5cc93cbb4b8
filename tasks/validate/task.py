"""Prefect task of the validate stage. Judging a chunk of files is a task of the intake pass, which reads them first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from tasks.task import as_task


def _keep_docs(files: int, caught: Mapping[str, int], folder: Path, now: dt.datetime) -> str:
    """Write the data docs; whatever fails is only reported, for the month does not wait for a page about its data."""
    # Imported here: a pass without files writes none.
    from tasks.validate.data_docs import write_docs

    try:
        return f"质量文档在 {write_docs(files, caught, folder, now)}"
    except Exception as error:
        # The library raises many things for a full disk or for its own pages.
        return f"质量文档没有更新（{error}），不影响收件"


keep_docs = as_task(_keep_docs, "更新质量文档", run_name="更新质量文档 {files} 件", log=str)
