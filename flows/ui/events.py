"""Events for the UI's feed and the alarms: file received, file accepted, letter sent, brief approved, share unreachable.

Belongs here: the events' names and payloads: units and periods, never people, addresses or a unit's text. Prefect sends
events in a thread of its own, and no flow waits for it. A pass in which nothing happened sends none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from prefect.events import emit_event

if TYPE_CHECKING:
    from tasks.model.letter import Letter
    from tasks.model.submission import Submission

RECEIVED, ACCEPTED = "submission.received", "submission.accepted"
SENT, HELD_UP = "letter.sent", "letter.held-up"
APPROVED, UNREACHABLE = "brief.approved", "share.unreachable"
_UNKNOWN = "（未识别）"


def emit_submission(submission: Submission) -> None:
    """A file was judged; a second event if it was accepted."""
    payload: dict[str, object] = {
        "kind": submission.kind or "", "version": submission.version, "state": submission.state,
    }  # fmt: skip
    unit, period = submission.unit or _UNKNOWN, submission.period or ""
    _emit(RECEIVED, submission.plan, unit, period, payload)
    if submission.state == "accepted":
        _emit(ACCEPTED, submission.plan, unit, period, payload)


def emit_letter_sent(letter: Letter) -> None:
    """The mail server accepted a letter (in a dry run: its file was written)."""
    _emit(SENT, letter.plan, letter.unit, "", {"rung": letter.rung, "day": letter.day.isoformat()})


def emit_letters_held(plan: str, letters: int) -> None:
    """Letters were due but could not be sent."""
    _emit(HELD_UP, plan, "", "", {"letters": letters})


def emit_brief_approved(plan: str, period: str, issue_no: int, units: Iterable[str]) -> None:
    """A brief was approved and frozen; `units` are its recipients."""
    emit_event(
        APPROVED,
        resource={"prefect.resource.id": f"lianxi.{plan}.brief.{period}", "prefect.resource.name": f"{period} 简报"},
        related=[
            {"prefect.resource.id": f"lianxi.{plan}.unit.{unit}", "prefect.resource.role": "unit"} for unit in units
        ],
        payload={"plan": plan, "period": period, "issue_no": issue_no},
    )


def emit_share_unreachable(plan: str, why: str) -> None:
    """The share could not be read."""
    _emit(UNREACHABLE, plan, "", "", {"why": why})


def _emit(event: str, plan: str, unit: str, period: str, payload: dict[str, object]) -> None:
    """One event about a unit of a plan, or about the whole plan if `unit` is ''."""
    about = f"lianxi.{plan}.unit.{unit}" if unit else f"lianxi.{plan}"
    emit_event(
        event,
        resource={"prefect.resource.id": about, "prefect.resource.name": unit or plan, "lianxi.plan": plan},
        related=[{"prefect.resource.id": f"lianxi.{plan}.period.{period}", "prefect.resource.role": "period"}]
        if period
        else [],
        payload={"plan": plan, "period": period, **payload},
    )
