"""The share's folders, and placing a workbook in a unit's 发放/.

Belongs here: what issuing writes into the share. `collect` reads from it, `reply` writes what is returned.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from tasks.errors import PipelineError, ShareUnreachableError
from tasks.model.submission import Duty, WrittenFile
from tasks.model.words import FORMER_KIND_TITLES, KIND_TITLES
from tasks.storage.share import Share, local_copy_of, make_share_folder, write_to_share

ISSUED, SUBMITTED, RETURNED, PUBLIC = "发放", "上报", "退回", "公共上报"
# Characters that Windows forbids in names, in full width: NFKC turns them back, so the name still resolves.
_SAFE = str.maketrans('\\/:*?"<>|', "＼／：＊？＂＜＞｜")


def folder_name(unit: str) -> str:
    """The folder name of a unit: never empty or hidden, and always one step of a path.

    Raises PipelineError for a unit name that gives no such folder.
    """
    name = unit.strip().translate(_SAFE)
    if not name or name.startswith(".") or name.endswith(".") or not name.isprintable():
        raise PipelineError(f"单位名称“{unit}”不能用作文件夹名，请在 units.csv 中更正。")
    return name


def issued_path(duty: Duty, title: str = "") -> str:
    """Where a duty's workbook is placed, relative to the share: `县商工局/发放/县商工局_2023-10_月度报送.xlsx`."""
    folder = folder_name(duty.unit)
    return f"{folder}/{ISSUED}/{folder}_{duty.period}_{title or KIND_TITLES[duty.kind]}.xlsx"


def find_issued(share: Path, duty: Duty) -> str | None:
    """Where a duty's workbook lies in a local share, under today's title or a former one; None where there is none."""
    former = (title for title, kind in FORMER_KIND_TITLES.items() if kind == duty.kind)
    paths = (issued_path(duty, title) for title in (KIND_TITLES[duty.kind], *former))
    return next((path for path in paths if (share / path).is_file()), None)


def make_folders(share: Share, units: Iterable[str]) -> None:
    """Make 发放 上报 退回 for every unit, and 公共上报. Existing folders stay as they are.

    Raises ShareUnreachableError when the share cannot be written.
    """
    try:
        make_share_folder(share, PUBLIC)
        for unit in units:
            for name in (ISSUED, SUBMITTED, RETURNED):
                make_share_folder(share, f"{folder_name(unit)}/{name}")
    except OSError as error:
        raise _unwritable(share, error) from error


def place_workbook(share: Share, duty: Duty, content: bytes) -> WrittenFile:
    """Put a workbook into the unit's 发放/, atomically; a file that already has these bytes is left alone.

    The path in the result is relative to the share. Raises ShareUnreachableError when the share cannot be written.
    """
    # A workbook issued under a former title keeps its name: a second file beside it would be filled in as well.
    path = find_issued(local_copy_of(share), duty) or issued_path(duty)
    make_folders(share, (duty.unit,))
    try:
        write_to_share(share, path, content)
    except OSError as error:
        raise _unwritable(share, error) from error
    return WrittenFile(path, hashlib.sha256(content).hexdigest())


def _unwritable(share: Share, error: OSError) -> ShareUnreachableError:
    return ShareUnreachableError(f"共享文件夹 {share} 写不进去（{error.strerror}）。请检查是否已挂载、是否有写入权限。")
