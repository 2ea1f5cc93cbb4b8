"""One pass of the intake that has something to do: collect -> read -> validate -> store -> reply, in chunks.

`one_pass` is the order of the steps, whoever runs them: the flow has each step run as a task of Prefect's.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from config.calendar import Period
from flows.context import try_templates
from flows.steps.audit_trail import note_head
from flows.steps.chunk_order import ChunkPart, ChunkQueue
from flows.steps.collect_all import collect_and_claim
from flows.steps.judge_one_chunk import JudgingInputs, periods_in, units_in
from flows.steps.judging_pool import Judges, chunk_size, worth_it
from flows.steps.results import Taken
from flows.steps.send_letters import send_letters
from flows.steps.settle_calendar import settle_calendar
from flows.steps.standings import show_month
from flows.steps.task_runs import Runner, as_task
from flows.ui import events
from flows.ui.artifacts import publish_findings
from flows.ui.forms import STATES
from flows.ui.todo import publish_todo
from tasks.caching import no_cycle_collection
from tasks.collect.collect import Collected
from tasks.model.context import Context
from tasks.model.letter import LetterKey
from tasks.model.submission import Contact, Original, Submission, Verdict
from tasks.store.outbox import sent_keys
from tasks.store.task import (
    enqueue,
    load_answered,
    load_contacts,
    load_duties,
    load_precedents,
    load_previous,
    load_reporting,
    prepare_ledger,
    record_replies,
    record_verdicts,
    unanswered,
)
from tasks.validate.cross_unit import COMPARED, Shared, shared

Judged = Callable[[], Sequence[Verdict]]


@dataclass(slots=True)
class Received:
    """What one pass put on record, as far as it is told afterwards: counts, so that it may be any number of files."""

    files: int = 0
    states: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    periods: set[str] = field(default_factory=set)
    unknown: list[Submission] = field(default_factory=list)

    def note(self, submission: Submission) -> None:
        """One more. `caught` counts files by the codes of their findings; `unknown` are those for no known period."""
        self.files += 1
        self.states[STATES[submission.state]] += 1
        self.caught.update({finding.code for finding in submission.findings})
        if submission.period:
            self.periods.add(submission.period)
        else:
            self.unknown.append(submission)
        events.emit_submission(submission)


def full_pass(context: Context, collected: Collected | None) -> Taken:
    """Everything there is to do, letters and the screens included. `collected` is what has been collected already."""
    # `intake` opens the office without them.
    try_templates()
    received = Received()
    found = one_pass(context, as_task, received.note, collected)
    # Every ten minutes, so that the end of the audit log is known outside the ledger too.
    note_head(context.url, context.data)
    if received.files:
        _publish(context, received)
    taken = Taken(received.files, dict(received.states), len(found.waiting), found.troubles, send_letters(context, ()))
    if received.files:
        _keep_docs(context, received)
    return taken


def one_pass(
    context: Context, run: Runner, note: Callable[[Submission], None], collected: Collected | None = None
) -> Collected:
    """Collect (unless it is done), claim, read, judge, record, answer, and put letters into the outbox. Nothing is sent.

    `note` is told of each submission once it is on record; returned is what was collected.
    Every step may be cut off at any line and done again, by this process, a later one or two at once.
    """
    about = f"{context.now:%Y-%m-%d %H:%M}"
    run(prepare_ledger, context.url)
    settle_calendar(context)
    found, waiting = collect_and_claim(context, about, run, collected)
    for submission in _take_in(context, waiting, about, run) if waiting else ():
        note(submission)
    answer(context, about, run)
    return found


def _take_in(context: Context, waiting: Sequence[Original], about: str, run: Runner) -> Iterator[Submission]:
    """Read, judge and record everything that waits and no other worker has in hand, in the order of arrival."""
    several = _shared(context, about, run)
    desk = JudgingInputs(
        context.plan,
        context.county,
        context.layout,
        context.secret,
        context.settings,
        context.originals,
        context.url,
    )
    size = chunk_size(len(waiting), context.settings.limits.chunk_files)
    line = ChunkQueue(context.url, context.plan.id, waiting, size)

    def record(verdicts: Sequence[Verdict], label: str) -> Sequence[Submission]:
        return run(record_verdicts, context.url, verdicts, context.now, several, label=label)

    for piece, judged in _judged(desk, line, run):
        yield from _put_on_record(desk, line, piece, judged, record, run)


# All of a chunk at once: a search for cycles looks through everything there is, and behind it nearly all is gone.
@no_cycle_collection()
def _put_on_record(
    desk: JudgingInputs,
    line: ChunkQueue,
    piece: ChunkPart,
    judged: Judged,
    record: Callable[[Sequence[Verdict], str], Sequence[Submission]],
    run: Runner,
) -> list[Submission]:
    """Judge and record a piece, after what was left before it by a worker that died."""
    made: list[Submission] = []
    verdicts = judged()
    for left in line.left_before(piece):
        made += record(_judge(desk, left.files, left.label, run), left.label)
    if line.is_overtaken(piece, verdicts):
        verdicts = _judge(desk, piece.files, piece.label, run)
    own = record(verdicts, piece.label)
    line.recorded(own)
    return [*made, *own]


def _shared(context: Context, about: str, run: Runner) -> Shared:
    """Who reports on the same measures."""
    return shared(
        context.plan, context.county, run(load_reporting, context.url, context.plan.id, COMPARED, label=about)
    )


def _judged(desk: JudgingInputs, line: ChunkQueue, run: Runner) -> Iterator[tuple[ChunkPart, Judged]]:
    """Each of this worker's pieces, and what gives the verdicts on it, once; by several processes where that is sooner."""
    if not worth_it(line.chunks):
        yield from ((piece, partial(_judge, desk, piece.files, piece.label, run)) for piece in line.pieces())
        return
    taken: deque[ChunkPart] = deque()

    def files() -> Iterator[Sequence[Original]]:
        for piece in line.pieces():
            taken.append(piece)
            yield piece.files

    with Judges(desk) as judges:
        # Mapped and handed over, for a loop would hold on to the last chunk while the next is unpacked.
        yield from map(  # noqa: C417
            lambda verdicts: (taken.popleft(), deque((verdicts,)).popleft), judges.judged(files())
        )


