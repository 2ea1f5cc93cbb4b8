"""The audit log: shown, checked and exported, and its head noted outside the ledger.

A person with write access to the ledger could cut off the log's end or rebuild the whole chain. So the head is noted in
a file beside the ledger after every act and at every pass of the intake (one line for each new head), in the manifest
of each backup and in each export with the year's record. A copy on another machine is the stronger proof.
Belongs here: order, files and who runs a command. The chain itself is in `tasks.store.audit_chain`.
"""

from __future__ import annotations

import csv
import getpass
import io
import json
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.settings_file import load_settings
from config.validation_errors import printable
from flows.context import instant_of
from flows.steps.audit_head import WITNESS
from tasks.errors import InputError
from tasks.storage.atomic_write import write_atomically
from tasks.store import audit_chain
from tasks.store.migrate import migrate
from tasks.text import csv_text

_TITLES = {
    "seq": "序号",
    "at": "时间",
    "plan": "方案",
    "act": "事项",
    "subject": "对象",
    "by": "经办人",
    "detail": "说明",
    "prev": "前一条校验值",
    "hash": "本条校验值",
}


@dataclass(frozen=True, slots=True)
class AuditLog:
    """The entries asked for. `broken` names the fault of a chain that was checked and does not hold."""

    entries: tuple[audit_chain.AuditEntry, ...]
    broken: str | None = None
    exported: Path | None = None


def operator() -> str:
    """The person who runs a command, as far as it is known: the operating system's user and the machine."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number that no user has.
        user = str(os.getuid())
    return f"操作用户 {user}@{socket.gethostname()}"


def note_head(url: str, data: Path) -> None:
    """Note the log's head in the witness file, unless it is the last one noted."""
    head = audit_chain.chain_head(url)
    path = data / WITNESS
    if head is None or any((one.seq, one.hash) == (head.seq, head.hash) for one in noted_heads(path)[-1:]):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # One short line, appended in one write: two processes may both write it, but never mix their lines.
    with path.open("ab") as file:
        file.write(f"{head.seq} {head.hash}\n".encode("ascii"))
        file.flush()
        os.fsync(file.fileno())


def read_audit_log(
    plan: str | None = None,
    *,
    check: bool = False,
    against: Path | None = None,
    export: Path | None = None,
    now: str | None = None,
) -> AuditLog:
    """The log's entries of a plan (None: all) up to `now`.

    The whole log is checked and exported, because only the whole log is a chain. `against` is an earlier export that
    today's log must contain. Raises InputError for an export that cannot be read.
    """
    settings = load_settings()
    migrate(settings.database_url)
    entries = audit_chain.audit_entries(settings.database_url)
    broken = None
    if check or against:
        heads = noted_heads(settings.data / WITNESS) + (_exported(against) if against else [])
        broken = audit_chain.check_chain(entries, heads)
    if export:
        # An earlier export is evidence and must not be overwritten.
        if export.exists():
            raise InputError(f"文件 {export} 已存在，请另起文件名")
        write_atomically(export, exported_log(entries, export.suffix.lower()))
    until = instant_of(now, settings.timezone)
    in_view = tuple(one for one in entries if plan in (None, one.plan) and (now is None or one.at <= until))
    return AuditLog(in_view, broken, export)


def exported_log(entries: Sequence[audit_chain.AuditEntry], suffix: str) -> bytes:
    """The log as a file: `.csv` for a table program, else JSON lines, from which the chain can be checked again."""
    rows = [_row(entry) for entry in entries]
    if suffix != ".csv":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8", "surrogateescape")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_TITLES.values())
    writer.writerows([csv_text(row[name]) for name in _TITLES] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def export_log_with(url: str, folder: Path) -> Path:
    """The whole log into a folder of the year's record, as JSON lines; a longer log gets a file of its own."""
    entries = audit_chain.audit_entries(url)
    path = folder / f"办理日志-至第{len(entries)}条.jsonl"
    write_atomically(path, exported_log(entries, path.suffix))
    return path


def _row(entry: audit_chain.AuditEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in _TITLES} | {"at": entry.at.isoformat(timespec="microseconds")}


def noted_heads(path: Path) -> list[audit_chain.AuditHead]:
    """The heads that were noted in the witness file."""
    heads = []
    if path.is_file():
        for line in path.read_text(encoding="ascii", errors="replace").splitlines():
            seq, _, digest = line.partition(" ")
            if seq.isdigit() and len(digest) == len(audit_chain.FIRST):
                heads.append(audit_chain.AuditHead(int(seq), digest, f"见证文件 {WITNESS} "))
    return heads


def _exported(path: Path) -> list[audit_chain.AuditHead]:
    """The entries of an earlier export as heads, each of which must still be in the log."""
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [audit_chain.AuditHead(int(row["seq"]), str(row["hash"]), f"导出文件 {path.name} ") for row in rows]
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(f"文件 {printable(str(path), 200)} 不是本系统导出的办理日志（.jsonl），请检查") from None
