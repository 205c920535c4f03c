"""Reading the editions of a batch, locked, with the children it asked for: seven statements at most."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

import asyncpg

from enrolment.domain.edition import Edition
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.parties import Person
from enrolment.store import rows
from enrolment.store.keys import Asked, asked_for
from spn.messaging.policies import Connection, Key

V = TypeVar("V")

LOCK_EDITIONS = """
    SELECT edition_id, state, terms, seats_taken, waiting, last_number, last_moment
    FROM editions WHERE edition_id = ANY($1::text[]) ORDER BY edition_id FOR UPDATE"""
PEOPLE = "SELECT person_id, name, email, language, revision FROM people WHERE email = ANY($1::text[])"
ORGANISATIONS = """
    SELECT organisation_id, legal_name, kvk, oin, street, postcode, city, country, poi, province, holiday_region,
        revision
    FROM organisations WHERE organisation_id = ANY($1::text[])"""
NAMED = """
    SELECT e.* FROM unnest($1::text[], $2::uuid[]) AS asked (edition_id, enrolment_id)
    JOIN enrolments e USING (edition_id, enrolment_id)"""
LIVE = """
    SELECT e.* FROM unnest($1::text[], $2::uuid[]) AS asked (edition_id, participant_id)
    JOIN enrolments e USING (edition_id, participant_id)
    WHERE e.status IN ('accepted', 'waiting', 'offered')"""
FIRST_IN_LINE = """
    SELECT e.* FROM unnest($1::text[], $2::bigint[]) AS asked (edition_id, most)
    CROSS JOIN LATERAL (
        SELECT w.*, row_number() OVER (ORDER BY w.number) AS position
        FROM enrolments w
        WHERE w.edition_id = asked.edition_id AND w.status = 'waiting'
        ORDER BY w.number
        LIMIT asked.most
    ) e"""
RANKS = """
    SELECT e.edition_id, e.enrolment_id, (
        SELECT count(*) FROM enrolments w
        WHERE w.edition_id = e.edition_id AND w.status = 'waiting' AND w.number <= e.number
    ) AS position
    FROM enrolments e WHERE e.enrolment_id = ANY($1::uuid[]) AND e.status = 'waiting'"""


async def load_editions(connection: Connection, keys: Sequence[Key]) -> dict[str, Edition]:
    """The editions of the keys, locked in the order of their ids; one that was never published is empty.

    People and organisations are not locked: they belong to no edition. Each edition knows those that it was asked for.
    """
    asked = asked_for(keys)
    roots = {row["edition_id"]: rows.edition(row) for row in await _matching(connection, LOCK_EDITIONS, asked.editions)}
    people = {row["email"]: rows.person(row) for row in await _matching(connection, PEOPLE, _named(asked.people))}
    organisations = {
        row["organisation_id"]: rows.organisation(row)
        for row in await _matching(connection, ORGANISATIONS, _named(asked.organisations))
    }
    children = await _children(connection, asked, people)
    theirs, others = _by_edition(asked.people, people), _by_edition(asked.organisations, organisations)
    return {
        edition_id: roots.get(edition_id, Edition(edition_id)).with_children(
            children[edition_id].enrolments, children[edition_id].positions, theirs[edition_id], others[edition_id]
        )
        for edition_id in asked.editions
    }


def _named(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Whom any edition asks for, each once."""
    return sorted({name for _, name in pairs})


def _by_edition(pairs: Sequence[tuple[str, str]], found: Mapping[str, V]) -> Mapping[str, dict[str, V]]:
    """Of what was found, what each edition asked for."""
    theirs: dict[str, dict[str, V]] = defaultdict(dict)
    for edition, name in pairs:
        if name in found:
            theirs[edition][name] = found[name]
    return theirs


@dataclass(frozen=True, slots=True)
class _Children:
    enrolments: list[Enrolment] = field(default_factory=list)
    positions: dict[UUID, int] = field(default_factory=dict)


async def _children(connection: Connection, asked: Asked, people: Mapping[str, Person]) -> Mapping[str, _Children]:
    """The enrolments that are named or belong to who is named, and the first in line.

    A seat comes free, or somebody leaves the line, only by an enrolment that the batch is about: the line is read as
    far as there are such enrolments.
    """
    named = await _paired(connection, NAMED, asked.enrolments)
    persons = [(edition, people[email].person_id) for edition, email in asked.participants if email in people]
    live = await _paired(connection, LIVE, persons)
    about = {*asked.enrolments, *((row["edition_id"], row["enrolment_id"]) for row in live)}
    first = await _paired(connection, FIRST_IN_LINE, sorted(Counter(edition for edition, _ in about).items()))
    ranks = await _matching(connection, RANKS, asked.ranks)
    children: dict[str, _Children] = defaultdict(_Children)
    for row in (*named, *live, *first):
        children[row["edition_id"]].enrolments.append(rows.enrolment(row))
    for row in (*first, *ranks):
        children[row["edition_id"]].positions[row["enrolment_id"]] = row["position"]
    return children


async def _matching(connection: Connection, sql: str, values: Sequence[object]) -> list[asyncpg.Record]:
    return await connection.fetch(sql, values) if values else []


async def _paired(connection: Connection, sql: str, pairs: Sequence[tuple[str, object]]) -> list[asyncpg.Record]:
    return await connection.fetch(sql, [one for one, _ in pairs], [other for _, other in pairs]) if pairs else []
