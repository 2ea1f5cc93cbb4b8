"""What goes into a backup, and in which order; for the nightly flow and for the command, which needs no Prefect.

The database first, files after: a file is on disk before the ledger names it. So an archive made during an intake holds
every file its ledger names, and after a restore the next intake finishes what was unfinished.
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
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from config import paths
from config.settings import Settings
from config.settings_file import load_settings
from flows.context import instant_of
from flows.steps.audit_head import WITNESS
from flows.steps.audit_trail import note_head, operator
from tasks.archive.manifest import CONFIG, DATA, DATABASE, SHARE, Manifest
from tasks.archive.read_archive import unpack_archive
from tasks.archive.write_archive import ArchiveSource, WrittenArchive, write_archive
from tasks.errors import InputError, PipelineError
from tasks.store import audit_chain, dump
from tasks.store.ledger_location import HEAD
from tasks.store.migrate import migrate

BACKUPS, ASIDE, BACKED_UP = "backups", "aside", "备份"
STAGING, _LOCK = ".restoring", ".upkeep.lock"
# The server's own state and logs, which `lianxi up` makes again; the demo, made again each time.
NOT_KEPT = ("prefect", "logs", "demo", BACKUPS, ASIDE, STAGING, _LOCK, WITNESS)
COPY_NAMES = {"sqlite": "lianxi.db", "postgresql": "lianxi.dump"}
_NAMED = re.compile(r"lianxi-\d{8}-\d{6}\.tar\.gz")
_STALE_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup: the file, its size and sha256, how many files it holds, and what is not in it."""

    path: Path
    size_bytes: int
    sha256: str
    files: int
    left_out: tuple[str, ...]


@contextlib.contextmanager
def only_one_operation(data: Path) -> Iterator[None]:
    """Backup, restore and erasure one at a time. Raises InputError while another of them runs."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / _LOCK).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError("另一个备份、恢复或删除个人信息的操作正在进行，请等它结束") from None
        yield


def make_backup(target: Path | None = None, now: str | None = None) -> Backup:
    """Write everything kept into one archive, read it back to check it, and enter it in the audit log.

    Flows may run meanwhile.

    Without `target`: into the data folder's backups/. Raises InputError for a file that is there already.
    """
    settings = load_settings()
    at = instant_of(now, settings.timezone)
    path = (target or settings.data / BACKUPS / f"lianxi-{at:%Y%m%d-%H%M%S}.tar.gz").absolute()
    with only_one_operation(settings.data):
        migrate(settings.database_url)
        _make_folder(path.parent)
        _sweep(path.parent)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
            copy = Path(folder) / COPY_NAMES[dump.database_kind(settings.database_url)]
            # The head before the copy, so that the copy holds it.
            manifest = _manifest(settings, at)
            dump.dump_ledger(settings.database_url, copy)
            done = write_archive(path, manifest, _sources(settings, copy))
        # A backup that cannot be read back is worthless.
        if unpack_archive(path, None) != done.manifest:
            raise PipelineError(f"备份 {path} 写完后读回不一致，请检查磁盘并重做")
        digest = sha256_of_file(path)
        audit_chain.record_act(settings.database_url, "", BACKED_UP, path.name, operator(), f"校验值 {digest}", at)
        note_head(settings.database_url, settings.data)
    return Backup(path, path.stat().st_size, digest, len(done.manifest.members), _left_out(settings, done))


def prune_backups(folder: Path, keep: int) -> tuple[str, ...]:
    """Remove all but the last `keep` backups (at least one) that were named by their time. Returns their names."""
    old = sorted(path for path in folder.glob("lianxi-*.tar.gz") if _NAMED.fullmatch(path.name))[: -max(keep, 1)]
    for path in old:
        path.unlink(missing_ok=True)
    return tuple(path.name for path in old)


def _manifest(settings: Settings, at: dt.datetime) -> Manifest:
    head = audit_chain.chain_head(settings.database_url)
    kind = dump.database_kind(settings.database_url)
    seq, digest = (head.seq, head.hash) if head else (0, "")
    return Manifest(at.isoformat(), version("lianxi"), kind, HEAD, seq, digest)


def _sources(settings: Settings, copy: Path) -> tuple[ArchiveSource, ...]:
    data, config = settings.data, settings.config
    own = dump.ledger_file(settings.database_url)
    ledger = (own, *dump.companions(own)) if own else ()
    leave = (*(data / name for name in NOT_KEPT), settings.share, *ledger)
    inside = settings.share.is_relative_to(data) and settings.share.is_dir()
    share = (ArchiveSource(settings.share, SHARE),) if inside else ()
    return (
        ArchiveSource(copy, f"{DATABASE}/{copy.name}"),
        ArchiveSource(data, DATA, leave),
        *share,
        ArchiveSource(config / "plans", f"{CONFIG}/plans"),
        ArchiveSource(config / "counties", f"{CONFIG}/counties"),
        ArchiveSource(config / "calendar.toml", f"{CONFIG}/calendar.toml"),
        ArchiveSource(paths.CONFIG / "settings.toml", f"{CONFIG}/settings.toml"),
    )


def _left_out(settings: Settings, done: WrittenArchive) -> tuple[str, ...]:
    missing = list(done.left_out)
    if not settings.share.is_relative_to(settings.data):
        missing.append(f"共享文件夹 {settings.share} 在数据文件夹之外，由文件服务器备份（已收取的原件都在备份里）")
    if settings.secret:
        missing.append("签名密钥由环境变量 LIANXI_SECRET 给出，不在备份里，请另行妥善保存")
    elif not settings.secret_file.is_relative_to(settings.data):
        missing.append(f"签名密钥 {settings.secret_file} 在数据文件夹之外，不在备份里，请另行妥善保存")
    return tuple(missing)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PipelineError(f"文件夹 {folder} 无法建立（{error.strerror}）") from None


def _sweep(folder: Path) -> None:
    """Remove what a backup that died left behind, after a day: no backup takes as long."""
    for left in folder.glob(".backup-*"):
        if time.time() - left.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(left) if left.is_dir() else left.unlink()


def sha256_of_file(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
