"""Commands that show the ledger, its letters and the rules.

They run no flow. Only `letters --arrived` and `--resend` change something: the state of one uncertain letter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from flows.cli.options import AsJson, Now, PeriodArgument, PlanOption, out


def status_command(
    period: Annotated[str | None, typer.Argument(metavar="[PERIOD]", help="期间（默认：本月）")] = None,
    as_json: AsJson = False,
    plan: PlanOption = None,
    now: Now = None,
) -> None:
    """报送情况：每个单位每件应报事项现在怎样。"""
    from flows.admin.status import read_status
    from flows.cli import printing

    status = read_status(period, plan=plan, now=now)
    printing.print_status_json(status) if as_json else printing.print_status_table(out, status)


def letters_command(
    period: PeriodArgument,
    preview: Annotated[bool, typer.Option("--preview", help="把每一种信件的样子写成一个网页，不发信")] = False,
    arrived: Annotated[str | None, typer.Option("--arrived", metavar="编号", help="核实过已送达：不再重发")] = None,
    resend: Annotated[
        str | None, typer.Option("--resend", metavar="编号", help="不能确定是否送达的这封信再发一次")
    ] = None,
    plan: PlanOption = None,
    now: Now = None,
) -> None:
    """信件：本期每封信的状态和服务器答复；--preview 看各种信件的样子。"""
    from flows.admin.letters import read_letter_list, resolve_letter, write_letters_preview
    from flows.cli import printing

    if preview:
        path = write_letters_preview(period, plan, now)
        out.print(f"各种信件的样子（用浏览器打开）：{path}", highlight=False, soft_wrap=True)
        return
    for mark, has_arrived in ((arrived, True), (resend, False)):
        if mark is not None:
            printing.print_resolved_letter(out, resolve_letter(mark, has_arrived, plan, now), has_arrived)
    printing.print_letters(out, read_letter_list(period, plan, now))


def rules_command() -> None:
    """检查规则：全部规则的代码、级别、问题和改法（docs/rules.md 的内容）。"""
    from expectations.catalogue import catalogue_markdown

    print(catalogue_markdown(), end="")  # noqa: T201


def recheck_command(period: PeriodArgument, plan: PlanOption = None, now: Now = None) -> None:
    """复核：用现行规则重查本期已受理的报表，看会有什么不同；只读，不改动任何内容。"""
    from flows.admin.recheck import recheck_period
    from flows.cli import printing

    printing.print_recheck(out, recheck_period(period, plan, now))


# `lianxi --help` lists the commands in this order.
COMMANDS: dict[str, Callable[..., None]] = {
    "status": status_command,
    "letters": letters_command,
    "rules": rules_command,
    "recheck": recheck_command,
}
