"""`lianxi letters`: list a period's letters, preview each kind of letter, resolve a letter in doubt.

Reads the outbox without starting Prefect. The only change made here is a person's word on an uncertain letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config.calendar import Period
from flows.context import open_context
from flows.steps.audit_trail import note_head, operator
from tasks.errors import InputError
from tasks.issue.duties_due import duties_of
from tasks.model.letter import LetterRecord, Supervision
from tasks.model.run_context import Context
from tasks.model.submission import Duty
from tasks.store import outbox
from tasks.store.duty_table import read_duties
from tasks.store.migrate import migrate

if TYPE_CHECKING:
    from tasks.mail.sample_letters import Sample


@dataclass(frozen=True, slots=True)
class LetterList:
    """The letters about a period, in the order in which they were written."""

    plan: str
    period: str
    letters: tuple[LetterRecord, ...]


def read_letter_list(period: str, plan: str | None = None, now: str | None = None) -> LetterList:
    """List the letters about a period's duties or its brief, with their state and the mail server's last reply."""
    context = open_context(plan, now)
    migrate(context.url)
    wanted = context.period(period)
    records = outbox.letter_records(context.url, context.plan.id)
    return LetterList(context.plan.id, wanted.text, tuple(each for each in records if _is_about(each, wanted)))


def resolve_letter(mark: str, arrived: bool, plan: str | None = None, now: str | None = None) -> LetterRecord:
    """Record that an uncertain letter arrived, or that it is to be sent again. See `outbox.resolve_uncertain`."""
    context = open_context(plan, now)
    migrate(context.url)
    letter = outbox.resolve_uncertain(context.url, context.plan.id, mark, arrived, context.now, by=operator())
    note_head(context.url, context.data)
    return letter


def write_letters_preview(period: str, plan: str | None = None, now: str | None = None) -> Path:
    """Render each kind of letter of a period into one HTML page and return its path. Sends and records nothing.

    Raises InputError for a period in which the plan has no duties.
    """
    from tasks.mail.letters_preview import preview_page
    from tasks.storage.atomic_write import write_atomically

    context = open_context(plan, now)
    migrate(context.url)
    wanted = context.period(period)
    path = context.data / "outbox" / "preview" / f"{context.plan.id}-{wanted.text}.html"
    letters = _samples(context, wanted, read_duties(context.url, context.plan.id, wanted.text))
    write_atomically(path, preview_page(f"{wanted.label}信件预览", letters).encode())
    return path


def sample_letters_of(context: Context, period: str) -> tuple[Sample, ...]:
    """Each kind of letter of a period, for the duties that the plan gives, whatever the ledger holds."""
    return _samples(context, context.period(period), ())


def sample_supervision_of(context: Context, period: str) -> Supervision:
    """The content of the 督办单 that goes with the sample of the red letter."""
    from tasks.mail.letter_builder import LetterBuilder
    from tasks.mail.sample_letters import sample_supervision

    wanted = context.period(period)
    return sample_supervision(_duties(context, wanted, ()), LetterBuilder.of(context), context)


def _samples(context: Context, period: Period, issued: Sequence[Duty]) -> tuple[Sample, ...]:
    from tasks.mail.letter_builder import LetterBuilder
    from tasks.mail.sample_letters import samples

    return samples(_duties(context, period, issued), period, LetterBuilder.of(context), context)


def _duties(context: Context, period: Period, issued: Sequence[Duty]) -> Sequence[Duty]:
    """The period's issued duties, or those that the plan gives if none was issued yet."""
    duties = issued or duties_of(context, period)
    if not duties:
        raise InputError(f"{period.label}没有应报事项，也就没有信件可看：方案“{context.plan.id}”在这一期间不要求报送")
    return duties


def _is_about(record: LetterRecord, period: Period) -> bool:
    if record.rung == "摘要":
        return period.contains(record.day)
    return any(period.text in part.split("/")[1:2] for part in record.duty.split())
