"""报警: what an automation reported -> a letter to the coordinator, one a cause and day -> the UI."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import flow
from prefect.artifacts import create_markdown_artifact

from config.alarms import Alarm, load_alarms
from config.validation_errors import printable
from flows.context import open_context
from flows.steps.results import Posted
from flows.steps.send_letters import send_letters
from flows.ui.artifacts import artifact_cell, artifact_table
from flows.ui.forms import CAUSE, FACTS, NOW, PLAN, RUN, Words
from flows.ui.links import artifact_key
from tasks.errors import InputError, ShareUnreachableError
from tasks.mail.contact_history import letter_outcome
from tasks.mail.coordinator_letters import alarm_letter
from tasks.mail.letter_builder import LetterBuilder
from tasks.model.run_context import Context
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
    """Write to the coordinator what is wrong and what to do. The same cause on the same day gives no second letter.

    Raises InputError for a cause that config/alarms.toml does not know.
    """
    context = open_context(plan, now)
    prepare_ledger(context.url)
    known = alarm_for(cause, facts, load_alarms())
    record = (facts, f"运行编号 {run.rpartition('.')[2]}" if run else "")
    letter = alarm_letter(known.cause, known.title, known.steps, record, LetterBuilder.of(context), context.today)
    posted = send_letters(context, [letter] if letter else [])
    _publish(context)
    return posted


def alarm_for(cause: str, facts: str, alarms: Sequence[Alarm]) -> Alarm:
    """The alarm of a cause. A flow that failed because of the share gets the share's alarm.

    Raises InputError for a cause that config/alarms.toml does not name.
    """
    known = {each.cause: each for each in alarms}
    # Prefect begins the message of a failed run, which the automation passes on as facts, with the error's class.
    if cause == "failed" and ShareUnreachableError.__name__ in facts and "share" in known:
        cause = "share"
    if cause not in known:
        raise InputError(f"config/alarms.toml 中没有“{printable(cause)}”这个报警，只有：{'、'.join(known)}")
    return known[cause]


def _publish(context: Context) -> None:
    """The last alarms, newest first, in the UI: mail may be what is broken."""
    found = [each for each in letter_records(context.url, context.plan.id) if each.rung == _RUNG][-20:]
    lines = [
        {"日期": each.day.isoformat(), "报警": artifact_cell(each.subject), "信件": artifact_cell(letter_outcome(each))}
        for each in reversed(found)
    ]
    body = artifact_table(lines) if lines else "没有报警。"
    create_markdown_artifact(body, key=artifact_key("alarms", context.plan.id), description="系统报警")
