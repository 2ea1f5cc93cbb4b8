"""Commands with which an installation begins: is everything in order, and a new county."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import AsJson, Now, out


def doctor_command(
    port: Annotated[int, typer.Option("--port", help="网页端口", min=1, max=65534)] = 4200,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """体检：逐项检查运行条件和设置，说明哪里要改、怎么改；只看不改。"""
    from flows.admin.doctor import examine
    from flows.cli import show_start

    checks = examine(port, now)
    show_start.print_checks_json(checks) if as_json else show_start.print_checks(out, checks)
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
    from flows.cli import show_start

    show_start.print_new_county(out, new_county(county, document, plan, name, period, now))


def add_start_commands(app: typer.Typer) -> None:
    """Put these commands on the command line, in this order."""
    for command in (new_command, doctor_command):
        app.command()(command)
