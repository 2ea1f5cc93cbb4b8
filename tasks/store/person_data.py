"""A person's data in the ledger: found by name, telephone or mail, and blanked where nothing official hangs on it.

Blanked: contacts, letters' addresses and words, words of findings, notes of telephone calls, reasons of extensions. Kept:
versions, verdicts, rows of figures, the meeting's matters, issues of the brief and the audit log, so every standing, rate
and brief stays what it was. A contact's row stays too, empty: without it an older roster would come back into force.
Belongs here: finding and blanking. Does not belong here: files, or what is told to the person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, text, update

from config.name_matching import normalise
from tasks.model.words import UNCLOSED
from tasks.store.audit_chain import append_act
from tasks.store.engine import engine_for, in_plain_words, reading, writing
from tasks.store.schema.call_models import CallRow
from tasks.store.schema.extension_models import RefusalRow
from tasks.store.schema.models import (
    ContactRow,
    DutyRow,
    ExtensionRow,
    FindingRow,
    LetterRow,
    OriginalRow,
    SubmissionRow,
)

GONE = "（已删除）"
_WORDS = ("subject", "text", "html", "answer")
_SAID = ("text", "remedy", "value", "expected")


@dataclass(frozen=True, slots=True)
class PersonQuery:
    """One person of a unit as the ledger knows them. `terms` are the words that mean them and nobody else there.

    `shared` are numbers or addresses that others of the plan have too: they stay. `stored` are the originals that name
    them, relative to originals/.
    """

    plan: str
    unit: str
    names: frozenset[str]
    terms: frozenset[str]
    shared: frozenset[str]
    rows: tuple[tuple[int, int], ...]
    stored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blanked:
    """What one person's blanking came to, in rows: contacts, letters changed and withdrawn, findings, notes and reasons."""

    contacts: int
    letters: int
    withdrawn: int
    findings: int
    notes: int


def find_person(url: str, who: str, unit: str | None = None) -> tuple[PersonQuery, ...]:
    """Everybody whose name, telephone or mail is `who`, one for each plan and unit; with `unit`, of that unit only."""
    query = (
        select(ContactRow.__table__, SubmissionRow.plan, OriginalRow.stored)
        .join(SubmissionRow, SubmissionRow.id == ContactRow.submission_id)
        .join(OriginalRow, OriginalRow.id == SubmissionRow.original_id)
        .order_by(SubmissionRow.plan, ContactRow.unit, ContactRow.submission_id)
    )
    with reading(url) as connection:
        rows = connection.execute(query).all()
    wanted = _key(who)
    groups: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        if wanted in _keys(row) and unit in (None, row.unit):
            groups.setdefault((row.plan, row.unit), []).append(row)
    return tuple(_person(plan, name, own, rows) for (plan, name), own in groups.items())


def _person(plan: str, unit: str, own: list[Any], rows: Iterable[Any]) -> PersonQuery:
    names = frozenset(row.name for row in own if row.name)
    # The same person in other rosters of the unit, where they may have had another number.
    own = [row for row in rows if row.plan == plan and row.unit == unit and (row in own or row.name in names)]
    words = {word for row in own for word in (row.phone, row.mail) if word}
    others = [row for row in rows if row.plan == plan and row not in own]
    theirs = {_key(word) for row in others for word in (row.phone, row.mail) if word}
    shared = frozenset(word for word in words if _key(word) in theirs)
    return PersonQuery(
        plan=plan,
        unit=unit,
        names=names,
        terms=frozenset(words - shared),
        shared=shared,
        rows=tuple((row.submission_id, row.position) for row in own),
        stored=tuple(dict.fromkeys(row.stored for row in own)),
    )


def blank_person(
    url: str, person: PersonQuery, reference: str, by: str, now: dt.datetime, *, dry_run: bool = False
) -> Blanked:
    """Blank one person, with an entry on the audit log that names nobody: `reference` is all it holds.

    A letter that waits to be sent loses the address; one that has no other is withdrawn. With `dry_run` nothing changes.
    """
    with writing(url, person.plan) as connection:
        letters, withdrawn = _blank_letters(connection, person, now, dry_run)
        findings, notes = _blank_findings(connection, person, dry_run), _blank_notes(connection, person, dry_run)
        done = Blanked(len(person.rows), letters, withdrawn, findings, notes)
        if not dry_run:
            for submission_id, position in person.rows:
                same = (ContactRow.submission_id == submission_id, ContactRow.position == position)
                connection.execute(update(ContactRow).where(*same).values(name="", title="", phone="", mail=""))
            told = f"联系人 {done.contacts} 条，信件 {done.letters} 封（撤回 {done.withdrawn} 封），检查意见 {done.findings} 条"
            told += f"，通话记录和延期理由 {done.notes} 条"
            append_act(connection, person.plan, "删除个人信息", f"申请编号 {reference}", by, told, now)
    return done


