"""What the commands that keep the record print. Words and tables for a terminal; no decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from flows.audit import Log


def audit_log(out: Console, log: Log, *, checked: bool) -> None:
    """`lianxi audit`."""
    table = Table(title=f"办理日志（{len(log.entries)} 条）")
    for title in ("序号", "时间", "方案", "事项", "对象", "经办人", "说明"):
        table.add_column(title, overflow="fold")
    for each in log.entries:
        cells = (f"{each.at:%Y-%m-%d %H:%M}", each.plan, each.act, each.subject, each.by, each.detail)
        table.add_row(str(each.seq), *(escape(cell) for cell in cells))
    out.print(table)
    if log.exported:
        out.print(f"已导出：{log.exported}", markup=False, highlight=False, soft_wrap=True)
    if log.broken:
        out.print(f"✗ 日志不完整：{log.broken}。请保护现场，用备份和以前的导出核对", markup=False, soft_wrap=True)
    elif checked:
        out.print("✓ 日志完整，未被改动", markup=False)
