"""What the organisers' pages read of an edition. Nothing here locks or writes; each list has an end."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import asyncpg

from enrolment import needs
from enrolment.organiser.lists import LISTS, ROWS_MAX, page_of
from enrolment.organiser.shapes import (
    CommitmentSum,
    EditionRow,
    GuestRow,
    Happened,
    WholeEdition,
    WholeEnrolment,
)
from enrolment.store import queries, rows
from spn.messaging.policies import Connection

_EDITIONS = """
    SELECT edition_id, state, terms, seats_taken, waiting FROM editions
    ORDER BY (terms->>'starts_on') DESC, edition_id LIMIT $1"""
_EDITION = "SELECT * FROM editions WHERE edition_id = $1"
_COUNTS = "SELECT status, count(*) FROM enrolments WHERE edition_id = $1 GROUP BY status"
_COMMITMENTS = """
    SELECT commitment, count(*), min(commitment_ends_on) AS ends_on FROM enrolments
    WHERE edition_id = $1 AND commitment IS NOT NULL GROUP BY commitment ORDER BY commitment"""
_GUESTS = """
    SELECT g.guest_id, g.theme_id, g.status, g.expires_at, g.enrolment_id, p.name,
        o.legal_name, o.organisation_id, o.poi
    FROM guests g JOIN people p USING (person_id) JOIN organisations o USING (organisation_id)
    WHERE {what} AND ($2::text IS NULL OR o.poi = $2)
    ORDER BY o.legal_name, o.organisation_id, g.invited_at, g.guest_id LIMIT $3"""
_GUESTS_OF_ENROLMENT = _GUESTS.format(what="g.enrolment_id = $1")
_ENROLMENT = "SELECT * FROM enrolments WHERE enrolment_id = $1"
_JOURNAL = """
    SELECT entry, what, moment, position, who, reason, seal FROM journal
    WHERE enrolment_id = $1 ORDER BY entry DESC LIMIT $2"""


async def editions(connection: Connection, most: int = ROWS_MAX) -> list[EditionRow]:
    """Editions, the one that starts last first."""
    return [_edition(row) for row in await connection.fetch(_EDITIONS, most)]


async def edition(connection: Connection, edition_id: str) -> EditionRow | None:
    """One edition."""
    row = await connection.fetchrow(_EDITION, edition_id)
    return _edition(row) if row else None


async def whole_edition(
    connection: Connection, edition_id: str, poi: str | None, cursors: Mapping[str, str]
) -> WholeEdition | None:
    """An edition and what belongs to it, of each list the page after its cursor; of one region where one is given."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        found = await edition(connection, edition_id)
        if found is None:
            return None
        counts = {row["status"]: row["count"] for row in await connection.fetch(_COUNTS, edition_id)}
        cuts = {name: await page_of(connection, name, edition_id, poi, cursors.get(name, "")) for name in LISTS}
        sums = [CommitmentSum(**row) for row in await connection.fetch(_COMMITMENTS, edition_id)]
        given = await needs.counts(connection, edition_id)
    return WholeEdition(found, counts, cuts, sums, given)


async def whole_enrolment(connection: Connection, enrolment_id: UUID) -> WholeEnrolment | None:
    """Everything about an enrolment."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        row = await connection.fetchrow(_ENROLMENT, enrolment_id)
        if row is None:
            return None
        one = rows.enrolment(row)
        found = await edition(connection, one.edition_id)
        assert found, "an enrolment has an edition"
        contacts = [payer.contact_id for payer in one.payers]
        ids = {one.participant_id, one.requester_id, *one.former_participant_ids, *contacts} - {None}
        names = {one.organisation_id, *(payer.organisation_id for payer in one.payers)}
        people = [rows.person(r) for r in await connection.fetch(queries.PEOPLE_BY_ID, list(ids))]
        organisations = [rows.organisation(r) for r in await connection.fetch(queries.ORGANISATIONS, list(names))]
        guests = [GuestRow(**r) for r in await connection.fetch(_GUESTS_OF_ENROLMENT, enrolment_id, None, ROWS_MAX)]
        history = [Happened(**r) for r in await connection.fetch(_JOURNAL, enrolment_id, ROWS_MAX)]
        position = await connection.fetchval(queries.POSITION, one.edition_id, one.place) if one.is_waiting else None
    return WholeEnrolment(
        found,
        one,
        {person.person_id: person for person in people},
        {organisation.organisation_id: organisation for organisation in organisations},
        guests,
        history,
        position,
    )


def _edition(row: asyncpg.Record) -> EditionRow:
    terms = rows.TERMS.validate_json(row["terms"])
    return EditionRow(terms, row["state"], row["seats_taken"], row["waiting"], row.get("revision", 0))
