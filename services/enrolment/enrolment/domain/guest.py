"""A guest: somebody of the library or a partner, invited by a participant to the days of one theme."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

GuestStatus: TypeAlias = Literal["invited", "confirmed", "declined", "lapsed", "ended"]
COMING: frozenset[GuestStatus] = frozenset({"invited", "confirmed"})


@dataclass(frozen=True, slots=True)
class Guest:
    """An invitation and what became of it. It counts for the quota of ``organisation_id`` for this theme."""

    guest_id: UUID
    edition_id: str
    enrolment_id: UUID
    organisation_id: str
    theme_id: str
    person_id: UUID
    status: GuestStatus
    invited_at: datetime
    expires_at: datetime | None

    @property
    def is_coming(self) -> bool:
        """Invited or confirmed: a place of the quota is taken."""
        return self.status in COMING

    def is_overdue(self, now: datetime) -> bool:
        """An invitation ends at its deadline: the very instant is too late."""
        return self.status == "invited" and self.expires_at is not None and now >= self.expires_at

    def now(self, status: GuestStatus) -> Guest:
        """The same guest with another status; only an invitation has a deadline."""
        return replace(self, status=status, expires_at=None)
