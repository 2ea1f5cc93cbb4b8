"""The command line `lianxi`: each command runs the flow of the same name by hand, or shows the ledger.

Exit codes: 0 done; 1 the pipeline failed; 2 the user's input cannot be used (one plain message, no traceback).
The commands are in `month`, `reports`, `coordinator` and `admin`. They import flows and their libraries inside the
function, so that `--help` and `status` answer at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from config.config_errors import ConfigError
from flows.cli import admin_commands, coordinator_commands, month_commands, report_commands
from flows.cli.options import err, out, prepare_run
from tasks.errors import InputError, LianxiError

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


@app.callback(invoke_without_command=True)
def _options(show_version: Annotated[bool, typer.Option("--version", help="显示版本")] = False) -> None:
    if show_version:
        print(f"lianxi {version('lianxi')}")  # noqa: T201
        raise typer.Exit


_COMMANDS: dict[str, Callable[..., None]] = {
    **month_commands.COMMANDS,
    **report_commands.COMMANDS,
    **coordinator_commands.COMMANDS,
    **admin_commands.COMMANDS,
}
for _name, _command in _COMMANDS.items():
    app.command(_name)(_command)


@app.command("demo")
def demo_command(
    folder: Annotated[
        Path | None, typer.Option("--folder", help="演示数据放在哪里（默认：data/demo，每次重做）")
    ] = None,
) -> None:
    """演示：用真实方案走完2023年10月全过程，约一分钟。"""
    from config.settings_file import load_settings

    root = (folder or load_settings().data / "demo").resolve()
    os.environ |= {"LIANXI_DATA": str(root), "LIANXI_SHARE": str(root / "share"), "LIANXI_MAIL": "dry-run"}
    for name in ("LIANXI_DATABASE_URL", "LIANXI_PLAN", "PREFECT_API_URL", "PREFECT_HOME"):
        os.environ.pop(name, None)
    prepare_run()
    from flows.cli.demo import play_october

    play_october(out, root)


@app.command("up")
def up_command(
    port: Annotated[int, typer.Option("--port", help="网页端口；文件用下一个", min=1, max=65534)] = 4200,
) -> None:
    """长期运行：服务器、定时任务、执行程序和网页，Ctrl-C 全部停止。"""
    settings = prepare_run()
    from flows.server.up import up
    from tasks.mail.letter_templates import load_templates

    # Report a broken template now, with its line, rather than when the first letter is due.
    load_templates()
    up(settings, port, out)


def main() -> None:
    """Entry point: run the command and turn an error into one plain message and its exit code."""
    try:
        app(standalone_mode=True)
    except (InputError, ConfigError) as fault:
        err.print(str(fault), style="red", markup=False, highlight=False)
        sys.exit(2)
    except LianxiError as fault:
        err.print(f"没有完成：{fault}", style="red", markup=False, highlight=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
