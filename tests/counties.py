"""Writes a configuration folder with invented counties: settings, counties, plans.

Belongs here: values of `factories` -> the configuration files that the program reads.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from config.county import County
from config.county_file import UNIT_COLUMNS
from config.paths import PROJECT
from config.plan import Plan
from config.plan_text import plan_text

_SHIPPED = PROJECT / "config"
_TEXTS = (
    "name", "full_name", "level", "convener", "office", "meeting", "mail_sender", "mail_sender_name",
    "coordinator_mail", "coordinator_phone",
)  # fmt: skip


def configuration(folder: Path, *offices: tuple[County, Plan], changes: tuple[tuple[str, str], ...] = ()) -> Path:
    """Write into `folder` the shipped settings with `changes` (old text, new text), and the counties with their plans."""
    text = (
        (_SHIPPED / "settings.toml").read_text("utf-8").replace('plan = "yanqi-2023"', f'plan = "{offices[0][1].id}"')
    )
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text(text, "utf-8")
    shutil.copytree(_SHIPPED / "templates", folder / "templates")
    for county, plan in offices:
        _write_county(folder / "counties" / county.id, county)
        (folder / "plans").mkdir(exist_ok=True)
        (folder / "plans" / f"{plan.id}.toml").write_text(plan_text(plan), "utf-8")
    return folder


def _write_county(folder: Path, county: County) -> None:
    folder.mkdir(parents=True)
    lines = [f'{name} = "{getattr(county, name)}"' for name in _TEXTS]
    (folder / "county.toml").write_text("\n".join(lines) + "\n", "utf-8")
    with (folder / "units.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, UNIT_COLUMNS)
        writer.writeheader()
        for unit in county.units:
            status = "已确认" if unit.confirmed else "示例待确认"
            row = {"code": unit.code, "name": unit.name, "kind": unit.kind, "aliases": "；".join(unit.aliases)}
            writer.writerow(row | {"group": unit.group or "", "status": status})
