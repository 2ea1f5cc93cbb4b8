"""Commands that keep the record safe: the audit log, backup and restore, a person's right to be forgotten.

They run without Prefect, so that they work when it does not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import Now, out


def audit_command(
    check: Annotated[bool, typer.Option("--check", help="核验日志是否完整、未被改动")] = False,
    against: Annotated[
        Path | None, typer.Option("--against", metavar="FILE", help="与以前导出的 .jsonl 核对，连整体改写也能发现")
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option("--export", metavar="FILE", help="导出全部日志：.jsonl（可再核验）或 .csv（可用表格打开）"),
    ] = None,
    plan: Annotated[str | None, typer.Option("--plan", help="只显示某一方案的记录")] = None,
    now: Now = None,
) -> None:
    """办理日志：谁在什么时候定稿、确认、批准延期、核实信件、恢复备份；只增不改，可核验。"""
    from flows.cli import printing_admin
    from flows.steps.audit_trail import read_audit_log

    log = read_audit_log(plan, check=check, against=against, export=export, now=now)
    printing_admin.print_audit_log(out, log, checked=check or against is not None)
    if log.broken:
        raise typer.Exit(1)


def backup_command(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="备份文件（默认：数据文件夹的 backups/ 下，以时间命名）")
    ] = None,
    now: Now = None,
) -> None:
    """备份：数据库、原件、退回件、简报、邮件、密钥、方案和名册，打成一个文件；运行中也可以做。"""
    from flows.admin.backup_restore import make_backup as run
    from flows.cli import printing_admin

    printing_admin.print_backup(out, run(file, now))


def restore_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="lianxi backup 做的备份文件")],
    force: Annotated[bool, typer.Option("--force", help="数据文件夹不是空的也恢复；现有内容移到 aside/ 保留")] = False,
    now: Now = None,
) -> None:
    """恢复：先核验备份是否完整，再放回原处；现有内容移到一边保留，不删除。"""
    from flows.admin.backup_restore import restore_backup as run
    from flows.cli import printing_admin

    printing_admin.print_restored(out, run(file, force=force, now=now))


def forget_command(
    who: Annotated[str, typer.Argument(metavar="NAME|PHONE|MAIL", help="联系人的姓名、电话或邮箱（全文）")],
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="单位", help="几个单位有同名联系人时，写明单位全称")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会删什么、留什么，不改动")] = False,
    now: Now = None,
) -> None:
    """删除个人信息：按本人申请清除其姓名、电话、邮箱；统计和简报不变，并逐项说明删了什么、留了什么。"""
    from flows.admin.erase_person import erase_person as run
    from flows.cli import printing_admin

    printing_admin.print_forgotten(out, run(who, unit, dry_run=dry_run, now=now))


def add_keep_commands(app: typer.Typer) -> None:
    """Put these commands on the command line, in this order."""
    for command in (audit_command, backup_command, restore_command, forget_command):
        app.command()(command)
