"""How duties, days and findings are worded, the same in every letter and on the call list.

Belongs here: short phrases. Does not belong here: whole sentences, which an office may change in config/templates/mail.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any

from config.calendar import Period
from tasks.model.submission import Duty, Finding, Standing
from tasks.model.words import KIND_TITLES, PROVISIONAL, PROVISIONAL_WHY, SENT_BACK
from tasks.personal_numbers import leave_out_personal_numbers

_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9_.+-]*[@＠][A-Za-z0-9_.-]+")
_LEFT_OUT = "（号码从略）"
_ASKED = {"待更正": "更正后的", "待说明": "写明情况后的"}
_TEXT_MAX, _CELLS_MAX, _MEASURES_MAX = 40, 6, 60


def day_text(day: dt.date) -> str:
    """2023年10月20日, without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def short_day(day: dt.date, provisional: bool = False) -> str:
    """10月20日, where the letter's date already gives the year; marked where a notice of holidays may still move it."""
    return f"{day.month}月{day.day}日{PROVISIONAL if provisional else ''}"


def due_text(duty: Duty) -> str:
    """A duty's due day in full, and why it may still move where it may."""
    return day_text(duty.due) + (f"（{PROVISIONAL_WHY}）" if duty.is_provisional(duty.due) else "")


def duty_title(duty: Duty) -> str:
    """The name of a duty: 2023年10月月度报送, 联系人名单, 2023年全年总结; for a deliverable, its text."""
    if duty.kind == "roster":
        return KIND_TITLES["roster"]
    if duty.kind == "deliverable":
        return shorten(duty.text, _TEXT_MAX) or KIND_TITLES["deliverable"]
    label = Period.parse(duty.period).label
    if duty.kind == "annual":
        return f"{label}{KIND_TITLES['annual']}"
    return f"{label}{KIND_TITLES['progress']}" if label.endswith("月") else f"{label}报送"


def duty_values(duties: Iterable[Duty]) -> dict[str, Any]:
    """Template values that depend on the kinds of duties: what to submit, and whether a nil report is possible."""
    kinds = {duty.kind for duty in duties}
    papers = (["报表"] if kinds - {"roster"} else []) + ([KIND_TITLES["roster"]] if "roster" in kinds else [])
    return {"papers": "和".join(papers), "can_be_nil": "progress" in kinds}


def requested_papers(standings: Iterable[Standing]) -> str:
    """What a letter asks the unit to submit, worded by the standings: 更正后的报表和填好的联系人名单."""
    asked: dict[str, list[Duty]] = {}
    for each in standings:
        asked.setdefault(_ASKED.get(each.name, "填好的"), []).append(each.duty)
    return "和".join(f"{how}{duty_values(duties)['papers']}" for how, duties in asked.items())


def measure_list(numbers: Sequence[str]) -> str:
    """措施3、5、12，共3项. A list of more than 60 is cut; the count is always of all."""
    shown = "、".join(numbers[:_MEASURES_MAX]) + ("等" if len(numbers) > _MEASURES_MAX else "")
    return f"措施{shown}，共{len(numbers)}项"


def lateness(
    standing: Standing, deadline: dt.date, late_workdays: int, today: dt.date, provisional: bool = False
) -> str:
    """How late a duty is on `today`, or how long it has, counted from `deadline`.

    `provisional` where a notice of holidays may still move that day, or change the count.
    """
    counted = f"{late_workdays}个工作日{PROVISIONAL if provisional else ''}"
    day = f"今日（{short_day(deadline)}）" if deadline == today else short_day(deadline, provisional)
    if standing.name in SENT_BACK:
        act = "更正" if standing.name == "待更正" else "说明"
        if late_workdays:
            return f"应于{short_day(deadline)}前{act}，已超过{counted}"
        return f"请于{day}{'内' if deadline == today else '前'}{act}"
    return f"已逾期{counted}" if late_workdays else f"{day}截止"


def overdue_text(standing: Standing) -> str:
    """How many workdays a duty is overdue, by its standing; '' if it is not. For a file returned after the due day,
    the workdays since its return.
    """
    if not standing.overdue_workdays:
        return ""
    due = standing.duty.extended_to or standing.duty.due
    returned = standing.returned_at is not None and standing.returned_at.date() > due
    since = "退回后已过" if returned and standing.name in SENT_BACK else "已逾期"
    return f"{since}{standing.overdue_workdays}个工作日"


def finding_line(finding: Finding) -> str:
    """One finding in a letter: measure, what is wrong, where, and what to do."""
    where = "、".join(finding.cells[:_CELLS_MAX]) + ("等" if len(finding.cells) > _CELLS_MAX else "")
    place = f"（{finding.sheet}{'：' if finding.sheet and where else ''}{where}）" if finding.sheet or where else ""
    measure = f"措施{finding.measure}：" if finding.measure else ""
    remedy = f"。{finding.remedy}" if finding.remedy else ""
    return f"{measure}{finding.text.rstrip('。')}{place}{remedy}"


def shorten(text: str, most: int) -> str:
    """At most `most` characters, with an ellipsis as the last one if the text was cut."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


def without_numbers(text: str) -> str:
    """Free text for a page that many people see: without telephone numbers and mail addresses."""
    return leave_out_personal_numbers(_MAIL_ADDRESS.sub(_LEFT_OUT, text), _LEFT_OUT)
