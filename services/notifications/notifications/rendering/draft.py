"""What a mail is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from notifications.domain import Edition, Entry


@dataclass(frozen=True, slots=True)
class Sender:
    """From whom mails come. ``website``: where people handle their enrolment themselves, if there is such a page."""

    address: str
    name: str
    website: str | None = None

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Draft:
    """One message to one person, with all that its mail needs. The recipient stays out of every log."""

    message_id: UUID
    purpose: str
    details: Mapping[str, Any]
    entry: Entry | None
    name: str = field(repr=False)
    email: str = field(repr=False)
    language: str = "nl"
    edition: Edition | None = None
    pdf: bytes | None = field(default=None, repr=False)
