"""The sheet 受理回执: which file counts, the version, the times; below them the hints, if any."""

from __future__ import annotations

from pathlib import PurePosixPath

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from config.calendar import Period
from config.plan import Plan
from tasks.model.submission import Submission
from tasks.model.words import KIND_TITLES
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

_SHEET = "受理回执"
_WIDTHS = (18.0, 100.0)
_ACCEPTED = "C6E0B4"


def receipt_workbook(submission: Submission, plan: Plan, counting_file: str, difference: str) -> Workbook:
    """A workbook with the receipt for an accepted submission.

    `counting_file` is the sentence on which file counts, `difference` the text on changes since the last version.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = _SHEET
    cell_style(title_band(sheet, 1, 2, _SHEET, 40), size=22, centre=True, colour=BLUE, title=True)
    cell_style(title_band(sheet, 2, 2, plan.document.title or plan.document.no, 24), centre=True, colour=GREY)
    conclusion = title_band(sheet, 3, 2, _conclusion(submission), 30)
    cell_style(conclusion, size=14, bold=True, centre=True)
    conclusion.fill = cell_fill(_ACCEPTED)
    facts = _facts(submission, counting_file, difference)
    for row, (title, text) in enumerate(facts, start=4):
        _fact(sheet, row, title, text)
    last = 4 + len(facts)
    for row, finding in enumerate(submission.findings, start=last):
        cells = f"（{'、'.join(finding.cells[:6])}）" if finding.cells else ""
        _fact(sheet, row, "提示" if row == last else "", f"{finding.text}{cells}。{finding.remedy}")
        sheet.cell(row, 1).fill = cell_fill(MARKS[finding.severity])
    page_setup(sheet, _WIDTHS)
    return book


def _conclusion(submission: Submission) -> str:
    what = "零报告" if submission.nil else KIND_TITLES[submission.kind] if submission.kind else "报表"
    label = Period.parse(submission.period).label if submission.period else ""
    return f"{submission.unit}{label}{what}（第{submission.version}版）已受理"


def _facts(submission: Submission, counting_file: str, difference: str) -> tuple[tuple[str, str], ...]:
    return (
        ("哪一份算数", counting_file),
        *((("版本变动", difference),) if difference else ()),
        ("收到时间", f"{submission.received_at:%Y-%m-%d %H:%M:%S}"),
        ("受理时间", f"{submission.decided_at:%Y-%m-%d %H:%M:%S}"),
        ("文件", PurePosixPath(submission.path).name),
        ("文件校验码", f"SHA-256　{submission.sha256}"),
        ("如需更正", "在截止日前把更正后的报表重新放入“上报”文件夹即可；新版受理之前，仍以本版为准。"),
    )


def _fact(sheet: Worksheet, row: int, title: str, text: str) -> None:
    for column, words in ((1, title), (2, text)):
        cell = sheet.cell(row, column)
        put_text(cell, words)
        cell_style(cell, bold=column == 1, centre=column == 1, box=True, size=12)
    sheet.row_dimensions[row].height = height_for([text], _WIDTHS[1:], 28)
