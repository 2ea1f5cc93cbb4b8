"""A year's briefs of a real county, each rolled up, composed and rendered, cost seconds of processor time."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from pathlib import Path

from config.calendar import Period, load_calendar
from config.county import load_county
from config.plan import load_plan
from config.settings import load_settings
from tasks.brief.annals import Annals
from tasks.brief.content import compose
from tasks.brief.render import write_all, write_meeting
from tasks.brief.value import Brief, from_json, to_json
from tasks.outcomes import RollUp
from tasks.rollup.progress import roll_up
from tasks.rollup.standing import decide
from tasks.shapes import Duty, ProgressRow, Submission
from tests import factories
from tests.factories import ZONE

PLAN = load_plan("yanqi-2023")
COUNTY = load_county(PLAN.county)
UNITS = list(
    dict.fromkeys(
        [COUNTY.unit(m.reporting_unit or "").name for m in PLAN.measures]
        + [unit.name for unit in COUNTY.units if unit.kind == "unit"]
        + [f"示例单位{number}" for number in range(60)]
    )
)


def month(number: int, units: Sequence[str]) -> tuple[list[Duty], list[Submission], list[ProgressRow]]:
    """Every unit reports on every measure and metric."""
    period, due = f"2023-{number:02}", dt.date(2023, number, 20)
    days = {"opens": due.replace(day=9), "due": due, "grace_until": due, "closes": due.replace(day=25)}
    duties = [factories.duty(unit, period=period, plan=PLAN.id, measures=(), **days) for unit in units]
    at = dt.datetime(2023, number, 17, 10, tzinfo=ZONE)
    sent = [
        factories.submission("accepted", id=number * 100 + n, plan=PLAN.id, unit=u, period=period, received_at=at, decided_at=at)
        for n, u in enumerate(units)
    ]  # fmt: skip
    rows = [
        factories.progress_row(
            measure.no, target.metric if target else "", plan=PLAN.id, unit=unit, period=period,
            cumulative=target.value * number / 13 if target else None,
            progress="已组织活动3场次，带动消费30万元。", coordination="请加快用地预审。" if measure.no == "7" else "",
        )
        for unit in units for measure in PLAN.measures for target in measure.targets or (None,)
    ]  # fmt: skip
    return duties, sent, rows


def year(folder: Path, units: Sequence[str], last: int = 12) -> float:
    """Processor seconds of twelve issues, each rolled up, composed with all before it, frozen as text and rendered."""
    settings, calendar = load_settings(env={}), load_calendar()
    months = [month(number, units) for number in range(1, last + 1)]
    past: list[RollUp] = []
    issues: list[Brief] = []
    previous: Sequence[ProgressRow] = ()
    started = time.process_time()
    for number, (duties, sent, rows) in enumerate(months, start=1):
        now = dt.datetime(2023, number, 26, 9, tzinfo=ZONE)
        standings = decide(duties, sent, calendar, now, settings)
        period = Period.parse(f"2023-{number:02}")
        rollup = roll_up(PLAN, COUNTY, period.text, standings, rows, previous, period.end, settings)
        matters = tuple(matter for issue in issues for matter in issue.matters if matter.period == issue.period)
        annals = Annals(past=tuple(past), issues=tuple(issues), matters=matters)
        brief = from_json(to_json(compose(rollup, PLAN, COUNTY, settings, number, now, annals)))
        write_all(brief, folder / period.text, folder)
        write_meeting(brief, folder / period.text, folder, register=True)
        past.append(rollup)
        issues.append(brief)
        previous = rows
    return time.process_time() - started


def test_twelve_months_of_45_units_and_52_measures_take_under_five_seconds(tmp_path: Path) -> None:
    # Imports are paid for by a month of three units.
    year(tmp_path / "warm", UNITS[:3], 1)
    assert len(PLAN.measures) == 52
    assert year(tmp_path / "year", UNITS[:45]) < 5.0
