"""Shared by all commands: common options, the two consoles, and the preparation of a flow run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from config.settings import Settings

Now = Annotated[
    str | None, typer.Option("--now", metavar="ISO时间", help="以此时间为“现在”，如 2023-10-20T09:00（默认：系统时钟）")
]
PlanOption = Annotated[
    str | None, typer.Option("--plan", help="方案编号，如 yanqi-2023（默认：settings.toml 或 LIANXI_PLAN）")
]
PeriodArgument = Annotated[
    str, typer.Argument(metavar="PERIOD", help="期间：2023-10（月）、2023-Q4（季）或 2023（年）")
]
ByOption = Annotated[
    str | None, typer.Option("--by", metavar="姓名", help="经办人，记入办理日志（默认：运行命令的系统用户）")
]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON，供其他程序使用")]

out = Console()
err = Console(stderr=True)


def prepare_run() -> Settings:
    """Load the settings and set Prefect's environment. Call this before anything that imports Prefect."""
    from config.settings_file import load_settings
    from flows.server.environment import prepare_prefect

    settings = load_settings()
    prepare_prefect(settings.data)
    return settings
