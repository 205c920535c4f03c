"""Personal links: a code stands for one person in one enrolment, or one invitation, and is signed instead of stored.

A decision draws no random numbers and a lane would cost a record and two rows an enrolment; so the code is made where
the event is told, from what the event tells, under a secret of this service (docs/adr/0013-signed-links.md). It ends by
its age, and at once when its enrolment or guest gets a newer version of links. The clock that dates what is told dates
a link, so the same one says how old it is: that of business.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, TypeAlias
from uuid import UUID

from enrolment.pages.addresses import address

Kind: TypeAlias = Literal["enrolment", "guest", "coach"]
KINDS: tuple[Kind, ...] = ("enrolment", "guest", "coach")
PAGES: dict[Kind, str] = {"enrolment": "personal", "guest": "guest", "coach": "coach"}
LIVES = timedelta(days=60)
EPOCH = date(2026, 1, 1)
_FORM = struct.Struct(">B16sHH")
_MAC_BYTES = 16
_CODE_CHARACTERS = 50
"""Of 21 bytes that say whose it is and when it was made, and 128 bits that say it is ours."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a code says: whose page it opens, which version of links it is of, and the day it was made on."""

    kind: Kind
    subject: UUID
    version: int
    made_on: date
    mac: bytes

    def is_over(self, now: datetime) -> bool:
        """Too old at this moment of the clock that it was made by."""
        return now.astimezone(UTC).date() >= self.made_on + LIVES


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where somebody finds the own page, in each language."""

    nl: str
    en: str


class Links:
    """Makes links with the newest of its secrets, and knows what any of them has made."""

    def __init__(self, newest_first: Sequence[str], url: str) -> None:
        self._keys = [hashlib.sha256(b"spn links " + secret.encode()).digest() for secret in newest_first]
        self._url = url.rstrip("/")

    def addresses(self, kind: Kind, subject: UUID, person: UUID, version: int, at: datetime) -> Addresses:
        """The links to somebody's page, as made at this moment."""
        code = self.code(kind, subject, person, version, at)
        page = PAGES[kind]
        return Addresses(self._url + address(page, "nl", code=code), self._url + address(page, "en", code=code))

    def code(self, kind: Kind, subject: UUID, person: UUID, version: int, at: datetime) -> str:
        """The code of such a link."""
        days = max((at.astimezone(UTC).date() - EPOCH).days, 0)
        body = _FORM.pack(KINDS.index(kind), subject.bytes, version % 2**16, days % 2**16)
        return _text(body + _mac(self._keys[0], body, person))

    def is_of(self, claim: Claim, person: UUID) -> bool:
        """Whether the code was made by us for this person."""
        body = _FORM.pack(KINDS.index(claim.kind), claim.subject.bytes, claim.version, (claim.made_on - EPOCH).days)
        return any(hmac.compare_digest(_mac(key, body, person), claim.mac) for key in self._keys)


def claim_of(code: str) -> Claim | None:
    """What a code says of itself, which nobody has checked yet; None when it has not the form of one."""
    if len(code) != _CODE_CHARACTERS:
        return None
    try:
        raw = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
        if _text(raw) != code:  # the last character has bits to spare: one code, one way to write it
            return None
        kind, subject, version, days = _FORM.unpack(raw[: _FORM.size])
        return Claim(KINDS[kind], UUID(bytes=subject), version, EPOCH + timedelta(days=days), raw[_FORM.size :])
    except (binascii.Error, struct.error, IndexError, ValueError):
        return None


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _mac(key: bytes, body: bytes, person: UUID) -> bytes:
    return hmac.new(key, body + person.bytes, hashlib.sha256).digest()[:_MAC_BYTES]
