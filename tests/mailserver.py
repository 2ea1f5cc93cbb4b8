"""A real SMTP server on loopback with TLS and login, which can be made to fail on purpose.

Belongs here: the server, its certificate authority, its faults and the letters it accepted. Does not belong here: what
a fault should lead to (the tests that use it).
"""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "notice@mail.example", "对ok".encode().hex()
Where = Literal["greeting", "auth", "mail", "data", "before-data", "body", "after-data"]


@dataclass
class Faults:
    """What goes wrong. Each event uses up one entry of its list; "" lets that event pass.

    `greeting`, `login`, `sender`, `data` hold replies ("421 busy"); `recipients` holds a fixed reply per address.
    `drop` holds for each letter in turn the point at which its connection is cut, or "stall", which delays the reply
    to the finished letter by `stall_seconds`. If `drop` is empty, `stall_seconds` delays all of them.
    """

    greeting: list[str] = field(default_factory=list)
    login: list[str] = field(default_factory=list)
    sender: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    recipients: dict[str, str] = field(default_factory=dict)
    drop: list[str] = field(default_factory=list)
    stall_seconds: float = 0.0


@dataclass(frozen=True)
class AcceptedLetter:
    """One letter that the server accepted."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    secure: bool

    @property
    def message(self) -> EmailMessage:
        """The letter, parsed."""
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


class Authority:
    """A new certificate authority with one certificate for `host`."""

    def __init__(self, folder: Path, host: str = "localhost") -> None:
        authority = trustme.CA()
        self.ca_file = folder / f"ca-{host}.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(host).configure_cert(self.context)


class MailServer:
    """`with MailServer(authority, security) as server:` listens on 127.0.0.1:`server.port` until the block ends."""

    def __init__(
        self,
        authority: Authority | None = None,
        security: Literal["ssl", "starttls", "none"] = "none",
        faults: Faults | None = None,
        withhold_starttls: bool = False,
        log: Path | None = None,
    ) -> None:
        self.security, self.faults = security, faults or Faults()
        self.context = authority.context if authority else None
        self.withhold_starttls = withhold_starttls
        self.log = log
        self.taken: list[AcceptedLetter] = []
        self.connections = 0
        self.logins: list[bool] = []
        self.envelopes_in_clear = 0
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._sessions: list[_Connection] = []

    def __enter__(self) -> MailServer:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _listen(self) -> asyncio.Server:
        wrapped = self.context if self.security == "ssl" else None
        return await self._loop.create_server(self._connect, "127.0.0.1", 0, ssl=wrapped)

    async def _stop(self) -> None:
        self._server.close()
        for connection in self._sessions:
            if connection.transport is not None:
                connection.transport.close()
        await asyncio.sleep(0.01)

    def drop_lines(self) -> None:
        """Cut all open connections, as servers do with idle ones; returns once they are closed."""

        async def cut() -> None:
            for connection in self._sessions:
                connection._cut()
            await asyncio.sleep(0.01)

        asyncio.run_coroutine_threadsafe(cut(), self._loop).result(10)

    def _connect(self) -> _Connection:
        self.connections += 1
        self._sessions.append(_Connection(self))
        return self._sessions[-1]

    def authenticate(self, server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        """Whether user and password are right; called by aiosmtpd."""
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        self.logins.append(good)
        return AuthResult(success=good, handled=good)


class _Connection(SMTP):
    """One connection. A fault happens where the reply in question would be sent."""

    def __init__(self, owner: MailServer) -> None:
        starttls = owner.security == "starttls" and not owner.withhold_starttls
        super().__init__(
            _Handler(owner),
            hostname="localhost",
            loop=owner._loop,
            tls_context=owner.context if starttls else None,
            require_starttls=starttls,
            auth_require_tls=starttls,
            authenticator=owner.authenticate,
        )
        # aiosmtpd only takes STARTTLS for TLS, and warns of a login on a socket that uses TLS from the start.
        self._auth_required = owner.security == "ssl" or starttls
        self.owner = owner
        self.greeted = False
        self.fault = ""

    async def push(self, status: Any) -> None:
        """Send a reply, or what a fault replaces it with."""
        faults = self.owner.faults
        if not self.greeted:
            self.greeted = True
            status = (faults.greeting.pop(0) if faults.greeting else "") or status
        if str(status).startswith("354") and self.fault in ("before-data", "body"):
            if self.fault == "body":
                await super().push(status)
                await self._reader.readuntil(b"\r\n")
            self._cut()
            return
        if self.transport is None:
            return
        await super().push(status)
        if str(status).startswith("421"):
            self._cut()

    def _cut(self) -> None:
        if self.transport is not None:
            self.transport.abort()  # type: ignore[attr-defined]

    async def smtp_AUTH(self, arg: str) -> None:
        """Refuse this login method if a fault says so, before the password is checked."""
        login = self.owner.faults.login
        if login and (reply := login.pop(0)):
            await self.push(reply)
            return
        await super().smtp_AUTH(arg)

    async def smtp_DATA(self, arg: str) -> None:
        """Take the fault of this letter, if any, then go on as usual."""
        drop = self.owner.faults.drop
        self.fault = drop.pop(0) if drop else ""
        await super().smtp_DATA(arg)


class _Handler:
    """Handles the commands of an envelope."""

    def __init__(self, owner: MailServer) -> None:
        self.owner = owner

    async def handle_MAIL(
        self, server: _Connection, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self._secure(session, server):
            self.owner.envelopes_in_clear += 1
        sender = self.owner.faults.sender
        if sender and (reply := sender.pop(0)):
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: _Connection, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := self.owner.faults.recipients.get(address, ""):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: _Connection, session: Session, envelope: Envelope) -> str:
        faults = self.owner.faults
        if faults.data and (reply := faults.data.pop(0)):
            return reply
        content = envelope.content
        assert isinstance(content, bytes)
        recipients = tuple(str(address) for address in envelope.rcpt_tos)
        secure = self._secure(session, server)
        taken = AcceptedLetter(str(envelope.mail_from), recipients, content, secure)
        self.owner.taken.append(taken)
        if self.owner.log:
            _write_log(self.owner.log, taken, server.fault)
        if faults.stall_seconds and (server.fault == "stall" or not faults.drop):
            await asyncio.sleep(faults.stall_seconds)
        if server.fault == "after-data":
            server._cut()
        return "250 OK"

    def _secure(self, session: Session, server: _Connection) -> bool:
        return self.owner.security == "ssl" or session.ssl is not None


def _write_log(log: Path, taken: AcceptedLetter, fault: str) -> None:
    """Log one accepted letter, so that it can be read after this process has ended."""
    line = {"to": taken.recipients[0], "id": taken.message["Message-ID"], "fault": fault, "secure": taken.secure}
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
