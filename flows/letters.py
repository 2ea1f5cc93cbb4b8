"""`lianxi letters`: the letters of a period and what became of them, or how every kind of letter looks.

Reads the outbox without starting Prefect. What a person says of an uncertain letter enters here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from config.calendar import Period
from flows.audit import note_head, operator
from flows.office import Office, open_office
from tasks.errors import InputError
from tasks.issue.duties import duties_of
from tasks.outcomes import LetterRecord
from tasks.shapes import Duty
from tasks.store import outbox
from tasks.store.database import migrate
from tasks.store.duties import load_duties


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
    from tasks.mail.samples import samples
    from tasks.mail.stationery import Stationery
    from tasks.mail.templates import load_templates

    office = open_office(plan, now)
    wanted = office.period(period)
    stationery = Stationery(office.county, office.plan, load_templates())
    shown = samples(_duties(office, wanted), wanted, stationery, office.calendar, office.settings)
    path = office.data / "outbox" / "preview" / f"{office.plan.id}-{wanted.text}.html"
    write_atomically(path, page(f"{wanted.label}信件预览", shown).encode())
    return path


def _duties(office: Office, period: Period) -> tuple[Duty, ...]:
    """The period's duties as issued; before that, as the plan would have them."""
    migrate(office.url)
    found = load_duties(office.url, office.plan.id, period.text)
    found = found or duties_of(office.plan, office.county, period, office.calendar, office.settings)
    if not found:
        raise InputError(f"{period.label}没有应报事项，也就没有信件可看：方案“{office.plan.id}”在这一期间不要求报送")
    return found


def _is_about(record: LetterRecord, period: Period) -> bool:
    if record.rung == "摘要":
        return period.contains(record.day)
    return any(period.text in part.split("/")[1:2] for part in record.duty.split())
