"""Reading the editions of a batch, locked, with the children it asked for: fourteen statements at most."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from enrolment.domain.edition import Edition
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.guest import Guest
from enrolment.domain.parties import Organisation, Person
from enrolment.store import queries, rows
from enrolment.store.keys import Asked, asked_for
from spn.messaging.policies import Connection, Key

V = TypeVar("V")
WHOLE_LINE = 1_000_000
"""More than anybody waits: a number of rows, so that one query reads some of one line and all of another."""


async def load_editions(connection: Connection, keys: Sequence[Key]) -> dict[str, Edition]:
    """The editions of the keys, locked in the order of their ids; one that was never published is empty.

    People and organisations are not locked: they belong to no edition. Each edition knows those that it was asked for.
    """
    asked = asked_for(keys)
    locked = await _matching(connection, queries.LOCK_EDITIONS, asked.editions)
    roots = {row["edition_id"]: rows.edition(row) for row in locked}
    named = await _paired(connection, queries.NAMED, asked.enrolments)
    parties = await _parties(connection, asked, named)
    children = await _children(connection, asked, named, parties)
    return {
        edition_id: roots.get(edition_id, Edition(edition_id)).with_children(
            children[edition_id].enrolments,
            children[edition_id].positions,
            parties.people[edition_id],
            parties.organisations[edition_id],
            children[edition_id].guests,
        )
        for edition_id in sorted(asked.editions)
    }


@dataclass(frozen=True, slots=True)
class _Parties:
    """By edition: people by address and organisations by id."""

    people: dict[str, dict[str, Person]] = field(default_factory=lambda: defaultdict(dict))
    organisations: dict[str, dict[str, Organisation]] = field(default_factory=lambda: defaultdict(dict))


async def _parties(connection: Connection, asked: Asked, named: Sequence[asyncpg.Record]) -> _Parties:
    """Who is named by a command, and who takes part in an enrolment that is corrected, with the library."""
    corrected = [row for row in named if _is_corrected(asked, row)]
    found = _Parties()
    by_address = await _matching(connection, queries.PEOPLE, (name for _, name in asked.people))
    _share_out(found.people, asked.people, {row["email"]: rows.person(row) for row in by_address})
    by_id = await _matching(connection, queries.PEOPLE_BY_ID, (row["participant_id"] for row in corrected))
    known = {row["person_id"]: rows.person(row) for row in by_id}
    for row in corrected:
        person = known[row["participant_id"]]
        found.people[row["edition_id"]][person.email] = person
    wanted = asked.organisations | {(row["edition_id"], row["organisation_id"]) for row in corrected}
    some = await _matching(connection, queries.ORGANISATIONS, (name for _, name in wanted))
    _share_out(found.organisations, wanted, {row["organisation_id"]: rows.organisation(row) for row in some})
    return found


def _is_corrected(asked: Asked, row: asyncpg.Record) -> bool:
    return (row["edition_id"], row["enrolment_id"]) in asked.corrected


def _share_out(theirs: dict[str, dict[str, V]], wanted: Iterable[tuple[str, str]], found: Mapping[str, V]) -> None:
    """Give each edition what it asked for of what was found."""
    for edition, name in wanted:
        if name in found:
            theirs[edition][name] = found[name]


@dataclass(frozen=True, slots=True)
class _Children:
    enrolments: list[Enrolment] = field(default_factory=list)
    positions: dict[UUID, int] = field(default_factory=dict)
    guests: list[Guest] = field(default_factory=list)


async def _children(
    connection: Connection, asked: Asked, named: Sequence[asyncpg.Record], parties: _Parties
) -> Mapping[str, _Children]:
    """The enrolments that are named or belong to who is named, the first in line, and guests.

    Whoever is named, or takes part in what is named, may get a seat: then they are nobody's guest any more.

    A seat comes free, or somebody leaves the line, only by an enrolment that the batch is about: the line is read as
    far as there are such enrolments, or to its end where a decision is about all of it.
    """
    persons = {
        (edition, parties.people[edition][email].person_id)
        for edition, email in asked.participants
        if email in parties.people[edition]
    }
    # Who is corrected may be asked for by the new address later in the batch.
    corrected = {(row["edition_id"], row["participant_id"]) for row in named if _is_corrected(asked, row)}
    live = await _paired(connection, queries.LIVE, persons | corrected)
    persons |= {(row["edition_id"], row["participant_id"]) for row in named}
    whole = await _matching(connection, queries.WHOLE, asked.whole)
    about = {*asked.enrolments, *((row["edition_id"], row["enrolment_id"]) for row in live)}
    depth = Counter(edition for edition, _ in about) | Counter(dict.fromkeys(asked.lines | asked.whole, WHOLE_LINE))
    first = await _paired(connection, queries.FIRST_IN_LINE, depth.items())
    ranks = await _matching(connection, queries.RANKS, asked.ranks)
    children: dict[str, _Children] = defaultdict(_Children)
    for row in (*named, *live, *whole, *first):
        children[row["edition_id"]].enrolments.append(rows.enrolment(row))
    for row in (*first, *ranks):
        children[row["edition_id"]].positions[row["enrolment_id"]] = row["position"]
    for row in await _guests(connection, asked, persons):
        children[row["edition_id"]].guests.append(rows.guest(row))
    return children


async def _guests(connection: Connection, asked: Asked, persons: set[tuple[str, UUID]]) -> list[asyncpg.Record]:
    return [
        *await _matching(connection, queries.GUESTS, asked.guests),
        *await _matching(connection, queries.GUESTS_OF_ENROLMENTS, asked.guests_of),
        *await _paired(connection, queries.GUESTS_THEMSELVES, persons),
        *await _matching(connection, queries.GUESTS_OF_EDITIONS, asked.whole),
        *await _paired(connection, queries.GUESTS_OF_LIBRARIES, asked.guests_to),
    ]


async def _matching(connection: Connection, sql: str, values: Iterable[Any]) -> list[asyncpg.Record]:
    ordered = sorted(set(values))
    return await connection.fetch(sql, ordered) if ordered else []


async def _paired(connection: Connection, sql: str, pairs: Iterable[tuple[Any, Any]]) -> list[asyncpg.Record]:
    ordered = sorted(set(pairs))
    return await connection.fetch(sql, [one for one, _ in ordered], [other for _, other in ordered]) if ordered else []
