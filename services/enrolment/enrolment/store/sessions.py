"""All SQL of sessions: each a root of its own, and what people's own pages read of them."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from uuid import UUID

import asyncpg

from enrolment.domain.sessions import Planned, Session, Slot
from enrolment.store.rows import uuids
from spn.messaging.policies import Connection, Key

_REMEMBER = "INSERT INTO sessions (session_id) SELECT * FROM unnest($1::text[]) ON CONFLICT DO NOTHING"
_ROOTS = "SELECT * FROM sessions WHERE session_id = ANY($1::text[]) ORDER BY session_id FOR UPDATE"
_SAVE = """
    UPDATE sessions s SET heard = new.heard, first_heard = new.first_heard, edition_id = new.edition_id,
        theme_id = new.theme_id, title_nl = new.title_nl, title_en = new.title_en, starts_at = new.starts_at,
        ends_at = new.ends_at, venue = new.venue, first_starts_at = new.first_starts_at,
        first_ends_at = new.first_ends_at, first_venue = new.first_venue, status = new.status,
        sequence = new.sequence, enrolment_ids = new.enrolment_ids::uuid[]
    FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::timestamptz[], $9::timestamptz[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::text[],
        $14::text[], $15::bigint[], $16::text[])
        AS new (session_id, heard, first_heard, edition_id, theme_id, title_nl, title_en, starts_at, ends_at, venue,
        first_starts_at, first_ends_at, first_venue, status, sequence, enrolment_ids)
    WHERE s.session_id = new.session_id"""
_OF_ENROLMENT = """
    SELECT * FROM sessions WHERE edition_id = $1 AND $2 = ANY(enrolment_ids) ORDER BY starts_at, session_id"""
_OF_THEME = "SELECT * FROM sessions WHERE edition_id = $1 AND theme_id = $2 ORDER BY starts_at, session_id"

_TOLD = attrgetter("edition_id", "theme_id", "title_nl", "title_en")
_SLOT = attrgetter("starts_at", "ends_at", "venue")


class Sessions:
    """Sessions by their ids."""

    name = "session"

    async def load(self, connection: Connection, keys: Sequence[Key]) -> dict[str, Session]:
        ids = sorted({key[0] for key in keys})
        await connection.execute(_REMEMBER, ids)
        return {row["session_id"]: _session(row) for row in await connection.fetch(_ROOTS, ids)}

    async def save(self, connection: Connection, changes: Sequence[tuple[Session, Session]]) -> None:
        lines = [_line(after, after.plan) for before, after in changes if after != before and after.plan]
        if lines:
            await connection.execute(_SAVE, *(list(column) for column in zip(*lines, strict=True)))


async def sessions_of_enrolment(connection: Connection, edition_id: str, enrolment_id: UUID) -> tuple[Planned, ...]:
    """The sessions in which this enrolment has a place, the first first."""
    return tuple(_planned(row) for row in await connection.fetch(_OF_ENROLMENT, edition_id, enrolment_id))


async def sessions_of_theme(connection: Connection, edition_id: str, theme_id: str) -> tuple[Planned, ...]:
    """The sessions of a theme, the first first."""
    return tuple(_planned(row) for row in await connection.fetch(_OF_THEME, edition_id, theme_id))


def _session(row: asyncpg.Record) -> Session:
    plan = None if row["edition_id"] is None else _planned(row)
    return Session(row["session_id"], row["heard"], row["first_heard"], plan)


def _planned(row: asyncpg.Record) -> Planned:
    return Planned(
        session_id=row["session_id"],
        edition_id=row["edition_id"],
        theme_id=row["theme_id"],
        title_nl=row["title_nl"],
        title_en=row["title_en"],
        slot=Slot(row["starts_at"], row["ends_at"], row["venue"]),
        first=Slot(row["first_starts_at"], row["first_ends_at"], row["first_venue"]),
        status=row["status"],
        sequence=row["sequence"],
        enrolment_ids=tuple(row["enrolment_ids"]),
    )


def _line(session: Session, plan: Planned) -> tuple[object, ...]:
    return (
        *(session.session_id, session.heard, session.first_heard),
        *(*_TOLD(plan), *_SLOT(plan.slot), *_SLOT(plan.first)),
        *(plan.status, plan.sequence, uuids(plan.enrolment_ids)),
    )


SESSIONS = Sessions()
