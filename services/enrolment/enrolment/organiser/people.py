"""A person who may be erased: what is live of them, and what they are besides. Nothing here locks or writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from enrolment.domain.parties import Person
from enrolment.domain.terms import Terms
from enrolment.organiser import reading
from enrolment.organiser.lists import ROWS_MAX
from enrolment.organiser.shapes import WholeEnrolment
from enrolment.store import queries, rows
from spn.messaging.policies import Connection

_ERASURE = "SELECT asked_at, erased_at FROM erasures WHERE person_id = $1"
_LIVE = """
    SELECT enrolment_id FROM enrolments
    WHERE participant_id = $1 AND status IN ('requested', 'accepted', 'waiting', 'offered')
    ORDER BY requested_at, enrolment_id LIMIT $2"""
_COMING = """
    SELECT g.guest_id, g.theme_id, e.terms FROM guests g JOIN editions e USING (edition_id)
    WHERE g.person_id = $1 AND g.status IN ('invited', 'confirmed') ORDER BY g.invited_at, g.guest_id LIMIT $2"""
_TOOK_PART = "SELECT EXISTS (SELECT FROM enrolments WHERE participant_id = $1)"
_CONTACT_OF = """
    SELECT count(*) FROM enrolments WHERE payers @> jsonb_build_array(jsonb_build_object('contact_id', $1::text))"""


@dataclass(frozen=True, slots=True)
class Coming:
    """A theme that somebody is a guest of, or invited to."""

    guest_id: UUID
    theme_id: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class WholePerson:
    """A person with all that an erasure touches, of one moment. ``contact_of``: of how many enrolments, for a payer."""

    person: Person
    asked_at: datetime | None
    erased_at: datetime | None
    live: Sequence[WholeEnrolment]
    coming: Sequence[Coming]
    took_part: bool
    contact_of: int

    @property
    def is_asked(self) -> bool:
        """Whether it is under way or done already."""
        return self.asked_at is not None or self.person.is_erased


async def whole_person(connection: Connection, person_id: UUID) -> WholePerson | None:
    """The person of this id, if anybody is known by it."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        row = await connection.fetchrow(queries.PEOPLE_BY_ID, [person_id])
        if row is None:
            return None
        erasure = await connection.fetchrow(_ERASURE, person_id)
        live = [row["enrolment_id"] for row in await connection.fetch(_LIVE, person_id, ROWS_MAX)]
        found = [await reading.whole_enrolment(connection, enrolment_id) for enrolment_id in live]
        coming = await connection.fetch(_COMING, person_id, ROWS_MAX)
        took_part = await connection.fetchval(_TOOK_PART, person_id)
        contact_of = await connection.fetchval(_CONTACT_OF, str(person_id))
    return WholePerson(
        rows.person(row),
        erasure["asked_at"] if erasure else None,
        erasure["erased_at"] if erasure else None,
        [one for one in found if one],
        [Coming(one["guest_id"], one["theme_id"], rows.TERMS.validate_json(one["terms"])) for one in coming],
        took_part,
        contact_of,
    )
