"""Commands that run a flow of the month by hand. They import the flow inside the function: `--help` answers at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import AsJson, Now, PeriodArgument, PlanOption, out, prepare_run


def register_command(
    document: Annotated[Path, typer.Argument(metavar="DOCUMENT", help="责任分解方案：.txt .docx 或有文字的 .pdf")],
    plan: Annotated[str | None, typer.Option("--plan", help="登记为哪个方案编号（默认：由文件名得出）")] = None,
    county: Annotated[
        str | None, typer.Option("--county", help="单位名册所属县，如 yanqi（默认：当前方案的县）")
    ] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="人工核对无误，草稿成为正式方案")] = False,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """登记方案：读取责任分解方案，生成草稿、责任清单和待核对事项。"""
    from flows.cli import printing

    if as_json:
        # Reads the document only: writes nothing, confirms nothing, and so needs no flow run.
        from config.settings_file import load_settings
        from flows.steps.documents import read_draft

        printing.print_register_json(read_draft(document, load_settings(), county))
        return
    prepare_run()
    from flows.register import register
    from flows.steps.audit_trail import operator

    by = operator() if confirm else None
    done = register(str(document.resolve()), plan=plan, county=county, confirm=confirm, now=now, by=by)
    printing.print_register(out, done)


def issue_command(period: PeriodArgument, plan: PlanOption = None, now: Now = None) -> None:
    """发放报表：生成本期应报事项，把预填好的报表放进各单位“发放”文件夹，并发通知。"""
    prepare_run()
    from flows.cli import printing
    from flows.issue import issue

    printing.print_issue(out, issue(period, plan=plan, now=now))


def intake_command(plan: PlanOption = None, now: Now = None) -> None:
    """收集报送：收集、读取、检查、登记，并把退回或受理结果放进各单位“退回”文件夹。"""
    prepare_run()
    from flows.cli import printing
    from flows.intake import intake

    printing.print_intake(out, intake(plan=plan, now=now))


def chase_command(
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="按哪一天催报，如 2023-10-23（默认：今天）")
    ] = None,
    plan: PlanOption = None,
    now: Now = None,
) -> None:
    """催报：按提醒、蓝、黄、红逐级催报，列出今天要打电话的单位。"""
    prepare_run()
    from flows.chase import chase
    from flows.cli import printing

    printing.print_chase(out, chase(plan=plan, now=f"{on}T09:00" if on else now))


def brief_command(
    period: PeriodArgument,
    approve: Annotated[bool, typer.Option("--approve", help="定稿：冻结内容，送各成员单位")] = False,
    note: Annotated[str, typer.Option("--note", metavar="按语", help="定稿时印在正文之前的按语")] = "",
    number: Annotated[int, typer.Option("--number", min=0, help="定稿时的期号（默认：接本年上一期）")] = 0,
    plan: PlanOption = None,
    now: Now = None,
) -> None:
    """编发简报：汇总本期情况，写出 Word、网页和措施台账。"""
    prepare_run()
    from flows.brief import brief
    from flows.cli import printing
    from flows.steps.audit_trail import operator

    by = operator() if approve else None
    done = brief(period, plan, "given" if approve else "later", now, note, number, by)
    printing.print_brief(out, done)


def summary_command(
    year: Annotated[str, typer.Argument(metavar="YEAR", help="年份，如 2023")],
    plan: PlanOption = None,
    now: Now = None,
) -> None:
    """年度总结：根据各月已定稿的数据起草全年总结。"""
    prepare_run()
    from flows.annual import annual
    from flows.cli import printing

    printing.print_brief(out, annual(year, plan=plan, now=now))


def prefecture_command(period: PeriodArgument, now: Now = None) -> None:
    """汇总各县：把同时办理的各个方案（settings.toml 的 plans）汇成一张表，排名，写出 Word、网页和电子表格。"""
    prepare_run()
    from flows.cli import printing
    from flows.prefecture import prefecture

    printing.print_prefecture(out, prefecture(period, now=now))


# `lianxi --help` lists the commands in this order.
COMMANDS: dict[str, Callable[..., None]] = {
    "register": register_command,
    "issue": issue_command,
    "intake": intake_command,
    "chase": chase_command,
    "brief": brief_command,
    "summary": summary_command,
    "prefecture": prefecture_command,
}
