"""Letters that do not follow from the month's course: the answer to a request for an extension, and alarms.

Does not belong here: letters about files and briefs (`event_letters`) and reminders (`ladder_letters`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from tasks.mail.addresses import header_line, is_deliverable
from tasks.mail.letter_builder import Envelope, LetterBuilder, LetterSection, recipient_addresses, unique
from tasks.mail.letter_wording import day_text, due_text, duty_title
from tasks.model.letter import Letter
from tasks.model.submission import Contact, Duty

_FACT_CHARS = 300


def extension_answer_letter(
    duty: Duty, granted: bool, reason: str, contacts: Iterable[Contact], builder: LetterBuilder, day: dt.date
) -> Letter | None:
    """批复: whether the extension is granted, until when, and why; to the clerk, with a copy to the leader in charge.

    `duty` is the duty after the answer. The key holds the day in force, so that the same answer is written once.
    None if the unit has no usable address.
    """
    people = [each for each in contacts if (each.plan, each.unit) == (duty.plan, duty.unit)]
    to = recipient_addresses(*(each for each in people if each.role == "业务负责人")) or recipient_addresses(*people)
    if not to:
        return None
    until = duty.extended_to or duty.due
    verdict = "granted" if granted else "refused"
    field = f"{duty.kind}/{duty.period}/{verdict}:{until.isoformat()}"
    envelope = Envelope(duty.unit, field, "批复", day, to, unique(recipient_addresses(*people), without=to))
    shown_day = day_text(until) if duty.extended_to else due_text(duty)
    values = {"headline": duty_title(duty), "granted": granted, "until": shown_day, "reason_text": reason.strip()}
    return builder.write("extension", envelope, values)


def alarm_letter(
    cause: str, title: str, steps: Sequence[str], facts: Sequence[str], builder: LetterBuilder, day: dt.date
) -> Letter | None:
    """报警: what is wrong and what to do, to the coordinator; the key allows one per cause and day.

    None if the county has no usable address of the coordinator.
    """
    county = builder.county
    if not is_deliverable(county.coordinator_mail):
        return None
    shown = tuple(header_line(fact)[:_FACT_CHARS] for fact in facts if fact.strip())
    sections = (LetterSection("一、怎么办", tuple(steps)), LetterSection("二、系统的记录", shown))
    envelope = Envelope(county.convener, f"alarm/{cause}", "报警", day, (county.coordinator_mail,))
    return builder.write("alarm", envelope, {"headline": title}, sections=sections)
