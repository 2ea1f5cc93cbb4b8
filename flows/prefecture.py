"""汇总各县: every plan rolled up by its own rules, counted, ranked, and put into one issue for the prefecture.

A county that cannot be read is named in the issue and does not stop the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prefect import flow

from config.calendar import Period
from config.config_errors import ConfigError
from config.settings_file import load_settings
from flows.context import instant_of, open_context
from flows.steps.standings import standings_of
from flows.ui.artifacts import publish_counties
from flows.ui.forms import NOW, PERIOD, run_name
from tasks.brief.task import render_counties
from tasks.errors import InputError, LianxiError
from tasks.model.county_tally import CountyLine, UnreadablePlan
from tasks.model.run_context import Context, period_named
from tasks.model.submission import WrittenFile
from tasks.rollup.rank_counties import ranked, tally_of
from tasks.rollup.task import roll_up_task
from tasks.store.accepted_rows import load_accepted_rows, load_previous_rows
from tasks.store.task import prepare_ledger


@dataclass(frozen=True, slots=True)
class PrefectureIssue:
    """One period of the prefecture: the counties ranked, those that could not be read, and the files below data/."""

    period: str
    lines: tuple[CountyLine, ...]
    unreadable: tuple[UnreadablePlan, ...]
    files: tuple[str, ...]


@flow(name="汇总各县", flow_run_name=run_name)
def prefecture(period: str | None = PERIOD, now: str | None = NOW) -> PrefectureIssue:
    """Write the prefecture's issue of a period (default: this month) as Word, HTML and tables.

    Reads every county's ledger and changes none. Raises InputError where no county could be read.
    """
    settings = load_settings()
    at = instant_of(now, settings.timezone)
    wanted = period_named(period, at)
    lines: list[CountyLine] = []
    unreadable: list[UnreadablePlan] = []
    for plan in settings.plans:
        try:
            lines.append(_line(open_context(plan, at), wanted))
        except (ConfigError, LianxiError) as fault:
            unreadable.append(UnreadablePlan(plan, str(fault)))
    if not lines:
        raise InputError("没有一个县的数据能够读出：" + "；".join(f"{each.plan}：{each.why}" for each in unreadable))
    placed = ranked(_named_apart(lines))
    folder = settings.data / "briefs" / "各县" / wanted.text
    text, written = render_counties(wanted, placed, unreadable, settings.prefecture, at, folder, settings.data)
    publish_counties(settings, wanted, text, [each.path for each in written])
    return PrefectureIssue(wanted.text, placed, tuple(unreadable), _paths(written, settings.data))


def _line(context: Context, period: Period) -> CountyLine:
    """One county's figures, rolled up exactly as its own brief does it."""
    url, plan = context.url, context.plan.id
    prepare_ledger(url)
    rows, previous = load_accepted_rows(url, plan, period.text), load_previous_rows(url, plan, period.text)
    rollup = roll_up_task(context, period.text, standings_of(context, period.text), rows, previous)
    return CountyLine(plan, context.county.name, tally_of(rollup))


def _named_apart(lines: Sequence[CountyLine]) -> list[CountyLine]:
    """Add the plan to the names of a county that has several."""
    names = [line.name for line in lines]
    return [
        CountyLine(line.plan, f"{line.name}（{line.plan}）" if names.count(line.name) > 1 else line.name, line.tally)
        for line in lines
    ]


def _paths(written: Sequence[WrittenFile], data: Path) -> tuple[str, ...]:
    return tuple(str(data / each.path) for each in written)
