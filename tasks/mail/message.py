"""Prepares one letter for sending: the checks before it leaves, and yagmail's arguments.

Does not belong here: the order and pace of a batch (`deliver`).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from yagmail import raw

from tasks.mail.addresses import has_control_characters, is_allowed, is_deliverable
from tasks.mail.smtp_client import NamedBytes
from tasks.model.letter import Attachment, Letter


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender's address and the folders of attachments, the same for all letters of a batch.

    `mailbox` (address, display name) and `reply_to` come from the county's settings. Paths of attachments are relative
    to `data`; those that begin with share/ are relative to `share`. `attachments_bytes` is the limit per letter.
    """

    data: Path
    mailbox: tuple[str, str]
    reply_to: str = ""
    share: Path | None = None
    attachments_bytes: int = 14 * 2**20

    def file(self, attachment: Attachment) -> Path | None:
        """The path of an attachment, or None if it leads out of the folders or there is no such file."""
        base, inside = self.data, attachment.path
        if self.share is not None and inside.startswith("share/"):
            base, inside = self.share, inside.removeprefix("share/")
        path = (base / inside).resolve()
        return path if path.is_relative_to(base.resolve()) and path.is_file() else None


def refusal_reason(letter: Letter, sender: Sender) -> str:
    """Why a letter must not be sent, in plain Chinese; '' if it may be. Checked before any server is asked."""
    addresses = (*letter.to, *letter.cc, *((sender.reply_to,) if sender.reply_to else ()), sender.mailbox[0])
    if not letter.to:
        return "没有收件人，未寄出"
    if bad := [address for address in addresses if not is_deliverable(address)]:
        return f"邮箱地址不可用，未寄出：{'、'.join(repr(address) for address in bad)}"
    names = (letter.subject, letter.message_id, sender.mailbox[1], *(each.name for each in letter.attachments))
    if any(has_control_characters(name) for name in names) or not letter.subject.strip():
        return "主题、发件人或附件名中有换行等控制字符，或主题为空，未寄出"
    if not re.fullmatch(r"<[\w.+-]+@[\w.-]+>", letter.message_id, re.ASCII):
        return "信件编号不合规范，未寄出"
    return _attachment_refusal(letter, sender)


def _attachment_refusal(letter: Letter, sender: Sender) -> str:
    files = [sender.file(each) for each in letter.attachments]
    if missing := [each.name for each, path in zip(letter.attachments, files, strict=True) if path is None]:
        return f"附件不存在，未寄出：{'、'.join(missing)}"
    size_bytes = sum(path.stat().st_size for path in files if path)
    if size_bytes > sender.attachments_bytes:
        return f"附件共 {size_bytes / 2**20:.1f} MB，超过 {sender.attachments_bytes / 2**20:.1f} MB 的上限，未寄出"
    return ""


def allow_list_refusal(letter: Letter, allow: tuple[str, ...]) -> str:
    """Why the allow-list forbids a letter; '' if it does not. One recipient off the list is enough to hold it back."""
    outside = {address.rpartition("@")[2] for address in letter.to + letter.cc if not is_allowed(address, allow)}
    if not outside:
        return ""
    return f"收件域名不在允许名单内，未寄出：{'、'.join(sorted(outside))}。放开请设置 LIANXI_MAIL_ALLOW"


def prepare_message(letter: Letter, sender: Sender, now: dt.datetime) -> dict[str, Any]:
    """yagmail's arguments for one letter. `now` has a time zone and becomes the Date header."""
    headers = {"Date": format_datetime(now), "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    if sender.reply_to:
        headers["Reply-To"] = sender.reply_to
    files = [(each.name, sender.file(each)) for each in letter.attachments]
    return {
        "to": list(letter.to),
        "cc": list(letter.cc) or None,
        "subject": letter.subject,
        # `raw`: otherwise yagmail attaches a file whose name equals the text.
        "contents": (raw(letter.text), raw(letter.html)),
        "attachments": [NamedBytes(name, path.read_bytes()) for name, path in files if path] or None,
        "headers": headers,
        "message_id": letter.message_id,
    }
