"""Roll up a period: progress and light of every measure and target, and policies about to expire.

Belongs here: choosing a measure's rows, supporting text, the change from last month.
Does not belong here: standings (`standing`), lights (`lights`), sentences (`tasks.brief`).

Only the rows of a measure's reporting unit count. Rows of responsible units are kept as `supporting`: they never add to
a figure, and a figure that differs from the reporting unit's is mentioned there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from config.calendar import Period
from config.county import County
from config.plan import Measure, Plan, Target
from config.settings import Settings
from tasks.model.progress import MeasureProgress, RollUp, TargetProgress
from tasks.model.run_context import Context
from tasks.model.submission import ProgressRow, Standing
from tasks.model.words import Light, worst_light
from tasks.rollup.lights import (
    achieved_share,
    elapsed_share,
    is_finite,
    last_day,
    light,
    plan_year,
    status_light,
    target_window,
)
from tasks.rollup.tally import tally
from tasks.text import figure_text, says_something

_Key = tuple[str, str, str]
_STOPS = ("。", "；", "！", "？", ".", ";")


@dataclass(frozen=True, slots=True)
class _Month:
    """The period's rows indexed for look-up, with the plan, day and settings to judge them by."""

    plan: Plan
    as_of: dt.date
    settings: Settings
    rows: Mapping[str, tuple[ProgressRow, ...]]
    previous: Mapping[_Key, ProgressRow]
    standings: Mapping[str, Standing]


def roll_up(
    context: Context,
    period: str,
    standings: Sequence[Standing],
    rows: Sequence[ProgressRow],
    previous: Sequence[ProgressRow],
) -> RollUp:
    """Every standing, measure and figure of `period` as of its last day, or of today if that is earlier.

    `rows` are the accepted rows of the period, `previous` the last accepted ones before it (any month).
    Measures come in the plan's order, figures in the order of their measures. Raises ValueError for an
    unknown period.
    """
    plan, county, settings = context.plan, context.county, context.settings
    as_of = min(Period.parse(period).end, context.today)
    by_measure: dict[str, list[ProgressRow]] = {}
    for row in rows:
        by_measure.setdefault(row.measure, []).append(row)
    month = _Month(
        plan=plan,
        as_of=as_of,
        settings=settings,
        rows={no: tuple(found) for no, found in by_measure.items()},
        previous={(row.unit, row.measure, row.metric): row for row in previous},
        standings={s.duty.unit: s for s in standings if s.duty.kind == "progress" and s.duty.period == period},
    )
    figures = {measure.no: _figures(measure, month, county) for measure in plan.measures}
    measures = tuple(_measure(measure, figures[measure.no], month, county) for measure in plan.measures)
    every_figure = tuple(figure for measure in plan.measures for figure in figures[measure.no])
    return RollUp(
        plan=plan.id,
        period=period,
        as_of=as_of,
        standings=tuple(standings),
        measures=measures,
        figures=every_figure,
        expiring=_expiring(plan, Period.parse(period), as_of, settings.brief.expiry_days, first=not previous),
        by_unit=tally([(plan.id, measures, every_figure)], ["unit"]),
    )


def _reporting_unit(measure: Measure, county: County) -> str:
    """The canonical name of the measure's reporting unit; as written in the plan where the county does not list it."""
    name = measure.reporting_unit or ""
    unit = county.resolve(name)
    return unit.name if unit else name


def _own_rows(measure: Measure, unit: str, month: _Month) -> tuple[ProgressRow, ...]:
    return tuple(row for row in month.rows.get(measure.no, ()) if row.unit == unit)


def _is_nil(unit: str, month: _Month) -> bool:
    standing = month.standings.get(unit)
    return standing is not None and standing.name == "零报告"


def _figures(measure: Measure, month: _Month, county: County) -> tuple[TargetProgress, ...]:
    unit = _reporting_unit(measure, county)
    own = {row.metric: row for row in _own_rows(measure, unit, month)}
    return tuple(_figure(measure, target, unit, own.get(target.metric), month) for target in measure.targets)


def _figure(measure: Measure, target: Target, unit: str, row: ProgressRow | None, month: _Month) -> TargetProgress:
    """One target. Under a nil report the figure of last month holds; without a report there is no figure."""
    before = month.previous.get((unit, measure.no, target.metric))
    if row is None and _is_nil(unit, month):
        row = before
    cumulative = row.cumulative if row is not None and is_finite(row.cumulative) else None
    start, due = target_window(target, month.plan.document, month.as_of)
    elapsed = elapsed_share(start, due, month.as_of)
    share = achieved_share(target, cumulative)
    standing = month.standings.get(unit) if row is not None and row is not before else None
    return TargetProgress(
        measure=measure.no,
        metric=target.metric,
        metric_unit=target.unit,
        operator=target.operator,
        target=target.value,
        cumulative=cumulative,
        share=share,
        elapsed=elapsed,
        # A soft target (基本实现) is shown but not judged.
        light="无" if target.soft else light(share, elapsed, month.as_of > due, month.settings),
        change=_change(cumulative, before),
        unit=unit,
        submission_id=standing.submission_id if standing else None,
        version=standing.version if standing else None,
        cell=row.cell if row is not None and row is not before else "",
        due=due,
    )


