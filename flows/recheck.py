"""`lianxi recheck`: today's rules held against everything accepted in a period; reads only, changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from config.county import County
from flows.office import open_office
from tasks.read.read import read_originals
from tasks.shapes import Original, Submission
from tasks.store.answered import answered
from tasks.store.database import migrate
from tasks.store.duties import load_duties
from tasks.store.rows import previous_rows
from tasks.store.submissions import submissions
from tasks.validate.recheck import Recheck
from tasks.validate.recheck import recheck as compare


@dataclass(frozen=True, slots=True)
class Rechecked:
    """How many accepted submissions were held against the rules, and those of which they now say anything else."""

    period: str
    accepted: int
    differing: tuple[Recheck, ...]


def recheck(period: str, plan: str | None = None, now: str | None = None) -> Rechecked:
    """What the rules in force would say today. Raises InputError for a period that is none."""
    office = open_office(plan, now)
    migrate(office.url)
    wanted = office.period(period)
    accepted = [each for each in submissions(office.url, office.plan.id, wanted.text) if each.state == "accepted"]
    settings = office.settings
    readings = read_originals(
        [_original(each, office.county) for each in accepted],
        office.data / "originals",
        office.plan,
        office.county,
        office.layout,
        office.secret,
        settings.limits,
    )
    duties = load_duties(office.url, office.plan.id)
    previous = previous_rows(office.url, office.plan.id, wanted.text)
    known = answered(office.url, office.plan.id, [wanted.text])
    found = compare(accepted, readings, office.plan, office.county, office.layout, duties, previous, settings, known)
    return Rechecked(wanted.text, len(accepted), tuple(each for each in found if each.differs))


def _original(submission: Submission, county: County) -> Original:
    """The kept bytes of a submission; whose folder it lay in is the first step of its path."""
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
