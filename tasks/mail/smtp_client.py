"""yagmail, made safe: one connection per batch, verified TLS, one try per letter.

Belongs here: everything that touches yagmail. Does not belong here: when to send (`sending_hours`), how fast
(`deliver`), what a reply means (`smtp_replies`).
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

# Python 3.11 knows these types only if the system lists them; without a type yagmail writes "None/None".
_OFFICE_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xls": "application/vnd.ms-excel",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".csv": "text/csv",
    ".html": "text/html",
    ".pdf": "application/pdf",
}
_LINE_MAX = 76
# Logins are always over TLS, so the methods that most servers support come first.
_LOGIN_METHODS = ("PLAIN", "LOGIN", "CRAM-MD5")
# Reply codes for a method that the server announced but does not support.
_UNSUPPORTED_METHOD = (504, 534)


class NamedBytes(BytesIO):
    """An attachment's bytes with the file name that the recipient sees."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(content)
        self.name = name


class SmtpClient(yagmail.SMTP):  # type: ignore[misc]
    """A yagmail client that keeps its connection open, never falls back to clear text and never resends by itself.

    `stage` is how far the last try came: only it tells a letter that certainly did not arrive from one that may have.
    """

    def __init__(self, mail: MailSettings, sender: tuple[str, str]) -> None:
        address, name = sender
        self.stage: Stage = "connect"
        self.secret = mail.password.get_secret_value()
        self.account = mail.user if self.secret else ""
        for suffix, kind in _OFFICE_TYPES.items():
            mimetypes.add_type(kind, suffix)
        # yagmail's own login uses the sender's address and asks for a missing password on the terminal: see `login`.
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
        """yagmail's connection class, extended to note when the server is ready for the letter's content (354)."""
        client, base = self, super().connection

        class Connection(base):  # type: ignore[misc, valid-type]
            def getreply(self) -> Any:
                reply = super().getreply()
                if reply[0] == 354:
                    client.stage = "data"
                return reply

            def login(self, user: str, password: str) -> Any:
                """Try the password once. The base class repeats it with every method, which gets accounts locked."""
                self.ehlo_or_helo_if_needed()
                offered = self.esmtp_features.get("auth", "").split()
                methods = [method for method in _LOGIN_METHODS if method in offered]
                for method in methods[:-1]:
                    self.esmtp_features["auth"] = method
                    try:
                        return super().login(user, password)
                    except OSError as error:
                        if getattr(error, "smtp_code", 0) not in _UNSUPPORTED_METHOD:
                            raise
                self.esmtp_features.update({"auth": methods[-1]} if methods else {})
                return super().login(user, password)

        return Connection

    def login(self) -> None:
        """Connect over TLS and log in, unless connected already. After any failure the connection is closed.

        Without that yagmail would continue with what is left of a failed login, if need be in clear text.
        """
        if self._is_alive():
            return
        self.stage = "connect"
        try:
            super().login()
            if self.account:
                self.smtp.login(self.account, self.secret)
        except BaseException:
            self.abort()
            raise

    def abort(self) -> None:
        """Close the connection at once, without QUIT."""
        self.is_closed = True
        if self.smtp is not None:
            self.smtp.close()

    def close(self) -> None:
        """Send QUIT and close the connection. A server that is gone already is not an error."""
        try:
            super().close()
        except OSError:
            self.abort()

    def _is_alive(self) -> bool:
        if self.smtp is None or self.smtp.sock is None:
            return False
        try:
            return bool(self.smtp.noop()[0] == 250)
        except OSError:
            return False

    def _attempt_send(self, recipients: list[str], msg_strings: str) -> Any:
        """One try. yagmail's three tries could hide a second delivery after a dropped connection from the outbox."""
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
    """Fill the two text parts, name all attachments and fix the boundaries: the same letter gives the same bytes."""
    for name in ("Subject", "From"):
        # yagmail writes one encoded word of any length; RFC 2047 allows 75 characters, and some clients show no more.
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
    """yagmail's arguments for TLS. Certificates are always verified; clear text only if the settings say "none"."""
    if mail.security == "ssl":
        return {"smtp_ssl": True, "smtp_starttls": False, "context": _context(mail)}
    if mail.security == "starttls":
        return {"smtp_ssl": False, "smtp_starttls": {"context": _context(mail)}}
    return {"smtp_ssl": False, "smtp_starttls": False}


def _context(mail: MailSettings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(mail.ca_file) if mail.ca_file else None)


def check_settings(mail: MailSettings) -> None:
    """Check the settings before anything is sent. Raises InputError with the remedy if they cannot or must not be used."""
    if not mail.host:
        raise InputError("没有设置邮件服务器。请设置 LIANXI_SMTP_HOST，或将 LIANXI_MAIL 改回 dry-run")
    password = mail.password.get_secret_value()
    if mail.user and not password and mail.security != "none":
        raise InputError("设置了邮件账号但没有密码。请设置 LIANXI_SMTP_PASSWORD")
    remedy = "请将 LIANXI_SMTP_SECURITY 设为 ssl 或 starttls"
    if mail.security == "none" and password:
        raise InputError(f"不加密的连接不能登录，否则密码会以明文传送。{remedy}")
    if mail.security == "none" and not _is_private(mail.host, mail.port):
        raise InputError(f"不加密的连接只能用于办公网内的服务器，{mail.host} 不是。{remedy}")


def _is_private(host: str, port: int) -> bool:
    """Whether all addresses of the host are private or this machine's. False for a host that cannot be resolved."""
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return False
    addresses = [ipaddress.ip_address(str(info[4][0]).partition("%")[0]) for info in infos]
    # Older Pythons treat every IPv4-mapped IPv6 address as private.
    return all((getattr(each, "ipv4_mapped", None) or each).is_private for each in addresses)
