"""报警: what an automation saw -> a letter to the coordinator, once a cause and day -> the UI."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import flow
from prefect.artifacts import create_markdown_artifact

from config.alarms import Alarm, load_alarms
from config.checking import shown
from flows.artifacts import cell, table
from flows.diary import is_about_share
from flows.forms import CAUSE, FACTS, NOW, PLAN, RUN, Words
from flows.links import key_of
from flows.office import Office, open_office
from flows.post import Posted, post
from tasks.errors import InputError
from tasks.mail.history import became
from tasks.mail.task import write_alarm
from tasks.store.outbox import records
from tasks.store.task import prepare_ledger

_RUNG = "报警"


@flow(name="报警", flow_run_name="报警 {cause}")
def alarm(
    cause: Words = CAUSE,
    facts: Words = FACTS,
    run: Words = RUN,
    plan: str | None = PLAN,
    now: str | None = NOW,
) -> Posted:
    """Write to the coordinator what is wrong and what to do. The same cause again on one day writes nothing anew.

    Raises InputError for a cause that config/alarms.toml does not know.
    """
    office = open_office(plan, now)
    prepare_ledger(office.url)
    meant = meant_by(cause, facts, load_alarms())
    told = (facts, f"运行编号 {run.rpartition('.')[2]}" if run else "")
    letters = write_alarm(
        meant.cause, meant.title, meant.steps, told, office.plan, office.county, office.now.date(), label=meant.cause
    )
    posted = post(office, letters)
    _publish(office)
    return posted


def meant_by(cause: str, facts: str, alarms: Sequence[Alarm]) -> Alarm:
    """The alarm of that cause; a flow that failed for the share's sake is the share's alarm, so that one says it."""
    known = {each.cause: each for each in alarms}
    if cause == "failed" and is_about_share(facts) and "share" in known:
        cause = "share"
    if cause not in known:
        raise InputError(f"config/alarms.toml 中没有“{shown(cause)}”这个报警，只有：{'、'.join(known)}")
    return known[cause]


def _publish(office: Office) -> None:
    """The alarms of late, the newest first: what the UI shows although mail may be what is broken."""
    found = [each for each in records(office.url, office.plan.id) if each.rung == _RUNG][-20:]
    lines = [
        {"日期": each.day.isoformat(), "报警": cell(each.subject), "信件": cell(became(each))}
        for each in reversed(found)
    ]
    body = table(lines) if lines else "没有报警。"
    create_markdown_artifact(body, key=key_of("alarms", office.plan.id), description="系统报警")
