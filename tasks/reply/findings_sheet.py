"""The sheet 问题清单: for each finding the measure, the fault, the remedy, and links to its cells, gravest first.

Belongs here: the text and the table of that sheet. Marks on the unit's own cells are in `annotate`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openpyxl.styles import Font
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from config.calendar import Period
from config.plan import Plan
from tasks.model.submission import Finding, Submission
from tasks.model.words import KIND_TITLES, SEVERITIES, SEVERITY_WORDS, STATE_OF_SEVERITY, STATE_WORDS, Severity, State
from tasks.reply.sheet_styles import (
    BLUE,
    GREY,
    MARKS,
    cell_fill,
    cell_style,
    height_for,
    page_setup,
    put_text,
    title_band,
)

FINDINGS_SHEET = "问题清单"
_LINKS = 5
_TITLES = ("序号", "措施", "问题", "怎么改")
_WIDTHS = (6.0, 30.0, 42.0, 44.0)
_LINK_WIDTH, _SEVERITY_WIDTH = 7.5, 11.0
_MEASURE_CHARS = 26
_COUNTS: Mapping[Severity, str] = {
    "refuse": "不能受理的原因{}项",
    "return": "须更正{}项",
    "query": "须说明{}项",
    "hint": "提示{}项",
}


def write_findings_sheet(
    book: Workbook, submission: Submission, plan: Plan, next_step: str, counting_file: str = ""
) -> Worksheet:
    """Add the sheet as the first one; an earlier one is replaced. Only cells of existing sheets get links.

    `counting_file` is the sentence on which file counts.
    """
    if FINDINGS_SHEET in book.sheetnames:
        del book[FINDINGS_SHEET]
    sheet = book.create_sheet(FINDINGS_SHEET, 0)
    links = min(max((len(finding.cells) for finding in submission.findings), default=1) or 1, _LINKS)
    widths = (*_WIDTHS, *([_LINK_WIDTH] * links), _SEVERITY_WIDTH)
    header = _masthead(sheet, submission, next_step, counting_file, len(widths))
    _table_header(sheet, header, links)
    ordered = sorted(submission.findings, key=lambda finding: SEVERITIES.index(finding.severity))
    for offset, finding in enumerate(ordered, start=1):
        _finding_row(sheet, header + offset, offset, finding, plan, links, book.sheetnames)
    page_setup(sheet, widths, header)
    sheet.freeze_panes = sheet.cell(header + 1, 1)
    _activate_first(book)
    return sheet


def _masthead(sheet: Worksheet, submission: Submission, next_step: str, counting_file: str, last: int) -> int:
    cell_style(title_band(sheet, 1, last, FINDINGS_SHEET, 36), size=20, centre=True, colour=BLUE, title=True)
    cell_style(title_band(sheet, 2, last, _subject(submission), 22), size=12, centre=True, colour=GREY)
    conclusion = title_band(
        sheet, 3, last, f"{STATE_WORDS[submission.state]}：{_counts_text(submission.findings)}。", 26
    )
    cell_style(conclusion, size=13, bold=True)
    conclusion.fill = cell_fill(_colour(submission.state))
    text = f"下一步：{next_step}" + (f"\n哪一份算数：{counting_file}" if counting_file else "")
    cell_style(title_band(sheet, 4, last, text, height_for([text], [sum(_WIDTHS) + 20])), size=12)
    sheet.row_dimensions[5].height = 8
    return 6


def _colour(state: State) -> str:
    return next((MARKS[severity] for severity, ends_in in STATE_OF_SEVERITY.items() if ends_in == state), MARKS["hint"])


def _subject(submission: Submission) -> str:
    """One line that identifies the submission: unit, period, kind, version, time of arrival."""
    parts = [submission.unit or "单位不明"]
    if submission.period and submission.kind:
        parts.append(f"{Period.parse(submission.period).label}{KIND_TITLES[submission.kind]}")
    if submission.unit and submission.kind:
        parts.append(f"第{submission.version}版")
    parts.append(f"收到时间 {submission.received_at:%Y-%m-%d %H:%M}")
    return "　".join(parts)


def _counts_text(findings: Sequence[Finding]) -> str:
    """The number of findings of each severity, gravest first; "没有问题" if there is none."""
    numbers = [(severity, sum(each.severity == severity for each in findings)) for severity in SEVERITIES]
    return "，".join(_COUNTS[severity].format(number) for severity, number in numbers if number) or "没有问题"


def _table_header(sheet: Worksheet, row: int, links: int) -> None:
    sheet.row_dimensions[row].height = 26
    titles = (*_TITLES, "单元格", *([""] * (links - 1)), "处理")
    for index, title in enumerate(titles, start=1):
        cell = sheet.cell(row, index)
        put_text(cell, title)
        cell_style(cell, bold=True, colour="FFFFFF", centre=True, box=True)
        cell.fill = cell_fill(BLUE)
    if links > 1:
        sheet.merge_cells(start_row=row, start_column=5, end_row=row, end_column=4 + links)


def _finding_row(
    sheet: Worksheet, row: int, number: int, finding: Finding, plan: Plan, links: int, sheets: Sequence[str]
) -> None:
    more = f"（共{len(finding.cells)}处）" if len(finding.cells) > links else ""
    texts = (str(number), _measure_text(finding, plan), finding.text + more, finding.remedy)
    for index, text in enumerate(texts, start=1):
        cell = sheet.cell(row, index)
        put_text(cell, text)
        cell_style(cell, centre=index == 1, box=True)
    for index in range(links):
        _link(sheet, row, 5 + index, finding, index, sheets)
    if links > 1 and len(finding.cells) < 2:
        sheet.merge_cells(start_row=row, start_column=5, end_row=row, end_column=4 + links)
    last = sheet.cell(row, 5 + links)
    put_text(last, SEVERITY_WORDS[finding.severity])
    cell_style(last, bold=True, centre=True, box=True)
    last.fill = cell_fill(MARKS[finding.severity])
    sheet.row_dimensions[row].height = height_for(texts, _WIDTHS)


def _link(sheet: Worksheet, row: int, column: int, finding: Finding, index: int, sheets: Sequence[str]) -> None:
    cell = sheet.cell(row, column)
    cell_style(cell, centre=True, box=True)
    if index >= len(finding.cells):
        return
    address = finding.cells[index]
    put_text(cell, address)
    if finding.sheet in sheets:
        location = f"'{finding.sheet.replace(chr(39), chr(39) * 2)}'!{address}"
        cell.hyperlink = Hyperlink(
            ref=cell.coordinate, location=location, display=address, tooltip="点击跳到这个单元格"
        )
        cell.font = Font(name=cell.font.name, size=11, color="0563C1", underline="single")


def _measure_text(finding: Finding, plan: Plan) -> str:
    """The measures of a finding: their numbers, or the number and the beginning of the text of a single measure."""
    if not finding.measure:
        return "整表"
    numbers = finding.measure.split("、")
    if len(numbers) > 1:
        return f"第{finding.measure}项"
    text = next((measure.text for measure in plan.measures if measure.no == finding.measure), "")
    return f"第{finding.measure}项　{text[:_MEASURE_CHARS]}{'……' if len(text) > _MEASURE_CHARS else ''}".rstrip("　")


def _activate_first(book: Workbook) -> None:
    """Open the workbook on its first sheet only: edits would go into every selected sheet."""
    book.active = 0
    for index, sheet in enumerate(book.worksheets):
        sheet.sheet_view.tabSelected = index == 0
