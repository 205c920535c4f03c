"""Sessions with those to whom their newest state says something new.

Each place that is given or withdrawn is told with everybody who is in the session, and concerns one of them. For the
others nothing is locked, loaded or written: one row a session remembers how far it was heard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from uuid import UUID

from notifications.domain import Audience, Contact
from notifications.store.contacts import Contacts
from spn.messaging.policies import Connection, Key

_HEAR = """
INSERT INTO sessions AS s (session_id, sequence)
SELECT * FROM unnest($1::text[], $2::bigint[]) AS r(id, sequence) ORDER BY id
ON CONFLICT (session_id) DO UPDATE SET sequence = GREATEST(s.sequence, EXCLUDED.sequence)
RETURNING session_id, sequence
"""
_NEWS = """
SELECT r.person_id, r.about
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS r(person_id, about, gist)
LEFT JOIN threads t ON t.person_id = r.person_id AND t.about = r.about AND t.gist = r.gist AND NOT t.old
WHERE t.person_id IS NULL
"""


def in_session(session_id: str, sequence: int, gists: Mapping[str, str]) -> Key:
    """A session in the state with this SEQUENCE; by person, the gist of what is to be told of it."""
    return (session_id, str(sequence), *chain.from_iterable(gists.items()))


class Audiences:
    """The root of what a session's state tells. The contacts it concerns are locked after it, as ``Contacts`` does.

    Sessions are told on a topic of their own, so that no batch reaches a contact in both ways.
    """

    name = "sessions"

    def __init__(self, contacts: Contacts) -> None:
        self._contacts = contacts

    async def load(self, connection: Connection, keys: Sequence[Key]) -> dict[str, Audience]:
        """Locked, so that no two states are heard at once. Of several in a batch only the newest is news."""
        newest = {key[0]: key for key in sorted(keys, key=lambda key: int(key[1]))}
        rows = await connection.fetch(_HEAR, list(newest), [int(key[1]) for key in newest.values()])
        heard: dict[str, int] = {row[0]: row[1] for row in rows}
        told = [
            (person, session, gist)
            for session, (_, sequence, *words) in newest.items()
            if int(sequence) == heard[session]
            for person, gist in zip(words[::2], words[1::2], strict=True)
        ]
        concerned = await self._who_hears(connection, told)
        return {session: Audience(session, heard[session], concerned.get(session, {})) for session in newest}

    async def save(self, connection: Connection, changes: Sequence[tuple[Audience, Audience]]) -> None:
        """Write the contacts."""
        pairs = [
            (before.contacts[person], contact)
            for before, after in changes
            for person, contact in after.contacts.items()
            if contact is not before.contacts[person]
        ]
        await self._contacts.save(connection, pairs)

    async def _who_hears(
        self, connection: Connection, told: Sequence[tuple[str, str, str]]
    ) -> Mapping[str, Mapping[UUID, Contact]]:
        """By session those who hear something new, each with no other thread than that of the session."""
        rows = await connection.fetch(_NEWS, [t[0] for t in told], [t[1] for t in told], [t[2] for t in told])
        if not rows:
            return {}
        contacts = await self._contacts.load(connection, [(str(person), session) for person, session in rows])
        concerned: dict[str, dict[UUID, Contact]] = {}
        for person, session in rows:
            concerned.setdefault(session, {})[person] = contacts[str(person)].about(session)
        return concerned
