"""The letters of the ladder: one mail per unit and morning, however many duties it is about.

Belongs here: merging steps, the content of a rung's letter and of the 督办单. Does not belong here: deciding who is
chased (`ladder`), letters that follow a file or an approval (`event_letters`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tasks.mail.ladder import LadderStep
from tasks.mail.letter_builder import Envelope, LetterBuilder, LetterItem, paragraphs, recipient_addresses, unique
from tasks.mail.letter_keys import duty_field, duty_part
from tasks.mail.letter_wording import (
    day_text,
    due_text,
    duty_title,
    duty_values,
    finding_line,
    lateness,
    measure_list,
    requested_papers,
    short_day,
)
from tasks.model.letter import Attachment, Letter, LetterRecord, Supervision
from tasks.model.submission import DutyKey, Standing
from tasks.model.words import PROVISIONAL_WHY, RUNGS

_FORMS = {"提醒": "remind", "蓝": "blue", "黄": "yellow", "红": "red"}
_FINDINGS_MAX = 12


def compose_ladder_letters(
    steps: Iterable[LadderStep],
    builder: LetterBuilder,
    day: dt.date,
    workbooks: Mapping[DutyKey, Sequence[Attachment]] | None = None,
    forms: Mapping[DutyKey, Sequence[Attachment]] | None = None,
) -> tuple[Letter, ...]:
    """One letter per unit, at the highest rung among its steps. Recipients come only from the steps and the county.

    `workbooks` are the workbooks to attach, by duty; `forms` the 督办单 by duty. A rung's settings say which it attaches.
    """
    return tuple(
        _letter(unit, group, builder, day, workbooks or {}, forms or {}) for unit, group in _by_unit(steps).items()
    )


def _by_unit(steps: Iterable[LadderStep]) -> dict[str, list[LadderStep]]:
    """Steps by unit, the highest rung first, because the letter begins with it."""
    units: dict[str, list[LadderStep]] = {}
    for step in steps:
        units.setdefault(step.standing.duty.unit, []).append(step)
    return {unit: sorted(group, key=_height, reverse=True) for unit, group in units.items()}


def _height(step: LadderStep) -> tuple[int, int]:
    return (RUNGS.index(step.rung.name), step.rung.workdays)


def _letter(
    unit: str,
    steps: Sequence[LadderStep],
    builder: LetterBuilder,
    day: dt.date,
    workbooks: Mapping[DutyKey, Sequence[Attachment]],
    forms: Mapping[DutyKey, Sequence[Attachment]],
) -> Letter:
    rung = steps[0].rung
    convener = builder.convener() if any("召集人" in step.rung.to + step.rung.cc for step in steps) else ()
    to = recipient_addresses(*(person for step in steps for person in step.to))
    cc = unique((*recipient_addresses(*(person for step in steps for person in step.cc)), *convener), without=to)
    attachments = [
        each for step in steps if step.rung.attach_workbook for each in workbooks.get(step.standing.duty.key, ())
    ]
    attachments += [each for step in steps if step.rung.attach_form for each in forms.get(step.standing.duty.key, ())]
    duty = duty_field(duty_part(step.standing.duty, step.rung.name, step.rung.workdays) for step in steps)
    envelope = Envelope(unit, duty, rung.name, day, to, cc, tuple(dict.fromkeys(attachments)))
    matters = [_matter(step, day) for step in steps]
    return builder.write(_FORMS[rung.name], envelope, _values(steps, day), matters)


def _values(steps: Sequence[LadderStep], day: dt.date) -> dict[str, Any]:
    standings = [step.standing for step in steps]
    # No nil report where a file was received: the unit had something to report.
    may_be_nil = any(each.duty.kind == "progress" and each.name in ("未报", "未到期") for each in standings)
    return {
        "headline": letter_headline(steps, day),
        **duty_values(each.duty for each in standings),
        "can_be_nil": may_be_nil,
        "handed_in": requested_papers(standings),
    }


def letter_headline(steps: Sequence[LadderStep], day: dt.date) -> str:
    """The first duty's name, how many duties there are in all, and how late the first is."""
    first = steps[0]
    title = duty_title(first.standing.duty) + (f"等{len(steps)}项" if len(steps) > 1 else "")
    return f"{title}{lateness(first.standing, first.deadline, first.late_workdays, day, first.provisional)}"


def supervisions(
    steps: Iterable[LadderStep], builder: LetterBuilder, day: dt.date, first_no: int = 1
) -> tuple[Supervision, ...]:
    """The 督办单 of each unit for this morning, for rungs that have one; numbered from `first_no`."""
    found = []
    units = _by_unit(step for step in steps if step.rung.attach_form)
    for number, (unit, group) in enumerate(units.items(), start=first_no):
        values = {**builder.values(unit, day), **_values(group, day)}
        blocks = builder.templates.render_blocks(_FORMS[group[0].rung.name], values)
        matters = [_matter(step, day) for step in group]
        found.append(
            Supervision(
                keys=tuple(step.standing.duty.key for step in group),
                unit=unit,
                no=f"督办〔{day.year}〕{number}号",
                heading=f"{builder.county.meeting}{blocks['title']}",
                reason=paragraphs(blocks["reason"]),
                matters=tuple(
                    f"{each.title}：应于{each.due}报送，{each.state}。{each.measures and f'{each.measures}。'}"
                    for each in matters
                ),
                missing=tuple(line for each in matters for line in each.missing),
                demand=paragraphs(blocks["demand"]),
                signature=builder.county.office,
                contact=f"联系电话：{phone}" if (phone := builder.county.coordinator_phone) else "",
                day=day_text(day),
            )
        )
    return tuple(found)


def next_no(records: Iterable[LetterRecord], year: int) -> int:
    """The number of the year's next 督办单: one more than were decided so far, sent or not."""
    return 1 + sum(each.rung == RUNGS[-1] and each.day.year == year for each in records)


def _matter(step: LadderStep, day: dt.date) -> LetterItem:
    duty = step.standing.duty
    extended = f"（经批准延期至{day_text(duty.extended_to)}）" if duty.extended_to else ""
    # A report received after the period has closed appears in the next issue of the brief.
    shut = duty.kind == "progress" and day > duty.closes
    closed = f"；本期已于{short_day(duty.closes)}关账，补报的列入下一期" if shut else ""
    # Said once: beside the due day, else here.
    why = f"（{PROVISIONAL_WHY}）" if step.provisional and not duty.is_provisional(duty.due) else ""
    state = "尚未报送" if step.standing.name == "未到期" else step.standing.name
    return LetterItem(
        title=duty_title(duty),
        due=due_text(duty) + extended,
        state=f"{state}，{lateness(step.standing, step.deadline, step.late_workdays, day, step.provisional)}{why}{closed}",
        measures=measure_list(duty.measures) if duty.measures else "",
        missing=missing_lines(step.standing),
    )


def missing_lines(standing: Standing) -> tuple[str, ...]:
    """What must be corrected, one line per finding; a long list is cut and ends with the number left out."""
    lines = [finding_line(finding) for finding in standing.findings]
    rest = len(lines) - _FINDINGS_MAX
    return tuple(lines) if rest <= 0 else (*lines[:_FINDINGS_MAX], f"另有{rest}处，见退回的表格批注")