def _change(cumulative: float | None, before: ProgressRow | None) -> float | None:
    if cumulative is None or before is None or before.cumulative is None or not is_finite(before.cumulative):
        return None
    # Rounded, so that 0.3 - 0.1 is 0.2; no reported figure has more than seven decimals.
    return round(cumulative - before.cumulative, 7)


def _measure(measure: Measure, figures: Sequence[TargetProgress], month: _Month, county: County) -> MeasureProgress:
    unit = _reporting_unit(measure, county)
    own = _own_rows(measure, unit, month)
    standing = month.standings.get(unit) if own else None
    judged = [figure.light for figure in figures if figure.light != "无"]
    return MeasureProgress(
        no=measure.no,
        section=measure.section,
        text=measure.text,
        unit=unit,
        status=_first(own, "status"),
        light=worst_light(judged) if judged else _light_of_status(measure, unit, own, month),
        progress=_joined(own, "progress"),
        problems=_joined(own, "problems"),
        coordination=_joined(own, "coordination"),
        coordination_unit=_units(own),
        next_steps=_joined(own, "next_steps"),
        highlights=_joined(own, "highlights"),
        reported=bool(own) or _is_nil(unit, month),
        submission_id=standing.submission_id if standing else None,
        version=standing.version if standing else None,
        cell=own[0].cell if own else "",
        supporting=_supporting(measure, unit, own, month),
    )


def _light_of_status(measure: Measure, unit: str, own: Sequence[ProgressRow], month: _Month) -> Light:
    """The light by the unit's status; under a nil report, by the last status it gave."""
    unit_rows = own
    if not unit_rows and _is_nil(unit, month):
        unit_rows = [row for key, row in month.previous.items() if key[:2] == (unit, measure.no)]
    year = plan_year(month.plan.document, month.as_of)
    start, due = dt.date(year, 1, 1), dt.date(year, 12, 31)
    past_due = month.as_of > _deadline(measure, due)
    elapsed = elapsed_share(start, due, month.as_of)
    status, expected = _first(unit_rows, "status"), _first(unit_rows, "expected")
    return status_light(status, expected, elapsed, past_due, month.as_of, month.settings)


def _deadline(measure: Measure, otherwise: dt.date) -> dt.date:
    """The latest day that the document sets for a measure; `otherwise` where it sets none."""
    days = [day for day in map(last_day, measure.deadlines) if day]
    days += [target.due for target in measure.targets if target.due]
    return max(days, default=otherwise)


def _first(rows: Iterable[ProgressRow], field: str) -> str:
    return next((text for row in rows if (text := str(getattr(row, field)).strip())), "")


def _joined(rows: Iterable[ProgressRow], field: str, separator: str = "；") -> str:
    """The texts of a measure's rows, each once (units repeat a text for every metric); 无 is dropped where there is text."""
    given = list(dict.fromkeys(text for row in rows if (text := str(getattr(row, field)).strip())))
    texts = [text for text in given if says_something(text)] or given[:1]
    closed = [text if text.endswith(_STOPS) else text + separator for text in texts[:-1]]
    return "".join(closed + texts[-1:])


def _units(rows: Iterable[ProgressRow]) -> str:
    """The units asked to coordinate, each once."""
    names = [name.strip() for name in _joined(rows, "coordination_unit", "、").split("、")]
    return "、".join(dict.fromkeys(name for name in names if name))


def _supporting(measure: Measure, unit: str, own: Sequence[ProgressRow], month: _Month) -> tuple[str, ...]:
    """From the responsible units: figures that the reporting unit lacks or that differ from its own, and progress texts."""
    figures = {row.metric: row.cumulative for row in own}
    others = [row for row in month.rows.get(measure.no, ()) if row.unit != unit]
    lines = []
    for row in others:
        lead = figures.get(row.metric)
        if row.cumulative is not None and is_finite(row.cumulative) and row.cumulative != lead:
            other = f"{row.unit}报“{row.metric}”累计{figure_text(row.cumulative)}{row.metric_unit}"
            lines.append(
                f"{other}，与{unit}所报{figure_text(lead)}{row.metric_unit}不一致" if lead is not None else other
            )
        if says_something(row.progress):
            lines.append(f"{row.unit}：{row.progress.strip()}")
    return tuple(dict.fromkeys(lines))


def _expiring(
    plan: Plan, period: Period, as_of: dt.date, expiry_days: int, *, first: bool
) -> tuple[tuple[str, dt.date, str], ...]:
    """(measure, last day, the document's words) of every policy that ends within `expiry_days` of `as_of`.

    A policy that has ended is listed once: in the month in which it ended, or in the plan's first brief (`first`).
    """
    horizon = as_of + dt.timedelta(days=expiry_days)
    expiring = [
        (measure.no, expiry.on, expiry.words)
        for measure in plan.measures
        for expiry in measure.expires
        if expiry.on <= horizon and (first or expiry.on >= period.start)
    ]
    return tuple(sorted(expiring, key=lambda item: item[1]))
