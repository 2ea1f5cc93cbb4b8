"""Turns values into one Letter: subject, plain text and HTML from the same words, its key and fixed Message-ID.

Belongs here: what every letter of a plan has in common. What each kind of letter says is in letters and notices.
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
from tasks.model.context import Context
from tasks.model.letter import Attachment, Letter
from tasks.model.submission import Contact
from tasks.text import in_title_marks

_RUNG_NAMES = {"蓝": "蓝色 · 催报", "黄": "黄色 · 督办", "红": "红色 · 督办单"}


@dataclass(frozen=True, slots=True)
class LetterItem:
    """One duty as a letter shows it. `missing` are the things to put right, one a line."""

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
    """Who gets a letter and what it is keyed by. Addresses are deliverable, each once, `to` before `cc`.

    `dated` is the day printed in the letter where that is not the `day` of its key, which must not change when the
    same letter is decided again on a later day.
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
    """The office's letter paper for one plan."""

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
        """One letter on the template `form`; `values` are those of its own, beside the common ones."""
        common = self.values(envelope.unit, envelope.dated or envelope.day)
        common["attached"] = [each.name for each in envelope.attachments]
        words = self.templates.words(form, {**common, **(values or {})})
        page = {
            **{name: header_line(words[name]) for name in ("subject", "title", "salutation", "contact")},
            **{name: item_lines(words[name]) for name in ("reason", "demand")},
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
            text=self.templates.page("layout.txt.j2", page),
            html=self.templates.page("layout.html.j2", page),
            message_id="",
            attachments=envelope.attachments,
        )
        return replace(letter, message_id=message_id(letter.key))

    def values(self, unit: str, day: dt.date) -> dict[str, Any]:
        """The values that every letter's template may use."""
        return {
            "unit": unit,
            "day": day_text(day),
            "office": self.county.office,
            "meeting": self.county.meeting,
            "phone": self.county.coordinator_phone,
            # The template's own words stand in the outer marks.
            "document_title": in_title_marks(self.plan.document.title)[1:-1],
            "document_no": self.plan.document.no,
            "attached": [],
            "headline": "",
        }

    def convener(self) -> tuple[str, ...]:
        """The address of the joint meeting's convener, from the county's settings; none where it cannot be used."""
        address = self.county.convener_mail
        return (address,) if address and is_deliverable(address) else ()


def recipient_addresses(*people: Contact) -> tuple[str, ...]:
    """The usable addresses of these contacts, each once, in order."""
    return unique(person.mail for person in people if is_deliverable(person.mail))


def unique(items: Iterable[str], without: Iterable[str] = ()) -> tuple[str, ...]:
    """Each address once whatever its case, in order, leaving out those in `without`."""
    seen = {item.lower() for item in without}
    kept = []
    for item in items:
        if item.lower() not in seen:
            seen.add(item.lower())
            kept.append(item)
    return tuple(kept)


def item_lines(text: str) -> tuple[str, ...]:
    """The paragraphs of a template's block: its lines that are not blank."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
