"""The roles that people and systems come in with, and who somebody is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """A role, by the name that it has in a token's claim ``roles``."""

    ORGANISER = "organiser"
    """Runs the programme at SPN."""
    FINANCE = "finance"
    """Handles the money."""
    PLATFORM = "platform"
    """SPN's website and CRM: a system, for everybody who has no account."""
    ADVISER = "adviser"
    """Of a POI; sees that POI's region and no other."""
    AUDITOR = "auditor"
    """Reads, and changes nothing."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. ``subject`` is the id that the identity provider gave them; ``poi`` an adviser's region."""

    subject: str
    roles: frozenset[Role]
    poi: str | None = None

    def may_see(self, poi: str | None) -> bool:
        """Whether what belongs to this region is theirs to see: an adviser sees their own, every other role all."""
        return self.roles != {Role.ADVISER} or (poi is not None and poi == self.poi)
