"""Who works on which originals: of several workers, on one machine or many, each file is in one worker's hands.

Belongs here: taking originals in hand, and what others have brought in meanwhile. Recording them is `claims`, their
verdicts `verdicts`.

An original is in hand once `claimed_by` names a living process (`presence`). Nothing is given back: a process that
ends, however it ends, leaves its originals free. A claim only saves work. That nothing is recorded twice is
`record_verdicts`'s own doing, so a worker wrongly taken for dead does no harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import dropwhile, takewhile

from sqlalchemy import Connection, select, update

from tasks.model.submission import Original
from tasks.store.engine import in_batches, locking, reading
from tasks.store.originals import FileKey, file_key
from tasks.store.process_presence import has_ended, register_presence
from tasks.store.schema.models import OriginalRow, SubmissionRow


def take(url: str, originals: Sequence[Original], *, anyway: bool = False) -> tuple[Original, ...]:
    """Take in hand the first of these that are free, and those that follow without a gap; returns them in order.

    Without a gap, because whoever holds a file waits for all that came before it: with gaps two could wait for each
    other. Empty when all have their verdict or are in others' hands; `anyway` takes them out of others' hands.
    """
    if not originals:
        return ()
    me = register_presence(url)
    ended: dict[str, bool] = {me: True}
    with locking(url) as connection:
        on_record = _open(connection, originals, lock=True)
        for holder in {holder for _, holder in on_record.values() if holder}:
            ended.setdefault(holder, anyway or has_ended(url, holder))

        def is_free(original: Original) -> bool:
            found = on_record.get(file_key(original))
            return found is not None and (found[1] is None or ended[found[1]])

        taken = tuple(takewhile(is_free, dropwhile(lambda each: not is_free(each), originals)))
        for batch in in_batches(on_record[file_key(each)][0] for each in taken):
            connection.execute(update(OriginalRow).where(OriginalRow.id.in_(batch)).values(claimed_by=me))
    return taken


def still_open(url: str, originals: Sequence[Original]) -> tuple[Original, ...]:
    """Those of the originals that have no verdict yet, in the order given."""
    if not originals:
        return ()
    with reading(url) as connection:
        on_record = _open(connection, originals, lock=False)
    return tuple(original for original in originals if file_key(original) in on_record)


def last_submission(url: str, plan: str) -> int:
    """The number of the plan's latest submission; 0 where there is none."""
    with reading(url) as connection:
        latest = select(SubmissionRow.id).where(SubmissionRow.plan == plan).order_by(SubmissionRow.id.desc()).limit(1)
        return connection.execute(latest).scalar() or 0


def accepted_since(url: str, plan: str, number: int) -> dict[int, tuple[str, str]]:
    """What was accepted after that submission: its number -> (unit, period)."""
    query = select(SubmissionRow.id, SubmissionRow.unit, SubmissionRow.period)
    query = query.where(SubmissionRow.plan == plan, SubmissionRow.id > number, SubmissionRow.verdict == "accepted")
    with reading(url) as connection:
        return {id_: (unit, period) for id_, unit, period in connection.execute(query)}


def _open(
    connection: Connection, originals: Sequence[Original], *, lock: bool
) -> dict[FileKey, tuple[int, str | None]]:
    """(id, holder) of those that have no verdict; of those another worker is looking at just now, nothing."""
    wanted = {file_key(original) for original in originals}
    columns = (OriginalRow.id, OriginalRow.sha256, OriginalRow.path_key, OriginalRow.claimed_by)
    found = {}
    for batch in in_batches({sha256 for sha256, _ in wanted}):
        query = select(*columns).where(
            OriginalRow.plan == originals[0].plan, OriginalRow.sha256.in_(batch), ~OriginalRow.settled
        )
        if lock:
            # In one order everywhere; and what is locked is not waited for. SQLite locks the ledger as a whole.
            query = query.order_by(OriginalRow.id).with_for_update(skip_locked=True)
        for id_, sha256, path_key, holder in connection.execute(query):
            if (sha256, path_key) in wanted:
                found[(sha256, path_key)] = (id_, holder)
    return found
