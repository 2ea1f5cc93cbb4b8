"""The name of a reply, its folder, and writing it there. Nothing else in the share is touched.

Belongs here: names and atomic writing. The content of a reply is made in `write_reply`.
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
from tasks.storage.share import Share, write_to_share

RETURNED, PUBLIC, ISSUED = "退回", "公共上报", "发放"
ENDINGS: Mapping[State, str] = {
    **{state: STATE_WORDS[state] for state in NOT_ACCEPTED},
    "accepted": "受理回执",
}
# Characters that Windows file systems refuse become full-width ones; invisible characters become _.
_SAFE = str.maketrans('\\/:*?"<>|', "＼／：＊？＂＜＞｜")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
# 255 bytes is the limit of a name on most file systems; a Chinese character takes three of them.
_STEM_BYTES = 150


def reply_folder(submission: Submission) -> str | None:
    """The share folder of the reporting unit, else the folder the file was found in; None for the public drop folder."""
    if submission.unit:
        return _plain(submission.unit)
    return _found_in(submission)


def _found_in(submission: Submission) -> str | None:
    """The unit folder a file was found in; None for the public folder, no folder, or a name that is not a plain one."""
    folder = PurePosixPath(submission.path).parts[0]
    return folder if folder not in (PUBLIC, submission.path) and _plain(folder) == folder else None


def reply_name(submission: Submission) -> str:
    """The file name of the reply: `县住建局_2023-10_月度报送_第1版_退回更正.xlsx`.

    Without a known unit, kind or period: the file's own name and the start of its sha256.
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
    return _INVISIBLE.sub("_", name).translate(_SAFE).strip(" .") or "_"


def place_reply(submission: Submission, content: bytes, share: Share, returned: Path) -> WrittenFile:
    """Write the reply into the unit's 退回/ and a copy into `returned`/<plan>, atomically; equal files are not rewritten.

    A file found in another unit's folder gets the reply there too, for the person who put it there. Without any unit folder
    the reply is only in `returned`. `returned` is directly in data/, and the path of the result is relative to data/.
    Raises RetryableError when a folder cannot be written.
    """
    folder, name = reply_folder(submission), reply_name(submission)
    copy = returned / submission.plan / (folder or PUBLIC) / name
    folders = dict.fromkeys(each for each in (folder, _found_in(submission)) if each)
    if folders and isinstance(share, Path):
        _check_mounted(share)
    for each in folders:
        with _write_errors(f"{share}/{each}/{RETURNED}/{name}"):
            write_to_share(share, f"{each}/{RETURNED}/{name}", content)
    with _write_errors(str(copy)):
        write_atomically(copy, content)
    return WrittenFile(copy.relative_to(returned.parent).as_posix(), hashlib.sha256(content).hexdigest())


def _check_mounted(share: Path) -> None:
    """Raises RetryableError for a missing or empty share: it is not mounted, and no unit would see the reply."""
    try:
        with os.scandir(share) as entries:
            if any(entries):
                return
    except OSError as error:
        raise RetryableError(f"共享文件夹 {share} 打不开（{error.strerror}），答复下次再放。") from error
    raise RetryableError(f"共享文件夹 {share} 是空的，像是没有挂载好，答复下次再放。")


@contextmanager
def _write_errors(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = f"{path} 写不进去（{error.strerror}）。请检查文件是否正被打开、文件夹是否可写。"
        raise RetryableError(reason) from error
