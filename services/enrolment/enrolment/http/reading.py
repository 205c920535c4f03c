"""Reading for the HTTP side: never locked, a page at a time, by key. Nothing here decides anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from enrolment.http import shapes
from enrolment.store import rows
from spn.messaging.policies import Connection

_EDITIONS = """
    SELECT edition_id, state, terms, seats, seats_taken, waiting, revision, journal_entries, journal_head
    FROM editions
    WHERE edition_id > $1 AND ($2::text IS NULL OR state = $2)
    ORDER BY edition_id LIMIT $3"""
_EDITION = """
    SELECT edition_id, state, terms, seats, seats_taken, waiting, revision, journal_entries, journal_head
    FROM editions WHERE edition_id = $1"""
_COUNTS = "SELECT status, count(*) FROM enrolments WHERE edition_id = $1 GROUP BY status"
_GUEST_COUNTS = """
    SELECT theme_id, status, count(*) FROM guests
    WHERE edition_id = $1 AND status IN ('invited', 'confirmed') GROUP BY theme_id, status"""
_ENROLMENT_COLUMNS = """
    SELECT e.*, p.name, p.email, p.language, o.legal_name, o.city, o.poi, o.province
    FROM enrolments e
    JOIN people p ON p.person_id = e.participant_id
    JOIN organisations o USING (organisation_id)"""
_LINE = """
    SELECT enrolment_id, rank() OVER (ORDER BY coalesce(place, number)) AS position
    FROM enrolments WHERE edition_id = $1 AND status = 'waiting'"""
_ENROLMENTS = f"""{_ENROLMENT_COLUMNS}
    WHERE e.edition_id = $1 AND e.number > $2 AND ($3::text[] IS NULL OR e.status = ANY($3))
        AND ($4::text IS NULL OR o.poi = $4)
    ORDER BY e.number LIMIT $5"""
_ENROLMENT = f"{_ENROLMENT_COLUMNS} WHERE e.enrolment_id = $1"
_IS_EDITION = "SELECT EXISTS (SELECT FROM editions WHERE edition_id = $1)"
_IS_ENROLMENT = "SELECT EXISTS (SELECT FROM enrolments WHERE enrolment_id = $1)"
_JOURNAL = """
    SELECT entry, what, moment, position, who, reason, seal FROM journal
    WHERE enrolment_id = $1 AND entry > $2 ORDER BY entry LIMIT $3"""
_GUESTS = """
    SELECT g.*, p.name, p.email, p.language, o.legal_name, o.city, o.poi, o.province
    FROM guests g
    JOIN people p USING (person_id)
    JOIN organisations o USING (organisation_id)
    WHERE g.edition_id = $1 AND g.guest_id > $2 AND ($3::text IS NULL OR o.poi = $3)
    ORDER BY g.guest_id LIMIT $4"""


async def editions(
    connection: Connection, after: str, state: str | None, most: int
) -> shapes.Page[shapes.EditionSummary]:
    """Editions by their ids, those of one state if one is asked for."""
    found = await connection.fetch(_EDITIONS, after, state, most + 1)
    shown = [shapes.EditionSummary(**_summary(row)) for row in found[:most]]
    return shapes.Page(items=tuple(shown), next=shown[-1].edition_id if len(found) > most else None)


async def edition(connection: Connection, edition_id: str) -> shapes.EditionView | None:
    """An edition with how it stands, all of one moment."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        row = await connection.fetchrow(_EDITION, edition_id)
        if row is None:
            return None
        counts = {row["status"]: row["count"] for row in await connection.fetch(_COUNTS, edition_id)}
        guests = await connection.fetch(_GUEST_COUNTS, edition_id)
    coming: dict[str, Counter[str]] = {}
    for theme, status, number in guests:
        coming.setdefault(theme, Counter())[status] += number
    terms = rows.TERMS.validate_json(row["terms"])
    themes = [shapes.ThemeGuests(theme_id=t.theme_id, **coming.get(t.theme_id, Counter())) for t in terms.themes]
    return shapes.EditionView(
        **_summary(row),
        revision=row["revision"],
        terms=terms,
        counts=shapes.Counts(**counts),
        guests=tuple(themes),
        journal_entries=row["journal_entries"],
        journal_head=row["journal_head"],
    )


