"""What lies in the share: every regular file in a unit's 上报/ or in 公共上报/, and what could not be looked at.

Belongs here: walking and ignoring. No file is opened, no link is followed.
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
# People sort their files into folders now and then; deeper than this nobody does.
DEPTH = 4
_IGNORED_NAMES = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", "__macosx", "$recycle.bin"})
_IGNORED_STARTS = ("~$", ".", "~wrl")
_IGNORED_ENDS = (".tmp", ".crdownload", ".part", ".partial", ".download", ".lock", ".swp")

_Top = TypeVar("_Top", ShareEntry, os.DirEntry[str])


class FoundFile(NamedTuple):
    """One file as listed. `path` is relative to the share and fit to be stored; `real` is where to open it.

    `real` is a local path, or the path within a share that is reached by URL.
    """

    path: str
    real: str
    folder_unit: str | None
    status: os.stat_result | ShareEntry


@dataclass(slots=True)
class ShareListing:
    """One look at the share. `is_bare`: there is nothing in it at all.

    `found` is walked as it is asked for, a unit's folder at a time: what is said of it is whole once that has ended. It
    ends before the next folder when whoever asks has set `is_enough`; `left_after` is then the last that was looked at.
    """

    found: Iterable[FoundFile] = ()
    ignored: int = 0
    troubles: list[str] = field(default_factory=list)
    is_bare: bool = False
    is_enough: bool = False
    left_after: str | None = None

    def still_to_see(self, tops: Iterable[_Top], after: str) -> Iterator[_Top]:
        """The top folders, given as their paths sort, behind the folder `after` and until it is enough."""
        last = after
        for top in tops:
            if (key := sort_key(top)) <= after:
                continue
            if self.is_enough:
                self.left_after = last
                return
            last = key
            yield top


def sort_key(top: ShareEntry | os.DirEntry[str]) -> str:
    """By which top folders are as the paths of what is in them sort."""
    return f"{storable_path(top.name)}/"


def list_share(share: Path, county: County, after: str = "") -> ShareListing:
    """Every submitted file behind the top folder `after`, in the order of its path.

    One bad folder is a trouble, not the end. Raises ShareUnreachableError when the share itself cannot be listed.
    """
    listing = ShareListing()
    try:
        tops = sorted(os.scandir(share), key=sort_key)
    except OSError as error:
        reason = "不存在" if isinstance(error, FileNotFoundError) else f"打不开：{error.strerror}"
        raise ShareUnreachableError(
            f"共享文件夹 {share} {reason}。请检查是否已挂载，再运行一次；没有丢失任何文件。"
        ) from error
    listing.is_bare, listing.found = not tops, _walked(listing.still_to_see(tops, after), county, listing)
    return listing


def _walked(tops: Iterable[os.DirEntry[str]], county: County, listing: ShareListing) -> Iterator[FoundFile]:
    for top in tops:
        if not _is_folder(top) or is_ignored(top.name):
            continue
        found: list[FoundFile] = []
        if top.name == PUBLIC:
            _walk(top.path, PUBLIC, None, listing, found)
        elif _is_real_folder(submitted := f"{top.path}/{SUBMITTED}"):
            shown = f"{storable_path(top.name)}/{SUBMITTED}"
            _walk(submitted, shown, unit_of_folder(top.name, county, listing), listing, found)
        yield from sorted(found, key=lambda each: each.path)


def check_still_there(share: Share) -> None:
    """Raise ShareUnreachableError if the share has gone since it was listed: one message, not one for each file."""
    try:
        left: Sized = share.entries() if isinstance(share, RemoteShare) else os.listdir(share)
    except OSError:
        left = ()
    if not left:
        raise ShareUnreachableError(
            f"收取途中共享文件夹 {share} 断开了。请检查网络和挂载；下次运行会接着收取，没有丢失任何文件。"
        )


def is_ignored(name: str) -> bool:
    """Whether a name belongs to a lock, a system file or a transfer under way."""
    lower = name.lower()
    return lower in _IGNORED_NAMES or lower.startswith(_IGNORED_STARTS) or lower.endswith(_IGNORED_ENDS)


def storable_path(path: str) -> str:
    """A path as text that any database takes; a name that is not UTF-8 is written with \\xNN for each odd byte."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return b"/".join(_escaped(name) for name in os.fsencode(path).split(b"/")).decode()
    return path


def _escaped(name: bytes) -> bytes:
    try:
        name.decode()
    except UnicodeDecodeError:
        # The whole name, not only the bytes that fail: some pairs of GBK happen to be UTF-8 for something else.
        return name.decode("ascii", "backslashreplace").encode()
    return name


def unit_of_folder(name: str, county: County, listing: ShareListing) -> str | None:
    """The unit a folder is named after; a name that nobody knows is a trouble."""
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
    """What lies in a folder, itself `shown` as a path within the share."""
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
        elif depth < DEPTH:
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
        # A link may point out of the share, a pipe may never end.
        listing.troubles.append(f"“{shown}”是链接或特殊文件，没有收取")


def new_files(listing: ShareListing, known: SeenFiles) -> Iterator[FoundFile]:
    """The files whose size or time of change the ledger does not know yet."""
    for found in listing.found:
        if (found.path, found.status.st_size, found.status.st_mtime_ns) not in known:
            yield found
