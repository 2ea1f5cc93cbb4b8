"""An issue of the brief: drafted from a roll-up, rendered into files, shown in the UI. For the flows `brief` and `annual`.

Belongs here: the order of the steps. Words and looks are in `tasks.brief`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from config.calendar import Period
from flows.steps.audit_trail import export_log_with, note_head
from flows.steps.brief_history import gather_history
from flows.steps.results import Posted
from flows.ui.artifacts import publish_brief
from tasks.brief.approve_draft import approved_draft
from tasks.brief.brief_document import Brief
from tasks.brief.brief_json import from_json, to_json
from tasks.brief.cited_originals import copy_cited
from tasks.brief.render import PDF_FILE
from tasks.brief.task import compose_brief, render_brief
from tasks.brief.words.prose import long_date
from tasks.brief.writers.markdown import checks_markdown, to_markdown
from tasks.model.run_context import Context
from tasks.model.submission import ProgressRow, Standing, WrittenFile
from tasks.rollup.task import roll_up_task
from tasks.store.audit_chain import record_act
from tasks.store.brief_issues import StoredBrief, load_brief, next_issue_no, save_brief_draft
from tasks.store.meeting_matters import enter_matters
from tasks.store.task import freeze_brief

DRAFT, FROZEN, SENT_BACK = "送审稿", "定稿", "退回修改"


@dataclass(frozen=True, slots=True)
class Briefed:
    """One issue as a run left it: a draft (送审稿), sent back (退回修改) or frozen (定稿); its files relative to data/.

    `lacks_pdf` is true of a frozen issue whose PDF was wanted and is not there.
    """

    period: str
    title: str
    issue_no: int
    state: str
    files: tuple[str, ...]
    posted: Posted
    lacks_pdf: bool = False


def draft_issue(
    context: Context,
    period: Period,
    standings: Sequence[Standing],
    rows: Sequence[ProgressRow],
    previous: Sequence[ProgressRow],
) -> StoredBrief:
    """Roll up and compose; the draft on record takes the new content and keeps its number."""
    rollup = roll_up_task(context, period.text, standings, rows, previous)
    annals, received = gather_history(context, period)
    number = number_of(context, period)
    draft = compose_brief(rollup, context, number, annals)
    draft = with_remarks(draft, load_brief(context.url, context.plan.id, period.text))
    stored = _save_draft(context, period, number, draft)
    copy_cited(draft, received, annals.files, context.data)
    return stored


def _save_draft(context: Context, period: Period, number: int, draft: Brief) -> StoredBrief:
    return save_brief_draft(context.url, context.plan.id, period.text, number, to_json(draft), context.now)


def with_remarks(draft: Brief, before: StoredBrief | None) -> Brief:
    """The new draft with the reasons for which earlier ones were sent back, so that the approver can check them."""
    return replace(draft, remarks=from_json(before.content_json).remarks) if before else draft


def send_back(context: Context, period: Period, stored: StoredBrief, by: str, reason: str) -> StoredBrief:
    """Keep with the draft why it was sent back, by whom and when."""
    draft = from_json(stored.content_json)
    remark = f"{long_date(context.now.date())}，{by}：{reason}"
    draft = replace(draft, remarks=(*draft.remarks, remark))
    record_act(context.url, context.plan.id, "简报退回修改", period.text, by, "", context.now)
    note_head(context.url, context.data)
    return _save_draft(context, period, stored.issue_no, draft)


def number_of(context: Context, period: Period) -> int:
    """The number a period's issue has, or the next of the year."""
    known = load_brief(context.url, context.plan.id, period.text)
    return known.issue_no if known else next_issue_no(context.url, context.plan.id, context.now.year)


def freeze_draft(
    context: Context, period: Period, stored: StoredBrief, by: str, issue_no: int, note: str
) -> StoredBrief:
    """Freeze the draft with the number and the 按语 that its approver decided on."""
    content = to_json(approved_draft(from_json(stored.content_json), issue_no, note, context.now.date()))
    frozen = freeze_brief(
        context.url, context.plan.id, period.text, by, context.now, issue_no=issue_no, content_json=content
    )
    note_head(context.url, context.data)
    return frozen


def enter_matters_of(context: Context, period: Period, frozen: StoredBrief) -> None:
    """Enter the matters a frozen issue raised. Done at every run, so that one that died before this is made good."""
    if matters := from_json(frozen.content_json).matters:
        enter_matters(context.url, context.plan.id, matters, context.now)


def render_issue(context: Context, period: Period, stored: StoredBrief) -> tuple[WrittenFile, ...]:
    """Write the files of the issue; a draft has its own folder, so that it is not taken for the approved issue."""
    value = from_json(stored.content_json)
    is_frozen = stored.state == "frozen"
    folder = context.data / "briefs" / context.plan.id / period.text
    folder = folder if is_frozen else folder / DRAFT
    pdf = is_frozen and context.settings.brief.pdf
    written = render_brief(value, folder, context.data, register=is_frozen, pdf=pdf).files
    text = to_markdown(value) if is_frozen else checks_markdown(value) + to_markdown(value)
    publish_brief(context, period, issue_state(stored), text, [each.path for each in written])
    if period.months == 12:
        # The audit log goes with the year's record: kept elsewhere, that copy is evidence.
        export_log_with(context.url, context.data / "briefs" / context.plan.id / period.text)
    return written


def issue_state(stored: StoredBrief) -> str:
    """定稿 or 送审稿."""
    return FROZEN if stored.state == "frozen" else DRAFT


def brief_result(
    context: Context, period: Period, stored: StoredBrief, written: Sequence[WrittenFile], posted: Posted | None = None
) -> Briefed:
    """What a run reports of its issue."""
    title = from_json(stored.content_json).title
    files = tuple(each.path for each in written)
    wanted = stored.state == "frozen" and context.settings.brief.pdf
    lacks_pdf = wanted and not any(path.endswith(PDF_FILE) for path in files)
    return Briefed(period.text, title, stored.issue_no, issue_state(stored), files, posted or Posted(), lacks_pdf)
