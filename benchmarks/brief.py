"""`make bench`: the brief, from accepted rows to finished files: one county's year, larger counties, a prefecture.

Measures the processor time of roll-up, composing, serialising and rendering (Word, page, ledger, meeting papers),
without the start of Python and its imports. As in use, each month is composed with all months before it.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from config.calendar import Period, load_calendar
from config.county import County
from config.county_file import load_county
from config.paths import PROJECT
from config.plan import Plan
from config.plan_file import load_plan
from config.settings_file import load_settings
from config.workbook_file import load_layout
from tasks.brief.background import BriefBackground
from tasks.brief.brief_document import Brief
from tasks.brief.brief_json import from_json, to_json
from tasks.brief.compose import compose_content
from tasks.brief.render import write_brief_files, write_meeting
from tasks.model.progress import RollUp
from tasks.model.run_context import Context
from tasks.model.submission import Duty, ProgressRow, Submission
from tasks.rollup.roll_up import roll_up
from tasks.rollup.standing import decide_standings_at
from tasks.rollup.tally import tally

_ZONE = ZoneInfo("Asia/Shanghai")
_MONTHS, _UNITS, _COUNTIES, _ALLOWED_SECONDS = 12, 45, 9, 5.0


@dataclass(frozen=True, slots=True)
class Month:
    """The input of one month's roll-up."""

    duties: tuple[Duty, ...]
    submissions: tuple[Submission, ...]
    rows: tuple[ProgressRow, ...]


@dataclass(frozen=True, slots=True)
class Timed:
    """One row of the result."""

    what: str
    counties: int
    units: int
    months: int
    rows: int
    seconds: float


def names(plan: Plan, county: County, count: int) -> tuple[str, ...]:
    """`count` unit names: those that report on the plan's measures, the county's others, then invented ones."""
    reporting = [county.unit(measure.reporting_unit or "").name for measure in plan.measures]
    others = [unit.name for unit in county.units if unit.kind == "unit"]
    return tuple(dict.fromkeys([*reporting, *others, *(f"示例单位{n}" for n in range(1, count + 1))]))[:count]


def month(plan: Plan, number: int, units: Sequence[str]) -> Month:
    """A month in which every unit reports in time on every measure and metric of the plan."""
    period, due = f"2023-{number:02}", dt.date(2023, number, 20)
    days = {"opens": due.replace(day=10), "due": due, "grace_until": due, "closes": due.replace(day=25)}
    at = dt.datetime(2023, number, 17, 10, tzinfo=_ZONE)
    received = {"received_at": at, "decided_at": at, "nil": False, "findings": ()}
    return Month(
        duties=tuple(Duty(plan.id, unit, "progress", period, **days) for unit in units),
        submissions=tuple(
            Submission(number * 1000 + n, plan.id, unit, "progress", period, 1, "accepted", "", "", "", **received)
            for n, unit in enumerate(units)
        ),
        rows=tuple(
            _row(plan.id, unit, period, measure.no, number, metric, target)
            for unit in units
            for measure in plan.measures
            for metric, target in [(t.metric, t.value) for t in measure.targets] or [("", None)]
        ),
    )


def _row(plan: str, unit: str, period: str, no: str, number: int, metric: str, target: float | None) -> ProgressRow:
    return ProgressRow(
        plan=plan, unit=unit, period=period, measure=no, role="", metric=metric, metric_unit="", target=target,
        cumulative=None if target is None else round(target * number / 13, 2), status="正常推进",
        progress=f"本月组织活动{number}场次，带动消费{number * 10}万元，参与商户{number * 3}家。", problems="",
        coordination="请加快用地预审。" if no == "7" else "", coordination_unit="县自然资源局", next_steps="",
        highlights="", expected="", explanation="", row=9, cell="H9",
    )  # fmt: skip


