"""Guests, as the events of an edition tell of them: how many were coming whenever one more was invited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from spn_audit.log.record import Record
from spn_audit.programme import COMING, INVITED, TAKING_PART
from spn_audit.states import Guest

REMEMBERED_MAX = 50


@dataclass(frozen=True, slots=True)
class Invitation:
    """So many guests of a library were coming to a theme with this one. ``decision`` counts those of the edition."""

    decision: int
    guest: str
    organisation: str
    theme: str
    coming: int


@dataclass(slots=True)
class Guests:
    """Those of one edition."""

    invitations: list[Invitation] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)
    """Who was invited by somebody without a seat."""
    _coming: dict[tuple[str, str], dict[str, str | None]] = field(default_factory=lambda: defaultdict(dict))

    def told(self, guest: Guest, record: Record, decision: int, statuses: Mapping[str, str]) -> None:
        """The next fact about an invitation."""
        id_, coming = record.subject, self._coming[guest.organisation, guest.theme]
        coming.pop(id_, None)
        if guest.status in COMING:
            coming[id_] = guest.expires_at
        if record.type != INVITED:
            return
        # An invitation that is over takes no place any more, also when its end is told later.
        count = sum(until is None or _instant(until) > _instant(record.time) for until in coming.values())
        self.invitations.append(Invitation(decision, id_, guest.organisation, guest.theme, count))
        status = statuses.get(guest.enrolment, "unknown")
        if status not in TAKING_PART and len(self.astray) < REMEMBERED_MAX:
            self.astray.append(f"guest {id_} was invited by enrolment {guest.enrolment}, which was {status}")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
