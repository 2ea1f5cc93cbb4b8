"""Commands that run an installation: new county, doctor, audit log, backup, restore, erasure.

They do not start Prefect, so they work when its server does not.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import AsJson, Now, out


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
    from flows.cli import printing_admin
    from flows.steps.make_backup import make_backup

    printing_admin.print_backup(out, make_backup(file, now))


def restore_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="lianxi backup 做的备份文件")],
    force: Annotated[bool, typer.Option("--force", help="数据文件夹不是空的也恢复；现有内容移到 aside/ 保留")] = False,
    now: Now = None,
) -> None:
    """恢复：先核验备份是否完整，再放回原处；现有内容移到一边保留，不删除。"""
    from flows.admin.restore import restore_backup
    from flows.cli import printing_admin

    printing_admin.print_restore(out, restore_backup(file, force=force, now=now))


def forget_command(
    who: Annotated[str, typer.Argument(metavar="NAME|PHONE|MAIL", help="联系人的姓名、电话或邮箱（全文）")],
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="单位", help="几个单位有同名联系人时，写明单位全称")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会删什么、留什么，不改动")] = False,
    now: Now = None,
) -> None:
    """删除个人信息：按本人申请清除其姓名、电话、邮箱；统计和简报不变，并逐项说明删了什么、留了什么。"""
    from flows.admin.erase_person import erase_person
    from flows.cli import printing_admin

    printing_admin.print_erasure(out, erase_person(who, unit, dry_run=dry_run, now=now))


def doctor_command(
    port: Annotated[int, typer.Option("--port", help="网页端口", min=1, max=65534)] = 4200,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """体检：逐项检查运行条件和设置，说明哪里要改、怎么改；只看不改。"""
    from flows.admin.doctor import run_checks
    from flows.cli import printing_admin

    checks = run_checks(port, now)
    printing_admin.print_checks_json(checks) if as_json else printing_admin.print_checks(out, checks)
    if any(check.state == "bad" for check in checks):
        raise typer.Exit(1)


def new_command(
    county: Annotated[str, typer.Argument(metavar="COUNTY", help="县的编号，小写字母，如 qingshan")],
    document: Annotated[Path, typer.Argument(metavar="DOCUMENT", help="责任分解方案：.txt .docx 或有文字的 .pdf")],
    plan: Annotated[str | None, typer.Option("--plan", help="方案编号（默认：县的编号加文件名）")] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="县名", help="文件看不出是哪个县时写明，如 青山县")
    ] = None,
    period: Annotated[
        str | None, typer.Option("--period", metavar="PERIOD", help="首批报表的期间（默认：最近一期）")
    ] = None,
    now: Now = None,
) -> None:
    """新建一个县：由责任分解方案生成单位名册、方案草稿、共享文件夹和首批报表，并说明还要人工做什么。"""
    from flows.admin.new_county import new_county
    from flows.cli import printing_admin

    printing_admin.print_new_county(out, new_county(county, document, plan, name, period, now))


# `lianxi --help` lists the commands in this order.
COMMANDS: dict[str, Callable[..., None]] = {
    "new": new_command,
    "doctor": doctor_command,
    "audit": audit_command,
    "backup": backup_command,
    "restore": restore_command,
    "forget": forget_command,
}
