"""A stored submission -> the file that answers it: the one door of this stage.

Belongs here: which form the answer takes. It needs nothing but the stored submission, so that a pass that died can
be finished by the next one, with the same bytes.
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
from tasks.model.context import Context
from tasks.model.submission import PreviousVersion, Submission, WrittenFile
from tasks.reply.annotate import annotate
from tasks.reply.findings_sheet import write_list
from tasks.reply.receipt_sheet import receipt
from tasks.reply.reply_paths import ENDINGS, ISSUED, place_reply, reply_folder
from tasks.reply.version_words import difference, which_counts
from tasks.reply.workbook_bytes import packed

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
    """Write the answer into the unit's 退回/ and a copy into data/returned; None where there is none to give.

    Refused, returned, queried: a workbook with 问题清单 first, the unit's own wherever it can be annotated. Accepted:
    a receipt. `before` is what was in force of the same duty. Writing twice changes nothing.
    Raises RetryableError when a folder cannot be written.
    """
    if submission.state not in ENDINGS:
        return None
    content = _content(submission, context, before)
    return place_reply(submission, content, context.exchange, context.data / "returned")


def write_replies(
    submissions: Sequence[Submission], context: Context, before: Mapping[int, PreviousVersion]
) -> tuple[list[tuple[Submission, WrittenFile | None]], list[str]]:
    """Each submission with its answer, and why others have none: the next pass answers those.

    `before` is what was in force of the same duty when each was decided, by the submission's id.
    """
    answered, troubles = [], []
    for submission in submissions:
        try:
            answered.append((submission, write_reply(submission, context, before.get(submission.id))))
        except RetryableError as error:
            # A clerk who has the old answer open must not keep the others waiting for theirs.
            troubles.append(str(error))
    return answered, troubles


def _content(submission: Submission, context: Context, before: PreviousVersion | None) -> bytes:
    """The answer's bytes, in the best form that can be made of the unit's file.

    openpyxl may open a workbook and then fail to save it, in whatever way: that costs the marks, not the answer.
    """
    for answer in _answers(submission, context, before):
        try:
            if (book := answer()) is not None:
                return packed(book, submission.decided_at)
        except Exception as error:
            if _is_no_room(error):
                raise RetryableError(f"答复写不出来（{error}）。请检查临时文件夹所在磁盘的空间，下次再写。") from error
    raise RetryableError(f"来件 {submission.path} 的答复写不出来，请把本行文字和原件交给维护人员")


def _is_no_room(error: Exception) -> bool:
    """Whether it was the disk. openpyxl packs by way of temporary files; its XML library says so by a name of its own."""
    return isinstance(error, OSError) or str(error).startswith("IO_")


def _answers(
    submission: Submission, context: Context, before: PreviousVersion | None
) -> Iterator[Callable[[], Workbook | None]]:
    """Ways to answer, the best first; one that cannot be gone gives None."""
    plan, layout = context.plan, context.layout
    counts = which_counts(submission, before)

    def own() -> Workbook | None:
        if (book := _opened(context.originals / submission.stored)) is not None:
            annotate(book, submission.findings)
            write_list(book, submission, plan, _NEXT[submission.state], counts)
        return book

    def fresh() -> Workbook | None:
        if (book := _issued(submission, context)) is not None:
            write_list(book, submission, plan, _NEXT["fresh"], counts)
        return book

    if submission.state == "accepted":
        yield lambda: receipt(submission, plan, counts, difference(before, layout))
    elif submission.state == "refused":
        # What was refused is never opened again: it may have been refused for what opening it does.
        yield lambda: _list_only(submission, plan, "refused", counts)
    else:
        yield own
        yield fresh
        yield lambda: _list_only(submission, plan, "bare", counts)


def _list_only(submission: Submission, plan: Plan, next_step: str, counts: str) -> Workbook:
    book = Workbook()
    write_list(book, submission, plan, _NEXT[next_step], counts)
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


def _issued(submission: Submission, context: Context) -> Workbook | None:
    """The workbook issued for the same duty, known by its signed sheet; None if it is not in 发放/."""
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
    said = {str(row[0]): str(row[1]) for row in book[layout.signed_sheet].iter_rows(values_only=True, max_col=2)}
    wanted = {"plan": submission.plan, "unit": submission.unit, "kind": submission.kind, "period": submission.period}
    return all(said.get(key) == value for key, value in wanted.items())