def _judge(desk: JudgingInputs, chunk: Sequence[Original], label: str, run: Runner) -> tuple[Verdict, ...]:
    """As `chunk.read_and_judge`, each step a task of its own."""
    # Imported here: an empty pass reads and judges nothing.
    from tasks.read.task import read_task
    from tasks.validate.task import judge_chunk

    plan, county, layout, settings = desk.plan, desk.county, desk.layout, desk.settings
    readings = run(read_task, chunk, desk.originals, plan, county, layout, desk.secret, settings.limits, label=label)
    units = units_in(readings)
    previous = run(load_previous, desk.url, plan.id, periods_in(readings), units, label=label)
    known = run(load_answered, desk.url, plan.id, periods_in(readings), units, label=label)
    duties = run(load_duties, desk.url, plan.id, units=units, label=label)
    return run(judge_chunk, readings, plan, county, layout, duties, previous, settings, known, label=label)


def answer(context: Context, about: str, run: Runner) -> None:
    """Every submission that has no answer yet gets its file into 退回/ and a letter into the outbox, chunk by chunk.

    The answer is recorded last: a pass that dies before is done again, and the same file and letter are made again.
    """
    size, last = context.settings.limits.chunk_files, 0
    waiting = run(unanswered, context.url, context.plan.id, last, size, label=about)
    if not waiting:
        return
    contacts = run(load_contacts, context.url, context.plan.id, context.now.date(), label=about)
    sent = sent_keys(context.url, context.plan.id)
    while waiting:
        _answer(context, waiting, contacts, sent, run)
        last = waiting[-1].id
        waiting = run(unanswered, context.url, context.plan.id, last, size, label=about) if len(waiting) == size else ()


def _answer(
    context: Context, chunk: Sequence[Submission], contacts: Sequence[Contact], sent: Collection[LetterKey], run: Runner
) -> None:
    # Imported here: a pass in which nothing waits for an answer writes none.
    from tasks.mail.task import write_answers
    from tasks.reply.task import write_replies

    label = f"第{chunk[0].id}至第{chunk[-1].id}号来件"
    before = run(load_precedents, context.url, chunk, label=label)
    answered = run(
        write_replies,
        chunk,
        context.originals,
        context.exchange,
        context.data / "returned",
        context.layout,
        context.plan,
        before,
        label=label,
    )
    units = {submission.unit for submission in chunk if submission.unit}
    duties = run(load_duties, context.url, context.plan.id, units=units, label=label)
    letters = run(
        write_answers,
        answered,
        duties,
        contacts,
        sent,
        context.plan,
        context.county,
        context.calendar,
        context.settings,
        before,
        label=label,
    )
    run(enqueue, context.url, letters, context.now, label=label)
    run(record_replies, context.url, [(done.id, reply) for done, reply in answered], context.now, label=label)


def _publish(context: Context, received: Received) -> None:
    for text in sorted(received.periods):
        show_month(context, Period.parse(text))
    if received.unknown:
        publish_findings(context, None, received.unknown)
    publish_todo(context)


def _keep_docs(context: Context, received: Received) -> None:
    # Imported here: an empty pass has nothing to tell.
    from tasks.validate.task import keep_docs

    folder, label = context.data / "quality" / context.plan.id, f"{received.files} 件"
    keep_docs(received.files, received.caught, folder, context.now, label=label)
