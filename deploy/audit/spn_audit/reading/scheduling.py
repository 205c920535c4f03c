"""What scheduling owns, row by row, as its database has it now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from spn_audit.reading.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class MemberRow:
    """What scheduling knows of an enrolment."""

    edition: str
    person: str
    accepted: bool
    sequence: int


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as it is stored. ``sequence`` is that of its calendar entry."""

    edition: str
    starts_at: datetime
    status: str
    sequence: int


@dataclass(slots=True)
class Scheduling:
    """Scheduling's own tables. Places: by session, by person, the enrolment that gives it and its status."""

    members: dict[str, MemberRow] = field(default_factory=dict)
    sessions: dict[str, SessionRow] = field(default_factory=dict)
    places: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)


async def read_scheduling(look: Snapshot) -> Scheduling:
    """Read them."""
    book = Scheduling()
    async for row in look.rows("SELECT enrolment_id, edition_id, person_id, accepted, sequence FROM members"):
        book.members[str(row[0])] = MemberRow(row[1], str(row[2]), row[3], row[4])
    async for row in look.rows("SELECT session_id, edition_id, starts_at, status, sequence FROM sessions"):
        book.sessions[row[0]] = SessionRow(*row[1:])
    async for row in look.rows("SELECT session_id, person_id, enrolment_id, status FROM places"):
        book.places.setdefault(row[0], {})[str(row[1])] = (str(row[2]), row[3])
    return book
