"""备份与恢复: what goes into an archive, and the order in which it comes back. Runs without Prefect.

Database first, files after: a file that the ledger speaks of is on disk before the ledger does, so an archive made
while an intake runs holds at least what its ledger knows, and the next intake finishes what was under way.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import hashlib
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from config import paths
from config.settings import Settings, load_settings
from config.validation_errors import shown
from flows.context import instant_of
from flows.server.environment import running_server
from flows.steps.audit_trail import WITNESS, note_head, operator
from tasks.archive import put_back
from tasks.archive.manifest import CONFIG, DATA, DATABASE, SHARE, Manifest
from tasks.archive.read_archive import unpack_archive
from tasks.archive.write_archive import ArchiveSource, WrittenArchive, write_archive
from tasks.errors import InputError, PipelineError
from tasks.store import audit_chain, dump
from tasks.store.migrate import HEAD, migrate

BACKUPS, ASIDE, BACKED_UP, RESTORED, FORGOTTEN = "backups", "aside", "备份", "恢复备份", "删除个人信息"
_STAGING, _LOCK = ".restoring", ".upkeep.lock"
# The server's own state and logs, made anew by `lianxi up`; the demo, made anew each time.
_NOT_KEPT = ("prefect", "logs", "demo", BACKUPS, ASIDE, _STAGING, _LOCK, WITNESS)
_NAMED = re.compile(r"lianxi-\d{8}-\d{6}\.tar\.gz")
_COPY = {"sqlite": "lianxi.db", "postgresql": "lianxi.dump"}
_STALE_SECONDS = 24 * 3600
Packer = Callable[[Path, Manifest, Sequence[ArchiveSource]], WrittenArchive]


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup: the file, its size and sha256, how many files it holds, and what is not in it."""

    path: Path
    size_bytes: int
    sha256: str
    files: int
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """A finished restore: how old the backup is, what came, where the former state lies, and what a person must do."""

    made_at: str
    files: int
    aside: Path | None
    share_added: int
    config_changed: tuple[str, ...]
    todo: tuple[str, ...]


