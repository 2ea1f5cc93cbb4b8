"""Restoring a backup: what is there goes aside first, and the order in which the archive's parts come back.

Belongs here: the order and what is refused. Does not belong here: making a backup (`steps.make_backup`), archives
(`tasks.archive`). Runs without Prefect.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from config.settings import Settings
from config.settings_file import load_settings
from config.validation_errors import shown
from flows.context import instant_of
from flows.server.environment import running_server
from flows.steps.audit_trail import WITNESS, note_head, operator
from flows.steps.make_backup import ASIDE, COPY_NAMES, NOT_KEPT, STAGING, only_one_operation, sha256_of_file
from tasks.archive import put_back
from tasks.archive.manifest import CONFIG, DATA, DATABASE, SHARE, Manifest
from tasks.archive.read_archive import unpack_archive
from tasks.errors import InputError, PipelineError
from tasks.store import audit_chain, dump
from tasks.store.ledger_location import HEAD
from tasks.store.migrate import migrate

RESTORED, FORGOTTEN = "恢复备份", "删除个人信息"


@dataclass(frozen=True, slots=True)
class Restored:
    """A finished restore: how old the backup is, what came, where the former state lies, and what a person must do."""

    made_at: str
    files: int
    aside: Path | None
    share_added: int
    config_changed: tuple[str, ...]
    todo: tuple[str, ...]


def restore_backup(archive: Path, *, force: bool = False, now: str | None = None) -> Restored:
    """Put back what an archive holds. What is there goes aside; of the share nothing is removed or written over.

    The archive is checked whole before anything is touched. Raises InputError for an archive that cannot be used, for
    a data folder that is not empty without `force`, and while the server runs.
    """
    settings = load_settings()
    at = instant_of(now, settings.timezone)
    _may_restore(settings, archive, force)
    with only_one_operation(settings.data):
        staging, aside = settings.data / STAGING, settings.data / ASIDE / f"{at:%Y%m%d-%H%M%S}"
        if aside.exists():
            raise InputError(f"{aside} 已存在，请过一秒再试")
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700)
        try:
            manifest = unpack_archive(archive, staging)
            _fits(settings, manifest)
            before = _links(settings)
            share_added, changed = _put(settings, staging, aside)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        todo = _settle(settings, manifest, archive, before, at)
    kept = aside if aside.exists() else None
    return Restored(manifest.made_at, len(manifest.members), kept, share_added, changed, todo)


def _may_restore(settings: Settings, archive: Path, force: bool) -> None:
    try:
        is_there = archive.is_file()
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        raise InputError(f"没有备份文件 {shown(str(archive), 200)}")
    if running_server(settings.data):
        raise InputError("联席正在运行，请先停止（在运行 make up 的窗口按 Ctrl-C），再恢复")
    own = dump.ledger_file(settings.database_url)
    stay = {"README.md", ".gitignore", settings.share.name, *NOT_KEPT}
    held = settings.data.is_dir() and any(path.name not in stay for path in settings.data.iterdir())
    if (held or (own is not None and own.exists())) and not force:
        raise InputError(
            f"数据文件夹 {settings.data} 不是空的，没有改动任何内容。"
            f"确要恢复请加 --force：现有内容会移到其中的 {ASIDE}/ 保留，不会删除"
        )


def _fits(settings: Settings, manifest: Manifest) -> None:
    kind = dump.database_kind(settings.database_url)
    if manifest.database != kind:
        raise InputError(f"备份里的数据库是 {manifest.database}，现在设置的是 {kind}：请先改 LIANXI_DATABASE_URL")
    if manifest.revision > HEAD:
        raise InputError(f"备份来自较新版本的程序（{manifest.program}），请先升级本程序再恢复")


def _links(settings: Settings) -> tuple[audit_chain.AuditEntry, ...]:
    """The log before the restore; nothing where there is no ledger, or one that cannot be read any more."""
    own = dump.ledger_file(settings.database_url)
    if own is None or own.exists():
        with contextlib.suppress(PipelineError):
            return audit_chain.audit_entries(settings.database_url)
    return ()


def _put(settings: Settings, staging: Path, aside: Path) -> tuple[int, tuple[str, ...]]:
    """The one part that changes anything: each step keeps what it replaces."""
    data = settings.data
    own = dump.ledger_file(settings.database_url)
    ledger = (own, *dump.companions(own)) if own else ()
    names = (name for name in NOT_KEPT if name != WITNESS)
    stay = (*(data / name for name in ("README.md", ".gitignore", *names)), settings.share, *ledger)
    put_back.set_aside(data, aside / DATA, stay)
    put_back.move_into_place(staging / DATA, data)
    copy = staging / DATABASE / COPY_NAMES[dump.database_kind(settings.database_url)]
    dump.restore_ledger(settings.database_url, copy, aside / DATABASE)
    # Settings name this machine's folders and servers: an old machine's are laid beside, for a person to compare.
    old_settings = staging / CONFIG / "settings.toml"
    if old_settings.exists():
        old_settings.replace(data / "settings.from-backup.toml")
    changed = put_back.replace_with(staging / CONFIG, settings.config, aside / CONFIG)
    return put_back.add_missing(staging / SHARE, settings.share), changed


def _settle(
    settings: Settings, manifest: Manifest, archive: Path, before: Sequence[audit_chain.AuditEntry], at: dt.datetime
) -> tuple[str, ...]:
    """Bring the ledger to this version, record the restore on its log, and say what a person has to see to."""
    url = settings.database_url
    migrate(url)
    noted = [audit_chain.AuditHead(manifest.audit_seq, manifest.audit_hash, "备份的清单")] if manifest.audit_seq else []
    links = audit_chain.audit_entries(url)
    broken = audit_chain.check_chain(links, noted)
    former = f"；恢复前日志到第{before[-1].seq}条，校验值 {before[-1].hash}" if before else ""
    told = f"备份于 {manifest.made_at}，文件校验值 {sha256_of_file(archive)}{former}"
    audit_chain.record_act(url, "", RESTORED, archive.name, operator(), told, at)
    note_head(url, settings.data)
    todo = [f"备份里的办理日志不完整：{broken}"] if broken else []
    if undone := [link for link in before if link.seq > len(links) and link.act == FORGOTTEN]:
        todo.append(f"备份之后执行过 {len(undone)} 次“{FORGOTTEN}”，恢复后又回来了，请按原申请重新执行 lianxi forget")
    return tuple(todo)
