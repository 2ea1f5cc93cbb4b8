"""The Prefect coat of replying: name, retries, a log line, one call a submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from config.plan import Plan
from config.workbook import WorkbookLayout
from tasks.errors import RetryableError
from tasks.model.submission import PreviousVersion, Submission, WrittenFile
from tasks.reply.write_reply import write_reply
from tasks.storage.share import Share


@task(name="回复", task_run_name="回复 {label}", retries=2, retry_delay_seconds=[2, 10], cache_policy=NO_CACHE)
def write_replies(
    submissions: Sequence[Submission],
    originals: Path,
    share: Share,
    returned: Path,
    layout: WorkbookLayout,
    plan: Plan,
    before: Mapping[int, PreviousVersion],
    *,
    label: str,
) -> tuple[tuple[Submission, WrittenFile | None], ...]:
    """Each submission with its answer; one whose folder cannot be written is left out, for the next pass to answer.

    `before` is what was in force of the same duty when it was decided, by the submission's id.
    """
    logger, answered = get_run_logger(), []
    for submission in submissions:
        try:
            precedent = before.get(submission.id)
            written = write_reply(submission, originals, share, returned, layout, plan, precedent)
            answered.append((submission, written))
        except RetryableError as error:
            # A clerk who has the old answer open must not keep the others waiting for theirs.
            logger.warning("%s", error)
    logger.info("%s：回复 %d 份", label, len(answered))
    return tuple(answered)
