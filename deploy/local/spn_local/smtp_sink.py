"""A mail server that delivers nothing and keeps everything: one .eml per mail, in the order of arrival."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP as SMTP_POLICY
from itertools import count
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from spn_local.ports import LOOPBACK

LARGEST_MAIL_BYTES = 20_000_000


@dataclass
class MailKeeper:
    """Stores each mail with its envelope in two headers, X-Envelope-From and X-Envelope-To."""

    directory: Path
    _numbers: count[int] = field(default_factory=count, init=False)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002 aiosmtpd's name
        """Called by aiosmtpd for each mail; it is on disk before the sender hears OK."""
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        head = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        name = f"{time.time_ns():020d}-{next(self._numbers):06d}.eml"
        self._keep(name, head.encode("utf-8", "replace") + content)
        return f"250 kept as {name}"

    def _keep(self, name: str, content: bytes) -> None:
        unfinished = self.directory / f".{name}.{os.getpid()}"
        unfinished.write_bytes(content)
        unfinished.replace(self.directory / name)


def read_mails(directory: Path) -> list[EmailMessage]:
    """Every mail kept in a directory, oldest first."""
    parser = BytesParser(EmailMessage, policy=SMTP_POLICY)
    return [parser.parsebytes(file.read_bytes()) for file in sorted(directory.glob("*.eml"))]


async def serve(port: int, directory: Path) -> None:
    """Accept mail until SIGTERM or SIGINT."""
    keeper = MailKeeper(directory)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for which in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(which, stop.set)
    server = await loop.create_server(
        lambda: SMTP(keeper, data_size_limit=LARGEST_MAIL_BYTES, enable_SMTPUTF8=True, loop=loop), LOOPBACK, port
    )
    async with server:
        await stop.wait()


def main() -> None:
    """Run the sink (`python -m spn_local.smtp_sink`)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--directory", type=Path, required=True)
    options = parser.parse_args()
    options.directory.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(options.port, options.directory))


if __name__ == "__main__":
    main()
