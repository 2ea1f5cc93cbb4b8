"""Which workbook goes with a step of the ladder.

A unit whose report was sent back gets its own workbook with the remarks, any other unit the one that was issued.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tasks.mail.ladder import LadderStep
from tasks.model.letter import Attachment
from tasks.model.run_context import Context
from tasks.model.submission import DutyKey
from tasks.model.words import SENT_BACK


def annotated_replies(steps: Sequence[LadderStep]) -> list[int]:
    """The numbers of the submissions whose annotated workbook goes with a step."""
    back = [step.standing for step in steps if step.standing.name in SENT_BACK]
    # A file that could not be read has no remarks in it.
    legible = [each for each in back if all(finding.severity != "refuse" for finding in each.findings)]
    return [each.submission_id for each in legible if each.submission_id is not None]


def workbooks_to_attach(
    steps: Sequence[LadderStep], replies: Mapping[int, str], issued: Mapping[DutyKey, str | None], context: Context
) -> dict[DutyKey, tuple[Attachment, ...]]:
    """The workbook of each step, by duty; none where neither file is on disk.

    `replies` are the paths in data/ of annotated workbooks, by submission; `issued` the paths in the share of the
    workbooks as issued, None where there is none.
    """
    attached: dict[DutyKey, tuple[Attachment, ...]] = {}
    for step in steps:
        key = step.standing.duty.key
        reply = replies.get(step.standing.submission_id or 0, "")
        if reply and (context.data / reply).is_file():
            attached[key] = (Attachment.in_data(reply),)
        elif path := issued[key]:
            attached[key] = (Attachment.in_share(path),)
    return attached
