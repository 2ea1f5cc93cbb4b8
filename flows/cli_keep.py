"""Commands that keep the record safe: the audit log, backup and restore, a person's right to be forgotten.

They run without Prefect, so that they work when it does not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli_options import out


def audit(
    check: Annotated[bool, typer.Option("--check", help="核验日志是否完整、未被改动")] = False,
    against: Annotated[
        Path | None, typer.Option("--against", metavar="FILE", help="与以前导出的 .jsonl 核对，连整体改写也能发现")
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option("--export", metavar="FILE", help="导出全部日志：.jsonl（可再核验）或 .csv（可用表格打开）"),
    ] = None,
    plan: Annotated[str | None, typer.Option("--plan", help="只显示某一方案的记录")] = None,
) -> None:
    """办理日志：谁在什么时候定稿、确认、批准延期、核实信件、恢复备份；只增不改，可核验。"""
    from flows import show_keep
    from flows.audit import read

    log = read(plan, check=check, against=against, export=export)
    show_keep.audit_log(out, log, checked=check or against is not None)
    if log.broken:
        raise typer.Exit(1)


def add(app: typer.Typer) -> None:
    """Put these commands on the command line, in this order."""
    for command in (audit,):
        app.command()(command)
