"""What the pages read of enrolment's database. Nothing here locks or writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from enrolment.domain.edition import EditionState
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.guest import Guest, GuestStatus
from enrolment.domain.journal import Entry
from enrolment.domain.parties import Organisation, Person
from enrolment.domain.sessions import Planned
from enrolment.domain.terms import Terms
from enrolment.needs import Need, needs_of
from enrolment.proof.passing import Passing, passings_of
from enrolment.reflections import Reflection, reflections_of
from enrolment.store import queries, rows
from enrolment.store.sessions import sessions_of_enrolment, sessions_of_theme
from spn.messaging.policies import Connection

Stage: TypeAlias = Literal["before", "open", "closed", "cancelled"]

_EDITION = """
    SELECT edition_id, state, terms, seats_taken, waiting FROM editions WHERE edition_id = $1"""
_ENROLMENT = "SELECT * FROM enrolments WHERE enrolment_id = $1"
_LIVE = """
    SELECT e.*, d.terms FROM enrolments e JOIN editions d USING (edition_id)
    WHERE e.participant_id = $1 AND e.status IN ('requested', 'accepted', 'waiting', 'offered')
    ORDER BY e.requested_at, e.enrolment_id"""
_GUESTS = """
    SELECT p.name, g.theme_id, g.status FROM guests g JOIN people p USING (person_id)
    WHERE g.enrolment_id = $1 ORDER BY g.invited_at, g.guest_id"""

_UP_TO_THE_LAST_BY_HAND = """
    SELECT entry, what, enrolment_id, request, position, moment, kafka_partition, kafka_offset, command_id, NULL, NULL,
        said, seal
    FROM journal WHERE edition_id = $1 AND entry <= (
        SELECT max(entry) FROM journal
        WHERE edition_id = $1 AND (what = 'reordered' OR what = 'seat-offered' AND said <> '')
    )
    ORDER BY entry"""
"""Nothing in an edition where nobody acted by hand, which is the rule. Who it was and why is not read at all."""


@dataclass(frozen=True, slots=True)
class EditionNow:
    """An edition as the form page shows it."""

    terms: Terms
    state: EditionState
    seats_taken: int
    waiting: int

    @property
    def is_full(self) -> bool:
        """Whether a request would wait."""
        return self.seats_taken >= self.terms.seats or self.waiting > 0

    @property
    def passes(self) -> bool:
        """Whether a seat that comes free goes to the next in line by itself: somebody waits, and it is open."""
        return self.state == "open" and self.waiting > 0

    def stage(self, now: datetime) -> Stage:
        """Before, in or after the time of enrolling. The stored instants decide, as in the domain."""
        if self.state == "cancelled":
            return "cancelled"
        if self.state == "closed" or now >= self.terms.closes_at:
            return "closed"
        return "before" if now < self.terms.opens_at else "open"


@dataclass(frozen=True, slots=True)
class OwnGuest:
    """Somebody whom a participant invited."""

    name: str
    theme_id: str
    status: GuestStatus


@dataclass(frozen=True, slots=True)
class OwnEnrolment:
    """An enrolment as one person may see it."""

    edition: EditionNow
    enrolment: Enrolment
    person: Person
    library: Organisation
    position: int | None
    """The rank in the line, for who waits."""
    passings: tuple[Passing, ...] = ()
    """When somebody was put before who waits, by hand."""
    needs: tuple[Need, ...] = ()
    """What this person gave; nothing of what a former participant did."""
    guests: tuple[OwnGuest, ...] = ()
    """Whom was invited with this enrolment, the first first."""
    reflections: Mapping[str, Reflection] = field(default_factory=dict)
    """What this person wrote in the learning track, by its part; also who was replaced keeps it."""
    sessions: tuple[Planned, ...] = ()
    """Where the participant has a place, the first first; nothing for a former one."""

    @property
    def is_participant(self) -> bool:
        """Whether it is still this person's: a colleague may have taken it over."""
        return self.enrolment.participant_id == self.person.person_id

    @property
    def is_called_off(self) -> bool:
        """Whether the edition was cancelled, and nothing but that or the participant ended it."""
        return self.edition.state == "cancelled" and self.enrolment.status in {"withdrawn", "closed"}

    @property
    def price_cents(self) -> int:
        """What was agreed, VAT excluded, of all payers together."""
        return sum(line.unit_price_cents for payer in self.enrolment.payers for line in payer.lines)

    @property
    def owed_cents(self) -> int:
        """What is owed now, VAT excluded, of all payers together."""
        return sum(line.owed_cents for payer in self.enrolment.payers for line in payer.lines)


