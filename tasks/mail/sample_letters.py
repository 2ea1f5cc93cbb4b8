"""One letter of each kind for a period, with invented people and files, for an office to look at before it sends any.

Belongs here: the invented occasions. Does not belong here: writing the letters, which the same modules do as in
production, and the page that shows them (`letters_preview`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from config.calendar import Period
from config.settings import RungSettings
from tasks.mail import coordinator_letters, event_letters, ladder_letters
from tasks.mail.ladder import LadderStep
from tasks.mail.letter_builder import LetterBuilder
from tasks.mail.letter_wording import short_day
from tasks.model.letter import Attachment, Call, Letter, LetterRecord, Supervision
from tasks.model.run_context import Context
from tasks.model.submission import Contact, Duty, Finding, Standing, Submission
from tasks.model.words import State

_WORKBOOK, _ANNOTATED = Attachment("填报表.xlsx", "sample.xlsx"), Attachment("填报表（退回）.xlsx", "sample.xlsx")
_RED_FORM, _BRIEF = Attachment("督办单.docx", "sample.docx"), Attachment("简报.docx", "sample.docx")
_FINDINGS = (
    Finding("", "return", "本期累计小于上期累计", "请核对后改正", "月度报送", ("H7",)),
    Finding("", "return", "进展状态为“进展滞后”，存在问题没有填写", "请写明存在的问题", "月度报送", ("K9",)),
)
_UNREADABLE = Finding("", "refuse", "文件打不开，可能没有传完或已损坏", "请用表格软件打开，另存为 xlsx 后重报")
_QUESTION = Finding("", "query", "本期累计比上期增加较多", "属实请在“情况说明”写明原因", "月度报送", ("H8",))


@dataclass(frozen=True, slots=True)
class Sample:
    """One letter and the occasion on which it is written."""

    occasion: str
    letter: Letter


def samples(duties: Sequence[Duty], period: Period, builder: LetterBuilder, context: Context) -> tuple[Sample, ...]:
    """Each kind of letter, about the period's duty with the most measures. `duties` must not be empty."""
    duty = _typical(duties)
    people = _invented_contacts(duty)
    found = [Sample("发放：开始填报时发业务负责人", _issue(duty, people, builder))]
    found += _ladder(duty, people, builder, context)
    found += _verdicts(duty, people, builder, context)
    found.append(Sample("简报：批准印发后发各成员单位", _brief(duty, people, period, builder, context)))
    if digest := _digest(duty, people, builder, context):
        found.append(Sample("摘要：每个工作日早上发协调人", digest))
    found += _coordinator_letters(duty, people, builder, context)
    return tuple(found)


def sample_supervision(duties: Sequence[Duty], builder: LetterBuilder, context: Context) -> Supervision:
    """The 督办单 that goes with the sample of the highest rung."""
    duty = _typical(duties)
    top = context.settings.ladder_for(duty.kind)[-1].model_copy(update={"attach_form": True})
    day, step = _step(duty, _invented_contacts(duty), top, context)
    return ladder_letters.supervisions([step], builder, day)[0]


def _typical(duties: Sequence[Duty]) -> Duty:
    return max(duties, key=lambda each: (each.kind == "progress", len(each.measures)))


def _invented_contacts(duty: Duty) -> tuple[Contact, Contact]:
    """Contacts with `.invalid` addresses, which cannot exist: a preview shows no real person."""
    clerk = Contact(duty.plan, duty.unit, "业务负责人", "", "", "0000-0000001", "clerk@unit.invalid")
    return clerk, replace(clerk, role="分管领导", phone="0000-0000002", mail="leader@unit.invalid")


def _issue(duty: Duty, people: Sequence[Contact], builder: LetterBuilder) -> Letter:
    return event_letters.issue_notices([duty], people, builder, duty.opens, {duty.key: [_WORKBOOK]})[0]


def _ladder(duty: Duty, people: Sequence[Contact], builder: LetterBuilder, context: Context) -> Iterator[Sample]:
    for rung in context.settings.ladder_for(duty.kind):
        day, step = _step(duty, people, rung, context)
        [letter] = ladder_letters.compose_ladder_letters(
            [step], builder, day, {duty.key: [_WORKBOOK]}, {duty.key: [_RED_FORM]}
        )
        cc = f"，抄送{'、'.join(rung.cc)}" if rung.cc else ""
        yield Sample(f"{rung.name}：{_when(rung)}，主送{'、'.join(rung.to)}{cc}", letter)


