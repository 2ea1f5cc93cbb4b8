"""Claims on originals: of several workers, on one machine or many, only one judges each file.

Belongs here: claiming originals, and what other workers have recorded meanwhile. Does not belong here: recording
originals (`originals`) or verdicts (`record_verdicts`).

An original is claimed once `claimed_by` names a living process (`process_presence`). Claims are never released: a
process that ends leaves its originals free. A claim only saves work. `record_verdicts` itself records nothing twice,
so a worker wrongly taken for dead does no harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import dropwhile, takewhile

from sqlalchemy import Connection, select, update

from tasks.model.submission import Original
from tasks.store.engine import in_batches, locking, reading
from tasks.store.originals import FileKey, file_key
from tasks.store.process_presence import has_ended, register_presence
from tasks.store.schema.submission_tables import OriginalRow, SubmissionRow


def take(url: str, originals: Sequence[Original], *, anyway: bool = False) -> tuple[Original, ...]:
    """Claim the first free original and the free ones that follow without a gap; returns them in order.

    Without a gap, because the holder of a file waits for all files before it: with gaps two workers could wait for
    each other. Empty if all have a verdict or are claimed by others; `anyway` takes over the claims of others.
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
    """The originals that have no verdict yet, in the order given."""
    if not originals:
        return ()
    with reading(url) as connection:
        on_record = _open(connection, originals, lock=False)
    return tuple(original for original in originals if file_key(original) in on_record)


def last_submission(url: str, plan: str) -> int:
    """The id of the plan's latest submission; 0 if there is none."""
    with reading(url) as connection:
        latest = select(SubmissionRow.id).where(SubmissionRow.plan == plan).order_by(SubmissionRow.id.desc()).limit(1)
        return connection.execute(latest).scalar() or 0


def accepted_since(url: str, plan: str, number: int) -> dict[int, tuple[str, str]]:
    """Submissions accepted after the given id: id -> (unit, period)."""
    query = select(SubmissionRow.id, SubmissionRow.unit, SubmissionRow.period)
    query = query.where(SubmissionRow.plan == plan, SubmissionRow.id > number, SubmissionRow.verdict == "accepted")
    with reading(url) as connection:
        return {id_: (unit, period) for id_, unit, period in connection.execute(query)}


def _open(
    connection: Connection, originals: Sequence[Original], *, lock: bool
) -> dict[FileKey, tuple[int, str | None]]:
    """(id, claimed_by) of the originals without a verdict; rows that another worker has locked are left out."""
    wanted = {file_key(original) for original in originals}
    columns = (OriginalRow.id, OriginalRow.sha256, OriginalRow.path_key, OriginalRow.claimed_by)
    found = {}
    for batch in in_batches({sha256 for sha256, _ in wanted}):
        query = select(*columns).where(
            OriginalRow.plan == originals[0].plan, OriginalRow.sha256.in_(batch), ~OriginalRow.settled
        )
        if lock:
            # One order everywhere, and no waiting for locked rows. SQLite locks the ledger as a whole.
            query = query.order_by(OriginalRow.id).with_for_update(skip_locked=True)
        for id_, sha256, path_key, holder in connection.execute(query):
            if (sha256, path_key) in wanted:
                found[(sha256, path_key)] = (id_, holder)
    return found
