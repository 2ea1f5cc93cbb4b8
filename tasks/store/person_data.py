"""A person's data in the ledger: find it by name, telephone or mail address, and redact it on request.

Redacted: contacts, addresses and texts of letters, texts of findings, notes of telephone calls, reasons of extensions.
Kept: versions, verdicts, rows of figures, the meeting's matters, issues of the brief and the audit log, so that every
standing, rate and brief stays as it was. The row of a contact stays too, empty: without it an older roster would come
back into force.
Does not belong here: files (`flows/admin/erase_person`), the answer to the person.
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
from tasks.store.engine import engine_for, reading, translate_errors, writing
from tasks.store.schema.duty_tables import DutyRow, ExtensionRow, RefusalRow
from tasks.store.schema.letter_tables import CallRow, LetterRow
from tasks.store.schema.submission_tables import ContactRow, FindingRow, OriginalRow, SubmissionRow

_REDACTED = "（已删除）"
_LETTER_TEXTS = ("subject", "text", "html", "answer")
_FINDING_TEXTS = ("text", "remedy", "value", "expected")


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One person of one unit as found in the ledger.

    `terms` are the telephone numbers and mail addresses of this person alone; those `shared` with others of the plan
    are kept. `rows` are the (submission id, position) of the person's contacts, `stored` the originals that name the
    person, relative to originals/.
    """

    plan: str
    unit: str
    names: frozenset[str]
    terms: frozenset[str]
    shared: frozenset[str]
    rows: tuple[tuple[int, int], ...]
    stored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RedactedRows:
    """How many rows one redaction changed; `notes` counts calls and reasons of extensions."""

    contacts: int
    letters: int
    withdrawn: int
    findings: int
    notes: int


def find_person(url: str, who: str, unit: str | None = None) -> tuple[PersonRecord, ...]:
    """The persons whose name, telephone or mail address is `who`, one per plan and unit; `unit` limits the search."""
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


def _person(plan: str, unit: str, own: list[Any], rows: Iterable[Any]) -> PersonRecord:
    names = frozenset(row.name for row in own if row.name)
    # Rosters of other periods may hold another number of the same person.
    own = [row for row in rows if row.plan == plan and row.unit == unit and (row in own or row.name in names)]
    words = {word for row in own for word in (row.phone, row.mail) if word}
    others = [row for row in rows if row.plan == plan and row not in own]
    theirs = {_key(word) for row in others for word in (row.phone, row.mail) if word}
    shared = frozenset(word for word in words if _key(word) in theirs)
    return PersonRecord(
        plan=plan,
        unit=unit,
        names=names,
        terms=frozenset(words - shared),
        shared=shared,
        rows=tuple((row.submission_id, row.position) for row in own),
        stored=tuple(dict.fromkeys(row.stored for row in own)),
    )


def redact_person(
    url: str, person: PersonRecord, reference: str, by: str, now: dt.datetime, *, dry_run: bool = False
) -> RedactedRows:
    """Redact one person and record it in the audit log under `reference`, without the name.

    A letter not yet sent loses the address and is withdrawn if it has no other. With `dry_run` nothing changes.
    """
    with writing(url, person.plan) as connection:
        letters, withdrawn = _redact_letters(connection, person, now, dry_run)
        findings, notes = _redact_findings(connection, person, dry_run), _redact_notes(connection, person, dry_run)
        done = RedactedRows(len(person.rows), letters, withdrawn, findings, notes)
        if not dry_run:
            for submission_id, position in person.rows:
                same = (ContactRow.submission_id == submission_id, ContactRow.position == position)
                connection.execute(update(ContactRow).where(*same).values(name="", title="", phone="", mail=""))
            detail = f"联系人 {done.contacts} 条，信件 {done.letters} 封（撤回 {done.withdrawn} 封），检查意见 {done.findings} 条"
            detail += f"，通话记录和延期理由 {done.notes} 条"
            append_act(connection, person.plan, "删除个人信息", f"申请编号 {reference}", by, detail, now)
    return done


def _redact_letters(connection: Connection, person: PersonRecord, now: dt.datetime, dry_run: bool) -> tuple[int, int]:
    changed = withdrawn = 0
    rows = connection.execute(select(LetterRow.__table__).where(LetterRow.plan == person.plan)).all()
    addresses = {_key(term) for term in person.terms}
    for row in rows:
        is_theirs = row.unit == person.unit or row.rung == "摘要"
        terms = person.terms | (person.names if is_theirs else frozenset())
        values: dict[str, Any] = {name: _redact(getattr(row, name), terms) for name in _LETTER_TEXTS}
        values |= {name: _remaining(getattr(row, name), addresses) for name in ("to", "cc", "dead")}
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


def _redact_findings(connection: Connection, person: PersonRecord, dry_run: bool) -> int:
    """Redact the findings of the person's unit: a finding quotes the value that was read."""
    query = (
        select(FindingRow.__table__)
        .join(SubmissionRow, SubmissionRow.id == FindingRow.submission_id)
        .where(SubmissionRow.plan == person.plan, SubmissionRow.unit == person.unit)
    )
    changed = 0
    for row in connection.execute(query).all():
        terms = person.terms | person.names
        values = {name: _redact(getattr(row, name), terms) for name in _FINDING_TEXTS}
        if all(value == getattr(row, name) for name, value in values.items()):
            continue
        changed += 1
        if not dry_run:
            same = (FindingRow.submission_id == row.submission_id, FindingRow.position == row.position)
            connection.execute(update(FindingRow).where(*same).values(values))
    return changed


def _redact_notes(connection: Connection, person: PersonRecord, dry_run: bool) -> int:
    """Redact notes of calls to the person's unit and the reasons of its extensions: requested, granted, refused."""
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
            redacted = _redact(words or "", person.terms | person.names)
            if redacted == (words or ""):
                continue
            changed += 1
            if not dry_run:
                connection.execute(update(table).where(table.id == number).values({column: redacted}))
    return changed


def _redact(text: str, terms: Collection[str]) -> str:
    """Replace each of the terms, the longest first."""
    for term in sorted(terms, key=len, reverse=True):
        text = text.replace(term, _REDACTED)
    return text


def _remaining(addresses: list[str] | None, removed: Collection[str]) -> list[str] | None:
    return None if addresses is None else [each for each in addresses if _key(each) not in removed]


def _keys(row: Any) -> set[str]:
    return {_key(word) for word in (row.name, row.phone, row.mail) if word}


def _key(word: str) -> str:
    """A name, number or address for comparison: no blanks, no dashes, lower case."""
    return normalise(word).lower().replace("-", "")


def vacuum(url: str) -> None:
    """Rewrite the database files: until then they still contain the bytes of redacted values.

    Raises RetryableError if another process locks the ledger for too long.
    """
    engine = engine_for(url)
    if engine.dialect.name == "postgresql":
        tables = (ContactRow, LetterRow, FindingRow, CallRow, ExtensionRow, RefusalRow, SubmissionRow)
        named = ", ".join(f'"{table.__tablename__}"' for table in tables)
        with translate_errors(), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"VACUUM FULL {named}"))
        return
    # On the driver's connection, because neither statement may run in a transaction.
    with translate_errors(), closing(engine.raw_connection()) as raw:
        raw.cursor().execute("VACUUM")
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