@contextlib.contextmanager
def only_one_operation(data: Path) -> Iterator[None]:
    """Backup, restore and forgetting one at a time. Raises InputError while another of them runs."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / _LOCK).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError("另一个备份、恢复或删除个人信息的操作正在进行，请等它结束") from None
        yield


def make_backup(target: Path | None = None, now: str | None = None, packer: Packer = write_archive) -> Backup:
    """Everything kept into one archive, while the house works; checked by reading it back; on the audit log.

    Without `target`: into the data folder's backups/. Raises InputError for a file that is there already.
    """
    settings = load_settings()
    at = instant_of(now, settings.timezone)
    path = (target or settings.data / BACKUPS / f"lianxi-{at:%Y%m%d-%H%M%S}.tar.gz").absolute()
    with only_one_operation(settings.data):
        migrate(settings.database_url)
        _make(path.parent)
        _sweep(path.parent)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
            copy = Path(folder) / _COPY[dump.kind_of(settings.database_url)]
            # The head first: the copy then holds it for certain, and perhaps a later one.
            manifest = _manifest(settings, at)
            dump.copy_out(settings.database_url, copy)
            done = packer(path, manifest, _sources(settings, copy))
        # A backup that was never read is none.
        if unpack_archive(path, None) != done.manifest:
            raise PipelineError(f"备份 {path} 写完后读回不一致，请检查磁盘并重做")
        digest = _sha256(path)
        audit_chain.record_act(settings.database_url, "", BACKED_UP, path.name, operator(), f"校验值 {digest}", at)
        note_head(settings.database_url, settings.data)
    return Backup(path, path.stat().st_size, digest, len(done.manifest.members), _left_out(settings, done))


def prune_backups(folder: Path, keep: int) -> tuple[str, ...]:
    """Remove all but the last `keep` backups (at least one) that were named by their time. Returns their names."""
    old = sorted(path for path in folder.glob("lianxi-*.tar.gz") if _NAMED.fullmatch(path.name))[: -max(keep, 1)]
    for path in old:
        path.unlink(missing_ok=True)
    return tuple(path.name for path in old)


def restore_backup(archive: Path, *, force: bool = False, now: str | None = None) -> Restored:
    """Put back what an archive holds. What is there goes aside; of the share nothing is removed or written over.

    The archive is checked whole before anything is touched. Raises InputError for an archive that cannot be used, for
    a data folder that is not empty without `force`, and while the server runs.
    """
    settings = load_settings()
    at = instant_of(now, settings.timezone)
    _may_restore(settings, archive, force)
    with only_one_operation(settings.data):
        staging, aside = settings.data / _STAGING, settings.data / ASIDE / f"{at:%Y%m%d-%H%M%S}"
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


def _manifest(settings: Settings, at: dt.datetime) -> Manifest:
    head = audit_chain.chain_head(settings.database_url)
    kind = dump.kind_of(settings.database_url)
    seq, digest = (head.seq, head.hash) if head else (0, "")
    return Manifest(at.isoformat(), version("lianxi"), kind, HEAD, seq, digest)


def _sources(settings: Settings, copy: Path) -> tuple[ArchiveSource, ...]:
    data, config = settings.data, settings.config
    own = dump.file_of(settings.database_url)
    ledger = (own, *dump.companions(own)) if own else ()
    leave = (*(data / name for name in _NOT_KEPT), settings.share, *ledger)
    inside = settings.share.is_relative_to(data) and settings.share.is_dir()
    share = (ArchiveSource(settings.share, SHARE),) if inside else ()
    return (
        ArchiveSource(copy, f"{DATABASE}/{copy.name}"),
        ArchiveSource(data, DATA, leave),
        *share,
        ArchiveSource(config / "plans", f"{CONFIG}/plans"),
        ArchiveSource(config / "counties", f"{CONFIG}/counties"),
        ArchiveSource(paths.CONFIG / "settings.toml", f"{CONFIG}/settings.toml"),
    )


def _left_out(settings: Settings, done: WrittenArchive) -> tuple[str, ...]:
    told = list(done.left_out)
    if not settings.share.is_relative_to(settings.data):
        told.append(f"共享文件夹 {settings.share} 在数据文件夹之外，由文件服务器备份（已收取的原件都在备份里）")
    if settings.secret:
        told.append("签名密钥由环境变量 LIANXI_SECRET 给出，不在备份里，请另行妥善保存")
    elif not settings.secret_file.is_relative_to(settings.data):
        told.append(f"签名密钥 {settings.secret_file} 在数据文件夹之外，不在备份里，请另行妥善保存")
    return tuple(told)


def _may_restore(settings: Settings, archive: Path, force: bool) -> None:
    try:
        is_there = archive.is_file()
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        raise InputError(f"没有备份文件 {shown(str(archive), 200)}")
    if running_server(settings.data):
        raise InputError("联席正在运行，请先停止（在运行 make up 的窗口按 Ctrl-C），再恢复")
    own = dump.file_of(settings.database_url)
    stay = {"README.md", ".gitignore", settings.share.name, *_NOT_KEPT}
    held = settings.data.is_dir() and any(path.name not in stay for path in settings.data.iterdir())
    if (held or (own is not None and own.exists())) and not force:
        raise InputError(
            f"数据文件夹 {settings.data} 不是空的，没有改动任何内容。"
            f"确要恢复请加 --force：现有内容会移到其中的 {ASIDE}/ 保留，不会删除"
        )


def _fits(settings: Settings, manifest: Manifest) -> None:
    kind = dump.kind_of(settings.database_url)
    if manifest.database != kind:
        raise InputError(f"备份里的数据库是 {manifest.database}，现在设置的是 {kind}：请先改 LIANXI_DATABASE_URL")
    if manifest.revision > HEAD:
        raise InputError(f"备份来自较新版本的程序（{manifest.program}），请先升级本程序再恢复")


def _links(settings: Settings) -> tuple[audit_chain.AuditEntry, ...]:
    """The log before the restore; nothing where there is no ledger, or one that cannot be read any more."""
    own = dump.file_of(settings.database_url)
    if own is None or own.exists():
        with contextlib.suppress(PipelineError):
            return audit_chain.audit_entries(settings.database_url)
    return ()


def _put(settings: Settings, staging: Path, aside: Path) -> tuple[int, tuple[str, ...]]:
    """The one part that changes anything: each step keeps what it replaces."""
    data = settings.data
    own = dump.file_of(settings.database_url)
    ledger = (own, *dump.companions(own)) if own else ()
    names = (name for name in _NOT_KEPT if name != WITNESS)
    stay = (*(data / name for name in ("README.md", ".gitignore", *names)), settings.share, *ledger)
    put_back.set_aside(data, aside / DATA, stay)
    put_back.move_into_place(staging / DATA, data)
    copy = staging / DATABASE / _COPY[dump.kind_of(settings.database_url)]
    dump.copy_in(settings.database_url, copy, aside / DATABASE)
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
    told = f"备份于 {manifest.made_at}，文件校验值 {_sha256(archive)}{former}"
    audit_chain.record_act(url, "", RESTORED, archive.name, operator(), told, at)
    note_head(url, settings.data)
    todo = [f"备份里的办理日志不完整：{broken}"] if broken else []
    if undone := [link for link in before if link.seq > len(links) and link.act == FORGOTTEN]:
        todo.append(f"备份之后执行过 {len(undone)} 次“{FORGOTTEN}”，恢复后又回来了，请按原申请重新执行 lianxi forget")
    return tuple(todo)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PipelineError(f"文件夹 {folder} 无法建立（{error.strerror}）") from None


def _sweep(folder: Path) -> None:
    """Remove what a backup that died left behind; no backup takes a day."""
    for left in folder.glob(".backup-*"):
        if time.time() - left.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(left) if left.is_dir() else left.unlink()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
