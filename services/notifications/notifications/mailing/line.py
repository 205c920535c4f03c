"""The line to the mail server: one connection, used for many mails, and what each reply means."""

from __future__ import annotations

import contextlib
import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from aiosmtplib import SMTP, SMTPException, SMTPResponseException, SMTPServerDisconnected
from aiosmtplib.protocol import PERIOD_REGEX

from notifications.domain import Deferred, Delivered, Lost, Outcome, Refused

OK: Final = 250
START_MAIL_INPUT: Final = 354
CLOSING: Final = 421
_ENHANCED: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|\Z)")

Security = Literal["offered", "required", "implicit", "none"]


class LineDownError(Exception):
    """No mail can be handed over now, whichever it is: the server is away, or refuses us as a sender."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes and how. ``offered``: STARTTLS when the server has it, without asking who the server is."""

    host: str
    port: int
    security: Security = "offered"
    ca_file: Path | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout_seconds: float = 60.0


class Line:
    """A connection that is opened when a mail is to go and closed when none is."""

    def __init__(self, server: MailServer, sender: str) -> None:
        self._server = server
        self._sender = sender
        self._client: SMTP | None = None
        self._trust: ssl.SSLContext | None = None
        """Whom we believe to be the server. To read it takes longer than to hand a mail over: 30 ms for a system's
        list of authorities. After a connection that could not be made it is read again: it may have been renewed."""
        self._handed_over = 0

    async def open(self) -> None:
        """Connect, if there is no connection.

        :raises LineDownError: it cannot be made.
        """
        if self._client is not None and self._client.is_connected:
            return
        try:
            self._trust = self._trust or _trust(self._server)
            client = _client(self._server, self._trust, hello=self._sender.rpartition("@")[2])
            await client.connect()
        except (SMTPException, OSError) as error:
            self._trust = None
            raise LineDownError(_name(error)) from None
        self._client, self._handed_over = client, 0

    async def close(self) -> None:
        """Say goodbye, as far as somebody listens."""
        client, self._client = self._client, None
        if client is not None and client.is_connected:
            with contextlib.suppress(SMTPException, OSError):
                await client.quit(timeout=2)
        if client is not None:
            client.close()

    async def send(self, recipient: str, mail: bytes) -> Outcome:
        """Hand one mail over.

        :raises LineDownError: the server takes no mail from us now; this one was not handed over.
        """
        await self._announce()
        client = self._connected()
        try:
            await client.rcpt(recipient)
            started = await client.execute_command(b"DATA")
            if started.code != START_MAIL_INPUT:
                raise SMTPResponseException(started.code, started.message)
        except SMTPResponseException as error:
            return await self._answered(error.code, error.message)
        except (SMTPException, OSError) as error:
            await self.close()
            return Deferred(_name(error))
        return await self._hand_over(client, mail)

    async def _announce(self) -> None:
        """MAIL FROM; once more on a new connection when the server ended one that had served already."""
        for again in (self._handed_over > 0, False):
            await self.open()
            client = self._connected()
            try:
                await client.mail(self._sender)
            except SMTPResponseException as error:
                await self.close()
                if not again or error.code != CLOSING:
                    raise LineDownError(f"MAIL answered with {error.code}") from None
            except (SMTPException, OSError) as error:
                await self.close()
                if not again:
                    raise LineDownError(_name(error)) from None
            else:
                return

    async def _hand_over(self, client: SMTP, mail: bytes) -> Outcome:
        """The mail itself. From its first byte on, a line that breaks leaves unknown what the server has."""
        protocol = client.protocol
        if protocol is None:
            return Deferred("SMTPServerDisconnected")
        try:
            protocol.write(PERIOD_REGEX.sub(b"..", mail) + b".\r\n")
            reply = await protocol.read_response(timeout=self._server.timeout_seconds)
        except (SMTPException, OSError):
            await self.close()
            return Lost()
        if reply.code == OK:
            self._handed_over += 1
            return Delivered()
        return await self._answered(reply.code, reply.message, after_mail=True)

    async def _answered(self, code: int, message: str, *, after_mail: bool = False) -> Outcome:
        """The meaning of a reply that is not the expected one; the connection is made ready for the next mail."""
        await self._reset()
        said = _ENHANCED.match(message)
        text = f"{code} {said.group()}" if said else str(code)
        if 400 <= code < 500:
            return Deferred(text)
        if 500 <= code < 600:
            return Refused(text)
        return Lost() if after_mail else Deferred(text)

    async def _reset(self) -> None:
        client = self._client
        try:
            if client is not None and client.is_connected:
                await client.rset()
                return
        except (SMTPException, OSError):
            pass
        await self.close()

    def _connected(self) -> SMTP:
        if self._client is None:
            raise LineDownError(SMTPServerDisconnected.__name__)
        return self._client


def _trust(server: MailServer) -> ssl.SSLContext:
    if server.security != "offered":
        return ssl.create_default_context(cafile=server.ca_file)
    # Better than plain text against those who only listen; who must know the server uses "required".
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _client(server: MailServer, trust: ssl.SSLContext, hello: str) -> SMTP:
    return SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username,
        password=server.password,
        local_hostname=hello,
        timeout=server.timeout_seconds,
        use_tls=server.security == "implicit",
        start_tls={"offered": None, "required": True}.get(server.security, False),
        tls_context=trust,
    )


def _name(error: Exception) -> str:
    """The kind of an error; its text may hold an address."""
    return type(error).__name__
