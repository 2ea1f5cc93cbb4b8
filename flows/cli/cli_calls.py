"""The command that notes a telephone call, or shows the last contacts with a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from flows.cli.options import Now, PlanOption, out, prepare_run
from tasks.errors import InputError

if TYPE_CHECKING:
    from flows.call import Who

_WHO = ("业务负责人", "分管领导", "其他")


def call_command(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="单位，全称或简称，如 县总工会")],
    words: Annotated[
        str | None, typer.Argument(metavar="[说了什么]", help="对方的答复；不写就只列出与该单位最近的联系")
    ] = None,
    who: Annotated[str, typer.Option("--with", metavar="角色", help="打给谁：业务负责人、分管领导、其他")] = _WHO[0],
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

    if who not in _WHO:
        raise InputError(f"“{who}”不是可选的角色，只能是：{'、'.join(_WHO)}")
    if words is None and not unanswered:
        from flows.call import contacts_with

        printing.print_contacts(out, contacts_with(unit, plan, now))
        return
    prepare_run()
    from flows.call import call as run

    done = run(unit, words or "", cast("Who", who), not unanswered, called_at, by, plan, now)
    out.print("已记录" if done.new else "这次通话已记录过，没有重复记录")
    printing.print_contacts(out, done)


def add_calls_commands(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command()(call_command)
