"""What the commands that begin an installation print. Words for a terminal; no decision."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from flows.admin.machine_checks import CheckResult
    from flows.admin.new_county import NewCounty

_MARKS = {"ok": "[green]✓[/]", "note": "[yellow]–[/]", "bad": "[red]✗[/]"}


def print_checks(out: Console, found: Sequence[CheckResult]) -> None:
    """`lianxi doctor`: one line a check; what to do stands behind the arrow."""
    for each in found:
        out.print(_MARKS[each.state], end=" ")
        told = f"{each.name}：{each.said}" + (f" → {each.remedy}" if each.remedy else "")
        out.print(told, markup=False, highlight=False, soft_wrap=True)
    counts = Counter(each.state for each in found)
    out.print(f"正常 {counts['ok']} 项，留意 {counts['note']} 项，须改正 {counts['bad']} 项", highlight=False)


def print_checks_json(found: Sequence[CheckResult]) -> None:
    """`lianxi doctor --json`."""
    told = {"ok": all(each.state != "bad" for each in found), "checks": [asdict(each) for each in found]}
    print(json.dumps(told, ensure_ascii=False, indent=2))  # noqa: T201


def print_new_county(out: Console, done: NewCounty) -> None:
    """`lianxi new`."""
    out.print(
        f"{done.name}：措施 {done.measures} 项，单位 {done.units} 个，群组 {done.groups} 个；方案编号 {done.plan}",
        markup=False,
    )
    if done.period:
        out.print(f"首批报表（{done.period}）{done.workbooks} 份，在共享文件夹各单位的“发放”里，尚未通知任何人")
    for path in done.files:
        out.print(f"  · {path}", markup=False, highlight=False, soft_wrap=True)
    out.print("还要请您做：")
    for number, each in enumerate(done.todo, start=1):
        out.print(f"  {number}. {each}", markup=False, highlight=False, soft_wrap=True)
