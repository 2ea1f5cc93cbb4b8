"""Commands with which an installation begins: is everything in order, and a new county."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli_options import AsJson, Now, out


def doctor(
    port: Annotated[int, typer.Option("--port", help="网页端口", min=1, max=65535)] = 4200,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """体检：逐项检查运行条件和设置，说明哪里要改、怎么改；只看不改。"""
    from flows import show_start
    from flows.doctor import examine

    checks = examine(port, now)
    show_start.checks_json(checks) if as_json else show_start.checks(out, checks)
    if any(check.state == "bad" for check in checks):
        raise typer.Exit(1)


def add(app: typer.Typer) -> None:
    """Put these commands on the command line, in this order."""
    for command in (doctor,):
        app.command()(command)
