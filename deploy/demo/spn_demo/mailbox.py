"""The mails of a season, as the mail sink kept them.

Read with the older policy of the standard library: the newer one takes 10 ms a mail, most of it for headers that
nobody asks for.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from functools import cached_property
from pathlib import Path

from spn_demo.story.words import AMSTERDAM

# The page that a mail about an enrolment leads its reader to, in either language.
PERSONAL_PAGE = re.compile(r"https?://[^\s/()<>]+/(?:mijn|en/my)/[\w-]+")


@dataclass(frozen=True)
class Attachment:
    """A file that came along. ``sha256`` tells whether it is a document of billing."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Arrived:
    """One mail, and its bytes."""

    source: bytes

    @cached_property
    def _message(self) -> Message:
        return message_from_bytes(self.source)

    @cached_property
    def _parts(self) -> list[Message]:
        return [part for part in self._message.walk() if not part.is_multipart()]

    def header(self, name: str) -> str:
        """A header as text; empty when it is missing."""
        return str(make_header(decode_header(str(self._message.get(name, "")))))

    @property
    def message_id(self) -> str:
        """The id of the message that this mail is: the first part of its Message-ID."""
        return self.header("Message-ID").strip("<> ").partition("@")[0]

    @property
    def to(self) -> tuple[str, str]:
        """Name and address of whom it is to."""
        name, address = parseaddr(str(self._message.get("To", "")))
        return str(make_header(decode_header(name))) or address, address

    @property
    def sent_at(self) -> datetime:
        """Business time, as the Netherlands see it."""
        return parsedate_to_datetime(self.header("Date")).astimezone(AMSTERDAM)

    def text(self, kind: str) -> str:
        """The text of the first part of this kind that is no file; empty when there is none."""
        for part in self._parts:
            if part.get_content_type() == kind and not part.get_filename():
                return _content(part).decode(part.get_content_charset("utf-8"), "replace").replace("\r\n", "\n")
        return ""

    @property
    def personal_page(self) -> str | None:
        """The link to the own page of whom it is to, when it holds one."""
        found = PERSONAL_PAGE.search(self.text("text/plain"))
        return found[0] if found else None

    def attachments(self) -> Iterator[Attachment]:
        """The files that came along. The name is theirs: it may hold anything."""
        for part in self._parts:
            if name := part.get_filename():
                yield Attachment(str(name), _content(part))


def read_mailbox(directory: Path) -> list[Arrived]:
    """Every mail in the sink's directory, in the order of arrival."""
    return [Arrived(file.read_bytes()) for file in sorted(directory.glob("*.eml"))]


def personal_pages(directory: Path) -> dict[str, str]:
    """By address: the link in the newest mail that holds one. Who had mail last comes first."""
    found: dict[str, str] = {}
    for mail in reversed(read_mailbox(directory)):
        if page := mail.personal_page:
            found.setdefault(mail.to[1], page)
    return found


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
