"""All SQL of scheduling: timetables, loaded and saved for many editions at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from scheduling.domain import Member, Place, Session, Timetable
from spn.messaging.policies import Connection, Key

Rows: TypeAlias = "Sequence[asyncpg.Record]"

_ADD_ROOTS = "INSERT INTO timetables SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"
_LOCK_ROOTS = "SELECT FROM timetables WHERE edition_id = ANY($1) ORDER BY edition_id FOR UPDATE"
_SESSIONS = "SELECT * FROM sessions WHERE edition_id = ANY($1) OR session_id = ANY($2)"
_PLACES = """
    SELECT p.session_id, p.person_id, p.enrolment_id, p.status
    FROM sessions s JOIN places p USING (session_id)
    WHERE s.edition_id = ANY($1)
    ORDER BY p.person_id
"""
# Everyone who takes part, where the whole timetable is asked for; else the enrolments named, and those that give a
# place to one of the same people: the last one that ends takes the place away.
_MEMBERS = """
    WITH named AS (SELECT * FROM unnest($2::text[], $3::uuid[], $4::uuid[]) AS n (edition_id, enrolment_id, person_id)),
    known AS (SELECT m.* FROM named JOIN members m USING (edition_id, enrolment_id)),
    people AS (SELECT edition_id, person_id FROM named UNION SELECT edition_id, person_id FROM known)
    SELECT * FROM members WHERE edition_id = ANY($1) AND accepted
    UNION SELECT * FROM known
    UNION SELECT m.* FROM people JOIN members m USING (edition_id, person_id) WHERE m.accepted
"""
# The session of another edition is not updated: it violates sessions_one_edition, and the plan is decided once more.
_SAVE_SESSIONS = """
    INSERT INTO sessions (edition_id, session_id, theme_id, title_nl, title_en, starts_at, ends_at, venue,
                          status, sequence, reason)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[],
                         $7::timestamptz[], $8::text[], $9::text[], $10::integer[], $11::text[])
    ON CONFLICT (edition_id, session_id) DO UPDATE SET
        theme_id = excluded.theme_id, title_nl = excluded.title_nl, title_en = excluded.title_en,
        starts_at = excluded.starts_at, ends_at = excluded.ends_at, venue = excluded.venue,
        status = excluded.status, sequence = excluded.sequence, reason = excluded.reason
"""
_SAVE_PLACES = """
    INSERT INTO places (session_id, person_id, enrolment_id, status)
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[])
    ON CONFLICT (session_id, person_id) DO UPDATE SET enrolment_id = excluded.enrolment_id, status = excluded.status
"""
_SAVE_MEMBERS = """
    INSERT INTO members (edition_id, enrolment_id, person_id, accepted, sequence)
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::boolean[], $5::bigint[])
    ON CONFLICT (edition_id, enrolment_id) DO UPDATE SET
        person_id = excluded.person_id, accepted = excluded.accepted, sequence = excluded.sequence
"""

_MEMBER = "member"
_WHOLE = "whole"


def one_member(edition_id: str, enrolment_id: UUID, person_id: UUID) -> Key:
    """The timetable with what an enrolment of this person can concern."""
    return (edition_id, _MEMBER, str(enrolment_id), str(person_id))


def whole_timetable(edition_id: str, *session_ids: str) -> Key:
    """The timetable with everyone who takes part, and which of these sessions another edition has."""
    return (edition_id, _WHOLE, *session_ids)


class Timetables:
    """The aggregate of scheduling: five statements load any number of timetables, three save them."""

    name = "timetable"

    async def load(self, connection: Connection, keys: Sequence[Key]) -> dict[str, Timetable]:
        """The timetables named, locked; each with all its sessions and their places.

        Their members are those that the keys ask for, see ``one_member`` and ``whole_timetable``.
        """
        editions = sorted({key[0] for key in keys})
        named = sorted({(key[0], key[2], key[3]) for key in keys if key[1] == _MEMBER})
        asked: defaultdict[str, set[str]] = defaultdict(set)
        for key in keys:
            if key[1] == _WHOLE:
                asked[key[0]].update(key[2:])
        await connection.execute(_ADD_ROOTS, editions)
        await connection.execute(_LOCK_ROOTS, editions)
        sessions = await connection.fetch(_SESSIONS, editions, sorted(set().union(*asked.values())))
        places = await connection.fetch(_PLACES, editions)
        members = await connection.fetch(_MEMBERS, sorted(asked), *_columns(named, 3))
        return _timetables(editions, asked, sessions, places, members)

    async def save(self, connection: Connection, changes: Sequence[tuple[Timetable, Timetable]]) -> None:
        """Write the members, sessions and places that differ. Nothing is ever deleted."""
        sessions = [pair for before, after in changes for pair in _changed_sessions(before, after)]
        places = [row for before, session in sessions for row in _changed_places(before, session)]
        members = [
            (after.edition_id, m.enrolment_id, m.person_id, m.accepted, m.sequence)
            for before, after in changes
            for m in after.members.values()
            if before.members.get(m.enrolment_id) != m
        ]
        if members:
            await connection.execute(_SAVE_MEMBERS, *_columns(members, 5))
        if sessions:
            await connection.execute(_SAVE_SESSIONS, *_columns([_session_row(s) for _, s in sessions], 11))
        if places:
            await connection.execute(_SAVE_PLACES, *_columns(places, 4))


TIMETABLES = Timetables()


def _timetables(
    editions: Iterable[str], asked: Mapping[str, set[str]], sessions: Rows, places: Rows, members: Rows
) -> dict[str, Timetable]:
    attendees: defaultdict[str, list[Place]] = defaultdict(list)
    for row in places:
        attendees[row["session_id"]].append(Place(row["person_id"], row["enrolment_id"], row["status"]))
    owners = {row["session_id"]: row["edition_id"] for row in sessions}
    found: dict[str, dict[str, Session]] = {edition: {} for edition in editions}
    for row in sessions:
        if row["edition_id"] in found:
            session = Session(**row, attendees=tuple(attendees[row["session_id"]]))
            found[session.edition_id][session.session_id] = session
    known: dict[str, dict[UUID, Member]] = {edition: {} for edition in found}
    for row in members:
        member = Member(row["enrolment_id"], row["person_id"], row["accepted"], row["sequence"])
        known[row["edition_id"]][member.enrolment_id] = member
    return {
        edition: Timetable(
            edition,
            found[edition],
            known[edition],
            frozenset(s for s in asked.get(edition, ()) if owners.get(s, edition) != edition),
        )
        for edition in found
    }


def _changed_sessions(before: Timetable, after: Timetable) -> Iterable[tuple[Session | None, Session]]:
    for session in after.sessions.values():
        was = before.sessions.get(session.session_id)
        if session is not was and session != was:
            yield was, session


def _session_row(s: Session) -> tuple[object, ...]:
    details = (s.theme_id, s.title_nl, s.title_en, s.starts_at, s.ends_at, s.venue)
    return (s.edition_id, s.session_id, *details, s.status, s.sequence, s.reason)


def _changed_places(before: Session | None, after: Session) -> Iterable[tuple[object, ...]]:
    # A place that did not change is the same object.
    known = {id(place) for place in before.attendees} if before else set()
    for place in after.attendees:
        if id(place) not in known:
            yield (after.session_id, place.person_id, place.enrolment_id, place.status)


def _columns(rows: Iterable[Sequence[object]], width: int) -> list[list[Any]]:
    """One array a column, as unnest takes them; ``width`` empty ones when there are no rows."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
