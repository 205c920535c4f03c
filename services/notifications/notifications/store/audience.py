"""Who in a session hears nothing new of its newest state.

Each place that is given or withdrawn is told with everybody who is in the session, and concerns one of them. For the
others nothing is locked, loaded or written: one row a session remembers how far it was heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from spn.messaging.policies import Connection, Key

SESSION = "session"
"""Marks a key about a session: (person, SESSION, session, SEQUENCE, gist of what the person is to be told of it)."""

Subject = tuple[str, str]
"""A person, by the text of the id, and a session."""

_HEAR = """
INSERT INTO sessions AS s (session_id, sequence)
SELECT * FROM unnest($1::text[], $2::bigint[]) AS r(id, sequence) ORDER BY id
ON CONFLICT (session_id) DO UPDATE SET sequence = GREATEST(s.sequence, EXCLUDED.sequence)
RETURNING session_id, sequence
"""
_KNOWN = """
SELECT person_id, about
FROM threads JOIN unnest($1::uuid[], $2::text[], $3::text[]) AS r(person_id, about, gist) USING (person_id, about, gist)
WHERE NOT old
"""


def in_session(person_id: UUID, session_id: str, sequence: int, gist: str) -> Key:
    """The contact of somebody who is in a session, to be told this of it."""
    return (str(person_id), SESSION, session_id, str(sequence), gist)


class Audience(NamedTuple):
    """Who hears something new, and by subject the first SEQUENCE that is news."""

    hears: set[Subject]
    news_from: dict[Subject, int]


async def audience(connection: Connection, keys: Iterable[Key]) -> Audience:
    """What the newest state of each session tells those who are in it.

    Of several states in a batch only the newest is news, and to whom it says what is told already it is none. Two
    statements. The rows of the sessions are locked from here on, so that two states are never heard at once.
    """
    asked = [(key[0], key[2], int(key[3]), key[4]) for key in keys if len(key) > 1 and key[1] == SESSION]
    if not asked:
        return Audience(set(), {})
    asked.sort(key=itemgetter(2))
    heard = await _hear(connection, {session: sequence for _, session, sequence, _ in asked})
    current = [(person, session, gist) for person, session, sequence, gist in asked if sequence == heard[session]]
    hears = {told[:2] for told in current} - await _known(connection, current)
    subjects = dict.fromkeys((person, session) for person, session, _, _ in asked)
    return Audience(hears, {subject: heard[subject[1]] + (subject not in hears) for subject in subjects})


async def _hear(connection: Connection, newest: dict[str, int]) -> dict[str, int]:
    rows = await connection.fetch(_HEAR, list(newest), list(newest.values()))
    return {row[0]: row[1] for row in rows}


async def _known(connection: Connection, told: Sequence[tuple[str, str, str]]) -> set[Subject]:
    rows = await connection.fetch(_KNOWN, [t[0] for t in told], [t[1] for t in told], [t[2] for t in told])
    return {(str(row[0]), row[1]) for row in rows}
