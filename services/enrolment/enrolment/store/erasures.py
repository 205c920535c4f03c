"""All SQL of erasures: who is to be erased, what of them is live, and the shredding itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from enrolment.domain.erasures import Erasure
from spn.messaging import dead_letters
from spn.messaging.policies import Connection, Key

_REMEMBER = "INSERT INTO erasures (person_id) SELECT * FROM unnest($1::uuid[]) ON CONFLICT DO NOTHING"
_EDITIONS = """
    SELECT edition_id FROM editions WHERE edition_id IN (
        SELECT edition_id FROM enrolments WHERE participant_id = ANY($1::uuid[])
        UNION SELECT edition_id FROM enrolments WHERE former_participant_ids && $1::uuid[]
        UNION SELECT edition_id FROM guests WHERE person_id = ANY($1::uuid[])
    ) ORDER BY edition_id FOR UPDATE"""
_ROOTS = """
    SELECT e.person_id, e.asked_at, e.asked_by, e.erased_at, p.person_id IS NOT NULL AS is_known,
        EXISTS (SELECT FROM enrolments n WHERE n.participant_id = e.person_id
            OR n.former_participant_ids && ARRAY[e.person_id]) AS has_enrolments
    FROM erasures e LEFT JOIN people p USING (person_id)
    WHERE e.person_id = ANY($1::uuid[]) ORDER BY e.person_id FOR UPDATE OF e"""
_LIVE = """
    SELECT participant_id, edition_id, enrolment_id FROM enrolments
    WHERE participant_id = ANY($1::uuid[]) AND status IN ('requested', 'accepted', 'waiting', 'offered')
    ORDER BY enrolment_id"""
_COMING = """
    SELECT person_id, edition_id, guest_id FROM guests
    WHERE person_id = ANY($1::uuid[]) AND status IN ('invited', 'confirmed') ORDER BY guest_id"""
_SAVE = """
    UPDATE erasures e SET asked_at = new.asked_at, asked_by = new.asked_by, erased_at = new.erased_at
    FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::timestamptz[])
        AS new (person_id, asked_at, asked_by, erased_at)
    WHERE e.person_id = new.person_id"""
_WORDS = """
    SELECT email FROM people WHERE person_id = ANY($1::uuid[])
    UNION SELECT name FROM people WHERE person_id = ANY($1::uuid[]) AND length(name) >= 8
    UNION SELECT enrolment_id::text FROM enrolments WHERE participant_id = ANY($1::uuid[])
    UNION SELECT guest_id::text FROM guests WHERE person_id = ANY($1::uuid[])"""
"""What a letter about them holds. A short name stands in letters about others too."""
_SHRED = (
    """UPDATE people SET name = 'gewist', email = 'erased-' || person_id || '@erased.invalid', revision = revision + 1
        WHERE person_id = ANY($1::uuid[])""",
    """UPDATE enrolments SET motivation = NULL, withdrawal_reason = NULL
        WHERE participant_id = ANY($1::uuid[]) OR former_participant_ids && $1::uuid[]""",
    # Links of a former participant open nothing either; those of whom has taken over go on.
    "UPDATE enrolments SET link_version = link_version + 1 WHERE participant_id = ANY($1::uuid[])",
    """UPDATE journal j SET who = NULL, reason = NULL, command_id = NULL FROM enrolments e
        WHERE e.enrolment_id = j.enrolment_id
            AND (e.participant_id = ANY($1::uuid[]) OR e.former_participant_ids && $1::uuid[])""",
    "DELETE FROM reflections WHERE person_id = ANY($1::uuid[])",
    "DELETE FROM needs WHERE person_id = ANY($1::uuid[])",
    """DELETE FROM needs n USING enrolments e WHERE e.enrolment_id = n.enrolment_id AND n.person_id IS NULL
        AND (e.participant_id = ANY($1::uuid[]) OR e.former_participant_ids && $1::uuid[])""",
)


class Erasures:
    """A person to be erased, as a root of its own. Loading locks their editions: nothing changes meanwhile."""

    name = "erasure"

    async def load(self, connection: Connection, keys: Sequence[Key]) -> dict[str, Erasure]:
        ids = sorted({UUID(key[0]) for key in keys})
        await connection.execute(_REMEMBER, ids)
        await connection.fetch(_EDITIONS, ids)
        live, coming = await _by_person(connection, _LIVE, ids), await _by_person(connection, _COMING, ids)
        return {
            str(row["person_id"]): Erasure(**row, live=live[row["person_id"]], coming=coming[row["person_id"]])
            for row in await connection.fetch(_ROOTS, ids)
        }

    async def save(self, connection: Connection, changes: Sequence[tuple[Erasure, Erasure]]) -> None:
        lines = [(new.person_id, new.asked_at, new.asked_by, new.erased_at) for _, new in changes]
        await connection.execute(_SAVE, *(list(column) for column in zip(*lines, strict=True)))
        erased = [new.person_id for old, new in changes if new.erased_at and not old.erased_at]
        if erased:
            await _shred(connection, erased)


async def _shred(connection: Connection, people: list[UUID]) -> None:
    """Take the words away, here and in dead letters."""
    words = [row[0] for row in await connection.fetch(_WORDS, people)]
    await dead_letters.shred(connection, [*words, *map(str, people)])
    for statement in _SHRED:
        await connection.execute(statement, people)


async def _by_person(connection: Connection, sql: str, ids: list[UUID]) -> dict[UUID, tuple[tuple[str, UUID], ...]]:
    found: dict[UUID, list[tuple[str, UUID]]] = defaultdict(list)
    row: Any
    for row in await connection.fetch(sql, ids):
        found[row[0]].append((row[1], row[2]))
    return {person: tuple(found[person]) for person in ids}


ERASURES = Erasures()
