"""One pass of the intake that has something to do: collect -> read -> judge -> record -> answer, in chunks."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from config.calendar import Period
from flows.context import try_templates
from flows.steps.answer_submissions import answer_submissions
from flows.steps.audit_trail import note_head
from flows.steps.chunk_order import ChunkPart, ChunkQueue
from flows.steps.collect_all import collect_and_claim
from flows.steps.judge_one_chunk import read_and_judge
from flows.steps.judging_pool import JudgingPool, chunk_size, worth_it
from flows.steps.results import Taken
from flows.steps.send_letters import send_letters
from flows.steps.settle_calendar import settle_calendar
from flows.steps.standings import show_month
from flows.ui import events
from flows.ui.artifacts import publish_findings
from flows.ui.todo import publish_todo
from tasks.caching import no_cycle_collection
from tasks.collect.collect import Collected
from tasks.model.run_context import Context
from tasks.model.submission import Original, Submission, Verdict
from tasks.model.words import STATE_WORDS
from tasks.store.duty_table import reporting_units
from tasks.store.record_verdicts import write_verdicts
from tasks.store.task import prepare_ledger
from tasks.task import as_task
from tasks.validate.cross_unit import COMPARED_KINDS, SharedMeasures, shared_measures

Judge = Callable[[], Sequence[Verdict]]


@dataclass(slots=True)
class Received:
    """What one pass put on record, as counts: a pass may take in any number of files.

    `caught` counts files by the codes of their findings; `unknown` are the submissions without a known period.
    """

    files: int = 0
    states: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    periods: set[str] = field(default_factory=set)
    unknown: list[Submission] = field(default_factory=list)

    def note(self, submission: Submission) -> None:
        """Count one more submission and emit its event."""
        self.files += 1
        self.states[STATE_WORDS[submission.state]] += 1
        self.caught.update({finding.code for finding in submission.findings})
        if submission.period:
            self.periods.add(submission.period)
        else:
            self.unknown.append(submission)
        events.emit_submission(submission)


def full_pass(context: Context, collected: Collected | None) -> Taken:
    """The whole pass, with sending letters and the screens. `collected` is what has been collected already."""
    # `intake` opens the context without them.
    try_templates()
    received = Received()
    found = one_pass(context, received.note, collected)
    # Every ten minutes, so that the end of the audit log is known outside the ledger too.
    note_head(context.url, context.data)
    if received.files:
        _publish(context, received)
    taken = Taken(received.files, dict(received.states), len(found.waiting), found.troubles, send_letters(context, ()))
    if received.files:
        _keep_docs(context, received)
    return taken


def one_pass(context: Context, note: Callable[[Submission], None], collected: Collected | None = None) -> Collected:
    """Collect (unless that is done), claim, read, judge, record, answer, and put letters into the outbox. Sends nothing.

    Calls `note` with each submission once it is on record; returns what was collected.
    Every step may be cut off at any line and done again, by this process, a later one or two at once.
    """
    prepare_ledger(context.url)
    settle_calendar(context)
    found, waiting = collect_and_claim(context, collected)
    for submission in _take_in(context, waiting) if waiting else ():
        note(submission)
    answer_submissions(context)
    return found


def _take_in(context: Context, waiting: Sequence[Original]) -> Iterator[Submission]:
    """Read, judge and record everything that waits and that no other worker has claimed, in the order of arrival."""
    compared = shared_measures(
        context.plan, context.county, reporting_units(context.url, context.plan.id, COMPARED_KINDS)
    )
    size = chunk_size(len(waiting), context.settings.limits.chunk_files)
    queue = ChunkQueue(context.url, context.plan.id, waiting, size)
    for part, judge in _judged(context, queue):
        yield from _put_on_record(context, queue, part, judge, compared)


# No search for cycles within a chunk: it would look through all that is in memory, and nearly all of it goes after.
@no_cycle_collection()
def _put_on_record(
    context: Context, queue: ChunkQueue, part: ChunkPart, judge: Judge, compared: SharedMeasures
) -> list[Submission]:
    """Judge and record a part, after the parts before it that a dead worker left."""
    made: list[Submission] = []
    verdicts = judge()
    for left in queue.left_before(part):
        made += record_part(left, judge_part(left, context), context, compared)
    if queue.is_overtaken(part, verdicts):
        verdicts = judge_part(part, context)
    own = record_part(part, verdicts, context, compared)
    queue.recorded(own)
    return [*made, *own]


def _judged(context: Context, queue: ChunkQueue) -> Iterator[tuple[ChunkPart, Judge]]:
    """Each part of this worker with a call that gives its verdicts, once; judged by several processes where that is faster."""
    if not worth_it(queue.chunks):
        yield from ((part, partial(judge_part, part, context)) for part in queue.parts())
        return
    taken: deque[ChunkPart] = deque()

    def files() -> Iterator[Sequence[Original]]:
        for part in queue.parts():
            taken.append(part)
            yield part.files

    with JudgingPool(context) as pool:
        # Mapped, because a loop variable would keep the last chunk in memory while the next is unpacked.
        yield from map(lambda verdicts: (taken.popleft(), deque((verdicts,)).popleft), pool.judged(files()))  # noqa: C417


def _judge_part(part: ChunkPart, context: Context) -> tuple[Verdict, ...]:
    return read_and_judge(part.files, context, apart=True)


def _record_part(
    part: ChunkPart, verdicts: Sequence[Verdict], context: Context, compared: SharedMeasures
) -> tuple[Submission, ...]:
    return write_verdicts(context.url, verdicts, context.now, compared)


def _states(verdicts: Sequence[Verdict]) -> str:
    return "，".join(f"{state} {count}" for state, count in sorted(Counter(each.state for each in verdicts).items()))


judge_part = as_task(_judge_part, "校验", run_name="校验 {part.label}", log=_states, retries=True)
record_part = as_task(
    _record_part,
    "记入台账",
    run_name="记入台账 {part.label}",
    log=lambda made: f"入账 {len(made)} 件，其中受理 {sum(one.state == 'accepted' for one in made)} 件",
    retries=True,
)


def _publish(context: Context, received: Received) -> None:
    for text in sorted(received.periods):
        show_month(context, Period.parse(text))
    if received.unknown:
        publish_findings(context, None, received.unknown)
    publish_todo(context)


def _keep_docs(context: Context, received: Received) -> None:
    # Imported here: a pass without new files has nothing to add to the data docs.
    from tasks.validate.task import keep_docs

    keep_docs(received.files, received.caught, context.data / "quality" / context.plan.id, context.now)
