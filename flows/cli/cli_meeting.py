"""Commands for what the joint meeting decided. Flows are imported inside: `--help` answers at once."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.options import ByOption, Now, PlanOption, out, prepare_run


def decide_command(
    words: Annotated[str, typer.Argument(metavar="[事项]", help="会议议定的事项；更新已有事项可不写")] = "",
    owner: Annotated[str, typer.Option("--owner", metavar="单位", help="责任单位，几个用顿号隔开")] = "",
    due: Annotated[str, typer.Option("--due", metavar="日期", help="办结期限，如 2023-11-30")] = "",
    no: Annotated[str, typer.Option("--no", metavar="编号", help="更新或销号的事项，如 议2023-10-1")] = "",
    progress: Annotated[str, typer.Option("--progress", metavar="文字", help="办理情况")] = "",
    close: Annotated[str, typer.Option("--close", metavar="日期", help="销号：实际办结的日期")] = "",
    period: Annotated[
        str | None, typer.Option("--period", metavar="PERIOD", help="会议研究的是哪一期（默认：最近一期已印发的简报）")
    ] = None,
    by: ByOption = None,
    plan: PlanOption = None,
    now: Now = None,
) -> None:
    """登记议定事项：新登记一项，或按编号更新、销号；不写事项和编号则列出全部会议事项。"""
    from flows.cli import printing

    if not words and not no:
        from flows.admin.matters import matters

        printing.print_matters(out, *matters(plan, now))
        return
    prepare_run()
    from flows.decide import decide
    from flows.steps.audit_trail import operator

    done = decide(words, owner, due, no, progress, close, period, by or operator(), plan, now)
    printing.print_decided(out, done)


def add_meeting_commands(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command()(decide_command)
