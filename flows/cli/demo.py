"""`lianxi demo`: October 2023 from the first workbook to the brief, under a fixed clock, with real files.

`tasks.demo_units` plays the units; everything else is done by the same flows that run in production.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from flows.cli import printing
from flows.context import open_context
from tasks.demo_units.play_scene import play_scene
from tasks.demo_units.story import Story, load_story
from tasks.errors import InputError
from tasks.model.run_context import Context

_ZONE = ZoneInfo("Asia/Shanghai")
_MARKER = ".lianxi-demo"
# Keep the Prefect server's database between runs: creating it takes most of a first start.
_KEPT = frozenset({"prefect", "logs", _MARKER})


@dataclass(frozen=True, slots=True)
class DemoStep:
    """A flow that runs at one moment of the month. `about` is the flow's period, '' where it takes none."""

    at: dt.datetime
    flow: str
    about: str = ""


def _at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=_ZONE)


OCTOBER = (
    DemoStep(_at("2023-09-20T08:30"), "issue", "2023-09"),
    DemoStep(_at("2023-09-22T18:00"), "intake"),
    DemoStep(_at("2023-09-28T12:00"), "intake"),
    DemoStep(_at("2023-10-10T08:30"), "issue", "2023-10"),
    DemoStep(_at("2023-10-17T09:00"), "chase"),
    DemoStep(_at("2023-10-17T18:00"), "intake"),
    DemoStep(_at("2023-10-20T09:00"), "chase"),
    DemoStep(_at("2023-10-20T18:00"), "intake"),
    DemoStep(_at("2023-10-23T09:00"), "chase"),
    DemoStep(_at("2023-10-24T11:00"), "intake"),
    DemoStep(_at("2023-10-25T09:00"), "chase"),
    DemoStep(_at("2023-10-27T09:00"), "chase"),
    DemoStep(_at("2023-11-01T09:30"), "brief", "2023-10"),
)


def play_october(out: Console, root: Path) -> None:
    """Play the month into `root`, then print what happened and where to look.

    `root` is emptied first. Raises InputError if it holds anything that the demo did not make.
    """
    started = time.monotonic()
    out.print(
        "[bold]联席演示[/]  2023年10月促消费联席会议，17家单位报送52项措施  [dim](a month under a fixed clock)[/]\n"
    )
    _clear(root)
    with out.status("启动流程服务器（starting Prefect）…"):
        context = open_context(now=OCTOBER[0].at)
        story = load_story(context.plan, context.county)
        flows = _flows()
    played_until: dt.datetime | None = None
    for number, step in enumerate(OCTOBER, start=1):
        with out.status(f"[{number}/{len(OCTOBER)}] {step.at:%m月%d日 %H:%M} …"):
            added = _add_files_of_units(story, context, played_until, step.at)
            played_until = step.at
            done = flows[step.flow](step)
        _print_step(out, number, step, added, done)
    _print_summary(out, root, time.monotonic() - started)


def _clear(root: Path) -> None:
    """Remove what an earlier demo left. A folder without the demo's marker file is not touched."""
    if root.exists() and not (root / _MARKER).exists() and any(path.name not in _KEPT for path in root.iterdir()):
        raise InputError(f"{root} 里有不是演示产生的内容，请用 --folder 另选一个空文件夹")
    root.mkdir(parents=True, exist_ok=True)
    (root / _MARKER).touch()
    for path in root.iterdir():
        if path.name not in _KEPT:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _flows() -> dict[str, Callable[[DemoStep], object]]:
    from flows.brief import brief
    from flows.chase import chase
    from flows.intake import intake
    from flows.issue import issue

    return {
        "issue": lambda step: issue(step.about, now=step.at.isoformat()),
        "intake": lambda step: intake(now=step.at.isoformat()),
        "chase": lambda step: chase(now=step.at.isoformat()),
        "brief": lambda step: brief(step.about, approval="given", now=step.at.isoformat()),
    }


def _add_files_of_units(story: Story, context: Context, after: dt.datetime | None, until: dt.datetime) -> int:
    """Write the files that units put into their folders since the last step. Returns how many."""
    scenes = story.between(after, until)
    for scene in scenes:
        path = play_scene(scene, story, context.share, context.layout)
        # The last write settles before the pass that follows in the story's time.
        os.utime(path, (scene.at.timestamp(), scene.at.timestamp()))
    return len(scenes)


_TITLES = {"issue": "发放报表", "intake": "收集报送", "chase": "催报", "brief": "编发简报"}
_PRINTERS: dict[str, Callable[..., None]] = {
    "issue": printing.print_issue,
    "intake": printing.print_intake,
    "chase": printing.print_chase,
    "brief": printing.print_brief,
}


def _print_step(out: Console, number: int, step: DemoStep, added: int, done: object) -> None:
    before = f"  [dim]此前各单位投放文件 {added} 个[/]" if added else ""
    out.print(f"[green]✓[/] [{number}/{len(OCTOBER)}] {step.at:%Y-%m-%d %H:%M} [bold]{_TITLES[step.flow]}[/]{before}")
    _PRINTERS[step.flow](out, done)


def _print_summary(out: Console, root: Path, seconds: float) -> None:
    """What happened, and where to look, in both languages."""
    from flows.admin.status import read_status

    status = read_status("2023-10", now="2023-11-01T09:30")
    progress = [standing for standing in status.standings if standing.duty.kind == "progress"]
    counted = {name: sum(each.name == name for each in progress) for name in ("按时", "零报告", "迟报", "未报")}
    counts = "，".join(f"{name} {count}" for name, count in counted.items())
    out.print(
        Panel(
            f"10月应报 {len(progress)} 家：{counts}。县民政局首报被退回，更正后第2版受理；县农业农村局报的是 GBK 编码的 CSV。\n"
            f"{len(progress)} units owed a report: on time {counted['按时']}, nil {counted['零报告']}, late {counted['迟报']}, "
            f"missing {counted['未报']}. One was returned for errors and accepted as version 2; one came as a GBK .csv.",
            title="发生了什么 / What happened",
            expand=False,
        )
    )
    table = Table(title="到哪里看 / Where to look", show_header=False, expand=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for title, path in _results(root):
        table.add_row(title, escape(path))
    out.print(table)
    out.print(f"用时 {seconds:.0f} 秒。正式运行（网页 http://127.0.0.1:4200）：[bold]make up[/]", highlight=False)
    out.print(
        f"在网页里看这次演示 / this demo in the UI: [bold]LIANXI_DATA='{escape(_short(root))}' make up[/]",
        highlight=False,
    )


def _results(root: Path) -> list[tuple[str, str]]:
    def first(folder: str, pattern: str) -> str:
        return next((_short(path) for path in sorted((root / folder).rglob(pattern))), f"{_short(root / folder)}/")

    return [
        ("简报 / the brief (Word)", first("briefs", "*.docx")),
        ("简报 / the brief (网页 HTML)", first("briefs", "*.html")),
        ("措施台账 / the ledger of measures", first("briefs", "*.xlsx")),
        ("退回的报表 / the returned workbook", first("returned", "*退回*.xlsx")),
        ("邮件 / the mails (.eml)", f"{_short(root / 'outbox')}/"),
        ("共享文件夹 / the share", f"{_short(root / 'share')}/"),
        ("数据库 / the database (SQLite)", _short(root / "lianxi.db")),
    ]


def _short(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
