"""`lianxi letters`: the letters of a period and what became of them, or how every kind of letter looks.

Reads the outbox without starting Prefect. What a person says of an uncertain letter enters here.
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
from tasks.model.context import Context
from tasks.model.letter import LetterRecord, Supervision
from tasks.model.submission import Duty
from tasks.store import outbox
from tasks.store.duty_table import read_duties
from tasks.store.migrate import migrate

if TYPE_CHECKING:
    from tasks.mail.letter_builder import LetterBuilder
    from tasks.mail.sample_letters import Sample


@dataclass(frozen=True, slots=True)
class Listed:
    """The letters about a period, in the order they were written."""

    plan: str
    period: str
    letters: tuple[LetterRecord, ...]


def list_letters(period: str, plan: str | None = None, now: str | None = None) -> Listed:
    """Every letter about a period's duties or its brief, with its state and the server's last words."""
    context = open_context(plan, now)
    migrate(context.url)
    wanted = context.period(period)
    found = outbox.letter_records(context.url, context.plan.id)
    return Listed(context.plan.id, wanted.text, tuple(each for each in found if _is_about(each, wanted)))


def settle_letter(mark: str, arrived: bool, plan: str | None = None, now: str | None = None) -> LetterRecord:
    """Say of an uncertain letter that it arrived, or that it is to be sent again. See `outbox.settle`."""
    context = open_context(plan, now)
    migrate(context.url)
    settled = outbox.resolve_uncertain(context.url, context.plan.id, mark, arrived, context.now, by=operator())
    note_head(context.url, context.data)
    return settled


def write_preview(period: str, plan: str | None = None, now: str | None = None) -> Path:
    """Render every kind of letter of a period into one HTML page; returns where it lies. Nothing is sent or recorded.

    Raises InputError for a period in which the plan asks nobody for anything.
    """
    from tasks.mail.letters_preview import preview_page
    from tasks.storage.atomic_write import write_atomically

    context = open_context(plan, now)
    migrate(context.url)
    wanted = context.period(period)
    path = context.data / "outbox" / "preview" / f"{context.plan.id}-{wanted.text}.html"
    shown = _samples(context, wanted, read_duties(context.url, context.plan.id, wanted.text))
    write_atomically(path, preview_page(f"{wanted.label}信件预览", shown).encode())
    return path


def samples_of(context: Context, period: str) -> tuple[Sample, ...]:
    """Every kind of letter of a period as the plan would have it, whatever the ledger holds."""
    return _samples(context, context.period(period), ())


def supervision_of(context: Context, period: str) -> Supervision:
    """The words of a 督办单 of the period, on the occasion of the sample's red letter."""
    from tasks.mail.sample_letters import supervision

    wanted = context.period(period)
    return supervision(_duties(context, wanted, ()), _paper(context), context.calendar, context.settings)


def _samples(context: Context, period: Period, issued: Sequence[Duty]) -> tuple[Sample, ...]:
    from tasks.mail.sample_letters import samples

    return samples(_duties(context, period, issued), period, _paper(context), context.calendar, context.settings)


def _paper(context: Context) -> LetterBuilder:
    from tasks.mail.letter_builder import LetterBuilder
    from tasks.mail.letter_templates import load_templates

    return LetterBuilder(context.county, context.plan, load_templates())


def _duties(context: Context, period: Period, issued: Sequence[Duty]) -> Sequence[Duty]:
    """The period's duties as issued; before that, as the plan would have them."""
    found = issued or duties_of(context.plan, context.county, period, context.calendar, context.settings)
    if not found:
        raise InputError(f"{period.label}没有应报事项，也就没有信件可看：方案“{context.plan.id}”在这一期间不要求报送")
    return found


def _is_about(record: LetterRecord, period: Period) -> bool:
    if record.rung == "摘要":
        return period.contains(record.day)
    return any(period.text in part.split("/")[1:2] for part in record.duty.split())
