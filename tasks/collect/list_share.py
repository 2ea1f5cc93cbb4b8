"""List the share: every regular file in a unit's 上报/ or in 公共上报/, and the problems met on the way.

Belongs here: walking folders, and names to ignore. No file is opened, no link is followed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sized
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeVar

from config.county import County
from tasks.errors import ShareUnreachableError
from tasks.model.seen_files import SeenFiles
from tasks.storage.share import RemoteShare, Share, ShareEntry

SUBMITTED, PUBLIC = "上报", "公共上报"
# Units sort files into sub-folders now and then, but not deeper than this.
MAX_DEPTH = 4
_IGNORED_NAMES = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", "__macosx", "$recycle.bin"})
_IGNORED_STARTS = ("~$", ".", "~wrl")
_IGNORED_ENDS = (".tmp", ".crdownload", ".part", ".partial", ".download", ".lock", ".swp")

_Folder = TypeVar("_Folder", ShareEntry, os.DirEntry[str])


class FoundFile(NamedTuple):
    """One listed file. `path` is relative to the share and can be stored as text; `open_path` is where to open it.

    `open_path` is a local path, or a path within a remote share.
    """

    path: str
    open_path: str
    folder_unit: str | None
    status: os.stat_result | ShareEntry


@dataclass(slots=True)
class ShareListing:
    """The files of the share and what was met while listing it. `is_empty`: the share has no entry at all.

    `found` is lazy and lists one unit's folder at a time; the other fields are complete once it is exhausted. Setting
    `stop` ends it before the next folder; `resume_after` is then the last folder that was listed.
    """

    found: Iterable[FoundFile] = ()
    ignored: int = 0
    troubles: list[str] = field(default_factory=list)
    is_empty: bool = False
    stop: bool = False
    resume_after: str | None = None

    def remaining(self, folders: Iterable[_Folder], after: str) -> Iterator[_Folder]:
        """The sorted top folders that follow `after`, until `stop` is set."""
        last = after
        for folder in folders:
            if (key := sort_key(folder)) <= after:
                continue
            if self.stop:
                self.resume_after = last
                return
            last = key
            yield folder


def sort_key(folder: ShareEntry | os.DirEntry[str]) -> str:
    """Sort key: folders in the order of their files' paths."""
    return f"{storable_path(folder.name)}/"


def list_share(share: Path, county: County, after: str = "") -> ShareListing:
    """Every submitted file in the top folders that follow `after`, in the order of their paths.

    A folder that cannot be read is one of the `troubles`. Raises ShareUnreachableError when the share itself cannot be listed.
    """
    listing = ShareListing()
    try:
        folders = sorted(os.scandir(share), key=sort_key)
    except OSError as error:
        reason = "不存在" if isinstance(error, FileNotFoundError) else f"打不开：{error.strerror}"
        raise ShareUnreachableError(
            f"共享文件夹 {share} {reason}。请检查是否已挂载，再运行一次；没有丢失任何文件。"
        ) from error
    listing.is_empty, listing.found = not folders, _submitted(listing.remaining(folders, after), county, listing)
    return listing


def _submitted(folders: Iterable[os.DirEntry[str]], county: County, listing: ShareListing) -> Iterator[FoundFile]:
    for folder in folders:
        if not _is_folder(folder) or is_ignored(folder.name):
            continue
        found: list[FoundFile] = []
        if folder.name == PUBLIC:
            _walk(folder.path, PUBLIC, None, listing, found)
        elif _is_real_folder(submitted := f"{folder.path}/{SUBMITTED}"):
            shown = f"{storable_path(folder.name)}/{SUBMITTED}"
            _walk(submitted, shown, unit_of_folder(folder.name, county, listing), listing, found)
        yield from sorted(found, key=lambda each: each.path)


def check_still_there(share: Share) -> None:
    """Raises ShareUnreachableError when the share is no longer reachable: one error instead of one for each file."""
    try:
        entries: Sized = share.list_folder() if isinstance(share, RemoteShare) else os.listdir(share)
    except OSError:
        entries = ()
    if not entries:
        raise ShareUnreachableError(
            f"收取途中共享文件夹 {share} 断开了。请检查网络和挂载；下次运行会接着收取，没有丢失任何文件。"
        )


def is_ignored(name: str) -> bool:
    """Whether this is the name of a lock file, a system file or an unfinished transfer."""
    lower = name.lower()
    return lower in _IGNORED_NAMES or lower.startswith(_IGNORED_STARTS) or lower.endswith(_IGNORED_ENDS)


def storable_path(path: str) -> str:
    """A path as text that any database accepts; in a name that is not UTF-8, bytes beyond ASCII become \\xNN."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return b"/".join(_escaped(name) for name in os.fsencode(path).split(b"/")).decode()
    return path


def _escaped(name: bytes) -> bytes:
    try:
        name.decode()
    except UnicodeDecodeError:
        # All bytes beyond ASCII, not only those that fail: some byte pairs of GBK are valid UTF-8 for other characters.
        return name.decode("ascii", "backslashreplace").encode()
    return name


def unit_of_folder(name: str, county: County, listing: ShareListing) -> str | None:
    """The unit that a folder is named after; an unknown name is one of the `troubles`."""
    unit = county.resolve(name)
    if unit is None:
        listing.troubles.append(f"文件夹“{storable_path(name)}”不是名录中的单位，其中的文件按内容识别")
    return unit.name if unit else None


def _is_real_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _walk(
    folder: str, shown: str, unit: str | None, listing: ShareListing, found: list[FoundFile], depth: int = 1
) -> None:
    """Add the files of a folder and its sub-folders to `found`. `shown` is the folder's path within the share."""
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        listing.troubles.append(f"文件夹“{shown}”打不开：{error.strerror}")
        return
    for entry in entries:
        if is_ignored(entry.name):
            listing.ignored += 1
        elif not _is_folder(entry):
            _add(entry, shown, unit, listing, found)
        elif depth < MAX_DEPTH:
            _walk(entry.path, f"{shown}/{storable_path(entry.name)}", unit, listing, found, depth + 1)
        else:
            listing.troubles.append(f"文件夹“{shown}”里层次太多，更深的没有看")


def _add(
    entry: os.DirEntry[str], shown_folder: str, unit: str | None, listing: ShareListing, found: list[FoundFile]
) -> None:
    shown = f"{shown_folder}/{storable_path(entry.name)}"
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        listing.troubles.append(f"文件“{shown}”查看不了：{error.strerror}")
        return
    if stat.S_ISREG(status.st_mode):
        found.append(FoundFile(shown, entry.path, unit, status))
    else:
        # A link may lead out of the share, and reading a pipe may never end.
        listing.troubles.append(f"“{shown}”是链接或特殊文件，没有收取")


def new_files(listing: ShareListing, known: SeenFiles) -> Iterator[FoundFile]:
    """The files that are not `known` with their size and time of change."""
    for found in listing.found:
        if (found.path, found.status.st_size, found.status.st_mtime_ns) not in known:
            yield found
