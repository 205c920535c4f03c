"""The journal of an edition: what became of each enrolment, in order, each entry sealed by the one before it.

It is the waiting list's proof. An entry never changes; who changes one by hand has to make every later seal anew, and
those have gone out with events and mails. Seals cover ids and a salted hash of what a person wrote, so that the words
can be erased and the chain still holds. The format of a seal is documented in docs/waiting-list.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

SEAL_OF_NOTHING = ""
"""What the first entry is sealed with."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to one enrolment.

    ``number`` counts the entries of the edition from 1. ``position`` is the rank in the line after it, for who waits.
    ``moment``, ``partition`` and ``offset`` are of the command that it followed from: the evidence of the order.
    ``who`` acted and ``reason`` are words; ``said`` is their salted hash, and all that the seal knows of them.
    """

    number: int
    what: str
    enrolment_id: UUID
    request: int
    position: int | None
    moment: datetime
    partition: int | None
    offset: int | None
    command_id: UUID | None
    who: str | None
    reason: str | None
    said: str
    seal: str = SEAL_OF_NOTHING

    def sealed(self, edition_id: str, before: str) -> Entry:
        """The entry with the seal that follows from it and from the entry before it."""
        return replace(self, seal=seal(edition_id, self, before))


@dataclass(frozen=True, slots=True)
class Journal:
    """The end of a journal: how many entries it has, the last seal, and those that are not stored yet."""

    entries: int = 0
    head: str = SEAL_OF_NOTHING
    fresh: tuple[Entry, ...] = ()

    def with_entry(self, edition_id: str, entry: Entry) -> Journal:
        """The journal with this entry at its end."""
        sealed = entry.sealed(edition_id, self.head)
        return Journal(entry.number, sealed.seal, (*self.fresh, sealed))


def seal(edition_id: str, entry: Entry, before: str) -> str:
    """SHA-256 in hexadecimal over the seal before and the fields of the entry, one a line; an empty line for none."""
    at = entry.moment.astimezone(UTC).isoformat(timespec="microseconds")
    fields: Iterable[object] = (
        *(before, edition_id, entry.number, entry.what, entry.enrolment_id, entry.request, entry.position),
        *(at, entry.partition, entry.offset, entry.said),
    )
    return hashlib.sha256("\n".join("" if f is None else str(f) for f in fields).encode()).hexdigest()


def said(salt: UUID, who: str | None, reason: str | None) -> str:
    """The salted hash of who acted and why; empty when neither is known. The salt goes when the words go."""
    if who is None and reason is None:
        return ""
    return hashlib.sha256("\n".join((str(salt), who or "", reason or "")).encode()).hexdigest()
