"""备份: everything kept into one archive every night, and the oldest of them removed; by hand `lianxi backup`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prefect import flow

from config.settings_file import load_settings
from flows.steps.make_backup import BACKUPS, Backup, prune_backups
from flows.steps.make_backup import make_backup as make_backup
from flows.ui.forms import NOW, field
from tasks.archive.manifest import Manifest
from tasks.archive.task import pack_task
from tasks.archive.write_archive import ArchiveSource, WrittenArchive

_KEEP = field("保留份数", "数据文件夹 backups/ 下自动备份保留最近几份；另存到别处的不受影响", 14)


@flow(name="备份")
def backup(keep: int = _KEEP, now: str | None = NOW) -> Backup:
    """One backup into the data folder's backups/; see `keeping.backup`. Of earlier ones the last `keep` stay."""

    def pack(target: Path, manifest: Manifest, sources: Sequence[ArchiveSource]) -> WrittenArchive:
        return pack_task(target, manifest, sources, label=target.name)

    done = make_backup(now=now, packer=pack)
    prune_backups(load_settings().data / BACKUPS, keep)
    return done
