"""The command line `lianxi`: each command runs the flow of the same name by hand, or shows the ledger.

Exit codes: 0 done; 1 the pipeline failed; 2 the user's input cannot be used (one plain message, no traceback).
Flows and their libraries are imported inside the commands, so that `--help` and `status` answer at once.
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from config.faults import ConfigError
from tasks.errors import InputError, LianxiError

if TYPE_CHECKING:
    from config.settings import Settings

app = typer.Typer(
    name="lianxi",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="""联席：联席会议月度报送助手。收集、检查、催报、汇总、编发简报。

    一个月的顺序 / a month, in order:

    `lianxi issue 2023-10` 发放报表 → `lianxi intake` 收集检查 → `lianxi status 2023-10` 看谁报了 →
    `lianxi chase` 催报 → `lianxi brief 2023-10` 起草简报 → `lianxi brief 2023-10 --approve` 定稿印发

    先试一遍 / try it first: `lianxi demo`. 长期运行 / run it for good: `lianxi up`.
    """,
)

Now = Annotated[
    str | None, typer.Option("--now", metavar="ISO时间", help="以此时间为“现在”，如 2023-10-20T09:00（默认：系统时钟）")
]
PlanOption = Annotated[
    str | None, typer.Option("--plan", help="方案编号，如 yanqi-2023（默认：settings.toml 或 LIANXI_PLAN）")
]
PeriodArgument = Annotated[
    str, typer.Argument(metavar="PERIOD", help="期间：2023-10（月）、2023-Q4（季）或 2023（年）")
]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON，供其他程序使用")]

_out = Console()
_err = Console(stderr=True)


@app.callback(invoke_without_command=True)
def _options(show_version: Annotated[bool, typer.Option("--version", help="显示版本")] = False) -> None:
    if show_version:
        print(f"lianxi {version('lianxi')}")  # noqa: T201
        raise typer.Exit


@app.command()
def register(
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
    from flows import show

    if as_json:
        # Nothing is written and nothing comes into force: this needs no flow.
        from config.settings import load_settings
        from flows.documents import read_document

        show.register_json(read_document(document, load_settings(), county))
        return
    _prepare()
    from flows.register import register as run

    show.registered(_out, run(str(document.resolve()), plan=plan, county=county, confirm=confirm, now=now))


@app.command()
def issue(period: PeriodArgument, plan: PlanOption = None, now: Now = None) -> None:
    """发放报表：生成本期应报事项，把预填好的报表放进各单位“发放”文件夹，并发通知。"""
    _prepare()
    from flows import show
    from flows.issue import issue as run

    show.issued(_out, run(period, plan=plan, now=now))


@app.command()
def intake(plan: PlanOption = None, now: Now = None) -> None:
    """收集报送：收集、读取、检查、登记，并把退回或受理结果放进各单位“退回”文件夹。"""
    _prepare()
    from flows import show
    from flows.intake import intake as run

    show.taken_in(_out, run(plan=plan, now=now))


@app.command()
def chase(
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="按哪一天催报，如 2023-10-23（默认：今天）")
    ] = None,
    plan: PlanOption = None,
    now: Now = None,
) -> None:
    """催报：按提醒、蓝、黄、红逐级催报，列出今天要打电话的单位。"""
    _prepare()
    from flows import show
    from flows.chase import chase as run

    show.chased(_out, run(plan=plan, now=f"{on}T09:00" if on else now))


@app.command()
def letters(
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
    from flows import show
    from flows.letters import letters as read_letters
    from flows.letters import preview as render
    from flows.letters import settle

    if preview:
        _out.print(f"各种信件的样子（用浏览器打开）：{render(period, plan, now)}", highlight=False, soft_wrap=True)
        return
    for mark, is_there in ((arrived, True), (resend, False)):
        if mark is not None:
            show.settled(_out, settle(mark, is_there, plan, now), is_there)
    show.letters_table(_out, read_letters(period, plan, now))


@app.command()
def brief(
    period: PeriodArgument,
    approve: Annotated[bool, typer.Option("--approve", help="定稿：冻结内容，送各成员单位")] = False,
    note: Annotated[str, typer.Option("--note", metavar="按语", help="定稿时印在正文之前的按语")] = "",
    number: Annotated[int, typer.Option("--number", min=0, help="定稿时的期号（默认：接本年上一期）")] = 0,
    plan: PlanOption = None,
    now: Now = None,
) -> None:
    """编发简报：汇总本期情况，写出 Word、网页和措施台账。"""
    _prepare()
    from flows import show
    from flows.brief import brief as run

    done = run(period, plan=plan, approval="given" if approve else "later", now=now, note=note, issue_no=number)
    show.briefed(_out, done)


@app.command()
def summary(
    year: Annotated[str, typer.Argument(metavar="YEAR", help="年份，如 2023")],
    plan: PlanOption = None,
    now: Now = None,
) -> None:
    """年度总结：根据各月已定稿的数据起草全年总结。"""
    _prepare()
    from flows import show
    from flows.summary import summary as run

    show.briefed(_out, run(year, plan=plan, now=now))


@app.command()
def status(
    period: Annotated[str | None, typer.Argument(metavar="[PERIOD]", help="期间（默认：本月）")] = None,
    as_json: AsJson = False,
    plan: PlanOption = None,
    now: Now = None,
) -> None:
    """报送情况：每个单位每件应报事项现在怎样。"""
    from flows import show
    from flows.status import status as read_status

    read = read_status(period, plan=plan, now=now)
    show.status_json(read) if as_json else show.status_table(_out, read)


@app.command()
def rules() -> None:
    """检查规则：全部规则的代码、级别、问题和改法（docs/rules.md 的内容）。"""
    from expectations.catalogue import catalogue_markdown

    print(catalogue_markdown(), end="")  # noqa: T201


@app.command()
def recheck(period: PeriodArgument, plan: PlanOption = None, now: Now = None) -> None:
    """复核：用现行规则重查本期已受理的报表，看会有什么不同；只读，不改动任何内容。"""
    from flows import show
    from flows.recheck import recheck as run

    show.rechecked(_out, run(period, plan, now))


@app.command()
def demo(
    folder: Annotated[
        Path | None, typer.Option("--folder", help="演示数据放在哪里（默认：data/demo，每次重做）")
    ] = None,
) -> None:
    """演示：用真实方案走完2023年10月全过程，约一分钟。"""
    from config.settings import load_settings

    root = (folder or load_settings().data / "demo").resolve()
    os.environ |= {"LIANXI_DATA": str(root), "LIANXI_SHARE": str(root / "share"), "LIANXI_MAIL": "dry-run"}
    for name in ("LIANXI_DATABASE_URL", "LIANXI_PLAN", "PREFECT_API_URL", "PREFECT_HOME"):
        os.environ.pop(name, None)
    _prepare()
    from flows.demo import play_october

    play_october(_out, root)


@app.command()
def up(port: Annotated[int, typer.Option("--port", help="网页端口")] = 4200) -> None:
    """长期运行：服务器、定时任务、执行程序和网页，Ctrl-C 全部停止。"""
    settings = _prepare()
    from flows.up import up as run

    run(settings, port, _out)


def _prepare() -> Settings:
    """Settings, with Prefect told where it lives."""
    from config.settings import load_settings
    from flows.runtime import prepare

    settings = load_settings()
    prepare(settings.data)
    return settings


def main() -> None:
    """Entry point: run the command, and turn what went wrong into one plain message and its exit code."""
    try:
        app(standalone_mode=True)
    except (InputError, ConfigError) as fault:
        _err.print(str(fault), style="red", markup=False, highlight=False)
        sys.exit(2)
    except LianxiError as fault:
        _err.print(f"没有完成：{fault}", style="red", markup=False, highlight=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