def _summary(row: asyncpg.Record) -> dict[str, Any]:
    terms = rows.TERMS.validate_json(row["terms"])
    names = ("title_nl", "title_en", "opens_at", "closes_at", "starts_on", "ends_on")
    columns = ("edition_id", "state", "seats", "seats_taken", "waiting")
    return {name: getattr(terms, name) for name in names} | {name: row[name] for name in columns}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which enrolments of an edition: beyond this number, of these statuses (all without any), of one POI."""

    edition_id: str
    after: int = 0
    statuses: Sequence[str] = ()
    poi: str | None = None
    most: int = 100


async def enrolments(connection: Connection, wanted: Wanted) -> shapes.Page[shapes.EnrolmentView] | None:
    """Enrolments of an edition by their numbers; of one POI's libraries alone where one is given."""
    parameters = wanted.edition_id, wanted.after, list(wanted.statuses) or None, wanted.poi, wanted.most + 1
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        found = await connection.fetch(_ENROLMENTS, *parameters)
        if not found and not await connection.fetchval(_IS_EDITION, wanted.edition_id):
            return None
        line = await _line(connection, wanted.edition_id, found)
    shown = [_enrolment(row, line) for row in found[: wanted.most]]
    return shapes.Page(items=tuple(shown), next=str(shown[-1].number) if len(found) > wanted.most else None)


async def enrolment(connection: Connection, enrolment_id: UUID) -> shapes.EnrolmentView | None:
    """One enrolment."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        row = await connection.fetchrow(_ENROLMENT, enrolment_id)
        if row is None:
            return None
        line = await _line(connection, row["edition_id"], [row])
    return _enrolment(row, line)


async def _line(connection: Connection, edition_id: str, shown: Sequence[asyncpg.Record]) -> Mapping[UUID, int]:
    """The ranks of all who wait, if any of those shown does.

    The whole line in one go: a rank for each row shown, or a join with the ranks, makes a long line quadratic.
    """
    if all(row["status"] != "waiting" for row in shown):
        return {}
    return {row["enrolment_id"]: row["position"] for row in await connection.fetch(_LINE, edition_id)}


async def history(
    connection: Connection, enrolment_id: UUID, after: int, most: int
) -> shapes.Page[shapes.EntryView] | None:
    """What happened to an enrolment: who, what, when, why."""
    found = await connection.fetch(_JOURNAL, enrolment_id, after, most + 1)
    if not found and not await connection.fetchval(_IS_ENROLMENT, enrolment_id):
        return None
    shown = [shapes.EntryView(**row) for row in found[:most]]
    return shapes.Page(items=tuple(shown), next=str(shown[-1].entry) if len(found) > most else None)


@dataclass(frozen=True, slots=True)
class WantedGuests:
    """Which guests of an edition: beyond this one, of one POI."""

    edition_id: str
    after: UUID
    poi: str | None = None
    most: int = 100


async def guests(connection: Connection, wanted: WantedGuests) -> shapes.Page[shapes.GuestView] | None:
    """Guests of an edition; of one POI's libraries alone where one is given."""
    most = wanted.most
    found = await connection.fetch(_GUESTS, wanted.edition_id, wanted.after, wanted.poi, most + 1)
    if not found and not await connection.fetchval(_IS_EDITION, wanted.edition_id):
        return None
    names = ("guest_id", "edition_id", "enrolment_id", "theme_id", "status", "invited_at", "expires_at")
    shown = [
        shapes.GuestView(
            **{name: row[name] for name in names}, guest=_someone(row, row["person_id"]), library=_library(row)
        )
        for row in found[:most]
    ]
    return shapes.Page(items=tuple(shown), next=str(shown[-1].guest_id) if len(found) > most else None)


def _enrolment(row: asyncpg.Record, line: Mapping[UUID, int]) -> shapes.EnrolmentView:
    names = (
        *("enrolment_id", "edition_id", "number", "status", "entry", "requested_at", "offer_expires_at"),
        *("commitment", "commitment_ends_on", "motivation", "withdrawal_reason"),
    )
    return shapes.EnrolmentView(
        **{name: row[name] for name in names},
        position=line.get(row["enrolment_id"]),
        participant=_someone(row, row["participant_id"]),
        library=_library(row),
        payers=rows.PAYERS.validate_json(row["payers"]),
    )


def _someone(row: asyncpg.Record, person_id: UUID) -> shapes.Someone:
    return shapes.Someone(person_id=person_id, name=row["name"], email=row["email"], language=row["language"])


def _library(row: asyncpg.Record) -> shapes.Library:
    names = ("organisation_id", "legal_name", "city", "poi", "province")
    return shapes.Library(**{name: row[name] for name in names})
