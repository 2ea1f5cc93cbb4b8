"""Prints what the commands of `admin`, and `lianxi holidays`, return. Words and tables for a terminal; no decision."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from config.holiday_notice import days_in_words
from flows.cli.printing import print_list

if TYPE_CHECKING:
    from flows.admin.erase_person import ErasureReport
    from flows.admin.machine_checks import CheckResult
    from flows.admin.new_county import NewCounty
    from flows.admin.restore import Restored
    from flows.holidays import EnteredHolidays
    from flows.steps.audit_trail import AuditLog
    from flows.steps.make_backup import Backup

# A person compares the beginning of a checksum; the table shows no more of it.
_SHA256 = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")
_MARKS = {"ok": "[green]✓[/]", "note": "[yellow]–[/]", "bad": "[red]✗[/]"}


def print_audit_log(out: Console, log: AuditLog, *, checked: bool) -> None:
    """`lianxi audit`."""
    table = Table(title=f"办理日志（{len(log.entries)} 条）")
    for title in ("序号", "时间", "方案", "事项", "对象", "经办人", "说明"):
        table.add_column(title, overflow="fold")
    for each in log.entries:
        detail = _SHA256.sub(r"\1…", each.detail)
        cells = (f"{each.at:%Y-%m-%d %H:%M}", each.plan, each.act, each.subject, each.by, detail)
        table.add_row(str(each.seq), *(escape(cell) for cell in cells))
    out.print(table)
    if log.exported:
        out.print(f"已导出：{log.exported}", markup=False, highlight=False, soft_wrap=True)
    if log.broken:
        out.print(f"✗ 日志不完整：{log.broken}。请保护现场，用备份和以前的导出核对", markup=False, soft_wrap=True)
    elif checked:
        out.print("✓ 日志完整，未被改动", markup=False)


def print_backup(out: Console, done: Backup) -> None:
    """`lianxi backup`."""
    out.print(f"已备份 {done.files} 个文件，{done.size_bytes / 2**20:.1f} MB，已读回核验：")
    print_list(out, [str(done.path), f"校验值 sha256 {done.sha256}", *done.left_out])
    out.print("备份里有签名密钥和联系电话，请存放在只有管理员能读的地方，并另存一份到别的机器")


def print_restore(out: Console, done: Restored) -> None:
    """`lianxi restore`."""
    out.print(f"已恢复 {done.made_at} 的备份，{done.files} 个文件；共享文件夹补回 {done.share_added} 个文件")
    if done.aside:
        print_list(out, [f"恢复前的内容保留在：{done.aside}"])
    if done.config_changed:
        print_list(out, [f"方案和名册换回备份时的：{'、'.join(done.config_changed)}"])
    print_list(out, [f"请处理：{each}" for each in done.todo])
    out.print("接着运行 lianxi intake，未办完的会接着办完")


def print_erasure(out: Console, done: ErasureReport) -> None:
    """`lianxi forget`."""
    out.print("将要删除（尚未改动）：" if done.dry_run else "已删除：")
    print_list(out, done.removed)
    out.print("保留：")
    print_list(out, done.kept)
    if not done.dry_run:
        out.print(f"申请编号 {done.reference}，已记入办理日志（日志里没有其本人的任何信息）", highlight=False)


def print_checks(out: Console, checks: Sequence[CheckResult]) -> None:
    """`lianxi doctor`: one line per check, with the remedy after an arrow."""
    for each in checks:
        out.print(_MARKS[each.state], end=" ")
        line = f"{each.name}：{each.said}" + (f" → {each.remedy}" if each.remedy else "")
        out.print(line, markup=False, highlight=False, soft_wrap=True)
    counts = Counter(each.state for each in checks)
    out.print(f"正常 {counts['ok']} 项，留意 {counts['note']} 项，须改正 {counts['bad']} 项", highlight=False)


def print_checks_json(checks: Sequence[CheckResult]) -> None:
    """`lianxi doctor --json`."""
    values = {"ok": all(each.state != "bad" for each in checks), "checks": [asdict(each) for each in checks]}
    print(json.dumps(values, ensure_ascii=False, indent=2))  # noqa: T201


def print_new_county(out: Console, done: NewCounty) -> None:
    """`lianxi new`."""
    out.print(
        f"{done.name}：措施 {done.measures} 项，单位 {done.units} 个，群组 {done.groups} 个；方案编号 {done.plan}",
        markup=False,
    )
    if done.period:
        out.print(f"首批报表（{done.period}）{done.workbooks} 份，在共享文件夹各单位的“发放”里，尚未通知任何人")
    print_list(out, done.files)
    out.print("还要请您做：")
    for number, each in enumerate(done.todo, start=1):
        out.print(f"  {number}. {each}", markup=False, highlight=False, soft_wrap=True)


def print_holidays(out: Console, done: EnteredHolidays) -> None:
    """`lianxi holidays`."""
    table = Table(title=f"{done.year}年放假安排")
    for title in ("节日", "放假", "周末上班"):
        table.add_column(title, overflow="fold")
    for each in done.festivals:
        table.add_row(escape(each.name), days_in_words(each.holidays), days_in_words(each.workdays) or "无")
    out.print(table)
    if done.hints:
        out.print("[yellow]请核对：[/]")
        print_list(out, done.hints)
    if not done.confirmed:
        out.print("没有写入。核对无误后加 --confirm 再运行一次")
        return
    out.print(f"已写入 {done.path}", markup=False, highlight=False, soft_wrap=True)
    if done.settled:
        out.print("截止日期有变动的应报事项：")
        print_list(out, done.settled)
