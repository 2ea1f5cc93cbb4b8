"""Prefect task of the archive stage. A restore has none: a person runs it while everything is stopped."""

from __future__ import annotations

from tasks.archive.write_archive import write_archive
from tasks.task import as_task

write_archive_task = as_task(
    write_archive,
    "打包备份",
    run_name="打包备份 {target.name}",
    log=lambda done: f"备份 {len(done.manifest.members)} 个文件，{len(done.left_out)} 项未备份",
)
