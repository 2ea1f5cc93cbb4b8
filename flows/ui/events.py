"""The month's diary in the UI's event feed: what came, what was accepted, which letters left, which brief is approved.

Belongs here: the events' names and what they say: units and periods, never people, addresses or a unit's words. Sending
is Prefect's, by a thread of its own; nothing waits for it, and a pass in which nothing happened says nothing.
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
    """A file was judged, and perhaps accepted."""
    said: dict[str, object] = {"kind": submission.kind or "", "version": submission.version, "state": submission.state}
    unit, period = submission.unit or _UNKNOWN, submission.period or ""
    emit(RECEIVED, submission.plan, unit, period, said)
    if submission.state == "accepted":
        emit(ACCEPTED, submission.plan, unit, period, said)


def emit_letter_sent(letter: Letter) -> None:
    """A letter was taken by the mail server (written, in a dry run)."""
    emit(SENT, letter.plan, letter.unit, "", {"rung": letter.rung, "day": letter.day.isoformat()})


def emit_letters_held(plan: str, letters: int) -> None:
    """Letters that ought to have left could not."""
    emit(HELD_UP, plan, "", "", {"letters": letters})


def emit_brief_approved(plan: str, period: str, issue_no: int, units: Iterable[str]) -> None:
    """A brief was approved and frozen; `units` are those it goes to."""
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
    emit(UNREACHABLE, plan, "", "", {"why": why})


def emit(event: str, plan: str, unit: str, period: str, said: dict[str, object]) -> None:
    """One event about a unit of a plan, or about the plan as a whole where `unit` is empty."""
    about = f"lianxi.{plan}.unit.{unit}" if unit else f"lianxi.{plan}"
    emit_event(
        event,
        resource={"prefect.resource.id": about, "prefect.resource.name": unit or plan, "lianxi.plan": plan},
        related=[{"prefect.resource.id": f"lianxi.{plan}.period.{period}", "prefect.resource.role": "period"}]
        if period
        else [],
        payload={"plan": plan, "period": period, **said},
    )
