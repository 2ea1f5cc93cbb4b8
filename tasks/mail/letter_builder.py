"""Builds one Letter from values: subject, plain text and HTML from the same blocks, its key and Message-ID.

Belongs here: what all letters of a plan have in common. Does not belong here: the content of each kind of letter
(`ladder_letters`, `event_letters`, `coordinator_letters`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from config.county import County
from config.plan import Plan
from tasks.mail.addresses import header_line, is_deliverable
from tasks.mail.letter_keys import message_id
from tasks.mail.letter_templates import Templates, load_templates
from tasks.mail.letter_wording import day_text
from tasks.model.letter import Attachment, Letter
from tasks.model.run_context import Context
from tasks.model.submission import Contact
from tasks.text import in_title_marks

_RUNG_NAMES = {"蓝": "蓝色 · 催报", "黄": "黄色 · 督办", "红": "红色 · 督办单"}


@dataclass(frozen=True, slots=True)
class LetterItem:
    """One duty as a letter shows it. `missing` are the points to correct, one per line."""

    title: str
    due: str
    state: str
    measures: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterSection:
    """A headed list in a letter; an empty one reads 无. An entry may run over several lines."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Envelope:
    """The recipients and the key of a letter. Addresses are deliverable and unique; one in `to` is not in `cc`.

    `dated` is the date printed in the letter, if it differs from `day`. `day` is part of the key and must stay the same
    when the letter is decided again on a later day.
    """

    unit: str
    duty: str
    rung: str
    day: dt.date
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    dated: dt.date | None = None


@dataclass(frozen=True, slots=True)
class LetterBuilder:
    """Builds the letters of one plan: its county's names and addresses, and the templates."""

    county: County
    plan: Plan
    templates: Templates

    @classmethod
    def of(cls, context: Context) -> LetterBuilder:
        """With the office's templates. Raises ConfigError for a template that cannot be used."""
        return cls(context.county, context.plan, load_templates())

    def write(
        self,
        form: str,
        envelope: Envelope,
        values: Mapping[str, Any] | None = None,
        matters: Sequence[LetterItem] = (),
        sections: Sequence[LetterSection] = (),
    ) -> Letter:
        """Build one letter from the template `form`. `values` are added to the common values of every letter."""
        common = self.values(envelope.unit, envelope.dated or envelope.day)
        common["attached"] = [each.name for each in envelope.attachments]
        blocks = self.templates.render_blocks(form, {**common, **(values or {})})
        page = {
            **{name: header_line(blocks[name]) for name in ("subject", "title", "salutation", "contact")},
            **{name: paragraphs(blocks[name]) for name in ("reason", "demand")},
            **{name: common[name] for name in ("day", "office", "phone", "attached")},
            "matters": [asdict(matter) for matter in matters],
            "sections": [asdict(section) for section in sections],
            "tone": envelope.rung,
            "rung_name": _RUNG_NAMES.get(envelope.rung, ""),
        }
        letter = Letter(
            plan=self.plan.id,
            unit=envelope.unit,
            duty=envelope.duty,
            rung=envelope.rung,
            day=envelope.day,
            to=envelope.to,
            cc=envelope.cc,
            subject=str(page["subject"]),
            text=self.templates.render_page("layout.txt.j2", page),
            html=self.templates.render_page("layout.html.j2", page),
            message_id="",
            attachments=envelope.attachments,
        )
        return replace(letter, message_id=message_id(letter.key))

    def values(self, unit: str, day: dt.date) -> dict[str, Any]:
        """The values that all templates may use."""
        return {
            "unit": unit,
            "day": day_text(day),
            "office": self.county.office,
            "meeting": self.county.meeting,
            "phone": self.county.coordinator_phone,
            # Without the outer title marks: the templates have them.
            "document_title": in_title_marks(self.plan.document.title)[1:-1],
            "document_no": self.plan.document.no,
            "attached": [],
            "headline": "",
        }

    def convener(self) -> tuple[str, ...]:
        """The address of the joint meeting's convener, from the county's settings; empty if it cannot be used."""
        address = self.county.convener_mail
        return (address,) if address and is_deliverable(address) else ()


def recipient_addresses(*people: Contact) -> tuple[str, ...]:
    """The usable addresses of these contacts, each once, in order."""
    return unique(person.mail for person in people if is_deliverable(person.mail))


def unique(items: Iterable[str], without: Iterable[str] = ()) -> tuple[str, ...]:
    """The addresses in order without duplicates (case ignored) and without those in `without`."""
    seen = {item.lower() for item in without}
    kept = []
    for item in items:
        if item.lower() not in seen:
            seen.add(item.lower())
            kept.append(item)
    return tuple(kept)


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a rendered block: its lines that are not blank."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
