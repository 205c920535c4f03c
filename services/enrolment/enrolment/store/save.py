"""Writing what a batch changed, parents before children: eight statements at most."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import TypeVar

import asyncpg

from enrolment.domain.edition import Edition
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.parties import Organisation, Person
from enrolment.store import rows
from spn.messaging.policies import Connection

# As the columns of the statements on organisations are.
_ORGANISATION = attrgetter(
    "organisation_id", "legal_name", "kvk", "oin", "street", "postcode", "city", "country", "poi", "province",
    "holiday_region", "revision",
)  # fmt: skip

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

INSERT_PEOPLE = """
    INSERT INTO people (person_id, email, name, language)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])"""
UPDATE_PEOPLE = """
    UPDATE people p SET name = new.name, language = new.language, revision = new.revision
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::integer[]) AS new (person_id, name, language, revision)
    WHERE p.person_id = new.person_id AND p.revision = new.revision - 1
    RETURNING 1"""
INSERT_ORGANISATIONS = """
    INSERT INTO organisations (organisation_id, legal_name, kvk, oin, street, postcode, city, country, poi, province,
        holiday_region, revision)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::text[], $11::text[], $12::integer[])"""
UPDATE_ORGANISATIONS = """
    UPDATE organisations o SET legal_name = new.legal_name, kvk = new.kvk, oin = new.oin, street = new.street,
        postcode = new.postcode, city = new.city, country = new.country, poi = new.poi, province = new.province,
        holiday_region = new.holiday_region, revision = new.revision
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
        $9::text[], $10::text[], $11::text[], $12::integer[]) AS new (organisation_id, legal_name, kvk, oin, street,
        postcode, city, country, poi, province, holiday_region, revision)
    WHERE o.organisation_id = new.organisation_id AND o.revision = new.revision - 1
    RETURNING 1"""
INSERT_EDITIONS = """
    INSERT INTO editions (edition_id, terms, seats, state, seats_taken, waiting, last_number, last_moment)
    SELECT * FROM unnest($1::text[], $2::jsonb[], $3::integer[], $4::text[], $5::integer[], $6::integer[],
        $7::bigint[], $8::timestamptz[])"""
UPDATE_EDITIONS = """
    UPDATE editions e SET state = new.state, seats_taken = new.seats_taken, waiting = new.waiting,
        last_number = new.last_number, last_moment = new.last_moment
    FROM unnest($1::text[], $2::text[], $3::integer[], $4::integer[], $5::bigint[], $6::timestamptz[])
        AS new (edition_id, state, seats_taken, waiting, last_number, last_moment)
    WHERE e.edition_id = new.edition_id"""
UPDATE_ENROLMENTS = """
    UPDATE enrolments e SET status = new.status, participant_id = new.participant_id,
        former_participant_ids = new.former::uuid[], offer_expires_at = new.offer_expires_at, payers = new.payers,
        withdrawal_reason = new.withdrawal_reason
    FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::timestamptz[], $6::jsonb[], $7::text[])
        AS new (enrolment_id, status, participant_id, former, offer_expires_at, payers, withdrawal_reason)
    WHERE e.enrolment_id = new.enrolment_id"""
INSERT_ENROLMENTS = """
    INSERT INTO enrolments (enrolment_id, status, participant_id, former_participant_ids, offer_expires_at, payers,
        withdrawal_reason, edition_id, number, organisation_id, requested_at)
    SELECT enrolment_id, status, participant_id, former::uuid[], offer_expires_at, payers, withdrawal_reason,
        edition_id, number, organisation_id, requested_at
    FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::timestamptz[], $6::jsonb[], $7::text[],
        $8::text[], $9::bigint[], $10::text[], $11::timestamptz[])
        AS new (enrolment_id, status, participant_id, former, offer_expires_at, payers, withdrawal_reason,
        edition_id, number, organisation_id, requested_at)"""


async def save_editions(connection: Connection, changes: Sequence[tuple[Edition, Edition]]) -> None:
    """Write what differs between each edition as loaded and as it is now.

    :raises asyncpg.UniqueViolationError: another transaction was first with a person, an organisation or an edition.
    """
    await _save_people(connection, [_differing(old.people, new.people) for old, new in changes])
    await _save_organisations(connection, [_differing(old.organisations, new.organisations) for old, new in changes])
    await _save_roots(connection, changes)
    await _save_enrolments(connection, [_differing(old.enrolments, new.enrolments) for old, new in changes])


def _differing(old: Mapping[K, V], new: Mapping[K, V]) -> list[tuple[V | None, V]]:
    """Each child that is new or another than it was, with what it was."""
    if new is old:
        return []
    return [(old.get(key), one) for key, one in new.items() if old.get(key) is not one]


async def _save_people(connection: Connection, changes: Iterable[list[tuple[Person | None, Person]]]) -> None:
    new, changed = _split(changes)
    new.sort(key=lambda p: p.email)
    await _write(connection, INSERT_PEOPLE, [(p.person_id, p.email, p.name, p.language) for p in new])
    await _write_over(connection, UPDATE_PEOPLE, [(p.person_id, p.name, p.language, p.revision) for p in changed])


async def _save_organisations(
    connection: Connection, changes: Iterable[list[tuple[Organisation | None, Organisation]]]
) -> None:
    new, changed = _split(changes)
    new.sort(key=lambda o: o.organisation_id)
    await _write(connection, INSERT_ORGANISATIONS, [_ORGANISATION(o) for o in new])
    await _write_over(connection, UPDATE_ORGANISATIONS, [_ORGANISATION(o) for o in changed])


async def _save_roots(connection: Connection, changes: Sequence[tuple[Edition, Edition]]) -> None:
    new = [after for before, after in changes if before.published is None and after.published is not None]
    changed = [after for before, after in changes if before.published is not None and _root(before) != _root(after)]
    await _write(
        connection,
        INSERT_EDITIONS,
        [(e.edition_id, rows.TERMS.dump_json(e.terms).decode(), e.terms.seats, *_root(e)[1:]) for e in new],
    )
    await _write(connection, UPDATE_EDITIONS, [_root(e) for e in changed])


def _root(e: Edition) -> tuple[object, ...]:
    return e.edition_id, e.state, e.seats_taken, e.waiting, e.last_number, e.last_moment


async def _save_enrolments(connection: Connection, changes: Iterable[list[tuple[Enrolment | None, Enrolment]]]) -> None:
    """What was there first, so that who takes part anew does so after the old enrolment has ended."""
    new, changed = _split(changes)
    await _write(connection, UPDATE_ENROLMENTS, [_enrolment(e) for e in changed])
    await _write(
        connection,
        INSERT_ENROLMENTS,
        [(*_enrolment(e), e.edition_id, e.number, e.organisation_id, e.requested_at) for e in new],
    )


def _enrolment(e: Enrolment) -> tuple[object, ...]:
    former, payers = rows.uuids(e.former_participant_ids), rows.PAYERS.dump_json(e.payers).decode()
    return e.enrolment_id, e.status, e.participant_id, former, e.offer_expires_at, payers, e.withdrawal_reason


def _split(changes: Iterable[list[tuple[V | None, V]]]) -> tuple[list[V], list[V]]:
    """What is new, and what was there and differs."""
    pairs = [pair for some in changes for pair in some]
    return [new for old, new in pairs if old is None], [new for old, new in pairs if old is not None]


async def _write(connection: Connection, sql: str, lines: Sequence[Sequence[object]]) -> None:
    if lines:
        await connection.execute(sql, *(list(column) for column in zip(*lines, strict=True)))


async def _write_over(connection: Connection, sql: str, lines: Sequence[Sequence[object]]) -> None:
    """Write over the revisions that were read.

    Another edition's decision that was first, in this batch or elsewhere, counts as a unique conflict: then each
    message is decided again by itself, on what is there now.
    """
    if not lines:
        return
    written = await connection.fetch(sql, *(list(column) for column in zip(*lines, strict=True)))
    if len(written) != len(lines):
        raise asyncpg.UniqueViolationError("somebody else was corrected at the same time")
