"""The audit log: who did what, when, to what. Each entry is chained to the previous one by its hash.

    hash = SHA-256 of [seq, at, plan, act, subject, by, detail, prev] as JSON; prev of the first entry is 64 zeros

A change, a removal or a reordering inside the log breaks a hash. The loss of its end shows only against a head noted
elsewhere (`AuditHead`: the witness file, a backup's manifest, an earlier export), so `check_chain` takes such heads.
Belongs here: adding, reading and checking entries. Does not belong here: which acts are recorded, any personal data.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, func, insert, select

from tasks.store.engine import lock_scope, reading, writing
from tasks.store.schema.audit_table import AuditRow

FIRST = "0" * 64
_SCOPE = "audit"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry as stored in the ledger; see `audit_table.AuditRow`."""

    seq: int
    at: dt.datetime
    plan: str
    act: str
    subject: str
    by: str
    detail: str
    prev: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The last entry at some moment, as noted outside the ledger. `where` names that place for a person (Chinese)."""

    seq: int
    hash: str
    where: str


def record_act(url: str, plan: str, act: str, subject: str, by: str, detail: str, now: dt.datetime) -> AuditEntry:
    """Add one entry: `by` did `act` to `subject`. An act that itself writes to the ledger uses `append_act`."""
    with writing(url, _SCOPE) as connection:
        return append_act(connection, plan, act, subject, by, detail, now)


def append_act(
    connection: Connection, plan: str, act: str, subject: str, by: str, detail: str, now: dt.datetime
) -> AuditEntry:
    """Add one entry in the transaction that does the act, so that both are stored or neither.

    `connection` comes from `engine.writing`. A second writer waits until the first has committed.
    """
    # Always the last lock taken, so two writers can never wait for each other.
    lock_scope(connection, _SCOPE)
    last = connection.execute(select(AuditRow.seq, AuditRow.hash).order_by(AuditRow.seq.desc()).limit(1)).first()
    seq, prev = (last.seq + 1, last.hash) if last else (1, FIRST)
    entry = AuditEntry(seq, now, plan, act, subject, by, detail, prev, hash="")
    entry = replace(entry, hash=_digest(entry))
    connection.execute(insert(AuditRow), [{name: getattr(entry, name) for name in AuditEntry.__slots__}])
    return entry


def audit_entries(url: str, plan: str | None = None) -> tuple[AuditEntry, ...]:
    """All entries in order; with `plan`, those of that plan and of the whole installation."""
    query = select(AuditRow.__table__).order_by(AuditRow.seq)
    if plan is not None:
        query = query.where(AuditRow.plan.in_((plan, "")))
    with reading(url) as connection:
        return tuple(AuditEntry(**row._mapping) for row in connection.execute(query))


def chain_head(url: str) -> AuditHead | None:
    """The last entry; None while nothing has been recorded."""
    with reading(url) as connection:
        row = connection.execute(select(AuditRow.seq, AuditRow.hash).order_by(AuditRow.seq.desc()).limit(1)).first()
    return AuditHead(row.seq, row.hash, "") if row else None


def latest_act(url: str, plan: str, act: str, subject: str) -> AuditEntry | None:
    """The last entry of this act on this subject; None if there is none."""
    same = (AuditRow.plan == plan, AuditRow.act == act, AuditRow.subject == subject)
    newest = select(func.max(AuditRow.seq)).where(*same).scalar_subquery()
    with reading(url) as connection:
        row = connection.execute(select(AuditRow.__table__).where(AuditRow.seq == newest)).first()
    return AuditEntry(**row._mapping) if row else None


def check_chain(entries: Sequence[AuditEntry], heads: Iterable[AuditHead] = ()) -> str | None:
    """Describe the first fault of the log in plain Chinese; None if the log is intact.

    `entries` are all entries in order; each of `heads` must be among them.
    """
    prev = FIRST
    for seq, entry in enumerate(entries, start=1):
        if entry.seq != seq:
            return f"第{seq}条缺失或次序不对：此处是第{entry.seq}条，中间有记录被删除"
        if entry.prev != prev:
            return f"第{seq}条与前一条对不上：前一条被改动过，或次序被调换过"
        if entry.hash != _digest(entry):
            return f"第{seq}条内容被改动过（{entry.at:%Y-%m-%d %H:%M} {entry.act}）"
        prev = entry.hash
    for known in heads:
        if known.seq > len(entries):
            return f"末尾被截去：{known.where}记到第{known.seq}条，现在只有{len(entries)}条"
        if entries[known.seq - 1].hash != known.hash:
            return f"第{known.seq}条或更早的记录被整体换过：与{known.where}所记不符"
    return None


def _digest(entry: AuditEntry) -> str:
    """The hash over every other field of an entry."""
    instant = entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    fields = [entry.seq, instant, entry.plan, entry.act, entry.subject, entry.by, entry.detail, entry.prev]
    # ASCII, so that the bytes depend on no encoding and a file name that is not valid UTF-8 can be hashed too.
    text = json.dumps(fields, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
