"""备份: everything kept into one archive every night, and the oldest archives removed; by hand `lianxi backup`."""

from __future__ import annotations

from prefect import flow

from config.settings_file import load_settings
from flows.steps.make_backup import BACKUPS, Backup, make_backup, prune_backups
from flows.ui.forms import NOW, field
from tasks.task import as_task

_KEEP = field("保留份数", "数据文件夹 backups/ 下自动备份保留最近几份；另存到别处的不受影响", 14)

make_backup_task = as_task(
    make_backup,
    "打包备份",
    run_name="打包备份",
    log=lambda done: f"备份 {done.files} 个文件，{len(done.left_out)} 项未备份",
)


@flow(name="备份")
def backup(keep: int = _KEEP, now: str | None = NOW) -> Backup:
    """Make one backup in the data folder's backups/ and keep the last `keep` of them."""
    done = make_backup_task(now=now)
    prune_backups(load_settings().data / BACKUPS, keep)
    return done
