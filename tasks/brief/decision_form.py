"""Check a decision of the meeting (议定事项) entered in the form, and turn it into a `Matter`.

Belongs here: the checks and their messages. Does not belong here: the workbook (`writers.decisions_workbook`), numbering
and storing (`tasks.store.meeting_matters`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from config.county import County, UnknownUnit
from config.validation_errors import printable
from tasks.brief.words.prose import long_date
from tasks.brief.writers.decisions_workbook import day_of
from tasks.errors import InputError
from tasks.model.meeting import Matter

_UNITS = re.compile(r"[、，,；;\s]+")


@dataclass(frozen=True, slots=True)
class DecisionEntry:
    """The form as filled in: text as typed, '' where left empty. `no` names a matter to change; '' enters a new one."""

    no: str = ""
    words: str = ""
    owner: str = ""
    due: str = ""
    progress: str = ""
    closed_on: str = ""


def matter_of(entry: DecisionEntry, period: str, known: Iterable[Matter], county: County, today: dt.date) -> Matter:
    """A new matter of `period`, or the changes to a known one with its other fields blank.

    Raises InputError for an unknown number or unit, a closed matter, an invalid date, a closing date in the future, or
    an entry without content.
    """
    number = "".join(entry.no.split())
    before = next((m for m in known if m.no == number), None)
    if number and before is None:
        raise InputError(f"没有编号为“{printable(number)}”的事项；新的议定事项请把编号留空，系统自动编号")
    if before and before.state == "已销号":
        raise InputError(f"{number} 已于{long_date(before.closed_on) if before.closed_on else '此前'}销号，不能再改")
    closed_on = _day("销号日期", entry.closed_on)
    if closed_on and closed_on > today:
        raise InputError(f"销号日期{long_date(closed_on)}还没有到，请填实际办结的日期")
    words = " ".join(entry.words.split())
    if before is None and not words:
        raise InputError("请填写议定的事项；要更新已有事项，请填它的编号")
    matter = Matter(
        no=number,
        kind=before.kind if before else "议定事项",
        period=before.period if before else period,
        measure="",
        raised_by="" if before else "联席会议",
        words=words,
        owner=_owner(entry.owner, county),
        due=_day("办结期限", entry.due),
        progress=" ".join(entry.progress.split()),
        state="已销号" if closed_on else "办理中",
        closed_on=closed_on,
    )
    if before and not (words or matter.owner or matter.due or matter.progress or closed_on):
        raise InputError(f"{number} 没有填写要更新的内容")
    return matter


def _owner(names: str, county: County) -> str:
    """The units by their canonical names, joined with 、."""
    try:
        return "、".join(county.unit(name).name for name in _UNITS.split(names.strip()) if name)
    except UnknownUnit as fault:
        raise InputError(f"责任单位：{fault}") from None


def _day(what: str, text: str) -> dt.date | None:
    if not text.strip():
        return None
    if (day := day_of(text)) is None:
        raise InputError(f"{what}“{printable(text.strip())}”不是日期，请写成 2023-11-30")
    return day
