"""A share reached by URL: the same walk as in `listing`, and reading a file of it once.

Belongs here: what differs from a local folder. There are no links to follow, and no way to hold a file while it is read:
it is looked at before and after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from config.county import County
from tasks.collect.content_store import StillChangingError
from tasks.collect.list_share import (
    DEPTH,
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
    """Every submitted file behind the top folder `after`, in the order of its path.

    Raises ShareUnreachableError when the share itself cannot be listed."""
    listing = ShareListing()
    try:
        tops = sorted((entry for entry in share.entries() if not is_ignored(entry.name)), key=sort_key)
    except OSError as error:
        reason = "不存在" if isinstance(error, FileNotFoundError) else f"打不开：{error.strerror}"
        raise ShareUnreachableError(
            f"共享文件夹 {share} {reason}。请检查网络和服务器，再运行一次；没有丢失任何文件。"
        ) from error
    listing.is_bare, listing.found = not tops, _walked(share, listing.still_to_see(tops, after), county, listing)
    return listing


def _walked(
    share: RemoteShare, tops: Iterable[ShareEntry], county: County, listing: ShareListing
) -> Iterator[FoundFile]:
    for top in tops:
        found: list[FoundFile] = []
        if top.kind == "directory" and top.name == PUBLIC:
            _walk(share, PUBLIC, None, listing, found)
        elif top.kind == "directory" and _has_drop(share, top.name, listing):
            _walk(share, f"{top.name}/{SUBMITTED}", unit_of_folder(top.name, county, listing), listing, found)
        yield from sorted(found, key=lambda each: each.path)


def _has_drop(share: RemoteShare, name: str, listing: ShareListing) -> bool:
    try:
        return any(entry.name == SUBMITTED and entry.kind == "directory" for entry in share.entries(name))
    except OSError as error:
        listing.troubles.append(f"文件夹“{storable_path(name)}”打不开：{error.strerror}")
        return False


def _walk(
    share: RemoteShare, folder: str, unit: str | None, listing: ShareListing, found: list[FoundFile], depth: int = 1
) -> None:
    try:
        entries = share.entries(folder)
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
        elif depth < DEPTH:
            _walk(share, path, unit, listing, found, depth + 1)
        else:
            listing.troubles.append(f"文件夹“{storable_path(folder)}”里层次太多，更深的没有看")


def read_remote(share: RemoteShare, found: FoundFile) -> bytes:
    """All bytes of a file that did not change meanwhile. Raises StillChangingError if it did, OSError if unreadable."""
    content = share.read(found.real)
    after = share.look(found.real)
    if len(content) != found.status.st_size or (after.st_size, after.st_mtime_ns) != (
        found.status.st_size,
        found.status.st_mtime_ns,
    ):
        raise StillChangingError
    return content
