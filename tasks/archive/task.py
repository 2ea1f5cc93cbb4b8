"""Prefect task of the archive stage. Restoring has none: a person does it while the server is stopped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from tasks.archive import write_archive as packing
from tasks.archive.manifest import Manifest


@task(name="打包备份", task_run_name="打包备份 {label}", cache_policy=NO_CACHE)
def pack_task(
    target: Path, manifest: Manifest, sources: Sequence[packing.ArchiveSource], *, label: str
) -> packing.WrittenArchive:
    """See `write_archive`."""
    done = packing.write_archive(target, manifest, sources)
    get_run_logger().info("备份 %d 个文件，%d 项未备份", len(done.manifest.members), len(done.left_out))
    return done
