"""The command for whoever stands above several counties: `lianxi prefecture`."""

from __future__ import annotations

import typer

from flows.cli.options import Now, PeriodArgument, out, prepare_run


def prefecture_command(period: PeriodArgument, now: Now = None) -> None:
    """汇总各县：把同时办理的各个方案（settings.toml 的 plans）汇成一张表，排名，写出 Word、网页和电子表格。"""
    prepare_run()
    from rich.table import Table

    from flows.prefecture import prefecture as run

    done = run(period, now=now)
    table = Table(title=f"{done.period} 各县（市）情况")
    for title in ("名次", "县（市）", "应报", "已报", "按时", "绿", "黄", "红", "指标", "完成"):
        table.add_column(title)
    for line in done.lines:
        tally = line.tally
        reported = (tally.expected, tally.received, tally.on_time)
        shown = (*reported, tally.green, tally.yellow, tally.red, tally.targets, tally.done)
        table.add_row(str(line.rank or "—"), line.name, *map(str, shown))
    out.print(table)
    for each in done.untold:
        out.print(f"  · 未能汇总 {each.plan}：{each.why}", markup=False, highlight=False, soft_wrap=True)
    for path in done.files:
        out.print(f"  · {path}", markup=False, highlight=False, soft_wrap=True)


def add_prefecture_commands(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command()(prefecture_command)
