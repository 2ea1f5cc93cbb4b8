"""An issue of the brief on its way: drafted from a roll-up, rendered into files, shown in the UI.

Shared by the flows `brief` and `summary`. Order only; words and looks are `tasks.brief`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from config.calendar import Period
from flows.steps.audit_trail import export_log_with, note_head
from flows.steps.brief_history import gather_history
from flows.steps.send_letters import Posted
from flows.ui.artifacts import publish_brief
from tasks.brief.approve_draft import approved_draft
from tasks.brief.brief_json import from_json, to_json
from tasks.brief.render import PDF_FILE
from tasks.brief.task import compose_brief, copy_originals, render_brief
from tasks.brief.words.prose import long_date
from tasks.brief.writers.markdown import checks_markdown, to_markdown
from tasks.model.context import Context
from tasks.model.submission import ProgressRow, Standing, WrittenFile
from tasks.rollup.task import roll_up_period
from tasks.store.audit_chain import record_act
from tasks.store.brief_issues import StoredBrief, load_brief, next_issue_no
from tasks.store.task import freeze_brief, keep_matters, save_draft

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
    plan, label = context.plan, period.label
    as_of = min(period.end, context.now.date())
    rollup = roll_up_period(
        plan, context.county, period.text, standings, rows, previous, as_of, context.settings, label=label
    )
    annals, received = gather_history(context, period)
    number = number_of(context, period)
    content = compose_brief(rollup, plan, context.county, context.settings, number, context.now, annals, label=label)
    content = with_remarks(content, load_brief(context.url, plan.id, period.text))
    stored = save_draft(context.url, plan.id, period.text, number, content, context.now, label=label)
    copy_originals(from_json(content), received, annals.files, context.data, label=label)
    return stored


def with_remarks(content: str, before: StoredBrief | None) -> str:
    """The new draft with the reasons for which earlier ones were sent back: whoever approves it looks whether they are met."""
    remarks = from_json(before.content_json).remarks if before else ()
    return to_json(replace(from_json(content), remarks=remarks)) if remarks else content


def send_back(context: Context, period: Period, stored: StoredBrief, by: str, reason: str) -> StoredBrief:
    """Keep with the draft why it was sent back, by whom and when."""
    draft = from_json(stored.content_json)
    remark = f"{long_date(context.now.date())}，{by}：{reason}"
    content = to_json(replace(draft, remarks=(*draft.remarks, remark)))
    record_act(context.url, context.plan.id, "简报退回修改", period.text, by, "", context.now)
    note_head(context.url, context.data)
    return save_draft(
        context.url, context.plan.id, period.text, stored.issue_no, content, context.now, label=period.label
    )


def number_of(context: Context, period: Period) -> int:
    """The number a period's issue has, or the next of the year."""
    known = load_brief(context.url, context.plan.id, period.text)
    return known.issue_no if known else next_issue_no(context.url, context.plan.id, context.now.year)


def freeze_draft(
    context: Context, period: Period, stored: StoredBrief, by: str, issue_no: int, note: str
) -> StoredBrief:
    """Freeze the draft with the number and the 按语 its approver settled, and enter the matters it raised."""
    content = to_json(approved_draft(from_json(stored.content_json), issue_no, note, context.now.date()))
    frozen = freeze_brief(
        context.url, context.plan.id, period.text, by, context.now, issue_no, content, label=period.label
    )
    note_head(context.url, context.data)
    return frozen


def enter_matters_of(context: Context, period: Period, frozen: StoredBrief) -> None:
    """Enter the matters a frozen issue raised: again on every run, so that a run that died between is made good."""
    if matters := from_json(frozen.content_json).matters:
        keep_matters(context.url, context.plan.id, matters, (), context.now, label=period.label)


def render_issue(context: Context, period: Period, stored: StoredBrief) -> tuple[WrittenFile, ...]:
    """The files of the issue; a draft lies apart, so that nobody takes it for the approved one."""
    value = from_json(stored.content_json)
    is_frozen = stored.state == "frozen"
    folder = context.data / "briefs" / context.plan.id / period.text
    folder = folder if is_frozen else folder / DRAFT
    pdf = is_frozen and context.settings.brief.pdf
    written = render_brief(value, folder, context.data, is_frozen, pdf, label=period.label)
    text = to_markdown(value) if is_frozen else checks_markdown(value) + to_markdown(value)
    publish_brief(context, period, issue_state(stored), text, [each.path for each in written])
    if period.months == 12:
        # Who did what goes with the year's record, the year's own approval in it: kept elsewhere, it is a witness.
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
