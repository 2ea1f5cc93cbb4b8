"""One letter made ready: what is refused before the wire, and yagmail's arguments for what is not.

Belongs here: the checks and packing of a single letter. The order and pace of a batch are in `post`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from yagmail import raw

from tasks.mail.addresses import has_control, is_allowed, is_deliverable
from tasks.mail.smtp_client import NamedBytes
from tasks.model.letter import Attachment, Letter


@dataclass(frozen=True, slots=True)
class Sender:
    """The post counter: whose name letters carry and where their attachments lie.

    `sender` (address, name) and `reply_to` come from the county's settings. Paths in letters are relative to `data`;
    those that begin with share/ lie in `share`, wherever the office keeps it. `attachments_bytes` limits one letter's.
    """

    data: Path
    sender: tuple[str, str]
    reply_to: str = ""
    share: Path | None = None
    attachments_bytes: int = 14 * 2**20

    def file(self, attachment: Attachment) -> Path | None:
        """Where an attachment lies, or None for a path that leads out of the folders or to no file."""
        base, inside = self.data, attachment.path
        if self.share is not None and inside.startswith("share/"):
            base, inside = self.share, inside.removeprefix("share/")
        path = (base / inside).resolve()
        return path if path.is_relative_to(base.resolve()) and path.is_file() else None


def why_not(letter: Letter, counter: Sender) -> str:
    """Why a letter must not leave, in plain Chinese, or nothing. Checked whatever the server would say."""
    addresses = (*letter.to, *letter.cc, *((counter.reply_to,) if counter.reply_to else ()), counter.sender[0])
    if not letter.to:
        return "没有收件人，未寄出"
    if bad := [address for address in addresses if not is_deliverable(address)]:
        return f"邮箱地址不可用，未寄出：{'、'.join(repr(address) for address in bad)}"
    names = (letter.subject, letter.message_id, counter.sender[1], *(each.name for each in letter.attachments))
    if any(has_control(name) for name in names) or not letter.subject.strip():
        return "主题、发件人或附件名中有换行等控制字符，或主题为空，未寄出"
    if not re.fullmatch(r"<[\w.+-]+@[\w.-]+>", letter.message_id, re.ASCII):
        return "信件编号不合规范，未寄出"
    return _why_not_attached(letter, counter)


def _why_not_attached(letter: Letter, counter: Sender) -> str:
    files = [counter.file(each) for each in letter.attachments]
    if missing := [each.name for each, path in zip(letter.attachments, files, strict=True) if path is None]:
        return f"附件不存在，未寄出：{'、'.join(missing)}"
    size_bytes = sum(path.stat().st_size for path in files if path)
    if size_bytes > counter.attachments_bytes:
        return f"附件共 {size_bytes / 2**20:.1f} MB，超过 {counter.attachments_bytes / 2**20:.1f} MB 的上限，未寄出"
    return ""


def not_allowed(letter: Letter, allow: tuple[str, ...]) -> str:
    """Why the allow-list keeps a letter in, or nothing. One recipient outside keeps the whole letter in."""
    outside = {address.rpartition("@")[2] for address in letter.to + letter.cc if not is_allowed(address, allow)}
    if not outside:
        return ""
    return f"收件域名不在允许名单内，未寄出：{'、'.join(sorted(outside))}。放开请设置 LIANXI_MAIL_ALLOW"


def prepare_message(letter: Letter, counter: Sender, now: dt.datetime) -> dict[str, Any]:
    """yagmail's arguments for one letter. `now` is aware and becomes the letter's Date."""
    headers = {"Date": format_datetime(now), "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    if counter.reply_to:
        headers["Reply-To"] = counter.reply_to
    files = [(each.name, counter.file(each)) for each in letter.attachments]
    return {
        "to": list(letter.to),
        "cc": list(letter.cc) or None,
        "subject": letter.subject,
        # `raw`, lest a text that happens to be a file's name be attached as that file.
        "contents": (raw(letter.text), raw(letter.html)),
        "attachments": [NamedBytes(name, path.read_bytes()) for name, path in files if path] or None,
        "headers": headers,
        "message_id": letter.message_id,
    }
