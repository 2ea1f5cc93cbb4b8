"""The letters that follow an event: the month's workbook, a return, a query, a receipt, the brief, the morning digest.

Belongs here: the recipients and content of each. Does not belong here: reminders (`ladder_letters`), sending
(`deliver`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from config.calendar import Period
from tasks.mail.addresses import header_line, is_deliverable
from tasks.mail.letter_builder import Envelope, LetterBuilder, LetterItem, LetterSection, recipient_addresses, unique
from tasks.mail.letter_keys import SentRung, duties_in_key, sent_rungs
from tasks.mail.letter_wording import (
    due_text,
    duty_title,
    duty_values,
    finding_line,
    measure_list,
    overdue_text,
    short_day,
)
from tasks.model.letter import Attachment, Call, Letter, LetterKey, LetterRecord
from tasks.model.run_context import Context
from tasks.model.submission import Contact, Duty, DutyKey, Standing, Submission
from tasks.model.words import NOT_COUNTED_YET, OPEN, PROVISIONAL_WHY, Severity

_CLERK, _LEADER = "业务负责人", "分管领导"
_SHOWN: Mapping[str, tuple[Severity, ...]] = {
    "refused": ("refuse", "return"),
    "returned": ("refuse", "return", "query"),
    "queried": ("query",),
}
_FORM_OF_STATE = {"refused": "returned", "returned": "returned", "queried": "queried", "accepted": "receipt"}
_RUNG_OF_FORM = {"returned": "退回", "queried": "待说明", "receipt": "受理"}
_STATE_OF_FORM = {"returned": "已收到，待更正", "queried": "已收到，待说明", "receipt": "已受理"}
_FINDINGS_MAX = 20


def issue_notices(
    duties: Iterable[Duty],
    contacts: Iterable[Contact],
    stationery: LetterBuilder,
    day: dt.date,
    workbooks: Mapping[DutyKey, Sequence[Attachment]],
) -> tuple[Letter, ...]:
    """发放: one letter a unit with its duties and their workbooks. A unit without a usable address gets none.

    Dated `day` but keyed by the duties' opening day: issuing again later writes to nobody twice.
    """
    units: dict[str, list[Duty]] = {}
    for duty in duties:
        units.setdefault(duty.unit, []).append(duty)
    people = _by_unit(contacts)
    found = []
    for unit, owed in units.items():
        if to := _to_clerk(people.get(unit, [])):
            attached = tuple(each for duty in owed for each in workbooks.get(duty.key, ()))
            field = " ".join(sorted(f"{duty.kind}/{duty.period}" for duty in owed))
            opened = min(duty.opens for duty in owed)
            # On a day off it is written ahead of the workday on which it leaves.
            envelope = Envelope(unit, field, "发放", opened, to, attachments=attached, dated=max(day, opened))
            count = f"等{len(owed)}项" if len(owed) > 1 else ""
            day_due = short_day(owed[0].due, owed[0].is_provisional(owed[0].due))
            headline = f"{duty_title(owed[0])}{count}，{day_due}截止"
            values = {"headline": headline, **duty_values(owed)}
            found.append(stationery.write("issue", envelope, values, [_opening(duty) for duty in owed]))
    return tuple(found)


def _opening(duty: Duty) -> LetterItem:
    measures = measure_list(duty.measures) if duty.measures else ""
    return LetterItem(duty_title(duty), due_text(duty), f"自{short_day(duty.opens)}开始填报", measures)


@dataclass(frozen=True, slots=True)
class Answer:
    """A judged submission and what its unit gets with the letter.

    `in_force` is the version accepted before, which counts until a better one does; 0 for none. `closed` is true where a
    督办单 had gone out for the duty, which the receipt closes (销号) towards all who had it.
    """

    submission: Submission
    attachments: tuple[Attachment, ...] = ()
    in_force: int = 0
    closed: bool = False


def verdict_notice(
    answer: Answer, duty: Duty, contacts: Iterable[Contact], stationery: LetterBuilder, context: Context
) -> Letter | None:
    """退回, 待说明 or 受理 for one judged submission, with the annotated workbook.

    Keyed by its version and dated the day it was decided, so that answering again writes nothing new.
    None where the state calls for no letter or the unit has no usable address (the digest and the call list show it).
    """
    submission, closed = answer.submission, answer.closed
    form = _FORM_OF_STATE.get(submission.state)
    people = [each for each in contacts if each.unit == duty.unit and each.plan == duty.plan]
    to = _to_clerk(people)
    if form is None or not to:
        return None
    count, lines = _findings(submission)
    # The window is the one the standing is judged by: workdays after the day of the decision, never before the due day.
    decided_on = submission.decided_at.date()
    window = context.settings.duties.correction_workdays
    correct_by = max(duty.due, context.calendar.add_workdays(decided_on, window))
    provisional = correct_by > duty.due and not context.calendar.knows(decided_on, correct_by)
    provisional |= correct_by == duty.due and duty.is_provisional(correct_by)
    shown_day = short_day(correct_by, provisional)
    values = {
        "headline": _verdict_headline(duty, form, shown_day),
        "file_name": header_line(PurePosixPath(submission.path).name),
        "received": short_day(submission.received_at.date()),
        "version": submission.version,
        "finding_count": count,
        "correct_by": shown_day,
        **duty_values([duty]),
    }
    values |= {"in_force": answer.in_force} if form != "receipt" else {}
    values |= {"refused": submission.state == "refused"} if form == "returned" else {}
    values |= {"nil": submission.nil, "closed": closed} if form == "receipt" else {}
    matter = LetterItem(
        title=duty_title(duty),
        due=due_text(duty),
        state=_STATE_OF_FORM[form]
        + (f"，期限{shown_day}{PROVISIONAL_WHY}" if provisional and form != "receipt" else ""),
        measures=measure_list(duty.measures) if duty.measures and form == "receipt" else "",
        missing=lines,
    )
    field = f"{duty.kind}/{duty.period}/v{submission.version}"
    cc = (
        unique((*recipient_addresses(*people), *stationery.convener()), without=to)
        if closed and form == "receipt"
        else ()
    )
    envelope = Envelope(duty.unit, field, _RUNG_OF_FORM[form], decided_on, to, cc, answer.attachments)
    return stationery.write(form, envelope, values, [matter])


def _findings(submission: Submission) -> tuple[int, tuple[str, ...]]:
    """How many findings the unit must act on, and one line for each of the first twenty."""
    shown = [each for each in submission.findings if each.severity in _SHOWN.get(submission.state, ())]
    lines = [finding_line(each) for each in shown[:_FINDINGS_MAX]]
    if len(shown) > _FINDINGS_MAX:
        lines.append(f"另有{len(shown) - _FINDINGS_MAX}处，见表格批注")
    return len(shown), tuple(lines)


def _verdict_headline(duty: Duty, form: str, correct_by: str) -> str:
    act = {"returned": "更正", "queried": "说明"}.get(form)
    return f"{duty_title(duty)}，请于{correct_by}前{act}" if act else duty_title(duty)


def open_reds(sent_keys: Iterable[LetterKey]) -> frozenset[DutyKey]:
    """The duties with a 督办单 and no receipt of that day or later, which would have closed it (销号)."""
    keys = list(sent_keys)
    red = {key: rungs[-1].day for key, all_rungs in sent_rungs(keys).items() if (rungs := _reds(all_rungs))}
    receipts = [(duty, key[4]) for key in keys if key[3] == _RUNG_OF_FORM["receipt"] for duty in duties_in_key(key)]
    return frozenset(red) - {duty for duty, day in receipts if duty in red and day >= red[duty].isoformat()}


def _reds(rungs: Sequence[SentRung]) -> list[SentRung]:
    return [each for each in rungs if each.rung == "红"]


@dataclass(frozen=True, slots=True)
class ApprovedIssue:
    """An approved brief as its notices name it. `approved_on` is the same whenever the notices are decided again."""

    name: str
    issue_no: int
    period: Period
    approved_on: dt.date
    attachments: tuple[Attachment, ...]


def brief_notices(
    issue: ApprovedIssue, units: Iterable[str], contacts: Iterable[Contact], stationery: LetterBuilder
) -> tuple[Letter, ...]:
    """简报: the approved brief to each member unit, to its leader in charge with a copy to the clerk."""
    people = _by_unit(contacts)
    found = []
    for unit in dict.fromkeys(units):
        leaders = [each for each in people.get(unit, []) if each.role == _LEADER]
        to = recipient_addresses(*leaders) or _to_clerk(people.get(unit, []))
        if to:
            cc = unique(recipient_addresses(*people[unit]), without=to)
            field = f"brief/{issue.period.text}/{issue.issue_no}"
            envelope = Envelope(unit, field, "简报", issue.approved_on, to, cc, issue.attachments)
            values = {"brief_name": issue.name, "issue_no": issue.issue_no, "period": issue.period.label}
            found.append(stationery.write("brief", envelope, values))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Morning:
    """What the digest of one morning tells.

    `letters` are this morning's; `failed` those of before that did not arrive, or not surely; `resolved` the lines of
    督办 closed since the last digest; `without_contact` the units that have no usable address; `asked` what the
    coordinator is to do for the system, shown only where there is something.
    """

    standings: Sequence[Standing] = ()
    calls: Sequence[Call] = ()
    letters: Sequence[Letter] = ()
    failed: Sequence[LetterRecord] = ()
    resolved: Sequence[str] = ()
    without_contact: Sequence[str] = ()
    asked: Sequence[str] = ()


def digest(morning: Morning, stationery: LetterBuilder, day: dt.date) -> Letter | None:
    """摘要: the morning's digest to the coordinator; None where the county names no usable address."""
    county = stationery.county
    if not is_deliverable(county.coordinator_mail):
        return None
    late = [each for each in morning.standings if each.name in OPEN]
    expected = [each for each in morning.standings if each.name not in NOT_COUNTED_YET]
    calls, today = morning.calls, morning.letters
    sections = (
        LetterSection("一、今日须电话联系", tuple(_call_line(call) for call in calls)),
        LetterSection(
            "二、未办结事项", tuple(_late_line(each) for each in sorted(late, key=lambda s: -s.overdue_workdays))
        ),
        LetterSection("三、今日信件", tuple(f"{each.unit}：{each.subject}" for each in today)),
        LetterSection(
            "四、未送达或不能确认送达的信件",
            tuple(f"{one.unit}：{one.subject}。{one.answer}" for one in morning.failed),
        ),
        LetterSection("五、已销号的督办事项", tuple(morning.resolved)),
        LetterSection("六、没有可用联系人邮箱的单位", tuple(morning.without_contact)),
        *([LetterSection("七、请办理", tuple(morning.asked))] if morning.asked else []),
    )
    values = {
        "expected_count": len(expected),
        "accepted_count": len(expected) - len(late),
        "late_count": len(late),
        "call_count": len({call.unit for call in calls}),
        "letter_count": len(today),
    }
    envelope = Envelope(county.convener, "digest", "摘要", day, (county.coordinator_mail,))
    return stationery.write("digest", envelope, values, sections=sections)


