"""`lianxi letters`: the letters of a period and what became of them, or how every kind of letter looks.

Reads the outbox without starting Prefect. What a person says of an uncertain letter enters here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config.calendar import Period
from flows.audit import note_head, operator
from flows.office import Office, open_office
from tasks.errors import InputError
from tasks.issue.duties import duties_of
from tasks.outcomes import LetterRecord, Supervision
from tasks.shapes import Duty
from tasks.store import outbox
from tasks.store.database import migrate
from tasks.store.duties import load_duties

if TYPE_CHECKING:
    from tasks.mail.samples import Sample
    from tasks.mail.stationery import Stationery


@dataclass(frozen=True, slots=True)
class Listed:
    """The letters about a period, in the order they were written."""

    plan: str
    period: str
    letters: tuple[LetterRecord, ...]


def letters(period: str, plan: str | None = None, now: str | None = None) -> Listed:
    """Every letter about a period's duties or its brief, with its state and the server's last words."""
    office = open_office(plan, now)
    migrate(office.url)
    wanted = office.period(period)
    found = outbox.records(office.url, office.plan.id)
    return Listed(office.plan.id, wanted.text, tuple(each for each in found if _is_about(each, wanted)))


def settle(mark: str, arrived: bool, plan: str | None = None, now: str | None = None) -> LetterRecord:
    """Say of an uncertain letter that it arrived, or that it is to be sent again. See `outbox.settle`."""
    office = open_office(plan, now)
    migrate(office.url)
    settled = outbox.settle(office.url, office.plan.id, mark, arrived, office.now, by=operator())
    note_head(office.url, office.data)
    return settled


def preview(period: str, plan: str | None = None, now: str | None = None) -> Path:
    """Render every kind of letter of a period into one HTML page; returns where it lies. Nothing is sent or recorded.

    Raises InputError for a period in which the plan asks nobody for anything.
    """
    from tasks.files import write_atomically
    from tasks.mail.preview import page

    office = open_office(plan, now)
    migrate(office.url)
    wanted = office.period(period)
    path = office.data / "outbox" / "preview" / f"{office.plan.id}-{wanted.text}.html"
    shown = _samples(office, wanted, load_duties(office.url, office.plan.id, wanted.text))
    write_atomically(path, page(f"{wanted.label}信件预览", shown).encode())
    return path


def samples_of(office: Office, period: str) -> tuple[Sample, ...]:
    """Every kind of letter of a period as the plan would have it, whatever the ledger holds."""
    return _samples(office, office.period(period), ())


def supervision_of(office: Office, period: str) -> Supervision:
    """The words of a 督办单 of the period, on the occasion of the sample's red letter."""
    from tasks.mail.samples import supervision

    wanted = office.period(period)
    return supervision(_duties(office, wanted, ()), _paper(office), office.calendar, office.settings)


def _samples(office: Office, period: Period, issued: Sequence[Duty]) -> tuple[Sample, ...]:
    from tasks.mail.samples import samples

    return samples(_duties(office, period, issued), period, _paper(office), office.calendar, office.settings)


def _paper(office: Office) -> Stationery:
    from tasks.mail.stationery import Stationery
    from tasks.mail.templates import load_templates

    return Stationery(office.county, office.plan, load_templates())


def _duties(office: Office, period: Period, issued: Sequence[Duty]) -> Sequence[Duty]:
    """The period's duties as issued; before that, as the plan would have them."""
    found = issued or duties_of(office.plan, office.county, period, office.calendar, office.settings)
    if not found:
        raise InputError(f"{period.label}没有应报事项，也就没有信件可看：方案“{office.plan.id}”在这一期间不要求报送")
    return found


def _is_about(record: LetterRecord, period: Period) -> bool:
    if record.rung == "摘要":
        return period.contains(record.day)
    return any(period.text in part.split("/")[1:2] for part in record.duty.split())
