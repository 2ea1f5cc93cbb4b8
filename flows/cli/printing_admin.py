"""What the commands that keep the record print. Words and tables for a terminal; no decision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from flows.admin.backup_restore import Backup, Restored
    from flows.admin.erase_person import Forgotten
    from flows.steps.audit_trail import AuditLog

# A checksum is for programs: a person compares its beginning.
_SHORT = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")


def print_audit_log(out: Console, log: AuditLog, *, checked: bool) -> None:
    """`lianxi audit`."""
    table = Table(title=f"办理日志（{len(log.entries)} 条）")
    for title in ("序号", "时间", "方案", "事项", "对象", "经办人", "说明"):
        table.add_column(title, overflow="fold")
    for each in log.entries:
        cells = (
            f"{each.at:%Y-%m-%d %H:%M}",
            each.plan,
            each.act,
            each.subject,
            each.by,
            _SHORT.sub(r"\1…", each.detail),
        )
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
    _lines(out, [str(done.path), f"校验值 sha256 {done.sha256}", *done.left_out])
    out.print("备份里有签名密钥和联系电话，请存放在只有管理员能读的地方，并另存一份到别的机器")


def print_restored(out: Console, done: Restored) -> None:
    """`lianxi restore`."""
    out.print(f"已恢复 {done.made_at} 的备份，{done.files} 个文件；共享文件夹补回 {done.share_added} 个文件")
    if done.aside:
        _lines(out, [f"恢复前的内容保留在：{done.aside}"])
    if done.config_changed:
        _lines(out, [f"方案和名册换回备份时的：{'、'.join(done.config_changed)}"])
    _lines(out, [f"请处理：{each}" for each in done.todo])
    out.print("接着运行 lianxi intake，未办完的会接着办完")


def print_forgotten(out: Console, done: Forgotten) -> None:
    """`lianxi forget`."""
    out.print("将要删除（尚未改动）：" if done.dry_run else "已删除：")
    _lines(out, done.removed)
    out.print("保留：")
    _lines(out, done.kept)
    if not done.dry_run:
        out.print(f"申请编号 {done.reference}，已记入办理日志（日志里没有其本人的任何信息）", highlight=False)


def _lines(out: Console, lines: Sequence[str]) -> None:
    for line in lines:
        out.print(f"  · {line}", markup=False, highlight=False, soft_wrap=True)