def _call_line(call: Call) -> str:
    """One call on several lines: whom to call about what, why, the last answer, and the last contacts."""
    phone = f"电话 {call.phone}" if call.phone else "名单中无电话"
    parts = [f"{call.unit}（{phone}）：{call.what}", call.why]
    parts += [f"上次通话：{call.said}"] if call.said else []
    parts += [f"最近联系：{contact}" for contact in call.last]
    return "\n".join(part if part.endswith("。") else f"{part}。" for part in parts)


def _late_line(standing: Standing) -> str:
    findings = f"{len(standing.findings)}处问题" if standing.findings else ""
    parts = (duty_title(standing.duty), standing.name, overdue_text(standing), findings)
    return f"{standing.duty.unit}：{'，'.join(part for part in parts if part)}"


def _by_unit(contacts: Iterable[Contact]) -> dict[str, list[Contact]]:
    units: dict[str, list[Contact]] = {}
    for contact in contacts:
        units.setdefault(contact.unit, []).append(contact)
    return units


def units_without_contact(
    standings: Iterable[Standing], contacts: Iterable[Contact], unreachable: Collection[str] = ()
) -> tuple[str, ...]:
    """The units with duties but without a usable address."""
    good = {one.unit for one in contacts if is_deliverable(one.mail) and one.mail.lower() not in unreachable}
    return tuple(dict.fromkeys(each.duty.unit for each in standings if each.duty.unit not in good))


def _to_clerk(people: Sequence[Contact]) -> tuple[str, ...]:
    """The clerk's address, else the addresses of all contacts of the unit."""
    return recipient_addresses(*(each for each in people if each.role == _CLERK)) or recipient_addresses(*people)
