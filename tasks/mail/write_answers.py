"""The letters that answer a chunk of submissions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tasks.mail.event_letters import Answer, open_reds, verdict_notice
from tasks.mail.letter_builder import LetterBuilder
from tasks.model.letter import Attachment, Letter, LetterKey
from tasks.model.run_context import Context
from tasks.model.submission import Contact, Duty, PreviousVersion, Submission, WrittenFile


def write_answers(
    answered: Sequence[tuple[Submission, WrittenFile | None]],
    duties: Sequence[Duty],
    contacts: Sequence[Contact],
    sent_keys: Iterable[LetterKey],
    before: Mapping[int, PreviousVersion],
    context: Context,
) -> tuple[Letter, ...]:
    """One letter for each submission that belongs to a duty, with its reply (a file in data/).

    `before` is what was in force when each was decided: an answer given late says the same as one given at once.
    """
    owed, red = {duty.key: duty for duty in duties}, open_reds(sent_keys)
    builder, letters = LetterBuilder.of(context), []
    for submission, reply in answered:
        if not (submission.unit and submission.kind and submission.period):
            continue
        key = (submission.plan, submission.unit, submission.kind, submission.period)
        if (duty := owed.get(key)) is None:
            continue
        files = (Attachment.in_data(reply.path),) if reply and submission.state != "accepted" else ()
        in_force = before[submission.id].version if submission.id in before else 0
        answer = Answer(submission, files, in_force, closed=key in red)
        if letter := verdict_notice(answer, duty, contacts, builder, context):
            letters.append(letter)
    return tuple(letters)
