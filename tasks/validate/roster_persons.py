"""Rows of a roster -> typed persons, the frame of persons, and the contacts of an accepted roster.

Belongs here: reading a roster's row. The rules on a person are in `expectations.roster_suite`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from config.name_matching import normalise
from expectations.roster_suite import PERSON_COLUMNS, ROLES
from tasks.model.submission import Contact, Reading, ReadRow, Repair
from tasks.validate.cell_text import cell_text_of, folded_text, phone_numbers
from tasks.validate.plan_lookup import PlanLookup
from tasks.validate.quoted_cells import Quotes
from tasks.validate.row_frame import row_key

_FIELDS = ("unit", "role", "name", "title", "phone", "mail")


@dataclass(frozen=True, slots=True)
class RosterPerson:
    """One row of a roster, normalised; "" for an empty cell. `unit_foreign` is the unit as written, if another one."""

    file: int
    raw: ReadRow
    unit: str
    unit_foreign: str
    role: str
    role_text: str
    name: str
    title: str
    phone: str
    mail: str
    repairs: tuple[Repair, ...]

    @property
    def filled(self) -> bool:
        """Whether the unit filled in anything about this person."""
        return bool(self.name or self.title or self.phone or self.mail)


def roster_persons_of(file: int, reading: Reading, lookup: PlanLookup) -> Iterator[RosterPerson]:
    """The persons of one roster, empty rows included."""
    for row in reading.rows:
        yield _person(file, reading, row, lookup)


def _person(file: int, reading: Reading, row: ReadRow, lookup: PlanLookup) -> RosterPerson:
    written = {field: cell_text_of(row.values.get(field)).strip() for field in _FIELDS}
    given = lookup.canonical(written["unit"]) if written["unit"] else ""
    phone, address = phone_numbers(written["phone"]), normalise(written["mail"])
    return RosterPerson(
        file=file,
        raw=row,
        unit=reading.unit or "",
        unit_foreign="" if given in ("", reading.unit) else written["unit"],
        role=lookup.layout.choice_of("contact_role", written["role"]) or written["role"],
        role_text=written["role"],
        # White space inside a Chinese name is layout (张　三); in a Latin name it separates words.
        name=folded_text(written["name"]).replace(" ", "")
        if not written["name"].isascii()
        else folded_text(written["name"]),
        title=written["title"],
        phone=phone,
        mail=address,
        repairs=tuple(_repairs(reading, row, (("phone", written["phone"], phone), ("mail", written["mail"], address)))),
    )


def _repairs(reading: Reading, row: ReadRow, changes: Sequence[tuple[str, str, str]]) -> Iterator[Repair]:
    for field, before, after in changes:
        if before != after and field in reading.columns:
            yield Repair(f"{reading.columns[field]}{row.number}", before, after, "全角、空格和分隔符归一")


def person_frame(persons: Sequence[RosterPerson]) -> pd.DataFrame:
    """The frame, one row per person. The caller leaves out empty rows: `roster_counts` covers those."""
    columns = {
        name: pd.Series([getattr(person, name) or None for person in persons], dtype="object")
        for name in PERSON_COLUMNS
    }
    frame = pd.DataFrame(columns)
    frame.index = pd.Index([row_key(person.file, person.raw.number) for person in persons], dtype="int64")
    return frame


def quotes_of_person(person: RosterPerson) -> Quotes:
    """The quotable values of a person."""
    return {name: getattr(person, name) for name in PERSON_COLUMNS}.get


def roster_counts(persons: Sequence[RosterPerson]) -> dict[str, object]:
    """The facts about a roster as a whole: the number of persons in each role, and whether it is blank."""
    filled = [person for person in persons if person.filled]
    if not filled:
        # A blank roster gets one finding, not three.
        return {"roster_untouched": "空白", "leaders": None, "officers": None}
    counts = [sum(person.role == role for person in filled) for role in ROLES]
    return {"roster_untouched": None, "leaders": counts[0], "officers": counts[1]}


def contacts_of(reading: Reading, persons: Sequence[RosterPerson]) -> tuple[Contact, ...]:
    """The contacts of a roster, in its order."""
    return tuple(
        Contact(reading.plan, person.unit, person.role, person.name, person.title, person.phone, person.mail)
        for person in persons
        if person.filled
    )
