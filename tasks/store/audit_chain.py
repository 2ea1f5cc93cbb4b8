"""The audit log: who did what, when, to what. Links are added at the end, each bound to the one before by its hash.

    hash = SHA-256 of [seq, at, plan, act, subject, by, detail, prev] as JSON; prev of the first link is 64 zeros

A change, a removal or another order inside the log breaks a hash; the loss of its end shows only against a head that
was noted elsewhere (`Head`: the witness file, a backup's manifest, an earlier export), so `check` takes such heads.
Belongs here: adding, reading and checking links. Does not belong here: which acts are recorded, or any personal data.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, func, insert, select

from tasks.store.engine import lock_key_row, reading, writing
from tasks.store.schema.audit_models import AuditRow

FIRST = "0" * 64
_SCOPE = "audit"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One link as the ledger has it; see `audit_models.AuditRow`."""

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
    """The last link at some moment, as noted outside the ledger. `where` says to a person where it was noted."""

    seq: int
    hash: str
    where: str


def record_act(url: str, plan: str, act: str, subject: str, by: str, detail: str, now: dt.datetime) -> AuditEntry:
    """Add one link: `by` did `act` to `subject`. For an act of the ledger itself see `append`."""
    with writing(url, _SCOPE) as connection:
        return append_act(connection, plan, act, subject, by, detail, now)


def append_act(
    connection: Connection, plan: str, act: str, subject: str, by: str, detail: str, now: dt.datetime
) -> AuditEntry:
    """Add one link in the transaction that does the act, so that neither is ever without the other.

    `connection` is one of `engine.writing`. Whoever comes second waits until the first has committed.
    """
    # The innermost lock of all: it is taken last, so two acts can never wait for each other.
    lock_key_row(connection, _SCOPE)
    last = connection.execute(select(AuditRow.seq, AuditRow.hash).order_by(AuditRow.seq.desc()).limit(1)).first()
    seq, prev = (last.seq + 1, last.hash) if last else (1, FIRST)
    entry = AuditEntry(seq, now, plan, act, subject, by, detail, prev, hash="")
    entry = replace(entry, hash=_digest(entry))
    connection.execute(insert(AuditRow), [{name: getattr(entry, name) for name in AuditEntry.__slots__}])
    return entry


def audit_entries(url: str, plan: str | None = None) -> tuple[AuditEntry, ...]:
    """Every link in order; with `plan`, those of that plan and of the whole installation."""
    query = select(AuditRow.__table__).order_by(AuditRow.seq)
    if plan is not None:
        query = query.where(AuditRow.plan.in_((plan, "")))
    with reading(url) as connection:
        return tuple(AuditEntry(**row._mapping) for row in connection.execute(query))


def chain_head(url: str) -> AuditHead | None:
    """The last link; None while nothing has been recorded."""
    with reading(url) as connection:
        row = connection.execute(select(AuditRow.seq, AuditRow.hash).order_by(AuditRow.seq.desc()).limit(1)).first()
    return AuditHead(row.seq, row.hash, "") if row else None


def latest_acts(url: str, plan: str, act: str, subject: str) -> AuditEntry | None:
    """The last time this was done to this; None where it never was."""
    same = (AuditRow.plan == plan, AuditRow.act == act, AuditRow.subject == subject)
    newest = select(func.max(AuditRow.seq)).where(*same).scalar_subquery()
    with reading(url) as connection:
        row = connection.execute(select(AuditRow.__table__).where(AuditRow.seq == newest)).first()
    return AuditEntry(**row._mapping) if row else None


def check_chain(links: Sequence[AuditEntry], heads: Iterable[AuditHead] = ()) -> str | None:
    """What is wrong with the log, at its first broken link (plain Chinese); None when it holds.

    `links` are all links in order; each of `heads` must be among them.
    """
    prev = FIRST
    for seq, link in enumerate(links, start=1):
        if link.seq != seq:
            return f"第{seq}条缺失或次序不对：此处是第{link.seq}条，中间有记录被删除"
        if link.prev != prev:
            return f"第{seq}条与前一条对不上：前一条被改动过，或次序被调换过"
        if link.hash != _digest(link):
            return f"第{seq}条内容被改动过（{link.at:%Y-%m-%d %H:%M} {link.act}）"
        prev = link.hash
    for known in heads:
        if known.seq > len(links):
            return f"末尾被截去：{known.where}记到第{known.seq}条，现在只有{len(links)}条"
        if links[known.seq - 1].hash != known.hash:
            return f"第{known.seq}条或更早的记录被整体换过：与{known.where}所记不符"
    return None


def _digest(entry: AuditEntry) -> str:
    """The checksum over every other field of an entry."""
    instant = entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    fields = [entry.seq, instant, entry.plan, entry.act, entry.subject, entry.by, entry.detail, entry.prev]
    # ASCII, so that the bytes depend on no encoding and a broken file name has its bytes too.
    told = json.dumps(fields, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(told.encode("ascii")).hexdigest()