def a_year(plan: Plan, county: County, months: Sequence[Month], folder: Path) -> tuple[RollUp, ...]:
    """Roll up, compose, serialise and render the issue of every month; returns the roll-ups in order."""
    base = Context(load_settings(env={}), plan, county, load_calendar(), load_layout(), b"", dt.datetime.now(_ZONE))
    past: list[RollUp] = []
    issues: list[Brief] = []
    previous: Sequence[ProgressRow] = ()
    for number, given in enumerate(months, start=1):
        # After the month's last day, so that the roll-up covers it whole.
        now = dt.datetime(2023, number, 1, 9, tzinfo=_ZONE) + dt.timedelta(days=31)
        context = replace(base, now=now)
        standings = decide_standings_at(given.duties, given.submissions, context)
        period = Period.parse(f"2023-{number:02}")
        rolled = roll_up(context, period.text, standings, given.rows, previous)
        matters = tuple(matter for issue in issues for matter in issue.matters if matter.period == issue.period)
        annals = BriefBackground(past=tuple(past), issues=tuple(issues), matters=matters)
        made = from_json(to_json(compose_content(rolled, context, number, annals)))
        write_brief_files(made, folder / plan.id / period.text, folder)
        write_meeting(made, folder / plan.id / period.text, folder, register=True)
        past.append(rolled)
        issues.append(made)
        previous = given.rows
    return tuple(past)


def timed(what: str, counties: int, units: int, months: int) -> Timed:
    """Processor seconds of one run over the years of several counties, including the prefecture's tally at the end."""
    first, county = load_plan("yanqi-2023"), load_county("yanqi")
    plans = [first.model_copy(update={"id": f"xian-{n}"}) for n in range(1, counties + 1)]
    of = names(first, county, units)
    given = [[month(plan, number, of) for number in range(1, months + 1)] for plan in plans]
    with tempfile.TemporaryDirectory(prefix="lianxi-bench-") as folder:
        started = time.process_time()
        rolled = [a_year(plan, county, year, Path(folder))[-1] for plan, year in zip(plans, given, strict=True)]
        counted = tally([(each.plan, each.measures, each.figures) for each in rolled], ["plan"])
        seconds = time.process_time() - started
    assert [one.measures for one in counted] == [len(first.measures)] * counties
    rows = sum(len(each.rows) for year in given for each in year)
    return Timed(what, counties, units, months, rows, round(seconds, 2))


def measure() -> list[Timed]:
    """Time one county's year with more and more units, parts of a year, and several counties in one run."""
    timed("warm", 1, 20, 1)
    return [
        *(timed("单位数翻番", 1, units, _MONTHS) for units in (_UNITS, 2 * _UNITS, 4 * _UNITS)),
        *(timed("月数翻番", 1, _UNITS, months) for months in (3, 6)),
        *(timed("一个地州", counties, _UNITS, _MONTHS) for counties in (3, _COUNTIES)),
    ]


def show(found: Sequence[Timed]) -> None:
    """Print the table and the time of one county's year beside the time allowed."""
    table = Table(title="简报：汇总、编写、生成文件（处理器秒，不含导入）/ the brief, processor seconds beyond imports")
    for title in ("", "县 counties", "单位 units", "月 months", "行 rows", "秒 s", "每县每月毫秒 ms"):
        table.add_column(title, justify="right")
    for one in found:
        each = one.seconds / one.counties / one.months * 1000
        cells = (one.counties, one.units, one.months, one.rows, one.seconds, round(each))
        table.add_row(one.what, *(str(cell) for cell in cells))
    Console().print(table)
    year = next(one for one in found if (one.counties, one.units, one.months) == (1, _UNITS, _MONTHS))
    print(f"12 months x 52 measures x {_UNITS} units: {year.seconds} s (allowed {_ALLOWED_SECONDS} s)")


def main() -> None:
    """Measure, print, and write `data/bench-brief.json`."""
    found = measure()
    show(found)
    path = PROJECT / "data" / "bench-brief.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
