"""Writing what a batch changed, parents before children: twelve statements at most."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import TypeVar
from uuid import UUID

import asyncpg

from enrolment.domain.edition import Edition
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.guest import Guest
from enrolment.domain.journal import Entry
from enrolment.domain.parties import Organisation, Person
from enrolment.store import rows, statements
from spn.messaging.policies import Connection

# As the columns of the statements on organisations are.
_ORGANISATION = attrgetter(
    "organisation_id", "legal_name", "kvk", "oin", "street", "postcode", "city", "country", "poi", "province",
    "holiday_region", "revision",
)  # fmt: skip

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


async def save_editions(connection: Connection, changes: Sequence[tuple[Edition, Edition]]) -> None:
    """Write what differs between each edition as loaded and as it is now.

    :raises asyncpg.UniqueViolationError: another transaction was first with a person, an organisation or an edition.
    """
    await _save_people(connection, [_differing(_by_id(old), _by_id(new)) for old, new in changes])
    await _save_organisations(connection, [_differing(old.organisations, new.organisations) for old, new in changes])
    await _save_roots(connection, changes)
    await _save_enrolments(connection, [_differing(old.enrolments, new.enrolments) for old, new in changes])
    await _write(
        connection,
        statements.INSERT_ENTRIES,
        [_entry(new.edition_id, e) for _, new in changes for e in new.journal.fresh],
    )
    guests = [guest for old, new in changes for _, guest in _differing(old.guests, new.guests)]
    await _write(connection, statements.SAVE_GUESTS, [_guest(g) for g in guests])


def _differing(old: Mapping[K, V], new: Mapping[K, V]) -> list[tuple[V | None, V]]:
    """Each child that is new or another than it was, with what it was."""
    if new is old:
        return []
    return [(old.get(key), one) for key, one in new.items() if old.get(key) is not one]


def _by_id(edition: Edition) -> Mapping[UUID, Person]:
    """An address can be corrected: it is the id that stays."""
    return {person.person_id: person for person in edition.people.values()}


async def _save_people(connection: Connection, changes: Iterable[list[tuple[Person | None, Person]]]) -> None:
    """What was there first: an address that was corrected is free for somebody new."""
    new, changed = _split(changes)
    new.sort(key=lambda p: p.email)
    await _write_over(connection, statements.UPDATE_PEOPLE, [(*_person(p), known.revision) for known, p in changed])
    await _write(connection, statements.INSERT_PEOPLE, [_person(p) for p in new])


def _person(p: Person) -> tuple[object, ...]:
    return p.person_id, p.email, p.name, p.language, p.revision


async def _save_organisations(
    connection: Connection, changes: Iterable[list[tuple[Organisation | None, Organisation]]]
) -> None:
    new, changed = _split(changes)
    new.sort(key=lambda o: o.organisation_id)
    await _write(connection, statements.INSERT_ORGANISATIONS, [_ORGANISATION(o) for o in new])
    over = [(*_ORGANISATION(o), known.revision) for known, o in changed]
    await _write_over(connection, statements.UPDATE_ORGANISATIONS, over)


async def _save_roots(connection: Connection, changes: Sequence[tuple[Edition, Edition]]) -> None:
    there = [(before, after) for before, after in changes if before.published is not None]
    new = [after for before, after in changes if before.published is None and after.published is not None]
    changed = [after for before, after in there if _root(before) != _root(after)]
    amended = [after for before, after in there if after.published is not before.published]
    await _write(connection, statements.INSERT_EDITIONS, [(_terms(e), *_root(e)) for e in new])
    await _write(connection, statements.UPDATE_EDITIONS, [_root(e) for e in changed])
    await _write(connection, statements.AMEND_EDITIONS, [(e.edition_id, _terms(e)) for e in amended])


def _terms(e: Edition) -> str:
    return rows.TERMS.dump_json(e.terms).decode()


def _root(e: Edition) -> tuple[object, ...]:
    return (
        *(e.edition_id, e.state, e.seats_taken, e.waiting, e.last_number, e.last_moment),
        *(e.journal.entries, e.journal.head, e.terms.seats, e.revision),
    )


async def _save_enrolments(connection: Connection, changes: Iterable[list[tuple[Enrolment | None, Enrolment]]]) -> None:
    """What was there first, so that who takes part anew does so after the old enrolment has ended."""
    new, changed = _split(changes)
    await _write(connection, statements.UPDATE_ENROLMENTS, [_enrolment(e) for _, e in changed])
    await _write(
        connection,
        statements.INSERT_ENROLMENTS,
        [
            (*_enrolment(e), e.edition_id, e.number, e.requested_at, e.requester_id, e.motivation, _agreement(e))
            for e in new
        ],
    )


def _enrolment(e: Enrolment) -> tuple[object, ...]:
    former, payers = rows.uuids(e.former_participant_ids), rows.PAYERS.dump_json(e.payers).decode()
    return (
        *(e.enrolment_id, e.status, e.participant_id, former, e.offer_expires_at, payers, e.withdrawal_reason),
        *(e.organisation_id, e.place, e.commitment, e.commitment_ends_on, e.entry, e.link_version, e.link_sent_at),
    )


def _agreement(e: Enrolment) -> str | None:
    return rows.AGREEMENT.dump_json(e.agreement).decode() if e.agreement else None


def _entry(edition_id: str, e: Entry) -> tuple[object, ...]:
    return (
        *(edition_id, e.number, e.what, e.enrolment_id, e.request, e.position, e.moment, e.partition, e.offset),
        *(e.command_id, e.who, e.reason, e.said, e.seal),
    )


def _guest(g: Guest) -> tuple[object, ...]:
    return (
        *(g.guest_id, g.edition_id, g.enrolment_id, g.organisation_id, g.theme_id, g.person_id, g.status),
        *(g.invited_at, g.expires_at),
    )


def _split(changes: Iterable[list[tuple[V | None, V]]]) -> tuple[list[V], list[tuple[V, V]]]:
    """What is new; and what was there and differs, as it was and as it is."""
    pairs = [pair for some in changes for pair in some]
    return [new for old, new in pairs if old is None], [(old, new) for old, new in pairs if old is not None]


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
