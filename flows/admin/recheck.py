"""`lianxi recheck`: apply today's rules to all files accepted in a period. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from config.county import County
from flows.context import open_context
from tasks.model.submission import Original, Submission
from tasks.read.read_originals import read_originals
from tasks.store.accepted_rows import load_previous_rows
from tasks.store.duty_table import read_duties
from tasks.store.migrate import migrate
from tasks.store.settled_queries import load_answered_queries
from tasks.store.submissions import load_received
from tasks.validate.recheck_accepted import RecheckedFile, recheck_submissions


@dataclass(frozen=True, slots=True)
class Rechecked:
    """How many accepted submissions were rechecked, and those whose findings differ from the recorded ones."""

    period: str
    accepted: int
    differing: tuple[RecheckedFile, ...]


def recheck_period(period: str, plan: str | None = None, now: str | None = None) -> Rechecked:
    """Recheck the period's accepted submissions. Raises InputError for text that is not a period."""
    context = open_context(plan, now)
    migrate(context.url)
    wanted = context.period(period)
    accepted = [each for each in load_received(context.url, context.plan.id, wanted.text) if each.state == "accepted"]
    readings = read_originals([_original(each, context.county) for each in accepted], context)
    duties = read_duties(context.url, context.plan.id)
    previous = load_previous_rows(context.url, context.plan.id, wanted.text)
    known = load_answered_queries(context.url, context.plan.id, [wanted.text])
    rechecked = recheck_submissions(accepted, readings, context, duties, previous, known)
    return Rechecked(wanted.text, len(accepted), tuple(each for each in rechecked if each.differs))


def _original(submission: Submission, county: County) -> Original:
    """The stored original of a submission. Its unit's folder is the first part of its path in the share."""
    unit = county.resolve(submission.path.split("/", 1)[0])
    return Original(
        plan=submission.plan,
        sha256=submission.sha256,
        path=submission.path,
        folder_unit=unit.name if unit else None,
        size_bytes=0,
        mtime_ns=0,
        received_at=submission.received_at,
        stored=submission.stored,
    )
