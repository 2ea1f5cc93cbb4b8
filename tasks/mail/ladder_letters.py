"""The letters of the ladder: one mail a unit and morning, however many duties it is about.

Belongs here: merging steps, and what the letter of a rung shows. Who is chased is decided in `ladder`; letters that
follow a file or an approval are in `notices`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tasks.mail.ladder import LadderStep
from tasks.mail.letter_builder import Envelope, LetterBuilder, LetterItem, item_lines, recipient_addresses, unique
from tasks.mail.letter_keys import LADDER, duty_field, duty_part
from tasks.mail.letter_wording import (
    day_text,
    due_text,
    duty_title,
    duty_words,
    finding_line,
    handed_in,
    lateness,
    measure_list,
    short_day,
)
from tasks.model.letter import Attachment, Letter, LetterRecord, Supervision
from tasks.model.submission import DutyKey, Standing
from tasks.model.words import PROVISIONAL_WHY

_FORMS = {"提醒": "remind", "蓝": "blue", "黄": "yellow", "红": "red"}
_FINDINGS_MAX = 12


def compose_ladder_letters(
    steps: Iterable[LadderStep],
    stationery: LetterBuilder,
    day: dt.date,
    workbooks: Mapping[DutyKey, Sequence[Attachment]] | None = None,
    forms: Mapping[DutyKey, Sequence[Attachment]] | None = None,
) -> tuple[Letter, ...]:
    """One letter a unit, at the highest rung among its steps. Recipients come from the steps and the county only.

    `workbooks` are the files to send along by duty; `forms` the 督办单 by duty, used where the rung asks for one.
    """
    return tuple(
        _letter(unit, group, stationery, day, workbooks or {}, forms or {}) for unit, group in _by_unit(steps).items()
    )


def _by_unit(steps: Iterable[LadderStep]) -> dict[str, list[LadderStep]]:
    """Steps by unit, the highest rung first, whatever ladder it is on: it is the first thing read."""
    units: dict[str, list[LadderStep]] = {}
    for step in steps:
        units.setdefault(step.standing.duty.unit, []).append(step)
    return {unit: sorted(group, key=_severity, reverse=True) for unit, group in units.items()}


def _severity(step: LadderStep) -> tuple[int, int]:
    return (LADDER.index(step.rung.name), step.rung.workdays)


def _letter(
    unit: str,
    steps: Sequence[LadderStep],
    stationery: LetterBuilder,
    day: dt.date,
    workbooks: Mapping[DutyKey, Sequence[Attachment]],
    forms: Mapping[DutyKey, Sequence[Attachment]],
) -> Letter:
    rung = steps[0].rung
    convener = stationery.convener() if any("召集人" in step.rung.to + step.rung.cc for step in steps) else ()
    to = recipient_addresses(*(person for step in steps for person in step.to))
    cc = unique((*recipient_addresses(*(person for step in steps for person in step.cc)), *convener), without=to)
    attachments = [
        each for step in steps if step.rung.attach_workbook for each in workbooks.get(step.standing.duty.key, ())
    ]
    attachments += [each for step in steps if step.rung.attach_form for each in forms.get(step.standing.duty.key, ())]
    duty = duty_field(duty_part(step.standing.duty, step.rung.name, step.rung.workdays) for step in steps)
    envelope = Envelope(unit, duty, rung.name, day, to, cc, tuple(dict.fromkeys(attachments)))
    matters = [_matter(step, day) for step in steps]
    return stationery.write(_FORMS[rung.name], envelope, _values(steps, day), matters)


def _values(steps: Sequence[LadderStep], day: dt.date) -> dict[str, Any]:
    standings = [step.standing for step in steps]
    words = duty_words(each.duty for each in standings)
    # Whoever has reported already had something to report.
    may_be_nil = any(each.duty.kind == "progress" and each.name in ("未报", "未到期") for each in standings)
    return {
        "headline": letter_headline(steps, day),
        **words,
        "can_be_nil": may_be_nil,
        "handed_in": handed_in(standings),
    }


def letter_headline(steps: Sequence[LadderStep], day: dt.date) -> str:
    """What the letter is about and how late: the first duty's name and lateness, and how many there are in all."""
    first = steps[0]
    title = duty_title(first.standing.duty) + (f"等{len(steps)}项" if len(steps) > 1 else "")
    return f"{title}{lateness(first.standing, first.deadline, first.late_workdays, day, first.provisional)}"


def supervisions(
    steps: Iterable[LadderStep], stationery: LetterBuilder, day: dt.date, first_no: int = 1
) -> tuple[Supervision, ...]:
    """What the 督办单 of each unit says this morning, for the rungs that carry one; numbered on from `first_no`."""
    found = []
    units = _by_unit(step for step in steps if step.rung.attach_form)
    for number, (unit, group) in enumerate(units.items(), start=first_no):
        values = {**stationery.values(unit, day), **_values(group, day)}
        words = stationery.templates.words(_FORMS[group[0].rung.name], values)
        matters = [_matter(step, day) for step in group]
        found.append(
            Supervision(
                keys=tuple(step.standing.duty.key for step in group),
                unit=unit,
                no=f"督办〔{day.year}〕{number}号",
                heading=f"{stationery.county.meeting}{words['title']}",
                reason=item_lines(words["reason"]),
                matters=tuple(
                    f"{each.title}：应于{each.due}报送，{each.state}。{ended_duties(each.measures)}" for each in matters
                ),
                missing=tuple(line for each in matters for line in each.missing),
                demand=item_lines(words["demand"]),
                signature=stationery.county.office,
                contact=f"联系电话：{phone}" if (phone := stationery.county.coordinator_phone) else "",
                day=day_text(day),
            )
        )
    return tuple(found)


def next_no(records: Iterable[LetterRecord], year: int) -> int:
    """The number of the year's next 督办单: one more than were decided so far, whatever became of them."""
    return 1 + sum(each.rung == LADDER[-1] and each.day.year == year for each in records)


def _matter(step: LadderStep, day: dt.date) -> LetterItem:
    duty = step.standing.duty
    extended = f"（经批准延期至{day_text(duty.extended_to)}）" if duty.extended_to else ""
    # What comes once the period's books are shut is carried by the next issue.
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


def ended_duties(words: str) -> str:
    """A sentence with its full stop; nothing stays nothing."""
    return f"{words}。" if words else ""


def missing_lines(standing: Standing) -> tuple[str, ...]:
    """What holds a duty up, one line a finding; a long list is cut and counted."""
    lines = [finding_line(finding) for finding in standing.findings]
    rest = len(lines) - _FINDINGS_MAX
    return tuple(lines) if rest <= 0 else (*lines[:_FINDINGS_MAX], f"另有{rest}处，见退回的表格批注")