def _step(duty: Duty, people: Sequence[Contact], rung: RungSettings, context: Context) -> tuple[dt.date, LadderStep]:
    day = context.calendar.add_workdays(duty.grace_until if rung.workdays > 0 else duty.due, rung.workdays)
    standing = _standing(duty, max(0, rung.workdays))
    to, cc = ([each for each in people if each.role in roles] for roles in (rung.to, rung.cc))
    return day, LadderStep(standing, rung, duty.due, max(0, rung.workdays), tuple(to or people), tuple(cc))


def _standing(duty: Duty, overdue_workdays: int) -> Standing:
    return Standing(duty, "未报" if overdue_workdays else "未到期", overdue_workdays, None, None, None, None, None)


def _when(rung: RungSettings) -> str:
    if rung.workdays == 0:
        return "截止当天"
    return f"截止前{-rung.workdays}个工作日" if rung.workdays < 0 else f"逾期{rung.workdays}个工作日"


def _verdicts(duty: Duty, people: Sequence[Contact], builder: LetterBuilder, context: Context) -> Iterator[Sample]:
    occasions: tuple[tuple[str, State, tuple[Finding, ...], bool, bool], ...] = (
        ("退回：报来的表有需要更正之处", "returned", _FINDINGS, False, False),
        ("退回：文件无法作为报表读取", "refused", (_UNREADABLE,), False, False),
        ("待说明：个别数据需要说明", "queried", (_QUESTION,), False, False),
        ("受理：校验通过", "accepted", (), False, False),
        ("受理：零报告", "accepted", (), True, False),
        ("受理并销号：此前发过督办单", "accepted", (), False, True),
    )
    for occasion, state, findings, nil, closed in occasions:
        about = duty.measures[:1] or ("",)
        own = tuple(replace(each, measure=about[0]) if each.cells else each for each in findings)
        submission = _submission(duty, state, own, nil, context)
        files = () if state in ("accepted", "refused") else (_ANNOTATED,)
        letter = event_letters.verdict_notice(
            event_letters.Answer(submission, files, closed=closed), duty, people, builder, context
        )
        if letter:
            yield Sample(occasion, letter)


def _submission(duty: Duty, state: State, findings: tuple[Finding, ...], nil: bool, context: Context) -> Submission:
    at = _morning(duty.due, context)
    path = f"{duty.unit}/上报/{duty.period}.xlsx"
    return Submission(
        0, duty.plan, duty.unit, duty.kind, duty.period, 1, state, "", path, "", at, at, nil, findings
    )  # fmt: skip


def _morning(day: dt.date, context: Context) -> dt.datetime:
    from zoneinfo import ZoneInfo

    return dt.datetime.combine(day, dt.time(9), ZoneInfo(context.settings.timezone))


def _brief(
    duty: Duty,
    people: Sequence[Contact],
    period: Period,
    builder: LetterBuilder,
    context: Context,
) -> Letter:
    day = context.calendar.add_workdays(duty.closes, 1)
    issue = event_letters.ApprovedIssue(context.settings.brief.name, 1, period, day, (_BRIEF,))
    return event_letters.brief_notices(issue, [duty.unit], people, builder)[0]


def _digest(duty: Duty, people: Sequence[Contact], builder: LetterBuilder, context: Context) -> Letter | None:
    top = context.settings.ladder_for(duty.kind)[-1]
    day, step = _step(duty, people, top, context)
    [red] = ladder_letters.compose_ladder_letters([step], builder, day)
    lost = LetterRecord(
        red.plan, red.unit, red.duty, red.rung, day, red.to, red.cc, red.subject, "", "refused", "服务器答复 550"
    )
    answer = f"{short_day(day)}15:30电话（业务负责人）：已转告分管领导，答应明日报送"
    call = Call(
        duty.unit,
        ladder_letters.letter_headline([step], day),
        "没有可用的邮箱，催报信件无法发出",
        "0000-0000001",
        top.workdays,
        (answer, f"{short_day(day)}{red.subject}（已发出）"),
        answer,
    )
    morning = event_letters.Morning([step.standing], [call], [red], [lost], without_contact=(duty.unit,))
    return event_letters.digest(morning, builder, day)


def _coordinator_letters(
    duty: Duty, people: Sequence[Contact], builder: LetterBuilder, context: Context
) -> Iterator[Sample]:
    """The answer to a request for an extension, and an alarm."""
    extended = replace(duty, extended_to=context.calendar.add_workdays(duty.due, 3))
    answer = coordinator_letters.extension_answer_letter(
        extended, True, "数据尚待有关单位核实。", people, builder, duty.due
    )
    alarm = coordinator_letters.alarm_letter(
        "share", "共享文件夹连不上", ("检查文件服务器和网络",), (), builder, duty.due
    )
    occasions = (("延期批复：协调人批复延期申请后发申请单位", answer), ("报警：系统出了问题时发协调人", alarm))
    yield from (Sample(occasion, letter) for occasion, letter in occasions if letter)
