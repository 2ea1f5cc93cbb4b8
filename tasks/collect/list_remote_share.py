"""List a remote share as `list_share` lists a local one, and read a file of it.

Belongs here: what differs from a local folder. A remote file cannot be kept open while it is read, so its size and time
are compared before and after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from config.county import County
from tasks.collect.content_store import StillChangingError
from tasks.collect.list_share import (
    MAX_DEPTH,
    PUBLIC,
    SUBMITTED,
    FoundFile,
    ShareListing,
    is_ignored,
    sort_key,
    storable_path,
    unit_of_folder,
)
from tasks.errors import ShareUnreachableError
from tasks.storage.share import RemoteShare, ShareEntry


def list_remote(share: RemoteShare, county: County, after: str = "") -> ShareListing:
    """As `list_share`, for a remote share."""
    listing = ShareListing()
    try:
        folders = sorted((entry for entry in share.list_folder() if not is_ignored(entry.name)), key=sort_key)
    except OSError as error:
        reason = "不存在" if isinstance(error, FileNotFoundError) else f"打不开：{error.strerror}"
        raise ShareUnreachableError(
            f"共享文件夹 {share} {reason}。请检查网络和服务器，再运行一次；没有丢失任何文件。"
        ) from error
    remaining = listing.remaining(folders, after)
    listing.is_empty, listing.found = not folders, _submitted(share, remaining, county, listing)
    return listing


def _submitted(
    share: RemoteShare, folders: Iterable[ShareEntry], county: County, listing: ShareListing
) -> Iterator[FoundFile]:
    for folder in folders:
        found: list[FoundFile] = []
        if folder.kind == "directory" and folder.name == PUBLIC:
            _walk(share, PUBLIC, None, listing, found)
        elif folder.kind == "directory" and _has_submitted(share, folder.name, listing):
            _walk(share, f"{folder.name}/{SUBMITTED}", unit_of_folder(folder.name, county, listing), listing, found)
        yield from sorted(found, key=lambda each: each.path)


def _has_submitted(share: RemoteShare, name: str, listing: ShareListing) -> bool:
    try:
        return any(entry.name == SUBMITTED and entry.kind == "directory" for entry in share.list_folder(name))
    except OSError as error:
        listing.troubles.append(f"文件夹“{storable_path(name)}”打不开：{error.strerror}")
        return False


def _walk(
    share: RemoteShare, folder: str, unit: str | None, listing: ShareListing, found: list[FoundFile], depth: int = 1
) -> None:
    try:
        entries = share.list_folder(folder)
    except OSError as error:
        listing.troubles.append(f"文件夹“{storable_path(folder)}”打不开：{error.strerror}")
        return
    for entry in entries:
        path = f"{folder}/{entry.name}"
        if is_ignored(entry.name):
            listing.ignored += 1
        elif entry.kind == "file":
            found.append(FoundFile(storable_path(path), path, unit, entry))
        elif entry.kind != "directory":
            listing.troubles.append(f"“{storable_path(path)}”是链接或特殊文件，没有收取")
        elif depth < MAX_DEPTH:
            _walk(share, path, unit, listing, found, depth + 1)
        else:
            listing.troubles.append(f"文件夹“{storable_path(folder)}”里层次太多，更深的没有看")


def read_remote(share: RemoteShare, found: FoundFile) -> bytes:
    """All bytes of a file. Raises StillChangingError if it changed meanwhile, OSError if it cannot be read."""
    content = share.read(found.open_path)
    after, listed = share.stat(found.open_path), found.status
    if not len(content) == after.st_size == listed.st_size or after.st_mtime_ns != listed.st_mtime_ns:
        raise StillChangingError
    return content
