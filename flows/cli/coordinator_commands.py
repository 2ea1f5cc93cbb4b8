"""Commands of the coordinator: to-do list, extensions, unidentified files, telephone calls, matters of the meeting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, cast

import typer

from flows.cli.options import ByOption, Now, PeriodArgument, PlanOption, out, prepare_run
from tasks.errors import InputError
from tasks.model.words import KIND_TITLES, STATE_WORDS

if TYPE_CHECKING:
    from flows.call import Who
    from flows.ui.forms import KindTitle

_ROLES = ("业务负责人", "分管领导", "其他")
Unit = Annotated[str, typer.Argument(metavar="单位", help="单位在名册中的名称，如 县财政局")]
KindOption = Annotated[str, typer.Option("--kind", help="月度报送、联系人名单、专项报送、全年总结")]


def todo_command(plan: PlanOption = None, now: Now = None) -> None:
    """待办事项：待批复的延期申请和待认定的来件。"""
    prepare_run()
    from flows.cli import printing
    from flows.context import open_context
    from flows.ui.todo import read_todo
    from tasks.store.migrate import migrate

    context = open_context(plan, now)
    migrate(context.url)
    printing.print_todo(out, read_todo(context))


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
    day = _date(until) if until else None
    prepare_run()
    from flows.cli import printing
    from flows.extend import extend
    from flows.steps.audit_trail import operator
    from flows.ui.forms import Decision

    decision: Decision = "不批准" if refuse else "批准"
    done = extend(unit, period, decision, day, reason, _title(kind), by or operator(), plan=plan, now=now)
    printing.print_list(out, [f"{done.unit} {done.period}：{decision}，期限 {done.until}"])
    printing.print_sending(out, done.posted)


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
    from flows.assign import assign
    from flows.cli import printing
    from flows.steps.audit_trail import operator

    done = assign(number, unit, period, _title(kind), by or operator(), plan=plan, now=now)
    printing.print_list(out, [f"{done.unit} {done.period} 第{done.version}版：{STATE_WORDS[done.state]}"])
    printing.print_sending(out, done.posted)


def _title(kind: str) -> KindTitle:
    """Today's title of a kind that the command may name by a former one."""
    from flows.ui.forms import kind_titled

    return cast("KindTitle", KIND_TITLES[kind_titled(kind)])


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"日期“{text}”不是有效的日期，请写成 2023-10-25") from None


def call_command(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="单位，全称或简称，如 县总工会")],
    words: Annotated[
        str | None, typer.Argument(metavar="[说了什么]", help="对方的答复；不写就只列出与该单位最近的联系")
    ] = None,
    who: Annotated[str, typer.Option("--with", metavar="角色", help="打给谁：业务负责人、分管领导、其他")] = _ROLES[0],
    unanswered: Annotated[bool, typer.Option("--unanswered", help="没有接通")] = False,
    called_at: Annotated[
        str | None, typer.Option("--at", metavar="ISO时间", help="什么时候打的，如 2023-10-27T15:30（默认：现在）")
    ] = None,
    by: Annotated[str, typer.Option("--by", metavar="姓名", help="经办人")] = "联席会议办公室",
    plan: PlanOption = None,
    now: Now = None,
) -> None:
    """记录通话：给哪个单位打了电话、对方怎么说，记入台账；催报摘要和电话名单会列出来。"""
    from flows.cli import printing

    if who not in _ROLES:
        raise InputError(f"“{who}”不是可选的角色，只能是：{'、'.join(_ROLES)}")
    if words is None and not unanswered:
        from flows.call import contacts_with

        printing.print_last_contacts(out, contacts_with(unit, plan, now))
        return
    prepare_run()
    from flows.call import call

    done = call(unit, words or "", cast("Who", who), not unanswered, called_at, by, plan, now)
    out.print("已记录" if done.new else "这次通话已记录过，没有重复记录")
    printing.print_last_contacts(out, done)


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
        from flows.admin.matters import read_matters

        printing.print_matters(out, *read_matters(plan, now))
        return
    prepare_run()
    from flows.decide import decide
    from flows.steps.audit_trail import operator

    done = decide(words, owner, due, no, progress, close, period, by or operator(), plan, now)
    printing.print_decision(out, done)


def holidays_command(
    notice: Annotated[str, typer.Argument(metavar="FILE|TEXT", help="放假通知的文件（.txt .docx .pdf）或全文")],
    year: Annotated[int, typer.Option("--year", metavar="年份", help="如 2027（默认：由通知得出）")] = 0,
    confirm: Annotated[bool, typer.Option("--confirm", help="核对无误，写入日历")] = False,
    by: ByOption = None,
    now: Now = None,
) -> None:
    """登记放假安排：读懂国务院办公厅的放假通知，核对后写入工作日历，暂定的期限随即改正。"""
    prepare_run()
    from flows.cli import printing_admin
    from flows.holidays import holidays
    from flows.steps.audit_trail import operator
    from flows.steps.documents import read_text

    printing_admin.print_holidays(out, holidays(read_text(notice), year, confirm, by or operator(), now))


# `lianxi --help` lists the commands in this order.
COMMANDS: dict[str, Callable[..., None]] = {
    "todo": todo_command,
    "extend": extend_command,
    "assign": assign_command,
    "call": call_command,
    "decide": decide_command,
    "holidays": holidays_command,
}