def _blank_letters(connection: Connection, person: PersonQuery, now: dt.datetime, dry_run: bool) -> tuple[int, int]:
    changed = withdrawn = 0
    rows = connection.execute(select(LetterRow.__table__).where(LetterRow.plan == person.plan)).all()
    addresses = {_key(term) for term in person.terms}
    for row in rows:
        is_theirs = row.unit == person.unit or row.rung == "摘要"
        terms = person.terms | (person.names if is_theirs else frozenset())
        values: dict[str, Any] = {name: without(getattr(row, name), terms) for name in _WORDS}
        values |= {name: _left(getattr(row, name), addresses) for name in ("to", "cc", "dead")}
        values = {name: value for name, value in values.items() if value != getattr(row, name)}
        if not values:
            continue
        changed += 1
        if row.state in UNCLOSED and values.get("to") == []:
            withdrawn += 1
            values |= {"state": "withdrawn", "answer": "收件人的个人信息已按申请删除", "code": None, "closed_at": now}
        if not dry_run:
            connection.execute(update(LetterRow).where(LetterRow.id == row.id).values(values))
    return changed, withdrawn


def _blank_findings(connection: Connection, person: PersonQuery, dry_run: bool) -> int:
    """In what was said to the person's unit: a finding quotes the value that was read."""
    query = (
        select(FindingRow.__table__)
        .join(SubmissionRow, SubmissionRow.id == FindingRow.submission_id)
        .where(SubmissionRow.plan == person.plan, SubmissionRow.unit == person.unit)
    )
    changed = 0
    for row in connection.execute(query).all():
        terms = person.terms | person.names
        values = {name: without(getattr(row, name), terms) for name in _SAID}
        if all(value == getattr(row, name) for name, value in values.items()):
            continue
        changed += 1
        if not dry_run:
            same = (FindingRow.submission_id == row.submission_id, FindingRow.position == row.position)
            connection.execute(update(FindingRow).where(*same).values(values))
    return changed


def _blank_notes(connection: Connection, person: PersonQuery, dry_run: bool) -> int:
    """What was noted of calls to the person's unit, and why its extensions were asked for, granted or refused."""
    own = (DutyRow.plan == person.plan, DutyRow.unit == person.unit)
    submitted = (SubmissionRow.plan == person.plan, SubmissionRow.unit == person.unit)
    calls = (CallRow.plan == person.plan, CallRow.unit == person.unit)
    refused = select(RefusalRow.id, RefusalRow.reason).join(DutyRow, DutyRow.id == RefusalRow.duty_id)
    queries: tuple[tuple[Any, Any, Any], ...] = (
        (CallRow, CallRow.words, select(CallRow.id, CallRow.words).where(*calls)),
        (ExtensionRow, ExtensionRow.reason, select(ExtensionRow.id, ExtensionRow.reason).join(DutyRow).where(*own)),
        (RefusalRow, RefusalRow.reason, refused.where(*own)),
        (
            SubmissionRow,
            SubmissionRow.extend_reason,
            select(SubmissionRow.id, SubmissionRow.extend_reason).where(*submitted),
        ),
    )
    changed = 0
    for table, column, query in queries:
        for number, words in connection.execute(query).all():
            left = without(words or "", person.terms | person.names)
            if left == (words or ""):
                continue
            changed += 1
            if not dry_run:
                connection.execute(update(table).where(table.id == number).values({column: left}))
    return changed


def without(text: str, terms: Collection[str]) -> str:
    """The text with each of the terms blanked, the longest first."""
    for term in sorted(terms, key=len, reverse=True):
        text = text.replace(term, GONE)
    return text


def _left(addresses: list[str] | None, gone: Collection[str]) -> list[str] | None:
    return None if addresses is None else [each for each in addresses if _key(each) not in gone]


def _keys(row: Any) -> set[str]:
    return {_key(word) for word in (row.name, row.phone, row.mail) if word}


def _key(word: str) -> str:
    """A name, number or address as it is compared: without blanks and dashes, in small letters."""
    return normalise(word).lower().replace("-", "")


def scrub(url: str) -> None:
    """Write the ledger anew without what was blanked: a database keeps the old bytes in its file until then.

    Raises RetryableError where somebody else has it in hand for too long.
    """
    engine = engine_for(url)
    if engine.dialect.name == "postgresql":
        tables = (ContactRow, LetterRow, FindingRow, CallRow, ExtensionRow, RefusalRow, SubmissionRow)
        named = ", ".join(f'"{table.__tablename__}"' for table in tables)
        with in_plain_words(), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"VACUUM FULL {named}"))
        return
    # The driver's own connection, for neither may stand in a transaction.
    with in_plain_words(), closing(engine.raw_connection()) as raw:
        raw.cursor().execute("VACUUM")
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
