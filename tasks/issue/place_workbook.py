"""The share's folders, and placing a workbook in a unit's 发放/.

Belongs here: what issuing writes into the share. `collect` reads from it, `reply` writes what is returned.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from tasks.errors import PipelineError
from tasks.model.submission import Duty, WrittenFile
from tasks.storage.share import Share, make_share_folder, write_to_share

ISSUED, SUBMITTED, RETURNED, PUBLIC = "发放", "上报", "退回", "公共上报"
_FILE_TITLES: Mapping[str, str] = {
    "roster": "联系人名单",
    "progress": "月度报送",
    "deliverable": "专项成果",
    "annual": "全年总结",
}
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


def file_name(duty: Duty) -> str:
    """The workbook's file name: `县商工局_2023-10_月度报送.xlsx`."""
    return f"{folder_name(duty.unit)}_{duty.period}_{_FILE_TITLES[duty.kind]}.xlsx"


def issued_path(duty: Duty) -> str:
    """Where a duty's workbook lies, relative to the share."""
    return f"{folder_name(duty.unit)}/{ISSUED}/{file_name(duty)}"


def make_folders(share: Share, units: Iterable[str]) -> None:
    """Make 发放 上报 退回 for every unit, and 公共上报. Existing folders stay as they are.

    Raises PipelineError when the share cannot be written.
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

    The path in the result is relative to the share. Raises PipelineError when the share cannot be written.
    """
    path = issued_path(duty)
    make_folders(share, (duty.unit,))
    try:
        write_to_share(share, path, content)
    except OSError as error:
        raise _unwritable(share, error) from error
    return WrittenFile(path, hashlib.sha256(content).hexdigest())


def _unwritable(share: Share, error: OSError) -> PipelineError:
    return PipelineError(f"共享文件夹 {share} 写不进去（{error.strerror}）。请检查是否已挂载、是否有写入权限。")
