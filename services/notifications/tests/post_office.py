"""A mail server for tests: aiosmtpd, in the test's own loop, that answers as it is told."""

from __future__ import annotations

import asyncio
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP as STRICT
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from notifications.mailing import MailServer

CERTIFICATE = Path(__file__).with_name("localhost.pem")
DROP = "drop the line"


@dataclass
class PostOffice:
    """Answers are given per recipient and command, one after the other; then everything is taken."""

    tls: bool = False
    login: tuple[str, str] | None = None
    port: int = 0
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    connections: int = 0
    per_connection: int | None = None
    before: Callable[[], Awaitable[None]] | None = None
    _answers: defaultdict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def answers(self, command: str, recipient: str, *answers: str) -> None:
        """What to answer to RCPT or DATA for this recipient, before it is treated like any other."""
        self._answers[command, recipient] += answers

    @property
    def server(self) -> MailServer:
        return MailServer("127.0.0.1", self.port, timeout_seconds=5)

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.taken]

    def mails(self) -> list[EmailMessage]:
        """What was taken, as a mail program reads it."""
        parser = BytesParser(EmailMessage, policy=STRICT)
        return [parser.parsebytes(content) for _, content in self.taken]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[PostOffice]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: self._protocol(loop), "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    def _protocol(self, loop: asyncio.AbstractEventLoop) -> SMTP:
        self.connections += 1
        options: dict[str, Any] = {}
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            options["tls_context"] = context
        if self.login:
            options |= {"authenticator": self._authenticate, "auth_required": True}
        return SMTP(_Handler(self), loop=loop, hostname="post.office.example", **options)

    def _authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        given = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self.login)

    def answer(self, command: str, recipient: str) -> str | None:
        waiting = self._answers[command, recipient]
        return waiting.pop(0) if waiting else None


@dataclass
class _Handler:
    office: PostOffice
    served: int = 0

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        limit = self.office.per_connection
        if limit is not None and self.served >= limit:
            _line(server).close()
            return "421 4.7.0 that was enough for one connection"
        if answer := self.office.answer("MAIL", address):
            return answer
        self.office.secured.append(session.ssl is not None)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.office.answer("RCPT", address)
        if answer == DROP:
            _line(server).abort()
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        (recipient,) = envelope.rcpt_tos
        self.office.offered.append(recipient)
        if self.office.before:
            await self.office.before()
        answer = self.office.answer("DATA", recipient)
        if answer == DROP:
            _line(server).abort()
        if answer:
            return answer
        assert isinstance(envelope.content, bytes)
        self.office.taken.append((recipient, envelope.content))
        self.served += 1
        return "250 OK"


def _line(server: SMTP) -> asyncio.WriteTransport:
    assert isinstance(server.transport, asyncio.WriteTransport)
    return server.transport
