"""The sheet 上期待办: open findings of a unit's last report, and open matters of the joint meeting.

Belongs here: which of them are open, and the sheet that lists them. A workbook without open items has no such sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xlsxwriter.workbook import Workbook

from config.calendar import Period
from config.workbook import WorkbookLayout
from expectations.catalogue import CATALOGUE
from tasks.issue.cell_formats import Formats
from tasks.issue.input_cells import row_height, write_text
from tasks.model.meeting import Matter
from tasks.model.submission import Duty, Finding, Submission
from tasks.model.words import SEVERITY_WORDS, Severity

_LISTED: tuple[Severity, ...] = ("return", "query", "hint")
_HEADS = (("事项", 16), ("编号", 16), ("内容", 62), ("要求", 62))
_MOST = 30


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One open item: its kind, the number of its measure or matter, what is open, and what the unit is to do."""

    title: str
    number: str
    words: str
    wanted: str


def open_items_of(duty: Duty, received: Iterable[Submission], matters: Iterable[Matter]) -> tuple[OpenItem, ...]:
    """The open items of a duty's unit; none for a roster, whose workbook has no page for them.

    `received` are the reports of the period before. The unit's last one counts, in whatever state it is.
    """
    if duty.kind == "roster":
        return ()
    own = [each for each in received if each.unit == duty.unit and each.kind == "progress"]
    last = max(own, key=lambda each: (each.received_at, each.id), default=None)
    found = [_of_finding(last, each) for each in last.findings if _is_open(each)] if last else []
    # Only matters of earlier months: those of this month would change workbooks that are already issued.
    until = Period.parse(duty.period).end
    earlier = [each for each in matters if Period.parse(each.period).end < until]
    asked = [_of_matter(each) for each in earlier if each.state == "办理中" and duty.unit in _units_of(each)]
    return (*asked, *found[:_MOST])


def _is_open(each: Finding) -> bool:
    """Whether a finding is unanswered: a query that became a hint has its explanation."""
    rule = CATALOGUE.get(each.code)
    return each.severity in _LISTED and not (each.severity == "hint" and rule is not None and rule.declared == "query")


def _of_finding(last: Submission, each: Finding) -> OpenItem:
    label = Period.parse(last.period or "").label
    title = f"{label}{SEVERITY_WORDS[each.severity]}"
    return OpenItem(title, f"第{each.measure}项" if each.measure else "", each.text, each.remedy)


def _of_matter(matter: Matter) -> OpenItem:
    due = f"请于{matter.due.year}年{matter.due.month}月{matter.due.day}日前办理" if matter.due else "请办理"
    done = f"，目前进展：{matter.progress.rstrip('。')}" if matter.progress else ""
    who = f"由{matter.owner}{due.removeprefix('请')}{done}。" if matter.owner else f"尚未明确办理单位{done}。"
    return OpenItem(matter.kind, matter.no, matter.words, who)


def _units_of(matter: Matter) -> frozenset[str]:
    return frozenset(part for text in (matter.owner, matter.raised_by) for part in text.split("、"))


def write_open_items(book: Workbook, formats: Formats, layout: WorkbookLayout, items: Sequence[OpenItem]) -> None:
    """Add the list as a locked sheet, landscape A4; no sheet where there are no items."""
    if not items:
        return
    sheet = book.add_worksheet(layout.pending_sheet)
    sheet.hide_gridlines(2)
    sheet.merge_range(0, 0, 0, len(_HEADS) - 1, layout.pending_sheet, formats.get("guide_title"))
    sheet.set_row(0, 44)
    for column, (title, width) in enumerate(_HEADS):
        sheet.set_column(column, column, width)
        sheet.write_string(1, column, title, formats.get("head"))
    for row, item in enumerate(items, start=2):
        sheet.set_row(row, max(row_height(text, _HEADS[2][1]) for text in (item.words, item.wanted)))
        write_text(sheet, row, 0, item.title, formats.get("fixed", "@"))
        write_text(sheet, row, 1, item.number, formats.get("fixed", "@"))
        write_text(sheet, row, 2, item.words, formats.get("guide_text", "@"))
        write_text(sheet, row, 3, item.wanted, formats.get("guide_text", "@"))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.protect()
