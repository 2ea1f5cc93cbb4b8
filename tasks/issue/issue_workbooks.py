"""All workbooks of a period, built and placed one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.issue.place_workbook import make_folders, place_workbook
from tasks.model.meeting import Matter
from tasks.model.run_context import Context
from tasks.model.submission import Contact, Duty, ProgressRow, Submission, WrittenFile


def issue_workbooks(
    duties: Sequence[Duty],
    context: Context,
    previous: Sequence[ProgressRow],
    contacts: Sequence[Contact],
    received: Sequence[Submission] = (),
    matters: Sequence[Matter] = (),
) -> tuple[WrittenFile, ...]:
    """Build and place the workbook of every duty; one result a duty, in order. Paths are relative to the share.

    `received` are the reports of the period before and `matters` those of the meeting: each unit gets what is open.
    """
    # Imported here: the writer is needed on the days of issue only.
    from tasks.issue.build_workbook import build_workbook
    from tasks.issue.open_items import open_items_of

    share = context.exchange
    make_folders(share, (duty.unit for duty in duties))
    written = []
    for duty in duties:
        content = build_workbook(duty, context, previous, contacts, open_items_of(duty, received, matters))
        written.append(place_workbook(share, duty, content))
    return tuple(written)
