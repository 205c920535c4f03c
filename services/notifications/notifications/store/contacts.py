"""Contacts with the threads that a batch needs. Every write to a contact's rows is made under the contact's lock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from pydantic_core import to_json

from notifications.domain import Contact, Message, Thread
from notifications.store.threads import load_threads, save_threads
from spn.messaging.policies import Connection, Key


class Contacts:
    """The root of all mails. A key names the person, then the subjects whose threads are needed."""

    name = "contacts"

    async def load(self, connection: Connection, keys: Sequence[Key]) -> dict[str, Contact]:
        people = sorted({key[0] for key in keys})
        await connection.execute(
            "INSERT INTO contacts (person_id) SELECT * FROM unnest($1::uuid[]) ON CONFLICT DO NOTHING", people
        )
        rows = await connection.fetch(
            "SELECT person_id, sequence, name, email, language, email_before FROM contacts WHERE person_id = ANY($1) "
            "ORDER BY person_id FOR UPDATE",
            people,
        )
        wanted = sorted({(key[0], about) for key in keys for about in key[1:]})
        threads = await load_threads(connection, wanted) if wanted else {}
        return {str(row["person_id"]): Contact(**row, threads=threads.get(row["person_id"], {})) for row in rows}

    async def save(self, connection: Connection, changes: Sequence[tuple[Contact, Contact]]) -> None:
        met = [(before, after) for before, after in changes if _identity(after) != _identity(before)]
        people = [after for _, after in met]
        threads = [(after.person_id, thread) for before, after in changes for thread in _changed(before, after)]
        known = {m.id: m for before, _ in changes for thread in before.threads.values() for m in thread.messages}
        there = {m.id for _, after in changes for thread in after.threads.values() for m in thread.messages}
        messages = [(person, m) for person, thread in threads for m in thread.messages if known.get(m.id) != m]
        superseded = [id_ for id_ in known if id_ not in there]
        if people:
            await _save_people(connection, people)
        if threads:
            await save_threads(connection, threads)
        if superseded:
            await connection.execute(_SUPERSEDE, superseded)
        if messages:
            await _save_messages(connection, messages)
        stale = [*superseded, *(m.id for _, m in messages if m.id in known)]
        # To whom had no address no mail was written.
        moved = [after.person_id for before, after in met if before.email is not None]
        if moved or stale:
            await connection.execute(_DROP_MAILS, stale, moved)


_SUPERSEDE = """
UPDATE messages SET state = 'superseded', details = '{}', claimed_by = NULL, claimed_until = NULL, changed_at = now()
WHERE id = ANY($1) AND state = 'waiting'
"""

# A mail made of what has changed since is made anew, and a mailer that holds its message lets it go. One that is with
# the server now is what it is.
_DROP_MAILS = """
WITH stale AS (
    UPDATE messages SET claimed_by = NULL, claimed_until = NULL
    WHERE state <> 'sending' AND (id = ANY($1) OR (state = 'waiting' AND person_id = ANY($2)))
    RETURNING id
)
DELETE FROM mails USING stale WHERE message_id = stale.id
"""

_SAVE_MESSAGES = """
INSERT INTO messages AS m (id, person_id, about, purpose, version, state, unwanted, details, uid, sequence, says,
                           document, edition_id, cause, correlation_id, traceparent)
SELECT id, person, about, purpose, version, state, unwanted, details::json, uid, sequence, says, document, edition,
       cause, correlation_id, traceparent
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::bool[], $8::text[],
            $9::text[], $10::bigint[], $11::text[], $12::text[], $13::text[], $14::uuid[],
            $15::text[], $16::text[])
     WITH ORDINALITY AS r(id, person, about, purpose, version, state, unwanted, details, uid, sequence, says,
                          document, edition, cause, correlation_id, traceparent, place)
ORDER BY place
ON CONFLICT (id) DO UPDATE
SET state = EXCLUDED.state, unwanted = EXCLUDED.unwanted, details = EXCLUDED.details, uid = EXCLUDED.uid,
    sequence = EXCLUDED.sequence, says = EXCLUDED.says, document = EXCLUDED.document,
    edition_id = EXCLUDED.edition_id, cause = EXCLUDED.cause, correlation_id = EXCLUDED.correlation_id,
    traceparent = EXCLUDED.traceparent, changed_at = now()
"""


async def _save_messages(connection: Connection, messages: Sequence[tuple[UUID, Message]]) -> None:
    await connection.execute(
        _SAVE_MESSAGES,
        [m.id for _, m in messages],
        [person for person, _ in messages],
        [m.about for _, m in messages],
        [m.purpose for _, m in messages],
        [m.version for _, m in messages],
        [m.state for _, m in messages],
        [m.unwanted for _, m in messages],
        [to_json(dict(m.details)).decode() for _, m in messages],
        [m.entry.uid if m.entry else None for _, m in messages],
        [m.entry.sequence if m.entry else None for _, m in messages],
        [m.entry.says if m.entry else None for _, m in messages],
        [m.document for _, m in messages],
        [m.edition_id for _, m in messages],
        [m.cause.message_id if m.cause else None for _, m in messages],
        [m.cause.correlation_id if m.cause else None for _, m in messages],
        [m.cause.traceparent if m.cause else None for _, m in messages],
    )


async def _save_people(connection: Connection, people: Sequence[Contact]) -> None:
    await connection.execute(
        "UPDATE contacts c SET sequence = r.sequence, name = r.name, email = r.email, language = r.language, "
        "email_before = r.email_before "
        "FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[]) "
        "AS r(person_id, sequence, name, email, language, email_before) WHERE c.person_id = r.person_id",
        [c.person_id for c in people],
        [c.sequence for c in people],
        [c.name for c in people],
        [c.email for c in people],
        [c.language for c in people],
        [c.email_before for c in people],
    )


def _changed(before: Contact, after: Contact) -> Iterator[Thread]:
    old: Mapping[str, Thread] = before.threads
    yield from (thread for about, thread in after.threads.items() if old.get(about) != thread)


def _identity(contact: Contact) -> tuple[int, *tuple[str | None, ...]]:
    return contact.sequence, contact.name, contact.email, contact.language, contact.email_before
