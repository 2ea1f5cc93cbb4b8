"""A stored submission -> the file that answers it: the one door of this stage.

Belongs here: which form the answer takes. It needs nothing but the stored submission, so that a pass that died can
be finished by the next one, with the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from openpyxl import Workbook, load_workbook

from config.plan import Plan
from config.workbook import Layout
from tasks.reply.annotate import annotate
from tasks.reply.listing import write_list
from tasks.reply.pack import packed
from tasks.reply.places import ENDINGS, ISSUED, folder_of, place
from tasks.reply.receipt import receipt
from tasks.shapes import Submission, Written

_NEXT: Mapping[str, str] = {
    "returned": "请在本文件中改正标色的单元格，保存后放入“上报”文件夹。本页不必删除；标为“提示”的不必更正。",
    "queried": (
        "请核对标色的单元格：数字无误的，在该行“情况说明”栏写明原因；有误的直接改正。"
        "保存后把本文件放入“上报”文件夹，本页不必删除。"
    ),
    "refused": "原文件已留存，但不能作为报表受理。请按“怎么改”处理后重新放入“上报”文件夹。",
    "fresh": (
        "原文件的格式不能直接标注，本文件后面附有本期发放的报表。"
        "请在其中重新填写（可从原文件粘贴数值），保存后放入“上报”文件夹。"
    ),
    "bare": (
        "原文件的格式不能直接标注。请打开“发放”文件夹中的报表重新填写（可从原文件粘贴数值），保存后放入“上报”文件夹。"
    ),
}


def write_reply(
    submission: Submission, originals: Path, share: Path, returned: Path, layout: Layout, plan: Plan
) -> Written | None:
    """Write the answer into the unit's 退回/ and a copy into `returned` (in data/); None where there is none to give.

    Refused, returned, queried: a workbook with 问题清单 first, the unit's own wherever it can be annotated. Accepted:
    a receipt. Writing twice changes nothing. Raises RetryableError when a folder cannot be written.
    """
    if submission.state not in ENDINGS:
        return None
    content = packed(_answer(submission, originals, share, layout, plan), submission.decided_at)
    return place(submission, content, share, returned)


def _answer(submission: Submission, originals: Path, share: Path, layout: Layout, plan: Plan) -> Workbook:
    if submission.state == "accepted":
        return receipt(submission, plan)
    if submission.state == "refused":
        # What was refused is never opened again: it may have been refused for what opening it does.
        return _list_only(submission, plan, "refused")
    if (own := _opened(originals / submission.stored)) is not None:
        annotate(own, submission.findings)
        write_list(own, submission, plan, _NEXT[submission.state])
        return own
    if (fresh := _issued(submission, share, layout)) is not None:
        write_list(fresh, submission, plan, _NEXT["fresh"])
        return fresh
    return _list_only(submission, plan, "bare")


def _list_only(submission: Submission, plan: Plan, next_step: str) -> Workbook:
    book = Workbook()
    write_list(book, submission, plan, _NEXT[next_step])
    # openpyxl begins a new workbook with a sheet of its own.
    del book[book.sheetnames[-1]]
    return book


def _opened(path: Path) -> Workbook | None:
    """The unit's own workbook with everything openpyxl can keep; None where it cannot be opened and annotated.

    Macros are left behind: an answer never carries a program.
    """
    try:
        content = path.read_bytes()
        if not zipfile.is_zipfile(io.BytesIO(content)):
            return None
        return load_workbook(io.BytesIO(content), rich_text=True)
    except Exception:
        # openpyxl raises whatever a broken part happens to provoke (KeyError, ValueError, ParseError …); the list
        # then comes in a workbook of its own. What reading found is in the findings already.
        return None


def _issued(submission: Submission, share: Path, layout: Layout) -> Workbook | None:
    """The workbook issued for the same duty, known by its signed sheet; None if it is not in 发放/."""
    folder = folder_of(submission)
    if folder is None or not (submission.kind and submission.period):
        return None
    for path in sorted((share / folder / ISSUED).glob("*.xlsx")):
        book = _opened(path)
        if book is not None and _is_for(book, submission, layout):
            return book
    return None


def _is_for(book: Workbook, submission: Submission, layout: Layout) -> bool:
    if layout.signed_sheet not in book.sheetnames:
        return False
    said = {str(row[0]): str(row[1]) for row in book[layout.signed_sheet].iter_rows(values_only=True, max_col=2)}
    wanted = {"plan": submission.plan, "unit": submission.unit, "kind": submission.kind, "period": submission.period}
    return all(said.get(key) == value for key, value in wanted.items())
