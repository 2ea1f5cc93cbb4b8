"""报警: what an automation saw -> a letter to the coordinator, once a cause and day -> the UI."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import flow
from prefect.artifacts import create_markdown_artifact

from config.alarms import Alarm, load_alarms
from config.validation_errors import printable
from flows.context import open_context
from flows.steps.send_letters import Posted, send_letters
from flows.ui.artifacts import artifact_cell, artifact_table
from flows.ui.forms import CAUSE, FACTS, NOW, PLAN, RUN, Words
from flows.ui.links import artifact_key
from tasks.errors import InputError, ShareUnreachableError
from tasks.mail.contact_history import letter_outcome
from tasks.mail.task import write_alarm
from tasks.model.context import Context
from tasks.store.outbox import letter_records
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
    context = open_context(plan, now)
    prepare_ledger(context.url)
    meant = meant_by(cause, facts, load_alarms())
    told = (facts, f"运行编号 {run.rpartition('.')[2]}" if run else "")
    letters = write_alarm(
        meant.cause, meant.title, meant.steps, told, context.plan, context.county, context.now.date(), label=meant.cause
    )
    posted = send_letters(context, letters)
    _publish(context)
    return posted


def meant_by(cause: str, facts: str, alarms: Sequence[Alarm]) -> Alarm:
    """The alarm of that cause; a flow that failed for the share's sake is the share's alarm, so that one says it."""
    known = {each.cause: each for each in alarms}
    # Prefect begins the message of a failed run, which the automation passes on as facts, with the error's class.
    if cause == "failed" and ShareUnreachableError.__name__ in facts and "share" in known:
        cause = "share"
    if cause not in known:
        raise InputError(f"config/alarms.toml 中没有“{printable(cause)}”这个报警，只有：{'、'.join(known)}")
    return known[cause]


def _publish(context: Context) -> None:
    """The alarms of late, the newest first: what the UI shows although mail may be what is broken."""
    found = [each for each in letter_records(context.url, context.plan.id) if each.rung == _RUNG][-20:]
    lines = [
        {"日期": each.day.isoformat(), "报警": artifact_cell(each.subject), "信件": artifact_cell(letter_outcome(each))}
        for each in reversed(found)
    ]
    body = artifact_table(lines) if lines else "没有报警。"
    create_markdown_artifact(body, key=artifact_key("alarms", context.plan.id), description="系统报警")