@dataclass(frozen=True, slots=True)
class OwnInvitation:
    """An invitation as the guest may see it."""

    edition: EditionNow
    guest: Guest
    person: Person
    library: Organisation
    inviter: Person | None = None
    """Who takes part in the enrolment that the invitation came from; None once that person is erased."""
    sessions: tuple[Planned, ...] = ()
    """Those of the theme."""


async def own_invitation(connection: Connection, guest_id: UUID) -> OwnInvitation | None:
    """An invitation with what its guest may know."""
    found = await connection.fetchrow("SELECT * FROM guests WHERE guest_id = $1", guest_id)
    if found is None:
        return None
    guest = rows.guest(found)
    edition = await edition_now(connection, guest.edition_id)
    person = await connection.fetchrow(queries.PEOPLE_BY_ID, [guest.person_id])
    library = await connection.fetchrow(queries.ORGANISATIONS, [guest.organisation_id])
    if edition is None or person is None or library is None:
        return None
    sessions = await sessions_of_theme(connection, guest.edition_id, guest.theme_id)
    inviter = await _inviter(connection, guest)
    return OwnInvitation(edition, guest, rows.person(person), rows.organisation(library), inviter, sessions)


async def _inviter(connection: Connection, guest: Guest) -> Person | None:
    """After a colleague took over it is the colleague: the guests went along."""
    enrolment = await enrolment_now(connection, guest.enrolment_id)
    found = await connection.fetchrow(queries.PEOPLE_BY_ID, [enrolment.participant_id]) if enrolment else None
    inviter = rows.person(found) if found else None
    return None if inviter is None or inviter.is_erased else inviter


async def edition_now(connection: Connection, edition_id: str) -> EditionNow | None:
    """The edition of this name, if it was published."""
    row = await connection.fetchrow(_EDITION, edition_id)
    if row is None:
        return None
    return EditionNow(rows.TERMS.validate_json(row["terms"]), row["state"], row["seats_taken"], row["waiting"])


async def enrolment_now(connection: Connection, enrolment_id: UUID) -> Enrolment | None:
    """The enrolment of this id."""
    found = await connection.fetchrow(_ENROLMENT, enrolment_id)
    return rows.enrolment(found) if found else None


async def live_of(connection: Connection, person_id: UUID) -> list[tuple[Terms, Enrolment]]:
    """Every live enrolment of a person, with the terms of its edition."""
    found = await connection.fetch(_LIVE, person_id)
    return [(rows.TERMS.validate_json(row["terms"]), rows.enrolment(row)) for row in found]


async def own_enrolment(connection: Connection, enrolment: Enrolment, person_id: UUID) -> OwnEnrolment | None:
    """An enrolment for one person; None when that person is gone."""
    person = await connection.fetchrow(queries.PEOPLE_BY_ID, [person_id])
    if person is None:
        return None
    edition = await edition_now(connection, enrolment.edition_id)
    library = await connection.fetchrow(queries.ORGANISATIONS, [enrolment.organisation_id])
    assert edition, "an enrolment has an edition"
    assert library, "an enrolment has a library"
    waits = enrolment.is_waiting
    position = await connection.fetchval(queries.POSITION, enrolment.edition_id, enrolment.place) if waits else None
    return OwnEnrolment(
        edition=edition,
        enrolment=enrolment,
        person=rows.person(person),
        library=rows.organisation(library),
        position=position,
        passings=await _passings(connection, enrolment) if waits else (),
        needs=await needs_of(connection, enrolment.enrolment_id, person_id),
        guests=tuple(OwnGuest(*row) for row in await connection.fetch(_GUESTS, enrolment.enrolment_id)),
        reflections=await reflections_of(connection, enrolment.enrolment_id, person_id),
        sessions=await _sessions(connection, enrolment) if enrolment.participant_id == person_id else (),
    )


async def _passings(connection: Connection, enrolment: Enrolment) -> tuple[Passing, ...]:
    found = await connection.fetch(_UP_TO_THE_LAST_BY_HAND, enrolment.edition_id)
    return tuple(passings_of(enrolment.enrolment_id, (Entry(*row) for row in found)))


async def _sessions(connection: Connection, enrolment: Enrolment) -> tuple[Planned, ...]:
    return await sessions_of_enrolment(connection, enrolment.edition_id, enrolment.enrolment_id)
