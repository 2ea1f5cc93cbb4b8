"""Commands for what the coordinator decides: extensions, and whose file it is. The forms in the UI do the same."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from flows.cli.options import ByOption, Now, PeriodArgument, PlanOption, out, prepare_run

Unit = Annotated[str, typer.Argument(metavar="单位", help="单位在名册中的名称，如 县财政局")]
KindOption = Annotated[str, typer.Option("--kind", help="月度报送、联系人名单、专项报送、年度总结")]


def todo_command(plan: PlanOption = None, now: Now = None) -> None:
    """待办事项：待批复的延期申请和待认定的来件。"""
    prepare_run()
    from flows.context import open_context
    from flows.ui.todo import read_todo as read
    from tasks.store.migrate import migrate

    context = open_context(plan, now)
    migrate(context.url)
    waiting = read(context)
    out.print(f"待批复的延期申请 {len(waiting.requests)} 件，待认定的来件 {len(waiting.doubtful)} 件")
    for each in waiting.requests:
        _line(f"{each.key[1]} {each.key[3]} 申请延期至 {each.until}：{each.reason}")
    for file in waiting.doubtful:
        _line(f"来件 {file.id}：{file.path}（{'；'.join(found.text for found in file.findings[:2])}）")


def extend_command(
    unit: Unit,
    period: PeriodArgument,
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="写给申请单位，并记入台账")],
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="延期至，如 2023-10-25（默认：单位申请的日期）")
    ] = None,
    refuse: Annotated[bool, typer.Option("--refuse", help="不批准")] = False,
    kind: KindOption = "月度报送",
    by: ByOption = None,
    plan: PlanOption = None,
    now: Now = None,
) -> None:
    """批复延期：批准或不批准延期申请，催报按新期限计算，批复发给单位。"""
    day = _day(until) if until else None
    prepare_run()
    from flows.cli import printing
    from flows.extend import extend as run
    from flows.steps.audit_trail import operator
    from flows.ui.forms import Decision, kind_title

    decision: Decision = "不批准" if refuse else "批准"
    done = run(unit, period, decision, day, reason, kind_title(kind), by or operator(), plan=plan, now=now)
    _line(f"{done.unit} {done.period}：{decision}，期限 {done.until}")
    printing.print_posted(out, done.posted)


def assign_command(
    number: Annotated[int, typer.Argument(metavar="来件编号", help="见 lianxi todo")],
    unit: Unit,
    period: PeriodArgument,
    kind: KindOption = "月度报送",
    by: ByOption = None,
    plan: PlanOption = None,
    now: Now = None,
) -> None:
    """认定来件：说明一份来件是哪个单位哪一期的报表，重新检查并答复。"""
    prepare_run()
    from flows.assign import assign as run
    from flows.cli import printing
    from flows.steps.audit_trail import operator
    from flows.ui.forms import STATES, kind_title

    done = run(number, unit, period, kind_title(kind), by or operator(), plan=plan, now=now)
    _line(f"{done.unit} {done.period} 第{done.version}版：{STATES[done.state]}")
    printing.print_posted(out, done.posted)


def _day(text: str) -> dt.date:
    from tasks.errors import InputError

    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"日期“{text}”不是有效的日期，请写成 2023-10-25") from None


def _line(text: str) -> None:
    out.print(f"  · {text}", markup=False, highlight=False, soft_wrap=True)


def add_desk_commands(app: typer.Typer) -> None:
    """Put these commands on the command line, in this order."""
    for command in (todo_command, extend_command, assign_command):
        app.command()(command)
