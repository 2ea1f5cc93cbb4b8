"""What the commands that begin an installation print. Words for a terminal; no decision."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from flows.checkup import Check

_MARKS = {"ok": "[green]✓[/]", "note": "[yellow]–[/]", "bad": "[red]✗[/]"}


def checks(out: Console, found: Sequence[Check]) -> None:
    """`lianxi doctor`: one line a check; what to do stands behind the arrow."""
    for each in found:
        out.print(_MARKS[each.state], end=" ")
        told = f"{each.name}：{each.said}" + (f" → {each.remedy}" if each.remedy else "")
        out.print(told, markup=False, highlight=False, soft_wrap=True)
    counts = Counter(each.state for each in found)
    out.print(f"正常 {counts['ok']} 项，留意 {counts['note']} 项，须改正 {counts['bad']} 项", highlight=False)


def checks_json(found: Sequence[Check]) -> None:
    """`lianxi doctor --json`."""
    told = {"ok": all(each.state != "bad" for each in found), "checks": [asdict(each) for each in found]}
    print(json.dumps(told, ensure_ascii=False, indent=2))  # noqa: T201
