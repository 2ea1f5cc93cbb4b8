"""One pass over the share: copy every new file that is no longer being written.

Belongs here: deciding which files to copy. Does not belong here: listing (`list_share`), copying (`content_store`), the
ledger, which is passed in as `known`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from dataclasses import dataclass

from tasks.caching import no_cycle_collection
from tasks.collect.content_store import ContentStore, StillChangingError, read_stable, sweep_unfinished
from tasks.collect.list_remote_share import list_remote, read_remote
from tasks.collect.list_share import FoundFile, check_still_there, list_share, new_files
from tasks.errors import ShareUnreachableError
from tasks.model.run_context import Context
from tasks.model.seen_files import SeenFiles
from tasks.model.submission import Original
from tasks.storage.share import RemoteShare, Share

MOST = 10_000
"""The number of files after which a look ends, to bound the memory it takes."""


@dataclass(frozen=True, slots=True)
class Collected:
    """The result of one look: new originals, files still being written, the number of ignored files, problems.

    `resume_after`: the last folder listed when the look ended early; None when the whole share was listed.
    """

    originals: tuple[Original, ...]
    waiting: tuple[str, ...]
    ignored: int
    troubles: tuple[str, ...]
    resume_after: str | None = None

    @property
    def summary(self) -> str:
        """Counts and troubles, for the log."""
        counts = f"新收 {len(self.originals)} 份，等待 {len(self.waiting)} 份，忽略 {self.ignored} 份"
        return "；".join((counts, *self.troubles))


@no_cycle_collection()
def collect(context: Context, known: SeenFiles, after: str = "", most: int | None = None) -> Collected:
    """Copy every new, settled file of the share, in the order of paths. The share is only read.

    `known` are the files of earlier passes. After `most` files (None: any number) no further folder is listed; the next
    look continues `after` the last one, which bounds the memory. Raises ShareUnreachableError when the share
    cannot be listed, PipelineError when the originals cannot be written; files copied by then are found again next time.
    """
    share, county, now, limits = context.exchange, context.county, context.now, context.settings.limits
    listing = list_remote(share, county, after) if isinstance(share, RemoteShare) else list_share(share, county, after)
    if known and listing.is_empty:
        raise _not_mounted(share)
    sweep_unfinished(context.originals)
    store = ContentStore(context.originals, context.plan.id)
    taken: list[Original] = []
    waiting: list[str] = []
    troubles: list[str] = []
    counted = Counter[str]()
    for found in new_files(listing, known):
        folder = found.path.partition("/")[0]
        # A folder that receives files without end must not delay the others.
        if counted[folder] >= limits.folder_files or not has_settled(found, now, limits.settle_seconds):
            waiting.append(found.path)
            continue
        try:
            taken.append(_take(found, store, context))
            counted[folder] += 1
            listing.stop = most is not None and len(taken) >= most
        except StillChangingError:
            waiting.append(found.path)
        except OSError as error:
            check_still_there(share)
            troubles.append(f"文件“{found.path}”读不了：{error.strerror}，下次再试")
    if listing.troubles:
        # If the share disappeared between two folders, every later folder is one of the troubles.
        check_still_there(share)
    troubles = [*listing.troubles, *troubles]
    full = (folder for folder, number in counted.items() if number >= limits.folder_files)
    troubles += [f"“{folder}”里的新文件太多，本次先收{limits.folder_files}份，其余以后再收" for folder in full]
    store.finish()
    return Collected(tuple(taken), tuple(waiting), listing.ignored, tuple(troubles), listing.resume_after)


def _not_mounted(share: Share) -> ShareUnreachableError:
    return ShareUnreachableError(
        f"共享文件夹 {share} 是空的，以前收过的文件和各单位的文件夹都不见了，像是没有挂载好。"
        "请重新挂载后再运行；没有丢失任何已收的文件。"
    )


def has_settled(found: FoundFile, now: dt.datetime, settle_seconds: int) -> bool:
    """Whether a file has been unchanged for `settle_seconds`.

    A time far in the future counts as settled: the clocks differ, and waiting would not end.
    """
    return abs(now.timestamp() - found.status.st_mtime) >= settle_seconds


def _take(found: FoundFile, store: ContentStore, context: Context) -> Original:
    size, mtime_ns = found.status.st_size, found.status.st_mtime_ns
    if size > context.settings.limits.file_bytes:
        # Too large to copy; the ledger still needs an identity for it, so that the sender gets an answer.
        digest, stored = hashlib.sha256(f"{found.path}|{size}|{mtime_ns}".encode()).hexdigest(), ""
    else:
        share = context.exchange
        content = read_remote(share, found) if isinstance(share, RemoteShare) else read_stable(found)
        digest, stored = store.keep(content)
    return Original(context.plan.id, digest, found.path, found.folder_unit, size, mtime_ns, context.now, stored)
