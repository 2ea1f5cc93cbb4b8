"""A recorded submission -> its reply file: the entry point of this stage.

Belongs here: the form of the reply. It is made from the recorded submission alone, so that the next pass can finish an
interrupted one with the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook, load_workbook

from config.plan import Plan
from config.workbook import WorkbookLayout
from tasks.errors import RetryableError
from tasks.model.run_context import Context
from tasks.model.submission import PreviousVersion, Submission, WrittenFile
from tasks.reply.annotate import annotate
from tasks.reply.findings_sheet import write_findings_sheet
from tasks.reply.receipt_sheet import receipt_workbook
from tasks.reply.reply_paths import ENDINGS, ISSUED, place_reply, reply_folder
from tasks.reply.version_words import counting_file_words, difference_words
from tasks.reply.workbook_bytes import workbook_bytes

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


def write_reply(submission: Submission, context: Context, before: PreviousVersion | None = None) -> WrittenFile | None:
    """Write the reply into the unit's 退回/ and a copy into data/returned; None for a state without a reply.

    Refused, returned, queried: a workbook with 问题清单 first, the unit's own if it can be annotated. Accepted: a receipt.
    `before` is the version of the same duty that was in force. Writing twice changes nothing.
    Raises RetryableError when a folder cannot be written.
    """
    if submission.state not in ENDINGS:
        return None
    content = _content(submission, context, before)
    return place_reply(submission, content, context.exchange, context.data / "returned")


def write_replies(
    submissions: Sequence[Submission], context: Context, before: Mapping[int, PreviousVersion]
) -> tuple[list[tuple[Submission, WrittenFile | None]], list[str]]:
    """Each submission with its reply, and why others have none: the next pass replies to those.

    `before` is the version of the same duty that was in force when each was decided, by the submission's id.
    """
    answered, troubles = [], []
    for submission in submissions:
        try:
            answered.append((submission, write_reply(submission, context, before.get(submission.id))))
        except RetryableError as error:
            # A clerk who has the old reply open must not delay the replies to others.
            troubles.append(str(error))
    return answered, troubles


def _content(submission: Submission, context: Context, before: PreviousVersion | None) -> bytes:
    """The bytes of the reply, in the best form that the unit's file allows.

    openpyxl may open a workbook and fail to save it, with any exception: the next form is tried then.
    """
    for make_book in _forms(submission, context, before):
        try:
            if (book := make_book()) is not None:
                return workbook_bytes(book, submission.decided_at)
        except Exception as error:
            if _is_disk_error(error):
                raise RetryableError(f"答复写不出来（{error}）。请检查临时文件夹所在磁盘的空间，下次再写。") from error
    raise RetryableError(f"来件 {submission.path} 的答复写不出来，请把本行文字和原件交给维护人员")


def _is_disk_error(error: Exception) -> bool:
    """Whether the disk failed. openpyxl writes temporary files through an XML library whose error text begins with IO_."""
    return isinstance(error, OSError) or str(error).startswith("IO_")


def _forms(
    submission: Submission, context: Context, before: PreviousVersion | None
) -> Iterator[Callable[[], Workbook | None]]:
    """Functions that make the reply, the best form first; one that is impossible for this submission returns None."""
    plan, layout = context.plan, context.layout
    counting_file = counting_file_words(submission, before)

    def annotated() -> Workbook | None:
        if (book := _opened(context.originals / submission.stored)) is not None:
            annotate(book, submission.findings)
            write_findings_sheet(book, submission, plan, _NEXT[submission.state], counting_file)
        return book

    def issued() -> Workbook | None:
        if (book := _issued(submission, context)) is not None:
            write_findings_sheet(book, submission, plan, _NEXT["fresh"], counting_file)
        return book

    if submission.state == "accepted":
        yield lambda: receipt_workbook(submission, plan, counting_file, difference_words(before, layout))
    elif submission.state == "refused":
        # Never open a refused file again: opening it may be what it was refused for.
        yield lambda: _list_only(submission, plan, "refused", counting_file)
    else:
        yield annotated
        yield issued
        yield lambda: _list_only(submission, plan, "bare", counting_file)


def _list_only(submission: Submission, plan: Plan, next_step: str, counting_file: str) -> Workbook:
    book = Workbook()
    write_findings_sheet(book, submission, plan, _NEXT[next_step], counting_file)
    # A new openpyxl workbook has an empty sheet, now the last one.
    del book[book.sheetnames[-1]]
    return book


def _opened(path: Path) -> Workbook | None:
    """The workbook at `path` with everything openpyxl can keep; None if it cannot be opened.

    Macros are dropped: a reply never contains a program.
    """
    try:
        content = path.read_bytes()
        if not zipfile.is_zipfile(io.BytesIO(content)):
            return None
        return load_workbook(io.BytesIO(content), rich_text=True)
    except Exception:
        # openpyxl raises any exception for a broken part (KeyError, ValueError, ParseError …). The list of findings then
        # comes in another workbook; the fault itself is among the findings of reading.
        return None


def _issued(submission: Submission, context: Context) -> Workbook | None:
    """The workbook in 发放/ that was issued for the same duty, identified by its signed sheet; None if there is none."""
    folder = reply_folder(submission)
    if folder is None or not (submission.kind and submission.period):
        return None
    for path in sorted((context.share / folder / ISSUED).glob("*.xlsx")):
        book = _opened(path)
        if book is not None and _is_for(book, submission, context.layout):
            return book
    return None


def _is_for(book: Workbook, submission: Submission, layout: WorkbookLayout) -> bool:
    if layout.signed_sheet not in book.sheetnames:
        return False
    identity = {str(row[0]): str(row[1]) for row in book[layout.signed_sheet].iter_rows(values_only=True, max_col=2)}
    wanted = {"plan": submission.plan, "unit": submission.unit, "kind": submission.kind, "period": submission.period}
    return all(identity.get(key) == value for key, value in wanted.items())
