"""Answers to submissions: a file into the unit's 退回/ and a letter into the outbox, chunk by chunk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from tasks.model.letter import LetterKey
from tasks.model.run_context import Context
from tasks.model.submission import Contact, Submission
from tasks.store.accepted_rows import contacts_on
from tasks.store.duty_table import read_duties
from tasks.store.outbox import enqueue_letters, sent_keys
from tasks.store.previous_versions import load_previous_versions
from tasks.store.submissions import load_unanswered, record_reply_rows
from tasks.task import as_task


class Answered(NamedTuple):
    """How many submissions of a chunk were answered, and why others were left to the next pass."""

    submissions: int
    troubles: list[str]


def answer_submissions(context: Context) -> None:
    """Answer every submission that has no answer yet."""
    size = context.settings.limits.chunk_files
    waiting = load_unanswered(context.url, context.plan.id, 0, size)
    if not waiting:
        return
    contacts = contacts_on(context.url, context.plan.id, context.today)
    sent = sent_keys(context.url, context.plan.id)
    while waiting:
        answer_chunk(waiting, context, contacts, sent)
        full = len(waiting) == size
        waiting = load_unanswered(context.url, context.plan.id, waiting[-1].id, size) if full else ()


def _answer_chunk(
    chunk: Sequence[Submission], context: Context, contacts: Sequence[Contact], sent: Collection[LetterKey]
) -> Answered:
    """The answer is recorded last: a run that dies earlier is done again, and makes the same files and letters again."""
    # Imported here: a pass in which nothing waits for an answer writes none.
    from tasks.mail.write_answers import write_answers
    from tasks.reply.write_reply import write_replies

    url, plan = context.url, context.plan.id
    before = load_previous_versions(url, chunk)
    answered, troubles = write_replies(chunk, context, before)
    duties = read_duties(url, plan, units={submission.unit for submission in chunk if submission.unit})
    enqueue_letters(url, write_answers(answered, duties, contacts, sent, before, context), context.now)
    record_reply_rows(url, [(submission.id, reply) for submission, reply in answered], context.now)
    return Answered(len(answered), troubles)


answer_chunk = as_task(
    _answer_chunk,
    "回复",
    run_name="回复 第{chunk[0].id}号来件起",
    log=lambda done: "；".join([f"已答复 {done.submissions} 件", *done.troubles]),
    retries=True,
)
