"""`lianxi restore`: move the current state aside, then put back the parts of a backup in a safe order.

Belongs here: the order and what is refused. Does not belong here: making a backup (`steps.make_backup`), reading and
writing archives (`tasks.archive`). Runs without Prefect.
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
from config.validation_errors import printable
from flows.context import instant_of
from flows.server.environment import running_server
from flows.steps.audit_head import WITNESS
from flows.steps.audit_trail import note_head, operator
from flows.steps.make_backup import ASIDE, COPY_NAMES, NOT_KEPT, STAGING, only_one_operation, sha256_of_file
from tasks.archive import restore_files
from tasks.archive.manifest import CONFIG, DATA, DATABASE, SHARE, Manifest
from tasks.archive.read_archive import unpack_archive
from tasks.errors import InputError, PipelineError
from tasks.store import audit_chain, dump
from tasks.store.ledger_location import HEAD
from tasks.store.migrate import migrate

RESTORED, ERASED = "恢复备份", "删除个人信息"


@dataclass(frozen=True, slots=True)
class Restored:
    """A finished restore.

    `made_at` is the backup's time, `aside` the folder with the former state (None if there was none), `share_added` the
    number of files added to the share, `todo` what is left for a person.
    """

    made_at: str
    files: int
    aside: Path | None
    share_added: int
    config_changed: tuple[str, ...]
    todo: tuple[str, ...]


def restore_backup(archive: Path, *, force: bool = False, now: str | None = None) -> Restored:
    """Restore an archive. The current state moves aside; in the share no file is removed or overwritten.

    The whole archive is verified before anything changes. Raises InputError for an unusable archive, for a data folder
    that is not empty unless `force`, and while the server runs.
    """
    settings = load_settings()
    at = instant_of(now, settings.timezone)
    _refuse_unsafe(settings, archive, force)
    with only_one_operation(settings.data):
        staging, aside = settings.data / STAGING, settings.data / ASIDE / f"{at:%Y%m%d-%H%M%S}"
        if aside.exists():
            raise InputError(f"{aside} 已存在，请过一秒再试")
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700)
        try:
            manifest = unpack_archive(archive, staging)
            _check_compatible(settings, manifest)
            log_before = _audit_log(settings)
            share_added, changed = _replace_state(settings, staging, aside)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        todo = _record_restore(settings, manifest, archive, log_before, at)
    moved = aside if aside.exists() else None
    return Restored(manifest.made_at, len(manifest.members), moved, share_added, changed, todo)


def _refuse_unsafe(settings: Settings, archive: Path, force: bool) -> None:
    try:
        exists = archive.is_file()
    except (OSError, ValueError):
        exists = False
    if not exists:
        raise InputError(f"没有备份文件 {printable(str(archive), 200)}")
    if running_server(settings.data):
        raise InputError("联席正在运行，请先停止（在运行 make up 的窗口按 Ctrl-C），再恢复")
    database = dump.ledger_file(settings.database_url)
    ignored = {"README.md", ".gitignore", settings.share.name, *NOT_KEPT}
    has_data = settings.data.is_dir() and any(path.name not in ignored for path in settings.data.iterdir())
    if (has_data or (database is not None and database.exists())) and not force:
        raise InputError(
            f"数据文件夹 {settings.data} 不是空的，没有改动任何内容。"
            f"确要恢复请加 --force：现有内容会移到其中的 {ASIDE}/ 保留，不会删除"
        )


def _check_compatible(settings: Settings, manifest: Manifest) -> None:
    kind = dump.database_kind(settings.database_url)
    if manifest.database != kind:
        raise InputError(f"备份里的数据库是 {manifest.database}，现在设置的是 {kind}：请先改 LIANXI_DATABASE_URL")
    if manifest.revision > HEAD:
        raise InputError(f"备份来自较新版本的程序（{manifest.program}），请先升级本程序再恢复")


def _audit_log(settings: Settings) -> tuple[audit_chain.AuditEntry, ...]:
    """The audit log before the restore; empty if there is no ledger or it can no longer be read."""
    database = dump.ledger_file(settings.database_url)
    if database is None or database.exists():
        with contextlib.suppress(PipelineError):
            return audit_chain.audit_entries(settings.database_url)
    return ()


def _replace_state(settings: Settings, staging: Path, aside: Path) -> tuple[int, tuple[str, ...]]:
    """The only function here that changes anything; each step keeps what it replaces in `aside`."""
    data = settings.data
    database = dump.ledger_file(settings.database_url)
    ledger = (database, *dump.companions(database)) if database else ()
    names = (name for name in NOT_KEPT if name != WITNESS)
    stay = (*(data / name for name in ("README.md", ".gitignore", *names)), settings.share, *ledger)
    restore_files.set_aside(data, aside / DATA, stay)
    restore_files.move_into_place(staging / DATA, data)
    copy = staging / DATABASE / COPY_NAMES[dump.database_kind(settings.database_url)]
    dump.restore_ledger(settings.database_url, copy, aside / DATABASE)
    # settings.toml names the folders and servers of its own machine: keep the backup's beside it for comparison.
    old_settings = staging / CONFIG / "settings.toml"
    if old_settings.exists():
        old_settings.replace(data / "settings.from-backup.toml")
    changed = restore_files.copy_over(staging / CONFIG, settings.config, aside / CONFIG)
    return restore_files.copy_missing(staging / SHARE, settings.share), changed


def _record_restore(
    settings: Settings, manifest: Manifest, archive: Path, before: Sequence[audit_chain.AuditEntry], at: dt.datetime
) -> tuple[str, ...]:
    """Migrate the ledger, record the restore in the audit log, and return what is left for a person."""
    url = settings.database_url
    migrate(url)
    noted = [audit_chain.AuditHead(manifest.audit_seq, manifest.audit_hash, "备份的清单")] if manifest.audit_seq else []
    entries = audit_chain.audit_entries(url)
    broken = audit_chain.check_chain(entries, noted)
    former = f"；恢复前日志到第{before[-1].seq}条，校验值 {before[-1].hash}" if before else ""
    detail = f"备份于 {manifest.made_at}，文件校验值 {sha256_of_file(archive)}{former}"
    audit_chain.record_act(url, "", RESTORED, archive.name, operator(), detail, at)
    note_head(url, settings.data)
    todo = [f"备份里的办理日志不完整：{broken}"] if broken else []
    # Erasures made after the backup are undone by it: those people's data is back.
    if undone := [entry for entry in before if entry.seq > len(entries) and entry.act == ERASED]:
        todo.append(f"备份之后执行过 {len(undone)} 次“{ERASED}”，恢复后又回来了，请按原申请重新执行 lianxi forget")
    return tuple(todo)
