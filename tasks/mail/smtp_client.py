"""yagmail, with its traps closed: one connection for a batch, verified TLS, one try a letter.

Belongs here: everything that touches yagmail. When to send, what an answer means and how fast to go is said elsewhere.
"""

from __future__ import annotations

import hashlib
import ipaddress
import mimetypes
import socket
import ssl
from email import message_from_string
from email.header import decode_header, make_header
from email.message import Message
from io import BytesIO
from typing import Any, Literal

import yagmail

from config.settings import MailSettings
from tasks.errors import InputError

Stage = Literal["connect", "envelope", "data"]

# Python 3.11 knows these only where the system lists them; without a type yagmail writes "None/None".
_OFFICE_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xls": "application/vnd.ms-excel",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".csv": "text/csv",
    ".html": "text/html",
    ".pdf": "application/pdf",
}


_LINE_MAX = 76
# Every login is over TLS, so the ways that all servers know come first; and what a server says of a way it lacks after all.
_LOGIN_WAYS, _NO_SUCH_WAY = ("PLAIN", "LOGIN", "CRAM-MD5"), (504, 534)


class NamedBytes(BytesIO):
    """An attachment's bytes under the name its recipient sees."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(content)
        self.name = name


class SmtpClient(yagmail.SMTP):  # type: ignore[misc]
    """A yagmail client that keeps its line open, never falls back to clear text and never sends twice by itself.

    `stage` says how far the last try came, which alone tells a letter that certainly did not arrive from one that
    may have.
    """

    def __init__(self, mail: MailSettings, sender: tuple[str, str]) -> None:
        address, name = sender
        self.stage: Stage = "connect"
        self.secret = mail.password.get_secret_value()
        self.account = mail.user if self.secret else ""
        for suffix, kind in _OFFICE_TYPES.items():
            mimetypes.add_type(kind, suffix)
        # yagmail would log in as the sender's address, and ask a missing password on the terminal: see `login`.
        super().__init__(
            {address: name},
            host=mail.host,
            port=mail.port,
            smtp_skip_login=True,
            timeout=mail.timeout_seconds,
            **_security(mail),
        )

    @property
    def connection(self) -> Any:
        """yagmail's own connection class, noting when the server is ready for the letter's content (354)."""
        wire, base = self, super().connection

        class Line(base):  # type: ignore[misc, valid-type]
            def getreply(self) -> Any:
                reply = super().getreply()
                if reply[0] == 354:
                    wire.stage = "data"
                return reply

            def login(self, user: str, password: str) -> Any:
                """Offer the password once. The base class offers it anew in every way there is: so accounts get locked."""
                self.ehlo_or_helo_if_needed()
                offered = self.esmtp_features.get("auth", "").split()
                ways = [way for way in _LOGIN_WAYS if way in offered]
                for way in ways[:-1]:
                    self.esmtp_features["auth"] = way
                    try:
                        return super().login(user, password)
                    except OSError as error:
                        if getattr(error, "smtp_code", 0) not in _NO_SUCH_WAY:
                            raise
                self.esmtp_features.update({"auth": ways[-1]} if ways else {})
                return super().login(user, password)

        return Line

    def login(self) -> None:
        """Connect, secure the line and log in, unless that is done already. After any failure the line is closed.

        yagmail goes on with whatever is left of a failed login, in clear text if need be.
        """
        if self._is_alive():
            return
        self.stage = "connect"
        try:
            super().login()
            if self.account:
                self.smtp.login(self.account, self.secret)
        except BaseException:
            self.hang_up()
            raise

    def hang_up(self) -> None:
        """Drop the line at once, without a word to the server."""
        self.is_closed = True
        if self.smtp is not None:
            self.smtp.close()

    def close(self) -> None:
        """Say goodbye and drop the line; a server that is gone already is no fault."""
        try:
            super().close()
        except OSError:
            self.hang_up()

    def _is_alive(self) -> bool:
        if self.smtp is None or self.smtp.sock is None:
            return False
        try:
            return bool(self.smtp.noop()[0] == 250)
        except OSError:
            return False

    def _attempt_send(self, recipients: list[str], msg_strings: str) -> Any:
        """One try. yagmail's own three hide a second delivery after a dropped line; the outbox must know of each."""
        self.stage = "envelope"
        return self.smtp.sendmail(self.user, recipients, msg_strings)

    def prepare_send(
        self, to: Any = None, subject: Any = None, contents: Any = None, *others: Any, **named: Any
    ) -> tuple[list[str], str]:
        """yagmail's message, with `contents` = (plain text, HTML) each in its own part.

        Left to itself yagmail puts both texts into both parts and draws random boundaries.
        """
        recipients, draft = super().prepare_send(to, subject, None, *others, **named)
        text, html = contents
        return recipients, _finish(message_from_string(draft), text, html)


def _finish(message: Message[Any, Any], text: str, html: str) -> str:
    """Fill the two text parts, name every attachment, and fix the boundaries: same letter, same bytes."""
    for name in ("Subject", "From"):
        # yagmail writes one encoded word however long; RFC 2047 allows 75 characters, and some clients show no more.
        words = make_header(decode_header(message[name]), header_name=name)
        del message[name]
        message[name] = words
    digest = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:24]
    bodies = {"text/plain": text, "text/html": html}
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{digest}_{number}")
        elif part.get_param("name") is None and (body := bodies.pop(part.get_content_type(), None)) is not None:
            del part["Content-Transfer-Encoding"]
            part.set_payload(body, "utf-8")
        elif "Content-Disposition" not in part:
            part.add_header("Content-Disposition", "attachment", filename=_name(part))
    return message.as_string(maxheaderlen=_LINE_MAX)


def _name(part: Message) -> str | tuple[str, str, str]:
    name = part.get_filename("附件")
    return name if name.isascii() else ("utf-8", "", name)


def _security(mail: MailSettings) -> dict[str, Any]:
    """yagmail's arguments for the line's security. Certificates are always verified; clear text only by name."""
    if mail.security == "ssl":
        return {"smtp_ssl": True, "smtp_starttls": False, "context": _context(mail)}
    if mail.security == "starttls":
        return {"smtp_ssl": False, "smtp_starttls": {"context": _context(mail)}}
    return {"smtp_ssl": False, "smtp_starttls": False}


def _context(mail: MailSettings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(mail.ca_file) if mail.ca_file else None)


def check_settings(mail: MailSettings) -> None:
    """Refuse settings that cannot or must not be used, before anything is sent. Raises InputError with the remedy."""
    if not mail.host:
        raise InputError("没有设置邮件服务器。请设置 LIANXI_SMTP_HOST，或将 LIANXI_MAIL 改回 dry-run")
    password = mail.password.get_secret_value()
    if mail.user and not password and mail.security != "none":
        raise InputError("设置了邮件账号但没有密码。请设置 LIANXI_SMTP_PASSWORD")
    remedy = "请将 LIANXI_SMTP_SECURITY 设为 ssl 或 starttls"
    if mail.security == "none" and password:
        raise InputError(f"不加密的连接不能登录，否则密码会以明文传送。{remedy}")
    if mail.security == "none" and not _is_inside(mail.host, mail.port):
        raise InputError(f"不加密的连接只能用于办公网内的服务器，{mail.host} 不是。{remedy}")


def _is_inside(host: str, port: int) -> bool:
    """Whether every address of the host is private or this very machine. A host that cannot be found is not inside."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return False
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    # Older Pythons call every IPv4 address that is written as IPv6 private.
    return all((getattr(each, "ipv4_mapped", None) or each).is_private for each in addresses)
