"""A share reached by URL: the same walk as in `listing`, and reading a file of it once.

Belongs here: what differs from a local folder. There are no links to follow, and no way to hold a file while it is read:
it is looked at before and after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from config.county import County
from tasks.collect.copying import StillChangingError
from tasks.collect.listing import DEPTH, PUBLIC, SUBMITTED, Found, Listing, is_ignored, sort_key, storable, unit_of
from tasks.errors import PipelineError
from tasks.share import Entry, RemoteShare


def list_remote(share: RemoteShare, county: County, after: str = "") -> Listing:
    """Every submitted file behind the top folder `after`, in the order of its path.

    Raises PipelineError when the share itself cannot be listed."""
    listing = Listing()
    try:
        tops = sorted((entry for entry in share.entries() if not is_ignored(entry.name)), key=sort_key)
    except OSError as error:
        reason = "不存在" if isinstance(error, FileNotFoundError) else f"打不开：{error.strerror}"
        raise PipelineError(
            f"共享文件夹 {share} {reason}。请检查网络和服务器，再运行一次；没有丢失任何文件。"
        ) from error
    listing.is_bare, listing.found = not tops, _walked(share, listing.still_to_see(tops, after), county, listing)
    return listing


def _walked(share: RemoteShare, tops: Iterable[Entry], county: County, listing: Listing) -> Iterator[Found]:
    for top in tops:
        found: list[Found] = []
        if top.kind == "directory" and top.name == PUBLIC:
            _walk(share, PUBLIC, None, listing, found)
        elif top.kind == "directory" and _has_drop(share, top.name, listing):
            _walk(share, f"{top.name}/{SUBMITTED}", unit_of(top.name, county, listing), listing, found)
        yield from sorted(found, key=lambda each: each.path)


def _has_drop(share: RemoteShare, name: str, listing: Listing) -> bool:
    try:
        return any(entry.name == SUBMITTED and entry.kind == "directory" for entry in share.entries(name))
    except OSError as error:
        listing.troubles.append(f"文件夹“{storable(name)}”打不开：{error.strerror}")
        return False


def _walk(
    share: RemoteShare, folder: str, unit: str | None, listing: Listing, found: list[Found], depth: int = 1
) -> None:
    try:
        entries = share.entries(folder)
    except OSError as error:
        listing.troubles.append(f"文件夹“{storable(folder)}”打不开：{error.strerror}")
        return
    for entry in entries:
        path = f"{folder}/{entry.name}"
        if is_ignored(entry.name):
            listing.ignored += 1
        elif entry.kind == "file":
            found.append(Found(storable(path), path, unit, entry))
        elif entry.kind != "directory":
            listing.troubles.append(f"“{storable(path)}”是链接或特殊文件，没有收取")
        elif depth < DEPTH:
            _walk(share, path, unit, listing, found, depth + 1)
        else:
            listing.troubles.append(f"文件夹“{storable(folder)}”里层次太多，更深的没有看")


def read_remote(share: RemoteShare, found: Found) -> bytes:
    """All bytes of a file that did not change meanwhile. Raises StillChangingError if it did, OSError if unreadable."""
    content = share.read(found.real)
    after = share.look(found.real)
    if len(content) != found.status.st_size or (after.st_size, after.st_mtime_ns) != (
        found.status.st_size,
        found.status.st_mtime_ns,
    ):
        raise StillChangingError
    return content
