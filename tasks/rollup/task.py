"""The Prefect coat of the roll-up stage: decorator, log, one call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from config.calendar import Period, WorkCalendar
from config.county import County
from config.plan import Plan
from config.settings import Settings
from tasks.model.county_tally import CountyLine, CountyTally
from tasks.model.meeting import UnitRecord
from tasks.model.progress import RollUp
from tasks.model.submission import Duty, ProgressRow, Standing, Submission
from tasks.rollup.matrix import rates
from tasks.rollup.past_months import Month, roll_months
from tasks.rollup.rank_counties import ranked, tally_of
from tasks.rollup.roll_up import roll_up
from tasks.rollup.scorecard import scorecard
from tasks.rollup.standing import decide_standings_at


@task(name="研判", task_run_name="研判 {label}", cache_policy=NO_CACHE)
def decide_standings(
    duties: Sequence[Duty],
    submissions: Sequence[Submission],
    calendar: WorkCalendar,
    now: dt.datetime,
    settings: Settings,
    *,
    label: str,
) -> tuple[Standing, ...]:
    """The standing of every duty at `now`."""
    standings = decide_standings_at(duties, submissions, calendar, now, settings)
    get_run_logger().info("应报%(expected)d，已报%(received)d，已受理%(accepted)d，按时%(on_time)d", rates(standings))
    return standings


@task(name="汇总", task_run_name="汇总 {label}", cache_policy=NO_CACHE)
def roll_up_period(
    plan: Plan,
    county: County,
    period: str,
    standings: Sequence[Standing],
    rows: Sequence[ProgressRow],
    previous: Sequence[ProgressRow],
    as_of: dt.date,
    settings: Settings,
    *,
    label: str,
) -> RollUp:
    """Every measure and figure of the period, with lights."""
    rollup = roll_up(plan, county, period, standings, rows, previous, as_of, settings)
    reported = sum(measure.reported for measure in rollup.measures)
    get_run_logger().info("%d项措施中%d项有进展报告，量化指标%d项", len(rollup.measures), reported, len(rollup.figures))
    return rollup


@task(name="复核历月", task_run_name="复核历月 {label}", cache_policy=NO_CACHE)
def roll_up_months(
    plan: Plan,
    county: County,
    months: Mapping[str, Month],
    duties: Sequence[Duty],
    submissions: Sequence[Submission],
    calendar: WorkCalendar,
    now: dt.datetime,
    settings: Settings,
    *,
    label: str,
) -> tuple[RollUp, ...]:
    """See `history.roll_months`."""
    rolled = roll_months(plan, county, months, duties, submissions, calendar, now, settings)
    get_run_logger().info("%s：复核此前%d个月", label, len(rolled))
    return rolled


@task(name="统计报送记录", task_run_name="统计报送记录 {label}", cache_policy=NO_CACHE)
def score_units(
    standings: Sequence[Standing],
    submissions: Sequence[Submission],
    span: Period,
    frozen: Mapping[str, dt.datetime],
    calendar: WorkCalendar,
    today: dt.date,
    *,
    label: str,
) -> tuple[UnitRecord, ...]:
    """See `scorecard.scorecard`."""
    scores = scorecard(standings, submissions, span, frozen, calendar, today)
    get_run_logger().info("%s：%d家单位的报送记录", span.label, len(scores))
    return scores


@task(name="统计一县", task_run_name="统计 {label}", cache_policy=NO_CACHE)
def tally_county(rollup: RollUp, *, label: str) -> CountyTally:
    """See `prefecture.tally_of`."""
    tally = tally_of(rollup)
    get_run_logger().info("%s：应报%d，按时%d，措施%d项", label, tally.expected, tally.on_time, tally.measures)
    return tally


@task(name="各县排名", task_run_name="各县排名 {label}", cache_policy=NO_CACHE)
def rank_counties(lines: Sequence[CountyLine], *, label: str) -> tuple[CountyLine, ...]:
    """See `prefecture.ranked`."""
    placed = ranked(lines)
    get_run_logger().info("%s：%s", label, "、".join(f"{line.rank or '—'} {line.name}" for line in placed))
    return placed
