"""备份: everything kept into one archive every night, and the oldest of them removed; by hand `lianxi backup`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prefect import flow

from config.settings import load_settings
from flows.forms import NOW, field
from flows.keeping import BACKUPS, Backup, prune
from flows.keeping import backup as make_backup
from tasks.upkeep.manifest import Manifest
from tasks.upkeep.pack import Packed, Source
from tasks.upkeep.task import pack_task

_KEEP = field("保留份数", "数据文件夹 backups/ 下自动备份保留最近几份；另存到别处的不受影响", 14)


@flow(name="备份")
def backup(keep: int = _KEEP, now: str | None = NOW) -> Backup:
    """One backup into the data folder's backups/; see `keeping.backup`. Of earlier ones the last `keep` stay."""

    def pack(target: Path, manifest: Manifest, sources: Sequence[Source]) -> Packed:
        return pack_task(target, manifest, sources, label=target.name)

    done = make_backup(now=now, packer=pack)
    prune(load_settings().data / BACKUPS, keep)
    return done
