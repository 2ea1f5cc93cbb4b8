"""What an answer is called, where it lies, and putting it there. Nothing else in the share is touched.

Belongs here: names and atomic writing. What the answer says is `listing` and `receipt`.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from tasks.errors import RetryableError
from tasks.model.submission import Submission, WrittenFile
from tasks.model.words import KIND_TITLES, NOT_ACCEPTED, STATE_WORDS, State
from tasks.storage.atomic_write import write_atomically
from tasks.storage.share import Share, put_into

RETURNED, PUBLIC, ISSUED = "退回", "公共上报", "发放"
ENDINGS: Mapping[State, str] = {
    **{state: STATE_WORDS[state] for state in NOT_ACCEPTED},
    "accepted": "受理回执",
}
# What no file system shared with Windows takes, in full width, and what no eye can see.
_SAFE = str.maketrans('\\/:*?"<>|', "＼／：＊？＂＜＞｜")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
# 255 bytes is the limit of a name on most file systems; a Chinese character takes three of them.
_STEM_BYTES = 150


def reply_folder(submission: Submission) -> str | None:
    """The unit's folder in the share: of the unit that reported, else where the file lay; None for a public drop."""
    if submission.unit:
        return _plain(submission.unit)
    return _found_in(submission)


def _found_in(submission: Submission) -> str | None:
    """The unit's folder a file lay in; a path that climbs, or lies in no folder, is nobody's folder."""
    folder = PurePosixPath(submission.path).parts[0]
    return folder if folder not in (PUBLIC, submission.path) and _plain(folder) == folder else None


def reply_name(submission: Submission) -> str:
    """The answer's file name: `县住建局_2023-10_月度报送_第1版_退回更正.xlsx`.

    What nobody can tell the unit or the period of keeps its own name, with the start of its sha256 beside it.
    """
    ending = ENDINGS[submission.state]
    if submission.unit and submission.kind and submission.period:
        title = KIND_TITLES[submission.kind]
        return f"{_plain(submission.unit)}_{submission.period}_{title}_第{submission.version}版_{ending}.xlsx"
    return f"{_stem(submission)}_{submission.sha256[:8]}_{ending}.xlsx"


def _stem(submission: Submission) -> str:
    stem = _plain(PurePosixPath(submission.path).stem).encode("utf-8", "replace")[:_STEM_BYTES]
    return stem.decode("utf-8", "ignore").strip(" .") or "文件"


def _plain(name: str) -> str:
    return _UNSEEN.sub("_", name).translate(_SAFE).strip(" .") or "_"


def place_reply(submission: Submission, content: bytes, share: Share, returned: Path) -> WrittenFile:
    """Put the answer into the unit's 退回/ and a copy into `returned`/<plan>, atomically; same bytes are left alone.

    A file that lay in another unit's folder is answered there too: whoever put it there has to know.

    `returned` lies directly in data/, to which the result's path is relative. An answer to a public drop from
    nobody knows whom stays in `returned` only. Raises RetryableError when a folder cannot be written.
    """
    folder, name = reply_folder(submission), reply_name(submission)
    copy = returned / submission.plan / (folder or PUBLIC) / name
    folders = dict.fromkeys(each for each in (folder, _found_in(submission)) if each)
    if folders and isinstance(share, Path):
        _check_there(share)
    for each in folders:
        with _told(f"{share}/{each}/{RETURNED}/{name}"):
            put_into(share, f"{each}/{RETURNED}/{name}", content)
    with _told(str(copy)):
        write_atomically(copy, content)
    return WrittenFile(copy.relative_to(returned.parent).as_posix(), hashlib.sha256(content).hexdigest())


def _check_there(share: Path) -> None:
    """A share that is not mounted is an empty folder, or none: an answer laid there would be seen by nobody."""
    try:
        with os.scandir(share) as entries:
            if any(entries):
                return
    except OSError as error:
        raise RetryableError(f"共享文件夹 {share} 打不开（{error.strerror}），答复下次再放。") from error
    raise RetryableError(f"共享文件夹 {share} 是空的，像是没有挂载好，答复下次再放。")


@contextmanager
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = f"{path} 写不进去（{error.strerror}）。请检查文件是否正被打开、文件夹是否可写。"
        raise RetryableError(reason) from error
